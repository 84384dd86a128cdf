//! What stands in the books, in the order in which it was committed, held against the model.

use std::collections::HashMap;

use ledger::TransferId;
use paydesk::audit::audit;
use paydesk::books;
use store::{Result, Store, Tx};

use crate::clients::Told;
use crate::meant::{Asked, Entry, Lot, Model};

/// A transfer as it stands.
struct Row {
    position: i64,
    id: TransferId,
    code: String,
    business_key: String,
    posted_at_us: i64,
    entry: Entry,
}

/// Replays every transfer on the model, and compares what is left of each wallet.
pub(crate) async fn hold(store: &Store, mut told: HashMap<TransferId, Told>) {
    let mut model = Model::default();
    let mut following: HashMap<TransferId, Entry> = HashMap::new();
    let (mut position, mut count, mut expired, mut given_back, mut reversed) = (0, 0, 0, 0, 0);
    loop {
        let rows = store.read(move |tx| rows_after(tx, position)).await.unwrap();
        let Some(last) = rows.last() else { break };
        position = last.position;
        count += rows.len();
        for row in &rows {
            reversed += usize::from(row.code == "claw_back_reversal");
            let expected = if row.code == "expire" {
                expired += 1;
                model.expire(&row.entry.debit, row.posted_at_us)
            } else if let Some(told) = told.remove(&row.id) {
                begin(&mut model, row, &told, &mut following)
            } else if let Some(followed) = following.remove(&row.id) {
                followed
            } else {
                let name = row.business_key.strip_prefix("release:");
                let back = name.and_then(|name| model.expire_hold(name, row.posted_at_us));
                let back = back.unwrap_or_else(|| panic!("nobody asked for transfer {}", row.position));
                given_back += 1;
                first_of(row, back, &mut following)
            };
            assert_eq!(row.entry, expected, "transfer {}", row.position);
        }
    }
    assert!(
        following.is_empty(),
        "every transfer that follows stands there: {following:?}"
    );
    let lost: Vec<&Told> = told.values().filter(|told| told.done).collect();
    assert!(lost.is_empty(), "what was acknowledged stands there");
    let owing = model.wallets.values().filter(|wallet| wallet.owed > 0).count();
    assert!(
        expired > 0 && owing > 0 && given_back > 0 && reversed > 0,
        "the operations must lead everywhere"
    );
    println!(
        "{count} transfers, {expired} of them ends of lots and {given_back} of holds, {owing} wallets owe at the end"
    );
    store.read(move |tx| compare(tx, &model)).await.unwrap();
    let audit = store.read(|tx| audit(tx, &[], |_, _| {})).await.unwrap();
    assert_eq!(audit.findings, Vec::<String>::new());
}

/// Takes in what was asked for. Gives its first transfer, and notes the others.
fn begin(model: &mut Model, row: &Row, told: &Told, following: &mut HashMap<TransferId, Entry>) -> Entry {
    assert!(told.done, "transfer {} was refused: {:?}", row.position, told.asked);
    let entries = model.apply(&told.asked, row.posted_at_us);
    let wallet: &str = match &told.asked {
        Asked::Add { to: wallet, .. }
        | Asked::Grant { to: wallet, .. }
        | Asked::Reinstate { to: wallet, .. }
        | Asked::Spend { from: wallet, .. }
        | Asked::Remove { from: wallet, .. }
        | Asked::Move { from: wallet, .. }
        | Asked::ClawBack { from: wallet, .. } => wallet,
        Asked::Hold { .. } | Asked::Capture { .. } | Asked::Release { .. } => "",
    };
    if let Some(balance) = told.balance {
        assert_eq!(
            balance,
            model.wallets[wallet].balance(),
            "what the answer to {:?} said",
            told.asked
        );
    }
    first_of(row, entries, following)
}

/// Gives the first of the transfers that one row begins, and notes the others.
fn first_of(row: &Row, entries: Vec<Entry>, following: &mut HashMap<TransferId, Entry>) -> Entry {
    let plain = |entry: Entry| Entry {
        key: String::new(),
        leg: 0,
        ..entry
    };
    let mut entries = entries.into_iter();
    let first = entries.next().unwrap();
    following.extend(entries.map(|entry| {
        let id = match entry.key.as_str() {
            "" => row.id,
            key => books::transfer_id(key),
        };
        (id.leg(entry.leg), plain(entry))
    }));
    plain(first)
}

fn compare(tx: &mut Tx<'_>, model: &Model) -> Result<()> {
    for (key, wallet) in &model.wallets {
        let account = key.parse().unwrap();
        // At the beginning of time nothing has ended.
        let balance = books::balance(tx, 0, &account)?;
        assert_eq!(
            (balance.available, balance.owed, balance.held),
            (wallet.balance(), wallet.owed, wallet.held),
            "{key}"
        );
        // Nothing stored says whose credits they are; that shows where they are taken back.
        let lots: Vec<Lot> = wallet.lots.iter().map(|lot| Lot { of: None, ..*lot }).collect();
        assert_eq!(open_lots(tx, key)?, lots, "{key}");
    }
    Ok(())
}

/// The open lots of a wallet, the one used next first.
fn open_lots(tx: &mut Tx<'_>, key: &str) -> Result<Vec<Lot>> {
    let front = "select front_priority, front_expires_at_us, front_lot, front_amount from account
                 where account_key = $1 and front_lot is not null";
    let behind = "select open_lot.priority, open_lot.expires_at_us, open_lot.lot, open_lot.amount
                  from open_lot join account on account.account_id = open_lot.account_id
                  where account.account_key = $1 order by open_lot.priority, open_lot.expires_at_us, open_lot.lot";
    let mut rows = tx.all(front, &[key.into()])?;
    rows.extend(tx.all(behind, &[key.into()])?);
    let lot = |row: &store::Row| {
        Ok(Lot {
            priority: row.int(0)?,
            end_us: row.int(1)?,
            number: row.int(2)?,
            amount: row.int(3)?,
            of: None,
        })
    };
    rows.iter().map(lot).collect()
}

fn rows_after(tx: &mut Tx<'_>, position: i64) -> Result<Vec<Row>> {
    let rows = tx.all(
        "select transfer.position, transfer.transfer_id, transfer.code, transfer.posted_at_us, debit.account_key,
                credit.account_key, transfer.amount, transfer.drawn, transfer.filled, transfer.business_key
         from transfer join account debit on debit.account_id = transfer.debit_account_id
         join account credit on credit.account_id = transfer.credit_account_id
         where transfer.position > $1 order by transfer.position limit 10000",
        &[position.into()],
    )?;
    let row = |row: &store::Row| {
        Ok(Row {
            position: row.int(0)?,
            id: TransferId(row.blob(1)?.try_into().unwrap()),
            code: row.text(2)?,
            posted_at_us: row.int(3)?,
            business_key: row.opt_text(9)?.unwrap_or_default(),
            entry: Entry {
                key: String::new(),
                leg: 0,
                debit: row.text(4)?,
                credit: row.text(5)?,
                amount: row.int(6)?,
                drawn: row.opt_text(7)?.unwrap_or_default(),
                filled: row.opt_text(8)?.unwrap_or_default(),
            },
        })
    };
    rows.iter().map(row).collect()
}

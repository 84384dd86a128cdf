//! What the auditor and the sealer read: every transfer, account and seal, in order, a bounded number at a time.

use std::collections::HashMap;

use ledger::{Lot, Terms, TransferId};
use serde::{Deserialize, Serialize};
use store::{Field, Result, Row, Rows, Tx};

/// A transfer with everything that a seal covers, borrowed from its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::books) struct Transfer<'r> {
    pub(in crate::books) position: i64,
    pub(in crate::books) id: &'r [u8],
    pub(in crate::books) business_key: Option<&'r str>,
    pub(in crate::books) debit_account_id: i64,
    pub(in crate::books) credit_account_id: i64,
    pub(in crate::books) amount: i64,
    pub(in crate::books) code: &'r str,
    pub(in crate::books) memo: Option<&'r str>,
    pub(in crate::books) event_id: i64,
    pub(in crate::books) posted_at_us: i64,
    pub(in crate::books) request_fingerprint: Option<&'r [u8]>,
    pub(in crate::books) debit_balance: Option<i64>,
    pub(in crate::books) credit_balance: Option<i64>,
    pub(in crate::books) drawn: Option<&'r str>,
    pub(in crate::books) filled: Option<&'r str>,
}

/// Hands over the next transfers after `position` and up to `end`, in order, no more than `limit`. Gives how many.
pub(in crate::books) fn each_transfer(
    tx: &mut Tx<'_>,
    (position, end): (i64, i64),
    limit: i64,
    mut work: impl FnMut(&Transfer<'_>),
) -> Result<i64> {
    let mut count = 0;
    tx.each(
        "select position, transfer_id, business_key, debit_account_id, credit_account_id, amount, code, memo, event_id,
                posted_at_us, request_fingerprint, debit_balance, credit_balance, drawn, filled
         from transfer where position > $1 and position <= $2 order by position limit $3",
        &[position.into(), end.into(), limit.into()],
        |row| {
            count += 1;
            work(&transfer(row)?);
            Ok(())
        },
    )?;
    Ok(count)
}

fn transfer(row: &Row) -> Result<Transfer<'_>> {
    Ok(Transfer {
        position: row.int(0)?,
        id: row.blob_ref(1)?,
        business_key: row.opt_text_ref(2)?,
        debit_account_id: row.int(3)?,
        credit_account_id: row.int(4)?,
        amount: row.int(5)?,
        code: row.text_ref(6)?,
        memo: row.opt_text_ref(7)?,
        event_id: row.int(8)?,
        posted_at_us: row.int(9)?,
        request_fingerprint: row.opt_blob_ref(10)?,
        debit_balance: row.opt_int(11)?,
        credit_balance: row.opt_int(12)?,
        drawn: row.opt_text_ref(13)?,
        filled: row.opt_text_ref(14)?,
    })
}

/// The highest position; 0 while there is no transfer.
pub(in crate::books) fn last_position(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one("select coalesce(max(position), 0) from transfer", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The highest number of an owner's account; 0 while there is none.
pub(in crate::books) fn last_account(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one("select coalesce(max(account_id), 0) from account", &[])?;
    Ok(row.map_or(Ok(0), |row| row.int(0))?.max(0))
}

/// What a seal covers of an account.
pub(in crate::books) struct Opened {
    pub(in crate::books) number: i64,
    pub(in crate::books) key: String,
}

/// The next accounts after the number `after`, in the order of their numbers.
pub(in crate::books) fn opened_after(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<Opened>> {
    let rows = tx.all(
        "select account_id, account_key from account where account_id > $1 order by account_id limit $2",
        &[after.into(), limit.into()],
    )?;
    let opened = |row: &Row| {
        Ok(Opened {
            number: row.int(0)?,
            key: row.text(1)?,
        })
    };
    rows.iter().map(opened).collect()
}

/// A transfer as somebody else's row tells of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The account it came from.
    pub debit: String,
    /// The account it went to.
    pub credit: String,
    /// How much.
    pub amount: i64,
    /// The reason in somebody's words.
    pub memo: Option<String>,
    /// When, microseconds.
    pub posted_at_us: i64,
    /// The lots it was drawn from.
    pub drawn: Option<String>,
}

/// The transfers of these ids that are in the books.
pub(in crate::books) fn told(tx: &mut Tx<'_>, ids: &[TransferId]) -> Result<HashMap<TransferId, Told>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(&id.0[..])]));
    let rows = tx.all(
        "select transfer.transfer_id, debit.account_key, credit.account_key, transfer.amount, transfer.memo,
                transfer.posted_at_us, transfer.drawn
         from rows($1: transfer_id bytea)
         join transfer on transfer.transfer_id = r.transfer_id
         join account debit on debit.account_id = transfer.debit_account_id
         join account credit on credit.account_id = transfer.credit_account_id",
        &[rows.into()],
    )?;
    let told = |row: &Row| {
        let id = TransferId(super::transfers::sixteen(row.blob_ref(0)?)?);
        let told = Told {
            debit: row.text(1)?,
            credit: row.text(2)?,
            amount: row.int(3)?,
            memo: row.opt_text(4)?,
            posted_at_us: row.int(5)?,
            drawn: row.opt_text(6)?,
        };
        Ok((id, told))
    };
    rows.iter().map(told).collect()
}

/// An account as it is stored, with its open lots.
pub(in crate::books) struct Account {
    pub(in crate::books) number: i64,
    pub(in crate::books) key: String,
    pub(in crate::books) totals: ledger::Account,
    pub(in crate::books) lots_made: i64,
    pub(in crate::books) lots_open: i64,
    pub(in crate::books) none_expires_before_us: i64,
    pub(in crate::books) frozen: i64,
    pub(in crate::books) indebted: i64,
    /// The user of a wallet that is set apart for an API key.
    pub(in crate::books) key_of: Option<String>,
    /// The one used next, and behind it the others in the order of their use.
    pub(in crate::books) lots: Vec<Lot>,
}

/// The next accounts after the number `after`, in the order of their numbers.
pub(in crate::books) fn accounts_after(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<Account>> {
    let rows = tx.all(
        "select account_id, account_key, debits_posted, credits_posted, lots_made, lots_open, none_expires_before_us,
                front_lot, front_amount, front_priority, front_expires_at_us, frozen, indebted, key_of
         from account where account_id > $1 order by account_id limit $2",
        &[after.into(), limit.into()],
    )?;
    let mut accounts: Vec<Account> = rows.iter().map(account).collect::<Result<_>>()?;
    let Some(last) = accounts.last().map(|account| account.number) else {
        return Ok(accounts);
    };
    let lots = tx.all(
        "select lot, amount, priority, expires_at_us, account_id from open_lot
         where account_id > $1 and account_id <= $2 order by account_id, priority, expires_at_us, lot",
        &[after.into(), last.into()],
    )?;
    let mut at = 0;
    for row in &lots {
        let account_id = row.int(4)?;
        while accounts.get(at).is_some_and(|account| account.number < account_id) {
            at += 1;
        }
        if let Some(account) = accounts.get_mut(at).filter(|account| account.number == account_id) {
            account.lots.push(lot(row, 0)?);
        }
    }
    Ok(accounts)
}

fn account(row: &Row) -> Result<Account> {
    Ok(Account {
        number: row.int(0)?,
        key: row.text(1)?,
        totals: ledger::Account {
            debits_posted: row.int(2)?,
            credits_posted: row.int(3)?,
        },
        lots_made: row.int(4)?,
        lots_open: row.int(5)?,
        none_expires_before_us: row.int(6)?,
        frozen: row.int(11)?,
        indebted: row.int(12)?,
        key_of: row.opt_text(13)?,
        lots: match row.opt_int(7)? {
            Some(_) => vec![lot(row, 7)?],
            None => Vec::new(),
        },
    })
}

/// Open lots of accounts that do not exist, by account and number.
pub(in crate::books) fn lots_of_nobody(tx: &mut Tx<'_>) -> Result<Vec<(i64, i64)>> {
    let rows = tx.all(
        "select account_id, lot from open_lot
         where not exists (select 1 from account where account.account_id = open_lot.account_id) order by account_id, lot",
        &[],
    )?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// Whether a lot of this end ever came into a wallet.
pub(in crate::books) fn has_had_end(tx: &mut Tx<'_>, account_id: i64, expires_at_us: i64) -> Result<bool> {
    let found = tx.one(
        "select position from transfer
         where credit_account_id > 0 and credit_account_id = $1 and (filled like $2 or filled like $3) limit 1",
        &[
            account_id.into(),
            format!("%:{expires_at_us}").into(),
            format!("%:{expires_at_us} %").into(),
        ],
    )?;
    Ok(found.is_some())
}

fn lot(row: &Row, at: usize) -> Result<Lot> {
    Ok(Lot {
        number: row.int(at)?,
        amount: row.int(at + 1)?,
        terms: Terms {
            priority: row.int(at + 2)?,
            expires_at_us: row.int(at + 3)?,
        },
    })
}

/// One link of the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::books) struct Seal {
    pub(in crate::books) number: i64,
    pub(in crate::books) position: i64,
    pub(in crate::books) account_id: i64,
    pub(in crate::books) transfers: i64,
    pub(in crate::books) hash: Vec<u8>,
    pub(in crate::books) sealed_at_us: i64,
}

/// How many transfers are sealed.
pub(in crate::books) fn sealed_transfers(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one("select cast(coalesce(sum(transfers), 0) as bigint) from seal", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// What has moved out of and into an account of the house.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseTotals {
    /// The account's key.
    pub account: String,
    /// Everything ever moved out of it.
    pub debits: i64,
    /// Everything ever moved into it.
    pub credits: i64,
}

/// What had moved through the accounts of the house when a position was the last one.
pub(in crate::books) fn house_totals_at(tx: &mut Tx<'_>, position: i64) -> Result<Vec<HouseTotals>> {
    let mut later: HashMap<i64, (i64, i64)> = HashMap::new();
    tx.each(
        "select debit_account_id, credit_account_id, amount from transfer where position > $1",
        &[position.into()],
        |row| {
            let amount = row.int(2)?;
            let debits = &mut later.entry(row.int(0)?).or_default().0;
            *debits = debits.saturating_add(amount);
            let credits = &mut later.entry(row.int(1)?).or_default().1;
            *credits = credits.saturating_add(amount);
            Ok(())
        },
    )?;
    let rows = tx.all(
        "select account_id, account_key, debits_posted, credits_posted from account where account_id < 0
         order by account_id desc",
        &[],
    )?;
    let totals = |row: &Row| {
        let (debits, credits) = later.get(&row.int(0)?).copied().unwrap_or_default();
        Ok(HouseTotals {
            account: row.text(1)?,
            debits: row.int(2)?.saturating_sub(debits),
            credits: row.int(3)?.saturating_sub(credits),
        })
    };
    rows.iter().map(totals).collect()
}

/// The next seals after the number `after`, in order.
pub(in crate::books) fn seals_after(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<Seal>> {
    let rows = tx.all(
        "select seal_id, position, account_id, transfers, hash, sealed_at_us from seal
         where seal_id > $1 order by seal_id limit $2",
        &[after.into(), limit.into()],
    )?;
    rows.iter().map(seal).collect()
}

/// The newest seal.
pub(in crate::books) fn last_seal(tx: &mut Tx<'_>) -> Result<Option<Seal>> {
    let row = tx.one(
        "select seal_id, position, account_id, transfers, hash, sealed_at_us from seal order by seal_id desc limit 1",
        &[],
    )?;
    row.as_ref().map(seal).transpose()
}

fn seal(row: &Row) -> Result<Seal> {
    Ok(Seal {
        number: row.int(0)?,
        position: row.int(1)?,
        account_id: row.int(2)?,
        transfers: row.int(3)?,
        hash: row.blob(4)?,
        sealed_at_us: row.int(5)?,
    })
}

/// Writes a seal.
pub(in crate::books) fn insert_seal(tx: &mut Tx<'_>, seal: &Seal) -> Result<()> {
    tx.run(
        "insert into seal (seal_id, position, account_id, transfers, hash, sealed_at_us) values ($1, $2, $3, $4, $5, $6)",
        &[
            seal.number.into(),
            seal.position.into(),
            seal.account_id.into(),
            seal.transfers.into(),
            seal.hash.as_slice().into(),
            seal.sealed_at_us.into(),
        ],
    )?;
    Ok(())
}

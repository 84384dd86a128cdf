//! What the auditor and the sealer read: every transfer, account and seal, in order, a bounded number at a time.

use ledger::{Lot, Terms};
use store::{Result, Row, Tx};

/// A transfer with everything that a seal covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::books) struct Transfer {
    pub(in crate::books) position: i64,
    pub(in crate::books) id: Vec<u8>,
    pub(in crate::books) business_key: Option<String>,
    pub(in crate::books) debit_account_id: i64,
    pub(in crate::books) credit_account_id: i64,
    pub(in crate::books) amount: i64,
    pub(in crate::books) code: String,
    pub(in crate::books) memo: Option<String>,
    pub(in crate::books) event_id: i64,
    pub(in crate::books) posted_at_us: i64,
    pub(in crate::books) request_fingerprint: Option<Vec<u8>>,
    pub(in crate::books) debit_balance: Option<i64>,
    pub(in crate::books) credit_balance: Option<i64>,
    pub(in crate::books) drawn: Option<String>,
    pub(in crate::books) filled: Option<String>,
}

/// The next transfers after `position`, in order.
pub(in crate::books) fn transfers_after(tx: &mut Tx<'_>, position: i64, limit: i64) -> Result<Vec<Transfer>> {
    let rows = tx.all(
        "select position, transfer_id, business_key, debit_account_id, credit_account_id, amount, code, memo, event_id,
                posted_at_us, request_fingerprint, debit_balance, credit_balance, drawn, filled
         from transfer where position > $1 order by position limit $2",
        &[position.into(), limit.into()],
    )?;
    rows.iter().map(transfer).collect()
}

fn transfer(row: &Row) -> Result<Transfer> {
    Ok(Transfer {
        position: row.int(0)?,
        id: row.blob(1)?,
        business_key: row.opt_text(2)?,
        debit_account_id: row.int(3)?,
        credit_account_id: row.int(4)?,
        amount: row.int(5)?,
        code: row.text(6)?,
        memo: row.opt_text(7)?,
        event_id: row.int(8)?,
        posted_at_us: row.int(9)?,
        request_fingerprint: row.opt_blob(10)?,
        debit_balance: row.opt_int(11)?,
        credit_balance: row.opt_int(12)?,
        drawn: row.opt_text(13)?,
        filled: row.opt_text(14)?,
    })
}

/// The highest position; 0 while there is no transfer.
pub(in crate::books) fn last_position(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one("select coalesce(max(position), 0) from transfer", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// An account as it is stored, with its open lots.
pub(in crate::books) struct Account {
    pub(in crate::books) number: i64,
    pub(in crate::books) key: String,
    pub(in crate::books) totals: ledger::Account,
    pub(in crate::books) lots_made: i64,
    pub(in crate::books) lots_open: i64,
    pub(in crate::books) none_expires_before_us: i64,
    pub(in crate::books) indebted: bool,
    pub(in crate::books) lots: Vec<Lot>,
}

/// The next accounts after the number `after`, in the order of their numbers.
pub(in crate::books) fn accounts_after(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<Account>> {
    let rows = tx.all(
        "select account_id, account_key, debits_posted, credits_posted, lots_made, lots_open, none_expires_before_us,
                front_lot, front_amount, front_priority, front_expires_at_us, indebted
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
        indebted: row.flag(11)?,
        lots: match row.opt_int(7)? {
            Some(_) => vec![lot(row, 7)?],
            None => Vec::new(),
        },
    })
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
    pub(in crate::books) transfers: i64,
    pub(in crate::books) hash: Vec<u8>,
    pub(in crate::books) sealed_at_us: i64,
}

/// Every seal, in order.
pub(in crate::books) fn seals(tx: &mut Tx<'_>) -> Result<Vec<Seal>> {
    let rows = tx.all(
        "select seal_id, position, transfers, hash, sealed_at_us from seal order by seal_id",
        &[],
    )?;
    rows.iter().map(seal).collect()
}

/// The newest seal.
pub(in crate::books) fn last_seal(tx: &mut Tx<'_>) -> Result<Option<Seal>> {
    let row = tx.one(
        "select seal_id, position, transfers, hash, sealed_at_us from seal order by seal_id desc limit 1",
        &[],
    )?;
    row.as_ref().map(seal).transpose()
}

fn seal(row: &Row) -> Result<Seal> {
    Ok(Seal {
        number: row.int(0)?,
        position: row.int(1)?,
        transfers: row.int(2)?,
        hash: row.blob(3)?,
        sealed_at_us: row.int(4)?,
    })
}

/// Writes a seal.
pub(in crate::books) fn insert_seal(tx: &mut Tx<'_>, seal: &Seal) -> Result<()> {
    tx.run(
        "insert into seal (seal_id, position, transfers, hash, sealed_at_us) values ($1, $2, $3, $4, $5)",
        &[
            seal.number.into(),
            seal.position.into(),
            seal.transfers.into(),
            seal.hash.as_slice().into(),
            seal.sealed_at_us.into(),
        ],
    )?;
    Ok(())
}

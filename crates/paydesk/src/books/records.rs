//! Accounts and transfers in the store.

use std::collections::{BTreeSet, HashMap};

use ledger::{Account, AccountKey, Transfer, TransferCode, TransferId};
use store::{Error, Field, Result, Row, Rows, Tx};

use super::Movement;

/// An account as it is kept: locked, with the number it is stored under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// Its number in the store.
    pub(super) account_id: i64,
    /// Its totals.
    pub(super) account: Account,
}

fn account_key(text: &str) -> Result<AccountKey> {
    text.parse()
        .map_err(|error| Error::Corrupt(format!("account: {error}")))
}

/// The totals of one account; zero where nothing was ever posted to it.
pub fn account(tx: &mut Tx<'_>, key: &AccountKey) -> Result<Account> {
    let row = tx.one(
        "select debits_posted, credits_posted from account where account_key = $1",
        &[key.to_string().into()],
    )?;
    row.map_or(Ok(Account::default()), |row| totals(&row, 0))
}

fn totals(row: &Row, at: usize) -> Result<Account> {
    Ok(Account {
        debits_posted: row.int(at)?,
        credits_posted: row.int(at + 1)?,
    })
}

/// Locks the accounts of these keys in key order, creating those that do not exist yet.
pub(super) fn lock_accounts(tx: &mut Tx<'_>, keys: &BTreeSet<String>) -> Result<HashMap<AccountKey, Kept>> {
    let mut locked = HashMap::with_capacity(keys.len());
    select_accounts(tx, keys.iter(), &mut locked)?;
    if locked.len() < keys.len() {
        let mut missing = Vec::new();
        for key in keys {
            if !locked.contains_key(&account_key(key)?) {
                missing.push(key);
            }
        }
        let rows = Rows::of(missing.iter().map(|key| [Field::from(key.as_str())]));
        tx.run(
            "insert into account (account_key, debits_posted, credits_posted)
             select r.account_key, 0, 0 from rows($1: account_key text) where true on conflict (account_key) do nothing",
            &[rows.into()],
        )?;
        select_accounts(tx, missing.into_iter(), &mut locked)?;
    }
    Ok(locked)
}

fn select_accounts<'a>(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = &'a String>,
    locked: &mut HashMap<AccountKey, Kept>,
) -> Result<()> {
    let rows = Rows::of(keys.map(|key| [Field::from(key.as_str())]));
    let found = tx.all(
        "select account_id, account_key, debits_posted, credits_posted from account
         where account_key in (select r.account_key from rows($1: account_key text)) order by account_key for update",
        &[rows.into()],
    )?;
    for row in found {
        let kept = Kept {
            account_id: row.int(0)?,
            account: totals(&row, 2)?,
        };
        locked.insert(account_key(&row.text(1)?)?, kept);
    }
    Ok(())
}

/// The transfers of these ids that are in the books.
pub(super) fn transfers(tx: &mut Tx<'_>, ids: &BTreeSet<TransferId>) -> Result<HashMap<TransferId, Transfer>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(&id.0[..])]));
    let found = tx.all(
        "select transfer.transfer_id, debit.account_key, credit.account_key, transfer.amount, transfer.code
         from rows($1: transfer_id bytea)
         join transfer on transfer.transfer_id = r.transfer_id
         join account debit on debit.account_id = transfer.debit_account_id
         join account credit on credit.account_id = transfer.credit_account_id",
        &[rows.into()],
    )?;
    let mut known = HashMap::with_capacity(found.len());
    for row in found {
        let id = TransferId(sixteen(&row.blob(0)?)?);
        let transfer = Transfer {
            id,
            debit: account_key(&row.text(1)?)?,
            credit: account_key(&row.text(2)?)?,
            amount: row.int(3)?,
            code: code(&row.text(4)?)?,
        };
        known.insert(id, transfer);
    }
    Ok(known)
}

fn sixteen(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes
        .try_into()
        .map_err(|_| Error::Corrupt(format!("a transfer id of {} bytes", bytes.len())))
}

fn code(word: &str) -> Result<TransferCode> {
    TransferCode::of_word(word).ok_or_else(|| Error::Corrupt(format!("transfer code {word:?}")))
}

/// Writes new transfers.
pub(super) fn insert_transfers(
    tx: &mut Tx<'_>,
    now_us: i64,
    fresh: &[(&Movement, TransferId)],
    accounts: &HashMap<AccountKey, Kept>,
) -> Result<()> {
    let rows = Rows::of(fresh.iter().map(|(movement, id)| {
        [
            Field::from(&id.0[..]),
            movement.business_key.as_str().into(),
            accounts[&movement.debit].account_id.into(),
            accounts[&movement.credit].account_id.into(),
            movement.amount.into(),
            movement.code.word().into(),
            movement.memo.as_deref().into(),
            movement.event_id.into(),
        ]
    }));
    tx.run(
        "insert into transfer (transfer_id, business_key, debit_account_id, credit_account_id, amount, code, memo, event_id, posted_at_us)
         select r.transfer_id, r.business_key, r.debit_account_id, r.credit_account_id, r.amount, r.code, r.memo, r.event_id, $2
         from rows($1: transfer_id bytea, business_key text, debit_account_id bigint, credit_account_id bigint,
                   amount bigint, code text, memo text, event_id bigint)",
        &[rows.into(), now_us.into()],
    )
    .map_err(taken_meanwhile)?;
    Ok(())
}

/// A transfer that another node has posted since we looked is no fault: what was decided is decided anew on what it wrote.
fn taken_meanwhile(error: Error) -> Error {
    match error {
        Error::Conflict { constraint } if constraint == "transfer_transfer_id" => Error::Busy,
        other => other,
    }
}

/// Writes the new totals of changed accounts.
pub(super) fn update_accounts<'a>(tx: &mut Tx<'_>, changed: impl Iterator<Item = (&'a Kept, Account)>) -> Result<()> {
    let rows = Rows::of(changed.map(|(kept, now)| {
        [
            Field::from(kept.account_id),
            now.debits_posted.into(),
            now.credits_posted.into(),
        ]
    }));
    tx.run(
        "update account set debits_posted = r.debits_posted, credits_posted = r.credits_posted
         from rows($1: account_id bigint, debits_posted bigint, credits_posted bigint)
         where account.account_id = r.account_id",
        &[rows.into()],
    )?;
    Ok(())
}

/// Every account with its number.
pub(super) fn all_accounts(tx: &mut Tx<'_>) -> Result<HashMap<i64, (AccountKey, Account)>> {
    let rows = tx.all(
        "select account_id, account_key, debits_posted, credits_posted from account",
        &[],
    )?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, (account_key(&row.text(1)?)?, totals(row, 2)?))))
        .collect()
}

/// A transfer as the auditor reads it.
pub(super) struct AuditedTransfer {
    /// Its place in the books.
    pub(super) position: i64,
    /// The id it is stored under.
    pub(super) transfer_id: Vec<u8>,
    /// The key its id must be derived from.
    pub(super) business_key: String,
    /// The number of the debited account.
    pub(super) debit_account_id: i64,
    /// The number of the credited account.
    pub(super) credit_account_id: i64,
    /// How much.
    pub(super) amount: i64,
}

/// The next transfers after `position`, in order.
pub(super) fn transfers_after(tx: &mut Tx<'_>, position: i64, limit: i64) -> Result<Vec<AuditedTransfer>> {
    let rows = tx.all(
        "select position, transfer_id, business_key, debit_account_id, credit_account_id, amount
         from transfer where position > $1 order by position limit $2",
        &[position.into(), limit.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(AuditedTransfer {
                position: row.int(0)?,
                transfer_id: row.blob(1)?,
                business_key: row.text(2)?,
                debit_account_id: row.int(3)?,
                credit_account_id: row.int(4)?,
                amount: row.int(5)?,
            })
        })
        .collect()
}

/// How many transfers there are, roughly: the highest position.
pub(super) fn last_position(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one("select coalesce(max(position), 0) from transfer", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

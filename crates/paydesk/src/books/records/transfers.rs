//! Transfers in the store.

use std::collections::{BTreeSet, HashMap};

use ledger::{AccountKey, Accounts, Entry, Lot, TransferCode, TransferId, read_lots, write_lots};
use store::{Error, Field, Result, Row, Rows, Statement};

use super::accounts::{Kept, account_key};
use crate::books::Written;

/// A transfer as it stands in the books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Its id.
    pub id: TransferId,
    /// The account it came from.
    pub debit: AccountKey,
    /// The account it went to.
    pub credit: AccountKey,
    /// How much.
    pub amount: i64,
    /// Why.
    pub code: TransferCode,
    /// What the request behind it asked for, where one was.
    pub request_fingerprint: Option<[u8; 16]>,
    /// The debited account's balance afterwards, where it has an owner.
    pub debit_balance: Option<i64>,
    /// The credited account's balance afterwards, where it has an owner.
    pub credit_balance: Option<i64>,
    /// The lots it was drawn from.
    pub drawn: Vec<Lot>,
    /// The lots it made or filled.
    pub filled: Vec<Lot>,
}

impl Standing {
    pub(in crate::books) fn of(entry: &Entry, accounts: &Accounts, request_fingerprint: Option<[u8; 16]>) -> Self {
        let (debit, credit) = (&accounts.at(entry.debit).key, &accounts.at(entry.credit).key);
        Self {
            id: entry.id,
            debit_balance: debit.owner().map(|_| entry.debit_balance),
            credit_balance: credit.owner().map(|_| entry.credit_balance),
            debit: debit.clone(),
            credit: credit.clone(),
            amount: entry.amount,
            code: entry.code,
            request_fingerprint,
            drawn: entry.drawn.clone(),
            filled: entry.filled.clone(),
        }
    }
}

/// Asks for the transfers of these ids that are in the books.
pub(in crate::books) fn select_known(ids: &BTreeSet<TransferId>) -> Statement {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(&id.0[..])]));
    let sql = "select transfer.transfer_id, debit.account_key, credit.account_key, transfer.amount, transfer.code,
                transfer.request_fingerprint, transfer.debit_balance, transfer.credit_balance, transfer.drawn,
                transfer.filled
         from rows($1: transfer_id bytea)
         join transfer on transfer.transfer_id = r.transfer_id
         join account debit on debit.account_id = transfer.debit_account_id
         join account credit on credit.account_id = transfer.credit_account_id";
    (sql, vec![rows.into()])
}

/// What was asked for, by id.
pub(in crate::books) fn decode_known(found: &[Row]) -> Result<HashMap<TransferId, Standing>> {
    found
        .iter()
        .map(|row| decode(row).map(|standing| (standing.id, standing)))
        .collect()
}

fn decode(row: &Row) -> Result<Standing> {
    let fingerprint = row.opt_blob(5)?;
    Ok(Standing {
        id: TransferId(sixteen(&row.blob(0)?)?),
        debit: account_key(&row.text(1)?)?,
        credit: account_key(&row.text(2)?)?,
        amount: row.int(3)?,
        code: code(&row.text(4)?)?,
        request_fingerprint: fingerprint.map(|bytes| sixteen(&bytes)).transpose()?,
        debit_balance: row.opt_int(6)?,
        credit_balance: row.opt_int(7)?,
        drawn: lots(row.opt_text(8)?)?,
        filled: lots(row.opt_text(9)?)?,
    })
}

pub(in crate::books) fn sixteen(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes
        .try_into()
        .map_err(|_| Error::Corrupt(format!("an id of {} bytes", bytes.len())))
}

pub(in crate::books) fn code(word: &str) -> Result<TransferCode> {
    TransferCode::of_word(word).ok_or_else(|| Error::Corrupt(format!("transfer code {word:?}")))
}

pub(in crate::books) fn lots(text: Option<String>) -> Result<Vec<Lot>> {
    let text = text.unwrap_or_default();
    read_lots(&text).ok_or_else(|| Error::Corrupt(format!("lots {text:?}")))
}

/// Writes new transfers, in their order.
pub(in crate::books) fn insertion(now_us: i64, written: &[Written], accounts: &Accounts, kept: &[Kept]) -> Statement {
    let texts: Vec<[Option<String>; 2]> = written
        .iter()
        .map(|one| [&one.entry.drawn, &one.entry.filled].map(|lots| (!lots.is_empty()).then(|| write_lots(lots))))
        .collect();
    let owned = |slot: usize, balance: i64| accounts.at(slot).key.owner().map(|_| balance);
    let rows = Rows::of(written.iter().zip(&texts).map(|(one, [drawn, filled])| {
        let Written { entry, .. } = one;
        [
            Field::from(&entry.id.0[..]),
            one.business_key.as_deref().into(),
            kept[entry.debit].account_id.into(),
            kept[entry.credit].account_id.into(),
            entry.amount.into(),
            entry.code.word().into(),
            one.memo.as_deref().into(),
            one.event_id.into(),
            one.request_fingerprint.as_ref().map(|bytes| &bytes[..]).into(),
            owned(entry.debit, entry.debit_balance).into(),
            owned(entry.credit, entry.credit_balance).into(),
            drawn.as_deref().into(),
            filled.as_deref().into(),
        ]
    }));
    let sql =
        "insert into transfer (transfer_id, business_key, debit_account_id, credit_account_id, amount, code, memo, event_id,
                               posted_at_us, request_fingerprint, debit_balance, credit_balance, drawn, filled)
         select r.transfer_id, r.business_key, r.debit_account_id, r.credit_account_id, r.amount, r.code, r.memo, r.event_id,
                $2, r.request_fingerprint, r.debit_balance, r.credit_balance, r.drawn, r.filled
         from rows($1: transfer_id bytea, business_key text, debit_account_id bigint, credit_account_id bigint,
                   amount bigint, code text, memo text, event_id bigint, request_fingerprint bytea, debit_balance bigint,
                   credit_balance bigint, drawn text, filled text)";
    (sql, vec![rows.into(), now_us.into()])
}

/// Writes who asked for new transfers, where that is kept of any.
pub(in crate::books) fn makers(written: &[Written]) -> Option<Statement> {
    let mut rows = Rows::new();
    for one in written {
        if let Some(made_by) = &one.made_by {
            rows.push([Field::from(&one.entry.id.0[..]), made_by.as_str().into()]);
        }
    }
    let sql = "insert into transfer_maker (transfer_id, made_by)
               select r.transfer_id, r.made_by from rows($1: transfer_id bytea, made_by text)";
    (!rows.is_empty()).then(|| (sql, vec![rows.into()]))
}

/// A transfer that another node has posted since we looked is no fault: what was decided is decided anew on what it wrote.
pub(in crate::books) fn taken_meanwhile(error: Error) -> Error {
    match error {
        Error::Conflict { constraint } if constraint == "transfer_transfer_id" => Error::Busy,
        other => other,
    }
}

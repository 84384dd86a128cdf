//! Payouts to banks in the store.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Currency, Money};
use store::{Error, Field, Result, Row, Rows, Tx};

use crate::ids::UserId;
use crate::payouts::rules::bank::{Payout, Status};

fn corrupt(what: &str) -> Error {
    Error::Corrupt(format!("bank payout: {what}"))
}

/// Every query of whole payouts, with its own end.
macro_rules! select_payout {
    ($end:literal) => {
        concat!(
            "select bank_payout.payout_id, amount_minor, currency, status, failure_code, failure_message, arrives_at_s,
                    created_s ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Payout> {
    let currency: Currency = row.text_ref(2)?.parse().map_err(|_| corrupt("currency"))?;
    Ok(Payout {
        payout_id: row.text(0)?,
        amount: Money::new(row.int(1)?, currency),
        status: Status::of_word(row.text_ref(3)?).ok_or_else(|| corrupt("status"))?,
        failure_code: row.opt_text(4)?,
        failure_message: row.opt_text(5)?,
        arrives_at_s: row.opt_int(6)?,
        created_s: row.int(7)?,
    })
}

/// Whose these connected accounts are; those of others are not there.
pub(in crate::payouts) fn owners<'a>(
    tx: &mut Tx<'_>,
    accounts: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, UserId>> {
    let accounts: BTreeSet<&str> = accounts.collect();
    let rows = tx.all(
        "select payout_account.account_id, payout_account.user_id
         from payout_account join rows($1: account_id text) on r.account_id = payout_account.account_id",
        &[Rows::of(accounts.into_iter().map(|account_id| [Field::from(account_id)])).into()],
    )?;
    let owner = |row: &Row| {
        let user_id = UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?;
        Ok((row.text(0)?, user_id))
    };
    rows.iter().map(owner).collect()
}

/// The payouts of these ids that are known, locked until the transaction ends.
pub(in crate::payouts) fn lock<'a>(
    tx: &mut Tx<'_>,
    ids: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, Payout>> {
    let rows = tx.all(
        select_payout!(
            "from bank_payout join rows($1: payout_id text) on r.payout_id = bank_payout.payout_id
             order by bank_payout.payout_id for update"
        ),
        &[Rows::of(ids.map(|id| [Field::from(id)])).into()],
    )?;
    rows.iter()
        .map(|row| decode(row).map(|payout| (payout.payout_id.clone(), payout)))
        .collect()
}

/// Writes a payout that was not known. Gives whether it was so; where it was not, another node has written it in this very
/// moment, and all is decided anew on what it wrote.
pub(in crate::payouts) fn insert(
    tx: &mut Tx<'_>,
    (user_id, account_id): (&UserId, &str),
    payout: &Payout,
) -> Result<bool> {
    let written = tx.run(
        "insert into bank_payout (payout_id, user_id, account_id, amount_minor, currency, status, failure_code,
                                  failure_message, arrives_at_s, created_s)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (payout_id) do nothing",
        &[
            payout.payout_id.as_str().into(),
            user_id.as_str().into(),
            account_id.into(),
            payout.amount.minor.into(),
            payout.amount.currency.code().into(),
            payout.status.word().into(),
            payout.failure_code.as_deref().into(),
            payout.failure_message.as_deref().into(),
            payout.arrives_at_s.into(),
            payout.created_s.into(),
        ],
    )?;
    Ok(written == 1)
}

/// Writes how far a payout is now. The caller holds its row.
pub(in crate::payouts) fn update(tx: &mut Tx<'_>, payout: &Payout) -> Result<()> {
    tx.run(
        "update bank_payout set status = $2, failure_code = $3, failure_message = $4, arrives_at_s = $5
         where payout_id = $1",
        &[
            payout.payout_id.as_str().into(),
            payout.status.word().into(),
            payout.failure_code.as_deref().into(),
            payout.failure_message.as_deref().into(),
            payout.arrives_at_s.into(),
        ],
    )?;
    Ok(())
}

/// Where a page begins: behind the payout that is named, or at the newest. None where the user has no such payout.
pub(in crate::payouts) fn place(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    after: Option<&str>,
) -> Result<Option<(i64, String)>> {
    let Some(payout_id) = after else {
        return Ok(Some((i64::MAX, String::new())));
    };
    let row = tx.one(
        "select created_s from bank_payout where payout_id = $1 and user_id = $2",
        &[payout_id.into(), user_id.as_str().into()],
    )?;
    row.map(|row| Ok((row.int(0)?, payout_id.to_owned()))).transpose()
}

/// A user's payouts before a moment and an id, newest first.
pub(in crate::payouts) fn page(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    (before_s, before_id): &(i64, String),
    limit: i64,
) -> Result<Vec<Payout>> {
    let rows = tx.all(
        select_payout!(
            "from bank_payout where user_id = $1 and (created_s, payout_id) < ($2, $3)
             order by created_s desc, payout_id desc limit $4"
        ),
        &[
            user_id.as_str().into(),
            (*before_s).into(),
            before_id.as_str().into(),
            limit.into(),
        ],
    )?;
    rows.iter().map(decode).collect()
}

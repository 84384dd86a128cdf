//! Holds in the store.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{read_lots, write_lots};
use store::{Error, Field, Result, Row, Rows, Tx};

use super::{Hold, Status};
use crate::ids::{KeyId, UserId};

/// Every query of whole holds, with its own end.
macro_rules! select_hold {
    ($end:literal) => {
        concat!(
            "select hold.hold_id, hold.user_id, hold.key_id, hold.amount, hold.captured, hold.status, hold.drawn, hold.reason,
                    hold.expires_at_us, hold.created_at_us, hold.ended_at_us
             from hold ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Hold> {
    let corrupt = |what: &str| Error::Corrupt(format!("hold: {what}"));
    let key_id = match row.opt_text(2)? {
        Some(text) => Some(KeyId::parse(&text).ok_or_else(|| corrupt("key_id"))?),
        None => None,
    };
    Ok(Hold {
        hold_id: row.text(0)?,
        user_id: UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?,
        key_id,
        amount: row.int(3)?,
        captured: row.int(4)?,
        status: Status::of_word(row.text_ref(5)?).ok_or_else(|| corrupt("status"))?,
        drawn: read_lots(row.text_ref(6)?).ok_or_else(|| corrupt("drawn"))?,
        reason: row.text(7)?,
        expires_at_us: row.int(8)?,
        created_at_us: row.int(9)?,
        ended_at_us: row.opt_int(10)?,
    })
}

/// One hold.
pub(super) fn hold(tx: &mut Tx<'_>, hold_id: &str) -> Result<Option<Hold>> {
    let row = tx.one(select_hold!("where hold_id = $1"), &[hold_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// Locks the holds of these ids in key order.
pub(super) fn lock(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Hold>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_hold!("join rows($1: hold_id text) on r.hold_id = hold.hold_id order by hold.hold_id for update"),
        &[rows.into()],
    )?;
    found
        .iter()
        .map(|row| decode(row).map(|one| (one.hold_id.clone(), one)))
        .collect()
}

/// Locks holds whose time is over, the longest overdue first. One that somebody else is working on is theirs to end.
pub(super) fn lock_due(tx: &mut Tx<'_>, now_us: i64, limit: i64) -> Result<Vec<Hold>> {
    let found = tx.all(
        select_hold!(
            "where status = 'held' and expires_at_us <= $1 order by expires_at_us limit $2 for update skip locked"
        ),
        &[now_us.into(), limit.into()],
    )?;
    found.iter().map(decode).collect()
}

/// When the next hold expires, microseconds.
pub fn next_expiry_us(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    let row = tx.one("select min(expires_at_us) from hold where status = 'held'", &[])?;
    row.map_or(Ok(None), |row| row.opt_int(0))
}

/// A page of a user's holds, newest first, before the one named.
pub(super) fn holds_of_user(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> Result<Vec<Hold>> {
    let rows = tx.all(
        select_hold!("where user_id = $1 and hold_id < $2 order by hold_id desc limit $3"),
        &[user_id.as_str().into(), before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// A page of a user's holds of one status, newest first, before the one named.
pub(super) fn holds_of_user_in(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    status: Status,
    before: &str,
    limit: i64,
) -> Result<Vec<Hold>> {
    let rows = tx.all(
        select_hold!("where user_id = $1 and status = $4 and hold_id < $2 order by hold_id desc limit $3"),
        &[
            user_id.as_str().into(),
            before.into(),
            limit.into(),
            status.word().into(),
        ],
    )?;
    rows.iter().map(decode).collect()
}

/// The next holds after the one named, in the order of their ids.
pub(super) fn holds_after(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<Hold>> {
    let rows = tx.all(
        select_hold!("where hold_id > $1 order by hold_id limit $2"),
        &[after.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// The newest holds of one wallet that have not ended.
pub fn open_of(tx: &mut Tx<'_>, user_id: &UserId, key_id: Option<&KeyId>, limit: i64) -> Result<Vec<Hold>> {
    let rows = tx.all(
        select_hold!(
            "where user_id = $1 and status = 'held' and coalesce(key_id, '') = $2 order by hold_id desc limit $3"
        ),
        &[
            user_id.as_str().into(),
            key_id.map_or("", KeyId::as_str).into(),
            limit.into(),
        ],
    )?;
    rows.iter().map(decode).collect()
}

/// Writes new holds.
pub(super) fn insert(tx: &mut Tx<'_>, holds: &[Hold]) -> Result<()> {
    let mut rows = Rows::new();
    for one in holds {
        rows.push([
            Field::from(one.hold_id.as_str()),
            one.user_id.as_str().into(),
            one.key_id.as_ref().map(KeyId::as_str).into(),
            one.amount.into(),
            one.captured.into(),
            one.status.word().into(),
            (&write_lots(&one.drawn)).into(),
            one.reason.as_str().into(),
            one.expires_at_us.into(),
            one.created_at_us.into(),
        ]);
    }
    tx.run(
        "insert into hold (hold_id, user_id, key_id, amount, captured, status, drawn, reason, expires_at_us, created_at_us)
         select r.hold_id, r.user_id, r.key_id, r.amount, r.captured, r.status, r.drawn, r.reason, r.expires_at_us,
                r.created_at_us
         from rows($1: hold_id text, user_id text, key_id text, amount bigint, captured bigint, status text, drawn text,
                   reason text, expires_at_us bigint, created_at_us bigint)",
        &[rows.into()],
    )?;
    Ok(())
}

/// Writes how holds ended. The caller holds their rows.
pub(super) fn end(tx: &mut Tx<'_>, holds: &[&Hold]) -> Result<()> {
    let rows = Rows::of(holds.iter().map(|one| {
        [
            Field::from(one.hold_id.as_str()),
            one.status.word().into(),
            one.captured.into(),
            one.ended_at_us.into(),
        ]
    }));
    tx.run(
        "update hold set status = r.status, captured = r.captured, ended_at_us = r.ended_at_us
         from rows($1: hold_id text, status text, captured bigint, ended_at_us bigint)
         where hold.hold_id = r.hold_id",
        &[rows.into()],
    )?;
    Ok(())
}

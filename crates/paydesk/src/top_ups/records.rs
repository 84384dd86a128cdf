//! What users want when their wallets run low, in the store.

use ledger::{Currency, Money, NEVER_US};
use store::{Error, Result, Row, Tx};

use super::{Plan, Settings};
use crate::ids::UserId;

fn decode(row: &Row) -> Result<Settings> {
    let plan = match row.opt_int(1)? {
        Some(below) => {
            let currency: Result<Currency> = row
                .text_ref(4)?
                .parse()
                .map_err(|_| Error::Corrupt("top_up: currency".into()));
            Some(Plan {
                below,
                item_id: row.text(2)?,
                quantity: row.int(3)?,
                price: Money::new(row.int(5)?, currency?),
            })
        }
        None => None,
    };
    Ok(Settings {
        notice_below: row.opt_int(0)?,
        plan,
    })
}

/// What a user wants, where they want anything.
pub(super) fn settings(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<Settings>> {
    let row = tx.one(
        "select notice_below, below, item_id, quantity, currency, amount_minor from top_up where user_id = $1",
        &[user_id.as_str().into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// The same, locked, and whether a notice was given since the balance fell.
pub(super) fn lock(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<(Settings, bool)>> {
    let row = tx.one(
        "select notice_below, below, item_id, quantity, currency, amount_minor, noticed from top_up
         where user_id = $1 for update",
        &[user_id.as_str().into()],
    )?;
    row.map(|row| Ok((decode(&row)?, row.flag(6)?))).transpose()
}

/// Writes what a user wants, to be looked at now. Another balance to be told of is told of anew.
pub(super) fn put(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId, settings: &Settings) -> Result<()> {
    let plan = settings.plan.as_ref();
    tx.run(
        "insert into top_up (user_id, notice_below, below, item_id, quantity, currency, amount_minor, next_look_at_us,
                             updated_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         on conflict (user_id) do update
         set noticed = case when top_up.notice_below = excluded.notice_below then top_up.noticed else 0 end,
             notice_below = excluded.notice_below, below = excluded.below, item_id = excluded.item_id,
             quantity = excluded.quantity, currency = excluded.currency, amount_minor = excluded.amount_minor,
             next_look_at_us = excluded.next_look_at_us, updated_at_us = excluded.updated_at_us",
        &[
            user_id.as_str().into(),
            settings.notice_below.into(),
            plan.map(|plan| plan.below).into(),
            plan.map(|plan| plan.item_id.clone()).into(),
            plan.map(|plan| plan.quantity).into(),
            plan.map(|plan| plan.price.currency.code().to_owned()).into(),
            plan.map(|plan| plan.price.minor).into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

/// Forgets what a user wanted.
pub(super) fn delete(tx: &mut Tx<'_>, user_id: &UserId) -> Result<()> {
    tx.run("delete from top_up where user_id = $1", &[user_id.as_str().into()])?;
    Ok(())
}

/// Notes that a wallet was looked at.
pub(super) fn looked(tx: &mut Tx<'_>, user_id: &UserId, noticed: bool, next_look_at_us: Option<i64>) -> Result<()> {
    tx.run(
        "update top_up set noticed = $2, next_look_at_us = $3 where user_id = $1",
        &[
            user_id.as_str().into(),
            noticed.into(),
            next_look_at_us.unwrap_or(NEVER_US).into(),
        ],
    )?;
    Ok(())
}

/// Users whose wallets are to be looked at by now.
pub(super) fn due(tx: &mut Tx<'_>, now_us: i64, limit: i64) -> Result<Vec<UserId>> {
    let rows = tx.all(
        "select user_id from top_up where next_look_at_us < 9223372036854775807 and next_look_at_us <= $1
         order by next_look_at_us limit $2",
        &[now_us.into(), limit.into()],
    )?;
    let user = |row: &Row| UserId::parse(row.text_ref(0)?).ok_or_else(|| Error::Corrupt("top_up: user_id".into()));
    rows.iter().map(user).collect()
}

//! Lines in the store.

use ledger::Currency;
use store::{Error, Result, Row, Tx};

use super::NEVER_US;
use crate::ids::UserId;
use crate::payouts::{Line, Sale};

/// Every query of whole lines, with its own end.
macro_rules! select_line {
    ($end:literal) => {
        concat!(
            "select line_id, business_key, user_id, payment_intent_id, currency, gross_minor, net_minor, refunded_minor,
                    earned_minor, version, transferred_minor, taken_back_minor, offset_minor, carried, attempts,
                    payable_at_us, created_at_us
             from payout_line ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Line> {
    let corrupt = |what: &str| Error::Corrupt(format!("payout line: {what}"));
    let currency: Currency = row.text_ref(4)?.parse().map_err(|_| corrupt("currency"))?;
    Ok(Line {
        line_id: row.text(0)?,
        sale: Sale {
            business_key: row.text(1)?,
            user_id: UserId::parse(row.text_ref(2)?).ok_or_else(|| corrupt("user_id"))?,
            payment_intent_id: row.opt_text(3)?,
            currency,
            gross_minor: row.int(5)?,
            net_minor: row.int(6)?,
            refunded_minor: row.int(7)?,
            payable_at_us: row.int(15)?,
        },
        earned_minor: row.int(8)?,
        version: row.int(9)?,
        transferred_minor: row.int(10)?,
        taken_back_minor: row.int(11)?,
        offset_minor: row.int(12)?,
        carried: row.flag(13)?,
        attempts: row.int(14)?,
        created_at_us: row.int(16)?,
    })
}

/// Writes a new line; false where the sale has one.
pub(in crate::payouts) fn insert(tx: &mut Tx<'_>, line: &Line) -> Result<bool> {
    let sale = &line.sale;
    let written = tx.run(
        "insert into payout_line (line_id, business_key, user_id, payment_intent_id, currency, gross_minor, net_minor,
                                  refunded_minor, earned_minor, version, transferred_minor, taken_back_minor,
                                  offset_minor, carried, attempts, payable_at_us, next_look_at_us, created_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, $10, $10, $11)
         on conflict (business_key) do nothing",
        &[
            line.line_id.as_str().into(),
            sale.business_key.as_str().into(),
            sale.user_id.as_str().into(),
            sale.payment_intent_id.as_deref().into(),
            sale.currency.code().into(),
            sale.gross_minor.into(),
            sale.net_minor.into(),
            sale.refunded_minor.into(),
            line.earned_minor.into(),
            sale.payable_at_us.into(),
            line.created_at_us.into(),
        ],
    )?;
    Ok(written > 0)
}

/// The line of a sale, locked until the transaction ends.
pub(in crate::payouts) fn lock_of_sale(tx: &mut Tx<'_>, business_key: &str) -> Result<Option<Line>> {
    let row = tx.one(
        select_line!("where business_key = $1 for update"),
        &[business_key.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// One line, locked until the transaction ends.
pub(in crate::payouts) fn lock(tx: &mut Tx<'_>, line_id: &str) -> Result<Option<Line>> {
    let row = tx.one(select_line!("where line_id = $1 for update"), &[line_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// The lines of an earner that owe what later lines are to pay, locked, the oldest first.
pub(in crate::payouts) fn lock_carried(tx: &mut Tx<'_>, user_id: &UserId, currency: Currency) -> Result<Vec<Line>> {
    let rows = tx.all(
        select_line!("where user_id = $1 and currency = $2 and carried = 1 order by line_id for update"),
        &[user_id.as_str().into(), currency.code().into()],
    )?;
    rows.iter().map(decode).collect()
}

/// Writes what changed of a line, and when it is looked at next. The caller holds its row.
pub(in crate::payouts) fn write(tx: &mut Tx<'_>, line: &Line, next_look_at_us: i64) -> Result<()> {
    tx.run(
        "update payout_line
         set refunded_minor = $2, earned_minor = $3, version = $4, transferred_minor = $5, taken_back_minor = $6,
             offset_minor = $7, carried = $8, attempts = $9, next_look_at_us = $10
         where line_id = $1",
        &[
            line.line_id.as_str().into(),
            line.sale.refunded_minor.into(),
            line.earned_minor.into(),
            line.version.into(),
            line.transferred_minor.into(),
            line.taken_back_minor.into(),
            line.offset_minor.into(),
            i64::from(line.carried).into(),
            line.attempts.into(),
            next_look_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Sets when a line may be transferred. The caller holds its row.
pub(in crate::payouts) fn pay_at(tx: &mut Tx<'_>, line_id: &str, payable_at_us: i64) -> Result<()> {
    tx.run(
        "update payout_line set payable_at_us = $2, next_look_at_us = $2 where line_id = $1",
        &[line_id.into(), payable_at_us.into()],
    )?;
    Ok(())
}

/// Takes up lines whose time has come, and sets when each comes again if that comes to nothing. Gives their ids and earners.
pub(in crate::payouts) fn claim_due(
    tx: &mut Tx<'_>,
    now_us: i64,
    again_at_us: i64,
    limit: i64,
) -> Result<Vec<(String, UserId)>> {
    let rows = tx.all(
        "update payout_line set next_look_at_us = $2
         where line_id in (select line_id from payout_line
                           where next_look_at_us < 9223372036854775807 and next_look_at_us <= $1
                           order by next_look_at_us limit $3 for update skip locked)
         returning line_id, user_id",
        &[now_us.into(), again_at_us.into(), limit.into()],
    )?;
    let decode = |row: &Row| {
        let user_id = UserId::parse(row.text_ref(1)?);
        let user_id = user_id.ok_or_else(|| Error::Corrupt("payout line: user_id".into()))?;
        Ok((row.text(0)?, user_id))
    };
    rows.iter().map(decode).collect()
}

/// Looks at an earner's lines now that wait for their account.
pub(in crate::payouts) fn wake(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<()> {
    tx.run(
        "update payout_line set next_look_at_us = $2
         where user_id = $1 and payable_at_us <= $2 and next_look_at_us > $2 and next_look_at_us < $3
           and earned_minor - transferred_minor + taken_back_minor - offset_minor > 0",
        &[user_id.as_str().into(), now_us.into(), NEVER_US.into()],
    )?;
    Ok(())
}

/// A page of an earner's lines, newest first, before the one named.
pub(in crate::payouts) fn page(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> Result<Vec<Line>> {
    let rows = tx.all(
        select_line!("where user_id = $1 and line_id < $2 order by line_id desc limit $3"),
        &[user_id.as_str().into(), before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// What the books should owe earners, by currency: what is earned, less what was transferred, with what was taken back.
pub(in crate::payouts) fn payable_by_currency(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
    let rows = tx.all(
        "select currency, cast(sum(amount) as bigint) from (
             select currency, earned_minor as amount from payout_line
             union all
             select currency, case direction when 'out' then -amount_minor else amount_minor end
             from payout_transfer where status = 'made') as moved
         group by currency order by currency",
        &[],
    )?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

//! Transfers and reversals in the store.

use ledger::Currency;
use store::{Error, Result, Row, Tx};

use super::NEVER_US;
use crate::payouts::transfers::{Direction, Status, Transfer};

fn decode(row: &Row) -> Result<Transfer> {
    let corrupt = |what: &str| Error::Corrupt(format!("payout transfer: {what}"));
    let currency: Currency = row.text_ref(4)?.parse().map_err(|_| corrupt("currency"))?;
    Ok(Transfer {
        key: row.text(0)?,
        line_id: row.text(1)?,
        direction: Direction::of_word(row.text_ref(2)?).ok_or_else(|| corrupt("direction"))?,
        amount_minor: row.int(3)?,
        currency,
        account_id: row.text(5)?,
        charge_id: row.opt_text(6)?,
        taken_from: row.opt_text(7)?,
        status: Status::of_word(row.text_ref(8)?).ok_or_else(|| corrupt("status"))?,
        created_at_us: row.int(9)?,
    })
}

/// Writes an intent. It is taken up by the job from `next_check_at_us` on.
pub(in crate::payouts) fn insert(tx: &mut Tx<'_>, transfer: &Transfer, next_check_at_us: i64) -> Result<()> {
    tx.run(
        "insert into payout_transfer (transfer_key, line_id, direction, amount_minor, currency, account_id, charge_id,
                                      of_transfer, status, created_at_us, next_check_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            transfer.key.as_str().into(),
            transfer.line_id.as_str().into(),
            transfer.direction.word().into(),
            transfer.amount_minor.into(),
            transfer.currency.code().into(),
            transfer.account_id.as_str().into(),
            transfer.charge_id.as_deref().into(),
            transfer.taken_from.as_deref().into(),
            transfer.status.word().into(),
            transfer.created_at_us.into(),
            next_check_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Takes up intents without an answer whose time has come.
pub(in crate::payouts) fn claim_due(
    tx: &mut Tx<'_>,
    now_us: i64,
    again_at_us: i64,
    limit: i64,
) -> Result<Vec<Transfer>> {
    let rows = tx.all(
        "update payout_transfer set next_check_at_us = $2
         where transfer_key in (select transfer_key from payout_transfer
                                where next_check_at_us < 9223372036854775807 and next_check_at_us <= $1
                                order by next_check_at_us limit $3 for update skip locked)
         returning transfer_key, line_id, direction, amount_minor, currency, account_id, charge_id, of_transfer, status,
                   created_at_us",
        &[now_us.into(), again_at_us.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// Whether a transfer or reversal of a line has no answer yet.
pub(in crate::payouts) fn is_under_way(tx: &mut Tx<'_>, line_id: &str) -> Result<bool> {
    let row = tx.one(
        "select transfer_key from payout_transfer where line_id = $1 and status in ('created', 'unknown') limit 1",
        &[line_id.into()],
    )?;
    Ok(row.is_some())
}

/// The last transfer of a line of which something can be taken back: what it is at Stripe, where it went, and how much.
pub(in crate::payouts) fn reversible(tx: &mut Tx<'_>, line_id: &str) -> Result<Option<(String, String, i64)>> {
    let rows = tx.all(
        "select made.stripe_id, made.account_id,
                made.amount_minor - cast(coalesce((select sum(back.amount_minor) from payout_transfer back
                                                   where back.of_transfer = made.stripe_id
                                                     and back.status <> 'refused'), 0) as bigint)
         from payout_transfer made
         where made.line_id = $1 and made.direction = 'out' and made.status = 'made'
         order by made.created_at_us desc, made.transfer_key desc",
        &[line_id.into()],
    )?;
    for row in &rows {
        let left = row.int(2)?;
        if left > 0 {
            return Ok(Some((row.text(0)?, row.text(1)?, left)));
        }
    }
    Ok(None)
}

/// Notes that nobody knows what became of an intent. One that has ended stays as it is.
pub(in crate::payouts) fn mark_unknown(tx: &mut Tx<'_>, transfer_key: &str) -> Result<()> {
    tx.run(
        "update payout_transfer set status = 'unknown' where transfer_key = $1 and status = 'created'",
        &[transfer_key.into()],
    )?;
    Ok(())
}

/// Notes how an intent ended; false where it had ended before.
pub(in crate::payouts) fn end(
    tx: &mut Tx<'_>,
    transfer_key: &str,
    status: Status,
    (stripe_id, refusal): (Option<&str>, Option<&str>),
) -> Result<bool> {
    let changed = tx.run(
        "update payout_transfer set status = $2, stripe_id = $3, refusal = $4, next_check_at_us = $5
         where transfer_key = $1 and status in ('created', 'unknown')",
        &[
            transfer_key.into(),
            status.word().into(),
            stripe_id.into(),
            refusal.into(),
            NEVER_US.into(),
        ],
    )?;
    Ok(changed > 0)
}

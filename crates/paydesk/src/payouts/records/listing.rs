//! Transfers and reversals for lists.

use store::{Error, Result, Row, Tx};

use crate::clock::Moment;
use crate::ids::UserId;
use crate::payouts::routes::listing::PayoutTransferOut;
use crate::payouts::{Direction, TransferStatus};

/// Every query of listed transfers, with its own end.
macro_rules! select_listed {
    ($end:literal) => {
        concat!(
            "select moved.transfer_key, payout_line.user_id, moved.line_id, payout_line.business_key, moved.direction,
                    moved.amount_minor, moved.currency, moved.account_id, moved.stripe_id, moved.status, moved.refusal,
                    moved.created_at_us ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<PayoutTransferOut> {
    let corrupt = |what: &str| Error::Corrupt(format!("payout transfer: {what}"));
    Ok(PayoutTransferOut {
        transfer_key: row.text(0)?,
        user_id: UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?,
        line_id: row.text(2)?,
        sale: row.text(3)?,
        direction: Direction::of_word(row.text_ref(4)?).ok_or_else(|| corrupt("direction"))?,
        amount_minor: row.int(5)?,
        currency: row.text(6)?,
        account_id: row.text(7)?,
        stripe_id: row.opt_text(8)?,
        status: TransferStatus::of_word(row.text_ref(9)?).ok_or_else(|| corrupt("status"))?,
        refusal: row.opt_text(10)?,
        created_at: Moment(row.int(11)?),
    })
}

/// Where a page begins: behind the transfer that is named, or at the newest. None where there is no such transfer.
pub(in crate::payouts) fn place(tx: &mut Tx<'_>, after: Option<&str>) -> Result<Option<(i64, String)>> {
    let Some(key) = after else {
        return Ok(Some((i64::MAX, String::new())));
    };
    let row = tx.one(
        "select created_at_us from payout_transfer where transfer_key = $1",
        &[key.into()],
    )?;
    row.map(|row| Ok((row.int(0)?, key.to_owned()))).transpose()
}

/// Transfers before a moment and a key, newest first. All of them, and those of a status, have an index to walk along; those
/// of a user are found by what the user earned.
pub(in crate::payouts) fn transfers(
    tx: &mut Tx<'_>,
    (user_id, status): (Option<&UserId>, Option<TransferStatus>),
    (before_us, before_key): &(i64, String),
    limit: i64,
) -> Result<Vec<PayoutTransferOut>> {
    let word = status.map_or("", TransferStatus::word);
    let place = [(*before_us).into(), before_key.as_str().into(), limit.into()];
    let rows = match (user_id, status) {
        (Some(user_id), _) => {
            let [before_us, before_key, limit] = place;
            tx.all(
                select_listed!(
                    "from payout_line join payout_transfer moved on moved.line_id = payout_line.line_id
                     where payout_line.user_id = $4 and ($5 = '' or moved.status = $5)
                         and (moved.created_at_us, moved.transfer_key) < ($1, $2)
                     order by moved.created_at_us desc, moved.transfer_key desc limit $3"
                ),
                &[before_us, before_key, limit, user_id.as_str().into(), word.into()],
            )?
        }
        (None, Some(_)) => {
            let [before_us, before_key, limit] = place;
            tx.all(
                select_listed!(
                    "from payout_transfer moved join payout_line on payout_line.line_id = moved.line_id
                     where moved.status = $4 and (moved.created_at_us, moved.transfer_key) < ($1, $2)
                     order by moved.created_at_us desc, moved.transfer_key desc limit $3"
                ),
                &[before_us, before_key, limit, word.into()],
            )?
        }
        (None, None) => tx.all(
            select_listed!(
                "from payout_transfer moved join payout_line on payout_line.line_id = moved.line_id
                 where (moved.created_at_us, moved.transfer_key) < ($1, $2)
                 order by moved.created_at_us desc, moved.transfer_key desc limit $3"
            ),
            &place,
        )?,
    };
    rows.iter().map(decode).collect()
}

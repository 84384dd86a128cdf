//! Places of transfers in the books, for lists.

use ledger::TransferCode;
use store::{Result, Tx};

/// How many places one statement looks at where a code is looked for.
const STEP: i64 = 10_000;
/// How many steps one page takes before it is given back short.
const STEPS_MAX: usize = 10;

/// The places of transfers before one, newest first, and before which place the next page begins; none where all were seen.
/// Where a code is rare a page may hold fewer than `limit`.
pub fn positions(
    tx: &mut Tx<'_>,
    before: i64,
    code: Option<TransferCode>,
    limit: i64,
) -> Result<(Vec<i64>, Option<i64>)> {
    let mut until = before.min(super::audit::last_position(tx)?.saturating_add(1));
    let mut found: Vec<i64> = Vec::new();
    for _ in 0..STEPS_MAX {
        if until <= 1 {
            return Ok((found, None));
        }
        let from = (until - STEP).max(1);
        let wanted = limit - i64::try_from(found.len()).unwrap_or(limit);
        let rows = tx.all(
            "select position from transfer where position >= $1 and position < $2 and ($3 = '' or code = $3)
             order by position desc limit $4",
            &[
                from.into(),
                until.into(),
                code.map_or("", TransferCode::word).into(),
                wanted.into(),
            ],
        )?;
        for row in &rows {
            found.push(row.int(0)?);
        }
        if i64::try_from(found.len()).is_ok_and(|count| count >= limit) {
            return Ok((found.clone(), found.last().copied().filter(|last| *last > 1)));
        }
        until = from;
    }
    Ok((found, (until > 1).then_some(until)))
}

/// The places of the transfers that follow from an event, oldest first.
pub fn of_event(tx: &mut Tx<'_>, event_id: i64) -> Result<Vec<i64>> {
    let rows = tx.all(
        "select position from transfer where event_id = $1 and event_id > 0 order by position",
        &[event_id.into()],
    )?;
    rows.iter().map(|row| row.int(0)).collect()
}

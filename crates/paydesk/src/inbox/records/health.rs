//! How the inbox stands: what came in by day, and what is not handled.

use store::{Result, Tx};

/// How many unfinished events are looked at: whether there are more makes no difference to whoever looks.
const LOOKED_AT_MAX: i64 = 1_000;

/// Events that are not handled.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unfinished {
    /// Those that wait for their first handling, of the first thousand in the queue.
    pub waiting: i64,
    /// Those whose handling failed and is tried again, of the same.
    pub retrying: i64,
    /// When the oldest of those came, microseconds.
    pub oldest_received_at_us: Option<i64>,
    /// The newest thousand dead ones, by the day on which they came: days since 1970-01-01, UTC, and how many.
    pub dead_by_day: Vec<(i64, i64)>,
}

/// What is not handled now, in bounded time however much that is.
pub fn unfinished(tx: &mut Tx<'_>) -> Result<Unfinished> {
    let mut unfinished = Unfinished::default();
    let queued = tx.all(
        "select queued.status, count(*), min(queued.received_at_us)
         from (select status, received_at_us from event where status in ('received', 'retrying')
               order by next_attempt_at_us, event_id limit $1) queued
         group by queued.status",
        &[LOOKED_AT_MAX.into()],
    )?;
    for row in &queued {
        let count = row.int(1)?;
        if row.text_ref(0)? == "retrying" {
            unfinished.retrying = count;
        } else {
            unfinished.waiting = count;
        }
        let oldest = row.int(2)?;
        let known = unfinished.oldest_received_at_us.unwrap_or(oldest);
        unfinished.oldest_received_at_us = Some(known.min(oldest));
    }
    let dead = tx.all(
        "select dead.received_at_us / 86400000000, count(*)
         from (select received_at_us from event where status = 'dead' order by event_id desc limit $1) dead group by 1",
        &[LOOKED_AT_MAX.into()],
    )?;
    unfinished.dead_by_day = dead
        .iter()
        .map(|row| Ok((row.int(0)?, row.int(1)?)))
        .collect::<Result<_>>()?;
    Ok(unfinished)
}

/// How many events with numbers behind the first and up to the second came in, by day: days since 1970-01-01, UTC.
pub fn received_by_day(tx: &mut Tx<'_>, (after, until): (i64, i64)) -> Result<Vec<(i64, i64)>> {
    let rows = tx.all(
        "select received_at_us / 86400000000, count(*) from event where event_id > $1 and event_id <= $2 group by 1",
        &[after.into(), until.into()],
    )?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

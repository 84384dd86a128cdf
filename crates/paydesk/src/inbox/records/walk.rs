//! Walks over events by number: listings, newest first, and putting back, oldest first.
//!
//! An inbox grows for ever, so no statement here looks at more than a step of it, however rare what is looked for may be.
//! A caller who wants more goes on where the last step ended.

use store::{Field, Result, Rows, Tx, Value};

use super::{EventRow, Status, decode, select_event};

/// How many numbers one statement looks at.
const STEP: i64 = 10_000;
/// How many steps one page of a listing takes before it is given back short.
const STEPS_MAX: usize = 10;

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those of this type.
    pub kind: Option<String>,
    /// Only those before this number; newest come first.
    pub before: Option<i64>,
}

/// A page of events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    /// The events, newest first. Where what is asked for is rare these may be fewer than wanted, or none.
    pub events: Vec<EventRow>,
    /// Before which number the next page begins; none where all have been seen.
    pub next: Option<i64>,
}

/// A page of events, newest first.
pub fn events_page(tx: &mut Tx<'_>, filter: &EventFilter, limit: i64) -> Result<Listing> {
    let before = filter.before.unwrap_or(i64::MAX);
    let kind = filter.kind.as_deref();
    match (filter.status, kind) {
        (None, None) => {
            let params = [before.into(), (limit + 1).into()];
            let sql = select_event!("where event_id < $1 order by event_id desc limit $2");
            whole(tx, sql, &params, limit)
        }
        // The word stands in the statement, because only so does its index serve.
        (Some(Status::Dead), None) => {
            let params = [before.into(), (limit + 1).into()];
            let sql = select_event!("where status = 'dead' and event_id < $1 order by event_id desc limit $2");
            whole(tx, sql, &params, limit)
        }
        (Some(Status::Retrying), None) => {
            let params = [before.into(), (limit + 1).into()];
            let sql = select_event!("where status = 'retrying' and event_id < $1 order by event_id desc limit $2");
            whole(tx, sql, &params, limit)
        }
        (status, kind) => walk(tx, before, status, kind, limit),
    }
}

/// Events, newest first, to the end of the inbox if need be. For people who wait, not for requests.
pub fn events(tx: &mut Tx<'_>, filter: &EventFilter, limit: i64) -> Result<Vec<EventRow>> {
    let mut filter = filter.clone();
    let mut found: Vec<EventRow> = Vec::new();
    loop {
        let wanted = limit - i64::try_from(found.len()).unwrap_or(limit);
        let page = events_page(tx, &filter, wanted)?;
        found.extend(page.events);
        filter.before = page.next;
        if page.next.is_none() || i64::try_from(found.len()).is_ok_and(|count| count >= limit) {
            return Ok(found);
        }
    }
}

/// A page that an index gives at once; the statement asks for one more than `limit`.
fn whole(tx: &mut Tx<'_>, sql: &'static str, params: &[Value], limit: i64) -> Result<Listing> {
    let rows = tx.all(sql, params)?;
    let mut events: Vec<EventRow> = rows.iter().map(decode).collect::<Result<_>>()?;
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = events.len() > limit;
    events.truncate(limit);
    let next = if more {
        events.last().map(|event| event.event_id)
    } else {
        None
    };
    Ok(Listing { events, next })
}

/// A page that is looked for step by step, from the newest down.
fn walk(tx: &mut Tx<'_>, before: i64, status: Option<Status>, kind: Option<&str>, limit: i64) -> Result<Listing> {
    let mut events: Vec<EventRow> = Vec::new();
    let mut until = before.min(last_event_id(tx)?.saturating_add(1));
    for _ in 0..STEPS_MAX {
        if until <= 1 {
            return Ok(Listing { events, next: None });
        }
        let from = (until - STEP).max(1);
        let wanted = limit - i64::try_from(events.len()).unwrap_or(limit);
        for row in &step(tx, (from, until), status, kind, wanted)? {
            events.push(decode(row)?);
        }
        if i64::try_from(events.len()).is_ok_and(|count| count >= limit) {
            let next = events.last().map(|event| event.event_id);
            return Ok(Listing { events, next });
        }
        until = from;
    }
    Ok(Listing {
        events,
        next: (until > 1).then_some(until),
    })
}

/// The events of one step, newest first: numbers from the first of `span` up to the second, which is not among them.
fn step(
    tx: &mut Tx<'_>,
    (from, until): (i64, i64),
    status: Option<Status>,
    kind: Option<&str>,
    limit: i64,
) -> Result<Vec<store::Row>> {
    let (from, until, limit) = (from.into(), until.into(), limit.into());
    match (status.map(Status::word), kind) {
        (Some(status), Some(kind)) => tx.all(
            select_event!(
                "where event_id >= $1 and event_id < $2 and status = $4 and type = $5 order by event_id desc limit $3"
            ),
            &[from, until, limit, status.into(), kind.into()],
        ),
        (Some(status), None) => tx.all(
            select_event!("where event_id >= $1 and event_id < $2 and status = $4 order by event_id desc limit $3"),
            &[from, until, limit, status.into()],
        ),
        (None, Some(kind)) => tx.all(
            select_event!("where event_id >= $1 and event_id < $2 and type = $4 order by event_id desc limit $3"),
            &[from, until, limit, kind.into()],
        ),
        (None, None) => tx.all(
            select_event!("where event_id >= $1 and event_id < $2 order by event_id desc limit $3"),
            &[from, until, limit],
        ),
    }
}

/// The number of the newest event; 0 where there is none.
pub fn last_event_id(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one("select event_id from event order by event_id desc limit 1", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Events to put back: those of one status, received within a span of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selection {
    /// Of this status.
    pub status: Status,
    /// Received at this time or later, microseconds.
    pub received_from_us: i64,
    /// Received before this time, microseconds.
    pub received_until_us: i64,
    /// Up to this number. Taken once at the beginning ([`last_event_id`]), it makes the walk end: what is put back is
    /// handled meanwhile, and what comes in meanwhile is nobody's to put back.
    pub last_event_id: i64,
}

/// A step of a walk over a selection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The numbers found, oldest first.
    pub event_ids: Vec<i64>,
    /// After which number the next step begins; none where this was the last.
    pub next: Option<i64>,
}

/// The events of a selection after a number, as far as one step goes.
pub fn selected(tx: &mut Tx<'_>, selection: &Selection, after: i64) -> Result<Step> {
    let until = after.saturating_add(STEP).min(selection.last_event_id);
    let rows = tx.all(
        "select event_id from event
         where event_id > $1 and event_id <= $2 and status = $3 and received_at_us >= $4 and received_at_us < $5
         order by event_id",
        &[
            after.into(),
            until.into(),
            selection.status.word().into(),
            selection.received_from_us.into(),
            selection.received_until_us.into(),
        ],
    )?;
    Ok(Step {
        event_ids: rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?,
        next: (until < selection.last_event_id).then_some(until),
    })
}

/// Puts events back to be handled, those that still have this status. Gives how many.
pub fn put_back(tx: &mut Tx<'_>, now_us: i64, status: Status, event_ids: &[i64]) -> Result<u64> {
    let rows = Rows::of(event_ids.iter().map(|event_id| [Field::from(*event_id)]));
    tx.run(
        "update event set status = 'received', attempts = 0, next_attempt_at_us = $2, last_error = null
         from rows($1: event_id bigint) where event.event_id = r.event_id and event.status = $3",
        &[rows.into(), now_us.into(), status.word().into()],
    )
}

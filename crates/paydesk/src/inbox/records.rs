//! Events in the store.

pub(super) mod health;
pub(super) mod walk;

use std::collections::{HashMap, HashSet};

use store::{Error, Field, Result, Row, Rows, Tx};

use super::{Appended, Incoming, Status, payload};

/// Keeps a batch of events; those that are there already are left as they are. A new event is due at time zero, before
/// every retry and whatever the clocks of several nodes say.
pub(super) fn append(tx: &mut Tx<'_>, incoming: &[Incoming]) -> Result<Vec<Appended>> {
    let rows = Rows::of(incoming.iter().map(|one| {
        let envelope = &one.envelope;
        let object = &envelope.object;
        let object_id = printable(object.id.as_deref());
        let lane = object.customer.as_deref().or(object.payment_intent.as_deref());
        let lane = lane.map_or(object_id, |lane| printable(Some(lane)));
        [
            Field::from(envelope.id.as_str()),
            envelope.account.as_deref().unwrap_or_default().into(),
            envelope.livemode.into(),
            envelope.kind.as_str().into(),
            object_id.into(),
            lane.into(),
            envelope.created_s.into(),
            one.received_at_us.into(),
            one.status.word().into(),
        ]
    }));
    let inserted = tx.all(
        "insert into event (stripe_id, account, livemode, type, object_id, lane, created_s, received_at_us, status,
                            attempts, next_attempt_at_us)
         select r.stripe_id, r.account, r.livemode, r.type, r.object_id, r.lane, r.created_s, r.received_at_us, r.status,
                0, 0
         from rows($1: stripe_id text, account text, livemode bigint, type text, object_id text, lane text,
                   created_s bigint, received_at_us bigint, status text)
         where true on conflict (stripe_id, account, livemode) do nothing
         returning event_id, stripe_id, account, livemode",
        &[rows.into()],
    )?;
    let mut fresh: HashMap<(&str, &str, i64), i64> = HashMap::with_capacity(inserted.len());
    for row in &inserted {
        fresh.insert((row.text_ref(1)?, row.text_ref(2)?, row.int(3)?), row.int(0)?);
    }
    let mut bodies = Vec::with_capacity(inserted.len());
    let mut outcomes = Vec::with_capacity(incoming.len());
    for one in incoming {
        let envelope = &one.envelope;
        let key = (
            envelope.id.as_str(),
            envelope.account.as_deref().unwrap_or_default(),
            i64::from(envelope.livemode),
        );
        // Taken out at its first use, so that a second copy within one batch is a duplicate like any other.
        match fresh.remove(&key) {
            Some(event_id) => {
                bodies.push([Field::from(event_id), (&one.body).into()]);
                outcomes.push(Appended::New);
            }
            None => outcomes.push(Appended::Duplicate),
        }
    }
    tx.run(
        "insert into event_payload (event_id, body) select r.event_id, r.body from rows($1: event_id bigint, body bytea)",
        &[Rows::of(bodies).into()],
    )?;
    Ok(outcomes)
}

/// An id of the object as Stripe writes them; anything else is only for the handler to judge.
fn printable(id: Option<&str>) -> &str {
    id.filter(|id| id.len() <= 255 && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .unwrap_or_default()
}

/// An event that is due, with its body as received.
pub(super) struct DueEvent {
    pub(super) event_id: i64,
    pub(super) next_attempt_at_us: i64,
    /// The bytes, unless what is stored cannot be unpacked.
    pub(super) body: Result<Vec<u8>>,
}

/// Events that are due, oldest first, behind a place in the queue. Nothing is claimed yet.
pub(super) fn due(tx: &mut Tx<'_>, now_us: i64, behind: Option<(i64, i64)>, limit: i64) -> Result<Vec<DueEvent>> {
    let (after_us, after_id) = behind.unwrap_or((-1, 0));
    let rows = tx.all(
        "select event.event_id, event.next_attempt_at_us, event_payload.body
         from event join event_payload on event_payload.event_id = event.event_id
         where event.status in ('received', 'retrying') and event.next_attempt_at_us <= $1
               and (event.next_attempt_at_us, event.event_id) > ($2, $3)
         order by event.next_attempt_at_us, event.event_id limit $4",
        &[now_us.into(), after_us.into(), after_id.into(), limit.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(DueEvent {
                event_id: row.int(0)?,
                next_attempt_at_us: row.int(1)?,
                body: payload::unpack(row.blob_ref(2)?),
            })
        })
        .collect()
}

/// Claims those of these events that are still to be handled, for the rest of the transaction; what another node works on
/// is passed over.
pub(super) fn claim(tx: &mut Tx<'_>, event_ids: impl Iterator<Item = i64>) -> Result<HashSet<i64>> {
    let rows = Rows::of(event_ids.map(|event_id| [Field::from(event_id)]));
    let claimed = tx.all(
        "select event.event_id from rows($1: event_id bigint) join event on event.event_id = r.event_id
         where event.status in ('received', 'retrying') order by event.event_id for update skip locked",
        &[rows.into()],
    )?;
    claimed.iter().map(|row| row.int(0)).collect()
}

/// Claims one event, if it is still to be handled. Gives how often it was tried.
pub(super) fn claim_one(tx: &mut Tx<'_>, event_id: i64) -> Result<Option<i64>> {
    let row = tx.one(
        "select attempts from event
         where event_id = $1 and status in ('received', 'retrying') for update skip locked",
        &[event_id.into()],
    )?;
    row.map(|row| row.int(0)).transpose()
}

/// What became of an event.
pub(super) struct Mark {
    pub(super) event_id: i64,
    pub(super) status: Status,
    pub(super) next_attempt_at_us: i64,
    pub(super) error: Option<String>,
}

/// Writes what became of events.
pub(super) fn mark(tx: &mut Tx<'_>, now_us: i64, marks: &[Mark]) -> Result<()> {
    let rows = Rows::of(marks.iter().map(|mark| {
        [
            Field::from(mark.event_id),
            mark.status.word().into(),
            mark.next_attempt_at_us.into(),
            mark.error.as_deref().into(),
        ]
    }));
    tx.run(
        "update event set status = r.status, attempts = event.attempts + 1, handled_at_us = $2,
                          next_attempt_at_us = r.next_attempt_at_us, last_error = r.last_error
         from rows($1: event_id bigint, status text, next_attempt_at_us bigint, last_error text)
         where event.event_id = r.event_id",
        &[rows.into(), now_us.into()],
    )?;
    Ok(())
}

/// An event as lists and details show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventRow {
    /// Its number here, in the order of arrival.
    pub event_id: i64,
    /// `evt_…`.
    pub stripe_id: String,
    /// The connected account; empty for our own.
    pub account: String,
    /// Stripe's type.
    pub kind: String,
    /// The object it is about.
    pub object_id: String,
    /// Stripe's time, whole seconds.
    pub created_s: i64,
    /// When it came, microseconds.
    pub received_at_us: i64,
    /// Where it stands.
    pub status: Status,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, where it will be.
    pub next_attempt_at_us: i64,
    /// When it was last handled, microseconds.
    pub handled_at_us: Option<i64>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// Every query of whole events, with its own end.
macro_rules! select_event {
    ($end:literal) => {
        concat!(
            "select event_id, stripe_id, account, type, object_id, created_s, received_at_us, status, attempts,
                    next_attempt_at_us, handled_at_us, last_error
             from event ",
            $end
        )
    };
}
pub(super) use select_event;

pub(super) fn decode(row: &Row) -> Result<EventRow> {
    Ok(EventRow {
        event_id: row.int(0)?,
        stripe_id: row.text(1)?,
        account: row.text(2)?,
        kind: row.text(3)?,
        object_id: row.text(4)?,
        created_s: row.int(5)?,
        received_at_us: row.int(6)?,
        status: Status::of_word(&row.text(7)?).ok_or_else(|| Error::Corrupt("event: status".into()))?,
        attempts: row.int(8)?,
        next_attempt_at_us: row.int(9)?,
        handled_at_us: row.opt_int(10)?,
        last_error: row.opt_text(11)?,
    })
}

/// One event by Stripe's id.
pub fn event(tx: &mut Tx<'_>, stripe_id: &str) -> Result<Option<EventRow>> {
    tx.one(
        select_event!("where stripe_id = $1 order by event_id limit 1"),
        &[stripe_id.into()],
    )?
    .as_ref()
    .map(decode)
    .transpose()
}

/// Stripe's id of the event with this number.
pub fn stripe_id_of(tx: &mut Tx<'_>, event_id: i64) -> Result<Option<String>> {
    let row = tx.one("select stripe_id from event where event_id = $1", &[event_id.into()])?;
    row.map(|row| row.text(0)).transpose()
}

/// The body of an event, as received.
pub fn payload_of(tx: &mut Tx<'_>, event_id: i64) -> Result<Option<Vec<u8>>> {
    let row = tx.one("select body from event_payload where event_id = $1", &[event_id.into()])?;
    row.map(|row| payload::unpack(&row.blob(0)?)).transpose()
}

/// How many events wait to be handled.
pub fn pending(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one(
        "select count(*) from event where status in ('received', 'retrying')",
        &[],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Puts one event back to be handled. Gives whether there is such an event.
pub fn replay_one(tx: &mut Tx<'_>, now_us: i64, stripe_id: &str) -> Result<bool> {
    let changed = tx.run(
        "update event set status = 'received', attempts = 0, next_attempt_at_us = $2, last_error = null where stripe_id = $1",
        &[stripe_id.into(), now_us.into()],
    )?;
    Ok(changed > 0)
}

//! Messages and their deliveries in the store.

pub(super) mod about;
pub(super) mod endpoints;

use std::collections::HashSet;

use store::{Error, Field, Result, Row, Rows, Tx};

use super::{Attempt, Delivery, Kind, Message, Status};
use crate::ids::UserId;

/// Whether there is anybody to tell anything to.
pub(super) fn anybody_listens(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.one("select endpoint_id from message_route limit 1", &[])?.is_some())
}

/// Writes those messages that are new and that somebody wants, and their deliveries.
pub(super) fn insert_messages(tx: &mut Tx<'_>, now_us: i64, messages: &[Message]) -> Result<()> {
    let mut written: Vec<(String, &Message, String)> = messages
        .iter()
        .map(|message| (message.id(), message, message.body(now_us)))
        .collect();
    // Two nodes that write the same messages must take them in one order, or they would wait for each other.
    written.sort_by(|(left, ..), (right, ..)| left.cmp(right));
    let rows = Rows::of(written.iter().map(|(message_id, message, body)| {
        [
            Field::from(message_id.as_str()),
            message.key.as_str().into(),
            message.kind.word().into(),
            message.user_id.as_str().into(),
            body.as_str().into(),
        ]
    }));
    let inserted = tx.all(
        "insert into message (message_id, message_key, type, user_id, body, created_at_us)
         select r.message_id, r.message_key, r.type, r.user_id, r.body, $2
         from rows($1: message_id text, message_key text, type text, user_id text, body text)
         where exists (select 1 from message_route where message_route.type in (r.type, '*'))
         on conflict (message_id) do nothing returning message_id",
        &[rows.into(), now_us.into()],
    )?;
    let fresh: HashSet<String> = inserted.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    let fresh = written.iter().filter(|(message_id, ..)| fresh.contains(message_id));
    let rows =
        Rows::of(fresh.map(|(message_id, message, _)| [Field::from(message_id.as_str()), message.kind.word().into()]));
    tx.run(
        "insert into delivery (message_id, endpoint_id, status, attempts, claims, next_attempt_at_us, created_at_us)
         select r.message_id, message_route.endpoint_id, 'pending', 0, 0, $2, $2
         from rows($1: message_id text, type text) join message_route on message_route.type in (r.type, '*')
         where true on conflict (message_id, endpoint_id) do nothing",
        &[rows.into(), now_us.into()],
    )?;
    Ok(())
}

/// The endpoints that have something due, are sent to and do not rest, each with its failures in a row.
pub(super) fn lanes(tx: &mut Tx<'_>, now_us: i64) -> Result<Vec<(String, i64)>> {
    let rows = tx.all(
        "select endpoint_id, failures from endpoint
         where status = 'enabled' and resting_until_us <= $1
               and exists (select 1 from delivery where delivery.endpoint_id = endpoint.endpoint_id
                           and delivery.status = 'pending' and delivery.next_attempt_at_us <= $1)
         order by endpoint_id",
        &[now_us.into()],
    )?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

/// A delivery that this process has taken.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) delivery_id: i64,
    pub(super) message_id: String,
    /// Which attempt this is since the delivery was written or replayed, from 1.
    pub(super) attempt: i64,
    /// The number of its taking.
    pub(super) claim: i64,
    pub(super) kind: Kind,
    pub(super) user_id: UserId,
    pub(super) body: String,
}

/// Takes deliveries of an endpoint that are due, for as long as an attempt may take; what another node has is passed over.
pub(super) fn claim(tx: &mut Tx<'_>, endpoint_id: &str, now_us: i64, until_us: i64, limit: i64) -> Result<Vec<Due>> {
    let rows = tx.all(
        "select delivery.delivery_id, delivery.message_id, delivery.attempts, delivery.claims, message.type,
                message.user_id, message.body
         from delivery join message on message.message_id = delivery.message_id
         where delivery.endpoint_id = $1 and delivery.status = 'pending' and delivery.next_attempt_at_us <= $2
         order by delivery.next_attempt_at_us, delivery.delivery_id limit $3 for update skip locked",
        &[endpoint_id.into(), now_us.into(), limit.into()],
    )?;
    let corrupt = |what: &str| Error::Corrupt(format!("message: {what}"));
    let due: Result<Vec<Due>> = rows
        .iter()
        .map(|row| {
            Ok(Due {
                delivery_id: row.int(0)?,
                message_id: row.text(1)?,
                attempt: row.int(2)? + 1,
                claim: row.int(3)? + 1,
                kind: Kind::of_word(row.text_ref(4)?).ok_or_else(|| corrupt("type"))?,
                user_id: UserId::parse(row.text_ref(5)?).ok_or_else(|| corrupt("user_id"))?,
                body: row.text(6)?,
            })
        })
        .collect();
    let due = due?;
    let taken = Rows::of(due.iter().map(|one| [Field::from(one.delivery_id)]));
    tx.run(
        "update delivery set attempts = delivery.attempts + 1, claims = delivery.claims + 1, next_attempt_at_us = $2
         from rows($1: delivery_id bigint) where delivery.delivery_id = r.delivery_id",
        &[taken.into(), until_us.into()],
    )?;
    Ok(due)
}

/// Keeps what came of an attempt.
pub(super) fn note_attempt(tx: &mut Tx<'_>, delivery_id: i64, attempt: &Attempt) -> Result<()> {
    tx.run(
        "insert into delivery_attempt (delivery_id, attempted_at_us, duration_us, status_code, error, answer)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            delivery_id.into(),
            attempt.attempted_at_us.into(),
            attempt.duration_us.into(),
            attempt.status_code.into(),
            attempt.error.clone().into(),
            attempt.answer.clone().into(),
        ],
    )?;
    Ok(())
}

/// Where a delivery stands after an attempt.
pub(super) struct Mark {
    pub(super) status: Status,
    pub(super) next_attempt_at_us: i64,
    pub(super) error: Option<String>,
}

/// Writes where a delivery stands, unless it was taken anew meanwhile or has ended.
pub(super) fn mark(tx: &mut Tx<'_>, now_us: i64, due: &Due, mark: &Mark) -> Result<()> {
    let ended_at_us = (mark.status != Status::Pending).then_some(now_us);
    tx.run(
        "update delivery set status = $3, next_attempt_at_us = $4, last_error = $5, ended_at_us = $6
         where delivery_id = $1 and claims = $2 and status = 'pending'",
        &[
            due.delivery_id.into(),
            due.claim.into(),
            mark.status.word().into(),
            mark.next_attempt_at_us.into(),
            mark.error.clone().into(),
            ended_at_us.into(),
        ],
    )?;
    Ok(())
}

/// How many deliveries are on their way to endpoints that are sent to.
pub fn undelivered(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one(
        "select count(*) from delivery join endpoint on endpoint.endpoint_id = delivery.endpoint_id
         where delivery.status = 'pending' and endpoint.status = 'enabled'",
        &[],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Every query of whole deliveries, with its own end.
macro_rules! select_delivery {
    ($end:literal) => {
        concat!(
            "select delivery.delivery_id, delivery.message_id, message.type, delivery.status, delivery.attempts,
                    delivery.next_attempt_at_us, delivery.last_error, delivery.created_at_us, delivery.ended_at_us
             from delivery join message on message.message_id = delivery.message_id ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        delivery_id: row.int(0)?,
        message_id: row.text(1)?,
        kind: row.text(2)?,
        status: Status::of_word(row.text_ref(3)?).ok_or_else(|| Error::Corrupt("delivery: status".into()))?,
        attempts: row.int(4)?,
        next_attempt_at_us: row.int(5)?,
        last_error: row.opt_text(6)?,
        created_at_us: row.int(7)?,
        ended_at_us: row.opt_int(8)?,
    })
}

/// A page of an endpoint's deliveries, newest first, before the one numbered.
pub(super) fn deliveries(
    tx: &mut Tx<'_>,
    endpoint_id: &str,
    status: Option<Status>,
    before: i64,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let rows = match status {
        None => tx.all(
            select_delivery!(
                "where delivery.endpoint_id = $1 and delivery.delivery_id < $2 order by delivery.delivery_id desc limit $3"
            ),
            &[endpoint_id.into(), before.into(), limit.into()],
        )?,
        Some(status) => tx.all(
            select_delivery!(
                "where delivery.endpoint_id = $1 and delivery.status = $4 and delivery.delivery_id < $2
                 order by delivery.delivery_id desc limit $3"
            ),
            &[endpoint_id.into(), before.into(), limit.into(), status.word().into()],
        )?,
    };
    rows.iter().map(decode).collect()
}

/// One delivery of an endpoint, and the body of its message.
pub(super) fn delivery(tx: &mut Tx<'_>, endpoint_id: &str, delivery_id: i64) -> Result<Option<(Delivery, String)>> {
    let row = tx.one(
        select_delivery!("where delivery.endpoint_id = $1 and delivery.delivery_id = $2"),
        &[endpoint_id.into(), delivery_id.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let delivery = decode(&row)?;
    let body = tx.one(
        "select body from message where message_id = $1",
        &[delivery.message_id.as_str().into()],
    )?;
    let body = body.ok_or_else(|| Error::Corrupt("delivery: message_id".into()))?;
    Ok(Some((delivery, body.text(0)?)))
}

/// The last attempts of a delivery, newest first.
pub(super) fn attempts(tx: &mut Tx<'_>, delivery_id: i64, limit: i64) -> Result<Vec<Attempt>> {
    let rows = tx.all(
        "select attempted_at_us, duration_us, status_code, error, answer from delivery_attempt
         where delivery_id = $1 order by attempt_id desc limit $2",
        &[delivery_id.into(), limit.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Attempt {
                attempted_at_us: row.int(0)?,
                duration_us: row.int(1)?,
                status_code: row.opt_int(2)?,
                error: row.opt_text(3)?,
                answer: row.opt_text(4)?,
            })
        })
        .collect()
}

/// Which deliveries of an endpoint are to be sent again: those that have ended, and that every given condition fits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Selection {
    /// Only that of this message.
    pub message_id: Option<String>,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those written from this time on, microseconds.
    pub from_us: i64,
    /// Only those written before this time.
    pub until_us: i64,
}

/// What both a count and a replay select. A condition that is not given is the empty text.
macro_rules! selected {
    ($begin:literal) => {
        concat!(
            $begin,
            " where endpoint_id = $1 and status <> 'pending' and created_at_us >= $2 and created_at_us < $3
                    and ($4 = '' or message_id = $4) and ($5 = '' or status = $5)"
        )
    };
}

/// How many deliveries a replay would send.
pub(super) fn count_selected(tx: &mut Tx<'_>, endpoint_id: &str, selection: &Selection) -> Result<i64> {
    let row = tx.one(
        selected!("select count(*) from delivery"),
        &selection.parameters(endpoint_id),
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Puts deliveries back to be sent, from the beginning of the schedule.
pub(super) fn put_back(tx: &mut Tx<'_>, now_us: i64, endpoint_id: &str, selection: &Selection) -> Result<u64> {
    let mut parameters = selection.parameters(endpoint_id).to_vec();
    parameters.push(now_us.into());
    tx.run(
        selected!("update delivery set status = 'pending', attempts = 0, next_attempt_at_us = $6, ended_at_us = null"),
        &parameters,
    )
}

impl Selection {
    fn parameters(&self, endpoint_id: &str) -> [store::Value; 5] {
        [
            endpoint_id.into(),
            self.from_us.into(),
            self.until_us.into(),
            self.message_id.as_deref().unwrap_or_default().into(),
            self.status.map_or("", Status::word).into(),
        ]
    }
}

//! The worker: claims due events in batches, and applies what follows from them with the handled mark in one
//! transaction. An event that fails takes nobody with it: the batch is undone and its members are handled one by one.

use std::time::Duration;

use store::{Result, Tx};
use stripe::{Envelope, Event, Malformed};

use super::records::{self, Due, Mark};
use super::{Status, TOPIC, rules};
use crate::app::App;
use crate::effects::{self, Caused};
use crate::purchases::{self, Fact};

/// Events handled in one transaction. More would make requests wait behind it on an engine with one writer.
const BATCH: i64 = 64;
/// How long the worker waits for a wake-up before it looks by itself.
const POLL: Duration = Duration::from_millis(500);
/// The longest error text that is kept.
const ERROR_CHARACTERS_MAX: usize = 500;

/// What the worker asks of the handling path.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// Handle what is due.
    Due,
    /// Handle this one, which failed together with others.
    One(i64),
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Handled {
    /// Events that something followed from.
    pub processed: u64,
    /// Events that nothing followed from.
    pub ignored: u64,
    /// Events that can never be handled as they are.
    pub dead: u64,
}

impl Handled {
    /// How many events were taken off the inbox.
    pub fn total(self) -> u64 {
        self.processed + self.ignored + self.dead
    }
}

/// Runs until told to stop.
pub async fn run(app: App) {
    let mut listener = app.store.listen(TOPIC);
    while !app.shutdown.is_requested() {
        let handled = work(&app).await;
        if handled >= u64::try_from(BATCH).unwrap_or(u64::MAX) {
            continue;
        }
        let wait = tokio::time::timeout(POLL, listener.changed());
        tokio::select! {
            _woken_or_late = wait => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// Handles what is due once. Gives how many events were taken off the inbox.
pub async fn work(app: &App) -> u64 {
    match app.handling.submit(Work::Due).await {
        Ok(handled) => {
            if handled.total() > 0 {
                store::crash_point("inbox handled");
            }
            count(handled);
            handled.total()
        }
        Err(error) => {
            tracing::warn!(%error, "a batch of events failed; its members are handled one by one");
            one_by_one(app).await
        }
    }
}

async fn one_by_one(app: &App) -> u64 {
    let now_us = app.clock.now_us();
    let due = match app.store.read(move |tx| records::due_ids(tx, now_us, BATCH)).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the inbox cannot be read");
            return 0;
        }
    };
    let mut total = 0;
    for event_id in due {
        match app.handling.submit(Work::One(event_id)).await {
            Ok(handled) => {
                count(handled);
                total += handled.total();
            }
            Err(error) if error.is_retryable() => {
                // The store is busy or away, which says nothing about the event.
                tracing::warn!(%error, event_id, "an event could not be handled now");
                return total;
            }
            Err(error) => fail(app, event_id, &error.to_string()).await,
        }
    }
    total
}

/// Notes a failed attempt; the event comes back later or is given up.
async fn fail(app: &App, event_id: i64, error: &str) {
    let error: String = error.chars().take(ERROR_CHARACTERS_MAX).collect();
    let mut jitter = [0; 4];
    app.ids.fill(&mut jitter);
    let jitter = u32::from_le_bytes(jitter);
    let now_us = app.clock.now_us();
    tracing::warn!(event_id, error, "an event failed");
    let noted = app
        .store
        .write(move |tx| {
            for due in records::claim_one(tx, event_id)? {
                let mark = match rules::pause_us(due.attempts + 1, jitter) {
                    Some(pause_us) => (Status::Retrying, now_us + pause_us),
                    None => (Status::Dead, now_us),
                };
                let (status, next_attempt_at_us) = mark;
                let mark = Mark {
                    event_id,
                    status,
                    next_attempt_at_us,
                    error: Some(error.clone()),
                };
                records::mark(tx, now_us, &[mark])?;
            }
            Ok::<_, store::Error>(())
        })
        .await;
    metrics::counter!("paydesk_inbox_failed_total").increment(1);
    if let Err(error) = noted {
        tracing::error!(%error, event_id, "a failed attempt could not be noted");
    }
}

fn count(handled: Handled) {
    metrics::counter!("paydesk_inbox_handled_total", "status" => "processed").increment(handled.processed);
    metrics::counter!("paydesk_inbox_handled_total", "status" => "ignored").increment(handled.ignored);
    metrics::counter!("paydesk_inbox_handled_total", "status" => "dead").increment(handled.dead);
}

/// The handling path's own work, in one transaction.
pub(super) fn handle_all(tx: &mut Tx<'_>, now_us: i64, livemode: bool, work: &[Work]) -> Result<Vec<Handled>> {
    work.iter()
        .map(|work| {
            let due = match *work {
                Work::Due => records::claim(tx, now_us, BATCH)?,
                Work::One(event_id) => records::claim_one(tx, event_id)?,
            };
            handle(tx, now_us, livemode, &due)
        })
        .collect()
}

fn handle(tx: &mut Tx<'_>, now_us: i64, livemode: bool, due: &[Due]) -> Result<Handled> {
    let mut handled = Handled::default();
    if due.is_empty() {
        return Ok(handled);
    }
    store::crash_point("inbox claimed");
    let bodies = records::bodies(tx, due)?;
    let mut facts: Vec<(i64, Fact)> = Vec::with_capacity(due.len());
    let mut marks = Vec::with_capacity(due.len());
    for one in due {
        let event_id = one.event_id;
        let read = match bodies.get(&event_id) {
            Some(body) => read(body, livemode),
            None => return Err(store::Error::Corrupt(format!("event {event_id} has no payload"))),
        };
        let (status, error) = match read {
            Ok(Some(fact)) => {
                facts.push((event_id, fact));
                handled.processed += 1;
                (Status::Processed, None)
            }
            Ok(None) => {
                handled.ignored += 1;
                (Status::Ignored, None)
            }
            Err(malformed) => {
                // It will not read differently the next time, so a person has to look.
                handled.dead += 1;
                (
                    Status::Dead,
                    Some(malformed.to_string().chars().take(ERROR_CHARACTERS_MAX).collect()),
                )
            }
        };
        marks.push(Mark {
            event_id,
            status,
            next_attempt_at_us: now_us,
            error,
        });
    }
    let settled = purchases::settle(tx, now_us, &facts)?;
    store::crash_point("inbox settled");
    apply(tx, now_us, &settled.effects)?;
    store::crash_point("inbox applied");
    records::mark(tx, now_us, &marks)?;
    store::crash_point("inbox marked");
    Ok(handled)
}

/// Reads an event as a fact. What is not ours is judged here and not only at receipt, because a replay comes this way
/// too: an event of the other mode, of a connected account, or one that only names its object, never has an effect.
fn read(body: &[u8], livemode: bool) -> std::result::Result<Option<Fact>, Malformed> {
    if !rules::is_ours(&Envelope::parse(body)?, livemode) {
        return Ok(None);
    }
    purchases::interpret(&Event::parse(body)?)
}

fn apply(tx: &mut Tx<'_>, now_us: i64, caused: &[Caused]) -> Result<()> {
    match effects::apply(tx, now_us, caused) {
        Ok(_) => Ok(()),
        Err(effects::ApplyError::Store(error)) => Err(error),
        // The books refuse for good reason; as an error of its kind it undoes the batch and is noted on the event.
        Err(error @ effects::ApplyError::Refused { .. }) => Err(store::Error::Corrupt(error.to_string())),
    }
}

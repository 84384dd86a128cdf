//! The worker: reads due events, and applies what follows from them with the handled mark in one transaction. What an
//! event means is read beside the writer and ahead of it, so that the writer only decides and writes. An event that fails
//! takes nobody with it: the batch is undone and its members are handled one by one.

use std::sync::Arc;
use std::time::Duration;

use store::{Result, Tx};
use stripe::{Envelope, Event, Malformed};

use super::records::{self, Mark};
use super::{Status, TOPIC, rules};
use crate::app::App;
use crate::catalogue::Catalogue;
use crate::config::Policies;
use crate::courier;
use crate::effects::{self, Caused};
use crate::{payouts, purchases, subscriptions};

/// Events handled in one transaction. More would make requests wait behind it on an engine with one writer.
const BATCH: i64 = 128;
/// The same where requests have writers of their own: there the way to the database is what costs.
const BATCH_BESIDE_OTHERS: i64 = 256;
/// How long the worker waits for a wake-up before it looks by itself.
const POLL: Duration = Duration::from_millis(500);
/// The pause of a worker that found all its events taken by another node, or none that can be handled now.
const PAUSE_US: i64 = 20_000;
/// The longest error text that is kept.
const ERROR_CHARACTERS_MAX: usize = 500;

/// An event that is due, with what it was read to mean.
#[derive(Clone, Debug)]
pub struct Due {
    event_id: i64,
    /// When it is due; with its number its place in the queue.
    next_attempt_at_us: i64,
    /// What it tells; nothing where nothing follows from it; or why it can never be read.
    told: std::result::Result<Option<Told>, String>,
}

/// What an event tells.
#[derive(Clone, Debug)]
struct Told {
    /// About a purchase.
    purchase: Option<purchases::Told>,
    /// About a subscription.
    subscription: Option<Box<subscriptions::Told>>,
    /// About a connected account.
    payout: Option<payouts::Told>,
}

impl Due {
    fn tells_of_subscription(&self) -> bool {
        matches!(&self.told, Ok(Some(told)) if told.subscription.is_some())
    }

    fn tells_of_payout(&self) -> bool {
        matches!(&self.told, Ok(Some(told)) if told.payout.is_some())
    }
}

/// What the worker asks of the handling path: to handle these, as far as they are still due.
pub type Work = Arc<[Due]>;

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

/// Runs until told to stop. The next events are read while the last ones are handled.
pub async fn run(app: App) {
    let mut listener = app.store.listen(TOPIC);
    let mut ahead: Option<Work> = None;
    while !app.shutdown.is_requested() {
        let due = match ahead.take() {
            Some(due) => due,
            None => read_due(&app, None).await,
        };
        if due.is_empty() {
            let wait = tokio::time::timeout(POLL, listener.changed());
            tokio::select! {
                _woken_or_late = wait => {}
                () = app.shutdown.requested() => {}
            }
            continue;
        }
        let last = due.last().map(|last| (last.next_attempt_at_us, last.event_id));
        let (whole, next) = tokio::join!(handle_batch(&app, due), read_due(&app, last));
        // Behind a batch that failed the queue looks different from what was read ahead.
        ahead = Some(next).filter(|next| whole.is_ok() && !next.is_empty());
        if matches!(whole, Ok(0) | Err(0)) {
            // Another node is at these very events.
            app.clock.sleep_until_us(app.clock.now_us() + PAUSE_US).await;
        }
    }
}

/// Handles what is due once. Gives how many events were taken off the inbox.
pub async fn work(app: &App) -> u64 {
    let due = read_due(app, None).await;
    if due.is_empty() {
        return 0;
    }
    match handle_batch(app, due).await {
        Ok(handled) | Err(handled) => handled,
    }
}

/// Reads what is due behind a place in the queue, and what it means.
async fn read_due(app: &App, behind: Option<(i64, i64)>) -> Work {
    let (now_us, livemode) = (app.clock.now_us(), app.config.livemode);
    let limit = if app.store.has_one_writer() {
        BATCH
    } else {
        BATCH_BESIDE_OTHERS
    };
    let read = app
        .store
        .read(move |tx| {
            let due = records::due(tx, now_us, behind, limit)?;
            Ok::<Work, store::Error>(due.into_iter().map(|one| one.read(livemode)).collect())
        })
        .await;
    read.unwrap_or_else(|error| {
        tracing::error!(%error, "the inbox cannot be read");
        Arc::default()
    })
}

/// Handles events together, or, where that fails, one by one (`Err`). Gives how many were taken off the inbox.
async fn handle_batch(app: &App, due: Work) -> std::result::Result<u64, u64> {
    let of_subscriptions = due.iter().any(Due::tells_of_subscription);
    let of_payouts = due.iter().any(Due::tells_of_payout);
    match app.handling.submit(Arc::clone(&due)).await {
        Ok(handled) => {
            if of_subscriptions {
                app.store.notify(subscriptions::TOPIC);
            }
            if of_payouts {
                app.store.notify(payouts::TOPIC);
            }
            if handled.total() > 0 {
                store::crash_point("inbox handled");
            }
            if handled.processed > 0 {
                app.store.notify(courier::TOPIC);
            }
            count(handled);
            Ok(handled.total())
        }
        Err(error) => {
            tracing::warn!(%error, "a batch of events failed; its members are handled one by one");
            Err(one_by_one(app, &due).await)
        }
    }
}

async fn one_by_one(app: &App, due: &[Due]) -> u64 {
    let mut total = 0;
    for one in due {
        let event_id = one.event_id;
        match app.handling.submit(Arc::new([one.clone()])).await {
            Ok(handled) => {
                count(handled);
                total += handled.total();
            }
            // One that is busy alone, too, waits for its turn like one that failed, and keeps nobody behind it waiting.
            Err(error) if error.is_retryable() && !matches!(error, store::Error::Busy) => {
                // The store is away, which says nothing about the event.
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
            if let Some(attempts) = records::claim_one(tx, event_id)? {
                let mark = match rules::pause_us(attempts + 1, jitter) {
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
pub(super) fn handle_all(
    tx: &mut Tx<'_>,
    now_us: i64,
    rules: (Policies, &Catalogue),
    work: &[Work],
) -> Result<Vec<Handled>> {
    work.iter().map(|due| handle(tx, now_us, rules, due)).collect()
}

pub(super) fn handle(
    tx: &mut Tx<'_>,
    now_us: i64,
    (policies, catalogue): (Policies, &Catalogue),
    due: &[Due],
) -> Result<Handled> {
    let mut handled = Handled::default();
    let claimed = records::claim(tx, due.iter().map(|one| one.event_id))?;
    if claimed.is_empty() {
        return Ok(handled);
    }
    store::crash_point("inbox claimed");
    let mut of_purchases: Vec<(i64, &purchases::Told)> = Vec::with_capacity(due.len());
    let mut of_subscriptions: Vec<(i64, subscriptions::Told)> = Vec::new();
    let mut of_payouts: Vec<payouts::Told> = Vec::new();
    let mut marks = Vec::with_capacity(due.len());
    for one in due.iter().filter(|one| claimed.contains(&one.event_id)) {
        let event_id = one.event_id;
        let (status, error) = match &one.told {
            Ok(Some(told)) => {
                of_purchases.extend(told.purchase.as_ref().map(|told| (event_id, told)));
                of_subscriptions.extend(told.subscription.clone().map(|told| (event_id, *told)));
                of_payouts.extend(told.payout.clone());
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
                    Some(malformed.chars().take(ERROR_CHARACTERS_MAX).collect()),
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
    let taken = subscriptions::take_in_events(tx, now_us, catalogue, &of_subscriptions)?;
    of_purchases.extend(taken.told.iter().map(|(event_id, told)| (*event_id, told)));
    let mut settled = purchases::settle(tx, now_us, policies, &of_purchases)?;
    store::crash_point("inbox settled");
    settled.effects.extend(taken.effects);
    apply(tx, now_us, &settled.effects)?;
    payouts::take_in_events(tx, now_us, &of_payouts)?;
    store::crash_point("inbox applied");
    records::mark(tx, now_us, &marks)?;
    store::crash_point("inbox marked");
    Ok(handled)
}

/// Reads what an event tells. What is not ours is judged here and not only at receipt, because a replay comes this way
/// too: an event of the other mode, or one that only names its object, never has an effect, and one of a connected account
/// none on what we sell.
fn read(body: &[u8], livemode: bool) -> std::result::Result<Option<Told>, Malformed> {
    let event = match Event::parse(body) {
        Ok(event) => event,
        // One that only names its object is no whole event; the envelope says whether that is why.
        Err(_) if !rules::is_ours(Envelope::parse(body)?.origin(), livemode) => return Ok(None),
        Err(malformed) => return Err(malformed),
    };
    if !rules::is_ours(event.origin(), livemode) {
        return Ok(None);
    }
    if event.account.is_some() {
        let told = payouts::interpret(&event)?.map(|told| Told {
            purchase: None,
            subscription: None,
            payout: Some(told),
        });
        return Ok(told);
    }
    let told = Told {
        payout: None,
        purchase: purchases::interpret(&event)?,
        subscription: subscriptions::interpret(&event)?.map(Box::new),
    };
    Ok(Some(told).filter(|told| told.purchase.is_some() || told.subscription.is_some()))
}

impl records::DueEvent {
    pub(super) fn read(self, livemode: bool) -> Due {
        let told = match &self.body {
            Ok(body) => read(body, livemode).map_err(|malformed| malformed.to_string()),
            // One that cannot be unpacked must not keep the others from being read.
            Err(error) => Err(error.to_string()),
        };
        Due {
            event_id: self.event_id,
            next_attempt_at_us: self.next_attempt_at_us,
            told,
        }
    }
}

fn apply(tx: &mut Tx<'_>, now_us: i64, caused: &[Caused]) -> Result<()> {
    match effects::apply(tx, now_us, caused) {
        Ok(_) => Ok(()),
        // The books refuse for good reason; as an error of its kind it undoes the batch and is noted on the event.
        Err(error) => Err(error.into_store()),
    }
}

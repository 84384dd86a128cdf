//! The worker: takes deliveries that are due and sends them, a few at once for each endpoint, with no transaction open
//! meanwhile. What came of an attempt is written with what follows from it for the endpoint.
//!
//! A delivery that is taken is due again once its lease has ended. So one whose process died is sent again by whoever comes
//! first, under the same id.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::{Result, Tx};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::records::{self, Due, Mark, endpoints};
use super::rules::{self, Verdict};
use super::send::{Attempted, Outcome};
use super::{Attempt, Carrier, Endpoint, Health, Status, TOPIC, Way};
use crate::app::App;
use crate::clock::SECOND_US;

/// Deliveries that are under way to one endpoint at once.
const LANE: usize = 4;
/// How long a delivery is taken for. No attempt takes so long.
const LEASE_US: i64 = 60 * SECOND_US;
/// How long it waits for a wake-up before it looks by itself.
const POLL: Duration = Duration::from_millis(500);
/// The longest error text that is kept.
const ERROR_CHARACTERS_MAX: usize = 300;

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_courier_attempts_total",
        "Attempts to deliver a message, by what they came to."
    );
    metrics::describe_counter!("paydesk_courier_given_up_total", "Deliveries that were given up.");
    metrics::describe_counter!("paydesk_courier_disabled_total", "Endpoints that were disabled.");
    for outcome in ["sent", "failed", "gone", "refused"] {
        metrics::counter!("paydesk_courier_attempts_total", "outcome" => outcome).increment(0);
    }
    metrics::counter!("paydesk_courier_given_up_total").increment(0);
    metrics::counter!("paydesk_courier_disabled_total").increment(0);
}

/// Runs until told to stop, then waits for the attempts that are under way.
pub async fn run(app: App) {
    let mut listener = app.store.listen(TOPIC);
    let mut lanes = Lanes::default();
    while !app.shutdown.is_requested() {
        if let Err(error) = lanes.begin(&app, &app.carrier).await {
            tracing::warn!(%error, "deliveries could not be taken; it is tried again");
        }
        tokio::select! {
            () = listener.changed() => {}
            Some(_ended) = lanes.sending.join_next(), if !lanes.sending.is_empty() => {}
            () = tokio::time::sleep(POLL) => {}
            () = app.shutdown.requested() => {}
        }
    }
    while lanes.sending.join_next().await.is_some() {}
}

/// Sends what is due once, and waits for it. Gives how many attempts were made.
pub async fn work(app: &App) -> Result<usize> {
    work_with(app, &app.carrier).await
}

/// The same, by this carrier.
pub async fn work_with(app: &App, carrier: &Arc<Carrier>) -> Result<usize> {
    let mut lanes = Lanes::default();
    lanes.begin(app, carrier).await?;
    let begun = lanes.sending.len();
    while lanes.sending.join_next().await.is_some() {}
    Ok(begun)
}

/// What is under way, by endpoint.
#[derive(Default)]
struct Lanes {
    free: HashMap<String, Arc<Semaphore>>,
    sending: JoinSet<()>,
}

impl Lanes {
    /// Takes as much as every endpoint has room for, and begins to send it.
    async fn begin(&mut self, app: &App, carrier: &Arc<Carrier>) -> Result<()> {
        while self.sending.try_join_next().is_some() {}
        self.free.retain(|_, free| free.available_permits() < LANE);
        let now_us = app.clock.now_us();
        let mut rooms = Vec::new();
        for (endpoint_id, failures) in app.store.read(move |tx| records::lanes(tx, now_us)).await? {
            let free = self
                .free
                .entry(endpoint_id.clone())
                .or_insert_with(|| Arc::new(Semaphore::new(LANE)));
            let under_way = LANE - free.available_permits();
            let room = rules::width(failures, LANE).saturating_sub(under_way);
            if room > 0 && carrier.serves(&endpoint_id) {
                rooms.push((endpoint_id, room));
            }
        }
        for taken in take(app, rooms).await? {
            let Some(free) = self.free.get(&taken.endpoint.endpoint_id) else {
                continue;
            };
            for due in taken.due {
                let Ok(permit) = Arc::clone(free).try_acquire_owned() else {
                    break;
                };
                let (carrier, endpoint) = (Arc::clone(carrier), Arc::clone(&taken.endpoint));
                self.sending.spawn(attempt(app.clone(), carrier, endpoint, due, permit));
            }
        }
        Ok(())
    }
}

/// Deliveries of one endpoint that were taken.
struct Taken {
    endpoint: Arc<Endpoint>,
    due: Vec<Due>,
}

/// Takes as many deliveries of each endpoint as there is room for, all in one transaction: nobody waits for the takings of
/// others.
async fn take(app: &App, rooms: Vec<(String, usize)>) -> Result<Vec<Taken>> {
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let now_us = app.clock.now_us();
    let taken = app
        .store
        .write(move |tx| {
            let mut taken = Vec::with_capacity(rooms.len());
            for (endpoint_id, room) in &rooms {
                let Some(endpoint) = endpoints::endpoint(tx, endpoint_id)? else {
                    continue;
                };
                let limit = i64::try_from(*room).unwrap_or(1);
                let due = records::claim(tx, endpoint_id, now_us, now_us + LEASE_US, limit)?;
                if !due.is_empty() {
                    let endpoint = Arc::new(endpoint);
                    taken.push(Taken { endpoint, due });
                }
            }
            Ok::<_, store::Error>(taken)
        })
        .await?;
    if !taken.is_empty() {
        store::crash_point("delivery taken");
    }
    Ok(taken)
}

/// One attempt, from sending to what follows. The permit is held for as long as it is under way.
async fn attempt(app: App, carrier: Arc<Carrier>, endpoint: Arc<Endpoint>, due: Due, _permit: OwnedSemaphorePermit) {
    let (attempted_at_us, begun) = (app.clock.now_us(), app.clock.monotonic());
    let attempted = carrier.carry(&app, &endpoint, &due, attempted_at_us).await;
    store::crash_point("delivery sent");
    let took = app.clock.monotonic().saturating_sub(begun);
    let mut jitter = [0; 4];
    app.ids.fill(&mut jitter);
    let done = Done {
        endpoint_id: endpoint.endpoint_id.clone(),
        attempted_at_us,
        duration_us: i64::try_from(took.as_micros()).unwrap_or(i64::MAX),
        now_us: app.clock.now_us(),
        jitter: u32::from_le_bytes(jitter),
        attempted,
        due,
    };
    count(&done.attempted.outcome);
    let (endpoint_id, message_id) = (done.endpoint_id.clone(), done.due.message_id.clone());
    match app.store.write(move |tx| take_in(tx, &done)).await {
        Ok(followed) => followed.say(&endpoint_id, &message_id),
        // Its lease ends, and it is sent again under the same id.
        Err(error) => tracing::warn!(%error, message_id, "what came of a delivery could not be written"),
    }
    store::crash_point("delivery marked");
}

fn count(outcome: &Outcome) {
    let word = match outcome {
        Outcome::Sent => "sent",
        Outcome::Failed(_) => "failed",
        Outcome::Gone => "gone",
        Outcome::Refused(_) => "refused",
    };
    metrics::counter!("paydesk_courier_attempts_total", "outcome" => word).increment(1);
}

/// An attempt that was made.
struct Done {
    endpoint_id: String,
    attempted_at_us: i64,
    duration_us: i64,
    now_us: i64,
    jitter: u32,
    attempted: Attempted,
    due: Due,
}

/// What is to be told of an attempt, once it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Followed {
    given_up: bool,
    warn_days: Option<i64>,
    disabled_because: Option<&'static str>,
}

/// Writes an attempt, where its delivery stands now, and how it goes with the endpoint.
fn take_in(tx: &mut Tx<'_>, done: &Done) -> Result<Followed> {
    let Done { now_us, due, .. } = done;
    let error = match &done.attempted.outcome {
        Outcome::Sent => None,
        Outcome::Gone => Some("the endpoint wants nothing more".to_owned()),
        Outcome::Failed(error) | Outcome::Refused(error) => Some(error.chars().take(ERROR_CHARACTERS_MAX).collect()),
    };
    let endpoint = endpoints::lock(tx, &done.endpoint_id)?;
    let attempt = Attempt {
        attempted_at_us: done.attempted_at_us,
        duration_us: done.duration_us,
        status_code: done.attempted.status_code.map(i64::from),
        error: error.clone(),
        answer: done.attempted.answer.clone(),
    };
    records::note_attempt(tx, due.delivery_id, &attempt)?;
    let (status, next_attempt_at_us) = match &done.attempted.outcome {
        Outcome::Sent => (Status::Sent, *now_us),
        Outcome::Refused(_) => (Status::Refused, *now_us),
        Outcome::Gone => (Status::Failed, *now_us),
        Outcome::Failed(_) => match rules::pause_us(due.attempt, done.jitter) {
            Some(pause_us) => (Status::Pending, now_us + pause_us),
            None => (Status::Failed, *now_us),
        },
    };
    let mark = Mark {
        status,
        next_attempt_at_us,
        error,
    };
    records::mark(tx, *now_us, due, &mark)?;
    let mut followed = match endpoint {
        Some(endpoint) => follow(tx, done, &endpoint)?,
        None => Followed::default(),
    };
    followed.given_up = status == Status::Failed;
    Ok(followed)
}

/// What follows for the endpoint.
fn follow(tx: &mut Tx<'_>, done: &Done, endpoint: &Endpoint) -> Result<Followed> {
    let before = &endpoint.health;
    let (endpoint_id, now_us) = (done.endpoint_id.as_str(), done.now_us);
    let (after, verdict) = match &done.attempted.outcome {
        Outcome::Sent => (Health::default(), Verdict::Keep),
        Outcome::Failed(_) => rules::failed(before, now_us),
        Outcome::Refused(_) | Outcome::Gone => (before.clone(), Verdict::Keep),
    };
    if after != *before {
        endpoints::set_health(tx, now_us, endpoint_id, &after)?;
    }
    let mut followed = Followed::default();
    match (verdict, &done.attempted.outcome) {
        // There is no other mail server to send to, and it is the operator's own.
        (Verdict::Disable, _) if endpoint.way == Way::Mail => {}
        (Verdict::Disable, _) => followed.disabled_because = Some("it has only failed for five days"),
        (_, Outcome::Gone) => followed.disabled_because = Some("it answered 410: it wants nothing more"),
        (Verdict::Warn { days }, _) => followed.warn_days = Some(days),
        (Verdict::Keep, _) => {}
    }
    if let Some(because) = followed.disabled_because {
        endpoints::disable(tx, now_us, endpoint_id, because)?;
    }
    Ok(followed)
}

impl Followed {
    fn say(self, endpoint_id: &str, message_id: &str) {
        if self.given_up {
            metrics::counter!("paydesk_courier_given_up_total").increment(1);
            tracing::warn!(endpoint_id, message_id, "a delivery was given up");
        }
        if let Some(days) = self.warn_days {
            tracing::warn!(
                endpoint_id,
                days,
                "an endpoint has only failed; after five days it is disabled"
            );
        }
        if let Some(because) = self.disabled_because {
            metrics::counter!("paydesk_courier_disabled_total").increment(1);
            tracing::warn!(endpoint_id, because, "an endpoint was disabled");
        }
    }
}

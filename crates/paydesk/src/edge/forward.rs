//! Group forward: events that come while a request to the core is under way share the next one.
//!
//! There is no timer: a lone event goes at once, a burst shares. Few requests are under way at a time, what waits is bounded
//! in number here and in bytes by the budget of bodies, and where there is no room the answer is 503.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use bytes::Bytes;
use stripe::Envelope;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::core::{Core, CoreError};
use crate::hop::wire::{FRAME_BYTES, FateOut, Forwarded, Outcome, write};
use crate::hop::{BYTES_MAX, EVENTS_MAX};

/// Requests to the core that are under way at once. Two keep it busy while an answer travels; more would only make the
/// groups smaller.
const LANES: usize = 2;

/// An event that waits for its turn.
struct Waiting {
    envelope: Envelope,
    body: Bytes,
    verified_at_us: i64,
    reply: oneshot::Sender<Result<FateOut, ForwardError>>,
}

impl Waiting {
    fn bytes(&self) -> usize {
        self.body.len() + FRAME_BYTES
    }
}

/// Why nothing is known to have become of an event.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum ForwardError {
    /// Too many wait already.
    #[error("too many events wait for the core")]
    Full,
    /// The core takes no body of this size, whatever it is sent with.
    #[error("{0}")]
    TooLarge(Arc<CoreError>),
    /// The core did not take the group.
    #[error("{0}")]
    Core(Arc<CoreError>),
    /// The core could not store it.
    #[error("the core could not store the event")]
    Failed,
    /// The answer says nothing about it.
    #[error("the core's answer does not tell of the event")]
    Untold,
}

/// How the core answered last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Reach {
    /// Nothing was sent yet.
    Untried = 0,
    /// It took what was sent.
    Reached = 1,
    /// It did not.
    Failing = 2,
}

impl Reach {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Untried => "untried",
            Self::Reached => "reached",
            Self::Failing => "failing",
        }
    }
}

/// The way of events to the core.
pub(super) struct Forwarding {
    queue: mpsc::Sender<Waiting>,
    reach: Arc<AtomicU8>,
}

impl Forwarding {
    /// Begins to forward; ends when this is dropped.
    pub(super) fn begin(core: Core, waiting_max: usize) -> Self {
        let (queue, receiver) = mpsc::channel(waiting_max.min(tokio::sync::Semaphore::MAX_PERMITS));
        let (core, reach) = (Arc::new(core), Arc::new(AtomicU8::new(Reach::Untried as u8)));
        let source = Arc::new(Mutex::new(Source { receiver, next: None }));
        for _ in 0..LANES {
            let (core, reach, source) = (Arc::clone(&core), Arc::clone(&reach), Arc::clone(&source));
            tokio::spawn(async move {
                loop {
                    // Held only until the group is taken; the other lanes wait here for their turn.
                    let group = source.lock().await.take().await;
                    let Some(group) = group else { return };
                    forward(&core, &reach, group).await;
                }
            });
        }
        Self { queue, reach }
    }

    /// Forwards an event, and gives what the core says became of it.
    pub(super) async fn submit(
        &self,
        envelope: Envelope,
        body: Bytes,
        verified_at_us: i64,
    ) -> Result<FateOut, ForwardError> {
        let (reply, answer) = oneshot::channel();
        let waiting = Waiting {
            envelope,
            body,
            verified_at_us,
            reply,
        };
        match self.queue.try_send(waiting) {
            Ok(()) => answer.await.unwrap_or(Err(ForwardError::Untold)),
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => {
                outcomes("turned_away", 1);
                Err(ForwardError::Full)
            }
        }
    }

    /// How the core answered last.
    pub(super) fn reach(&self) -> Reach {
        match self.reach.load(Ordering::Relaxed) {
            1 => Reach::Reached,
            2 => Reach::Failing,
            _ => Reach::Untried,
        }
    }
}

/// Where the groups are taken from.
struct Source {
    receiver: mpsc::Receiver<Waiting>,
    /// What did not fit into the group before.
    next: Option<Waiting>,
}

impl Source {
    /// Waits for an event, and takes what has come with it as far as it fits. Nothing once no more can come.
    async fn take(&mut self) -> Option<Vec<Waiting>> {
        let first = match self.next.take() {
            Some(next) => next,
            None => self.receiver.recv().await?,
        };
        let mut bytes = first.bytes();
        let mut group = vec![first];
        while group.len() < EVENTS_MAX {
            let Ok(waiting) = self.receiver.try_recv() else { break };
            if bytes + waiting.bytes() > BYTES_MAX {
                self.next = Some(waiting);
                break;
            }
            bytes += waiting.bytes();
            group.push(waiting);
        }
        // Whoever is not waiting any more has been answered already, and will be sent the event again.
        group.retain(|waiting| !waiting.reply.is_closed());
        Some(group)
    }
}

async fn forward(core: &Core, reach: &AtomicU8, group: Vec<Waiting>) {
    if group.is_empty() {
        return;
    }
    let begun = Instant::now();
    let mut bytes = Vec::with_capacity(group.iter().map(Waiting::bytes).sum());
    let mut replies = Vec::with_capacity(group.len());
    for waiting in group {
        let Envelope {
            id,
            kind,
            livemode,
            account,
            ..
        } = waiting.envelope;
        tracing::info!(event = id, kind, livemode, account, "Forwarding event");
        write(
            &mut bytes,
            Forwarded {
                verified_at_us: waiting.verified_at_us,
                body: &waiting.body,
            },
        );
        replies.push((id, waiting.reply));
    }
    metrics::histogram!("paydesk_edge_group_events").record(count(replies.len()));
    let answered = core.send(bytes).await;
    metrics::histogram!("paydesk_edge_forward_seconds").record(begun.elapsed().as_secs_f64());
    match answered {
        Ok(fates) => {
            reach.store(Reach::Reached as u8, Ordering::Relaxed);
            tell(replies, fates);
        }
        Err(error) => {
            reach.store(Reach::Failing as u8, Ordering::Relaxed);
            tracing::error!(%error, events = replies.len(), "the core did not take the events");
            let is_lone = replies.len() == 1;
            let error = Arc::new(error);
            let (outcome, told) = match *error {
                CoreError::TooLarge if is_lone => (Outcome::Refused, ForwardError::TooLarge(error)),
                _ => (Outcome::Failed, ForwardError::Core(error)),
            };
            outcomes(outcome.word(), replies.len() as u64);
            for (_id, reply) in replies {
                drop(reply.send(Err(told.clone())));
            }
        }
    }
}

/// Tells everybody what became of their event: only what the answer says of this very event counts.
fn tell(replies: Vec<(String, oneshot::Sender<Result<FateOut, ForwardError>>)>, fates: Vec<FateOut>) {
    let are_all_told = fates.len() == replies.len();
    for ((id, reply), fate) in replies
        .into_iter()
        .zip(fates.into_iter().map(Some).chain(std::iter::repeat(None)))
    {
        let told = match fate.filter(|fate| are_all_told && (fate.id == id || fate.outcome == Outcome::Refused)) {
            None => Err(ForwardError::Untold),
            Some(fate) if fate.outcome == Outcome::Failed => Err(ForwardError::Failed),
            Some(fate) => Ok(fate),
        };
        let outcome = told.as_ref().map_or(Outcome::Failed, |fate| fate.outcome);
        if let (Outcome::Refused, Ok(FateOut { code, detail, .. })) = (outcome, &told) {
            tracing::warn!(event = id, code, detail, "the core refuses the event for good");
        }
        outcomes(outcome.word(), 1);
        drop(reply.send(told));
    }
}

fn outcomes(outcome: &'static str, events: u64) {
    metrics::counter!("paydesk_edge_events_total", "outcome" => outcome).increment(events);
}

fn count(events: usize) -> f64 {
    f64::from(u32::try_from(events).unwrap_or(u32::MAX))
}

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub(super) fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_edge_events_total",
        "Verified events, by what the core said became of them; `turned_away` where too many waited."
    );
    metrics::describe_histogram!("paydesk_edge_group_events", "Events that shared a request to the core.");
    metrics::describe_histogram!(
        "paydesk_edge_forward_seconds",
        "Time from a group taken to the core's answer."
    );
    // A series that is not there yet raises no alert when it begins to grow.
    for outcome in ["kept", "duplicate", "refused", "failed", "turned_away"] {
        outcomes(outcome, 0);
    }
}

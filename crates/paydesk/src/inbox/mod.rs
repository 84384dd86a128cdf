//! The inbox: every verified event, kept before it is acknowledged, and handled exactly once.
//!
//! Receive: raw bytes → verify → append → 2xx after the commit. Work: claim due events → ask the rules what follows →
//! apply it with the handled mark in one transaction. Events of one purchase never run beside each other, because its
//! row is locked: that is the lane. What an event means is not known here; the capabilities' rules say.

mod delivery;
mod forwarded;
mod payload;
mod receive;
mod records;
mod rehearsal;
pub mod routes;
pub mod rules;
mod worker;

use std::sync::Arc;

use store::{Batch, BatchLimits, Store};
use stripe::Envelope;

use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::config::Policies;
use crate::words::words;

pub use delivery::{Delivery, WEBHOOK_PATHS, acknowledgement};
pub use receive::{Receipt, ReceiveError, receive, verify};
pub use records::health::{Unfinished, received_by_day, unfinished};
pub use records::walk::{
    EventFilter, Listing, Selection, Step, events, events_page, last_event_id, put_back, selected,
};
pub use records::{EventRow, event, payload_of, pending, replay_one, stripe_id_of};
pub use routes::KINDS;
pub use worker::{Handled, Work, run, work};

/// The topic under which the worker is woken.
pub const TOPIC: &str = "inbox";

/// Where an event stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EventStatus)]
pub enum Status {
    /// Kept, not handled yet.
    Received,
    /// Handling failed; it will be tried again.
    Retrying,
    /// Handled; its effects stand.
    Processed,
    /// Nothing follows from it.
    Ignored,
    /// Handling failed for good; a person must look.
    Dead,
}

words!(Status {
    Received = "received",
    Retrying = "retrying",
    Processed = "processed",
    Ignored = "ignored",
    Dead = "dead",
});

/// A verified event on its way into the store.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// What was read of it.
    pub envelope: Envelope,
    /// Where it begins: to be handled, or ignored at once.
    pub status: Status,
    /// The bytes as received, compressed.
    pub body: Vec<u8>,
    /// When it came and was verified, here or at an edge, microseconds.
    pub received_at_us: i64,
}

/// What appending an event came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Appended {
    /// It is new.
    New,
    /// It was there already.
    Duplicate,
}

/// Tells the metrics of deliveries what they mean, and begins their series at zero: the core and an edge have them.
pub fn describe_metrics_of_deliveries() {
    metrics::describe_counter!(
        "paydesk_webhook_rejected_total",
        "Deliveries whose signature did not fit."
    );
    metrics::counter!("paydesk_webhook_rejected_total").increment(0);
}

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    describe_metrics_of_deliveries();
    metrics::describe_gauge!("paydesk_inbox_pending", "Events that are kept and not handled yet.");
    metrics::describe_counter!(
        "paydesk_webhook_accepted_total",
        "Deliveries that were kept and acknowledged."
    );
    metrics::describe_counter!(
        "paydesk_internal_rejected_total",
        "Requests to the internal path whose proof did not hold."
    );
    metrics::describe_counter!(
        "paydesk_inbox_handled_total",
        "Events taken off the inbox, by what became of them."
    );
    metrics::describe_counter!("paydesk_inbox_failed_total", "Attempts to handle an event that failed.");
    // A series that is not there yet raises no alert when it begins to grow.
    metrics::counter!("paydesk_webhook_accepted_total").increment(0);
    metrics::counter!("paydesk_internal_rejected_total").increment(0);
    metrics::counter!("paydesk_inbox_failed_total").increment(0);
    for status in ["processed", "ignored", "dead"] {
        metrics::counter!("paydesk_inbox_handled_total", "status" => status).increment(0);
    }
}

/// Shows how many events wait.
#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; a count of events is exact far beyond any inbox"
)]
pub fn show_pending(pending: i64) {
    metrics::gauge!("paydesk_inbox_pending").set(pending as f64);
}

/// The batch that all events come in through.
pub type Appends = Batch<Incoming, Appended>;

/// Opens the batch path on a store.
pub fn appends(store: &Store, limits: BatchLimits) -> Appends {
    store.batch("inbox append", limits, records::append)
}

/// The batch that the worker handles events through.
pub type Handling = Batch<Work, Handled>;

/// Opens the handling path on a store.
pub fn handling(
    store: &Store,
    clock: Clock,
    policies: Policies,
    catalogue: Arc<Catalogue>,
    limits: BatchLimits,
) -> Handling {
    store.batch("inbox handle", limits, move |tx, work| {
        worker::handle_all(tx, clock.now_us(), (policies, &catalogue), work)
    })
}

impl Incoming {
    /// Decides whether an event is to be handled or only kept. `livemode` is that of the key in use: a test event never
    /// touches live data, nor the other way round.
    pub fn new(envelope: Envelope, body: Vec<u8>, livemode: bool, received_at_us: i64) -> Self {
        let handled = rules::is_ours(envelope.origin(), livemode) && rules::is_handled(&envelope.kind);
        let status = if handled { Status::Received } else { Status::Ignored };
        Self {
            envelope,
            status,
            body,
            received_at_us,
        }
    }
}

//! The courier: whoever is outside is told what was decided here, after it was committed and until it has arrived.
//!
//! A message is written in the transaction that decided it, once for its business key, with a delivery for each endpoint
//! that wants its type. The worker takes deliveries that are due, sends them with no transaction open, and marks them. So
//! nothing is sent that was not decided, and nothing decided is never sent; what is cut off in between is sent again under
//! the same id. Each endpoint has a lane of its own: one that fails takes nobody else's time.
//!
//! What must not live here: what a message follows from, which its capability knows.

mod addresses;
mod carrier;
mod mail;
mod records;
pub mod routes;
mod rules;
mod send;
mod sign;
mod worker;

use aws_lc_rs::digest;
use secrecy::SecretString;
use serde_json::{Value, json};
use store::{Result, Tx};

use crate::app::App;
use crate::clock::Moment;
use crate::ids::UserId;
use crate::words::words;

pub use carrier::Carrier;
pub use mail::is_email;
pub use records::about::{Sent, sent_about};
pub use records::{Selection, undelivered};
pub use rules::Health;
pub use send::{Attempted, BadUrl, Lookup, Outcome, Parcel, Sender};
pub use worker::{describe_metrics, run, work, work_with};

/// The topic under which the worker is woken.
pub const TOPIC: &str = "courier";

/// The types of messages: a closed list, part of the API.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = MessageType)]
pub enum Kind {
    /// An order is paid for and can be worked on: once for each purchase.
    #[serde(rename = "order.paid")]
    OrderPaid,
    /// An order was delivered: once for each delivery.
    #[serde(rename = "order.delivered")]
    OrderDelivered,
    /// A booking is paid for: the session takes place.
    #[serde(rename = "booking.confirmed")]
    BookingConfirmed,
    /// A booking was cancelled.
    #[serde(rename = "booking.cancelled")]
    BookingCancelled,
    /// A booking was moved to another time.
    #[serde(rename = "booking.rescheduled")]
    BookingRescheduled,
    /// A checkout of a booking came to nothing, and its time is free again.
    #[serde(rename = "booking.released")]
    BookingReleased,
    /// The money for a booking came when its time was gone. All of it goes back.
    #[serde(rename = "booking.unplaced")]
    BookingUnplaced,
    /// Somebody asked for a refund.
    #[serde(rename = "refund.requested")]
    RefundRequested,
    /// A refund that was asked for is granted, and on its way to Stripe.
    #[serde(rename = "refund.approved")]
    RefundApproved,
    /// A refund that was asked for is not granted.
    #[serde(rename = "refund.declined")]
    RefundDeclined,
    /// Stripe has made a refund that was asked for.
    #[serde(rename = "refund.made")]
    RefundMade,
    /// Stripe will not make a refund that was granted.
    #[serde(rename = "refund.failed")]
    RefundFailed,
    /// The bank of somebody who earns sent a payout back.
    #[serde(rename = "payout.failed")]
    PayoutFailed,
    /// Bought credits came into a wallet: once for each payment.
    #[serde(rename = "credits.granted")]
    CreditsGranted,
    /// Credits of a refunded or disputed payment were taken back.
    #[serde(rename = "credits.clawed_back")]
    CreditsClawedBack,
    /// Credits that were taken back were given back, because the refund or the dispute came to nothing.
    #[serde(rename = "credits.given_back")]
    CreditsGivenBack,
    /// A wallet holds less than its user wanted to be told of.
    #[serde(rename = "notice.low_balance")]
    LowBalance,
    /// An automatic purchase failed.
    #[serde(rename = "notice.top_up_failed")]
    TopUpFailed,
    /// An automatic purchase failed because the bank wants to ask the buyer.
    #[serde(rename = "notice.top_up_needs_buyer")]
    TopUpNeedsBuyer,
    /// An invoice of a subscription was not paid; Stripe tries again.
    #[serde(rename = "notice.payment_failed")]
    PaymentFailed,
    /// An invoice of a subscription waits for the buyer, whom the bank wants to ask.
    #[serde(rename = "notice.payment_needs_buyer")]
    PaymentNeedsBuyer,
    /// A trial ends soon.
    #[serde(rename = "notice.trial_will_end")]
    TrialWillEnd,
    /// A payment is overdue for so long that access ended.
    #[serde(rename = "notice.grace_ended")]
    GraceEnded,
    /// A subscription is over, and access with it.
    #[serde(rename = "notice.subscription_ended")]
    SubscriptionEnded,
}

words!(Kind {
    OrderPaid = "order.paid",
    OrderDelivered = "order.delivered",
    BookingConfirmed = "booking.confirmed",
    BookingCancelled = "booking.cancelled",
    BookingRescheduled = "booking.rescheduled",
    BookingReleased = "booking.released",
    BookingUnplaced = "booking.unplaced",
    RefundRequested = "refund.requested",
    RefundApproved = "refund.approved",
    RefundDeclined = "refund.declined",
    RefundMade = "refund.made",
    RefundFailed = "refund.failed",
    PayoutFailed = "payout.failed",
    CreditsGranted = "credits.granted",
    CreditsClawedBack = "credits.clawed_back",
    CreditsGivenBack = "credits.given_back",
    LowBalance = "notice.low_balance",
    TopUpFailed = "notice.top_up_failed",
    TopUpNeedsBuyer = "notice.top_up_needs_buyer",
    PaymentFailed = "notice.payment_failed",
    PaymentNeedsBuyer = "notice.payment_needs_buyer",
    TrialWillEnd = "notice.trial_will_end",
    GraceEnded = "notice.grace_ended",
    SubscriptionEnded = "notice.subscription_ended",
});

/// Something to be told.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// What makes it happen once: `notify:` and the business key of what it tells of.
    pub key: String,
    /// What kind of thing is told.
    pub kind: Kind,
    /// Whom it is about.
    pub user_id: UserId,
    /// What is told.
    pub data: Value,
}

impl Message {
    /// The message about something that has this business key.
    pub fn about(key: &str, kind: Kind, user_id: &UserId, data: Value) -> Self {
        Self {
            key: format!("notify:{key}"),
            kind,
            user_id: user_id.clone(),
            data,
        }
    }

    /// Its id, which follows from the key.
    fn id(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.key.as_bytes());
        format!("msg_{}", hex::encode(&hash.as_ref()[..16]))
    }

    /// Its body, as every endpoint gets it.
    fn body(&self, now_us: i64) -> String {
        json!({ "type": self.kind, "timestamp": Moment(now_us), "data": self.data }).to_string()
    }
}

/// Writes messages, in the transaction that decided them, for those who want them. One that was written before stays as it
/// is. Where nobody listens, none but the first is made. Wake the worker by [`TOPIC`] after the commit.
pub fn tell(tx: &mut Tx<'_>, now_us: i64, messages: impl IntoIterator<Item = Message>) -> Result<()> {
    let mut messages = messages.into_iter().peekable();
    if messages.peek().is_none() || !records::anybody_listens(tx)? {
        return Ok(());
    }
    let messages: Vec<Message> = messages.collect();
    records::insert_messages(tx, now_us, &messages)
}

/// Makes messages become e-mails from now on, or no longer, as this process is configured. Call it once at start, where
/// there is a worker.
pub async fn prepare(app: &App) -> Result<()> {
    let now_us = app.clock.now_us();
    let has_mail = app.carrier.has_mail();
    app.store
        .write(
            move |tx| match (records::endpoints::lock(tx, mail::ENDPOINT)?, has_mail) {
                (None, false) => Ok(()),
                (None, true) => records::endpoints::insert(tx, &mail::endpoint(now_us)),
                (Some(_), true) => records::endpoints::enable(tx, now_us, &mail::endpoint(now_us)),
                (Some(_), false) => {
                    records::endpoints::disable(tx, now_us, mail::ENDPOINT, "no mail server is configured")
                }
            },
        )
        .await
}

/// What an endpoint is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// An address that takes webhooks.
    Webhook,
    /// The mail server.
    Mail,
}

words!(Way {
    Webhook = "webhook",
    Mail = "mail",
});

/// Whether an endpoint is sent to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookEndpointStatus)]
pub enum Standing {
    /// It is.
    Enabled,
    /// It is not, until somebody enables it.
    Disabled,
}

words!(Standing {
    Enabled = "enabled",
    Disabled = "disabled",
});

/// An endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `we_…`.
    pub endpoint_id: String,
    /// What it is.
    pub way: Way,
    /// Where it is.
    pub url: String,
    /// What it is for, for people.
    pub description: Option<String>,
    /// The types it wants; empty for all.
    pub event_types: Vec<Kind>,
    /// What its messages are signed with.
    pub secret: SecretString,
    /// What they were signed with before.
    pub former_secret: Option<SecretString>,
    /// Until when they still are.
    pub former_until_us: Option<i64>,
    /// Whether it is sent to.
    pub standing: Standing,
    /// Why not.
    pub disabled_because: Option<String>,
    /// How it goes.
    pub health: Health,
    /// When it was registered.
    pub created_at_us: i64,
}

impl Endpoint {
    /// The secrets that are in use at a time, the newest first.
    fn secrets(&self, now_us: i64) -> Vec<SecretString> {
        let former = self.former_secret.clone();
        let former = former.filter(|_| self.former_until_us.is_some_and(|until| until > now_us));
        std::iter::once(self.secret.clone()).chain(former).collect()
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryStatus)]
pub enum Status {
    /// On its way.
    Pending,
    /// Taken by the endpoint.
    Sent,
    /// Given up.
    Failed,
    /// Not sent because of where the endpoint leads.
    Refused,
}

words!(Status {
    Pending = "pending",
    Sent = "sent",
    Failed = "failed",
    Refused = "refused",
});

/// A message on its way to an endpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Its number.
    pub delivery_id: i64,
    /// The message.
    pub message_id: String,
    /// Its type.
    pub kind: String,
    /// Where it stands.
    pub status: Status,
    /// Attempts since it was written or replayed.
    pub attempts: i64,
    /// When it is tried next, where it will be.
    pub next_attempt_at_us: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at_us: i64,
    /// When it ended.
    pub ended_at_us: Option<i64>,
}

/// What came of one attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// When it began.
    pub attempted_at_us: i64,
    /// How long it took.
    pub duration_us: i64,
    /// The status of the answer.
    pub status_code: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

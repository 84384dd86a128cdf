//! Refunds that are asked for here. An intent is written, Stripe is called with its id as key, and the answer is settled
//! as an event about the refund would be: what was bought is taken back the same way, whoever began the refund.
//!
//! What Stripe says about refunds lives in `reversals`; this folder only asks for them and lists them.

mod make;
pub mod of_booking;
pub mod of_order;
pub(super) mod records;
pub mod requests;
pub mod routes;
pub mod rules;

use ledger::Money;
use serde::{Deserialize, Serialize};

use crate::http::problem::Kind;
use crate::words::words;

pub use make::{Wanted, recover, start};
pub(super) use make::{ask_for_warned, told_made};
pub(super) use records::asked_minor_of;

/// So much cannot be given back.
pub const NOT_REFUNDABLE: Kind = Kind {
    code: "not_refundable",
    status: 409,
    title: "So much of the payment cannot be given back",
    explanation: "`refundable_minor` says how much can be: what was paid, without what is refunded or disputed already \
                  and what other requests are giving back. With `unspent_only` no more than the share of the credits \
                  that are still in the user's wallets. Nothing was given back.",
};

/// Stripe will not make the refund.
pub const REFUND_REFUSED: Kind = Kind {
    code: "refund_refused",
    status: 409,
    title: "Stripe refused the refund",
    explanation: "`detail` gives Stripe's words. Nothing was given back. When the cause is mended, ask again with a new \
                  Idempotency-Key: this key keeps giving this answer.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[NOT_REFUNDABLE, REFUND_REFUSED];

/// Why a refund is made, in Stripe's words, who learns from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundReason)]
pub enum Reason {
    /// It was paid twice.
    Duplicate,
    /// It was not the card's owner who paid.
    Fraudulent,
    /// The buyer wants it.
    RequestedByCustomer,
}

words!(Reason {
    Duplicate = "duplicate",
    Fraudulent = "fraudulent",
    RequestedByCustomer = "requested_by_customer",
});

/// Where an intent stands. What becomes of the refund itself is Stripe's to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Written here; Stripe has not answered yet.
    Created,
    /// Stripe has made the refund.
    Made,
    /// Stripe will not make it.
    Refused,
}

words!(Status {
    Created = "created",
    Made = "made",
    Refused = "refused",
});

/// A refund that somebody asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundIntent {
    /// `rfi_…`; also the Idempotency-Key of the call to Stripe.
    pub intent_id: String,
    /// The payment it gives back.
    pub payment_intent_id: String,
    /// How much.
    pub price: Money,
    /// Why, for Stripe.
    pub reason: Option<Reason>,
    /// Why, in the words of who asked.
    pub note: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Stripe's words, where it refused.
    pub refusal: Option<String>,
    /// `re_…`, once there is one.
    pub refund_id: Option<String>,
    /// When it was written, microseconds.
    pub created_at_us: i64,
}

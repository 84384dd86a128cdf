//! Commands: what a caller does with subscriptions. One is begun with a saved payment method, ended, kept after all, or
//! brought to another plan.
//!
//! A command is written first, and its id is the key of the call to Stripe; whatever is cut off is taken up again. What a
//! command does is decided by looking at the subscription first, so a repeat after any time does nothing twice. A
//! subscription has one command under way. Here live also the *slots*: each user has one for each group of plans, and
//! whoever has it, a checkout or a command, is the only one who may begin a subscription there.
//!
//! What must not live here: what a subscription's state means. That is read from Stripe by the sync.

mod begin;
mod make;
mod preview;
mod records;
pub mod routes;
pub mod rules;
mod slots;

use crate::http::problem::Kind as ProblemKind;
use crate::ids::UserId;
use crate::words::words;

pub use make::recover;
pub use slots::{Holder, check_currency, holder, note_begun, take, trial_days_of};

/// The user has a subscription of the group.
pub const ALREADY_SUBSCRIBED: ProblemKind = ProblemKind {
    code: "already_subscribed",
    status: 409,
    title: "The user has a subscription already",
    explanation: "A user has one subscription in each group of plans, and `subscription_id` names the one that is there. \
                  Change its plan, or end it first.",
};

/// The user pays for another subscription in another currency.
pub const SUBSCRIBED_IN_OTHER_CURRENCY: ProblemKind = ProblemKind {
    code: "subscribed_in_other_currency",
    status: 409,
    title: "The user has a subscription in another currency",
    explanation: "All subscriptions of a customer are in one currency at Stripe, and `currency` says in which this user's \
                  are. Ask for that currency, or end the others first.",
};

/// Something else about the same subscription is under way.
pub const SUBSCRIPTION_BUSY: ProblemKind = ProblemKind {
    code: "subscription_busy",
    status: 409,
    title: "Something else is being done with the subscription",
    explanation: "Another request about this subscription, or to begin one of the same group, has not come to its end \
                  yet. Ask again after Retry-After.",
};

/// The subscription is in no state for what is asked.
const SUBSCRIPTION_NOT_CHANGEABLE: ProblemKind = ProblemKind {
    code: "subscription_not_changeable",
    status: 409,
    title: "The subscription cannot be changed so",
    explanation: "A subscription that is over cannot come back: begin another one. A plan can be changed while the \
                  subscription is active, on trial or past due, and only to a plan of the same group.",
};

/// The payment that is needed was refused.
const PAYMENT_FAILED: ProblemKind = ProblemKind {
    code: "payment_failed",
    status: 402,
    title: "The payment was refused",
    explanation: "What is to be paid at once could not be, so nothing was changed. `failure` says why, in Stripe's word. \
                  Let the user give another payment method in the customer portal, then ask again with a new \
                  Idempotency-Key.",
};

/// There is nothing to pay with.
const NO_PAYMENT_METHOD: ProblemKind = ProblemKind {
    code: "no_payment_method",
    status: 409,
    title: "The user has saved no payment method",
    explanation: "A subscription without a checkout page is paid with a payment method that the user saved before. Start a \
                  checkout instead: `POST /api/stripe/create-checkout-session`.",
};

/// The user is no customer yet.
const NO_CUSTOMER: ProblemKind = ProblemKind {
    code: "no_customer",
    status: 409,
    title: "The user has bought nothing yet",
    explanation: "The customer portal shows what a user has bought and pays with. This user has bought nothing yet.",
};

/// Stripe refuses it.
const SUBSCRIPTION_REFUSED: ProblemKind = ProblemKind {
    code: "subscription_refused",
    status: 502,
    title: "Stripe refused the change",
    explanation: "Stripe understood the request and does not do it. The server's log gives its words, for the operator to \
                  mend the cause. Then ask again with a new Idempotency-Key: this key keeps giving this answer.",
};

/// All kinds of problem of this module.
pub const KINDS: &[ProblemKind] = &[
    ALREADY_SUBSCRIBED,
    SUBSCRIBED_IN_OTHER_CURRENCY,
    SUBSCRIPTION_BUSY,
    SUBSCRIPTION_NOT_CHANGEABLE,
    PAYMENT_FAILED,
    NO_PAYMENT_METHOD,
    NO_CUSTOMER,
    SUBSCRIPTION_REFUSED,
];

/// Something that is to be done with a subscription.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// `sbc_…`; also the Idempotency-Key of the call to Stripe.
    pub command_id: String,
    /// Whose subscription.
    pub user_id: UserId,
    /// Which; none until it has begun.
    pub subscription_id: Option<String>,
    /// What is to be done.
    pub wanted: Wanted,
    /// How far it is.
    pub status: Status,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// When it was written, microseconds.
    pub created_at_us: i64,
}

/// What is to be done, with all that the call to Stripe needs, so that a repeat says the same.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Wanted {
    /// To begin.
    Begin {
        /// The plan of the catalogue.
        plan_id: String,
        /// Its price.
        price_id: String,
        /// Who pays.
        customer: String,
        /// With what.
        payment_method: String,
        /// Days before the first payment; 0 for none.
        trial_days: i64,
    },
    /// To end: with its period, or at once.
    Cancel {
        /// Whether at once.
        at_once: bool,
    },
    /// To go on: an end that was set is taken back, a pause is over.
    Resume,
    /// To go over to another plan.
    Change {
        /// The plan of the catalogue.
        plan_id: String,
        /// Its price.
        price_id: String,
        /// What becomes of the rest of the period.
        proration: Proration,
        /// As of when that is reckoned, unix seconds; the moment of the change where none is said.
        proration_date: Option<i64>,
    },
}

/// What becomes of what was paid for the rest of the period, in Stripe's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// The difference is paid at once, or credited.
    #[default]
    AlwaysInvoice,
    /// The difference comes with the next invoice.
    CreateProrations,
    /// Nothing: the new price counts from the next period on.
    None,
}

words!(Proration {
    AlwaysInvoice = "always_invoice",
    CreateProrations = "create_prorations",
    None = "none",
});

/// How far a command is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Written; Stripe has not answered yet.
    Created,
    /// Done.
    Done,
    /// It will not be done.
    Refused,
}

words!(Status {
    Created = "created",
    Done = "done",
    Refused = "refused",
});

/// Why a command is not done.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// The subscription is over, or in no state for it.
    NotChangeable {
        /// Where it stands, in Stripe's word.
        status: String,
    },
    /// The payment was refused.
    Declined {
        /// Why, in Stripe's word.
        failure: Option<String>,
    },
    /// Stripe does not do it.
    Refused,
}

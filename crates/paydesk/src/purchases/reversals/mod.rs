//! Reversals: refunds, disputes and the warnings before them, whoever began them. What Stripe says about them only adds to what is known, and what
//! follows from all of it together is a target: so any order ends the same, and each step towards the target happens once.
//!
//! A reversal may come before the payment it reverses. Then the payment's row stands without a purchase until that comes.

pub(super) mod records;
pub mod rules;

use crate::words::words;

/// Where a refund stands. The order is the order of certainty; one that succeeded may still fail.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundStatus)]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// The buyer has something to do.
    RequiresAction,
    /// Given back.
    Succeeded,
    /// Called off; nothing is given back.
    Canceled,
    /// It could not be given back; the money is with us again.
    Failed,
}

words!(RefundStatus {
    Pending = "pending",
    RequiresAction = "requires_action",
    Succeeded = "succeeded",
    Canceled = "canceled",
    Failed = "failed",
});

impl RefundStatus {
    /// Whether the money counts as given back.
    pub fn reverses(self) -> bool {
        self <= Self::Succeeded
    }
}

/// Where a dispute stands. The order is the order of certainty.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = DisputeStatus)]
pub enum DisputeStatus {
    /// An inquiry: no money is taken.
    WarningNeedsResponse,
    /// An inquiry that was answered.
    WarningUnderReview,
    /// An inquiry that came to nothing.
    WarningClosed,
    /// The money is taken, evidence is wanted.
    NeedsResponse,
    /// Evidence was given.
    UnderReview,
    /// The buyer's bank decided against us.
    Lost,
    /// It may be appealed.
    AppealNeedsResponse,
    /// It was appealed.
    AppealUnderReview,
    /// The buyer's bank decided for us; the money comes back.
    Won,
    /// It was settled before it became one.
    Prevented,
}

words!(DisputeStatus {
    WarningNeedsResponse = "warning_needs_response",
    WarningUnderReview = "warning_under_review",
    WarningClosed = "warning_closed",
    NeedsResponse = "needs_response",
    UnderReview = "under_review",
    Lost = "lost",
    AppealNeedsResponse = "appeal_needs_response",
    AppealUnderReview = "appeal_under_review",
    Won = "won",
    Prevented = "prevented",
});

/// What is known of one refund.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refund {
    /// `re_…`.
    pub refund_id: String,
    /// The payment it gives back.
    pub payment_intent_id: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// The currency, lower case.
    pub currency: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// Why it was made, in Stripe's words.
    pub reason: Option<String>,
    /// Why it failed, in Stripe's words.
    pub failure_reason: Option<String>,
    /// When it was made, unix seconds.
    pub created_s: i64,
    /// The intent of ours that it was made for, where it was asked for here. It is kept with the intent.
    pub intent_id: Option<String>,
}

/// What is known of one dispute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispute {
    /// `dp_…`.
    pub dispute_id: String,
    /// The payment it questions.
    pub payment_intent_id: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// The currency, lower case.
    pub currency: String,
    /// Where it stands.
    pub status: DisputeStatus,
    /// Why, in Stripe's words.
    pub reason: Option<String>,
    /// Whether Stripe took the money.
    pub withdrawn: bool,
    /// Whether Stripe gave it back.
    pub reinstated: bool,
    /// Until when evidence is wanted, unix seconds.
    pub evidence_due_s: Option<i64>,
    /// When it was opened, unix seconds.
    pub created_s: i64,
}

/// What is known of a bank's suspicion that a payment was fraud.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// `issfr_…`.
    pub warning_id: String,
    /// The payment it is about.
    pub payment_intent_id: String,
    /// Why, in Stripe's words.
    pub fraud_type: Option<String>,
    /// Whether a refund can prevent nothing any more.
    pub is_moot: bool,
    /// When it came, unix seconds.
    pub created_s: i64,
}

/// What an event says about one reversal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reversal {
    /// About a refund.
    Refund(Refund),
    /// About a dispute.
    Dispute(Dispute),
    /// About a bank's suspicion.
    Warning(Warning),
}

impl Reversal {
    /// The payment it is about.
    pub fn payment_intent_id(&self) -> &str {
        match self {
            Self::Refund(refund) => &refund.payment_intent_id,
            Self::Dispute(dispute) => &dispute.payment_intent_id,
            Self::Warning(warning) => &warning.payment_intent_id,
        }
    }

    /// Its own id.
    pub fn id(&self) -> &str {
        match self {
            Self::Refund(refund) => &refund.refund_id,
            Self::Dispute(dispute) => &dispute.dispute_id,
            Self::Warning(warning) => &warning.warning_id,
        }
    }

    /// The currency of its amount; none where it has no amount.
    pub fn currency(&self) -> Option<&str> {
        match self {
            Self::Refund(refund) => Some(&refund.currency),
            Self::Dispute(dispute) => Some(&dispute.currency),
            Self::Warning(_) => None,
        }
    }
}

impl Refund {
    /// Adds what else was said of it, in a way that does not depend on which came first.
    pub fn merge(&mut self, other: &Self) {
        self.amount_minor = self.amount_minor.max(other.amount_minor);
        self.status = self.status.max(other.status);
        self.reason = self.reason.take().max(other.reason.clone());
        self.failure_reason = self.failure_reason.take().max(other.failure_reason.clone());
        self.created_s = self.created_s.min(other.created_s);
        self.intent_id = self.intent_id.take().max(other.intent_id.clone());
    }
}

impl Warning {
    /// Adds what else was said of it, in a way that does not depend on which came first.
    pub fn merge(&mut self, other: &Self) {
        self.fraud_type = self.fraud_type.take().max(other.fraud_type.clone());
        self.is_moot |= other.is_moot;
        self.created_s = self.created_s.min(other.created_s);
    }
}

impl Dispute {
    /// Adds what else was said of it, in a way that does not depend on which came first.
    pub fn merge(&mut self, other: &Self) {
        self.amount_minor = self.amount_minor.max(other.amount_minor);
        self.status = self.status.max(other.status);
        self.reason = self.reason.take().max(other.reason.clone());
        self.withdrawn |= other.withdrawn;
        self.reinstated |= other.reinstated;
        self.evidence_due_s = self.evidence_due_s.max(other.evidence_due_s);
        self.created_s = self.created_s.min(other.created_s);
    }

    /// How much of the payment it takes away, in minor units.
    pub fn reversed_minor(&self) -> i64 {
        let over = self.reinstated || self.status >= DisputeStatus::Won;
        let taken = self.withdrawn || self.status >= DisputeStatus::NeedsResponse;
        if taken && !over { self.amount_minor } else { 0 }
    }

    /// Whether it is being decided.
    pub fn is_open(&self) -> bool {
        let decided = self.reinstated || self.status == DisputeStatus::Lost || self.status >= DisputeStatus::Won;
        self.status >= DisputeStatus::NeedsResponse && !decided
    }
}

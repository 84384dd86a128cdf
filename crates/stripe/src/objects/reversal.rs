//! Money that goes back: refunds, disputes, and the warnings that come before them.

use super::payment::{BalanceTransaction, Charge, PaymentIntent};
use super::{Expandable, Metadata, object, part_of_object, text_enum};

object! {
    /// Money given back.
    Refund = "refund"
    strict {
        /// How much, in minor units.
        amount: i64 = "super::amounts::amount",
        /// The currency of the amount, in lower case.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// Where it stands. A refund that succeeded may still fail later.
        status: RefundStatus,
        /// The charge that it is for.
        charge: Option<Expandable<Charge>>,
        /// The payment that it is for.
        payment_intent: Option<Expandable<PaymentIntent>>,
        /// Its effect on Stripe's balance.
        balance_transaction: Option<Expandable<BalanceTransaction>>,
        /// Takes it back where it failed.
        failure_balance_transaction: Option<Expandable<BalanceTransaction>>,
        /// Why it failed.
        failure_reason: Option<String>,
        /// Why it was made.
        reason: Option<String>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
    }
}

text_enum! {
    /// Where a refund stands.
    RefundStatus {
        /// On its way.
        Pending = "pending",
        /// The buyer has something to do.
        RequiresAction = "requires_action",
        /// Given back.
        Succeeded = "succeeded",
        /// Could not be given back.
        Failed = "failed",
        /// Called off.
        Canceled = "canceled",
    }
}

object! {
    /// A charge that the buyer's bank questions.
    Dispute = "dispute"
    strict {
        /// How much is questioned, in minor units.
        amount: i64 = "super::amounts::amount",
        /// The currency of the amount, in lower case.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// Where it stands. A dispute that was lost may still be appealed and won.
        status: DisputeStatus,
        /// Why the buyer questions it.
        reason: Option<String>,
        /// The charge that it is about.
        charge: Option<Expandable<Charge>>,
        /// The payment that it is about.
        payment_intent: Option<Expandable<PaymentIntent>>,
        /// What it has done to Stripe's balance so far.
        balance_transactions: Vec<BalanceTransaction>,
        /// What is asked of us, and by when.
        evidence_details: Option<EvidenceDetails>,
        /// Whether the charge may be refunded to end it.
        is_charge_refundable: bool,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was opened, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

text_enum! {
    /// Where a dispute stands.
    DisputeStatus {
        /// An inquiry, which has moved no money, asks for evidence.
        WarningNeedsResponse = "warning_needs_response",
        /// The evidence about an inquiry is looked at.
        WarningUnderReview = "warning_under_review",
        /// An inquiry came to nothing.
        WarningClosed = "warning_closed",
        /// Asks for evidence; the money is gone meanwhile.
        NeedsResponse = "needs_response",
        /// The evidence is looked at.
        UnderReview = "under_review",
        /// Decided for us; the money comes back.
        Won = "won",
        /// Decided for the buyer.
        Lost = "lost",
        /// Kept from becoming a dispute, most often by giving the money back.
        Prevented = "prevented",
        /// Lost, and may be appealed.
        AppealNeedsResponse = "appeal_needs_response",
        /// The appeal is looked at.
        AppealUnderReview = "appeal_under_review",
    }
}

impl DisputeStatus {
    /// Whether it is an inquiry, which moves no money by itself. Values to come are told by Stripe's prefix.
    pub fn is_inquiry(&self) -> bool {
        self.as_str().starts_with("warning_")
    }
}

part_of_object! {
    /// What a dispute asks of us.
    EvidenceDetails {
        /// By when, in unix seconds.
        due_by: Option<i64> = "super::lenient::lenient",
        /// Whether evidence has been given.
        has_evidence: Option<bool> = "super::lenient::lenient",
        /// Whether it came too late.
        past_due: Option<bool> = "super::lenient::lenient",
    }
}

object! {
    /// A bank's word that a payment may have been fraud, most often before its owner disputes it.
    EarlyFraudWarning = "radar.early_fraud_warning"
    strict {}
    tolerant {
        /// The charge that it is about.
        charge: Option<Expandable<Charge>>,
        /// The payment that it is about.
        payment_intent: Option<Expandable<PaymentIntent>>,
        /// Whether a refund can still prevent a dispute: neither disputed nor refunded in full.
        actionable: bool,
        /// The bank's suspicion, such as `made_with_stolen_card`.
        fraud_type: Option<String>,
        /// When it came, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

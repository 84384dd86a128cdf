//! What Stripe's events say about reversals, and what follows from all that is known. Pure.

use stripe::objects::{Dispute as StripeDispute, EarlyFraudWarning, Refund as StripeRefund};
use stripe::{Event, Malformed};

use super::{Dispute, DisputeStatus, Refund, RefundStatus, Reversal, Warning};
use crate::purchases::metadata;

/// The event types about refunds. `charge.refund.updated` tells of some methods what `refund.updated` tells of all.
pub const REFUNDS: [&str; 4] = [
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refund.updated",
];

/// The event types about disputes.
pub const DISPUTES: [&str; 5] = [
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
];

/// The event types about a bank's suspicion.
pub const WARNINGS: [&str; 2] = ["radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"];

/// Reads an event about a reversal. `None`: it is about none, or about a payment without a `PaymentIntent`, which is not
/// one of ours.
pub fn interpret(event: &Event) -> Result<Option<Reversal>, Malformed> {
    if REFUNDS.contains(&event.kind.as_str()) {
        return Ok(refund(&event.object()?).map(Reversal::Refund));
    }
    if DISPUTES.contains(&event.kind.as_str()) {
        return Ok(dispute(&event.object()?, &event.kind).map(Reversal::Dispute));
    }
    if WARNINGS.contains(&event.kind.as_str()) {
        return Ok(warning(&event.object()?).map(Reversal::Warning));
    }
    Ok(None)
}

/// Reads a warning as Stripe shows it.
pub fn warning(warning: &EarlyFraudWarning) -> Option<Warning> {
    let payment_intent = warning.payment_intent.as_ref()?;
    Some(Warning {
        warning_id: warning.id.clone(),
        payment_intent_id: payment_intent.id().to_owned(),
        fraud_type: warning.fraud_type.clone(),
        is_moot: !warning.actionable,
        created_s: warning.created.unwrap_or_default(),
    })
}

/// Reads a refund as Stripe shows it.
pub fn refund(refund: &StripeRefund) -> Option<Refund> {
    let payment_intent = refund.payment_intent.as_ref()?;
    Some(Refund {
        refund_id: refund.id.clone(),
        payment_intent_id: payment_intent.id().to_owned(),
        amount_minor: refund.amount,
        currency: refund.currency.clone(),
        // A status that is not known yet says no more than that there is a refund.
        status: RefundStatus::of_word(refund.status.as_str()).unwrap_or(RefundStatus::Pending),
        reason: refund.reason.clone(),
        failure_reason: refund.failure_reason.clone(),
        created_s: refund.created.unwrap_or_default(),
        intent_id: refund.metadata.get(metadata::REFUND_INTENT).cloned(),
    })
}

/// Reads a dispute as Stripe shows it, in an event of this type.
pub fn dispute(dispute: &StripeDispute, kind: &str) -> Option<Dispute> {
    let payment_intent = dispute.payment_intent.as_ref()?;
    let status = DisputeStatus::of_word(dispute.status.as_str());
    Some(Dispute {
        dispute_id: dispute.id.clone(),
        payment_intent_id: payment_intent.id().to_owned(),
        amount_minor: dispute.amount,
        currency: dispute.currency.clone(),
        status: status.unwrap_or(DisputeStatus::WarningNeedsResponse),
        reason: dispute.reason.clone(),
        withdrawn: kind == "charge.dispute.funds_withdrawn",
        reinstated: kind == "charge.dispute.funds_reinstated",
        evidence_due_s: dispute.evidence_details.as_ref().and_then(|details| details.due_by),
        created_s: dispute.created.unwrap_or_default(),
    })
}

/// What the books have taken back for a payment, and what they should have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Clawed {
    /// Credits.
    pub credits: i64,
    /// Money, in minor units.
    pub minor: i64,
}

/// What should be taken back: of the money what is reversed, and of the credits granted the same share, rounded to the
/// nearest. Never more than was paid.
pub fn target(granted: i64, paid_minor: i64, reversed_minor: i64) -> Clawed {
    if paid_minor <= 0 {
        return Clawed::default();
    }
    let reversed = reversed_minor.clamp(0, paid_minor);
    let share = i128::from(granted) * i128::from(reversed);
    let credits = (share + i128::from(paid_minor) / 2) / i128::from(paid_minor);
    Clawed {
        credits: i64::try_from(credits).unwrap_or(granted),
        minor: reversed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_the_share_of_the_money_that_is_reversed() {
        let table = [
            // granted, paid, reversed, credits, minor
            (100, 1000, 0, 0, 0),
            (100, 1000, 1000, 100, 1000),
            (100, 1000, 2000, 100, 1000),
            (100, 1000, 500, 50, 500),
            (100, 999, 333, 33, 333),
            (3, 1000, 500, 2, 500),
            (0, 1000, 500, 0, 500),
            (100, 0, 500, 0, 0),
            (i64::MAX, i64::MAX, i64::MAX, i64::MAX, i64::MAX),
        ];
        for (granted, paid, reversed, credits, minor) in table {
            assert_eq!(target(granted, paid, reversed), Clawed { credits, minor });
        }
    }
}

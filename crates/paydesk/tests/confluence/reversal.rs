//! What goes back of a payment in a generated history: refunds in part, which may fail after all, and disputes.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

/// Told events: type and object.
pub(crate) type Told = Vec<(&'static str, Value)>;

/// The payment that is reversed.
pub(crate) struct Reversed<'a> {
    pub(crate) name: &'a str,
    pub(crate) amount: i64,
    pub(crate) currency: &'a str,
}

/// The statuses that a refund goes through.
const REFUNDS: [&[(&str, &str)]; 6] = [
    &[("refund.created", "succeeded")],
    &[("refund.created", "pending"), ("refund.updated", "succeeded")],
    &[("refund.created", "pending"), ("charge.refund.updated", "succeeded")],
    &[("refund.created", "succeeded"), ("refund.failed", "failed")],
    &[
        ("refund.created", "pending"),
        ("refund.updated", "succeeded"),
        ("refund.updated", "failed"),
        ("refund.failed", "failed"),
    ],
    &[("refund.created", "requires_action"), ("refund.updated", "canceled")],
];

/// The statuses that a dispute goes through; the last one leaves it open.
const DISPUTES: [&[(&str, &str)]; 5] = [
    &[
        ("charge.dispute.created", "warning_needs_response"),
        ("charge.dispute.closed", "warning_closed"),
    ],
    &[
        ("charge.dispute.created", "needs_response"),
        ("charge.dispute.funds_withdrawn", "needs_response"),
        ("charge.dispute.updated", "under_review"),
        ("charge.dispute.closed", "won"),
        ("charge.dispute.funds_reinstated", "won"),
    ],
    &[
        ("charge.dispute.created", "needs_response"),
        ("charge.dispute.funds_withdrawn", "needs_response"),
        ("charge.dispute.closed", "lost"),
    ],
    &[
        ("charge.dispute.funds_withdrawn", "needs_response"),
        ("charge.dispute.created", "needs_response"),
        ("charge.dispute.closed", "lost"),
        ("charge.dispute.funds_reinstated", "won"),
    ],
    &[
        ("charge.dispute.created", "needs_response"),
        ("charge.dispute.funds_withdrawn", "needs_response"),
    ],
];

/// What goes back, each told in its own order; and whether a dispute stays open.
pub(crate) fn generate(payment: &Reversed<'_>, rng: &mut StdRng) -> (Vec<Told>, bool) {
    let mut all = Vec::new();
    for number in 0..rng.random_range(0..=3) {
        let amount = rng.random_range(1..=payment.amount);
        let course = REFUNDS.choose(rng).unwrap();
        let told = course
            .iter()
            .map(|(kind, status)| (*kind, refund(payment, number, amount, status)));
        all.push(told.collect());
    }
    let mut open = false;
    if rng.random_bool(0.4) {
        let course = rng.random_range(0..DISPUTES.len());
        open = course == DISPUTES.len() - 1;
        let amount = rng.random_range(1..=payment.amount);
        let told = DISPUTES[course]
            .iter()
            .map(|(kind, status)| (*kind, dispute(payment, amount, status)));
        all.push(told.collect());
    }
    (all, open)
}

pub(crate) fn refund(payment: &Reversed<'_>, number: usize, amount: i64, status: &str) -> Value {
    json!({
        "id": format!("re_{}-{number}", payment.name),
        "object": "refund",
        "amount": amount,
        "currency": payment.currency,
        "payment_intent": format!("pi_{}", payment.name),
        "status": status,
        "reason": "requested_by_customer",
        "failure_reason": (status == "failed").then_some("expired_or_canceled_card"),
        "created": 1_793_000_000,
    })
}

pub(crate) fn dispute(payment: &Reversed<'_>, amount: i64, status: &str) -> Value {
    json!({
        "id": format!("dp_{}", payment.name),
        "object": "dispute",
        "amount": amount,
        "currency": payment.currency,
        "payment_intent": format!("pi_{}", payment.name),
        "status": status,
        "reason": "fraudulent",
        "evidence_details": { "due_by": 1_794_000_000, "has_evidence": false, "past_due": false },
        "created": 1_793_000_000,
    })
}

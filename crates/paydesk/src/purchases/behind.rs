//! What stands behind a payment that the books name: the purchase it paid for, and what was reversed of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::{Result, Tx};

use super::records::{self, payments};
use super::reversals::{self, DisputeStatus, RefundStatus};
use super::routes::PurchaseOut;
use crate::clock::{Moment, SECOND_US};

/// The purchase behind a movement of credits, with the payment in question and its reversals.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct Behind {
    /// What was bought; its `payments` hold the one payment in question, where something was to be paid.
    pub purchase: PurchaseOut,
    /// The refunds of that payment.
    pub refunds: Vec<RefundBehind>,
    /// The disputes of that payment.
    pub disputes: Vec<DisputeBehind>,
}

/// A refund of the payment in question.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct RefundBehind {
    /// `re_…`.
    #[schema(example = "re_3QxYzA2eZvKYlo2C")]
    pub refund_id: String,
    /// How much, in minor units of the payment's currency.
    pub amount_minor: i64,
    /// Where it stands.
    pub status: RefundStatus,
    /// Why it was made, in Stripe's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "requested_by_customer")]
    pub reason: Option<String>,
    /// When it was made at Stripe.
    pub created_at: Moment,
}

/// A dispute of the payment in question.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct DisputeBehind {
    /// `dp_…`.
    #[schema(example = "dp_1QxYzA2eZvKYlo2C")]
    pub dispute_id: String,
    /// How much, in minor units of the payment's currency.
    pub amount_minor: i64,
    /// Where it stands.
    pub status: DisputeStatus,
    /// Why, in Stripe's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "fraudulent")]
    pub reason: Option<String>,
    /// When it was opened at Stripe.
    pub created_at: Moment,
}

/// What stands behind payments, by their ids: `PaymentIntent`s, and sessions where nothing was to be paid. One that no
/// purchase is known of is left out.
pub fn behind(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Behind>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let payments = payments::payments_of(tx, ids)?;
    let of_payments: BTreeSet<&str> = payments.iter().map(|payment| payment.purchase_id.as_str()).collect();
    let mut purchases = records::purchases(tx, &of_payments)?;
    let mut refunds: BTreeMap<String, Vec<RefundBehind>> = BTreeMap::new();
    for refund in reversals::records::refunds_of(tx, ids)? {
        let shown = RefundBehind {
            refund_id: refund.refund_id,
            amount_minor: refund.amount_minor,
            status: refund.status,
            reason: refund.reason,
            created_at: Moment(refund.created_s.saturating_mul(SECOND_US)),
        };
        refunds.entry(refund.payment_intent_id).or_default().push(shown);
    }
    let mut disputes: BTreeMap<String, Vec<DisputeBehind>> = BTreeMap::new();
    for dispute in reversals::records::disputes_of(tx, ids)? {
        let shown = DisputeBehind {
            dispute_id: dispute.dispute_id,
            amount_minor: dispute.amount_minor,
            status: dispute.status,
            reason: dispute.reason,
            created_at: Moment(dispute.created_s.saturating_mul(SECOND_US)),
        };
        disputes.entry(dispute.payment_intent_id).or_default().push(shown);
    }
    let mut found = BTreeMap::new();
    for payment in payments {
        let Some(purchase) = purchases.get(&payment.purchase_id) else {
            continue;
        };
        let id = payment.payment_intent_id.clone();
        let behind = Behind {
            purchase: PurchaseOut::of(purchase.clone(), Some(vec![payment])),
            refunds: refunds.remove(&id).unwrap_or_default(),
            disputes: disputes.remove(&id).unwrap_or_default(),
        };
        found.insert(id, behind);
    }
    purchases = records::purchases_of_sessions(tx, ids)?;
    for (session_id, purchase) in purchases {
        let behind = Behind {
            purchase: PurchaseOut::of(purchase, Some(Vec::new())),
            refunds: Vec::new(),
            disputes: Vec::new(),
        };
        found.insert(session_id, behind);
    }
    Ok(found)
}

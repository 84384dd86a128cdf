//! What stands behind a payment that the books name: the purchase it paid for, and what was reversed of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::{Result, Tx};

use super::Purchase;
use super::records;
use super::records::payments::{self, PaymentRow};
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

/// What stands behind what credits were granted under or taken back for, by the ids: `PaymentIntent`s, sessions where nothing
/// was to be paid, and invoices of subscriptions. One that no purchase is known of is left out.
pub fn behind(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Behind>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let invoices = records::purchases(tx, ids)?;
    let mut payments = payments::payments_of(tx, ids)?;
    let of_payments: BTreeSet<&str> = payments.iter().map(|payment| payment.purchase_id.as_str()).collect();
    let purchases = records::purchases(tx, &of_payments)?;
    let sessions = records::purchases_of_sessions(tx, ids)?;
    let of_invoices = payments::of_purchases(tx, &invoices.keys().map(String::as_str).collect())?;
    let known = payments.clone();
    let fresh = |one: &PaymentRow| {
        known
            .iter()
            .all(|payment| payment.payment_intent_id != one.payment_intent_id)
    };
    payments.extend(of_invoices.iter().filter(|one| fresh(one)).cloned());
    let reversed = Reversed::of(tx, &payments)?;
    let mut found = BTreeMap::new();
    for payment in known {
        if let Some(purchase) = purchases.get(&payment.purchase_id) {
            let id = payment.payment_intent_id.clone();
            found.insert(id, reversed.behind(purchase.clone(), vec![payment]));
        }
    }
    for (session_id, purchase) in sessions {
        found.insert(session_id, reversed.behind(purchase, Vec::new()));
    }
    for (invoice_id, purchase) in invoices {
        let of_it = of_invoices.iter().filter(|payment| payment.purchase_id == invoice_id);
        let of_it = of_it.cloned().collect();
        found.insert(invoice_id, reversed.behind(purchase, of_it));
    }
    Ok(found)
}

/// The refunds and disputes of some payments, by these.
struct Reversed {
    refunds: BTreeMap<String, Vec<RefundBehind>>,
    disputes: BTreeMap<String, Vec<DisputeBehind>>,
}

impl Reversed {
    fn of(tx: &mut Tx<'_>, payments: &[PaymentRow]) -> Result<Self> {
        let ids = payments
            .iter()
            .map(|payment| payment.payment_intent_id.as_str())
            .collect();
        let mut refunds: BTreeMap<String, Vec<RefundBehind>> = BTreeMap::new();
        for refund in reversals::records::refunds_of(tx, &ids)? {
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
        for dispute in reversals::records::disputes_of(tx, &ids)? {
            let shown = DisputeBehind {
                dispute_id: dispute.dispute_id,
                amount_minor: dispute.amount_minor,
                status: dispute.status,
                reason: dispute.reason,
                created_at: Moment(dispute.created_s.saturating_mul(SECOND_US)),
            };
            disputes.entry(dispute.payment_intent_id).or_default().push(shown);
        }
        Ok(Self { refunds, disputes })
    }

    /// A purchase with those of its payments that are in question, and what was reversed of them.
    fn behind(&self, purchase: Purchase, payments: Vec<PaymentRow>) -> Behind {
        let (mut refunds, mut disputes) = (Vec::new(), Vec::new());
        for payment in &payments {
            let id = &payment.payment_intent_id;
            refunds.extend(self.refunds.get(id).into_iter().flatten().cloned());
            disputes.extend(self.disputes.get(id).into_iter().flatten().cloned());
        }
        Behind {
            purchase: PurchaseOut::of(purchase, payments),
            refunds,
            disputes,
        }
    }
}

//! Invoices of subscriptions as purchases. Which credits one grants is decided where subscriptions are known; here it becomes
//! a purchase whose id is the invoice's, and effects whose business key is the invoice.

use ledger::{Currency, Money, NEVER_US, Terms};

use crate::catalogue::PackTerms;
use crate::effects::Effect;
use crate::ids::UserId;
use crate::purchases::{Kind, Purchase, Status};

/// An invoice of a subscription that is paid: a purchase whose id is the invoice's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaidInvoice {
    /// `in_…`.
    pub invoice_id: String,
    /// Who pays.
    pub user_id: UserId,
    /// The plan that it pays for; empty where it is none of the catalogue.
    pub plan_id: String,
    /// Credits that it grants; negative where so many are taken back, because the money for them is the customer's again.
    pub credits: i64,
    /// When those end, microseconds; none where they roll over.
    pub ends_at_us: Option<i64>,
    /// How soon those are used.
    pub priority: i64,
    /// For how many days its buyer may ask for the money back.
    pub refund_days: Option<i64>,
    /// The currency of its amount.
    pub currency: Currency,
    /// What was paid of it by way of Stripe, in minor units.
    pub amount_minor: i64,
    /// When it was made, microseconds.
    pub created_us: i64,
}

/// What one payment pays of one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoicePart {
    /// `pi_…`.
    pub payment_intent_id: String,
    /// `in_…`.
    pub invoice_id: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

/// The purchase that a paid invoice is.
pub(in crate::purchases) fn of_invoice(paid: &PaidInvoice, now_us: i64) -> Purchase {
    Purchase {
        purchase_id: paid.invoice_id.clone(),
        user_id: paid.user_id.clone(),
        kind: Kind::Plan,
        item_id: paid.plan_id.clone(),
        quantity: 1,
        credits: paid.credits,
        terms: PackTerms {
            expires_after_days: None,
            priority: paid.priority,
        },
        refund_days: paid.refund_days,
        order_id: None,
        price: Money::new(paid.amount_minor, paid.currency),
        status: Status::Paid,
        charged: None,
        failure: None,
        session_id: None,
        session_url: None,
        success_url: String::new(),
        cancel_url: String::new(),
        created_at_us: paid.created_us,
        expires_at_us: paid.created_us,
        paid_at_us: Some(now_us),
    }
}

/// What follows from a paid invoice: the credits that it grants or takes back, and the money. The invoice is the business
/// key of all of it.
pub(in crate::purchases) fn pay_invoice(paid: &PaidInvoice) -> Vec<Effect> {
    let grant = (paid.credits > 0).then(|| Effect::Grant {
        user_id: paid.user_id.clone(),
        credits: paid.credits,
        terms: Terms {
            priority: paid.priority,
            expires_at_us: paid.ends_at_us.unwrap_or(NEVER_US),
        },
        payment: paid.invoice_id.clone(),
    });
    let take_back = (paid.credits < 0).then(|| Effect::ClawBack {
        user_id: paid.user_id.clone(),
        payment: paid.invoice_id.clone(),
        granted_by: paid.invoice_id.clone(),
        credits: -paid.credits,
        currency: paid.currency,
        amount_minor: 0,
        version: 0,
    });
    let collect = (paid.amount_minor > 0).then(|| Effect::Collect {
        currency: paid.currency,
        amount_minor: paid.amount_minor,
        payment: paid.invoice_id.clone(),
    });
    grant.into_iter().chain(take_back).chain(collect).collect()
}

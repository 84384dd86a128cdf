//! What a checkout session says that begins a subscription. No money follows from it: that is told by invoices.

use stripe::Malformed;
use stripe::objects::{CheckoutSession, CheckoutStatus, Expandable};

use super::{Fact, Stated, checked, currency};
use crate::purchases::Status;

/// Reads a session of mode `subscription`: from an event that ends it (`ended`), or as Stripe shows it now.
pub(super) fn of_session(
    session: &CheckoutSession,
    stated: Stated,
    ended: Option<Status>,
) -> Result<Option<Fact>, Malformed> {
    let status = ended.unwrap_or(match &session.status {
        // With a trial nothing is paid yet, and that is in order.
        CheckoutStatus::Complete if session.payment_status.is_settled() => Status::Paid,
        CheckoutStatus::Complete => Status::AwaitingFunds,
        CheckoutStatus::Expired => Status::Expired,
        _ => Status::Open,
    });
    checked(Fact {
        stated,
        currency: currency(session.currency.as_deref().unwrap_or_default())?,
        session_id: Some(session.id.clone()),
        status: Some(status),
        failure: None,
        payment: None,
        funds: None,
        subscription_id: session.subscription.as_ref().map(Expandable::id).map(str::to_owned),
    })
}

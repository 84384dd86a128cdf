//! What Stripe tells of payment methods that were saved. Pure.

use stripe::Malformed;
use stripe::objects::SetupIntent;

use super::{metadata, printable};
use crate::ids::UserId;
use crate::purchases::SavedMethod;

/// A payment method that a user saved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Saved {
    /// `seti_…`.
    pub setup_intent_id: String,
    /// Whose.
    pub user_id: UserId,
    /// What was saved.
    pub method: SavedMethod,
    /// When, unix seconds. The last one counts, whichever is told of first.
    pub saved_at_s: i64,
}

/// Reads a setup that succeeded, from an event that was made at a time, unix seconds.
pub(super) fn of_setup(setup: &SetupIntent, at_s: i64) -> Result<Option<Saved>, Malformed> {
    let Some(user_id) = setup.metadata.get(metadata::SETUP) else {
        return Ok(None);
    };
    let missing = |what: &str| {
        Malformed::new(
            "setup_intent",
            format!("{what}: missing, or not a short printable text"),
        )
    };
    let id = |what: &str, id: Option<&str>| {
        let id = id.filter(|id| printable(id)).map(str::to_owned);
        id.ok_or_else(|| missing(what))
    };
    let customer = setup.customer.as_ref().map(stripe::objects::Expandable::id);
    let payment_method = setup.payment_method.as_ref().map(stripe::objects::Expandable::id);
    Ok(Some(Saved {
        setup_intent_id: id("id", Some(&setup.id))?,
        user_id: UserId::parse(user_id).ok_or_else(|| missing(metadata::SETUP))?,
        method: SavedMethod {
            customer: id("customer", customer)?,
            payment_method: id("payment_method", payment_method)?,
        },
        saved_at_s: at_s,
    }))
}

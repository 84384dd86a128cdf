//! Slots: one subscription at a time for each user and group of plans, whoever asks at once. The slot's row is locked, its
//! holder is looked at, and only where that one is over somebody else takes it.

use ledger::Currency;
use store::{Result, Tx};

use super::{Command, SUBSCRIBED_IN_OTHER_CURRENCY, Status, records};
use crate::catalogue;
use crate::http::Problem;
use crate::ids::UserId;
use crate::purchases::{self, Purchase};
use crate::subscriptions;

/// Who has a slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A checkout that may still be paid.
    Checkout(Box<Purchase>),
    /// A command that begins a subscription.
    Command(Box<Command>),
    /// A subscription that is not over.
    Subscription(String),
}

/// Who has a user's slot in a group of plans. The slot stays locked.
pub fn holder(tx: &mut Tx<'_>, user_id: &UserId, group: &str) -> Result<Holder> {
    let slot = records::lock_slot(tx, user_id, group)?;
    let known = subscriptions::subscriptions_of_user(tx, user_id)?;
    let lives = known
        .into_iter()
        .find(|one| one.group.as_deref() == Some(group) && !one.is_terminal() && !one.status.is_empty());
    if let Some(one) = lives {
        return Ok(Holder::Subscription(one.subscription_id));
    }
    if let Some(subscription_id) = slot.subscription_id {
        // One that was not read yet has begun all the same.
        let known = subscriptions::subscription(tx, &subscription_id)?;
        let is_over = known.is_some_and(|one| one.is_terminal());
        return Ok(if is_over {
            Holder::Nobody
        } else {
            Holder::Subscription(subscription_id)
        });
    }
    if let Some(command) = records::command(tx, &slot.holder_id)? {
        return Ok(match command.status {
            Status::Created => Holder::Command(Box::new(command)),
            Status::Done | Status::Refused => Holder::Nobody,
        });
    }
    let purchase = purchases::purchase(tx, &slot.holder_id)?;
    Ok(match purchase.filter(|purchase| !purchase.status.is_final()) {
        Some(purchase) => Holder::Checkout(Box::new(purchase)),
        None => Holder::Nobody,
    })
}

/// Refuses a currency in which Stripe would not let the user begin a subscription, because another one is paid in another.
pub fn check_currency(tx: &mut Tx<'_>, user_id: &UserId, wanted: Currency) -> std::result::Result<(), Problem> {
    for one in subscriptions::subscriptions_of_user(tx, user_id)? {
        let is_over = one.is_terminal();
        let Some(price_id) = one.price_id.filter(|_| !is_over) else {
            continue;
        };
        match catalogue::currency_of_price(tx, &price_id)? {
            Some(paid) if paid != wanted => {
                return Err(Problem::of(&SUBSCRIBED_IN_OTHER_CURRENCY)
                    .field("currency")
                    .with("currency", paid.to_string()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Gives a slot that nobody has to a purchase or a command. Gives the days of its trial: a user has one in each group.
pub fn take(tx: &mut Tx<'_>, user_id: &UserId, group: &str, holder_id: &str, trial_days: i64) -> Result<i64> {
    records::take_slot(tx, (user_id, group), holder_id, trial_days)
}

/// Days of trial that a purchase has.
pub fn trial_days_of(tx: &mut Tx<'_>, holder_id: &str) -> Result<i64> {
    records::trial_days_of(tx, holder_id)
}

/// Notes that a subscription came of a purchase or a command.
pub fn note_begun(tx: &mut Tx<'_>, holder_id: &str, subscription_id: &str) -> Result<()> {
    records::note_begun(tx, holder_id, subscription_id)
}

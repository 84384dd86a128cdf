//! What a subscription brings in each month.

use ledger::Money;
use stripe::objects::{Subscription as StripeSubscription, SubscriptionItem};

use super::{SECOND_US, Seen, Subscription};
use crate::ids::UserId;
use crate::reports::{Recurring, monthly};

/// What a subscription of a user brings in, as it was seen and taken in. One that is active or past due and whose money is
/// collected brings in its prices; what cannot be told of a price, such as tiers, brings in nothing.
pub fn recurring(one: &Subscription, user_id: &UserId, seen: &Seen) -> Recurring {
    let brings = matches!(one.status.as_str(), "active" | "past_due") && one.pause_collection.is_none();
    let mrr = match seen {
        Seen::There(there) if brings => prices(&there.subscription),
        Seen::There(_) | Seen::Gone => None,
    };
    let created_us = one.created_s.saturating_mul(SECOND_US);
    Recurring {
        subscription_id: one.subscription_id.clone(),
        user_id: user_id.clone(),
        plan_id: one.plan_id.clone(),
        mrr,
        began_us: one
            .trial_end_us
            .map_or(created_us, |trial_end_us| trial_end_us.max(created_us)),
        ended_us: one.ended_at_us,
    }
}

/// All prices of a subscription together, which are in one currency at Stripe.
fn prices(subscription: &StripeSubscription) -> Option<Money> {
    let items = subscription.items.iter().flat_map(|items| &items.data);
    items.filter_map(price).reduce(|sum, one| sum.plus(one).unwrap_or(sum))
}

fn price(item: &SubscriptionItem) -> Option<Money> {
    let price = item.price.as_ref()?.object()?;
    let recurring = price.recurring.as_ref()?;
    let unit = Money::new(price.unit_amount?, price.currency.parse().ok()?);
    let interval = (recurring.interval.as_deref()?, recurring.interval_count.unwrap_or(1));
    monthly(unit, item.quantity.unwrap_or(1), interval)
}

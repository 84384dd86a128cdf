//! What Stripe says about subscriptions, and what follows from it. Pure: values in, decisions out.
//!
//! What is seen of a subscription replaces what was known, but for one thing: what is over never begins again. Whether
//! something is newer is not decided here; a read that began later is (see `sync`).

pub mod credits;
pub mod events;
mod revenue;

use stripe::objects::{Expandable, Subscription as StripeSubscription, id_of};

use super::{Standing, Subscription};
use crate::catalogue::{Catalogue, PastDueAccess, PausedAccess, Plan};
use crate::ids::UserId;
use crate::purchases::metadata;

pub use revenue::recurring;

pub use events::{InvoicePaid, PaidBy, Told, interpret, is_handled, of_invoice};

/// Microseconds of a second, and of a day.
const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;
/// After the end of a period or of access a subscription is read without anything having told of it, this much later.
const LATE_US: i64 = 3_600 * SECOND_US;

/// A subscription as Stripe shows it.
#[derive(Clone, Debug)]
pub enum Seen {
    /// It is there.
    There(Box<There>),
    /// It is not there any more.
    Gone,
}

/// A subscription that is there.
#[derive(Clone, Debug)]
pub struct There {
    /// What Stripe shows.
    pub subscription: StripeSubscription,
    /// The plan of the catalogue that it pays for.
    pub plan_id: Option<String>,
    /// Whose it is, as the metadata of the subscription or of its customer tells.
    pub user_id: Option<UserId>,
    /// Since when a payment is overdue, as its open invoices tell.
    pub overdue_since_us: Option<i64>,
}

/// Whether a subscription of this status is over for good.
pub fn is_terminal(status: &str) -> bool {
    matches!(status, "canceled" | "incomplete_expired")
}

/// The user that metadata names.
pub fn user_of(metadata: &stripe::objects::Metadata) -> Option<UserId> {
    metadata.get(metadata::USER).and_then(|text| UserId::parse(text))
}

/// Takes what was seen into what is known.
pub fn take(known: &Subscription, seen: &Seen, catalogue: &Catalogue, now_us: i64) -> Subscription {
    match seen {
        Seen::Gone if known.is_terminal() => known.clone(),
        Seen::Gone => Subscription {
            status: "canceled".to_owned(),
            ended_at_us: known.ended_at_us.or(Some(now_us)),
            past_due_since_us: None,
            ..known.clone()
        },
        Seen::There(there) if known.is_terminal() && !there.subscription.status.is_terminal() => known.clone(),
        Seen::There(there) => taken(known, there, catalogue),
    }
}

fn taken(known: &Subscription, there: &There, catalogue: &Catalogue) -> Subscription {
    let seen = &there.subscription;
    let us = |seconds: Option<i64>| seconds.map(|seconds| seconds.saturating_mul(SECOND_US));
    let item = seen.items.as_ref().and_then(|items| items.data.first());
    let (period_start, period_end) = seen.period();
    let pause = seen.pause_collection.as_ref();
    let plan = there.plan_id.as_deref().and_then(|plan_id| catalogue.plan(plan_id));
    let overdue = matches!(seen.status.as_str(), "past_due" | "unpaid");
    Subscription {
        subscription_id: known.subscription_id.clone(),
        user_id: there.user_id.clone().or_else(|| known.user_id.clone()),
        customer: id_of(seen.customer.as_ref())
            .map(str::to_owned)
            .or_else(|| known.customer.clone()),
        plan_id: there.plan_id.clone().or_else(|| known.plan_id.clone()),
        group: plan.map(|plan| plan.group.clone()).or_else(|| known.group.clone()),
        tier: plan.map(|plan| plan.tier.clone()).or_else(|| known.tier.clone()),
        price_id: item
            .and_then(|item| item.price.as_ref())
            .map(|price| price.id().to_owned()),
        quantity: item.and_then(|item| item.quantity).unwrap_or(1),
        status: seen.status.as_str().to_owned(),
        cancel_at_us: us(seen.scheduled_end()),
        cancel_at_period_end: seen.cancel_at_period_end,
        canceled_at_us: us(seen.canceled_at),
        ended_at_us: us(seen.ended_at),
        period_start_us: us(period_start),
        period_end_us: us(period_end),
        trial_end_us: us(seen.trial_end),
        pause_collection: pause.map(|pause| pause.behavior.clone().unwrap_or_default()),
        pause_resumes_at_us: us(pause.and_then(|pause| pause.resumes_at)),
        past_due_since_us: there.overdue_since_us.or(us(period_start)).filter(|_| overdue),
        latest_invoice_id: seen.latest_invoice.as_ref().map(Expandable::id).map(str::to_owned),
        created_s: seen.created.unwrap_or(known.created_s),
        version: known.version,
    }
}

/// Whether a subscription gives access at a moment, and when that ends if nothing else happens.
pub fn access(subscription: &Subscription, plan: Option<&Plan>, now_us: i64) -> (bool, Option<i64>) {
    let Some(plan) = plan else {
        return (false, None);
    };
    let ends = match subscription.status.as_str() {
        "active" | "trialing" if subscription.pause_collection.as_deref() == Some("void") => {
            (plan.access.paused == PausedAccess::Full).then_some(None)
        }
        "active" | "trialing" => Some(None),
        "paused" => (plan.access.paused == PausedAccess::Full).then_some(None),
        "past_due" => match plan.access.past_due {
            PastDueAccess::Full => Some(None),
            PastDueAccess::None => None,
            PastDueAccess::Grace => {
                let grace_us = plan.grace_days.saturating_mul(DAY_US);
                Some(
                    subscription
                        .past_due_since_us
                        .map(|since_us| since_us.saturating_add(grace_us)),
                )
            }
        },
        _ => None,
    };
    let Some(ends) = ends else {
        return (false, None);
    };
    let until_us = match (ends, subscription.cancel_at_us) {
        (Some(grace_us), Some(cancel_us)) => Some(grace_us.min(cancel_us)),
        (grace_us, cancel_us) => grace_us.or(cancel_us),
    };
    (until_us.is_none_or(|until_us| now_us < until_us), until_us)
}

/// What a user has in a group by these subscriptions: by the one that gives access, else by one that is not over, else by the
/// newest.
pub fn standing(
    (user_id, group): (&UserId, &str),
    subscriptions: &[Subscription],
    catalogue: &Catalogue,
    now_us: i64,
) -> Standing {
    let ranked = subscriptions.iter().map(|one| {
        let plan = one.plan_id.as_deref().and_then(|plan_id| catalogue.plan(plan_id));
        let (access, until_us) = access(one, plan, now_us);
        let rank = (access, !one.is_terminal(), one.created_s, one.subscription_id.as_str());
        (rank, one, access, until_us)
    });
    let Some((_, one, access, until_us)) = ranked.max_by(|left, right| left.0.cmp(&right.0)) else {
        return Standing::free(user_id, group);
    };
    Standing {
        user_id: user_id.clone(),
        group: group.to_owned(),
        subscription_id: Some(one.subscription_id.clone()),
        plan_id: one.plan_id.clone(),
        tier: one.tier.clone().filter(|_| access),
        status: Some(one.status.clone()),
        access,
        until_us,
    }
}

/// When a subscription is read again though no event tells of it: a while after its period should have ended, and as soon
/// as its access ends by the clock. Never once it is over.
pub fn next_look_us(subscription: &Subscription, plan: Option<&Plan>, now_us: i64) -> Option<i64> {
    if subscription.is_terminal() {
        return None;
    }
    let until_us = access(subscription, plan, now_us).1;
    let by_clock = until_us.filter(|until_us| *until_us > now_us);
    let late = [
        subscription.period_end_us,
        subscription.trial_end_us,
        subscription.pause_resumes_at_us,
        until_us,
    ];
    let late = late.into_iter().flatten().map(|at_us| at_us.saturating_add(LATE_US));
    late.filter(|at_us| *at_us > now_us).chain(by_clock).min()
}

//! Subscriptions: what Stripe says of them, and what a user has by them.
//!
//! Here live the mirror of Stripe's subscriptions, the way of an event into it, and the *standing*: which plan a user has
//! in a group of plans, and whether it gives access now. An event only marks its subscription; the sync reads it from
//! Stripe outside of any transaction and takes it in, so no order of events matters. Money follows from invoices, whose
//! ids never change: each paid invoice is a purchase. Whatever else follows from a change hangs on [`follow()`].
//!
//! What must not live here: what keys, data and features a plan gives. Who gives those is called by `follow`.

pub mod commands;
mod follow;
mod intake;
mod records;
pub mod rules;
mod sync;

use crate::ids::UserId;

pub use follow::follow;
pub use intake::{Taken, take_in_events};
pub use records::{
    SubscriptionFilter, standing, standings_of_user, subscription, subscription_begun, subscription_of_invoice,
    subscriptions_of_user, subscriptions_page,
};
pub use rules::{Told, interpret, is_handled};
pub use sync::{SyncError, describe_metrics, refresh, run, work};

/// The topic under which the sync is woken.
pub const TOPIC: &str = "subscriptions";

/// A subscription as it is known here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subscription {
    /// `sub_…`.
    pub subscription_id: String,
    /// Whose; none while nothing has told.
    pub user_id: Option<UserId>,
    /// The Stripe customer, `cus_…`.
    pub customer: Option<String>,
    /// The plan of the catalogue; none where the price is not one of a plan.
    pub plan_id: Option<String>,
    /// The plan's group.
    pub group: Option<String>,
    /// The plan's tier.
    pub tier: Option<String>,
    /// The price that is paid, `price_…`.
    pub price_id: Option<String>,
    /// How many.
    pub quantity: i64,
    /// Where it stands, in Stripe's word; empty until it was read.
    pub status: String,
    /// When it ends, where an end was set.
    pub cancel_at_us: Option<i64>,
    /// Whether that is the end of the period.
    pub cancel_at_period_end: bool,
    /// When somebody asked for its end.
    pub canceled_at_us: Option<i64>,
    /// When it ended.
    pub ended_at_us: Option<i64>,
    /// Since when the current period runs.
    pub period_start_us: Option<i64>,
    /// Until when.
    pub period_end_us: Option<i64>,
    /// When the trial ends or ended.
    pub trial_end_us: Option<i64>,
    /// What becomes of invoices while no money is collected, in Stripe's word.
    pub pause_collection: Option<String>,
    /// When money is collected again.
    pub pause_resumes_at_us: Option<i64>,
    /// Since when a payment is overdue.
    pub past_due_since_us: Option<i64>,
    /// The newest invoice, `in_…`.
    pub latest_invoice_id: Option<String>,
    /// When it was made, unix seconds.
    pub created_s: i64,
    /// Counts what was taken in and changed it.
    pub version: i64,
}

impl Subscription {
    /// One of which nothing is known yet.
    pub fn unread(subscription_id: &str) -> Self {
        Self {
            subscription_id: subscription_id.to_owned(),
            user_id: None,
            customer: None,
            plan_id: None,
            group: None,
            tier: None,
            price_id: None,
            quantity: 1,
            status: String::new(),
            cancel_at_us: None,
            cancel_at_period_end: false,
            canceled_at_us: None,
            ended_at_us: None,
            period_start_us: None,
            period_end_us: None,
            trial_end_us: None,
            pause_collection: None,
            pause_resumes_at_us: None,
            past_due_since_us: None,
            latest_invoice_id: None,
            created_s: 0,
            version: 0,
        }
    }

    /// Whether it is over for good.
    pub fn is_terminal(&self) -> bool {
        rules::is_terminal(&self.status)
    }
}

/// What a user has in a group of plans.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Who.
    pub user_id: UserId,
    /// The group of plans.
    pub group: String,
    /// The subscription that decides; none where there never was one.
    pub subscription_id: Option<String>,
    /// Its plan.
    pub plan_id: Option<String>,
    /// The tier that this gives; none where it is the free one.
    pub tier: Option<String>,
    /// Where the subscription stands, in Stripe's word.
    pub status: Option<String>,
    /// Whether the plan's features, limits and keys are given.
    pub access: bool,
    /// When access ends if nothing else happens, microseconds.
    pub until_us: Option<i64>,
}

impl Standing {
    /// That of a user who has no subscription in a group.
    pub fn free(user_id: &UserId, group: &str) -> Self {
        Self {
            user_id: user_id.clone(),
            group: group.to_owned(),
            subscription_id: None,
            plan_id: None,
            tier: None,
            status: None,
            access: false,
            until_us: None,
        }
    }

    /// The same at a moment: access that has ended by the clock is none, before anything was brought to it.
    #[must_use]
    pub fn at(mut self, now_us: i64) -> Self {
        if self.access && self.until_us.is_some_and(|until_us| until_us <= now_us) {
            self.access = false;
            self.tier = None;
        }
        self
    }
}

//! Plans: what a subscriber gets for a price that comes again. Types alone; what follows from a subscription lives with
//! the subscriptions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::words::words;

/// What a subscriber gets, how often it is paid for, and what its state means for them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// A user has one live subscription in each group.
    pub group: String,
    /// What the application calls users of this plan.
    pub tier: String,
    /// The unit of a billing cycle.
    pub interval: Interval,
    /// How many of those units a cycle lasts.
    pub interval_count: i64,
    /// Credits of every paid cycle; none where the plan grants none.
    pub credits: Option<CycleCredits>,
    /// Days before the first payment; 0 for none.
    pub trial_days: i64,
    /// Days after the end of the paid time during which a failed payment takes nothing away.
    pub grace_days: i64,
    /// What a subscription that is not in order gives access to.
    pub access: Access,
    /// What becomes of the subscriber's API key; none where the plan has no say in keys.
    pub keys: Option<KeyPolicy>,
    /// What the subscriber may use, by name.
    pub features: BTreeSet<String>,
    /// How much of something the subscriber may use, by name.
    pub limits: BTreeMap<String, i64>,
    /// Initial data of each new subscription.
    pub seeds: Vec<Seed>,
    /// Whether somebody may still subscribe to it. One that is not on sale goes on for those who have it.
    pub on_sale: bool,
}

/// What somebody without a live subscription has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Free {
    /// What the application calls such users.
    pub tier: String,
    /// What they may use, by name.
    pub features: BTreeSet<String>,
    /// How much of something they may use, by name.
    pub limits: BTreeMap<String, i64>,
}

/// The unit of a billing cycle, in Stripe's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

words!(Interval {
    Day = "day",
    Week = "week",
    Month = "month",
    Year = "year",
});

impl Interval {
    /// The most units in one cycle: Stripe allows three years.
    pub fn count_max(self) -> i64 {
        match self {
            Self::Day => 1095,
            Self::Week => 156,
            Self::Month => 36,
            Self::Year => 3,
        }
    }
}

/// Credits that every paid cycle grants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CycleCredits {
    /// How many.
    pub amount: i64,
    /// Whether they outlive the cycle; otherwise they end with it.
    pub roll_over: bool,
    /// Credits of a lower number are used first.
    pub priority: i64,
}

/// What a subscription that is not in order gives access to. One that is active or on trial gives all, one that is
/// unpaid, incomplete or canceled nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Access {
    /// While a payment is overdue.
    pub past_due: PastDueAccess,
    /// While it is paused.
    pub paused: PausedAccess,
}

/// What a subscription gives access to while a payment is overdue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastDueAccess {
    /// To everything.
    Full,
    /// To everything for the plan's `grace_days`, then to nothing.
    Grace,
    /// To nothing.
    None,
}

/// What a subscription gives access to while it is paused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PausedAccess {
    /// To everything.
    Full,
    /// To nothing.
    None,
}

/// What becomes of a subscriber's API key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyPolicy {
    /// Whether one is issued when a subscription becomes active.
    pub on_activation: bool,
    /// What becomes of it when access ends.
    pub on_downgrade: OnDowngrade,
}

/// What becomes of an API key when access ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDowngrade {
    /// It stays valid.
    Keep,
    /// It is refused until access comes back.
    Suspend,
    /// It is revoked for good.
    Revoke,
}

/// A template of initial data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seed {
    /// Its name.
    pub name: String,
    /// The data.
    pub value: Value,
}

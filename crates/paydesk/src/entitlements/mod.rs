//! Entitlements: what a user may do now. Tier, features and limits from the plans that they stand in, and the credits they
//! hold; read from what is committed, with no cache between.
//!
//! Nothing is decided or kept here: standings live in `subscriptions`, plans in `catalogue`, wallets in `credits`.

pub mod routes;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::{Result, Tx};

use crate::catalogue::Catalogue;
use crate::clock::Moment;
use crate::credits;
use crate::ids::{KeyId, UserId};
use crate::subscriptions::{self, Standing, Subscription};

use rules::Given;

/// What a user may do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
pub struct Entitlements {
    /// Who.
    pub user_id: UserId,
    /// What the application calls users of their plan; with plans of several groups, that of `main`, else of the first.
    #[schema(example = "pro")]
    pub tier: String,
    /// What they may use.
    #[schema(example = json!(["stems", "priority-support"]))]
    pub features: BTreeSet<String>,
    /// How much of something they may use.
    #[schema(example = json!({ "projects": 20 }))]
    pub limits: BTreeMap<String, i64>,
    /// Their own credits.
    pub credits: CreditsHeld,
    /// What they have in each group of plans that they ever subscribed to.
    pub subscriptions: Vec<Subscribed>,
}

/// What a wallet holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
pub struct CreditsHeld {
    /// Credits that may be spent.
    #[schema(example = 100)]
    pub balance: i64,
    /// Credits that are reserved by holds.
    #[schema(example = 0)]
    pub held: i64,
    /// Credits that are owed.
    #[schema(example = 0)]
    pub owed: i64,
    /// Whether spending is refused for now, because a payment is disputed.
    pub frozen: bool,
}

/// What a user has in a group of plans.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
pub struct Subscribed {
    /// The group.
    #[schema(example = "main")]
    pub group: String,
    /// The subscription that decides.
    #[schema(example = "sub_1PqV")]
    pub subscription_id: Option<String>,
    /// Its plan.
    #[schema(example = "pro-monthly")]
    pub plan_id: Option<String>,
    /// Where it stands, in Stripe's word.
    #[schema(example = "active")]
    pub status: Option<String>,
    /// Whether it gives access now.
    pub access: bool,
    /// When access ends if nothing else happens; null where it goes on.
    pub until: Option<Moment>,
    /// When it ends, where that was asked for.
    pub cancel_at: Option<Moment>,
    /// Whether it ends at a time that was asked for.
    pub cancel_scheduled: bool,
    /// Whether a payment is overdue, and access goes on nevertheless.
    pub in_grace: bool,
    /// Until when the period that is paid for runs.
    pub period_end: Option<Moment>,
}

impl Subscribed {
    fn of(standing: &Standing, subscription: Option<&Subscription>) -> Self {
        let goes_on = subscription.filter(|one| !one.is_terminal());
        let cancel_at = goes_on.and_then(|one| one.cancel_at_us).map(Moment);
        Self {
            group: standing.group.clone(),
            subscription_id: standing.subscription_id.clone(),
            plan_id: standing.plan_id.clone(),
            status: standing.status.clone(),
            access: standing.access,
            until: standing.until_us.filter(|_| standing.access).map(Moment),
            cancel_at,
            cancel_scheduled: cancel_at.is_some(),
            in_grace: standing.access && standing.status.as_deref() == Some("past_due"),
            period_end: subscription.and_then(|one| one.period_end_us).map(Moment),
        }
    }
}

/// What a user may do at a moment.
pub fn read(tx: &mut Tx<'_>, now_us: i64, catalogue: &Catalogue, user_id: &UserId) -> Result<Entitlements> {
    let stands = subscriptions::standings_of_user(tx, now_us, user_id)?;
    let subscribed = subscribed(tx, &stands)?;
    let Given { tier, features, limits } = rules::given(catalogue, &stands);
    Ok(Entitlements {
        user_id: user_id.clone(),
        tier,
        features,
        limits,
        credits: credits_held(tx, now_us, user_id, None)?,
        subscriptions: subscribed,
    })
}

/// What a user has in each group of plans at a moment.
pub fn subscriptions_of_user(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<Vec<Subscribed>> {
    let stands = subscriptions::standings_of_user(tx, now_us, user_id)?;
    subscribed(tx, &stands)
}

fn subscribed(tx: &mut Tx<'_>, stands: &[Standing]) -> Result<Vec<Subscribed>> {
    let mut subscribed = Vec::with_capacity(stands.len());
    for standing in stands {
        let subscription = match &standing.subscription_id {
            Some(subscription_id) => subscriptions::subscription(tx, subscription_id)?,
            None => None,
        };
        subscribed.push(Subscribed::of(standing, subscription.as_ref()));
    }
    Ok(subscribed)
}

/// What a user's wallet holds, or that of one of their API keys.
pub fn credits_held(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId, key_id: Option<&KeyId>) -> Result<CreditsHeld> {
    let balance = credits::balance(tx, now_us, user_id, key_id)?;
    Ok(CreditsHeld {
        balance: balance.available,
        held: balance.held,
        owed: balance.owed,
        frozen: balance.frozen,
    })
}

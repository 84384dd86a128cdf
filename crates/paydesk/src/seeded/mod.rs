//! Seeded data: what a new subscription begins with, such as a default configuration, from its plan's templates. Written
//! once for each subscription and template; from then on its owner's, whatever becomes of the subscription.
//!
//! What a user has already under the name of a template stays: a later subscription never writes over what they made of it.

mod records;
pub mod routes;
pub mod rules;

use store::{Result, Tx};

use crate::app::App;
use crate::catalogue::Seed;
use crate::effects::{self, ApplyError, Caused, Effect};
use crate::http::{Problem, entity_tags, kinds};
use crate::ids::UserId;
use crate::subscriptions::Standing;

/// One piece of a user's data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Data {
    /// Whose.
    pub user_id: UserId,
    /// The name of the template that it came from.
    pub name: String,
    /// JSON, as it was written.
    pub value: String,
    /// Counts its changes, from 1.
    pub version: i64,
    /// The subscription that brought it.
    pub subscription_id: String,
    /// When it was seeded, microseconds.
    pub created_at_us: i64,
    /// When it last changed, microseconds.
    pub updated_at_us: i64,
}

/// Seeds what a subscription that gives access begins with, each template once.
pub fn follow(tx: &mut Tx<'_>, app: &App, now_us: i64, after: &Standing) -> Result<()> {
    let plan = after.plan_id.as_deref().and_then(|plan_id| app.catalogue.plan(plan_id));
    let (true, Some(plan), Some(subscription_id)) = (after.access, plan, &after.subscription_id) else {
        return Ok(());
    };
    let seed = |seed: &Seed| {
        Caused::by_nothing(Effect::SeedData {
            user_id: after.user_id.clone(),
            subscription_id: subscription_id.clone(),
            name: seed.name.clone(),
            value: seed.value.to_string(),
        })
    };
    let seeds: Vec<Caused> = plan.seeds.iter().map(seed).collect();
    effects::apply(tx, now_us, &seeds).map_err(ApplyError::into_store)?;
    Ok(())
}

/// Writes what a subscription begins with, where its user has nothing of that name. The caller's effect makes it once.
pub fn seed(
    tx: &mut Tx<'_>,
    now_us: i64,
    user_id: &UserId,
    subscription_id: &str,
    name: &str,
    value: &str,
) -> Result<()> {
    let data = Data {
        user_id: user_id.clone(),
        name: name.to_owned(),
        value: value.to_owned(),
        version: 1,
        subscription_id: subscription_id.to_owned(),
        created_at_us: now_us,
        updated_at_us: now_us,
    };
    records::insert(tx, &data)
}

/// A user's new value of some data, where they have seen the version that is there.
pub async fn replace(
    app: &App,
    user_id: UserId,
    name: String,
    if_match: String,
    value: String,
) -> std::result::Result<Data, Problem> {
    let now_us = app.clock.now_us();
    let written = app.store.write(move |tx| {
        let Some(mut data) = records::lock(tx, &user_id, &name)? else {
            return Err(Problem::of(&kinds::NOT_FOUND));
        };
        if !entity_tags::matches(&if_match, data.version) {
            return Err(Problem::of(&entity_tags::STALE));
        }
        data.value.clone_from(&value);
        data.version += 1;
        data.updated_at_us = now_us;
        records::replace(tx, &data)?;
        Ok(data)
    });
    written.await
}

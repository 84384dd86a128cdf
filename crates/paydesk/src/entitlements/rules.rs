//! What follows for a user from where their subscriptions stand. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Catalogue, Plan};
use crate::subscriptions::Standing;

/// The group whose tier is the user's, where they have plans of several.
const MAIN: &str = "main";

/// What plans give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// What the application calls users of the plan.
    pub tier: String,
    /// What may be used.
    pub features: BTreeSet<String>,
    /// How much of something may be used.
    pub limits: BTreeMap<String, i64>,
}

/// What a user is given: what every plan that gives access adds, and what everybody has where none does.
pub fn given(catalogue: &Catalogue, stands: &[Standing]) -> Given {
    let mut plans: Vec<(&str, &Plan)> = stands
        .iter()
        .filter(|standing| standing.access)
        .filter_map(|standing| Some((standing.group.as_str(), catalogue.plan(standing.plan_id.as_deref()?)?)))
        .collect();
    plans.sort_by_key(|(group, _)| (*group != MAIN, *group));
    let Some((_, first)) = plans.first() else {
        let free = &catalogue.free;
        return Given {
            tier: free.tier.clone(),
            features: free.features.clone(),
            limits: free.limits.clone(),
        };
    };
    let mut given = Given {
        tier: first.tier.clone(),
        features: BTreeSet::new(),
        limits: BTreeMap::new(),
    };
    for (_, plan) in plans {
        given.features.extend(plan.features.iter().cloned());
        for (name, limit) in &plan.limits {
            let most = given.limits.entry(name.clone()).or_insert(*limit);
            *most = (*most).max(*limit);
        }
    }
    given
}

//! What a catalogue offers that a demo can be made of, kind by kind. A kind that it does not sell is simply not there.
//! Pure: a catalogue in, lists out.

use std::collections::BTreeSet;

use ledger::Currency;

use crate::catalogue::{Catalogue, Field, Interval, Item, Offer};
use crate::reports;

/// Plans that are billed more often are left out: their renewals alone would make the demo last for minutes.
const CYCLE_DAYS_MIN: i64 = 25;
/// Plans that are billed at least so often have renewals within a year.
const FREQUENT_DAYS_MAX: i64 = 100;

/// Everything that people of the demo can buy.
pub(super) struct Offers {
    /// The shop's own currency, in which everything is sold.
    pub(super) currency: Currency,
    /// Another one in which something is sold, where there is one.
    pub(super) other_currency: Option<Currency>,
    /// The cheapest first.
    pub(super) packs: Vec<Pack>,
    /// Plans of one group, of which a user has one at a time; the cheapest first.
    pub(super) plans: Vec<Plan>,
    pub(super) packages: Vec<Package>,
    pub(super) sessions: Vec<Session>,
}

/// A credit pack.
#[derive(Clone)]
pub(super) struct Pack {
    pub(super) item_id: String,
    pub(super) currencies: BTreeSet<Currency>,
    pub(super) credits: i64,
    pub(super) max_quantity: i64,
}

/// A plan on sale.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) item_id: String,
    pub(super) currencies: BTreeSet<Currency>,
    /// What it brings in each month, in minor units of the shop's own currency.
    pub(super) monthly_minor: i64,
    /// Whether it is billed so often that a year has renewals.
    pub(super) is_frequent: bool,
    pub(super) grants_credits: bool,
}

/// An order package.
#[derive(Clone)]
pub(super) struct Package {
    pub(super) item_id: String,
    pub(super) currencies: BTreeSet<Currency>,
    pub(super) fields: Vec<Field>,
}

/// A session type.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) item_id: String,
    pub(super) currencies: BTreeSet<Currency>,
    pub(super) builder_id: String,
    pub(super) notice_minutes: i64,
    pub(super) horizon_days: i64,
}

impl Offers {
    pub(super) fn of(catalogue: &Catalogue) -> Self {
        let currency = catalogue.default_currency;
        let mut items: Vec<&Item> = catalogue.items.values().collect();
        items.sort_by_key(|item| item.prices.get(&currency).copied());
        let sold_in: BTreeSet<Currency> = items.iter().flat_map(|item| item.prices.keys().copied()).collect();
        Self {
            currency,
            other_currency: sold_in.into_iter().find(|one| *one != currency),
            packs: items.iter().filter_map(|item| pack(item)).collect(),
            plans: plans(&items, currency),
            packages: items.iter().filter_map(|item| package(item)).collect(),
            sessions: items.iter().filter_map(|item| session(item)).collect(),
        }
    }

    /// Whether anything that is sold gives credits.
    pub(super) fn has_credits(&self) -> bool {
        !self.packs.is_empty() || self.plans.iter().any(|plan| plan.grants_credits)
    }

    /// The plan that most subscribers have: the cheapest of those with renewals.
    pub(super) fn usual_plan(&self) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.is_frequent).or(self.plans.first())
    }

    /// The next dearer one with renewals.
    pub(super) fn bigger_plan(&self) -> Option<&Plan> {
        let usual = self.usual_plan()?.monthly_minor;
        self.plans
            .iter()
            .find(|plan| plan.is_frequent && plan.monthly_minor > usual)
    }

    /// One that is paid for long ahead.
    pub(super) fn long_plan(&self) -> Option<&Plan> {
        self.plans.iter().find(|plan| !plan.is_frequent)
    }
}

fn currencies(item: &Item) -> BTreeSet<Currency> {
    item.prices.keys().copied().collect()
}

fn pack(item: &Item) -> Option<Pack> {
    let Offer::CreditPack {
        credits, max_quantity, ..
    } = &item.offer
    else {
        return None;
    };
    Some(Pack {
        item_id: item.id.clone(),
        currencies: currencies(item),
        credits: *credits,
        max_quantity: *max_quantity,
    })
}

fn package(item: &Item) -> Option<Package> {
    let Offer::OrderPackage { fields, .. } = &item.offer else {
        return None;
    };
    Some(Package {
        item_id: item.id.clone(),
        currencies: currencies(item),
        fields: fields.clone(),
    })
}

fn session(item: &Item) -> Option<Session> {
    let session_type = item.session_type()?;
    Some(Session {
        item_id: item.id.clone(),
        currencies: currencies(item),
        builder_id: session_type.builder_id.as_str().to_owned(),
        notice_minutes: session_type.notice_minutes,
        horizon_days: session_type.horizon_days,
    })
}

/// The plans of the group that the first of them is in.
fn plans(items: &[&Item], currency: Currency) -> Vec<Plan> {
    let on_sale = || {
        items
            .iter()
            .filter_map(|item| item.plan().filter(|plan| plan.on_sale).map(|plan| (*item, plan)))
    };
    let Some((_, first)) = on_sale().next() else {
        return Vec::new();
    };
    let mut plans: Vec<Plan> = on_sale()
        .filter(|(_, plan)| plan.group == first.group)
        .filter_map(|(item, plan)| {
            let cycle = (plan.interval.word(), plan.interval_count);
            let monthly = reports::monthly(item.amount(currency, 1)?, 1, cycle)?;
            let days = cycle_days(plan.interval).saturating_mul(plan.interval_count);
            (days >= CYCLE_DAYS_MIN).then(|| Plan {
                item_id: item.id.clone(),
                currencies: currencies(item),
                monthly_minor: monthly.minor,
                is_frequent: days <= FREQUENT_DAYS_MAX,
                grants_credits: plan.credits.is_some(),
            })
        })
        .collect();
    plans.sort_by_key(|plan| plan.monthly_minor);
    plans
}

/// About how many days an interval lasts.
fn cycle_days(interval: Interval) -> i64 {
    match interval {
        Interval::Day => 1,
        Interval::Week => 7,
        Interval::Month => 30,
        Interval::Year => 365,
    }
}

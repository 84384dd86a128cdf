//! Reading the plans of the catalogue, and what users without one have.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::super::{
    Access, CycleCredits, Free, Interval, Item, KeyPolicy, Offer, OnDowngrade, PastDueAccess, PausedAccess, Plan, Seed,
};
use super::{Check, Minor};
use crate::credits::PRIORITY_MAX;

/// The longest trial that Stripe allows.
const TRIAL_DAYS_MAX: i64 = 730;
/// How long an overdue payment takes nothing away, where the file does not say.
const GRACE_DAYS: i64 = 7;
/// The longest grace.
const GRACE_DAYS_MAX: i64 = 365;
/// The largest limit.
const LIMIT_MAX: i64 = 1_000_000_000_000;
/// The most features, limits or seeds of one plan.
const NAMES_MAX: usize = 100;
/// The largest template of initial data, as JSON.
const SEED_BYTES_MAX: usize = 32_768;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanIn {
    pub(super) id: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    description: String,
    group: Option<Spanned<String>>,
    tier: Spanned<String>,
    interval: Interval,
    interval_count: Option<Spanned<i64>>,
    prices: Spanned<BTreeMap<String, Spanned<Minor>>>,
    credits: Option<CycleCreditsIn>,
    trial_days: Option<Spanned<i64>>,
    refund_days: Option<Spanned<i64>>,
    grace_days: Option<Spanned<i64>>,
    access: Option<AccessIn>,
    keys: Option<KeysIn>,
    #[serde(default)]
    features: Vec<Spanned<String>>,
    #[serde(default)]
    limits: BTreeMap<Spanned<String>, Spanned<i64>>,
    #[serde(default)]
    seeds: Vec<SeedIn>,
    on_sale: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CycleCreditsIn {
    amount: Spanned<i64>,
    #[serde(default)]
    roll_over: bool,
    priority: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessIn {
    past_due: Option<PastDueAccess>,
    paused: Option<PausedAccess>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysIn {
    on_activation: Option<bool>,
    on_downgrade: Option<OnDowngrade>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedIn {
    name: Spanned<String>,
    value: Spanned<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreeIn {
    tier: Option<Spanned<String>>,
    #[serde(default)]
    features: Vec<Spanned<String>>,
    #[serde(default)]
    limits: BTreeMap<Spanned<String>, Spanned<i64>>,
}

impl Check<'_> {
    pub(super) fn plan(&mut self, plan: PlanIn) -> Item {
        let interval_count = plan.interval_count.as_ref().map_or(1, |count| {
            let range = 1..=plan.interval.count_max();
            self.within(
                *count.get_ref(),
                &count.span(),
                range,
                "the interval_count of this interval",
            )
        });
        let days = |check: &mut Self, given: Option<&Spanned<i64>>, default, max, what: &str| {
            given.map_or(default, |days| {
                check.within(*days.get_ref(), &days.span(), 0..=max, what)
            })
        };
        let trial_days = days(self, plan.trial_days.as_ref(), 0, TRIAL_DAYS_MAX, "trial_days");
        let grace_days = days(self, plan.grace_days.as_ref(), GRACE_DAYS, GRACE_DAYS_MAX, "grace_days");
        let access = plan.access.as_ref();
        let offered = Plan {
            group: plan
                .group
                .as_ref()
                .map_or_else(|| "main".into(), |group| self.word(group, "group")),
            tier: self.word(&plan.tier, "tier"),
            interval: plan.interval,
            interval_count,
            credits: plan.credits.map(|credits| self.cycle_credits(&credits)),
            trial_days,
            grace_days,
            access: Access {
                past_due: access
                    .and_then(|access| access.past_due)
                    .unwrap_or(PastDueAccess::Grace),
                paused: access.and_then(|access| access.paused).unwrap_or(PausedAccess::None),
            },
            keys: plan.keys.map(|keys| KeyPolicy {
                on_activation: keys.on_activation.unwrap_or(true),
                on_downgrade: keys.on_downgrade.unwrap_or(OnDowngrade::Suspend),
            }),
            features: self.features(&plan.features),
            limits: self.limits(&plan.limits),
            seeds: self.seeds(plan.seeds),
            on_sale: plan.on_sale.unwrap_or(true),
        };
        Item {
            id: self.id(&plan.id),
            name: self.name(&plan.name, "a name"),
            description: plan.description,
            prices: self.prices(&plan.prices),
            refund_days: self.refund_days(plan.refund_days.as_ref()),
            offer: Offer::Plan(Box::new(offered)),
        }
    }

    pub(super) fn free(&mut self, free: Option<FreeIn>) -> Free {
        let free = free.unwrap_or_else(|| FreeIn {
            tier: None,
            features: Vec::new(),
            limits: BTreeMap::new(),
        });
        Free {
            tier: free
                .tier
                .as_ref()
                .map_or_else(|| "free".into(), |tier| self.word(tier, "tier")),
            features: self.features(&free.features),
            limits: self.limits(&free.limits),
        }
    }

    fn cycle_credits(&mut self, credits: &CycleCreditsIn) -> CycleCredits {
        let (amount, range) = (&credits.amount, 1..=1_000_000_000);
        CycleCredits {
            amount: self.within(*amount.get_ref(), &amount.span(), range, "the amount of credits"),
            roll_over: credits.roll_over,
            priority: credits.priority.as_ref().map_or(0, |given| {
                let range = -PRIORITY_MAX..=PRIORITY_MAX;
                self.within(*given.get_ref(), &given.span(), range, "priority")
            }),
        }
    }

    fn features(&mut self, read: &[Spanned<String>]) -> BTreeSet<String> {
        let mut features = BTreeSet::new();
        for feature in read {
            if !features.insert(self.word(feature, "feature")) {
                self.named_twice(feature, "feature");
            }
        }
        self.not_too_many(read.first().map(Spanned::span), read.len(), "features");
        features
    }

    fn limits(&mut self, read: &BTreeMap<Spanned<String>, Spanned<i64>>) -> BTreeMap<String, i64> {
        let first = read.keys().next().map(Spanned::span);
        self.not_too_many(first, read.len(), "limits");
        read.iter()
            .map(|(name, limit)| {
                let value = self.within(*limit.get_ref(), &limit.span(), 0..=LIMIT_MAX, "a limit");
                (self.word(name, "limit"), value)
            })
            .collect()
    }

    fn seeds(&mut self, read: Vec<SeedIn>) -> Vec<Seed> {
        let first = read.first().map(|seed| seed.name.span());
        self.not_too_many(first, read.len(), "seeds");
        let mut seeds: Vec<Seed> = Vec::new();
        for seed in read {
            let name = self.word(&seed.name, "seed");
            if seeds.iter().any(|earlier| earlier.name == name) {
                self.named_twice(&seed.name, "seed");
            }
            let span = seed.value.span();
            let value = self.json(seed.value.into_inner(), &span);
            if value.to_string().len() > SEED_BYTES_MAX {
                self.mistake(&span, format!("a seed has at most {SEED_BYTES_MAX} bytes as JSON"));
            }
            seeds.push(Seed { name, value });
        }
        seeds
    }

    /// The same value in JSON. A date becomes its text.
    fn json(&mut self, value: toml::Value, span: &Range<usize>) -> Value {
        match value {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(integer) => integer.into(),
            toml::Value::Boolean(boolean) => boolean.into(),
            toml::Value::Datetime(moment) => moment.to_string().into(),
            toml::Value::Float(number) => serde_json::Number::from_f64(number).map_or_else(
                || {
                    self.mistake(span, format!("JSON has no number {number}"));
                    Value::Null
                },
                Value::Number,
            ),
            toml::Value::Array(values) => values.into_iter().map(|value| self.json(value, span)).collect(),
            toml::Value::Table(table) => {
                let values = table.into_iter().map(|(name, value)| (name, self.json(value, span)));
                Value::Object(values.collect())
            }
        }
    }

    fn named_twice(&mut self, name: &Spanned<String>, what: &str) {
        let message = format!("the {what} {:?} is named twice", name.get_ref());
        self.mistake(&name.span(), message);
    }

    fn not_too_many(&mut self, first: Option<Range<usize>>, count: usize, what: &str) {
        if count > NAMES_MAX {
            self.mistake(&first.unwrap_or_default(), format!("at most {NAMES_MAX} {what}"));
        }
    }

    fn word(&mut self, word: &Spanned<String>, what: &str) -> String {
        let text = word.get_ref();
        let fits = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
        if !fits {
            let message =
                format!("the {what} {text:?} must be 1 to 40 lower-case letters, digits, dashes and underscores");
            self.mistake(&word.span(), message);
        }
        text.clone()
    }
}

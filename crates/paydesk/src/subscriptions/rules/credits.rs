//! Which credits a paid invoice grants or takes back. Pure, and from nothing but the invoice's lines and the plans they are
//! for.
//!
//! A line for a whole period grants the credits of the plan's cycle, as often as its quantity says. A line for a part of
//! a period (a proration) counts the same share of them as the part is of the period that ends with it, rounded to the
//! nearest; one that gives money back counts against the others. What comes out below zero is taken back: the money for it
//! is the customer's again, in a balance that pays for the next change, so credits that stayed would be bought twice with
//! it. A trial costs nothing and grants nothing.

use jiff::{Span, Timestamp, tz::TimeZone};
use ledger::Currency;

use super::events::{InvoicePaid, Line};
use crate::catalogue::{Catalogue, CycleCredits, Interval, Item, Plan};

/// The reasons for an invoice with which a subscription's periods are paid. Parts of periods may be on any other.
const PERIODIC: [&str; 5] = [
    "subscription",
    "subscription_create",
    "subscription_cycle",
    "subscription_threshold",
    "subscription_update",
];

/// What an invoice pays for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Granted {
    /// The plan.
    pub plan_id: String,
    /// How many credits; negative where so many are taken back.
    pub credits: i64,
    /// When they end, microseconds; none where they roll over.
    pub ends_at_us: Option<i64>,
    /// How soon they are used.
    pub priority: i64,
}

/// What a paid invoice grants, by the plan of each of its lines. `None`: none of them is of a plan.
pub fn granted(
    paid: &InvoicePaid,
    plan_of: impl Fn(&Line) -> Option<String>,
    catalogue: &Catalogue,
) -> Option<Granted> {
    let mut lines = Vec::new();
    for line in &paid.lines {
        let item = plan_of(line).and_then(|plan_id| catalogue.items.get(&plan_id));
        if let Some((item, plan)) = item.and_then(|item| Some((item, item.plan()?))) {
            lines.push((line, item, plan));
        }
    }
    // Of a change from one plan to another it is the new one that the credits are of.
    let last = lines.iter().rev().find(|(line, ..)| line.amount_minor > 0);
    let (_, item, plan) = *last.or(lines.last())?;
    let periodic = PERIODIC.contains(&paid.billing_reason.as_str());
    let counted = lines.iter().filter(|(line, ..)| periodic || line.proration);
    let credits: i128 = counted
        .map(|(line, item, plan)| share(line, item, plan, paid.currency))
        .sum();
    let ends = lines.iter().filter(|(_, other, _)| other.id == item.id);
    let ends_s = ends.map(|(line, ..)| line.end_s).max().unwrap_or_default();
    let rolls_over = plan.credits.is_none_or(|credits| credits.roll_over);
    Some(Granted {
        plan_id: item.id.clone(),
        credits: i64::try_from(credits).unwrap_or(if credits < 0 { -i64::MAX } else { i64::MAX }),
        ends_at_us: (!rolls_over).then(|| ends_s.saturating_mul(super::SECOND_US)),
        priority: plan.credits.map_or(0, |credits| credits.priority),
    })
}

/// What one line counts.
fn share(line: &Line, item: &Item, plan: &Plan, currency: Currency) -> i128 {
    let Some(CycleCredits { amount, .. }) = plan.credits else {
        return 0;
    };
    let of_cycle = i128::from(amount) * i128::from(line.quantity);
    if !line.proration {
        let costs = item.prices.get(&currency).is_none_or(|minor| *minor > 0);
        let in_trial = line.amount_minor == 0 && costs;
        return if in_trial { 0 } else { of_cycle };
    }
    let whole = i128::from(line.end_s - start_of_cycle(line.end_s, plan.interval, plan.interval_count)).max(1);
    let part = i128::from(line.end_s - line.start_s).clamp(0, whole);
    let rounded = (of_cycle * part + whole / 2) / whole;
    rounded * i128::from(line.amount_minor.signum())
}

/// When the cycle began that ends at a moment, unix seconds.
fn start_of_cycle(end_s: i64, interval: Interval, count: i64) -> i64 {
    let cycle = match interval {
        Interval::Day => Span::new().try_days(count),
        Interval::Week => Span::new().try_weeks(count),
        Interval::Month => Span::new().try_months(count),
        Interval::Year => Span::new().try_years(count),
    };
    let begun = || {
        let end = Timestamp::from_second(end_s).ok()?.to_zoned(TimeZone::UTC);
        end.checked_sub(cycle.ok()?).ok()
    };
    begun().map_or(end_s, |begun| begun.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::parse;

    const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[plan]]
id = "small"
name = "Small"
tier = "small"
interval = "month"
prices = { usd = 1000 }
credits = { amount = 100 }

[[plan]]
id = "large"
name = "Large"
tier = "large"
interval = "month"
prices = { usd = 3000 }
credits = { amount = 1001, roll_over = true, priority = 7 }

[[plan]]
id = "bare"
name = "Bare"
tier = "bare"
interval = "year"
prices = { usd = 500 }
"#;
    const DAY_S: i64 = 86_400;
    /// 2026-10-01 and 2026-11-01, midnight.
    const PERIOD: (i64, i64) = (1_790_812_800, 1_790_812_800 + 31 * DAY_S);

    fn line(plan: &str, amount_minor: i64, start_s: i64, proration: bool) -> Line {
        Line {
            price_id: Some(plan.to_owned()),
            product_id: None,
            amount_minor,
            quantity: 1,
            start_s,
            end_s: PERIOD.1,
            proration,
        }
    }

    fn grants(reason: &str, lines: Vec<Line>) -> Option<Granted> {
        let paid = InvoicePaid {
            invoice_id: "in_1".to_owned(),
            billing_reason: reason.to_owned(),
            currency: "usd".parse().unwrap(),
            amount_minor: 1,
            created_us: 0,
            lines,
            complete: true,
            named_plan: None,
        };
        granted(
            &paid,
            |line| line.price_id.clone(),
            &parse(CATALOGUE, "paydesk.toml").unwrap(),
        )
    }

    fn credits(reason: &str, lines: Vec<Line>) -> i64 {
        grants(reason, lines).unwrap().credits
    }

    #[test]
    fn a_whole_cycle_grants_the_plans_credits_and_a_trial_none() {
        let whole = line("small", 1000, PERIOD.0, false);
        let found = grants("subscription_cycle", vec![whole.clone()]).unwrap();
        assert_eq!((found.plan_id.as_str(), found.credits), ("small", 100));
        assert_eq!(found.ends_at_us, Some(PERIOD.1 * 1_000_000));
        assert_eq!(
            credits(
                "subscription_create",
                vec![Line {
                    quantity: 3,
                    ..whole.clone()
                }]
            ),
            300
        );
        assert_eq!(
            credits("subscription_create", vec![line("small", 0, PERIOD.0, false)]),
            0
        );
        assert_eq!(credits("manual", vec![whole]), 0);
        assert_eq!(
            credits("subscription_cycle", vec![line("bare", 500, PERIOD.0, false)]),
            0
        );
        assert_eq!(
            grants("subscription_cycle", vec![line("gone", 500, PERIOD.0, false)]),
            None
        );
    }

    #[test]
    fn a_change_grants_the_difference_for_the_rest_of_the_cycle() {
        let at = |days: i64| PERIOD.0 + days * DAY_S;
        let change =
            |from: &str, to: &str, days: i64| vec![line(from, -500, at(days), true), line(to, 1500, at(days), true)];
        let found = grants("subscription_update", change("small", "large", 0)).unwrap();
        assert_eq!((found.plan_id.as_str(), found.credits), ("large", 901));
        assert_eq!(
            (found.ends_at_us, found.priority),
            (None, 7),
            "of the plan that it is changed to"
        );
        // 21 of 31 days: 1001 * 21 / 31 = 678.1 and 100 * 21 / 31 = 67.7.
        assert_eq!(credits("subscription_update", change("small", "large", 10)), 678 - 68);
        assert_eq!(
            credits("subscription_update", change("large", "small", 10)),
            68 - 678,
            "with the money go the credits"
        );
        assert_eq!(credits("manual", change("large", "small", 10)), 68 - 678);
        let mut renewal = change("small", "large", 30);
        renewal.push(line("large", 3000, PERIOD.0, false));
        assert_eq!(credits("subscription_cycle", renewal), 32 - 3 + 1001);
    }

    #[test]
    fn the_cycle_of_a_month_begins_a_month_before_its_end_wherever_that_lies() {
        // 2028-02-29 and 2028-03-31.
        assert_eq!(start_of_cycle(10 * DAY_S, Interval::Day, 3), 7 * DAY_S);
        let (february, march) = (1_835_395_200, 1_838_073_600);
        assert_eq!(start_of_cycle(march, Interval::Month, 1), february);
        assert_eq!(start_of_cycle(march, Interval::Week, 2), march - 14 * DAY_S);
        assert_eq!(start_of_cycle(march, Interval::Year, 1), march - 366 * DAY_S);
    }
}

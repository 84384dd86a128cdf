//! Which credits a paid invoice grants. Pure, and from nothing but the invoice's lines and the plans they are for.
//!
//! A line for a whole period grants the credits of the plan's cycle, as often as its quantity says. A line for a part of
//! a period (a proration) counts the same share of them as the part is of the period that ends with it, rounded to the
//! nearest; one that gives money back counts against the others. What is left below zero is nothing: a change to less
//! takes no credits away. A trial costs nothing and grants nothing, unless the plan says otherwise.

use jiff::{Span, Timestamp, tz::TimeZone};
use ledger::Currency;

use super::events::{InvoicePaid, Line};
use crate::catalogue::{Catalogue, CycleCredits, Interval, Item, Plan};

/// The reasons for an invoice with which a subscription's periods are paid.
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
    /// How many credits.
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
    let counted = lines.iter().filter(|_| periodic);
    let credits: i128 = counted
        .map(|(line, item, plan)| share(line, item, plan, paid.currency))
        .sum();
    let ends = lines.iter().filter(|(_, other, _)| other.id == item.id);
    let ends_s = ends.map(|(line, ..)| line.end_s).max().unwrap_or_default();
    let rolls_over = plan.credits.is_none_or(|credits| credits.roll_over);
    Some(Granted {
        plan_id: item.id.clone(),
        credits: i64::try_from(credits.max(0)).unwrap_or(i64::MAX),
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

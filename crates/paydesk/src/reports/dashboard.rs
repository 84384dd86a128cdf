//! The dashboard: figures of a span of days, as a whole and by interval, cohorts, and how things stand now.

use std::collections::BTreeMap;

use ledger::Currency;
use serde::{Deserialize, Serialize};
use store::{Result, Tx};

use super::shown::{
    CohortOut, CreditsOut, Dashboard, EventsOut, FailedOut, FiguresOut, MrrOut, PointOut, RevenueOut, SubscribersOut,
    WebhooksOut,
};
use super::{CREDITS, Day, EVENTS, Figure, Sum, records, rules};
use crate::clock::Moment;
use crate::inbox;

/// Months for which cohorts are shown.
const COHORTS: i64 = 12;

/// What a point of a series covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportInterval)]
pub enum Interval {
    /// A day, UTC.
    #[default]
    Day,
    /// A week from Monday.
    Week,
    /// A month of the calendar.
    Month,
}

impl Interval {
    /// The last day of the interval that a day is in.
    fn last(self, day: Day) -> Day {
        match self {
            Self::Day => day,
            Self::Week => day.week().plus(6),
            Self::Month => day.plus_months(1).plus(-1),
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Wanted {
    pub(super) currency: Currency,
    /// The first day.
    pub(super) from: Day,
    /// The last day.
    pub(super) to: Day,
    pub(super) interval: Interval,
}

/// Sums by figure; no figure is of two units.
type Sums = BTreeMap<Figure, Sum>;

/// Levels before some days.
#[derive(Clone, Copy, Default)]
struct Level {
    mrr_minor: i64,
    subscribers: i64,
    credits: i64,
}

impl Level {
    /// What it is after these sums.
    fn after(self, sums: &Sums) -> Self {
        let mut level = self;
        for (figure, sum) in sums {
            match figure {
                Figure::MrrNew
                | Figure::MrrExpansion
                | Figure::MrrContraction
                | Figure::MrrChurn
                | Figure::MrrReactivation => {
                    level.mrr_minor = level.mrr_minor.saturating_add(sum.amount);
                    level.subscribers += sum.things * rules::subscribers_of(*figure);
                }
                Figure::Granted | Figure::Added => level.credits = level.credits.saturating_add(sum.amount),
                Figure::Used | Figure::Expired | Figure::Removed | Figure::ClawedBack => {
                    level.credits = level.credits.saturating_sub(sum.amount);
                }
                _ => {}
            }
        }
        level
    }
}

/// Reads a dashboard.
pub(super) fn read(tx: &mut Tx<'_>, now_us: i64, wanted: Wanted) -> Result<Dashboard> {
    let unit = wanted.currency.code();
    let days = (wanted.from, wanted.to);
    let mut before = records::before(tx, unit, wanted.from)?;
    before.extend(records::before(tx, CREDITS, wanted.from)?);
    let mut counts = records::between(tx, unit, days)?;
    counts.extend(records::between(tx, CREDITS, days)?);
    counts.extend(records::between(tx, EVENTS, days)?);
    let unfinished = inbox::unfinished(tx)?;

    let spans = spans(&wanted);
    let mut by_span: Vec<(Sums, i64)> = spans.iter().map(|_| Default::default()).collect();
    let at = |day: Day| spans.partition_point(|(_, end)| *end < day);
    for one in &counts {
        if let Some((sums, _)) = by_span.get_mut(at(one.day)) {
            let known = sums.entry(one.figure).or_default();
            *known = known.plus(one.sum);
        }
    }
    for (day, dead) in &unfinished.dead_by_day {
        let day = Day(*day);
        if (wanted.from..=wanted.to).contains(&day)
            && let Some((_, known)) = by_span.get_mut(at(day))
        {
            *known += dead;
        }
    }
    let start = Level::default().after(&before);
    let mut level = start;
    let (mut whole, mut dead_in_all, mut series) = (Sums::new(), 0, Vec::with_capacity(spans.len()));
    for ((start, end), (sums, dead)) in spans.into_iter().zip(by_span) {
        let figures = figures(&sums, dead, level);
        series.push(PointOut { start, end, figures });
        level = level.after(&sums);
        for (figure, sum) in &sums {
            let known = whole.entry(*figure).or_default();
            *known = known.plus(*sum);
        }
        dead_in_all += dead;
    }
    Ok(Dashboard {
        currency: wanted.currency,
        currencies: records::currencies(tx)?,
        from: wanted.from,
        to: wanted.to,
        interval: wanted.interval,
        as_of: Moment(now_us),
        totals: figures(&whole, dead_in_all, start),
        series,
        cohorts: cohorts(tx, unit, wanted.to)?,
        webhooks: webhooks(&unfinished, now_us),
        past_due_subscriptions: records::past_due(tx)?,
    })
}

/// The intervals of a span of days, cut off at its ends.
fn spans(wanted: &Wanted) -> Vec<(Day, Day)> {
    let mut spans = Vec::new();
    let mut start = wanted.from;
    while start <= wanted.to {
        let end = wanted.interval.last(start).min(wanted.to);
        spans.push((start, end));
        start = end.plus(1);
    }
    spans
}

/// How many points a series has.
pub(super) fn points(wanted: &Wanted) -> usize {
    spans(wanted).len()
}

/// The figures of some days, before which there was this level.
fn figures(sums: &Sums, dead: i64, start: Level) -> FiguresOut {
    let of = |figure: Figure| sums.get(&figure).copied().unwrap_or_default();
    let end = start.after(sums);
    let (gross, reversed, fees) = (of(Figure::Collected), of(Figure::Reversed), of(Figure::Fees));
    let (refunded, disputed) = (of(Figure::Refunded), of(Figure::Disputed));
    let (failed, recovered) = (of(Figure::Failed), of(Figure::Recovered));
    let (new, churn, reactivation) = (of(Figure::MrrNew), of(Figure::MrrChurn), of(Figure::MrrReactivation));
    let contraction = of(Figure::MrrContraction);
    FiguresOut {
        revenue: RevenueOut {
            payments: gross.things,
            gross_minor: gross.amount,
            reversed_minor: reversed.amount,
            refunds: refunded.things,
            refunds_minor: refunded.amount,
            disputes: disputed.things,
            disputes_minor: disputed.amount,
            fees_minor: fees.amount,
            net_minor: gross.amount.saturating_sub(reversed.amount).saturating_sub(fees.amount),
        },
        mrr: MrrOut {
            start_minor: start.mrr_minor,
            new_minor: new.amount,
            expansion_minor: of(Figure::MrrExpansion).amount,
            contraction_minor: -contraction.amount,
            churn_minor: -churn.amount,
            reactivation_minor: reactivation.amount,
            end_minor: end.mrr_minor,
            churn_bp: rules::basis_points(
                contraction.amount.saturating_add(churn.amount).saturating_neg(),
                start.mrr_minor,
            ),
        },
        subscribers: SubscribersOut {
            start: start.subscribers,
            new: new.things,
            reactivated: reactivation.things,
            churned: churn.things,
            end: end.subscribers,
            churn_bp: rules::basis_points(churn.things, start.subscribers),
        },
        failed_payments: FailedOut {
            failed: failed.things,
            failed_minor: failed.amount,
            recovered: recovered.things,
            recovered_minor: recovered.amount,
        },
        credits: CreditsOut {
            granted: of(Figure::Granted).amount,
            added: of(Figure::Added).amount,
            used: of(Figure::Used).amount,
            uses: of(Figure::Used).things,
            expired: of(Figure::Expired).amount,
            removed: of(Figure::Removed).amount,
            clawed_back: of(Figure::ClawedBack).amount,
            liability: end.credits,
        },
        events: EventsOut {
            received: of(Figure::Received).things,
            dead,
        },
    }
}

fn cohorts(tx: &mut Tx<'_>, unit: &str, until: Day) -> Result<Vec<CohortOut>> {
    let months: Vec<Day> = (0..COHORTS).rev().map(|back| until.plus_months(-back)).collect();
    let names: Vec<String> = months.iter().map(|month| rules::cohort(*month)).collect();
    let known = records::cohorts(tx, unit, &names, until.month())?;
    let first = records::new_subscribers(tx, unit, (until.plus_months(1 - COHORTS), until))?;
    let mut cohorts = Vec::with_capacity(months.len());
    for (index, (month, name)) in months.iter().zip(&names).enumerate() {
        let mut level = Sum::default();
        let mut one = CohortOut {
            month: *month,
            subscribers: first
                .iter()
                .filter(|(day, _)| day.month() == *month)
                .map(|(_, new)| new)
                .sum(),
            active: Vec::new(),
            mrr_minor: Vec::new(),
        };
        for later in &months[index..] {
            level = level.plus(known.get(&(name.clone(), *later)).copied().unwrap_or_default());
            one.active.push(level.things);
            one.mrr_minor.push(level.amount);
        }
        cohorts.push(one);
    }
    Ok(cohorts)
}

fn webhooks(unfinished: &inbox::Unfinished, now_us: i64) -> WebhooksOut {
    let waited_us = unfinished
        .oldest_received_at_us
        .map_or(0, |received_us| now_us.saturating_sub(received_us).max(0));
    WebhooksOut {
        waiting: unfinished.waiting,
        retrying: unfinished.retrying,
        dead: unfinished.dead_by_day.iter().map(|(_, dead)| dead).sum(),
        lag_seconds: waited_us / crate::clock::SECOND_US,
    }
}

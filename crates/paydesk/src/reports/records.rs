//! Figures in the store, and what they are counted from.

pub(super) mod lists;
pub(super) mod timeline;

use std::collections::BTreeMap;

use ledger::{Currency, Money};
use store::{Error, Field, Result, Row, Rows, Tx};

use super::revenue::{Change, Counted, Subscriber};
use super::{Day, Figure, Recurring, Sum, Tally};
use crate::ids::UserId;

/// Adds to figures, in the order of their keys.
pub(super) fn add(tx: &mut Tx<'_>, tally: &Tally) -> Result<()> {
    let rows = Rows::of(tally.iter().map(|((unit, figure, day), sum)| {
        [
            Field::from(unit),
            figure.into(),
            day.0.into(),
            sum.amount.into(),
            sum.things.into(),
        ]
    }));
    tx.run(
        "insert into report_day (unit, figure, day, amount, things)
         select r.unit, r.figure, r.day, r.amount, r.things
         from rows($1: unit text, figure text, day bigint, amount bigint, things bigint)
         where true on conflict (unit, figure, day) do update
         set amount = report_day.amount + excluded.amount, things = report_day.things + excluded.things",
        &[rows.into()],
    )?;
    Ok(())
}

/// The currencies that anything was counted in. Goes from unit to unit, however many days each has.
pub(super) fn currencies(tx: &mut Tx<'_>) -> Result<Vec<Currency>> {
    let rows = tx.all(
        "with recursive found (unit) as (
             select min(unit) from report_day
             union all
             select (select min(report_day.unit) from report_day where report_day.unit > found.unit)
             from found where found.unit is not null)
         select unit from found where unit is not null order by unit",
        &[],
    )?;
    let mut currencies = Vec::with_capacity(rows.len());
    for row in &rows {
        // The others are credits and events.
        currencies.extend(row.text_ref(0)?.parse::<Currency>());
    }
    Ok(currencies)
}

/// Where a cursor stands; 0 before its first step.
pub(super) fn cursor(tx: &mut Tx<'_>, name: &str) -> Result<i64> {
    let row = tx.one("select position from report_cursor where name = $1", &[name.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Moves a cursor on, if it stands where it was read. Gives whether it did.
pub(super) fn move_cursor(tx: &mut Tx<'_>, name: &str, (from, to): (i64, i64)) -> Result<bool> {
    tx.run(
        "insert into report_cursor (name, position) values ($1, 0) on conflict (name) do nothing",
        &[name.into()],
    )?;
    let moved = tx.run(
        "update report_cursor set position = $3 where name = $1 and position = $2",
        &[name.into(), from.into(), to.into()],
    )?;
    Ok(moved > 0)
}

fn user(text: &str) -> Result<UserId> {
    UserId::parse(text).ok_or_else(|| Error::Corrupt("subscription_revenue: user_id".into()))
}

fn currency(text: &str) -> Result<Currency> {
    let parsed = text.parse();
    parsed.map_err(|_| Error::Corrupt("subscription_revenue: currency".into()))
}

/// What a subscription brought in when it was last counted.
pub(super) fn counted(tx: &mut Tx<'_>, subscription_id: &str) -> Result<Option<Counted>> {
    let row = tx.one(
        "select user_id, currency, mrr_minor from subscription_revenue where subscription_id = $1",
        &[subscription_id.into()],
    )?;
    let decode = |row: Row| {
        Ok(Counted {
            user_id: user(row.text_ref(0)?)?,
            mrr: Money::new(row.int(2)?, currency(row.text_ref(1)?)?),
        })
    };
    row.map(decode).transpose()
}

/// Writes what a subscription brings in now.
pub(super) fn write_counted(tx: &mut Tx<'_>, seen: &Recurring, mrr: Money) -> Result<()> {
    tx.run(
        "insert into subscription_revenue (subscription_id, user_id, currency, mrr_minor) values ($1, $2, $3, $4)
         on conflict (subscription_id) do update
         set user_id = excluded.user_id, currency = excluded.currency, mrr_minor = excluded.mrr_minor",
        &[
            seen.subscription_id.as_str().into(),
            seen.user_id.as_str().into(),
            mrr.currency.code().into(),
            mrr.minor.into(),
        ],
    )?;
    Ok(())
}

/// Locks what a user's subscriptions in a currency bring in together.
pub(super) fn lock_subscriber(tx: &mut Tx<'_>, user_id: &UserId, currency: Currency) -> Result<Subscriber> {
    tx.run(
        "insert into subscriber (user_id, currency, mrr_minor) values ($1, $2, 0) on conflict (user_id, currency) do nothing",
        &[user_id.as_str().into(), currency.code().into()],
    )?;
    let row = tx.one(
        "select mrr_minor, first_at_us from subscriber where user_id = $1 and currency = $2 for update",
        &[user_id.as_str().into(), currency.code().into()],
    )?;
    let row = row.ok_or_else(|| Error::Corrupt("subscriber: a row that was written is not there".into()))?;
    Ok(Subscriber {
        mrr_minor: row.int(0)?,
        first_at_us: row.opt_int(1)?,
    })
}

/// Writes what a user's subscriptions in a currency bring in together.
pub(super) fn write_subscriber(
    tx: &mut Tx<'_>,
    (user_id, currency): (&UserId, Currency),
    subscriber: Subscriber,
) -> Result<()> {
    tx.run(
        "update subscriber set mrr_minor = $3, first_at_us = $4 where user_id = $1 and currency = $2",
        &[
            user_id.as_str().into(),
            currency.code().into(),
            subscriber.mrr_minor.into(),
            subscriber.first_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Keeps a change of what a subscription brings in.
pub(super) fn insert_change(tx: &mut Tx<'_>, change: &Change<'_>) -> Result<()> {
    tx.run(
        "insert into revenue_change (subscription_id, user_id, plan_id, currency, movement, from_minor, to_minor,
                                     changed_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            change.of.subscription_id.as_str().into(),
            change.user_id.as_str().into(),
            change.of.plan_id.as_deref().into(),
            change.currency.code().into(),
            change.movement.word().into(),
            change.from_minor.into(),
            change.to_minor.into(),
            change.at_us.into(),
        ],
    )?;
    Ok(())
}

/// A figure of a day.
pub(super) struct Counts {
    pub(super) figure: Figure,
    pub(super) day: Day,
    pub(super) sum: Sum,
}

/// The figures of a unit from one day to another, both included.
pub(super) fn between(tx: &mut Tx<'_>, unit: &str, (from, to): (Day, Day)) -> Result<Vec<Counts>> {
    // The words stand in the statement, so that the days of each figure are found by the key.
    let rows = tx.all(
        "select figure, day, amount, things from report_day
         where unit = $1 and day >= $2 and day <= $3
             and figure in ('collected', 'reversed', 'refunded', 'disputed', 'fees', 'failed', 'recovered', 'mrr_new',
                            'mrr_expansion', 'mrr_contraction', 'mrr_churn', 'mrr_reactivation', 'granted', 'added', 'used',
                            'expired', 'removed', 'clawed_back', 'received')",
        &[unit.into(), from.0.into(), to.0.into()],
    )?;
    let decode = |row: &Row| {
        Ok(Counts {
            figure: figure(row.text_ref(0)?)?,
            day: Day(row.int(1)?),
            sum: Sum {
                amount: row.int(2)?,
                things: row.int(3)?,
            },
        })
    };
    rows.iter().map(decode).collect()
}

fn figure(word: &str) -> Result<Figure> {
    Figure::of_word(word).ok_or_else(|| Error::Corrupt(format!("report_day: figure {word:?}")))
}

/// What of a unit had come together before a day, of the figures that make up a level.
pub(super) fn before(tx: &mut Tx<'_>, unit: &str, day: Day) -> Result<BTreeMap<Figure, Sum>> {
    let rows = tx.all(
        "select figure, cast(sum(amount) as bigint), cast(sum(things) as bigint) from report_day
         where unit = $1 and day < $2
             and figure in ('mrr_new', 'mrr_expansion', 'mrr_contraction', 'mrr_churn', 'mrr_reactivation', 'granted', 'added',
                            'used', 'expired', 'removed', 'clawed_back')
         group by figure",
        &[unit.into(), day.0.into()],
    )?;
    let decode = |row: &Row| {
        let sum = Sum {
            amount: row.int(1)?,
            things: row.int(2)?,
        };
        Ok((figure(row.text_ref(0)?)?, sum))
    };
    rows.iter().map(decode).collect()
}

/// What happened to cohorts of these names up to a month, by name and month.
pub(super) fn cohorts(
    tx: &mut Tx<'_>,
    unit: &str,
    names: &[String],
    until: Day,
) -> Result<BTreeMap<(String, Day), Sum>> {
    let names = Rows::of(names.iter().map(|name| [Field::from(name)]));
    let rows = tx.all(
        "select report_day.figure, report_day.day, report_day.amount, report_day.things
         from rows($2: figure text) join report_day on report_day.unit = $1 and report_day.figure = r.figure
         where report_day.day <= $3",
        &[unit.into(), names.into(), until.0.into()],
    )?;
    let decode = |row: &Row| {
        let sum = Sum {
            amount: row.int(2)?,
            things: row.int(3)?,
        };
        Ok(((row.text(0)?, Day(row.int(1)?)), sum))
    };
    rows.iter().map(decode).collect()
}

/// How many users paid for the first time, by day.
pub(super) fn new_subscribers(tx: &mut Tx<'_>, unit: &str, (from, to): (Day, Day)) -> Result<Vec<(Day, i64)>> {
    let rows = tx.all(
        "select day, things from report_day where unit = $1 and figure = 'mrr_new' and day >= $2 and day <= $3",
        &[unit.into(), from.0.into(), to.0.into()],
    )?;
    rows.iter().map(|row| Ok((Day(row.int(0)?), row.int(1)?))).collect()
}

/// How many subscriptions are overdue now.
pub(super) fn past_due(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one(
        "select count(*) from subscription where past_due_since_us is not null",
        &[],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

//! When a builder is there: weekly rules and exceptions in their own time zone, and the stretches of time that these
//! open. Pure.
//!
//! A moment is open where the builder's clock on the wall, on the date it shows then, stands within a rule of that date.
//! So an hour that the clocks skip opens nothing, and one that they show twice is open twice.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::slots::{MINUTE_US, Span};
use crate::bookings::GRAIN_MINUTES;

/// Minutes of a day.
pub const DAY_MINUTES: i64 = 24 * 60;
/// The most hours of one day, and the most exceptions.
const HOURS_MAX: usize = 24;
const EXCEPTIONS_MAX: usize = 400;

/// Hours of a day, in minutes since midnight as the clock on the wall shows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
pub struct Hours {
    /// From.
    pub from_minute: i64,
    /// Until before; 1440 for the end of the day.
    pub to_minute: i64,
}

/// A date on which other hours hold, or none.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Exception {
    /// The date in the builder's time zone.
    pub date: Date,
    /// The hours; none for a day off.
    pub hours: Vec<Hours>,
}

/// When a builder is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Week {
    /// The builder's time zone.
    pub time_zone: TimeZone,
    /// The hours of each weekday, Monday first.
    pub days: [Vec<Hours>; 7],
    /// The dates on which others hold, in their order.
    pub exceptions: Vec<Exception>,
}

/// A stretch of time that one rule opens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Piece {
    /// What it spans.
    pub span: Span,
    /// Where the rule begins, on the same reading of the clock: before the span where a change of the clocks cut it.
    pub anchor_us: i64,
}

/// Checks the hours of one day; the message says what is wrong and how to mend it.
pub fn check_hours(hours: &[Hours]) -> Result<(), String> {
    let is_good = |one: &Hours| {
        let Hours { from_minute, to_minute } = *one;
        (0..to_minute).contains(&from_minute)
            && to_minute <= DAY_MINUTES
            && from_minute % GRAIN_MINUTES == 0
            && to_minute % GRAIN_MINUTES == 0
    };
    let is_ordered = hours.windows(2).all(|two| two[0].to_minute <= two[1].from_minute);
    if hours.len() <= HOURS_MAX && hours.iter().all(is_good) && is_ordered {
        Ok(())
    } else {
        Err(format!(
            "The hours of a day stand in their order and do not overlap, up to {HOURS_MAX} of them, in multiples of \
             {GRAIN_MINUTES} minutes: {{\"from\": \"09:00\", \"to\": \"12:30\"}}; 24:00 is the end of the day."
        ))
    }
}

/// Checks the exceptions: each date once, in their order.
pub fn check_exceptions(exceptions: &[Exception]) -> Result<(), String> {
    if exceptions.len() > EXCEPTIONS_MAX || !exceptions.windows(2).all(|two| two[0].date < two[1].date) {
        return Err(format!(
            "The exceptions stand in the order of their dates, each date once, and are up to {EXCEPTIONS_MAX}."
        ));
    }
    exceptions.iter().try_for_each(|one| check_hours(&one.hours))
}

impl Week {
    /// The hours that hold on a date.
    pub fn hours_on(&self, date: Date) -> &[Hours] {
        match self.exceptions.binary_search_by_key(&date, |one| one.date) {
            Ok(at) => self.exceptions.get(at).map_or(&[], |one| &one.hours),
            Err(_) => &self.days[weekday(date)],
        }
    }

    /// The pieces that are open somewhere within a span, in their order; they may reach beyond it.
    pub fn pieces(&self, within: Span) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut from_us = within.from_us;
        while from_us < within.to_us {
            let Ok(at) = Timestamp::from_microsecond(from_us) else {
                break;
            };
            let offset_us = i64::from(self.time_zone.to_offset(at).seconds()) * 1_000_000;
            let change = self.time_zone.following(at).next().map(|next| next.timestamp());
            let to_us = change
                .map_or(within.to_us, jiff::Timestamp::as_microsecond)
                .min(within.to_us);
            self.pieces_of_offset(Span { from_us, to_us }, offset_us, &mut pieces);
            from_us = to_us;
        }
        pieces.sort_unstable();
        pieces
    }

    /// The pieces of a span in which the clocks are not changed.
    fn pieces_of_offset(&self, within: Span, offset_us: i64, pieces: &mut Vec<Piece>) {
        let (Some(mut date), Some(last)) = (
            date_at(within.from_us.saturating_add(offset_us)),
            date_at(within.to_us.saturating_add(offset_us)),
        ) else {
            return;
        };
        while date <= last {
            let midnight_us = midnight_us(date) - offset_us;
            for hours in self.hours_on(date) {
                let anchor_us = midnight_us + hours.from_minute * MINUTE_US;
                let span = Span {
                    from_us: anchor_us.max(within.from_us),
                    to_us: (midnight_us + hours.to_minute * MINUTE_US).min(within.to_us),
                };
                if span.from_us < span.to_us {
                    pieces.push(Piece { span, anchor_us });
                }
            }
            match date.tomorrow() {
                Ok(next) => date = next,
                Err(_) => return,
            }
        }
    }
}

/// The number of a date's weekday, 0 for Monday.
fn weekday(date: Date) -> usize {
    match date.weekday() {
        Weekday::Monday => 0,
        Weekday::Tuesday => 1,
        Weekday::Wednesday => 2,
        Weekday::Thursday => 3,
        Weekday::Friday => 4,
        Weekday::Saturday => 5,
        Weekday::Sunday => 6,
    }
}

/// The date that a clock in UTC shows.
fn date_at(utc_us: i64) -> Option<Date> {
    let at = Timestamp::from_microsecond(utc_us).ok()?;
    Some(TimeZone::UTC.to_datetime(at).date())
}

/// The beginning of a date in UTC, microseconds.
fn midnight_us(date: Date) -> i64 {
    let midnight = date.to_zoned(TimeZone::UTC);
    midnight.map_or(i64::MAX / 4, |at| at.timestamp().as_microsecond())
}

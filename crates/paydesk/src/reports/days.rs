//! Days of the calendar, UTC.

use std::fmt;

use jiff::civil::{Date, date};
use jiff::{Span, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::DAY_US;

/// The day that is number 0.
const FIRST: Date = date(1970, 1, 1);

/// A day of the calendar, UTC: days since 1970-01-01. On the wire `2026-01-31`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub i64);

impl Day {
    /// The day of a moment, microseconds.
    pub fn of_us(at_us: i64) -> Self {
        Self(at_us.div_euclid(DAY_US))
    }

    /// The day of a moment, unix seconds.
    pub fn of_s(at_s: i64) -> Self {
        Self(at_s.div_euclid(86_400))
    }

    /// When it begins, microseconds.
    pub fn begin_us(self) -> i64 {
        self.0.saturating_mul(DAY_US)
    }

    /// So many days later.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The Monday of its week.
    #[must_use]
    pub fn week(self) -> Self {
        // Day 0 was a Thursday.
        Self(self.0.saturating_sub((self.0.saturating_add(3)).rem_euclid(7)))
    }

    /// The first day of its month.
    #[must_use]
    pub fn month(self) -> Self {
        Self::of_date(self.date().first_of_month())
    }

    /// The first day of the month that is so many months later.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Self {
        let first = self.date().first_of_month();
        let moved = Span::new()
            .try_months(months)
            .ok()
            .and_then(|span| first.checked_add(span).ok());
        Self::of_date(moved.unwrap_or(first))
    }

    fn date(self) -> Date {
        let span = Span::new().try_days(self.0).ok();
        // A day outside of the calendar comes of a broken row only.
        span.and_then(|span| FIRST.checked_add(span).ok()).unwrap_or(FIRST)
    }

    fn of_date(date: Date) -> Self {
        let since = date.since((Unit::Day, FIRST));
        Self(since.map_or(0, |span| i64::from(span.get_days())))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let date: Date = Some(&text)
            .filter(|text| text.len() == 10)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| serde::de::Error::custom("expected a day as in 2026-01-31"))?;
        Ok(Self::of_date(date))
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("A day, UTC."))
            .examples(["2026-01-31"])
            .into()
    }
}

impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_weeks_and_months_are_those_of_the_calendar() {
        for (day, shown, week, month, next_month) in [
            (0, "1970-01-01", "1969-12-29", "1970-01-01", "1970-02-01"),
            (20_484, "2026-01-31", "2026-01-26", "2026-01-01", "2026-02-01"),
            (20_485, "2026-02-01", "2026-01-26", "2026-02-01", "2026-03-01"),
            (20_486, "2026-02-02", "2026-02-02", "2026-02-01", "2026-03-01"),
            (19_782, "2024-02-29", "2024-02-26", "2024-02-01", "2024-03-01"),
        ] {
            let day = Day(day);
            assert_eq!(day.to_string(), shown);
            assert_eq!(day.week().to_string(), week, "{shown}");
            assert_eq!(day.month().to_string(), month, "{shown}");
            assert_eq!(day.plus_months(1).to_string(), next_month, "{shown}");
            let read: Day = serde_json::from_str(&format!("{shown:?}")).unwrap();
            assert_eq!(read, day);
        }
        assert_eq!(Day::of_us(-1), Day(-1));
        for wrong in [
            "\"2026-02-30\"",
            "\"2026-1-1\"",
            "\"yesterday\"",
            "\"2026-01-31T00:00\"",
        ] {
            assert!(serde_json::from_str::<Day>(wrong).is_err(), "{wrong}");
        }
    }
}

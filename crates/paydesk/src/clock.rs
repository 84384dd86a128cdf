//! Time, as a value that is passed down.
//!
//! Every part that needs the time asks the [`Clock`] it was given, so that a test or the simulator can stop it and turn
//! it. Storage keeps `i64` microseconds since 1970 in UTC; the wire carries RFC 3339, made by [`Moment`]. No other
//! module reads the system's clock.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::sync::watch;

/// Microseconds in one second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds of a minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds of a day.
pub const DAY_US: i64 = 86_400 * SECOND_US;

/// Where the time comes from; cheap to clone, and all clones tell the same time.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System { started: Instant },
    Manual(Arc<watch::Sender<i64>>),
}

impl Clock {
    /// The system's clock, for production.
    pub fn system() -> Self {
        Self(Source::System {
            started: Instant::now(),
        })
    }

    /// A clock that stands still at `start_us` (microseconds since 1970) until it is turned.
    pub fn manual(start_us: i64) -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(start_us))))
    }

    /// The time now, in microseconds since 1970, UTC.
    pub fn now_us(&self) -> i64 {
        match &self.0 {
            Source::System { .. } => system_now_us(),
            Source::Manual(now) => *now.borrow(),
        }
    }

    /// The time now, in whole seconds since 1970, UTC: the unit of Stripe's wire and of JWT claims.
    pub fn now_seconds(&self) -> i64 {
        self.now_us().div_euclid(SECOND_US)
    }

    /// Time elapsed since some fixed point, never going backwards: for rate limits and cache ages.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Source::System { started } => started.elapsed(),
            Source::Manual(now) => Duration::from_micros(u64::try_from(*now.borrow()).unwrap_or(0)),
        }
    }

    /// Turns a manual clock forward. A system clock cannot be turned, and stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(now) = &self.0 {
            let by_us = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            now.send_modify(|now| *now = now.saturating_add(by_us));
        }
    }

    /// Waits until the clock shows `at_us` or later. On a manual clock this returns when the clock has been turned that
    /// far, so a worker that waits on the clock needs no sleep in its tests.
    pub async fn sleep_until_us(&self, at_us: i64) {
        match &self.0 {
            Source::System { .. } => {
                let wait_us = u64::try_from(at_us.saturating_sub(system_now_us())).unwrap_or(0);
                tokio::time::sleep(Duration::from_micros(wait_us)).await;
            }
            Source::Manual(now) => {
                // The sender lives in this clock, so the channel cannot close while we wait.
                let mut turned = now.subscribe();
                let _reached = turned.wait_for(|now| *now >= at_us).await;
            }
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", Moment(self.now_us()))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the system's clock is read"
)]
fn system_now_us() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// A point in time as the wire shows it: RFC 3339 in UTC with a `Z`; inside, microseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            // Out of the calendar's range (years beyond 9999): only a broken row could hold it.
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let timestamp: jiff::Timestamp = text
            .parse()
            .map_err(|_| serde::de::Error::custom("expected a time as in 2026-01-31T12:00:00Z"))?;
        Ok(Self(timestamp.as_microsecond()))
    }
}

impl utoipa::PartialSchema for Moment {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A point in time, RFC 3339 in UTC."))
            .examples(["2026-01-31T12:00:00Z"])
            .into()
    }
}

impl utoipa::ToSchema for Moment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_turned() {
        let clock = Clock::manual(5 * SECOND_US);
        let other = clock.clone();
        assert_eq!(clock.now_seconds(), 5);
        other.advance(Duration::from_millis(1_500));
        assert_eq!(clock.now_us(), 6_500_000);
        assert_eq!(clock.monotonic(), Duration::from_millis(6_500));
    }

    #[test]
    fn a_moment_goes_over_the_wire_and_back() {
        let moment = Moment(1_769_860_800_000_000);
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(json, r#""2026-01-31T12:00:00Z""#);
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), moment);
        assert!(serde_json::from_str::<Moment>(r#""yesterday""#).is_err());
    }

    #[tokio::test]
    async fn waiting_on_a_manual_clock_ends_when_it_is_turned() {
        let clock = Clock::manual(0);
        let waiter = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until_us(10 * SECOND_US).await }
        });
        clock.advance(Duration::from_secs(10));
        waiter.await.unwrap();
    }
}

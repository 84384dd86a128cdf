//! When a delivery is tried again, when an endpoint gets a rest, and when it is given up. Pure.

const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;

/// The pause before each attempt, in seconds, as Standard Webhooks recommends; the first is made at once.
const SCHEDULE_S: [i64; 10] = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// After so many failures in a row an endpoint rests; afterwards one delivery tries whether it is back.
pub(super) const FAILURES_TO_REST: i64 = 5;
/// The first rest, and the longest.
const REST_FIRST_US: i64 = 30 * SECOND_US;
const REST_LONGEST_US: i64 = 900 * SECOND_US;
/// An endpoint that has only failed for so long is disabled, but not for a few failures with nothing in between.
const DISABLED_AFTER_DAYS: i64 = 5;
const FAILURES_TO_DISABLE: i64 = 10;
/// After how many days of it somebody is warned.
const WARNED_AFTER_DAYS: [i64; 3] = [1, 3, 4];

/// How it goes with an endpoint.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Health {
    /// Failed attempts since the last one that came through.
    pub failures: i64,
    /// When the first of them was.
    pub failing_since_us: Option<i64>,
    /// How many days of failing were warned of.
    pub warned_days: i64,
    /// Nothing is sent before.
    pub resting_until_us: i64,
}

/// What follows from a failure for its endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// Nothing yet.
    Keep,
    /// It has only failed for so many days; somebody should look.
    Warn {
        /// How many.
        days: i64,
    },
    /// It has only failed for too long.
    Disable,
}

/// The pause after so many failed attempts, or `None` where the delivery is given up. `jitter` is a random number; it
/// adds up to a fifth, so that what failed together does not come back together.
pub(super) fn pause_us(attempts: i64, jitter: u32) -> Option<i64> {
    let full = SCHEDULE_S.get(usize::try_from(attempts).ok()?)? * SECOND_US;
    let share = i128::from(full / 5) * i128::from(jitter) / i128::from(u32::MAX);
    Some(full + i64::try_from(share).ok()?)
}

/// How many deliveries may be under way to an endpoint that may have `most` at once: one, while it is not known
/// whether it is back.
pub(super) fn width(failures: i64, most: usize) -> usize {
    if failures < FAILURES_TO_REST { most } else { 1 }
}

/// How it goes with an endpoint after one more failure, and what follows.
pub(super) fn failed(before: &Health, now_us: i64) -> (Health, Verdict) {
    let failures = before.failures.saturating_add(1);
    let failing_since_us = before.failing_since_us.unwrap_or(now_us);
    let days = (now_us - failing_since_us) / DAY_US;
    let mut after = Health {
        failures,
        failing_since_us: Some(failing_since_us),
        ..before.clone()
    };
    if failures >= FAILURES_TO_REST {
        let doublings = u32::try_from(failures - FAILURES_TO_REST).unwrap_or(0).min(16);
        let rest = REST_FIRST_US.saturating_mul(1 << doublings).min(REST_LONGEST_US);
        after.resting_until_us = now_us.saturating_add(rest);
    }
    if days >= DISABLED_AFTER_DAYS && failures >= FAILURES_TO_DISABLE {
        return (after, Verdict::Disable);
    }
    match WARNED_AFTER_DAYS.iter().rev().find(|warned| **warned <= days) {
        Some(warned) if *warned > before.warned_days => {
            after.warned_days = *warned;
            (after, Verdict::Warn { days })
        }
        _ => (after, Verdict::Keep),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_ten_times_over_three_days() {
        let pauses: Vec<i64> = (0..20).map_while(|attempts| pause_us(attempts, 0)).collect();
        let seconds: Vec<i64> = pauses.iter().map(|pause| pause / SECOND_US).collect();
        assert_eq!(seconds, SCHEDULE_S);
        for (attempts, least) in (0..).zip(&pauses) {
            let most = pause_us(attempts, u32::MAX).unwrap();
            assert_eq!(most, least + least / 5);
        }
        assert_eq!(pause_us(-1, 0), None);
    }

    #[test]
    fn an_endpoint_rests_longer_the_longer_it_fails() {
        let mut health = Health::default();
        let mut rests = Vec::new();
        for _ in 0..12 {
            (health, _) = failed(&health, 0);
            rests.push(health.resting_until_us / SECOND_US);
        }
        assert_eq!(rests, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!((width(4, 4), width(5, 4)), (4, 1));
    }

    #[test]
    fn five_days_of_failures_disable_after_warnings() {
        let mut health = Health::default();
        let mut said = Vec::new();
        for hour in 0..=120 {
            let (after, verdict) = failed(&health, hour * 3_600 * SECOND_US);
            health = after;
            if verdict != Verdict::Keep {
                said.push((hour, verdict));
            }
        }
        let warn = |days| Verdict::Warn { days };
        assert_eq!(
            said,
            [(24, warn(1)), (72, warn(3)), (96, warn(4)), (120, Verdict::Disable)]
        );
        // Two failures with a week of nothing in between are no week of failures.
        let (first, _) = failed(&Health::default(), 0);
        assert_eq!(failed(&first, 7 * DAY_US).1, warn(7));
    }
}

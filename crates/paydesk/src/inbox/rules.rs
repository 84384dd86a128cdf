//! Which events are handled, when a failed one is tried again, and when it is given up. Pure.

use stripe::event::{Form, Origin};

use crate::purchases::reversals::rules as reversals;
use crate::{payouts, subscriptions};

/// The event types that something follows from. All others are kept and ignored.
const HANDLED: [&str; 11] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "setup_intent.succeeded",
    "charge.succeeded",
    "charge.updated",
];

/// The first pause after a failure, in microseconds.
const RETRY_FIRST_US: i64 = 1_000_000;
/// The longest pause, in microseconds: one hour.
const RETRY_LONGEST_US: i64 = 3_600_000_000;
/// After so many failed attempts an event is dead. With the pauses above this is most of a day.
pub const ATTEMPTS_MAX: i64 = 30;

/// Whether an event is in the mode of the key in use, tells what happened, and is about our own account, or about what we
/// want to know of a connected one: a test event never touches live data, nor the other way round, and a connected account
/// writes metadata of its own.
pub fn is_ours(origin: Origin<'_>, livemode: bool) -> bool {
    origin.form == Form::Snapshot
        && origin.livemode == livemode
        && (origin.account.is_none() || payouts::is_handled(origin.kind))
}

/// Whether something follows from events of this type.
pub fn is_handled(kind: &str) -> bool {
    HANDLED.contains(&kind)
        || reversals::REFUNDS.contains(&kind)
        || reversals::DISPUTES.contains(&kind)
        || reversals::WARNINGS.contains(&kind)
        || subscriptions::is_handled(kind)
        || payouts::is_handled(kind)
}

/// The pause after the failed attempt of this number (from 1), or `None` where the event is to be given up. `jitter` is
/// a random number; the pause lies between half and all of what the attempt's number gives, so that events which
/// failed together do not come back together.
pub fn pause_us(attempt: i64, jitter: u32) -> Option<i64> {
    if attempt >= ATTEMPTS_MAX {
        return None;
    }
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(12);
    let full = RETRY_FIRST_US.saturating_mul(1 << doublings).min(RETRY_LONGEST_US);
    let half = full / 2;
    Some(half + half * i64::from(jitter) / i64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_end() {
        let mut longest = 0;
        for attempt in 1..ATTEMPTS_MAX {
            let (least, most) = (pause_us(attempt, 0).unwrap(), pause_us(attempt, u32::MAX).unwrap());
            assert!(least >= RETRY_FIRST_US / 2 && most <= RETRY_LONGEST_US && least <= most);
            assert!(most >= longest);
            longest = most;
        }
        assert_eq!(longest, RETRY_LONGEST_US);
        assert_eq!(pause_us(ATTEMPTS_MAX, 0), None);
    }
}

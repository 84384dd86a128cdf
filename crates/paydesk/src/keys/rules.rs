//! What a key is good for at a moment, and what becomes of keys when what they came with ends. Pure.

use crate::catalogue::OnDowngrade;

/// The longest name of a key, in characters.
pub const NAME_CHARACTERS_MAX: usize = 100;
/// How long a replaced secret stays valid where the request does not say, in seconds.
pub const OVERLAP_SECONDS: i64 = 86_400;
/// The longest that it may, in seconds.
pub const OVERLAP_SECONDS_MAX: i64 = 30 * 86_400;

/// Why a key is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyRefusal)]
pub enum Refusal {
    /// There is no such key, or its secret is another one.
    Unknown,
    /// It was revoked for good.
    Revoked,
    /// What it came with is over, and may come back.
    Suspended,
    /// The secret was replaced, and its time is over.
    Expired,
}

/// What is known of a key whose secret is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Whether the key was revoked.
    pub revoked: bool,
    /// Whether its user's keys are suspended.
    pub suspended: bool,
    /// When the secret ends, where it was replaced, microseconds.
    pub ends_at_us: Option<i64>,
}

/// Whether a key is accepted. What ended for good comes first.
pub fn judge(facts: Facts, now_us: i64) -> Result<(), Refusal> {
    if facts.revoked {
        Err(Refusal::Revoked)
    } else if facts.ends_at_us.is_some_and(|end| end <= now_us) {
        Err(Refusal::Expired)
    } else if facts.suspended {
        Err(Refusal::Suspended)
    } else {
        Ok(())
    }
}

/// What a change of a user's subscriptions means for their keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// Whether any subscription with a plan that has a say in keys gives access now.
    pub covered: bool,
    /// Whether one gave it that does not any more.
    pub lost: bool,
    /// Whether it cannot come back.
    pub over: bool,
    /// What its plan says.
    pub policy: Option<OnDowngrade>,
}

/// What becomes of a user's keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Consequence {
    /// What was suspended is accepted again.
    Restore,
    /// None is accepted.
    Suspend,
    /// All are revoked for good.
    Revoke,
    /// Those that are suspended already are revoked for good.
    RevokeSuspended,
    /// They stay as they are.
    Nothing,
}

/// What follows from a change. Keys that are to be revoked are only suspended while a payment that is late may still come:
/// what is revoked is gone for good.
pub fn follow(change: Change) -> Consequence {
    match change {
        Change { covered: true, .. } => Consequence::Restore,
        Change {
            policy: None | Some(OnDowngrade::Keep),
            ..
        } => Consequence::Nothing,
        Change {
            policy: Some(OnDowngrade::Revoke),
            over: true,
            lost,
            ..
        } => {
            if lost {
                Consequence::Revoke
            } else {
                Consequence::RevokeSuspended
            }
        }
        Change { lost: true, .. } => Consequence::Suspend,
        Change { lost: false, .. } => Consequence::Nothing,
    }
}

/// Whether a key may be called so.
pub fn check_name(name: &str) -> Result<(), String> {
    let length = name.chars().count();
    if (1..=NAME_CHARACTERS_MAX).contains(&length) && !name.chars().any(char::is_control) && name.trim() == name {
        Ok(())
    } else {
        Err(format!(
            "The name must have 1 to {NAME_CHARACTERS_MAX} characters, no control characters and no spaces at the ends."
        ))
    }
}

/// How long a replaced secret stays valid, in seconds.
pub fn check_overlap(seconds: Option<i64>) -> Result<i64, String> {
    match seconds.unwrap_or(OVERLAP_SECONDS) {
        seconds @ 0..=OVERLAP_SECONDS_MAX => Ok(seconds),
        _ => Err(format!(
            "The overlap must be a whole number of seconds from 0 to {OVERLAP_SECONDS_MAX}."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_for_good_is_told_before_what_may_come_back() {
        let facts = |revoked, suspended, ends_at_us| Facts {
            revoked,
            suspended,
            ends_at_us,
        };
        for (facts, outcome) in [
            (facts(false, false, None), Ok(())),
            (facts(false, false, Some(11)), Ok(())),
            (facts(false, false, Some(10)), Err(Refusal::Expired)),
            (facts(false, true, None), Err(Refusal::Suspended)),
            (facts(false, true, Some(10)), Err(Refusal::Expired)),
            (facts(true, true, Some(10)), Err(Refusal::Revoked)),
        ] {
            assert_eq!(judge(facts, 10), outcome, "{facts:?}");
        }
    }

    #[test]
    fn keys_follow_their_plan() {
        use Consequence::{Nothing, Restore, Revoke, RevokeSuspended, Suspend};
        for (covered, lost, over, policy, outcome) in [
            (true, true, true, Some(OnDowngrade::Revoke), Restore),
            (true, false, false, None, Restore),
            (false, true, true, None, Nothing),
            (false, true, true, Some(OnDowngrade::Keep), Nothing),
            (false, true, false, Some(OnDowngrade::Suspend), Suspend),
            (false, true, true, Some(OnDowngrade::Suspend), Suspend),
            (false, true, false, Some(OnDowngrade::Revoke), Suspend),
            (false, true, true, Some(OnDowngrade::Revoke), Revoke),
            (false, false, true, Some(OnDowngrade::Revoke), RevokeSuspended),
            // A first payment that failed took nothing away.
            (false, false, true, Some(OnDowngrade::Suspend), Nothing),
            (false, false, false, Some(OnDowngrade::Revoke), Nothing),
        ] {
            let change = Change {
                covered,
                lost,
                over,
                policy,
            };
            assert_eq!(follow(change), outcome, "{change:?}");
        }
    }
}

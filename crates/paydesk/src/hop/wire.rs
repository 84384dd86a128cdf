//! A group of events on its way to the core, and what the core says became of each.
//!
//! A group is one event after another: when it was verified (microseconds), how many bytes it has, a line end, those bytes
//! exactly as Stripe sent them, a line end. The lengths must fit to the last byte.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// An event of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forwarded<'a> {
    /// When the edge verified it, microseconds.
    pub verified_at_us: i64,
    /// The bytes that Stripe signed.
    pub body: &'a [u8],
}

/// The most bytes that an event takes beside its own.
pub const FRAME_BYTES: usize = 48;

/// Adds an event to a group.
pub fn write(group: &mut Vec<u8>, event: Forwarded<'_>) {
    let head = format!("{} {}\n", event.verified_at_us, event.body.len());
    group.extend_from_slice(head.as_bytes());
    group.extend_from_slice(event.body);
    group.push(b'\n');
}

/// The events of a group; nothing where it cannot be read as one to its last byte, or has none, or more than `max`.
pub fn read(mut group: &[u8], max: usize) -> Option<Vec<Forwarded<'_>>> {
    let mut events = Vec::new();
    while !group.is_empty() {
        if events.len() == max {
            return None;
        }
        let end = group.iter().take(FRAME_BYTES).position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&group[..end]).ok()?;
        let (verified_at, length) = head.split_once(' ')?;
        let (verified_at_us, length) = (number(verified_at)?, usize::try_from(number(length)?).ok()?);
        let rest = &group[end + 1..];
        let body = rest.get(..length)?;
        if rest.get(length) != Some(&b'\n') {
            return None;
        }
        events.push(Forwarded { verified_at_us, body });
        group = &rest[length + 1..];
    }
    (!events.is_empty()).then_some(events)
}

/// Digits only, within what 64 bits hold.
fn number(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// What became of the events of a group, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AnswerOut {
    /// One entry for each event.
    pub events: Vec<FateOut>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FateOut {
    /// Stripe's id of the event; empty where the bytes are no event.
    #[schema(example = "evt_1QxYzA2eZvKYlo2C")]
    pub id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Where it was refused: why, as the `code` of a problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Where it was refused: the same in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What can become of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HopOutcome)]
pub enum Outcome {
    /// It is in the store now.
    Kept,
    /// It was in the store already.
    Duplicate,
    /// It will never be taken as it is.
    Refused,
    /// It could not be stored this time, and is to be sent again.
    Failed,
}

words!(Outcome {
    Kept = "kept",
    Duplicate = "duplicate",
    Refused = "refused",
    Failed = "failed",
});

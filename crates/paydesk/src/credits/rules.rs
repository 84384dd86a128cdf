//! What may be asked of a wallet. Pure.

use ledger::{NEVER_US, Terms};

/// The most credits one request may move.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// The longest reason, in characters.
pub const REASON_CHARACTERS_MAX: usize = 500;

/// Whether an amount may be asked for; the message names the limits.
pub fn check_amount(amount: i64) -> Result<i64, String> {
    if (1..=AMOUNT_MAX).contains(&amount) {
        Ok(amount)
    } else {
        Err(format!("The amount must be a whole number from 1 to {AMOUNT_MAX}."))
    }
}

/// The highest priority that a lot may have, and the lowest as its negative.
pub const PRIORITY_MAX: i64 = 100;

/// When given credits end and how soon they are used. Whether the end is still to come is asked where they are given.
pub fn check_terms(expires_at: Option<jiff::Timestamp>, priority: Option<i64>) -> Result<Terms, String> {
    let priority = priority.unwrap_or_default();
    if !(-PRIORITY_MAX..=PRIORITY_MAX).contains(&priority) {
        let detail = format!("The priority must be a whole number from -{PRIORITY_MAX} to {PRIORITY_MAX}.");
        return Err(detail);
    }
    let expires_at_us = expires_at.map_or(NEVER_US, jiff::Timestamp::as_microsecond);
    Ok(Terms {
        priority,
        expires_at_us,
    })
}

/// Whether a reason may be kept.
pub fn check_reason(reason: &str) -> Result<(), String> {
    let is_short = reason.chars().count() <= REASON_CHARACTERS_MAX;
    let is_plain = !reason.chars().any(|one| one.is_control() && one != '\n');
    if is_short && is_plain && !reason.trim().is_empty() {
        Ok(())
    } else {
        Err(format!(
            "The reason must have 1 to {REASON_CHARACTERS_MAX} characters, not blanks alone, and no control characters."
        ))
    }
}

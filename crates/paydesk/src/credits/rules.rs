//! What may be asked of a wallet. Pure.

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

/// Whether a reason may be kept.
pub fn check_reason(reason: &str) -> Result<(), String> {
    let length = reason.chars().count();
    if (1..=REASON_CHARACTERS_MAX).contains(&length) && !reason.chars().any(|one| one.is_control() && one != '\n') {
        Ok(())
    } else {
        Err(format!(
            "The reason must have 1 to {REASON_CHARACTERS_MAX} characters and no control characters."
        ))
    }
}

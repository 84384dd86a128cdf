//! What may be asked of a wallet, and how a refusal is told. Pure.

use ledger::Refusal;

use crate::http::{Problem, problem::Kind};

/// The most credits one request may move.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// The longest reason, in characters.
pub const REASON_CHARACTERS_MAX: usize = 500;

/// The wallet does not hold enough.
pub const INSUFFICIENT_CREDITS: Kind = Kind {
    code: "insufficient_credits",
    status: 402,
    title: "The wallet does not hold enough credits",
    explanation: "`balance` says what the wallet holds and `wanted` what was asked for. Nothing was taken. Buy credits, \
                  then ask again with a new Idempotency-Key: this key keeps giving this answer.",
};

/// The wallet's total would not fit.
pub const WALLET_FULL: Kind = Kind {
    code: "wallet_full",
    status: 409,
    title: "The wallet cannot take so many credits",
    explanation: "The totals of an account are kept in 64 bits, and this change would exceed them. Nothing was moved.",
};

/// All kinds of this module.
pub const KINDS: &[Kind] = &[INSUFFICIENT_CREDITS, WALLET_FULL];

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

/// How a refusal of the books is told to the caller.
pub fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::InsufficientBalance { available, wanted } => Problem::of(&INSUFFICIENT_CREDITS)
            .with("balance", available)
            .with("wanted", wanted),
        Refusal::Overflow => Problem::of(&WALLET_FULL),
        // The amount was checked, the accounts are two of one unit, and the id is derived from caller and key.
        Refusal::ExistsDifferently | Refusal::AmountNotPositive | Refusal::SameAccount | Refusal::UnitMismatch => {
            Problem::fault(refusal)
        }
    }
}

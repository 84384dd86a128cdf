//! How a refusal of the books is told to the caller.

use ledger::Refusal;

use super::holds::rules::Refused;
use crate::http::{Kind, Problem, kinds};

/// The wallet does not hold enough.
pub(super) const INSUFFICIENT_CREDITS: Kind = Kind {
    code: "insufficient_credits",
    status: 402,
    title: "The wallet does not hold enough credits",
    explanation: "`balance` says what the wallet holds and `wanted` what was asked for. Nothing was taken. Buy credits, \
                  then ask again with a new Idempotency-Key: this key keeps giving this answer.",
};

/// The wallet's total would not fit.
pub(super) const WALLET_FULL: Kind = Kind {
    code: "wallet_full",
    status: 409,
    title: "The wallet cannot take so many credits",
    explanation: "The totals of an account are kept in 64 bits, and this change would exceed them. Nothing was moved.",
};

/// The wallet may not be used for now.
pub(super) const WALLET_FROZEN: Kind = Kind {
    code: "wallet_frozen",
    status: 409,
    title: "The wallet is frozen",
    explanation: "A payment of this user is disputed, so nothing can be spent, reserved or moved in any of their wallets \
                  until the dispute is closed. Nothing was taken. Ask again later with a new Idempotency-Key.",
};

/// The hold can be captured or released no more.
pub(super) const HOLD_ENDED: Kind = Kind {
    code: "hold_ended",
    status: 409,
    title: "The hold has ended",
    explanation: "A hold ends once, and `ended` says how this one did: `captured`, `released` or `expired`. Nothing was \
                  moved. Where the credits are still needed, spend them or make another hold.",
};

/// All kinds of this module.
pub const KINDS: &[Kind] = &[INSUFFICIENT_CREDITS, WALLET_FULL, WALLET_FROZEN, HOLD_ENDED];

/// How a refusal of the books is told to the caller.
pub(super) fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::InsufficientBalance { available, wanted } => Problem::of(&INSUFFICIENT_CREDITS)
            .with("balance", available)
            .with("wanted", wanted),
        Refusal::Overflow => Problem::of(&WALLET_FULL),
        Refusal::Frozen => Problem::of(&WALLET_FROZEN),
        // The amount was checked, the accounts are two of one unit, and the id is derived from caller and key.
        Refusal::ExistsDifferently | Refusal::AmountNotPositive | Refusal::SameAccount | Refusal::UnitMismatch => {
            Problem::fault(refusal)
        }
    }
}

/// How it is told that credits cannot be given whose time is over.
pub(super) fn ends_in_the_past() -> Problem {
    Problem::of(&kinds::INVALID)
        .field("expires_at")
        .detail("The end must be in the future.".to_owned())
}

/// How it is told that a hold cannot be ended as was asked.
pub(super) fn hold_problem(refused: Refused) -> Problem {
    match refused {
        Refused::Ended(status) => Problem::of(&HOLD_ENDED).with("ended", status.word()),
        Refused::AboveAmount { amount } => Problem::of(&kinds::INVALID)
            .field("amount")
            .detail(format!("The hold is of {amount} credits; no more can be captured.")),
    }
}

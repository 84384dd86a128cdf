//! What follows from where a wallet stands that is to be told of, or filled up, when it runs low. Pure.

use super::{Settings, State};
use crate::purchases::{Purchase, Status};

/// Microseconds of a second.
const SECOND_US: i64 = 1_000_000;
/// Attempts are counted over this long, microseconds.
pub const ATTEMPTS_OVER_US: i64 = 600 * SECOND_US;
/// So many of them may begin in that time.
pub const ATTEMPTS_MAX: usize = 2;
/// A wallet whose credits are on their way is looked at this often.
const UNDERWAY_LOOK_US: i64 = 30 * SECOND_US;
/// One that is frozen, or whose item cannot be bought as it was agreed to, is looked at this often.
const HINDERED_LOOK_US: i64 = 600 * SECOND_US;

/// Where a wallet stands.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// What it holds.
    pub balance: i64,
    /// Whether a payment is disputed.
    pub frozen: bool,
    /// Credits whose payment is on its way.
    pub pending: i64,
    /// The saved payment method.
    pub payment_method: Option<&'a str>,
    /// The last attempts, newest first.
    pub attempts: &'a [Purchase],
    /// Whether the item is sold as it was agreed to.
    pub on_offer: bool,
    /// Whether it was told of since the balance fell.
    pub noticed: bool,
}

/// What is to be done about a wallet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Whether the balance is below the one to be told of.
    pub low: bool,
    /// Whether it is to be told now.
    pub notify: bool,
    /// Whether a purchase is to be begun now.
    pub begin: bool,
    /// When it is to be looked at again at the latest, microseconds; never for none.
    pub next_look_at_us: Option<i64>,
}

/// Decides on a wallet.
pub fn decide(settings: &Settings, standing: &Standing<'_>, now_us: i64) -> Decision {
    let low = settings.notice_below.is_some_and(|below| standing.balance < below);
    let expected = standing.balance.saturating_add(standing.pending);
    let wanted = settings.plan.as_ref().is_some_and(|plan| expected < plan.below);
    let state = state(settings, standing, now_us);
    let next_look = match state {
        State::Underway => Some(now_us + UNDERWAY_LOOK_US),
        // What is on its way may not come.
        State::Ready if standing.pending > 0 => Some(now_us + UNDERWAY_LOOK_US),
        State::Waiting => standing.attempts.get(ATTEMPTS_MAX - 1).map(next_attempt_at_us),
        State::Frozen | State::OfferChanged => Some(now_us + HINDERED_LOOK_US),
        State::Ready | State::Off | State::NeedsPaymentMethod | State::Stopped => None,
    };
    let begin = wanted && state == State::Ready;
    Decision {
        low,
        notify: low && !standing.noticed,
        begin,
        next_look_at_us: if begin {
            Some(now_us + UNDERWAY_LOOK_US)
        } else {
            next_look
        },
    }
}

/// Whether a purchase could be begun, and what is in its way.
pub fn state(settings: &Settings, standing: &Standing<'_>, now_us: i64) -> State {
    let last = standing.attempts.first();
    let is_of_this_method = |attempt: &Purchase| {
        let charged = attempt.charged.as_ref().map(|charged| charged.payment_method.as_str());
        charged == standing.payment_method
    };
    if settings.plan.is_none() {
        State::Off
    } else if last.is_some_and(|attempt| !attempt.status.is_final()) {
        // One at a time: what is not known to have failed may have taken the money.
        State::Underway
    } else if standing.payment_method.is_none() {
        State::NeedsPaymentMethod
    } else if last.is_some_and(|attempt| attempt.status == Status::Failed && is_of_this_method(attempt)) {
        State::Stopped
    } else if standing.frozen {
        State::Frozen
    } else if !standing.on_offer {
        State::OfferChanged
    } else if standing
        .attempts
        .get(ATTEMPTS_MAX - 1)
        .is_some_and(|attempt| next_attempt_at_us(attempt) > now_us)
    {
        State::Waiting
    } else {
        State::Ready
    }
}

/// When an attempt that counts no more lets another one begin.
fn next_attempt_at_us(counted: &Purchase) -> i64 {
    counted.created_at_us.saturating_add(ATTEMPTS_OVER_US)
}

/// The balances between which nothing changes, the lower one included: leaving them is what the wallet is watched for.
pub fn calm(settings: &Settings, balance: i64) -> (i64, i64) {
    let plan = settings.plan.as_ref().map(|plan| plan.below);
    let thresholds = [settings.notice_below, plan].into_iter().flatten();
    let from = thresholds.clone().filter(|threshold| *threshold <= balance).max();
    let below = thresholds.filter(|threshold| *threshold > balance).min();
    (from.unwrap_or(i64::MIN), below.unwrap_or(i64::MAX))
}

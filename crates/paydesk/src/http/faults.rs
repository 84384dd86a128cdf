//! How the errors of the crates below become problems.
//!
//! Passing inabilities of the store are 503 with Retry-After, so that a caller with an idempotency key simply repeats;
//! a text that no database can hold is the caller's mistake; everything else is 500. What Stripe refuses is the caller's
//! business only where a capability says so; here it is a fault of the way to Stripe.

use super::kinds;
use super::problem::Problem;

impl From<store::Error> for Problem {
    #[track_caller]
    fn from(error: store::Error) -> Self {
        match error {
            // Only what a caller sent can be of this kind.
            store::Error::Unstorable(reason) => Self::of(&kinds::INVALID).detail(reason),
            error if error.is_retryable() => Self::unavailable(error, 1),
            error => Self::fault(error),
        }
    }
}

impl From<stripe::Error> for Problem {
    #[track_caller]
    fn from(error: stripe::Error) -> Self {
        let wait = error
            .retry_after()
            .and_then(|wait| u32::try_from(wait.as_secs().max(1)).ok());
        let problem = Self::of(&kinds::STRIPE_UNAVAILABLE);
        let problem = match (error.may_retry(), wait) {
            (true, wait) => problem.retry_after(wait.unwrap_or(2)),
            (false, _) => problem,
        };
        problem.caused_by(error)
    }
}

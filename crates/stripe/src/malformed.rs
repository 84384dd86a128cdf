//! What is said when Stripe's bytes cannot be read as what they should be.

use std::fmt;

/// A body that is not what it should be. Says what was being read and why it failed, naming the field where one is at
/// fault; never carries the body itself, which may hold personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    what: &'static str,
    why: String,
}

impl Malformed {
    /// A part of the wire that cannot be used: what it was, as Stripe names it, and why.
    pub fn new(what: &'static str, why: impl fmt::Display) -> Self {
        Self {
            what,
            why: why.to_string(),
        }
    }

    /// What was being read, as Stripe names it: `event`, `checkout.session`, `charge`…
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// Why it could not be read, for an operator.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "malformed {}: {}", self.what, self.why)
    }
}

impl std::error::Error for Malformed {}

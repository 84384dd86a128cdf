//! What becomes of a subscription's invoice that could not be paid: when it is tried again, and what follows when that is over.

use serde_json::{Value, json};

/// What becomes of a subscription whose invoice is no longer tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Cancel,
    Unpaid,
    PastDue,
}

const THENS: &[(Then, &str)] = &[
    (Then::Cancel, "cancel"),
    (Then::Unpaid, "unpaid"),
    (Then::PastDue, "past_due"),
];

/// The account's retry settings.
#[derive(Debug, Clone)]
pub(crate) struct Dunning {
    /// Days from each failure to the next attempt.
    pub(crate) retry_days: Vec<i64>,
    pub(crate) then: Then,
}

impl Default for Dunning {
    fn default() -> Self {
        Self {
            retry_days: vec![3, 5, 7],
            then: Then::Cancel,
        }
    }
}

impl Dunning {
    /// The pause after the `attempts`-th failure, in seconds; none when it was the last.
    pub(crate) fn pause(&self, attempts: i64) -> Option<i64> {
        let index = usize::try_from(attempts - 1).ok()?;
        self.retry_days.get(index).map(|days| days.saturating_mul(86_400))
    }

    pub(crate) fn shown(&self) -> Value {
        let name = THENS.iter().find(|(then, _)| *then == self.then).map(|(_, name)| *name);
        json!({ "retry_days": self.retry_days, "then": name })
    }

    /// Takes over what is given; says what is wrong with it.
    pub(crate) fn set(&mut self, given: &Value) -> Result<(), String> {
        if let Some(days) = given["retry_days"].as_array() {
            let days: Option<Vec<i64>> = days.iter().map(Value::as_i64).collect();
            self.retry_days = days
                .filter(|days| days.len() <= 20 && days.iter().all(|day| (1..=60).contains(day)))
                .ok_or("`retry_days` are at most twenty numbers from 1 to 60")?;
        }
        if let Some(name) = given["then"].as_str() {
            let found = THENS.iter().find(|(_, known)| *known == name);
            self.then = found.ok_or("`then` is cancel, unpaid or past_due")?.0;
        }
        Ok(())
    }

    pub(crate) fn restore(dump: &Value) -> Self {
        let mut dunning = Self::default();
        // A file that says something impossible leaves the defaults.
        if dunning.set(dump).is_err() {
            return Self::default();
        }
        dunning
    }
}

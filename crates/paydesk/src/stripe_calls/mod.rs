//! Calls that must happen once at Stripe: under which key each is sent, and whether what it makes is to be looked up first.
//!
//! Stripe keeps the first answer to a key for a day, a fault of its own too, and gives it to whoever repeats the call. So a
//! call that was answered with a fault rests, is looked for among what Stripe has, and only then sent under another key. A
//! call without an answer keeps its key: it may still be under way there.
//!
//! What must not live here: what is asked of Stripe, and how it is found again.

mod records;

use stripe::{Error, IdempotencyKey};

use crate::app::App;
use crate::clock::SECOND_US;

/// Stripe forgets keys after 24 hours. A call first sent longer ago than this is looked up before it is sent again.
const KEY_LIFE_US: i64 = 23 * 3600 * SECOND_US;
/// How long a call rests after a fault, so that what Stripe began before it failed can be seen.
const REST_US: i64 = 60 * SECOND_US;

/// A call that is about to be sent, perhaps not for the first time.
#[derive(Debug)]
pub struct Call {
    name: String,
    /// How many keys of it were answered with a fault before this one.
    faults: i64,
    key: IdempotencyKey,
    /// Whether an earlier attempt may have done what this key would do again.
    pub looks_up: bool,
    /// Whether Stripe has forgotten the key.
    pub is_forgotten: bool,
}

/// Faults that Stripe answered a call with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Faults {
    /// How many keys.
    count: i64,
    /// When the last of these was first answered so, microseconds.
    at_us: i64,
}

impl Call {
    /// The call of this name, which is its first key, decided on at `since_us`. Names are our ids and hashes, which fit.
    pub async fn of(app: &App, name: &str, since_us: i64) -> store::Result<Self> {
        let asked = name.to_owned();
        let faults = app.store.read(move |tx| records::faults(tx, &asked)).await?;
        Ok(Self::after(faults, name, since_us, app.clock.now_us()))
    }

    fn after(faults: Faults, name: &str, since_us: i64, now_us: i64) -> Self {
        let rests = faults.count > 0 && now_us - faults.at_us < REST_US;
        let number = if rests { faults.count - 1 } else { faults.count };
        let key = if number == 0 {
            name.to_owned()
        } else {
            format!("{name}-{number}")
        };
        let is_forgotten = now_us - since_us > KEY_LIFE_US;
        Self {
            name: name.to_owned(),
            faults: number,
            key: IdempotencyKey::new(key).expect("our ids and hashes are fitting keys"),
            looks_up: number > 0 || is_forgotten,
            is_forgotten,
        }
    }

    /// The key to send it under.
    pub fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// Passes on what was answered, and remembers where that is a fault.
    ///
    /// # Errors
    /// What was answered.
    pub async fn answered<T>(&self, app: &App, answer: Result<T, Error>) -> Result<T, Error> {
        if let Err(Error::Unknown {
            status: Some(500..=599),
            ..
        }) = &answer
        {
            let (name, now_us, count) = (self.name.clone(), app.clock.now_us(), self.faults + 1);
            let noted = app
                .store
                .write(move |tx| records::note(tx, &name, Faults { count, at_us: now_us }));
            if let Err(error) = noted.await {
                tracing::warn!(%error, call = self.name, "a fault of Stripe's could not be noted; its key is sent again");
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_rests_and_then_changes_the_key() {
        let hour_us = 3600 * SECOND_US;
        let at = |count, at_us, now_us| {
            let call = Call::after(Faults { count, at_us }, "pur_1", 0, now_us);
            (call.key.as_str().to_owned(), call.looks_up, call.is_forgotten)
        };
        let told = |key: &str, looks_up, is_forgotten| (key.to_owned(), looks_up, is_forgotten);
        assert_eq!(at(0, 0, hour_us), told("pur_1", false, false));
        assert_eq!(at(0, 0, 24 * hour_us), told("pur_1", true, true));
        assert_eq!(at(1, hour_us, hour_us + REST_US - 1), told("pur_1", false, false));
        assert_eq!(at(1, hour_us, hour_us + REST_US), told("pur_1-1", true, false));
        assert_eq!(at(2, hour_us, hour_us + 1), told("pur_1-1", true, false));
        assert_eq!(at(2, hour_us, 25 * hour_us), told("pur_1-2", true, true));
    }
}

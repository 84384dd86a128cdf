//! Everything the sandbox remembers, behind one mutex held for the length of one operation.
//!
//! Objects are kept in Stripe's wire form, unexpanded: a reference is an id, and an includable list is not there. Members
//! whose name begins with `_` are the sandbox's own (a card's number, a page's token) and never leave it. A change and the
//! events that tell of it are made under the same lock, so no reader sees one without the other.
//! What belongs to a connected account says so (`_account`), and is found only while something is done on that account.
//! What must not live here: HTTP, and the rules of any one resource.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::clock::Clock;
use crate::control::faults::Faults;
use crate::delivery::Delivery;
use crate::dice::Dice;
use crate::due::{Due, Schedule};
use crate::events::Events;
use crate::resources::dunning::Dunning;
use crate::shelf::Shelf;
use crate::wire::error::ApiError;
use crate::wire::idempotency::Keys;

/// Who caused what is happening, and in whose name: written into events.
#[derive(Debug, Default, Clone)]
pub(crate) struct Origin {
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    /// The connected account that it happens on; the sandbox's own account when absent.
    pub(crate) account: Option<String>,
}

/// The time of a test clock, while something of one of its customers is being done.
#[derive(Debug, Clone)]
pub(crate) struct Frozen {
    pub(crate) clock: String,
    pub(crate) now: i64,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) frozen: Option<Frozen>,
    pub(crate) dice: Dice,
    pub(crate) fault_dice: Dice,
    pub(crate) shelf: Shelf,
    sequence: u64,
    pub(crate) events: Events,
    pub(crate) schedule: Schedule,
    /// What is planned on the time of each test clock.
    pub(crate) clock_schedules: BTreeMap<String, Schedule>,
    pub(crate) dunning: Dunning,
    pub(crate) keys: Keys,
    pub(crate) delivery: Delivery,
    pub(crate) faults: Faults,
    pub(crate) origin: Origin,
    /// Where the hosted pages are, without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) account_id: String,
    /// Seconds until a bank debit or a slow refund is decided by itself.
    pub(crate) settle_after: i64,
    /// Counts changes, so that the file is written only when something changed.
    pub(crate) changes: u64,
}

impl State {
    pub(crate) fn new(clock: Clock, seed: Option<u64>, base_url: String, settle_after: i64) -> Self {
        let mut dice = Dice::new(seed, 1);
        let account_id = format!("acct_1{}", dice.token(15));
        Self {
            clock,
            frozen: None,
            dice,
            fault_dice: Dice::new(seed, 2),
            shelf: Shelf::default(),
            sequence: 0,
            events: Events::default(),
            schedule: Schedule::default(),
            clock_schedules: BTreeMap::new(),
            dunning: Dunning::default(),
            keys: Keys::default(),
            delivery: Delivery::default(),
            faults: Faults::default(),
            origin: Origin::default(),
            base_url,
            account_id,
            settle_after,
            changes: 0,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.frozen
            .as_ref()
            .map_or_else(|| self.clock.now(), |frozen| frozen.now)
    }

    /// The time a customer lives in: their test clock's, or the sandbox's own.
    pub(crate) fn time_of(&self, customer: &str) -> i64 {
        let clock = text(self.own(customer), "test_clock");
        let found = self.find("test_helpers.test_clock", clock);
        found.map_or_else(|| self.now(), |clock| int(clock, "frozen_time"))
    }

    /// Goes by the time of a customer's test clock, if it has one, until [`State::run_due`].
    pub(crate) fn keep_time_of(&mut self, customer: &str) {
        let clock = text(self.own(customer), "test_clock").to_owned();
        self.keep_time(&clock);
    }

    /// Goes by the time of a test clock; by the sandbox's own when there is none of that id.
    pub(crate) fn keep_time(&mut self, clock: &str) {
        self.frozen = self.find("test_helpers.test_clock", clock).map(|found| Frozen {
            clock: clock.to_owned(),
            now: int(found, "frozen_time"),
        });
    }

    pub(crate) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.changes += 1;
        self.sequence
    }

    /// Keeps a new object under the noun it is listed under; gives its id.
    pub(crate) fn insert(&mut self, noun: &'static str, mut value: Value) -> String {
        if let (Some(account), Value::Object(object)) = (&self.origin.account, &mut value) {
            object.insert("_account".to_owned(), json!(account));
        }
        let id = text(&value, "id").to_owned();
        let sequence = self.next_sequence();
        self.shelf.insert(noun, &id, sequence, value);
        id
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Value> {
        self.shelf.get(id).map(|(_, value)| value)
    }

    /// The object that an id of our own must have.
    pub(crate) fn own(&self, id: &str) -> &Value {
        self.get(id).unwrap_or(&Value::Null)
    }

    pub(crate) fn find(&self, noun: &'static str, id: &str) -> Option<&Value> {
        self.shelf
            .get(id)
            .filter(|(kept, value)| *kept == noun && self.is_ours(value))
            .map(|(_, value)| value)
    }

    /// Whether an object belongs to the account that something is being done on.
    pub(crate) fn is_ours(&self, value: &Value) -> bool {
        value.get("_account").and_then(Value::as_str) == self.origin.account.as_deref()
    }

    /// Does something on another account: a connected one, or the sandbox's own.
    pub(crate) fn on_account<T>(&mut self, account: Option<&str>, action: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.origin.account, account.map(str::to_owned));
        let outcome = action(self);
        self.origin.account = before;
        outcome
    }

    /// The object a request refers to by a parameter.
    pub(crate) fn referred(&self, noun: &'static str, id: &str, param: &str) -> Result<&Value, ApiError> {
        self.find(noun, id)
            .filter(|value| value.get("deleted").is_none())
            .ok_or_else(|| ApiError::absent(&noun.replace('.', "_"), id, param))
    }

    pub(crate) fn update(&mut self, id: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        self.changes += 1;
        self.shelf.update(id, change);
    }

    pub(crate) fn set(&mut self, id: &str, member: &str, value: impl Into<Value>) {
        self.update(id, |object| {
            object.insert(member.to_owned(), value.into());
        });
    }

    pub(crate) fn remove(&mut self, id: &str, replacement: Option<Value>) {
        self.changes += 1;
        self.shelf.remove(id, replacement);
    }

    /// The objects under a noun, newest first.
    pub(crate) fn newest_first(&self, noun: &str) -> impl Iterator<Item = &Value> {
        self.shelf.newest_first(noun, &[]).filter(|value| self.is_ours(value))
    }

    /// The objects under a noun whose member is the given id, newest first.
    pub(crate) fn naming(&self, noun: &str, member: &'static str, id: &str) -> Vec<&Value> {
        let needles = [json!(id).to_string()];
        self.shelf
            .newest_first(noun, &needles)
            .filter(|value| value[member] == id && self.is_ours(value))
            .collect()
    }

    pub(crate) fn at(&mut self, time: i64, due: Due) {
        let sequence = self.next_sequence();
        let schedule = match &self.frozen {
            // The balance is the account's, which has no test clock.
            Some(frozen) if !matches!(due, Due::FundsAvailable(_)) => {
                self.clock_schedules.entry(frozen.clock.clone()).or_default()
            }
            _ => &mut self.schedule,
        };
        schedule.plan(time, sequence, due);
    }

    pub(crate) fn unschedule(&mut self, due: &Due) {
        self.schedule.cancel(due);
        for schedule in self.clock_schedules.values_mut() {
            schedule.cancel(due);
        }
    }

    /// Writes an event about an object as it is now, and queues its deliveries.
    pub(crate) fn emit(&mut self, kind: &'static str, id: &str) {
        let snapshot = rendered(self.own(id));
        self.emit_value(kind, snapshot, None);
    }

    /// Writes an `*.updated` event with what the changed members were before.
    pub(crate) fn emit_change(&mut self, kind: &'static str, id: &str, before: &Value) {
        let snapshot = rendered(self.own(id));
        let previous = difference(&rendered(before), &snapshot);
        self.emit_value(kind, snapshot, Some(previous));
    }

    pub(crate) fn emit_value(&mut self, kind: &str, snapshot: Value, previous: Option<Value>) {
        let mut data = Map::new();
        data.insert("object".to_owned(), snapshot);
        if let Some(previous) = previous {
            data.insert("previous_attributes".to_owned(), previous);
        }
        let id = format!("evt_1{}", self.dice.token(23));
        // The log goes by the sandbox's own time even where what it tells of goes by a test clock's.
        let now = self.clock.now();
        let order = self.next_sequence();
        let pending = crate::delivery::enqueue(self, &id, kind, order);
        self.events
            .append(id, kind, now, &Value::Object(data), pending, self.origin.clone());
    }
}

/// A copy without the sandbox's own members.
pub(crate) fn rendered(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !name.starts_with('_'));
            Value::Object(kept.map(|(name, value)| (name.clone(), rendered(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(rendered).collect()),
        other => other.clone(),
    }
}

/// What the members that differ were before: nested for hashes, null for what was not there.
fn difference(before: &Value, after: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return before.clone();
    };
    let mut changed = Map::new();
    for (name, value) in new {
        match old.get(name) {
            Some(previous) if previous == value => {}
            Some(previous @ Value::Object(_)) if value.is_object() => {
                changed.insert(name.clone(), difference(previous, value));
            }
            Some(previous) => {
                changed.insert(name.clone(), previous.clone());
            }
            None => {
                changed.insert(name.clone(), Value::Null);
            }
        }
    }
    for (name, previous) in old {
        if !new.contains_key(name) {
            changed.insert(name.clone(), previous.clone());
        }
    }
    Value::Object(changed)
}

/// A text member, or the empty text.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}

/// An integer member, or zero.
pub(crate) fn int(value: &Value, member: &str) -> i64 {
    value.get(member).and_then(Value::as_i64).unwrap_or(0)
}

pub(crate) fn flag(value: &Value, member: &str) -> bool {
    value.get(member).and_then(Value::as_bool).unwrap_or(false)
}

/// Applies given metadata to what is there: null removes a key, and null for the whole removes all.
pub(crate) fn merge_metadata(object: &mut Map<String, Value>, given: &Value) {
    let mut merged = match object.get("metadata") {
        Some(Value::Object(present)) if !given.is_null() => present.clone(),
        _ => Map::new(),
    };
    for (key, value) in given.as_object().into_iter().flatten() {
        if value.is_null() {
            merged.shift_remove(key);
        } else {
            merged.insert(key.clone(), value.clone());
        }
    }
    object.insert("metadata".to_owned(), json!(merged));
}

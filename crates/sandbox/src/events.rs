//! The event log: what happened, in order, as it was when it happened.
//!
//! The snapshot is kept as text, because it never changes and text is a quarter of the size of a tree. Only the number of
//! endpoints still waiting for it changes. Delivery itself lives in `delivery`.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::API_VERSION;
use crate::state::Origin;

#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) created: i64,
    /// `data`, as compact JSON.
    data: String,
    origin: Origin,
    pub(crate) pending: u32,
    /// How many endpoints it was for: what a delivery says, so that every attempt sends the same bytes.
    endpoints: u32,
}

impl Event {
    pub(crate) fn render(&self) -> Value {
        self.rendered(self.pending)
    }

    /// The body of a delivery.
    pub(crate) fn as_sent(&self) -> Value {
        self.rendered(self.endpoints)
    }

    fn rendered(&self, pending: u32) -> Value {
        let data: Value = serde_json::from_str(&self.data).unwrap_or_default();
        let mut event = json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": data,
            "livemode": false,
            "pending_webhooks": pending,
            "request": { "id": self.origin.request_id, "idempotency_key": self.origin.idempotency_key },
            "type": self.kind,
        });
        if let Some(account) = &self.origin.account {
            event["account"] = json!(account);
        }
        event
    }

    /// Whether it happened on that account: a connected one, or the sandbox's own.
    pub(crate) fn is_of(&self, account: Option<&str>) -> bool {
        self.origin.account.as_deref() == account
    }
}

#[derive(Debug, Default)]
pub(crate) struct Events {
    rows: BTreeMap<u64, Event>,
    ids: HashMap<String, u64>,
    last: u64,
}

impl Events {
    pub(crate) fn append(&mut self, id: String, kind: &str, created: i64, data: &Value, pending: u32, origin: Origin) {
        self.last += 1;
        self.ids.insert(id.clone(), self.last);
        let event = Event {
            id,
            kind: kind.to_owned(),
            created,
            data: data.to_string(),
            origin,
            pending,
            endpoints: pending,
        };
        self.rows.insert(self.last, event);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Event> {
        self.rows.get(self.ids.get(id)?)
    }

    /// One more, or one fewer, endpoint waits for the event.
    pub(crate) fn waiting(&mut self, id: &str, change: i32) {
        if let Some(event) = self.ids.get(id).and_then(|row| self.rows.get_mut(row)) {
            event.pending = event.pending.saturating_add_signed(change);
        }
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Event> {
        self.rows.values().rev()
    }

    /// Nearest first: the events older than one, or newer than one.
    pub(crate) fn beside(&self, id: &str, newer: bool) -> Option<Vec<&Event>> {
        let row = *self.ids.get(id)?;
        Some(if newer {
            self.rows.range(row + 1..).map(|(_, event)| event).collect()
        } else {
            self.rows.range(..row).rev().map(|(_, event)| event).collect()
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Stripe keeps events for thirty days.
    pub(crate) fn forget_before(&mut self, time: i64) {
        while let Some(oldest) = self.rows.first_entry() {
            if oldest.get().created >= time {
                return;
            }
            let event = oldest.remove();
            self.ids.remove(&event.id);
        }
    }

    pub(crate) fn dump(&self) -> Value {
        self.rows
            .values()
            .map(|event| {
                let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
                json!({
                    "id": event.id, "type": event.kind, "created": event.created, "data": data, "pending": event.pending,
                    "request_id": event.origin.request_id, "idempotency_key": event.origin.idempotency_key,
                    "account": event.origin.account,
                })
            })
            .collect()
    }

    pub(crate) fn restore(dump: &Value) -> Self {
        let mut events = Self::default();
        for row in dump.as_array().into_iter().flatten() {
            let optional = |name: &str| row[name].as_str().map(str::to_owned);
            let origin = Origin {
                request_id: optional("request_id"),
                idempotency_key: optional("idempotency_key"),
                account: optional("account"),
            };
            let pending = u32::try_from(row["pending"].as_u64().unwrap_or(0)).unwrap_or(0);
            let id = row["id"].as_str().unwrap_or_default().to_owned();
            let kind = row["type"].as_str().unwrap_or_default();
            events.append(
                id,
                kind,
                row["created"].as_i64().unwrap_or(0),
                &row["data"],
                pending,
                origin,
            );
        }
        events
    }
}

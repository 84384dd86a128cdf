//! The whole state as JSON, and back.

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::due::Due;
use crate::events::Events;
use crate::resources;
use crate::resources::dunning::Dunning;
use crate::state::State;
use crate::wire::idempotency::Keys;

impl State {
    pub(crate) fn dump(&self) -> Value {
        let own = self.schedule.iter().map(|planned| (None, planned));
        let clocks = self
            .clock_schedules
            .iter()
            .flat_map(|(clock, schedule)| schedule.iter().map(move |planned| (Some(clock), planned)));
        let schedule: Vec<Value> = own
            .chain(clocks)
            .map(|(clock, (time, due))| {
                let (kind, id) = match due {
                    Due::ExpireSession(id) => ("expire_session", id.as_str()),
                    Due::SettleDebit(id) => ("settle_debit", id.as_str()),
                    Due::SettleRefund(id) => ("settle_refund", id.as_str()),
                    Due::Subscription(id) => ("subscription", id.as_str()),
                    Due::Invoice(id) => ("invoice", id.as_str()),
                    Due::Payout(id) => ("payout", id.as_str()),
                    Due::FundsAvailable(_) => ("funds_available", ""),
                };
                json!({ "time": time, "kind": kind, "id": id, "test_clock": clock })
            })
            .collect();
        let clock = match self.clock {
            Clock::Running { offset_ms } => json!({ "offset_ms": offset_ms }),
            Clock::Standing { now_ms } => json!({ "now_ms": now_ms }),
        };
        json!({
            "version": crate::API_VERSION,
            "account_id": self.account_id,
            "clock": clock,
            "objects": self.dump_objects(),
            "events": self.events.dump(),
            "schedule": schedule,
            "dunning": self.dunning.shown(),
            "undelivered": self.delivery.undelivered(),
            "keys": self.keys.dump(),
        })
    }

    /// Puts back what [`State::dump`] gave. What was being delivered is delivered again.
    pub(crate) fn restore(&mut self, dump: &Value) {
        let mut restored = Self::new(self.clock, None, self.base_url.clone(), self.settle_after);
        dump["account_id"]
            .as_str()
            .unwrap_or(&self.account_id)
            .clone_into(&mut restored.account_id);
        match (
            &mut restored.clock,
            dump["clock"]["offset_ms"].as_i64(),
            dump["clock"]["now_ms"].as_i64(),
        ) {
            (Clock::Running { offset_ms }, Some(offset), _) => *offset_ms = offset,
            (Clock::Standing { now_ms }, _, Some(now)) => *now_ms = now,
            _ => {}
        }
        for object in dump["objects"].as_array().into_iter().flatten() {
            let noun = object["noun"].as_str().unwrap_or_default();
            if let Some(noun) = resources::NOUNS.iter().find(|known| **known == noun) {
                restored.insert(noun, object["value"].clone());
                if object["value"].get("deleted").is_some() {
                    let id = object["value"]["id"].as_str().unwrap_or_default();
                    restored.remove(id, Some(object["value"].clone()));
                }
            }
        }
        restored.events = Events::restore(&dump["events"]);
        for planned in dump["schedule"].as_array().into_iter().flatten() {
            let id = planned["id"].as_str().unwrap_or_default().to_owned();
            let due = match planned["kind"].as_str().unwrap_or_default() {
                "expire_session" => Due::ExpireSession(id),
                "settle_debit" => Due::SettleDebit(id),
                "settle_refund" => Due::SettleRefund(id),
                "subscription" => Due::Subscription(id),
                "invoice" => Due::Invoice(id),
                "payout" => Due::Payout(id),
                _ => Due::FundsAvailable(planned["time"].as_i64().unwrap_or(0)),
            };
            restored.keep_time(planned["test_clock"].as_str().unwrap_or_default());
            restored.at(planned["time"].as_i64().unwrap_or(0), due);
        }
        restored.frozen = None;
        restored.dunning = Dunning::restore(&dump["dunning"]);
        restored.keys = Keys::restore(&dump["keys"]);
        // Ids must not repeat after a restart with the same seed: the history moves the generator elsewhere.
        let history = (restored.shelf.len() + restored.events.len()) as u64;
        restored.dice = self.dice.elsewhere(history);
        std::mem::swap(&mut restored.fault_dice, &mut self.fault_dice);
        self.register_missing(&mut restored);
        *self = restored;
        for waiting in dump["undelivered"].as_array().into_iter().flatten() {
            let part = |name: &str| waiting[name].as_str().unwrap_or_default().to_owned();
            crate::delivery::queue::requeue(self, &part("event"), &part("type"), &part("endpoint"));
        }
    }

    /// Endpoints of the configuration that the dump does not have are kept.
    fn register_missing(&self, restored: &mut Self) {
        let configured: Vec<Value> = self.newest_first("webhook_endpoint").cloned().collect();
        for endpoint in configured.into_iter().rev() {
            let known = restored
                .newest_first("webhook_endpoint")
                .find(|known| known["url"] == endpoint["url"])
                .cloned();
            match known {
                // The configured secret is the one the receiver has.
                Some(known) => restored.set(
                    known["id"].as_str().unwrap_or_default(),
                    "_secret",
                    endpoint["_secret"].clone(),
                ),
                None => {
                    restored.insert("webhook_endpoint", endpoint);
                }
            }
        }
    }

    fn dump_objects(&self) -> Value {
        let all = self.shelf.all();
        all.into_iter()
            .map(|(noun, value)| json!({ "noun": noun, "value": value }))
            .collect()
    }
}

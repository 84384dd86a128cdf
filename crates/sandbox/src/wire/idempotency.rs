//! Idempotency keys: the first answer under a key is the answer for a day.
//!
//! An entry is made before execution begins and filled when it has ended. In between, the key is in use. Requests that are
//! refused before execution leave no entry. Another request under the same key is an error.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::error::ApiError;

const LIFE_SECONDS: i64 = 24 * 3600;

#[derive(Debug, Clone)]
pub(crate) struct Saved {
    pub(crate) status: u16,
    /// Compact; it is sent as it was sent first.
    pub(crate) body: String,
    pub(crate) request_id: String,
}

#[derive(Debug)]
struct Entry {
    fingerprint: String,
    created: i64,
    saved: Option<Saved>,
}

#[derive(Debug, Default)]
pub(crate) struct Keys {
    entries: HashMap<String, Entry>,
    swept: i64,
}

impl Keys {
    /// Claims a key, or gives the answer saved under it.
    pub(crate) fn claim(&mut self, key: &str, fingerprint: &str, now: i64) -> Result<Option<Saved>, ApiError> {
        if now - self.swept > 600 {
            self.entries.retain(|_, entry| now - entry.created < LIFE_SECONDS);
            self.swept = now;
        }
        if let Some(entry) = self.entries.get(key).filter(|entry| now - entry.created < LIFE_SECONDS) {
            if entry.fingerprint != fingerprint {
                return Err(ApiError::idempotency(format!(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
                     using a key other than '{key}' if you meant to execute a different request."
                )));
            }
            return entry.saved.clone().map(Some).ok_or_else(|| {
                ApiError::idempotency(format!(
                    "There is currently another in-progress request using this Idempotent Key (that probably means you \
                     submitted twice, and the other request is still going through): {key}. Please try again later."
                ))
                .code("idempotency_key_in_use")
                .status(409)
            });
        }
        let entry = Entry {
            fingerprint: fingerprint.to_owned(),
            created: now,
            saved: None,
        };
        self.entries.insert(key.to_owned(), entry);
        Ok(None)
    }

    pub(crate) fn save(&mut self, key: &str, saved: Saved) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.saved = Some(saved);
        }
    }

    /// The answers that are kept, for the state file.
    pub(crate) fn dump(&self) -> Value {
        let saved = self
            .entries
            .iter()
            .filter_map(|(key, entry)| entry.saved.as_ref().map(|saved| (key, entry, saved)));
        saved
            .map(|(key, entry, saved)| {
                json!({
                    "key": key, "fingerprint": entry.fingerprint, "created": entry.created, "status": saved.status,
                    "body": saved.body, "request_id": saved.request_id,
                })
            })
            .collect()
    }

    pub(crate) fn restore(dump: &Value) -> Self {
        let mut keys = Self::default();
        for row in dump.as_array().into_iter().flatten() {
            let part = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let status = row["status"]
                .as_u64()
                .and_then(|status| u16::try_from(status).ok())
                .unwrap_or(500);
            let saved = Some(Saved {
                status,
                body: part("body"),
                request_id: part("request_id"),
            });
            let entry = Entry {
                fingerprint: part("fingerprint"),
                created: row["created"].as_i64().unwrap_or(0),
                saved,
            };
            keys.entries.insert(part("key"), entry);
        }
        keys
    }

    pub(crate) fn release(&mut self, key: &str) {
        if self.entries.get(key).is_some_and(|entry| entry.saved.is_none()) {
            self.entries.remove(key);
        }
    }
}

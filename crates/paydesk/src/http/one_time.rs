//! Idempotency-Key: the promise that a repeated POST acts once.
//!
//! [`OneTimeJson`] is the extractor of every POST that changes something ([`OneTimeBare`] where there is nothing to
//! say). It yields the body and a [`OneTime`]: who
//! called, with which key, and the fingerprint of the request. The use case stores its answer under caller and key in
//! the same transaction as its effect; this module only guards that one node does not work on the same key twice at
//! once. The guard goes with the work: an `idempotency::Action` carries it into the store, so it also covers what goes on
//! there after the client has gone. [`OneTime::until`] ends it as soon as the work is known to be over.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::auth::Caller;
use super::{Problem, body, extract, kinds};
use crate::app::App;

/// One action of one caller, however often it is sent.
#[derive(Clone, Debug)]
pub struct OneTime {
    /// Who called, as in [`Caller::identity`]: keys of different callers never meet.
    pub caller: String,
    /// The Idempotency-Key as sent.
    pub key: String,
    /// The first 16 bytes of the SHA-256 over method, path with query, and raw body.
    pub fingerprint: [u8; 16],
    guard: Guard,
}

impl OneTime {
    /// What keeps the action marked as being worked on. Whatever works on it holds a clone.
    pub fn guard(&self) -> Guard {
        self.guard.clone()
    }

    /// Waits for the work that answers the request. Once it has ended, however it did, the key is free at once: a caller
    /// who has an answer may repeat the request in the same moment. If the waiting is given up, the key stays taken until
    /// the last holder of the guard lets go.
    pub async fn until<T>(&self, work: impl Future<Output = T>) -> T {
        let outcome = work.await;
        self.guard.0.release();
        outcome
    }
}

/// The body of a POST with the action it belongs to.
#[derive(Debug)]
pub struct OneTimeJson<T> {
    /// The action.
    pub one_time: OneTime,
    /// The body.
    pub body: T,
}

impl<T: DeserializeOwned> FromRequest<App> for OneTimeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (one_time, body) = take(request, app, extract::check_json, extract::parse).await?;
        Ok(Self { one_time, body })
    }
}

/// The action of a POST that takes no options: its body is empty, or an object with nothing in it.
#[derive(Debug)]
pub struct OneTimeBare(pub OneTime);

/// The object with nothing in it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl FromRequest<App> for OneTimeBare {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let check = |headers: &HeaderMap| {
            if headers.contains_key(header::CONTENT_TYPE) {
                extract::check_json(headers)
            } else {
                Ok(())
            }
        };
        let parse = |bytes: &[u8]| match bytes {
            [] => Ok(Nothing {}),
            bytes => extract::parse(bytes),
        };
        let (one_time, Nothing {}) = take(request, app, check, parse).await?;
        Ok(Self(one_time))
    }
}

/// Who calls, with which key and which body; everything is checked before the action is marked as under way.
async fn take<T>(
    request: Request,
    app: &App,
    check: impl Fn(&HeaderMap) -> Result<(), Problem>,
    parse: impl Fn(&[u8]) -> Result<T, Problem>,
) -> Result<(OneTime, T), Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, app).await?;
    let key = key(&parts.headers)?;
    check(&parts.headers)?;
    let bytes = body::read(
        &app.surroundings,
        &parts.headers,
        body,
        app.config.settings.limits.body_bytes_max,
    )
    .await?;
    let body = parse(&bytes)?;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let fingerprint = fingerprint(parts.method.as_str(), path, &bytes);
    let one_time = app.in_flight.enter(caller.identity(), key, fingerprint)?;
    Ok((one_time, body))
}

/// The Idempotency-Key header: once, 1 to 255 visible ASCII characters.
fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let value = values.next().ok_or_else(|| Problem::of(&kinds::KEY_MISSING))?;
    let text = value.to_str().unwrap_or_default();
    let allowed = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if allowed && values.next().is_none() {
        Ok(text.to_owned())
    } else {
        Err(Problem::of(&kinds::KEY_INVALID))
    }
}

fn fingerprint(method: &str, path: &str, body: &[u8]) -> [u8; 16] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        context.update(part);
    }
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&context.finish().as_ref()[..16]);
    fingerprint
}

type Keys = Mutex<HashSet<(String, String)>>;

/// The actions this process is working on.
#[derive(Clone, Default)]
pub struct InFlight(Arc<Keys>);

impl InFlight {
    /// Marks an action as being worked on until the returned value and all its clones are dropped; 409 if it already is.
    pub fn enter(&self, caller: String, key: String, fingerprint: [u8; 16]) -> Result<OneTime, Problem> {
        let entry = (caller, key);
        let fresh = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(entry.clone());
        if !fresh {
            return Err(Problem::of(&kinds::KEY_IN_USE).retry_after(1));
        }
        let (caller, key) = entry.clone();
        Ok(OneTime {
            caller,
            key,
            fingerprint,
            guard: Guard(Arc::new(Mark {
                keys: Arc::clone(&self.0),
                entry,
                released: AtomicBool::new(false),
            })),
        })
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "InFlight({})",
            self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
        )
    }
}

/// Keeps an action in the set of those being worked on; its last clone takes it out.
#[derive(Clone)]
pub struct Guard(Arc<Mark>);

struct Mark {
    keys: Arc<Keys>,
    entry: (String, String),
    /// Whether the action has left the set. By now a repeat may have entered it, which must stay.
    released: AtomicBool,
}

impl Mark {
    fn release(&self) {
        if !self.released.swap(true, Ordering::Relaxed) {
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            keys.remove(&self.entry);
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.release();
    }
}

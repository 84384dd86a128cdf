//! Idempotency-Key: the promise that a repeated POST acts once.
//!
//! [`OneTimeJson`] is the extractor of every POST that changes something ([`OneTimeBare`] where there is nothing to
//! say). It yields the body and a [`OneTime`]: who
//! called, with which key, and the fingerprint of the request. The use case stores its answer under caller and key in
//! the same transaction as its effect; this module only guards that one node does not work on the same key twice at
//! once. The guard lives as long as any clone of the `OneTime`, so it also covers work that goes on in the store after
//! the client has gone.

use std::collections::HashSet;
use std::fmt;
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
    /// SHA-256 over method, path with query, and raw body.
    pub fingerprint: [u8; 32],
    _guard: Arc<Guard>,
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
    let limits = &app.config.settings.limits;
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, app).await?;
    let key = key(&parts.headers)?;
    check(&parts.headers)?;
    let bytes = body::read(&parts.headers, body, limits.body_bytes_max, limits.body_timeout()).await?;
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

fn fingerprint(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        context.update(part);
    }
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

type Keys = Mutex<HashSet<(String, String)>>;

/// The actions this process is working on.
#[derive(Clone, Default)]
pub struct InFlight(Arc<Keys>);

impl InFlight {
    /// Marks an action as being worked on until the returned value and all its clones are dropped; 409 if it already is.
    pub fn enter(&self, caller: String, key: String, fingerprint: [u8; 32]) -> Result<OneTime, Problem> {
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
            _guard: Arc::new(Guard {
                keys: Arc::clone(&self.0),
                entry,
            }),
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

/// Takes the action out of the set when the work is over, however it ends.
struct Guard {
    keys: Arc<Keys>,
    entry: (String, String),
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.entry);
    }
}

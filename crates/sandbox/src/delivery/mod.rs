//! Webhook delivery: every event to every endpoint that wants it, signed anew at each attempt, retried with growing pauses.
//!
//! Each endpoint has a lane of its own with a bound on what is in flight, so that a slow one keeps nobody else waiting.
//! There is no promise of order. What faults do to a delivery is decided when it is queued, so that a seed repeats it.

pub(crate) mod queue;
mod sign;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

pub(crate) use self::queue::{Delivery, Tricks, enqueue, forget_endpoint};
use crate::state::{State, text};
use crate::{Inner, Sandbox};

/// In flight at once: per endpoint, and altogether.
const LANE_BOUND: usize = 8;
const TOTAL_BOUND: usize = 64;

/// One attempt, ready to be sent.
pub(crate) struct Attempt {
    delivery: u64,
    url: String,
    body: String,
    signature: String,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) at: i64,
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<String>,
    pub(crate) answer: String,
}

/// Marks the worker as gone when its runtime ends, so that another runtime may start one.
struct Working(Weak<Inner>);

impl Drop for Working {
    fn drop(&mut self) {
        if let Some(inner) = self.0.upgrade() {
            inner.working.store(false, Ordering::Release);
        }
    }
}

/// The task behind a sandbox: lets time pass, delivers what is due, writes the file. Ends with the sandbox.
pub(crate) async fn work(inner: Weak<Inner>, woken: Arc<Notify>) {
    let _working = Working(inner.clone());
    let mut saved = 0;
    loop {
        let wait = {
            let Some(inner) = inner.upgrade() else { return };
            let sandbox = Sandbox { inner };
            let (attempts, wait, changes) = {
                let mut state = sandbox.lock();
                state.run_due();
                let usual = if sandbox.config().deterministic { 1 } else { LANE_BOUND };
                let bound = sandbox.config().deliveries_at_once.unwrap_or(usual);
                let attempts = take_due(&mut state, bound);
                state.shelf.cool();
                (attempts, next_wake(&state), state.changes)
            };
            for attempt in attempts {
                tokio::spawn(send(sandbox.clone(), attempt));
            }
            if changes != saved {
                crate::file::save_soon(&sandbox);
                saved = changes;
            }
            wait
        };
        match wait {
            Some(wait) => {
                let _ = tokio::time::timeout(wait, woken.notified()).await;
            }
            None => woken.notified().await,
        }
    }
}

/// Takes what is due out of the lanes and makes attempts of it.
fn take_due(state: &mut State, lane_bound: usize) -> Vec<Attempt> {
    let now_ms = state.clock.now_ms();
    let taken = state.delivery.take(now_ms, lane_bound, TOTAL_BOUND);
    let mut attempts = Vec::with_capacity(taken.len());
    for id in taken {
        match prepare(state, id) {
            Some(attempt) => attempts.push(attempt),
            // The endpoint or the event is gone: there is nothing to deliver, or nowhere.
            None => state.delivery.abandon(id),
        }
    }
    attempts
}

fn prepare(state: &State, id: u64) -> Option<Attempt> {
    let row = state.delivery.row(id)?;
    let endpoint = state.get(&row.endpoint)?;
    let mut body = match &row.forged {
        Some(forged) => forged.clone(),
        None => serde_json::to_string_pretty(&state.events.get(&row.event)?.as_sent()).ok()?,
    };
    let time = state.clock.signing_time() + row.tricks.skew_seconds;
    let secrets = if let Some(secret) = &row.tricks.wrong_secret {
        vec![secret.clone()]
    } else {
        secrets(endpoint, state.now())
    };
    let mut signature = sign::header(&secrets, time, &body);
    // Only the first attempt is spoilt: a retry brings the event after all.
    if row.attempts.is_empty() {
        if row.tricks.corrupt_body {
            body = body.replacen("\"livemode\": false", "\"livemode\": true", 1);
        }
        if row.tricks.corrupt_signature {
            signature = signature.replace("v1=", "v1=00");
        }
    }
    Some(Attempt {
        delivery: id,
        url: text(endpoint, "url").to_owned(),
        body,
        signature,
    })
}

/// The secrets that sign for an endpoint: its own, and the one before while it is being rolled.
fn secrets(endpoint: &Value, now: i64) -> Vec<String> {
    let mut secrets = vec![text(endpoint, "_secret").to_owned()];
    if endpoint
        .get("_old_secret_until")
        .and_then(Value::as_i64)
        .is_some_and(|until| now < until)
    {
        secrets.push(text(endpoint, "_old_secret").to_owned());
    }
    secrets
}

/// How long nothing will happen by itself. A standing clock never brings anything about.
fn next_wake(state: &State) -> Option<Duration> {
    if !state.clock.is_running() {
        return None;
    }
    let planned = state.schedule.next_time().map(|time| time.saturating_mul(1000));
    let next = [planned, state.delivery.next_due_ms()].into_iter().flatten().min()?;
    let wait = (next - state.clock.now_ms()).clamp(1, 3_600_000);
    Some(Duration::from_millis(wait.unsigned_abs()))
}

async fn send(sandbox: Sandbox, attempt: Attempt) {
    let (status, error, answer) = match sandbox.client() {
        Ok(client) => {
            let request = client
                .post(&attempt.url)
                .header("content-type", "application/json; charset=utf-8")
                .header("accept", "*/*; q=0.5, application/xml")
                .header("cache-control", "no-cache")
                .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
                .header("stripe-signature", attempt.signature)
                .body(attempt.body);
            match request.send().await {
                Ok(mut response) => {
                    let status = response.status().as_u16();
                    let chunk = response.chunk().await.ok().flatten().unwrap_or_default();
                    let answer = String::from_utf8_lossy(&chunk[..chunk.len().min(512)]).into_owned();
                    (Some(status), None, answer)
                }
                Err(error) => (None, Some(reason(&error)), String::new()),
            }
        }
        Err(error) => (None, Some(error.to_string()), String::new()),
    };
    {
        let mut state = sandbox.lock();
        let outcome = Outcome {
            at: state.now(),
            status,
            error,
            answer,
        };
        queue::record(&mut state, attempt.delivery, outcome, &sandbox.config().retry_schedule);
    }
    sandbox.inner.woken.notify_one();
    sandbox.inner.delivered.notify_waiters();
}

/// What went wrong, from the outermost to the innermost cause.
fn reason(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

impl Sandbox {
    /// The one client deliveries go out with, made at the first of them.
    fn client(&self) -> Result<reqwest::Client, reqwest::Error> {
        if let Some(client) = self.inner.client.get() {
            return Ok(client.clone());
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(self.config().delivery_timeout))
            .pool_max_idle_per_host(LANE_BOUND)
            .no_proxy()
            .build()?;
        Ok(self.inner.client.get_or_init(|| client).clone())
    }

    /// Waits until nothing is due or in flight, or the time is over; gives whether it is so.
    pub async fn drain(&self, timeout: Duration) -> bool {
        self.wake();
        let idle = async {
            loop {
                let told = self.inner.delivered.notified();
                tokio::pin!(told);
                told.as_mut().enable();
                {
                    let state = self.lock();
                    let now_ms = state.clock.now_ms();
                    if state.delivery.is_idle(now_ms) {
                        return;
                    }
                }
                told.await;
            }
        };
        tokio::time::timeout(timeout, idle).await.is_ok()
    }
}

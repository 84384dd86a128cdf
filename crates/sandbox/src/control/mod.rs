//! The control API under `/_sandbox`: faults, deliveries, the clock, and shortcuts that stand in for a buyer or a bank.
//!
//! It belongs to whoever runs the sandbox and takes no key, so it refuses what a browser sends from another site.

mod actions;
pub(crate) mod faults;
mod index;

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State as Extract};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::routing::{delete, get, post};
use serde_json::{Map, Value, json};

use crate::Sandbox;
use crate::delivery::queue::{self, Status};
use crate::delivery::{Delivery, Tricks};
use crate::state::{State, text};

/// What a control call gives: JSON, or a status and why not.
pub(crate) type Answer = Result<Value, (StatusCode, String)>;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox", get(index::show))
        .route(
            "/_sandbox/state",
            get(|Extract(sandbox): Extract<Sandbox>| async move { reply(Ok(sandbox.lock().dump())) }),
        )
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/clock", get(clock).post(turn_clock))
        .route("/_sandbox/faults", get(list_faults).post(add_fault).delete(lift_faults))
        .route("/_sandbox/faults/{id}", delete(lift_fault))
        .route("/_sandbox/deliveries", get(deliveries))
        .route(
            "/_sandbox/deliveries/pause",
            post(|Extract(sandbox): Extract<Sandbox>| async move { set_paused(&sandbox, true) }),
        )
        .route(
            "/_sandbox/deliveries/resume",
            post(|Extract(sandbox): Extract<Sandbox>| async move { set_paused(&sandbox, false) }),
        )
        .route("/_sandbox/deliveries/flush", post(flush))
        .route("/_sandbox/drain", post(drain))
        .route("/_sandbox/events/{event}/resend", post(resend))
        .route("/_sandbox/forge", post(forge))
        .route("/_sandbox/endpoints", post(add_endpoint))
        .route("/_sandbox/endpoints/{endpoint}/roll", post(roll))
        .merge(actions::routes())
        .layer(middleware::from_fn(refuse_foreign_pages))
}

/// A page of another site must not steer the sandbox through its visitor's browser.
async fn refuse_foreign_pages(request: Request<Body>, next: Next) -> Response<Body> {
    let site = crate::wire::header(request.headers(), "sec-fetch-site");
    if request.method() != Method::GET && matches!(site, Some("cross-site" | "same-site")) {
        return reply(Err((
            StatusCode::FORBIDDEN,
            "the control API cannot be called from another site's page".to_owned(),
        )));
    }
    next.run(request).await
}

pub(crate) fn reply(answer: Answer) -> Response<Body> {
    let (status, value) = match answer {
        Ok(value) => (StatusCode::OK, value),
        Err((status, message)) => (status, json!({ "error": message })),
    };
    let mut body = serde_json::to_string_pretty(&value).unwrap_or_default();
    body.push('\n');
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    response
}

pub(crate) fn bad(message: impl Into<String>) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, message.into())
}

pub(crate) fn absent(what: &str, id: &str) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("there is no {what} {id}"))
}

/// The JSON object of a request; an empty body is an empty object.
pub(crate) fn given(body: &Bytes) -> Result<Value, (StatusCode, String)> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(bad("the body must be a JSON object")),
        Err(error) => Err(bad(format!("the body is not JSON: {error}"))),
    }
}

async fn reset(Extract(sandbox): Extract<Sandbox>) -> Response<Body> {
    sandbox.reset();
    sandbox.wake();
    reply(Ok(json!({ "reset": true })))
}

fn clock_json(state: &State) -> Value {
    json!({ "now": state.now(), "now_ms": state.clock.now_ms(), "running": state.clock.is_running() })
}

async fn clock(Extract(sandbox): Extract<Sandbox>) -> Response<Body> {
    reply(Ok(clock_json(&sandbox.lock())))
}

async fn turn_clock(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    let turned = given(&body).and_then(|given| {
        let mut state = sandbox.lock();
        let by_ms = match (given["advance"].as_i64(), given["to"].as_i64()) {
            (Some(seconds), None) if seconds >= 0 => seconds.saturating_mul(1000),
            (None, Some(time)) if time >= state.now() => time.saturating_mul(1000) - state.clock.now_ms(),
            _ => return Err(bad("give `advance` in seconds, or `to` as a time that is not past")),
        };
        state.advance(by_ms.max(0));
        Ok(clock_json(&state))
    });
    sandbox.wake();
    reply(turned)
}

async fn list_faults(Extract(sandbox): Extract<Sandbox>) -> Response<Body> {
    reply(Ok(json!({ "faults": sandbox.lock().faults.list() })))
}

async fn add_fault(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    reply(given(&body).and_then(|given| {
        let id = sandbox.lock().faults.add(&given).map_err(bad)?;
        Ok(json!({ "id": id, "fault": given }))
    }))
}

async fn lift_faults(Extract(sandbox): Extract<Sandbox>) -> Response<Body> {
    reply(Ok(json!({ "lifted": sandbox.lock().faults.lift(None) })))
}

async fn lift_fault(Extract(sandbox): Extract<Sandbox>, Path(id): Path<u64>) -> Response<Body> {
    let lifted = sandbox.lock().faults.lift(Some(id));
    reply(if lifted == 0 {
        Err(absent("fault", &id.to_string()))
    } else {
        Ok(json!({ "lifted": lifted }))
    })
}

async fn deliveries(Extract(sandbox): Extract<Sandbox>, Query(filter): Query<Map<String, Value>>) -> Response<Body> {
    let state = sandbox.lock();
    let wanted = |name: &str, value: &str| {
        filter
            .get(name)
            .and_then(Value::as_str)
            .is_none_or(|wanted| wanted == value)
    };
    let list = state.delivery.list(|row| {
        wanted("event", &row.event)
            && wanted("endpoint", &row.endpoint)
            && wanted("status", row.status.name())
            && wanted("type", &row.kind)
    });
    reply(Ok(
        json!({ "deliveries": list, "paused": state.delivery.paused, "counts": counts(&state.delivery) }),
    ))
}

fn counts(delivery: &Delivery) -> Value {
    let all = [
        Status::Waiting,
        Status::Held,
        Status::Sending,
        Status::Delivered,
        Status::Failed,
        Status::Dropped,
    ];
    Value::Object(
        all.into_iter()
            .map(|status| (status.name().to_owned(), json!(delivery.count(status))))
            .collect(),
    )
}

fn set_paused(sandbox: &Sandbox, paused: bool) -> Response<Body> {
    sandbox.lock().delivery.paused = paused;
    sandbox.wake();
    reply(Ok(json!({ "paused": paused })))
}

async fn flush(Extract(sandbox): Extract<Sandbox>) -> Response<Body> {
    let flushed = sandbox.flush();
    reply(Ok(json!({ "flushed": flushed })))
}

async fn drain(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    let given = match given(&body) {
        Ok(given) => given,
        Err(error) => return reply(Err(error)),
    };
    let timeout_ms = given["timeout_ms"].as_u64().unwrap_or(10_000).min(600_000);
    if given["flush"] == true {
        sandbox.flush();
    }
    let drained = sandbox.drain(Duration::from_millis(timeout_ms)).await;
    let state = sandbox.lock();
    reply(Ok(json!({ "drained": drained, "counts": counts(&state.delivery) })))
}

async fn resend(Extract(sandbox): Extract<Sandbox>, Path(event): Path<String>, body: Bytes) -> Response<Body> {
    let answer = given(&body).and_then(|given| {
        let mut state = sandbox.lock();
        if state.events.get(&event).is_none() {
            return Err(absent("event", &event));
        }
        let endpoint = given["endpoint"].as_str();
        if let Some(endpoint) = endpoint.filter(|id| state.find("webhook_endpoint", id).is_none()) {
            return Err(absent("endpoint", endpoint));
        }
        Ok(json!({ "deliveries": queue::resend(&mut state, &event, endpoint) }))
    });
    sandbox.wake();
    reply(answer)
}

/// Sends an event that never happened, signed with a secret that is not the endpoint's unless one is given.
async fn forge(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    let answer = given(&body).and_then(|given| {
        let mut state = sandbox.lock();
        let kind = given["type"]
            .as_str()
            .unwrap_or("checkout.session.completed")
            .to_owned();
        let id = format!("evt_1{}", state.dice.token(23));
        let event = json!({
            "id": id, "object": "event", "api_version": crate::API_VERSION, "created": state.now(),
            "data": { "object": given["object"] }, "livemode": false, "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null }, "type": kind,
        });
        let body = serde_json::to_string_pretty(&event).unwrap_or_default();
        let secret = given["secret"].as_str().unwrap_or("whsec_forged").to_owned();
        let endpoints: Vec<String> = match given["endpoint"].as_str() {
            Some(id) if state.find("webhook_endpoint", id).is_none() => return Err(absent("endpoint", id)),
            Some(id) => vec![id.to_owned()],
            None => state
                .newest_first("webhook_endpoint")
                .map(|endpoint| text(endpoint, "id").to_owned())
                .collect(),
        };
        for endpoint in &endpoints {
            let order = state.next_sequence();
            let tricks = Tricks {
                wrong_secret: Some(secret.clone()),
                ..Tricks::default()
            };
            queue::push_extra(&mut state, &id, &kind, endpoint, order, tricks, Some(body.clone()));
        }
        Ok(json!({ "event": id, "deliveries": endpoints.len() }))
    });
    sandbox.wake();
    reply(answer)
}

async fn add_endpoint(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    reply(given(&body).and_then(|given| {
        let url = given["url"].as_str().ok_or_else(|| bad("give a `url`"))?;
        let enabled_events = match given["enabled_events"].as_array() {
            Some(types) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            None => vec!["*".to_owned()],
        };
        let secret = given["secret"].as_str().map(str::to_owned);
        let endpoint = crate::EndpointConfig {
            url: url.to_owned(),
            secret,
            enabled_events,
            connect: given["connect"] == true,
        };
        let mut state = sandbox.lock();
        let secret = crate::resources::webhook_endpoints::register(&mut state, &endpoint);
        let id = state
            .newest_first("webhook_endpoint")
            .next()
            .map(|endpoint| text(endpoint, "id").to_owned());
        Ok(json!({ "id": id, "secret": secret }))
    }))
}

/// Gives an endpoint a new secret; the old one signs beside it for a while.
async fn roll(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    reply(given(&body).and_then(|given| {
        let overlap = given["overlap_seconds"].as_i64().unwrap_or(86_400);
        let mut state = sandbox.lock();
        let Some(endpoint) = state.find("webhook_endpoint", &id).cloned() else {
            return Err(absent("endpoint", &id));
        };
        let secret = given["secret"]
            .as_str()
            .map_or_else(|| format!("whsec_{}", state.dice.token(32)), str::to_owned);
        let until = state.now().saturating_add(overlap);
        state.update(&id, |object| {
            object.insert("_old_secret".to_owned(), endpoint["_secret"].clone());
            object.insert("_old_secret_until".to_owned(), json!(until));
            object.insert("_secret".to_owned(), json!(secret));
        });
        Ok(json!({ "secret": secret, "old_secret_signs_until": until }))
    }))
}

impl Sandbox {
    /// Makes every delivery that waits for its time, or is held back, due now; gives how many there were.
    pub fn flush(&self) -> usize {
        let flushed = {
            let mut state = self.lock();
            let now_ms = state.clock.now_ms();
            state.delivery.flush(now_ms)
        };
        self.wake();
        flushed
    }
}

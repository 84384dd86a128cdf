//! What surrounds every request: an id, a time limit, a catch for panics, the log line, the metric, the headers.
//!
//! This is the boundary at which the cause of a fault is logged, once, with the request's id. [`around`] is for the API
//! and the pages; [`around_lean`] does the same for the webhook path without a log line per success, because that path
//! is measured in microseconds.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::server::Peer;
use super::{Problem, Surroundings, kinds};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// For answers that are no pages: nothing may be loaded, framed or sent.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The id of this request, as an extension: the caller's `X-Request-Id` where it is sane, else one of ours.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// The envelope of the API and the pages.
pub async fn around(State(surroundings): State<Surroundings>, request: Request, next: Next) -> Response {
    run(&surroundings, request, next, false).await
}

/// The envelope of the webhook path: successes are not logged one by one.
pub async fn around_lean(State(surroundings): State<Surroundings>, request: Request, next: Next) -> Response {
    run(&surroundings, request, next, true).await
}

/// Counts the request against its address, before anything else is done for it.
pub async fn limit_address(State(surroundings): State<Surroundings>, request: Request, next: Next) -> Response {
    if let Some(Peer(peer)) = request.extensions().get::<Peer>() {
        let client = surroundings.rates.client_address(peer.ip(), request.headers());
        if let Err(problem) = surroundings.rates.check_address(client) {
            return problem.into_response();
        }
    }
    next.run(request).await
}

async fn run(surroundings: &Surroundings, mut request: Request, next: Next, lean: bool) -> Response {
    let started = surroundings.clock.monotonic();
    let request_id = request_id(request.headers(), surroundings);
    request.extensions_mut().insert(RequestId(Arc::clone(&request_id)));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();

    let answer = tokio::time::timeout(surroundings.limits.handler_timeout(), caught(next.run(request)));
    let response = match answer.await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => Problem::fault(format!("a handler panicked: {panic}")).into_response(),
        Err(_elapsed) => Problem::of(&kinds::HANDLER_TIMEOUT)
            .caused_by("the handler did not answer in time")
            .retry_after(1)
            .into_response(),
    };
    let mut response = settle(response, &request_id);

    let elapsed = surroundings.clock.monotonic().saturating_sub(started);
    let (status, route) = (
        response.status(),
        route.as_ref().map_or("unmatched", MatchedPath::as_str),
    );
    surroundings.timings.record(&method, route, status, elapsed);
    if lean && status.is_success() {
        tracing::debug!(%request_id, %method, route, status = status.as_u16(), "answered");
    } else {
        let duration_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        tracing::info!(%request_id, %method, route, status = status.as_u16(), duration_us, "answered");
    }
    dress(response.headers_mut(), &request_id, lean);
    response
}

/// Logs the cause of a problem where it has one, and puts the request's id into the document of a fault.
fn settle(mut response: Response, request_id: &str) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let code = problem.kind().code;
    if problem.kind().status < 500 {
        if problem.kind().status == 429 {
            metrics::counter!("http_rate_limited_total").increment(1);
        }
        if let Some((reason, _)) = problem.cause().filter(|_| problem.kind().status == 401) {
            // Callers are not told why; whoever runs the server has to find out somewhere.
            tracing::info!(%request_id, code, reason, "a caller was not recognized");
        } else if let Some((cause, location)) = problem.cause() {
            tracing::debug!(%request_id, code, cause, %location, "a request was refused");
        }
        return response;
    }
    metrics::counter!("http_faults_total", "code" => code).increment(1);
    let (cause, location) = problem
        .cause()
        .map_or(("", String::new()), |(cause, at)| (cause, at.to_string()));
    tracing::error!(%request_id, code, cause, location, "a request failed");
    problem.respond(Some(request_id))
}

/// The headers that every answer carries. A page brings its own Content-Security-Policy and caching; an answer to a
/// webhook is read by no browser and needs neither policy.
fn dress(headers: &mut HeaderMap, request_id: &str, lean: bool) {
    let default = |headers: &mut HeaderMap, name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, header::CACHE_CONTROL, "no-store");
    if !lean {
        default(headers, header::REFERRER_POLICY, "no-referrer");
        default(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
}

/// The caller's id for the request where it is sane (it ends up in log lines), else one of ours.
fn request_id(headers: &HeaderMap, surroundings: &Surroundings) -> Arc<str> {
    let sane = |text: &&str| {
        (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(sane)
    {
        Some(given) => given.into(),
        None => surroundings.ids.next("req").into(),
    }
}

/// Runs a handler; a panic becomes its message.
async fn caught(answer: impl Future<Output = Response>) -> Result<Response, String> {
    let mut answer = std::pin::pin!(answer);
    std::future::poll_fn(|ctx| {
        // Nothing of a handler that panicked is used again, and what it shares is behind locks that forgive poison.
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(ctx)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(message(panic.as_ref()))),
        }
    })
    .await
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

//! The yardstick of every speed figure: an axum server that reads a webhook body, checks its HMAC, answers, and stores
//! nothing. What paydesk reaches beside it, on the same machine in the same run, is what durability costs.
//!
//! It shares no code with paydesk, so that a change there cannot move the yardstick.

use std::time::{Duration, SystemTime};

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use bytes::Bytes;

const BODY_BYTES_MAX: usize = 256 * 1024;
const TOLERANCE: Duration = Duration::from_mins(5);
const WORKERS: usize = 2;
const USAGE: &str = "usage: verify-only --listen ADDRESS:PORT --secret WHSEC";

fn main() -> Result<(), String> {
    let (listen, secret) = arguments()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build();
    runtime
        .map_err(|error| error.to_string())?
        .block_on(serve(&listen, &secret))
        .map_err(|error| error.to_string())
}

async fn serve(listen: &str, secret: &str) -> std::io::Result<()> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let router = Router::new()
        .route("/api/stripe/webhook", post(receive))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(key);
    let listener = tokio::net::TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    #[expect(clippy::print_stdout, reason = "whoever started it reads here where it listens")]
    {
        println!("http://{address}/api/stripe/webhook");
    }
    // A connection that cannot have its delay taken off is served all the same.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    axum::serve(listener, router).await
}

async fn receive(State(key): State<hmac::Key>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_genuine(&key, &headers, &body) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    ([(header::CONTENT_TYPE, "application/json")], "{\"received\":true}").into_response()
}

fn is_genuine(key: &hmac::Key, headers: &HeaderMap, body: &[u8]) -> bool {
    let Some(header) = headers.get("stripe-signature").and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut timestamp = None;
    let mut signature = [0; 32];
    for element in header.split(',') {
        match element.split_once('=') {
            Some(("t", seconds)) => timestamp = Some(seconds),
            Some(("v1", digits)) if hex::decode_to_slice(digits, &mut signature).is_err() => return false,
            _ => {}
        }
    }
    let Some(timestamp) = timestamp else { return false };
    if !is_fresh(timestamp) {
        return false;
    }
    let mut context = hmac::Context::with_key(key);
    context.update(timestamp.as_bytes());
    context.update(b".");
    context.update(body);
    aws_lc_rs::constant_time::verify_slices_are_equal(context.sign().as_ref(), &signature).is_ok()
}

fn is_fresh(timestamp: &str) -> bool {
    let Ok(seconds) = timestamp.parse() else { return false };
    let Some(signed) = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) else {
        return false;
    };
    #[expect(clippy::disallowed_methods, reason = "a yardstick has no clock to inject")]
    let now = SystemTime::now();
    now.duration_since(signed).unwrap_or_else(|ahead| ahead.duration()) <= TOLERANCE
}

fn arguments() -> Result<(String, String), String> {
    let mut listen = None;
    let mut secret = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        match name.as_str() {
            "--listen" => listen = Some(value),
            "--secret" => secret = Some(value),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok((
        listen.ok_or(USAGE)?,
        secret.filter(|secret| !secret.is_empty()).ok_or(USAGE)?,
    ))
}

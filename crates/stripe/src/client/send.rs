//! One call: its attempts, the waits between them, and what they add up to.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use super::{Client, Error, IdempotencyKey};

/// The largest answer that is read, in bytes; a page of a hundred large objects is far below it.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Delete,
}

/// A call, however often it is attempted.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    /// From `/v1` on, escaped.
    pub(super) path: String,
    /// Encoded parameters: the body of a POST, the query of the others.
    pub(super) form: String,
    pub(super) key: Option<&'a IdempotencyKey>,
}

/// An answer with a status below 400.
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    pub(super) request_id: Option<String>,
}

/// A failed attempt, and whether another one is right.
struct Failure {
    error: Error,
    again: bool,
}

/// Attempts a call until it is answered, refused, or attempted often enough.
pub(super) async fn send(client: &Client, request: &Request<'_>) -> Result<Answer, Error> {
    let config = &client.shared.config;
    let mut lost_attempt = false;
    let mut attempt = 1;
    loop {
        let failure = match send_once(client, request).await {
            Ok(answer) => {
                tracing::debug!(method = ?request.method, path = request.path, attempt, request_id = answer.request_id, "stripe answered");
                return Ok(answer);
            }
            Err(failure) => failure,
        };
        let error = if lost_attempt {
            failure.error.after_lost_attempt()
        } else {
            failure.error
        };
        tracing::debug!(method = ?request.method, path = request.path, attempt, %error, "stripe call failed");
        lost_attempt |= error.outcome_unknown();
        let wait = backoff(client, attempt).max(error.retry_after().unwrap_or_default());
        if !failure.again || attempt >= config.max_attempts || wait > config.backoff_max {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
        attempt += 1;
    }
}

/// Doubles with each attempt up to the bound, then takes between half and all of it at random, so that many clients
/// that failed together do not come back together.
fn backoff(client: &Client, attempt: u32) -> Duration {
    let config = &client.shared.config;
    let doubled = config
        .backoff_first
        .saturating_mul(1 << (attempt - 1).min(16))
        .min(config.backoff_max);
    let half_ns = u64::try_from(doubled.as_nanos() / 2).unwrap_or(u64::MAX);
    Duration::from_nanos(half_ns + (client.shared.jitter)() % half_ns.saturating_add(1))
}

async fn send_once(client: &Client, request: &Request<'_>) -> Result<Answer, Failure> {
    let mut response = build(client, request)
        .send()
        .await
        .map_err(|error| not_answered(&error))?;
    let status = response.status().as_u16();
    let headers = Headers::read(response.headers());
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES_MAX => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Ok(Some(_)) => return Err(cut_off(status, headers, "the answer is too large".to_owned())),
            Err(error) => return Err(cut_off(status, headers, chain(&error))),
        }
    }
    if status < 300 {
        return Ok(Answer {
            body,
            request_id: headers.request_id,
        });
    }
    let error = Error::of_answer(status, &body, headers.retry_after, headers.request_id);
    // Stripe's word counts most; without it, what passes by itself is tried again.
    let again = headers.should_retry.unwrap_or(matches!(status, 409 | 429 | 500..));
    Err(Failure { error, again })
}

fn build(client: &Client, request: &Request<'_>) -> reqwest::RequestBuilder {
    let shared = &client.shared;
    let mut url = format!("{}{}", shared.base_url, request.path);
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    };
    if request.method != Method::Post && !request.form.is_empty() {
        url.push('?');
        url.push_str(&request.form);
    }
    let mut builder = shared
        .http
        .request(method, url)
        .header("Stripe-Version", &shared.config.api_version);
    if let Ok(mut authorization) = HeaderValue::from_str(shared.authorization.expose_secret()) {
        authorization.set_sensitive(true);
        builder = builder.header(AUTHORIZATION, authorization);
    }
    if request.method == Method::Post {
        builder = builder
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(request.form.clone());
    }
    if let Some(key) = request.key {
        builder = builder.header("Idempotency-Key", key.as_str());
    }
    if let Some(account) = &client.account {
        builder = builder.header("Stripe-Account", &**account);
    }
    builder
}

/// What the headers of an answer say about it.
struct Headers {
    request_id: Option<String>,
    should_retry: Option<bool>,
    retry_after: Option<Duration>,
}

impl Headers {
    fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            request_id: text("request-id").map(str::to_owned),
            should_retry: text("stripe-should-retry").and_then(|said| said.parse().ok()),
            retry_after: text("retry-after")
                .and_then(|said| said.parse().ok())
                .map(Duration::from_secs),
        }
    }
}

/// No answer at all. Only a connection that was never made proves that nothing was sent.
fn not_answered(error: &reqwest::Error) -> Failure {
    let detail = chain(error);
    if error.is_builder() {
        return Failure {
            error: Error::Unreachable { detail },
            again: false,
        };
    }
    if error.is_connect() {
        return Failure {
            error: Error::Unreachable { detail },
            again: true,
        };
    }
    Failure {
        error: Error::Unknown {
            detail,
            status: None,
            request_id: None,
        },
        again: true,
    }
}

/// An answer that began and did not end. A success cut off is a success unseen.
fn cut_off(status: u16, headers: Headers, detail: String) -> Failure {
    Failure {
        error: Error::Unknown {
            detail,
            status: Some(status),
            request_id: headers.request_id,
        },
        again: headers.should_retry.unwrap_or(true),
    }
}

/// An error with its causes, without the URL, whose query may hold an e-mail address.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = std::error::Error::source(error);
    if error.is_timeout() {
        text.push_str("timed out");
    }
    while let Some(inner) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    if text.is_empty() {
        "the request failed".to_owned()
    } else {
        text
    }
}

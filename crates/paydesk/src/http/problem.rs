//! Every answer that is not a success: RFC 9457 problem documents.
//!
//! A [`Kind`] is a documented sort of problem with a stable code; `/problems/<code>` explains it. A [`Problem`] is one
//! occurrence. Refusals (4xx) carry code, message and, where one is to blame, the field. Faults (5xx) carry the request
//! id only: their cause stays inside, and is logged once by the envelope around every request. This is the one place
//! that turns an error into a response.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

/// A documented sort of problem. Capabilities declare theirs as constants and list them in `http::routes::KINDS`.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The stable `snake_case` code, the last part of the problem's `type`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short summary, the same for every occurrence.
    pub title: &'static str,
    /// What happened and what the caller can do, for the page behind the problem's `type`.
    pub explanation: &'static str,
}

/// One occurrence of a problem.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: &'static Kind,
    detail: Option<String>,
    field: Option<String>,
    retry_after_seconds: Option<u32>,
    members: Map<String, Value>,
    cause: Option<Cause>,
}

/// What lies behind a fault. Never shown to the caller.
#[derive(Clone, Debug)]
struct Cause {
    message: Arc<str>,
    location: &'static Location<'static>,
}

impl Problem {
    /// A problem of this kind, without details.
    pub fn of(kind: &'static Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: None,
            field: None,
            retry_after_seconds: None,
            members: Map::new(),
            cause: None,
        }))
    }

    /// A fault (500) whose cause is logged and not shown.
    #[track_caller]
    pub fn fault(cause: impl fmt::Display) -> Self {
        Self::of(&super::kinds::INTERNAL).caused_by(cause)
    }

    /// A passing inability (503): the caller may repeat the request after `retry_after_seconds`.
    #[track_caller]
    pub fn unavailable(cause: impl fmt::Display, retry_after_seconds: u32) -> Self {
        Self::of(&super::kinds::UNAVAILABLE)
            .caused_by(cause)
            .retry_after(retry_after_seconds)
    }

    /// Adds the sentence that tells this occurrence from others of its kind.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Names the field of the request that is to blame, as a path such as `items[0].quantity`.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Adds a member of its own to the document, for example the balance that did not suffice.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Says when a repeat may succeed, as a Retry-After header.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Records what lies behind the problem, for the log.
    #[must_use]
    #[track_caller]
    pub fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(Cause {
            message: cause.to_string().into(),
            location: Location::caller(),
        });
        self
    }

    /// The kind of this problem.
    pub fn kind(&self) -> &'static Kind {
        self.0.kind
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The cause and where it arose, where there is one.
    pub fn cause(&self) -> Option<(&str, &'static Location<'static>)> {
        self.0.cause.as_ref().map(|cause| (&*cause.message, cause.location))
    }

    /// The JSON document. `request_id` is given for faults only.
    pub fn document(&self, request_id: Option<&str>) -> Vec<u8> {
        let document = Document {
            r#type: format!("/problems/{}", self.0.kind.code),
            title: self.0.kind.title,
            status: self.0.kind.status,
            detail: self.0.detail.as_deref(),
            code: self.0.kind.code,
            field: self.0.field.as_deref(),
            request_id,
            members: &self.0.members,
        };
        serde_json::to_vec(&document).expect("strings and numbers always serialize")
    }

    /// The response, with the request id in the document where one is given.
    pub(super) fn respond(self, request_id: Option<&str>) -> Response {
        let mut response = (self.status(), self.document(request_id)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.0.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.kind.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The document as RFC 9457 lays it out, plus our members.
#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

impl IntoResponse for Problem {
    /// The response as it is without the envelope, which adds the request id to faults and logs their cause.
    fn into_response(self) -> Response {
        self.respond(None)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.code)?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        if let Some(cause) = &self.0.cause {
            write!(f, " ({} at {})", cause.message, cause.location)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

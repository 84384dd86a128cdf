//! Calls from the pages of other origins, which a browser makes only where the server says so (CORS).
//!
//! Allowed are the origins of the application, exactly as the operator named them. No cookie and no other credential of
//! the browser is ever asked for: a page proves who its user is by a token that it holds, so an origin is let in, not
//! trusted. What must not live here: who may do what.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Surroundings;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, DELETE");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, if-match, last-event-id");
/// What a page may read of an answer besides its body.
const EXPOSED: HeaderValue = HeaderValue::from_static("etag, idempotent-replayed, link, retry-after, x-request-id");
/// For how many seconds a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Origins whose pages may call.
#[derive(Clone, Default)]
pub struct Origins(Vec<HeaderValue>);

impl Origins {
    /// These, each `scheme://host[:port]`. What no header can hold no browser sends.
    pub fn new(origins: &[String]) -> Self {
        let plain = origins.iter().map(|origin| origin.trim_end_matches('/'));
        Self(plain.filter_map(|origin| HeaderValue::from_str(origin).ok()).collect())
    }

    /// The origin of a request, where it is one of these.
    fn admitted(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        self.0.contains(origin).then(|| origin.clone())
    }
}

/// Answers a browser that asks first, and tells it of every answer that the page may read it.
pub async fn admit(State(surroundings): State<Surroundings>, request: Request, next: Next) -> Response {
    let Some(origin) = surroundings.origins.admitted(request.headers()) else {
        return next.run(request).await;
    };
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first {
        let allowed = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        ];
        (StatusCode::NO_CONTENT, allowed).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

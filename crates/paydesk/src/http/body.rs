//! Reading a request's body, bounded in size and in time.
//!
//! Every body goes through [`read`]: nothing is buffered beyond the limit, and a body that announces its excess is
//! refused before a byte of it is read.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use super::{Problem, kinds};
use crate::app::App;

/// The raw body of a webhook, exactly as it came, with the webhook's own size limit.
pub struct RawBody(pub Bytes);

impl FromRequest<App> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let limits = &app.config.settings.limits;
        let (parts, body) = request.into_parts();
        read(&parts.headers, body, limits.webhook_bytes_max, limits.body_timeout())
            .await
            .map(Self)
    }
}

/// Reads the whole body, or says why not: 413 beyond `limit_bytes`, 408 beyond `timeout`, 400 when it breaks off.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit_bytes: usize,
    timeout: Duration,
) -> Result<Bytes, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit_bytes as u64) {
        return Err(too_large(limit_bytes));
    }
    match tokio::time::timeout(timeout, collect(body, limit_bytes)).await {
        Ok(result) => result,
        Err(_elapsed) => Err(Problem::of(&kinds::BODY_TIMEOUT)),
    }
}

async fn collect(mut body: Body, limit_bytes: usize) -> Result<Bytes, Problem> {
    // Most bodies arrive in one piece, which is then passed on without a copy.
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::of(&kinds::MALFORMED).detail("The body broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + rest.len() + data.len() > limit_bytes {
            return Err(too_large(limit_bytes));
        }
        if first.is_empty() {
            first = data;
        } else {
            rest.extend_from_slice(&data);
        }
    }
    if rest.is_empty() {
        return Ok(first);
    }
    let mut whole = BytesMut::with_capacity(first.len() + rest.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&rest);
    Ok(whole.freeze())
}

fn too_large(limit_bytes: usize) -> Problem {
    Problem::of(&kinds::TOO_LARGE).with("limit_bytes", limit_bytes as u64)
}

//! Reading a request's body, bounded in size, in time, and in memory over all requests together.
//!
//! Every body goes through [`read`]: nothing is buffered beyond the limit, a body that announces its excess is refused
//! before a byte of it is read, and all bodies in flight share one [`Budget`], because most are read before anything
//! proves who sent them.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::{Problem, Surroundings, kinds};

/// What the budget is counted in, in bytes.
const UNIT_BYTES: usize = 1024;
/// How soon a caller may try again who found the budget used up, in seconds.
const RETRY_SECONDS: u32 = 2;

/// The memory that the bodies of all requests may take together.
#[derive(Clone)]
pub struct Budget {
    units: Arc<Semaphore>,
    total_units: usize,
}

impl Budget {
    /// A budget of so many bytes, rounded up to whole KiB.
    pub fn new(bytes: usize) -> Self {
        let total_units = bytes.div_ceil(UNIT_BYTES).min(Semaphore::MAX_PERMITS);
        Self {
            units: Arc::new(Semaphore::new(total_units)),
            total_units,
        }
    }

    /// How many bytes are taken at this moment, in whole KiB.
    pub fn taken_bytes(&self) -> usize {
        (self.total_units - self.units.available_permits()) * UNIT_BYTES
    }

    /// Takes room for so many bytes at once, or says 503: waiting for room would only pile up what waits.
    fn take(&self, bytes: usize) -> Result<Share, Problem> {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
        match Arc::clone(&self.units).try_acquire_many_owned(units) {
            Ok(permit) => Ok(Share(permit)),
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {
                metrics::counter!("http_bodies_refused_total").increment(1);
                Err(Problem::unavailable(
                    "the bodies in flight take all the memory they may",
                    RETRY_SECONDS,
                ))
            }
        }
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Budget({} of {} bytes)",
            self.taken_bytes(),
            self.total_units * UNIT_BYTES
        )
    }
}

/// A part of the budget, given back when it is dropped.
struct Share(OwnedSemaphorePermit);

/// A body with its part of the budget, which it holds until its last reader lets go of it.
struct Held<T> {
    bytes: T,
    _share: Option<Share>,
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Held<T> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

/// The raw body of a webhook, exactly as it came, with the webhook's own size limit.
pub struct RawBody(pub Bytes);

impl<S: Sync> FromRequest<S> for RawBody
where
    Surroundings: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let surroundings = Surroundings::from_ref(state);
        let (parts, body) = request.into_parts();
        read(
            &surroundings,
            &parts.headers,
            body,
            surroundings.limits.webhook_bytes_max,
        )
        .await
        .map(Self)
    }
}

/// Reads the whole body, or says why not: 413 beyond `limit_bytes`, 408 when it takes too long, 400 when it breaks off,
/// 503 when the bodies of all requests take too much. What is given back holds its part of the budget until it is dropped.
pub async fn read(
    surroundings: &Surroundings,
    headers: &HeaderMap,
    body: Body,
    limit_bytes: usize,
) -> Result<Bytes, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit_bytes) {
        return Err(too_large(limit_bytes));
    }
    let timeout = surroundings.limits.body_timeout();
    match tokio::time::timeout(timeout, collect(&surroundings.bodies, body, announced, limit_bytes)).await {
        Ok(result) => result,
        Err(_elapsed) => Err(Problem::of(&kinds::BODY_TIMEOUT)),
    }
}

/// Room is taken for what has arrived and not for what is announced: an announcement costs its sender nothing, and
/// a few of them must not keep everybody else out.
async fn collect(
    budget: &Budget,
    mut body: Body,
    announced: Option<usize>,
    limit_bytes: usize,
) -> Result<Bytes, Problem> {
    let mut whole: Vec<u8> = Vec::new();
    let mut share: Option<Share> = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::of(&kinds::MALFORMED).detail("The body broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        let length = whole.len() + data.len();
        if length > limit_bytes {
            return Err(too_large(limit_bytes));
        }
        if whole.is_empty() && announced == Some(data.len()) {
            // Most bodies arrive in one piece, which is passed on without a copy.
            let share = budget.take(data.len())?;
            return Ok(hold(data, Some(share)));
        }
        if length > whole.capacity() {
            // Doubling keeps the copying down; the exact size keeps the accounts true.
            let wanted = length
                .max(whole.capacity().saturating_mul(2))
                .min(announced.unwrap_or(limit_bytes).max(length));
            let more = budget.take(wanted - whole.capacity())?;
            match &mut share {
                Some(share) => share.0.merge(more.0),
                None => share = Some(more),
            }
            whole.reserve_exact(wanted - whole.len());
        }
        // A piece is copied even when it is the only one so far: kept, it would hold on to the connection's own buffer.
        whole.extend_from_slice(&data);
    }
    Ok(hold(whole, share))
}

fn hold(bytes: impl AsRef<[u8]> + Send + 'static, share: Option<Share>) -> Bytes {
    Bytes::from_owner(Held { bytes, _share: share })
}

fn too_large(limit_bytes: usize) -> Problem {
    Problem::of(&kinds::TOO_LARGE).with("limit_bytes", limit_bytes as u64)
}

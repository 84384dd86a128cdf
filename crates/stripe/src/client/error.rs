//! How a call to Stripe fails: each kind says whether it may be tried again and whether the outcome is known.

use std::time::Duration;

use serde::Deserialize;
use serde::de::MapAccess;

use crate::malformed::Malformed;
use crate::objects::lenient::{Lenient, lenient, part};

/// Why a call gave no answer that can be used. The client has already tried again where that was right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The buyer's bank or Stripe's checks said no. A decision, not a fault.
    #[error("declined: {message} ({code}, {decline_code:?})")]
    Declined {
        /// A code for programs, such as `card_declined`.
        code: String,
        /// The bank's reason, such as `insufficient_funds`.
        decline_code: Option<String>,
        /// A sentence for the buyer.
        message: String,
        /// The payment that failed, where one was made.
        payment_intent: Option<String>,
        /// Stripe's name for the request, for its support.
        request_id: Option<String>,
    },
    /// Stripe understood and refuses: the request is wrong, the key is, or the object is in no state for it.
    #[error("rejected with {status}: {message} ({kind}, {code:?}, {param:?})")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// Stripe's type, such as `invalid_request_error`.
        kind: String,
        /// A code for programs, such as `parameter_missing`.
        code: Option<String>,
        /// The parameter at fault.
        param: Option<String>,
        /// A sentence for the developer.
        message: String,
        /// Stripe's name for the request, for its support.
        request_id: Option<String>,
    },
    /// There is no such object. On a read this is a fact, not a failure.
    #[error("not found: {message}")]
    NotFound {
        /// The parameter that names it.
        param: Option<String>,
        /// A sentence for the developer.
        message: String,
        /// Stripe's name for the request, for its support.
        request_id: Option<String>,
    },
    /// Too many requests, or the object is locked by another one. Nothing was done.
    #[error("rate limited; retry after {retry_after:?}")]
    RateLimited {
        /// How long Stripe asks us to wait.
        retry_after: Option<Duration>,
        /// Stripe's name for the request, for its support.
        request_id: Option<String>,
    },
    /// No connection: the request was never sent, so nothing was done.
    #[error("stripe cannot be reached: {detail}")]
    Unreachable {
        /// What went wrong.
        detail: String,
    },
    /// The request was sent, and what became of it is not known: no answer in time, a lost connection, or a fault at
    /// Stripe. It may have been done. Call again with the same key within the day, later look the object up.
    #[error("outcome not known: {detail}")]
    Unknown {
        /// What went wrong.
        detail: String,
        /// The HTTP status, where there was an answer.
        status: Option<u16>,
        /// Stripe's name for the request, for its support.
        request_id: Option<String>,
    },
    /// It was done, but the answer cannot be read.
    #[error("{malformed}")]
    Malformed {
        /// What could not be read, and why.
        malformed: Malformed,
        /// Stripe's name for the request, for its support.
        request_id: Option<String>,
    },
}

impl Error {
    /// Whether the same call with the same key may succeed later.
    pub fn may_retry(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unreachable { .. } | Self::Unknown { .. } => true,
            Self::Declined { .. } | Self::Rejected { .. } | Self::NotFound { .. } | Self::Malformed { .. } => false,
        }
    }

    /// Whether a write may have been done although it did not return an object.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Malformed { .. })
    }

    /// How long to wait at least before trying again, where Stripe said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Stripe's name for the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Declined { request_id, .. }
            | Self::Rejected { request_id, .. }
            | Self::NotFound { request_id, .. }
            | Self::RateLimited { request_id, .. }
            | Self::Unknown { request_id, .. }
            | Self::Malformed { request_id, .. } => request_id.as_deref(),
            Self::Unreachable { .. } => None,
        }
    }

    /// What this failure means when an earlier attempt of the same call may have been done. Answers that Stripe gives
    /// before it looks at the idempotency key prove nothing about that attempt.
    pub(super) fn after_lost_attempt(self) -> Self {
        let proves_nothing = match &self {
            Self::RateLimited { .. } | Self::Unreachable { .. } => true,
            Self::Rejected { status, .. } => matches!(status, 401 | 403),
            _ => false,
        };
        if proves_nothing {
            let detail = format!("an earlier attempt had no answer, then: {self}");
            let request_id = self.request_id().map(str::to_owned);
            return Self::Unknown {
                detail,
                status: None,
                request_id,
            };
        }
        self
    }

    /// What an answer with a status of 400 and above says.
    pub(super) fn of_answer(
        status: u16,
        body: &[u8],
        retry_after: Option<Duration>,
        request_id: Option<String>,
    ) -> Self {
        let said = serde_json::from_slice::<ErrorBody>(body)
            .map(|body| body.error)
            .unwrap_or_default();
        let message = said.message.unwrap_or_default();
        let code = said.code.as_deref();
        match status {
            402 => Self::Declined {
                code: said.code.unwrap_or_default(),
                decline_code: said.decline_code,
                message,
                payment_intent: said.payment_intent.and_then(|payment| payment.id),
                request_id,
            },
            404 => Self::NotFound {
                param: said.param,
                message,
                request_id,
            },
            429 => Self::RateLimited {
                retry_after,
                request_id,
            },
            409 if code == Some("lock_timeout") => Self::RateLimited {
                retry_after,
                request_id,
            },
            // The same key is in use by a request that is still running, or Stripe itself failed.
            409 | 500.. => Self::Unknown {
                detail: message,
                status: Some(status),
                request_id,
            },
            _ => Self::Rejected {
                status,
                kind: said.kind.unwrap_or_default(),
                code: said.code,
                param: said.param,
                message,
                request_id,
            },
        }
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorSaid,
}

#[derive(Default, Deserialize)]
struct ErrorSaid {
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    code: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    decline_code: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    param: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    message: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    payment_intent: Option<PaymentSaid>,
}

#[derive(Deserialize)]
struct PaymentSaid {
    #[serde(default, deserialize_with = "lenient")]
    id: Option<String>,
}

/// A refusal must be understood whatever stands beside it.
impl Lenient for Option<PaymentSaid> {
    fn from_text(text: &str) -> Self {
        let id = Some(text.to_owned());
        Some(PaymentSaid { id })
    }

    fn from_map<'de, A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
        part(entries).map(Some)
    }
}

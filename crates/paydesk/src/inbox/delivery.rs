//! A delivery of Stripe's over HTTP, and how it is refused: the same at the core and at an edge.

use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::receive::{ReceiveError, check_form};
use crate::http::problem::Kind;
use crate::http::{Problem, RawBody, Surroundings};

/// The paths that Stripe may deliver to: the canonical one, and every other name that it goes by.
pub const WEBHOOK_PATHS: [&str; 4] = [
    "/api/stripe/webhook",
    "/api/webhooks/stripe",
    "/api/payments/webhook",
    "/stripe-webhook",
];

/// The signature does not fit.
pub(super) const BAD_SIGNATURE: Kind = Kind {
    code: "bad_signature",
    status: 400,
    title: "The signature does not fit",
    explanation: "The Stripe-Signature header is missing, too old, or was not made over these bytes with a secret that \
                  this server knows. Check STRIPE_WEBHOOK_SECRET against the endpoint's secret, and that nothing \
                  between Stripe and this server changes the body.",
};

/// Signed, but not an event.
pub(super) const NOT_AN_EVENT: Kind = Kind {
    code: "not_an_event",
    status: 400,
    title: "The body is not an event",
    explanation: "The body is signed, but it is not a Stripe event: it lacks an id, a type or another part of the \
                  envelope.",
};

/// A delivery whose signature at least looks like one. Anybody can send to this address, so the body is not read before.
pub struct Delivery {
    /// The value of Stripe-Signature.
    pub signature: HeaderValue,
    /// The bytes as they came.
    pub body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Delivery
where
    Surroundings: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut signatures = request.headers().get_all("stripe-signature").iter();
        let signature = match (signatures.next(), signatures.next()) {
            (Some(signature), None) => signature.clone(),
            _ => return Err(Problem::of(&BAD_SIGNATURE).detail("There must be exactly one Stripe-Signature header.")),
        };
        check_form(signature.as_bytes()).map_err(|error| Problem::of(&BAD_SIGNATURE).detail(error.to_string()))?;
        let RawBody(body) = RawBody::from_request(request, state).await?;
        Ok(Self { signature, body })
    }
}

/// What Stripe is told of a delivery that is safe in the store.
pub fn acknowledgement() -> Response {
    (
        StatusCode::OK,
        [(header::CONTENT_TYPE, "application/json")],
        r#"{"received":true}"#,
    )
        .into_response()
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::NoSecret => Self::of(&BAD_SIGNATURE).detail("No signing secret is configured."),
            ReceiveError::Signature(error) => Self::of(&BAD_SIGNATURE).detail(error.to_string()),
            ReceiveError::Malformed(error) => Self::of(&NOT_AN_EVENT).detail(error.to_string()),
            // Whatever kept it from being stored, Stripe must send it again.
            ReceiveError::Store(error) => Self::unavailable(error, 5),
        }
    }
}

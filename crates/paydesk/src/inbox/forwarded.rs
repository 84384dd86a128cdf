//! Taking events from an edge, which has verified them: the hop's own proof stands in for Stripe's signature, whose age is
//! not looked at a second time.
//!
//! Promises: nothing of a body is read before its head is proven; an event is answered `kept` only after the durable
//! commit; one that is refused takes none of its group with it.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use stripe::event::Envelope;

use super::delivery::NOT_AN_EVENT;
use super::{Appended, Incoming, Status, payload, receive};
use crate::app::App;
use crate::hop::proof::{Claim, HEADER, ProofError};
use crate::hop::wire::{AnswerOut, FRAME_BYTES, FateOut, Forwarded, Outcome, read};
use crate::hop::{BYTES_MAX, EVENTS_MAX};
use crate::http::body;
use crate::http::problem::Kind;
use crate::http::{Problem, kinds};

/// The proof of the hop does not hold.
pub(super) const BAD_HOP: Kind = Kind {
    code: "bad_internal_signature",
    status: 401,
    title: "The internal signature does not fit",
    explanation: "The Paydesk-Signature header is missing, too old, or was not made over these bytes with an internal \
                  secret that this server knows. Check that PAYDESK_INTERNAL_SECRET of edge and core have one in common, \
                  that their clocks agree, and that nothing between them changes the body.",
};

/// Signed, but not a group of events.
pub(super) const NOT_A_GROUP: Kind = Kind {
    code: "not_a_group_of_events",
    status: 400,
    title: "The body is not a group of events",
    explanation: "The body is signed, but cannot be read as a group of events to its last byte. Edge and core are of \
                  different releases: update the one that is behind.",
};

/// A group of events whose sender is proven, and whose bytes are those that were signed.
pub(crate) struct Group {
    claim: Claim,
    body: Bytes,
}

impl FromRequest<App> for Group {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let refuse = |error: ProofError| {
            metrics::counter!("paydesk_internal_rejected_total").increment(1);
            tracing::warn!(%error, "a request to the internal path was refused");
            Problem::of(&BAD_HOP).detail(format!("{error}."))
        };
        let mut headers = request.headers().get_all(HEADER).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return Err(refuse(ProofError::Malformed));
        };
        let claim = Claim::prove(header.as_bytes(), &app.internal_secrets, app.clock.now_seconds()).map_err(refuse)?;
        let limit = BYTES_MAX.max(app.config.settings.limits.webhook_bytes_max) + FRAME_BYTES;
        let (parts, body) = request.into_parts();
        let body = body::read(&app.surroundings, &parts.headers, body, limit).await?;
        claim.check(&body).map_err(refuse)?;
        Ok(Self { claim, body })
    }
}

/// Keeps what can be kept of a group, and tells what became of each event, signed as the request was.
pub(super) async fn take(app: &App, group: &Group) -> Result<Response, Problem> {
    let events = read(&group.body, EVENTS_MAX).ok_or_else(|| Problem::of(&NOT_A_GROUP))?;
    let events = keep(app, &events).await;
    let answer = serde_json::to_vec(&AnswerOut { events }).map_err(Problem::fault)?;
    let signature = group.claim.sign_answer(&answer, &app.internal_secrets);
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (HeaderName::from_static(HEADER), signature),
    ];
    Ok((StatusCode::OK, headers, answer).into_response())
}

async fn keep(app: &App, events: &[Forwarded<'_>]) -> Vec<FateOut> {
    let mut incoming = Vec::with_capacity(events.len());
    let mut fates: Vec<FateOut> = Vec::with_capacity(events.len());
    let mut waiting = Vec::with_capacity(events.len());
    for event in events {
        match open(app, *event) {
            Ok(event) => {
                waiting.push((fates.len(), event.status == Status::Received));
                fates.push(fate(&event.envelope.id, Outcome::Failed));
                incoming.push(event);
            }
            Err((id, kind, detail)) => fates.push(FateOut {
                code: Some(kind.code.to_owned()),
                detail: Some(detail),
                ..fate(&id, Outcome::Refused)
            }),
        }
    }
    store::crash_point("group verified");
    let results = app.appends.submit_all(incoming).await;
    store::crash_point("group appended");
    let (mut kept, mut is_due) = (0, false);
    for ((at, to_handle), result) in waiting.into_iter().zip(results) {
        match result {
            Ok(appended) => {
                kept += 1;
                is_due |= to_handle && appended == Appended::New;
                fates[at].outcome = match appended {
                    Appended::New => Outcome::Kept,
                    Appended::Duplicate => Outcome::Duplicate,
                };
            }
            Err(error) => tracing::error!(event = fates[at].id, %error, "a forwarded event could not be stored"),
        }
    }
    receive::accepted(app, kept, is_due);
    fates
}

/// Reads one event of a group, or says why it will never be taken.
fn open(app: &App, event: Forwarded<'_>) -> Result<Incoming, (String, &'static Kind, String)> {
    let limit = app.config.settings.limits.webhook_bytes_max;
    let envelope = Envelope::parse(event.body).map_err(|error| (String::new(), &NOT_AN_EVENT, error.to_string()))?;
    if event.body.len() > limit {
        let detail = format!("The core takes events of {limit} bytes at most.");
        return Err((envelope.id, &kinds::TOO_LARGE, detail));
    }
    // An edge whose clock is ahead must not make events that come from the future.
    let received_at_us = event.verified_at_us.min(app.clock.now_us());
    let body = payload::pack(event.body);
    Ok(Incoming::new(envelope, body, app.config.livemode, received_at_us))
}

fn fate(id: &str, outcome: Outcome) -> FateOut {
    FateOut {
        id: id.to_owned(),
        outcome,
        code: None,
        detail: None,
    }
}

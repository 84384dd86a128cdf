//! Receiving one delivery: verify before anything else, then keep, then acknowledge.

use stripe::event::Envelope;
use stripe::signature::{self, SigningSecret};

use super::{Appended, Incoming, Status, TOPIC, payload};
use crate::app::App;
use crate::clock::SECOND_US;

/// How far Stripe's time stamp may be off, in seconds, either way.
const TOLERANCE_SECONDS: i64 = 300;

/// What is told to the sender of an event that is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Whether it was new.
    pub appended: Appended,
    /// Where it begins.
    pub status: Status,
}

/// Why a delivery was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// There is no secret that could have signed it.
    #[error("no signing secret is configured")]
    NoSecret,
    /// No secret of ours signed these bytes.
    #[error("the signature does not fit: {0}")]
    Signature(#[from] signature::SignatureError),
    /// Signed, but not an event.
    #[error("the body is not an event: {0}")]
    Malformed(#[from] stripe::Malformed),
    /// It could not be stored; Stripe will send it again.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Refuses a signature header that no body could make good, before the body is read.
pub(super) fn check_form(header: &[u8]) -> Result<(), signature::SignatureError> {
    // Without a secret nothing can match, so what is said instead of that is about the header alone.
    match signature::verify(&[], header, &[], 0, TOLERANCE_SECONDS) {
        Ok(_) | Err(signature::SignatureError::NoMatch) => Ok(()),
        Err(error) => {
            metrics::counter!("paydesk_webhook_rejected_total").increment(1);
            Err(error)
        }
    }
}

/// Proves that Stripe signed these bytes just now, and reads which event they are. The core and the edge do the same.
pub fn verify(secrets: &[SigningSecret], now_us: i64, header: &[u8], body: &[u8]) -> Result<Envelope, ReceiveError> {
    let now_s = now_us.div_euclid(SECOND_US);
    if let Err(error) = signature::verify(body, header, secrets, now_s, TOLERANCE_SECONDS) {
        metrics::counter!("paydesk_webhook_rejected_total").increment(1);
        return Err(if secrets.is_empty() {
            ReceiveError::NoSecret
        } else {
            error.into()
        });
    }
    Ok(Envelope::parse(body)?)
}

/// Verifies and keeps one delivery. It returns only after the durable commit.
pub async fn receive(app: &App, header: &[u8], body: &[u8]) -> Result<Receipt, ReceiveError> {
    let now_us = app.clock.now_us();
    let envelope = verify(&app.webhook_secrets, now_us, header, body)?;
    store::crash_point("inbox verified");
    let incoming = Incoming::new(envelope, payload::pack(body), app.config.livemode, now_us);
    let status = incoming.status;
    let appended = app.appends.submit(incoming).await?;
    store::crash_point("inbox appended");
    accepted(app, 1, appended == Appended::New && status == Status::Received);
    Ok(Receipt { appended, status })
}

/// Counts deliveries that are in the store now, and wakes the worker where there is something to be handled.
pub(super) fn accepted(app: &App, deliveries: u64, is_due: bool) {
    metrics::counter!("paydesk_webhook_accepted_total").increment(deliveries);
    if is_due {
        app.store.notify(TOPIC);
    }
}

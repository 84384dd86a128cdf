//! The core as an edge sees it: one signed request for a group of events, and an answer that is believed only with the core's
//! own proof.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};

use crate::clock::Clock;
use crate::config::{ConfigError, EdgeConfig};
use crate::hop::proof::{Claim, HEADER, ProofError, Secret};
use crate::hop::wire::{AnswerOut, FateOut};
use crate::hop::{self, EVENTS_MAX};

/// How long connecting to the core may take, within the time for the whole.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a connection that nothing is sent on is kept. Shorter than the core keeps it, so that none is used that the core
/// is about to close.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The most bytes of an answer that are read: some for each event of a group.
const ANSWER_BYTES_MAX: usize = EVENTS_MAX * 2048;

/// The way to the core.
pub(super) struct Core {
    http: reqwest::Client,
    url: String,
    secrets: Vec<Secret>,
    clock: Clock,
}

/// Why the core did not take a group.
#[derive(Debug, thiserror::Error)]
pub(super) enum CoreError {
    /// It was not reached, or did not answer in time. It may have taken the events.
    #[error("the core was not reached, or did not answer in time: {0}")]
    Unreachable(String),
    /// It does not know our secret, or our clock.
    #[error(
        "the core does not believe this edge: {0}. Hold PAYDESK_INTERNAL_SECRET and the clocks of both against each other"
    )]
    NotBelieved(String),
    /// It takes no events from edges at this address.
    #[error(
        "there is no internal path at --forward-to. Is PAYDESK_INTERNAL_SECRET set at the core, and is this its listener for \
         edges (PAYDESK_INTERNAL_LISTEN) where it has one?"
    )]
    NotThere,
    /// What was sent is larger than it reads.
    #[error("the core takes no body of this size")]
    TooLarge,
    /// It answered that it cannot.
    #[error("the core answered {0}")]
    Refused(StatusCode),
    /// What answered did not prove to be the core.
    #[error("the answer does not prove to be the core's: {0}")]
    NotProven(#[from] ProofError),
    /// The answer is signed and not what an answer looks like.
    #[error("the core's answer cannot be read; are both of the same release?")]
    Malformed,
}

impl Core {
    pub(super) fn new(config: &EdgeConfig, clock: Clock) -> Result<Self, ConfigError> {
        let base = config.settings.forward_to.trim_end_matches('/');
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(config.settings.forward_timeout())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            .user_agent(concat!("paydesk-edge/", env!("CARGO_PKG_VERSION")));
        if !base.starts_with("https:") {
            // Nothing to verify a certificate for, and not every machine has roots.
            builder = builder.tls_certs_only([]);
        }
        let http = builder
            .build()
            .map_err(|error| ConfigError(format!("The client of the core cannot be made: {error}.")))?;
        Ok(Self {
            http,
            url: format!("{base}{}", hop::PATH),
            secrets: config.secrets.internal_keys()?,
            clock,
        })
    }

    /// Sends a group, and gives what became of each event, in their order.
    pub(super) async fn send(&self, group: Vec<u8>) -> Result<Vec<FateOut>, CoreError> {
        let claim = Claim::of(&group, self.clock.now_seconds());
        let request = self
            .http
            .post(&self.url)
            .header(HEADER, claim.sign(&self.secrets))
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(group);
        let response = request.send().await.map_err(unreachable)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(CoreError::NotBelieved(detail(response).await)),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => return Err(CoreError::NotThere),
            StatusCode::PAYLOAD_TOO_LARGE => return Err(CoreError::TooLarge),
            other => return Err(CoreError::Refused(other)),
        }
        let signature = response.headers().get(HEADER).cloned().ok_or(ProofError::Malformed)?;
        let answer = read(response).await?;
        claim.check_answer(signature.as_bytes(), &answer, &self.secrets)?;
        let answer: AnswerOut = serde_json::from_slice(&answer).map_err(|_| CoreError::Malformed)?;
        Ok(answer.events)
    }
}

/// What the core says is wrong, as far as it says so in a sentence.
async fn detail(response: Response) -> String {
    let body = read(response).await.unwrap_or_default();
    let problem: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    let detail = problem.as_ref().and_then(|problem| problem["detail"].as_str());
    detail.unwrap_or("it says no more").trim_end_matches('.').to_owned()
}

async fn read(mut response: Response) -> Result<Vec<u8>, CoreError> {
    let mut answer = Vec::new();
    while let Some(part) = response.chunk().await.map_err(unreachable)? {
        if answer.len() + part.len() > ANSWER_BYTES_MAX {
            return Err(CoreError::Malformed);
        }
        answer.extend_from_slice(&part);
    }
    Ok(answer)
}

/// An error of the client with what lies behind it, and without the address.
#[expect(clippy::needless_pass_by_value, reason = "it maps the error of a result")]
fn unreachable(error: reqwest::Error) -> CoreError {
    let mut causes = Vec::new();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    CoreError::Unreachable(causes.join(": "))
}

//! Sending one webhook: what goes over the wire, to which address, and what came back.
//!
//! The address that is really connected to is the one that is judged: names are looked up by our own resolver, which
//! passes on only addresses that the gate admits, so a name that changes its address between two looks gains nothing. No
//! redirect is followed, and no proxy is used.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use secrecy::SecretString;

use super::addresses::Gate;
use super::sign;
use crate::config::Network;

/// How long an attempt may take in all, and how long until it is connected. Shorter than the lease of a delivery.
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of an answer is kept.
const ANSWER_BYTES_MAX: usize = 1_024;
/// The status by which an endpoint says that it wants nothing more.
const GONE: u16 = 410;

/// Looks the addresses of a name up.
pub type Lookup =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync>;

/// A webhook to be sent.
pub struct Parcel<'a> {
    /// Where to.
    pub url: &'a str,
    /// What it is signed with.
    pub secrets: &'a [SecretString],
    /// Its id, the same at every attempt.
    pub message_id: &'a str,
    /// The time of this attempt, unix seconds.
    pub timestamp_s: i64,
    /// The body.
    pub body: &'a str,
}

/// What an attempt came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was taken.
    Sent,
    /// It was not; it is tried again.
    Failed(String),
    /// The endpoint wants nothing more.
    Gone,
    /// Nothing was sent, and nothing ever will be, because of where it leads.
    Refused(String),
}

/// An attempt, with what was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempted {
    /// What it came to.
    pub outcome: Outcome,
    /// The status of the answer.
    pub status_code: Option<u16>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

/// Sends webhooks.
pub struct Sender {
    secure: Gate,
    plain: Gate,
    lookup: Lookup,
    /// Made at first use: most servers need one of them, and many none.
    secure_client: OnceLock<Result<reqwest::Client, String>>,
    plain_client: OnceLock<Result<reqwest::Client, String>>,
}

/// Why an address cannot take webhooks, for whoever gave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadUrl {
    /// It is no address, or one with parts that webhooks have no use for.
    #[error("Write it as https://host[:port]/path, without user, password or fragment, in at most 2000 characters.")]
    Form,
    /// It is not encrypted.
    #[error("It must begin with https://. Plain http is for addresses that the operator allows only.")]
    Plain,
    /// It leads where strangers have no business.
    #[error("It leads to an address that is not public and that the operator has not allowed.")]
    Closed,
}

/// An address was refused before anything was connected to it.
#[derive(Debug)]
struct ClosedAddress;

impl fmt::Display for ClosedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no address that is public or that the operator has allowed")
    }
}

impl StdError for ClosedAddress {}

impl Sender {
    /// Sends to public addresses by https, and to those that the operator allows by either scheme.
    pub fn new(allowed: &[Network]) -> Self {
        let lookup: Lookup =
            Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) }));
        Self::looking_up(allowed, lookup)
    }

    /// The same, with names looked up in another way.
    pub fn looking_up(allowed: &[Network], lookup: Lookup) -> Self {
        Self {
            secure: Gate::new(allowed, true),
            plain: Gate::new(allowed, false),
            lookup,
            secure_client: OnceLock::new(),
            plain_client: OnceLock::new(),
        }
    }

    /// Reads an address and refuses what can be refused without looking its name up.
    pub fn check(&self, url: &str) -> Result<Url, BadUrl> {
        let parsed = Url::parse(url).map_err(|_| BadUrl::Form)?;
        let plain_form = parsed.username().is_empty() && parsed.password().is_none() && parsed.fragment().is_none();
        if url.len() > 2_000 || !plain_form || url.contains(char::is_whitespace) {
            return Err(BadUrl::Form);
        }
        let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or(BadUrl::Form)?;
        let gate = match parsed.scheme() {
            "https" => &self.secure,
            "http" if self.plain.is_closed() => return Err(BadUrl::Plain),
            "http" => &self.plain,
            _ => return Err(BadUrl::Form),
        };
        // Every way to write an address as a number has been made one by the parser; no name is looked up for those.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if !gate.admits(address) => Err(BadUrl::Closed),
            _ => Ok(parsed),
        }
    }

    /// Makes one attempt.
    pub async fn send(&self, parcel: &Parcel<'_>) -> Attempted {
        let url = match self.check(parcel.url) {
            Ok(url) => url,
            Err(bad) => return nothing(Outcome::Refused(bad.to_string())),
        };
        let client = match self.client(url.scheme() == "https") {
            Ok(client) => client,
            Err(error) => return nothing(Outcome::Failed(error)),
        };
        let signature = sign::signature(parcel.secrets, parcel.message_id, parcel.timestamp_s, parcel.body);
        let request = client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", parcel.message_id)
            .header("webhook-timestamp", parcel.timestamp_s)
            .header("webhook-signature", signature)
            .body(parcel.body.to_owned());
        match request.send().await {
            Ok(response) => answered(response).await,
            Err(error) if is_refusal(&error) => nothing(Outcome::Refused(ClosedAddress.to_string())),
            Err(error) => nothing(Outcome::Failed(reason(&error))),
        }
    }

    fn client(&self, is_encrypted: bool) -> Result<&reqwest::Client, String> {
        let (made, gate) = if is_encrypted {
            (&self.secure_client, &self.secure)
        } else {
            (&self.plain_client, &self.plain)
        };
        let client = made.get_or_init(|| {
            let resolver = Resolver {
                lookup: Arc::clone(&self.lookup),
                gate: gate.clone(),
            };
            build(resolver, is_encrypted)
        });
        client.as_ref().map_err(Clone::clone)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("secure", &self.secure)
            .finish_non_exhaustive()
    }
}

fn build(resolver: Resolver, is_encrypted: bool) -> Result<reqwest::Client, String> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .dns_resolver(Arc::new(resolver))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .pool_max_idle_per_host(1)
        .https_only(is_encrypted)
        .user_agent(concat!("paydesk/", env!("CARGO_PKG_VERSION")));
    if !is_encrypted {
        builder = builder.tls_certs_only([]);
    }
    builder
        .build()
        .map_err(|error| format!("no client could be made: {}", reason(&error)))
}

/// Looks names up, and keeps closed addresses to itself.
struct Resolver {
    lookup: Lookup,
    gate: Gate,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (looking, gate) = ((self.lookup)(name.as_str().to_owned()), self.gate.clone());
        Box::pin(async move {
            let found = looking.await?;
            let known = !found.is_empty();
            let open: Vec<SocketAddr> = found.into_iter().filter(|address| gate.admits(address.ip())).collect();
            match open.is_empty() {
                true if known => Err(ClosedAddress.into()),
                true => Err("the name has no address".into()),
                false => Ok(Box::new(open.into_iter()) as Addrs),
            }
        })
    }
}

async fn answered(mut response: reqwest::Response) -> Attempted {
    let status = response.status();
    let mut beginning = Vec::new();
    while beginning.len() < ANSWER_BYTES_MAX
        && let Ok(Some(chunk)) = response.chunk().await
    {
        beginning.extend_from_slice(&chunk[..chunk.len().min(ANSWER_BYTES_MAX - beginning.len())]);
    }
    // The store keeps no NUL.
    let answer = String::from_utf8_lossy(&beginning).replace('\0', "\u{fffd}");
    let outcome = match status.as_u16() {
        200..=299 => Outcome::Sent,
        GONE => Outcome::Gone,
        code @ 300..=399 => Outcome::Failed(format!("the answer was {code}; redirects are not followed")),
        code => Outcome::Failed(format!("the answer was {code}")),
    };
    Attempted {
        outcome,
        status_code: Some(status.as_u16()),
        answer: Some(answer),
    }
}

fn nothing(outcome: Outcome) -> Attempted {
    Attempted {
        outcome,
        status_code: None,
        answer: None,
    }
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| {
        let cause: &'a (dyn StdError + 'static) = *cause;
        cause.source()
    })
}

fn is_refusal(error: &reqwest::Error) -> bool {
    causes(error).any(<dyn StdError>::is::<ClosedAddress>)
}

/// Why an attempt failed, from the innermost cause. The address is not repeated: its path may be secret.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    causes(error)
        .last()
        .map_or_else(|| "it could not be sent".to_owned(), ToString::to_string)
}

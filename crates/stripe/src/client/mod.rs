//! The HTTP client towards Stripe, or towards anything that speaks as Stripe does.
//!
//! Promises: every request pins the API version; every POST carries an idempotency key, by type; every attempt of one
//! call carries the same key; attempts are bounded in number and time; a failure says whether the outcome is known.
//! The one place where an HTTP client is built: no redirects (a key must not follow one), no proxy from the
//! environment, time-outs always.
//!
//! What must not live here: what to do about a failure. The caller knows what the call was for.

mod error;
mod form;
mod operations;
mod pages;
mod send;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

pub use error::Error;
pub use pages::{Listed, Pages};

use crate::objects::{Object, decode};
use send::{Method, Request};

/// The client's own randomness, for jitter: any uniformly distributed number. Handed in, so that a seed repeats a run.
pub type Jitter = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What a client needs to know. Make one with [`ClientConfig::new`] and change what is different.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Stripe, or a sandbox; without the `/v1`.
    pub base_url: String,
    /// `sk_…` or `rk_…`.
    pub secret_key: SecretString,
    /// Sent with every request.
    pub api_version: String,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long one attempt may take, connecting and reading included.
    pub request_timeout: Duration,
    /// How often one call is attempted, the first time included; at least once.
    pub max_attempts: u32,
    /// The wait before the second attempt; it doubles from there.
    pub backoff_first: Duration,
    /// The longest wait between attempts. Where Stripe asks for a longer one the error is returned instead.
    pub backoff_max: Duration,
}

impl ClientConfig {
    /// Stripe's own recommendation for the time-outs, and three attempts.
    pub fn new(base_url: impl Into<String>, secret_key: SecretString) -> Self {
        Self {
            base_url: base_url.into(),
            secret_key,
            api_version: crate::API_VERSION.to_owned(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(40),
            max_attempts: 3,
            backoff_first: Duration::from_millis(500),
            backoff_max: Duration::from_secs(8),
        }
    }
}

/// Why a client cannot be made from its configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The base URL is none, or neither http nor https.
    #[error("the base URL of Stripe is not an http or https URL: {0}")]
    BaseUrl(String),
    /// The key or the version cannot be put into a header.
    #[error("the {0} is empty or has characters that no header can carry")]
    Header(&'static str),
    /// The platform gives no TLS, most often because it has no root certificates.
    #[error("the HTTP client cannot be built: {0}")]
    Build(String),
}

/// A client of Stripe's API. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    account: Option<Arc<str>>,
}

struct Shared {
    http: reqwest::Client,
    base_url: String,
    authorization: SecretString,
    config: ClientConfig,
    jitter: Jitter,
}

impl Client {
    /// Makes a client. No request is sent yet.
    pub fn new(config: ClientConfig, jitter: Jitter) -> Result<Self, ConfigError> {
        let refused = |why: &str| ConfigError::BaseUrl(format!("{} ({why})", config.base_url));
        let url = Url::parse(&config.base_url).map_err(|error| refused(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(refused("only scheme, host, port and path"));
        }
        check_header("API version", &config.api_version)?;
        check_header("secret key", config.secret_key.expose_secret())?;
        let authorization = SecretString::from(format!("Bearer {}", config.secret_key.expose_secret()));
        let http = build_http(&config, url.scheme() == "https")?;
        let base_url = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self {
            shared: Arc::new(Shared {
                http,
                base_url,
                authorization,
                config,
                jitter,
            }),
            account: None,
        })
    }

    /// The same client, acting on a connected account.
    #[must_use]
    pub fn on_account(&self, account: &str) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            account: Some(account.into()),
        }
    }

    async fn get<T: Object>(&self, path: String, parameters: &Value) -> Result<T, Error> {
        self.decoded(Request {
            method: Method::Get,
            path,
            form: form::encode(parameters),
            key: None,
        })
        .await
    }

    async fn post<T: Object>(&self, path: String, parameters: &Value, key: &IdempotencyKey) -> Result<T, Error> {
        self.decoded(Request {
            method: Method::Post,
            path,
            form: form::encode(parameters),
            key: Some(key),
        })
        .await
    }

    async fn delete<T: Object>(&self, path: String) -> Result<T, Error> {
        self.decoded(Request {
            method: Method::Delete,
            path,
            form: String::new(),
            key: None,
        })
        .await
    }

    async fn decoded<T: Object>(&self, request: Request<'_>) -> Result<T, Error> {
        let answer = send::send(self, &request).await?;
        decode(&answer.body).map_err(|malformed| Error::Malformed {
            malformed,
            request_id: answer.request_id,
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base_url", &self.shared.base_url)
            .finish_non_exhaustive()
    }
}

/// The caller's name for one intended write: as often as it is sent, Stripe does it once. Forgotten after a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// A text that cannot be an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 255 printable ASCII characters without spaces")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// Takes a key: best the id of the row that holds the intent, never anything made of amounts.
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidIdempotencyKey> {
        let key = key.into();
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidIdempotencyKey);
        }
        Ok(Self(key))
    }

    /// The key as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_header(what: &'static str, text: &str) -> Result<(), ConfigError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigError::Header(what));
    }
    Ok(())
}

/// Builds the only HTTP client of this crate.
fn build_http(config: &ClientConfig, tls: bool) -> Result<reqwest::Client, ConfigError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(config.connect_timeout)
        .timeout(config.request_timeout)
        .pool_idle_timeout(Duration::from_mins(1))
        .pool_max_idle_per_host(32)
        .tcp_nodelay(true)
        .https_only(tls)
        .user_agent(concat!("paydesk/", env!("CARGO_PKG_VERSION")));
    if !tls {
        // A sandbox needs no root certificates; loading them costs start-up time, and not every machine has any.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| ConfigError::Build(send::chain(&error)))
}

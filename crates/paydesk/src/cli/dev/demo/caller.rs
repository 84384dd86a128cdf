//! Whoever calls over HTTP: an application with its users' tokens, an operator, a browser on the sandbox's pages, and the
//! sandbox's control API for what a buyer at the page, a bank and time do.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use jsonwebtoken::{EncodingKey, Header};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::clock::Clock;

/// How long an answer may take. Far more than any takes; it only keeps a mistake from looking like a long demo.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long the token of a user is good for, in seconds.
const TOKEN_SECONDS: i64 = 600;

/// Why something could not be done.
#[derive(Debug)]
pub(super) enum Hitch {
    /// It was refused, in these words. The demo goes on without it.
    Refused(String),
    /// Nothing can be done any more.
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Hitch {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

/// In whose name something is asked.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    Operator,
    User(&'a str),
}

/// The secrets of the stage's application, known to nobody else.
pub(super) struct Credentials {
    pub(super) operator: SecretString,
    pub(super) signing: SecretString,
}

/// A caller of the application and its sandbox.
pub(super) struct Caller {
    http: reqwest::Client,
    base: String,
    sandbox_base: String,
    credentials: Credentials,
    clock: Clock,
    asked: AtomicU64,
}

impl Caller {
    pub(super) fn new(
        base: String,
        sandbox_base: String,
        credentials: Credentials,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .no_proxy()
            .build()
            .context("the demo has no way to ask for anything")?;
        Ok(Self {
            http,
            base,
            sandbox_base,
            credentials,
            clock,
            asked: AtomicU64::new(0),
        })
    }

    pub(super) async fn get(&self, who: Who<'_>, path: &str) -> Result<Value, Hitch> {
        self.send(self.request(Method::GET, who, path)?).await
    }

    /// A POST under an Idempotency-Key of its own.
    pub(super) async fn post(&self, who: Who<'_>, path: &str, body: &Value) -> Result<Value, Hitch> {
        let key = format!("demo-{}", self.asked.fetch_add(1, Ordering::Relaxed));
        let request = self.request(Method::POST, who, path)?;
        self.send(request.header("idempotency-key", key).json(body)).await
    }

    /// A PUT of what has never been there before.
    pub(super) async fn put(&self, who: Who<'_>, path: &str, body: &Value) -> Result<Value, Hitch> {
        let request = self.request(Method::PUT, who, path)?;
        self.send(request.header("if-match", "\"0\"").json(body)).await
    }

    pub(super) async fn delete(&self, who: Who<'_>, path: &str) -> Result<Value, Hitch> {
        self.send(self.request(Method::DELETE, who, path)?).await
    }

    /// A call of the sandbox's control API.
    pub(super) async fn steer(&self, path: &str, body: &Value) -> Result<Value, Hitch> {
        let url = format!("{}/_sandbox{path}", self.sandbox_base);
        self.send(self.http.post(url).json(body)).await
    }

    /// Sends a form of one of the sandbox's pages, as the page's own script does.
    pub(super) async fn send_form(&self, page: &str, fields: &[(&str, &str)]) -> Result<Value, Hitch> {
        let encoded = reqwest::Url::parse_with_params("http://form", fields).context("a form cannot be written")?;
        let request = self
            .http
            .post(page)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded.query().unwrap_or_default().to_owned());
        self.send(request).await
    }

    fn request(&self, method: Method, who: Who<'_>, path: &str) -> Result<RequestBuilder, Hitch> {
        let request = self.http.request(method, format!("{}{path}", self.base));
        Ok(match who {
            Who::Operator => request.bearer_auth(self.credentials.operator.expose_secret()),
            Who::User(user_id) => request.bearer_auth(self.token(user_id)?),
        })
    }

    /// A token as the application would sign it for this user.
    fn token(&self, user_id: &str) -> anyhow::Result<String> {
        let claims = json!({ "sub": user_id, "exp": self.clock.now_seconds() + TOKEN_SECONDS });
        let key = EncodingKey::from_secret(self.credentials.signing.expose_secret().as_bytes());
        jsonwebtoken::encode(&Header::default(), &claims, &key).context("a user token cannot be signed")
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Hitch> {
        let request = request.build().context("a request cannot be written")?;
        let asked = format!("{} {}", request.method(), request.url().path());
        let answer = self.http.execute(request).await.with_context(|| asked.clone())?;
        let status = answer.status();
        let bytes = answer.bytes().await.with_context(|| asked.clone())?;
        let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.is_success() {
            return Ok(said);
        }
        let reason = ["code", "error"].into_iter().find_map(|name| said[name].as_str());
        Err(Hitch::Refused(format!(
            "{asked} was answered {}: {}",
            status.as_u16(),
            reason.unwrap_or("no reason was given")
        )))
    }
}

/// A text member of an answer.
pub(super) fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

//! User tokens: JWTs that the application signs.
//!
//! One key source per server: an HS256 secret, or a JWKS. The algorithm is a property of the key and never taken from
//! the token, so a public key cannot be used as a secret and `none` does not exist. Claims are checked against the
//! injected clock with a leeway of 30 seconds. A token that fails in any way is answered the same: 401;
//! the reason is in the log.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Number;

use super::jwks::Jwks;
use super::unauthorized;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::http::Problem;
use crate::ids::UserId;

/// How far the application's clock may be off, in seconds.
const LEEWAY_SECONDS: i64 = 30;

/// A key with the one algorithm it may be used with.
pub(super) struct Key {
    pub(super) key: DecodingKey,
    pub(super) algorithm: Algorithm,
}

enum Source {
    Secret(Arc<Key>),
    Jwks(Box<Jwks>),
    /// No source configured: there are no users, only services and the operator.
    None,
}

/// Verifies user tokens.
pub struct Verifier {
    source: Source,
    issuer: Option<String>,
    audience: Option<String>,
    clock: Clock,
}

/// The claims that are looked at. A claim given twice is refused by the derive.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: Number,
    nbf: Option<Number>,
    iss: Option<String>,
    aud: Option<Audience>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn includes(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Many(many) => many.iter().any(|one| one == wanted),
        }
    }
}

impl Verifier {
    /// A verifier with the key source that the configuration names.
    pub fn new(config: &Config, clock: Clock) -> Result<Self, ConfigError> {
        let source = match (&config.secrets.jwt_secret, &config.settings.callers.jwks_url) {
            (Some(secret), _) => Source::Secret(Arc::new(Key {
                key: DecodingKey::from_secret(secret.expose_secret().as_bytes()),
                algorithm: Algorithm::HS256,
            })),
            (None, Some(url)) => Source::Jwks(Box::new(Jwks::new(url, clock.clone())?)),
            (None, None) => Source::None,
        };
        let callers = &config.settings.callers;
        Ok(Self {
            source,
            issuer: callers.jwt_issuer.clone(),
            audience: callers.jwt_audience.clone(),
            clock,
        })
    }

    /// The user that a token speaks for. 401 for a token that proves nothing; 503 while no keys could be fetched yet.
    pub async fn verify(&self, token: &str) -> Result<UserId, Problem> {
        if token.split('.').count() != 3 {
            return Err(unauthorized(
                "the token is neither the admin token, a service token nor a JWT",
            ));
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| unauthorized("the JWT's header cannot be read"))?;
        // A critical extension is one we must understand; we understand none (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return Err(unauthorized("the JWT demands an extension"));
        }
        let key = match &self.source {
            Source::Secret(key) => Some(Arc::clone(key)),
            Source::Jwks(jwks) => jwks.find(header.kid.as_deref()).await?,
            Source::None => return Err(unauthorized("neither PAYDESK_JWT_SECRET nor PAYDESK_JWKS_URL is set")),
        };
        let key = key.ok_or_else(|| unauthorized("no key has the JWT's kid"))?;
        if key.algorithm != header.alg {
            return Err(unauthorized("the JWT's algorithm is not its key's"));
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &key.key, &signature_only(key.algorithm))
            .map_err(|_| unauthorized("the JWT's signature does not fit, or a claim is missing or malformed"))?
            .claims;
        self.check(&claims).map_err(unauthorized)
    }

    /// The user, when every claim is right at this moment; else which is not.
    fn check(&self, claims: &Claims) -> Result<UserId, &'static str> {
        let now = self.clock.now_seconds();
        if seconds(&claims.exp).ok_or("the JWT's exp is out of range")? <= now.saturating_sub(LEEWAY_SECONDS) {
            return Err("the JWT has expired");
        }
        if let Some(nbf) = &claims.nbf
            && seconds(nbf).ok_or("the JWT's nbf is out of range")? > now.saturating_add(LEEWAY_SECONDS)
        {
            return Err("the JWT is not valid yet");
        }
        let issuer_right = |wanted| claims.iss.as_ref() == Some(wanted);
        if !self.issuer.as_ref().is_none_or(issuer_right) {
            return Err("the JWT's iss is not the one configured");
        }
        let audience_right = |wanted: &String| claims.aud.as_ref().is_some_and(|aud| aud.includes(wanted));
        if !self.audience.as_ref().is_none_or(audience_right) {
            return Err("the JWT's aud is not the one configured");
        }
        UserId::parse(&claims.sub).ok_or("the JWT's sub cannot be a user's id")
    }
}

/// The library checks the signature only: it would read the system's clock for the rest.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

/// A `NumericDate` in whole seconds. Fractions are allowed by RFC 7519 and cut off; what is out of range is refused.
fn seconds(date: &Number) -> Option<i64> {
    date.as_i64().or_else(|| {
        let text = date.to_string();
        let (whole, fraction) = text.split_once('.')?;
        fraction
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| whole.parse().ok())?
    })
}

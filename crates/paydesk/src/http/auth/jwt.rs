//! User tokens: JWTs that the application signs.
//!
//! One key source per server: an HS256 secret, or a JWKS. The algorithm is a property of the key and never taken from
//! the token, so a public key cannot be used as a secret and `none` does not exist. Claims are checked against the
//! injected clock with a leeway of 30 seconds. A token that fails in any way is answered the same: 401, no reason.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Number;

use super::jwks::Jwks;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::http::{Problem, kinds};
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
        let unauthorized = || Problem::of(&kinds::UNAUTHORIZED);
        if token.split('.').count() != 3 {
            return Err(unauthorized());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| unauthorized())?;
        // A critical extension is one we must understand; we understand none (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return Err(unauthorized());
        }
        let key = match &self.source {
            Source::Secret(key) => Some(Arc::clone(key)),
            Source::Jwks(jwks) => jwks.find(header.kid.as_deref()).await?,
            Source::None => None,
        };
        let key = key.filter(|key| key.algorithm == header.alg).ok_or_else(unauthorized)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.key, &signature_only(key.algorithm))
            .map_err(|_| unauthorized())?
            .claims;
        self.check(&claims).ok_or_else(unauthorized)
    }

    /// The user, when every claim is right at this moment.
    fn check(&self, claims: &Claims) -> Option<UserId> {
        let now = self.clock.now_seconds();
        let expired = seconds(&claims.exp)? <= now.saturating_sub(LEEWAY_SECONDS);
        let early = match &claims.nbf {
            Some(nbf) => seconds(nbf)? > now.saturating_add(LEEWAY_SECONDS),
            None => false,
        };
        let issuer_right = self
            .issuer
            .as_ref()
            .is_none_or(|wanted| claims.iss.as_ref() == Some(wanted));
        let audience_right = self
            .audience
            .as_ref()
            .is_none_or(|wanted| claims.aud.as_ref().is_some_and(|aud| aud.includes(wanted)));
        if expired || early || !issuer_right || !audience_right {
            None
        } else {
            UserId::parse(&claims.sub)
        }
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

//! The application's public keys, fetched from its JWKS address and kept.
//!
//! Keys are fetched when first needed, again after [`KEEP`], and at once when a token names a key that is not known —
//! but never more often than every [`FLOOR`], so that forged tokens cannot make us hammer the application. While the
//! address is down the keys at hand go on serving. Shared-secret keys in the set are ignored: a public document cannot
//! hold a secret.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use tokio::sync::Mutex;

use super::jwt::Key;
use crate::clock::Clock;
use crate::config::ConfigError;
use crate::http::Problem;

/// How long fetched keys serve before they are fetched again.
const KEEP: Duration = Duration::from_mins(10);
/// The shortest time between two fetches.
const FLOOR: Duration = Duration::from_secs(30);
/// How long a fetch may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest document that is read, in bytes.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// The shortest RSA modulus that is trusted, in bytes.
const RSA_BYTES_MIN: usize = 256;

/// The keys of one JWKS address.
pub(super) struct Jwks {
    url: String,
    client: reqwest::Client,
    clock: Clock,
    keys: RwLock<Option<Arc<Fetched>>>,
    /// When a fetch was last begun; held while one is under way, so that only one is.
    attempted: Mutex<Option<Duration>>,
}

/// Each key with its id, where the document gives one.
type Keys = Vec<(Option<String>, Arc<Key>)>;

struct Fetched {
    keys: Keys,
    at: Duration,
}

impl Fetched {
    /// The key that a token names; a token that names none is served only if there is no choice.
    fn find(&self, kid: Option<&str>) -> Option<Arc<Key>> {
        match (kid, self.keys.as_slice()) {
            (Some(kid), keys) => keys
                .iter()
                .find(|(id, _)| id.as_deref() == Some(kid))
                .map(|(_, key)| Arc::clone(key)),
            (None, [(_, only)]) => Some(Arc::clone(only)),
            (None, _) => None,
        }
    }
}

impl Jwks {
    pub(super) fn new(url: &str, clock: Clock) -> Result<Self, ConfigError> {
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| ConfigError(format!("The client for --jwks-url cannot be made: {error}.")))?;
        Ok(Self {
            url: url.to_owned(),
            client,
            clock,
            keys: RwLock::new(None),
            attempted: Mutex::new(None),
        })
    }

    /// The key with this id, fetching where it may help. `None` means that there is no such key; 503 that no keys could
    /// be fetched at all yet.
    pub(super) async fn find(&self, kid: Option<&str>) -> Result<Option<Arc<Key>>, Problem> {
        let now = self.clock.monotonic();
        if let Some(fetched) = self.at_hand()
            && now.saturating_sub(fetched.at) < KEEP
            && let Some(key) = fetched.find(kid)
        {
            return Ok(Some(key));
        }
        self.refresh(kid).await;
        match self.at_hand() {
            Some(fetched) => Ok(fetched.find(kid)),
            None => Err(Problem::unavailable("the JWKS could not be fetched", 5)),
        }
    }

    fn at_hand(&self) -> Option<Arc<Fetched>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches the keys, unless that was tried less than [`FLOOR`] ago or another task has just done it.
    async fn refresh(&self, kid: Option<&str>) {
        let mut attempted = self.attempted.lock().await;
        let now = self.clock.monotonic();
        let fresh = self
            .at_hand()
            .is_some_and(|keys| now.saturating_sub(keys.at) < KEEP && keys.find(kid).is_some());
        if fresh || attempted.is_some_and(|at| now.saturating_sub(at) < FLOOR) {
            return;
        }
        *attempted = Some(now);
        match self.fetch().await {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "fetched the application's signing keys");
                let fetched = Arc::new(Fetched {
                    keys,
                    at: self.clock.monotonic(),
                });
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(fetched);
            }
            Err(reason) => tracing::warn!(%reason, "the application's signing keys could not be fetched"),
        }
    }

    async fn fetch(&self) -> Result<Keys, String> {
        let mut response = self
            .client
            .get(&self.url)
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        if !response.status().is_success() {
            return Err(format!("answered with status {}", response.status().as_u16()));
        }
        let mut document = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| error.without_url().to_string())?
        {
            if document.len() + chunk.len() > DOCUMENT_BYTES_MAX {
                return Err("the document is too large".to_owned());
            }
            document.extend_from_slice(&chunk);
        }
        parse(&document)
    }
}

/// The usable keys of a document. One that we cannot use (another kind, another use) is passed over, not an error.
fn parse(document: &[u8]) -> Result<Keys, String> {
    let set: JwkSet = serde_json::from_slice(document).map_err(|error| format!("not a JWKS: {error}"))?;
    Ok(set
        .keys
        .iter()
        .filter_map(|jwk| usable(jwk).map(|key| (jwk.common.key_id.clone(), Arc::new(key))))
        .collect())
}

/// The key with the one algorithm that its type allows.
fn usable(jwk: &Jwk) -> Option<Key> {
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    let allowed: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) => {
            // Base64 carries three bytes in four characters.
            if rsa.n.len() * 3 / 4 < RSA_BYTES_MIN {
                return None;
            }
            &[
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ]
        }
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => &[Algorithm::ES256],
            EllipticCurve::P384 => &[Algorithm::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(_) => &[Algorithm::EdDSA],
        _ => return None,
    };
    let algorithm = match jwk.common.key_algorithm {
        None => allowed[0],
        Some(named) => *allowed.iter().find(|algorithm| same(**algorithm, named))?,
    };
    Some(Key {
        key: DecodingKey::from_jwk(jwk).ok()?,
        algorithm,
    })
}

/// Whether the two lists of the library mean the same algorithm.
fn same(algorithm: Algorithm, named: KeyAlgorithm) -> bool {
    matches!(
        (algorithm, named),
        (Algorithm::RS256, KeyAlgorithm::RS256)
            | (Algorithm::RS384, KeyAlgorithm::RS384)
            | (Algorithm::RS512, KeyAlgorithm::RS512)
            | (Algorithm::PS256, KeyAlgorithm::PS256)
            | (Algorithm::PS384, KeyAlgorithm::PS384)
            | (Algorithm::PS512, KeyAlgorithm::PS512)
            | (Algorithm::ES256, KeyAlgorithm::ES256)
            | (Algorithm::ES384, KeyAlgorithm::ES384)
            | (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
    )
}

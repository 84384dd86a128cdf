//! Service tokens: how the application's back end proves itself, with only the scopes it needs.
//!
//! A token is `pdk_` and 256 random bits. It is shown once, at creation; what is kept is its SHA-256 and the first
//! characters, by which it is found. A revoked token is refused everywhere within [`STALE`].

mod records;
pub mod scope;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use store::Store;
use subtle::ConstantTimeEq;

pub use records::ServiceToken;
pub use scope::{Scope, Scopes};

use crate::clock::{Clock, SECOND_US};
use crate::ids::{Ids, secret_hash};

/// What every service token begins with.
pub const PREFIX: &str = "pdk_";
/// How many characters of a token are kept in the clear, to find it by.
const FOUND_BY: usize = 16;
/// How many characters a whole token has.
const LENGTH: usize = PREFIX.len() + 64;
/// The longest that a revoked token still works on another node, or on this one after a command revoked it.
pub const STALE: Duration = Duration::from_secs(1);
/// How often the last use is written down, at most.
const TOUCH_US: i64 = 60 * SECOND_US;
/// How many tokens are remembered between requests.
const REMEMBERED_MAX: usize = 1_024;

/// A token just made. The only moment at which its secret exists outside its owner's hands.
#[derive(Debug)]
pub struct Created {
    /// What is kept of it.
    pub listed: ServiceToken,
    /// The token itself, to be shown once.
    pub secret: SecretString,
}

/// Makes a token with these scopes. `name` is for people, to know later whose it is.
pub async fn create(store: &Store, clock: &Clock, ids: &Ids, name: &str, scopes: Scopes) -> store::Result<Created> {
    let secret = ids.random_token("pdk");
    let listed = ServiceToken {
        token_id: ids.next("tok"),
        name: name.to_owned(),
        prefix: secret.expose_secret()[..FOUND_BY].to_owned(),
        scopes,
        created_at_us: clock.now_us(),
        last_used_at_us: None,
        revoked_at_us: None,
    };
    let (row, hash) = (listed.clone(), secret_hash(secret.expose_secret()));
    store.write(move |tx| records::insert(tx, &row, &hash)).await?;
    Ok(Created { listed, secret })
}

/// All tokens, the oldest first, revoked ones included.
pub async fn list(store: &Store) -> store::Result<Vec<ServiceToken>> {
    store.read(records::all).await
}

/// Revokes a token for good. False when there is none with this id; true also when it was revoked before.
pub async fn revoke(store: &Store, clock: &Clock, token_id: &str) -> store::Result<bool> {
    let (token_id, now_us) = (token_id.to_owned(), clock.now_us());
    store.write(move |tx| records::revoke(tx, &token_id, now_us)).await
}

/// A token that proved itself.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The token's id.
    pub token_id: String,
    /// What it may do.
    pub scopes: Scopes,
}

/// Verifies tokens, remembering rows for [`STALE`] so that a busy back end costs one read a second.
#[derive(Default)]
pub struct Directory(Mutex<HashMap<String, Remembered>>);

#[derive(Clone)]
struct Remembered {
    row: records::Stored,
    read_at: Duration,
}

impl Directory {
    /// The token's id and scopes, or `None` for one that is unknown, wrong or revoked.
    pub async fn verify(&self, store: &Store, clock: &Clock, token: &str) -> store::Result<Option<Verified>> {
        // Tokens are ASCII, so cutting by bytes is safe once that is known.
        if token.len() != LENGTH || !token.is_ascii() {
            return Ok(None);
        }
        let Some(row) = self.row(store, clock, &token[..FOUND_BY]).await? else {
            return Ok(None);
        };
        let right = bool::from(row.hash.as_slice().ct_eq(&secret_hash(token)));
        if !right || row.token.revoked_at_us.is_some() {
            return Ok(None);
        }
        self.touch(store, clock, &row);
        Ok(Some(Verified {
            token_id: row.token.token_id,
            scopes: row.token.scopes,
        }))
    }

    async fn row(&self, store: &Store, clock: &Clock, prefix: &str) -> store::Result<Option<records::Stored>> {
        let now = clock.monotonic();
        if let Some(known) = self.lock().get(prefix)
            && now.saturating_sub(known.read_at) < STALE
        {
            return Ok(Some(known.row.clone()));
        }
        let wanted = prefix.to_owned();
        let row = store.read(move |tx| records::find(tx, &wanted)).await?;
        let mut remembered = self.lock();
        match &row {
            Some(row) => {
                if remembered.len() >= REMEMBERED_MAX {
                    remembered.retain(|_, known| now.saturating_sub(known.read_at) < STALE);
                }
                if remembered.len() < REMEMBERED_MAX {
                    remembered.insert(
                        prefix.to_owned(),
                        Remembered {
                            row: row.clone(),
                            read_at: now,
                        },
                    );
                }
            }
            None => drop(remembered.remove(prefix)),
        }
        Ok(row)
    }

    /// Writes down, beside the request, that the token was used; at most once a minute for each.
    fn touch(&self, store: &Store, clock: &Clock, row: &records::Stored) {
        let now_us = clock.now_us();
        if row.token.last_used_at_us.is_some_and(|used| now_us - used < TOUCH_US) {
            return;
        }
        if let Some(known) = self.lock().get_mut(&row.token.prefix) {
            known.row.token.last_used_at_us = Some(now_us);
        }
        let (store, token_id) = (store.clone(), row.token.token_id.clone());
        tokio::spawn(async move {
            if let Err(error) = store.write(move |tx| records::touch(tx, &token_id, now_us)).await {
                tracing::debug!(%error, "the last use of a service token was not written down");
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Directory({})", self.lock().len())
    }
}

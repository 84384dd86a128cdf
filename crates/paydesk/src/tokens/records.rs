//! The table `service_token`.

use store::{Result, Row, Tx};

use super::Scopes;

/// What is kept of a service token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceToken {
    /// Its id, `tok_…`.
    pub token_id: String,
    /// For people: whose it is.
    pub name: String,
    /// Its first characters, by which it is found. Not secret.
    pub prefix: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at_us: i64,
    /// About when it was last used, to the minute.
    pub last_used_at_us: Option<i64>,
    /// When it was revoked.
    pub revoked_at_us: Option<i64>,
}

/// A token with the hash of its secret.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) token: ServiceToken,
    pub(super) hash: Vec<u8>,
}

fn token(row: &Row) -> Result<ServiceToken> {
    Ok(ServiceToken {
        token_id: row.text(0)?,
        name: row.text(1)?,
        prefix: row.text(2)?,
        scopes: Scopes::parse(&row.text(3)?),
        created_at_us: row.int(4)?,
        last_used_at_us: row.opt_int(5)?,
        revoked_at_us: row.opt_int(6)?,
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, token: &ServiceToken, hash: &[u8]) -> Result<()> {
    tx.run(
        "insert into service_token (token_id, name, prefix, secret_hash, scopes, created_at_us)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            token.token_id.as_str().into(),
            token.name.as_str().into(),
            token.prefix.as_str().into(),
            hash.to_vec().into(),
            token.scopes.to_string().into(),
            token.created_at_us.into(),
        ],
    )?;
    Ok(())
}

pub(super) fn find(tx: &mut Tx<'_>, prefix: &str) -> Result<Option<Stored>> {
    let row = tx.one(
        "select token_id, name, prefix, scopes, created_at_us, last_used_at_us, revoked_at_us, secret_hash
           from service_token where prefix = $1",
        &[prefix.into()],
    )?;
    row.map(|row| {
        Ok(Stored {
            token: token(&row)?,
            hash: row.blob(7)?,
        })
    })
    .transpose()
}

pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<ServiceToken>> {
    tx.all(
        "select token_id, name, prefix, scopes, created_at_us, last_used_at_us, revoked_at_us
           from service_token order by token_id",
        &[],
    )?
    .iter()
    .map(token)
    .collect()
}

pub(super) fn revoke(tx: &mut Tx<'_>, token_id: &str, now_us: i64) -> Result<bool> {
    let changed = tx.run(
        "update service_token set revoked_at_us = coalesce(revoked_at_us, $2) where token_id = $1",
        &[token_id.into(), now_us.into()],
    )?;
    Ok(changed > 0)
}

pub(super) fn touch(tx: &mut Tx<'_>, token_id: &str, now_us: i64) -> Result<()> {
    tx.run(
        "update service_token set last_used_at_us = $2 where token_id = $1",
        &[token_id.into(), now_us.into()],
    )?;
    Ok(())
}

//! Keys in the store.

use store::{Error, Result, Row, Tx};

use super::{Key, Status};
use crate::ids::{KeyId, UserId};

/// Every query of whole keys, with its own end.
macro_rules! select_key {
    ($end:literal) => {
        concat!(
            "select api_key.key_id, api_key.user_id, api_key.name, api_key.subscription_id, api_key.created_at_us,
                    api_key.revoked_at_us, key_owner.suspended_at_us,
                    (select max(made_at_us) from api_key_secret where api_key_secret.key_id = api_key.key_id)
             from api_key join key_owner on key_owner.user_id = api_key.user_id ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Key> {
    let corrupt = |what: &str| Error::Corrupt(format!("api_key: {what}"));
    let mut key = Key {
        key_id: KeyId::parse(row.text_ref(0)?).ok_or_else(|| corrupt("key_id"))?,
        user_id: UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?,
        name: row.text(2)?,
        subscription_id: row.opt_text(3)?,
        created_at_us: row.int(4)?,
        revoked_at_us: row.opt_int(5)?,
        suspended_at_us: row.opt_int(6)?,
        secret_made_at_us: row.opt_int(7)?,
        status: Status::Active,
    };
    key.status = Status::of(&key);
    Ok(key)
}

/// One key.
pub(super) fn key(tx: &mut Tx<'_>, key_id: &str) -> Result<Option<Key>> {
    let row = tx.one(select_key!("where api_key.key_id = $1"), &[key_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// One key, locked with what holds for all of its user's until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, key_id: &str) -> Result<Option<Key>> {
    let row = tx.one(select_key!("where api_key.key_id = $1 for update"), &[key_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// A page of a user's keys, newest first, before the one named.
pub(super) fn keys_of_user(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> Result<Vec<Key>> {
    let rows = tx.all(
        select_key!("where api_key.user_id = $1 and api_key.key_id < $2 order by api_key.key_id desc limit $3"),
        &[user_id.as_str().into(), before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// A secret of a key as it is kept, and what holds for the key.
pub(super) struct Kept {
    /// The SHA-256 of the whole key.
    pub(super) hash: Vec<u8>,
    /// When it ends, where it was replaced.
    pub(super) ends_at_us: Option<i64>,
    /// Whose key.
    pub(super) user_id: String,
    /// Whether the key was revoked.
    pub(super) revoked: bool,
    /// Whether its user's keys are suspended.
    pub(super) suspended: bool,
}

/// The secrets of a key.
pub(super) fn secrets(tx: &mut Tx<'_>, key_id: &str) -> Result<Vec<Kept>> {
    let rows = tx.all(
        "select api_key_secret.hash, api_key_secret.ends_at_us, api_key.user_id, api_key.revoked_at_us,
                key_owner.suspended_at_us
         from api_key join key_owner on key_owner.user_id = api_key.user_id
         join api_key_secret on api_key_secret.key_id = api_key.key_id
         where api_key.key_id = $1",
        &[key_id.into()],
    )?;
    let decode = |row: &Row| {
        Ok(Kept {
            hash: row.blob(0)?,
            ends_at_us: row.opt_int(1)?,
            user_id: row.text(2)?,
            revoked: row.opt_int(3)?.is_some(),
            suspended: row.opt_int(4)?.is_some(),
        })
    };
    rows.iter().map(decode).collect()
}

/// Locks what holds for all keys of a user.
pub(super) fn lock_owner(tx: &mut Tx<'_>, user_id: &UserId) -> Result<()> {
    tx.run(
        "insert into key_owner (user_id) values ($1) on conflict (user_id) do nothing",
        &[user_id.as_str().into()],
    )?;
    tx.run(
        "select user_id from key_owner where user_id = $1 for update",
        &[user_id.as_str().into()],
    )?;
    Ok(())
}

/// How many keys of a user are not revoked.
pub(super) fn count_live(tx: &mut Tx<'_>, user_id: &UserId) -> Result<i64> {
    let row = tx.one(
        "select count(*) from api_key where user_id = $1 and revoked_at_us is null",
        &[user_id.as_str().into()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Writes a new key. The caller has locked what holds for its user's.
pub(super) fn insert(tx: &mut Tx<'_>, key: &Key) -> Result<()> {
    tx.run(
        "insert into api_key (key_id, user_id, name, subscription_id, created_at_us) values ($1, $2, $3, $4, $5)",
        &[
            key.key_id.as_str().into(),
            key.user_id.as_str().into(),
            key.name.as_str().into(),
            key.subscription_id.clone().into(),
            key.created_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Writes a new secret of a key, whose others end then at the latest, and forgets all but the newest `remembered`.
pub(super) fn replace_secret(
    tx: &mut Tx<'_>,
    now_us: i64,
    key_id: &KeyId,
    hash: &[u8],
    ends_at_us: i64,
    remembered: i64,
) -> Result<()> {
    tx.run(
        "update api_key_secret set ends_at_us = $2 where key_id = $1 and (ends_at_us is null or ends_at_us > $2)",
        &[key_id.as_str().into(), ends_at_us.into()],
    )?;
    let newest = tx.one(
        "select coalesce(max(number), 0) from api_key_secret where key_id = $1",
        &[key_id.as_str().into()],
    )?;
    let number = newest.map_or(Ok(0), |row| row.int(0))? + 1;
    tx.run(
        "insert into api_key_secret (key_id, number, hash, made_at_us) values ($1, $2, $3, $4)",
        &[
            key_id.as_str().into(),
            number.into(),
            hash.to_vec().into(),
            now_us.into(),
        ],
    )?;
    tx.run(
        "delete from api_key_secret where key_id = $1 and number <= $2",
        &[key_id.as_str().into(), (number - remembered).into()],
    )?;
    Ok(())
}

/// Revokes a key for good. False when there is none.
pub(super) fn revoke(tx: &mut Tx<'_>, now_us: i64, key_id: &str) -> Result<bool> {
    let changed = tx.run(
        "update api_key set revoked_at_us = coalesce(revoked_at_us, $2) where key_id = $1",
        &[key_id.into(), now_us.into()],
    )?;
    Ok(changed > 0)
}

/// Revokes all keys of a user for good, where they are suspended.
pub(super) fn revoke_suspended(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<()> {
    tx.run(
        "update api_key set revoked_at_us = $2 where user_id = $1 and revoked_at_us is null
         and exists (select 1 from key_owner where key_owner.user_id = $1 and key_owner.suspended_at_us is not null)",
        &[user_id.as_str().into(), now_us.into()],
    )?;
    Ok(())
}

/// Suspends all keys of a user, those to come included.
pub(super) fn suspend(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<()> {
    tx.run(
        "update key_owner set suspended_at_us = coalesce(suspended_at_us, $2) where user_id = $1",
        &[user_id.as_str().into(), now_us.into()],
    )?;
    Ok(())
}

/// Accepts the keys of a user again.
pub(super) fn restore(tx: &mut Tx<'_>, user_id: &UserId) -> Result<()> {
    tx.run(
        "update key_owner set suspended_at_us = null where user_id = $1 and suspended_at_us is not null",
        &[user_id.as_str().into()],
    )?;
    Ok(())
}

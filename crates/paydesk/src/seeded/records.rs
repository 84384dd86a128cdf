//! Seeded data in the store.

use store::{Error, Result, Row, Tx};

use super::Data;
use crate::ids::UserId;

/// Every query of whole data, with its own end.
macro_rules! select_data {
    ($end:literal) => {
        concat!(
            "select user_id, name, value, version, subscription_id, created_at_us, updated_at_us from seeded_data ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Data> {
    Ok(Data {
        user_id: UserId::parse(row.text_ref(0)?).ok_or_else(|| Error::Corrupt("seeded_data: user_id".into()))?,
        name: row.text(1)?,
        value: row.text(2)?,
        version: row.int(3)?,
        subscription_id: row.text(4)?,
        created_at_us: row.int(5)?,
        updated_at_us: row.int(6)?,
    })
}

/// A user's data of this name.
pub(super) fn data(tx: &mut Tx<'_>, user_id: &UserId, name: &str) -> Result<Option<Data>> {
    let row = tx.one(
        select_data!("where user_id = $1 and name = $2"),
        &[user_id.as_str().into(), name.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// The same, locked until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, user_id: &UserId, name: &str) -> Result<Option<Data>> {
    let row = tx.one(
        select_data!("where user_id = $1 and name = $2 for update"),
        &[user_id.as_str().into(), name.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// A page of a user's data in the order of its names, after the one named.
pub(super) fn data_of_user(tx: &mut Tx<'_>, user_id: &UserId, after: &str, limit: i64) -> Result<Vec<Data>> {
    let rows = tx.all(
        select_data!("where user_id = $1 and name > $2 order by name limit $3"),
        &[user_id.as_str().into(), after.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// Writes new data, where the user has none of this name.
pub(super) fn insert(tx: &mut Tx<'_>, data: &Data) -> Result<()> {
    tx.run(
        "insert into seeded_data (user_id, name, value, version, subscription_id, created_at_us, updated_at_us)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (user_id, name) do nothing",
        &[
            data.user_id.as_str().into(),
            data.name.as_str().into(),
            data.value.as_str().into(),
            data.version.into(),
            data.subscription_id.as_str().into(),
            data.created_at_us.into(),
            data.updated_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Writes a new value as the next version. The caller holds the row.
pub(super) fn replace(tx: &mut Tx<'_>, data: &Data) -> Result<()> {
    tx.run(
        "update seeded_data set value = $3, version = $4, updated_at_us = $5 where user_id = $1 and name = $2",
        &[
            data.user_id.as_str().into(),
            data.name.as_str().into(),
            data.value.as_str().into(),
            data.version.into(),
            data.updated_at_us.into(),
        ],
    )?;
    Ok(())
}

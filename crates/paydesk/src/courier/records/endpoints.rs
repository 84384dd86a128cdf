//! Endpoints in the store, and which types go to them.

use secrecy::{ExposeSecret, SecretString};
use store::{Error, Field, Result, Row, Rows, Tx};

use crate::courier::{Endpoint, Health, Kind, Standing, Way};

/// What stands in the routes for every type.
const ANY: &str = "*";

/// Every query of whole endpoints, with its own end.
macro_rules! select_endpoint {
    ($end:literal) => {
        concat!(
            "select endpoint_id, kind, url, description, event_types, secret, former_secret, former_until_us, status,
                    disabled_because, failures, failing_since_us, warned_days, resting_until_us, created_at_us
             from endpoint ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Endpoint> {
    let corrupt = |what: &str| Error::Corrupt(format!("endpoint: {what}"));
    let kinds = row.text_ref(4)?.split_whitespace();
    Ok(Endpoint {
        endpoint_id: row.text(0)?,
        way: Way::of_word(row.text_ref(1)?).ok_or_else(|| corrupt("kind"))?,
        url: row.text(2)?,
        description: row.opt_text(3)?,
        event_types: kinds
            .map(|word| Kind::of_word(word).ok_or_else(|| corrupt("event_types")))
            .collect::<Result<_>>()?,
        secret: SecretString::from(row.text(5)?),
        former_secret: row.opt_text(6)?.map(SecretString::from),
        former_until_us: row.opt_int(7)?,
        standing: Standing::of_word(row.text_ref(8)?).ok_or_else(|| corrupt("status"))?,
        disabled_because: row.opt_text(9)?,
        health: Health {
            failures: row.int(10)?,
            failing_since_us: row.opt_int(11)?,
            warned_days: row.int(12)?,
            resting_until_us: row.int(13)?,
        },
        created_at_us: row.int(14)?,
    })
}

/// One endpoint.
pub(in crate::courier) fn endpoint(tx: &mut Tx<'_>, endpoint_id: &str) -> Result<Option<Endpoint>> {
    let row = tx.one(select_endpoint!("where endpoint_id = $1"), &[endpoint_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// One endpoint, locked until the transaction ends.
pub(in crate::courier) fn lock(tx: &mut Tx<'_>, endpoint_id: &str) -> Result<Option<Endpoint>> {
    let row = tx.one(
        select_endpoint!("where endpoint_id = $1 for update"),
        &[endpoint_id.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// A page of the addresses that take webhooks, newest first, before the one named.
pub(in crate::courier) fn webhooks(tx: &mut Tx<'_>, before: &str, limit: i64) -> Result<Vec<Endpoint>> {
    let rows = tx.all(
        select_endpoint!("where kind = 'webhook' and endpoint_id < $1 order by endpoint_id desc limit $2"),
        &[before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// How many addresses take webhooks.
pub(in crate::courier) fn count_webhooks(tx: &mut Tx<'_>) -> Result<i64> {
    let row = tx.one("select count(*) from endpoint where kind = 'webhook'", &[])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Writes a new endpoint, and its routes.
pub(in crate::courier) fn insert(tx: &mut Tx<'_>, endpoint: &Endpoint) -> Result<()> {
    let words: Vec<&str> = endpoint.event_types.iter().map(|kind| kind.word()).collect();
    tx.run(
        "insert into endpoint (endpoint_id, kind, url, description, event_types, secret, status, created_at_us,
                               updated_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        &[
            endpoint.endpoint_id.as_str().into(),
            endpoint.way.word().into(),
            endpoint.url.as_str().into(),
            endpoint.description.clone().into(),
            words.join(" ").into(),
            endpoint.secret.expose_secret().into(),
            endpoint.standing.word().into(),
            endpoint.created_at_us.into(),
        ],
    )?;
    open_routes(tx, endpoint)
}

/// Writes which types go to an endpoint.
fn open_routes(tx: &mut Tx<'_>, endpoint: &Endpoint) -> Result<()> {
    let types: Vec<&str> = match endpoint.event_types.as_slice() {
        [] => vec![ANY],
        kinds => kinds.iter().map(|kind| kind.word()).collect(),
    };
    let rows = Rows::of(types.iter().map(|word| [Field::from(*word)]));
    tx.run(
        "insert into message_route (type, endpoint_id) select r.type, $2 from rows($1: type text)
         where true on conflict (type, endpoint_id) do nothing",
        &[rows.into(), endpoint.endpoint_id.as_str().into()],
    )?;
    Ok(())
}

fn close_routes(tx: &mut Tx<'_>, endpoint_id: &str) -> Result<()> {
    tx.run(
        "delete from message_route where endpoint_id = $1",
        &[endpoint_id.into()],
    )?;
    Ok(())
}

/// Writes how it goes with an endpoint.
pub(in crate::courier) fn set_health(tx: &mut Tx<'_>, now_us: i64, endpoint_id: &str, health: &Health) -> Result<()> {
    tx.run(
        "update endpoint set failures = $2, failing_since_us = $3, warned_days = $4, resting_until_us = $5,
                             updated_at_us = $6
         where endpoint_id = $1",
        &[
            endpoint_id.into(),
            health.failures.into(),
            health.failing_since_us.into(),
            health.warned_days.into(),
            health.resting_until_us.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

/// Sends nothing more to an endpoint. What is on its way waits.
pub(in crate::courier) fn disable(tx: &mut Tx<'_>, now_us: i64, endpoint_id: &str, because: &str) -> Result<()> {
    tx.run(
        "update endpoint set status = 'disabled', disabled_because = $2, updated_at_us = $3 where endpoint_id = $1",
        &[endpoint_id.into(), because.into(), now_us.into()],
    )?;
    close_routes(tx, endpoint_id)
}

/// Sends to an endpoint again, as if it had never failed.
pub(in crate::courier) fn enable(tx: &mut Tx<'_>, now_us: i64, endpoint: &Endpoint) -> Result<()> {
    tx.run(
        "update endpoint set status = 'enabled', disabled_because = null, updated_at_us = $2 where endpoint_id = $1",
        &[endpoint.endpoint_id.as_str().into(), now_us.into()],
    )?;
    set_health(tx, now_us, &endpoint.endpoint_id, &Health::default())?;
    open_routes(tx, endpoint)
}

/// Gives an endpoint a new secret; the one before signs until a time as well.
pub(in crate::courier) fn rotate(
    tx: &mut Tx<'_>,
    now_us: i64,
    endpoint_id: &str,
    secret: &SecretString,
    former_until_us: i64,
) -> Result<()> {
    tx.run(
        "update endpoint set former_secret = secret, former_until_us = $3, secret = $2, updated_at_us = $4
         where endpoint_id = $1",
        &[
            endpoint_id.into(),
            secret.expose_secret().into(),
            former_until_us.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

/// Removes an endpoint. What was on its way to it is given up.
pub(in crate::courier) fn remove(tx: &mut Tx<'_>, now_us: i64, endpoint_id: &str) -> Result<bool> {
    let removed = tx.run(
        "delete from endpoint where endpoint_id = $1 and kind = 'webhook'",
        &[endpoint_id.into()],
    )?;
    if removed == 0 {
        return Ok(false);
    }
    close_routes(tx, endpoint_id)?;
    tx.run(
        "update delivery set status = 'failed', last_error = 'the endpoint was removed', ended_at_us = $2
         where endpoint_id = $1 and status = 'pending'",
        &[endpoint_id.into(), now_us.into()],
    )?;
    Ok(true)
}

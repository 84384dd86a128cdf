//! Builders' availability in the store.

use jiff::tz::TimeZone;
use store::{Error, Result, Row, Tx};

use crate::bookings::availability::Availability;
use crate::bookings::rules::week::Week;
use crate::ids::UserId;

fn decode(builder_id: &UserId, row: &Row) -> Result<Availability> {
    let corrupt = |what: &str| Error::Corrupt(format!("builder_availability: {what}"));
    let time_zone = TimeZone::get(row.text_ref(0)?).map_err(|_| corrupt("time_zone"))?;
    Ok(Availability {
        builder_id: builder_id.clone(),
        week: Week {
            time_zone,
            days: serde_json::from_str(row.text_ref(1)?).map_err(|_| corrupt("weekly"))?,
            exceptions: serde_json::from_str(row.text_ref(2)?).map_err(|_| corrupt("exceptions"))?,
        },
        version: row.int(3)?,
        updated_at_us: row.int(4)?,
    })
}

/// A builder's availability, where they have said any.
pub(in crate::bookings) fn of_builder(tx: &mut Tx<'_>, builder_id: &UserId) -> Result<Option<Availability>> {
    let row = tx.one(
        "select time_zone, weekly, exceptions, version, updated_at_us from builder_availability where builder_id = $1",
        &[builder_id.as_str().into()],
    )?;
    row.map(|row| decode(builder_id, &row)).transpose()
}

/// Writes an availability in place of the version before it. Gives whether that was still there.
pub(in crate::bookings) fn replace(tx: &mut Tx<'_>, one: &Availability) -> Result<bool> {
    let time_zone = one.week.time_zone.iana_name().unwrap_or("UTC");
    let written = tx.run(
        "insert into builder_availability (builder_id, time_zone, weekly, exceptions, version, updated_at_us)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (builder_id) do update
         set time_zone = excluded.time_zone, weekly = excluded.weekly, exceptions = excluded.exceptions,
             version = excluded.version, updated_at_us = excluded.updated_at_us
         where builder_availability.version = excluded.version - 1",
        &[
            one.builder_id.as_str().into(),
            time_zone.into(),
            serde_json::json!(one.week.days).to_string().into(),
            serde_json::json!(one.week.exceptions).to_string().into(),
            one.version.into(),
            one.updated_at_us.into(),
        ],
    )?;
    Ok(written == 1)
}

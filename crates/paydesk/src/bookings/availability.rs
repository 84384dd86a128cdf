//! When a builder is there, as they say it: read and replaced as a whole, in the version that the writer has seen.

use jiff::tz::TimeZone;
use store::{Result, Tx};

use super::records::availability as records;
use super::rules::week::Week;
use crate::app::App;
use crate::http::{Problem, entity_tags};
use crate::ids::UserId;

/// A builder's availability.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Availability {
    /// Whose.
    pub(super) builder_id: UserId,
    /// When they are there.
    pub(super) week: Week,
    /// Counts its changes, from 1; 0 while they have said nothing.
    pub(super) version: i64,
    /// When it last changed, microseconds.
    pub(super) updated_at_us: i64,
}

/// When a builder is there; nothing while they have not said it.
pub(super) fn week(tx: &mut Tx<'_>, builder_id: &UserId) -> Result<Option<Week>> {
    Ok(records::of_builder(tx, builder_id)?.map(|one| one.week))
}

/// A builder's availability: never there, while they have said nothing.
pub(super) async fn read(app: &App, builder_id: UserId) -> Result<Availability> {
    app.store
        .read(move |tx| {
            let known = records::of_builder(tx, &builder_id)?;
            Ok(known.unwrap_or_else(|| Availability {
                builder_id: builder_id.clone(),
                week: Week {
                    time_zone: TimeZone::UTC,
                    days: Default::default(),
                    exceptions: Vec::new(),
                },
                version: 0,
                updated_at_us: 0,
            }))
        })
        .await
}

/// Writes a builder's availability, where the writer has seen the version that is there. What is booked stays booked.
pub(super) async fn replace(
    app: &App,
    builder_id: UserId,
    if_match: String,
    week: Week,
) -> std::result::Result<Availability, Problem> {
    let now_us = app.clock.now_us();
    app.store
        .write(move |tx| {
            let version = records::of_builder(tx, &builder_id)?.map_or(0, |one| one.version);
            let written = Availability {
                builder_id: builder_id.clone(),
                week: week.clone(),
                version: version + 1,
                updated_at_us: now_us,
            };
            if !entity_tags::matches(&if_match, version) || !records::replace(tx, &written)? {
                return Err(Problem::of(&entity_tags::STALE));
            }
            Ok(written)
        })
        .await
}

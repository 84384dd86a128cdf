//! Free slots: one read of a builder's week and of what is taken in it, and the rule over both.

use crate::app::App;
use crate::catalogue::SessionType;
use crate::clock::{DAY_US, Moment};
use crate::http::Problem;
use crate::http::problem::Kind;

use super::rules::slots::{Span, free};
use super::{availability, records};

/// How far around a time others are looked for.
const BEFORE_US: i64 = 3 * DAY_US;
const AFTER_US: i64 = 14 * DAY_US;
/// How many others are named.
const ALTERNATIVES_MAX: usize = 5;

/// The free starts of a session type within a span, microseconds, in their order.
pub(super) async fn list(app: &App, session_type: &SessionType, wanted: Span) -> store::Result<Vec<i64>> {
    let (builder_id, shape, now_us) = (
        session_type.builder_id.clone(),
        session_type.shape(),
        app.clock.now_us(),
    );
    // What touches any session that starts within the span, with its buffers.
    let around = Span {
        from_us: shape.claim(wanted.from_us).from_us,
        to_us: shape.claim(wanted.to_us).to_us,
    };
    let read = app
        .store
        .read(move |tx| {
            let week = availability::week(tx, &builder_id)?;
            let taken = if week.is_some() {
                records::taken(tx, &builder_id, around)?
            } else {
                Vec::new()
            };
            Ok::<_, store::Error>((week, taken))
        })
        .await?;
    let (week, taken) = read;
    Ok(week.map_or_else(Vec::new, |week| free(&week, &shape, now_us, wanted, &taken)))
}

/// Says that a time cannot be had, and names free ones near it, in their order.
pub async fn refused(app: &App, kind: &'static Kind, session_type: &SessionType, starts_at_us: i64) -> Problem {
    let around = Span {
        from_us: starts_at_us.saturating_sub(BEFORE_US),
        to_us: starts_at_us.saturating_add(AFTER_US),
    };
    let mut others = match list(app, session_type, around).await {
        Ok(others) => others,
        Err(error) => return error.into(),
    };
    others.sort_by_key(|start| (start.abs_diff(starts_at_us), *start));
    others.truncate(ALTERNATIVES_MAX);
    others.sort_unstable();
    let others: Vec<String> = others.into_iter().map(|start| Moment(start).to_string()).collect();
    Problem::of(kind).field("starts_at").with("alternatives", others)
}

//! Calendar feeds: an address that a calendar reads again and again, without a token of the application. It is secret, shown
//! once, kept as a hash, and another one takes its place, or none, when its owner asks for it.

use axum::http::StatusCode;
use secrecy::ExposeSecret;

use super::records::feeds as records;
use super::routes::feeds::FeedOut;
use super::rules::calendar::{Event, write};
use super::{Booking, Status, rules::FeedPart};
use crate::app::App;
use crate::clock::DAY_US;
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::{UserId, secret_hash};

/// What every secret of a feed begins with.
const PREFIX: &str = "cal";
/// How far a feed goes back, microseconds.
const BACK_US: i64 = 30 * DAY_US;
/// The most sessions of a feed, the next ones first.
const EVENTS_MAX: i64 = 1_000;

/// Makes a user's feed, or another in place of the one that is there.
pub(super) async fn make(app: &App, one_time: &OneTime, owner: UserId, part: FeedPart) -> Result<Reply, Problem> {
    let secret = app.ids.random_token(PREFIX);
    let (now_us, action, public_url) = (
        app.clock.now_us(),
        Action::of(one_time),
        app.config.public_url().clone(),
    );
    let work = app.store.write(move |tx| {
        idempotency::once_told(tx, now_us, &action, |tx| {
            let secret = secret.expose_secret();
            records::replace(tx, now_us, (&owner, part), &secret_hash(secret))?;
            let feed = |url| FeedOut {
                user_id: owner.clone(),
                part,
                url,
            };
            let shown = feed(Some(format!("{public_url}/calendars/{secret}.ics")));
            let told = Answer::json(StatusCode::CREATED, &shown);
            Ok::<_, store::Error>((told, Some(Answer::json(StatusCode::CREATED, &feed(None)))))
        })
    });
    Ok(one_time.until(work).await?)
}

/// A feed that is there, as its owner is told of it: its address is told once only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Made {
    pub(super) part: FeedPart,
    pub(super) made_at_us: i64,
}

/// A user's feeds.
pub(super) async fn made(app: &App, owner: UserId) -> Result<Vec<Made>, Problem> {
    Ok(app.store.read(move |tx| records::made(tx, &owner)).await?)
}

/// Ends a user's feed, if there is one: its address leads nowhere any more.
pub(super) async fn end(app: &App, owner: UserId, part: FeedPart) -> Result<(), Problem> {
    Ok(app.store.write(move |tx| records::delete(tx, (&owner, part))).await?)
}

/// The calendar under a secret.
pub(super) async fn read(app: &App, secret: &str) -> Result<String, Problem> {
    let (hash, from_us) = (secret_hash(secret), app.clock.now_us().saturating_sub(BACK_US));
    let found = app
        .store
        .read(move |tx| match records::owner(tx, &hash)? {
            Some((owner, part)) => records::sessions(tx, (&owner, part), from_us, EVENTS_MAX).map(Some),
            None => Ok(None),
        })
        .await?;
    let bookings = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let events: Vec<Event<'_>> = bookings.iter().map(|booking| event(app, booking)).collect();
    Ok(write(&app.catalogue.shop_name, &events))
}

fn event<'a>(app: &'a App, booking: &'a Booking) -> Event<'a> {
    let item = app.catalogue.items.get(&booking.session_type_id);
    Event {
        booking_id: &booking.booking_id,
        summary: item.map_or(booking.session_type_id.as_str(), |item| item.name.as_str()),
        starts_at_us: booking.starts_at_us,
        ends_at_us: booking.ends_at_us,
        sequence: booking.changes,
        changed_at_us: booking.updated_at_us,
        is_on: matches!(booking.status, Status::Confirmed | Status::NoShow),
    }
}

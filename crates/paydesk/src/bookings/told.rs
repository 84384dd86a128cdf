//! What others are told of a booking, once for each change of its place or its time.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::{Result, Tx};

use super::rules::Part;
use super::rules::calendar::{Event, write};
use super::{Booking, Status, availability};
use crate::clock::Moment;
use crate::courier::{self, Kind, Message};

/// Tells of a booking's new place, where somebody wants to know.
pub(super) fn placed(tx: &mut Tx<'_>, now_us: i64, booking: &Booking) -> Result<()> {
    let kind = match booking.place {
        Status::Confirmed => Kind::BookingConfirmed,
        Status::Released => Kind::BookingReleased,
        Status::PaidUnplaced => Kind::BookingUnplaced,
        Status::Pending | Status::Cancelled | Status::NoShow | Status::Refunded | Status::Moved => return Ok(()),
    };
    tell(tx, now_us, booking, kind, |_| {})
}

/// Tells that a booking was cancelled, by whom, and which share of what was paid goes back.
pub(super) fn cancelled(tx: &mut Tx<'_>, now_us: i64, booking: &Booking, (by, percent): (Part, i64)) -> Result<()> {
    // Of one that only moves another there is nothing to tell: the other stays where it is.
    if booking.moves.is_some() {
        return Ok(());
    }
    let was_paid = booking.paid_minor > 0;
    tell(tx, now_us, booking, Kind::BookingCancelled, |data| {
        data["cancelled_by"] = by.word().into();
        data["refund_percent"] = if was_paid { percent.into() } else { Value::Null };
    })
}

/// Tells that a booking has another time.
pub(super) fn moved(tx: &mut Tx<'_>, now_us: i64, booking: &Booking) -> Result<()> {
    tell(tx, now_us, booking, Kind::BookingRescheduled, |_| {})
}

fn tell(tx: &mut Tx<'_>, now_us: i64, booking: &Booking, kind: Kind, more: impl FnOnce(&mut Value)) -> Result<()> {
    let week = availability::week(tx, &booking.builder_id)?;
    let time_zone = week.map_or(TimeZone::UTC, |week| week.time_zone);
    let mut data = json!({
        "user_id": booking.client_id,
        "booking_id": booking.booking_id,
        "builder_id": booking.builder_id,
        "session_type_id": booking.session_type_id,
        "purchase_id": booking.purchase_id,
        "starts_at": Moment(booking.starts_at_us),
        "ends_at": Moment(booking.ends_at_us),
        "local_time": local(booking.starts_at_us, &time_zone),
        "changes": booking.changes,
        "changed_at": Moment(booking.updated_at_us),
    });
    more(&mut data);
    let key = format!("booking:{}:{}", booking.booking_id, booking.changes);
    courier::tell(tx, now_us, [Message::about(&key, kind, &booking.client_id, data)])
}

/// A moment in words, as the clock on the builder's wall shows it.
fn local(at_us: i64, time_zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_microsecond(at_us) else {
        return Moment(at_us).to_string();
    };
    let wall = at.to_zoned(time_zone.clone());
    format!(
        "{} ({})",
        wall.strftime("%a %-d %b %Y, %H:%M"),
        time_zone.iana_name().unwrap_or("UTC")
    )
}

/// What goes with a mail about a booking for the reader's calendar; nothing with others.
pub fn attachment(kind: Kind, item: Option<&str>, data: &Value) -> Option<String> {
    let is_on = match kind {
        Kind::BookingConfirmed | Kind::BookingRescheduled => true,
        Kind::BookingCancelled => false,
        _ => return None,
    };
    let moment = |name: &str| serde_json::from_value::<Moment>(data[name].clone()).ok();
    let event = Event {
        booking_id: data["booking_id"].as_str()?,
        summary: item.or(data["session_type_id"].as_str())?,
        starts_at_us: moment("starts_at")?.0,
        ends_at_us: moment("ends_at")?.0,
        sequence: data["changes"].as_i64()?,
        changed_at_us: moment("changed_at")?.0,
        is_on,
    };
    Some(write(event.summary, std::slice::from_ref(&event)))
}

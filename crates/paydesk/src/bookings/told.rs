//! What others are told of a booking, once for each change of its place.

use serde_json::json;
use store::{Result, Tx};

use super::{Booking, Status};
use crate::clock::Moment;
use crate::courier::{self, Kind, Message};

/// Tells of a booking's new place, where somebody wants to know.
pub(super) fn placed(tx: &mut Tx<'_>, now_us: i64, booking: &Booking) -> Result<()> {
    let kind = match booking.place {
        Status::Confirmed => Kind::BookingConfirmed,
        Status::Released => Kind::BookingReleased,
        Status::PaidUnplaced => Kind::BookingUnplaced,
        Status::Pending | Status::Cancelled | Status::NoShow | Status::Refunded => return Ok(()),
    };
    let key = format!("booking:{}:{}", booking.booking_id, booking.changes);
    let data = json!({
        "user_id": booking.client_id,
        "booking_id": booking.booking_id,
        "builder_id": booking.builder_id,
        "session_type_id": booking.session_type_id,
        "purchase_id": booking.purchase_id,
        "starts_at": Moment(booking.starts_at_us),
        "ends_at": Moment(booking.ends_at_us),
    });
    courier::tell(tx, now_us, &[Message::about(&key, kind, &booking.client_id, data)])
}

//! Checkouts of bookings: the time is held in the transaction that writes the intent. Whoever asks again for what they hold
//! is led back to its page. A page whose time is over, and whose end Stripe has not told of yet, is ended there first, so
//! that a time is never given to another while it can still be paid for.

use store::Tx;

use super::checkout::{CheckoutRequest, Refused};
use super::{Purchase, Status, records};
use crate::app::App;
use crate::bookings::{self, Booking, Hold, SLOT_NOT_OFFERED, SLOT_TAKEN, Wanted};
use crate::catalogue::SessionType;
use crate::http::Problem;
use crate::http::kinds;
use crate::http::problem::Kind;

/// Whether a checkout of a booking may begin.
pub(super) enum Claimed {
    /// It may: the time is held.
    Taken,
    /// The same is under way.
    Underway(Box<Purchase>),
    /// The time is held for a page that is over, unless somebody paid there after all.
    InTheWay(Box<Purchase>),
    /// The time cannot be had.
    Lost(&'static Kind),
}

/// The booking that a checkout is to move, under its lock, in the currency that it was paid in; none where it books anew.
pub(super) fn to_move(tx: &mut Tx<'_>, now_us: i64, request: &mut CheckoutRequest) -> Result<Option<Booking>, Refused> {
    let Some(booking_id) = &request.booking_id else {
        return Ok(None);
    };
    let booking = bookings::to_move(tx, now_us, (booking_id, &request.user_id)).map_err(Refused)?;
    let currency = booking.price.currency;
    if request.currency.is_some_and(|wanted| wanted != currency) {
        let detail = format!("The booking was paid for in {currency}, and so is the difference.");
        return Err(Refused(Problem::of(&kinds::INVALID).field("currency").detail(detail)));
    }
    request.currency = Some(currency);
    Ok(Some(booking))
}

/// A purchase of a session as that of the difference to the one that is booked.
pub(super) fn of_difference(app: &App, purchase: &mut Purchase, moved: &Booking) -> Result<(), Refused> {
    let session_type = app.catalogue.session_type(&purchase.item_id);
    purchase.price = bookings::difference(moved, (&purchase.item_id, session_type), purchase.price).map_err(Refused)?;
    Ok(())
}

/// Holds a time for a checkout, which may be to move a booking.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    now_us: i64,
    (session_type, payout_buffer_us): (&SessionType, i64),
    (purchase, starts_at_us, moves): (&Purchase, i64, Option<&Booking>),
) -> Result<Claimed, Refused> {
    let wanted = Wanted {
        session_type,
        session_type_id: &purchase.item_id,
        purchase_id: &purchase.purchase_id,
        client_id: &purchase.user_id,
        starts_at_us,
        price: purchase.price,
        payout_buffer_us,
        moves,
    };
    match bookings::hold(tx, now_us, &wanted)? {
        Hold::Held => Ok(Claimed::Taken),
        Hold::NotOffered => Ok(Claimed::Lost(&SLOT_NOT_OFFERED)),
        Hold::Taken(others) => held_by(tx, now_us, &wanted, &others),
    }
}

fn held_by(tx: &mut Tx<'_>, now_us: i64, wanted: &Wanted<'_>, others: &[Booking]) -> Result<Claimed, Refused> {
    for other in others {
        if other.status != bookings::Status::Pending {
            continue;
        }
        let Some(purchase) = records::purchase(tx, &other.purchase_id)? else {
            continue;
        };
        let can_be_ended = matches!(purchase.status, Status::Created | Status::Open);
        if can_be_ended && purchase.expires_at_us <= now_us {
            return Ok(Claimed::InTheWay(Box::new(purchase)));
        }
        let is_same = (&other.client_id, other.starts_at_us) == (wanted.client_id, wanted.starts_at_us)
            && other.session_type_id == wanted.session_type_id
            && other.moves.as_ref().map(|moves| &moves.booking_id) == wanted.moves.map(|moved| &moved.booking_id);
        if is_same && !purchase.status.is_final() {
            return Ok(Claimed::Underway(Box::new(purchase)));
        }
    }
    Ok(Claimed::Lost(&SLOT_TAKEN))
}

//! Moves that are paid for: a client moves a booking to a session that costs more, and pays the difference by a purchase of
//! its own. That purchase has a booking like any other, which holds the new time and names the one that it moves. When the
//! money comes, that one takes over time and session; where it has changed meanwhile, the money goes back.
//!
//! A booking that moves another is locked behind it. Their ids sort the same way, because it is made later.

use ledger::Money;
use store::{Error, Tx};

use super::rules::Repriced;
use super::{Booking, Moves, NO_DIFFERENCE, Status, earned, records, rules, told, work};
use crate::catalogue::SessionType;
use crate::http::{Problem, kinds};
use crate::ids::UserId;
use crate::purchases::{UNKNOWN_ITEM, refunds};

/// A client's booking that is to be moved for money, under its lock.
pub fn to_move(tx: &mut Tx<'_>, now_us: i64, (booking_id, client_id): (&str, &UserId)) -> Result<Booking, Problem> {
    let found = records::lock(tx, booking_id)?.filter(|booking| booking.client_id == *client_id);
    let booking = found.filter(|booking| booking.moves.is_none());
    let booking = booking.ok_or_else(|| Problem::of(&kinds::NOT_FOUND).field("booking_id"))?;
    if booking.status.may_be_moved((booking.starts_at_us, now_us)) {
        Ok(booking)
    } else {
        Err(work::not_changeable(&booking))
    }
}

/// What a booking's move to a session of this price costs. Only another session type is dearer: what the same one costs more by
/// now, nobody is asked for.
pub fn difference(booking: &Booking, wanted: (&str, Option<&SessionType>), price: Money) -> Result<Money, Problem> {
    let (session_type_id, session_type) = wanted;
    if session_type.is_none_or(|session_type| session_type.builder_id != booking.builder_id) {
        let detail = "The booking's builder gives no such sessions.";
        return Err(Problem::of(&UNKNOWN_ITEM).field("item_id").detail(detail));
    }
    let is_other = session_type_id != booking.session_type_id;
    match rules::repriced((booking.price.minor, price.minor), (0, 0), 1) {
        Repriced::Raised { difference_minor } if is_other => Ok(Money::new(difference_minor, price.currency)),
        Repriced::Raised { .. } | Repriced::Same | Repriced::Lowered { .. } => Err(Problem::of(&NO_DIFFERENCE)),
    }
}

/// What one purchase paid for a booking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// The booking of that purchase: the one that it is for, or one that moved that.
    pub(super) booking: Booking,
    /// What was paid by it, in minor units.
    pub(super) paid_minor: i64,
    /// What of that was taken back out of the books.
    pub(super) refunded_minor: i64,
}

/// The terms under which a booking moves another: those of the other, at the difference.
pub(super) fn terms(booking: Booking, moved: &Booking, session_type: &SessionType, now_us: i64) -> Booking {
    let mut price = moved.price;
    price.minor = price.minor.saturating_add(booking.price.minor);
    Booking {
        // The platform gives nothing of its share back for a session on which it keeps less.
        platform_fee_minor: (session_type.platform_fee_minor(price) - moved.platform_fee_minor).max(0),
        refund_tiers: moved.refund_tiers.clone(),
        // Whoever moves a session wins no share back that is lost already.
        refund_percent_max: work::client_percent(moved, now_us),
        payout_buffer_us: moved.payout_buffer_us,
        moves: Some(Moves {
            booking_id: moved.booking_id.clone(),
            change: moved.changes,
        }),
        ..booking
    }
}

/// Both under their locks; nothing where the store does not know one of them.
fn lock(tx: &mut Tx<'_>, booking_id: &str, moves: &Moves) -> store::Result<Option<(Booking, Booking)>> {
    let moved = records::lock(tx, &moves.booking_id)?;
    Ok(moved.zip(records::lock(tx, booking_id)?))
}

/// Takes in that the difference was paid: the booking that is to be moved has the new time, where it stands as it did and that
/// time is held or still free. Otherwise it is false, and the money is to go back.
pub(super) fn pay(tx: &mut Tx<'_>, now_us: i64, booking_id: &str, moves: &Moves) -> store::Result<bool> {
    let Some((moved, mover)) = lock(tx, booking_id, moves)? else {
        return Ok(false);
    };
    if !matches!(mover.place, Status::Pending | Status::Released) {
        return Ok(false);
    }
    let as_agreed = moved.changes == moves.change && moved.status.may_be_moved((moved.starts_at_us, now_us));
    if as_agreed && has_time(tx, now_us, &moved, &mover)? {
        swap(tx, now_us, &moved, &mover)?;
        return Ok(true);
    }
    let after = super::place_at(tx, now_us, &mover, Status::PaidUnplaced)?;
    told::placed(tx, now_us, &after)?;
    Ok(false)
}

/// Whether the new time is held, or free but for what the moved booking has of it.
fn has_time(tx: &mut Tx<'_>, now_us: i64, moved: &Booking, mover: &Booking) -> store::Result<bool> {
    if mover.holds_slot {
        return Ok(true);
    }
    let others = records::overlapping(tx, &mover.builder_id, mover.claim)?;
    let is_free = others.iter().all(|other| other.booking_id == moved.booking_id);
    Ok(is_free && mover.starts_at_us > now_us)
}

fn swap(tx: &mut Tx<'_>, now_us: i64, moved: &Booking, mover: &Booking) -> store::Result<()> {
    // It gives its claims up with its place.
    super::place_at(tx, now_us, mover, Status::Moved)?;
    records::unclaim(tx, moved)?;
    let mut price = moved.price;
    price.minor = price.minor.saturating_add(mover.price.minor);
    let after = Booking {
        session_type_id: mover.session_type_id.clone(),
        starts_at_us: mover.starts_at_us,
        ends_at_us: mover.ends_at_us,
        claim: mover.claim,
        price,
        platform_fee_minor: moved.platform_fee_minor.saturating_add(mover.platform_fee_minor),
        refund_percent_max: mover.refund_percent_max,
        changes: moved.changes + 1,
        updated_at_us: now_us,
        ..moved.clone()
    };
    if !records::claim(tx, &after)? {
        // Another node took it in this very moment; all is decided anew on what it wrote.
        return Err(Error::Busy);
    }
    records::update(tx, &after)?;
    earned::move_along(tx, &after)?;
    told::moved(tx, now_us, &after)
}

/// The booking that the money of one counts for, under its lock: the other where that was moved, else it itself.
pub(super) fn counted(tx: &mut Tx<'_>, booking_id: &str, moves: &Moves) -> store::Result<Option<Booking>> {
    let found = lock(tx, booking_id, moves)?;
    Ok(found.map(|(moved, mover)| if mover.place == Status::Moved { moved } else { mover }))
}

/// What was paid for a booking, purchase by purchase, the first one first.
pub(super) fn parts(tx: &mut Tx<'_>, booking: &Booking) -> store::Result<Vec<Part>> {
    bookings_of(tx, booking)?
        .into_iter()
        .map(|booking| {
            let (paid_minor, refunded_minor) = refunds::of_booking::totals(tx, &booking.purchase_id)?;
            Ok(Part {
                booking,
                paid_minor,
                refunded_minor,
            })
        })
        .collect()
}

/// The purchases that a booking was paid for by, the first one first.
pub(super) fn purchases(tx: &mut Tx<'_>, booking: &Booking) -> store::Result<Vec<String>> {
    let bookings = bookings_of(tx, booking)?.into_iter();
    Ok(bookings.map(|booking| booking.purchase_id).collect())
}

/// A booking, and those that moved it.
fn bookings_of(tx: &mut Tx<'_>, booking: &Booking) -> store::Result<Vec<Booking>> {
    let mut bookings = vec![booking.clone()];
    let movers = records::movers(tx, &booking.booking_id)?.into_iter();
    bookings.extend(movers.filter(|mover| mover.place == Status::Moved));
    Ok(bookings)
}

//! Bookings: hours of a builder that a client pays for. A time is held while its checkout is under way, belongs to whoever
//! paid, and is free again when the checkout came to nothing.
//!
//! Here live session times, builders' availability, free slots, the booking, its claims and its use cases. That no two
//! bookings take the same time is the database's to see to: each has a row for every five minutes that it takes, buffers
//! included, and their key is unique. Paying is a purchase of kind `booking`; a purchase reaches a booking only through
//! `hold`, `pay`, `release` and `count`. Each purchase has one booking, which shares the random part of its id; one whose
//! purchase pays the difference of a dearer session moves another booking, and stands in no list.

mod availability;
mod earned;
mod feeds;
mod paid_moves;
mod records;
pub mod routes;
pub mod rules;
mod slots;
mod told;
mod work;

use ledger::Money;
use store::{Result, Tx};

use crate::catalogue::{RefundTier, SessionType};
use crate::http::problem::Kind;
use crate::ids::UserId;
use crate::purchases::refunds;
use rules::slots::{Shape, Span};
use rules::{OnPayment, shown};

pub use paid_moves::{difference, to_move};
pub use records::{booking, of_client};
pub use rules::Status;
pub use slots::refused;
pub use told::attachment;

/// The grain of time, in minutes. Durations and buffers are multiples of it.
pub const GRAIN_MINUTES: i64 = 5;
/// The same in microseconds.
const GRAIN_US: i64 = GRAIN_MINUTES * rules::slots::MINUTE_US;
/// How long a time is held for its checkout, microseconds: the half hour that Stripe's page lasts at least, and a quarter
/// for the call that makes it to be tried again.
pub const HOLD_US: i64 = 45 * rules::slots::MINUTE_US;

/// Somebody else has the time.
pub const SLOT_TAKEN: Kind = Kind {
    code: "slot_taken",
    status: 409,
    title: "Somebody else has this time",
    explanation: "The time, or a part of it, is booked, or held for a checkout under way. `alternatives` gives up to five \
                  free starts near it. Nothing was booked.",
};

/// The builder does not offer the time.
pub const SLOT_NOT_OFFERED: Kind = Kind {
    code: "slot_not_offered",
    status: 422,
    title: "No session begins at this time",
    explanation: "The builder is not there, or it is too soon or too far ahead for this session type. `alternatives` gives \
                  up to five free starts near it; GET /api/bookings/slots lists all.",
};

/// The booking does not allow it as it now stands.
pub const BOOKING_NOT_CHANGEABLE: Kind = Kind {
    code: "booking_not_changeable",
    status: 409,
    title: "The booking cannot be changed so",
    explanation: "`booking_status` says where the booking stands. One that is pending or confirmed can be cancelled, by its \
                  client until it begins; one that is confirmed can be moved until it begins, and its client missed once it \
                  has. Nothing was changed.",
};

/// The session that a client wants to move to costs more than theirs.
pub const SESSION_COSTS_MORE: Kind = Kind {
    code: "session_costs_more",
    status: 409,
    title: "The other session costs more",
    explanation: "`difference_minor` says by how much, in minor units of `currency`. A client moves a booking to a session \
                  that costs the same or less. Pay the difference with POST /api/payments/create-checkout-session, which \
                  takes the booking as `booking_id`, the other session as `item_id` and its time as `starts_at`; or have the \
                  builder or the shop move it, at the price that was paid. Nothing was changed.",
};

/// There is no difference to pay for the move.
pub const NO_DIFFERENCE: Kind = Kind {
    code: "no_difference",
    status: 409,
    title: "The move costs nothing",
    explanation: "The session costs the same as the one that is booked, or less, so there is nothing to pay. Move the booking \
                  with POST /api/bookings/{booking_id}/reschedule. Nothing was changed.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[
    SLOT_TAKEN,
    SLOT_NOT_OFFERED,
    BOOKING_NOT_CHANGEABLE,
    SESSION_COSTS_MORE,
    NO_DIFFERENCE,
];

/// A session that a client booked, or set out to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Booking {
    /// `bkg_…`.
    pub booking_id: String,
    /// Who comes, and pays.
    pub client_id: UserId,
    /// Who gives the session.
    pub builder_id: UserId,
    /// Which session type of the catalogue.
    pub session_type_id: String,
    /// The purchase that pays for it.
    pub purchase_id: String,
    /// When it begins, microseconds.
    pub starts_at_us: i64,
    /// When it ends, microseconds; what the builder earned is payable some time after it.
    pub ends_at_us: i64,
    /// What of the builder's time it takes, buffers included.
    pub claim: Span,
    /// Whether its claims stand.
    pub holds_slot: bool,
    /// What it costs.
    pub price: Money,
    /// The platform's share of that, in minor units.
    pub platform_fee_minor: i64,
    /// What goes back where the client cancels, the earliest first.
    pub refund_tiers: Vec<RefundTier>,
    /// The most of it, in percent, that goes back where the client cancels: the share that was reached when they moved it.
    pub refund_percent_max: i64,
    /// Where it stands.
    pub status: Status,
    /// Where it stands, whatever became of the money.
    pub place: Status,
    /// What was paid for it, in minor units.
    pub paid_minor: i64,
    /// What of that is refunded or disputed, in minor units.
    pub refunded_minor: i64,
    /// What of that is to go back since it was cancelled, in minor units, whatever becomes of the refunds; with what went back
    /// before.
    pub due_back_minor: i64,
    /// What of it is to go back since it was moved to a cheaper session, in minor units, whatever becomes of the refunds.
    pub price_back_minor: i64,
    /// How long after its end what is earned of it waits, microseconds.
    pub payout_buffer_us: i64,
    /// How often its place or its time changed.
    pub changes: i64,
    /// When it was written, microseconds.
    pub created_at_us: i64,
    /// When it last changed, microseconds.
    pub updated_at_us: i64,
    /// The booking that it moves once the difference is paid, which is its price then.
    pub moves: Option<Moves>,
}

/// What a booking moves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moves {
    /// Which booking.
    pub booking_id: String,
    /// How often that had changed when the move was agreed on. Where it has changed since, it is not moved.
    pub change: i64,
}

/// What holding a time came to.
#[derive(Debug)]
pub enum Hold {
    /// It is held now.
    Held,
    /// Others have it.
    Taken(Vec<Booking>),
    /// The builder does not offer it.
    NotOffered,
}

/// A booking that somebody wants.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// What is booked.
    pub session_type: &'a SessionType,
    /// Its id in the catalogue.
    pub session_type_id: &'a str,
    /// The purchase that is to pay for it.
    pub purchase_id: &'a str,
    /// Who comes.
    pub client_id: &'a UserId,
    /// When it begins, microseconds.
    pub starts_at_us: i64,
    /// What it costs.
    pub price: Money,
    /// How long after its end what is earned of it waits, microseconds.
    pub payout_buffer_us: i64,
    /// The booking that is to be moved; the price is the difference then.
    pub moves: Option<&'a Booking>,
}

impl SessionType {
    /// Its times, as the rules want them.
    fn shape(&self) -> Shape {
        Shape {
            minutes: self.minutes,
            buffer_before_minutes: self.buffer_before_minutes,
            buffer_after_minutes: self.buffer_after_minutes,
            start_every_minutes: self.start_every_minutes,
            notice_minutes: self.notice_minutes,
            horizon_days: self.horizon_days,
        }
    }
}

/// The id of the booking that a purchase of kind `booking` pays for.
pub fn id_of(purchase_id: &str) -> String {
    let shared = purchase_id.strip_prefix("pur_").unwrap_or(purchase_id);
    format!("bkg_{shared}")
}

/// Holds a time for a checkout that begins, and writes the booking with the terms of this moment. Only where it is held,
/// something is written.
pub fn hold(tx: &mut Tx<'_>, now_us: i64, wanted: &Wanted<'_>) -> Result<Hold> {
    let shape = wanted.session_type.shape();
    let (session, claim) = (shape.session(wanted.starts_at_us), shape.claim(wanted.starts_at_us));
    let builder_id = &wanted.session_type.builder_id;
    let mut taken = records::overlapping(tx, builder_id, claim)?;
    taken.retain(|other| wanted.moves.is_none_or(|moved| moved.booking_id != other.booking_id));
    if !taken.is_empty() {
        return Ok(Hold::Taken(taken));
    }
    let week = availability::week(tx, builder_id)?;
    if !week.is_some_and(|week| rules::slots::is_offered(&week, &shape, now_us, wanted.starts_at_us)) {
        return Ok(Hold::NotOffered);
    }
    let booking = Booking {
        booking_id: id_of(wanted.purchase_id),
        client_id: wanted.client_id.clone(),
        builder_id: builder_id.clone(),
        session_type_id: wanted.session_type_id.to_owned(),
        purchase_id: wanted.purchase_id.to_owned(),
        starts_at_us: session.from_us,
        ends_at_us: session.to_us,
        claim,
        holds_slot: true,
        price: wanted.price,
        platform_fee_minor: wanted.session_type.platform_fee_minor(wanted.price),
        refund_tiers: wanted.session_type.refund_tiers.clone(),
        refund_percent_max: refunds::of_booking::ALL_PERCENT,
        status: Status::Pending,
        place: Status::Pending,
        paid_minor: 0,
        refunded_minor: 0,
        due_back_minor: 0,
        price_back_minor: 0,
        payout_buffer_us: wanted.payout_buffer_us,
        changes: 0,
        created_at_us: now_us,
        updated_at_us: now_us,
        moves: None,
    };
    let booking = match wanted.moves {
        Some(moved) => paid_moves::terms(booking, moved, wanted.session_type, now_us),
        None => booking,
    };
    // What the booking has that is to be moved, it gives up when it is moved.
    let given_up = wanted.moves.filter(|moved| moved.holds_slot).map(|moved| moved.claim);
    if !records::claim_beside(tx, &booking, given_up)? {
        // Another node took it in this very moment; all is decided anew on what it wrote.
        return Err(store::Error::Busy);
    }
    records::insert(tx, &booking)?;
    Ok(Hold::Held)
}

/// Takes in that the money for a booking came: it is confirmed, where its time is held or still free. Otherwise it is false,
/// and the money is to go back; so it is where the store does not know the booking, because it was restored from before it.
pub fn pay(tx: &mut Tx<'_>, now_us: i64, booking_id: &str) -> Result<bool> {
    let known = records::booking(tx, booking_id)?;
    if let Some(moves) = known.and_then(|booking| booking.moves) {
        return paid_moves::pay(tx, now_us, booking_id, &moves);
    }
    let Some(booking) = records::lock(tx, booking_id)? else {
        return Ok(false);
    };
    let place = match booking.place.on_payment(booking.starts_at_us, now_us) {
        OnPayment::Confirm => Status::Confirmed,
        OnPayment::Reclaim if reclaimed(tx, &booking)? => Status::Confirmed,
        OnPayment::Reclaim => Status::PaidUnplaced,
        OnPayment::GiveBack if booking.place == Status::Released => Status::PaidUnplaced,
        OnPayment::GiveBack => return Ok(false),
    };
    let after = place_at(tx, now_us, &booking, place)?;
    told::placed(tx, now_us, &after)?;
    Ok(place == Status::Confirmed)
}

/// Gives a time free whose checkout came to nothing.
pub fn release(tx: &mut Tx<'_>, now_us: i64, booking_id: &str) -> Result<()> {
    match records::lock(tx, booking_id)? {
        Some(booking) if booking.place == Status::Pending => {
            let after = place_at(tx, now_us, &booking, Status::Released)?;
            // Of one that only moves another there is nothing to tell: the other stays where it is.
            if after.moves.is_some() {
                return Ok(());
            }
            told::placed(tx, now_us, &after)
        }
        _ => Ok(()),
    }
}

/// Takes in what was paid and given back for a booking, as one of its payments came or changed. One whose money all went back gives its time free. Where some of it
/// comes back, because a refund failed or a dispute was won, it has its time again if that is free; otherwise what was paid
/// has no place. What was paid for moving another one counts for that.
pub fn count(tx: &mut Tx<'_>, now_us: i64, (booking_id, payment): (&str, &str)) -> Result<()> {
    let counted = match records::booking(tx, booking_id)?.and_then(|booking| booking.moves) {
        Some(moves) => paid_moves::counted(tx, booking_id, &moves)?,
        None => records::lock(tx, booking_id)?,
    };
    let Some(mut booking) = counted else {
        return Ok(());
    };
    // Read behind the lock: other payments of the booking may have come on another node.
    let parts = paid_moves::parts(tx, &booking)?;
    booking.paid_minor = parts.iter().map(|part| part.paid_minor).fold(0, i64::saturating_add);
    booking.refunded_minor = parts
        .iter()
        .map(|part| part.refunded_minor)
        .fold(0, i64::saturating_add);
    let (paid_minor, refunded_minor) = (booking.paid_minor, booking.refunded_minor);
    let lacks_its_time = booking.place.has_its_time() && !booking.holds_slot;
    let place = if lacks_its_time && shown(booking.place, paid_minor, refunded_minor) != Status::Refunded {
        if reclaimed(tx, &booking)? {
            booking.place
        } else {
            Status::PaidUnplaced
        }
    } else {
        booking.place
    };
    let after = place_at(tx, now_us, &booking, place)?;
    earned::earn(tx, now_us, (&after, &parts), (booking_id, payment))?;
    earned::follow(tx, now_us, (&after, &parts))
}

/// Whether a booking that gave its time free has it again.
fn reclaimed(tx: &mut Tx<'_>, booking: &Booking) -> Result<bool> {
    let others = records::overlapping(tx, &booking.builder_id, booking.claim)?;
    // One that is to move it leaves it what it had.
    let moves_it = |other: &Booking| {
        let moves = other.moves.as_ref();
        moves.is_some_and(|moves| moves.booking_id == booking.booking_id)
    };
    if !others.iter().all(moves_it) {
        return Ok(false);
    }
    if records::claim(tx, booking)? {
        Ok(true)
    } else {
        Err(store::Error::Busy)
    }
}

/// Writes a booking at its place; its claims stand as long as that has its time. Whoever gives it a time that it did not
/// have has claimed that before. The caller holds its row.
fn place_at(tx: &mut Tx<'_>, now_us: i64, booking: &Booking, place: Status) -> Result<Booking> {
    let mut after = booking.clone();
    after.place = place;
    after.status = shown(place, after.paid_minor, after.refunded_minor);
    after.holds_slot = after.place.has_its_time() && after.status != Status::Refunded;
    after.changes += i64::from(booking.place != place);
    after.updated_at_us = now_us;
    if booking.holds_slot && !after.holds_slot {
        records::unclaim(tx, booking)?;
    }
    records::update(tx, &after)?;
    Ok(after)
}

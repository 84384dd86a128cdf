//! Bookings and their claims in the store.

use ledger::{Currency, Money};
use store::{Error, Field, Result, Row, Rows, Tx};

use super::rules::slots::Span;
use super::{Booking, GRAIN_US, Moves, Status};
use crate::ids::UserId;

pub(super) mod availability;

/// No claim is longer, microseconds: the longest session with the longest buffers.
const CLAIM_US_MAX: i64 = 24 * 60 * super::rules::slots::MINUTE_US;

fn corrupt(what: &str) -> Error {
    Error::Corrupt(format!("booking: {what}"))
}

fn user(text: &str) -> Result<UserId> {
    UserId::parse(text).ok_or_else(|| corrupt("user"))
}

fn status(word: &str) -> Result<Status> {
    Status::of_word(word).ok_or_else(|| corrupt("status"))
}

/// Every query of whole bookings, with its own end.
macro_rules! select_booking {
    ($end:literal) => {
        concat!(
            "select booking_id, client_id, builder_id, session_type_id, purchase_id, starts_at_us, ends_at_us,
                    claim_from_us, claim_to_us, holds_slot, amount_minor, currency, platform_fee_minor, refund_tiers,
                    status, place, paid_minor, refunded_minor, changes, created_at_us, updated_at_us,
                    refund_percent_max, due_back_minor, payout_buffer_us, price_back_minor, moves_booking_id, moves_change
             from booking ",
            $end
        )
    };
}

pub(super) mod feeds;

fn decode(row: &Row) -> Result<Booking> {
    let currency: Currency = row.text_ref(11)?.parse().map_err(|_| corrupt("currency"))?;
    Ok(Booking {
        booking_id: row.text(0)?,
        client_id: user(row.text_ref(1)?)?,
        builder_id: user(row.text_ref(2)?)?,
        session_type_id: row.text(3)?,
        purchase_id: row.text(4)?,
        starts_at_us: row.int(5)?,
        ends_at_us: row.int(6)?,
        claim: Span {
            from_us: row.int(7)?,
            to_us: row.int(8)?,
        },
        holds_slot: row.flag(9)?,
        price: Money::new(row.int(10)?, currency),
        platform_fee_minor: row.int(12)?,
        refund_tiers: serde_json::from_str(row.text_ref(13)?).map_err(|_| corrupt("refund_tiers"))?,
        status: status(row.text_ref(14)?)?,
        place: status(row.text_ref(15)?)?,
        paid_minor: row.int(16)?,
        refunded_minor: row.int(17)?,
        changes: row.int(18)?,
        created_at_us: row.int(19)?,
        updated_at_us: row.int(20)?,
        refund_percent_max: row.int(21)?,
        due_back_minor: row.int(22)?,
        payout_buffer_us: row.int(23)?,
        price_back_minor: row.int(24)?,
        moves: match row.opt_text(25)? {
            Some(booking_id) => Some(Moves {
                booking_id,
                change: row.int(26)?,
            }),
            None => None,
        },
    })
}

/// One booking.
pub fn booking(tx: &mut Tx<'_>, booking_id: &str) -> Result<Option<Booking>> {
    let row = tx.one(select_booking!("where booking_id = $1"), &[booking_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// One booking, locked until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, booking_id: &str) -> Result<Option<Booking>> {
    let row = tx.one(
        select_booking!("where booking_id = $1 for update"),
        &[booking_id.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// Those that move a booking, or did, the earliest first.
pub(super) fn movers(tx: &mut Tx<'_>, booking_id: &str) -> Result<Vec<Booking>> {
    let rows = tx.all(
        select_booking!("where moves_booking_id = $1 and moves_booking_id is not null order by booking_id"),
        &[booking_id.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// A client's bookings, newest first.
pub fn of_client(tx: &mut Tx<'_>, client_id: &UserId, before: &str, limit: i64) -> Result<Vec<Booking>> {
    let filter = Filter {
        client_id: Some(client_id.clone()),
        ..Filter::default()
    };
    bookings(tx, &filter, before, limit)
}

/// Which bookings are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Who comes.
    pub(super) client_id: Option<UserId>,
    /// Who gives them.
    pub(super) builder_id: Option<UserId>,
    /// Where they stand.
    pub(super) status: Option<Status>,
}

/// A page of bookings, newest first, before the one named. The narrowest of what is asked for leads, by an index of its
/// own; the rest is looked at row by row. Those that only move another one are not among them.
pub(super) fn bookings(tx: &mut Tx<'_>, filter: &Filter, before: &str, limit: i64) -> Result<Vec<Booking>> {
    let sql = match (&filter.client_id, &filter.builder_id, filter.status) {
        (Some(_), ..) => select_booking!(
            "where client_id = $1 and booking_id < $4 and ($2 = '' or builder_id = $2) and ($3 = '' or status = $3)
             and moves_booking_id is null order by booking_id desc limit $5"
        ),
        (None, Some(_), _) => select_booking!(
            "where builder_id = $2 and booking_id < $4 and ($1 = '' or client_id = $1) and ($3 = '' or status = $3)
             and moves_booking_id is null order by booking_id desc limit $5"
        ),
        (None, None, Some(_)) => select_booking!(
            "where status = $3 and booking_id < $4 and ($1 = '' or client_id = $1) and ($2 = '' or builder_id = $2)
             and moves_booking_id is null order by booking_id desc limit $5"
        ),
        (None, None, None) => select_booking!(
            "where booking_id < $4 and ($1 = '' or client_id = $1) and ($2 = '' or builder_id = $2)
             and ($3 = '' or status = $3) and moves_booking_id is null order by booking_id desc limit $5"
        ),
    };
    let rows = tx.all(
        sql,
        &[
            filter.client_id.as_ref().map_or("", UserId::as_str).into(),
            filter.builder_id.as_ref().map_or("", UserId::as_str).into(),
            filter.status.map_or("", Status::word).into(),
            before.into(),
            limit.into(),
        ],
    )?;
    rows.iter().map(decode).collect()
}

/// The bookings that have a part of this time of a builder's, the earliest first.
pub(super) fn overlapping(tx: &mut Tx<'_>, builder_id: &UserId, span: Span) -> Result<Vec<Booking>> {
    let rows = tx.all(
        select_booking!(
            "where builder_id = $1 and holds_slot = 1 and claim_from_us >= $2 and claim_from_us < $4
             and claim_to_us > $3 order by claim_from_us"
        ),
        &[
            builder_id.as_str().into(),
            span.from_us.saturating_sub(CLAIM_US_MAX).into(),
            span.from_us.into(),
            span.to_us.into(),
        ],
    )?;
    rows.iter().map(decode).collect()
}

/// What of a builder's time is taken within a span: one range of an index that holds all that is read.
pub(super) fn taken(tx: &mut Tx<'_>, builder_id: &UserId, span: Span) -> Result<Vec<Span>> {
    let rows = tx.all(
        "select claim_from_us, claim_to_us from booking
         where builder_id = $1 and holds_slot = 1 and claim_from_us >= $2 and claim_from_us < $4 and claim_to_us > $3
         order by claim_from_us",
        &[
            builder_id.as_str().into(),
            span.from_us.saturating_sub(CLAIM_US_MAX).into(),
            span.from_us.into(),
            span.to_us.into(),
        ],
    )?;
    let span = |row: &Row| {
        Ok(Span {
            from_us: row.int(0)?,
            to_us: row.int(1)?,
        })
    };
    rows.iter().map(span).collect()
}

/// The grains that a claim takes.
fn grains(claim: Span) -> impl Iterator<Item = i64> {
    let first = claim.from_us.div_euclid(GRAIN_US) * GRAIN_US;
    std::iter::successors(Some(first), |grain| Some(grain + GRAIN_US)).take_while(move |grain| *grain < claim.to_us)
}

/// Claims a booking's time. Gives whether it has all of it; where it has not, the caller must undo the transaction.
pub(super) fn claim(tx: &mut Tx<'_>, booking: &Booking) -> Result<bool> {
    claim_beside(tx, booking, None)
}

/// The same, but for what is another's that gives it up when it is needed.
pub(super) fn claim_beside(tx: &mut Tx<'_>, booking: &Booking, other: Option<Span>) -> Result<bool> {
    let is_others = |grain: &i64| other.is_some_and(|other| grains(other).any(|its| its == *grain));
    let rows = Rows::of(
        grains(booking.claim)
            .filter(|grain| !is_others(grain))
            .map(|grain| [Field::from(grain)]),
    );
    let wanted = rows.len() as u64;
    let claimed = tx.run(
        "insert into booking_claim (builder_id, grain_start_us, booking_id)
         select $2, r.grain_start_us, $3 from rows($1: grain_start_us bigint)
         where true on conflict (builder_id, grain_start_us) do nothing",
        &[
            rows.into(),
            booking.builder_id.as_str().into(),
            booking.booking_id.as_str().into(),
        ],
    )?;
    Ok(claimed == wanted)
}

/// Gives a booking's time free.
pub(super) fn unclaim(tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
    tx.run(
        "delete from booking_claim
         where builder_id = $1 and grain_start_us >= $2 and grain_start_us < $3 and booking_id = $4",
        &[
            booking.builder_id.as_str().into(),
            booking.claim.from_us.saturating_sub(GRAIN_US).into(),
            booking.claim.to_us.into(),
            booking.booking_id.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Writes a new booking.
pub(super) fn insert(tx: &mut Tx<'_>, one: &Booking) -> Result<()> {
    let tiers = serde_json::json!(one.refund_tiers).to_string();
    tx.run(
        "insert into booking (booking_id, client_id, builder_id, session_type_id, purchase_id, starts_at_us, ends_at_us,
                              claim_from_us, claim_to_us, holds_slot, amount_minor, currency, platform_fee_minor,
                              refund_tiers, status, place, paid_minor, refunded_minor, changes, created_at_us,
                              updated_at_us, refund_percent_max, due_back_minor, payout_buffer_us, price_back_minor,
                              moves_booking_id, moves_change)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
                 $25, $26, $27)",
        &[
            one.booking_id.as_str().into(),
            one.client_id.as_str().into(),
            one.builder_id.as_str().into(),
            one.session_type_id.as_str().into(),
            one.purchase_id.as_str().into(),
            one.starts_at_us.into(),
            one.ends_at_us.into(),
            one.claim.from_us.into(),
            one.claim.to_us.into(),
            i64::from(one.holds_slot).into(),
            one.price.minor.into(),
            one.price.currency.code().into(),
            one.platform_fee_minor.into(),
            tiers.into(),
            one.status.word().into(),
            one.place.word().into(),
            one.paid_minor.into(),
            one.refunded_minor.into(),
            one.changes.into(),
            one.created_at_us.into(),
            one.updated_at_us.into(),
            one.refund_percent_max.into(),
            one.due_back_minor.into(),
            one.payout_buffer_us.into(),
            one.price_back_minor.into(),
            one.moves.as_ref().map(|moves| moves.booking_id.as_str()).into(),
            one.moves.as_ref().map(|moves| moves.change).into(),
        ],
    )?;
    Ok(())
}

/// Writes what can change of a booking. The caller holds its row.
pub(super) fn update(tx: &mut Tx<'_>, one: &Booking) -> Result<()> {
    tx.run(
        "update booking set starts_at_us = $2, ends_at_us = $3, claim_from_us = $4, claim_to_us = $5, holds_slot = $6,
                status = $7, place = $8, paid_minor = $9, refunded_minor = $10, changes = $11, updated_at_us = $12,
                refund_percent_max = $13, due_back_minor = $14, session_type_id = $15, amount_minor = $16,
                platform_fee_minor = $17, price_back_minor = $18
         where booking_id = $1",
        &[
            one.booking_id.as_str().into(),
            one.starts_at_us.into(),
            one.ends_at_us.into(),
            one.claim.from_us.into(),
            one.claim.to_us.into(),
            i64::from(one.holds_slot).into(),
            one.status.word().into(),
            one.place.word().into(),
            one.paid_minor.into(),
            one.refunded_minor.into(),
            one.changes.into(),
            one.updated_at_us.into(),
            one.refund_percent_max.into(),
            one.due_back_minor.into(),
            one.session_type_id.as_str().into(),
            one.price.minor.into(),
            one.platform_fee_minor.into(),
            one.price_back_minor.into(),
        ],
    )?;
    Ok(())
}

//! What people do with a booking: they cancel it, move it to another time, or say that the client did not come. Each is
//! decided on the booking as it stands under its lock.

use axum::http::StatusCode;
use store::Tx;

use super::routes::BookingOut;
use super::rules::{Part, Repriced};
use super::{
    BOOKING_NOT_CHANGEABLE, Booking, SESSION_COSTS_MORE, SLOT_NOT_OFFERED, SLOT_TAKEN, Status, availability, earned,
    paid_moves, records, rules, told,
};
use crate::app::App;
use crate::courier::TOPIC;
use crate::http::auth::Caller;
use crate::http::problem::Kind;
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::purchases::{self, UNKNOWN_ITEM, refunds};
use crate::tokens::Scope;

/// The parts that a caller has in a booking; none for whom it does not exist.
fn parts(caller: &Caller, booking: &Booking) -> Vec<Part> {
    let mut parts = Vec::new();
    if caller.holds(Scope::BookingsWrite) {
        parts.push(Part::Staff);
    }
    if let Caller::User { user_id } = caller {
        if booking.builder_id == *user_id {
            parts.push(Part::Builder);
        }
        if booking.client_id == *user_id {
            parts.push(Part::Client);
        }
    }
    parts
}

/// The booking under its lock, and the parts that the caller has in it.
fn locked(tx: &mut Tx<'_>, caller: &Caller, booking_id: &str) -> Result<(Booking, Vec<Part>), Problem> {
    let found = records::lock(tx, booking_id)?.map(|booking| {
        let parts = parts(caller, &booking);
        (booking, parts)
    });
    found
        .filter(|(_, parts)| !parts.is_empty())
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

/// The payments of a booking under their locks, which come before its own.
fn lock_payments(tx: &mut Tx<'_>, booking_id: &str) -> Result<refunds::of_booking::Payments, Problem> {
    let known = records::booking(tx, booking_id)?.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let purchases = paid_moves::purchases(tx, &known)?;
    Ok(refunds::of_booking::lock(tx, &purchases)?)
}

pub(super) fn not_changeable(booking: &Booking) -> Problem {
    Problem::of(&BOOKING_NOT_CHANGEABLE).with("booking_status", booking.status.word())
}

/// Cancels a booking. A client gets the share of the policy that it was bought with; whoever is let down by the builder or
/// the shop gets everything.
pub(super) async fn cancel(
    app: &App,
    one_time: &OneTime,
    caller: Caller,
    booking_id: String,
) -> Result<Reply, Problem> {
    let (now_us, action) = (app.clock.now_us(), Action::of(one_time));
    let cancelled_id = booking_id.clone();
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            // Payments are locked before the booking, as wherever what Stripe says is taken in.
            let payments = lock_payments(tx, &booking_id)?;
            let (booking, parts) = locked(tx, &caller, &booking_id)?;
            let allowed = parts.iter().find(|part| {
                let at = (booking.starts_at_us, now_us);
                booking.status.may_be_cancelled(**part, at)
            });
            let part = *allowed.ok_or_else(|| not_changeable(&booking))?;
            let percent = match part {
                Part::Client => client_percent(&booking, now_us),
                Part::Builder | Part::Staff => refunds::of_booking::ALL_PERCENT,
            };
            let due = Booking {
                due_back_minor: due_back_minor(&booking, percent),
                ..booking
            };
            let after = super::place_at(tx, now_us, &due, Status::Cancelled)?;
            earned::hold_back(tx, now_us, &after)?;
            payments.give_back(tx, now_us, &after.booking_id, (after.price_back_minor, percent))?;
            told::cancelled(tx, now_us, &after, (part, percent))?;
            Ok::<_, Problem>(Answer::json(StatusCode::OK, &BookingOut::of(&caller, after)))
        })
    });
    let reply = one_time.until(work).await?;
    store::crash_point("booking cancelled");
    end_checkouts(app, &cancelled_id).await?;
    app.store.notify(TOPIC);
    Ok(reply)
}

/// What is to be back in all of what was paid for a booking, where so many percent of what it costs now go back.
fn due_back_minor(booking: &Booking, percent: i64) -> i64 {
    let rest_minor = booking.paid_minor.saturating_sub(booking.price_back_minor);
    let share_minor = refunds::rules::share_of(rest_minor, percent, booking.price.currency.step_minor());
    booking.price_back_minor.saturating_add(share_minor)
}

/// The share, in percent, that goes back to a client who cancels now.
pub(super) fn client_percent(booking: &Booking, now_us: i64) -> i64 {
    rules::share_percent(&booking.refund_tiers, booking.starts_at_us, now_us).min(booking.refund_percent_max)
}

/// Ends the checkouts that a changed booking does not wait for any more, its own where it is cancelled and those that were to
/// move it, so that nobody pays for what is given up. One that cannot be ended now ends by itself; what is paid until then
/// goes back.
async fn end_checkouts(app: &App, booking_id: &str) -> Result<(), Problem> {
    let booking_id = booking_id.to_owned();
    let open = app.store.read(move |tx| {
        let mut given_up = records::movers(tx, &booking_id)?;
        given_up.retain(|mover| mover.place == Status::Pending);
        let own = records::booking(tx, &booking_id)?;
        given_up.extend(own.filter(|booking| booking.place == Status::Cancelled));
        let purchase = |booking: Booking| purchases::purchase(tx, &booking.purchase_id).transpose();
        given_up
            .into_iter()
            .filter_map(purchase)
            .collect::<store::Result<Vec<_>>>()
    });
    for purchase in open.await? {
        if !purchase.status.is_final()
            && let Err(problem) = purchases::step_aside(app, purchase).await
        {
            tracing::warn!(?problem, "the checkout of a changed booking could not be ended");
        }
    }
    Ok(())
}

/// Says that the client did not come. What was paid stays paid.
pub(super) async fn mark_no_show(
    app: &App,
    one_time: &OneTime,
    caller: Caller,
    booking_id: String,
) -> Result<Reply, Problem> {
    let (now_us, action) = (app.clock.now_us(), Action::of(one_time));
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            let (booking, parts) = locked(tx, &caller, &booking_id)?;
            let at = (booking.starts_at_us, now_us);
            if !parts.iter().any(|part| booking.status.may_be_no_show(*part, at)) {
                return Err(not_changeable(&booking));
            }
            let after = super::place_at(tx, now_us, &booking, Status::NoShow)?;
            Ok(Answer::json(StatusCode::OK, &BookingOut::of(&caller, after)))
        })
    });
    one_time.until(work).await
}

/// Why a booking was not moved.
enum NotMoved {
    Problem(Problem),
    /// The time cannot be had: others are named once the transaction is undone.
    Lost(&'static Kind, String),
}

impl From<store::Error> for NotMoved {
    fn from(error: store::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Problem> for NotMoved {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Where a booking is to be moved.
pub(super) struct Wanted {
    pub(super) starts_at_us: i64,
    /// Another session type of the same builder; its own where none is named.
    pub(super) session_type_id: Option<String>,
}

/// Moves a booking to another time, of the same session type or of another one of its builder. Its payment and its policy stay,
/// and a client who moves it wins no share back that is lost already. Where it costs less now the difference goes back.
pub(super) async fn reschedule(
    app: &App,
    one_time: &OneTime,
    caller: Caller,
    (booking_id, wanted): (String, Wanted),
) -> Result<Reply, Problem> {
    let (now_us, action, app_in) = (app.clock.now_us(), Action::of(one_time), app.clone());
    let (starts_at_us, moved_id) = (wanted.starts_at_us, booking_id.clone());
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            // Payments are locked before the booking, as wherever what Stripe says is taken in.
            let payments = lock_payments(tx, &booking_id)?;
            let (mut booking, parts) = locked(tx, &caller, &booking_id)?;
            if !booking.status.may_be_moved((booking.starts_at_us, now_us)) {
                return Err(NotMoved::Problem(not_changeable(&booking)));
            }
            let by_client = parts == [Part::Client];
            if by_client {
                booking.refund_percent_max = client_percent(&booking, now_us);
            }
            let before_minor = booking.price_back_minor;
            let booking = priced(&app_in, booking, (wanted.session_type_id.as_deref(), by_client))?;
            let after = moved(tx, &app_in, now_us, &booking, starts_at_us)?;
            if after.price_back_minor > before_minor {
                earned::hold_back(tx, now_us, &after)?;
                let change = (after.booking_id.as_str(), after.changes);
                payments.give_back_difference(tx, now_us, change, after.price_back_minor)?;
            }
            Ok(Answer::json(StatusCode::OK, &BookingOut::of(&caller, after)))
        })
    });
    let work = async {
        match work.await {
            Ok(reply) => Ok(reply),
            Err(NotMoved::Problem(problem)) => Err(problem),
            Err(NotMoved::Lost(kind, session_type_id)) => match app.catalogue.session_type(&session_type_id) {
                Some(session_type) => Err(super::refused(app, kind, session_type, starts_at_us).await),
                None => Err(Problem::of(kind)),
            },
        }
    };
    let reply = one_time.until(work).await?;
    end_checkouts(app, &moved_id).await?;
    app.store.notify(TOPIC);
    Ok(reply)
}

/// A booking as a session of this type, its own where none is named, at what that costs now. What a client is not asked for is
/// not charged: the price stays where the same type costs more than when it was booked, and where the builder or the shop
/// moves it to one that does.
fn priced(app: &App, booking: Booking, (session_type_id, by_client): (Option<&str>, bool)) -> Result<Booking, Problem> {
    let unknown = |detail: String| Problem::of(&UNKNOWN_ITEM).field("session_type").detail(detail);
    let is_other = session_type_id.is_some_and(|named| named != booking.session_type_id);
    let named = session_type_id.unwrap_or(&booking.session_type_id);
    let item = app.catalogue.items.get(named).filter(|item| {
        let session_type = item.session_type();
        session_type.is_some_and(|session_type| session_type.builder_id == booking.builder_id)
    });
    let price = item.and_then(|item| item.amount(booking.price.currency, 1));
    let Some(price) = price else {
        return match (is_other, item) {
            // Whether its own type is still offered is decided with the time.
            (false, _) => Ok(booking),
            (true, None) => Err(unknown(format!("The builder gives no sessions of the type {named:?}."))),
            (true, Some(_)) => Err(unknown(format!(
                "{named:?} has no price in {}.",
                booking.price.currency
            ))),
        };
    };
    let session_type_id = named.to_owned();
    let from = booking.price.minor;
    let paid = (booking.paid_minor, booking.price_back_minor);
    match rules::repriced((from, price.minor), paid, price.currency.step_minor()) {
        Repriced::Lowered { price_back_minor } => Ok(Booking {
            session_type_id,
            price,
            platform_fee_minor: price.minor - rules::net_minor(from, booking.platform_fee_minor, price.minor),
            price_back_minor,
            ..booking
        }),
        Repriced::Raised { difference_minor } if is_other && by_client => Err(Problem::of(&SESSION_COSTS_MORE)
            .field("session_type")
            .with("difference_minor", difference_minor)
            .with("currency", price.currency.to_string())),
        Repriced::Same | Repriced::Raised { .. } => Ok(Booking {
            session_type_id,
            ..booking
        }),
    }
}

fn moved(tx: &mut Tx<'_>, app: &App, now_us: i64, booking: &Booking, starts_at_us: i64) -> Result<Booking, NotMoved> {
    let lost = |kind| NotMoved::Lost(kind, booking.session_type_id.clone());
    let session_type = app.catalogue.session_type(&booking.session_type_id);
    let session_type = session_type.ok_or_else(|| lost(&SLOT_NOT_OFFERED))?;
    // A builder that the catalogue has put in the other's place is somebody else's time.
    let week = availability::week(tx, &booking.builder_id)?.filter(|_| session_type.builder_id == booking.builder_id);
    let shape = session_type.shape();
    if !week.is_some_and(|week| rules::slots::is_offered(&week, &shape, now_us, starts_at_us)) {
        return Err(lost(&SLOT_NOT_OFFERED));
    }
    let (session, claim) = (shape.session(starts_at_us), shape.claim(starts_at_us));
    let others = records::overlapping(tx, &booking.builder_id, claim)?;
    if others.iter().any(|other| other.booking_id != booking.booking_id) {
        return Err(lost(&SLOT_TAKEN));
    }
    records::unclaim(tx, booking)?;
    let after = Booking {
        starts_at_us: session.from_us,
        ends_at_us: session.to_us,
        claim,
        changes: booking.changes + 1,
        updated_at_us: now_us,
        ..booking.clone()
    };
    if !records::claim(tx, &after)? {
        return Err(store::Error::Busy.into());
    }
    records::update(tx, &after)?;
    earned::move_along(tx, &after)?;
    told::moved(tx, now_us, &after)?;
    Ok(after)
}

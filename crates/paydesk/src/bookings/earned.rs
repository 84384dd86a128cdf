//! What a builder earns of a booking: the price less the platform's fee, from when it is paid and has its time; less as money
//! goes back, and nothing where the session has no place after all.

use store::{Result, Tx};

use super::paid_moves::{self, Part};
use super::{Booking, rules};
use crate::payouts::{self, Sale};

/// The key of the sale that a booking is.
fn sale_key(booking_id: &str) -> String {
    format!("booking:{booking_id}")
}

/// Takes in that a payment for a booking is there, by the purchase of `paid_for`, which is it or one that moved it: its
/// builder earns of it, once, where the session takes place.
pub(super) fn earn(
    tx: &mut Tx<'_>,
    now_us: i64,
    (booking, parts): (&Booking, &[Part]),
    (paid_for, payment): (&str, &str),
) -> Result<()> {
    // What a booking was bought for is earned before anything can move it, so its own figures are those of its first part.
    let lost = shares(lost_minor(booking), parts);
    let found = parts
        .iter()
        .zip(lost)
        .find(|(part, _)| part.booking.booking_id == paid_for);
    let Some((part, refunded_minor)) = found else {
        return Ok(());
    };
    let (of, paid_minor) = (&part.booking, part.paid_minor);
    let net_minor = rules::net_minor(of.price.minor, of.platform_fee_minor, paid_minor);
    if net_minor == 0 || !booking.place.is_earned() {
        return Ok(());
    }
    let sale = Sale {
        business_key: sale_key(paid_for),
        user_id: booking.builder_id.clone(),
        payment_intent_id: Some(payment.to_owned()),
        currency: booking.price.currency,
        gross_minor: paid_minor,
        refunded_minor,
        net_minor,
        payable_at_us: payable_at_us(booking),
    };
    payouts::earn(tx, now_us, &sale)
}

/// Lets what is earned follow what became of a booking and its money.
pub(super) fn follow(tx: &mut Tx<'_>, now_us: i64, (booking, parts): (&Booking, &[Part])) -> Result<()> {
    for (part, lost_minor) in parts.iter().zip(shares(lost_minor(booking), parts)) {
        payouts::follow(tx, now_us, &sale_key(&part.booking.booking_id), lost_minor)?;
    }
    Ok(())
}

/// Takes in that a share of the money for a booking is about to go back.
pub(super) fn hold_back(tx: &mut Tx<'_>, now_us: i64, booking: &Booking) -> Result<()> {
    let parts = paid_moves::parts(tx, booking)?;
    for (part, lost_minor) in parts.iter().zip(shares(lost_minor(booking), &parts)) {
        payouts::hold_back(tx, now_us, &sale_key(&part.booking.booking_id), lost_minor)?;
    }
    Ok(())
}

/// Lets what is earned wait for a booking's other time.
pub(super) fn move_along(tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
    for part in paid_moves::parts(tx, booking)? {
        payouts::pay_at(tx, &sale_key(&part.booking.booking_id), payable_at_us(booking))?;
    }
    Ok(())
}

/// What is lost of each part, where so much is lost of all: the first part first, as the refunds take it.
fn shares(lost_minor: i64, parts: &[Part]) -> Vec<i64> {
    let mut left_minor = lost_minor;
    let mut share = |part: &Part| {
        let share_minor = left_minor.clamp(0, part.paid_minor.max(0));
        left_minor -= share_minor;
        share_minor
    };
    parts.iter().map(&mut share).collect()
}

fn lost_minor(booking: &Booking) -> i64 {
    let (paid, back) = (booking.paid_minor, booking.refunded_minor);
    let owed_back = (booking.price_back_minor, booking.due_back_minor);
    rules::lost_minor(booking.place, (paid, back), owed_back)
}

fn payable_at_us(booking: &Booking) -> i64 {
    booking.ends_at_us.saturating_add(booking.payout_buffer_us)
}

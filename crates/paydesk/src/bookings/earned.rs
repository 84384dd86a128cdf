//! What a builder earns of a booking: the price less the platform's fee, from when it is paid and has its time; less as money
//! goes back, and nothing where the session has no place after all.

use store::{Result, Tx};

use super::{Booking, rules};
use crate::payouts::{self, Sale};

/// The key of the sale that a booking is.
fn sale_key(booking_id: &str) -> String {
    format!("booking:{booking_id}")
}

/// Takes in that a payment for a booking is there: its builder earns of it, once, where the session takes place.
pub(super) fn earn(tx: &mut Tx<'_>, now_us: i64, booking: &Booking, payment: &str) -> Result<()> {
    let net_minor = rules::net_minor(booking.price.minor, booking.platform_fee_minor, booking.paid_minor);
    if net_minor == 0 || !booking.place.is_earned() {
        return Ok(());
    }
    let sale = Sale {
        business_key: sale_key(&booking.booking_id),
        user_id: booking.builder_id.clone(),
        payment_intent_id: Some(payment.to_owned()),
        currency: booking.price.currency,
        gross_minor: booking.paid_minor,
        refunded_minor: lost_minor(booking),
        net_minor,
        payable_at_us: payable_at_us(booking),
    };
    payouts::earn(tx, now_us, &sale)
}

/// Lets what is earned follow what became of a booking and its money.
pub(super) fn follow(tx: &mut Tx<'_>, now_us: i64, booking: &Booking) -> Result<()> {
    payouts::follow(tx, now_us, &sale_key(&booking.booking_id), lost_minor(booking))
}

/// Takes in that a share of the money for a booking is about to go back.
pub(super) fn hold_back(tx: &mut Tx<'_>, now_us: i64, booking: &Booking) -> Result<()> {
    payouts::hold_back(tx, now_us, &sale_key(&booking.booking_id), lost_minor(booking))
}

/// Lets what is earned wait for a booking's other time.
pub(super) fn move_along(tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
    payouts::pay_at(tx, &sale_key(&booking.booking_id), payable_at_us(booking))
}

fn lost_minor(booking: &Booking) -> i64 {
    let (paid, back) = (booking.paid_minor, booking.refunded_minor);
    let owed_back = (booking.price_back_minor, booking.due_back_minor);
    rules::lost_minor(booking.place, (paid, back), owed_back)
}

fn payable_at_us(booking: &Booking) -> i64 {
    booking.ends_at_us.saturating_add(booking.payout_buffer_us)
}

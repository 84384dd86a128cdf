//! Giving back what was paid for a booking: an intent for each payment, which recovery turns into a refund. Whether it goes
//! back is decided where bookings are.

use store::{Result, Tx};

use std::collections::BTreeMap;

use super::Reason;
use super::of_order::ask;
use crate::purchases::records::payments::{self, PaymentRow};

pub use super::of_order::ALL_PERCENT;

/// The payments of a booking, locked.
#[derive(Debug)]
pub struct Payments(BTreeMap<String, PaymentRow>);

/// Locks the payments of the purchase that pays for a booking. The booking's own row is locked after them.
pub fn lock(tx: &mut Tx<'_>, purchase_id: &str) -> Result<Payments> {
    let found = payments::of_purchase(tx, purchase_id)?;
    let ids = found.iter().map(|payment| payment.payment_intent_id.as_str());
    Ok(Payments(payments::lock(tx, &ids.collect())?))
}

impl Payments {
    /// Writes an intent for each payment to give back so many percent of it, less what is given back already. A booking is
    /// cancelled once, and so is this.
    pub fn give_back(&self, tx: &mut Tx<'_>, now_us: i64, booking_id: &str, percent: i64) -> Result<()> {
        let note = format!("The booking {booking_id} was cancelled.");
        let cause = format!("cancel:{booking_id}");
        let share = (percent, Some(Reason::RequestedByCustomer));
        self.0
            .values()
            .try_for_each(|payment| ask(tx, now_us, payment, share, (&cause, &note)))
    }
}

/// Writes an intent to give back all that came by a purchase whose booking has no place. The caller holds the payments'
/// rows; that the money comes for the booking happens once, and so does this.
pub fn give_back_unplaced(tx: &mut Tx<'_>, now_us: i64, booking_id: &str, purchase_id: &str) -> Result<()> {
    let note = format!("The time of the booking {booking_id} was gone when this payment came.");
    let cause = format!("unplaced:{purchase_id}");
    payments::of_purchase(tx, purchase_id)?
        .iter()
        .try_for_each(|payment| ask(tx, now_us, payment, (ALL_PERCENT, None), (&cause, &note)))
}

/// What was paid for a booking, and what of that was taken back out of the books.
pub fn totals(tx: &mut Tx<'_>, purchase_id: &str) -> Result<(i64, i64)> {
    let payments = payments::of_purchase(tx, purchase_id)?;
    let sum = |of: fn(&payments::PaymentRow) -> i64| payments.iter().map(of).fold(0, i64::saturating_add);
    Ok((sum(|one| one.paid_minor), sum(|one| one.clawed_minor)))
}

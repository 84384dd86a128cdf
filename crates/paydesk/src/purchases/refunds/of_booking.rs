//! Giving back what was paid for a booking: an intent for each payment, which recovery turns into a refund. Whether it goes
//! back is decided where bookings are.

use store::{Result, Tx};

use std::collections::BTreeMap;

use super::Reason;
use super::of_order::{ask, ask_up_to};
use super::rules::share_of;
use crate::purchases::records::payments::{self, PaymentRow};

pub use super::of_order::ALL_PERCENT;

/// The payments of a booking, locked.
#[derive(Debug)]
pub struct Payments(BTreeMap<String, PaymentRow>);

/// Locks the payments of the purchases that a booking was paid for by. The booking's own row is locked after them.
pub fn lock(tx: &mut Tx<'_>, purchase_ids: &[String]) -> Result<Payments> {
    let purchase_ids = purchase_ids.iter().map(String::as_str).collect();
    let found = payments::of_purchases(tx, &purchase_ids)?;
    let ids = found.iter().map(|payment| payment.payment_intent_id.as_str());
    Ok(Payments(payments::lock(tx, &ids.collect())?))
}

impl Payments {
    /// Writes an intent for each payment to give back what is owed since the booking became cheaper, and so many percent of the
    /// rest, less what is given back already. A booking is cancelled once, and so is this.
    pub fn give_back(
        &self,
        tx: &mut Tx<'_>,
        now_us: i64,
        booking_id: &str,
        (price_back_minor, percent): (i64, i64),
    ) -> Result<()> {
        let note = format!("The booking {booking_id} was cancelled.");
        let cause = format!("cancel:{booking_id}");
        self.ask_each(tx, now_us, (price_back_minor, percent), (&cause, &note))
    }

    /// Writes intents to give back what is owed since the booking became cheaper, less what is given back already. Each change
    /// of a booking happens once, and so does this.
    pub fn give_back_difference(
        &self,
        tx: &mut Tx<'_>,
        now_us: i64,
        (booking_id, change): (&str, i64),
        price_back_minor: i64,
    ) -> Result<()> {
        let note = format!("The booking {booking_id} was moved to a cheaper session.");
        let cause = format!("move:{booking_id}:{change}");
        self.ask_each(tx, now_us, (price_back_minor, 0), (&cause, &note))
    }

    fn ask_each(
        &self,
        tx: &mut Tx<'_>,
        now_us: i64,
        (price_back_minor, percent): (i64, i64),
        why: (&str, &str),
    ) -> Result<()> {
        let mut left_minor = price_back_minor;
        for payment in self.0.values() {
            let cheaper_minor = left_minor.clamp(0, payment.paid_minor.max(0));
            left_minor -= cheaper_minor;
            let rest_minor = payment.paid_minor - cheaper_minor;
            let total_minor = cheaper_minor + share_of(rest_minor, percent, payment.price.currency.step_minor());
            let total = (total_minor, Some(Reason::RequestedByCustomer));
            ask_up_to(tx, now_us, payment, total, why)?;
        }
        Ok(())
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

/// What was paid by one purchase of a booking, and what of that was taken back out of the books.
pub fn totals(tx: &mut Tx<'_>, purchase_id: &str) -> Result<(i64, i64)> {
    let payments = payments::of_purchase(tx, purchase_id)?;
    let sum = |of: fn(&payments::PaymentRow) -> i64| payments.iter().map(of).fold(0, i64::saturating_add);
    Ok((sum(|one| one.paid_minor), sum(|one| one.clawed_minor)))
}

//! Giving back what was paid for an order that is cancelled, or that took no payment any more: an intent for each payment,
//! which recovery turns into a refund. Whether it is cancelled, and how much goes back, is decided where orders are.

use std::collections::BTreeMap;

use ledger::{Currency, Money};
use store::{Result, Tx};

use super::rules::{Standing, share_of};
use super::{Reason, RefundIntent, Status, records};
use crate::ids::id_for;
use crate::purchases::records::payments::{self, PaymentRow};

/// All of what was paid, in percent.
pub const ALL_PERCENT: i64 = 100;

/// The payments of an order, locked.
#[derive(Debug)]
pub struct Payments(BTreeMap<String, PaymentRow>);

/// Locks the payments of an order. Its own row is locked after them.
pub fn lock(tx: &mut Tx<'_>, order_id: &str) -> Result<Payments> {
    let ids = payments::of_order(tx, order_id)?;
    let found = payments::lock(tx, &ids.iter().map(String::as_str).collect())?;
    Ok(Payments(found))
}

/// What was paid for an order, all its payments together, and what of that was taken back out of the books.
pub fn totals(tx: &mut Tx<'_>, order_id: &str) -> Result<(i64, i64)> {
    payments::totals_of_order(tx, order_id)
}

impl Payments {
    /// The payment that brought money, and its currency; none where nothing was paid.
    pub fn paid(&self) -> Option<(String, Currency)> {
        let paid = self.0.values().find(|payment| payment.paid_minor > 0)?;
        Some((paid.payment_intent_id.clone(), paid.price.currency))
    }

    /// Writes an intent for each payment to give back so many percent of it, less what is given back already. The change
    /// of the order that it follows from makes it happen once.
    pub fn give_back(
        &self,
        tx: &mut Tx<'_>,
        now_us: i64,
        (order_id, change): (&str, i64),
        (percent, reason): (i64, Option<Reason>),
    ) -> Result<()> {
        let note = format!("The order {order_id} was cancelled.");
        let cause = format!("cancel:{order_id}:{change}");
        self.0
            .values()
            .try_for_each(|payment| ask(tx, now_us, payment, (percent, reason), (&cause, &note)))
    }
}

/// Writes an intent to give back all that came by a purchase for an order that takes no payment any more. The caller holds
/// the payments' rows; that the purchase pays for the order happens once, and so does this.
pub fn give_back_unwanted(tx: &mut Tx<'_>, now_us: i64, order_id: &str, purchase_id: &str) -> Result<()> {
    let note = format!("The order {order_id} was cancelled or paid for before this payment came.");
    let cause = format!("unwanted:{purchase_id}");
    payments::of_purchase(tx, purchase_id)?
        .iter()
        .try_for_each(|payment| ask(tx, now_us, payment, (ALL_PERCENT, None), (&cause, &note)))
}

/// Writes an intent to give back so many percent of a payment, less what is given back already.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    now_us: i64,
    payment: &PaymentRow,
    (percent, reason): (i64, Option<Reason>),
    why: (&str, &str),
) -> Result<()> {
    let total_minor = share_of(payment.paid_minor, percent, payment.price.currency.step_minor());
    ask_up_to(tx, now_us, payment, (total_minor, reason), why)
}

/// Writes an intent to give back so much of a payment, less what is given back already.
pub(super) fn ask_up_to(
    tx: &mut Tx<'_>,
    now_us: i64,
    payment: &PaymentRow,
    (total_minor, reason): (i64, Option<Reason>),
    (cause, note): (&str, &str),
) -> Result<()> {
    let standing = Standing {
        paid_minor: payment.paid_minor,
        reversed_minor: payment.reversed_minor,
        asked_minor: records::asked_minor(tx, &payment.payment_intent_id)?,
        unspent: None,
        step_minor: payment.price.currency.step_minor(),
    };
    let amount_minor = standing.up_to_minor(total_minor);
    if amount_minor == 0 {
        return Ok(());
    }
    let key = format!("{cause}:{}", payment.payment_intent_id);
    let intent = RefundIntent {
        intent_id: id_for("rfi", now_us, &key),
        payment_intent_id: payment.payment_intent_id.clone(),
        price: Money::new(amount_minor, payment.price.currency),
        reason,
        note: Some(note.to_owned()),
        status: Status::Created,
        refusal: None,
        refund_id: None,
        created_at_us: now_us,
    };
    records::insert(tx, &intent, None, now_us)
}

//! Payments in the store.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Currency, Money};
use store::{Error, Field, Result, Row, Rows, Tx};

use crate::ids::UserId;
use crate::purchases::Purchase;
use crate::purchases::rules::{InvoicePart, PaymentFact, PaymentStatus};

/// Stripe is asked for the fee of a payment this long after it was first told of, when it usually knows.
const FEE_AFTER_US: i64 = 60 * crate::clock::SECOND_US;

/// A payment as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::purchases) struct PaymentRow {
    pub(in crate::purchases) payment_intent_id: String,
    /// Empty while only reversals are known of it.
    pub(in crate::purchases) purchase_id: String,
    /// Whose; none while only reversals are known of it.
    pub(in crate::purchases) user_id: Option<UserId>,
    pub(in crate::purchases) price: Money,
    pub(in crate::purchases) status: PaymentStatus,
    pub(in crate::purchases) charge_id: Option<String>,
    pub(in crate::purchases) balance_transaction_id: Option<String>,
    /// The money that came, once it is there.
    pub(in crate::purchases) paid_minor: i64,
    /// What is refunded or disputed of it now.
    pub(in crate::purchases) reversed_minor: i64,
    /// What the books have taken back so far.
    pub(in crate::purchases) clawed_credits: i64,
    pub(in crate::purchases) clawed_minor: i64,
    /// Counts what followed from reversals.
    pub(in crate::purchases) claw_version: i64,
    /// Whether the wallet should be frozen for it, and whether it is.
    pub(in crate::purchases) freezes: bool,
    pub(in crate::purchases) frozen: bool,
    /// Whether an attempt at it ever failed.
    pub(in crate::purchases) failed: bool,
    /// When it was first told of, microseconds.
    pub(in crate::purchases) created_at_us: i64,
}

impl PaymentRow {
    /// A payment of which nothing is known but that something reverses it.
    pub(in crate::purchases) fn unknown(payment_intent_id: &str, currency: Currency, now_us: i64) -> Self {
        Self {
            payment_intent_id: payment_intent_id.to_owned(),
            purchase_id: String::new(),
            user_id: None,
            price: Money::new(0, currency),
            status: PaymentStatus::RequiresPaymentMethod,
            charge_id: None,
            balance_transaction_id: None,
            paid_minor: 0,
            reversed_minor: 0,
            clawed_credits: 0,
            clawed_minor: 0,
            claw_version: 0,
            freezes: false,
            frozen: false,
            failed: false,
            created_at_us: now_us,
        }
    }

    /// Adds what a fact says of it, in a way that does not depend on which came first.
    pub(in crate::purchases) fn add(&mut self, purchase: &Purchase, currency: Currency, fact: &PaymentFact) {
        if self.purchase_id.is_empty() {
            self.purchase_id.clone_from(&purchase.purchase_id);
            self.user_id = Some(purchase.user_id.clone());
        }
        self.status = self.status.max(fact.status);
        self.failed |= matches!(
            fact.status,
            PaymentStatus::RequiresPaymentMethod | PaymentStatus::Failed
        );
        self.price = Money::new(self.price.minor.max(fact.amount_minor), currency);
        self.charge_id = self.charge_id.take().max(fact.charge_id.clone());
        self.balance_transaction_id = self
            .balance_transaction_id
            .take()
            .max(fact.balance_transaction_id.clone());
    }
}

impl PaymentRow {
    /// Adds that it pays a part of an invoice, in a way that does not depend on which came first.
    pub(in crate::purchases) fn add_part(&mut self, part: &InvoicePart) {
        if self.purchase_id.is_empty() {
            self.purchase_id.clone_from(&part.invoice_id);
        }
        self.status = self.status.max(PaymentStatus::Succeeded);
        self.price = Money::new(self.price.minor.max(part.amount_minor), part.currency);
        self.paid_minor = self.paid_minor.max(part.amount_minor);
    }
}

/// The charge of a payment at Stripe, once it is known.
pub fn charge_of(tx: &mut Tx<'_>, payment_intent_id: &str) -> Result<Option<String>> {
    let row = tx.one(
        "select charge_id from payment where payment_intent_id = $1",
        &[payment_intent_id.into()],
    )?;
    row.map_or(Ok(None), |row| row.opt_text(0))
}

/// Every query of whole payments, with its own end.
macro_rules! select_payment {
    ($end:literal) => {
        concat!(
            "select payment.payment_intent_id, payment.purchase_id, payment.user_id, payment.currency,
                    payment.amount_minor, payment.status, payment.charge_id, payment.balance_transaction_id,
                    payment.paid_minor, payment.reversed_minor, payment.clawed_credits, payment.clawed_minor,
                    payment.claw_version, payment.freezes, payment.frozen, payment.failed, payment.created_at_us ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<PaymentRow> {
    let corrupt = |what: &str| Error::Corrupt(format!("payment: {what}"));
    let currency: Currency = row.text_ref(3)?.parse().map_err(|_| corrupt("currency"))?;
    let user_id = row.text_ref(2)?;
    Ok(PaymentRow {
        payment_intent_id: row.text(0)?,
        purchase_id: row.text(1)?,
        user_id: match user_id {
            "" => None,
            user_id => Some(UserId::parse(user_id).ok_or_else(|| corrupt("user_id"))?),
        },
        price: Money::new(row.int(4)?, currency),
        status: PaymentStatus::of_word(row.text_ref(5)?).ok_or_else(|| corrupt("status"))?,
        charge_id: row.opt_text(6)?,
        balance_transaction_id: row.opt_text(7)?,
        paid_minor: row.int(8)?,
        reversed_minor: row.int(9)?,
        clawed_credits: row.int(10)?,
        clawed_minor: row.int(11)?,
        claw_version: row.int(12)?,
        freezes: row.flag(13)?,
        frozen: row.flag(14)?,
        failed: row.flag(15)?,
        created_at_us: row.int(16)?,
    })
}

/// Locks the payments of these ids in key order.
pub(in crate::purchases) fn lock(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, PaymentRow>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_payment!(
            "from rows($1: payment_intent_id text) join payment on payment.payment_intent_id = r.payment_intent_id
             order by payment.payment_intent_id for update"
        ),
        &[rows.into()],
    )?;
    found
        .iter()
        .map(|row| decode(row).map(|one| (one.payment_intent_id.clone(), one)))
        .collect()
}

/// The next payments after the one named, in the order of their ids, each with whose wallet it freezes now.
pub(in crate::purchases) fn freezes_after(
    tx: &mut Tx<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Option<UserId>)>> {
    let rows = tx.all(
        "select payment_intent_id, user_id, frozen from payment where payment_intent_id > $1
         order by payment_intent_id limit $2",
        &[after.into(), limit.into()],
    )?;
    let freezes = |row: &Row| {
        let user_id = || {
            let found = UserId::parse(row.text_ref(1)?);
            found.ok_or_else(|| Error::Corrupt("payment: user_id".into()))
        };
        Ok((row.text(0)?, row.flag(2)?.then(user_id).transpose()?))
    };
    rows.iter().map(freezes).collect()
}

/// The payments of these ids, in key order.
pub(in crate::purchases) fn payments_of(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<Vec<PaymentRow>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_payment!(
            "from rows($1: payment_intent_id text) join payment on payment.payment_intent_id = r.payment_intent_id
             order by payment.payment_intent_id"
        ),
        &[rows.into()],
    )?;
    found.iter().map(decode).collect()
}

/// The payments of these purchases, in key order.
pub(in crate::purchases) fn of_purchases(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<Vec<PaymentRow>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_payment!(
            "from rows($1: purchase_id text) join payment on payment.purchase_id = r.purchase_id
             order by payment.payment_intent_id"
        ),
        &[rows.into()],
    )?;
    found.iter().map(decode).collect()
}

/// The purchases that these payments pay for, as far as they are known.
pub(in crate::purchases) fn purchases_of(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeSet<String>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        "select payment.purchase_id from rows($1: payment_intent_id text)
         join payment on payment.payment_intent_id = r.payment_intent_id where payment.purchase_id <> ''",
        &[rows.into()],
    )?;
    found.iter().map(|row| row.text(0)).collect()
}

/// Writes payments: those that were known as they are now, the others as new ones.
pub(in crate::purchases) fn write(
    tx: &mut Tx<'_>,
    now_us: i64,
    known: &BTreeMap<String, PaymentRow>,
    payments: &BTreeMap<String, PaymentRow>,
) -> Result<()> {
    let mut fresh = Rows::new();
    let mut changed = Rows::new();
    for one in payments.values() {
        let row = fields(one);
        match known.get(&one.payment_intent_id) {
            None => fresh.push(row),
            Some(was) if was != one => changed.push(row),
            Some(_) => {}
        }
    }
    let wanted = fresh.len() as u64;
    let inserted = tx.run(
        "insert into payment (payment_intent_id, purchase_id, user_id, currency, amount_minor, status, charge_id,
                              balance_transaction_id, paid_minor, reversed_minor, clawed_credits, clawed_minor,
                              claw_version, freezes, frozen, failed, created_at_us, fee_due_at_us, updated_at_us)
         select r.payment_intent_id, r.purchase_id, r.user_id, r.currency, r.amount_minor, r.status, r.charge_id,
                r.balance_transaction_id, r.paid_minor, r.reversed_minor, r.clawed_credits, r.clawed_minor,
                r.claw_version, r.freezes, r.frozen, r.failed, r.created_at_us, $3, $2
         from rows($1: payment_intent_id text, purchase_id text, user_id text, currency text, amount_minor bigint,
                   status text, charge_id text, balance_transaction_id text, paid_minor bigint, reversed_minor bigint,
                   clawed_credits bigint, clawed_minor bigint, claw_version bigint, freezes bigint, frozen bigint,
                   failed bigint, created_at_us bigint)
         where true on conflict (payment_intent_id) do nothing",
        &[fresh.into(), now_us.into(), now_us.saturating_add(FEE_AFTER_US).into()],
    )?;
    if inserted < wanted {
        // Another node told of one of them in this very moment; the whole batch is decided anew on what it wrote.
        return Err(Error::Busy);
    }
    tx.run(
        "update payment set purchase_id = r.purchase_id, user_id = r.user_id, currency = r.currency,
                amount_minor = r.amount_minor, status = r.status, charge_id = r.charge_id,
                balance_transaction_id = r.balance_transaction_id, paid_minor = r.paid_minor,
                reversed_minor = r.reversed_minor, clawed_credits = r.clawed_credits, clawed_minor = r.clawed_minor,
                claw_version = r.claw_version, freezes = r.freezes, frozen = r.frozen, failed = r.failed,
                updated_at_us = $2
         from rows($1: payment_intent_id text, purchase_id text, user_id text, currency text, amount_minor bigint,
                   status text, charge_id text, balance_transaction_id text, paid_minor bigint, reversed_minor bigint,
                   clawed_credits bigint, clawed_minor bigint, claw_version bigint, freezes bigint, frozen bigint,
                   failed bigint, created_at_us bigint)
         where payment.payment_intent_id = r.payment_intent_id",
        &[changed.into(), now_us.into()],
    )?;
    Ok(())
}

fn fields(one: &PaymentRow) -> [Field<'_>; 17] {
    [
        Field::from(&one.payment_intent_id),
        (&one.purchase_id).into(),
        one.user_id.as_ref().map_or("", UserId::as_str).into(),
        one.price.currency.code().into(),
        one.price.minor.into(),
        one.status.word().into(),
        one.charge_id.as_deref().into(),
        one.balance_transaction_id.as_deref().into(),
        one.paid_minor.into(),
        one.reversed_minor.into(),
        one.clawed_credits.into(),
        one.clawed_minor.into(),
        one.claw_version.into(),
        one.freezes.into(),
        one.frozen.into(),
        one.failed.into(),
        one.created_at_us.into(),
    ]
}

/// The payments of a purchase: one, unless something went wrong at Stripe.
pub(in crate::purchases) fn of_purchase(tx: &mut Tx<'_>, purchase_id: &str) -> Result<Vec<PaymentRow>> {
    let rows = tx.all(
        select_payment!("from payment where payment.purchase_id = $1 order by payment.payment_intent_id"),
        &[purchase_id.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// The last payments for a user's subscription: those of its invoices, the newest first.
pub(in crate::purchases) fn of_subscription(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    subscription_id: &str,
    limit: i64,
) -> Result<Vec<PaymentRow>> {
    let rows = tx.all(
        select_payment!(
            "from purchase join subscription_invoice on subscription_invoice.invoice_id = purchase.purchase_id
             join payment on payment.purchase_id = purchase.purchase_id
             where purchase.user_id = $1 and purchase.purchase_id < 'pur_' and subscription_invoice.subscription_id = $2
             order by payment.created_at_us desc, payment.payment_intent_id desc limit $3"
        ),
        &[user_id.as_str().into(), subscription_id.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// The payments of all purchases that pay for an order.
pub(in crate::purchases) fn of_order(tx: &mut Tx<'_>, order_id: &str) -> Result<BTreeSet<String>> {
    let rows = tx.all(
        "select payment.payment_intent_id from purchase join payment on payment.purchase_id = purchase.purchase_id
         where purchase.order_id = $1 and purchase.order_id <> ''",
        &[order_id.into()],
    )?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// What was paid for an order in all, and what of that the books have taken back.
pub(in crate::purchases) fn totals_of_order(tx: &mut Tx<'_>, order_id: &str) -> Result<(i64, i64)> {
    let row = tx.one(
        "select cast(coalesce(sum(payment.paid_minor), 0) as bigint), cast(coalesce(sum(payment.clawed_minor), 0) as bigint)
         from purchase join payment on payment.purchase_id = purchase.purchase_id
         where purchase.order_id = $1 and purchase.order_id <> ''",
        &[order_id.into()],
    )?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
}

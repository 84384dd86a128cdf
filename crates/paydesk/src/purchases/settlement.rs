//! Settlement: a batch of what was told about purchases and their payments, taken in with a fixed number of statements
//! however large it is. Read the set of rows, decide in order, write the set back; effects are handed to the caller, who
//! applies them in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use ledger::Currency;
use store::{Error, Result, Tx};

use super::records::payments::{self, PaymentRow};
use super::reversals::{self, Dispute, Refund, Reversal, Warning};
use super::rules::{InvoicePart, PaidInvoice};
use super::{Fact, Purchase, Told, records, refunds, rules};
use crate::config::{OnDispute, OnFraudWarning, Policies};
use crate::effects::{Caused, NO_EVENT};
use crate::reports::{self, Tally};
use crate::subscriptions::commands;

/// What a batch came to.
pub struct Settled {
    /// The effects that follow, in the order of what was told.
    pub effects: Vec<Caused>,
    /// The purchases touched, as they now stand.
    pub purchases: BTreeMap<String, Purchase>,
}

/// Takes in what was told, each with the number of its event (or `NO_EVENT`). Purchases that the store does not know are
/// adopted from what the fact states.
pub fn settle(tx: &mut Tx<'_>, now_us: i64, policies: Policies, told: &[(i64, &Told)]) -> Result<Settled> {
    let named = named_purchases(tx, told)?;
    let before = records::lock(tx, &named.iter().map(String::as_str).collect())?;
    let mut purchases = before.clone();
    let known = lock_payments(tx, told)?;
    let mut book = Book {
        now_us,
        policies,
        payments: known.clone(),
        touched: BTreeMap::new(),
        effects: Vec::new(),
    };
    check_locked(told, &known, (&named, &purchases))?;
    for (event_id, told) in told {
        match told {
            Told::Purchase(fact) => {
                let purchase = purchases
                    .entry(fact.stated.purchase_id.clone())
                    .or_insert_with(|| rules::adopted(fact, now_us));
                book.take_fact(*event_id, purchase, fact, now_us);
                if let Some(subscription_id) = &fact.subscription_id {
                    commands::note_begun(tx, &purchase.purchase_id, subscription_id)?;
                }
            }
            Told::Reversal(reversal) => book.take_reversal(*event_id, reversal),
            Told::Invoice(paid) => {
                let purchase = || rules::of_invoice(paid, now_us);
                purchases.entry(paid.invoice_id.clone()).or_insert_with(purchase);
                book.take_invoice(*event_id, paid);
            }
            Told::InvoicePart(part) => book.take_part(*event_id, part),
            Told::Asked(payment_intent_id) => drop(book.touched.insert(payment_intent_id.clone(), *event_id)),
            Told::Saved(saved) => book.effects.push(Caused {
                event_id: *event_id,
                effect: rules::save(saved),
            }),
        }
    }
    let counting = Counting::begin(tx, told, &known)?;
    reverse(tx, now_us, told, &mut book)?;
    if policies.on_fraud_warning == OnFraudWarning::Refund {
        refunds::ask_for_warned(tx, now_us, book.touched.keys().filter_map(|id| book.payments.get(id)))?;
    }
    let asked = refunds::asked_minor_of(tx, book.touched.keys().map(String::as_str))?;
    book.claw(&purchases, &asked);
    write(tx, now_us, (&before, &purchases), (&known, &book.payments))?;
    counting.end(tx, &known, &book.payments)?;
    Ok(Settled {
        effects: book.effects,
        purchases,
    })
}

/// The purchases that are told of, and those whose payments are reversed, whether they are known or not.
fn named_purchases(tx: &mut Tx<'_>, told: &[(i64, &Told)]) -> Result<BTreeSet<String>> {
    let reversed = told.iter().filter_map(|(_, told)| match told {
        Told::Reversal(_) | Told::Asked(_) => told.payment_intent_id(),
        Told::Purchase(_) | Told::Saved(_) | Told::Invoice(_) | Told::InvoicePart(_) => None,
    });
    let reversed: BTreeSet<&str> = reversed.collect();
    let mut ids = payments::purchases_of(tx, &reversed)?;
    ids.extend(
        told.iter()
            .filter_map(|(_, told)| told.purchase_id().map(str::to_owned)),
    );
    Ok(ids)
}

/// Locks the payments that are told of, and those of the invoices that are.
fn lock_payments(tx: &mut Tx<'_>, told: &[(i64, &Told)]) -> Result<Payments> {
    let invoices: BTreeSet<&str> = told
        .iter()
        .filter_map(|(_, told)| match told {
            Told::Invoice(paid) => Some(paid.invoice_id.as_str()),
            Told::Purchase(_) | Told::Reversal(_) | Told::Saved(_) | Told::InvoicePart(_) | Told::Asked(_) => None,
        })
        .collect();
    let of_invoices = if invoices.is_empty() {
        Vec::new()
    } else {
        payments::of_purchases(tx, &invoices)?
    };
    let told = told.iter().filter_map(|(_, told)| told.payment_intent_id());
    let of_invoices = of_invoices.iter().map(|payment| payment.payment_intent_id.as_str());
    payments::lock(tx, &told.chain(of_invoices).collect())
}

/// A payment may have been told of by another node while we waited for its row. Its purchase is not locked then, and what
/// is to be taken back for it would be lost: the whole batch is decided anew on what that node wrote.
///
/// A payment without a user pays an invoice that is not known yet; of any other the purchase must be there.
fn check_locked(
    told: &[(i64, &Told)],
    known: &Payments,
    (named, purchases): (&BTreeSet<String>, &Purchases),
) -> Result<()> {
    let reversed = reversals_in(told).filter_map(|reversal| known.get(reversal.payment_intent_id()));
    let mut paying = reversed.filter(|payment| !payment.purchase_id.is_empty());
    let is_locked = |payment: &PaymentRow| match payment.user_id {
        Some(_) => purchases.contains_key(&payment.purchase_id),
        None => named.contains(&payment.purchase_id),
    };
    if paying.all(is_locked) {
        Ok(())
    } else {
        Err(Error::Busy)
    }
}

fn reversals_in<'a>(told: &'a [(i64, &'a Told)]) -> impl Iterator<Item = &'a Reversal> {
    told.iter().filter_map(|(_, told)| match told {
        Told::Reversal(reversal) => Some(reversal),
        Told::Purchase(_) | Told::Saved(_) | Told::Invoice(_) | Told::InvoicePart(_) | Told::Asked(_) => None,
    })
}

/// The payments of a batch, and what follows.
struct Book {
    now_us: i64,
    policies: Policies,
    payments: BTreeMap<String, PaymentRow>,
    /// The payments that may have something to take back, each with the last event that told of it.
    touched: BTreeMap<String, i64>,
    effects: Vec<Caused>,
}

impl Book {
    fn payment(&mut self, payment_intent_id: &str, currency: Currency) -> &mut PaymentRow {
        self.payments
            .entry(payment_intent_id.to_owned())
            .or_insert_with(|| PaymentRow::unknown(payment_intent_id, currency, self.now_us))
    }

    fn take_fact(&mut self, event_id: i64, purchase: &mut Purchase, fact: &Fact, now_us: i64) {
        let caused = rules::settle(purchase, fact, now_us).into_iter();
        self.effects.extend(caused.map(|effect| Caused { event_id, effect }));
        let Some(payment) = &fact.payment else { return };
        let looks_for_warnings = self.policies.on_fraud_warning == OnFraudWarning::Refund;
        let row = self.payment(&payment.payment_intent_id, fact.currency);
        let is_new = row.paid_minor == 0;
        row.add(purchase, fact.currency, payment);
        if let Some(funds) = &fact.funds
            && funds.payment == row.payment_intent_id
        {
            row.paid_minor = row.paid_minor.max(funds.amount_minor);
        }
        if row.reversed_minor > 0 || row.freezes || (is_new && looks_for_warnings) {
            self.touched.insert(payment.payment_intent_id.clone(), event_id);
        }
    }

    /// The payments of an invoice may have come before it, and have been reversed.
    fn take_invoice(&mut self, event_id: i64, paid: &PaidInvoice) {
        self.effects.extend(
            rules::pay_invoice(paid)
                .into_iter()
                .map(|effect| Caused { event_id, effect }),
        );
        let of_it = self.payments.values().filter(|row| row.purchase_id == paid.invoice_id);
        let looked_at: Vec<String> = of_it.map(|row| row.payment_intent_id.clone()).collect();
        self.touched.extend(looked_at.into_iter().map(|id| (id, event_id)));
    }

    fn take_part(&mut self, event_id: i64, part: &InvoicePart) {
        let row = self.payment(&part.payment_intent_id, part.currency);
        row.add_part(part);
        self.touched.insert(part.payment_intent_id.clone(), event_id);
    }

    fn take_reversal(&mut self, event_id: i64, reversal: &Reversal) {
        // A currency that is none was refused when the event was read.
        let Some(currency) = reversal.currency() else {
            // A warning names none; a payment that is not known yet learns of it when it comes.
            self.touched.insert(reversal.payment_intent_id().to_owned(), event_id);
            return;
        };
        let Ok(currency) = currency.parse() else {
            return;
        };
        let payment_intent_id = reversal.payment_intent_id();
        self.payment(payment_intent_id, currency);
        self.touched.insert(payment_intent_id.to_owned(), event_id);
    }

    /// Takes back what has to be, or gives back, of every payment that was touched and whose purchase is known.
    fn claw(&mut self, purchases: &BTreeMap<String, Purchase>, asked_minor: &BTreeMap<String, i64>) {
        for (payment_intent_id, event_id) in &self.touched {
            let Some(payment) = self.payments.get_mut(payment_intent_id) else {
                continue;
            };
            let Some(purchase) = purchases.get(&payment.purchase_id) else {
                continue;
            };
            if payment.user_id.is_none() {
                payment.user_id = Some(purchase.user_id.clone());
            }
            let asked_minor = asked_minor.get(payment_intent_id).copied().unwrap_or_default();
            let effects = rules::reverse(purchase, payment, asked_minor);
            self.effects.extend(effects.into_iter().map(|effect| Caused {
                event_id: *event_id,
                effect,
            }));
        }
    }
}

/// What payments count for in reports, before and after a batch.
struct Counting {
    /// The payments whose refunds and disputes may count differently afterwards.
    about: BTreeSet<String>,
    refunds: Vec<Refund>,
    disputes: Vec<Dispute>,
}

impl Counting {
    /// Those that are reversed, and those that were nobody's and may become somebody's.
    fn begin(tx: &mut Tx<'_>, told: &[(i64, &Told)], known: &Payments) -> Result<Self> {
        let reversed = reversals_in(told).map(Reversal::payment_intent_id);
        let nobodys = known.values().filter(|payment| payment.user_id.is_none());
        let nobodys = nobodys.map(|payment| payment.payment_intent_id.as_str());
        Self::of(tx, reversed.chain(nobodys).map(str::to_owned).collect())
    }

    fn of(tx: &mut Tx<'_>, about: BTreeSet<String>) -> Result<Self> {
        let ids = about.iter().map(String::as_str).collect();
        Ok(Self {
            refunds: reversals::records::refunds_of(tx, &ids)?,
            disputes: reversals::records::disputes_of(tx, &ids)?,
            about,
        })
    }

    fn figures(&self, payment: &PaymentRow) -> Tally {
        let id = &payment.payment_intent_id;
        let refunds: Vec<&Refund> = self.refunds.iter().filter(|one| one.payment_intent_id == *id).collect();
        let disputes: Vec<&Dispute> = self
            .disputes
            .iter()
            .filter(|one| one.payment_intent_id == *id)
            .collect();
        rules::figures(payment, &refunds, &disputes)
    }

    /// Counts what changed: what each payment counts for now is added, what it counted for before is taken away.
    fn end(self, tx: &mut Tx<'_>, known: &Payments, payments: &Payments) -> Result<()> {
        let after = Self::of(tx, self.about.clone())?;
        let mut tally = Tally::default();
        for (id, payment) in payments {
            let before = known.get(id);
            if before == Some(payment) && !self.about.contains(id) {
                continue;
            }
            tally.add_all(&after.figures(payment));
            if let Some(before) = before {
                tally.take_away(&self.figures(before));
            }
        }
        reports::add(tx, &tally)
    }
}

/// Writes what was told about refunds and disputes, and counts together what they take away from each payment.
fn reverse(tx: &mut Tx<'_>, now_us: i64, told: &[(i64, &Told)], book: &mut Book) -> Result<()> {
    let freezes = book.policies.on_dispute == OnDispute::Freeze;
    let mut refunds: BTreeMap<String, Refund> = BTreeMap::new();
    let mut disputes: BTreeMap<String, Dispute> = BTreeMap::new();
    let mut warnings: BTreeMap<String, Warning> = BTreeMap::new();
    let mut reversed: BTreeSet<&str> = BTreeSet::new();
    for reversal in reversals_in(told) {
        reversed.insert(reversal.payment_intent_id());
        match reversal {
            Reversal::Refund(one) => match refunds.get_mut(&one.refund_id) {
                Some(known) => known.merge(one),
                None => drop(refunds.insert(one.refund_id.clone(), one.clone())),
            },
            Reversal::Dispute(one) => match disputes.get_mut(&one.dispute_id) {
                Some(known) => known.merge(one),
                None => drop(disputes.insert(one.dispute_id.clone(), one.clone())),
            },
            Reversal::Warning(one) => match warnings.get_mut(&one.warning_id) {
                Some(known) => known.merge(one),
                None => drop(warnings.insert(one.warning_id.clone(), one.clone())),
            },
        }
    }
    if reversed.is_empty() {
        return Ok(());
    }
    refunds::told_made(tx, now_us, refunds.values())?;
    reversals::records::merge_refunds(tx, now_us, refunds)?;
    reversals::records::merge_disputes(tx, now_us, disputes)?;
    reversals::records::merge_warnings(tx, now_us, warnings)?;
    for payment_intent_id in &reversed {
        if let Some(payment) = book.payments.get_mut(*payment_intent_id) {
            (payment.reversed_minor, payment.freezes) = (0, false);
        }
    }
    for refund in reversals::records::refunds_of(tx, &reversed)? {
        if let Some(payment) = book.payments.get_mut(&refund.payment_intent_id)
            && refund.status.reverses()
        {
            payment.reversed_minor = payment.reversed_minor.saturating_add(refund.amount_minor);
        }
    }
    for dispute in reversals::records::disputes_of(tx, &reversed)? {
        if let Some(payment) = book.payments.get_mut(&dispute.payment_intent_id) {
            payment.reversed_minor = payment.reversed_minor.saturating_add(dispute.reversed_minor());
            payment.freezes |= freezes && dispute.is_open();
        }
    }
    Ok(())
}

type Payments = BTreeMap<String, PaymentRow>;
type Purchases = BTreeMap<String, Purchase>;

fn write(
    tx: &mut Tx<'_>,
    now_us: i64,
    (before, purchases): (&Purchases, &Purchases),
    (known, payments): (&Payments, &Payments),
) -> Result<()> {
    let adopted: Vec<&Purchase> = purchases
        .values()
        .filter(|one| !before.contains_key(&one.purchase_id))
        .collect();
    let changed: Vec<&Purchase> = purchases
        .values()
        .filter(|one| before.get(&one.purchase_id).is_some_and(|was| was != *one))
        .collect();
    if records::insert(tx, &adopted)? < adopted.len() as u64 {
        // Another node adopted one of them in this very moment; the whole batch is decided anew on what it wrote.
        return Err(Error::Busy);
    }
    records::update(tx, &changed)?;
    payments::write(tx, now_us, known, payments)
}

/// Takes in what Stripe was seen to say outside an event, each with `NO_EVENT`: by the success page or by recovery.
pub(super) fn settle_seen(
    tx: &mut Tx<'_>,
    now_us: i64,
    policies: Policies,
    told: &Told,
) -> std::result::Result<Settled, crate::effects::ApplyError> {
    let settled = settle(tx, now_us, policies, &[(NO_EVENT, told)])?;
    crate::effects::apply(tx, now_us, &settled.effects)?;
    Ok(settled)
}

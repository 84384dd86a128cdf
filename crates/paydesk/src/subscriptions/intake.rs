//! The way of events in, as a batch with a fixed number of statements: subscriptions that are told of are marked to be read,
//! paid invoices become facts about purchases, and what users are to be told becomes effects. Stripe is not asked here.
//!
//! An invoice may come before anybody has told whose its subscription is. Then its row waits, and it is read from Stripe
//! once that is known.

use std::collections::{BTreeMap, BTreeSet};

use store::{Result, Tx};

use super::records::{self, InvoiceTold, Wish};
use super::rules::credits::{self, Granted};
use super::rules::events::Line;
use super::rules::{InvoicePaid, Told};
use crate::catalogue::{self, Catalogue};
use crate::clock::SECOND_US;
use crate::effects::{Caused, Effect};
use crate::ids::UserId;
use crate::purchases::{self, InvoicePart, PaidInvoice};

/// How long the events of an invoice have to tell all of it, before it is read from Stripe.
const TELL_US: i64 = 300 * SECOND_US;

/// What a batch of events came to.
#[derive(Default)]
pub struct Taken {
    /// What they tell about purchases, to be settled in the same transaction.
    pub told: Vec<(i64, purchases::Told)>,
    /// What follows besides.
    pub effects: Vec<Caused>,
}

/// Takes in what events tell of subscriptions, each with the number of its event.
pub fn take_in_events(tx: &mut Tx<'_>, now_us: i64, catalogue: &Catalogue, told: &[(i64, Told)]) -> Result<Taken> {
    let mut taken = Taken::default();
    if told.is_empty() {
        return Ok(taken);
    }
    let wishes = wishes(told);
    let owners = if wishes.is_empty() {
        BTreeMap::new()
    } else {
        let wishes: Vec<Wish<'_>> = wishes.into_values().collect();
        let known = records::want(tx, now_us, &wishes)?;
        owners(tx, &wishes, known)?
    };
    let invoices = invoices(told);
    let before = if invoices.is_empty() {
        BTreeSet::new()
    } else {
        records::tell_invoices(tx, now_us + TELL_US, &invoices)?
    };
    let (mut settled, mut cut): (BTreeSet<&str>, BTreeSet<&str>) = Default::default();
    for (event_id, one) in told {
        let owner = one.subscription_id.as_deref().and_then(|id| owners.get(id));
        if let (Some(paid), Some(user_id)) = (&one.paid, owner)
            && !before.contains(&paid.invoice_id)
        {
            if paid.complete {
                let fact = fact(tx, catalogue, paid, user_id)?;
                taken.told.push((*event_id, purchases::Told::Invoice(fact)));
                settled.insert(&paid.invoice_id);
            } else {
                cut.insert(&paid.invoice_id);
            }
        }
        let parts = one.paid_by.iter().map(|part| {
            let part = InvoicePart {
                payment_intent_id: part.payment_intent_id.clone(),
                invoice_id: part.invoice_id.clone(),
                amount_minor: part.amount_minor,
                currency: part.currency,
            };
            (*event_id, purchases::Told::InvoicePart(part))
        });
        taken.told.extend(parts);
        if let (Some((key, subject)), Some(user_id)) = (&one.notice, owner) {
            let effect = Effect::Notify {
                user_id: user_id.clone(),
                subject: subject.clone(),
                about: key.clone(),
            };
            taken.effects.push(Caused {
                event_id: *event_id,
                effect,
            });
        }
    }
    if !invoices.is_empty() {
        records::settle_invoices(tx, now_us, &invoices, (&settled, &cut))?;
    }
    Ok(taken)
}

/// One wish for each subscription, with all that is told of it.
fn wishes(told: &[(i64, Told)]) -> BTreeMap<&str, Wish<'_>> {
    let mut wishes: BTreeMap<&str, Wish<'_>> = BTreeMap::new();
    for (_, one) in told {
        let Some(subscription_id) = one.subscription_id.as_deref() else {
            continue;
        };
        let wish = wishes.entry(subscription_id).or_insert(Wish {
            subscription_id,
            user_id: None,
            customer: None,
        });
        wish.user_id = wish.user_id.or(one.user_id.as_ref());
        wish.customer = wish.customer.or(one.customer.as_deref());
    }
    wishes
}

/// Whose the subscriptions are, as far as that is known: by themselves, or by their customers.
fn owners(
    tx: &mut Tx<'_>,
    wishes: &[Wish<'_>],
    known: BTreeMap<String, Option<UserId>>,
) -> Result<BTreeMap<String, UserId>> {
    let mut owners = BTreeMap::new();
    for (subscription_id, user_id) in known {
        let customer = || {
            let wish = wishes.iter().find(|wish| wish.subscription_id == subscription_id);
            wish.and_then(|wish| wish.customer)
        };
        let user_id = match (user_id, customer()) {
            (None, Some(customer)) => purchases::user_of_customer(tx, customer)?,
            (user_id, _) => user_id,
        };
        owners.extend(user_id.map(|user_id| (subscription_id, user_id)));
    }
    Ok(owners)
}

/// One telling of each invoice.
fn invoices(told: &[(i64, Told)]) -> Vec<InvoiceTold<'_>> {
    let mut invoices: BTreeMap<&str, InvoiceTold<'_>> = BTreeMap::new();
    for (_, one) in told {
        let paid = one
            .paid
            .as_ref()
            .map(|paid| (paid.invoice_id.as_str(), paid.amount_minor));
        let parts = one.paid_by.iter().map(|part| part.invoice_id.as_str());
        for invoice_id in parts.clone().chain(paid.map(|(invoice_id, _)| invoice_id)) {
            let entry = invoices.entry(invoice_id).or_insert(InvoiceTold {
                invoice_id,
                subscription_id: None,
                paid: false,
                linked: false,
            });
            entry.subscription_id = entry.subscription_id.or(one.subscription_id.as_deref());
            entry.paid |= paid.is_some();
            // One that nothing was paid for has no payments.
            entry.linked |= paid.is_some_and(|(_, amount_minor)| amount_minor == 0) || parts.clone().next().is_some();
        }
    }
    invoices.into_values().collect()
}

/// A paid invoice as a purchase: what it grants and what was paid for it.
fn fact(tx: &mut Tx<'_>, catalogue: &Catalogue, paid: &InvoicePaid, user_id: &UserId) -> Result<PaidInvoice> {
    let mut plans: BTreeMap<&str, String> = BTreeMap::new();
    for price_id in paid.lines.iter().filter_map(|line| line.price_id.as_deref()) {
        if let Some(plan_id) = catalogue::plan_of_price(tx, price_id)? {
            plans.insert(price_id, plan_id);
        }
    }
    let plan_of = |line: &Line| {
        let priced = line
            .price_id
            .as_deref()
            .and_then(|price_id| plans.get(price_id).cloned());
        priced
            .or_else(|| catalogue.plan_of_product(line.product_id.as_deref()?))
            .or_else(|| paid.named_plan.clone())
    };
    let granted = credits::granted(paid, plan_of, catalogue);
    let granted = granted.unwrap_or_else(|| Granted {
        plan_id: paid.named_plan.clone().unwrap_or_default(),
        credits: 0,
        ends_at_us: None,
        priority: 0,
    });
    let refund_days = catalogue.items.get(&granted.plan_id).and_then(|item| item.refund_days);
    Ok(PaidInvoice {
        invoice_id: paid.invoice_id.clone(),
        user_id: user_id.clone(),
        plan_id: granted.plan_id,
        credits: granted.credits,
        ends_at_us: granted.ends_at_us,
        priority: granted.priority,
        refund_days,
        currency: paid.currency,
        amount_minor: paid.amount_minor,
        created_us: paid.created_us,
    })
}

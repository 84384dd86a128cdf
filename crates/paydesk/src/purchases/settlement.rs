//! Settlement: a batch of facts about purchases, taken in with a fixed number of statements however large it is.
//! Read the set of rows, decide in order, write the set back; effects are handed to the caller, who applies them in the
//! same transaction.

use std::collections::{BTreeMap, BTreeSet};

use store::{Error, Result, Tx};

use super::records::{self, PaymentRow};
use super::{Fact, Purchase, rules};
use crate::effects::{Caused, NO_EVENT};

/// What a batch came to.
pub struct Settled {
    /// The effects that follow, in the order of the facts.
    pub effects: Vec<Caused>,
    /// The purchases touched, as they now stand.
    pub purchases: BTreeMap<String, Purchase>,
}

/// Takes facts in, each with the number of its event (or `NO_EVENT`). Purchases that the store does not know are adopted
/// from what the fact states.
pub fn settle(tx: &mut Tx<'_>, now_us: i64, facts: &[(i64, Fact)]) -> Result<Settled> {
    let ids: BTreeSet<&str> = facts.iter().map(|(_, fact)| fact.stated.purchase_id.as_str()).collect();
    let before = records::lock(tx, &ids)?;
    let mut purchases = before.clone();
    let mut payments: BTreeMap<String, PaymentRow> = BTreeMap::new();
    let mut effects = Vec::new();
    for (event_id, fact) in facts {
        let purchase = purchases
            .entry(fact.stated.purchase_id.clone())
            .or_insert_with(|| rules::adopted(fact, now_us));
        let caused = rules::settle(purchase, fact, now_us).into_iter();
        effects.extend(caused.map(|effect| Caused {
            event_id: *event_id,
            effect,
        }));
        if let Some(payment) = &fact.payment {
            let row = PaymentRow::of(purchase, fact.currency, payment);
            match payments.get_mut(&row.payment_intent_id) {
                Some(known) => known.merge(&row),
                None => {
                    payments.insert(row.payment_intent_id.clone(), row);
                }
            }
        }
    }
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
    records::upsert_payments(tx, now_us, payments.values())?;
    Ok(Settled { effects, purchases })
}

/// Takes in what Stripe was seen to say of one purchase outside an event: by the success page or by recovery.
pub(super) fn settle_seen(
    tx: &mut Tx<'_>,
    now_us: i64,
    fact: Fact,
) -> std::result::Result<Settled, crate::effects::ApplyError> {
    let settled = settle(tx, now_us, &[(NO_EVENT, fact)])?;
    crate::effects::apply(tx, now_us, &settled.effects)?;
    Ok(settled)
}

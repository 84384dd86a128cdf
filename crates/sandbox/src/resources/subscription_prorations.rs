//! Prorations: what a change in the middle of a period gives back, and what it takes.
//!
//! They go by the seconds of the period that are left. A credit gives back what was debited (flexible billing), or what the
//! item costs now (classic).

use serde_json::{Value, json};

use super::invoice_items::{self, Waiting};
use super::{calendar, invoice_lines, subscription_items as items};
use crate::state::{State, int, text};

/// One side of a proration.
pub(crate) struct Part {
    item: Value,
    amount: i64,
    end: i64,
    credit: bool,
}

/// The whole period that an item's current one is, or is the rest of.
fn period(subscription: &Value, item: &Value) -> (i64, i64) {
    let end = int(item, "current_period_end");
    let anchor = int(subscription, "billing_cycle_anchor");
    (calendar::previous(anchor, &item["price"]["recurring"], end), end)
}

/// What is given back of an item for the time that is left, if anything was taken for it.
pub(crate) fn credit(subscription: &Value, item: &Value, time: i64) -> Option<Part> {
    let (start, end) = period(subscription, item);
    let billed = &item["_billed"];
    let (whole, from) = if subscription["billing_mode"]["type"] == "flexible" && billed.is_object() {
        (int(billed, "amount"), int(billed, "from"))
    } else {
        (items::amount(item), start)
    };
    let amount = share(whole, end - time, end - from);
    (amount != 0).then(|| Part {
        item: item.clone(),
        amount: -amount,
        end,
        credit: true,
    })
}

/// What an item costs for the time that is left; it counts as billed.
pub(crate) fn debit(subscription: &Value, item: &mut Value, time: i64) -> Part {
    let amount = for_the_rest(subscription, item, time);
    items::billed(item, amount, time, &Value::Null);
    Part {
        item: item.clone(),
        amount,
        end: int(item, "current_period_end"),
        credit: false,
    }
}

/// What an item costs from a time to the end of its period.
pub(crate) fn for_the_rest(subscription: &Value, item: &Value, time: i64) -> i64 {
    let (start, end) = period(subscription, item);
    share(items::amount(item), end - time, end - start)
}

/// The part of an amount that falls on `left` of `whole` seconds, rounded half up.
fn share(amount: i64, left: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let left = i128::from(left.clamp(0, whole));
    let scaled = i128::from(amount) * left * 2 + i128::from(whole);
    i64::try_from(scaled.div_euclid(i128::from(whole) * 2)).unwrap_or(0)
}

/// Keeps one side for the subscription's next invoice.
pub(crate) fn keep(state: &mut State, subscription: &Value, part: &Part, time: i64) {
    let description = invoice_lines::proration_text(state, &part.item, time, part.credit);
    let credited = match part.item["_billed"]["invoice"].as_str() {
        Some(invoice) if part.credit => json!({ "invoice": invoice, "invoice_line_items": [] }),
        _ => Value::Null,
    };
    let waiting = Waiting {
        customer: text(subscription, "customer"),
        subscription: text(subscription, "id"),
        amount: part.amount,
        currency: text(subscription, "currency"),
        description: json!(description),
        period: Some((time, part.end)),
        price: &part.item["price"],
        quantity: int(&part.item, "quantity"),
        proration: true,
        credited,
    };
    invoice_items::wait(state, &waiting);
}

/// Gives back what is left of every item from a time of its own on; what is given back is no longer billed.
pub(crate) fn credit_all(state: &mut State, id: &str, from: impl Fn(&Value) -> i64) {
    let subscription = state.own(id).clone();
    let mut all = items::of(&subscription).to_vec();
    for item in &mut all {
        let time = from(item);
        if let Some(part) = credit(&subscription, item, time) {
            keep(state, &subscription, &part, time);
        }
        items::billed(item, 0, time, &Value::Null);
    }
    state.set(id, "items", items::as_list(id, &all));
}

//! Changing a subscription: its items with their prorations, its end, its pause.
//!
//! A proration goes by the seconds of the period that are left. A credit gives back what was debited (flexible billing), or
//! what the item costs now (classic).

use serde_json::{Map, Value, json};

use super::invoice_collection as collection;
use super::invoice_items::{self, Waiting};
use super::invoices::{self, Draft};
use super::{
    invoice_lines, payment_methods, subscription_cycle, subscription_items as items, subscriptions, take_over,
};
use crate::state::{State, flag, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call};

/// What is to become of a subscription's items.
pub(crate) struct Change {
    pub(crate) items: Vec<Value>,
    pub(crate) behavior: String,
    /// The time prorations go by; now when absent.
    pub(crate) date: Option<i64>,
    pub(crate) anchor_now: bool,
}

pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let before = live(call)?;
    let id = call.id().to_owned();
    let mut params = call.params.clone();
    if let Some(reference) = call.text("default_payment_method").map(str::to_owned) {
        let method = payment_methods::resolve(call.state, &reference, "default_payment_method")?;
        params.insert("default_payment_method".to_owned(), json!(method));
    }
    let change = Change {
        items: call.value("items").as_array().cloned().unwrap_or_default(),
        behavior: call
            .text("proration_behavior")
            .unwrap_or("create_prorations")
            .to_owned(),
        date: call.int("proration_date"),
        anchor_now: call.value("billing_cycle_anchor")["type"] == "now" || call.text("trial_end") == Some("now"),
    };
    let invoiced = apply(call.state, &id, &change)?;
    set_end(call.state, &id, &params)?;
    call.state.update(&id, |subscription| {
        let plain = [
            "collection_method",
            "days_until_due",
            "default_payment_method",
            "description",
            "pause_collection",
        ];
        take_over(subscription, &params, &plain);
        if subscription["pause_collection"].is_object() {
            let resumes = subscription["pause_collection"].get("resumes_at").cloned();
            subscription["pause_collection"]["resumes_at"] = resumes.unwrap_or_default();
        }
        if let Some(save) = params
            .get("payment_settings")
            .and_then(|given| given.get("save_default_payment_method"))
        {
            subscription["payment_settings"]["save_default_payment_method"] = save.clone();
        }
        if let Some(behavior) = params
            .get("trial_settings")
            .map(|given| &given["end_behavior"]["missing_payment_method"])
        {
            subscription["trial_settings"]["end_behavior"]["missing_payment_method"] = behavior.clone();
        }
        note_details(subscription, &params);
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(subscription, metadata);
        }
    });
    tell(call.state, &id, &before);
    collect(call.state, invoiced.as_deref());
    subscription_cycle::plan(call.state, &id);
    Ok(rendered(call.state.own(&id)))
}

/// The path's subscription, which has not ended; its customer's time is kept from here on.
fn live(call: &mut Call<'_>) -> Result<Value, ApiError> {
    let found = call.found("subscription", "subscription")?.clone();
    if matches!(text(&found, "status"), "canceled" | "incomplete_expired") {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(ApiError::invalid(message));
    }
    call.state.keep_time_of(text(&found, "customer"));
    Ok(found)
}

fn note_details(subscription: &mut Map<String, Value>, params: &Map<String, Value>) {
    for (name, value) in params
        .get("cancellation_details")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        subscription["cancellation_details"][name] = value.clone();
    }
}

/// Sets or lifts the planned end.
pub(crate) fn set_end(state: &mut State, id: &str, params: &Map<String, Value>) -> Result<(), ApiError> {
    let now = state.now();
    let subscription = state.own(id).clone();
    let (latest, earliest) = subscriptions::period_ends(&subscription);
    let at_period_end = params.get("cancel_at_period_end").and_then(Value::as_bool);
    let time = match (at_period_end, params.get("cancel_at")) {
        (Some(true), _) => Some(latest),
        (_, Some(Value::String(word))) => Some(match word.as_str() {
            "min_period_end" => earliest,
            "max_period_end" => latest,
            time => time.parse::<i64>().ok().filter(|time| *time > now).ok_or_else(|| {
                ApiError::param(
                    "cancel_at",
                    "Give a time in the future, `min_period_end` or `max_period_end`.",
                )
            })?,
        }),
        (Some(false), _) | (None, Some(Value::Null)) => None,
        _ => return Ok(()),
    };
    state.update(id, |subscription| {
        subscription.insert("cancel_at".to_owned(), json!(time));
        subscription.insert("cancel_at_period_end".to_owned(), json!(at_period_end == Some(true)));
        subscription.insert("canceled_at".to_owned(), json!(time.map(|_| now)));
        subscription["cancellation_details"]["reason"] = json!(time.map(|_| "cancellation_requested"));
    });
    Ok(())
}

/// Changes the items; gives the invoice that bills it at once, if one does.
pub(crate) fn apply(state: &mut State, id: &str, change: &Change) -> Result<Option<String>, ApiError> {
    let before = state.own(id).clone();
    let now = state.now();
    let time = change.date.unwrap_or(now);
    if !change.anchor_now && change.items.is_empty() {
        return Ok(None);
    }
    let after = changed_items(state, &before, &change.items)?;
    let prorated = change.behavior != "none" && before["status"] != "trialing";
    let mut moved = Vec::new();
    let mut kept = Vec::new();
    for mut item in after {
        let old = items::of(&before).iter().find(|old| old["id"] == item["id"]);
        let same =
            old.is_some_and(|old| old["price"]["id"] == item["price"]["id"] && old["quantity"] == item["quantity"]);
        if !same && prorated {
            moved.extend(old.and_then(|old| credit(&before, old, time)));
            moved.extend((!change.anchor_now).then(|| debit(&mut item, time)));
        }
        kept.push(item);
    }
    for old in items::of(&before) {
        if prorated && !kept.iter().any(|item| item["id"] == old["id"]) {
            moved.extend(credit(&before, old, time));
        }
    }
    state.set(id, "items", items::as_list(id, &kept));
    for part in &moved {
        keep_waiting(state, &before, part, time);
    }
    if change.anchor_now {
        subscriptions::restart(state, id);
        state.update(id, |subscription| {
            if subscription["status"] == "trialing" {
                subscription.insert("status".to_owned(), json!("active"));
                subscription.insert("trial_end".to_owned(), json!(now));
            }
        });
    }
    let at_once = change.anchor_now || (change.behavior == "always_invoice" && !moved.is_empty());
    Ok(at_once.then(|| invoice_now(state, id, change.anchor_now)))
}

/// The items as they are to be.
fn changed_items(state: &mut State, subscription: &Value, given: &[Value]) -> Result<Vec<Value>, ApiError> {
    let mut after = items::of(subscription).to_vec();
    for (index, change) in given.iter().enumerate() {
        let param = format!("items[{index}]");
        let Some(id) = change["id"].as_str() else {
            let price = items::price_of(state, change, &param)?;
            let item = items::new(state, subscription, &price, change);
            after.push(item);
            continue;
        };
        let place = after.iter().position(|item| item["id"] == id);
        let place = place.ok_or_else(|| ApiError::absent("subscription_item", id, &format!("{param}[id]")))?;
        if flag(change, "deleted") {
            after.remove(place);
            continue;
        }
        let item = &mut after[place];
        if change["price"].is_string() || change["price_data"].is_object() {
            let price = items::price_of(state, change, &param)?;
            if price["recurring"]["interval"] != item["price"]["recurring"]["interval"]
                || price["recurring"]["interval_count"] != item["price"]["recurring"]["interval_count"]
            {
                let anchor = state.now();
                item["current_period_end"] = json!(super::calendar::next(anchor, &price["recurring"], anchor));
                item["current_period_start"] = json!(anchor);
            }
            item["plan"] = items::plan(&price);
            item["price"] = price;
        }
        if change["quantity"].is_i64() {
            item["quantity"] = change["quantity"].clone();
        }
        if let (Value::Object(item), Some(metadata)) = (&mut *item, change.get("metadata")) {
            merge_metadata(item, metadata);
        }
    }
    if after.is_empty() {
        let message = "A subscription must have at least one item.";
        return Err(ApiError::param("items", message));
    }
    Ok(after)
}

/// One side of a proration.
struct Part {
    item: Value,
    amount: i64,
    end: i64,
    credit: bool,
}

/// What is given back of an item for the time that is left.
fn credit(subscription: &Value, item: &Value, time: i64) -> Option<Part> {
    let end = int(item, "current_period_end");
    let billed = &item["_billed"];
    let (whole, from) = if subscription["billing_mode"]["type"] == "flexible" && billed.is_object() {
        (int(billed, "amount"), int(billed, "from"))
    } else {
        (items::amount(item), int(item, "current_period_start"))
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
fn debit(item: &mut Value, time: i64) -> Part {
    let (start, end) = (int(item, "current_period_start"), int(item, "current_period_end"));
    let amount = share(items::amount(item), end - time, end - start);
    items::billed(item, amount, time, &Value::Null);
    Part {
        item: item.clone(),
        amount,
        end,
        credit: false,
    }
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

fn keep_waiting(state: &mut State, subscription: &Value, part: &Part, time: i64) {
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

/// Bills what waits, and whole new periods where the cycle has started anew.
fn invoice_now(state: &mut State, id: &str, whole: bool) -> String {
    let subscription = state.own(id).clone();
    let now = state.now();
    let mut lines = invoice_items::take_waiting(state, text(&subscription, "customer"), id);
    if whole {
        lines.extend(invoices::period_lines(state, items::of(&subscription), false));
    }
    let draft = Draft {
        customer: text(&subscription, "customer"),
        subscription: id,
        reason: "subscription_update",
        currency: text(&subscription, "currency"),
        lines,
        period: (now, now),
    };
    let invoice = invoices::insert(state, &draft);
    state.set(id, "latest_invoice", invoice.clone());
    invoice
}

/// Tells of a change, unless nothing has changed.
pub(crate) fn tell(state: &mut State, id: &str, before: &Value) {
    if rendered(state.own(id)) != rendered(before) {
        state.emit_change("customer.subscription.updated", id, before);
    }
}

/// Finalizes and collects an invoice that bills a change.
pub(crate) fn collect(state: &mut State, invoice: Option<&str>) {
    let Some(invoice) = invoice else { return };
    state.emit("invoice.created", invoice);
    collection::finalize(state, invoice);
    // A refusal is told by events and leaves the subscription past due.
    let _ = collection::collect(state, invoice, None, true);
}

pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    let before = live(call)?;
    let id = call.id().to_owned();
    let time = call.state.now();
    if call.flag("prorate") == Some(true) {
        for part in items::of(&before).iter().filter_map(|item| credit(&before, item, time)) {
            keep_waiting(call.state, &before, &part, time);
        }
    }
    let params = call.params.clone();
    call.state
        .update(&id, |subscription| note_details(subscription, &params));
    if call.flag("invoice_now") == Some(true) {
        let invoice = invoice_now(call.state, &id, false);
        collect(call.state, Some(&invoice));
    }
    subscription_cycle::end(call.state, &id, "cancellation_requested");
    Ok(rendered(call.state.own(&id)))
}

pub(crate) fn pause(call: &mut Call<'_>) -> Answer {
    let before = live(call)?;
    let id = call.id().to_owned();
    if !matches!(text(&before, "status"), "active" | "trialing") {
        return Err(ApiError::invalid(
            "Only an active or trialing subscription can be paused.",
        ));
    }
    let now = call.state.now();
    call.state.update(&id, |subscription| {
        subscription.insert("status".to_owned(), json!("paused"));
        let paused = json!({
            "subscription": { "type": "pause_requested" }, "transitioned_at": now, "type": "subscription",
        });
        subscription.insert("status_details".to_owned(), json!({ "paused": paused }));
    });
    tell(call.state, &id, &before);
    call.state.emit("customer.subscription.paused", &id);
    subscription_cycle::plan(call.state, &id);
    Ok(rendered(call.state.own(&id)))
}

/// A paused subscription goes on, with a cycle that starts now.
pub(crate) fn resume(call: &mut Call<'_>) -> Answer {
    let before = live(call)?;
    let id = call.id().to_owned();
    if before["status"] != "paused" {
        return Err(ApiError::invalid("Only a paused subscription can be resumed."));
    }
    call.state.update(&id, |subscription| {
        subscription.insert("status".to_owned(), json!("active"));
        subscription.shift_remove("status_details");
    });
    let unchanged = call.value("billing_cycle_anchor")["type"] == "unchanged";
    let invoiced = if unchanged {
        None
    } else {
        subscriptions::restart(call.state, &id);
        Some(invoice_now(call.state, &id, true))
    };
    tell(call.state, &id, &before);
    call.state.emit("customer.subscription.resumed", &id);
    collect(call.state, invoiced.as_deref());
    subscription_cycle::plan(call.state, &id);
    Ok(rendered(call.state.own(&id)))
}

//! Pausing a subscription, and going on with it: what was paid for and not used is given back, and what is used from then
//! on is taken.
//!
//! A subscription goes on at once where nothing is taken for it; else when the invoice of its resumption is paid.

use serde_json::{Value, json};

use super::invoice_collection as collection;
use super::subscription_changes::{collect, invoice_now, live, tell};
use super::{
    calendar, subscription_cycle, subscription_items as items, subscription_prorations as prorations, subscriptions,
};
use crate::state::{State, int, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call};

/// Seconds the invoice of a resumption may wait for its payment.
const RESUMPTION_SECONDS: i64 = 23 * 3600;

pub(crate) fn pause(call: &mut Call<'_>) -> Answer {
    let before = live(call)?;
    let id = call.id().to_owned();
    if !matches!(text(&before, "status"), "active" | "trialing") {
        let message = "Only an active or trialing subscription can be paused.";
        return Err(ApiError::invalid(message));
    }
    let now = call.state.now();
    let unused = call.value("bill_for")["unused_time_from"]["type"].clone();
    if before["status"] == "active" && unused != "none" {
        let from_start = unused == "item_current_period_start";
        prorations::credit_all(call.state, &id, |item| {
            if from_start {
                int(item, "current_period_start")
            } else {
                now
            }
        });
    }
    let invoiced = match call.text("invoicing_behavior") {
        Some("invoice") => invoice_now(call.state, &id, false),
        _ => None,
    };
    stop(call.state, &id, "pause_requested");
    tell(call.state, &id, &before);
    call.state.emit("customer.subscription.paused", &id);
    collect(call.state, invoiced.as_deref());
    subscription_cycle::plan(call.state, &id);
    Ok(crate::state::rendered(call.state.own(&id)))
}

/// Makes a subscription a paused one; tells nobody.
pub(crate) fn stop(state: &mut State, id: &str, why: &str) {
    let now = state.now();
    state.update(id, |subscription| {
        let paused = json!({ "subscription": { "type": why }, "transitioned_at": now, "type": "subscription" });
        subscription.insert("status".to_owned(), json!("paused"));
        subscription.insert("status_details".to_owned(), json!({ "paused": paused }));
    });
}

pub(crate) fn resume(call: &mut Call<'_>) -> Answer {
    let before = live(call)?;
    let id = call.id().to_owned();
    if before["status"] != "paused" {
        return Err(ApiError::invalid("Only a paused subscription can be resumed."));
    }
    if before["collection_method"] == "send_invoice" {
        let message = "Only a subscription that is charged automatically can be resumed.";
        return Err(ApiError::invalid(message));
    }
    if before["_resumed_by"].is_string() {
        let message = "This subscription goes on when the invoice of its resumption is paid.";
        return Err(ApiError::invalid(message));
    }
    let invoiced = if call.value("billing_cycle_anchor")["type"] == "unchanged" {
        let behavior = call
            .text("proration_behavior")
            .unwrap_or("create_prorations")
            .to_owned();
        let time = call.int("proration_date").unwrap_or_else(|| call.state.now());
        take_up(call.state, &id, time, behavior != "none");
        (behavior == "always_invoice")
            .then(|| invoice_now(call.state, &id, false))
            .flatten()
    } else {
        subscriptions::restart(call.state, &id);
        invoice_now(call.state, &id, true)
    };
    if let Some(invoice) = &invoiced {
        let until = call.state.now() + RESUMPTION_SECONDS;
        call.state.set(&id, "_resumed_by", invoice.clone());
        call.state.set(&id, "_resume_until", until);
        tell(call.state, &id, &before);
        collect(call.state, invoiced.as_deref());
    } else {
        go_on(call.state, &id, &before);
    }
    subscription_cycle::plan(call.state, &id);
    Ok(crate::state::rendered(call.state.own(&id)))
}

/// Continues the periods as the anchor counts them; takes what the rest of each costs, where that was not paid for.
fn take_up(state: &mut State, id: &str, time: i64, prorated: bool) {
    let subscription = state.own(id).clone();
    let anchor = int(&subscription, "billing_cycle_anchor");
    let now = state.now();
    let mut all = items::of(&subscription).to_vec();
    for item in &mut all {
        let over = int(item, "current_period_end") <= now;
        if over {
            let recurring = item["price"]["recurring"].clone();
            let end = calendar::next(anchor, &recurring, now);
            item["current_period_end"] = json!(end);
            item["current_period_start"] = json!(calendar::previous(anchor, &recurring, end));
        }
        if over || int(&item["_billed"], "amount") == 0 {
            let part = prorations::debit(&subscription, item, time);
            if prorated {
                prorations::keep(state, &subscription, &part, time);
            }
        }
    }
    state.set(id, "items", items::as_list(id, &all));
}

/// A paused subscription is active again, and that is told.
pub(crate) fn go_on(state: &mut State, id: &str, before: &Value) {
    state.update(id, |subscription| {
        subscription.insert("status".to_owned(), json!("active"));
        for member in ["status_details", "_resumed_by", "_resume_until"] {
            subscription.shift_remove(member);
        }
    });
    tell(state, id, before);
    state.emit("customer.subscription.resumed", id);
}

/// Nobody has paid the invoice of a resumption: the subscription stays paused.
pub(crate) fn give_up(state: &mut State, id: &str) {
    let subscription = state.own(id).clone();
    let now = state.now();
    let mut all = items::of(&subscription).to_vec();
    for item in &mut all {
        items::billed(item, 0, now, &Value::Null);
    }
    state.update(id, |subscription| {
        subscription.insert("items".to_owned(), items::as_list(id, &all));
        subscription.shift_remove("_resumed_by");
        subscription.shift_remove("_resume_until");
    });
    let invoice = text(&subscription, "_resumed_by");
    if state.own(invoice)["status"] == "open" {
        collection::close(state, invoice, "void");
    }
}

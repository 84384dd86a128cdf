//! A subscription through time: renewals, the end of trials, pauses and plans to cancel, and what its invoices' fates make of it.

use serde_json::{Value, json};

use super::invoice_collection::{self as collection, DRAFT_SECONDS};
use super::invoices::{self, Draft};
use super::{calendar, dunning, invoice_items, subscription_items as items};
use crate::due::Due;
use crate::state::{State, int, text};

/// Seconds the first payment may take.
const INCOMPLETE_SECONDS: i64 = 23 * 3600;

/// Plans what comes next for a subscription.
pub(crate) fn plan(state: &mut State, id: &str) {
    let due = Due::Subscription(id.to_owned());
    state.unschedule(&due);
    let subscription = state.own(id);
    let resumes = subscription["pause_collection"]["resumes_at"].as_i64();
    let next = match text(subscription, "status") {
        "canceled" | "incomplete_expired" => None,
        "paused" => subscription["cancel_at"].as_i64(),
        "incomplete" => Some(int(subscription, "created") + INCOMPLETE_SECONDS),
        _ => items::of(subscription)
            .iter()
            .map(|item| int(item, "current_period_end"))
            .chain(subscription["cancel_at"].as_i64())
            .chain(resumes)
            .min(),
    };
    if let Some(time) = next {
        state.at(time, due);
    }
}

/// What is due for a subscription now.
pub(crate) fn turn(state: &mut State, id: &str) {
    let subscription = state.own(id).clone();
    let now = state.now();
    let status = text(&subscription, "status");
    if status == "incomplete" {
        expire(state, id);
    } else if subscription["cancel_at"].as_i64().is_some_and(|time| time <= now) {
        end(state, id, "cancellation_requested");
    } else if subscription["pause_collection"]["resumes_at"]
        .as_i64()
        .is_some_and(|time| time <= now)
    {
        state.set(id, "pause_collection", Value::Null);
        state.emit_change("customer.subscription.updated", id, &subscription);
    } else if status == "trialing" && missing_method(state, &subscription) {
        end_of_trial_without_method(state, id);
    } else {
        renew(state, id);
    }
    plan(state, id);
}

fn expire(state: &mut State, id: &str) {
    let before = state.own(id).clone();
    let now = state.now();
    state.update(id, |subscription| {
        subscription.insert("status".to_owned(), json!("incomplete_expired"));
        subscription.insert("ended_at".to_owned(), json!(now));
    });
    state.emit_change("customer.subscription.updated", id, &before);
    let invoice = text(&before, "latest_invoice").to_owned();
    if state.own(&invoice)["status"] == "open" {
        collection::close(state, &invoice, "void");
    }
}

fn missing_method(state: &State, subscription: &Value) -> bool {
    let asks = text(
        &subscription["trial_settings"]["end_behavior"],
        "missing_payment_method",
    ) != "create_invoice";
    let probe = json!({
        "customer": subscription["customer"],
        "parent": { "subscription_details": { "subscription": subscription["id"] } },
    });
    asks && collection::method_of(state, &probe).is_none()
}

fn end_of_trial_without_method(state: &mut State, id: &str) {
    let before = state.own(id).clone();
    if before["trial_settings"]["end_behavior"]["missing_payment_method"] == "cancel" {
        end(state, id, "cancellation_requested");
        return;
    }
    state.set(id, "status", "paused");
    state.emit_change("customer.subscription.updated", id, &before);
    state.emit("customer.subscription.paused", id);
}

/// Ends a subscription now.
pub(crate) fn end(state: &mut State, id: &str, reason: &str) {
    let now = state.now();
    state.update(id, |subscription| {
        subscription.insert("status".to_owned(), json!("canceled"));
        subscription.insert("ended_at".to_owned(), json!(now));
        if subscription["canceled_at"].is_null() {
            subscription.insert("canceled_at".to_owned(), json!(now));
        }
        subscription["cancellation_details"]["reason"] = json!(reason);
    });
    state.unschedule(&Due::Subscription(id.to_owned()));
    let open: Vec<String> = state
        .naming("invoice", "customer", text(state.own(id), "customer"))
        .into_iter()
        .filter(|invoice| collection::subscription_of(invoice) == id)
        .filter(|invoice| matches!(text(invoice, "status"), "draft" | "open"))
        .map(|invoice| text(invoice, "id").to_owned())
        .collect();
    // What is still owed is left as it is, but no longer tried.
    for invoice in open {
        state.unschedule(&Due::Invoice(invoice.clone()));
        state.update(&invoice, |invoice| {
            invoice.insert("auto_advance".to_owned(), json!(false));
            invoice.insert("next_payment_attempt".to_owned(), Value::Null);
        });
    }
    state.emit("customer.subscription.deleted", id);
}

/// Begins the next period of every item whose period is over, and bills it.
fn renew(state: &mut State, id: &str) {
    let before = state.own(id).clone();
    let now = state.now();
    let anchor = int(&before, "billing_cycle_anchor");
    let (mut all, mut renewed) = (items::of(&before).to_vec(), Vec::new());
    for item in &mut all {
        let end = int(item, "current_period_end");
        if end <= now {
            item["current_period_start"] = json!(end);
            item["current_period_end"] = json!(calendar::next(anchor, &item["price"]["recurring"], end));
            renewed.push(item.clone());
        }
    }
    let Some(first) = renewed.first().cloned() else {
        return;
    };
    let mut lines = invoice_items::take_waiting(state, text(&before, "customer"), id);
    for line in invoices::period_lines(state, &renewed, false) {
        lines.push(line);
    }
    let period = (int(&before, "_invoiced_from"), int(&first, "current_period_start"));
    let invoice = bill(state, &before, lines, period);
    for item in all
        .iter_mut()
        .filter(|item| renewed.iter().any(|renewed| renewed["id"] == item["id"]))
    {
        let (amount, from) = (items::amount(item), int(item, "current_period_start"));
        items::billed(item, amount, from, &json!({ "invoice": invoice }));
    }
    state.update(id, |subscription| {
        subscription.insert("items".to_owned(), items::as_list(id, &all));
        subscription.insert("latest_invoice".to_owned(), json!(invoice));
        subscription.insert("_invoiced_from".to_owned(), first["current_period_start"].clone());
        if before["status"] == "trialing" {
            subscription.insert("status".to_owned(), json!("active"));
        }
    });
    state.emit_change("customer.subscription.updated", id, &before);
    state.emit("invoice.created", &invoice);
    proceed(state, &before, &invoice);
}

fn bill(state: &mut State, subscription: &Value, lines: Vec<Value>, period: (i64, i64)) -> String {
    let draft = Draft {
        customer: text(subscription, "customer"),
        subscription: text(subscription, "id"),
        reason: "subscription_cycle",
        currency: text(subscription, "currency"),
        lines,
        period,
    };
    invoices::insert(state, &draft)
}

/// What becomes of a renewal's draft: collected after an hour, unless collection is paused or has been given up.
fn proceed(state: &mut State, subscription: &Value, invoice: &str) {
    match text(&subscription["pause_collection"], "behavior") {
        "void" => {
            state.set(invoice, "auto_advance", false);
            collection::finalize(state, invoice);
            collection::close(state, invoice, "void");
        }
        "mark_uncollectible" => {
            state.set(invoice, "auto_advance", false);
            collection::finalize(state, invoice);
            collection::close(state, invoice, "uncollectible");
        }
        "keep_as_draft" => state.set(invoice, "auto_advance", false),
        _ if subscription["status"] == "unpaid" => state.set(invoice, "auto_advance", false),
        _ => {
            let time = state.now() + DRAFT_SECONDS;
            state.set(invoice, "automatically_finalizes_at", time);
            state.at(time, Due::Invoice(invoice.to_owned()));
        }
    }
}

/// An invoice of a subscription has been paid.
pub(crate) fn paid(state: &mut State, invoice: &str, intent: &str) {
    let invoice = state.own(invoice).clone();
    let id = collection::subscription_of(&invoice).to_owned();
    let before = state.own(&id).clone();
    let restored = match text(&before, "status") {
        "incomplete" => invoice["billing_reason"] == "subscription_create",
        "past_due" | "unpaid" => before["latest_invoice"] == invoice["id"],
        _ => false,
    };
    let saves = before["payment_settings"]["save_default_payment_method"] == "on_subscription";
    let method = state.own(intent)["payment_method"].clone();
    if restored {
        state.set(&id, "status", "active");
    }
    if saves && method.is_string() {
        state.set(&id, "default_payment_method", method);
    }
    if state.own(&id) != &before && invoice["_held"].is_null() {
        state.emit_change("customer.subscription.updated", &id, &before);
    }
    if restored {
        plan(state, &id);
    }
}

/// An attempt to pay an invoice of a subscription has failed, perhaps for the last time.
pub(crate) fn unpaid(state: &mut State, invoice: &str, last: bool) {
    let invoice = state.own(invoice).clone();
    let id = collection::subscription_of(&invoice).to_owned();
    let before = state.own(&id).clone();
    if invoice["billing_reason"] == "subscription_create" || !matches!(text(&before, "status"), "active" | "past_due") {
        return;
    }
    let status = match (last, state.dunning.then) {
        (true, dunning::Then::Cancel) => return end(state, &id, "payment_failed"),
        (true, dunning::Then::Unpaid) => "unpaid",
        _ => "past_due",
    };
    if before["status"] != status {
        state.set(&id, "status", status);
        state.emit_change("customer.subscription.updated", &id, &before);
    }
}

/// An invoice of a subscription has been voided: without its first one it never began.
pub(crate) fn voided(state: &mut State, invoice: &str) {
    let invoice = state.own(invoice).clone();
    let id = collection::subscription_of(&invoice).to_owned();
    if state.own(&id)["status"] == "incomplete" {
        expire(state, &id);
        plan(state, &id);
    }
}

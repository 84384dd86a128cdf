//! A subscription through time: renewals, the end of trials, pauses and plans to cancel, and what its invoices' fates make of it.

use serde_json::{Value, json};

use super::invoice_collection::{self as collection, DRAFT_SECONDS};
use super::invoices::{self, Draft};
use super::{calendar, dunning, invoice_items, subscription_items as items, subscription_pauses as pauses};
use crate::due::Due;
use crate::state::{State, flag, int, text};

/// Seconds the first payment may take.
const INCOMPLETE_SECONDS: i64 = 23 * 3600;

/// Seconds before the end of a trial at which it is told of; a shorter trial is told of when it begins.
const TRIAL_WARNING_SECONDS: i64 = 3 * 86_400;

/// Plans what comes next for a subscription that has begun or been changed; tells of a trial that is nearly over.
pub(crate) fn begin(state: &mut State, id: &str) {
    warn_of_trial_end(state, id);
    plan(state, id);
}

/// Plans what comes next for a subscription.
pub(crate) fn plan(state: &mut State, id: &str) {
    let due = Due::Subscription(id.to_owned());
    state.unschedule(&due);
    let subscription = state.own(id);
    let resumes = subscription["pause_collection"]["resumes_at"].as_i64();
    let next = match text(subscription, "status") {
        "canceled" | "incomplete_expired" => None,
        "paused" => [&subscription["cancel_at"], &subscription["_resume_until"]]
            .into_iter()
            .filter_map(Value::as_i64)
            .min(),
        "incomplete" => Some(int(subscription, "created") + INCOMPLETE_SECONDS),
        _ => items::of(subscription)
            .iter()
            .map(|item| int(item, "current_period_end"))
            .chain(subscription["cancel_at"].as_i64())
            .chain(resumes)
            .chain(warning_time(subscription))
            .min(),
    };
    if let Some(time) = next {
        state.at(time, due);
    }
}

/// When the end of a trial is told of, if that has not been done.
fn warning_time(subscription: &Value) -> Option<i64> {
    let waits = subscription["status"] == "trialing" && !flag(subscription, "_trial_told");
    let end = subscription["trial_end"].as_i64().filter(|_| waits)?;
    Some(end - TRIAL_WARNING_SECONDS)
}

/// Tells of the end of a trial if it is near; whether it did.
fn warn_of_trial_end(state: &mut State, id: &str) -> bool {
    let near = warning_time(state.own(id)).is_some_and(|time| time <= state.now());
    if near {
        state.set(id, "_trial_told", true);
        state.emit("customer.subscription.trial_will_end", id);
    }
    near
}

/// What is due for a subscription now.
pub(crate) fn turn(state: &mut State, id: &str) {
    let subscription = state.own(id).clone();
    let now = state.now();
    let status = text(&subscription, "status");
    let has_come = |time: &Value| time.as_i64().is_some_and(|time| time <= now);
    if status == "incomplete" {
        expire(state, id);
    } else if has_come(&subscription["cancel_at"]) {
        end(state, id, "cancellation_requested");
    } else if has_come(&subscription["_resume_until"]) {
        pauses::give_up(state, id);
    } else if has_come(&subscription["pause_collection"]["resumes_at"]) {
        state.set(id, "pause_collection", Value::Null);
        state.emit_change("customer.subscription.updated", id, &subscription);
    } else if warn_of_trial_end(state, id) {
        // The trial's end itself is planned next.
    } else if status == "trialing" && has_come(&subscription["trial_end"]) && lacks_method(state, &subscription) {
        end_trial_without_method(state, id);
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

/// Whether a trial cannot end as it would, because nothing is there to pay with and that is to stop it.
pub(crate) fn lacks_method(state: &State, subscription: &Value) -> bool {
    let asks = text(
        &subscription["trial_settings"]["end_behavior"],
        "missing_payment_method",
    ) != "create_invoice";
    let probe = json!({
        "customer": subscription["customer"],
        "parent": { "subscription_details": { "subscription": subscription["id"] } },
    });
    subscription["status"] == "trialing" && asks && collection::method_of(state, &probe).is_none()
}

/// Ends a trial that nobody can pay after: the subscription is canceled or paused, as it says itself.
pub(crate) fn end_trial_without_method(state: &mut State, id: &str) {
    let before = state.own(id).clone();
    let now = state.now();
    if before["trial_settings"]["end_behavior"]["missing_payment_method"] == "cancel" {
        end(state, id, "cancellation_requested");
        return;
    }
    pauses::stop(state, id, "trial_end_without_payment_method");
    state.set(id, "trial_end", now);
    state.emit_change("customer.subscription.updated", id, &before);
    state.emit("customer.subscription.paused", id);
}

/// Ends every subscription of a customer who leaves.
pub(crate) fn end_all(state: &mut State, customer: &str) {
    let live: Vec<String> = state
        .naming("subscription", "customer", customer)
        .into_iter()
        .filter(|subscription| subscription["ended_at"].is_null())
        .map(|subscription| text(subscription, "id").to_owned())
        .collect();
    for id in live {
        end(state, &id, "cancellation_requested");
    }
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

/// Begins the next period of every item whose period is over, bills it, and tells.
fn renew(state: &mut State, id: &str) {
    let before = state.own(id).clone();
    if let Some(invoice) = begin_periods(state, id) {
        state.emit_change("customer.subscription.updated", id, &before);
        state.emit("invoice.created", &invoice);
        proceed(state, &before, &invoice);
    }
}

/// Begins the next period of every item whose period is over; gives the draft that bills them. Tells nobody.
pub(crate) fn begin_periods(state: &mut State, id: &str) -> Option<String> {
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
    let first = int(renewed.first()?, "current_period_start");
    let customer = text(&before, "customer");
    let mut lines = invoice_items::take_waiting(state, customer, id, text(&before, "currency"));
    lines.extend(invoices::period_lines(state, &renewed));
    let invoice = bill(state, &before, lines, (int(&before, "_invoiced_from"), first));
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
        subscription.insert("_invoiced_from".to_owned(), json!(first));
        if before["status"] == "trialing" {
            subscription.insert("status".to_owned(), json!("active"));
        }
    });
    Some(invoice)
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
    if before["_resumed_by"] == invoice["id"] {
        pauses::go_on(state, &id, &before);
        plan(state, &id);
        return;
    }
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

/// An invoice of a subscription has been given up: one that was to resume goes on all the same.
pub(crate) fn written_off(state: &mut State, invoice: &str) {
    let invoice = state.own(invoice).clone();
    let id = collection::subscription_of(&invoice).to_owned();
    let before = state.own(&id).clone();
    if before["_resumed_by"] == invoice["id"] {
        pauses::go_on(state, &id, &before);
        plan(state, &id);
    }
}

/// An invoice of a subscription has been voided: without its first one it never began, and without that of its resumption
/// it stays paused.
pub(crate) fn voided(state: &mut State, invoice: &str) {
    let invoice = state.own(invoice).clone();
    let id = collection::subscription_of(&invoice).to_owned();
    if state.own(&id)["status"] == "incomplete" {
        expire(state, &id);
        plan(state, &id);
    } else if state.own(&id)["_resumed_by"] == invoice["id"] {
        pauses::give_up(state, &id);
        plan(state, &id);
    }
}

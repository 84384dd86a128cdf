//! An invoice on its way from draft to paid, void or given up: numbering, the payment behind it, attempts and retries.
//!
//! The events of a subscription's first invoice are held back until the first attempt has ended, because the subscription
//! is told of first, as what it has become.

use serde_json::{Map, Value, json};

use super::payments::{self, Attempt};
use super::{invoice_payments, payment_intents, payment_methods, subscription_cycle};
use crate::due::Due;
use crate::state::{State, int, rendered, text};
use crate::wire::error::ApiError;

/// Seconds a subscription's invoice stays a draft.
pub(crate) const DRAFT_SECONDS: i64 = 3600;

/// Writes an invoice's event, or holds it back.
pub(crate) fn tell(state: &mut State, id: &str, kind: &'static str) {
    if state.own(id)["_held"].is_array() {
        let snapshot = rendered(state.own(id));
        state.update(id, |invoice| {
            if let Some(held) = invoice["_held"].as_array_mut() {
                held.push(json!([kind, snapshot]));
            }
        });
    } else {
        state.emit(kind, id);
    }
}

/// Tells of a new subscription and of what was held back about its first invoice.
pub(crate) fn announce(state: &mut State, id: &str) {
    let invoice = state.own(id).clone();
    let Some(held) = invoice["_held"].as_array() else {
        return;
    };
    state.set(id, "_held", Value::Null);
    let subscription = subscription_of(&invoice);
    state.emit("customer.subscription.created", subscription);
    for event in held {
        let kind = event[0].as_str().unwrap_or_default();
        state.emit_value(kind, event[1].clone(), None);
    }
}

pub(crate) fn subscription_of(invoice: &Value) -> &str {
    text(&invoice["parent"]["subscription_details"], "subscription")
}

/// What is due on an invoice now: a draft is finalized, an open one is tried again.
pub(crate) fn turn(state: &mut State, id: &str) {
    match text(state.own(id), "status") {
        "draft" => {
            finalize(state, id);
            // A refusal is told by events; nobody waits for the answer.
            let _ = collect(state, id, None, true);
        }
        "open" => {
            let _ = collect(state, id, None, true);
        }
        _ => {}
    }
}

/// Makes a draft final: it gets its number, and something to pay it with if anything is due.
pub(crate) fn finalize(state: &mut State, id: &str) {
    state.unschedule(&Due::Invoice(id.to_owned()));
    let invoice = state.own(id).clone();
    let customer = text(&invoice, "customer").to_owned();
    let (number, balance) = number_of(state, &customer);
    let due = int(&invoice, "total").saturating_add(balance);
    let amount = due.max(0);
    let now = state.now();
    let base = state.base_url.clone();
    state.update(id, |invoice| {
        invoice.insert("number".to_owned(), json!(number));
        invoice.insert("status".to_owned(), json!("open"));
        invoice.insert("starting_balance".to_owned(), json!(balance));
        invoice.insert("ending_balance".to_owned(), json!(due.min(0)));
        invoice.insert("amount_due".to_owned(), json!(amount));
        invoice.insert("amount_remaining".to_owned(), json!(amount));
        invoice.insert("effective_at".to_owned(), json!(now));
        invoice.insert("automatically_finalizes_at".to_owned(), Value::Null);
        let page = format!("{base}/i/{id}");
        invoice.insert("invoice_pdf".to_owned(), json!(format!("{page}/pdf")));
        invoice.insert("hosted_invoice_url".to_owned(), json!(page));
        invoice["status_transitions"]["finalized_at"] = json!(now);
    });
    set_balance(state, &customer, due.min(0));
    if amount > 0 {
        let intent = intent_for(state, id);
        invoice_payments::new(state, &state.own(id).clone(), &intent);
    }
    tell(state, id, "invoice.finalized");
    if amount == 0 {
        pay_now(state, id);
    }
}

/// The next number of a customer's invoices, and the balance they are reduced by.
fn number_of(state: &mut State, customer: &str) -> (String, i64) {
    let found = state.own(customer).clone();
    let sequence = int(&found, "next_invoice_sequence").max(1);
    state.set(customer, "next_invoice_sequence", sequence + 1);
    let number = format!("{}-{sequence:04}", text(&found, "invoice_prefix"));
    (number, int(&found, "balance"))
}

fn set_balance(state: &mut State, customer: &str, balance: i64) {
    let before = state.own(customer).clone();
    if int(&before, "balance") != balance {
        state.set(customer, "balance", balance);
        state.emit_change("customer.updated", customer, &before);
    }
}

/// The intent that pays an invoice. One that comes from checkout is there already.
fn intent_for(state: &mut State, id: &str) -> String {
    let invoice = state.own(id).clone();
    if let Some(intent) = invoice["_intent"].as_str() {
        state.set(intent, "_invoice", id);
        return intent.to_owned();
    }
    let description = match text(&invoice, "billing_reason") {
        "subscription_create" => "Subscription creation",
        "manual" => "Payment for Invoice",
        _ => "Subscription update",
    };
    let mut given = Map::new();
    given.insert("amount".to_owned(), invoice["amount_due"].clone());
    given.insert("currency".to_owned(), invoice["currency"].clone());
    given.insert("customer".to_owned(), invoice["customer"].clone());
    given.insert("description".to_owned(), json!(description));
    if !subscription_of(&invoice).is_empty() {
        given.insert("setup_future_usage".to_owned(), json!("off_session"));
    }
    let intent = payment_intents::new(state, &given, &json!({}));
    state.set(&intent, "_invoice", id);
    intent
}

/// What pays an invoice: its own method, its subscription's, or its customer's.
pub(crate) fn method_of(state: &State, invoice: &Value) -> Option<String> {
    let subscription = state.own(subscription_of(invoice));
    let customer = state.own(text(invoice, "customer"));
    [
        &invoice["default_payment_method"],
        &subscription["default_payment_method"],
        &customer["invoice_settings"]["default_payment_method"],
    ]
    .into_iter()
    .find_map(Value::as_str)
    .map(str::to_owned)
}

/// Tries to pay an open invoice.
pub(crate) fn collect(state: &mut State, id: &str, method: Option<&str>, off_session: bool) -> Result<(), ApiError> {
    let invoice = state.own(id).clone();
    let by_hand = method.is_some() || !off_session;
    if !matches!(text(&invoice, "status"), "open" | "uncollectible")
        || (invoice["collection_method"] == "send_invoice" && !by_hand)
    {
        return Ok(());
    }
    let Some(intent) = invoice_payments::intent_of(state, id) else {
        return Ok(());
    };
    let Some(method) = method.map(str::to_owned).or_else(|| method_of(state, &invoice)) else {
        announce(state, id);
        failed(state, id);
        let message = "There is no payment method to pay this invoice with: neither it, its subscription nor its customer has one.";
        return Err(ApiError::invalid(message).code("invoice_payment_intent_requires_action"));
    };
    let attempt = Attempt {
        off_session,
        ..Attempt::default()
    };
    let outcome = payments::attempt(state, &intent, &method, &attempt);
    if state.own(&intent)["status"] == "requires_action" {
        announce(state, id);
        tell(state, id, "invoice.payment_action_required");
        failed(state, id);
    }
    payments::settle(state, &intent);
    outcome
}

/// The invoice of an intent that is about to succeed is paid first: its events come before the payment's.
pub(crate) fn before_success(state: &mut State, intent: &str) {
    super::checkout_subscription::begin(state, intent);
    let invoice = text(state.own(intent), "_invoice").to_owned();
    if invoice.is_empty() {
        return;
    }
    mark_paid(state, &invoice);
    if state.own(&invoice)["_held"].is_array() {
        subscription_cycle::paid(state, &invoice, intent);
        announce(state, &invoice);
    }
    tell(state, &invoice, "invoice.paid");
    tell(state, &invoice, "invoice.payment_succeeded");
}

/// What follows for the invoice and its subscription once the payment has been told of.
pub(crate) fn after_success(state: &mut State, intent: &str) {
    let invoice = text(state.own(intent), "_invoice").to_owned();
    if !invoice.is_empty() {
        invoice_payments::end(state, &invoice, "paid");
        subscription_cycle::paid(state, &invoice, intent);
    }
}

/// An attempt to pay an invoice is about to be told of as failed.
pub(crate) fn before_failure(state: &mut State, intent: &str) {
    let invoice = text(state.own(intent), "_invoice").to_owned();
    announce(state, &invoice);
}

/// What follows for the invoice of an intent whose attempt has failed.
pub(crate) fn after_failure(state: &mut State, intent: &str) {
    let invoice = text(state.own(intent), "_invoice").to_owned();
    if state.own(&invoice)["status"] == "open" {
        failed(state, &invoice);
    }
}

/// Counts a failed attempt and plans the next, or gives up.
fn failed(state: &mut State, id: &str) {
    let invoice = state.own(id).clone();
    let attempts = int(&invoice, "attempt_count") + 1;
    // The first payment of a subscription is its buyer's to repeat.
    let retried = invoice["billing_reason"] != "subscription_create" && invoice["auto_advance"] == true;
    let pause = retried.then(|| state.dunning.pause(attempts)).flatten();
    let next = pause.map(|pause| state.now() + pause);
    state.unschedule(&Due::Invoice(id.to_owned()));
    state.update(id, |invoice| {
        invoice.insert("attempt_count".to_owned(), json!(attempts));
        invoice.insert("attempted".to_owned(), json!(true));
        invoice.insert("next_payment_attempt".to_owned(), json!(next));
    });
    if let Some(next) = next {
        state.at(next, Due::Invoice(id.to_owned()));
    }
    tell(state, id, "invoice.payment_failed");
    state.emit_change("invoice.updated", id, &invoice);
    subscription_cycle::unpaid(state, id, retried && next.is_none());
}

/// An invoice with nothing left to pay is paid without a payment.
pub(crate) fn pay_now(state: &mut State, id: &str) {
    mark_paid(state, id);
    tell(state, id, "invoice.paid");
    tell(state, id, "invoice.payment_succeeded");
    subscription_cycle::paid(state, id, "");
}

fn mark_paid(state: &mut State, id: &str) {
    state.unschedule(&Due::Invoice(id.to_owned()));
    let now = state.now();
    state.update(id, |invoice| {
        let amount = invoice["amount_due"].clone();
        let attempts = int(&Value::Object(invoice.clone()), "attempt_count");
        invoice.insert("status".to_owned(), json!("paid"));
        invoice.insert("amount_paid".to_owned(), amount);
        invoice.insert("amount_remaining".to_owned(), json!(0));
        invoice.insert("attempted".to_owned(), json!(true));
        invoice.insert("attempt_count".to_owned(), json!(attempts + 1));
        invoice.insert("next_payment_attempt".to_owned(), Value::Null);
        invoice["status_transitions"]["paid_at"] = json!(now);
    });
}

/// Pays an invoice with money that came another way.
pub(crate) fn pay_out_of_band(state: &mut State, id: &str) {
    abandon_payment(state, id);
    pay_now(state, id);
}

/// Nobody will pay through the invoice's intent any more.
pub(crate) fn abandon_payment(state: &mut State, id: &str) {
    if let Some(intent) = invoice_payments::intent_of(state, id)
        && text(state.own(&intent), "status").starts_with("requires_")
    {
        payment_intents::cancel_now(state, &intent, &json!("void_invoice"));
    }
    invoice_payments::end(state, id, "canceled");
}

/// Gives an open invoice another end: `void` or `uncollectible`.
pub(crate) fn close(state: &mut State, id: &str, status: &'static str) {
    state.unschedule(&Due::Invoice(id.to_owned()));
    let now = state.now();
    let (moment, kind) = if status == "void" {
        ("voided_at", "invoice.voided")
    } else {
        ("marked_uncollectible_at", "invoice.marked_uncollectible")
    };
    if status == "void" {
        abandon_payment(state, id);
    }
    state.update(id, |invoice| {
        invoice.insert("status".to_owned(), json!(status));
        invoice.insert("next_payment_attempt".to_owned(), Value::Null);
        invoice.insert("auto_advance".to_owned(), json!(false));
        invoice["status_transitions"][moment] = json!(now);
    });
    tell(state, id, kind);
    if status == "void" {
        subscription_cycle::voided(state, id);
    } else {
        subscription_cycle::written_off(state, id);
    }
}

/// Whether a method would be refused at once, before anything is made.
pub(crate) fn refusal_of(state: &State, method: &str) -> Option<ApiError> {
    let conduct = payment_methods::conduct(state.own(method));
    payments::plain_refusal(conduct).map(payments::card_error)
}

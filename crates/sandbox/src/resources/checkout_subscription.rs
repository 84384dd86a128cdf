//! Checkout in subscription mode: once the payment is about to succeed, and not before, the subscription and its first
//! invoice come to be.

use serde_json::{Value, json};

use super::subscriptions::{self, New};
use super::{checkout_sessions, customers, invoice_collection, subscription_cycle};
use crate::state::{State, int, text};
use crate::wire::Call;
use crate::wire::error::ApiError;

/// A trial outlives the checkout that it begins with.
const SHORTEST_TRIAL_SECONDS: i64 = 2 * 86_400;

/// What only one of the modes has.
pub(crate) fn check(call: &Call<'_>) -> Result<(), ApiError> {
    let misplaced: &[&str] = match call.text("mode") {
        Some("subscription") => &["payment_intent_data", "customer_creation", "invoice_creation"],
        _ => &["subscription_data"],
    };
    match misplaced.iter().find(|name| call.given(name).is_some()) {
        Some(name) => {
            let mode = call.text("mode").unwrap_or_default();
            Err(ApiError::param(
                *name,
                format!("You can not pass `{name}` in `{mode}` mode."),
            ))
        }
        None => check_trial(call),
    }
}

fn check_trial(call: &Call<'_>) -> Result<(), ApiError> {
    let data = call.value("subscription_data");
    let (days, end) = (data["trial_period_days"].as_i64(), data["trial_end"].as_i64());
    if days.is_some_and(|days| !(1..=subscriptions::LONGEST_TRIAL_DAYS).contains(&days)) {
        let message = "A trial lasts from one day to two years.";
        return Err(ApiError::param("subscription_data[trial_period_days]", message));
    }
    let Some(end) = end else { return Ok(()) };
    if days.is_some() {
        let message = "Only one of trial_end and trial_period_days can be given.";
        return Err(ApiError::param("subscription_data[trial_end]", message));
    }
    let now = call.state.time_of(call.text("customer").unwrap_or_default());
    let longest = now + subscriptions::LONGEST_TRIAL_DAYS * 86_400;
    if !(now + SHORTEST_TRIAL_SECONDS..=longest).contains(&end) {
        let message = "A trial that begins with a checkout ends at least two days from now, and within two years.";
        return Err(ApiError::param("subscription_data[trial_end]", message));
    }
    Ok(())
}

/// Makes a new session one of subscription mode: its buyer becomes a customer, and their card is kept.
pub(crate) fn prepare(call: &mut Call<'_>, id: &str) {
    let data = call.value("subscription_data");
    let collection = call.text("payment_method_collection").unwrap_or("always").to_owned();
    call.state.update(id, |session| {
        session.insert("mode".to_owned(), json!("subscription"));
        session.insert("payment_method_collection".to_owned(), json!(collection));
        // A debit is decided later, and a subscription here begins with money that is there.
        session.insert("payment_method_types".to_owned(), json!(["card"]));
        if session["customer"].is_null() {
            session.insert("customer_creation".to_owned(), json!("always"));
        }
        let trial = has_trial(&data);
        session.insert("_subscription_data".to_owned(), data);
        session.insert(
            "_payment_intent_data".to_owned(),
            json!({ "setup_future_usage": "off_session", "description": "Subscription creation" }),
        );
        if trial {
            for amount in ["amount_subtotal", "amount_total"] {
                session.insert(amount.to_owned(), json!(0));
            }
            session.insert("payment_status".to_owned(), json!("no_payment_required"));
        }
    });
}

fn has_trial(data: &Value) -> bool {
    int(data, "trial_period_days") > 0 || int(data, "trial_end") > 0
}

/// The subscription of the session behind an intent that is about to succeed.
pub(crate) fn begin(state: &mut State, intent: &str) {
    let object = state.own(intent).clone();
    let session = text(&object, "_session").to_owned();
    if state.own(&session)["mode"] == "subscription" && state.own(&session)["subscription"].is_null() {
        make(state, &session, text(&object, "payment_method"), Some(intent));
    }
}

/// Completes a session with nothing to pay now: a trial.
pub(crate) fn begin_free(state: &mut State, id: &str, method: &str) {
    let session = state.own(id).clone();
    if session["customer"].is_null() {
        let details = &session["customer_details"];
        let customer = customers::from_checkout(state, &details["email"], &details["name"]);
        state.set(id, "customer", customer);
    }
    if !method.is_empty() {
        let customer = state.own(id)["customer"].clone();
        state.set(method, "customer", customer);
        state.emit("payment_method.attached", method);
    }
    make(state, id, method, None);
    checkout_sessions::complete(state, id, "no_payment_required");
}

fn make(state: &mut State, session_id: &str, method: &str, intent: Option<&str>) {
    let session = state.own(session_id).clone();
    let customer = text(&session, "customer").to_owned();
    state.keep_time_of(&customer);
    let data = &session["_subscription_data"];
    let given: Vec<(Value, Value)> = session["_items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| (item["price"].clone(), json!({ "quantity": item["quantity"] })))
        .collect();
    let days = int(data, "trial_period_days");
    let now = state.now();
    let given_end = data["trial_end"].as_i64();
    let mut params = data.as_object().cloned().unwrap_or_default();
    if !method.is_empty() {
        params.insert("default_payment_method".to_owned(), json!(method));
    }
    let new = New {
        customer: &customer,
        items: given
            .into_iter()
            .filter(|(price, _)| price["type"] == "recurring")
            .collect(),
        trial_end: given_end.or_else(|| (days > 0).then(|| now + days * 86_400)),
        params: &params,
        intent,
        takes_waiting: false,
    };
    let (subscription, invoice) = subscriptions::new(state, &new);
    state.update(session_id, |session| {
        session.insert("subscription".to_owned(), json!(subscription));
        session.insert("invoice".to_owned(), json!(invoice));
        // In subscription mode the payment is the invoice's.
        session.insert("payment_intent".to_owned(), Value::Null);
    });
    if let (None, Some(invoice)) = (intent, &invoice) {
        invoice_collection::announce(state, invoice);
        subscription_cycle::begin(state, &subscription);
    }
}

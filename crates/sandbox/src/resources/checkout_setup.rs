//! Checkout in setup mode: the page saves a payment method for later and takes no money.
//!
//! The setup intent is there from the start, as at Stripe; what becomes of it decides the session.

use serde_json::{Map, Value, json};

use super::checkout_sessions;
use super::{customers, setup_intents};
use crate::state::{State, int, text};
use crate::wire::Call;
use crate::wire::error::ApiError;

/// What asks for money has no place in setup mode, and `setup_intent_data` none elsewhere.
pub(crate) fn check(call: &Call<'_>) -> Result<(), ApiError> {
    let setup = call.text("mode") == Some("setup");
    let misplaced: &[&str] = if setup {
        &["line_items", "payment_intent_data", "submit_type"]
    } else {
        &["setup_intent_data"]
    };
    match misplaced.iter().find(|name| call.given(name).is_some()) {
        Some(name) => {
            let mode = call.text("mode").unwrap_or_default();
            let message = format!("You can not pass `{name}` in `{mode}` mode.");
            Err(ApiError::param(*name, message))
        }
        None => Ok(()),
    }
}

/// Makes the intent of a new session, and the session one of setup mode.
pub(crate) fn begin(call: &mut Call<'_>, id: &str) {
    let data = call.value("setup_intent_data");
    let mut given: Map<String, Value> = data.as_object().cloned().unwrap_or_default();
    given.retain(|_, value| !value.is_null());
    let metadata = given.shift_remove("metadata").unwrap_or_else(|| json!({}));
    given.insert("customer".to_owned(), call.value("customer"));
    given.insert(
        "payment_method_types".to_owned(),
        call.state.own(id)["payment_method_types"].clone(),
    );
    let intent = setup_intents::new(call.state, &given, &metadata, None);
    call.state.set(&intent, "_session", id);
    let currency = call.value("currency");
    call.state.update(id, |session| {
        session.insert("mode".to_owned(), json!("setup"));
        session.insert("setup_intent".to_owned(), json!(intent));
        session.insert("currency".to_owned(), currency);
        session.insert("payment_method_collection".to_owned(), json!("always"));
        session.insert("payment_status".to_owned(), json!("no_payment_required"));
        for amount in ["amount_subtotal", "amount_total", "total_details"] {
            session.insert(amount.to_owned(), Value::Null);
        }
    });
}

/// Saves a payment method through an open session.
pub(crate) fn save(state: &mut State, id: &str, method: &str) -> Result<(), ApiError> {
    let session = state.own(id).clone();
    let intent = text(&session, "setup_intent").to_owned();
    if session["customer"].is_null() && session["customer_creation"] == "always" {
        let details = &session["customer_details"];
        let customer = customers::from_checkout(state, &details["email"], &details["name"]);
        state.set(id, "customer", customer.clone());
        state.set(&intent, "customer", customer);
    }
    setup_intents::attempt(state, &intent, method, &Value::Null)?;
    finish(state, &intent);
    Ok(())
}

/// Completes the session of an intent that has succeeded.
pub(crate) fn finish(state: &mut State, intent: &str) {
    let session = text(state.own(intent), "_session").to_owned();
    if state.own(intent)["status"] == "succeeded" && state.own(&session)["status"] == "open" {
        checkout_sessions::complete(state, &session, "no_payment_required");
    }
}

/// Nobody will finish the intent of an expired session.
pub(crate) fn abandon(state: &mut State, session: &Value) {
    let intent = text(session, "setup_intent").to_owned();
    if text(state.own(&intent), "status").starts_with("requires_") {
        setup_intents::cancel_now(state, &intent, &Value::Null);
    }
}

/// The intent behind a session: it pays, or it sets up.
pub(crate) fn intent_behind(session: &Value) -> &str {
    let member = if session["mode"] == "setup" {
        "setup_intent"
    } else {
        "payment_intent"
    };
    text(session, member)
}

/// Whether the buyer has to say what to pay with.
pub(crate) fn needs_method(session: &Value) -> bool {
    let kept = match text(session, "mode") {
        "setup" => true,
        "subscription" => session["payment_method_collection"] != "if_required",
        _ => false,
    };
    kept || int(session, "amount_total") > 0
}

//! The rules of paying, shared by payment intents, checkout, charges and bank debits: an attempt with a payment method
//! ends in success, a challenge, processing, or a refusal, and each end writes its events in Stripe's order.

use serde_json::{Value, json};

use super::test_cards::{self, AUTHENTICATION_REQUIRED, Conduct, GENERIC, Refusal};
use super::{charges, disputes, early_fraud_warnings, invoice_collection, money, payment_methods};
use crate::due::Due;
use crate::state::{State, flag, int, text};
use crate::wire::error::ApiError;

/// How an attempt is made.
#[derive(Debug, Default, Clone)]
pub(crate) struct Attempt {
    /// The buyer is not there to answer a challenge.
    pub(crate) off_session: bool,
    /// The buyer has answered the challenge.
    pub(crate) challenged: bool,
    pub(crate) return_url: Value,
}

/// Tries to pay an intent with a payment method. What succeeded is booked by [`settle`], after the caller has written the
/// events that come in between.
pub(crate) fn attempt(state: &mut State, intent: &str, method: &str, attempt: &Attempt) -> Result<(), ApiError> {
    state.update(intent, |object| {
        object.insert("payment_method".to_owned(), json!(method));
        object.insert("next_action".to_owned(), Value::Null);
        if !attempt.return_url.is_null() {
            object.insert("_return_url".to_owned(), attempt.return_url.clone());
        }
    });
    if payment_methods::is_debit(state.own(method)) {
        begin_debit(state, intent, method);
        return Ok(());
    }
    let conduct = payment_methods::conduct(state.own(method));
    let refusal = match conduct {
        Conduct::Decline(refusal) => Some(refusal),
        Conduct::DeclineLater => Some(GENERIC),
        Conduct::Challenge(refusal) if attempt.challenged => refusal,
        Conduct::ChallengeUnlessSetUp if attempt.challenged || flag(state.own(method), "_set_up") => None,
        Conduct::Challenge(_) | Conduct::ChallengeUnlessSetUp if attempt.off_session => Some(AUTHENTICATION_REQUIRED),
        Conduct::Challenge(_) | Conduct::ChallengeUnlessSetUp => {
            challenge(state, intent);
            return Ok(());
        }
        _ => None,
    };
    if let Some(refusal) = refusal {
        return Err(refuse(state, intent, method, refusal));
    }
    approve(state, intent, method, attempt.challenged);
    Ok(())
}

/// What a card is refused for whoever pays with it.
pub(crate) fn plain_refusal(conduct: Conduct) -> Option<Refusal> {
    match conduct {
        Conduct::Decline(refusal) => Some(refusal),
        Conduct::DeclineLater => Some(GENERIC),
        _ => None,
    }
}

/// Asks the buyer to confirm that they are who they are.
fn challenge(state: &mut State, intent: &str) {
    let base = state.base_url.clone();
    state.update(intent, |object| {
        let url = format!("{base}/c/challenge/{intent}");
        let action = match &object.get("_return_url").cloned().unwrap_or_default() {
            Value::Null => json!({
                "type": "use_stripe_sdk",
                "use_stripe_sdk": { "type": "three_d_secure_redirect", "stripe_js": url, "source": format!("src_{}", &intent[3..]) },
            }),
            return_url => json!({ "type": "redirect_to_url", "redirect_to_url": { "return_url": return_url, "url": url } }),
        };
        object.insert("status".to_owned(), json!("requires_action"));
        object.insert("next_action".to_owned(), action);
    });
    state.emit("payment_intent.requires_action", intent);
}

fn approve(state: &mut State, intent: &str, method: &str, challenged: bool) {
    let object = state.own(intent).clone();
    let manual = object["capture_method"] == "manual";
    let charge = charges::of_intent(
        state,
        &object,
        method,
        charges::Fate::Approved {
            captured: !manual,
            challenged,
        },
    );
    let amount = int(&object, "amount");
    state.update(intent, |object| {
        object.insert("latest_charge".to_owned(), json!(charge));
        object.insert("last_payment_error".to_owned(), Value::Null);
        object.insert(
            "status".to_owned(),
            json!(if manual { "requires_capture" } else { "succeeded" }),
        );
        object.insert("amount_capturable".to_owned(), json!(if manual { amount } else { 0 }));
        object.insert("amount_received".to_owned(), json!(if manual { 0 } else { amount }));
    });
    keep_for_later(state, &object, method);

    if object["capture_method"] == "automatic" {
        // The fee is known at once; by default it arrives later, with charge.updated.
        let at_once = payment_methods::conduct(state.own(method)) == Conduct::BypassPending;
        money::enter_charge(state, &charge, at_once);
    }
    invoice_collection::before_success(state, intent);
    state.emit("charge.succeeded", &charge);
    let kind = if manual {
        "payment_intent.amount_capturable_updated"
    } else {
        "payment_intent.succeeded"
    };
    state.emit(kind, intent);
    invoice_collection::after_success(state, intent);
}

/// A payment that sets its method up for the future attaches it to the customer.
fn keep_for_later(state: &mut State, intent: &Value, method: &str) {
    if intent["setup_future_usage"].is_null() {
        return;
    }
    state.set(method, "_set_up", intent["setup_future_usage"] == "off_session");
    let customer = text(intent, "customer").to_owned();
    if !customer.is_empty() && state.own(method)["customer"].is_null() {
        state.set(method, "customer", customer);
        state.emit("payment_method.attached", method);
    }
}

/// Books what an attempt has captured, and starts what some test cards bring afterwards.
pub(crate) fn settle(state: &mut State, intent: &str) {
    let charge = text(state.own(intent), "latest_charge").to_owned();
    if charge.is_empty() || !flag(state.own(&charge), "captured") {
        return;
    }
    let conduct = payment_methods::conduct(state.own(text(state.own(&charge), "payment_method")));
    money::book_charge(state, &charge, conduct == Conduct::BypassPending);
    follow_up(state, &charge, conduct);
}

/// What a bank makes of a charge after it has been paid.
pub(crate) fn follow_up(state: &mut State, charge: &str, conduct: Conduct) {
    match conduct {
        Conduct::Dispute { reason, inquiry } => {
            disputes::open(state, charge, reason, inquiry);
        }
        Conduct::FraudWarning => {
            early_fraud_warnings::warn(state, charge, "misc");
        }
        _ => {}
    }
}

/// Writes down a refusal and gives the error that tells of it.
pub(crate) fn refuse(state: &mut State, intent: &str, method: &str, refusal: Refusal) -> ApiError {
    let object = state.own(intent).clone();
    let charge = charges::of_intent(state, &object, method, charges::Fate::Refused(refusal));
    let error = card_error(refusal)
        .with("charge", charge.clone())
        .with("payment_method", crate::state::rendered(state.own(method)));
    fail(state, intent, Some(&charge), &error);
    error.with("payment_intent", crate::state::rendered(state.own(intent)))
}

pub(crate) fn card_error(refusal: Refusal) -> ApiError {
    let error = ApiError::card(refusal.code, refusal.message).with("decline_code", refusal.decline_code);
    match refusal.code {
        "expired_card" => error.for_param("exp_month"),
        "incorrect_cvc" => error.for_param("cvc"),
        _ => error,
    }
}

/// The buyer did not pass the challenge.
pub(crate) fn fail_challenge(state: &mut State, intent: &str) -> ApiError {
    let message =
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.";
    let method = text(state.own(intent), "payment_method").to_owned();
    let error = ApiError::invalid(message)
        .code("payment_intent_authentication_failure")
        .status(402)
        .with("payment_method", crate::state::rendered(state.own(&method)));
    fail(state, intent, None, &error);
    error
}

/// An intent whose attempt failed waits for another payment method.
fn fail(state: &mut State, intent: &str, charge: Option<&str>, error: &ApiError) {
    let last_error = error.object(None);
    state.update(intent, |object| {
        object.insert("status".to_owned(), json!("requires_payment_method"));
        object.insert("payment_method".to_owned(), Value::Null);
        object.insert("next_action".to_owned(), Value::Null);
        object.insert("last_payment_error".to_owned(), last_error);
        if let Some(charge) = charge {
            object.insert("latest_charge".to_owned(), json!(charge));
        }
    });
    invoice_collection::before_failure(state, intent);
    if let Some(charge) = charge {
        state.emit("charge.failed", charge);
    }
    state.emit("payment_intent.payment_failed", intent);
    invoice_collection::after_failure(state, intent);
}

/// A bank debit: processing now, decided later.
fn begin_debit(state: &mut State, intent: &str, method: &str) {
    let object = state.own(intent).clone();
    let charge = charges::of_intent(state, &object, method, charges::Fate::Pending);
    state.update(intent, |object| {
        object.insert("latest_charge".to_owned(), json!(charge));
        object.insert("last_payment_error".to_owned(), Value::Null);
        object.insert("status".to_owned(), json!("processing"));
    });
    state.emit("payment_intent.processing", intent);
    state.emit("charge.pending", &charge);
    let time = state.now() + state.settle_after;
    state.at(time, Due::SettleDebit(intent.to_owned()));
}

/// Decides a bank debit: by its test account number, unless an outcome is given.
pub(crate) fn settle_debit(state: &mut State, intent: &str, outcome: Option<Result<(), String>>) {
    state.unschedule(&Due::SettleDebit(intent.to_owned()));
    let object = state.own(intent).clone();
    if object["status"] != "processing" {
        return;
    }
    let charge = text(&object, "latest_charge").to_owned();
    let method = text(&object, "payment_method").to_owned();
    let account = text(state.own(&method), "_number").to_owned();
    let by_account = || {
        test_cards::debit_outcome(&account)
            .unwrap_or(Ok(()))
            .map_err(str::to_owned)
    };
    match outcome.unwrap_or_else(by_account) {
        Ok(()) => {
            let amount = int(&object, "amount");
            state.update(&charge, |charge| {
                charge.insert("status".to_owned(), json!("succeeded"));
                charge.insert("paid".to_owned(), json!(true));
                charge.insert("captured".to_owned(), json!(true));
                charge.insert("amount_captured".to_owned(), json!(amount));
            });
            state.update(intent, |object| {
                object.insert("status".to_owned(), json!("succeeded"));
                object.insert("amount_received".to_owned(), json!(amount));
            });
            invoice_collection::before_success(state, intent);
            state.emit("charge.succeeded", &charge);
            state.emit("payment_intent.succeeded", intent);
            invoice_collection::after_success(state, intent);
            super::checkout_sessions::debit_settled(state, intent, true);
            settle(state, intent);
        }
        Err(code) => {
            let message = "The bank refused the debit.";
            state.update(&charge, |charge| {
                charge.insert("status".to_owned(), json!("failed"));
                charge.insert("failure_code".to_owned(), json!(code));
                charge.insert("failure_message".to_owned(), json!(message));
            });
            let error = ApiError::card(&code, message).with("charge", charge.clone());
            fail(state, intent, Some(&charge), &error);
            super::checkout_sessions::debit_settled(state, intent, false);
        }
    }
}

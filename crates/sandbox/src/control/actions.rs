//! Shortcuts that stand in for a buyer at the page or for a bank that decides.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{Response, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};

use super::{Answer, absent, bad, given, reply};
use crate::Sandbox;
use crate::pages::Verdict;
use crate::resources::checkout_sessions::{self, Buyer};
use crate::resources::{
    accounts, checkout_setup, disputes, early_fraud_warnings, payment_methods, payments, payouts, refunds,
};
use crate::state::{State, rendered, text};
use crate::wire::error::ApiError;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/checkout/{session}/pay", post(pay))
        .route("/_sandbox/challenges/{intent}", post(challenge))
        .route("/_sandbox/payments/{intent}/settle", post(settle_payment))
        .route("/_sandbox/refunds/{refund}/settle", post(settle_refund))
        .route("/_sandbox/disputes", post(open_dispute))
        .route("/_sandbox/early-fraud-warnings", post(warn_of_fraud))
        .route("/_sandbox/disputes/{dispute}/close", post(close_dispute))
        .route("/_sandbox/accounts/{account}/onboard", post(onboard))
        .route("/_sandbox/accounts/{account}/restrict", post(restrict))
        .route("/_sandbox/payouts/{payout}/settle", post(settle_payout))
        .route("/_sandbox/dunning", post(set_dunning))
        .route("/_sandbox/run-due", post(run_due))
}

/// Runs an action under the lock and wakes what it has made due.
fn act(sandbox: &Sandbox, body: &Bytes, action: impl FnOnce(&mut State, &Value) -> Answer) -> Response<Body> {
    let answer = given(body).and_then(|given| {
        let mut state = sandbox.lock();
        state.run_due();
        state.changes += 1;
        action(&mut state, &given)
    });
    sandbox.wake();
    reply(answer)
}

/// A refusal by the bank is an answer too: 402 with Stripe's error object.
fn refused(error: &ApiError) -> (StatusCode, String) {
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
    (status, error.message().to_owned())
}

/// Pays a session as a buyer would on the page: `card` (a number) or `payment_method`, and `challenge` for cards that ask.
async fn pay(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        let Some(session) = state.find("checkout.session", &id).cloned() else {
            return Err(absent("checkout session", &id));
        };
        if session["status"] != "open" {
            return Err((
                StatusCode::CONFLICT,
                format!("the session is {}", text(&session, "status")),
            ));
        }
        let email = session["customer_details"]["email"]
            .as_str()
            .or(given["email"].as_str())
            .unwrap_or("buyer@example.com");
        let name = given["name"].as_str().unwrap_or("Sandbox Buyer");
        let billing = json!({ "email": email, "name": name });
        let method = match (
            given["card"].as_str(),
            given["payment_method"].as_str(),
            given["bank_account"].as_str(),
        ) {
            (_, Some(reference), _) => payment_methods::resolve(state, reference, "payment_method"),
            (_, None, Some(account)) => {
                let (kind, member) = if session["currency"] == "eur" {
                    ("sepa_debit", "iban")
                } else {
                    ("us_bank_account", "account_number")
                };
                payment_methods::create(
                    state,
                    &json!({ "type": kind, kind: { member: account }, "billing_details": billing }),
                    "",
                )
            }
            (card, None, None) => {
                let number = card.unwrap_or("4242424242424242").replace(' ', "");
                let card = json!({ "number": number, "exp_month": 12, "exp_year": 2034 });
                payment_methods::create(
                    state,
                    &json!({ "type": "card", "card": card, "billing_details": billing }),
                    "",
                )
            }
        };
        let buyer = Buyer {
            email: json!(email),
            name: json!(name),
        };
        let paid = method.and_then(|method| checkout_sessions::pay(state, &id, &method, &buyer));
        paid.map_err(|error| refused(&error))?;
        let intent = checkout_setup::intent_behind(state.own(&id)).to_owned();
        if let Some(verdict) = given["challenge"]
            .as_str()
            .filter(|_| state.own(&intent)["status"] == "requires_action")
        {
            decide(state, &intent, verdict)?;
        }
        Ok(rendered(state.own(&id)))
    })
}

fn decide(state: &mut State, intent: &str, verdict: &str) -> Result<(), (StatusCode, String)> {
    let verdict = match verdict {
        "complete" => Verdict::Complete,
        "fail" => Verdict::Fail,
        _ => return Err(bad("a challenge is answered `complete` or `fail`")),
    };
    crate::pages::decide(state, intent, verdict).map_err(|error| refused(&error))
}

/// Sets when unpaid invoices of subscriptions are tried again, and what follows.
async fn set_dunning(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        state.dunning.set(given).map_err(bad)?;
        Ok(state.dunning.shown())
    })
}

/// Answers a challenge: `verdict` is `complete` or `fail`.
async fn challenge(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        if state.own(&id)["status"] != "requires_action" {
            return Err((
                StatusCode::CONFLICT,
                "nothing waits for an answer under this id".to_owned(),
            ));
        }
        decide(state, &id, given["verdict"].as_str().unwrap_or("complete"))?;
        Ok(rendered(state.own(&id)))
    })
}

/// `outcome` is `succeeded` or `failed`; `default` applies when neither is given.
fn outcome(given: &Value, reason: &str, default: &str) -> Result<Option<Result<(), String>>, (StatusCode, String)> {
    match given["outcome"].as_str() {
        None => Ok(None),
        Some("succeeded") => Ok(Some(Ok(()))),
        Some("failed") => Ok(Some(Err(given[reason].as_str().unwrap_or(default).to_owned()))),
        Some(_) => Err(bad("outcome must be `succeeded` or `failed`")),
    }
}

async fn settle_payment(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        // A session's id is as good as its intent's.
        let intent = match state.find("checkout.session", &id) {
            Some(session) => text(session, "payment_intent").to_owned(),
            None => id.clone(),
        };
        if state.own(&intent)["status"] != "processing" {
            return Err((StatusCode::CONFLICT, "the payment is not processing".to_owned()));
        }
        let outcome = outcome(given, "code", "insufficient_funds")?;
        payments::settle_debit(state, &intent, outcome);
        Ok(rendered(state.own(&intent)))
    })
}

async fn settle_refund(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        if state.find("refund", &id).is_none() {
            return Err(absent("refund", &id));
        }
        match outcome(given, "reason", "expired_or_canceled_card")? {
            Some(Ok(())) => refunds::end(state, &id, Ok(())),
            Some(Err(reason)) => refunds::end(state, &id, Err(&reason)),
            None => refunds::settle(state, &id),
        }
        Ok(rendered(state.own(&id)))
    })
}

/// The successful charge that is named, or that has paid the named intent.
fn charge_named<'a>(state: &'a State, given: &Value) -> Result<&'a Value, (StatusCode, String)> {
    let charge = match (given["charge"].as_str(), given["payment_intent"].as_str()) {
        (Some(charge), _) => charge,
        (None, Some(intent)) => text(state.own(intent), "latest_charge"),
        (None, None) => return Err(bad("give a `charge` or a `payment_intent`")),
    };
    let found = state.find("charge", charge).ok_or_else(|| absent("charge", charge))?;
    if found["status"] != "succeeded" {
        return Err((StatusCode::CONFLICT, "the charge has not succeeded".to_owned()));
    }
    Ok(found)
}

async fn open_dispute(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        let found = charge_named(state, given)?;
        if found["disputed"] == true || found["refunded"] == true {
            return Err((StatusCode::CONFLICT, "the charge cannot be disputed".to_owned()));
        }
        let charge = text(found, "id").to_owned();
        let id = disputes::open(
            state,
            &charge,
            given["reason"].as_str().unwrap_or("fraudulent"),
            given["inquiry"] == true,
        );
        Ok(rendered(state.own(&id)))
    })
}

async fn close_dispute(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        let found = state.find("dispute", &id).ok_or_else(|| absent("dispute", &id))?;
        if matches!(text(found, "status"), "won" | "lost" | "warning_closed") {
            return Err((StatusCode::CONFLICT, "the dispute is closed already".to_owned()));
        }
        disputes::close(state, &id, given["won"] == true);
        Ok(rendered(state.own(&id)))
    })
}

/// The buyer's bank warns that a payment may have been fraud.
async fn warn_of_fraud(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        let charge = text(charge_named(state, given)?, "id").to_owned();
        let fraud_type = given["fraud_type"].as_str().unwrap_or("misc");
        if !early_fraud_warnings::FRAUD_TYPES.contains(&fraud_type) {
            let known = early_fraud_warnings::FRAUD_TYPES.join(", ");
            return Err(bad(format!("fraud_type must be one of {known}")));
        }
        let id = early_fraud_warnings::warn(state, &charge, fraud_type);
        Ok(rendered(state.own(&id)))
    })
}

/// The owner of a connected account tells everything, as on the page of an account link.
async fn onboard(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        state.find("account", &id).ok_or_else(|| absent("account", &id))?;
        let part = |name: &str, otherwise: &'static str| given[name].as_str().unwrap_or(otherwise).to_owned();
        let (first_name, last_name) = (part("first_name", "Ada"), part("last_name", "Builder"));
        let bank_account = part("bank_account", "000123456789");
        let told = accounts::Told {
            first_name: &first_name,
            last_name: &last_name,
            bank_account: &bank_account,
        };
        accounts::onboard(state, &id, &told);
        Ok(rendered(state.own(&id)))
    })
}

/// Stripe wants to know more about a connected account, which can do nothing until it is onboarded again.
async fn restrict(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, _| {
        state.find("account", &id).ok_or_else(|| absent("account", &id))?;
        accounts::restrict(state, &id);
        Ok(rendered(state.own(&id)))
    })
}

/// A payout arrives at once, or comes back, which it can do even after it has arrived.
async fn settle_payout(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, given| {
        let found = state.get(&id).filter(|payout| payout["object"] == "payout");
        let status = text(found.ok_or_else(|| absent("payout", &id))?, "status").to_owned();
        match given["outcome"].as_str().unwrap_or("paid") {
            "paid" if status == "pending" => payouts::arrive(state, &id),
            "failed" if matches!(status.as_str(), "pending" | "paid") => {
                payouts::fail(state, &id, given["code"].as_str().unwrap_or("account_closed"));
            }
            "paid" | "failed" => return Err((StatusCode::CONFLICT, format!("the payout is {status} already"))),
            _ => return Err(bad("outcome must be paid or failed")),
        }
        Ok(rendered(state.own(&id)))
    })
}

async fn run_due(Extract(sandbox): Extract<Sandbox>, body: Bytes) -> Response<Body> {
    act(&sandbox, &body, |state, _| Ok(json!({ "now": state.now() })))
}

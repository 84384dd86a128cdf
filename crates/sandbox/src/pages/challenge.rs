//! The page a bank would show: the buyer confirms a payment or refuses to.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

use super::{escape, field, fields, fill, notice, onward, page};
use crate::Sandbox;
use crate::resources::payments::{self, Attempt};
use crate::resources::{checkout_sessions, checkout_setup, money, portal_sessions, setup_intents};
use crate::state::{State, int, text};
use crate::wire::error::ApiError;

/// Whether the buyer confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Complete,
    Fail,
}

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let state = sandbox.lock();
    let Some(intent) = intent(&state, &id) else {
        return gone();
    };
    if intent["status"] != "requires_action" {
        return notice(
            StatusCode::GONE,
            "Nothing to confirm",
            "This payment does not wait for you any more.",
            None,
        );
    }
    let amount = match int(intent, "amount") {
        0 => String::new(),
        amount => format!(
            "<p class=\"total\">{}</p>\n",
            escape(&money::shown(amount, text(intent, "currency")))
        ),
    };
    let content = fill(
        include_str!("challenge.html"),
        &[
            ("amount", &amount),
            ("merchant", &escape(&sandbox.config().merchant_name)),
            ("id", &escape(&id)),
            ("token", &escape(text(intent, "client_secret"))),
        ],
    );
    let session = state.own(text(intent, "_session"));
    page(
        StatusCode::OK,
        "Confirm your payment",
        &content,
        &[text(session, "success_url"), text(intent, "_return_url")],
    )
}

fn intent<'a>(state: &'a State, id: &str) -> Option<&'a Value> {
    state
        .find("payment_intent", id)
        .or_else(|| state.find("setup_intent", id))
}

fn gone() -> Response<Body> {
    notice(
        StatusCode::NOT_FOUND,
        "Page not found",
        "There is nothing to confirm under this address.",
        None,
    )
}

pub(crate) async fn answer(
    Extract(sandbox): Extract<Sandbox>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let form = std::str::from_utf8(&body).map(fields).unwrap_or_default();
    let url = {
        let mut state = sandbox.lock();
        let Some(found) = intent(&state, &id).cloned() else {
            return gone();
        };
        if text(&found, "client_secret") != field(&form, "token") {
            return notice(
                StatusCode::FORBIDDEN,
                "This form is out of date",
                "Please go back to the shop and start again.",
                None,
            );
        }
        let verdict = if field(&form, "verdict") == "fail" {
            Verdict::Fail
        } else {
            Verdict::Complete
        };
        if found["status"] == "requires_action" {
            // A refusal is written down with the intent; the page the buyer comes back to shows it.
            let _ = decide(&mut state, &id, verdict);
        }
        next_page(&state, &id)
    };
    sandbox.wake();
    onward(&headers, &url)
}

/// Goes on with an intent after its challenge.
pub(crate) fn decide(state: &mut State, id: &str, verdict: Verdict) -> Result<(), ApiError> {
    if state.find("setup_intent", id).is_some() {
        if verdict == Verdict::Complete {
            setup_intents::succeed(state, id);
            checkout_setup::finish(state, id);
            portal_sessions::method_saved(state, id);
            return Ok(());
        }
        let error = ApiError::invalid("We are unable to authenticate your payment method.")
            .code("setup_intent_authentication_failure")
            .status(402);
        return Err(setup_intents::fail(state, id, error));
    }
    if verdict == Verdict::Fail {
        return Err(payments::fail_challenge(state, id));
    }
    let method = text(state.own(id), "payment_method").to_owned();
    payments::attempt(
        state,
        id,
        &method,
        &Attempt {
            challenged: true,
            ..Attempt::default()
        },
    )?;
    checkout_sessions::finish(state, id);
    Ok(())
}

/// Where the buyer goes after the challenge.
fn next_page(state: &State, id: &str) -> String {
    let intent = intent(state, id).unwrap_or(&Value::Null);
    if let Some(session) = state.get(text(intent, "_session")) {
        if session["status"] == "complete" {
            return checkout_sessions::success_url(session);
        }
        return format!("/c/pay/{}", text(session, "id"));
    }
    let return_url = text(intent, "_return_url");
    if return_url.is_empty() {
        return format!("/c/challenge/{id}");
    }
    let noun = text(intent, "object");
    let joint = if return_url.contains('?') { '&' } else { '?' };
    let status = if intent["status"] == "requires_payment_method" {
        "failed"
    } else {
        "succeeded"
    };
    format!(
        "{return_url}{joint}{noun}={id}&{noun}_client_secret={}&redirect_status={status}",
        text(intent, "client_secret")
    )
}

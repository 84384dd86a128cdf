//! The billing portal: a customer sees their subscriptions, what pays for them and their invoices, and changes what the
//! portal's configuration allows. Whoever has the address is the customer; it is given to them alone and runs out.

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::portal_views::{self as views, View};
use super::{checkout, field, fields, json_answer, notice, onward, wants_json};
use crate::Sandbox;
use crate::resources::portal_sessions as sessions;
use crate::resources::{invoice_previews, portal_sessions};
use crate::state::{State, text};
use crate::wire::error::ApiError;

/// What a page of the portal says was done: the word of its address, and the sentence.
const DONE: &[(&str, &str)] = &[
    ("plan", "Your plan has been changed."),
    ("cancel", "Your cancellation has been noted."),
    ("renew", "Your subscription goes on."),
    ("payment-method", "Your new payment method has been saved."),
];

pub(crate) async fn home(
    Extract(sandbox): Extract<Sandbox>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let asked = fields(query.as_deref().unwrap_or_default());
    with_session(&sandbox, &token, |state, session| {
        let view = View::of(sandbox.config(), session);
        let flow = &session["flow"];
        let done = DONE.iter().find(|(word, _)| field(&asked, "done") == *word);
        // The bank's challenge leads back here, passed or not.
        if field(&asked, "redirect_status") == "failed" {
            let message = "Your bank did not confirm the payment method. Please try another one.";
            return views::method_form(&view, &Map::new(), message, StatusCode::OK);
        }
        if let (Some((word, _)), "succeeded") = (done, field(&asked, "redirect_status")) {
            return completed(state, &view, &HeaderMap::new(), word);
        }
        if flow.is_object() && session["_flow_done"] != true {
            let subscription = text(&flow[text(flow, "type")], "subscription").to_owned();
            let word = match text(flow, "type") {
                "subscription_cancel" => "cancel",
                "subscription_update" => "plan",
                _ => "payment-method",
            };
            return step(state, &view, word, &subscription);
        }
        views::home(state, &view, done.map_or("", |(_, sentence)| sentence))
    })
}

pub(crate) async fn method_page(Extract(sandbox): Extract<Sandbox>, Path(token): Path<String>) -> Response<Body> {
    with_session(&sandbox, &token, |state, session| {
        step(state, &View::of(sandbox.config(), session), "payment-method", "")
    })
}

pub(crate) async fn subscription_page(
    Extract(sandbox): Extract<Sandbox>,
    Path((token, subscription, word)): Path<(String, String, String)>,
) -> Response<Body> {
    with_session(&sandbox, &token, |state, session| {
        step(state, &View::of(sandbox.config(), session), &word, &subscription)
    })
}

/// The page of one step.
fn step(state: &State, view: &View<'_>, word: &str, subscription: &str) -> Response<Body> {
    let session = view.session;
    if word == "payment-method" {
        if sessions::allows(state, session, "payment_method_update") {
            return views::method_form(view, &Map::new(), "", StatusCode::OK);
        }
        return refused(view, "Payment methods cannot be changed here. Please ask the shop.");
    }
    let found = match sessions::subscription(state, session, subscription) {
        Ok(found) => found,
        Err(error) => return refused(view, error.message()),
    };
    match word {
        "plan" if sessions::allows(state, session, "subscription_update") => views::plans(state, view, &found),
        "cancel" if sessions::allows(state, session, "subscription_cancel") => views::cancellation(state, view, &found),
        "plan" | "cancel" => refused(view, "This cannot be done here. Please ask the shop."),
        _ => unknown(),
    }
}

/// Does what a form of the portal asks for.
pub(crate) async fn act(
    Extract(sandbox): Extract<Sandbox>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let form = std::str::from_utf8(&body).map(fields).unwrap_or_default();
    let answer = with_session(&sandbox, &token, |state, session| {
        let view = View::of(sandbox.config(), session);
        let action = field(&form, "action");
        let subscription = field(&form, "subscription");
        let done = match action {
            "preview" => return preview(state, &view, subscription, field(&form, "price")),
            "payment-method" => return save_method(state, &view, &headers, &form),
            "plan" => sessions::change_plan(state, session, subscription, field(&form, "price")),
            "cancel" => sessions::cancel(state, session, subscription),
            "renew" => sessions::renew(state, session, subscription),
            _ => return unknown(),
        };
        match done {
            Ok(()) => completed(state, &view, &headers, action),
            Err(error) => refused(&view, error.message()),
        }
    });
    sandbox.wake();
    answer
}

/// Runs with the living session behind a token, or answers that there is none.
fn with_session(
    sandbox: &Sandbox,
    token: &str,
    show: impl FnOnce(&mut State, &Value) -> Response<Body>,
) -> Response<Body> {
    let mut state = sandbox.lock();
    state.run_due();
    let answer = match sessions::visited(&mut state, token) {
        Some(session) => show(&mut state, &session),
        None => unknown(),
    };
    state.run_due();
    answer
}

fn unknown() -> Response<Body> {
    notice(
        StatusCode::NOT_FOUND,
        "This page is not here",
        "The link has run out or never was one. Please open the billing pages from the shop again.",
        None,
    )
}

fn refused(view: &View<'_>, message: &str) -> Response<Body> {
    notice(
        StatusCode::CONFLICT,
        "That did not work",
        message,
        Some((&view.path(""), "Back to your billing")),
    )
}

/// What a change of plan would cost, before it is made.
fn preview(state: &mut State, view: &View<'_>, subscription: &str, price: &str) -> Response<Body> {
    let asked = sessions::subscription(state, view.session, subscription).and_then(|found| {
        let details = sessions::plan_change(state, view.session, &found, price)?;
        Ok(invoice_previews::Asked {
            customer: text(view.session, "customer").to_owned(),
            subscription: Some(subscription.to_owned()),
            details,
            ..invoice_previews::Asked::default()
        })
    });
    let invoice = asked.and_then(|asked| match invoice_previews::preview(state, &asked) {
        Err(error) if error.has_code("invoice_upcoming_none") => Ok(Value::Null),
        other => other,
    });
    match invoice {
        Ok(invoice) => views::confirmation(state, view, subscription, price, &invoice),
        Err(error) => refused(view, error.message()),
    }
}

fn save_method(state: &mut State, view: &View<'_>, headers: &HeaderMap, form: &Map<String, Value>) -> Response<Body> {
    match try_method(state, view, form) {
        Ok(intent) if state.own(&intent)["status"] == "requires_action" => {
            onward(headers, &format!("/c/challenge/{intent}"))
        }
        Ok(_) => completed(state, view, headers, "payment-method"),
        Err(error) if wants_json(headers) => json_answer(
            StatusCode::PAYMENT_REQUIRED,
            &json!({ "error": error.message(), "field": checkout::error_field(&error) }),
        ),
        Err(error) => views::method_form(view, form, error.message(), StatusCode::PAYMENT_REQUIRED),
    }
}

fn try_method(state: &mut State, view: &View<'_>, form: &Map<String, Value>) -> Result<String, ApiError> {
    let name = field(form, "card-name");
    if name.is_empty() {
        return Err(ApiError::param("card-name", "Please enter your name."));
    }
    let email = state.own(text(view.session, "customer"))["email"].clone();
    let method = checkout::card(state, form, &json!({ "email": email, "name": name }))?;
    let back = format!("{}{}?done=payment-method", state.base_url, view.path(""));
    portal_sessions::save_method(state, view.session, &method, &back)
}

/// Where the browser goes when something has been done: back to the portal, or where a session for one thing leads.
fn completed(state: &mut State, view: &View<'_>, headers: &HeaderMap, word: &str) -> Response<Body> {
    let flow = &view.session["flow"];
    let after = &flow["after_completion"];
    let first = flow.is_object() && view.session["_flow_done"] != true;
    state.set(text(view.session, "id"), "_flow_done", true);
    match text(after, "type") {
        "redirect" if first => onward(headers, text(&after["redirect"], "return_url")),
        "hosted_confirmation" if first && !wants_json(headers) => {
            let said = after["hosted_confirmation"]["custom_message"].as_str();
            let done = DONE.iter().find(|(known, _)| *known == word);
            let sentence = said.or(done.map(|(_, sentence)| *sentence));
            notice(StatusCode::OK, "All done", sentence.unwrap_or_default(), None)
        }
        _ => onward(headers, &format!("{}?done={word}", view.path(""))),
    }
}

//! The page of an invoice: its lines, how it stands, and a form to pay what is left by card.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{checkout, escape, field, fields, fill, json_answer, notice, onward, page, wants_json};
use crate::Sandbox;
use crate::resources::{calendar, invoice_collection, invoice_payments, money};
use crate::state::{State, int, text};
use crate::wire::error::ApiError;

/// The invoice under an id, once it is final.
pub(super) fn found<'a>(state: &'a State, id: &str) -> Option<&'a Value> {
    state.find("invoice", id).filter(|invoice| invoice["status"] != "draft")
}

pub(super) fn unknown() -> Response<Body> {
    let text = "There is no invoice under this address.";
    notice(StatusCode::NOT_FOUND, "Page not found", text, None)
}

/// Whether it is paid, or what is left to pay.
pub(super) fn standing(invoice: &Value) -> String {
    match text(invoice, "status") {
        "paid" => "Paid".to_owned(),
        "void" => "Void".to_owned(),
        _ => {
            let left = money::shown(int(invoice, "amount_remaining"), text(invoice, "currency"));
            format!("{left} to pay")
        }
    }
}

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let mut state = sandbox.lock();
    state.run_due();
    match found(&state, &id) {
        Some(invoice) => {
            let intent = state.own(&invoice_payments::intent_of(&state, &id).unwrap_or_default());
            let error = text(&intent["last_payment_error"], "message");
            view(&sandbox, invoice, &Map::new(), error, StatusCode::OK)
        }
        None => unknown(),
    }
}

/// Pays from what the page has sent.
pub(crate) async fn pay(
    Extract(sandbox): Extract<Sandbox>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let form = std::str::from_utf8(&body).map(fields).unwrap_or_default();
    let answer = {
        let mut state = sandbox.lock();
        state.run_due();
        let Some(invoice) = found(&state, &id).cloned() else {
            return unknown();
        };
        // A second click comes too late to charge anything: the page says so.
        let attempted = if is_payable(&invoice) {
            attempt(&mut state, &invoice, &form)
        } else {
            Ok(())
        };
        let intent = invoice_payments::intent_of(&state, &id).unwrap_or_default();
        match attempted {
            Ok(()) if state.own(&intent)["status"] == "requires_action" => {
                onward(&headers, &format!("/c/challenge/{intent}"))
            }
            Ok(()) => onward(&headers, &format!("/i/{id}")),
            Err(error) if wants_json(&headers) => json_answer(
                StatusCode::PAYMENT_REQUIRED,
                &json!({ "error": error.message(), "field": checkout::error_field(&error) }),
            ),
            Err(error) => view(&sandbox, &invoice, &form, error.message(), StatusCode::PAYMENT_REQUIRED),
        }
    };
    sandbox.wake();
    answer
}

fn is_payable(invoice: &Value) -> bool {
    matches!(text(invoice, "status"), "open" | "uncollectible") && int(invoice, "amount_remaining") > 0
}

fn attempt(state: &mut State, invoice: &Value, form: &Map<String, Value>) -> Result<(), ApiError> {
    let id = text(invoice, "id");
    let name = field(form, "card-name");
    if name.is_empty() {
        return Err(ApiError::param("card-name", "Please enter your name."));
    }
    let billing = json!({ "email": invoice["customer_email"], "name": name });
    let method = checkout::card(state, form, &billing)?;
    state.keep_time_of(text(invoice, "customer"));
    if let Some(intent) = invoice_payments::intent_of(state, id) {
        let back = format!("{}/i/{id}", state.base_url);
        state.set(&intent, "_return_url", back);
    }
    let paid = invoice_collection::collect(state, id, Some(&method), false);
    state.run_due();
    paid
}

fn view(
    sandbox: &Sandbox,
    invoice: &Value,
    form: &Map<String, Value>,
    error: &str,
    status: StatusCode,
) -> Response<Body> {
    let total = money::shown(int(invoice, "total"), text(invoice, "currency"));
    let card = fill(
        include_str!("card.html"),
        &[("name", &escape(field(form, "card-name")))],
    );
    let pay = fill(
        "<form id=\"payment-form\" method=\"post\" action=\"/i/{{id}}\" novalidate data-enhanced>\n\
         <div id=\"error\" class=\"error\" role=\"alert\" aria-live=\"assertive\" tabindex=\"-1\">{{error}}</div>\n{{card}}\
         <button id=\"pay\" type=\"submit\">Pay</button>\n</form>\n",
        &[
            ("id", &escape(text(invoice, "id"))),
            ("error", &escape(error)),
            ("card", &card),
        ],
    );
    let content = fill(
        "<div class=\"portal\"><p class=\"test\">Test mode</p><p class=\"merchant\">{{merchant}}</p><main>\
         <h1>Invoice {{number}}</h1><p>{{date}}</p><p class=\"total\">{{total}}</p><ul class=\"items\">\n{{lines}}</ul>\n\
         <p id=\"standing\">{{standing}}</p>\n{{pay}}<p><a href=\"/i/{{id}}/pdf\">Download as PDF</a></p></main></div>",
        &[
            ("merchant", &escape(&sandbox.config().merchant_name)),
            ("number", &escape(text(invoice, "number"))),
            ("date", &calendar::shown(int(invoice, "created"))),
            ("total", &escape(&total)),
            ("lines", &lines(invoice)),
            ("standing", &escape(&standing(invoice))),
            ("pay", if is_payable(invoice) { &pay } else { "" }),
            ("id", &escape(text(invoice, "id"))),
        ],
    );
    page(status, "Invoice", &content, &[])
}

/// The lines of an invoice as items of a list.
pub(super) fn lines(invoice: &Value) -> String {
    let currency = text(invoice, "currency");
    let mut html = String::new();
    for line in invoice["lines"]["data"].as_array().into_iter().flatten() {
        html.push_str(&fill(
            "<li><span>{{description}}</span><span class=\"amount\">{{amount}}</span></li>\n",
            &[
                ("description", &escape(text(line, "description"))),
                ("amount", &escape(&money::shown(int(line, "amount"), currency))),
            ],
        ));
    }
    html
}

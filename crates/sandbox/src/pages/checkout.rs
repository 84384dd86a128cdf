//! The checkout page: the basket, the form, and what paying through it leads to.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{escape, field, fields, fill, json_answer, notice, onward, page, portal_views, wants_json};
use crate::Sandbox;
use crate::resources::checkout_sessions::{self, Buyer};
use crate::resources::{checkout_setup, money, payment_methods};
use crate::state::{State, int, text};
use crate::wire::error::ApiError;

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let mut state = sandbox.lock();
    state.run_due();
    let Some(session) = state.find("checkout.session", &id) else {
        return unknown();
    };
    closed(session).unwrap_or_else(|| {
        let error = last_error(&state, session);
        form_page(
            &sandbox.config().merchant_name,
            session,
            &Map::new(),
            error.as_deref(),
            StatusCode::OK,
        )
    })
}

fn unknown() -> Response<Body> {
    notice(
        StatusCode::NOT_FOUND,
        "Page not found",
        "There is no checkout under this address.",
        None,
    )
}

/// What is shown when there is nothing left to pay.
fn closed(session: &Value) -> Option<Response<Body>> {
    match text(session, "status") {
        "open" => None,
        "complete" => {
            let url = checkout_sessions::success_url(session);
            let link = Some((url.as_str(), "Continue"));
            let done = if session["mode"] == "setup" {
                "Your payment method has already been saved. Nothing was charged."
            } else {
                "Your payment has already gone through. You were not charged again."
            };
            Some(notice(StatusCode::OK, "You’re all done here", done, link))
        }
        _ => {
            let back = text(session, "cancel_url");
            let link = (!back.is_empty()).then_some((back, "Back to the shop"));
            Some(notice(
                StatusCode::GONE,
                "This checkout has expired",
                "Nothing was charged. Please start again from the shop.",
                link,
            ))
        }
    }
}

/// Why the last attempt failed, for a buyer who comes back from the challenge.
fn last_error(state: &State, session: &Value) -> Option<String> {
    let intent = state.get(checkout_setup::intent_behind(session))?;
    let told = ["last_payment_error", "last_setup_error"]
        .into_iter()
        .find_map(|member| intent[member]["message"].as_str());
    told.map(str::to_owned)
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
        let Some(session) = state.find("checkout.session", &id).cloned() else {
            return unknown();
        };
        if text(&session, "_form_token") != field(&form, "token") {
            return notice(
                StatusCode::FORBIDDEN,
                "This form is out of date",
                "Please open the checkout again.",
                None,
            );
        }
        // A second click comes too late to charge anything: the session is no longer open.
        if session["status"] == "complete" {
            return onward(&headers, &checkout_sessions::success_url(&session));
        }
        if let Some(answer) = closed(&session) {
            if wants_json(&headers) {
                return onward(&headers, &format!("/c/pay/{id}"));
            }
            return answer;
        }
        match attempt(&mut state, &session, &form) {
            Ok(url) => onward(&headers, &url),
            // A refusal is an answer to the script, not a failed request that a browser complains about.
            Err(error) if wants_json(&headers) => {
                let field = error_field(&error);
                json_answer(
                    StatusCode::PAYMENT_REQUIRED,
                    &json!({ "error": error.message(), "field": field }),
                )
            }
            Err(error) => {
                let name = &sandbox.config().merchant_name;
                form_page(
                    name,
                    &session,
                    &form,
                    Some(error.message()),
                    StatusCode::PAYMENT_REQUIRED,
                )
            }
        }
    };
    sandbox.wake();
    answer
}

/// Tries to pay; gives where the browser goes next.
fn attempt(state: &mut State, session: &Value, form: &Map<String, Value>) -> Result<String, ApiError> {
    let id = text(session, "id");
    let buyer = buyer(session, form)?;
    if !checkout_setup::needs_method(session) {
        checkout_sessions::pay(state, id, "", &buyer)?;
        return Ok(checkout_sessions::success_url(state.own(id)));
    }
    let method = method(state, session, form, &buyer)?;
    checkout_sessions::pay(state, id, &method, &buyer)?;
    let session = state.own(id);
    if session["status"] == "complete" {
        return Ok(checkout_sessions::success_url(session));
    }
    Ok(format!("/c/challenge/{}", checkout_setup::intent_behind(session)))
}

/// The address the shop has given, which the buyer cannot change; what was filled in before can be.
fn known_email(session: &Value) -> Option<&str> {
    let given = session["customer_email"].is_string() || session["_customer_email"] == true;
    given.then(|| session["customer_details"]["email"].as_str()).flatten()
}

fn buyer(session: &Value, form: &Map<String, Value>) -> Result<Buyer, ApiError> {
    let email = known_email(session).unwrap_or_else(|| field(form, "email"));
    if !checkout_sessions::is_email(email) {
        return Err(ApiError::param("email", "Your email address is not complete."));
    }
    let bank = field(form, "method") == "bank-debit";
    let (name, param) = if bank {
        (field(form, "bank-name"), "bank-name")
    } else {
        (field(form, "card-name"), "card-name")
    };
    if name.is_empty() && checkout_setup::needs_method(session) {
        return Err(ApiError::param(param, "Please enter your name."));
    }
    Ok(Buyer {
        email: json!(email),
        name: if name.is_empty() { Value::Null } else { json!(name) },
    })
}

fn method(state: &mut State, session: &Value, form: &Map<String, Value>, buyer: &Buyer) -> Result<String, ApiError> {
    let billing = json!({ "email": buyer.email, "name": buyer.name });
    let types = session["payment_method_types"].as_array().cloned().unwrap_or_default();
    if field(form, "method") == "bank-debit" {
        let debit = debit_of(&types)
            .ok_or_else(|| ApiError::param("method", "Bank debit is not available for this payment."))?;
        let member = if debit == "sepa_debit" {
            "iban"
        } else {
            "account_number"
        };
        let given =
            json!({ "type": debit, debit: { member: field(form, "bank-account") }, "billing_details": billing });
        return payment_methods::create(state, &given, "")
            .map_err(|_| ApiError::param("bank-account", "This account number is not one of the test accounts."));
    }
    if !types.contains(&json!("card")) {
        return Err(ApiError::param("method", "Cards are not accepted for this payment."));
    }
    card(state, form, &billing)
}

/// The card that the fields of a form describe.
pub(super) fn card(state: &mut State, form: &Map<String, Value>, billing: &Value) -> Result<String, ApiError> {
    let (month, year) = expiry(field(form, "card-expiry"))?;
    let cvc = field(form, "card-cvc");
    if cvc.is_empty() {
        return Err(ApiError::card("incomplete_cvc", "Your card's security code is incomplete.").for_param("cvc"));
    }
    let card = json!({ "number": field(form, "card-number"), "exp_month": month, "exp_year": year, "cvc": cvc });
    let full_year = if year < 100 { year + 2000 } else { year };
    let (this_year, _) = payment_methods::civil(state.now());
    payment_methods::create(
        state,
        &json!({ "type": "card", "card": card, "billing_details": billing }),
        "",
    )
    .map_err(|error| match error.at() {
        // The interface calls a year that is over invalid; a person's card has expired.
        Some("exp_year") if full_year < this_year => {
            ApiError::card("expired_card", "Your card has expired.").for_param("exp_month")
        }
        _ => error,
    })
}

fn debit_of(types: &[Value]) -> Option<&'static str> {
    ["us_bank_account", "sepa_debit"]
        .into_iter()
        .find(|kind| types.contains(&json!(kind)))
}

/// `MM / YY`, with or without the blanks.
fn expiry(given: &str) -> Result<(i64, i64), ApiError> {
    let incomplete =
        || ApiError::card("incomplete_expiry", "Your card's expiration date is incomplete.").for_param("exp_month");
    let (month, year) = given.split_once('/').ok_or_else(incomplete)?;
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| incomplete());
    Ok((number(month)?, number(year)?))
}

/// The element of the page an error is about.
pub(super) fn error_field(error: &ApiError) -> &'static str {
    match error.at() {
        Some("email") => "email",
        Some("exp_month" | "exp_year") => "card-expiry",
        Some("cvc") => "card-cvc",
        Some("card-name") => "card-name",
        Some("bank-name") => "bank-name",
        Some("bank-account") => "bank-account",
        _ => "card-number",
    }
}

fn form_page(
    merchant: &str,
    session: &Value,
    form: &Map<String, Value>,
    error: Option<&str>,
    status: StatusCode,
) -> Response<Body> {
    let setup = session["mode"] == "setup";
    let total = if setup {
        "Save a payment method".to_owned()
    } else {
        money::shown(int(session, "amount_total"), text(session, "currency"))
    };
    let free = !checkout_setup::needs_method(session);
    let cancel = text(session, "cancel_url");
    let back = match cancel {
        "" => String::new(),
        url => format!(
            "<a class=\"back\" id=\"cancel\" href=\"{}\"><span aria-hidden=\"true\">←</span> Back</a>",
            escape(url)
        ),
    };
    let known_email = known_email(session);
    let filled_in = match field(form, "email") {
        "" => text(&session["customer_details"], "email"),
        email => email,
    };
    let types = session["payment_method_types"].as_array().cloned().unwrap_or_default();
    let content = fill(
        include_str!("checkout.html"),
        &[
            ("back", &back),
            ("merchant", &escape(merchant)),
            ("total", &escape(&total)),
            ("every", &escape(&every(session))),
            ("items", &items(session)),
            ("id", &escape(text(session, "id"))),
            ("token", &escape(text(session, "_form_token"))),
            ("error", &escape(error.unwrap_or(""))),
            ("email", &escape(known_email.unwrap_or(filled_in))),
            ("readonly", if known_email.is_some() { " readonly" } else { "" }),
            ("methods", &if free { String::new() } else { methods(&types, form) }),
            (
                "pay",
                &escape(&match text(session, "mode") {
                    "setup" => "Save".to_owned(),
                    "subscription" if int(session, "amount_total") == 0 => "Start trial".to_owned(),
                    "subscription" => "Subscribe".to_owned(),
                    _ if free => "Complete order".to_owned(),
                    _ => format!("Pay {total}"),
                }),
            ),
        ],
    );
    page(
        status,
        &format!("Pay {merchant}"),
        &content,
        &[text(session, "success_url"), cancel],
    )
}

/// How often the total of a subscription is paid, and what is paid after a trial.
fn every(session: &Value) -> String {
    let first = &session["_items"][0];
    if session["mode"] != "subscription" {
        return String::new();
    }
    let often = portal_views::every(&first["price"]);
    if int(session, "amount_total") > 0 {
        return often;
    }
    let items = session["_items"].as_array().into_iter().flatten();
    let later = items
        .map(|item| int(&item["price"], "unit_amount").saturating_mul(int(item, "quantity")))
        .fold(0, i64::saturating_add);
    format!("today, then {} {often}", money::shown(later, text(first, "currency")))
}

fn items(session: &Value) -> String {
    let mut html = String::new();
    for item in session["_items"].as_array().into_iter().flatten() {
        let currency = text(item, "currency");
        let quantity = int(item, "quantity").to_string();
        let each = escape(&money::shown(int(&item["price"], "unit_amount"), currency));
        html.push_str(&fill(
            "<li><span>{{name}}<small>Qty {{quantity}}</small></span><span class=\"amount\">{{amount}}{{each}}</span></li>\n",
            &[
                ("name", &escape(text(item, "description"))),
                ("quantity", &quantity),
                ("amount", &escape(&money::shown(int(item, "amount_total"), currency))),
                ("each", &if quantity == "1" { String::new() } else { format!("<small>{each} each</small>") }),
            ],
        ));
    }
    html
}

/// The choice of methods, and the fields of each.
fn methods(types: &[Value], form: &Map<String, Value>) -> String {
    let debit = debit_of(types);
    let card = types.contains(&json!("card"));
    let by_debit = debit.is_some() && (!card || field(form, "method") == "bank-debit");
    let mut html =
        "<h2>Payment method</h2>\n<fieldset class=\"methods\"><legend class=\"hidden\">Payment method</legend>\n"
            .to_owned();
    let choices = [
        (card, "card", "Card", !by_debit),
        (debit.is_some(), "bank-debit", "Bank debit", by_debit),
    ];
    for (_, value, label, checked) in choices.into_iter().filter(|(offered, ..)| *offered) {
        html.push_str(&fill(
            "<label class=\"method\" for=\"method-{{value}}\"><input type=\"radio\" id=\"method-{{value}}\" name=\"method\" \
             value=\"{{value}}\"{{checked}}>{{label}}</label>\n",
            &[("value", value), ("label", label), ("checked", if checked { " checked" } else { "" })],
        ));
    }
    html.push_str("</fieldset>\n");
    if card {
        html.push_str(&fill(
            include_str!("card.html"),
            &[("name", &escape(field(form, "card-name")))],
        ));
    }
    if let Some(debit) = debit {
        let (label, hint) = match debit {
            "sepa_debit" => ("IBAN", "AT611904300234573201 succeeds, AT861904300235473202 fails"),
            _ => ("Account number", "000123456789 succeeds, 000222222227 fails"),
        };
        let name = escape(field(form, "bank-name"));
        html.push_str(&fill(
            include_str!("debit.html"),
            &[("label", label), ("hint", hint), ("name", &name)],
        ));
    }
    html
}

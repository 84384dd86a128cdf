//! The checkout page: the basket, the form, and what paying through it leads to.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{escape, field, fields, json_answer, notice, onward, page, wants_json};
use crate::Sandbox;
use crate::resources::checkout_sessions::{self, Buyer};
use crate::resources::{money, payment_methods};
use crate::state::{State, int, text};
use crate::wire::error::ApiError;

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let mut state = sandbox.lock();
    state.run_due();
    let Some(session) = state.find("checkout.session", &id) else { return unknown() };
    match closed(session) {
        Some(answer) => answer,
        None => {
            let error = last_error(&state, session);
            form_page(&sandbox.config().merchant_name, session, &Map::new(), error.as_deref(), StatusCode::OK)
        }
    }
}

fn unknown() -> Response<Body> {
    notice(StatusCode::NOT_FOUND, "Page not found", "There is no checkout under this address.", None)
}

/// What is shown when there is nothing left to pay.
fn closed(session: &Value) -> Option<Response<Body>> {
    match text(session, "status") {
        "open" => None,
        "complete" => {
            let url = checkout_sessions::success_url(session);
            let link = Some((url.as_str(), "Continue"));
            Some(notice(StatusCode::OK, "You’re all done here", "Your payment has already gone through. You were not charged again.", link))
        }
        _ => {
            let back = text(session, "cancel_url");
            let link = (!back.is_empty()).then_some((back, "Back to the shop"));
            Some(notice(StatusCode::GONE, "This checkout has expired", "Nothing was charged. Please start again from the shop.", link))
        }
    }
}

/// Why the last attempt failed, for a buyer who comes back from the challenge.
fn last_error(state: &State, session: &Value) -> Option<String> {
    let intent = state.get(text(session, "payment_intent"))?;
    intent["last_payment_error"]["message"].as_str().map(str::to_owned)
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
        let Some(session) = state.find("checkout.session", &id).cloned() else { return unknown() };
        if text(&session, "_form_token") != field(&form, "token") {
            return notice(StatusCode::FORBIDDEN, "This form is out of date", "Please open the checkout again.", None);
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
            Err(error) if wants_json(&headers) => {
                let field = error_field(&error);
                json_answer(StatusCode::PAYMENT_REQUIRED, &json!({ "error": error.message(), "field": field }))
            }
            Err(error) => {
                let name = &sandbox.config().merchant_name;
                form_page(name, &session, &form, Some(error.message()), StatusCode::PAYMENT_REQUIRED)
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
    if int(session, "amount_total") == 0 {
        checkout_sessions::pay(state, id, "", &buyer)?;
        return Ok(checkout_sessions::success_url(state.own(id)));
    }
    let method = method(state, session, form, &buyer)?;
    checkout_sessions::pay(state, id, &method, &buyer)?;
    let session = state.own(id);
    if session["status"] == "complete" {
        return Ok(checkout_sessions::success_url(session));
    }
    Ok(format!("/c/challenge/{}", text(session, "payment_intent")))
}

fn buyer(session: &Value, form: &Map<String, Value>) -> Result<Buyer, ApiError> {
    let known = session["customer_details"]["email"].as_str();
    let email = known.unwrap_or_else(|| field(form, "email"));
    if !checkout_sessions::is_email(email) {
        return Err(ApiError::param("email", "Your email address is not complete."));
    }
    let bank = field(form, "method") == "bank-debit";
    let (name, param) = if bank { (field(form, "bank-name"), "bank-name") } else { (field(form, "card-name"), "card-name") };
    if name.is_empty() && int(session, "amount_total") > 0 {
        return Err(ApiError::param(param, "Please enter your name."));
    }
    Ok(Buyer { email: json!(email), name: if name.is_empty() { Value::Null } else { json!(name) } })
}

fn method(state: &mut State, session: &Value, form: &Map<String, Value>, buyer: &Buyer) -> Result<String, ApiError> {
    let billing = json!({ "email": buyer.email, "name": buyer.name });
    let types = session["payment_method_types"].as_array().cloned().unwrap_or_default();
    if field(form, "method") == "bank-debit" {
        let debit = debit_of(&types).ok_or_else(|| ApiError::param("method", "Bank debit is not available for this payment."))?;
        let member = if debit == "sepa_debit" { "iban" } else { "account_number" };
        let given = json!({ "type": debit, debit: { member: field(form, "bank-account") }, "billing_details": billing });
        return payment_methods::create(state, &given, "").map_err(|_| {
            ApiError::param("bank-account", "This account number is not one of the test accounts.")
        });
    }
    if !types.contains(&json!("card")) {
        return Err(ApiError::param("method", "Cards are not accepted for this payment."));
    }
    let (month, year) = expiry(field(form, "card-expiry"))?;
    let cvc = field(form, "card-cvc");
    if cvc.is_empty() {
        return Err(ApiError::card("incomplete_cvc", "Your card's security code is incomplete.").for_param("cvc"));
    }
    let card = json!({ "number": field(form, "card-number"), "exp_month": month, "exp_year": year, "cvc": cvc });
    payment_methods::create(state, &json!({ "type": "card", "card": card, "billing_details": billing }), "")
}

fn debit_of(types: &[Value]) -> Option<&'static str> {
    ["us_bank_account", "sepa_debit"].into_iter().find(|kind| types.contains(&json!(kind)))
}

/// `MM / YY`, with or without the blanks.
fn expiry(given: &str) -> Result<(i64, i64), ApiError> {
    let incomplete = || ApiError::card("incomplete_expiry", "Your card's expiration date is incomplete.").for_param("exp_month");
    let (month, year) = given.split_once('/').ok_or_else(incomplete)?;
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| incomplete());
    Ok((number(month)?, number(year)?))
}

/// The element of the page an error is about.
fn error_field(error: &ApiError) -> &'static str {
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

fn form_page(merchant: &str, session: &Value, form: &Map<String, Value>, error: Option<&str>, status: StatusCode) -> Response<Body> {
    let currency = text(session, "currency");
    let total = int(session, "amount_total");
    let back = text(session, "cancel_url");
    let back_link = if back.is_empty() {
        String::new()
    } else {
        format!("<a class=\"back\" id=\"cancel\" href=\"{}\"><span aria-hidden=\"true\">←</span> Back</a>", escape(back))
    };
    let content = format!(
        "<div class=\"columns\">\n<section class=\"basket\" aria-labelledby=\"merchant\">\n{back_link}<p class=\"test\">Test mode</p>\n<h1 \
         id=\"merchant\">{}</h1>\n<p class=\"total\" id=\"total\">{}</p>\n{}</section>\n<main>\n{}</main>\n</div>",
        escape(merchant),
        escape(&money::shown(total, currency)),
        items(session),
        pay_form(session, form, error)
    );
    let success = text(session, "success_url");
    page(status, &format!("Pay {merchant}"), &content, &[success, back])
}

fn items(session: &Value) -> String {
    let mut html = "<ul class=\"items\">".to_owned();
    for item in session["_items"].as_array().into_iter().flatten() {
        let currency = text(item, "currency");
        let quantity = int(item, "quantity");
        let each = if quantity > 1 {
            format!("<small>{} each</small>", escape(&money::shown(int(&item["price"], "unit_amount"), currency)))
        } else {
            String::new()
        };
        html.push_str(&format!(
            "<li><span>{}<small>Qty {quantity}</small></span><span class=\"amount\">{}{each}</span></li>",
            escape(text(item, "description")),
            escape(&money::shown(int(item, "amount_total"), currency))
        ));
    }
    html.push_str("</ul>\n");
    html
}

fn pay_form(session: &Value, form: &Map<String, Value>, error: Option<&str>) -> String {
    let known_email = session["customer_details"]["email"].as_str();
    let email = known_email.unwrap_or_else(|| field(form, "email"));
    let types = session["payment_method_types"].as_array().cloned().unwrap_or_default();
    let total = int(session, "amount_total");
    let methods = if total == 0 { String::new() } else { methods(&types, form) };
    let label = if total == 0 { "Complete order".to_owned() } else { format!("Pay {}", money::shown(total, text(session, "currency"))) };
    format!(
        "<form id=\"payment-form\" method=\"post\" action=\"/c/pay/{id}\" novalidate data-enhanced>\n<input type=\"hidden\" name=\"token\" \
         value=\"{token}\">\n<div id=\"error\" class=\"error\" role=\"alert\" aria-live=\"assertive\" tabindex=\"-1\">{error}</div>\n\
         <h2>Contact</h2>\n<label for=\"email\">Email</label>\n<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" \
         inputmode=\"email\" required maxlength=\"200\" value=\"{email}\"{readonly}>\n{methods}<button id=\"pay\" type=\"submit\">{label}</button>\n\
         <p class=\"fine\">This is a sandbox: no money moves. Try card 4242 4242 4242 4242 with any future date and any code.</p>\n</form>\n",
        id = escape(text(session, "id")),
        token = escape(text(session, "_form_token")),
        error = escape(error.unwrap_or("")),
        email = escape(email),
        readonly = if known_email.is_some() { " readonly" } else { "" },
        label = escape(&label),
    )
}

/// The choice of methods, and the fields of each.
fn methods(types: &[Value], form: &Map<String, Value>) -> String {
    let debit = debit_of(types);
    let card = types.contains(&json!("card"));
    let by_debit = debit.is_some() && (!card || field(form, "method") == "bank-debit");
    let checked = |on: bool| if on { " checked" } else { "" };
    let mut html = "<h2>Payment method</h2>\n<fieldset class=\"methods\"><legend class=\"hidden\">Payment method</legend>\n".to_owned();
    if card {
        html.push_str(&format!(
            "<label class=\"method\" for=\"method-card\"><input type=\"radio\" id=\"method-card\" name=\"method\" value=\"card\"{}>Card</label>\n",
            checked(!by_debit)
        ));
    }
    if debit.is_some() {
        html.push_str(&format!(
            "<label class=\"method\" for=\"method-bank-debit\"><input type=\"radio\" id=\"method-bank-debit\" name=\"method\" \
             value=\"bank-debit\"{}>Bank debit</label>\n",
            checked(by_debit)
        ));
    }
    html.push_str("</fieldset>\n");
    if card {
        html.push_str(&format!(
            "<div class=\"panel\" id=\"panel-card\">\n<label for=\"card-number\">Card number</label>\n<input id=\"card-number\" \
             name=\"card-number\" inputmode=\"numeric\" autocomplete=\"cc-number\" placeholder=\"1234 1234 1234 1234\" maxlength=\"23\" \
             aria-describedby=\"error\">\n<div class=\"pair\"><div><label for=\"card-expiry\">Expiry (MM / YY)</label>\n<input \
             id=\"card-expiry\" name=\"card-expiry\" inputmode=\"numeric\" autocomplete=\"cc-exp\" placeholder=\"MM / YY\" maxlength=\"9\" \
             aria-describedby=\"error\"></div>\n<div><label for=\"card-cvc\">Security code</label>\n<input id=\"card-cvc\" name=\"card-cvc\" \
             inputmode=\"numeric\" autocomplete=\"cc-csc\" placeholder=\"CVC\" maxlength=\"4\" aria-describedby=\"error\"></div></div>\n<label \
             for=\"card-name\">Name on card</label>\n<input id=\"card-name\" name=\"card-name\" autocomplete=\"cc-name\" maxlength=\"200\" \
             value=\"{}\">\n</div>\n",
            escape(field(form, "card-name"))
        ));
    }
    if let Some(debit) = debit {
        let (label, hint) = if debit == "sepa_debit" {
            ("IBAN", "AT611904300234573201 succeeds, AT861904300235473202 fails")
        } else {
            ("Account number", "000123456789 succeeds, 000222222227 fails")
        };
        html.push_str(&format!(
            "<div class=\"panel\" id=\"panel-bank-debit\">\n<label for=\"bank-account\">{label}</label>\n<input id=\"bank-account\" \
             name=\"bank-account\" autocomplete=\"off\" maxlength=\"42\" aria-describedby=\"bank-hint\">\n<p class=\"fine\" \
             id=\"bank-hint\">Test accounts: {hint}. The debit is decided later.</p>\n<label for=\"bank-name\">Account holder</label>\n<input \
             id=\"bank-name\" name=\"bank-name\" autocomplete=\"name\" maxlength=\"200\" value=\"{}\">\n</div>\n",
            escape(field(form, "bank-name"))
        ));
    }
    html
}

//! The page of an account link: the owner of a connected account tells what has to be known, or leaves it for later.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value};

use super::{escape, field, fields, fill, json_answer, notice, onward, page, wants_json};
use crate::Sandbox;
use crate::resources::account_links::{self, Visit};
use crate::resources::accounts;
use crate::state::text;

pub(crate) async fn show(
    Extract(sandbox): Extract<Sandbox>,
    Path((account, token)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    let mut state = sandbox.lock();
    state.run_due();
    match account_links::open(&mut state, &format!("{account}/{token}")) {
        Visit::Open(link) => form(&sandbox, &link, &Map::new(), ""),
        Visit::Over(refresh_url) => onward(&headers, &refresh_url),
        Visit::Unknown => unknown(),
    }
}

fn unknown() -> Response<Body> {
    notice(
        StatusCode::NOT_FOUND,
        "Page not found",
        "There is nothing to set up under this address.",
        None,
    )
}

fn form(sandbox: &Sandbox, link: &Value, given: &Map<String, Value>, error: &str) -> Response<Body> {
    let value = |name: &str| escape(field(given, name));
    let content = fill(
        include_str!("onboarding.html"),
        &[
            ("merchant", &escape(&sandbox.config().merchant_name)),
            ("id", &escape(text(link, "id"))),
            ("error", &escape(error)),
            ("first_name", &value("first_name")),
            ("last_name", &value("last_name")),
            ("bank_account", &value("bank_account")),
        ],
    );
    let status = if error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    page(status, "Get paid", &content, &[text(link, "_return_url")])
}

/// What is wrong with what was told, and the field it is about.
fn objection(given: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let number = field(given, "bank_account");
    let is_number = number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if field(given, "first_name").is_empty() {
        Some(("first_name", "Please give your first name."))
    } else if field(given, "last_name").is_empty() {
        Some(("last_name", "Please give your last name."))
    } else if !is_number {
        Some((
            "bank_account",
            "Please give the number of your bank account, or its IBAN.",
        ))
    } else {
        None
    }
}

/// Takes what the owner has told, or lets them go without it.
pub(crate) async fn tell(
    Extract(sandbox): Extract<Sandbox>,
    Path((account, token)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let given = std::str::from_utf8(&body).map(fields).unwrap_or_default();
    let url = {
        let mut state = sandbox.lock();
        state.run_due();
        let link = match account_links::answered(&state, &format!("{account}/{token}")) {
            Visit::Open(link) => link,
            Visit::Over(refresh_url) => return onward(&headers, &refresh_url),
            Visit::Unknown => return unknown(),
        };
        if field(&given, "action") != "leave" {
            if let Some((name, message)) = objection(&given) {
                if wants_json(&headers) {
                    let told = serde_json::json!({ "error": message, "field": name });
                    return json_answer(StatusCode::BAD_REQUEST, &told);
                }
                return form(&sandbox, &link, &given, message);
            }
            let told = accounts::Told {
                first_name: field(&given, "first_name"),
                last_name: field(&given, "last_name"),
                bank_account: field(&given, "bank_account"),
            };
            accounts::onboard(&mut state, text(&link, "_account_of"), &told);
        }
        account_links::leave(&mut state, &link)
    };
    sandbox.wake();
    onward(&headers, &url)
}

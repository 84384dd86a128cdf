//! The pages a buyer sees: checkout, the bank's challenge, receipts and invoices, the billing portal. Rendered here, with their own style and script, and
//! nothing from any other origin.
//!
//! They work without the script; with it, errors appear without a reload. Whatever a page sends is checked again here.

mod challenge;
mod checkout;
mod invoice;
mod invoice_pdf;
mod onboarding;
mod portal;
mod portal_views;
mod receipt;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::get;
use serde_json::{Map, Value, json};

pub(crate) use self::challenge::{Verdict, decide};
use crate::Sandbox;
use crate::wire::form;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/c/pay/{session}", get(checkout::show).post(checkout::pay))
        .route("/c/challenge/{intent}", get(challenge::show).post(challenge::answer))
        .route(
            "/setup/s/{account}/{token}",
            get(onboarding::show).post(onboarding::tell),
        )
        .route("/receipts/{charge}", get(receipt::show))
        .route("/i/{invoice}", get(invoice::show).post(invoice::pay))
        .route("/i/{invoice}/pdf", get(invoice_pdf::show))
        .route("/p/session/{token}", get(portal::home).post(portal::act))
        .route("/p/session/{token}/payment-method", get(portal::method_page))
        .route(
            "/p/session/{token}/subscriptions/{subscription}/{word}",
            get(portal::subscription_page),
        )
        .route(
            "/c/assets/style.css",
            get(|| async { asset("text/css; charset=utf-8", include_str!("style.css")) }),
        )
        .route(
            "/c/assets/page.js",
            get(|| async { asset("text/javascript; charset=utf-8", include_str!("page.js")) }),
        )
}

fn asset(kind: &'static str, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static(kind));
    response
        .headers_mut()
        .insert("cache-control", HeaderValue::from_static("public, max-age=300"));
    response
        .headers_mut()
        .insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

/// A whole page. `then` is where a form on it may lead, beside the sandbox itself.
fn page(status: StatusCode, title: &str, content: &str, then: &[&str]) -> Response<Body> {
    let html = fill(
        include_str!("page.html"),
        &[("title", &escape(title)), ("content", content)],
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let mut policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri \
                      'none'; frame-ancestors 'none'; form-action 'self'"
            .to_owned();
    for origin in then.iter().filter_map(|url| origin(url)) {
        policy.push(' ');
        policy.push_str(&origin);
    }
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert("content-security-policy", policy);
    }
    response
}

/// Scheme, host and port of a URL, if they are plain enough to stand in a header.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-.:[]_".contains(&b))
    };
    (plain(scheme) && plain(host) && !host.is_empty()).then(|| format!("{scheme}://{host}"))
}

/// Sends the browser on: as JSON to the script, as a redirect to a plain form.
fn onward(headers: &HeaderMap, url: &str) -> Response<Body> {
    if wants_json(headers) {
        return json_answer(StatusCode::OK, &json!({ "redirect": url }));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(url) {
        response.headers_mut().insert("location", location);
    }
    response
}

fn json_answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    response
        .headers_mut()
        .insert("cache-control", HeaderValue::from_static("no-store"));
    response
}

fn wants_json(headers: &HeaderMap) -> bool {
    crate::wire::header(headers, "accept").is_some_and(|accept| accept.contains("application/json"))
}

/// The fields of a form; a malformed one has none.
fn fields(body: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    if form::decode_into(&mut fields, body).is_err() {
        fields.clear();
    }
    fields
}

fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or("").trim()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Puts values, already escaped, into a template's `{{name}}` places. A value is never looked into again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once("{{") {
        let (name, after) = tail.split_once("}}").unwrap_or((tail, ""));
        filled.push_str(before);
        filled.push_str(
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map_or("", |(_, value)| value),
        );
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A page that only says something, with at most one way on.
fn notice(status: StatusCode, title: &str, text: &str, link: Option<(&str, &str)>) -> Response<Body> {
    let link = link.map_or(String::new(), |(url, label)| {
        format!(
            "<p><a class=\"button quiet\" id=\"cancel\" href=\"{}\">{}</a></p>",
            escape(url),
            escape(label)
        )
    });
    let content = format!(
        "<main class=\"notice\"><h1>{}</h1><p id=\"notice\" role=\"status\">{}</p>{link}</main>",
        escape(title),
        escape(text)
    );
    page(status, title, &content, &[])
}

/// The reference of the control API.
pub(crate) fn reference(name: &str, calls: &[(&str, &str, &str, &str)]) -> Response<Body> {
    let mut rows = String::new();
    for (method, path, body, text) in calls {
        let (path, body, text) = (escape(path), escape(body), escape(text));
        rows.push_str(&fill(
            "<dt><code>{{method}} {{path}}</code> <code>{{body}}</code></dt>\n<dd>{{text}}</dd>\n",
            &[("method", method), ("path", &path), ("body", &body), ("text", &text)],
        ));
    }
    let content = format!(
        "<main class=\"reference\"><h1>{}: control API</h1><p>The API is at <code>/v1</code>; version {}.</p><dl>{rows}</dl></main>",
        escape(name),
        crate::API_VERSION
    );
    page(StatusCode::OK, "Sandbox", &content, &[])
}

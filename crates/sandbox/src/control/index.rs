//! The index of the control API: a page for a browser, JSON for everything else.

use axum::body::Body;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};

use super::reply;
use crate::Sandbox;

/// Every call: method, path, body, and what it does.
const CALLS: &[(&str, &str, &str, &str)] = &[
    ("GET", "/_sandbox/state", "", "the whole state as JSON"),
    ("POST", "/_sandbox/reset", "", "start again from nothing"),
    ("GET", "/_sandbox/clock", "", "the sandbox's time"),
    (
        "POST",
        "/_sandbox/clock",
        "{\"advance\": seconds} or {\"to\": time}",
        "let time pass; what falls due happens",
    ),
    ("POST", "/_sandbox/run-due", "", "do what is due now"),
    ("GET", "/_sandbox/faults", "", "the faults in force"),
    (
        "POST",
        "/_sandbox/faults",
        "{\"kind\", \"count\", \"per_mille\", …}",
        "put a fault in force, for the next `count` times or by luck. Deliveries (filter: endpoint, type): duplicate {copies}, reorder \
         {window}, delay {ms}, drop, corrupt_body, corrupt_signature, clock_skew {seconds}. API (filter: method, path): down, refuse \
         {status}, rate_limit {retry_after}, conflict, latency {ms}, fail {status} (kept under the key), timeout_after {ms}, error_after \
         {status}",
    ),
    ("DELETE", "/_sandbox/faults", "", "lift all faults"),
    ("DELETE", "/_sandbox/faults/{id}", "", "lift one"),
    (
        "GET",
        "/_sandbox/deliveries?event=&endpoint=&status=&type=",
        "",
        "deliveries and their attempts, newest first",
    ),
    ("POST", "/_sandbox/deliveries/pause", "", "keep deliveries back"),
    ("POST", "/_sandbox/deliveries/resume", "", "let them go"),
    (
        "POST",
        "/_sandbox/deliveries/flush",
        "",
        "make retries, delayed and held deliveries due now",
    ),
    (
        "POST",
        "/_sandbox/drain",
        "{\"timeout_ms\", \"flush\"}",
        "wait until nothing is due or in flight",
    ),
    (
        "POST",
        "/_sandbox/events/{event}/resend",
        "{\"endpoint\"}",
        "deliver an event once more",
    ),
    (
        "POST",
        "/_sandbox/forge",
        "{\"type\", \"object\", \"secret\", \"endpoint\"}",
        "deliver an event that never happened, wrongly signed",
    ),
    (
        "POST",
        "/_sandbox/endpoints",
        "{\"url\", \"secret\", \"enabled_events\", \"connect\"}",
        "register an endpoint with a given secret",
    ),
    (
        "POST",
        "/_sandbox/endpoints/{endpoint}/roll",
        "{\"overlap_seconds\", \"secret\"}",
        "a new secret; the old one signs too for a while",
    ),
    (
        "POST",
        "/_sandbox/checkout/{session}/pay",
        "{\"card\" | \"payment_method\" | \"bank_account\", \"email\", \"name\", \"challenge\"}",
        "pay a session without its page; challenge is complete or fail",
    ),
    (
        "POST",
        "/_sandbox/challenges/{intent}",
        "{\"verdict\"}",
        "answer a challenge: complete or fail",
    ),
    (
        "POST",
        "/_sandbox/payments/{intent or session}/settle",
        "{\"outcome\", \"code\"}",
        "decide a bank debit: succeeded or failed",
    ),
    (
        "POST",
        "/_sandbox/refunds/{refund}/settle",
        "{\"outcome\", \"reason\"}",
        "end a refund: succeeded, or failed even after it has succeeded",
    ),
    (
        "POST",
        "/_sandbox/disputes",
        "{\"charge\" | \"payment_intent\", \"reason\", \"inquiry\"}",
        "open a dispute",
    ),
    (
        "POST",
        "/_sandbox/early-fraud-warnings",
        "{\"charge\" | \"payment_intent\", \"fraud_type\"}",
        "the bank warns of fraud",
    ),
    (
        "POST",
        "/_sandbox/disputes/{dispute}/close",
        "{\"won\"}",
        "decide a dispute: won or lost",
    ),
    (
        "POST",
        "/_sandbox/accounts/{account}/onboard",
        "{\"first_name\", \"last_name\", \"bank_account\"}",
        "the owner of a connected account tells everything",
    ),
    (
        "POST",
        "/_sandbox/accounts/{account}/restrict",
        "",
        "a connected account has to tell more before it can be paid again",
    ),
    (
        "POST",
        "/_sandbox/payouts/{payout}/settle",
        "{\"outcome\", \"code\"}",
        "a payout arrives: paid, or comes back even after that: failed",
    ),
];

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, headers: HeaderMap) -> Response<Body> {
    let html = crate::wire::header(&headers, "accept").is_some_and(|accept| accept.contains("text/html"));
    if html {
        return crate::pages::reference(&sandbox.config().merchant_name, CALLS);
    }
    let calls: Vec<Value> = CALLS
        .iter()
        .map(|(method, path, body, text)| json!({ "method": method, "path": path, "body": body, "does": text }))
        .collect();
    reply(Ok(json!({ "sandbox": crate::API_VERSION, "calls": calls })))
}

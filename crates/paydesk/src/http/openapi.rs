//! The OpenAPI 3.1 document: derived from the routes, completed once, and the contract of the API.
//!
//! What every operation shares is added here and not per handler: the problem document as the default answer, the
//! schemes of security, the Idempotency-Key of POSTs. `docs/openapi.json` is the committed copy; a test keeps it fresh.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::routes;
use crate::app::App;
use crate::sign_in;

/// Operations with this tag are called by machines that know no Idempotency-Key.
const WEBHOOKS: &str = "webhooks";

/// POSTs that change nothing, and only hide what they ask about from the address. They need no Idempotency-Key.
pub const READING_POSTS: &[&str] = &["verify_key"];

/// The whole document.
pub fn document() -> Value {
    let (_router, derived) = routes::api()
        .merge(routes::webhooks())
        .merge(routes::internal())
        .split_for_parts();
    let mut document = serde_json::to_value(derived).expect("a document made of strings and maps serializes");
    complete(&mut document);
    document
}

/// The document as it is committed and printed: indented, with a line end.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).expect("a JSON value serializes");
    text.push('\n');
    text
}

/// `GET /openapi.json`
pub(super) async fn get_document(State(_app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document().to_string()).into_response()
}

fn complete(document: &mut Value) {
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "paydesk",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": env!("CARGO_PKG_DESCRIPTION"),
        "description": "Amounts are integers in the currency's minor unit. Times are RFC 3339 in UTC. Every answer that \
                        is not a success is a problem document (RFC 9457) with a stable `code`. Every POST that changes something takes \
                        an `Idempotency-Key`: a repeat with the same key and body gives the same answer and acts once.",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/", "description": "This server." }]);
    document["security"] = json!([{ "bearer": [] }, { "session": [] }]);
    let components = &mut document["components"];
    components["securitySchemes"]["bearer"] = json!({
        "type": "http",
        "scheme": "bearer",
        "description": "A user token signed by your application (JWT), a service token (`pdk_…`) or the admin token.",
    });
    components["securitySchemes"]["session"] = json!({
        "type": "apiKey",
        "in": "cookie",
        "name": sign_in::COOKIE,
        "description": "A browser that is signed in to the console or to the account pages. What changes something must come \
                        from a page of this server.",
    });
    components["schemas"]["Problem"] = problem_schema();
    components["responses"]["Problem"] = json!({
        "description": "The request was refused (4xx) or failed (5xx).",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    components["parameters"]["IdempotencyKey"] = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": true,
        "description": "A value of your choice, new for every action and the same for every repeat of it.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        "example": "7f1c2f0e-9f2b-4f4e-8a8e-0d4f6c1f6a11",
    });
    for (method, operation) in operations(document) {
        complete_operation(&method, operation);
    }
}

fn complete_operation(method: &str, operation: &mut Map<String, Value>) {
    let webhook = operation
        .get("tags")
        .and_then(Value::as_array)
        .is_some_and(|tags| tags.contains(&json!(WEBHOOKS)));
    let reading = operation
        .get("operationId")
        .and_then(Value::as_str)
        .is_some_and(|id| READING_POSTS.contains(&id));
    if method == "post" && !webhook && !reading {
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
    }
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    responses["default"] = json!({ "$ref": "#/components/responses/Problem" });
}

/// Every operation of the document with its method.
fn operations(document: &mut Value) -> impl Iterator<Item = (String, &mut Map<String, Value>)> {
    const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(|item| {
            item.iter_mut().filter_map(|(method, operation)| {
                let known = METHODS.contains(&method.as_str());
                operation
                    .as_object_mut()
                    .filter(|_| known)
                    .map(|operation| (method.clone(), operation))
            })
        })
}

/// The codes of all kinds of problem, in order. Not an `enum`: a client of an older release must read a newer one's answers.
fn known_codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = routes::KINDS.iter().copied().flatten().map(|kind| kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "A problem document (RFC 9457). Some kinds add members of their own.",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "A page of this server that explains the kind of problem." },
            "title": { "type": "string", "description": "The kind of problem, in a sentence." },
            "status": { "type": "integer", "format": "int32", "description": "The HTTP status." },
            "code": {
                "type": "string",
                "description": "The kind of problem, for programs. Stable; a later release may know more than `x-known-codes`.",
                "x-known-codes": known_codes(),
            },
            "detail": { "type": "string", "description": "What is particular to this occurrence." },
            "field": { "type": "string", "description": "The field of the request that is to blame, as a path." },
            "request_id": { "type": "string", "description": "On 5xx: what to quote to the operator." },
        },
        "example": {
            "type": "/problems/invalid_request",
            "title": "A field of the request is wrong",
            "status": 422,
            "code": "invalid_request",
            "detail": "Missing field `quantity`.",
            "field": "items[0]",
        },
    })
}

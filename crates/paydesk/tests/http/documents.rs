//! The OpenAPI document, the page to read it, and the pages that explain problems.

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::StatusCode;
use paydesk::http::{openapi, reference, routes};
use tower::ServiceExt;

use crate::harness::{Answer, Harness, request};

/// Through the router as it is served, without the probes.
async fn page(path: &str) -> Answer {
    use http_body_util::BodyExt;
    let harness = Harness::new().await;
    let router = routes::router(harness.app.clone(), axum::Router::new());
    let response = router
        .oneshot(request("GET", path, "").body(axum::body::Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

#[test]
fn the_committed_document_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == openapi::text(),
        "docs/openapi.json is stale: run `cargo xtask openapi`"
    );
}

#[test]
fn every_operation_is_complete() {
    let document = openapi::document();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["license"]["name"], "Apache-2.0");
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("{method} {path} has no id"));
            assert!(ids.insert(id.to_owned()), "{id} twice");
            assert!(operation["summary"].is_string(), "{id} has no summary");
            assert!(operation["tags"][0].is_string(), "{id} has no tag");
            assert!(
                operation["responses"]["default"].is_object(),
                "{id} has no default answer"
            );
            let successes = operation["responses"]
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| key.starts_with('2'));
            assert!(successes.count() > 0, "{id} has no success");
        }
    }
    assert!(ids.len() >= 3);
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn walk(document: &serde_json::Value, value: &serde_json::Value) {
        if let Some(reference) = value["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        match value {
            serde_json::Value::Object(members) => members.values().for_each(|value| walk(document, value)),
            serde_json::Value::Array(values) => values.iter().for_each(|value| walk(document, value)),
            _ => {}
        }
    }
    let document = openapi::document();
    walk(&document, &document);
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let document = page("/openapi.json").await;
    assert_eq!(document.json(), openapi::document());
    let html = page("/docs").await;
    assert_eq!(html.status, StatusCode::OK);
    let text = html.text();
    assert!(text.contains("curl -X GET") && text.contains("/readyz") && text.contains("No authentication"));
    // Nothing is loaded from elsewhere and nothing runs.
    assert!(!text.contains("<script") && !text.contains("=\"https://") && !text.contains("style=\""));
    let policy = html.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("style-src 'self'") && !policy.contains("unsafe"));
    assert_eq!(page("/assets/page.css").await.status, StatusCode::OK);
}

#[test]
fn the_page_escapes_and_makes_examples_from_schemas() {
    let document = serde_json::json!({
        "info": { "title": "<b>", "version": "1", "description": "One.\n\nTwo." },
        "paths": { "/things/{id}": { "post": {
            "operationId": "create_thing", "summary": "Make <one>", "tags": ["things"],
            "parameters": [
                { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "example": "th_1" } },
                { "name": "Idempotency-Key", "in": "header", "required": true, "schema": { "type": "string" }, "example": "k" },
            ],
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
            "responses": { "200": { "description": "Made.", "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Thing" } } } } },
        } } },
        "components": { "schemas": { "Thing": {
            "type": "object", "required": ["name"],
            "properties": {
                "name": { "type": "string", "example": "it's" },
                "kind": { "enum": ["a", "b"], "type": "string" },
                "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
                "note": { "type": ["string", "null"] },
            },
        } } },
    });
    let html = reference::render(&document, "http://host");
    assert!(html.contains("Make &lt;one&gt;") && !html.contains("<b>"));
    assert!(html.contains("curl -X POST &#39;http://host/things/th_1&#39;"));
    assert!(html.contains("-H &#39;Idempotency-Key: k&#39;"));
    assert!(html.contains("list of object") && html.contains("string or null") && html.contains("a | b"));
}

#[tokio::test]
async fn every_problem_has_a_page_behind_its_type() {
    let mut codes = BTreeSet::new();
    let index = page("/problems").await.text();
    for kind in routes::KINDS.iter().copied().flatten() {
        assert!(codes.insert(kind.code), "{} twice", kind.code);
        assert!(
            kind.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{}",
            kind.code
        );
        assert!((400..600).contains(&kind.status), "{}", kind.code);
        assert!(index.contains(kind.code), "{}", kind.code);
        let answer = page(&format!("/problems/{}", kind.code)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", kind.code);
    }
    assert_eq!(page("/problems/nonsense").await.status, StatusCode::NOT_FOUND);
}

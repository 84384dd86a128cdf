//! What holds for every operation of the document, those to come included.

use axum::Router;
use axum::body::Body;
use axum::http::header;
use http_body_util::BodyExt;
use paydesk::http::{openapi, routes};
use serde_json::json;
use tower::ServiceExt;

use crate::harness::{ADMIN_TOKEN, Answer, Harness, request};

struct Operation {
    id: String,
    method: String,
    /// The path with something put in for every parameter.
    path: String,
    is_public: bool,
    is_webhook: bool,
    takes_body: bool,
}

fn operations() -> Vec<Operation> {
    let document = openapi::document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parts = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part });
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: parts.collect::<Vec<_>>().join("/"),
                is_public: operation["security"] == json!([{}]),
                is_webhook: operation["tags"][0] == "webhooks",
                takes_body: operation["requestBody"].is_object(),
            });
        }
    }
    all
}

async fn send(router: &Router, request: axum::http::Request<Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

/// As it is served in public, without the probes.
async fn public() -> (Harness, Router) {
    let harness = Harness::with(&["--public-url=https://pay.example.com"], &[]).await;
    let router = routes::router(harness.app.clone(), Router::new());
    (harness, router)
}

#[tokio::test]
async fn a_stranger_gets_nothing_but_what_is_said_to_be_public() {
    let (_harness, router) = public().await;
    let mut guarded = 0;
    for operation in operations().iter().filter(|operation| !operation.is_public) {
        for token in ["", "wrong", "pdk_0000"] {
            let wanted = request(&operation.method, &operation.path, token)
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "k");
            let answer = send(&router, wanted.body(Body::from("{}")).unwrap()).await;
            assert_eq!(answer.code(), "unauthorized", "{} with {token:?}", operation.id);
        }
        guarded += 1;
    }
    assert!(guarded >= 10, "{guarded}");
}

#[tokio::test]
async fn every_post_wants_a_key_and_an_object() {
    let (_harness, router) = public().await;
    let posts: Vec<_> = operations()
        .into_iter()
        .filter(|one| one.method == "POST" && !one.is_webhook)
        .collect();
    assert!(posts.len() >= 5);
    let changing = posts
        .iter()
        .filter(|one| !openapi::READING_POSTS.contains(&one.id.as_str()));
    for operation in changing {
        let without_key =
            request("POST", &operation.path, ADMIN_TOKEN).header(header::CONTENT_TYPE, "application/json");
        let answer = send(&router, without_key.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.code(), "idempotency_key_missing", "{}", operation.id);
    }
    for operation in posts {
        for (body, codes) in [
            ("", &["malformed_body"][..]),
            ("[]", &["invalid_request"]),
            ("{\"zz\": 1}", &["invalid_request"]),
        ] {
            if body.is_empty() && !operation.takes_body {
                continue;
            }
            let wanted = request("POST", &operation.path, ADMIN_TOKEN)
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "k");
            let answer = send(&router, wanted.body(Body::from(body)).unwrap()).await;
            assert!(
                codes.contains(&answer.code().as_str()),
                "{} {body}: {}",
                operation.id,
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn every_get_knows_its_parameters() {
    let (_harness, router) = public().await;
    for operation in operations().iter().filter(|operation| operation.method == "GET") {
        let path = format!("{}?limit=minus&zz=%FF%00", operation.path);
        let answer = send(&router, request("GET", &path, ADMIN_TOKEN).body(Body::empty()).unwrap()).await;
        assert!(!answer.status.is_server_error(), "{}: {}", operation.id, answer.text());
    }
}

#[test]
fn what_the_api_takes_has_no_room_for_misspelt_fields() {
    let document = openapi::document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if name.ends_with("In") && schema["properties"].is_object() {
            assert_eq!(schema["additionalProperties"], false, "{name} takes unknown fields");
        }
    }
}

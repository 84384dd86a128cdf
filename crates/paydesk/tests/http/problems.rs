//! Every refusal and every fault, as the caller sees it.

use axum::body::Body;
use axum::http::{StatusCode, header};
use serde_json::Value;

use crate::harness::{Answer, Harness, request, user_token};

fn json_post(path: &str, body: &str) -> axum::http::Request<Body> {
    let builder = request("POST", path, "").header(header::CONTENT_TYPE, "application/json");
    builder.body(Body::from(body.to_owned())).unwrap()
}

/// Status, media type and document, as a snapshot shows them.
fn shown(answer: &Answer) -> Value {
    serde_json::json!({
        "status": answer.status.as_u16(),
        "media_type": answer.headers[header::CONTENT_TYPE].to_str().unwrap(),
        "retry_after": answer.headers.get(header::RETRY_AFTER).map(|value| value.to_str().unwrap()),
        "document": answer.json(),
    })
}

#[tokio::test]
async fn a_bad_body_names_what_to_mend() {
    let harness = Harness::new().await;
    let cases = [
        ("not_json", "{\"name\": "),
        ("trailing", "{\"name\": \"a\", \"items\": []} x"),
        ("missing_field", "{\"items\": []}"),
        (
            "missing_nested_field",
            "{\"name\": \"a\", \"items\": [{\"quantity\": 1}, {}]}",
        ),
        ("unknown_field", "{\"name\": \"a\", \"items\": [], \"nmae\": 1}"),
        (
            "wrong_type",
            "{\"name\": \"a\", \"items\": [{\"quantity\": 1}, {\"quantity\": \"two\"}]}",
        ),
        ("out_of_range", "{\"name\": \"a\", \"items\": [{\"quantity\": 300}]}"),
        ("not_an_object", "[]"),
        ("positional", " [\"a\", []]"),
        ("text_for_an_object", "\"a\""),
    ];
    for (name, body) in cases {
        let answer = harness.send(json_post("/probe/echo", body)).await;
        insta::assert_json_snapshot!(format!("body_{name}"), shown(&answer));
    }
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let harness = Harness::new().await;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ] {
        let request = request("POST", "/probe/echo", "").header(header::CONTENT_TYPE, media_type);
        let answer = harness.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (415, "unsupported_media_type"),
            "{media_type}"
        );
    }
    let absent = request("POST", "/probe/echo", "").body(Body::from("{}")).unwrap();
    assert_eq!(harness.send(absent).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let charset = request("POST", "/probe/echo", "").header(header::CONTENT_TYPE, "Application/JSON; charset=utf-8");
    let answer = harness
        .send(charset.body(Body::from("{\"name\": \"a\", \"items\": []}")).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn addresses_that_lead_nowhere() {
    let harness = Harness::new().await;
    insta::assert_json_snapshot!("no_such_path", shown(&harness.get("/probe/nothing", "").await));
    insta::assert_json_snapshot!("bad_path_parameter", shown(&harness.get("/probe/items/many", "").await));
    insta::assert_json_snapshot!("bad_query", shown(&harness.get("/probe/page?limit=1000", "").await));
    insta::assert_json_snapshot!("unknown_query", shown(&harness.get("/probe/page?size=1", "").await));
    let method = harness
        .send(request("DELETE", "/probe/admin", "").body(Body::empty()).unwrap())
        .await;
    insta::assert_json_snapshot!("method_not_allowed", shown(&method));
    assert_eq!(method.headers[header::ALLOW], "GET,HEAD");
    assert_eq!(harness.get("/probe/page?limit=3", "").await.text(), "Some(3)");
}

#[tokio::test]
async fn a_fault_shows_its_request_id_and_nothing_else() {
    let harness = Harness::new().await;
    let cases = [
        ("busy", 503, "unavailable"),
        ("full", 503, "unavailable"),
        ("unknown", 503, "unavailable"),
        ("stopped", 503, "unavailable"),
        ("corrupt", 500, "internal"),
        ("other", 500, "internal"),
        ("stripe", 502, "stripe_unavailable"),
    ];
    for (which, status, code) in cases {
        let answer = harness.get(&format!("/probe/fault/{which}"), "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{which}"
        );
        assert_eq!(
            answer.json()["request_id"],
            answer.headers["x-request-id"].to_str().unwrap(),
            "{which}"
        );
        assert!(!answer.text().contains("canary"), "{which}: {}", answer.text());
        let passing = status != 500;
        assert_eq!(answer.headers.contains_key(header::RETRY_AFTER), passing, "{which}");
    }
    insta::assert_json_snapshot!("fault", shown(&harness.get("/probe/fault/corrupt", "").await));
}

#[tokio::test]
async fn a_panic_is_a_fault_and_the_server_goes_on() {
    let harness = Harness::new().await;
    let answer = harness.get("/probe/panic", "").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "internal"));
    assert!(!answer.text().contains("canary"));
    assert_eq!(harness.get("/livez", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_handler_that_hangs_is_given_up() {
    let harness = Harness::with(&["--handler-timeout-ms", "20"], &[]).await;
    let answer = harness.get("/probe/hang", "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (503, "handler_timeout")
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_an_id() {
    let harness = Harness::new().await;
    for path in ["/livez", "/probe/nothing", "/probe/panic", "/probe/admin", "/readyz"] {
        let answer = harness.get(path, "").await;
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
            "{path}"
        );
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_any_other_replaced() {
    let harness = Harness::new().await;
    for (given, kept) in [
        ("abc-1.2_3", true),
        ("a b", false),
        ("", false),
        ("x\"y", false),
        (&"a".repeat(129), false),
    ] {
        let request = request("GET", "/livez", &user_token("u")).header("x-request-id", given);
        let answer = harness.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers["x-request-id"] == given, kept, "{given}");
        assert!(!answer.headers["x-request-id"].is_empty());
    }
}

//! Pages of the application call the API from a browser; pages of others cannot.

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};

use crate::harness::{Harness, JWT_SECRET, request, user_token};

const APPLICATION: &str = "https://app.example.com";

async fn harness() -> Harness {
    let origins = format!("--return-origins={APPLICATION}/,http://localhost:3000");
    Harness::with(&[&origins], &[("PAYDESK_JWT_SECRET", JWT_SECRET)]).await
}

fn preflight(origin: &str, path: &str) -> Request<Body> {
    request("OPTIONS", path, "")
        .header(header::ORIGIN, origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,idempotency-key")
        .body(Body::empty())
        .unwrap()
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("access-control-allow-origin")?;
    Some(value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_of_the_application_is_told_what_it_may_send() {
    let harness = harness().await;
    for origin in [APPLICATION, "http://localhost:3000"] {
        let answer = harness.send(preflight(origin, "/api/orders")).await;
        assert_eq!(answer.status, 204);
        assert_eq!(allowed(&answer.headers), Some(origin));
        assert_eq!(answer.headers[header::VARY], "origin");
        let headers = answer.headers["access-control-allow-headers"].to_str().unwrap();
        for needed in [
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "last-event-id",
        ] {
            assert!(headers.contains(needed), "{needed}");
        }
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test]
async fn it_reads_every_answer_refusals_too() {
    let harness = harness().await;
    let user = user_token("user_1");
    for (path, token, status) in [
        ("/api/financial/credits/user_1", user.as_str(), 200),
        ("/api/financial/credits/user_2", user.as_str(), 404),
        ("/api/financial/credits/user_1", "", 401),
        ("/nowhere", "", 404),
    ] {
        let asked = request("GET", path, token).header(header::ORIGIN, APPLICATION);
        let answer = harness.send(asked.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(allowed(&answer.headers), Some(APPLICATION), "{path}");
        let exposed = answer.headers["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("retry-after") && exposed.contains("x-request-id"));
    }
}

#[tokio::test]
async fn other_origins_are_told_nothing() {
    let harness = harness().await;
    for origin in [
        "https://app.example.com.evil.example",
        "http://app.example.com",
        "https://evil.example",
        "null",
    ] {
        let answer = harness.send(preflight(origin, "/api/orders")).await;
        assert_eq!(
            (answer.status.as_u16(), allowed(&answer.headers)),
            (405, None),
            "{origin}"
        );
        let asked = request("GET", "/livez", "").header(header::ORIGIN, origin);
        let answer = harness.send(asked.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), allowed(&answer.headers)),
            (200, None),
            "{origin}"
        );
    }
}

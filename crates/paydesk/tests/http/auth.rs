//! Who may do what.

use axum::body::Body;
use axum::http::{StatusCode, header};
use paydesk::tokens::{self, Scope, Scopes};
use secrecy::ExposeSecret;

use crate::harness::{ADMIN_TOKEN, Harness, request, user_token};

async fn service_token(harness: &Harness, scopes: &[Scope]) -> String {
    let scopes: Scopes = scopes.iter().copied().collect();
    let app = &harness.app;
    let created = tokens::create(&app.store, &app.clock, &app.ids, "test", scopes)
        .await
        .unwrap();
    created.secret.expose_secret().to_owned()
}

#[tokio::test]
async fn who_may_see_a_user() {
    let harness = Harness::new().await;
    let reader = service_token(&harness, &[Scope::CreditsRead]).await;
    let other = service_token(&harness, &[Scope::OrdersRead]).await;
    let (own, foreign) = (user_token("user_1"), user_token("user_2"));
    #[rustfmt::skip]
    let cases = [
        ("their own",          "/probe/users/user_1",  own.as_str(),     200),
        ("somebody else's",    "/probe/users/user_1",  foreign.as_str(), 404),
        ("nobody's",           "/probe/users/nobody",  foreign.as_str(), 404),
        ("a reading service",  "/probe/users/user_1",  reader.as_str(),  200),
        ("another service",    "/probe/users/user_1",  other.as_str(),   403),
        ("the operator",       "/probe/users/user_1",  ADMIN_TOKEN,      200),
        ("nobody known",       "/probe/users/user_1",  "",               401),
        ("not a user id",      "/probe/users/%0A",     ADMIN_TOKEN,      404),
    ];
    for (name, path, token, status) in cases {
        let answer = harness.get(path, token).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.text());
    }
    // What is somebody else's looks exactly like what is not there.
    let foreign_answer = harness.get("/probe/users/user_1", &foreign).await;
    let absent_answer = harness.get("/probe/users/nobody", &foreign).await;
    assert_eq!(foreign_answer.body, absent_answer.body);
}

#[tokio::test]
async fn scopes_and_the_operator() {
    let harness = Harness::new().await;
    let spender = service_token(&harness, &[Scope::CreditsSpend]).await;
    let reader = service_token(&harness, &[Scope::CreditsRead]).await;
    let user = user_token("user_1");
    #[rustfmt::skip]
    let cases = [
        ("/probe/scoped", spender.as_str(), 200),
        ("/probe/scoped", reader.as_str(),  403),
        ("/probe/scoped", user.as_str(),    403),
        ("/probe/scoped", ADMIN_TOKEN,      200),
        ("/probe/admin",  spender.as_str(), 403),
        ("/probe/admin",  user.as_str(),    403),
        ("/probe/admin",  ADMIN_TOKEN,      200),
    ];
    for (path, token, status) in cases {
        assert_eq!(harness.get(path, token).await.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn headers_that_are_no_bearer_token() {
    let harness = Harness::new().await;
    let admin = format!("Bearer {ADMIN_TOKEN}");
    let long = format!("Bearer {}", "a".repeat(9_000));
    #[rustfmt::skip]
    let cases = [
        ("Basic YWRtaW46YWRtaW4=", 401), ("Bearer", 401), ("Bearer ", 401), ("", 401), (ADMIN_TOKEN, 401),
        (long.as_str(), 401), (&admin[..admin.len() - 1], 401), (&format!("{admin}x"), 401),
        (&format!("Bearer  {ADMIN_TOKEN}"), 401), (admin.as_str(), 200), (&admin.replace("Bearer", "bearer"), 200),
    ];
    for (value, status) in cases {
        let request = request("GET", "/probe/admin", "").header(header::AUTHORIZATION, value);
        let answer = harness.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{value}");
    }
    let twice = request("GET", "/probe/admin", ADMIN_TOKEN).header(header::AUTHORIZATION, admin);
    assert_eq!(
        harness.send(twice.body(Body::empty()).unwrap()).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn metrics_are_open_on_a_desk_and_closed_in_public() {
    let desk = Harness::new().await;
    assert_eq!(desk.get("/metrics", "").await.status, StatusCode::OK);
    let public = ["--public-url=https://pay.example.com"];
    let closed = Harness::with(&public, &[]).await;
    assert_eq!(closed.get("/metrics", "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(closed.get("/metrics", ADMIN_TOKEN).await.status, StatusCode::OK);
    let reader = service_token(&closed, &[Scope::MetricsRead]).await;
    assert_eq!(closed.get("/metrics", &reader).await.status, StatusCode::OK);
    let other = service_token(&closed, &[Scope::CreditsRead]).await;
    assert_eq!(closed.get("/metrics", &other).await.status, StatusCode::FORBIDDEN);
    let open = Harness::with(&[public[0], "--open-metrics"], &[]).await;
    assert_eq!(open.get("/metrics", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn readiness_ends_when_the_process_is_asked_to_stop() {
    let harness = Harness::new().await;
    let ready = harness.get("/readyz", "").await;
    assert_eq!(
        (ready.status.as_u16(), ready.json()["status"].as_str()),
        (200, Some("ready"))
    );
    harness.app.shutdown.begin();
    let stopping = harness.get("/readyz", "").await;
    assert_eq!(
        (stopping.status.as_u16(), stopping.json()["status"].as_str()),
        (503, Some("stopping"))
    );
    assert_eq!(harness.get("/healthz", "").await.status, StatusCode::OK);
}

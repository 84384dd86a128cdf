//! Faults of the API, the clock, the state file, and the control API's own manners.

use std::time::Duration;

use axum::http::Method;
use sandbox::{Config, DEFAULT_SECRET_KEY, Sandbox};
use serde_json::{Value, json};

use crate::desk::{Desk, Endpoint};

#[tokio::test]
async fn the_api_refuses_limits_and_conflicts_on_demand() {
    let desk = Desk::new();
    for (fault, status, code) in [
        (json!({ "kind": "refuse", "status": 503, "count": 1 }), 503, ""),
        (
            json!({ "kind": "rate_limit", "retry_after": 7, "count": 1 }),
            429,
            "rate_limit",
        ),
        (json!({ "kind": "conflict", "count": 1 }), 409, "lock_timeout"),
    ] {
        desk.control("/faults", fault.clone()).await;
        let reply = desk.post("/v1/customers", &[]).await;
        assert_eq!((reply.status, reply.error("code")), (status, code), "{fault}");
        assert_eq!(reply.header("stripe-should-retry"), "true");
        if status == 429 {
            assert_eq!(reply.header("retry-after"), "7");
        }
        assert_eq!(
            desk.post("/v1/products", &[("name", "A")]).await.status,
            200,
            "it was for one request"
        );
    }
    assert_eq!(desk.get("/v1/customers", &[]).await.body["data"], json!([]));
    desk.control(
        "/faults",
        json!({ "kind": "refuse", "method": "POST", "path": "/v1/refunds" }),
    )
    .await;
    assert_eq!(desk.get("/v1/refunds", &[]).await.status, 200);
    assert_eq!(desk.post("/v1/refunds", &[]).await.status, 500);
    assert_eq!(desk.post("/v1/customers", &[]).await.status, 200);
    desk.send(Method::DELETE, "/_sandbox/faults", &[], String::new()).await;
    assert_eq!(desk.post("/v1/refunds", &[]).await.status, 400);
}

#[tokio::test]
async fn an_answer_is_lost_after_execution_and_found_again_by_its_key() {
    let sandbox = Sandbox::new(Config::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = sandbox.clone();
    tokio::spawn(async move { server.serve(listener, std::future::pending()).await });
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    let fault = |fault: Value| {
        client
            .post(format!("http://{address}/_sandbox/faults"))
            .body(fault.to_string())
            .send()
    };
    let create = || {
        client
            .post(format!("http://{address}/v1/customers"))
            .bearer_auth(DEFAULT_SECRET_KEY)
            .header("idempotency-key", "k")
            .send()
    };
    let count = || async {
        let list = client
            .get(format!("http://{address}/v1/customers"))
            .bearer_auth(DEFAULT_SECRET_KEY)
            .send()
            .await
            .unwrap();
        let list: Value = serde_json::from_str(&list.text().await.unwrap()).unwrap();
        list["data"].as_array().unwrap().len()
    };
    fault(json!({ "kind": "down", "count": 1 })).await.unwrap();
    assert!(create().await.is_err(), "the connection is closed");
    assert_eq!(count().await, 0, "nothing was executed");
    fault(json!({ "kind": "timeout_after", "ms": 10, "count": 1 }))
        .await
        .unwrap();
    assert!(create().await.is_err());
    assert_eq!(count().await, 1, "it was executed");
    fault(json!({ "kind": "error_after", "status": 502, "count": 1 }))
        .await
        .unwrap();
    assert_eq!(create().await.unwrap().status(), 502);
    let found = create().await.unwrap();
    assert_eq!(
        (
            found.status().as_u16(),
            found.headers()["idempotent-replayed"].to_str().unwrap()
        ),
        (200, "true")
    );
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn the_clock_is_turned_and_what_falls_due_happens_in_order() {
    let desk = Desk::with(Config {
        seed: Some(1),
        deterministic: true,
        start_time: Some(1_800_000_000),
        ..Config::default()
    });
    assert_eq!(desk.sandbox.now(), 1_800_000_000);
    let soon = (1_800_000_000 + 1800).to_string();
    let first = desk.session(&[("expires_at", &soon)]).await;
    let second = desk.session(&[]).await;
    let clock = desk.control("/clock", json!({ "advance": 100_000 })).await;
    assert_eq!(clock["now"], 1_800_100_000);
    let list = desk.get("/v1/events", &[("type", "checkout.session.expired")]).await;
    let events = list.body["data"].as_array().unwrap();
    assert_eq!(
        (&events[1]["data"]["object"]["id"], &events[1]["created"]),
        (&json!(first), &json!(1_800_001_800))
    );
    assert_eq!(
        (&events[0]["data"]["object"]["id"], &events[0]["created"]),
        (&json!(second), &json!(1_800_086_400))
    );
    let back = desk.control("/clock", json!({ "to": 5 })).await;
    assert!(back["error"].is_string(), "time does not run backwards");
}

#[tokio::test]
async fn a_running_clock_delivers_retries_by_itself() {
    let desk = Desk::with(Config {
        retry_schedule: vec![0, 0],
        ..Config::default()
    });
    let endpoint = Endpoint::start().await;
    let secret = desk.sandbox.add_webhook_endpoint(&endpoint.url);
    endpoint.answer_next(&[500]);
    desk.make("/v1/customers", &[]).await;
    endpoint.wait_for(2).await;
    assert!(endpoint.received().iter().all(|one| one.is_signed_with(&secret)));
    desk.sandbox.advance(40 * 86_400);
    desk.make("/v1/products", &[("name", "A")]).await;
    endpoint.wait_for(3).await;
    let ahead = desk.sandbox.now() - endpoint.received()[2].time();
    assert!(
        ahead > 39 * 86_400,
        "a receiver must still accept what a turned clock signs"
    );
    assert!(
        desk.get("/v1/events", &[("type", "customer.created")]).await.body["data"]
            .as_array()
            .unwrap()
            .is_empty(),
        "kept for thirty days"
    );
}

#[tokio::test]
async fn the_state_file_brings_everything_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let config = Config {
        seed: Some(5),
        deterministic: true,
        state_file: Some(file.clone()),
        ..Config::default()
    };
    let endpoint = Endpoint::start().await;
    let (session, customer, saved) = {
        let desk = Desk::with(config.clone());
        desk.sandbox.add_webhook_endpoint(&endpoint.url);
        endpoint.answer_next(&[500]);
        let session = desk.session(&[]).await;
        let keyed = desk
            .call(
                Method::POST,
                "/v1/customers",
                &[("name", "Ada")],
                &[("idempotency-key", "k")],
            )
            .await;
        desk.drain().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        desk.sandbox.serve(listener, std::future::ready(())).await;
        (session, keyed.id(), keyed.text)
    };
    let desk = Desk::with(config);
    assert_eq!(
        desk.get(&format!("/v1/customers/{customer}"), &[]).await.body["name"],
        "Ada"
    );
    let replayed = desk
        .call(
            Method::POST,
            "/v1/customers",
            &[("name", "Ada")],
            &[("idempotency-key", "k")],
        )
        .await;
    assert_eq!(replayed.text, saved);
    endpoint.wait_for(2).await;
    desk.drain().await;
    assert_eq!(
        endpoint.kinds(),
        ["customer.created", "customer.created"],
        "what was not delivered is delivered again"
    );
    let paid = desk.control(&format!("/checkout/{session}/pay"), json!({})).await;
    assert_eq!(paid["payment_status"], "paid");
    let other = desk.make("/v1/customers", &[]).await;
    assert_ne!(other, customer, "ids do not repeat after a restart");
    // Of its own, because the first is still written by the sandbox that has it.
    let half = file.with_extension("half");
    std::fs::write(&half, "{ half").unwrap();
    let fresh = Desk::with(Config {
        state_file: Some(half.clone()),
        ..Config::default()
    });
    assert_eq!(fresh.get("/v1/customers", &[]).await.body["data"], json!([]));
    assert!(
        half.with_extension("unreadable").exists(),
        "what cannot be read is set aside"
    );
}

#[tokio::test]
async fn reset_forgets_and_repeats() {
    let desk = Desk::new();
    let first = desk.make("/v1/customers", &[]).await;
    desk.control("/reset", json!({})).await;
    assert_eq!(desk.get("/v1/customers", &[]).await.body["data"], json!([]));
    desk.control("/reset", json!({})).await;
    assert_eq!(desk.make("/v1/customers", &[]).await, first, "the seed begins again");
}

#[tokio::test]
async fn the_control_api_documents_itself_and_refuses_nonsense_and_foreign_pages() {
    let desk = Desk::new();
    let index = desk.send(Method::GET, "/_sandbox", &[], String::new()).await;
    let calls = index.body["calls"].as_array().unwrap();
    assert!(calls.len() > 20);
    let html = desk
        .send(Method::GET, "/_sandbox", &[("accept", "text/html")], String::new())
        .await;
    assert!(html.text.contains("/_sandbox/drain"));
    let foreign = desk
        .send(
            Method::POST,
            "/_sandbox/reset",
            &[("sec-fetch-site", "cross-site")],
            String::new(),
        )
        .await;
    assert_eq!(foreign.status, 403);
    for (path, body, status) in [
        ("/faults", "{\"kind\":\"plague\"}", 400),
        ("/faults", "{\"kind\":\"delay\"}", 400),
        ("/faults", "{\"kind\":\"drop\",\"per_mille\":1001}", 400),
        ("/faults", "not json", 400),
        ("/faults", "[]", 400),
        ("/events/evt_absent/resend", "", 404),
        ("/endpoints/we_absent/roll", "", 404),
        ("/checkout/cs_absent/pay", "", 404),
        ("/refunds/re_absent/settle", "", 404),
        ("/disputes", "{\"charge\":\"ch_absent\"}", 404),
        ("/payments/pi_absent/settle", "", 409),
    ] {
        let reply = desk
            .send(Method::POST, &format!("/_sandbox{path}"), &[], body.to_owned())
            .await;
        assert_eq!(reply.status, status, "{path} {body}");
        assert!(reply.body["error"].is_string());
    }
}

#[tokio::test]
async fn drain_says_when_it_could_not() {
    let desk = Desk::new();
    let endpoint = Endpoint::start().await;
    desk.sandbox.add_webhook_endpoint(&endpoint.url);
    let gate = endpoint.close().await;
    desk.make("/v1/customers", &[]).await;
    assert!(!desk.sandbox.drain(Duration::from_millis(50)).await);
    drop(gate);
    desk.drain().await;
}

#[tokio::test]
async fn thousands_of_objects_are_found_changed_and_listed_as_if_they_were_few() {
    let desk = Desk::new();
    let first = desk
        .make(
            "/v1/customers",
            &[("email", "first@x.example"), ("metadata[k]", "\"quoted\" é")],
        )
        .await;
    let mut last = String::new();
    for number in 0..1500 {
        let email = format!("c{number}@x.example");
        last = desk.make("/v1/customers", &[("email", &email)]).await;
    }
    let path = format!("/v1/customers/{first}");
    assert_eq!(desk.get(&path, &[]).await.body["metadata"]["k"], "\"quoted\" é");
    assert_eq!(desk.post(&path, &[("name", "Ada")]).await.body["name"], "Ada");
    for _ in 0..1200 {
        desk.make("/v1/customers", &[]).await;
    }
    assert_eq!(
        desk.get(&path, &[]).await.body["name"],
        "Ada",
        "a change outlives being put aside"
    );
    let found = desk.get("/v1/customers", &[("email", "first@x.example")]).await;
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
    let mut seen = 0;
    let mut cursor = last;
    loop {
        let page = desk
            .get("/v1/customers", &[("limit", "100"), ("starting_after", &cursor)])
            .await;
        let items = page.body["data"].as_array().unwrap();
        seen += items.len();
        match items.last().filter(|_| page.body["has_more"] == true) {
            Some(item) => cursor = item["id"].as_str().unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, 1500, "1,499 made before it, and the first");
}

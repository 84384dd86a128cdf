//! Delivery: signatures, retries, lanes, rolled secrets, and every fault a delivery can meet.

use sandbox::{Config, EndpointConfig};
use serde_json::{Value, json};

use crate::desk::{Desk, Endpoint};

async fn desk_with_endpoint() -> (Desk, Endpoint, String) {
    let desk = Desk::new();
    let endpoint = Endpoint::start().await;
    let secret = desk.sandbox.add_webhook_endpoint(&endpoint.url);
    (desk, endpoint, secret)
}

async fn deliveries(desk: &Desk, query: &str) -> Vec<Value> {
    let reply = desk
        .send(
            axum::http::Method::GET,
            &format!("/_sandbox/deliveries{query}"),
            &[],
            String::new(),
        )
        .await;
    reply.body["deliveries"].as_array().unwrap().clone()
}

#[tokio::test]
async fn line_13_deliveries_are_signed_with_the_time_and_the_raw_body() {
    let (desk, endpoint, secret) = desk_with_endpoint().await;
    desk.make("/v1/customers", &[("name", "Ada")]).await;
    desk.drain().await;
    let received = &endpoint.received()[0];
    assert!(received.is_signed_with(&secret));
    assert!(!received.is_signed_with("whsec_other"));
    assert_eq!(received.time(), desk.sandbox.now());
    assert!(received.signature.contains(",v0="), "{}", received.signature);
    assert!(
        received.body.starts_with("{\n  \"id\": \"evt_"),
        "two blanks deep, as Stripe writes it"
    );
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_with_a_new_time_and_the_same_body() {
    let (desk, endpoint, secret) = desk_with_endpoint().await;
    endpoint.answer_next(&[500, 302, 400]);
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    assert_eq!(endpoint.received().len(), 1);
    for (pause, count) in [(1, 2), (5, 3), (30, 4)] {
        desk.sandbox.advance(pause - 1);
        desk.drain().await;
        assert_eq!(endpoint.received().len(), count - 1, "not before its time");
        assert_eq!(desk.event("customer.created").await["pending_webhooks"], 1);
        desk.sandbox.advance(1);
        endpoint.wait_for(count).await;
        desk.drain().await;
    }
    let received = endpoint.received();
    assert!(
        received
            .iter()
            .all(|one| one.is_signed_with(&secret) && one.body == received[0].body)
    );
    let times: Vec<i64> = received.iter().map(|one| one.time() - received[0].time()).collect();
    assert_eq!(times, [0, 1, 6, 36]);
    assert_eq!(desk.event("customer.created").await["pending_webhooks"], 0);
    let log = deliveries(&desk, "?status=delivered").await;
    let statuses: Vec<i64> = log[0]["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["status"].as_i64().unwrap())
        .collect();
    assert_eq!(
        statuses,
        [500, 302, 400, 200],
        "a redirect is not followed and is no success"
    );
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up() {
    let config = Config {
        seed: Some(1),
        deterministic: true,
        retry_schedule: vec![1, 2],
        ..Config::default()
    };
    let desk = Desk::with(config);
    desk.sandbox.add_webhook_endpoint("http://127.0.0.1:1/nobody");
    desk.make("/v1/customers", &[]).await;
    for _ in 0..3 {
        desk.drain().await;
        desk.sandbox.advance(10);
    }
    desk.drain().await;
    let log = deliveries(&desk, "?status=failed").await;
    assert_eq!(log[0]["attempts"].as_array().unwrap().len(), 3);
    assert!(log[0]["attempts"][0]["error"].as_str().unwrap().contains("127.0.0.1:1"));
    assert_eq!(
        desk.get("/v1/events", &[("delivery_success", "false")]).await.body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn each_endpoint_gets_what_it_asked_for_and_a_slow_one_keeps_nobody_waiting() {
    let (quick, slow, other) = (
        Endpoint::start().await,
        Endpoint::start().await,
        Endpoint::start().await,
    );
    let configured = |endpoint: &Endpoint, types: &[&str]| EndpointConfig {
        url: endpoint.url.clone(),
        secret: Some(format!("whsec_{}", types.len())),
        enabled_events: types.iter().map(|kind| (*kind).to_owned()).collect(),
        connect: false,
    };
    let webhook_endpoints = vec![
        configured(&slow, &["*"]),
        configured(&quick, &["customer.created", "product.created"]),
        configured(&other, &["price.created", "a.b", "c.d"]),
    ];
    let desk = Desk::with(Config {
        seed: Some(1),
        deterministic: true,
        webhook_endpoints,
        ..Config::default()
    });
    let gate = slow.close().await;
    for _ in 0..5 {
        desk.make("/v1/customers", &[]).await;
    }
    desk.make("/v1/products", &[("name", "A")]).await;
    quick.wait_for(6).await;
    slow.wait_for(1).await;
    assert_eq!(slow.received().len(), 1, "one at a time while the clock stands");
    drop(gate);
    desk.drain().await;
    assert_eq!(slow.received().len(), 6);
    assert_eq!(other.received().len(), 0);
    assert!(quick.received().iter().all(|one| one.is_signed_with("whsec_2")));
    assert!(slow.received().iter().all(|one| one.is_signed_with("whsec_1")));
    let disabled = desk.get("/v1/webhook_endpoints", &[]).await.body["data"][1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.post(&format!("/v1/webhook_endpoints/{disabled}"), &[("disabled", "true")])
        .await;
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    assert_eq!(quick.received().len(), 6);
}

#[tokio::test]
async fn while_a_secret_is_rolled_both_sign() {
    let (desk, endpoint, old) = desk_with_endpoint().await;
    let id = desk.get("/v1/webhook_endpoints", &[]).await.body["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let rolled = desk
        .control(&format!("/endpoints/{id}/roll"), json!({ "overlap_seconds": 3600 }))
        .await;
    let new = rolled["secret"].as_str().unwrap();
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    let both = &endpoint.received()[0];
    assert!(both.is_signed_with(&old) && both.is_signed_with(new));
    assert_eq!(both.signature.matches("v1=").count(), 2);
    desk.sandbox.advance(3600);
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    let after = &endpoint.received()[1];
    assert!(!after.is_signed_with(&old) && after.is_signed_with(new));
}

#[tokio::test]
async fn deliveries_are_duplicated_dropped_and_delayed_on_demand() {
    let (desk, endpoint, _) = desk_with_endpoint().await;
    desk.control("/faults", json!({ "kind": "duplicate", "copies": 2, "count": 1 }))
        .await;
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    let received = endpoint.received();
    assert_eq!(received.len(), 3);
    assert!(
        received
            .iter()
            .all(|one| one.event()["id"] == received[0].event()["id"])
    );
    desk.control("/faults", json!({ "kind": "drop", "count": 1, "type": "product.*" }))
        .await;
    desk.make("/v1/customers", &[]).await;
    desk.make("/v1/products", &[("name", "A")]).await;
    desk.drain().await;
    assert_eq!(
        endpoint.received().len(),
        4,
        "the product's event is lost, the customer's is not"
    );
    assert_eq!(desk.event("product.created").await["pending_webhooks"], 1);
    desk.control("/faults", json!({ "kind": "delay", "ms": 5000, "count": 1 }))
        .await;
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    assert_eq!(endpoint.received().len(), 4);
    desk.sandbox.advance(5);
    endpoint.wait_for(5).await;
    desk.drain().await;
    let faults = desk
        .send(axum::http::Method::GET, "/_sandbox/faults", &[], String::new())
        .await;
    assert_eq!(faults.body["faults"], json!([]), "each was for one time");
}

#[tokio::test]
async fn deliveries_are_reordered_on_demand() {
    let (desk, endpoint, _) = desk_with_endpoint().await;
    desk.control("/faults", json!({ "kind": "reorder", "window": 6, "count": 6 }))
        .await;
    for number in 0..6 {
        desk.make("/v1/customers", &[("name", &number.to_string())]).await;
    }
    desk.drain().await;
    let names: Vec<String> = endpoint
        .received()
        .iter()
        .map(|one| one.event()["data"]["object"]["name"].as_str().unwrap().to_owned())
        .collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, ["0", "1", "2", "3", "4", "5"]);
    assert_ne!(names, sorted, "with this seed the order differs");
    desk.control("/faults", json!({ "kind": "reorder", "window": 6, "count": 2 }))
        .await;
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    assert_eq!(endpoint.received().len(), 6, "it is held back until there are enough");
    assert_eq!(desk.control("/deliveries/flush", json!({})).await["flushed"], 1);
    desk.drain().await;
    assert_eq!(endpoint.received().len(), 7);
}

#[tokio::test]
async fn deliveries_are_spoilt_on_demand_and_retried_whole() {
    for (fault, verified) in [
        (json!({ "kind": "corrupt_body", "count": 1 }), [false, true]),
        (json!({ "kind": "corrupt_signature", "count": 1 }), [false, true]),
    ] {
        let (desk, endpoint, secret) = desk_with_endpoint().await;
        endpoint.answer_next(&[400]);
        desk.control("/faults", fault).await;
        desk.make("/v1/customers", &[]).await;
        desk.drain().await;
        desk.sandbox.advance(1);
        endpoint.wait_for(2).await;
        desk.drain().await;
        let seen: Vec<bool> = endpoint
            .received()
            .iter()
            .map(|one| one.is_signed_with(&secret))
            .collect();
        assert_eq!(seen, verified);
    }
    let (desk, endpoint, secret) = desk_with_endpoint().await;
    desk.control("/faults", json!({ "kind": "clock_skew", "seconds": -400, "count": 1 }))
        .await;
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    let skewed = &endpoint.received()[0];
    assert!(skewed.is_signed_with(&secret));
    assert_eq!(skewed.time(), desk.sandbox.now() - 400);
}

#[tokio::test]
async fn events_are_forged_and_sent_again_on_demand() {
    let (desk, endpoint, secret) = desk_with_endpoint().await;
    let forged = desk
        .control(
            "/forge",
            json!({ "type": "checkout.session.completed", "object": { "id": "cs_x" } }),
        )
        .await;
    desk.drain().await;
    let received = &endpoint.received()[0];
    assert_eq!(received.event()["id"], forged["event"]);
    assert!(!received.is_signed_with(&secret));
    assert_eq!(
        desk.get("/v1/events", &[]).await.body["data"],
        json!([]),
        "it never happened"
    );
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    let event = desk.event("customer.created").await["id"].as_str().unwrap().to_owned();
    assert_eq!(
        desk.control(&format!("/events/{event}/resend"), json!({})).await["deliveries"],
        1
    );
    desk.drain().await;
    assert_eq!(
        endpoint.kinds(),
        ["checkout.session.completed", "customer.created", "customer.created"]
    );
}

#[tokio::test]
async fn deliveries_wait_while_paused() {
    let (desk, endpoint, _) = desk_with_endpoint().await;
    desk.control("/deliveries/pause", json!({})).await;
    desk.make("/v1/customers", &[]).await;
    desk.drain().await;
    assert_eq!(endpoint.received().len(), 0);
    desk.control("/deliveries/resume", json!({})).await;
    endpoint.wait_for(1).await;
}

#[tokio::test]
async fn luck_is_rated_by_the_seed() {
    let lucky = |seed| async move {
        let desk = Desk::with(Config {
            seed: Some(seed),
            deterministic: true,
            ..Config::default()
        });
        let endpoint = Endpoint::start().await;
        desk.sandbox.add_webhook_endpoint(&endpoint.url);
        desk.control("/faults", json!({ "kind": "drop", "per_mille": 500 }))
            .await;
        for _ in 0..20 {
            desk.make("/v1/customers", &[]).await;
        }
        desk.drain().await;
        endpoint
            .received()
            .iter()
            .map(|one| one.event()["id"].to_string())
            .collect::<Vec<_>>()
    };
    let first = lucky(3).await;
    assert_eq!(first, lucky(3).await);
    assert!((3..=17).contains(&first.len()), "{}", first.len());
}

//! What must never count: events that are not ours, a key used for something else, data of the other mode.

use paydesk::clock::SECOND_US;
use paydesk::deployment::{self, BindError};
use serde_json::{Value, json};
use store::testing::for_each_engine;
use stripe::signature::{SigningSecret, sign};

use crate::support::{ADMIN, TestApp, WEBHOOK_SECRET};

/// A payment that would grant credits, if it were ours.
fn payment(id: &str, user: &str) -> Value {
    json!({
        "id": id,
        "object": "event",
        "api_version": stripe::API_VERSION,
        "created": 1_793_000_000,
        "livemode": false,
        "type": "payment_intent.succeeded",
        "data": { "object": {
            "id": format!("pi_{id}"),
            "object": "payment_intent",
            "amount": 1000,
            "amount_received": 1000,
            "currency": "usd",
            "status": "succeeded",
            "metadata": {
                "paydesk_purchase": format!("pur_{id}"),
                "paydesk_user": user,
                "paydesk_kind": "credit_pack",
                "paydesk_item": "starter",
                "paydesk_quantity": "1",
                "paydesk_credits": "777",
                "paydesk_amount_minor": "1000",
            },
        } },
    })
}

async fn deliver(test: &TestApp, event: &Value) {
    let body = event.to_string();
    let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
    let signature = sign(body.as_bytes(), &secret, test.app.clock.now_us() / SECOND_US);
    let request = test.http.post(format!("{}/api/stripe/webhook", test.base));
    let answered = request
        .header("stripe-signature", signature)
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answered.status(), 200, "kept, whatever it is");
}

#[tokio::test]
async fn an_event_that_is_not_ours_has_no_effect_not_even_replayed() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let mut live = payment("evt_live", "ada");
        live["livemode"] = json!(true);
        let mut connected = payment("evt_connected", "ada");
        connected["account"] = json!("acct_somebody");
        let mut thin = payment("evt_thin", "ada");
        thin["object"] = json!("v2.core.event");
        for event in [live, connected, thin] {
            let id = event["id"].as_str().unwrap();
            deliver(&test, &event).await;
            test.handle().await;
            let replayed = test.post(ADMIN, &format!("/api/events/{id}/replay"), &json!({})).await;
            assert_eq!(replayed.status, 202, "{}", replayed.json());
            test.handle().await;
            let kept = test.get(ADMIN, &format!("/api/events/{id}")).await.json();
            assert_eq!(
                (&kept["status"], &kept["effects"]),
                (&json!("ignored"), &json!([])),
                "{id}"
            );
        }
        assert_eq!(test.balance("ada").await, 0);
        // The same payment, told as ours, does count: the test would notice a wrong event too.
        deliver(&test, &payment("evt_ours", "ada")).await;
        test.handle().await;
        assert_eq!(test.balance("ada").await, 777);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_was_cut_off_stays_with_its_request() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let path = "/api/stripe/create-checkout-session";
        test.steer("/faults", &json!({ "kind": "down", "count": 50 })).await;
        let cut = test
            .post_once(&ada, path, &json!({ "item_id": "starter" }), "one")
            .await;
        assert_eq!(cut.status, 503, "{}", cut.json());
        let faults = format!("{}/_sandbox/faults", test.sandbox_base);
        assert!(test.http.delete(faults).send().await.unwrap().status().is_success());
        let other = test.post_once(&ada, path, &json!({ "item_id": "studio" }), "one").await;
        assert_eq!(
            (other.status, other.json()["code"].as_str()),
            (422, Some("idempotency_key_reused"))
        );
        let same = test
            .post_once(&ada, path, &json!({ "item_id": "starter" }), "one")
            .await;
        assert_eq!(same.status, 200, "{}", same.json());
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_customer_deleted_at_stripe_is_followed_by_a_new_one() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let first = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        let session = test
            .app
            .stripe
            .retrieve_checkout_session(first["id"].as_str().unwrap(), &[])
            .await
            .unwrap();
        let customer = session.customer.unwrap().id().to_owned();
        let deleted = test
            .http
            .delete(format!("{}/v1/customers/{customer}", test.sandbox_base))
            .bearer_auth(&test.sandbox.config().secret_key);
        assert!(deleted.send().await.unwrap().status().is_success());
        let wanted = json!({ "item_id": "starter" });
        let refused = test.post(&ada, "/api/stripe/create-checkout-session", &wanted).await;
        assert_eq!(
            (refused.status, refused.json()["code"].as_str()),
            (502, Some("checkout_refused"))
        );
        assert!(
            !refused.json().to_string().contains("cus_"),
            "Stripe's words are for the operator"
        );
        test.checkout(&ada, &wanted).await;
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_store_of_one_mode_refuses_the_other() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let store = &test.app.store;
        deployment::bind(store, false).await.unwrap();
        deployment::bind(store, false).await.unwrap();
        assert!(matches!(
            deployment::bind(store, true).await,
            Err(BindError::OtherMode { .. })
        ));
        test.finish().await;
    })
    .await;
}

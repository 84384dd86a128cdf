//! Buying: paid, declined, abandoned, delayed, cut off, repeated.

use serde_json::json;
use store::testing::for_each_engine;

use crate::support::{ADMIN, TestApp};

const PAID: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";

#[tokio::test]
async fn a_credit_pack_is_granted_by_the_signed_event_and_only_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let checkout = test
            .checkout(&ada, &json!({ "item_id": "starter", "quantity": 3 }))
            .await;
        assert_eq!(checkout["status"], "open");
        test.settle().await;
        assert_eq!(test.balance("ada").await, 0, "nothing is granted before money came");

        let session = checkout["id"].as_str().unwrap();
        test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
            .await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 300);

        let purchase_id = checkout["purchase_id"].as_str().unwrap();
        let purchase = test.get(&ada, &format!("/api/purchases/{purchase_id}")).await.json();
        assert_eq!(purchase["status"], "paid");
        assert_eq!(purchase["payments"][0]["status"], "succeeded");
        assert_eq!(purchase["payments"][0]["amount_minor"], 3000);
        assert!(
            purchase["payments"][0]["charge_id"]
                .as_str()
                .unwrap()
                .starts_with("ch_")
        );

        // Every event once more, and once more by replay: nothing is granted twice.
        let events = test.get(ADMIN, "/api/events?limit=100").await.json();
        for event in events["data"].as_array().unwrap() {
            let id = event["id"].as_str().unwrap();
            test.steer(&format!("/events/{id}/resend"), &json!({})).await;
            let replayed = test.post(ADMIN, &format!("/api/events/{id}/replay"), &json!({})).await;
            assert_eq!(replayed.status, 202, "{}", replayed.json());
            let path = format!("/api/events/{id}/replay");
            let bare = test.send(reqwest::Method::POST, ADMIN, &path, None, Some(id)).await;
            assert_eq!(bare.status, 202, "a replay has nothing to say: {}", bare.json());
        }
        test.settle().await;
        assert_eq!(test.balance("ada").await, 300);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_event_that_granted_tells_what_it_did() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let checkout = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        let session = checkout["id"].as_str().unwrap();
        test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
            .await;
        test.settle().await;
        let events = test.get(ADMIN, "/api/events?limit=100&status=processed").await.json();
        let mut kinds = Vec::new();
        for event in events["data"].as_array().unwrap() {
            let event = test
                .get(ADMIN, &format!("/api/events/{}", event["id"].as_str().unwrap()))
                .await
                .json();
            assert_eq!(event["payload"]["id"], event["id"]);
            kinds.extend(
                event["effects"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|effect| effect["kind"].clone()),
            );
        }
        kinds.sort_by_key(ToString::to_string);
        assert_eq!(kinds, [json!("collect"), json!("grant")]);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_declined_card_grants_nothing_and_leaves_the_page_open() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let checkout = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        let session = checkout["id"].as_str().unwrap();
        let pay = format!("{}/_sandbox/checkout/{session}/pay", test.sandbox_base);
        test.http
            .post(pay)
            .json(&json!({ "card": DECLINED }))
            .send()
            .await
            .unwrap();
        test.settle().await;
        assert_eq!(test.balance("ada").await, 0);
        let purchase_id = checkout["purchase_id"].as_str().unwrap();
        let purchase = test.get(&ada, &format!("/api/purchases/{purchase_id}")).await.json();
        assert_eq!(purchase["status"], "open");
        test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
            .await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 100);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_is_paid_for_and_released_when_its_checkout_expires() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let fields = json!({ "track_url": "https://music.example/one" });
        let made = test
            .post(
                &ada,
                "/api/orders",
                &json!({ "package_id": "track-review", "fields": fields }),
            )
            .await;
        assert_eq!(made.status, 201, "{}", made.json());
        let order_id = made.json()["order_id"].as_str().unwrap().to_owned();
        let order_path = format!("/api/orders/{order_id}");

        let first = test.checkout(&ada, &json!({ "order_id": order_id })).await;
        assert_eq!(test.get(&ada, &order_path).await.json()["status"], "awaiting_payment");
        let again = test.checkout(&ada, &json!({ "order_id": order_id })).await;
        assert_eq!(again["id"], first["id"], "a live checkout is used again");
        for (more, status, field) in [
            (json!({ "quantity": 2 }), 422, "quantity"),
            (json!({ "currency": "eur" }), 409, "currency"),
        ] {
            let mut body = json!({ "order_id": order_id });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = test.post(&ada, "/api/stripe/create-checkout-session", &body).await;
            let said = refused.json();
            assert_eq!(
                (refused.status, said["field"].as_str()),
                (status, Some(field)),
                "{said}"
            );
        }

        let client = &test.app.stripe;
        let key = stripe::IdempotencyKey::new("expire").unwrap();
        client
            .expire_checkout_session(first["id"].as_str().unwrap(), &json!({}), &key)
            .await
            .unwrap();
        test.settle().await;
        assert_eq!(test.get(&ada, &order_path).await.json()["status"], "draft");

        let second = test.checkout(&ada, &json!({ "order_id": order_id })).await;
        assert_ne!(second["id"], first["id"]);
        let session = second["id"].as_str().unwrap();
        test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
            .await;
        test.settle().await;
        let order = test.get(&ada, &order_path).await.json();
        assert_eq!(order["status"], "paid");
        assert_eq!(order["purchase_id"], second["purchase_id"]);
        let refused = test
            .post(
                &ada,
                "/api/stripe/create-checkout-session",
                &json!({ "order_id": order_id }),
            )
            .await;
        assert_eq!(
            (refused.status, refused.json()["code"].as_str()),
            (409, Some("order_not_payable"))
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_delayed_method_grants_when_the_funds_arrive() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        for (user, outcome, status, balance) in [("ada", "succeeded", "paid", 100), ("bob", "failed", "failed", 0)] {
            let token = test.user(user);
            let checkout = test.checkout(&token, &json!({ "item_id": "starter" })).await;
            let session = checkout["id"].as_str().unwrap();
            test.steer(
                &format!("/checkout/{session}/pay"),
                &json!({ "bank_account": "000123456789" }),
            )
            .await;
            test.settle().await;
            let path = format!("/api/purchases/{}", checkout["purchase_id"].as_str().unwrap());
            assert_eq!(test.get(&token, &path).await.json()["status"], "awaiting_funds");
            assert_eq!(test.balance(user).await, 0);
            test.steer(&format!("/payments/{session}/settle"), &json!({ "outcome": outcome }))
                .await;
            test.settle().await;
            let purchase = test.get(&token, &path).await.json();
            assert_eq!(purchase["status"], status);
            assert_eq!(purchase["payments"][0]["status"], outcome);
            assert_eq!(test.balance(user).await, balance);
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_key_leads_to_the_same_session_byte_for_byte() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let body = json!({ "item_id": "starter" });
        let path = "/api/stripe/create-checkout-session";
        let first = test.post_once(&ada, path, &body, "one").await;
        let second = test.post_once(&ada, path, &body, "one").await;
        assert_eq!((first.status, first.replayed), (200, false));
        assert_eq!((second.status, second.replayed), (200, true));
        assert_eq!(first.bytes, second.bytes);
        let other = test.post_once(&ada, path, &json!({ "item_id": "studio" }), "one").await;
        assert_eq!(
            (other.status, other.json()["code"].as_str()),
            (422, Some("idempotency_key_reused"))
        );
        let bob = test.post_once(&test.user("bob"), path, &body, "one").await;
        assert_ne!(bob.json()["id"], first.json()["id"], "keys of two callers never meet");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_stripe_that_was_lost_is_found_again_under_the_same_key() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let body = json!({ "item_id": "starter" });
        let path = "/api/stripe/create-checkout-session";
        // Stripe is down for as often as the client tries.
        test.steer("/faults", &json!({ "kind": "down", "count": 50 })).await;
        let cut = test.post_once(&ada, path, &body, "one").await;
        assert_eq!(
            (cut.status, cut.json()["code"].as_str()),
            (503, Some("unavailable")),
            "{}",
            cut.json()
        );
        test.lift_faults().await;
        let whole = test.post_once(&ada, path, &body, "one").await;
        assert_eq!(whole.status, 200, "{}", whole.json());
        let purchases = test.get(&ada, "/api/purchases").await.json();
        assert_eq!(
            purchases["data"].as_array().unwrap().len(),
            1,
            "one intent, however often it was tried"
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_bought_is_refused_with_the_field() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let table = [
            (json!({}), 422, "invalid_request", "item_id"),
            (
                json!({ "item_id": "starter", "order_id": "x" }),
                422,
                "invalid_request",
                "item_id",
            ),
            (json!({ "item_id": "nothing" }), 422, "unknown_item", "item_id"),
            (
                json!({ "item_id": "starter", "currency": "gbp" }),
                422,
                "unknown_item",
                "item_id",
            ),
            (
                json!({ "item_id": "starter", "currency": "xxx1" }),
                422,
                "invalid_request",
                "currency",
            ),
            (
                json!({ "item_id": "starter", "quantity": 0 }),
                422,
                "invalid_request",
                "quantity",
            ),
            (
                json!({ "item_id": "starter", "quantity": 101 }),
                422,
                "invalid_request",
                "quantity",
            ),
            (
                json!({ "item_id": "starter", "quantity": 1.5 }),
                422,
                "invalid_request",
                "quantity",
            ),
            (json!({ "item_id": "track-review" }), 422, "invalid_request", "order_id"),
            (json!({ "order_id": "ord_of_nobody" }), 404, "not_found", "order_id"),
            (
                json!({ "item_id": "starter", "success_url": "https://evil.example/" }),
                422,
                "invalid_request",
                "success_url",
            ),
            (
                json!({ "item_id": "starter", "colour": "red" }),
                422,
                "invalid_request",
                "colour",
            ),
        ];
        for (body, status, code, field) in table {
            let answered = test.post(&ada, "/api/stripe/create-checkout-session", &body).await;
            let said = answered.json();
            assert_eq!(
                (answered.status, said["code"].as_str(), said["field"].as_str()),
                (status, Some(code), Some(field)),
                "{body}: {said}"
            );
        }
        let listed = test.get(&ada, "/api/purchases").await.json();
        assert_eq!(listed["data"], json!([]), "a refusal changes nothing");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_one_user_bought_is_absent_for_another() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (ada, bob) = (test.user("ada"), test.user("bob"));
        let checkout = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        let order = test
            .post(
                &ada,
                "/api/orders",
                &json!({ "package_id": "track-review", "fields": { "track_url": "https://a.example" } }),
            )
            .await
            .json();
        let own = [
            format!("/api/purchases/{}", checkout["purchase_id"].as_str().unwrap()),
            format!("/api/orders/{}", order["order_id"].as_str().unwrap()),
            "/api/financial/credits/ada".to_owned(),
        ];
        for path in own {
            assert_eq!(test.get(&ada, &path).await.status, 200, "{path}");
            assert_eq!(test.get(&bob, &path).await.status, 404, "{path}");
            assert_eq!(test.get("", &path).await.status, 401, "{path}");
        }
        let stolen = test
            .post(
                &bob,
                "/api/stripe/create-checkout-session",
                &json!({ "order_id": order["order_id"] }),
            )
            .await;
        assert_eq!(stolen.status, 404);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_success_page_settles_by_itself_when_the_event_is_late() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let checkout = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        let session = checkout["id"].as_str().unwrap();
        test.steer("/deliveries/pause", &json!({})).await;
        test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
            .await;
        for _ in 0..3 {
            let page = test.get("", &format!("/payment/success?session_id={session}")).await;
            let shown = String::from_utf8(page.bytes).unwrap();
            assert!(
                shown.contains("data-status=\"paid\"") && shown.contains("100 credits"),
                "{shown}"
            );
        }
        assert_eq!(test.balance("ada").await, 100);
        test.steer("/deliveries/resume", &json!({})).await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 100, "the late events find it done");
        test.finish().await;
    })
    .await;
}

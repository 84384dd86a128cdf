//! Credit packs whose credits end, or are used before others: as the catalogue said when they were bought.

use std::time::Duration;

use paydesk::{inbox, purchases};
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};

use crate::support::{ADMIN, TestApp};

const PAID: &str = "4242424242424242";
const DAY: u64 = 86_400;
const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[credit_pack]]
id = "month"
name = "For a month"
credits = 100
expires_after_days = 30
priority = 5
prices = { usd = 1000 }

[[credit_pack]]
id = "plain"
name = "For good"
credits = 100
prices = { usd = 1500 }
"#;

/// An application whose clock stands still until the test turns it.
async fn begin(database: &TestDatabase) -> TestApp {
    TestApp::begin_selling(database, CATALOGUE).await
}

fn turn(test: &TestApp, seconds: u64) {
    test.app.clock.advance(Duration::from_secs(seconds));
}

/// Pays for a pack, on Stripe's side alone. Gives what the checkout said.
async fn pay(test: &TestApp, item: &str) -> Value {
    let checkout = test.checkout(&test.user("ada"), &json!({ "item_id": item })).await;
    let session = checkout["id"].as_str().unwrap();
    test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
        .await;
    checkout
}

async fn purchase(test: &TestApp, checkout: &Value) -> Value {
    let path = format!("/api/purchases/{}", checkout["purchase_id"].as_str().unwrap());
    test.get(ADMIN, &path).await.json()
}

async fn spend(test: &TestApp, amount: i64) {
    let body = json!({ "amount": amount, "reason": "a persona" });
    let spent = test.post(ADMIN, "/api/financial/credits/ada/spend", &body).await;
    assert_eq!(spent.status, 200, "{}", spent.json());
}

#[tokio::test]
async fn credits_of_a_pack_end_so_many_days_after_the_payment_and_are_used_in_their_turn() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let products = test.get("", "/api/stripe/products").await.json();
        assert_eq!(products["data"][0]["expires_after_days"], 30);
        assert_eq!(products["data"][0]["priority"], 5);
        assert_eq!(
            (
                &products["data"][1]["expires_after_days"],
                &products["data"][1]["priority"]
            ),
            (&Value::Null, &json!(0))
        );

        let checkout = pay(&test, "month").await;
        pay(&test, "plain").await;
        // The events come in at once and are handled much later: that gives nobody more time.
        test.steer("/drain", &json!({ "flush": true })).await;
        turn(&test, 10 * DAY);
        test.handle().await;
        assert_eq!(test.balance("ada").await, 200);
        let bought = purchase(&test, &checkout).await;
        assert_eq!(
            (&bought["expires_after_days"], &bought["priority"]),
            (&json!(30), &json!(5))
        );

        // Those without an end have the lower number, so they are used first.
        spend(&test, 40).await;
        turn(&test, 20 * DAY - 60);
        assert_eq!(test.balance("ada").await, 160);
        turn(&test, 120);
        assert_eq!(
            test.balance("ada").await,
            60,
            "all hundred of the other pack have ended"
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_terms_are_those_of_the_moment_of_purchase() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let checkout = pay(&test, "month").await;
        test.steer("/drain", &json!({ "flush": true })).await;
        let changed = CATALOGUE.replace("expires_after_days = 30\npriority = 5\n", "");
        assert_ne!(changed, CATALOGUE);
        let later = test.selling(&changed).await;
        while inbox::work(&later).await > 0 {}
        assert_eq!(test.balance("ada").await, 100);
        assert_eq!(purchase(&test, &checkout).await["expires_after_days"], 30);
        turn(&test, 30 * DAY + 60);
        assert_eq!(test.balance("ada").await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_paid_session_waits_for_the_moment_of_its_payment_or_asks_for_it() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let drop = json!({ "kind": "drop", "type": "payment_intent.succeeded", "count": 2 });
        test.steer("/faults", &drop).await;
        let (shown, recovered) = (pay(&test, "month").await, pay(&test, "month").await);
        test.settle().await;
        assert_eq!(purchase(&test, &shown).await["status"], "awaiting_funds");
        assert_eq!(
            test.balance("ada").await,
            0,
            "the session does not say since when the money is there"
        );

        let session = shown["id"].as_str().unwrap();
        let page = test.get("", &format!("/payment/success?session_id={session}")).await;
        let page = String::from_utf8(page.bytes).unwrap();
        assert!(page.contains("data-status=\"paid\""), "{page}");
        assert_eq!(test.balance("ada").await, 100);
        turn(&test, 2 * DAY);
        assert_eq!(purchases::recover(&test.app).await.unwrap(), 1);
        assert_eq!(purchase(&test, &recovered).await["status"], "paid");
        assert_eq!(test.balance("ada").await, 200);
        turn(&test, 28 * DAY + 60);
        assert_eq!(test.balance("ada").await, 0, "whenever it was learned");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_won_dispute_gives_back_ends_when_it_would_have() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let checkout = pay(&test, "month").await;
        test.settle().await;
        let bought = purchase(&test, &checkout).await;
        let payment = bought["payments"][0]["payment_intent_id"].clone();
        let dispute = test.steer("/disputes", &json!({ "payment_intent": payment })).await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 0);
        let close = format!("/disputes/{}/close", dispute["id"].as_str().unwrap());
        test.steer(&close, &json!({ "won": true })).await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 100);
        turn(&test, 30 * DAY + 60);
        assert_eq!(test.balance("ada").await, 0);
        test.finish().await;
    })
    .await;
}

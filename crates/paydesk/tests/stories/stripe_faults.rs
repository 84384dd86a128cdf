//! Faults of Stripe's own, which it keeps under the key of a call: they are gone round, and nothing is made twice.

use std::time::Duration;

use paydesk::subscriptions::commands;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::subscriptions::{begin_plans, save_card};
use crate::support::TestApp;

/// Instead of what was asked for, and after it.
const FAULTS: [&str; 2] = ["fail", "error_after"];

/// Stripe answers calls of this path with a fault.
async fn fault(test: &TestApp, kind: &str, path: &str) {
    let fault = json!({ "kind": kind, "status": 500, "method": "POST", "path": path, "count": 50 });
    test.steer("/faults", &fault).await;
}

/// How much of a kind there is at Stripe.
async fn count(test: &TestApp, path: &str) -> usize {
    test.at_stripe("GET", path, &[]).await["data"].as_array().unwrap().len()
}

/// Stripe is well again, and some time has passed.
async fn rest(test: &TestApp) {
    test.lift_faults().await;
    test.app.clock.advance(Duration::from_secs(90));
}

#[tokio::test]
async fn a_checkout_is_not_held_up_by_a_fault_that_stripe_keeps() {
    for kind in FAULTS {
        for_each_engine(async |database| {
            let test = TestApp::begin_on_manual_clock(database).await;
            let (ada, sessions) = (test.user("ada"), "/v1/checkout/sessions");
            fault(&test, kind, "/v1/checkout/sessions").await;
            let body = json!({ "item_id": "starter" });
            let asked = async || test.post_once(&ada, "/checkout", &body, "one").await;
            assert_eq!(asked().await.status, 503);
            rest(&test).await;
            let made = asked().await;
            assert_eq!(made.status, 200, "{kind}: {}", made.json());
            assert_eq!(count(&test, sessions).await, 1, "{kind}");
            assert_eq!(asked().await.bytes, made.bytes);
            test.finish().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_subscription_is_begun_and_changed_once_in_spite_of_faults() {
    for kind in FAULTS {
        for_each_engine(async |database| {
            let test = begin_plans(database).await;
            save_card(&test).await;
            let ada = test.user("ada");
            fault(&test, kind, "/v1/subscriptions").await;
            let body = json!({ "plan_id": "basic" });
            let cut = test.post(&ada, "/api/stripe/create-subscription", &body).await;
            assert_eq!(cut.status, 503, "{kind}: {}", cut.json());
            rest(&test).await;
            assert_eq!(commands::recover(&test.app).await.unwrap(), 1);
            test.settle().await;
            let all = "/v1/subscriptions?status=all";
            assert_eq!(count(&test, all).await, 1, "{kind}");

            let id = test.at_stripe("GET", all, &[]).await["data"][0]["id"].clone();
            fault(&test, kind, "/v1/subscriptions").await;
            let change = format!("/api/subscriptions/{}/change", id.as_str().unwrap());
            let cut = test.post(&ada, &change, &json!({ "plan_id": "pro" })).await;
            assert_eq!(cut.status, 503, "{kind}: {}", cut.json());
            rest(&test).await;
            assert_eq!(commands::recover(&test.app).await.unwrap(), 1);
            assert_eq!(commands::recover(&test.app).await.unwrap(), 0, "{kind}: it is done");
            test.settle().await;
            let listed = test.get(&ada, "/api/stripe/subscriptions/ada").await.json();
            assert_eq!(listed["data"][0]["plan_id"], "pro", "{kind}: {listed}");
            let invoices: Value = test.get(&ada, "/api/subscriptions/ada/invoices").await.json();
            assert_eq!(invoices["data"].as_array().unwrap().len(), 2, "{kind}: {invoices}");
            test.finish().await;
        })
        .await;
    }
}

//! What tests of commands share: a shop with plans in two groups, and ada, who has saved a card.

use reqwest::Method;
use serde_json::{Value, json};
use store::testing::TestDatabase;
use stripe::objects::{CheckoutSession, Subscription};

use crate::support::{ADMIN, Answered, TestApp};

pub(super) const PAID: &str = "4242424242424242";
/// Can be saved; every payment with it is declined.
pub(super) const DECLINED_LATER: &str = "4000000000000341";

const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[plan]]
id = "basic"
name = "Basic"
tier = "basic"
interval = "month"
prices = { usd = 1000, eur = 900 }

[[plan]]
id = "pro"
name = "Pro"
tier = "pro"
interval = "month"
prices = { usd = 3000, eur = 2700 }

[[plan]]
id = "tried"
name = "Tried"
tier = "pro"
interval = "month"
prices = { usd = 3000 }
trial_days = 14

[[plan]]
id = "archive"
name = "Archive"
group = "extras"
tier = "archive"
interval = "year"
prices = { usd = 5000, eur = 4500 }

[[plan]]
id = "former"
name = "Former"
tier = "former"
interval = "month"
prices = { usd = 500 }
on_sale = false
"#;

pub(crate) async fn begin(database: &TestDatabase) -> TestApp {
    TestApp::begin_selling(database, CATALOGUE).await
}

/// Ada, subscribed to a plan by a checkout. Gives the subscription's id.
pub(crate) async fn subscribe(test: &TestApp, plan: &str) -> String {
    let checkout = test.checkout(&test.user("ada"), &json!({ "item_id": plan })).await;
    pay(test, &checkout).await;
    test.settle().await;
    let listed = listed(test).await;
    let lives = listed.iter().find(|one| one["status"] != "canceled").unwrap();
    lives["subscription_id"].as_str().unwrap().to_owned()
}

/// Pays on a checkout's page, on Stripe's side alone.
pub(crate) async fn pay(test: &TestApp, checkout: &Value) {
    let path = format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
    test.steer(&path, &json!({ "card": PAID })).await;
}

/// Saves a card of ada's that can be paid with.
pub(crate) async fn save_card(test: &TestApp) {
    save(test, PAID).await;
}

/// Saves a card of ada's on Stripe's page.
pub(super) async fn save(test: &TestApp, card: &str) {
    let path = "/api/financial/credits/ada/top-up/setup";
    let page = test.post(&test.user("ada"), path, &json!({})).await.json();
    let pay = format!("/checkout/{}/pay", page["id"].as_str().unwrap());
    test.steer(&pay, &json!({ "card": card, "challenge": "complete" }))
        .await;
    test.settle().await;
}

/// Ada's subscriptions, the newest first.
pub(super) async fn listed(test: &TestApp) -> Vec<Value> {
    let listed = test.get(&test.user("ada"), "/api/stripe/subscriptions/ada").await;
    assert_eq!(listed.status, 200, "{}", listed.json());
    listed.json()["data"].as_array().unwrap().clone()
}

/// Ends a subscription; `when` is its query.
pub(super) async fn cancel(test: &TestApp, subscription_id: &str, when: &str) -> Answered {
    let path = format!("/api/stripe/subscriptions/{subscription_id}{when}");
    test.send(Method::DELETE, &test.user("ada"), &path, None, None).await
}

/// Every subscription that Stripe has.
pub(super) async fn at_stripe(test: &TestApp) -> Vec<Subscription> {
    let pages = test.app.stripe.pages::<Subscription>(&json!({ "status": "all" }), 10);
    let (found, complete) = pages.collect().await.unwrap();
    assert!(complete);
    found
}

/// The pages at Stripe on which somebody could still pay.
pub(super) async fn open_pages(test: &TestApp) -> Vec<String> {
    let pages = test
        .app
        .stripe
        .pages::<CheckoutSession>(&json!({ "status": "open" }), 10);
    let (found, complete) = pages.collect().await.unwrap();
    assert!(complete);
    found.into_iter().map(|session| session.id).collect()
}

/// What the operator sees of a purchase.
pub(super) async fn purchase(test: &TestApp, checkout: &Value) -> Value {
    let path = format!("/api/purchases/{}", checkout["purchase_id"].as_str().unwrap());
    test.get(ADMIN, &path).await.json()
}

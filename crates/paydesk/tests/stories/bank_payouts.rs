//! Payouts to banks: told of as far as they have come, in whatever order that is told, and their owner hears of one that
//! came back.

use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::earnings::{DAY, begin, delivered, work};
use crate::payouts::{enabled, turn};
use crate::support::{ADMIN, TestApp};

/// Sends money from a connected account to its bank. Gives the payout's id.
async fn pay_out(test: &TestApp, account_id: &str, amount: &str) -> String {
    let request = test.http.post(format!("{}/v1/payouts", test.sandbox_base));
    let request = request
        .bearer_auth(&test.sandbox.config().secret_key)
        .header("stripe-account", account_id);
    let form = [("amount", amount), ("currency", "usd")];
    let said = TestApp::with_form(request, &form).send().await.unwrap();
    let payout: Value = said.json().await.unwrap();
    payout["id"].as_str().unwrap_or_else(|| panic!("{payout}")).to_owned()
}

async fn decide(test: &TestApp, payout_id: &str, outcome: &str) {
    test.steer(&format!("/payouts/{payout_id}/settle"), &json!({ "outcome": outcome }))
        .await;
}

/// What bo sees, newest first: the ids and where each stands.
async fn listed(test: &TestApp, query: &str) -> Vec<(String, String)> {
    let path = format!("/api/payouts/bo/bank-payouts{query}");
    let page = test.get(&test.user("bo"), &path).await;
    assert_eq!(page.status, 200, "{}", page.json());
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    let data = page.json()["data"].as_array().unwrap().clone();
    data.iter()
        .map(|one| (text(one, "payout_id"), text(one, "status")))
        .collect()
}

/// A shop on whose endpoint messages about payouts wait, and bo's account with 34.30 USD on it.
async fn with_money(test: &TestApp) -> (String, String) {
    let wanted = json!({ "url": "https://hooks.example/paydesk", "event_types": ["payout.failed"] });
    let endpoint = test.post(ADMIN, "/api/webhook-endpoints", &wanted).await;
    assert_eq!(endpoint.status, 201, "{}", endpoint.json());
    let account_id = enabled(test).await;
    delivered(test, "usd").await;
    turn(test, 2 * DAY + 1).await;
    work(test).await;
    (account_id, endpoint.json()["endpoint_id"].as_str().unwrap().to_owned())
}

/// What waits to be told.
async fn told(test: &TestApp, endpoint_id: &str) -> Vec<Value> {
    let path = format!("/api/webhook-endpoints/{endpoint_id}/deliveries");
    test.get(ADMIN, &path).await.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_payout_is_followed_to_the_bank_and_back_whatever_is_told_first() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let (account_id, endpoint_id) = with_money(&test).await;
        assert_eq!(listed(&test, "").await, []);
        let first = pay_out(&test, &account_id, "1000").await;
        test.settle().await;
        assert_eq!(listed(&test, "").await, [(first.clone(), "pending".to_owned())]);
        turn(&test, 1).await;
        let second = pay_out(&test, &account_id, "2000").await;
        decide(&test, &second, "paid").await;
        test.settle().await;
        let paid = (second.clone(), "paid".to_owned());
        assert_eq!(
            listed(&test, "").await,
            [paid.clone(), (first.clone(), "pending".to_owned())]
        );
        assert_eq!(listed(&test, "?limit=1").await, [paid]);
        assert_eq!(
            listed(&test, &format!("?after={second}")).await,
            [(first.clone(), "pending".to_owned())]
        );
        assert!(told(&test, &endpoint_id).await.is_empty());

        decide(&test, &second, "failed").await;
        test.settle().await;
        let failed = [
            (second.clone(), "failed".to_owned()),
            (first.clone(), "pending".to_owned()),
        ];
        assert_eq!(listed(&test, "").await, failed);
        assert_eq!(told(&test, &endpoint_id).await.len(), 1, "its owner is told");
        let page = test.get(ADMIN, "/api/payouts/bo/bank-payouts?limit=1").await.json();
        let shown = &page["data"][0];
        assert_eq!(
            (&shown["amount_minor"], &shown["currency"]),
            (&json!(2000), &json!("usd"))
        );
        assert!(
            shown["failure_code"].is_string() && shown["failure_message"].is_string(),
            "{shown}"
        );

        // What was told before is told once more: nothing goes back, and nobody is told again.
        let events = test.get(ADMIN, "/api/events?limit=100").await.json();
        let about = events["data"].as_array().unwrap().iter();
        let about: Vec<&Value> = about
            .filter(|event| event["type"].as_str().unwrap().starts_with("payout."))
            .collect();
        assert_eq!(about.len(), 4, "two were made, one arrived and came back");
        for event in about {
            let path = format!("/api/events/{}/replay", event["id"].as_str().unwrap());
            let replayed = test.post(ADMIN, &path, &json!({})).await;
            assert_eq!(replayed.status, 202, "{}", replayed.json());
        }
        test.settle().await;
        assert_eq!(listed(&test, "").await, failed);
        assert_eq!(told(&test, &endpoint_id).await.len(), 1, "once");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn payouts_of_strangers_are_left_alone_and_nobody_sees_anothers() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let (account_id, _) = with_money(&test).await;
        let own = pay_out(&test, &account_id, "1000").await;
        test.settle().await;
        // An account that was made by others at the same Stripe account.
        let form = [("country", "US"), ("capabilities[transfers][requested]", "true")];
        let stranger = test.at_stripe("POST", "/v1/accounts", &form).await;
        let stranger = stranger["id"].as_str().unwrap();
        test.steer(&format!("/accounts/{stranger}/onboard"), &json!({})).await;
        let transfer = [("amount", "500"), ("currency", "usd"), ("destination", stranger)];
        test.at_stripe("POST", "/v1/transfers", &transfer).await;
        let others = pay_out(&test, stranger, "500").await;
        test.settle().await;
        assert_eq!(listed(&test, "").await, [(own.clone(), "pending".to_owned())]);
        for (token, path) in [
            (test.user("eve"), "/api/payouts/bo/bank-payouts".to_owned()),
            (test.user("eve"), "/api/payouts/nobody/bank-payouts".to_owned()),
        ] {
            assert_eq!(test.get(&token, &path).await.status, 404, "{path}");
        }
        for after in [&others, "po_none"] {
            let path = format!("/api/payouts/bo/bank-payouts?after={after}");
            assert_eq!(test.get(&test.user("bo"), &path).await.json()["field"], "after");
        }
        let path = format!("/api/payouts/eve/bank-payouts?after={own}");
        assert_eq!(test.get(&test.user("eve"), &path).await.json()["field"], "after");
        test.finish().await;
    })
    .await;
}

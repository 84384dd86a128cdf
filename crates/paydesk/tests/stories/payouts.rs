//! Connected accounts: made once, told of by Stripe's events, and never shown as they were before.

use std::time::Duration;

use paydesk::clock::Clock;
use paydesk::payouts;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};
use stripe::objects::Account;

use crate::support::{ADMIN, Answered, TestApp, WEBHOOK_SECRET, all_at_once};

const ACCOUNT: &str = "/api/payouts/accounts/bo";
const ONBOARDING: &str = "/api/payouts/accounts/bo/onboarding";

/// An application that hears of connected accounts, on a clock that stands still until the test turns it.
async fn connected(database: &TestDatabase) -> TestApp {
    let test = TestApp::begin_on_manual_clock(database).await;
    hear(&test).await;
    test
}

/// The same, selling this.
pub(crate) async fn connected_selling(database: &TestDatabase, catalogue: &str) -> TestApp {
    let test = TestApp::begin_selling(database, catalogue).await;
    hear(&test).await;
    test
}

/// Registers the endpoint for the events of connected accounts.
async fn hear(test: &TestApp) {
    let endpoint =
        json!({ "url": format!("{}/api/stripe/webhook", test.base), "secret": WEBHOOK_SECRET, "connect": true });
    test.steer("/endpoints", &endpoint).await;
}

/// Lets time pass, here and at Stripe, which would sign with the machine's time otherwise.
pub(crate) async fn turn(test: &TestApp, seconds: u64) {
    test.app.clock.advance(Duration::from_secs(seconds));
    test.steer("/clock", &json!({ "advance": seconds })).await;
    let ahead = test.app.clock.now_seconds() - Clock::system().now_seconds();
    test.steer("/faults", &json!({ "kind": "clock_skew", "seconds": ahead }))
        .await;
}

async fn onboard(test: &TestApp) -> Answered {
    test.post(&test.user("bo"), ONBOARDING, &json!({})).await
}

async fn account(test: &TestApp) -> Value {
    let answered = test.get(&test.user("bo"), ACCOUNT).await;
    assert_eq!(answered.status, 200, "{}", answered.json());
    answered.json()
}

/// Brings bo's account to where it can be paid. Gives its id.
pub(crate) async fn enabled(test: &TestApp) -> String {
    enabled_for(test, "bo").await
}

/// Brings a user's account to where it can be paid. Gives its id.
pub(crate) async fn enabled_for(test: &TestApp, user: &str) -> String {
    let path = format!("/api/payouts/accounts/{user}/onboarding");
    let begun = test.post(&test.user(user), &path, &json!({})).await.json();
    let account_id = begun["account_id"].as_str().unwrap().to_owned();
    test.steer(&format!("/accounts/{account_id}/onboard"), &json!({})).await;
    test.settle().await;
    account_id
}

/// How many accounts Stripe has.
async fn at_stripe(test: &TestApp) -> usize {
    let (all, _) = test.app.stripe.pages::<Account>(&json!({}), 5).collect().await.unwrap();
    all.len()
}

#[tokio::test]
async fn a_builder_is_onboarded_on_stripes_page_and_nobody_else_sees_it() {
    for_each_engine(async |database| {
        let test = connected(database).await;
        let bo = test.user("bo");
        assert_eq!(test.get(&bo, ACCOUNT).await.status, 404, "none was asked for");
        let body = json!({ "country": "DE" });
        let begun = test.post_once(&bo, ONBOARDING, &body, "one").await;
        assert_eq!(begun.status, 200, "{}", begun.json());
        let again = test.post_once(&bo, ONBOARDING, &body, "one").await;
        assert_eq!((again.replayed, again.json()), (true, begun.json()));
        let account_id = begun.json()["account_id"].as_str().unwrap().to_owned();
        let another = onboard(&test).await.json();
        assert_eq!(another["account_id"], account_id.as_str());
        assert_ne!(another["url"], begun.json()["url"], "each way opens once");
        let shown = account(&test).await;
        assert_eq!(
            (&shown["status"], &shown["payable"]),
            (&json!("onboarding"), &json!(false))
        );
        assert!(!shown["currently_due"].as_array().unwrap().is_empty());

        test.steer(&format!("/accounts/{account_id}/onboard"), &json!({})).await;
        test.settle().await;
        let shown = account(&test).await;
        assert_eq!(
            (&shown["status"], &shown["payable"], &shown["currently_due"]),
            (&json!("enabled"), &json!(true), &json!([]))
        );
        test.steer(&format!("/accounts/{account_id}/restrict"), &json!({}))
            .await;
        test.settle().await;
        assert_eq!(account(&test).await["status"], "restricted");

        let eve = test.user("eve");
        assert_eq!(test.get(&eve, ACCOUNT).await.json()["code"], "not_found");
        assert_eq!(
            test.post(&eve, ONBOARDING, &json!({})).await.json()["code"],
            "not_found"
        );
        assert_eq!(test.get(ADMIN, ACCOUNT).await.status, 200);
        let odd = test.post(&bo, ONBOARDING, &json!({ "country": "Germany" })).await;
        assert_eq!(odd.json()["code"], "invalid_request");
        let away = test
            .post(&bo, ONBOARDING, &json!({ "return_url": "https://evil.example/" }))
            .await;
        assert_eq!(away.json()["code"], "invalid_request");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn one_account_is_made_whoever_asks_at_once_and_whatever_answer_is_lost() {
    for_each_engine(async |database| {
        let test = connected(database).await;
        let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/accounts", "count": 50 });
        test.steer("/faults", &lost).await;
        assert_eq!(onboard(&test).await.json()["code"], "unavailable");
        assert_eq!(account(&test).await["status"], "creating");
        assert_eq!(at_stripe(&test).await, 1, "it was made all the same");
        test.lift_faults().await;
        let answers = all_at_once((0..8).map(|_| onboard(&test))).await;
        assert!(answers.iter().all(|one| one.status == 200), "{answers:?}");
        assert_eq!(at_stripe(&test).await, 1);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_cut_off_is_taken_up_and_looked_up_once_its_key_is_forgotten() {
    for_each_engine(async |database| {
        let test = connected(database).await;
        let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/accounts", "count": 50 });
        test.steer("/faults", &lost).await;
        assert_eq!(onboard(&test).await.json()["code"], "unavailable");
        test.lift_faults().await;
        turn(&test, 25 * 3600).await;
        assert_eq!(payouts::work(&test.app).await.unwrap(), 1);
        assert_eq!(
            at_stripe(&test).await,
            1,
            "Stripe has forgotten the key, and was asked what it made"
        );
        assert_eq!(account(&test).await["status"], "onboarding");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_account_whose_event_is_lost_is_read_when_its_time_has_come() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        enabled(&test).await;
        assert_eq!(account(&test).await["status"], "onboarding", "nobody has told");
        turn(&test, 3601).await;
        assert_eq!(payouts::work(&test.app).await.unwrap(), 1);
        assert_eq!(account(&test).await["status"], "enabled");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_account_that_was_closed_at_stripe_stays_closed_until_another_is_asked_for() {
    for_each_engine(async |database| {
        let test = connected(database).await;
        let account_id = enabled(&test).await;
        test.at_stripe("DELETE", &format!("/v1/accounts/{account_id}"), &[])
            .await;
        turn(&test, 7 * 24 * 3600 + 1).await;
        payouts::work(&test.app).await.unwrap();
        let closed = account(&test).await;
        assert_eq!(
            (&closed["status"], &closed["payable"]),
            (&json!("closed"), &json!(false))
        );
        let another = onboard(&test).await.json();
        assert_ne!(another["account_id"], account_id.as_str());
        assert_eq!(account(&test).await["status"], "onboarding");
        test.finish().await;
    })
    .await;
}

//! What follows from Stripe's events about subscriptions, whoever caused them and in whatever order they come.

use std::time::Duration;

use serde_json::{Value, json};
use store::testing::for_each_engine;

use super::subscriber::{DAY, Subscriber};
use crate::support::{ADMIN, TestApp};

#[tokio::test]
async fn an_end_is_seen_wherever_it_was_asked_for() {
    for_each_engine(async |database| {
        // The flag of the API, a time as the portal sets it, and an end at once from the dashboard.
        let ada = Subscriber::begin(database, "basic", "pm_card_visa", &[]).await;
        ada.test.settle().await;
        let end_us = ada.seen().await.period_end_us;
        ada.change(&[("cancel_at_period_end", "true")]).await;
        ada.test.settle().await;
        assert_eq!(ada.seen().await.cancel_at_us, end_us);
        ada.change(&[("cancel_at_period_end", "false")]).await;
        ada.test.settle().await;
        assert_eq!(
            (ada.seen().await.cancel_at_us, ada.standing().await.until_us),
            (None, None)
        );
        let at = (end_us.unwrap() / 1_000_000 - 86_400).to_string();
        ada.change(&[("cancel_at", &at)]).await;
        ada.test.settle().await;
        assert_eq!(
            ada.seen().await.cancel_at_us,
            end_us.map(|end_us| end_us - 86_400_000_000)
        );
        ada.turn(29 * DAY).await;
        assert_eq!(ada.seen().await.status, "canceled");
        assert_eq!(
            (ada.tier().await, ada.told().await),
            (None, vec!["subscription_ended".to_owned()])
        );
        ada.test.finish().await;

        let ada = Subscriber::begin(database, "pro", "pm_card_visa", &[]).await;
        ada.test.settle().await;
        assert_eq!(ada.tier().await.as_deref(), Some("pro"));
        let path = format!("/v1/subscriptions/{}", ada.subscription_id);
        ada.ask("DELETE", &path, &[]).await;
        ada.test.settle().await;
        assert_eq!(ada.seen().await.status, "canceled");
        assert_eq!(ada.tier().await, None);
        ada.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_subscription_that_nobody_named_belongs_to_the_customers_user() {
    for_each_engine(async |database| {
        // Nothing of ours stands in the subscription; only the customer says who it is.
        let nobody = [("metadata[paydesk_user]", ""), ("metadata[paydesk_item]", "")];
        let ada = Subscriber::begin(database, "basic", "pm_card_visa", &nobody).await;
        ada.test.settle().await;
        assert_eq!(ada.seen().await.user_id, None, "nobody knows yet");
        assert_eq!(ada.test.balance("ada").await, 0);
        let path = format!("/v1/customers/{}", ada.customer);
        ada.ask("POST", &path, &[("metadata[paydesk_user]", "ada")]).await;
        ada.change(&[("description", "anything at all")]).await;
        ada.test.settle().await;
        assert_eq!(ada.tier().await.as_deref(), Some("basic"));
        assert_eq!(
            ada.test.balance("ada").await,
            100,
            "the invoice had waited for its user"
        );
        ada.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_refunded_invoice_takes_back_its_share_of_the_credits() {
    for_each_engine(async |database| {
        let ada = Subscriber::begin(database, "pro", "pm_card_visa", &[]).await;
        ada.test.settle().await;
        assert_eq!(ada.test.balance("ada").await, 700);
        let invoice = ada.paid().await.unwrap();
        let half = json!({ "purchase_id": invoice.purchase_id, "amount_minor": 1500 });
        let refunded = ada.test.post(ADMIN, "/api/refunds", &half).await;
        assert_eq!(refunded.status, 201, "{}", refunded.json());
        ada.test.settle().await;
        assert_eq!(ada.test.balance("ada").await, 350);
        let explained = ada.test.get(ADMIN, "/api/financial/credits/ada/explain").await.json();
        let behind = &explained["lots"][0]["origins"][0]["bought"];
        assert_eq!(
            behind["purchase"]["purchase_id"],
            json!(invoice.purchase_id),
            "{explained}"
        );
        assert_eq!(behind["refunds"][0]["amount_minor"], 1500);
        let bought = ada.test.get(&ada.test.user("ada"), "/api/purchases").await.json();
        assert_eq!(bought["data"], json!([]), "nobody set out to buy a renewal");
        ada.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_to_less_takes_the_rest_of_the_cycle_and_a_pause_of_collection_the_access() {
    for_each_engine(async |database| {
        let ada = Subscriber::begin(database, "pro", "pm_card_visa", &[]).await;
        ada.test.settle().await;
        ada.turn(15 * DAY).await;
        ada.put_on("basic", "always_invoice").await;
        ada.test.settle().await;
        assert_eq!(ada.tier().await.as_deref(), Some("basic"));
        assert_eq!(
            ada.test.balance("ada").await,
            400,
            "half of 700 went with its money, half of 100 came"
        );
        // While nothing is collected and invoices are voided, the plan decides as while it is paused.
        ada.change(&[("pause_collection[behavior]", "void")]).await;
        ada.test.settle().await;
        assert_eq!(
            (ada.seen().await.status.as_str(), ada.standing().await.access),
            ("active", false)
        );
        ada.change(&[("pause_collection", "")]).await;
        ada.test.settle().await;
        assert_eq!(ada.tier().await.as_deref(), Some("basic"));
        ada.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_no_event_told_of_is_read_when_its_time_has_come() {
    for_each_engine(async |database| {
        let ada = Subscriber::begin(database, "basic", "pm_card_visa", &[]).await;
        ada.test.settle().await;
        ada.test.steer("/deliveries/pause", &json!({})).await;
        let path = format!("/v1/subscriptions/{}", ada.subscription_id);
        ada.ask("DELETE", &path, &[]).await;
        ada.test.handle().await;
        assert_eq!(ada.seen().await.status, "active", "nobody has told");
        ada.test.app.clock.advance(Duration::from_secs(32 * DAY));
        ada.test.handle().await;
        assert_eq!(ada.seen().await.status, "canceled");
        assert_eq!(ada.tier().await, None);
        ada.test.steer("/deliveries/resume", &json!({})).await;
        ada.turn(60).await;
        assert_eq!(ada.told().await, ["subscription_ended"], "once");
        ada.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn events_that_were_kept_unhandled_do_the_same_when_they_are_replayed() {
    for_each_engine(async |database| {
        let ada = Subscriber::begin(database, "basic", "pm_card_visa", &[]).await;
        ada.test.settle().await;
        let before = (ada.seen().await, ada.test.balance("ada").await, ada.told().await);
        replay_all(&ada.test).await;
        let after = (ada.seen().await, ada.test.balance("ada").await, ada.told().await);
        assert_eq!(before, after);
        ada.test.finish().await;
    })
    .await;
}

/// Puts every event back to be handled once more.
async fn replay_all(test: &TestApp) {
    let events = test.get(ADMIN, "/api/events?limit=100").await.json();
    let ids = events["data"].as_array().unwrap().clone();
    for id in ids.iter().filter_map(|event: &Value| event["id"].as_str()) {
        let replayed = test.post(ADMIN, &format!("/api/events/{id}/replay"), &json!({})).await;
        assert!(replayed.status < 300, "{}", replayed.json());
    }
    test.handle().await;
}

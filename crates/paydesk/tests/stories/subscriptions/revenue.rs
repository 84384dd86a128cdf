//! What subscriptions bring in each month, and how it moves, over the life of a subscriber.

use serde_json::{Value, json};
use store::testing::for_each_engine;

use super::subscriber::{DAY, Subscriber};
use crate::reports::dashboard;
use crate::support::recount;

/// The whole of what there was, up to today.
async fn totals(ada: &Subscriber) -> Value {
    recount::check(&ada.test.app.store, ada.test.app.clock.now_us()).await;
    dashboard(&ada.test, "from=2026-01-01&interval=week").await["totals"].clone()
}

#[tokio::test]
async fn recurring_revenue_follows_a_subscriber() {
    for_each_engine(async |database| {
        let ada = Subscriber::begin(database, "basic", "pm_card_visa", &[("trial_period_days", "14")]).await;
        ada.test.settle().await;
        assert_eq!(totals(&ada).await["mrr"]["end_minor"], 0, "a trial brings in nothing");
        ada.turn_to_next_period().await;
        let paying = totals(&ada).await;
        assert_eq!(
            (&paying["mrr"]["new_minor"], &paying["mrr"]["end_minor"]),
            (&json!(1000), &json!(1000))
        );
        assert_eq!(paying["subscribers"]["end"], 1);

        ada.put_on("pro", "always_invoice").await;
        ada.test.settle().await;
        assert_eq!(totals(&ada).await["mrr"]["expansion_minor"], 2000);
        ada.put_on("basic", "none").await;
        ada.test.settle().await;
        let less = totals(&ada).await;
        assert_eq!(
            (&less["mrr"]["contraction_minor"], &less["mrr"]["end_minor"]),
            (&json!(2000), &json!(1000))
        );

        ada.pay_with("pm_card_chargeCustomerFail").await;
        ada.turn_to_next_period().await;
        let overdue = dashboard(&ada.test, "").await;
        assert_eq!(overdue["past_due_subscriptions"], 1);
        assert_eq!(
            overdue["totals"]["mrr"]["end_minor"], 1000,
            "what is overdue is not lost"
        );
        ada.pay_with("pm_card_visa").await;
        ada.turn(6 * DAY).await;

        ada.ask("DELETE", &format!("/v1/subscriptions/{}", ada.subscription_id), &[])
            .await;
        ada.test.settle().await;
        let over = totals(&ada).await;
        assert_eq!(
            (&over["mrr"]["churn_minor"], &over["mrr"]["end_minor"]),
            (&json!(1000), &json!(0))
        );
        assert_eq!(
            (&over["subscribers"]["churned"], &over["subscribers"]["end"]),
            (&json!(1), &json!(0))
        );

        ada.turn(40 * DAY).await;
        let price = ada.seen().await.price_id.unwrap();
        let form = [
            ("customer", ada.customer.as_str()),
            ("items[0][price]", &price),
            ("items[0][quantity]", "3"),
            ("metadata[paydesk_user]", "ada"),
            ("metadata[paydesk_item]", "basic"),
        ];
        ada.ask("POST", "/v1/subscriptions", &form).await;
        ada.test.settle().await;
        let back = totals(&ada).await;
        assert_eq!(back["mrr"]["reactivation_minor"], 3000);
        assert_eq!(back["subscribers"]["end"], 1);

        let seen = dashboard(&ada.test, "").await;
        let cohorts = seen["cohorts"].as_array().unwrap();
        assert_eq!(cohorts.len(), 12);
        let began: Vec<&Value> = cohorts.iter().filter(|one| one["subscribers"] == 1).collect();
        assert_eq!(began.len(), 1, "{cohorts:?}");
        let active = began[0]["active"].as_array().unwrap();
        assert!(
            active.len() >= 3 && active.contains(&json!(0)),
            "gone for a month: {active:?}"
        );
        assert_eq!(began[0]["mrr_minor"].as_array().unwrap().last(), Some(&json!(3000)));
        ada.test.finish().await;
    })
    .await;
}

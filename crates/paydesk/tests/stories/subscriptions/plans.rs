//! Plans of the catalogue: what anybody can read of them, and what their prices are called at Stripe.

use paydesk::app::App;
use paydesk::catalogue;
use serde_json::{Value, json};
use store::testing::for_each_engine;
use stripe::objects::Price;

use crate::support::TestApp;

const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[credit_pack]]
id = "pack"
name = "Pack"
credits = 100
prices = { usd = 1000 }

[[plan]]
id = "pro"
name = "Pro"
tier = "pro"
interval = "month"
prices = { usd = 2900, eur = 2700 }
trial_days = 14
features = ["export"]
limits = { projects = 20 }
credits = { amount = 500 }
"#;

/// The prices that Stripe has of the plan, newest first.
async fn prices(app: &App) -> Vec<Price> {
    let usd = app
        .stripe
        .list_prices_by_lookup_key(&["paydesk_pro_usd"])
        .await
        .unwrap();
    let eur = app
        .stripe
        .list_prices_by_lookup_key(&["paydesk_pro_eur"])
        .await
        .unwrap();
    usd.data.into_iter().chain(eur.data).collect()
}

async fn plan_of(app: &App, price: &str) -> Option<String> {
    let price = price.to_owned();
    app.store
        .read(move |tx| catalogue::plan_of_price(tx, &price))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_plan_is_for_anybody_to_read_until_it_is_taken_off_sale() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let products = test.get("", "/api/stripe/products").await.json();
        let shown = &products["data"][1];
        assert_eq!((&shown["id"], &shown["kind"]), (&json!("pro"), &json!("plan")));
        let wanted = json!({
            "group": "main", "tier": "pro", "interval": "month", "interval_count": 1, "trial_days": 14,
            "credits": { "amount": 500, "roll_over": false, "priority": 0 },
            "features": ["export"], "limits": { "projects": 20 },
        });
        assert_eq!(shown["plan"], wanted);
        assert_eq!(products["data"][0]["plan"], Value::Null, "a pack is no plan");
        test.finish().await;

        let off_sale = format!("{CATALOGUE}on_sale = false\n");
        let test = TestApp::begin_selling(database, &off_sale).await;
        let products = test.get("", "/api/stripe/products").await.json();
        assert_eq!(products["data"].as_array().unwrap().len(), 1);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_price_of_a_plan_comes_again_at_stripe_and_is_known_after_it_was_replaced() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let first = prices(&test.app).await;
        let recurring = first[0].recurring.clone().unwrap();
        assert_eq!(
            (recurring.interval.as_deref(), recurring.interval_count),
            (Some("month"), Some(1))
        );
        assert_eq!(first.len(), 2);
        assert_eq!(plan_of(&test.app, &first[0].id).await.as_deref(), Some("pro"));
        assert_eq!(plan_of(&test.app, &first[1].id).await.as_deref(), Some("pro"));

        let again = test.selling(CATALOGUE).await;
        let ids = |prices: &[Price]| prices.iter().map(|price| price.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&prices(&again).await), ids(&first), "a second push changes nothing");

        let dearer = test.selling(&CATALOGUE.replace("usd = 2900", "usd = 3900")).await;
        let quarterly = CATALOGUE.replace("interval = \"month\"", "interval = \"month\"\ninterval_count = 3");
        let rarer = test.selling(&quarterly.replace("usd = 2900", "usd = 3900")).await;
        let last = prices(&rarer).await;
        assert_ne!(prices(&dearer).await[0].id, first[0].id);
        assert_eq!(last[0].recurring.as_ref().unwrap().interval_count, Some(3));
        assert_ne!(last[0].id, first[0].id);
        assert_ne!(last[1].id, first[1].id, "another interval is another price");
        for price in first.iter().chain(&last) {
            assert_eq!(plan_of(&rarer, &price.id).await.as_deref(), Some("pro"));
        }
        let pack = rarer
            .stripe
            .list_prices_by_lookup_key(&["paydesk_pack_usd"])
            .await
            .unwrap();
        assert!(pack.data[0].recurring.is_none(), "a pack is paid once");
        assert_eq!(plan_of(&rarer, &pack.data[0].id).await, None);
        test.finish().await;
    })
    .await;
}

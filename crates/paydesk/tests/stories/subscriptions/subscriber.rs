//! A subscriber at Stripe, whose time the test turns together with the application's.

use std::time::Duration;

use paydesk::clock::{Clock, SECOND_US};
use paydesk::ids::UserId;
use paydesk::purchases::{self, Purchase};
use paydesk::subscriptions::{self, Standing, Subscription};
use serde_json::{Value, json};
use store::testing::TestDatabase;

use crate::support::TestApp;

pub(super) const DAY: u64 = 86_400;

pub(super) const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[plan]]
id = "basic"
name = "Basic"
tier = "basic"
interval = "month"
prices = { usd = 1000 }
grace_days = 3
credits = { amount = 100, priority = -1 }

[[plan]]
id = "pro"
name = "Pro"
tier = "pro"
interval = "month"
prices = { usd = 3000 }
grace_days = 3
credits = { amount = 700, roll_over = true }
"#;

/// An application on a clock that the test turns, and ada, who has a subscription at Stripe.
pub(super) struct Subscriber {
    pub(super) test: TestApp,
    pub(super) customer: String,
    pub(super) subscription_id: String,
}

impl Subscriber {
    /// Subscribes ada to the plan with this card, with these parameters besides.
    pub(super) async fn begin(database: &TestDatabase, plan: &str, card: &str, more: &[(&str, &str)]) -> Self {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let form = [("email", "ada@example.org")];
        let customer = test.at_stripe("POST", "/v1/customers", &form).await["id"].to_string();
        let mut one = Self {
            test,
            customer: customer.trim_matches('"').to_owned(),
            subscription_id: String::new(),
        };
        one.pay_with(card).await;
        let (customer, price) = (one.customer.clone(), one.price(plan).await);
        let mut form = vec![
            ("customer", customer.as_str()),
            ("items[0][price]", price.as_str()),
            ("metadata[paydesk_user]", "ada"),
            ("metadata[paydesk_item]", plan),
        ];
        form.extend_from_slice(more);
        let made = one.ask("POST", "/v1/subscriptions", &form).await;
        made["id"].as_str().unwrap().clone_into(&mut one.subscription_id);
        one
    }

    /// Asks Stripe for something; it must not refuse.
    pub(super) async fn ask(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Value {
        self.test.at_stripe(method, path, form).await
    }

    /// Changes the subscription at Stripe.
    pub(super) async fn change(&self, form: &[(&str, &str)]) -> Value {
        let path = format!("/v1/subscriptions/{}", self.subscription_id);
        self.ask("POST", &path, form).await
    }

    /// Puts the subscription on another plan at Stripe, with this treatment of the rest of the period.
    pub(super) async fn put_on(&self, plan: &str, proration: &str) {
        let found = self.change(&[]).await;
        let item = found["items"]["data"][0]["id"].as_str().unwrap();
        let form = [
            ("items[0][id]", item),
            ("items[0][price]", &self.price(plan).await),
            ("proration_behavior", proration),
        ];
        self.change(&form).await;
    }

    /// Makes this card the one that invoices are paid with.
    pub(super) async fn pay_with(&self, card: &str) {
        let attach = format!("/v1/payment_methods/{card}/attach");
        let method = self.ask("POST", &attach, &[("customer", &self.customer)]).await;
        let form = [(
            "invoice_settings[default_payment_method]",
            method["id"].as_str().unwrap(),
        )];
        self.ask("POST", &format!("/v1/customers/{}", self.customer), &form)
            .await;
    }

    /// What the plan costs at Stripe.
    async fn price(&self, plan: &str) -> String {
        let key = format!("paydesk_{plan}_usd");
        let prices = self.test.app.stripe.list_prices_by_lookup_key(&[&key]).await.unwrap();
        prices.data[0].id.clone()
    }

    /// Lets time pass, here and at Stripe, and handles what came of it.
    pub(super) async fn turn(&self, seconds: u64) {
        self.test.app.clock.advance(Duration::from_secs(seconds));
        let ahead = self.test.app.clock.now_seconds() - Clock::system().now_seconds();
        // Before Stripe's time, so that what happens in it is signed with ours.
        self.test.lift_faults().await;
        self.test
            .steer("/faults", &json!({ "kind": "clock_skew", "seconds": ahead }))
            .await;
        self.test.steer("/clock", &json!({ "advance": seconds })).await;
        self.test.settle().await;
    }

    /// Lets time pass until the next period has been billed.
    pub(super) async fn turn_to_next_period(&self) {
        let end_us = self.seen().await.period_end_us.unwrap();
        let left_us = end_us - self.test.app.clock.now_us();
        self.turn(u64::try_from(left_us / SECOND_US).unwrap() + 2 * 3600).await;
    }

    /// The subscription as it is known here.
    pub(super) async fn seen(&self) -> Subscription {
        let wanted = self.subscription_id.clone();
        let read = self
            .test
            .app
            .store
            .read(move |tx| subscriptions::subscription(tx, &wanted));
        read.await.unwrap().unwrap()
    }

    /// What ada has.
    pub(super) async fn standing(&self) -> Standing {
        let (now_us, ada) = (self.test.app.clock.now_us(), UserId::parse("ada").unwrap());
        let read = self
            .test
            .app
            .store
            .read(move |tx| subscriptions::standing(tx, now_us, &ada, "main"));
        read.await.unwrap()
    }

    /// The tier that ada has; none where it is the free one.
    pub(super) async fn tier(&self) -> Option<String> {
        self.standing().await.tier
    }

    /// The newest invoice as a purchase, where it was paid.
    pub(super) async fn paid(&self) -> Option<Purchase> {
        let invoice = self.seen().await.latest_invoice_id.unwrap();
        let read = self.test.app.store.read(move |tx| purchases::purchase(tx, &invoice));
        read.await.unwrap()
    }

    /// Kinds of what ada was told, the newest first.
    pub(super) async fn told(&self) -> Vec<String> {
        let notices = self.test.get(&self.test.user("ada"), "/api/notices").await.json();
        let notices = notices["data"].as_array().unwrap().clone();
        notices
            .iter()
            .map(|one| one["kind"].as_str().unwrap().to_owned())
            .collect()
    }
}

//! The journey of somebody who saves a card, subscribes with it, changes the plan, and has credits bought when they run low.
//! Wherever the process dies, there is one subscription, one key, one charge for each thing, and the credits of each once.

use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};

use crate::journey::{Journey, body};
use crate::server::PATIENCE;

const WALLET: &str = "/api/financial/credits/dora";

impl Journey<'_> {
    /// Goes the whole way. Gives how often the process died.
    pub(crate) async fn become_member(mut self) -> usize {
        let page = self.ask(&format!("{WALLET}/top-up/setup"), "set-up", &json!({})).await;
        let page = body(&page)["id"].as_str().unwrap().to_owned();
        let card = json!({ "card": "4242424242424242" });
        self.place.steer(&format!("/checkout/{page}/pay"), &card).await;
        self.deliver_all().await;
        self.settle(0, "free").await;
        self.stop().await;
        self.armed = true;

        let wanted = json!({ "user_id": "dora", "plan_id": "pro-monthly" });
        let begun = self.ask("/api/stripe/create-subscription", "subscribe", &wanted).await;
        assert_eq!(begun.0, 201, "{} {}", body(&begun), self.told());
        self.deliver_all().await;
        self.settle(500, "pro").await;
        let subscription_id = body(&begun)["subscription"]["subscription_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let change_path = format!("/api/subscriptions/{subscription_id}/change");
        let change = json!({ "plan_id": "label-monthly", "proration_behavior": "none" });
        let changed = self.ask(&change_path, "change", &change).await;
        assert_eq!(changed.0, 200, "{} {}", body(&changed), self.told());
        self.deliver_all().await;
        self.settle(500, "label").await;

        let low = json!({ "below": 490, "item_id": "starter" });
        let set = self
            .ask_by(Method::PUT, &format!("{WALLET}/top-up"), "top-up", &low)
            .await;
        assert_eq!(set.0, 200, "{} {}", body(&set), self.told());
        let spend = json!({ "amount": 20, "reason": "used" });
        let spent = self.ask(&format!("{WALLET}/spend"), "spend", &spend).await;
        assert_eq!(spent.0, 200, "{} {}", body(&spent), self.told());
        self.see_charged().await;
        self.deliver_all().await;
        self.settle(580, "label").await;

        // Everybody asks once more, and Stripe tells everything once more.
        for (path, key, wanted, answered) in [
            ("/api/stripe/create-subscription", "subscribe", &wanted, &begun),
            (change_path.as_str(), "change", &change, &changed),
        ] {
            assert_eq!(self.ask(path, key, wanted).await, *answered, "{key}: {}", self.told());
        }
        self.deliver_all().await;
        self.settle(580, "label").await;
        self.check_membership().await;
        self.died
    }

    /// Waits until no event waits, and dora has this balance and this tier.
    async fn settle(&mut self, balance: i64, tier: &str) {
        let begun = Instant::now();
        loop {
            let waits = self.waits().await;
            let wallet = self.read(WALLET).await;
            let may = self.read("/api/entitlements/dora").await;
            let tiers = may["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
            let is_there = may["tier"] == tier || tiers.iter().any(|group| group["tier"] == tier);
            if !waits && wallet["balance"] == balance && is_there {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{balance} {tier}: {wallet} {may}, events wait: {waits}; {}",
                self.told()
            );
        }
    }

    /// Waits until the credits that ran low were charged for; a charge that was cut off is due at once.
    async fn see_charged(&mut self) {
        let begun = Instant::now();
        loop {
            let deaths = self.died;
            while self.died == deaths {
                let purchases = self.read("/api/purchases?user_id=dora").await["data"].take();
                let charged = |one: &Value| one["kind"] == "credit_pack" && one["status"] != "created";
                if purchases.as_array().unwrap().iter().any(charged) {
                    return;
                }
                assert!(begun.elapsed() < PATIENCE, "{purchases} {}", self.told());
            }
            self.make_due().await;
        }
    }

    async fn check_membership(&mut self) {
        self.stop().await;
        self.place.verify().await;
        let told = self.told();
        for (path, count) in [
            ("/v1/subscriptions?status=all&limit=100", 1),
            ("/v1/customers?limit=100", 1),
            ("/v1/payment_intents?limit=100", 2),
            ("/v1/invoices?limit=100", 1),
        ] {
            assert_eq!(self.place.at_stripe(path).await.len(), count, "{path}: {told}");
        }
        for (what, sql, count) in [
            (
                "events that are not handled",
                "select 1 from event where status not in ('processed', 'ignored')",
                0,
            ),
            ("credits granted", "select 1 from transfer where code = 'grant'", 2),
            ("keys issued", "select 1 from api_key", 1),
            ("widgets seeded", "select 1 from seeded_data", 1),
            (
                "commands that wait",
                "select 1 from subscription_command where status = 'created'",
                0,
            ),
        ] {
            assert_eq!(self.count(sql).await, count, "{what}: {told}");
        }
    }
}

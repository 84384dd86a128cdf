//! The journey of a builder: a session is booked and paid for, what is earned of it is transferred, and taken back when the
//! client is given everything back; each once, wherever the process dies between decision, call and record.

use std::time::Instant;

use serde_json::{Value, json};

use crate::journey::{Journey, body};
use crate::server::PATIENCE;

const ONBOARDING: &str = "/api/payouts/accounts/grace/onboarding";
const ACCOUNT: &str = "/api/payouts/accounts/grace";
const STATEMENT: &str = "/api/payouts/grace/statement?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";

impl Journey<'_> {
    /// Goes the whole way. Gives how often the process died.
    pub(crate) async fn earn(mut self) -> usize {
        // On the second pass it dies where money is taken back.
        let first = self.death.point.strip_suffix(":2").map(|name| format!("{name}:1"));
        let dies_late = first.is_some();
        self.death.point = first.unwrap_or(self.death.point);
        self.be_there().await;
        self.be_payable().await;
        let booking = self.have_booked().await;
        let kinds = self.see_entries(2, !dies_late).await;
        assert_eq!(kinds, ["earned", "transferred"], "{}", self.told());

        let cancelled = self
            .ask(&format!("/api/bookings/{booking}/cancel"), "cancel", &json!({}))
            .await;
        assert_eq!(body(&cancelled)["status"], "cancelled", "{}", self.told());
        // Unless it has died before, the server that makes the refund is to die, once it takes back what was transferred.
        self.make_refunds_due().await;
        self.stand("refunded").await;
        let kinds = self.see_entries(4, false).await;
        assert_eq!(
            kinds,
            ["earned", "transferred", "reversed", "taken_back"],
            "{}",
            self.told()
        );
        self.check_payouts().await;
        self.died
    }

    /// Brings grace's account to where it can be paid.
    async fn be_payable(&mut self) {
        let begun = self.ask(ONBOARDING, "onboard", &json!({})).await;
        assert_eq!(begun.0, 200, "{} {}", body(&begun), self.told());
        let account = body(&begun)["account_id"].as_str().unwrap().to_owned();
        self.place
            .steer(&format!("/accounts/{account}/onboard"), &json!({}))
            .await;
        self.stop().await;
        self.run_sql("update payout_account set read_due_at_us = 0").await;
        let begun = Instant::now();
        while self.read(ACCOUNT).await["payable"] != true {
            assert!(begun.elapsed() < PATIENCE, "{}", self.told());
        }
    }

    /// Waits until the statement has so many entries, with everything due at once, and until the process has died where it
    /// is to. Gives what the entries are.
    async fn see_entries(&mut self, count: usize, dies: bool) -> Vec<String> {
        let begun = Instant::now();
        loop {
            self.stop().await;
            self.run_sql("update payout_line set payable_at_us = 0, next_look_at_us = 0")
                .await;
            self.run_sql("update payout_transfer set next_check_at_us = 0 where status in ('created', 'unknown')")
                .await;
            self.armed = dies && self.died == 0;
            // The journey passes each point once until here.
            let waits_for_death = self.armed && self.death.point.ends_with(":1");
            let deaths = self.died;
            while self.died == deaths {
                let statement = self.read(STATEMENT).await;
                let entries = statement["entries"].as_array().unwrap();
                if entries.len() == count && !waits_for_death {
                    let kind = |entry: &Value| entry["kind"].as_str().unwrap().to_owned();
                    return entries.iter().map(kind).collect();
                }
                assert!(begun.elapsed() < PATIENCE, "{statement}: {}", self.told());
            }
        }
    }

    async fn check_payouts(&mut self) {
        self.stop().await;
        self.place.verify().await;
        let told = self.told();
        let transfers = self.place.at_stripe("/v1/transfers?limit=100").await;
        assert_eq!(transfers.len(), 1, "{told}");
        assert_eq!(transfers[0]["amount"], transfers[0]["amount_reversed"], "{told}");
        for (what, sql, count) in [
            ("transfers", "select 1 from payout_transfer where direction = 'out'", 1),
            ("reversals", "select 1 from payout_transfer where direction = 'back'", 1),
            (
                "those not recorded",
                "select 1 from payout_transfer where status <> 'made'",
                0,
            ),
        ] {
            assert_eq!(self.count(sql).await, count, "{what}: {told}");
        }
    }
}

//! A year of a subscriber's life: trial, conversion, renewals, a payment that fails and is made good, an upgrade, and the end.

use paydesk::credits;
use store::testing::for_each_engine;

use super::subscriber::{DAY, Subscriber};

#[tokio::test]
async fn a_year_of_a_subscribers_life() {
    for_each_engine(async |database| {
        let ada = Subscriber::begin(database, "basic", "pm_card_visa", &[("trial_period_days", "14")]).await;
        ada.test.settle().await;
        assert_eq!(ada.seen().await.status, "trialing");
        assert_eq!(ada.tier().await.as_deref(), Some("basic"), "a trial gives access");
        assert_eq!(ada.test.balance("ada").await, 0, "and no credits, for nothing was paid");

        ada.turn(12 * DAY).await;
        assert_eq!(ada.told().await, ["trial_will_end"]);
        ada.turn_to_next_period().await;
        assert_eq!(ada.seen().await.status, "active");
        assert_eq!(ada.test.balance("ada").await, 100);

        for month in 2..=4 {
            ada.turn_to_next_period().await;
            renewed(&ada, month, 1000).await;
            assert_eq!(ada.test.balance("ada").await, 100, "what was left ended with its month");
        }

        ada.pay_with("pm_card_chargeCustomerFail").await;
        ada.turn_to_next_period().await;
        assert_eq!(ada.seen().await.status, "past_due");
        assert_eq!(ada.paid().await, None);
        assert_eq!(ada.told().await[0], "payment_failed");
        assert_eq!(ada.tier().await.as_deref(), Some("basic"), "within the days of grace");
        ada.turn(2 * DAY).await;
        assert!(ada.standing().await.access);
        ada.turn(DAY).await;
        assert!(!ada.standing().await.access, "the grace is over");
        let mut told = ada.told().await;
        told.sort();
        let wanted = ["grace_ended", "payment_failed", "payment_failed", "trial_will_end"];
        assert_eq!(told, wanted, "once of each attempt, and once of the end of grace");
        ada.pay_with("pm_card_visa").await;
        ada.turn(6 * DAY).await;
        assert_eq!(ada.seen().await.status, "active");
        assert_eq!(ada.seen().await.past_due_since_us, None);
        assert_eq!(ada.tier().await.as_deref(), Some("basic"), "recovered");
        assert_eq!(ada.test.balance("ada").await, 100);

        for month in 6..=7 {
            ada.turn_to_next_period().await;
            renewed(&ada, month, 1000).await;
        }
        let period = ada.seen().await;
        let whole_us = period.period_end_us.unwrap() - period.period_start_us.unwrap();
        ada.turn(u64::try_from(whole_us / 1_000_000 / 2).unwrap() - 2 * 3600)
            .await;
        ada.put_on("pro", "always_invoice").await;
        ada.test.settle().await;
        assert_eq!(ada.tier().await.as_deref(), Some("pro"));
        let paid = ada.paid().await.unwrap();
        assert_eq!(
            (paid.item_id.as_str(), paid.price.minor),
            ("pro", 1000),
            "half of the difference"
        );
        assert_eq!(paid.credits, 300, "half of what pro has more in a month");
        assert_eq!(ada.test.balance("ada").await, 400);

        for (month, balance) in [(8, 1000), (9, 1700), (10, 2400), (11, 3100)] {
            ada.turn_to_next_period().await;
            renewed(&ada, month, 3000).await;
            assert_eq!(ada.test.balance("ada").await, balance, "what pro grants rolls over");
        }

        ada.change(&[("cancel_at_period_end", "true")]).await;
        ada.test.settle().await;
        let scheduled = ada.seen().await;
        assert_eq!(scheduled.cancel_at_us, scheduled.period_end_us);
        assert!(ada.standing().await.access, "until the end of what was paid");
        ada.turn_to_next_period().await;
        assert_eq!(ada.seen().await.status, "canceled");
        let standing = ada.standing().await;
        assert_eq!((standing.access, standing.tier), (false, None));
        assert_eq!(ada.told().await[0], "subscription_ended");
        assert_eq!(ada.test.balance("ada").await, 3100, "what was bought stays");
        credits::expire(&ada.test.app).await.unwrap();
        ada.test.finish().await;
    })
    .await;
}

/// The month was billed, and paid by a purchase of its own.
async fn renewed(ada: &Subscriber, month: usize, minor: i64) {
    let paid = ada.paid().await.unwrap();
    assert_eq!(paid.price.minor, minor, "month {month}");
    assert_eq!(ada.seen().await.status, "active", "month {month}");
}

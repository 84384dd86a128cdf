//! Where a subscription stands is told while its user looks.

use serde_json::json;
use store::testing::for_each_engine;

use super::commands::{begin, cancel, subscribe};
use crate::updates::Stream;

#[tokio::test]
async fn a_subscription_is_told_when_it_begins_and_whenever_it_changes() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let mut stream = Stream::open(&test, &ada, None).await;
        stream.next("wallet", |_| true).await;

        let subscription_id = subscribe(&test, "pro").await;
        let (_, told) = stream.next("subscription", |told| told["status"] == "active").await;
        assert_eq!(
            json!([told["group"], told["plan_id"], told["subscription_id"], told["access"]]),
            json!(["main", "pro", subscription_id, true])
        );
        let entitlements = test.get(&ada, "/api/entitlements/ada").await.json();
        assert_eq!(entitlements["subscriptions"], json!([told]));

        assert_eq!(cancel(&test, &subscription_id, "").await.status, 200);
        let ending = stream
            .next("subscription", |told| told["cancel_scheduled"] == true)
            .await;
        assert_eq!(ending.1["access"], true);

        // Whoever comes later is told how it stands.
        let mut later = Stream::open(&test, &ada, None).await;
        assert_eq!(later.next("subscription", |_| true).await.1, ending.1);
        test.finish().await;
    })
    .await;
}

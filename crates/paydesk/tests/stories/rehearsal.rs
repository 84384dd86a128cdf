//! What a replay would do, told without doing it.

use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::reversals::buy;
use crate::support::{ADMIN, TestApp};

/// Asks what replaying each event of the inbox would do, oldest first.
async fn rehearse_all(test: &TestApp) -> Vec<Value> {
    let events = test.get(ADMIN, "/api/events?limit=100").await.json();
    let mut told = Vec::new();
    for event in events["data"].as_array().unwrap().iter().rev() {
        let path = format!("/api/events/{}/replay?dry_run=true", event["id"].as_str().unwrap());
        let answered = test.post(ADMIN, &path, &json!({})).await;
        assert_eq!(answered.status, 200, "{}", answered.json());
        assert_eq!(answered.json()["dry_run"], true);
        told.push(answered.json());
    }
    told
}

fn kinds(told: &Value) -> Vec<String> {
    let effects = told["effects"].as_array().unwrap().iter();
    let mut kinds: Vec<String> = effects.map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort_unstable();
    kinds
}

/// Everything that a rehearsal must leave alone.
async fn standing(test: &TestApp) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/api/events?limit=100",
        "/api/ledger/transfers?limit=100",
        "/api/users/ada/timeline?limit=100",
        "/api/financial/credits/ada",
        "/api/payments",
        "/api/purchases?user_id=ada",
    ] {
        all.push(test.get(ADMIN, path).await.json());
    }
    all
}

#[tokio::test]
async fn a_dry_run_tells_what_a_replay_would_do_and_changes_nothing() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let checkout = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        let pay = format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
        test.steer(&pay, &json!({ "card": "4242424242424242" })).await;
        // The events are kept here, and not handled yet.
        test.steer("/drain", &json!({ "flush": true })).await;
        let before = standing(&test).await;
        let told = rehearse_all(&test).await;
        assert_eq!(standing(&test).await, before, "nothing was changed");
        let grants: Vec<&Value> = told.iter().filter(|one| !kinds(one).is_empty()).collect();
        assert!(!grants.is_empty(), "one of them would bring the credits: {told:?}");
        assert!(
            grants.iter().all(|one| kinds(one) == ["collect", "grant"]),
            "{grants:?}"
        );
        assert!(grants.iter().all(|one| one["status"] == "processed"));

        test.handle().await;
        assert_eq!(test.balance("ada").await, 100);
        let before = standing(&test).await;
        for one in rehearse_all(&test).await {
            assert!(kinds(&one).is_empty(), "all that follows from it has happened: {one}");
            assert_ne!(one["status"], "dead");
        }
        assert_eq!(standing(&test).await, before);
        let absent = test
            .post(ADMIN, "/api/events/evt_none/replay?dry_run=true", &json!({}))
            .await;
        assert_eq!(absent.status, 404);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_under_a_used_key_is_told_again() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        buy(&test, 1).await;
        let events = test.get(ADMIN, "/api/events?limit=1").await.json();
        let path = format!(
            "/api/events/{}/replay?dry_run=true",
            events["data"][0]["id"].as_str().unwrap()
        );
        let ask = async || {
            test.send(reqwest::Method::POST, ADMIN, &path, None, Some("rehearsal"))
                .await
        };
        let first = ask().await;
        let again = ask().await;
        assert_eq!((first.status, again.status, again.replayed), (200, 200, true));
        assert_eq!(first.json(), again.json());
        let wrong = path.replace("dry_run=true", "dry_run=maybe");
        assert_eq!(
            test.post(ADMIN, &wrong, &json!({})).await.json()["code"],
            "invalid_query"
        );
        test.finish().await;
    })
    .await;
}

//! Wallets: spend, give, take back, each once and never below zero.

use serde_json::json;
use store::testing::for_each_engine;

use crate::support::{ADMIN, TestApp, all_at_once};

#[tokio::test]
async fn credits_are_spent_once_for_a_key_and_never_below_zero() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let path = "/api/financial/credits/ada";
        let given = test
            .post(
                ADMIN,
                &format!("{path}/add"),
                &json!({ "amount": 10, "reason": "welcome" }),
            )
            .await;
        assert_eq!((given.status, given.json()["balance"].as_i64()), (200, Some(10)));

        let spend = json!({ "amount": 4, "reason": "a persona" });
        let first = test.post_once(ADMIN, &format!("{path}/spend"), &spend, "s1").await;
        let again = test.post_once(ADMIN, &format!("{path}/spend"), &spend, "s1").await;
        assert_eq!(first.json()["balance"], 6);
        assert_eq!((again.bytes, again.replayed), (first.bytes, true));

        let too_much = json!({ "amount": 7, "reason": "a persona" });
        let refused = test.post_once(ADMIN, &format!("{path}/spend"), &too_much, "s2").await;
        assert_eq!(refused.status, 402);
        let said = refused.json();
        assert_eq!(
            (said["code"].as_str(), said["balance"].as_i64()),
            (Some("insufficient_credits"), Some(6))
        );
        test.post(
            ADMIN,
            &format!("{path}/add"),
            &json!({ "amount": 10, "reason": "more" }),
        )
        .await;
        let same = test.post_once(ADMIN, &format!("{path}/spend"), &too_much, "s2").await;
        assert_eq!(same.bytes, refused.bytes, "a key keeps its answer");

        let taken = test
            .post(
                ADMIN,
                &format!("{path}/remove"),
                &json!({ "amount": 16, "reason": "a mistake" }),
            )
            .await;
        assert_eq!((taken.status, taken.json()["balance"].as_i64()), (200, Some(0)));
        assert_eq!(test.balance("ada").await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn sixty_four_clients_cannot_overdraw_a_wallet() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        test.post(
            ADMIN,
            "/api/financial/credits/hot/add",
            &json!({ "amount": 100, "reason": "stock" }),
        )
        .await;
        let spend = json!({ "amount": 3, "reason": "use" });
        let calls = (0..64).map(|_| test.post(ADMIN, "/api/financial/credits/hot/spend", &spend));
        let answers = all_at_once(calls).await;
        let accepted = answers.iter().filter(|answer| answer.status == 200).count();
        let refused = answers.iter().filter(|answer| answer.status == 402).count();
        assert_eq!((accepted, refused), (33, 31));
        assert_eq!(test.balance("hot").await, 1);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn who_may_move_credits() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let body = json!({ "amount": 1, "reason": "x" });
        for action in ["spend", "add", "remove"] {
            let own = format!("/api/financial/credits/ada/{action}");
            assert_eq!(
                test.post(&test.user("ada"), &own, &body).await.status,
                403,
                "{action}: not by a browser"
            );
            assert_eq!(test.post(&test.user("bob"), &own, &body).await.status, 404, "{action}");
            assert_eq!(test.post("", &own, &body).await.status, 401, "{action}");
        }
        for (body, field) in [
            (json!({ "amount": 0, "reason": "x" }), "amount"),
            (json!({ "amount": -5, "reason": "x" }), "amount"),
            (json!({ "amount": 1, "reason": "" }), "reason"),
            (json!({ "amount": 1, "reason": " \n" }), "reason"),
            (json!({ "amount": 1, "reason": "\u{1}" }), "reason"),
        ] {
            let answered = test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
            assert_eq!(
                (answered.status, answered.json()["field"].as_str()),
                (422, Some(field)),
                "{body}"
            );
        }
        assert_eq!(test.balance("ada").await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_stands_in_the_query_of_a_change_is_refused_and_not_left_out() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let body = json!({ "amount": 5, "reason": "x" });
        let credits = "/api/financial/credits/ada";
        assert_eq!(test.post(ADMIN, &format!("{credits}/add"), &body).await.status, 200);
        for path in [
            "spend?key_id=build",
            "spend?dry_run=true",
            "holds?key_id=build",
            "add?=",
            "remove?x",
        ] {
            let refused = test.post(ADMIN, &format!("{credits}/{path}"), &body).await;
            let said = refused.json();
            assert_eq!(
                (refused.status, said["code"].as_str()),
                (400, Some("invalid_query")),
                "{path}"
            );
        }
        let top_up = json!({ "low_balance_notice_below": 5 });
        let path = format!("{credits}/top-up?key_id=build");
        let refused = test.send(reqwest::Method::PUT, ADMIN, &path, Some(&top_up), None).await;
        assert_eq!(refused.status, 400);
        assert_eq!(test.balance("ada").await, 5);
        test.finish().await;
    })
    .await;
}

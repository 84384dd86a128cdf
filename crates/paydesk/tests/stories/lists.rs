//! Lists: whose they are, how they go on, and what they refuse.

use serde_json::json;
use store::testing::for_each_engine;

use crate::support::{ADMIN, TestApp};

#[tokio::test]
async fn a_list_goes_on_only_from_a_cursor_of_its_own() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let ada = test.user("ada");
        let (purchase, order) = (test.app.ids.next("pur"), test.app.ids.next("ord"));
        for (path, own, other) in [
            ("/api/purchases", &purchase, &order),
            ("/api/orders", &order, &purchase),
        ] {
            let fits = test.get(&ada, &format!("{path}?after={own}")).await;
            assert_eq!(fits.status, 200, "{}", fits.json());
            for wrong in [other.as_str(), "", "1", &own[..20]] {
                let refused = test.get(&ada, &format!("{path}?after={wrong}")).await;
                let said = refused.json();
                assert_eq!(
                    (refused.status, said["code"].as_str(), said["field"].as_str()),
                    (400, Some("invalid_query"), Some("after")),
                    "{path} {wrong}: {said}"
                );
            }
        }
        let whose = test.get(ADMIN, "/api/purchases").await.json();
        assert_eq!(whose["detail"], json!("Say for which user with user_id."));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_operator_lists_what_is_to_be_done_for_everybody() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let mut made = Vec::new();
        for user in ["ada", "bob", "ada"] {
            let fields = json!({ "track_url": "https://music.example/one" });
            let wanted = json!({ "package_id": "track-review", "fields": fields });
            let order = test.post(&test.user(user), "/api/orders", &wanted).await;
            made.insert(0, order.json()["order_id"].clone());
        }
        let ids = async |token: &str, query: &str| {
            let answered = test.get(token, &format!("/api/orders?{query}")).await;
            assert_eq!(answered.status, 200, "{query}: {}", answered.json());
            let page = answered.json();
            let ids: Vec<_> = page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|order| order["order_id"].clone())
                .collect();
            (ids, page["next"].as_str().map(str::to_owned))
        };
        let (first, next) = ids(ADMIN, "status=draft&limit=2").await;
        let (rest, end) = ids(ADMIN, &format!("status=draft&limit=2&after={}", next.unwrap())).await;
        assert_eq!([first, rest].concat(), made);
        assert_eq!(end, None);
        assert_eq!(ids(ADMIN, "status=paid").await.0, Vec::<serde_json::Value>::new());
        assert_eq!(ids(ADMIN, "status=draft&user_id=bob").await.0, made[1..2]);
        let ada = test.user("ada");
        assert_eq!(
            ids(&ada, "status=draft").await.0,
            [made[0].clone(), made[2].clone()],
            "a user sees their own"
        );
        assert_eq!(test.get(&ada, "/api/orders?status=draft&user_id=bob").await.status, 404);
        assert_eq!(ids(ADMIN, "").await.0, made, "with no filter, everybody's");
        test.finish().await;
    })
    .await;
}

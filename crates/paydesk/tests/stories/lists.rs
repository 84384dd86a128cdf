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

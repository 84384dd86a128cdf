//! The pages a buyer comes back to.

use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::support::TestApp;

const PAID: &str = "4242424242424242";

/// The cancel page of a checkout.
async fn cancel_page(test: &TestApp, checkout: &Value) -> String {
    let id = checkout["purchase_id"].as_str().unwrap();
    let page = test.get("", &format!("/payment/cancel?purchase_id={id}")).await;
    assert_eq!(page.status, 200);
    String::from_utf8(page.bytes).unwrap()
}

#[tokio::test]
async fn the_cancel_page_says_what_became_of_the_purchase() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let paid = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        let open = cancel_page(&test, &paid).await;
        assert!(
            open.contains("Nothing was bought yet") && open.contains("Try again"),
            "{open}"
        );
        let pay = |checkout: &Value| format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
        test.steer(&pay(&paid), &json!({ "card": PAID })).await;
        let debited = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        test.steer(&pay(&debited), &json!({ "bank_account": "000123456789" }))
            .await;
        test.settle().await;
        let page = cancel_page(&test, &paid).await;
        assert!(
            page.contains("This purchase is paid") && page.contains("100 credits"),
            "{page}"
        );
        let page = cancel_page(&test, &debited).await;
        assert!(
            page.contains("on its way") && page.contains("need not pay again"),
            "{page}"
        );
        let settle = format!("/payments/{}/settle", debited["id"].as_str().unwrap());
        test.steer(&settle, &json!({ "outcome": "failed" })).await;
        test.settle().await;
        let page = cancel_page(&test, &debited).await;
        assert!(
            page.contains("This checkout has ended") && page.contains("Nothing was charged"),
            "{page}"
        );
        assert!(!page.contains("Try again"), "{page}");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_checkout_is_a_page_for_a_browser_and_a_problem_for_a_program() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        for (path, status) in [
            ("/payment/success", 400),
            ("/payment/success?session_id=cs_test_of_nobody", 404),
            ("/payment/cancel", 400),
            ("/payment/cancel?purchase_id=pur_of_nobody", 404),
        ] {
            let said = test.get("", path).await;
            assert_eq!(
                (said.status, said.json()["status"].as_u64()),
                (status, Some(status.into()))
            );
            let asked = test.http.get(format!("{}{path}", test.base));
            let asked = asked.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
            let page = asked.send().await.unwrap();
            assert_eq!(page.status(), 404, "{path}");
            let shown = page.text().await.unwrap();
            assert!(shown.contains("We do not know this checkout"), "{path}: {shown}");
        }
        test.finish().await;
    })
    .await;
}

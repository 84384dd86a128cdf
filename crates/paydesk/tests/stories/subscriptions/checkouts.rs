//! Subscriptions that begin on a checkout page: one at a time for each user and group of plans, whoever asks at once.

use paydesk::purchases;
use serde_json::json;
use store::testing::for_each_engine;

use super::commands::{PAID, at_stripe, begin, cancel, listed, open_pages, pay, purchase, save, subscribe};
use super::subscriber::Subscriber;
use crate::support::{ADMIN, TestApp, all_at_once};

const CHECKOUT: &str = "/api/stripe/create-checkout-session";

#[tokio::test]
async fn a_checkout_of_a_plan_begins_the_one_subscription_of_its_group() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let checkout = test.checkout(&ada, &json!({ "item_id": "pro" })).await;
        assert_eq!(listed(&test).await, Vec::<serde_json::Value>::new());
        pay(&test, &checkout).await;
        test.settle().await;
        let subscriptions = listed(&test).await;
        assert_eq!(subscriptions.len(), 1);
        let of = |name: &str| subscriptions[0][name].clone();
        let shown = json!([of("plan_id"), of("status"), of("tier"), of("group"), of("user_id")]);
        assert_eq!(shown, json!(["pro", "active", "pro", "main", "ada"]));
        let bought = purchase(&test, &checkout).await;
        assert_eq!((&bought["kind"], &bought["status"]), (&json!("plan"), &json!("paid")));

        let made = at_stripe(&test).await.remove(0);
        let stated = |name: &str| made.metadata.get(name).cloned().unwrap_or_default();
        assert_eq!(stated("paydesk_user"), "ada");
        assert_eq!(stated("paydesk_item"), "pro");
        assert_eq!(json!(stated("paydesk_purchase")), checkout["purchase_id"]);

        let again = test.post(&ada, CHECKOUT, &json!({ "item_id": "basic" })).await;
        assert_eq!(
            (again.status, &again.json()["code"]),
            (409, &json!("already_subscribed"))
        );
        assert_eq!(again.json()["subscription_id"], of("subscription_id"));
        test.checkout(&ada, &json!({ "item_id": "archive" })).await;
        test.checkout(&test.user("bob"), &json!({ "item_id": "pro" })).await;
        test.finish().await;
    })
    .await;
}

/// Ada, who subscribes to a plan on a page; what became of the purchase.
async fn bought(test: TestApp, plan: &str) -> (Subscriber, serde_json::Value) {
    let checkout = test.checkout(&test.user("ada"), &json!({ "item_id": plan })).await;
    pay(&test, &checkout).await;
    test.settle().await;
    let bought = purchase(&test, &checkout).await;
    let subscription_id = bought["subscription_id"].as_str().unwrap().to_owned();
    let subscriber = Subscriber {
        test,
        customer: String::new(),
        subscription_id,
    };
    (subscriber, bought)
}

/// What a purchase of a subscription was paid with: the invoice, what it came to, and the payment.
fn paid(bought: &serde_json::Value) -> Vec<(String, i64, String)> {
    let payments = bought["payments"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let one = |one: &serde_json::Value| {
        (
            text(&one["invoice_id"]),
            one["amount_minor"].as_i64().unwrap(),
            text(&one["payment_intent_id"]),
        )
    };
    payments.map(one).collect()
}

#[tokio::test]
async fn a_purchase_of_a_plan_leads_to_its_subscription_and_what_was_paid_for_that() {
    for_each_engine(async |database| {
        let (ada, first) = bought(begin(database).await, "pro").await;
        assert_eq!(paid(&first).len(), 1, "{first:#}");
        ada.turn_to_next_period().await;
        let read = async |test: &TestApp, id: &serde_json::Value| {
            let path = format!("/api/purchases/{}", id.as_str().unwrap());
            test.get(ADMIN, &path).await.json()
        };
        let renewed = read(&ada.test, &first["purchase_id"]).await;
        let payments = paid(&renewed);
        assert_eq!(payments.len(), 2, "{renewed:#}");
        assert_eq!(payments[1], paid(&first)[0], "the newest stands first");
        assert_eq!(payments[0].1, 3_000);
        let invoice = read(&ada.test, &json!(payments[0].0)).await;
        assert_eq!(invoice["subscription_id"], first["subscription_id"]);
        assert_eq!(paid(&invoice), payments[..1]);

        let told = ada.test.get(ADMIN, "/api/users/ada/timeline?limit=100").await.json();
        let told = told["data"].as_array().unwrap();
        let ids = |kind: &str| -> Vec<String> {
            let found = told.iter().filter(|one| one["kind"] == kind);
            found.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(json!(ids("purchase")), json!([first["purchase_id"]]));
        assert_eq!(ids("invoice"), [payments[0].0.as_str(), payments[1].0.as_str()]);
        assert_eq!(ids("payment"), Vec::<String>::new(), "what its invoice tells already");

        // Whoever comes back later begins another one, and each purchase keeps to its own.
        cancel(&ada.test, &ada.subscription_id, "?when=now").await;
        ada.turn(60).await;
        let (ada, second) = bought(ada.test, "pro").await;
        assert_ne!(second["subscription_id"], first["subscription_id"]);
        assert_eq!(paid(&second).len(), 1, "{second:#}");
        assert_eq!(read(&ada.test, &first["purchase_id"]).await, renewed);
        ada.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn sixteen_checkouts_of_one_group_at_once_make_one_subscription() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let body = json!({ "item_id": "pro" });
        let asked = (0..16).map(|_| test.post(&ada, CHECKOUT, &body));
        let answers = all_at_once(asked).await;
        let pages: std::collections::BTreeSet<String> = answers
            .iter()
            .map(|answer| {
                assert_eq!(answer.status, 200, "{}", answer.json());
                answer.json()["id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(pages.len(), 1, "all are led to one page: {pages:?}");
        assert_eq!(open_pages(&test).await.len(), 1);

        // Now for two plans of the group at once: whoever comes later ends the page of the other plan.
        let bodies = [json!({ "item_id": "basic" }), json!({ "item_id": "pro" })];
        let asked = (0..16).map(|number| test.post(&ada, CHECKOUT, &bodies[number % 2]));
        for answer in all_at_once(asked).await {
            let said = answer.json();
            assert!(answer.status == 200 || said["code"] == "subscription_busy", "{said}");
        }
        let open = open_pages(&test).await;
        assert_eq!(open.len(), 1, "never two that can be paid: {open:?}");
        pay(&test, &json!({ "id": open[0] })).await;
        let late = test.post(&ada, CHECKOUT, &json!({ "item_id": "basic" })).await;
        assert!(
            late.status == 409 || late.json()["id"] == json!(open[0]),
            "{}",
            late.json()
        );
        test.settle().await;
        assert_eq!(at_stripe(&test).await.len(), 1);
        assert_eq!(listed(&test).await.len(), 1);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn another_plan_ends_the_page_of_the_first_unless_that_is_paid() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let basic = test.checkout(&ada, &json!({ "item_id": "basic" })).await;
        let pro = test.checkout(&ada, &json!({ "item_id": "pro" })).await;
        assert_ne!(basic["id"], pro["id"]);
        assert_eq!(open_pages(&test).await, vec![pro["id"].as_str().unwrap().to_owned()]);
        assert_eq!(purchase(&test, &basic).await["status"], "expired");
        let euros = test
            .checkout(&ada, &json!({ "item_id": "pro", "currency": "eur" }))
            .await;
        assert_eq!(open_pages(&test).await, vec![euros["id"].as_str().unwrap().to_owned()]);

        // Paid, and no event of it has come yet: the page is asked, and what it says is taken in.
        pay(&test, &euros).await;
        let late = test.post(&ada, CHECKOUT, &json!({ "item_id": "basic" })).await;
        assert_eq!((late.status, &late.json()["code"]), (409, &json!("already_subscribed")));
        test.settle().await;
        assert_eq!(listed(&test).await.len(), 1);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_second_subscription_is_in_the_currency_of_the_first() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let first = subscribe(&test, "pro").await;
        save(&test, PAID).await;
        let by_page = json!({ "item_id": "archive", "currency": "eur" });
        let by_api = json!({ "user_id": "ada", "plan_id": "archive", "currency": "eur" });
        for (path, body) in [(CHECKOUT, &by_page), ("/api/stripe/create-subscription", &by_api)] {
            let refused = test.post(&ada, path, body).await;
            let said = refused.json();
            assert_eq!(
                (refused.status, &said["code"]),
                (409, &json!("subscribed_in_other_currency")),
                "{said}"
            );
            assert_eq!((&said["currency"], &said["field"]), (&json!("usd"), &json!("currency")));
        }
        assert_eq!(at_stripe(&test).await.len(), 1, "Stripe was not asked");

        // Once it is over, any currency will do.
        assert_eq!(cancel(&test, &first, "?when=now").await.status, 200);
        test.settle().await;
        test.checkout(&ada, &by_page).await;
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_trial_is_given_once_in_a_group() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let first = subscribe(&test, "tried").await;
        assert_eq!(listed(&test).await[0]["status"], "trialing");
        let ended = cancel(&test, &first, "?when=now").await;
        assert_eq!(ended.json()["subscription"]["status"], "canceled", "{}", ended.json());
        test.settle().await;
        let second = subscribe(&test, "tried").await;
        assert_ne!(first, second);
        let listed = listed(&test).await;
        let status = |id: &str| listed.iter().find(|one| one["subscription_id"] == id).unwrap()["status"].clone();
        assert_eq!(
            (status(&first), status(&second)),
            (json!("canceled"), json!("active")),
            "it is paid at once"
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_checkout_of_a_plan_says_what_it_cannot_be() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        for (body, code, field) in [
            (
                json!({ "item_id": "pro", "quantity": 2 }),
                "invalid_request",
                "quantity",
            ),
            (json!({ "item_id": "former" }), "unknown_item", "item_id"),
            (
                json!({ "item_id": "pro", "currency": "jpy" }),
                "unknown_item",
                "item_id",
            ),
        ] {
            let refused = test.post(&ada, CHECKOUT, &body).await.json();
            assert_eq!(
                (&refused["code"], &refused["field"]),
                (&json!(code), &json!(field)),
                "{refused}"
            );
        }
        assert_eq!(open_pages(&test).await, Vec::<String>::new());
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_checkout_whose_answer_was_lost_is_found_again_and_stays_the_only_one() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/checkout/sessions",
                           "count": 50 });
        test.steer("/faults", &lost).await;
        let body = json!({ "item_id": "pro" });
        let unsaid = test.post_once(&ada, CHECKOUT, &body, "the-key").await;
        assert_eq!(unsaid.status, 503, "{}", unsaid.json());
        test.lift_faults().await;
        test.app.clock.advance(std::time::Duration::from_secs(90));
        assert_eq!(purchases::recover(&test.app).await.unwrap(), 1);
        let other = test.checkout(&ada, &body).await;
        let same = test.post_once(&ada, CHECKOUT, &body, "the-key").await.json();
        assert_eq!(same["id"], other["id"]);
        assert_eq!(open_pages(&test).await, vec![other["id"].as_str().unwrap().to_owned()]);
        test.finish().await;
    })
    .await;
}

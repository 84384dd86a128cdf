//! What is done with subscriptions: begun with a saved card, ended, kept after all, brought to another plan.

use std::time::Duration;

use paydesk::subscriptions::commands;
use reqwest::Method;
use serde_json::{Value, json};
use store::testing::for_each_engine;
use stripe::objects::Invoice;

use super::commands::{DECLINED_LATER, PAID, at_stripe, begin, cancel, listed, save, subscribe};
use crate::reversals::{spend, wallet};
use crate::support::{ADMIN, TestApp, all_at_once};

const CREATE: &str = "/api/stripe/create-subscription";

fn path(subscription_id: &str, what: &str) -> String {
    format!("/api/subscriptions/{subscription_id}/{what}")
}

async fn invoices(test: &TestApp) -> Vec<Value> {
    let listed = test.get(&test.user("ada"), "/api/subscriptions/ada/invoices").await;
    assert_eq!(listed.status, 200, "{}", listed.json());
    listed.json()["data"].as_array().unwrap().clone()
}

/// Loses every answer of Stripe's to changes of subscriptions, after they were made.
async fn lose_answers(test: &TestApp) {
    let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/subscriptions", "count": 50 });
    test.steer("/faults", &lost).await;
}

/// Takes up what was cut off. Gives how many commands there were.
async fn recover(test: &TestApp) -> usize {
    test.lift_faults().await;
    test.app.clock.advance(Duration::from_secs(90));
    commands::recover(&test.app).await.unwrap()
}

#[tokio::test]
async fn a_subscription_begins_once_with_the_saved_card() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let (ada, body) = (test.user("ada"), json!({ "plan_id": "pro" }));
        let none = test.post(&ada, CREATE, &body).await;
        assert_eq!((none.status, &none.json()["code"]), (409, &json!("no_payment_method")));
        save(&test, PAID).await;
        let all = all_at_once((0..16).map(|_| test.post(&ada, CREATE, &body))).await;
        let begun: Vec<_> = all.iter().filter(|answer| answer.status == 201).collect();
        assert!(!begun.is_empty());
        for answer in &all {
            let said = answer.json();
            assert!(answer.status == 201 || said["code"] == "already_subscribed", "{said}");
        }
        test.settle().await;
        assert_eq!(at_stripe(&test).await.len(), 1);
        let one = begun[0].json()["subscription"].clone();
        assert_eq!((&one["status"], &one["plan_id"]), (&json!("active"), &json!("pro")));
        assert_eq!(invoices(&test).await.len(), 1);
        let page = test.post(&ada, "/checkout", &json!({ "item_id": "basic" })).await;
        assert_eq!(
            page.json()["subscription_id"],
            one["subscription_id"],
            "{}",
            page.json()
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_first_payment_that_is_refused_leaves_a_way_to_pay() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        save(&test, DECLINED_LATER).await;
        let body = json!({ "plan_id": "pro" });
        let begun = test.post_once(&ada, CREATE, &body, "once").await;
        let said = begun.json();
        assert_eq!(
            (begun.status, &said["subscription"]["status"]),
            (201, &json!("incomplete")),
            "{said}"
        );
        assert!(
            said["hosted_invoice_url"].as_str().unwrap().starts_with("http"),
            "{said}"
        );
        assert!(said["client_secret"].as_str().unwrap().contains("_secret_"), "{said}");
        let again = test.post_once(&ada, CREATE, &body, "once").await;
        assert!(again.replayed);
        assert_eq!(again.bytes, begun.bytes);

        let id = said["subscription"]["subscription_id"].as_str().unwrap();
        let ended = cancel(&test, id, "").await.json();
        assert_eq!(
            ended["subscription"]["status"], "canceled",
            "nothing was paid for: {ended}"
        );
        test.settle().await;
        // The card that was saved last counts, and Stripe tells time in seconds.
        test.steer("/clock", &json!({ "advance": 2 })).await;
        save(&test, PAID).await;
        let next = test.post(&ada, CREATE, &body).await;
        assert_eq!(next.json()["subscription"]["status"], "active", "{}", next.json());
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_end_is_set_taken_back_and_made_at_once() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let id = subscribe(&test, "pro").await;
        let ending = cancel(&test, &id, "").await.json()["subscription"].clone();
        assert_eq!(ending["status"], "active", "{ending}");
        assert_eq!(ending["cancel_at"], ending["period_end_at"], "{ending}");
        assert_eq!(
            cancel(&test, &id, "?when=period_end").await.status,
            200,
            "a repeat does nothing more"
        );
        let kept = test.post(&ada, &path(&id, "resume"), &json!({})).await.json()["subscription"].clone();
        assert_eq!(
            (&kept["cancel_at"], &kept["status"]),
            (&Value::Null, &json!("active")),
            "{kept}"
        );

        // The portal tells an end by its time alone.
        let end = at_stripe(&test).await[0].period().1.unwrap().to_string();
        test.at_stripe("POST", &format!("/v1/subscriptions/{id}"), &[("cancel_at", &end)])
            .await;
        test.settle().await;
        assert!(listed(&test).await[0]["cancel_at"].is_string());
        let kept = test.post(&ada, &path(&id, "resume"), &json!({})).await.json()["subscription"].clone();
        assert_eq!(kept["cancel_at"], Value::Null, "{kept}");

        let ended = cancel(&test, &id, "?when=now").await.json()["subscription"].clone();
        assert_eq!(ended["status"], "canceled", "{ended}");
        assert_eq!(cancel(&test, &id, "?when=now").await.status, 200);
        let late = test.post(&ada, &path(&id, "resume"), &json!({})).await;
        assert_eq!(
            (late.status, &late.json()["code"]),
            (409, &json!("subscription_not_changeable"))
        );
        let odd = cancel(&test, &id, "?when=soon").await;
        assert_eq!(odd.json()["code"], "invalid_query");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_costs_what_its_preview_said_and_is_made_once() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let id = subscribe(&test, "basic").await;
        let preview = test.get(&ada, &path(&id, "change/preview?plan_id=pro")).await;
        assert_eq!(preview.status, 200, "{}", preview.json());
        let preview = preview.json();
        assert!(preview["proration_minor"].as_i64().unwrap() > 0, "{preview}");
        assert_eq!(
            listed(&test).await[0]["plan_id"],
            "basic",
            "nothing is changed by looking"
        );

        let body = json!({ "plan_id": "pro", "proration_date": preview["proration_date"] });
        let change = path(&id, "change");
        let asked = (0..16).map(|_| test.post(&ada, &change, &body));
        for answer in all_at_once(asked).await {
            let said = answer.json();
            assert!(answer.status == 200 || said["code"] == "subscription_busy", "{said}");
        }
        let again = test.post_once(&ada, &change, &body, "once").await;
        assert_eq!(again.json()["subscription"]["plan_id"], "pro", "{}", again.json());
        assert!(test.post_once(&ada, &change, &body, "once").await.replayed);
        test.settle().await;
        assert_eq!(listed(&test).await[0]["tier"], "pro");
        let listed = invoices(&test).await;
        let updates: Vec<_> = listed
            .iter()
            .filter(|one| one["billing_reason"] == "subscription_update")
            .collect();
        assert_eq!(updates.len(), 1, "it is paid for once: {listed:?}");
        assert_eq!(updates[0]["amount_paid_minor"], preview["amount_due_minor"]);
        assert!(updates[0]["hosted_invoice_url"].is_string());

        let back = test
            .post(
                ADMIN,
                &change,
                &json!({ "plan_id": "basic", "proration_behavior": "none" }),
            )
            .await;
        assert_eq!(back.json()["subscription"]["plan_id"], "basic", "{}", back.json());
        test.settle().await;
        assert_eq!(invoices(&test).await.len(), 2, "without proration there is no invoice");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_that_cannot_be_paid_or_made_changes_nothing() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let id = subscribe(&test, "basic").await;
        let change = path(&id, "change");
        for (plan, code) in [
            ("archive", "subscription_not_changeable"),
            ("former", "unknown_item"),
            ("nothing", "unknown_item"),
        ] {
            let refused = test.post(&ada, &change, &json!({ "plan_id": plan })).await.json();
            assert_eq!(
                (&refused["code"], &refused["field"]),
                (&json!(code), &json!("plan_id")),
                "{refused}"
            );
        }
        let customer = test
            .app
            .stripe
            .retrieve_subscription(&id, &[])
            .await
            .unwrap()
            .customer
            .unwrap();
        let attach = "/v1/payment_methods/pm_card_chargeCustomerFail/attach";
        let card = test.at_stripe("POST", attach, &[("customer", customer.id())]).await;
        let form = [("default_payment_method", card["id"].as_str().unwrap())];
        test.at_stripe("POST", &format!("/v1/subscriptions/{id}"), &form).await;
        let refused = test.post(&ada, &change, &json!({ "plan_id": "pro" })).await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (402, &json!("payment_failed")),
            "{}",
            refused.json()
        );
        test.settle().await;
        assert_eq!(listed(&test).await[0]["plan_id"], "basic");
        assert_eq!(invoices(&test).await.len(), 1);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_cut_off_is_taken_up_again_and_done_once() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        save(&test, PAID).await;
        lose_answers(&test).await;
        let body = json!({ "plan_id": "basic" });
        let unsaid = test.post_once(&ada, CREATE, &body, "begin").await;
        assert_eq!(unsaid.status, 503, "{}", unsaid.json());
        assert_eq!(recover(&test).await, 1);
        let begun = test.post_once(&ada, CREATE, &body, "begin").await.json();
        assert_eq!(at_stripe(&test).await.len(), 1);
        let id = begun["subscription"]["subscription_id"].as_str().unwrap().to_owned();
        test.settle().await;

        lose_answers(&test).await;
        let body = json!({ "plan_id": "pro" });
        let unsaid = test.post_once(&ada, &path(&id, "change"), &body, "change").await;
        assert_eq!(unsaid.status, 503, "{}", unsaid.json());
        let other = test.post(&ada, &path(&id, "resume"), &json!({})).await;
        assert_eq!(
            (other.status, &other.json()["code"]),
            (409, &json!("subscription_busy"))
        );
        assert_eq!(recover(&test).await, 1);
        assert_eq!(recover(&test).await, 0, "it is done");
        let changed = test.post_once(&ada, &path(&id, "change"), &body, "change").await.json();
        assert_eq!(changed["subscription"]["plan_id"], "pro", "{changed}");
        test.settle().await;
        let pages = test.app.stripe.pages::<Invoice>(&json!({}), 10);
        assert_eq!(
            pages.collect().await.unwrap().0.len(),
            2,
            "one for the beginning, one for the change"
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_beginning_whose_key_stripe_has_forgotten_is_looked_up_first() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        save(&test, PAID).await;
        lose_answers(&test).await;
        let body = json!({ "plan_id": "basic" });
        assert_eq!(test.post(&test.user("ada"), CREATE, &body).await.status, 503);
        test.app.clock.advance(Duration::from_hours(25));
        test.steer("/clock", &json!({ "advance": 25 * 3600 })).await;
        assert_eq!(recover(&test).await, 1);
        assert_eq!(at_stripe(&test).await.len(), 1, "it was found and not made again");
        assert_eq!(listed(&test).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_ada_s_is_absent_for_bob() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let (ada, bob) = (test.user("ada"), test.user("bob"));
        let id = subscribe(&test, "basic").await;
        let remove = format!("/api/stripe/subscriptions/{id}");
        let change = json!({ "plan_id": "pro" });
        let answers = [
            test.get(&bob, "/api/stripe/subscriptions/ada").await,
            test.get(&bob, "/api/subscriptions/ada/invoices").await,
            test.get(&bob, "/api/stripe/customer-portal?user_id=ada").await,
            test.get(&bob, &path(&id, "change/preview?plan_id=pro")).await,
            test.post(&bob, &path(&id, "change"), &change).await,
            test.post(&bob, &path(&id, "resume"), &json!({})).await,
            test.send(Method::DELETE, &bob, &remove, None, None).await,
            test.post(&bob, CREATE, &json!({ "plan_id": "pro", "user_id": "ada" }))
                .await,
        ];
        for answer in answers {
            assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")));
        }
        assert_eq!(listed(&test).await[0]["cancel_at"], Value::Null);

        let portal = test.get(&ada, "/api/stripe/customer-portal").await;
        assert!(
            portal.json()["url"].as_str().unwrap().starts_with(&test.sandbox_base),
            "{}",
            portal.json()
        );
        let page = test
            .http
            .get(portal.json()["url"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(page.status(), 200);
        let nobody = test.get(&bob, "/api/stripe/customer-portal").await;
        assert_eq!((nobody.status, &nobody.json()["code"]), (409, &json!("no_customer")));
        let away = test
            .get(&ada, "/api/stripe/customer-portal?return_url=https://elsewhere.example")
            .await;
        assert_eq!(away.json()["field"], "return_url");
        let theirs = test.get(ADMIN, "/api/stripe/subscriptions/ada").await;
        assert_eq!(theirs.json()["data"][0]["subscription_id"], json!(id));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_does_not_choose_what_a_change_costs() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let id = subscribe(&test, "basic").await;
        let change = path(&id, "change");
        for proration in ["none", "create_prorations"] {
            let body = json!({ "plan_id": "pro", "proration_behavior": proration });
            let refused = test.post(&ada, &change, &body).await;
            assert_eq!(refused.status, 403, "{proration}: {}", refused.json());
        }
        let now_s = test.app.clock.now_seconds();
        for date in [0, -1, i64::MAX, now_s - 86_400, now_s + 86_400, now_s + 20 * 86_400] {
            let body = json!({ "plan_id": "pro", "proration_date": date });
            let refused = test.post(&ada, &change, &body).await;
            assert_eq!(
                (refused.status, &refused.json()["field"]),
                (422, &json!("proration_date")),
                "{date}: {}",
                refused.json()
            );
        }
        let odd = json!({ "plan_id": "pro", "proration_date": 0 });
        assert_eq!(test.post(ADMIN, &change, &odd).await.status, 422);
        test.settle().await;
        assert_eq!(listed(&test).await[0]["plan_id"], "basic");
        test.finish().await;
    })
    .await;
}

/// Two plans that come with credits.
const GRANTING: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[plan]]
id = "basic"
name = "Basic"
tier = "basic"
interval = "month"
prices = { usd = 1000 }
credits = { amount = 100, roll_over = true }

[[plan]]
id = "pro"
name = "Pro"
tier = "pro"
interval = "month"
prices = { usd = 3000 }
credits = { amount = 1000, roll_over = true }
"#;

/// Brings ada to a plan. Gives what she has then, and what she owes.
async fn bring(test: &TestApp, id: &str, plan: &str) -> (i64, i64) {
    let body = json!({ "plan_id": plan });
    let changed = test.post(&test.user("ada"), &path(id, "change"), &body).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    test.settle().await;
    let (balance, owed, _) = wallet(test).await;
    (balance, owed)
}

#[tokio::test]
async fn going_down_takes_the_credits_back_and_going_up_grants_them_again() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, GRANTING).await;
        let id = subscribe(&test, "basic").await;
        assert_eq!(wallet(&test).await, (100, 0, false));
        for _round in 0..4 {
            assert_eq!(bring(&test, &id, "pro").await, (1000, 0));
            assert_eq!(bring(&test, &id, "basic").await, (100, 0));
        }
        // Half of the cycle is used up, and its share of the credits stays.
        let half = 15 * 86_400;
        test.app.clock.advance(Duration::from_secs(half));
        test.steer("/faults", &json!({ "kind": "clock_skew", "seconds": half }))
            .await;
        test.steer("/clock", &json!({ "advance": half })).await;
        let (up, _) = bring(&test, &id, "pro").await;
        assert!((500..600).contains(&up), "{up}");
        assert_eq!(bring(&test, &id, "basic").await, (100, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn credits_that_are_spent_before_going_down_are_owed_and_never_bought_with_the_same_money() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, GRANTING).await;
        let id = subscribe(&test, "basic").await;
        for _round in 0..3 {
            let (balance, owed) = bring(&test, &id, "pro").await;
            spend(&test, balance).await;
            let (left, owes) = bring(&test, &id, "basic").await;
            assert_eq!((left, owes - owed), (0, if owed == 0 { 900 } else { 0 }));
        }
        let history = test
            .get(ADMIN, "/api/financial/credits/ada/history?code=claw_back")
            .await
            .json();
        let first = &history["data"][0];
        assert!(first["payment"].as_str().unwrap().starts_with("in_"), "{first}");
        test.finish().await;
    })
    .await;
}

//! Wallets that run low: the user is told once, or credits are bought with a saved payment method, and never twice.

use std::time::Duration;

use paydesk::clock::Clock;
use paydesk::{purchases, top_ups};
use reqwest::Method;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};
use stripe::objects::PaymentIntent;

use crate::support::{ADMIN, TestApp, all_at_once};

const PATH: &str = "/api/financial/credits/ada/top-up";
const PAID: &str = "4242424242424242";
/// Can be saved; every payment with it is declined.
const DECLINED_LATER: &str = "4000000000000341";
/// The bank asks the buyer every time.
const ASKS: &str = "4000002760003184";
const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[credit_pack]]
id = "starter"
name = "Starter"
credits = 100
prices = { usd = 1000 }
"#;

/// An application whose clock stands still until the test turns it, and a wallet of so many credits.
async fn begin(database: &TestDatabase, credits: i64) -> TestApp {
    let test = TestApp::begin_selling(database, CATALOGUE).await;
    let body = json!({ "amount": credits, "reason": "stock" });
    let given = test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
    assert_eq!(given.status, 200, "{}", given.json());
    test
}

/// Lets time pass, here and at Stripe, which would sign with the machine's time otherwise.
async fn turn(test: &TestApp, seconds: u64) {
    test.app.clock.advance(Duration::from_secs(seconds));
    test.steer("/clock", &json!({ "advance": seconds })).await;
    let ahead = test.app.clock.now_seconds() - Clock::system().now_seconds();
    test.steer("/faults", &json!({ "kind": "clock_skew", "seconds": ahead }))
        .await;
}

/// Says what is wanted when ada's wallet runs low. Gives what it is then.
async fn want(test: &TestApp, wanted: Value) -> Value {
    let changed = test
        .send(Method::PUT, &test.user("ada"), PATH, Some(&wanted), None)
        .await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    changed.json()
}

/// Saves a card on Stripe's page.
async fn save(test: &TestApp, card: &str) {
    let page = test.post(&test.user("ada"), &format!("{PATH}/setup"), &json!({})).await;
    let said = page.json();
    assert_eq!(page.status, 200, "{said}");
    let pay = format!("/checkout/{}/pay", said["id"].as_str().unwrap());
    test.steer(&pay, &json!({ "card": card, "challenge": "complete" }))
        .await;
    test.settle().await;
}

async fn spend(test: &TestApp, amount: i64) -> u16 {
    let body = json!({ "amount": amount, "reason": "a persona" });
    test.post(ADMIN, "/api/financial/credits/ada/spend", &body).await.status
}

/// Looks at what is due. Gives how many purchases were begun.
async fn look(test: &TestApp) -> usize {
    top_ups::look(&test.app).await.unwrap().begun
}

async fn state(test: &TestApp) -> Value {
    test.get(&test.user("ada"), PATH).await.json()
}

/// The kinds of notices that ada was given, the last one first.
async fn notices(test: &TestApp) -> Vec<String> {
    let listed = test.get(&test.user("ada"), "/api/notices").await.json();
    let listed = listed["data"].as_array().unwrap().iter();
    listed
        .map(|notice| notice["kind"].as_str().unwrap().to_owned())
        .collect()
}

/// The payments that were made at Stripe, and how many of them took money.
async fn payments(test: &TestApp) -> (usize, usize) {
    let pages = test.app.stripe.pages::<PaymentIntent>(&json!({}), 10);
    let (made, complete) = pages.collect().await.unwrap();
    assert!(complete);
    let paid = made
        .iter()
        .filter(|intent| intent.amount_received.unwrap_or_default() > 0);
    (made.len(), paid.count())
}

#[tokio::test]
async fn a_wallet_that_runs_low_is_filled_up_once_and_its_user_is_told_once_for_each_fall() {
    for_each_engine(async |database| {
        let test = begin(database, 60).await;
        let wanted = json!({ "low_balance_notice_below": 50, "below": 20, "item_id": "starter" });
        let said = want(&test, wanted).await;
        assert_eq!(
            (&said["state"], &said["amount_minor"]),
            (&json!("needs_payment_method"), &json!(1000))
        );
        save(&test, PAID).await;
        assert_eq!(look(&test).await, 0);
        assert_eq!(state(&test).await["state"], "ready");
        assert_eq!(notices(&test).await, Vec::<String>::new());

        spend(&test, 20).await;
        assert_eq!(
            look(&test).await,
            0,
            "40 is enough not to buy, and little enough to tell"
        );
        assert_eq!(notices(&test).await, ["low_balance"]);
        spend(&test, 25).await;
        assert_eq!(look(&test).await, 1);
        assert_eq!(state(&test).await["state"], "underway");
        assert_eq!(test.balance("ada").await, 15, "an answer grants nothing");
        assert_eq!(look(&test).await, 0);
        test.settle().await;
        assert_eq!(test.balance("ada").await, 115);
        assert_eq!(look(&test).await, 0);
        let said = state(&test).await;
        assert_eq!(
            (&said["state"], &said["last_attempt"]["status"]),
            (&json!("ready"), &json!("paid"))
        );
        let purchase = format!(
            "/api/purchases/{}",
            said["last_attempt"]["purchase_id"].as_str().unwrap()
        );
        let purchase = test.get(&test.user("ada"), &purchase).await.json();
        assert_eq!(
            (&purchase["automatic"], &purchase["credits"]),
            (&json!(true), &json!(100))
        );
        assert_eq!(purchase["payments"][0]["status"], "succeeded");
        assert_eq!(
            notices(&test).await,
            ["low_balance"],
            "once, however often it was looked at"
        );

        spend(&test, 70).await;
        assert_eq!(look(&test).await, 0);
        assert_eq!(
            notices(&test).await,
            ["low_balance", "low_balance"],
            "it rose, and fell once more"
        );
        assert_eq!(payments(&test).await, (1, 1));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_declined_card_stops_top_ups_until_another_one_is_saved() {
    for_each_engine(async |database| {
        let test = begin(database, 30).await;
        save(&test, DECLINED_LATER).await;
        want(&test, json!({ "below": 20, "item_id": "starter" })).await;
        spend(&test, 15).await;
        assert_eq!(look(&test).await, 1);
        let said = state(&test).await;
        assert_eq!(
            (&said["state"], &said["last_attempt"]["status"]),
            (&json!("stopped"), &json!("failed")),
            "{said}"
        );
        assert_eq!(notices(&test).await, ["top_up_failed"]);
        test.settle().await;
        for _ in 0..3 {
            spend(&test, 1).await;
            turn(&test, 700).await;
            assert_eq!(look(&test).await, 0, "the same card is not tried again");
        }
        // The wish itself changes nothing about the card.
        want(&test, json!({ "below": 25, "item_id": "starter" })).await;
        assert_eq!(look(&test).await, 0);
        assert_eq!(notices(&test).await, ["top_up_failed"], "told once");

        save(&test, PAID).await;
        assert_eq!(look(&test).await, 1);
        test.settle().await;
        assert_eq!(test.balance("ada").await, 112);
        assert_eq!(payments(&test).await, (2, 1));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_bank_that_wants_to_ask_the_buyer_is_told_of_and_nothing_is_charged() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        save(&test, ASKS).await;
        want(&test, json!({ "below": 20, "item_id": "starter" })).await;
        assert_eq!(look(&test).await, 1);
        test.settle().await;
        turn(&test, 700).await;
        assert_eq!(look(&test).await, 0);
        let said = state(&test).await;
        assert_eq!(said["last_attempt"]["failure"], "authentication_required");
        assert_eq!(said["state"], "stopped");
        assert_eq!(notices(&test).await, ["top_up_needs_buyer"]);
        assert_eq!((payments(&test).await, test.balance("ada").await), ((1, 0), 10));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn no_more_than_two_begin_within_ten_minutes_and_one_after_another() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        save(&test, PAID).await;
        want(&test, json!({ "below": 1000, "item_id": "starter" })).await;
        assert_eq!(look(&test).await, 1);
        turn(&test, 31).await;
        assert_eq!(
            look(&test).await,
            0,
            "what is on its way keeps the next one from beginning"
        );
        test.settle().await;
        turn(&test, 31).await;
        assert_eq!(look(&test).await, 1);
        test.settle().await;
        turn(&test, 31).await;
        assert_eq!(look(&test).await, 0);
        assert_eq!(state(&test).await["state"], "waiting");
        turn(&test, 500).await;
        assert_eq!(look(&test).await, 0);
        turn(&test, 10).await;
        assert_eq!(look(&test).await, 1, "ten minutes after the first one");
        test.settle().await;
        assert_eq!(test.balance("ada").await, 310);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn sixty_four_spends_that_cross_the_threshold_begin_one_top_up() {
    for_each_engine(async |database| {
        let test = begin(database, 100).await;
        save(&test, PAID).await;
        want(
            &test,
            json!({ "low_balance_notice_below": 60, "below": 50, "item_id": "starter" }),
        )
        .await;
        assert_eq!(look(&test).await, 0);
        let spends = all_at_once((0..64).map(|_| spend(&test, 1)));
        let looks = all_at_once((0..16).map(|_| look(&test)));
        let (spent, begun) = tokio::join!(spends, looks);
        assert!(spent.iter().all(|status| *status == 200), "{spent:?}");
        let more = all_at_once((0..4).map(|_| look(&test))).await;
        assert_eq!(begun.iter().sum::<usize>() + more.iter().sum::<usize>(), 1);
        test.settle().await;
        assert_eq!(look(&test).await, 0);
        assert_eq!(test.balance("ada").await, 136);
        assert_eq!(payments(&test).await, (1, 1));
        assert_eq!(notices(&test).await, ["low_balance"]);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_lost_charges_nobody_twice() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        save(&test, PAID).await;
        // The charge is made, no answer ever comes, and neither does its event.
        let lost =
            json!({ "kind": "timeout_after", "ms": 1, "count": 3, "path": "/v1/payment_intents", "method": "POST" });
        test.steer("/faults", &lost).await;
        let unsaid = json!({ "kind": "drop", "type": "payment_intent.succeeded", "count": 1 });
        test.steer("/faults", &unsaid).await;
        want(&test, json!({ "below": 20, "item_id": "starter" })).await;
        assert_eq!(look(&test).await, 1);
        assert_eq!(state(&test).await["last_attempt"]["status"], "created");
        turn(&test, 31).await;
        assert_eq!(look(&test).await, 0, "nobody knows, so no other is begun");
        turn(&test, 31).await;
        assert_eq!(purchases::recover(&test.app).await.unwrap(), 1);
        assert_eq!(state(&test).await["last_attempt"]["status"], "awaiting_funds");
        test.settle().await;
        assert_eq!(test.balance("ada").await, 10, "an answer grants nothing");
        turn(&test, 901).await;
        assert_eq!(purchases::recover(&test.app).await.unwrap(), 1);
        assert_eq!(
            test.balance("ada").await,
            110,
            "Stripe was asked for the event that did not come"
        );
        assert_eq!(payments(&test).await, (1, 1));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_charge_that_never_reached_stripe_is_made_by_recovery_or_known_not_to_be() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        save(&test, PAID).await;
        want(&test, json!({ "below": 20, "item_id": "starter" })).await;
        test.steer("/faults", &json!({ "kind": "down", "count": 3 })).await;
        assert_eq!(look(&test).await, 1);
        assert_eq!(payments(&test).await, (0, 0));
        turn(&test, 61).await;
        assert_eq!(purchases::recover(&test.app).await.unwrap(), 1);
        test.settle().await;
        assert_eq!((test.balance("ada").await, payments(&test).await), (110, (1, 1)));

        // A day later Stripe has forgotten the key, so it is looked up, and was never made. That stops nobody.
        assert_eq!(look(&test).await, 0);
        turn(&test, 61).await;
        assert_eq!(spend(&test, 100).await, 200);
        test.steer("/faults", &json!({ "kind": "down", "count": 3 })).await;
        assert_eq!(look(&test).await, 1);
        turn(&test, 86_400).await;
        assert_eq!(purchases::recover(&test.app).await.unwrap(), 1);
        assert_eq!(state(&test).await["last_attempt"]["status"], "expired");
        assert_eq!(payments(&test).await, (1, 1));
        assert_eq!(look(&test).await, 1);
        test.settle().await;
        assert_eq!((test.balance("ada").await, payments(&test).await), (110, (2, 2)));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn more_than_was_agreed_to_is_never_charged() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        save(&test, PAID).await;
        want(&test, json!({ "below": 20, "item_id": "starter" })).await;
        let dearer = test.selling(&CATALOGUE.replace("usd = 1000", "usd = 1001")).await;
        assert_eq!(top_ups::look(&dearer).await.unwrap().begun, 0);
        let cheaper = test.selling(&CATALOGUE.replace("usd = 1000", "usd = 999")).await;
        turn(&test, 601).await;
        assert_eq!(top_ups::look(&cheaper).await.unwrap().begun, 1);
        test.settle().await;
        assert_eq!(test.balance("ada").await, 110);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_bought_for_a_frozen_wallet_nor_when_it_is_no_longer_wanted() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        save(&test, PAID).await;
        want(&test, json!({ "below": 20, "item_id": "starter" })).await;
        assert_eq!(look(&test).await, 1);
        test.settle().await;
        let (made, _) = test
            .app
            .stripe
            .pages::<PaymentIntent>(&json!({}), 1)
            .collect()
            .await
            .unwrap();
        let dispute = test.steer("/disputes", &json!({ "payment_intent": made[0].id })).await;
        test.settle().await;
        turn(&test, 31).await;
        assert_eq!(look(&test).await, 0);
        assert_eq!(
            (state(&test).await["state"].clone(), test.balance("ada").await),
            (json!("frozen"), 10)
        );
        let close = format!("/disputes/{}/close", dispute["id"].as_str().unwrap());
        test.steer(&close, &json!({ "won": true })).await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 110);

        let removed = test.send(Method::DELETE, &test.user("ada"), PATH, None, None).await;
        assert_eq!(removed.status, 204);
        assert_eq!(spend(&test, 105).await, 200);
        turn(&test, 601).await;
        assert_eq!(look(&test).await, 0);
        let said = state(&test).await;
        assert_eq!((&said["state"], &said["below"]), (&json!("off"), &Value::Null));
        assert!(said["payment_method_id"].is_string(), "it stays saved: {said}");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_may_be_wanted_and_by_whom() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        let put = async |token: &str, body: Value| test.send(Method::PUT, token, PATH, Some(&body), None).await;
        let ada = test.user("ada");
        for (body, field) in [
            (json!({}), "low_balance_notice_below"),
            (json!({ "low_balance_notice_below": 0 }), "low_balance_notice_below"),
            (json!({ "below": -1, "item_id": "starter" }), "below"),
            (json!({ "below": 5 }), "item_id"),
            (json!({ "item_id": "starter" }), "below"),
            (json!({ "low_balance_notice_below": 5, "quantity": 2 }), "below"),
            (json!({ "below": 5, "item_id": "nothing" }), "item_id"),
            (json!({ "below": 5, "item_id": "starter", "quantity": 0 }), "quantity"),
            (
                json!({ "below": 5, "item_id": "starter", "currency": "eur" }),
                "item_id",
            ),
        ] {
            let answered = put(&ada, body.clone()).await;
            let said = answered.json();
            assert_eq!(
                (answered.status, said["field"].as_str()),
                (422, Some(field)),
                "{body}: {said}"
            );
        }
        let body = json!({ "below": 5, "item_id": "starter", "quantity": 2 });
        let bob = test.user("bob");
        assert_eq!(put(&bob, body.clone()).await.status, 404);
        assert_eq!(test.get(&bob, PATH).await.status, 404);
        assert_eq!(test.post(&bob, &format!("{PATH}/setup"), &json!({})).await.status, 404);
        assert_eq!(put(ADMIN, body).await.json()["amount_minor"], 2000);
        assert_eq!(test.get(&bob, "/api/notices?user_id=ada").await.status, 404);

        let setup = format!("{PATH}/setup");
        let first = test.post_once(&ada, &setup, &json!({}), "one").await;
        let again = test.post_once(&ada, &setup, &json!({}), "one").await;
        assert_eq!((again.bytes, again.replayed), (first.bytes, true));
        let elsewhere = json!({ "success_url": "https://elsewhere.example/" });
        let refused = test.post(&ada, &setup, &elsewhere).await;
        assert_eq!(
            (refused.status, refused.json()["field"].as_str()),
            (422, Some("success_url"))
        );
        test.finish().await;
    })
    .await;
}

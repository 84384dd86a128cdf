//! Money that goes back: refunds and disputes, whoever began them, and what becomes of the credits.

use serde_json::{Value, json};
use store::testing::for_each_engine;
use stripe::IdempotencyKey;

use crate::support::{ADMIN, TestApp};

const PAID: &str = "4242424242424242";

/// Buys hundreds of credits for ada, at ten a hundred. Gives the purchase and its payment.
pub(crate) async fn buy(test: &TestApp, quantity: i64) -> (String, String) {
    let ada = test.user("ada");
    let wanted = json!({ "item_id": "starter", "quantity": quantity });
    let checkout = test.checkout(&ada, &wanted).await;
    let session = checkout["id"].as_str().unwrap();
    test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
        .await;
    test.settle().await;
    let purchase_id = checkout["purchase_id"].as_str().unwrap().to_owned();
    let payment = payment(test, &purchase_id).await;
    (purchase_id, payment["payment_intent_id"].as_str().unwrap().to_owned())
}

pub(crate) async fn payment(test: &TestApp, purchase_id: &str) -> Value {
    let purchase = test.get(ADMIN, &format!("/api/purchases/{purchase_id}")).await.json();
    purchase["payments"][0].clone()
}

/// Refunds at Stripe, as from its dashboard. Gives the refund's id.
pub(crate) async fn refund(test: &TestApp, payment: &str, amount: i64, key: &str) -> String {
    let parameters = json!({ "payment_intent": payment, "amount": amount });
    let key = IdempotencyKey::new(key).unwrap();
    let refund = test.app.stripe.create_refund(&parameters, &key).await.unwrap();
    test.settle().await;
    refund.id
}

pub(crate) async fn dispute(test: &TestApp, payment: &str) -> String {
    let dispute = test.steer("/disputes", &json!({ "payment_intent": payment })).await;
    test.settle().await;
    dispute["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn spend(test: &TestApp, amount: i64) -> u16 {
    let body = json!({ "amount": amount, "reason": "a persona" });
    test.post(ADMIN, "/api/financial/credits/ada/spend", &body).await.status
}

/// What ada has, what she owes, and whether her wallet is frozen.
pub(crate) async fn wallet(test: &TestApp) -> (i64, i64, bool) {
    let said = test.get(ADMIN, "/api/financial/credits/ada").await.json();
    let number = |name: &str| said[name].as_i64().unwrap();
    (number("balance"), number("owed"), said["frozen"].as_bool().unwrap())
}

#[tokio::test]
async fn refunds_in_part_take_back_their_share_and_together_all() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 3).await;
        refund(&test, &paid, 1000, "r1").await;
        assert_eq!(wallet(&test).await, (200, 0, false));
        refund(&test, &paid, 5, "r2").await;
        assert_eq!(wallet(&test).await, (199, 0, false), "half a credit is rounded up");
        refund(&test, &paid, 1995, "r3").await;
        assert_eq!(wallet(&test).await, (0, 0, false));
        assert_eq!(payment(&test, &purchase_id).await["reversed_minor"], 3000);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_fails_after_all_gives_the_credits_back() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let refund_id = refund(&test, &paid, 400, "r1").await;
        assert_eq!(wallet(&test).await, (60, 0, false));
        let path = format!("/refunds/{refund_id}/settle");
        test.steer(&path, &json!({ "outcome": "failed" })).await;
        test.settle().await;
        assert_eq!(wallet(&test).await, (100, 0, false));
        assert_eq!(payment(&test, &purchase_id).await["reversed_minor"], 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_spent_before_its_refund_is_owed_and_paid_down_by_the_next_purchase() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, paid) = buy(&test, 1).await;
        assert_eq!(spend(&test, 100).await, 200);
        refund(&test, &paid, 1000, "r1").await;
        assert_eq!(wallet(&test).await, (0, 100, false));
        buy(&test, 3).await;
        assert_eq!(wallet(&test).await, (200, 0, false));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_dispute_that_is_won_gives_the_credits_back() {
    close_dispute(true, 150).await;
}

#[tokio::test]
async fn a_dispute_that_is_lost_keeps_the_credits() {
    close_dispute(false, 50).await;
}

/// A wallet is frozen while a dispute is open, and free again once it is decided.
async fn close_dispute(won: bool, left: i64) {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, paid) = buy(&test, 1).await;
        let body = json!({ "amount": 50, "reason": "welcome" });
        test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
        let dispute_id = dispute(&test, &paid).await;
        assert_eq!(wallet(&test).await, (50, 0, true));
        assert_eq!(spend(&test, 1).await, 409);
        let path = format!("/disputes/{dispute_id}/close");
        test.steer(&path, &json!({ "won": won })).await;
        test.settle().await;
        assert_eq!(wallet(&test).await, (left, 0, false));
        assert_eq!(spend(&test, 1).await, 200);
        test.finish().await;
    })
    .await;
}

/// Moves some of ada's credits to the wallet of a key.
pub(crate) async fn to_key(test: &TestApp, amount: i64) {
    let body = json!({ "amount": amount, "reason": "for the build server", "to_key_id": "build" });
    let moved = test.post(ADMIN, "/api/financial/credits/ada/move", &body).await;
    assert_eq!(moved.status, 200);
}

/// What a key of ada's has, and whether its wallet is frozen.
pub(crate) async fn of_key(test: &TestApp) -> (i64, bool) {
    let said = test.get(ADMIN, "/api/financial/credits/ada?key_id=build").await.json();
    assert_eq!(said["owed"], 0, "a user owes once, beside their own wallet");
    (said["balance"].as_i64().unwrap(), said["frozen"].as_bool().unwrap())
}

#[tokio::test]
async fn what_was_moved_to_a_key_is_taken_back_before_anything_is_owed() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, paid) = buy(&test, 1).await;
        to_key(&test, 70).await;
        refund(&test, &paid, 500, "r1").await;
        assert_eq!((wallet(&test).await, of_key(&test).await), ((0, 0, false), (50, false)));
        let body = json!({ "amount": 50, "reason": "a build", "key_id": "build" });
        let spent = test.post(ADMIN, "/api/financial/credits/ada/spend", &body).await;
        assert_eq!(spent.status, 200);
        refund(&test, &paid, 500, "r2").await;
        assert_eq!((wallet(&test).await, of_key(&test).await), ((0, 50, false), (0, false)));
        // Whatever comes in pays it down, whichever wallet it comes to.
        let body = json!({ "amount": 80, "reason": "welcome", "key_id": "build" });
        let added = test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
        assert_eq!(added.json()["balance"], 30);
        assert_eq!((wallet(&test).await, of_key(&test).await), ((0, 0, false), (30, false)));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_dispute_freezes_the_wallets_of_keys_too() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, paid) = buy(&test, 1).await;
        let body = json!({ "amount": 200, "reason": "welcome" });
        test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
        to_key(&test, 150).await;
        let hold = json!({ "amount": 20, "reason": "a build", "key_id": "build" });
        let held = test.post(ADMIN, "/api/financial/credits/ada/holds", &hold).await;
        assert_eq!(held.status, 201);
        let dispute = dispute(&test, &paid).await;
        assert_eq!((wallet(&test).await, of_key(&test).await), ((130, 0, true), (50, true)));
        let spend = json!({ "amount": 1, "reason": "a build", "key_id": "build" });
        let back = json!({ "amount": 1, "reason": "back", "from_key_id": "build" });
        for (path, body) in [("spend", &spend), ("holds", &spend), ("move", &back)] {
            let path = format!("/api/financial/credits/ada/{path}");
            assert_eq!(test.post(ADMIN, &path, body).await.status, 409, "{path}");
        }
        // What was reserved before is used up: the work behind it was done.
        let hold_id = held.json()["hold_id"].as_str().unwrap().to_owned();
        let capture = format!("/api/financial/credits/ada/holds/{hold_id}/capture");
        assert_eq!(test.post(ADMIN, &capture, &json!({})).await.status, 200);
        test.steer(&format!("/disputes/{dispute}/close"), &json!({ "won": true }))
            .await;
        test.settle().await;
        assert_eq!(
            (wallet(&test).await, of_key(&test).await),
            ((150, 0, false), (130, false))
        );
        assert_eq!(
            test.post(ADMIN, "/api/financial/credits/ada/spend", &spend)
                .await
                .status,
            200
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_dispute_that_is_won_gives_back_what_it_took_to_where_it_was() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, paid) = buy(&test, 1).await;
        assert_eq!(spend(&test, 100).await, 200);
        let ends = "2100-01-01T00:00:00Z";
        let bonus = json!({ "amount": 30, "reason": "a bonus that ends", "expires_at": ends });
        test.post(ADMIN, "/api/financial/credits/ada/add", &bonus).await;
        to_key(&test, 10).await;
        let dispute_id = dispute(&test, &paid).await;
        assert_eq!((wallet(&test).await, of_key(&test).await), ((0, 70, true), (0, true)));
        let body = json!({ "amount": 25, "reason": "welcome" });
        test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
        assert_eq!(wallet(&test).await, (0, 45, true), "it pays down what is owed");
        let path = format!("/disputes/{dispute_id}/close");
        test.steer(&path, &json!({ "won": true })).await;
        test.settle().await;
        assert_eq!(
            (wallet(&test).await, of_key(&test).await),
            ((45, 0, false), (10, false))
        );
        let explained = test.get(ADMIN, "/api/financial/credits/ada/explain").await.json();
        let lots = explained["lots"].as_array().unwrap();
        let lot = |lot: &Value| {
            (
                lot["amount"].clone(),
                lot["expires_at"].clone(),
                lot["origins"][0]["transfer"]["code"].clone(),
            )
        };
        assert_eq!(
            lots.iter().map(lot).collect::<Vec<_>>(),
            [
                (json!(20), json!(ends), json!("add")),
                (json!(25), Value::Null, json!("add"))
            ]
        );
        let of_key = test
            .get(ADMIN, "/api/financial/credits/ada/explain?key_id=build")
            .await
            .json();
        assert_eq!(of_key["lots"][0]["expires_at"], ends, "{of_key}");
        test.finish().await;
    })
    .await;
}

/// The lots of ada's wallet and of her key's: how much, the end and the number of each.
async fn lots(test: &TestApp) -> Value {
    let mut all = Vec::new();
    for query in ["", "?key_id=build"] {
        let explained = test
            .get(ADMIN, &format!("/api/financial/credits/ada/explain{query}"))
            .await
            .json();
        for lot in explained["lots"].as_array().unwrap() {
            all.push(json!([lot["amount"], lot["expires_at"], lot["lot"]]));
        }
    }
    json!(all)
}

#[tokio::test]
async fn disputes_that_are_won_in_any_order_leave_all_as_it_was() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let bonus = json!({ "amount": 15, "reason": "a bonus that ends", "expires_at": "2100-01-01T00:00:00Z" });
        test.post(ADMIN, "/api/financial/credits/ada/add", &bonus).await;
        for order in [[0, 1], [1, 0]] {
            let paid = [buy(&test, 1).await.1, buy(&test, 1).await.1];
            let used = wallet(&test).await.0 - 100;
            assert_eq!(spend(&test, used).await, 200);
            to_key(&test, 30).await;
            let before = lots(&test).await;
            let disputes = [dispute(&test, &paid[0]).await, dispute(&test, &paid[1]).await];
            let owed = wallet(&test).await.1;
            assert!(owed > 0, "there is less than was bought");
            for place in order {
                let path = format!("/disputes/{}/close", disputes[place]);
                test.steer(&path, &json!({ "won": true })).await;
                test.settle().await;
            }
            assert_eq!((wallet(&test).await.1, lots(&test).await), (0, before));
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_is_told_of_the_payment_that_did_not_come_back() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let paid = [buy(&test, 1).await.1, buy(&test, 1).await.1];
        assert_eq!(spend(&test, 200).await, 200);
        dispute(&test, &paid[0]).await;
        let won = dispute(&test, &paid[1]).await;
        test.steer(&format!("/disputes/{won}/close"), &json!({ "won": true }))
            .await;
        test.settle().await;
        let timeline = test.get(ADMIN, "/api/users/ada/timeline").await.json();
        let entries = timeline["data"].as_array().unwrap().iter();
        let credits = entries.filter(|entry| entry["kind"] == "credits");
        let told: Vec<Value> = credits.map(|entry| json!([entry["status"], entry["amount"]])).collect();
        let owed = json!(["claw_back", -100]);
        assert_eq!(told[..3], [json!(["reinstate", 100]), owed.clone(), owed]);
        let explained = test.get(ADMIN, "/api/financial/credits/ada/explain").await.json();
        let debts = explained["debts"].as_array().unwrap();
        let of = |debt: &Value| debt["bought"]["purchase"]["payments"][0]["payment_intent_id"].clone();
        let told: Vec<Value> = debts.iter().map(|debt| json!([debt["left"], of(debt)])).collect();
        assert_eq!(told, [json!([100, paid[0]])], "{explained}");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_wallet_is_not_frozen_where_the_operator_does_not_want_it() {
    for_each_engine(async |database| {
        let test = TestApp::begin_with(database, &["--on-dispute", "keep"]).await;
        let (_, paid) = buy(&test, 1).await;
        let body = json!({ "amount": 50, "reason": "welcome" });
        test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
        dispute(&test, &paid).await;
        assert_eq!(wallet(&test).await, (50, 0, false));
        assert_eq!(spend(&test, 50).await, 200);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_event_whose_purchase_is_lost_keeps_nobody_waiting() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, lost) = buy(&test, 1).await;
        let (_, whole) = buy(&test, 1).await;
        let written = test.app.store.write({
            let lost = lost.clone();
            move |tx| {
                let sql = "delete from purchase where purchase_id = (select purchase_id from payment where payment_intent_id = $1)";
                tx.run(sql, &[lost.as_str().into()])
            }
        });
        assert_eq!(written.await.map_err(|error: store::Error| error.to_string()).unwrap(), 1);
        for (key, payment) in [("lost", &lost), ("whole", &whole)] {
            let parameters = json!({ "payment_intent": payment, "amount": 1000 });
            let key = IdempotencyKey::new(key).unwrap();
            test.app.stripe.create_refund(&parameters, &key).await.unwrap();
        }
        test.settle().await;
        assert_eq!(wallet(&test).await, (100, 0, false), "the whole one was taken back");
        let retrying = test.get(ADMIN, "/api/events?status=retrying").await.json();
        assert!(!retrying["data"].as_array().unwrap().is_empty());
        let waiting = test.get(ADMIN, "/api/events?status=received").await.json();
        assert_eq!(waiting["data"], json!([]));
    })
    .await;
}

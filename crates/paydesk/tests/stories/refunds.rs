//! Refunds that an operator asks for here: once, never more than was paid, and with what was bought taken back.

use std::time::Duration;

use paydesk::purchases;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::reversals::{buy, dispute, payment, refund, spend, wallet};
use crate::support::{ADMIN, Answered, TestApp, all_at_once};

const REFUNDS: &str = "/api/refunds";

async fn ask(test: &TestApp, body: &Value) -> Answered {
    test.post(ADMIN, REFUNDS, body).await
}

fn assert_refused(answered: &Answered, refundable_minor: i64) {
    let said = answered.json();
    let told = (
        answered.status,
        said["code"].as_str(),
        said["refundable_minor"].as_i64(),
    );
    assert_eq!(told, (409, Some("not_refundable"), Some(refundable_minor)), "{said}");
}

/// What Stripe has given back, in minor units, and in how many refunds.
async fn at_stripe(test: &TestApp, payment: &str) -> (i64, usize) {
    let refunds = test.app.stripe.list_refunds_of_payment(payment).await.unwrap().data;
    (refunds.iter().map(|refund| refund.amount).sum(), refunds.len())
}

#[tokio::test]
async fn a_refund_gives_back_the_money_and_takes_back_the_credits_at_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 3).await;
        let part = json!({ "purchase_id": purchase_id, "amount_minor": 1000, "reason": "requested_by_customer",
                           "note": "ticket 4711" });
        let made = test.post_once(ADMIN, REFUNDS, &part, "one").await;
        let said = made.json();
        assert_eq!(made.status, 201, "{said}");
        assert_eq!(
            (&said["amount_minor"], &said["currency"], &said["status"], &said["note"]),
            (&json!(1000), &json!("usd"), &json!("succeeded"), &json!("ticket 4711"))
        );
        assert_eq!(
            (&said["purchase_id"], &said["user_id"]),
            (&json!(purchase_id), &json!("ada"))
        );
        assert_eq!(wallet(&test).await, (200, 0, false), "before any event has come");
        let again = test.post_once(ADMIN, REFUNDS, &part, "one").await;
        assert_eq!((again.status, again.replayed, again.json()), (201, true, said.clone()));
        let other = json!({ "purchase_id": purchase_id, "amount_minor": 999 });
        assert_eq!(
            test.post_once(ADMIN, REFUNDS, &other, "one").await.json()["code"],
            "idempotency_key_reused"
        );

        let rest = ask(&test, &json!({ "payment_intent_id": paid })).await.json();
        assert_eq!(rest["amount_minor"], 2000);
        assert_eq!(wallet(&test).await, (0, 0, false));
        assert_eq!(at_stripe(&test, &paid).await, (3000, 2));
        assert_refused(&ask(&test, &json!({ "purchase_id": purchase_id })).await, 0);
        test.settle().await;
        assert_eq!(wallet(&test).await, (0, 0, false), "their events change nothing more");

        let listed = test.get(ADMIN, "/api/refunds?user_id=ada").await.json();
        let ids: Vec<&Value> = listed["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["refund_id"])
            .collect();
        assert_eq!(ids.len(), 2);
        assert!(ids.contains(&&said["refund_id"]) && ids.contains(&&rest["refund_id"]));
        let path = format!("{REFUNDS}/{}", said["refund_id"].as_str().unwrap());
        assert_eq!(test.get(ADMIN, &path).await.json(), said);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn no_more_is_given_back_than_was_paid_whoever_asks_at_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let body = json!({ "purchase_id": purchase_id, "amount_minor": 300 });
        let answers = all_at_once((0..8).map(|_| ask(&test, &body))).await;
        let made = answers.iter().filter(|answered| answered.status == 201).count();
        assert_eq!(
            made, 3,
            "of ten in minor units a thousand, three hundred goes three times"
        );
        answers
            .iter()
            .filter(|answered| answered.status != 201)
            .for_each(|answered| {
                assert_eq!(answered.json()["code"], "not_refundable", "{}", answered.json());
            });
        assert_eq!(at_stripe(&test, &paid).await, (900, 3));
        assert_refused(&ask(&test, &body).await, 100);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn only_what_is_unspent_is_given_back_where_that_is_asked_for() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, _) = buy(&test, 1).await;
        assert_eq!(spend(&test, 71).await, 200);
        let unspent = json!({ "purchase_id": purchase_id, "unspent_only": true });
        let above = json!({ "purchase_id": purchase_id, "unspent_only": true, "amount_minor": 291 });
        assert_refused(&ask(&test, &above).await, 290);
        assert_eq!(ask(&test, &unspent).await.json()["amount_minor"], 290);
        assert_eq!(wallet(&test).await, (0, 0, false), "nothing is owed");
        assert_refused(&ask(&test, &unspent).await, 0);
        let all = ask(&test, &json!({ "purchase_id": purchase_id })).await.json();
        assert_eq!(all["amount_minor"], 710);
        assert_eq!(wallet(&test).await, (0, 71, false));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_lost_makes_no_second_refund() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let body = json!({ "purchase_id": purchase_id, "amount_minor": 500 });
        let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/refunds", "count": 50 });
        test.steer("/faults", &lost).await;
        let cut = test.post_once(ADMIN, REFUNDS, &body, "asked-again").await;
        assert_eq!(cut.json()["code"], "unavailable", "{}", cut.json());
        let forgotten = json!({ "purchase_id": purchase_id, "amount_minor": 400 });
        assert_eq!(ask(&test, &forgotten).await.status, 503);
        // What is on its way counts as given back.
        assert_refused(
            &ask(&test, &json!({ "purchase_id": purchase_id, "amount_minor": 1101 })).await,
            1100,
        );
        test.lift_faults().await;
        let whole = test.post_once(ADMIN, REFUNDS, &body, "asked-again").await;
        assert_eq!((whole.status, &whole.json()["amount_minor"]), (201, &json!(500)));
        // Nobody asks for the other one again, so recovery takes it up when its time has come.
        test.app.clock.advance(Duration::from_mins(2));
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 1);
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 0);
        assert_eq!(at_stripe(&test, &paid).await, (900, 2));
        assert_eq!(wallet(&test).await, (110, 0, false));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn credits_whose_money_is_asked_back_are_nobodys_to_spend() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        assert_eq!(spend(&test, 30).await, 200);
        let away = json!({ "kind": "fail", "status": 503, "method": "POST", "path": "/v1/refunds", "count": 50 });
        test.steer("/faults", &away).await;
        let unspent = json!({ "purchase_id": purchase_id, "unspent_only": true });
        assert_eq!(ask(&test, &unspent).await.status, 503);
        assert_eq!(wallet(&test).await, (0, 0, false), "before Stripe has made the refund");
        assert_eq!(spend(&test, 1).await, 402);
        assert_eq!(
            payment(&test, &purchase_id).await["reversed_minor"],
            0,
            "no money is gone yet"
        );
        test.lift_faults().await;
        test.app.clock.advance(Duration::from_mins(2));
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 1);
        assert_eq!(at_stripe(&test, &paid).await, (700, 1));
        test.settle().await;
        assert_eq!(wallet(&test).await, (0, 0, false), "nothing is owed");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn spent_or_given_back_but_never_both() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, _) = buy(&test, 4).await;
        let unspent = json!({ "purchase_id": purchase_id, "unspent_only": true, "amount_minor": 1000 });
        let asked = async { ask(&test, &unspent).await.status };
        let spent = async { spend(&test, 400).await };
        let (asked, spent) = tokio::join!(asked, spent);
        assert!(matches!((asked, spent), (201, 402) | (409, 200)), "{asked} and {spent}");
        let left = if asked == 201 { 300 } else { 0 };
        assert_eq!(wallet(&test).await, (left, 0, false), "nothing is owed");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_event_about_a_refund_ends_the_request_that_it_was_made_for() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/refunds", "count": 50 });
        test.steer("/faults", &lost).await;
        let body = json!({ "purchase_id": purchase_id, "amount_minor": 500 });
        assert_eq!(test.post_once(ADMIN, REFUNDS, &body, "cut").await.status, 503);
        test.settle().await;
        assert_eq!(
            wallet(&test).await,
            (150, 0, false),
            "asked back and given back is once"
        );
        test.app.clock.advance(Duration::from_mins(2));
        assert_eq!(
            purchases::recover_refunds(&test.app).await.unwrap(),
            0,
            "the event ended it"
        );
        let said = test.post_once(ADMIN, REFUNDS, &body, "cut").await;
        assert_eq!((said.status, &said.json()["status"]), (201, &json!("succeeded")));
        assert_eq!(at_stripe(&test, &paid).await, (500, 1));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_stripe_has_forgotten_the_key_of_is_looked_up() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/refunds", "count": 50 });
        test.steer("/faults", &lost).await;
        assert_eq!(ask(&test, &json!({ "purchase_id": purchase_id })).await.status, 503);
        test.lift_faults().await;
        test.app.clock.advance(Duration::from_hours(25));
        test.steer("/clock", &json!({ "advance": 25 * 3600 })).await;
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 1);
        assert_eq!(at_stripe(&test, &paid).await, (1000, 1));
        assert_eq!(wallet(&test).await, (0, 0, false));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_stripe_refuses_is_told_and_holds_nothing_back() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let refusal = json!({ "kind": "fail", "status": 400, "method": "POST", "path": "/v1/refunds", "count": 1 });
        test.steer("/faults", &refusal).await;
        let body = json!({ "purchase_id": purchase_id });
        let refused = test.post_once(ADMIN, REFUNDS, &body, "one").await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (409, &json!("refund_refused"))
        );
        let again = test.post_once(ADMIN, REFUNDS, &body, "one").await;
        assert_eq!(again.bytes, refused.bytes);
        assert_eq!(at_stripe(&test, &paid).await, (0, 0));
        assert_eq!(wallet(&test).await, (100, 0, false), "the credits are back");
        assert_eq!(ask(&test, &body).await.status, 201);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_refunded_is_refused_with_the_field() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        for (body, status, field) in [
            (json!({}), 422, "purchase_id"),
            (
                json!({ "purchase_id": purchase_id, "payment_intent_id": paid }),
                422,
                "purchase_id",
            ),
            (
                json!({ "purchase_id": purchase_id, "amount_minor": 0 }),
                422,
                "amount_minor",
            ),
            (json!({ "purchase_id": purchase_id, "note": "" }), 422, "note"),
            (json!({ "purchase_id": "pur_none" }), 404, "purchase_id"),
            (json!({ "payment_intent_id": "pi_none" }), 404, "payment_intent_id"),
        ] {
            let answered = ask(&test, &body).await;
            assert_eq!(
                (answered.status, &answered.json()["field"]),
                (status, &json!(field)),
                "{body}"
            );
        }
        let ada = test.user("ada");
        let unpaid = test.checkout(&ada, &json!({ "item_id": "starter" })).await;
        assert_refused(&ask(&test, &json!({ "purchase_id": unpaid["purchase_id"] })).await, 0);
        let own = test.post(&ada, REFUNDS, &json!({ "purchase_id": purchase_id })).await;
        assert_eq!(own.status, 403);
        assert_eq!(at_stripe(&test, &paid).await, (0, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn refunds_and_disputes_are_listed_by_page() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, first) = buy(&test, 1).await;
        let (_, second) = buy(&test, 1).await;
        for part in ["a", "b", "c"] {
            refund(&test, &first, 100, part).await;
        }
        let dispute_id = dispute(&test, &second).await;
        let mut seen = Vec::new();
        let mut path = "/api/refunds?limit=2".to_owned();
        loop {
            let page = test.get(ADMIN, &path).await.json();
            seen.extend(
                page["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one["refund_id"].clone()),
            );
            match page["next"].as_str() {
                Some(next) => path = format!("/api/refunds?limit=2&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 3);
        let different: std::collections::BTreeSet<String> = seen.iter().map(Value::to_string).collect();
        assert_eq!(different.len(), 3);
        assert_eq!(test.get(ADMIN, "/api/refunds?after=re_none").await.status, 400);
        assert_eq!(
            test.get(ADMIN, "/api/refunds?status=failed").await.json()["data"],
            json!([])
        );
        let disputes = test.get(ADMIN, "/api/disputes?status=needs_response").await.json();
        let listed = &disputes["data"][0];
        assert_eq!(
            (&listed["dispute_id"], &listed["reversed_minor"]),
            (&json!(dispute_id), &json!(1000))
        );
        assert!(listed["evidence_due_at"].is_string());
        let read = test.get(ADMIN, &format!("/api/disputes/{dispute_id}")).await.json();
        assert_eq!(read, *listed);
        assert_eq!(test.get(&test.user("ada"), "/api/disputes").await.status, 403);
        test.finish().await;
    })
    .await;
}

/// A bank warns of a payment. Gives what is listed of it.
async fn warn(test: &TestApp, payment: &str) -> Value {
    test.steer("/early-fraud-warnings", &json!({ "payment_intent": payment }))
        .await;
    test.settle().await;
    let warnings = test.get(ADMIN, "/api/fraud-warnings?user_id=ada").await.json();
    assert_eq!(warnings["data"].as_array().unwrap().len(), 1, "{warnings}");
    warnings["data"][0].clone()
}

#[tokio::test]
async fn a_warning_of_fraud_is_listed_and_changes_nothing_by_itself() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let warning = warn(&test, &paid).await;
        assert_eq!(
            (&warning["purchase_id"], &warning["is_actionable"]),
            (&json!(purchase_id), &json!(true))
        );
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 0);
        assert_eq!(wallet(&test).await, (100, 0, false));
        let made = ask(&test, &json!({ "purchase_id": purchase_id, "reason": "fraudulent" })).await;
        assert_eq!(made.status, 201, "{}", made.json());
        test.settle().await;
        let warnings = test.get(ADMIN, "/api/fraud-warnings").await.json();
        assert_eq!(warnings["data"][0]["is_actionable"], false, "{warnings}");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_warned_payment_is_given_back_once_where_the_operator_wants_it() {
    for_each_engine(async |database| {
        let test = TestApp::begin_with(database, &["--on-fraud-warning", "refund"]).await;
        let (_, paid) = buy(&test, 1).await;
        refund(&test, &paid, 300, "before").await;
        warn(&test, &paid).await;
        let events = test
            .app
            .stripe
            .pages::<stripe::Event>(&json!({ "limit": 100 }), 1)
            .next()
            .await;
        for event in events.unwrap().unwrap() {
            test.steer(&format!("/events/{}/resend", event.id), &json!({})).await;
        }
        test.settle().await;
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 1);
        test.settle().await;
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 0);
        assert_eq!(at_stripe(&test, &paid).await, (1000, 2));
        assert_eq!(wallet(&test).await, (0, 0, false));
        test.finish().await;
    })
    .await;
}

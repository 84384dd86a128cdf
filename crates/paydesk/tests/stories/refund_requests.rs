//! Refunds that buyers ask for: within the policy of what they bought, approved where it takes people, and made once
//! whoever meddles.

use std::time::Duration;

use paydesk::purchases;
use paydesk::tokens::Scope;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::keys::service;
use crate::orders::{make_refunds, move_to, paid_order, stands};
use crate::reversals::{buy, of_key, refund, spend, to_key, wallet};
use crate::support::{ADMIN, Answered, TestApp, all_at_once};

const REQUESTS: &str = "/api/refund-requests";
const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[refunds]
automatic_up_to = { usd = 1000 }
four_eyes_above = { usd = 2000 }
two_approvals_above = { usd = 4000 }

[[credit_pack]]
id = "starter"
name = "Starter"
credits = 100
refund_days = 14
prices = { usd = 1000 }

[[order_package]]
id = "track-review"
name = "Track review"
refund_days = 30
prices = { usd = 1900 }

[[plan]]
id = "pro"
name = "Pro"
tier = "pro"
interval = "month"
refund_days = 7
credits = { amount = 50 }
prices = { usd = 900 }
"#;

/// Ada asks to have a purchase back.
async fn ask(test: &TestApp, purchase_id: &str) -> Answered {
    let wanted = json!({ "purchase_id": purchase_id, "reason": "It does not suit me." });
    test.post(&test.user("ada"), REQUESTS, &wanted).await
}

async fn asked(test: &TestApp, purchase_id: &str, status: &str) -> String {
    let answered = ask(test, purchase_id).await;
    let said = answered.json();
    assert_eq!((answered.status, &said["status"]), (201, &json!(status)), "{said}");
    said["request_id"].as_str().unwrap().to_owned()
}

async fn decide(test: &TestApp, by: &str, request_id: &str, what: &str) -> Answered {
    let body = match what {
        "approve" => json!({ "note": "ticket 4711" }),
        _ => json!({ "reason": "The credits were used." }),
    };
    test.post(by, &format!("{REQUESTS}/{request_id}/{what}"), &body).await
}

async fn read(test: &TestApp, request_id: &str) -> Value {
    test.get(ADMIN, &format!("{REQUESTS}/{request_id}")).await.json()
}

/// Somebody of the shop who may approve and ask.
async fn operator(test: &TestApp) -> String {
    service(test, &[Scope::RefundsApprove, Scope::RefundsWrite]).await
}

fn assert_code(answered: &Answered, status: u16, code: &str) {
    let said = answered.json();
    assert_eq!((answered.status, &said["code"]), (status, &json!(code)), "{said}");
}

/// What Stripe has given back of a payment, in minor units.
async fn given_back(test: &TestApp, payment: &str) -> i64 {
    let refunds = test.app.stripe.list_refunds_of_payment(payment).await.unwrap().data;
    refunds.iter().map(|refund| refund.amount).sum()
}

#[tokio::test]
async fn a_small_refund_within_the_policy_is_granted_at_once_and_made_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let (ada, wanted) = (test.user("ada"), json!({ "purchase_id": purchase_id, "reason": "No." }));
        let first = test.post_once(&ada, REQUESTS, &wanted, "one").await;
        let again = test.post_once(&ada, REQUESTS, &wanted, "one").await;
        assert_eq!((again.replayed, again.json()), (true, first.json()));
        let said = first.json();
        assert_eq!(
            (&said["status"], &said["amount_minor"], &said["approvals_needed"]),
            (&json!("approved"), &json!(1000), &json!(0))
        );
        assert!(
            said.get("requested_by").is_none() && said.get("decided_by").is_none(),
            "{said}"
        );
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(make_refunds(&test).await, 0);
        let request = read(&test, said["request_id"].as_str().unwrap()).await;
        assert_eq!(
            (&request["status"], &request["refund_status"], &request["decided_by"]),
            (&json!("refunded"), &json!("succeeded"), &json!("policy"))
        );
        assert_eq!(given_back(&test, &paid).await, 1000);
        assert_eq!(wallet(&test).await, (0, 0, false));
        assert_code(&ask(&test, &purchase_id).await, 409, "not_refundable");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_larger_one_waits_until_it_is_approved_or_declined() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let declined = asked(&test, &purchase_id, "waiting").await;
        assert_code(&ask(&test, &purchase_id).await, 409, "refund_request_open");
        assert_eq!(make_refunds(&test).await, 0, "nothing is made before somebody approves");
        let said = decide(&test, ADMIN, &declined, "decline").await.json();
        assert_eq!(
            (&said["status"], &said["answer"]),
            (&json!("declined"), &json!("The credits were used."))
        );
        for what in ["approve", "decline"] {
            assert_code(
                &decide(&test, ADMIN, &declined, what).await,
                409,
                "refund_request_decided",
            );
        }
        let request_id = asked(&test, &purchase_id, "waiting").await;
        let said = decide(&test, ADMIN, &request_id, "approve").await.json();
        assert_eq!(
            (
                &said["status"],
                &said["approvals"][0]["approved_by"],
                &said["approvals"][0]["note"]
            ),
            (&json!("approved"), &json!("admin"), &json!("ticket 4711"))
        );
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(given_back(&test, &paid).await, 2000);
        let waiting = test.get(ADMIN, &format!("{REQUESTS}?status=waiting")).await.json();
        assert_eq!(waiting["data"], json!([]));
        let refunded = test.get(ADMIN, &format!("{REQUESTS}?status=refunded")).await.json();
        assert_eq!(refunded["data"][0]["request_id"], json!(request_id));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn above_the_limits_others_approve_and_each_counts_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (grace, alan, edsger) = (operator(&test).await, operator(&test).await, operator(&test).await);
        let (purchase_id, paid) = buy(&test, 5).await;
        let direct = test
            .post(ADMIN, "/api/refunds", &json!({ "purchase_id": purchase_id }))
            .await;
        assert_code(&direct, 409, "refund_needs_approval");
        let parts = json!({ "purchase_id": purchase_id, "amount_minor": 1500 });
        assert_eq!(test.post(ADMIN, "/api/refunds", &parts).await.status, 201);
        let direct = test.post(ADMIN, "/api/refunds", &parts).await;
        assert_code(&direct, 409, "refund_needs_approval");

        let wanted = json!({ "purchase_id": purchase_id, "amount_minor": 3500, "reason": "They wrote to us." });
        let request = test.post(&grace, REQUESTS, &wanted).await.json();
        assert_eq!(
            (&request["status"], &request["approvals_needed"]),
            (&json!("waiting"), &json!(2))
        );
        let request_id = request["request_id"].as_str().unwrap();
        let own = decide(&test, &grace, request_id, "approve").await;
        assert_code(&own, 409, "other_approver_needed");
        let first = decide(&test, &alan, request_id, "approve").await.json();
        assert_eq!(first["status"], "waiting", "{first}");
        let twice = decide(&test, &alan, request_id, "approve").await;
        assert_code(&twice, 409, "other_approver_needed");
        assert_eq!(make_refunds(&test).await, 0);
        let last = decide(&test, &edsger, request_id, "approve").await.json();
        assert_eq!(
            (&last["status"], last["approvals"].as_array().unwrap().len()),
            (&json!("approved"), 2)
        );
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(given_back(&test, &paid).await, 5000);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn outside_the_policy_only_the_shop_may_ask() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, _) = buy(&test, 1).await;
        assert_eq!(spend(&test, 40).await, 200);
        let too_much = json!({ "purchase_id": purchase_id, "amount_minor": 601, "reason": "All." });
        let refused = test.post(&test.user("ada"), REQUESTS, &too_much).await;
        assert_code(&refused, 409, "outside_refund_policy");
        let said = refused.json();
        assert_eq!(
            (&said["reason"], &said["refundable_minor"]),
            (&json!("spent"), &json!(600))
        );
        let beyond = json!({ "purchase_id": purchase_id, "amount_minor": 1001, "reason": "More." });
        let refused = test.post(&test.user("ada"), REQUESTS, &beyond).await;
        assert_code(&refused, 409, "not_refundable");

        // The policy is that of the day on which it was bought.
        let without = CATALOGUE.replace("refund_days = 14\n", "");
        drop(test.selling(&without).await);
        test.app.clock.advance(Duration::from_hours(14 * 24));
        let request_id = asked(&test, &purchase_id, "approved").await;
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(read(&test, &request_id).await["amount_minor"], 600);
        test.app.clock.advance(Duration::from_mins(1));
        let late = ask(&test, &purchase_id).await;
        assert_code(&late, 409, "outside_refund_policy");
        assert_eq!(late.json()["reason"], "window_over");

        let wanted = json!({ "purchase_id": purchase_id, "amount_minor": 400, "reason": "They wrote to us." });
        let request = test.post(ADMIN, REQUESTS, &wanted).await.json();
        assert_eq!(
            (
                &request["status"],
                &request["outside_policy"],
                &request["approvals_needed"]
            ),
            (&json!("waiting"), &json!("window_over"), &json!(1))
        );
        let approved = decide(&test, ADMIN, request["request_id"].as_str().unwrap(), "approve").await;
        assert_eq!(approved.status, 200, "{}", approved.json());
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(wallet(&test).await, (0, 40, false), "what was spent is owed");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn credits_are_unspent_in_whichever_wallet_they_are() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (first, _) = buy(&test, 1).await;
        to_key(&test, 60).await;
        let back = json!({ "amount": 30, "reason": "too many", "from_key_id": "build" });
        assert_eq!(
            test.post(ADMIN, "/api/financial/credits/ada/move", &back).await.status,
            200
        );
        let (second, _) = buy(&test, 1).await;
        assert_eq!((wallet(&test).await.0, of_key(&test).await.0), (170, 30));
        for (purchase_id, left) in [(first, 100), (second, 0)] {
            let request_id = asked(&test, &purchase_id, "approved").await;
            assert_eq!(read(&test, &request_id).await["amount_minor"], 1000);
            assert_eq!(make_refunds(&test).await, 1);
            assert_eq!((wallet(&test).await, of_key(&test).await.0), ((left, 0, false), 0));
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_buyer_sees_their_own_requests_and_anothers_look_absent() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, _) = buy(&test, 2).await;
        let (ada, eve) = (test.user("ada"), test.user("eve"));
        let wanted = json!({ "purchase_id": purchase_id, "reason": "Mine?" });
        assert_code(&test.post(&eve, REQUESTS, &wanted).await, 404, "not_found");
        let nobody = service(&test, &[Scope::CreditsRead]).await;
        assert_code(&test.post(&nobody, REQUESTS, &wanted).await, 404, "not_found");
        let request_id = asked(&test, &purchase_id, "waiting").await;
        let path = format!("{REQUESTS}/{request_id}");
        assert_code(&test.get(&eve, &path).await, 404, "not_found");
        assert_eq!(test.get(&eve, REQUESTS).await.json()["data"], json!([]));
        assert_code(
            &test.get(&eve, &format!("{REQUESTS}?user_id=ada")).await,
            404,
            "not_found",
        );
        assert_eq!(
            test.get(&ada, REQUESTS).await.json()["data"][0]["request_id"],
            json!(request_id)
        );
        let own = test.get(&ada, &path).await.json();
        assert!(
            own.get("approvals").is_none() && own.get("requested_by").is_none(),
            "{own}"
        );
        for (by, status) in [(&ada, 403), (&eve, 403), (&nobody, 403)] {
            for what in ["approve", "decline"] {
                assert_eq!(decide(&test, by, &request_id, what).await.status, status, "{what}");
            }
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn asked_for_twice_at_once_it_is_one_request() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let answers = all_at_once((0..6).map(|_| ask(&test, &purchase_id))).await;
        assert_eq!(answers.iter().filter(|answered| answered.status == 201).count(), 1);
        for refused in answers.iter().filter(|answered| answered.status != 201) {
            assert_code(refused, 409, "refund_request_open");
        }
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(given_back(&test, &paid).await, 1000);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn approved_and_declined_at_once_it_is_decided_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let request_id = asked(&test, &purchase_id, "waiting").await;
        let calls = ["approve", "decline", "approve", "decline", "approve"];
        let answers = all_at_once(calls.iter().map(|what| decide(&test, ADMIN, &request_id, what))).await;
        let decided: Vec<&Answered> = answers.iter().filter(|answered| answered.status == 200).collect();
        assert_eq!(decided.len(), 1);
        for refused in answers.iter().filter(|answered| answered.status != 200) {
            assert_code(refused, 409, "refund_request_decided");
        }
        let is_approved = decided[0].json()["status"] == "approved";
        assert_eq!(make_refunds(&test).await, usize::from(is_approved));
        assert_eq!(given_back(&test, &paid).await, if is_approved { 2000 } else { 0 });
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn approved_while_an_operator_refunds_no_more_goes_back_than_was_paid() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let request_id = asked(&test, &purchase_id, "waiting").await;
        let own = json!({ "purchase_id": purchase_id, "amount_minor": 1200 });
        let (approved, refunded) = tokio::join!(
            decide(&test, ADMIN, &request_id, "approve"),
            test.post(ADMIN, "/api/refunds", &own)
        );
        let won = [approved.status == 200, refunded.status == 201];
        assert!(won[0] != won[1], "{} and {}", approved.json(), refunded.json());
        let lost = if won[0] { &refunded } else { &approved };
        assert_code(lost, 409, "not_refundable");
        make_refunds(&test).await;
        assert_eq!(given_back(&test, &paid).await, if won[0] { 2000 } else { 1200 });
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_from_the_dashboard_leaves_less_to_approve() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let request_id = asked(&test, &purchase_id, "waiting").await;
        refund(&test, &paid, 500, "dashboard").await;
        let refused = decide(&test, ADMIN, &request_id, "approve").await;
        assert_code(&refused, 409, "not_refundable");
        assert_eq!(refused.json()["refundable_minor"], 1500);
        assert_eq!(
            read(&test, &request_id).await["approvals"],
            json!([]),
            "a refusal approves nothing"
        );
        assert_eq!(decide(&test, ADMIN, &request_id, "decline").await.status, 200);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_from_the_dashboard_after_the_approval_makes_it_fail_and_nothing_is_doubled() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let request_id = asked(&test, &purchase_id, "waiting").await;
        assert_eq!(decide(&test, ADMIN, &request_id, "approve").await.status, 200);
        refund(&test, &paid, 2000, "dashboard").await;
        assert_eq!(make_refunds(&test).await, 1);
        let request = read(&test, &request_id).await;
        assert_eq!(request["status"], "failed", "{request}");
        assert!(
            request["answer"].as_str().is_some_and(|words| !words.is_empty()),
            "{request}"
        );
        assert_eq!(given_back(&test, &paid).await, 2000);
        assert_eq!(wallet(&test).await, (0, 0, false));
        assert_code(&ask(&test, &purchase_id).await, 409, "not_refundable");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn credits_that_are_spent_meanwhile_are_not_given_back() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let request_id = asked(&test, &purchase_id, "waiting").await;
        assert_eq!(spend(&test, 1).await, 200);
        let refused = decide(&test, ADMIN, &request_id, "approve").await;
        assert_code(&refused, 409, "not_refundable");
        assert_eq!(refused.json()["refundable_minor"], 1990);
        assert_eq!(given_back(&test, &paid).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_that_goes_back_is_worked_on_no_more_and_a_delivered_one_stays() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let ordered = paid_order(&test).await;
        assert_eq!(move_to(&test, ADMIN, &ordered, "in_progress").await.status, 200);
        let request_id = asked(&test, &ordered.purchase_id, "waiting").await;
        assert_eq!(decide(&test, ADMIN, &request_id, "approve").await.status, 200);
        assert_eq!(stands(&test, &ordered).await, "cancelled");
        assert_code(
            &move_to(&test, ADMIN, &ordered, "delivered").await,
            409,
            "move_not_allowed",
        );
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(stands(&test, &ordered).await, "refunded");

        let other = paid_order(&test).await;
        assert_eq!(move_to(&test, ADMIN, &other, "in_progress").await.status, 200);
        let (asking, delivered) = tokio::join!(
            ask(&test, &other.purchase_id),
            move_to(&test, ADMIN, &other, "delivered")
        );
        assert_eq!(delivered.status, 200);
        if asking.status == 409 {
            assert_eq!(asking.json()["reason"], "delivered");
        }
        let late = ask(&test, &other.purchase_id).await;
        let code = if asking.status == 409 {
            "outside_refund_policy"
        } else {
            "refund_request_open"
        };
        assert_code(&late, 409, code);
        assert_eq!(stands(&test, &other).await, "delivered");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_invoice_of_a_plan_goes_back_with_its_credits() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let ada = test.user("ada");
        let checkout = test.checkout(&ada, &json!({ "item_id": "pro" })).await;
        let pay = format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
        test.steer(&pay, &json!({ "card": "4242424242424242" })).await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 50);
        let invoices = test.get(&ada, "/api/subscriptions/ada/invoices").await.json();
        let invoice = invoices["data"][0]["invoice_id"]
            .as_str()
            .unwrap_or_else(|| panic!("{invoices}"));
        let request_id = asked(&test, invoice, "approved").await;
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(read(&test, &request_id).await["status"], "refunded");
        assert_eq!(test.balance("ada").await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_stripe_that_is_lost_makes_no_second_refund_of_a_request() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (purchase_id, paid) = buy(&test, 1).await;
        let request_id = asked(&test, &purchase_id, "approved").await;
        let lost = json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/refunds", "count": 50 });
        test.steer("/faults", &lost).await;
        test.steer("/deliveries/pause", &json!({})).await;
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 1);
        assert_eq!(read(&test, &request_id).await["status"], "approved", "nobody knows yet");
        test.steer("/deliveries/resume", &json!({})).await;
        test.lift_faults().await;
        test.app.clock.advance(Duration::from_mins(2));
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(read(&test, &request_id).await["status"], "refunded");
        assert_eq!(given_back(&test, &paid).await, 1000);
        test.finish().await;
    })
    .await;
}

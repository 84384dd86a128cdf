//! Orders to their end: worked on, delivered, cancelled, refunded. Each once, with the money where it belongs.

use paydesk::purchases;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::reversals::{payment, refund};
use crate::support::{ADMIN, Answered, TestApp, all_at_once};

const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[refunds]
order_share_percent = 80

[[order_package]]
id = "track-review"
name = "Track review"
prices = { usd = 4900 }
"#;

/// An order of ada's, with the checkout that pays for it.
pub(crate) struct Ordered {
    pub(crate) order_id: String,
    session: String,
    pub(crate) purchase_id: String,
}

impl Ordered {
    fn path(&self, rest: &str) -> String {
        format!("/api/orders/{}{rest}", self.order_id)
    }
}

/// Ada orders a review and goes to the page where it is paid.
async fn begin_order(test: &TestApp) -> Ordered {
    let ada = test.user("ada");
    let draft = test
        .post(&ada, "/api/orders", &json!({ "package_id": "track-review" }))
        .await;
    assert_eq!(draft.status, 201, "{}", draft.json());
    let order_id = draft.json()["order_id"].as_str().unwrap().to_owned();
    let checkout = test.checkout(&ada, &json!({ "order_id": order_id })).await;
    Ordered {
        order_id,
        session: checkout["id"].as_str().unwrap().to_owned(),
        purchase_id: checkout["purchase_id"].as_str().unwrap().to_owned(),
    }
}

async fn pay(test: &TestApp, ordered: &Ordered) {
    let path = format!("/checkout/{}/pay", ordered.session);
    test.steer(&path, &json!({ "card": "4242424242424242" })).await;
}

pub(crate) async fn paid_order(test: &TestApp) -> Ordered {
    let ordered = begin_order(test).await;
    pay(test, &ordered).await;
    test.settle().await;
    ordered
}

async fn read(test: &TestApp, ordered: &Ordered) -> Value {
    test.get(ADMIN, &ordered.path("")).await.json()
}

pub(crate) async fn stands(test: &TestApp, ordered: &Ordered) -> String {
    read(test, ordered).await["status"].as_str().unwrap().to_owned()
}

pub(crate) async fn move_to(test: &TestApp, token: &str, ordered: &Ordered, to: &str) -> Answered {
    let mut body = json!({ "to": to });
    if to == "delivered" {
        body["links"] = json!(["https://files.example/review.pdf"]);
    }
    test.post(token, &ordered.path("/moves"), &body).await
}

async fn assign(test: &TestApp, ordered: &Ordered, reviewer: &str) {
    let wanted = json!({ "reviewer_id": reviewer });
    let answered = test.post(ADMIN, &ordered.path("/assignment"), &wanted).await;
    assert_eq!(answered.status, 200, "{}", answered.json());
}

/// What the books say was earned, in minor units.
async fn revenue(test: &TestApp) -> i64 {
    let sql = "select credits_posted - debits_posted from account where account_key = 'usd:platform_revenue'";
    let rows = test.app.store.read(move |tx| tx.all(sql, &[])).await.unwrap();
    rows.first().map_or(0, |row| row.int(0).unwrap())
}

/// Makes the refunds that were decided. Gives how many.
pub(crate) async fn make_refunds(test: &TestApp) -> usize {
    let mut made = 0;
    loop {
        match purchases::recover_refunds(&test.app).await.unwrap() {
            0 => break,
            more => made += more,
        }
    }
    test.settle().await;
    made
}

/// Where the order stood, from the first change on, and who changed it.
async fn story(test: &TestApp, token: &str, ordered: &Ordered) -> Vec<(String, String)> {
    let changes = test.get(token, &ordered.path("/changes?limit=100")).await.json();
    let text = |change: &Value, name: &str| change[name].as_str().unwrap().to_owned();
    let changes = changes["data"].as_array().unwrap().iter().rev();
    changes
        .map(|change| (text(change, "to"), text(change, "changed_by")))
        .collect()
}

#[tokio::test]
async fn an_order_is_assigned_worked_on_and_delivered_by_links() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (ada, grace) = (test.user("ada"), test.user("grace"));
        let ordered = paid_order(&test).await;
        let path = ordered.path("");
        assert_eq!(test.get(&grace, &path).await.status, 404, "it is not hers to see yet");
        assert_eq!(move_to(&test, &grace, &ordered, "in_progress").await.status, 404);
        assign(&test, &ordered, "grace").await;
        let hers = test
            .get(&grace, "/api/orders?reviewer_id=grace&status=paid")
            .await
            .json();
        assert_eq!(hers["data"][0]["order_id"], ordered.order_id.as_str());
        let stranger = test
            .get(&test.user("eve"), "/api/orders?reviewer_id=grace")
            .await
            .json();
        assert_eq!(stranger["data"], json!([]), "of whom grace reviews only their own");

        assert_eq!(move_to(&test, &grace, &ordered, "in_progress").await.status, 200);
        let early = move_to(&test, &ada, &ordered, "cancelled").await;
        assert_eq!(
            (early.status, &early.json()["code"], &early.json()["allowed"]),
            (409, &json!("move_not_allowed"), &json!([]))
        );
        let wanted = json!({ "to": "delivered", "links": ["https://files.example/review.pdf"], "note": "Enjoy." });
        let moves = ordered.path("/moves");
        let delivered = test.post_once(&grace, &moves, &wanted, "deliver").await;
        assert_eq!(delivered.status, 200, "{}", delivered.json());
        let again = test.post_once(&grace, &moves, &wanted, "deliver").await;
        assert_eq!((again.replayed, &again.bytes), (true, &delivered.bytes));
        let seen = test.get(&ada, &path).await.json();
        assert_eq!(
            (&seen["status"], &seen["delivery"]["links"], &seen["delivery"]["note"]),
            (
                &json!("delivered"),
                &json!(["https://files.example/review.pdf"]),
                &json!("Enjoy.")
            )
        );
        assert_eq!(
            (&seen["paid_minor"], &seen["refunded_minor"]),
            (&json!(4900), &json!(0))
        );
        let told: Vec<(String, String)> = [
            ("awaiting_payment", "checkout"),
            ("paid", "stripe"),
            ("paid", "admin"),
            ("in_progress", "user:grace"),
            ("delivered", "user:grace"),
        ]
        .map(|(to, by)| (to.to_owned(), by.to_owned()))
        .into();
        assert_eq!(story(&test, &ada, &ordered).await, told);
        assert_eq!(revenue(&test).await, 4900);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_order_is_refunded_while_all_its_money_is_back() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let ordered = paid_order(&test).await;
        let paid = payment(&test, &ordered.purchase_id).await;
        let paid = paid["payment_intent_id"].as_str().unwrap();
        assert_eq!(move_to(&test, ADMIN, &ordered, "in_progress").await.status, 200);
        refund(&test, paid, 900, "part").await;
        let part = read(&test, &ordered).await;
        assert_eq!(
            (&part["status"], &part["refunded_minor"], &part["currency"]),
            (&json!("in_progress"), &json!(900), &json!("usd"))
        );
        let rest = refund(&test, paid, 4000, "rest").await;
        assert_eq!(stands(&test, &ordered).await, "refunded");
        assert_eq!(revenue(&test).await, 0);
        let late = move_to(&test, ADMIN, &ordered, "delivered").await;
        assert_eq!(
            (late.status, &late.json()["order_status"]),
            (409, &json!("refunded")),
            "nobody works for money that went back"
        );
        let path = format!("/refunds/{rest}/settle");
        test.steer(&path, &json!({ "outcome": "failed" })).await;
        test.settle().await;
        assert_eq!(
            stands(&test, &ordered).await,
            "in_progress",
            "the money is with us again"
        );
        assert_eq!(revenue(&test).await, 4000);
        assert_eq!(move_to(&test, ADMIN, &ordered, "delivered").await.status, 200);
        // A refund by the API goes the same way.
        let all = json!({ "purchase_id": ordered.purchase_id });
        assert_eq!(
            test.post(ADMIN, "/api/refunds", &all).await.json()["amount_minor"],
            4000
        );
        assert_eq!(stands(&test, &ordered).await, "refunded");
        assert_eq!(revenue(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn who_cancels_gets_the_share_of_the_policy_and_whom_the_shop_lets_down_gets_all() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (own, by_shop) = (paid_order(&test).await, paid_order(&test).await);
        assert_eq!(move_to(&test, &test.user("ada"), &own, "cancelled").await.status, 200);
        assert_eq!(move_to(&test, ADMIN, &by_shop, "in_progress").await.status, 200);
        let wanted = json!({ "to": "cancelled", "note": "nobody could" });
        for _ in 0..2 {
            let answered = test.post_once(ADMIN, &by_shop.path("/moves"), &wanted, "cancel").await;
            assert_eq!(answered.json()["status"], "cancelled", "{}", answered.json());
        }
        let again = move_to(&test, ADMIN, &by_shop, "cancelled").await;
        assert_eq!(again.json()["code"], "move_not_allowed");
        assert_eq!(make_refunds(&test).await, 2);
        assert_eq!(make_refunds(&test).await, 0);
        let told = async |ordered: &Ordered| {
            let order = read(&test, ordered).await;
            (order["status"].clone(), order["refunded_minor"].clone())
        };
        assert_eq!(told(&own).await, (json!("cancelled"), json!(3920)));
        assert_eq!(told(&by_shop).await, (json!("refunded"), json!(4900)));
        assert_eq!(revenue(&test).await, 980);
        let again = test.checkout_refused(&own).await;
        assert_eq!(again, json!("order_not_payable"));
        test.finish().await;
    })
    .await;
}

impl TestApp {
    /// The problem that a checkout of the order ends in.
    async fn checkout_refused(&self, ordered: &Ordered) -> Value {
        let wanted = json!({ "order_id": ordered.order_id });
        let path = "/api/stripe/create-checkout-session";
        self.post(&self.user("ada"), path, &wanted).await.json()["code"].clone()
    }
}

#[tokio::test]
async fn nobody_can_pay_for_an_order_that_was_cancelled_in_time() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let ordered = begin_order(&test).await;
        assert_eq!(
            move_to(&test, &test.user("ada"), &ordered, "cancelled").await.status,
            200
        );
        let session = format!("/v1/checkout/sessions/{}", ordered.session);
        assert_eq!(test.at_stripe("GET", &session, &[]).await["status"], "expired");
        test.settle().await;
        assert_eq!(stands(&test, &ordered).await, "cancelled");
        assert_eq!((make_refunds(&test).await, revenue(&test).await), (0, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_paid_for_a_cancelled_order_goes_back_by_itself() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let ordered = begin_order(&test).await;
        pay(&test, &ordered).await;
        // Its event has not come, and Stripe cannot be asked.
        let lost = json!({ "kind": "fail", "status": 500, "path": "/v1/checkout/sessions", "count": 50 });
        test.steer("/faults", &lost).await;
        assert_eq!(
            move_to(&test, &test.user("ada"), &ordered, "cancelled").await.status,
            200
        );
        test.lift_faults().await;
        test.settle().await;
        assert_eq!(stands(&test, &ordered).await, "cancelled", "it stays given up");
        assert_eq!(revenue(&test).await, 4900);
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(stands(&test, &ordered).await, "refunded");
        assert_eq!(revenue(&test).await, 0);
        test.replay_all().await;
        assert_eq!(make_refunds(&test).await, 0, "once, however often it is told");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_a_beginning_and_an_end_at_once_one_comes_true() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (ada, grace) = (test.user("ada"), test.user("grace"));
        let ordered = paid_order(&test).await;
        assign(&test, &ordered, "grace").await;
        let tries = (0..8).map(|number| match number % 2 {
            0 => move_to(&test, &ada, &ordered, "cancelled"),
            _ => move_to(&test, &grace, &ordered, "in_progress"),
        });
        let answers = all_at_once(tries).await;
        let came_true: Vec<&Answered> = answers.iter().filter(|one| one.status == 200).collect();
        assert_eq!(came_true.len(), 1, "{answers:?}");
        let status = came_true[0].json()["status"].clone();
        assert_eq!(json!(stands(&test, &ordered).await), status);
        let (refunds, left) = if status == "cancelled" { (1, 980) } else { (0, 4900) };
        assert_eq!((make_refunds(&test).await, revenue(&test).await), (refunds, left));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_move_changes_nothing() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let ordered = paid_order(&test).await;
        let before = read(&test, &ordered).await;
        let ada = test.user("ada");
        let eve = test.user("eve");
        for (token, rest, body, status) in [
            (ADMIN, "/moves", json!({ "to": "sideways" }), 422),
            (ADMIN, "/moves", json!({ "to": "refunded" }), 409),
            (
                ADMIN,
                "/moves",
                json!({ "to": "delivered", "links": ["https://a.example/"] }),
                409,
            ),
            (ADMIN, "/moves", json!({ "to": "delivered" }), 422),
            (
                ADMIN,
                "/moves",
                json!({ "to": "delivered", "links": ["javascript:alert(1)"] }),
                422,
            ),
            (
                ADMIN,
                "/moves",
                json!({ "to": "in_progress", "links": ["https://a.example/"] }),
                422,
            ),
            (ADMIN, "/moves", json!({ "to": "in_progress", "note": " " }), 422),
            (ada.as_str(), "/moves", json!({ "to": "in_progress" }), 409),
            (eve.as_str(), "/moves", json!({ "to": "cancelled" }), 404),
            (ada.as_str(), "/assignment", json!({ "reviewer_id": "ada" }), 403),
        ] {
            let answered = test.post(token, &ordered.path(rest), &body).await;
            assert_eq!(answered.status, status, "{body}: {}", answered.json());
        }
        assert_eq!(test.get(&eve, &ordered.path("/changes")).await.status, 404);
        assert_eq!(read(&test, &ordered).await, before);
        test.finish().await;
    })
    .await;
}

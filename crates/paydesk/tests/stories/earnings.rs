//! What reviewers earn of orders: paid after the buffer, taken back with the money, and owed where it is gone.

use paydesk::payouts;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};
use stripe::objects::Transfer;

use crate::payouts::{connected_selling, enabled, turn};
use crate::support::{ADMIN, TestApp};

pub(crate) const DAY: u64 = 86_400;

/// A shop whose reviewers get 70 %, in currencies of two, no and three decimals.
const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[order_package]]
id = "track-review"
name = "Track review"
reviewer_share_percent = 70
prices = { usd = 4900, jpy = 999, kwd = 12340 }
"#;

pub(crate) async fn begin(database: &TestDatabase) -> TestApp {
    connected_selling(database, CATALOGUE).await
}

/// An order of ada's that is paid for and that bo has delivered. Gives its id and its purchase.
pub(crate) async fn delivered(test: &TestApp, currency: &str) -> (String, String) {
    let ada = test.user("ada");
    let draft = test
        .post(&ada, "/api/orders", &json!({ "package_id": "track-review" }))
        .await;
    let order_id = draft.json()["order_id"].as_str().unwrap().to_owned();
    let checkout = test
        .checkout(&ada, &json!({ "order_id": order_id, "currency": currency }))
        .await;
    // A card whose money is available at once, so that what no charge covers can be transferred, too.
    let pay = format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
    test.steer(&pay, &json!({ "card": "4000000000000077" })).await;
    test.settle().await;
    let path = format!("/api/orders/{order_id}");
    let assigned = test
        .post(ADMIN, &format!("{path}/assignment"), &json!({ "reviewer_id": "bo" }))
        .await;
    assert_eq!(assigned.status, 200, "{}", assigned.json());
    for body in [
        json!({ "to": "in_progress" }),
        json!({ "to": "delivered", "links": ["https://files.example/review.pdf"] }),
    ] {
        let moved = test.post(&test.user("bo"), &format!("{path}/moves"), &body).await;
        assert_eq!(moved.status, 200, "{}", moved.json());
    }
    (order_id, checkout["purchase_id"].as_str().unwrap().to_owned())
}

async fn refund(test: &TestApp, purchase_id: &str, amount_minor: i64) {
    let body = json!({ "purchase_id": purchase_id, "amount_minor": amount_minor });
    let made = test.post(ADMIN, "/api/refunds", &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    test.settle().await;
}

/// Does all that is due now.
pub(crate) async fn work(test: &TestApp) {
    while payouts::work(&test.app).await.unwrap() > 0 {}
}

/// What bo earned, newest first.
async fn earnings(test: &TestApp) -> Vec<Value> {
    let listed = test.get(&test.user("bo"), "/api/payouts/bo/earnings").await;
    assert_eq!(listed.status, 200, "{}", listed.json());
    listed.json()["data"].as_array().unwrap().clone()
}

/// What was earned, transferred, taken back and is outstanding of a line.
pub(crate) fn stands(line: &Value) -> (i64, i64, i64, i64) {
    let of = |field: &str| line[field].as_i64().unwrap();
    (
        of("earned_minor"),
        of("transferred_minor"),
        of("taken_back_minor"),
        of("outstanding_minor"),
    )
}

/// The transfers at Stripe: their amounts, and what was taken back of each; newest first.
pub(crate) async fn at_stripe(test: &TestApp) -> Vec<(i64, i64)> {
    let (all, _) = test
        .app
        .stripe
        .pages::<Transfer>(&json!({}), 5)
        .collect()
        .await
        .unwrap();
    all.iter().map(|one| (one.amount, one.amount_reversed)).collect()
}

/// What an operator sees of bo's account and the one transfer to it.
async fn listed_for_operators(test: &TestApp, order_id: &str) {
    let list = async |query: &str| {
        let listed = test.get(ADMIN, &format!("/api/payouts/{query}")).await;
        assert_eq!(listed.status, 200, "{}", listed.json());
        listed.json()
    };
    let accounts = list("accounts").await;
    assert_eq!(
        (&accounts["data"][0]["user_id"], &accounts["next"]),
        (&json!("bo"), &Value::Null)
    );
    for (query, count) in [
        ("accounts?status=enabled&limit=1", 1),
        ("accounts?status=closed", 0),
        ("accounts?after=bo", 0),
        ("accounts?user_id=bo", 1),
        ("accounts?user_id=bo&status=closed", 0),
        ("accounts?user_id=ada", 0),
        ("transfers", 1),
        ("transfers?user_id=bo&status=made", 1),
        ("transfers?user_id=ada", 0),
        ("transfers?status=made", 1),
        ("transfers?status=refused", 0),
    ] {
        let page = list(query).await;
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}: {page}");
    }
    let transfers = list("transfers").await;
    let made = &transfers["data"][0];
    assert_eq!(
        (
            &made["user_id"],
            &made["sale"],
            &made["direction"],
            &made["amount_minor"]
        ),
        (
            &json!("bo"),
            &json!(format!("order:{order_id}")),
            &json!("out"),
            &json!(3430)
        )
    );
    assert!(made["stripe_id"].as_str().unwrap().starts_with("tr_"));
    let behind = format!("transfers?after={}", made["transfer_key"].as_str().unwrap());
    assert!(list(&behind).await["data"].as_array().unwrap().is_empty());
    let wrong = test.get(ADMIN, "/api/payouts/transfers?after=nothing").await;
    assert_eq!(wrong.json()["field"], "after");
}

#[tokio::test]
async fn a_share_is_transferred_once_the_buffer_has_passed_and_the_account_can_be_paid() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let (order_id, _) = delivered(&test, "usd").await;
        let lines = earnings(&test).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(stands(&lines[0]), (3430, 0, 0, 3430));
        assert_eq!(
            (&lines[0]["fee_minor"], &lines[0]["sale"]),
            (&json!(1470), &json!(format!("order:{order_id}")))
        );
        work(&test).await;
        turn(&test, 2 * DAY + 1).await;
        work(&test).await;
        assert!(at_stripe(&test).await.is_empty(), "there is no account to pay");
        enabled(&test).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(3430, 0)]);
        assert_eq!(stands(&earnings(&test).await[0]), (3430, 3430, 0, 0));
        listed_for_operators(&test, &order_id).await;
        turn(&test, DAY).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(3430, 0)], "once");
        assert_eq!(
            test.get(&test.user("eve"), "/api/payouts/bo/earnings").await.json()["code"],
            "not_found"
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_refunded_before_the_transfer_is_not_transferred_and_after_it_is_taken_back() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        enabled(&test).await;
        let (_, purchase_id) = delivered(&test, "usd").await;
        refund(&test, &purchase_id, 1000).await;
        assert_eq!(stands(&earnings(&test).await[0]), (2730, 0, 0, 2730));
        turn(&test, 2 * DAY + 1).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(2730, 0)]);
        refund(&test, &purchase_id, 900).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(2730, 630)], "its share of the part");
        refund(&test, &purchase_id, 3000).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(2730, 2730)]);
        assert_eq!(stands(&earnings(&test).await[0]), (0, 2730, 2730, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_paid_by_what_is_earned_next() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        enabled(&test).await;
        let (_, first) = delivered(&test, "usd").await;
        turn(&test, 2 * DAY + 1).await;
        work(&test).await;
        let refused = json!({ "kind": "refuse", "status": 400, "method": "POST",
                              "path": "/v1/transfers/", "count": 1 });
        test.steer("/faults", &refused).await;
        refund(&test, &first, 2450).await;
        work(&test).await;
        assert_eq!(
            stands(&earnings(&test).await[0]),
            (1715, 3430, 0, -1715),
            "it is carried"
        );
        delivered(&test, "usd").await;
        turn(&test, 2 * DAY + 1).await;
        work(&test).await;
        let lines = earnings(&test).await;
        assert_eq!(at_stripe(&test).await, [(1715, 0), (3430, 0)], "the rest of the second");
        assert_eq!(
            (stands(&lines[0]), &lines[0]["offset_minor"]),
            ((3430, 1715, 0, 0), &json!(1715))
        );
        assert_eq!(
            (stands(&lines[1]), &lines[1]["offset_minor"]),
            ((1715, 3430, 0, 0), &json!(-1715))
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_up_and_transfers_nothing_twice() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        enabled(&test).await;
        let (_, purchase_id) = delivered(&test, "usd").await;
        turn(&test, 2 * DAY + 1).await;
        let lost =
            |path: &str| json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": path, "count": 50 });
        test.steer("/faults", &lost("/v1/transfers")).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(3430, 0)], "it was made all the same");
        test.lift_faults().await;
        // Stripe has forgotten the key.
        turn(&test, 2 * DAY).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(3430, 0)]);
        assert_eq!(stands(&earnings(&test).await[0]), (3430, 3430, 0, 0));
        refund(&test, &purchase_id, 4900).await;
        test.steer("/faults", &lost("/v1/transfers/")).await;
        work(&test).await;
        test.lift_faults().await;
        turn(&test, 2 * DAY).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(3430, 3430)], "taken back once");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn currencies_without_and_with_three_decimals_are_shared_to_the_last_unit() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        enabled(&test).await;
        let (_, yen) = delivered(&test, "jpy").await;
        let (_, dinar) = delivered(&test, "kwd").await;
        turn(&test, 2 * DAY + 1).await;
        work(&test).await;
        refund(&test, &yen, 100).await;
        refund(&test, &dinar, 1230).await;
        work(&test).await;
        let lines = earnings(&test).await;
        // 70 % of 999 is 699.3; of 699 899/999 is 629.03. 70 % of 12340 is 8638, which is
        // moved in tens: 8630, and of it 11110/12340 is 7769.8.
        let of_currency = |code: &str| lines.iter().find(|line| line["currency"] == code).unwrap();
        assert_eq!(stands(of_currency("jpy")), (629, 699, 70, 0));
        assert_eq!(stands(of_currency("kwd")), (7760, 8630, 870, 0));
        for line in &lines {
            let of = |field: &str| line[field].as_i64().unwrap();
            assert_eq!(
                of("gross_minor"),
                of("refunded_minor") + of("fee_minor") + of("earned_minor")
            );
        }
        test.finish().await;
    })
    .await;
}

/// The next number of a sequence that repeats with its seed.
fn roll(seed: &mut u64, below: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % below
}

#[tokio::test]
async fn for_a_history_of_sales_refunds_refusals_and_lost_answers_the_sums_hold() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        enabled(&test).await;
        let (mut seed, mut sold) = (11, Vec::new());
        for _ in 0..24 {
            match roll(&mut seed, 6) {
                0 => sold.push((delivered(&test, "usd").await.1, 4900)),
                1 | 2 if !sold.is_empty() => {
                    let at = usize::try_from(roll(&mut seed, sold.len() as u64)).unwrap();
                    let part = i64::try_from(roll(&mut seed, 2000) + 1).unwrap().min(sold[at].1);
                    if part > 0 {
                        refund(&test, &sold[at].0, part).await;
                        sold[at].1 -= part;
                    }
                }
                3 => {
                    let path = if roll(&mut seed, 2) == 0 {
                        "/v1/transfers"
                    } else {
                        "/v1/transfers/"
                    };
                    let fault = if roll(&mut seed, 2) == 0 {
                        json!({ "kind": "refuse", "status": 400, "method": "POST", "path": path, "count": 1 })
                    } else {
                        json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": path, "count": 3 })
                    };
                    test.steer("/faults", &fault).await;
                }
                _ => turn(&test, DAY).await,
            }
            work(&test).await;
        }
        test.lift_faults().await;
        turn(&test, 3 * DAY).await;
        work(&test).await;
        let (lines, made) = (earnings(&test).await, at_stripe(&test).await);
        let sum = |field: &str| lines.iter().map(|line| line[field].as_i64().unwrap()).sum::<i64>();
        assert!(sold.len() > 2, "{}", sold.len());
        assert_eq!(
            sum("gross_minor"),
            sum("refunded_minor") + sum("fee_minor") + sum("earned_minor")
        );
        assert_eq!(
            sum("refunded_minor"),
            sold.iter().map(|(_, left)| 4900 - left).sum::<i64>()
        );
        assert_eq!(sum("offset_minor"), 0);
        assert_eq!(sum("transferred_minor"), made.iter().map(|one| one.0).sum::<i64>());
        assert_eq!(sum("taken_back_minor"), made.iter().map(|one| one.1).sum::<i64>());
        assert!(
            lines
                .iter()
                .all(|line| line["outstanding_minor"].as_i64().unwrap() <= 0),
            "{lines:?}"
        );
        test.finish().await;
    })
    .await;
}

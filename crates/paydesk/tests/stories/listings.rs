//! Lists for operators: users, payments, subscriptions, transfers, and what happened to a user or because of an event.

use std::time::Duration;

use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::reversals::{buy, dispute, refund, spend};
use crate::support::{ADMIN, TestApp};

/// All entries of a list, page after page.
async fn walk(test: &TestApp, path: &str, limit: usize) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let (mut all, mut after) = (Vec::new(), String::new());
    for _ in 0..100 {
        let answered = test.get(ADMIN, &format!("{path}{joint}limit={limit}{after}")).await;
        let page = answered.json();
        assert_eq!(answered.status, 200, "{path}: {page}");
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
    panic!("{path} does not come to an end");
}

fn of<'a>(entries: &'a [Value], name: &str) -> Vec<&'a str> {
    entries.iter().map(|one| one[name].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn users_are_found_by_id_and_address() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        buy(&test, 2).await;
        for (user, amount) in [("adam", 5), ("bob", 6), ("eve%40example.org", 1), ("zoe", 7)] {
            let body = json!({ "amount": amount, "reason": "welcome" });
            test.post(ADMIN, &format!("/api/financial/credits/{user}/add"), &body)
                .await;
        }
        for (user, email) in [("bob", "bob@example.org"), ("carl", "carl@example.org")] {
            let path = format!("/api/users/{user}/contact");
            let body = json!({ "email": email });
            let put = test.send(reqwest::Method::PUT, ADMIN, &path, Some(&body), None).await;
            assert!(put.status < 300, "{}", put.json());
        }
        let all = walk(&test, "/api/users", 2).await;
        assert_eq!(
            of(&all, "user_id"),
            ["ada", "adam", "bob", "carl", "eve@example.org", "zoe"]
        );
        let balances: Vec<_> = all.iter().map(|one| one["balance"].as_i64().unwrap()).collect();
        assert_eq!(balances, [200, 5, 6, 0, 1, 7]);
        assert!(all[0]["stripe_customer_id"].as_str().unwrap().starts_with("cus_"));
        assert_eq!(all[2]["email"], "bob@example.org");
        for (search, found) in [
            ("ad", &["ada", "adam"][..]),
            ("adam", &["adam"]),
            ("carl%40example.org", &["carl"]),
            ("carl%40example.com", &[]),
            ("eve%40example.org", &["eve@example.org"]),
            ("x", &[]),
        ] {
            let users = walk(&test, &format!("/api/users?search={search}"), 1).await;
            assert_eq!(of(&users, "user_id"), found, "{search}");
        }
        assert_eq!(test.get(&test.user("ada"), "/api/users").await.status, 403);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn payments_are_listed_newest_first_and_found_by_their_ids() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let mut made = Vec::new();
        for _ in 0..3 {
            made.insert(0, buy(&test, 1).await.1);
            test.app.clock.advance(Duration::from_secs(1));
        }
        let all = walk(&test, "/api/payments", 2).await;
        assert_eq!(of(&all, "payment_intent_id"), made);
        let first = &all[0];
        assert_eq!(
            (&first["status"], &first["kind"], &first["item_id"], &first["user_id"]),
            (
                &json!("succeeded"),
                &json!("credit_pack"),
                &json!("starter"),
                &json!("ada")
            )
        );
        for (query, found) in [
            ("status=succeeded", 3),
            ("status=failed", 0),
            ("user_id=ada", 3),
            ("user_id=ada&status=succeeded", 3),
            ("user_id=bob", 0),
        ] {
            assert_eq!(
                walk(&test, &format!("/api/payments?{query}"), 2).await.len(),
                found,
                "{query}"
            );
        }
        let read = test.get(ADMIN, &format!("/api/payments/{}", made[0])).await;
        assert_eq!(&read.json(), first);
        let charge = first["charge_id"].as_str().unwrap();
        assert_eq!(&test.get(ADMIN, &format!("/api/payments/{charge}")).await.json(), first);
        assert_eq!(test.get(ADMIN, "/api/payments/pi_none").await.status, 404);
        assert_eq!(
            test.get(ADMIN, "/api/payments?after=pi_none").await.json()["field"],
            "after"
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_ledger_is_listed_as_it_stands() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        buy(&test, 1).await;
        spend(&test, 3).await;
        let all = walk(&test, "/api/ledger/transfers", 1).await;
        let mut codes = of(&all, "code");
        assert_eq!(codes[0], "spend");
        codes.sort_unstable();
        assert_eq!(codes, ["collect", "grant", "spend"]);
        assert_eq!(
            (
                &all[0]["debit_account"],
                &all[0]["credit_account"],
                &all[0]["unit"],
                &all[0]["amount"]
            ),
            (
                &json!("credits:wallet:ada"),
                &json!("credits:spent"),
                &json!("credits"),
                &json!(3)
            )
        );
        let grants = walk(&test, "/api/ledger/transfers?code=grant", 5).await;
        assert_eq!(of(&grants, "code"), ["grant"]);
        assert_eq!(
            test.get(ADMIN, "/api/ledger/transfers?code=theft").await.json()["field"],
            "code"
        );
        let read = async |position: &Value| test.get(ADMIN, &format!("/api/ledger/transfers/{position}")).await;
        let spent = read(&all[0]["position"]).await.json();
        let lots = json!([{ "number": 1, "amount": 3, "priority": 0, "expires_at": null }]);
        assert_eq!(
            spent["debit"],
            json!({ "account": "credits:wallet:ada", "user_id": "ada", "key_id": null, "balance": 97, "lots": lots })
        );
        assert_eq!(
            spent["credit"],
            json!({ "account": "credits:spent", "user_id": null, "key_id": null, "balance": null, "lots": [] })
        );
        assert_eq!(spent["stripe_event_id"], Value::Null);
        let granted = read(&grants[0]["position"]).await.json();
        assert_eq!(granted["credit"]["balance"], 100);
        let event = test
            .get(
                ADMIN,
                &format!("/api/events/{}", granted["stripe_event_id"].as_str().unwrap()),
            )
            .await;
        assert_eq!(event.json()["event_id"], granted["event_id"]);
        assert_eq!(read(&json!(4_711)).await.status, 404);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_timeline_tells_everything_that_happened_to_a_user() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        test.app.clock.advance(Duration::from_secs(1));
        spend(&test, 10).await;
        test.app.clock.advance(Duration::from_secs(1));
        let refund_id = refund(&test, &paid, 500, "r1").await;
        test.app.clock.advance(Duration::from_secs(1));
        let (_, other) = buy(&test, 1).await;
        let dispute_id = dispute(&test, &other).await;
        let package = json!({ "package_id": "track-review", "fields": { "track_url": "https://music.example/one" } });
        let order = test.post(&test.user("ada"), "/api/orders", &package).await.json();
        let order_id = order["order_id"].as_str().unwrap();
        let cancel = json!({ "to": "cancelled" });
        test.post(&test.user("ada"), &format!("/api/orders/{order_id}/moves"), &cancel)
            .await;

        let whole = walk(&test, "/api/users/ada/timeline", 100).await;
        let times: Vec<jiff::Timestamp> = of(&whole, "at").iter().map(|at| at.parse().unwrap()).collect();
        assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "{times:?}");
        for (kind, id) in [
            ("purchase", purchase_id.as_str()),
            ("payment", &paid),
            ("refund", &refund_id),
            ("dispute", &dispute_id),
        ] {
            let found = whole.iter().filter(|one| one["kind"] == kind && one["id"] == id);
            assert_eq!(found.count(), 1, "{kind} {id}: {whole:#?}");
        }
        for (status, detail) in [
            ("grant", "Bought and paid for"),
            ("claw_back", "Taken back with the money that was paid for them"),
        ] {
            let of_payment = whole
                .iter()
                .find(|one| one["about"] == json!(paid) && one["status"] == status);
            assert_eq!(of_payment.unwrap()["detail"], detail);
        }
        let of_purchase = whole
            .iter()
            .find(|one| one["kind"] == "payment" && one["id"] == json!(paid));
        assert_eq!(of_purchase.unwrap()["about"], json!(purchase_id));
        let credits: Vec<i64> = whole
            .iter()
            .filter(|one| one["kind"] == "credits")
            .map(|one| one["amount"].as_i64().unwrap())
            .collect();
        assert_eq!(credits.iter().sum::<i64>(), test.balance("ada").await, "{credits:?}");
        for limit in [1, 2, 3] {
            let pages = walk(&test, "/api/users/ada/timeline", limit).await;
            assert_eq!(pages, whole, "by {limit}");
        }
        assert_eq!(walk(&test, "/api/users/nobody/timeline", 5).await, Vec::<Value>::new());
        assert_eq!(
            test.get(ADMIN, "/api/users/ada/timeline?after=x").await.json()["field"],
            "after"
        );
        assert_eq!(test.get(&test.user("ada"), "/api/users/ada/timeline").await.status, 403);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_went_back_of_a_payment_is_found_by_it_and_counted_on_its_purchase() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase_id, paid) = buy(&test, 2).await;
        let (other_id, other) = buy(&test, 1).await;
        let refunds = [
            refund(&test, &paid, 500, "r1").await,
            refund(&test, &paid, 200, "r2").await,
        ];
        let dispute_id = dispute(&test, &other).await;
        let list = async |path: &str| walk(&test, path, 1).await;
        let mut found = of(
            &list(&format!("/api/refunds?payment_intent_id={paid}")).await,
            "refund_id",
        )
        .join(" ");
        assert!(refunds.iter().all(|id| found.contains(id)), "{found}");
        found = of(
            &list(&format!("/api/disputes?payment_intent_id={other}")).await,
            "dispute_id",
        )
        .join(" ");
        assert_eq!(found, dispute_id);
        for nothing in [
            format!("/api/refunds?payment_intent_id={other}"),
            format!("/api/refunds?payment_intent_id={paid}&status=failed"),
            format!("/api/refunds?payment_intent_id={paid}&user_id=bob"),
            format!("/api/disputes?payment_intent_id={paid}"),
        ] {
            assert_eq!(list(&nothing).await, Vec::<Value>::new(), "{nothing}");
        }
        let listed = walk(&test, "/api/purchases?user_id=ada", 1).await;
        for (id, refunded) in [(purchase_id, 700), (other_id, 1_000)] {
            let one = listed.iter().find(|one| one["purchase_id"] == json!(id)).unwrap();
            assert_eq!(one["refunded_minor"], refunded, "{one:#}");
            let read = test.get(ADMIN, &format!("/api/purchases/{id}")).await.json();
            assert_eq!(read["refunded_minor"], refunded, "{read:#}");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_event_tells_what_it_did_and_who_was_told() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let endpoint = json!({ "url": "http://127.0.0.1:9/hook", "event_types": [] });
        let made = test.post(ADMIN, "/api/webhook-endpoints", &endpoint).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let (_, paid) = buy(&test, 1).await;
        let events = walk(&test, "/api/events", 100).await;
        let mut granted = Vec::new();
        for event in &events {
            let read = test
                .get(ADMIN, &format!("/api/events/{}", event["id"].as_str().unwrap()))
                .await
                .json();
            if !read["transfers"].as_array().unwrap().is_empty() {
                granted.push(read);
            }
        }
        assert_eq!(granted.len(), 1, "one event has done it");
        let transfers = granted[0]["transfers"].as_array().unwrap();
        let grant = transfers.iter().find(|one| one["code"] == "grant").unwrap();
        assert_eq!(grant["business_key"], format!("grant:{paid}"));
        assert_eq!(grant["event_id"], granted[0]["event_id"]);
        let told = granted[0]["deliveries"].as_array().unwrap();
        assert_eq!(of(told, "type"), ["credits.granted"]);
        assert_eq!(
            (&told[0]["endpoint_id"], &told[0]["status"]),
            (&made.json()["endpoint_id"], &json!("pending"))
        );
        test.finish().await;
    })
    .await;
}

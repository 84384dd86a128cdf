//! Why a wallet holds what it holds: every lot back to the event or the request that made it, and all of it adds up.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use ledger::{AccountKey, Fill, NEVER_US, Role, Terms, TransferCode};
use paydesk::books::{self, Cause, Movement};
use paydesk::credits::wallet;
use paydesk::ids::UserId;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};

use crate::reversals::{buy, refund};
use crate::support::{ADMIN, TestApp};

const PATH: &str = "/api/financial/credits/ada";

async fn change(test: &TestApp, action: &str, body: Value) {
    let answered = test.post(ADMIN, &format!("{PATH}/{action}"), &body).await;
    assert!(answered.status < 300, "{action}: {}", answered.json());
}

async fn explained(test: &TestApp, query: &str) -> Value {
    let answered = test.get(ADMIN, &format!("{PATH}/explain{query}")).await;
    assert_eq!(answered.status, 200, "{query}: {}", answered.json());
    answered.json()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// Every page must come to the balance on its own.
fn assert_adds_up(page: &Value) {
    let lots: i64 = list(&page["lots"]).iter().map(|lot| number(&lot["amount"])).sum();
    let balance = number(&page["balance_before"]) + lots + number(&page["balance_behind"]);
    assert_eq!(number(&page["balance"]), balance, "{page}");
    let held: i64 = list(&page["holds"])
        .iter()
        .map(|one| number(&one["hold"]["amount"]))
        .sum();
    assert_eq!(number(&page["held"]), held + number(&page["held_unlisted"]), "{page}");
    let owed: i64 = list(&page["debts"]).iter().map(|one| number(&one["left"])).sum();
    assert_eq!(number(&page["owed"]), owed + number(&page["owed_unlisted"]), "{page}");
}

/// Buys, gives, spends, holds, moves, refunds and moves back. Gives the purchase, its payment and the refund.
async fn live(test: &TestApp) -> [String; 3] {
    let (purchase, payment) = buy(test, 2).await;
    let ending = json!({ "amount": 50, "reason": "welcome", "priority": -1, "expires_at": "2099-01-01T00:00:00Z" });
    change(test, "add", ending).await;
    change(test, "spend", json!({ "amount": 60, "reason": "a persona" })).await;
    change(test, "holds", json!({ "amount": 30, "reason": "a render" })).await;
    let there = json!({ "amount": 40, "reason": "for ci", "to_key_id": "ci" });
    change(test, "move", there).await;
    let refund = refund(test, &payment, 500, "r1").await;
    change(test, "add", json!({ "amount": 25, "reason": "sorry" })).await;
    let back = json!({ "amount": 10, "reason": "too many", "from_key_id": "ci" });
    change(test, "move", back).await;
    [purchase, payment, refund]
}

/// The codes and the wallets of a lot's origins.
fn ways(lot: &Value) -> Vec<(&str, Option<&str>)> {
    let origins = list(&lot["origins"]).iter();
    origins
        .map(|origin| (origin["transfer"]["code"].as_str().unwrap(), origin["key_id"].as_str()))
        .collect()
}

#[tokio::test]
async fn every_lot_is_explained_by_the_event_or_the_request_that_made_it() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let [purchase, payment, refund] = live(&test).await;
        let whole = explained(&test, "").await;
        assert_adds_up(&whole);
        assert_eq!((number(&whole["balance"]), number(&whole["held"])), (105, 30));
        assert_eq!((number(&whole["lots_open"]), whole["next"].as_str()), (3, None));
        let lots = list(&whole["lots"]);
        let shown: Vec<(i64, i64)> = lots
            .iter()
            .map(|lot| (number(&lot["lot"]), number(&lot["amount"])))
            .collect();
        assert_eq!(shown, [(1, 70), (3, 25), (4, 10)]);
        assert_eq!(test.balance("ada").await, 105);

        let [bought, given, moved] = lots else {
            panic!("{lots:?}")
        };
        assert_eq!(ways(bought), [("grant", None)]);
        let origin = &bought["origins"][0];
        assert_eq!((number(&origin["amount"]), number(&origin["lot"])), (200, 1));
        assert_eq!(origin["transfer"]["payment"], json!(payment));
        // The event that is named is the very one that granted.
        let event = origin["transfer"]["event"]["id"].as_str().unwrap();
        let event = test.get(ADMIN, &format!("/api/events/{event}")).await.json();
        assert!(event.to_string().contains(&format!("grant:{payment}")), "{event}");
        assert_eq!(origin["transfer"]["event"]["type"], event["type"]);
        let behind = &origin["bought"];
        assert_eq!(behind["purchase"]["purchase_id"], json!(purchase));
        assert_eq!(behind["purchase"]["item_id"], "starter");
        assert_eq!(behind["purchase"]["payments"][0]["payment_intent_id"], json!(payment));
        assert_eq!(behind["purchase"]["payments"][0]["reversed_minor"], 500);
        assert_eq!(behind["refunds"][0]["refund_id"], json!(refund));
        assert_eq!(behind["disputes"], json!([]));

        assert_eq!(ways(given), [("add", None)]);
        assert_eq!(given["origins"][0]["transfer"]["reason"], "sorry");
        assert_eq!(given["origins"][0]["bought"], Value::Null);

        assert_eq!(ways(moved), [("move", None), ("move", Some("ci")), ("grant", None)]);
        assert_eq!(moved["origins"][0]["transfer"]["other_wallet"]["key_id"], "ci");
        assert_eq!(
            moved["origins"][2]["bought"]["purchase"]["purchase_id"],
            json!(purchase)
        );

        let hold = &whole["holds"][0];
        assert_eq!(
            (&hold["hold"]["reason"], number(&hold["hold"]["amount"])),
            (&json!("a render"), 30)
        );
        assert_eq!(hold["lots"], json!([{ "lot": 1, "amount": 30 }]));

        let of_key = explained(&test, "?key_id=ci").await;
        assert_adds_up(&of_key);
        assert_eq!((number(&of_key["balance"]), number(&of_key["held"])), (30, 0));
        assert_eq!(ways(&of_key["lots"][0]), [("move", Some("ci")), ("grant", None)]);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_explanation_in_pages_is_the_same_one() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        live(&test).await;
        let whole = explained(&test, "").await;
        let (mut lots, mut query) = (Vec::new(), "?limit=1".to_owned());
        loop {
            let page = explained(&test, &query).await;
            assert_adds_up(&page);
            lots.extend(list(&page["lots"]).iter().cloned());
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=1&after={next}");
        }
        assert_eq!(json!(lots), whole["lots"]);
        for wrong in ["after=1", "after=x", "limit=0", "key_id=a%20b", "code=spend"] {
            let refused = test.get(ADMIN, &format!("{PATH}/explain?{wrong}")).await;
            assert_eq!(
                (refused.status, &refused.json()["code"]),
                (400, &json!("invalid_query")),
                "{wrong}"
            );
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_is_explained_by_the_refund_that_took_it_back() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (purchase, payment) = buy(&test, 1).await;
        change(&test, "spend", json!({ "amount": 100, "reason": "a persona" })).await;
        let refund = refund(&test, &payment, 1000, "r1").await;
        change(&test, "add", json!({ "amount": 30, "reason": "sorry" })).await;
        let whole = explained(&test, "").await;
        assert_adds_up(&whole);
        assert_eq!((number(&whole["balance"]), number(&whole["owed"])), (0, 70));
        let debt = &whole["debts"][0];
        assert_eq!((number(&debt["left"]), number(&debt["transfer"]["owed"])), (70, 100));
        assert_eq!(
            (&debt["transfer"]["code"], number(&debt["transfer"]["amount"])),
            (&json!("claw_back"), 0)
        );
        assert!(
            debt["transfer"]["what"].as_str().unwrap().starts_with("Owed: "),
            "{debt}"
        );
        assert!(
            debt["transfer"]["event"]["id"].as_str().unwrap().starts_with("evt_"),
            "{debt}"
        );
        assert_eq!(debt["bought"]["purchase"]["purchase_id"], json!(purchase));
        assert_eq!(debt["bought"]["refunds"][0]["refund_id"], json!(refund));
        let history = test.get(ADMIN, &format!("{PATH}/history")).await.json();
        let sum = |name: &str| -> i64 { list(&history["data"]).iter().filter_map(|one| one[name].as_i64()).sum() };
        assert_eq!((sum("amount"), sum("owed")), (0, 70), "{history}");
        let codes: Vec<&str> = list(&history["data"])
            .iter()
            .map(|one| one["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["repay", "add", "claw_back", "spend", "grant"]);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_wallet_that_came_behind_money_is_explained_like_any_other() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let fields = json!({ "track_url": "https://music.example/one" });
        let order = json!({ "package_id": "track-review", "fields": fields });
        let order = test.post(&ada, "/api/orders", &order).await.json();
        let checkout = test.checkout(&ada, &json!({ "order_id": order["order_id"] })).await;
        let paid = format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
        test.steer(&paid, &json!({ "card": "4242424242424242" })).await;
        // The accounts of the money are the first there are.
        test.settle().await;
        change(&test, "add", json!({ "amount": 7, "reason": "thanks" })).await;
        let whole = explained(&test, "").await;
        assert_adds_up(&whole);
        assert_eq!(ways(&whole["lots"][0]), [("add", None)]);
        let history = test.get(ADMIN, &format!("{PATH}/history")).await.json();
        assert_eq!(list(&history["data"]).len(), 1, "{history}");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_explanation_is_its_owners() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        live(&test).await;
        let (ada, bob) = (test.user("ada"), test.user("bob"));
        let path = format!("{PATH}/explain");
        assert_eq!(test.get(&ada, &path).await.status, 200);
        assert_eq!(test.get("", &path).await.status, 401);
        for path in ["explain", "history", "history.csv"] {
            let of_ada = test.get(&bob, &format!("{PATH}/{path}")).await;
            let of_nobody = test.get(&bob, &format!("/api/financial/credits/nobody/{path}")).await;
            assert_eq!((of_ada.status, of_ada.json()), (404, of_nobody.json()), "{path}");
        }
        let empty = test.get(&bob, "/api/financial/credits/bob/explain").await.json();
        assert_adds_up(&empty);
        assert_eq!((number(&empty["balance"]), number(&empty["lots_open"])), (0, 0));
        test.finish().await;
    })
    .await;
}

/// Runs the program beside the application that serves the database.
fn run(database: &TestDatabase, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_paydesk"))
        .args(["credits", "history"])
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", database.url())
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_operator_exports_the_whole_history_of_a_wallet() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        live(&test).await;
        let folder = tempfile::tempdir().unwrap();
        let entries = test.get(ADMIN, &format!("{PATH}/history?limit=100")).await.json()["data"].clone();
        let table = test.get(ADMIN, &format!("{PATH}/history.csv")).await.bytes;

        for (format, name) in [("json", "ada.json"), ("csv", "ada.csv")] {
            let file = folder.path().join(name);
            std::fs::write(&file, "of yesterday").unwrap();
            let output = run(
                database,
                &["--user=ada", "--format", format, "--out", file.to_str().unwrap()],
            );
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && output.stdout.is_empty(), "{said}");
            assert!(said.contains(&format!("{} entries", list(&entries).len())), "{said}");
        }
        let written: Value = serde_json::from_slice(&std::fs::read(folder.path().join("ada.json")).unwrap()).unwrap();
        assert_eq!(written, entries);
        assert_eq!(std::fs::read(folder.path().join("ada.csv")).unwrap(), table);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            2,
            "nothing else is left behind"
        );

        let of_key = run(database, &["--user=ada", "--key=ci", "--format=json"]);
        let told: Value = serde_json::from_slice(&of_key.stdout).unwrap();
        let amounts: Vec<i64> = list(&told).iter().map(|entry| number(&entry["amount"])).collect();
        assert_eq!(amounts, [-10, 40]);

        let nobody = run(database, &["--user=nobody", "--format=json"]);
        assert_eq!(serde_json::from_slice::<Value>(&nobody.stdout).unwrap(), json!([]));
        assert!(String::from_utf8_lossy(&nobody.stderr).contains("nothing has happened"));
        let absent = folder.path().join("absent/ada.csv");
        let refused = run(database, &["--user=ada", "--out", absent.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(run(database, &["--user=ada", "--format=pdf"]).status.code(), Some(2));
        assert_eq!(run(database, &["--user=ada", "--key=a b"]).status.code(), Some(2));
        test.finish().await;
    })
    .await;
}

/// Gives bea so many credits one by one, each under terms of its own.
async fn give_singly(database: &TestDatabase, count: i64) {
    let bea = wallet(&UserId::parse("bea").unwrap(), None);
    let gift = |number: i64| {
        let issued = AccountKey::credits(Role::Issued);
        let cause = Cause::key(format!("gift:{number}"));
        vec![Movement {
            fill: Fill::New(Terms {
                priority: number % 3,
                expires_at_us: NEVER_US - number % 7,
            }),
            ..Movement::new(cause, issued, bea.clone(), 1, TransferCode::Add)
        }]
    };
    let gifts: Vec<_> = (0..count).map(gift).collect();
    let posted = database.store().write(move |tx| books::post(tx, 1, &gifts));
    assert!(posted.await.unwrap().iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_wallet_of_very_many_lots_is_explained_and_exported_whole() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        give_singly(database, 1_250).await;
        let (mut seen, mut query) = (BTreeSet::new(), "?limit=100".to_owned());
        loop {
            let path = format!("/api/financial/credits/bea/explain{query}");
            let page = test.get(ADMIN, &path).await.json();
            assert_adds_up(&page);
            for lot in list(&page["lots"]) {
                let gift = number(&lot["lot"]) - 1;
                let transfer = &lot["origins"][0]["transfer"];
                assert_eq!(transfer["business_key"], json!(format!("gift:{gift}")));
                assert!(seen.insert(gift), "lot {gift} comes twice");
            }
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=100&after={next}");
        }
        assert_eq!(seen.len(), 1_250);
        let output = run(database, &["--user=bea", "--format=json"]);
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let balances: Vec<i64> = list(&told).iter().map(|entry| number(&entry["balance"])).collect();
        assert!(balances.iter().copied().eq((1..=1_250).rev()), "{balances:?}");
        test.finish().await;
    })
    .await;
}

//! What happened to a wallet: page by page, filtered, as a table, and always summing up to its balance.

use std::collections::BTreeMap;

use ledger::{AccountKey, Fill, NEVER_US, Role, Terms, TransferCode};
use paydesk::books::{self, Cause, Movement};
use paydesk::credits::history::{self, Entry, Filter};
use paydesk::credits::wallet;
use paydesk::ids::{KeyId, UserId};
use paydesk::schema::MIGRATIONS;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};

use crate::support::{ADMIN, TestApp};

/// A card that pays.
const PAID: &str = "4242424242424242";
const PATH: &str = "/api/financial/credits/ada";

fn shown(page: &Value) -> Vec<(String, i64, i64)> {
    let entries = page["data"].as_array().unwrap().iter();
    let one = |entry: &Value| {
        let number = |name: &str| entry[name].as_i64().unwrap();
        (
            entry["code"].as_str().unwrap().to_owned(),
            number("amount"),
            number("balance"),
        )
    };
    entries.map(one).collect()
}

async fn change(test: &TestApp, action: &str, body: Value) {
    let answered = test.post(ADMIN, &format!("{PATH}/{action}"), &body).await;
    assert_eq!(answered.status, 200, "{}", answered.json());
}

#[tokio::test]
async fn a_wallet_tells_what_happened_to_it() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        change(
            &test,
            "add",
            json!({ "amount": 10, "reason": "=HYPERLINK(\"x\"), free" }),
        )
        .await;
        change(&test, "spend", json!({ "amount": 4, "reason": "a persona" })).await;
        change(
            &test,
            "move",
            json!({ "amount": 3, "reason": "for ci", "to_key_id": "ci" }),
        )
        .await;
        change(&test, "remove", json!({ "amount": 1, "reason": "a mistake" })).await;
        let all = [("remove", -1, 2), ("move", -3, 3), ("spend", -4, 6), ("add", 10, 10)];
        let all = all.map(|(code, amount, balance)| (code.to_owned(), amount, balance));

        let ada = test.user("ada");
        let page = test.get(&ada, &format!("{PATH}/history")).await.json();
        assert_eq!(shown(&page), all);
        assert_eq!(page["next"], Value::Null);
        let spend = &page["data"][2];
        assert_eq!(spend["reason"], "a persona");
        assert_eq!(spend["lots"], json!([{ "lot": 1, "amount": 4 }]));
        assert_eq!(page["data"][1]["other_wallet"], json!({ "key_id": "ci" }));
        let of_key = test.get(&ada, &format!("{PATH}/history?key_id=ci")).await.json();
        assert_eq!(shown(&of_key), [("move".to_owned(), 3, 3)]);

        let mut walked = Vec::new();
        let mut after = String::new();
        loop {
            let page = test.get(&ada, &format!("{PATH}/history?limit=1{after}")).await.json();
            walked.extend(shown(&page));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(walked, all);

        let some = test.get(&ada, &format!("{PATH}/history?code=add,spend")).await.json();
        assert_eq!(shown(&some), all[2..]);
        let at = page["data"][1]["at"].as_str().unwrap();
        let since = test.get(&ada, &format!("{PATH}/history?from={at}")).await.json();
        assert_eq!(shown(&since), all[..2]);
        let until = test.get(&ada, &format!("{PATH}/history?to={at}")).await.json();
        assert_eq!(shown(&until), all[2..]);

        let table = test.get(&ada, &format!("{PATH}/history.csv")).await;
        let text = String::from_utf8(table.bytes).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!((table.status, lines.len()), (200, 6), "{text}");
        assert!(
            lines[0].starts_with("transfer_id,at,code,amount,balance,reason,"),
            "{text}"
        );
        assert!(lines[3].contains(",spend,-4,6,a persona,1:4,,,"), "{text}");
        assert!(lines[4].contains(",\"'=HYPERLINK(\"\"x\"\"), free\","), "{text}");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_bought_names_its_payment_and_event() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let started = test
            .checkout(&ada, &json!({ "item_id": "starter", "quantity": 1 }))
            .await;
        let session = started["id"].as_str().unwrap();
        test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": PAID }))
            .await;
        test.settle().await;
        let page = test.get(&ada, &format!("{PATH}/history")).await.json();
        let grant = &page["data"][0];
        assert_eq!(grant["code"], "grant", "{page}");
        assert!(grant["business_key"].as_str().unwrap().starts_with("grant:"), "{grant}");
        assert!(grant["event"]["id"].as_str().unwrap().starts_with("evt_"), "{grant}");
        assert_eq!(grant["lots"], json!([{ "lot": 1, "amount": grant["amount"] }]));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_history_is_its_owners() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        for path in ["history", "history.csv"] {
            let path = format!("{PATH}/{path}");
            assert_eq!(test.get(&test.user("ada"), &path).await.status, 200);
            assert_eq!(test.get(&test.user("bob"), &path).await.status, 404);
            assert_eq!(test.get("", &path).await.status, 401);
            for query in ["code=gift", "from=yesterday", "after=x", "key_id=a%20b"] {
                let refused = test.get(ADMIN, &format!("{path}?{query}")).await;
                assert_eq!(refused.json()["code"], "invalid_query", "{query}");
            }
        }
        test.finish().await;
    })
    .await;
}

/// Something done to the wallets of one user.
#[derive(Clone, Debug)]
enum Act {
    Add {
        amount: i64,
        priority: i64,
        lasts: Option<i64>,
    },
    Spend(i64),
    Move {
        amount: i64,
        back: bool,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (1..50_i64, -2..3_i64, proptest::option::of(1..30_i64))
            .prop_map(|(amount, priority, lasts)| Act::Add { amount, priority, lasts }),
        4 => (1..40_i64).prop_map(Act::Spend),
        2 => (1..30_i64, any::<bool>()).prop_map(|(amount, back)| Act::Move { amount, back }),
    ];
    proptest::collection::vec(act, 1..40)
}

fn movement(key: String, act: &Act, now_us: i64) -> Movement {
    let ada = UserId::parse("ada").unwrap();
    let (own, of_key) = (wallet(&ada, None), wallet(&ada, Some(&key_id())));
    let house = AccountKey::credits;
    let (debit, credit, amount, code) = match *act {
        Act::Add { amount, .. } => (house(Role::Issued), own, amount, TransferCode::Add),
        Act::Spend(amount) => (own, house(Role::Spent), amount, TransferCode::Spend),
        Act::Move { amount, back: false } => (own, of_key, amount, TransferCode::Move),
        Act::Move { amount, back: true } => (of_key, own, amount, TransferCode::Move),
    };
    let mut movement = Movement::new(Cause::Key(key), debit, credit, amount, code);
    match *act {
        Act::Add { priority, lasts, .. } => {
            let expires_at_us = lasts.map_or(NEVER_US, |lasts| now_us + lasts);
            movement.fill = Fill::New(Terms {
                priority,
                expires_at_us,
            });
        }
        Act::Move { .. } => movement.fill = Fill::Carry,
        Act::Spend(_) => {}
    }
    movement
}

fn key_id() -> KeyId {
    KeyId::parse("ci").unwrap()
}

async fn listed(database: &TestDatabase, wallet: &AccountKey, filter: &Filter, limit: i64) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut before = None;
    loop {
        let (wallet, filter) = (wallet.clone(), filter.clone());
        let read = database
            .store()
            .read(move |tx| history::page(tx, &wallet, &filter, before, limit));
        let page = read.await.unwrap();
        assert!(i64::try_from(page.entries.len()).unwrap() <= limit);
        entries.extend(page.entries);
        before = page.next;
        if before.is_none() {
            return entries;
        }
    }
}

/// The history sums up to the balance, and of every lot what it began with is what was drawn and what is left.
async fn check(database: &TestDatabase, wallet: AccountKey) {
    let everything = Filter::default();
    let all = listed(database, &wallet, &everything, 1_000).await;
    for limit in [1, 2, 7] {
        assert_eq!(
            listed(database, &wallet, &everything, limit).await,
            all,
            "pages of {limit}"
        );
    }
    let spends = Filter {
        codes: vec![TransferCode::Spend],
        ..Filter::default()
    };
    let some: Vec<Entry> = all.iter().filter(|entry| entry.code == "spend").cloned().collect();
    for limit in [1, 3] {
        assert_eq!(
            listed(database, &wallet, &spends, limit).await,
            some,
            "pages of {limit}"
        );
    }
    let key = wallet.clone();
    let (balance, lots) = database
        .store()
        .read(move |tx| {
            let balance = books::balance(tx, 0, &key)?.available;
            let lots = books::open_lots(tx, &key, 1_000)?.map(|(_, lots)| lots);
            Ok::<_, store::Error>((balance, lots.unwrap_or_default()))
        })
        .await
        .unwrap();
    assert_eq!(all.iter().map(|entry| entry.amount).sum::<i64>(), balance);
    assert_eq!(all.first().map_or(0, |entry| entry.balance), balance);
    assert_eq!(lots.iter().map(|lot| lot.amount).sum::<i64>(), balance);
    let mut left: BTreeMap<i64, i64> = BTreeMap::new();
    for entry in &all {
        let parts: i64 = entry.lots.iter().map(|part| part.amount).sum();
        assert_eq!(parts, entry.amount.abs());
        for part in &entry.lots {
            *left.entry(part.lot).or_default() += part.amount * entry.amount.signum();
        }
    }
    left.retain(|_, amount| *amount != 0);
    let open: BTreeMap<i64, i64> = lots.iter().map(|lot| (lot.number, lot.amount)).collect();
    assert_eq!(left, open);
}

#[tokio::test]
async fn the_history_of_any_wallet_sums_up_to_its_balance() {
    for_each_engine(async |database| {
        database.store().migrate(MIGRATIONS).await.unwrap();
        let mut runner = TestRunner::new_with_rng(
            Config::default(),
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        let ada = UserId::parse("ada").unwrap();
        let mut now_us = 0;
        for round in 0..12 {
            let acts = acts().new_tree(&mut runner).unwrap().current();
            for (at, act) in acts.iter().enumerate() {
                now_us += 3;
                let batch = [vec![movement(format!("test:{round}:{at}"), act, now_us)]];
                // What is not covered is refused, and leaves no trace.
                let work = database.store().write(move |tx| books::post(tx, now_us, &batch));
                let _refused = work.await.unwrap();
            }
            check(database, wallet(&ada, None)).await;
            check(database, wallet(&ada, Some(&key_id()))).await;
        }
    })
    .await;
}

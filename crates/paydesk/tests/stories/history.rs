//! What happened to a wallet: page by page, filtered, as a table, and always summing up to its balance.

use std::collections::BTreeMap;

use ledger::{AccountKey, Fill, Lot, NEVER_US, Role, Shortfall, Terms, TransferCode};
use paydesk::books::{self, Cause, Movement};
use paydesk::credits::explain::{Explanation, PageOfLots, explain};
use paydesk::credits::history::{self, Entry, Filter};
use paydesk::credits::{owner, wallet};
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
        let number = |name: &str| entry[name].as_i64().unwrap_or(i64::MIN);
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
        assert_eq!(page["data"][1]["what"], "Moved to the wallet of the key ci");
        let of_key = test.get(&ada, &format!("{PATH}/history?key_id=ci")).await.json();
        assert_eq!(shown(&of_key), [("move".to_owned(), 3, 3)]);
        assert_eq!(of_key["data"][0]["what"], "Moved from the user's own wallet");

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
            lines[0].starts_with("transfer_id,at,code,what,amount,balance,held,owed,reason,"),
            "{text}"
        );
        assert!(lines[3].contains(",spend,Used,-4,6,,,a persona,1:4,,,"), "{text}");
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
            for query in [
                "code=gift",
                "from=yesterday",
                "after=x",
                "key_id=a%20b",
                "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
            ] {
                let refused = test.get(ADMIN, &format!("{path}?{query}")).await;
                assert_eq!(refused.json()["code"], "invalid_query", "{query}");
            }
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_set_aside_is_told_with_its_hold() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        change(&test, "add", json!({ "amount": 10, "reason": "stock" })).await;
        let body = json!({ "amount": 6, "reason": "a render" });
        let hold = test.post(ADMIN, &format!("{PATH}/holds"), &body).await.json();
        let hold_id = hold["hold_id"].as_str().unwrap();
        let captured = test
            .post(
                ADMIN,
                &format!("{PATH}/holds/{hold_id}/capture"),
                &json!({ "amount": 2 }),
            )
            .await;
        assert_eq!(captured.status, 200, "{}", captured.json());
        let page = test.get(ADMIN, &format!("{PATH}/history")).await.json();
        let told: Vec<Value> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                json!([
                    entry["what"],
                    entry["amount"],
                    entry["balance"],
                    entry["held"],
                    entry["hold_id"]
                ])
            })
            .collect();
        assert_eq!(
            told,
            [
                json!(["Given back by a hold", 4, 8, -4, hold_id]),
                json!(["Used out of a hold", 0, null, -2, hold_id]),
                json!(["Set aside by a hold", -6, 4, 6, hold_id]),
                json!(["Given", 10, 10, null, null]),
            ]
        );
        let some = test.get(ADMIN, &format!("{PATH}/history?code=capture")).await.json();
        assert_eq!(some["data"].as_array().unwrap().len(), 1, "{some}");
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
    Hold(i64),
    /// Uses one credit of what was set aside longest, and gives the rest back.
    Capture,
    /// Takes back what may not be there.
    ClawBack(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (1..50_i64, -2..3_i64, proptest::option::of(1..30_i64))
            .prop_map(|(amount, priority, lasts)| Act::Add { amount, priority, lasts }),
        4 => (1..40_i64).prop_map(Act::Spend),
        2 => (1..30_i64, any::<bool>()).prop_map(|(amount, back)| Act::Move { amount, back }),
        2 => (1..20_i64).prop_map(Act::Hold),
        2 => Just(Act::Capture),
        1 => (1..60_i64).prop_map(Act::ClawBack),
    ];
    proptest::collection::vec(act, 1..40)
}

/// The movements of an act, the first of which is the one that is named; none where there is no hold to capture.
fn movements(key: &str, act: &Act, now_us: i64, holds: &mut Vec<Vec<Lot>>) -> Vec<Movement> {
    let ada = UserId::parse("ada").unwrap();
    let (own, of_key) = (wallet(&ada, None), wallet(&ada, Some(&key_id())));
    let house = AccountKey::credits;
    let held = house(Role::Held(owner(&ada, None)));
    let moving = |debit: AccountKey, credit: AccountKey, amount: i64, code: TransferCode| {
        let cause = Cause::key(format!("{key}:{}", code.word()));
        Movement::new(cause, debit, credit, amount, code)
    };
    let carried = |movement: Movement| Movement {
        fill: Fill::Carry,
        ..movement
    };
    match *act {
        Act::Add {
            amount,
            priority,
            lasts,
        } => {
            let expires_at_us = lasts.map_or(NEVER_US, |lasts| now_us + lasts);
            vec![Movement {
                fill: Fill::New(Terms {
                    priority,
                    expires_at_us,
                }),
                ..moving(house(Role::Issued), own, amount, TransferCode::Add)
            }]
        }
        Act::Spend(amount) => vec![moving(own, house(Role::Spent), amount, TransferCode::Spend)],
        Act::Move { amount, back: false } => vec![carried(moving(own, of_key, amount, TransferCode::Move))],
        Act::Move { amount, back: true } => vec![carried(moving(of_key, own, amount, TransferCode::Move))],
        Act::Hold(amount) => vec![moving(own, held, amount, TransferCode::Hold)],
        Act::Capture if holds.is_empty() => Vec::new(),
        Act::Capture => {
            let mut parts = holds.remove(0);
            parts[0].amount -= 1;
            parts.retain(|part| part.amount > 0);
            let rest = parts.iter().map(|part| part.amount).sum();
            let mut moves = vec![moving(held.clone(), house(Role::Spent), 1, TransferCode::Capture)];
            if rest > 0 {
                moves.push(Movement {
                    fill: Fill::Back(parts),
                    ..moving(held, own, rest, TransferCode::Release)
                });
            }
            moves
        }
        Act::ClawBack(amount) => vec![Movement {
            shortfall: Shortfall::Owe,
            ..moving(own, house(Role::ClawedBack), amount, TransferCode::ClawBack)
        }],
    }
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

/// Every open lot, read in pages of `limit`, each of which must come to the whole on its own.
async fn lots(database: &TestDatabase, wallet: &AccountKey, limit: i64) -> Vec<Lot> {
    let mut lots: Vec<Lot> = Vec::new();
    loop {
        let (wallet, after) = (wallet.clone(), lots.last().map(Lot::order));
        let read = database.store().read(move |tx| {
            let owned = books::owned(tx, &wallet)?;
            // Nothing has ended at the beginning of time.
            books::open_lots(tx, owned.wallet, 0, after, limit)
        });
        let open = read.await.unwrap();
        let before: i64 = lots.iter().map(|lot| lot.amount).sum();
        let count = i64::try_from(lots.len()).unwrap();
        assert_eq!((open.before.lots, open.before.amount), (count, before));
        assert!(i64::try_from(open.page.len()).unwrap() <= limit);
        lots.extend(&open.page);
        if i64::try_from(lots.len()).unwrap() == open.all.lots {
            assert_eq!(lots.iter().map(|lot| lot.amount).sum::<i64>(), open.all.amount);
            return lots;
        }
        assert!(!open.page.is_empty(), "the pages end before the lots");
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
    let (balance, count) = database
        .store()
        .read(move |tx| {
            let owned = books::owned(tx, &key)?;
            Ok::<_, store::Error>((books::balance(tx, 0, &key)?, books::count(tx, owned)?))
        })
        .await
        .unwrap();
    assert_eq!(i64::try_from(all.len()).unwrap(), count);
    assert_eq!(all.iter().map(|entry| entry.amount).sum::<i64>(), balance.available);
    assert_eq!(all.iter().filter_map(|entry| entry.held).sum::<i64>(), balance.held);
    assert_eq!(all.iter().filter_map(|entry| entry.owed).sum::<i64>(), balance.owed);
    let last = all.iter().find_map(|entry| entry.balance);
    assert_eq!(last.unwrap_or_default(), balance.available);
    let open = lots(database, &wallet, 1_000).await;
    assert_eq!(lots(database, &wallet, 2).await, open);
    assert_eq!(open.iter().map(|lot| lot.amount).sum::<i64>(), balance.available);
    let mut left: BTreeMap<i64, i64> = BTreeMap::new();
    for entry in &all {
        let parts: i64 = entry.lots.iter().map(|part| part.amount).sum();
        assert_eq!(parts, entry.amount.abs());
        for part in &entry.lots {
            *left.entry(part.lot).or_default() += part.amount * entry.amount.signum();
        }
    }
    left.retain(|_, amount| *amount != 0);
    let open: BTreeMap<i64, i64> = open.iter().map(|lot| (lot.number, lot.amount)).collect();
    assert_eq!(left, open);
}

/// Every lot is explained, and all of it adds up: when nothing has ended yet, and now.
async fn check_explained(database: &TestDatabase, key: Option<KeyId>, now_us: i64) {
    let mut balances = Vec::new();
    for at_us in [0, now_us] {
        let (ada, key) = (UserId::parse("ada").unwrap(), key.clone());
        let page = PageOfLots {
            after: None,
            limit: 1_000,
        };
        let read = database
            .store()
            .read(move |tx| explain(tx, at_us, &ada, key.as_ref(), page));
        let told: Explanation = read.await.unwrap();
        assert_eq!(told.balance, told.lots.iter().map(|lot| lot.amount).sum::<i64>());
        assert_eq!(told.owed, told.debts.iter().map(|debt| debt.left).sum::<i64>());
        for lot in &told.lots {
            let (first, last) = (&lot.origins[0], &lot.origins[lot.origins.len() - 1]);
            assert_eq!((first.lot, first.transfer.amount > 0), (lot.lot, true));
            assert!(lot.amount <= first.amount);
            assert!(last.transfer.code == "add" || lot.origins.len() == 16);
            let moves = lot.origins.iter().rev().skip(1);
            assert!(moves.map(|origin| origin.transfer.code).all(|code| code == "move"));
            let begun: Vec<i64> = lot.origins.iter().map(|origin| origin.amount).collect();
            assert!(begun.is_sorted(), "no more is moved than there was: {begun:?}");
        }
        balances.push(told.balance + told.ended);
    }
    assert_eq!(balances[0], balances[1]);
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
        let mut holds: Vec<Vec<Lot>> = Vec::new();
        for round in 0..12 {
            let acts = acts().new_tree(&mut runner).unwrap().current();
            for (at, act) in acts.iter().enumerate() {
                now_us += 3;
                let moves = movements(&format!("test:{round}:{at}"), act, now_us, &mut holds);
                if moves.is_empty() {
                    continue;
                }
                let batch = [moves];
                let outcomes = database.store().write(move |tx| books::post(tx, now_us, &batch));
                // What is not covered is refused, and leaves no trace.
                if let (Act::Hold(_), Ok(outcome)) = (act, &outcomes.await.unwrap()[0]) {
                    holds.push(outcome.standing[0].drawn.clone());
                }
            }
            check(database, wallet(&ada, None)).await;
            check(database, wallet(&ada, Some(&key_id()))).await;
            check_explained(database, None, now_us).await;
            check_explained(database, Some(key_id()), now_us).await;
        }
    })
    .await;
}

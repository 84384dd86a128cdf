//! Death: the real server is killed, again and again, at random moments and at every named point, and whatever it had
//! acknowledged is there afterwards, once.
//!
//! `PAYDESK_KILLS` sets how often it is killed under load (50), `PAYDESK_EDGE_KILLS` how often an edge in front of it is (10), `PAYDESK_PASSES` at how many passes of each crash point
//! it dies (2, and 1 on the server engine), `PAYDESK_MOMENT` names the part of the journey whose points are meant, such as `Booking` (all), `PAYDESK_SEED` the seed; a failing run prints its seed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that meets what it does not expect fails by panicking, and tells its figures"
)]

mod booking;
mod edges;
mod journey;
mod load;
mod member;
mod payout;
mod points;

mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use store::testing::TestDatabase;
use store::{Options, Store};
use tokio::sync::{Semaphore, watch};

use load::{Answered, Ledger, Load, Whereabouts};
use server::{ADMIN, PATIENCE, Place};

/// Every effect, by kind and business key: a movement of value is kept by the ledger, everything else by its own row.
const EFFECTS: &str = "select kind, effect_key from effect
                       union all select code, business_key from transfer where code in ('grant', 'collect')";
/// Clients that ask at once.
const CLIENTS: u64 = 16;
/// The most acknowledgements between two deaths.
const ACKNOWLEDGED_MAX: u32 = 500;
/// A restart takes no longer. Even on a busy machine it takes a tenth of this.
const READY_MAX: Duration = Duration::from_secs(3);

pub(crate) fn size(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_a_kill_on_the_embedded_engine() {
    survive(TestDatabase::sqlite(), size("PAYDESK_KILLS", 50) * 3 / 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_a_kill_on_the_server_engine() {
    survive(TestDatabase::postgres(), size("PAYDESK_KILLS", 50) * 2 / 5).await;
}

async fn survive(database: TestDatabase, kills: usize) {
    let seed = size("PAYDESK_SEED", 20_261_120) as u64;
    let engine = database.engine_name();
    println!("{engine}: {kills} kills, seed {seed}");
    let begun = Instant::now();
    let place = Place::prepare(database).await;
    let (tell, whereabouts) = watch::channel(Whereabouts::default());
    let load = Load {
        whereabouts,
        acknowledged: Arc::new(Semaphore::new(0)),
        enough: Arc::new(AtomicBool::new(false)),
        repeated: Arc::new(AtomicU64::new(0)),
        http: place.http.clone(),
    };
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| tokio::spawn(load.clone().client(number, seed)))
        .collect();

    let mut rng = StdRng::seed_from_u64(seed);
    let mut slowest = Duration::ZERO;
    let mut acknowledged = 0;
    for generation in 1..=kills as u64 {
        if rng.random_bool(0.1) {
            place.start_and_kill().await;
            continue;
        }
        let server = place.start_well().await;
        slowest = slowest.max(server.ready_in);
        tell.send_replace(Whereabouts {
            generation,
            base: Some(server.base.clone()),
        });
        let until = rng.random_range(0..ACKNOWLEDGED_MAX);
        let enough = tokio::time::timeout(PATIENCE, load.acknowledged.acquire_many(until)).await;
        enough
            .unwrap_or_else(|_| panic!("seed {seed}: no progress\n{}", place.read_log()))
            .unwrap()
            .forget();
        acknowledged += until;
        tell.send_replace(Whereabouts { generation, base: None });
        server.kill().await;
    }

    load.enough.store(true, Ordering::Relaxed);
    let server = place.start_well().await;
    slowest = slowest.max(server.ready_in);
    tell.send_replace(Whereabouts {
        generation: u64::MAX,
        base: Some(server.base.clone()),
    });
    let mut told = Vec::new();
    for client in clients {
        let client = tokio::time::timeout(PATIENCE, client)
            .await
            .expect("the clients come to an end");
        told.push(client.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}", place.read_log())));
    }
    drained(&place, &server.base).await;
    let told = repeated(&load, told).await;
    server.kill().await;
    check(&place, &told).await;
    println!(
        "{engine}: {kills} kills survived in {} s: {} acknowledged ({acknowledged} between deaths), {} sent again, \
         slowest ready {} ms",
        begun.elapsed().as_secs(),
        told.iter()
            .map(|ledger| ledger.events.len() + ledger.answers.len())
            .sum::<usize>(),
        load.repeated.load(Ordering::Relaxed),
        slowest.as_millis(),
    );
    assert!(slowest < READY_MAX, "seed {seed}: a restart took {slowest:?}");
}

/// Waits until the server's own worker has handled every event.
pub(crate) async fn drained(place: &Place, base: &str) {
    let begun = Instant::now();
    for status in ["received", "retrying"] {
        loop {
            let request = place
                .http
                .get(format!("{base}/api/events?limit=1&status={status}"))
                .bearer_auth(ADMIN);
            let page: Value = request.send().await.unwrap().json().await.unwrap();
            if page["data"].as_array().is_some_and(Vec::is_empty) {
                break;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "events stay in the inbox: {page}\n{}",
                place.read_log()
            );
        }
    }
}

/// Asks everything once more under its key: the answer is the same, byte for byte.
async fn repeated(load: &Load, told: Vec<Ledger>) -> Vec<Ledger> {
    let again = told.into_iter().map(|ledger| {
        let load = load.clone();
        tokio::spawn(async move {
            let mut rng = StdRng::seed_from_u64(0);
            for Answered {
                path,
                key,
                body,
                status,
                bytes,
            } in &ledger.answers
            {
                let answered = load.ask(&mut rng, path, key, body).await;
                assert_eq!(answered, (*status, bytes.clone()), "{path} under {key}");
            }
            ledger
        })
    });
    let mut checked = Vec::new();
    for ledger in again.collect::<Vec<_>>() {
        checked.push(ledger.await.unwrap());
    }
    checked
}

/// Compares what the database holds with what the clients were told.
pub(crate) async fn check(place: &Place, told: &[Ledger]) {
    place.verify().await;
    let store = Store::open(place.database.url(), Options::default()).unwrap();
    let events: BTreeMap<String, String> = pairs(&store, "select stripe_id, status from event")
        .await
        .into_iter()
        .collect();
    let expected: BTreeSet<&String> = told.iter().flat_map(|ledger| &ledger.events).collect();
    assert_eq!(
        events.keys().collect::<BTreeSet<_>>(),
        expected,
        "events that were acknowledged, and no others"
    );
    assert!(events.values().all(|status| status == "processed"), "{events:?}");

    let mut balances: BTreeMap<String, i64> = BTreeMap::new();
    for (user, balance) in told.iter().flat_map(|ledger| &ledger.balances) {
        *balances.entry(format!("credits:wallet:{user}")).or_default() += balance;
    }
    balances.retain(|_, balance| *balance != 0);
    let mut kept: BTreeMap<String, i64> = store
        .read(|tx| {
            let rows = tx.all("select account_key, credits_posted - debits_posted from account", &[])?;
            rows.iter()
                .map(|row| Ok((row.text(0)?, row.int(1)?)))
                .collect::<store::Result<_>>()
        })
        .await
        .unwrap();
    kept.retain(|account, balance| account.starts_with("credits:wallet:") && *balance != 0);
    assert_eq!(kept, balances, "every effect that was acknowledged, once");

    let purchases: usize = told.iter().map(|ledger| ledger.purchases).sum();
    let effects = pairs(&store, EFFECTS).await;
    for kind in ["grant", "collect"] {
        assert_eq!(
            effects.iter().filter(|(word, _)| word == kind).count(),
            purchases,
            "{kind}"
        );
    }
    let answered = told.iter().flat_map(|ledger| &ledger.answers);
    let done = answered.clone().filter(|answer| answer.status == 200).count();
    let transfers = pairs(&store, "select coalesce(business_key, ''), code from transfer").await;
    assert_eq!(
        transfers.len(),
        done + 2 * purchases,
        "a transfer for each effect, and no others"
    );
    let answers = pairs(&store, "select 'answer', cast(status as text) from answer").await;
    // What was done is told again by its transfer, so only a refusal has an answer of its own.
    assert_eq!(
        answers.len(),
        answered.count() - done,
        "an answer for each key that was refused"
    );
}

async fn pairs(store: &Store, sql: &'static str) -> Vec<(String, String)> {
    store
        .read(|tx| {
            let rows = tx.all(sql, &[])?;
            rows.iter()
                .map(|row| Ok((row.text(0)?, row.text(1)?)))
                .collect::<store::Result<_>>()
        })
        .await
        .unwrap()
}

//! THE property: the same events, in any order, with any duplication, between any calls of the API, end in the same
//! state. Each generated history is played twice into one store, under two prefixes: once in order and once each; once
//! tenfold, shuffled among all other histories, between API calls. Then the two are compared line by line.
//!
//! `PAYDESK_HISTORIES` and `PAYDESK_SEED` set size and seed; a failing run prints its seed.
#![expect(clippy::print_stdout, reason = "a campaign prints its figures")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect fails by panicking"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each test binary uses a part of the harness")]
mod support;

mod digest;
mod history;
mod interleavings;
mod old_shape;
mod reversal;
mod subscriptions;

use std::collections::BTreeMap;

use paydesk::clock::SECOND_US;
use paydesk::inbox;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use store::testing::TestDatabase;
use stripe::signature::{SigningSecret, sign};

use history::{Call, History};
use support::{ADMIN, TestApp, WEBHOOK_SECRET, all_at_once, recount};

/// How often each event comes in the shuffled telling.
const COPIES: usize = 10;
/// Deliveries under way at once.
const AT_ONCE: usize = 64;

/// Something that happens to the application: a delivery, or a call.
enum Step {
    Deliver(String),
    Call(Call),
}

fn size(default: usize) -> usize {
    size_of("PAYDESK_HISTORIES", default)
}

fn size_of(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn seed() -> u64 {
    std::env::var("PAYDESK_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_261_120)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_and_any_duplication_end_in_the_same_state_on_the_embedded_engine() {
    hold(&TestDatabase::sqlite(), size(2_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_and_any_duplication_end_in_the_same_state_on_the_server_engine() {
    hold(&TestDatabase::postgres(), size(2_000) / 4).await;
}

async fn hold(database: &TestDatabase, histories: usize) {
    let seed = seed();
    println!("{}: {histories} histories, seed {seed}", database.engine_name());
    let mut rng = StdRng::seed_from_u64(seed);
    let histories: Vec<History> = (0..histories)
        .map(|number| History::generate(number, &mut rng))
        .collect();
    let test = TestApp::begin_without_catalogue(database).await;

    // In order, once each: the first event of every history, then the second, and so on.
    let longest = histories.iter().map(|history| history.events.len()).max().unwrap_or(0);
    let mut refused = play(&test, calls(&histories, 'a', 0..1)).await;
    for at in 0..longest {
        let round = histories
            .iter()
            .filter_map(|history| history.event('a', at))
            .map(Step::Deliver);
        play(&test, round.collect()).await;
        test.handle().await;
        if at == 3 {
            refused.extend(play(&test, calls(&histories, 'a', 1..2)).await);
        }
    }
    again(&test, refused).await;

    // Tenfold and shuffled over all histories, between the same calls, each of them repeated too.
    let mut steps: Vec<Step> = histories
        .iter()
        .flat_map(|history| (0..history.events.len()).filter_map(|at| history.event('b', at)))
        .flat_map(|event| std::iter::repeat_n(event, COPIES))
        .map(Step::Deliver)
        .chain(calls(&histories, 'b', 0..2))
        .chain(calls(&histories, 'b', 0..2))
        .collect();
    let count = steps.len();
    steps.shuffle(&mut rng);
    let mut steps = steps.into_iter().peekable();
    let mut refused = BTreeMap::new();
    while steps.peek().is_some() {
        let chunk = rng.random_range(1..=AT_ONCE * 8);
        refused.extend(play(&test, steps.by_ref().take(chunk).collect()).await);
        if rng.random_bool(0.7) {
            inbox::work(&test.app).await;
        }
    }
    test.handle().await;
    again(&test, refused).await;

    let digests = digest::all(&test.app.store).await;
    assert!(!digests.is_empty(), "the histories must leave something behind");
    for history in &histories {
        let told = |telling: char| digests.get(&(telling, history.number)).cloned().unwrap_or_default();
        assert_eq!(
            told('a'),
            told('b'),
            "seed {seed}, history {}: {:#?}",
            history.number,
            history.events
        );
    }
    println!(
        "{}: {count} shuffled steps ended in the same state",
        database.engine_name()
    );
    let figures = recount::check(&test.app.store, test.app.clock.now_us()).await;
    assert!(figures.len() > 10, "{figures:?}");
    test.finish().await;
}

/// Calls that were refused, by their keys.
type Refused = BTreeMap<String, Call>;

/// What was refused because it came too early, once everything has come.
async fn again(test: &TestApp, refused: Refused) {
    let steps = refused.into_values().map(|call| {
        Step::Call(Call {
            key: format!("again-{}", call.key),
            ..call
        })
    });
    let refused = play(test, steps.collect()).await;
    assert_eq!(refused.into_keys().collect::<Vec<_>>(), Vec::<String>::new());
}

/// Those of the calls of every history.
fn calls(histories: &[History], telling: char, which: std::ops::Range<usize>) -> Vec<Step> {
    histories
        .iter()
        .flat_map(|history| history.calls(telling)[which.clone()].to_vec())
        .map(Step::Call)
        .collect()
}

async fn play(test: &TestApp, steps: Vec<Step>) -> Refused {
    let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
    let mut steps = steps.into_iter().peekable();
    let mut refused = BTreeMap::new();
    while steps.peek().is_some() {
        let together = steps.by_ref().take(AT_ONCE).map(|step| take(test, &secret, step));
        let calls = all_at_once(together).await.into_iter().flatten();
        refused.extend(calls.map(|call| (call.key.clone(), call)));
    }
    refused
}

/// Takes a step; gives the call back where it was refused.
async fn take(test: &TestApp, secret: &SigningSecret, step: Step) -> Option<Call> {
    match step {
        Step::Deliver(event) => {
            let header = sign(event.as_bytes(), secret, test.app.clock.now_us() / SECOND_US);
            inbox::receive(&test.app, header.as_bytes(), event.as_bytes())
                .await
                .unwrap();
            None
        }
        Step::Call(call) => {
            let answered = test.post_once(ADMIN, &call.path, &call.body, &call.key).await;
            let said = answered.json();
            match (answered.status, said["code"].as_str()) {
                // The same key may be under way in the same moment, which is told and harmless.
                (200, _) | (409, Some("idempotency_key_in_use")) => None,
                (_, Some("insufficient_credits" | "wallet_frozen")) => Some(call),
                _ => panic!("{said}"),
            }
        }
    }
}

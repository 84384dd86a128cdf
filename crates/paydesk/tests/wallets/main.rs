//! Wallets against a plain model of them: many clients at once, and afterwards every transfer in the order in which it was
//! committed. And keys against a network that cuts answers off.
//!
//! `PAYDESK_WALLET_OPERATIONS`, `PAYDESK_WALLET_KEYS`, `PAYDESK_FLIPS`, `PAYDESK_FORGERIES` and `PAYDESK_SEED` set sizes and seed; a failing run
//! prints its seed.
#![expect(clippy::print_stdout, reason = "a campaign prints its figures")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect fails by panicking"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each test binary uses a part of the harness")]
mod support;

mod anchors;
mod clients;
mod cut;
mod flips;
mod meant;
mod replay;
mod seals;

use store::testing::TestDatabase;

/// A size from the environment.
fn size(name: &str, default: usize) -> usize {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn seed() -> u64 {
    let text = std::env::var("PAYDESK_SEED").ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(20_261_125)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wallets_are_what_the_model_says_on_the_embedded_engine() {
    hold(&TestDatabase::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wallets_are_what_the_model_says_on_the_server_engine() {
    hold(&TestDatabase::postgres()).await;
}

async fn hold(database: &TestDatabase) {
    let (operations, seed) = (size("PAYDESK_WALLET_OPERATIONS", 20_000), seed());
    println!("{}: {operations} operations, seed {seed}", database.engine_name());
    let asked = clients::run(database.store(), operations, seed).await;
    replay::hold(database.store(), asked).await;
}

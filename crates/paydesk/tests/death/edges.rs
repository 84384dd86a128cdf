//! An edge in front of the server is killed under load, now and then the server with it: nothing that Stripe was told is
//! there is lost, and nothing happens twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use store::testing::TestDatabase;
use tokio::sync::{Semaphore, watch};

use crate::load::{Load, Whereabouts};
use crate::server::{PATIENCE, Place};
use crate::{check, drained, size};

/// Buyers whose events come in at once.
const BUYERS: u64 = 16;
/// The most acknowledgements between two deaths.
const ACKNOWLEDGED_MAX: u32 = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_an_edge_acknowledged_is_lost_when_it_is_killed_on_the_embedded_engine() {
    survive(TestDatabase::sqlite(), size("PAYDESK_EDGE_KILLS", 10) * 3 / 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_an_edge_acknowledged_is_lost_when_it_is_killed_on_the_server_engine() {
    survive(TestDatabase::postgres(), size("PAYDESK_EDGE_KILLS", 10) * 2 / 5).await;
}

async fn survive(database: TestDatabase, kills: usize) {
    let seed = size("PAYDESK_SEED", 20_261_120) as u64;
    let (engine, begun) = (database.engine_name(), Instant::now());
    let place = Place::prepare(database).await;
    let (tell, whereabouts) = watch::channel(Whereabouts::default());
    let load = Load {
        whereabouts,
        acknowledged: Arc::new(Semaphore::new(0)),
        enough: Arc::new(AtomicBool::new(false)),
        repeated: Arc::new(AtomicU64::new(0)),
        http: place.http.clone(),
    };
    let buyers: Vec<_> = (0..BUYERS)
        .map(|number| tokio::spawn(load.clone().buyer(number, seed)))
        .collect();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut core = place.start_well().await;
    for generation in 1..=kills as u64 {
        let edge = place.start_edge(&core.base).await;
        tell.send_replace(Whereabouts {
            generation,
            base: Some(edge.base.clone()),
        });
        let until = rng.random_range(1..ACKNOWLEDGED_MAX);
        let enough = tokio::time::timeout(PATIENCE, load.acknowledged.acquire_many(until)).await;
        enough
            .unwrap_or_else(|_| panic!("seed {seed}: no progress\n{}", place.read_log()))
            .unwrap()
            .forget();
        if rng.random_bool(0.2) {
            core.kill().await;
            core = place.start_well().await;
        }
        tell.send_replace(Whereabouts { generation, base: None });
        edge.kill().await;
    }
    load.enough.store(true, Ordering::Relaxed);
    let edge = place.start_edge(&core.base).await;
    tell.send_replace(Whereabouts {
        generation: u64::MAX,
        base: Some(edge.base.clone()),
    });
    let mut told = Vec::new();
    for buyer in buyers {
        let buyer = tokio::time::timeout(PATIENCE, buyer).await;
        told.push(buyer.expect("the buyers come to an end").unwrap());
    }
    edge.kill().await;
    drained(&place, &core.base).await;
    core.kill().await;
    check(&place, &told).await;
    println!(
        "{engine}: an edge killed {kills} times in {} s: {} events acknowledged, {} sent again, seed {seed}",
        begun.elapsed().as_secs(),
        told.iter().map(|ledger| ledger.events.len()).sum::<usize>(),
        load.repeated.load(Ordering::Relaxed),
    );
}

//! A network that cuts answers off anywhere: every key has one effect, and every answer to it is the same.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use paydesk::audit::audit;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use store::testing::TestDatabase;
use tokio::io::{AsyncReadExt, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{ADMIN, TestApp};
use crate::{seed, size};

const CLIENTS: usize = 64;
/// How often each key is asked for until it is answered.
const ASKED: usize = 3;
/// Answers are about this long.
const ANSWER_BYTES: u64 = 700;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_has_one_effect_and_one_answer_however_often_it_is_cut_off_on_the_embedded_engine() {
    hold(&TestDatabase::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_has_one_effect_and_one_answer_however_often_it_is_cut_off_on_the_server_engine() {
    hold(&TestDatabase::postgres()).await;
}

/// What all clients share.
struct Shared {
    base: String,
    http: reqwest::Client,
    /// The keys, each of them several times, in any order.
    keys: Vec<usize>,
    next: AtomicUsize,
    answers: Mutex<HashMap<usize, Vec<u8>>>,
    cut: AtomicUsize,
}

async fn hold(database: &TestDatabase) {
    let (keys, seed) = (size("PAYDESK_WALLET_KEYS", 1_000), seed());
    println!("{}: {keys} keys, seed {seed}", database.engine_name());
    let test = TestApp::begin_without_catalogue(database).await;
    let upstream = test.base.trim_start_matches("http://").parse().unwrap();
    let proxy = cutting(upstream, seed).await;
    let mut order: Vec<usize> = (0..keys).flat_map(|key| std::iter::repeat_n(key, ASKED)).collect();
    order.shuffle(&mut StdRng::seed_from_u64(seed));
    let shared = Arc::new(Shared {
        base: format!("http://{proxy}"),
        http: reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .build()
            .unwrap(),
        keys: order,
        next: AtomicUsize::default(),
        answers: Mutex::default(),
        cut: AtomicUsize::default(),
    });
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| tokio::spawn(client(Arc::clone(&shared))))
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let answers = shared.answers.lock().unwrap_or_else(PoisonError::into_inner).len();
    let audit = test.app.store.read(|tx| audit(tx, &[], |_, _| {})).await.unwrap();
    assert_eq!((audit.transfers, answers), (keys as u64, keys));
    println!(
        "{answers} keys answered, {} answers cut off",
        shared.cut.load(Ordering::Relaxed)
    );
    test.finish().await;
}

async fn client(shared: Arc<Shared>) {
    while let Some(&key) = shared.keys.get(shared.next.fetch_add(1, Ordering::Relaxed)) {
        let bytes = until_answered(&shared, key).await;
        let mut answers = shared.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let first = answers.entry(key).or_insert_with(|| bytes.clone());
        assert_eq!(*first, bytes, "key {key}");
    }
}

async fn until_answered(shared: &Shared, key: usize) -> Vec<u8> {
    let body = json!({ "amount": key + 1, "reason": "once" });
    loop {
        let request = shared
            .http
            .post(format!("{}/api/financial/credits/u{}/add", shared.base, key % 16))
            .bearer_auth(ADMIN)
            .header("idempotency-key", format!("cut-{key}"))
            .json(&body);
        match answer(request).await {
            Ok((200, bytes)) => return bytes,
            // The same key is under way for another client, or for one that was cut off.
            Ok((409 | 503, _)) => tokio::task::yield_now().await,
            Ok((status, bytes)) => panic!("{status} {}", String::from_utf8_lossy(&bytes)),
            Err(_) => drop(shared.cut.fetch_add(1, Ordering::Relaxed)),
        }
    }
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<(u16, Vec<u8>)> {
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
}

/// A proxy that passes requests on and cuts every second answer off behind a random byte.
async fn cutting(upstream: SocketAddr, seed: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut rng = StdRng::seed_from_u64(seed);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let bytes = if rng.random_bool(0.5) {
                rng.random_range(0..ANSWER_BYTES)
            } else {
                u64::MAX
            };
            tokio::spawn(pass(client, upstream, bytes));
        }
    });
    address
}

/// Passes one connection on, until so many bytes came back.
async fn pass(mut client: TcpStream, upstream: SocketAddr, bytes: u64) {
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        return;
    };
    let (mut asked, mut told) = client.split();
    let (answered, mut passed) = server.split();
    let mut answered = answered.take(bytes);
    tokio::select! {
        _ = copy(&mut asked, &mut passed) => {}
        _ = copy(&mut answered, &mut told) => {}
    }
}

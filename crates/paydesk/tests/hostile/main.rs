//! Hostile input: whatever is sent, the answer is a clear refusal or the thing that was asked for, nothing panics, nothing
//! grows, and what is refused leaves nothing behind.
//!
//! `PAYDESK_HOSTILE` sets how many requests go over sockets (50,000); by a router alone it is as many again, or twenty
//! times as many where the variable is set. `PAYDESK_MUTANTS` sets the mutants of signatures (100,000), `PAYDESK_SEED`
//! the seed; a failing run prints its seed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that meets what it does not expect fails by panicking, and tells its figures"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "each test binary uses a part of the harness")]
mod support;

mod bodies;
mod shots;
mod signatures;
mod wire;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use paydesk::audit;
use paydesk::http::routes;
use serde_json::{Value, json};
use store::Store;
use store::testing::TestDatabase;
use tower::ServiceExt;

use shots::{Gun, Shot};
use support::{ADMIN, INTERNAL_SECRET, TestApp, serve_edge};
use tokio::net::TcpListener;
use wire::{Answered, Connection};

/// Requests under way at once.
const LANES: u64 = 8;
/// How much the process may grow after it has warmed up, in bytes.
const GROWTH_MAX: u64 = 50 << 20;
/// Users whose tokens are used; each has a limit of its own.
const USERS: usize = 400;

static PANICS: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn size(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// Counts every panic of the process from now on.
fn watch_panics() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(panic);
        }));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_requests_change_nothing_and_break_nothing() {
    watch_panics();
    let sockets = size("PAYDESK_HOSTILE", 50_000);
    let in_process = if std::env::var_os("PAYDESK_HOSTILE").is_some() {
        sockets * 20
    } else {
        sockets
    };
    bombard(&TestDatabase::sqlite(), sockets, Over::Sockets).await;
    bombard(&TestDatabase::postgres(), in_process, Over::Nothing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_deliveries_to_an_edge_change_nothing_and_break_nothing() {
    watch_panics();
    let seed = size("PAYDESK_SEED", 20_261_120) as u64;
    let requests = size("PAYDESK_HOSTILE", 50_000) / 5;
    let database = TestDatabase::sqlite();
    let test = TestApp::begin(&database).await;
    test.settle().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let over = Over::Edge(listener.local_addr().unwrap());
    let _edge = serve_edge(listener, &test.base, &[INTERNAL_SECRET], &test.app.clock, &[]);
    let (known, before) = (events(&test).await, rows(&test.app.store).await);
    let forged = fire(&test, (seed, 4), requests / 2, Gun::forged, over).await;
    assert_eq!(forged.taken, 0, "seed {seed}: something was taken that nobody signed");
    assert_eq!(
        rows(&test.app.store).await,
        before,
        "seed {seed}: what is refused leaves nothing behind"
    );
    let delivered = fire(&test, (seed, 5), requests / 2, Gun::delivered, over).await;
    test.handle().await;
    check_admitted(&test, known, &delivered).await;
    println!(
        "to an edge: {} forged and {} signed deliveries, {} of them taken, seed {seed}",
        forged.count, delivered.count, delivered.taken
    );
    assert!(delivered.taken > 0 && delivered.taken < delivered.count, "seed {seed}");
    assert_eq!(PANICS.load(Ordering::SeqCst), 0, "seed {seed}: something panicked");
}

/// How requests travel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Over {
    Sockets,
    /// Straight into the router.
    Nothing,
    /// To an edge at this address, over sockets.
    Edge(SocketAddr),
}

async fn bombard(database: &TestDatabase, requests: usize, over: Over) {
    let seed = size("PAYDESK_SEED", 20_261_120) as u64;
    let begun = Instant::now();
    let test = TestApp::begin(database).await;
    // Something that could be taken away.
    test.post(
        ADMIN,
        "/api/financial/credits/user-1/add",
        &json!({ "amount": 1_000, "reason": "a start" }),
    )
    .await;
    test.settle().await;
    let known = events(&test).await;
    let warm = fire(&test, (seed, 1), requests / 20, Gun::refused, over).await;
    let resident = resident_bytes();

    let before = rows(&test.app.store).await;
    let refused = fire(&test, (seed, 2), requests * 9 / 20, Gun::refused, over).await;
    assert_eq!(
        warm.taken + refused.taken,
        0,
        "seed {seed}: something was taken that must be refused"
    );
    assert_eq!(
        rows(&test.app.store).await,
        before,
        "seed {seed}: what is refused leaves nothing behind"
    );

    let admitted = fire(&test, (seed, 3), requests / 2, Gun::admitted, over).await;
    test.handle().await;
    // Measured before the check, which reads everything at once as no server does.
    let grown = resident_bytes().saturating_sub(resident);
    check_admitted(&test, known, &admitted).await;
    println!(
        "{} over {over:?}: {} refused and {} admitted requests in {} s, {} of them taken, grown by {} KiB, seed {seed}",
        database.engine_name(),
        warm.count + refused.count,
        admitted.count,
        begun.elapsed().as_secs(),
        admitted.taken,
        grown / 1024,
    );
    assert!(
        grown < GROWTH_MAX,
        "seed {seed}: the process has grown by {grown} bytes"
    );
    assert_eq!(PANICS.load(Ordering::SeqCst), 0, "seed {seed}: something panicked");
}

/// What a volley came to.
#[derive(Default)]
struct Fired {
    count: usize,
    /// Requests that were not refused.
    taken: usize,
    /// Events that were acknowledged.
    events: BTreeSet<EventKey>,
}

/// Fires a volley; the seed and the volley's number say what it consists of.
async fn fire(
    test: &TestApp,
    (seed, volley): (u64, u64),
    requests: usize,
    next: fn(&mut Gun) -> Shot,
    over: Over,
) -> Fired {
    let tokens: Vec<String> = (0..USERS).map(|number| test.user(&format!("user-{number}"))).collect();
    let address = match over {
        Over::Edge(address) => address,
        Over::Sockets | Over::Nothing => test.base.trim_start_matches("http://").parse().unwrap(),
    };
    let router = routes::router(test.app.clone(), Router::new());
    let share = requests / usize::try_from(LANES).unwrap();
    let lanes: Vec<_> = (0..LANES)
        .map(|lane| {
            let mut gun = Gun::new(seed, (volley << 8) | lane, tokens.clone());
            let router = router.clone();
            tokio::spawn(async move {
                let mut fired = Fired::default();
                let mut connection = Connection::new(address);
                for _ in 0..share {
                    let shot = next(&mut gun);
                    let answered = match over {
                        Over::Sockets | Over::Edge(_) => tokio::task::block_in_place(|| connection.send(&shot)),
                        Over::Nothing => call(&router, &shot).await,
                    };
                    fired.count += 1;
                    judge(&shot, &answered, seed);
                    if answered.status < 400 {
                        fired.taken += 1;
                        fired.events.extend(event_of(&shot));
                    }
                }
                fired
            })
        })
        .collect();
    let mut all = Fired::default();
    for lane in lanes {
        let fired = lane.await.unwrap();
        all.count += fired.count;
        all.taken += fired.taken;
        all.events.extend(fired.events);
    }
    all
}

async fn call(router: &Router, shot: &Shot) -> Answered {
    let mut request = Request::post(&shot.path);
    for (name, value) in &shot.headers {
        request = request.header(*name, value.as_slice());
    }
    let request = request.body(Body::from(shot.body.clone())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let content_type = response.headers().get("content-type");
    Answered {
        status: response.status().as_u16(),
        content_type: content_type.map_or_else(String::new, |kind| kind.to_str().unwrap().to_owned()),
        body: axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap()
            .to_vec(),
    }
}

/// Every answer is a success or a problem document of a kind that says what the sender did wrong.
fn judge(shot: &Shot, answered: &Answered, seed: u64) {
    let Answered {
        status,
        content_type,
        body,
    } = answered;
    let told = || {
        let sent = String::from_utf8_lossy(&shot.body[..shot.body.len().min(2_000)]);
        let said = String::from_utf8_lossy(body);
        format!("seed {seed}: {} {sent:?} answered {status}: {said}", shot.path)
    };
    assert!(*status < 500, "{}", told());
    if *status < 400 {
        return;
    }
    assert_eq!(content_type, "application/problem+json", "{}", told());
    let problem: Value = serde_json::from_slice(body).unwrap_or_else(|_| panic!("{}", told()));
    let text = |member: &str| {
        problem[member]
            .as_str()
            .unwrap_or_else(|| panic!("{member}: {}", told()))
    };
    assert_eq!(text("type"), format!("/problems/{}", text("code")), "{}", told());
    assert!(!text("title").is_empty(), "{}", told());
    assert_eq!(problem["status"], *status, "{}", told());
    assert!(problem.get("request_id").is_none(), "{}", told());
}

/// Events that were acknowledged are there once and come to an end; the books stay whole; what came in can be looked at.
async fn check_admitted(test: &TestApp, known: BTreeSet<EventKey>, admitted: &Fired) {
    let expected: BTreeSet<EventKey> = known.union(&admitted.events).copied().collect();
    let kept = events(test).await;
    let (lost, unheard) = (expected.difference(&kept).count(), kept.difference(&expected).count());
    assert_eq!((lost, unheard), (0, 0), "events that were acknowledged, and no others");
    let waiting = test
        .app
        .store
        .read(|tx| tx.all("select event_id from event where status = 'received'", &[]))
        .await;
    assert_eq!(waiting.unwrap().len(), 0, "events that nobody has looked at");
    let audit = test
        .app
        .store
        .read(|tx| audit::audit(tx, &[], |_, _| {}))
        .await
        .unwrap();
    assert_eq!(audit.findings, Vec::<String>::new());
    look_at_everything(test).await;
}

/// What makes an event one: its id, its account and its mode; hashed, because a night has many and memory is measured.
type EventKey = u64;

fn key(id: &str, account: &str, livemode: bool) -> EventKey {
    let mut hasher = DefaultHasher::new();
    (id, account, livemode).hash(&mut hasher);
    hasher.finish()
}

fn event_of(shot: &Shot) -> Option<EventKey> {
    let envelope = stripe::Envelope::parse(&shot.body).ok().filter(|_| shot.webhook)?;
    let account = envelope.account.unwrap_or_default();
    Some(key(&envelope.id, &account, envelope.livemode))
}

async fn events(test: &TestApp) -> BTreeSet<EventKey> {
    let read = test.app.store.read(|tx| {
        let rows = tx.all("select stripe_id, account, livemode from event", &[])?;
        rows.iter()
            .map(|row| Ok(key(&row.text(0)?, &row.text(1)?, row.int(2)? != 0)))
            .collect::<store::Result<_>>()
    });
    read.await.unwrap()
}

/// Operators can list and read whatever came in, the strangest things included.
async fn look_at_everything(test: &TestApp) {
    for status in ["processed", "ignored", "retrying", "dead"] {
        let mut path = format!("/api/events?limit=100&status={status}");
        let mut read = 0;
        loop {
            let page = test.get(ADMIN, &path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.json());
            let page = page.json();
            let events = page["data"].as_array().unwrap();
            read += events.len();
            for event in events.iter().take(3) {
                let id = event["id"]
                    .as_str()
                    .unwrap()
                    .replace('%', "%25")
                    .replace(['/', '?', '#'], "");
                let event = test.get(ADMIN, &format!("/api/events/{id}")).await;
                assert!(matches!(event.status, 200 | 404), "{id}: {}", event.json());
            }
            match page["next"].as_str() {
                Some(next) => path = format!("/api/events?limit=100&status={status}&after={next}"),
                None => break,
            }
        }
        println!("{read} events are {status}");
    }
}

/// What every table holds: how many rows, and what the accounts stand at.
pub(crate) async fn rows(store: &Store) -> Vec<(String, i64)> {
    store
        .read(|tx| {
            let mut rows = Vec::new();
            for sql in [
                "select 'event', count(*) from event",
                "select 'event_payload', count(*) from event_payload",
                "select 'effect', count(*) from effect",
                "select 'customer', count(*) from customer",
                "select 'purchase', count(*) from purchase",
                "select 'payment', count(*) from payment",
                "select 'customer_order', count(*) from customer_order",
                "select 'transfer', count(*) from transfer",
                "select 'answer', count(*) from answer",
                "select 'service_token', count(*) from service_token",
                "select account_key, credits_posted - debits_posted from account order by account_key",
            ] {
                for row in tx.all(sql, &[])? {
                    rows.push((row.text(0)?, row.int(1)?));
                }
            }
            Ok::<_, store::Error>(rows)
        })
        .await
        .unwrap()
}

/// Memory that the process holds, in bytes.
fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}

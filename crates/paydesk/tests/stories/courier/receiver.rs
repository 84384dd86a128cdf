//! Somebody else's server, which takes webhooks: it keeps what came, answers what the test wants, and can let callers wait.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

/// A webhook that came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) id: String,
    pub(super) timestamp: String,
    pub(super) signature: String,
    pub(super) body: String,
}

impl Came {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server.
#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    came: Mutex<Vec<Came>>,
    arrived: Notify,
    /// What is answered.
    status: AtomicU16,
    /// Answers that may be given; each is given once.
    answers: Semaphore,
    waiting: AtomicUsize,
    waiting_most: AtomicUsize,
}

impl Receiver {
    /// One that answers at once.
    pub(super) async fn begin(status: u16) -> Self {
        Self::open(status, Semaphore::MAX_PERMITS).await
    }

    /// One that answers nobody until it is let go.
    pub(super) async fn begin_holding() -> Self {
        Self::open(200, 0).await
    }

    async fn open(status: u16, answers: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            came: Mutex::default(),
            arrived: Notify::new(),
            status: AtomicU16::new(status),
            answers: Semaphore::new(answers),
            waiting: AtomicUsize::new(0),
            waiting_most: AtomicUsize::new(0),
        });
        let router = Router::new().fallback(take).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(super) fn answer(&self, status: u16) {
        self.shared.status.store(status, Ordering::Relaxed);
    }

    pub(super) fn let_go(&self) {
        self.shared.answers.add_permits(1_000);
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.shared.came.lock().unwrap().clone()
    }

    /// The ids that came, each once.
    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.came().into_iter().map(|one| one.id).collect()
    }

    /// The types that came, in the order of their coming.
    pub(super) fn types(&self) -> Vec<String> {
        let came = self.came().into_iter();
        came.map(|one| one.json()["type"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The most callers that waited at once.
    pub(super) fn waiting_most(&self) -> usize {
        self.shared.waiting_most.load(Ordering::Relaxed)
    }

    /// Waits until so many have come.
    pub(super) async fn until(&self, count: usize) {
        loop {
            let arrived = self.shared.arrived.notified();
            if self.shared.came.lock().unwrap().len() >= count {
                return;
            }
            arrived.await;
        }
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    shared.came.lock().unwrap().push(Came {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body,
    });
    let waiting = shared.waiting.fetch_add(1, Ordering::Relaxed) + 1;
    shared.waiting_most.fetch_max(waiting, Ordering::Relaxed);
    shared.arrived.notify_waiters();
    shared.answers.acquire().await.unwrap().forget();
    shared.waiting.fetch_sub(1, Ordering::Relaxed);
    let status = StatusCode::from_u16(shared.status.load(Ordering::Relaxed)).unwrap();
    (status, format!("answered {} {}", status.as_u16(), "x".repeat(5_000)))
}

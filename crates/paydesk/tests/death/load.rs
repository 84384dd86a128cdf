//! Clients that keep asking, each noting outside the database what was acknowledged to it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use stripe::signature::{SigningSecret, sign};
use tokio::sync::{Semaphore, watch};

use crate::server::{ADMIN, WEBHOOK_SECRET};

/// How long a client waits for news of the server before it tries again where it was.
const WAIT: Duration = Duration::from_millis(500);

/// Where the server is: a new generation after each restart, nowhere while it is down.
#[derive(Clone, Default, Debug)]
pub(crate) struct Whereabouts {
    pub(crate) generation: u64,
    pub(crate) base: Option<String>,
}

/// What all clients share.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) whereabouts: watch::Receiver<Whereabouts>,
    /// One permit for each acknowledgement.
    pub(crate) acknowledged: Arc<Semaphore>,
    /// Tells the clients to finish what they are at.
    pub(crate) enough: Arc<AtomicBool>,
    /// Requests that got no answer and were sent again.
    pub(crate) repeated: Arc<AtomicU64>,
    pub(crate) http: reqwest::Client,
}

/// An answered request under a key.
pub(crate) struct Answered {
    pub(crate) path: String,
    pub(crate) key: String,
    pub(crate) body: Value,
    pub(crate) status: u16,
    pub(crate) bytes: Vec<u8>,
}

/// What one client was told.
#[derive(Default)]
pub(crate) struct Ledger {
    /// The ids of events that were acknowledged.
    pub(crate) events: Vec<String>,
    /// How many purchases they tell of.
    pub(crate) purchases: usize,
    /// What each user must hold.
    pub(crate) balances: BTreeMap<String, i64>,
    /// Every answer to a request under a key.
    pub(crate) answers: Vec<Answered>,
}

impl Load {
    /// One client: asks until it is enough, one thing at a time, and everything until it is answered.
    pub(crate) async fn client(self, number: u64, seed: u64) -> Ledger {
        let mut rng = StdRng::seed_from_u64(seed ^ (number << 32));
        let mut ledger = Ledger::default();
        let mut step = 0;
        while !self.enough.load(Ordering::Relaxed) {
            step += 1;
            // Some wallets belong to one client, one belongs to all of them at once.
            let user = if rng.random_bool(0.6) {
                format!("user-{number}")
            } else {
                "everybody".to_owned()
            };
            let name = format!("{number}-{step}");
            match rng.random_range(0..100) {
                0..40 => self.buy(&mut rng, &mut ledger, &user, &name).await,
                40..60 => self.change(&mut rng, &mut ledger, &user, ("add", &name)).await,
                _ => self.change(&mut rng, &mut ledger, &user, ("spend", &name)).await,
            }
        }
        ledger
    }

    /// One buyer: buys until it is enough, each time for the wallet of everybody.
    pub(crate) async fn buyer(self, number: u64, seed: u64) -> Ledger {
        let mut rng = StdRng::seed_from_u64(seed ^ (number << 32));
        let mut ledger = Ledger::default();
        let mut step = 0;
        while !self.enough.load(Ordering::Relaxed) {
            step += 1;
            self.buy(&mut rng, &mut ledger, "everybody", &format!("{number}-{step}"))
                .await;
        }
        ledger
    }

    /// What Stripe tells of one paid purchase: two events that grant the same credits, some of them several times.
    async fn buy(&self, rng: &mut StdRng, ledger: &mut Ledger, user: &str, name: &str) {
        let credits = rng.random_range(1..200);
        let mut events = told(user, name, credits, rng.random_range(1..100_000));
        events.shuffle(rng);
        for (id, body) in events {
            let copies = if rng.random_bool(0.2) { 2 } else { 1 };
            for _ in 0..copies {
                self.deliver(rng, &body).await;
            }
            ledger.events.push(id);
        }
        ledger.purchases += 1;
        *ledger.balances.entry(user.to_owned()).or_default() += credits;
    }

    async fn change(&self, rng: &mut StdRng, ledger: &mut Ledger, user: &str, (change, name): (&str, &str)) {
        let key = format!("{change}-{name}");
        let amount: i64 = rng.random_range(1..150);
        let body = json!({ "amount": amount, "reason": "a life of sudden deaths" });
        let path = format!("/api/financial/credits/{user}/{change}");
        let (status, bytes) = self.ask(rng, &path, &key, &body).await;
        let balance = ledger.balances.entry(user.to_owned()).or_default();
        match (change, status) {
            ("add", 200) => *balance += amount,
            ("spend", 200) => *balance -= amount,
            ("spend", 402) => {}
            _ => panic!("{path}: {status} {}", String::from_utf8_lossy(&bytes)),
        }
        ledger.answers.push(Answered {
            path,
            key,
            body,
            status,
            bytes,
        });
    }

    async fn deliver(&self, rng: &mut StdRng, body: &str) {
        let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
        let clock = paydesk::clock::Clock::system();
        let (status, bytes) = self
            .until_answered(rng, |base| {
                let signature = sign(body.as_bytes(), &secret, clock.now_seconds());
                self.http
                    .post(format!("{base}/api/stripe/webhook"))
                    .header("stripe-signature", signature)
                    .body(body.to_owned())
            })
            .await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    }

    /// Sends a request under its key until it is answered.
    pub(crate) async fn ask(&self, rng: &mut StdRng, path: &str, key: &str, body: &Value) -> (u16, Vec<u8>) {
        self.until_answered(rng, |base| {
            self.http
                .post(format!("{base}{path}"))
                .bearer_auth(ADMIN)
                .header("idempotency-key", key)
                .json(body)
        })
        .await
    }

    async fn until_answered(
        &self,
        rng: &mut StdRng,
        request: impl Fn(&str) -> reqwest::RequestBuilder,
    ) -> (u16, Vec<u8>) {
        let mut whereabouts = self.whereabouts.clone();
        loop {
            let here = whereabouts.wait_for(|here| here.base.is_some()).await.unwrap().clone();
            let mut request = request(here.base.as_deref().unwrap());
            if rng.random_bool(0.03) {
                // A client that gives up on the answer: it may or may not have been heard.
                request = request.timeout(Duration::from_micros(rng.random_range(200..20_000)));
            }
            match answer(request).await {
                // Busy, or the request that was given up on is still under way.
                Ok((409 | 503, _)) => tokio::task::yield_now().await,
                Ok(answered) => {
                    self.acknowledged.add_permits(1);
                    return answered;
                }
                Err(error) => {
                    self.repeated.fetch_add(1, Ordering::Relaxed);
                    if !error.is_timeout() {
                        let elsewhere = whereabouts.wait_for(|now| now.generation != here.generation);
                        drop(tokio::time::timeout(WAIT, elsewhere).await);
                    }
                }
            }
        }
    }
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<(u16, Vec<u8>)> {
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
}

/// The two events of a purchase that was paid at once, with their ids.
fn told(user: &str, name: &str, credits: i64, amount_minor: i64) -> Vec<(String, String)> {
    let metadata = json!({
        "paydesk_purchase": format!("pur_{name}"),
        "paydesk_user": user,
        "paydesk_kind": "credit_pack",
        "paydesk_item": "starter",
        "paydesk_quantity": "1",
        "paydesk_credits": credits.to_string(),
        "paydesk_amount_minor": amount_minor.to_string(),
        "paydesk_order": "",
    });
    let session = json!({
        "id": format!("cs_{name}"),
        "object": "checkout.session",
        "mode": "payment",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": amount_minor,
        "currency": "usd",
        "customer": format!("cus_{user}"),
        "payment_intent": format!("pi_{name}"),
        "metadata": metadata,
    });
    let payment = json!({
        "id": format!("pi_{name}"),
        "object": "payment_intent",
        "amount": amount_minor,
        "amount_received": amount_minor,
        "currency": "usd",
        "customer": format!("cus_{user}"),
        "status": "succeeded",
        "metadata": metadata,
    });
    [
        ("checkout.session.completed", session),
        ("payment_intent.succeeded", payment),
    ]
    .into_iter()
    .map(|(kind, object)| {
        let id = format!("evt_{name}-{}", kind.len());
        let event = json!({
            "id": id,
            "object": "event",
            "api_version": stripe::API_VERSION,
            "created": 1_793_000_000,
            "livemode": false,
            "type": kind,
            "data": { "object": object },
        });
        (id, event.to_string())
    })
    .collect()
}

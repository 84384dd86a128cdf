//! The whole application for a test: real store, real HTTP in both directions, our own Stripe beside it.
//!
//! Nothing runs by itself that a test could race against: events are handled when the test says so, by the same code
//! that the worker runs. When a test is over it calls [`TestApp::finish`], which holds the books against themselves and
//! the inbox against its promise.

pub(crate) mod recount;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use jsonwebtoken::{EncodingKey, Header};
use paydesk::app::App;
use paydesk::clock::Clock;
use paydesk::config::{Config, EdgeConfig, EdgeSettings, Secrets, Settings};
use paydesk::edge::{self, Edge};
use paydesk::http::{routes, server};
use paydesk::ids::Ids;
use paydesk::schema::MIGRATIONS;
use paydesk::{audit, catalogue, courier, inbox, payouts, subscriptions};
use reqwest::Method;
use sandbox::{EndpointConfig, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use store::Store;
use store::testing::TestDatabase;
use tokio::net::TcpListener;

pub(crate) const ADMIN: &str = "admin_for_tests_only";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_for_tests_only";
pub(crate) const INTERNAL_SECRET: &str = "an internal secret of thirty-two bytes and more";
pub(crate) const NEXT_INTERNAL_SECRET: &str = "the internal secret that is to follow that one";
const JWT_SECRET: &str = "a secret of at least thirty-two bytes, for tests";
const CATALOGUE: &str = include_str!("../../../../paydesk.toml");

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

/// What came back from a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) bytes: Vec<u8>,
    pub(crate) replayed: bool,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&self.bytes)))
    }
}

/// The application with its sandbox, on one database.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) base: String,
    pub(crate) sandbox: Sandbox,
    pub(crate) sandbox_base: String,
    pub(crate) http: reqwest::Client,
    keys: Arc<AtomicU64>,
}

impl TestApp {
    /// Migrates the database, serves the application and its sandbox, and pushes the catalogue.
    pub(crate) async fn begin(database: &TestDatabase) -> Self {
        Self::begin_with(database, &[]).await
    }

    /// The same, with these flags besides.
    pub(crate) async fn begin_with(database: &TestDatabase, flags: &[&str]) -> Self {
        Self::open(database, Clock::system(), CATALOGUE, (flags, None))
            .await
            .pushed()
            .await
    }

    /// The same, on a clock that stands still until the test turns it.
    pub(crate) async fn begin_on_manual_clock(database: &TestDatabase) -> Self {
        Self::begin_selling(database, CATALOGUE).await
    }

    /// The same, with this catalogue.
    pub(crate) async fn begin_selling(database: &TestDatabase, catalogue: &str) -> Self {
        let clock = Clock::manual(Clock::system().now_us());
        Self::open(database, clock, catalogue, (&[], None)).await.pushed().await
    }

    /// The same, where Stripe delivers to an edge at this address.
    pub(crate) async fn begin_behind(database: &TestDatabase, edge_base: &str, clock: Clock) -> Self {
        Self::open_behind(database, clock, CATALOGUE, (&[], None), Some(edge_base))
            .await
            .pushed()
            .await
    }

    /// The same, selling the usual things, where outgoing webhooks may go to this machine.
    pub(crate) async fn begin_telling(database: &TestDatabase) -> Self {
        let clock = Clock::manual(Clock::system().now_us());
        let flags = ["--webhook-allowed-subnets", "127.0.0.1"];
        Self::open(database, clock, CATALOGUE, (&flags, None))
            .await
            .pushed()
            .await
    }

    async fn pushed(self) -> Self {
        push(&self.app).await;
        self
    }

    /// The same, with nothing pushed to Stripe yet.
    pub(crate) async fn begin_without_catalogue(database: &TestDatabase) -> Self {
        Self::begin_at(database, Clock::system()).await
    }

    /// With nothing pushed to Stripe yet, on this clock.
    pub(crate) async fn begin_at(database: &TestDatabase, clock: Clock) -> Self {
        Self::open(database, clock, CATALOGUE, (&[], None)).await
    }

    /// The same, where messages become e-mails by this server.
    pub(crate) async fn begin_mailing(database: &TestDatabase, smtp_url: &str) -> Self {
        let clock = Clock::manual(Clock::system().now_us());
        let flags = ["--mail-from", "Acme <pay@acme.example>"];
        let test = Self::open(database, clock, CATALOGUE, (&flags, Some(smtp_url)))
            .await
            .pushed()
            .await;
        courier::prepare(&test.app).await.unwrap();
        test
    }

    async fn open(
        database: &TestDatabase,
        clock: Clock,
        catalogue: &str,
        particulars: (&[&str], Option<&str>),
    ) -> Self {
        Self::open_behind(database, clock, catalogue, particulars, None).await
    }

    async fn open_behind(
        database: &TestDatabase,
        clock: Clock,
        catalogue: &str,
        (flags, smtp_url): (&[&str], Option<&str>),
        edge_base: Option<&str>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let sandbox_base = format!("http://{}", sandbox_listener.local_addr().unwrap());
        let sandbox = Sandbox::new(sandbox::Config {
            webhook_endpoints: vec![EndpointConfig {
                url: format!("{}/api/stripe/webhook", edge_base.unwrap_or(&base)),
                secret: Some(WEBHOOK_SECRET.into()),
                enabled_events: vec!["*".into()],
                connect: false,
            }],
            ..sandbox::Config::default()
        });
        tokio::spawn({
            let sandbox = sandbox.clone();
            async move { sandbox.serve(sandbox_listener, std::future::pending::<()>()).await }
        });
        let secret_key = sandbox.config().secret_key.clone();
        let ends = (base.as_str(), sandbox_base.as_str());
        let app = application(
            database.store().clone(),
            ends,
            secret_key,
            (clock, catalogue),
            (flags, smtp_url),
        )
        .await;
        let router = routes::router(app.clone(), axum::Router::new());
        tokio::spawn({
            let app = app.clone();
            async move { server::serve(listener, router, &app.config.settings.limits, &app.shutdown).await }
        });
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            app,
            base,
            sandbox,
            sandbox_base,
            http,
            keys: Arc::default(),
        }
    }

    /// The same application as it is after a restart with another catalogue, which is pushed.
    pub(crate) async fn selling(&self, catalogue: &str) -> App {
        let (store, clock) = (self.app.store.clone(), self.app.clock.clone());
        let secret_key = self.sandbox.config().secret_key.clone();
        let app = application(
            store,
            (&self.base, &self.sandbox_base),
            secret_key,
            (clock, catalogue),
            (&[], None),
        )
        .await;
        push(&app).await;
        app
    }

    /// A token as the application would sign it for this user.
    pub(crate) fn user(&self, user_id: &str) -> String {
        let claims = json!({ "sub": user_id, "exp": self.app.clock.now_seconds() + 3600 });
        jsonwebtoken::encode(
            &Header::default(),
            &claims,
            &EncodingKey::from_secret(JWT_SECRET.as_bytes()),
        )
        .unwrap()
    }

    /// A GET with this token.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Answered {
        self.send(Method::GET, token, path, None, None).await
    }

    /// A POST with this token, under a fresh Idempotency-Key.
    pub(crate) async fn post(&self, token: &str, path: &str, body: &Value) -> Answered {
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        self.post_once(token, path, body, &key).await
    }

    /// A POST under the given Idempotency-Key.
    pub(crate) async fn post_once(&self, token: &str, path: &str, body: &Value, key: &str) -> Answered {
        self.send(Method::POST, token, path, Some(body), Some(key)).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        token: &str,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Answered {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        Answered {
            status: response.status().as_u16(),
            replayed: response.headers().contains_key("idempotent-replayed"),
            bytes: response.bytes().await.unwrap().to_vec(),
        }
    }

    /// A call of Stripe's API, made beside the application; it must succeed.
    pub(crate) async fn at_stripe(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, said) = self.try_at_stripe(method, path, form).await;
        assert!(status < 300, "{path}: {said}");
        said
    }

    /// The same, which may be refused.
    pub(crate) async fn try_at_stripe(&self, method: &str, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let url = format!("{}{path}", self.sandbox_base);
        let request = self.http.request(method.parse().unwrap(), url);
        let request = request.bearer_auth(&self.sandbox.config().secret_key);
        let response = Self::with_form(request, form).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap())
    }

    /// A request with a form, as a page of Stripe's sends it.
    pub(crate) fn with_form(request: reqwest::RequestBuilder, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let encoded = reqwest::Url::parse_with_params("http://form", form).unwrap();
        match encoded.query().filter(|_| !form.is_empty()) {
            Some(form) => request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned()),
            None => request,
        }
    }

    /// A call of the sandbox's control API; it must succeed.
    pub(crate) async fn steer(&self, path: &str, body: &Value) -> Value {
        let request = self
            .http
            .post(format!("{}/_sandbox{path}", self.sandbox_base))
            .json(body);
        let response = request.send().await.unwrap();
        let status = response.status();
        let said: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{path}: {said}");
        said
    }

    /// Lifts every fault of the sandbox.
    pub(crate) async fn lift_faults(&self) {
        let request = self.http.delete(format!("{}/_sandbox/faults", self.sandbox_base));
        assert!(request.send().await.unwrap().status().is_success());
    }

    /// Starts a checkout; it must succeed.
    pub(crate) async fn checkout(&self, token: &str, body: &Value) -> Value {
        let answered = self.post(token, "/api/stripe/create-checkout-session", body).await;
        assert_eq!(answered.status, 200, "{}", answered.json());
        answered.json()
    }

    /// Waits until the sandbox has delivered everything, and handles what came in.
    pub(crate) async fn settle(&self) {
        let drained = self.steer("/drain", &json!({ "flush": true })).await;
        assert_eq!(drained["drained"], true, "{drained}");
        self.handle().await;
    }

    /// Handles everything that is due, as the worker and the sync do.
    pub(crate) async fn handle(&self) {
        loop {
            while inbox::work(&self.app).await > 0 {}
            let read = subscriptions::work(&self.app).await.unwrap() + payouts::work(&self.app).await.unwrap();
            if read == 0 {
                break;
            }
        }
    }

    /// Has every event handled once more, as an operator may ask for.
    pub(crate) async fn replay_all(&self) {
        let events = self.get(ADMIN, "/api/events?limit=100").await.json();
        for event in events["data"].as_array().unwrap() {
            let path = format!("/api/events/{}/replay", event["id"].as_str().unwrap());
            assert_eq!(self.post(ADMIN, &path, &json!({})).await.status, 202);
        }
        self.handle().await;
    }

    /// What the user may spend.
    pub(crate) async fn balance(&self, user_id: &str) -> i64 {
        let answered = self.get(ADMIN, &format!("/api/financial/credits/{user_id}")).await;
        assert_eq!(answered.status, 200, "{}", answered.json());
        answered.json()["balance"].as_i64().unwrap()
    }

    /// What must hold at the end of every test: the books verify, and no event waits, failed or died.
    pub(crate) async fn finish(self) {
        self.settle().await;
        let audit = self
            .app
            .store
            .read(|tx| audit::audit(tx, &[], |_, _| {}))
            .await
            .unwrap();
        assert_eq!(audit.findings, Vec::<String>::new());
        let waiting = self.app.store.read(inbox::pending).await.unwrap();
        assert_eq!(waiting, 0, "events wait in the inbox");
        let dead = inbox::EventFilter {
            status: Some(inbox::Status::Dead),
            ..inbox::EventFilter::default()
        };
        let dead = self
            .app
            .store
            .read(move |tx| inbox::events(tx, &dead, 10))
            .await
            .unwrap();
        assert_eq!(dead, vec![], "events died");
    }
}

/// Brings the catalogue to Stripe.
pub(crate) async fn push(app: &App) {
    let now_us = app.clock.now_us();
    catalogue::push(&app.catalogue, &app.stripe, &app.store, &app.ids, now_us, |_| {})
        .await
        .unwrap();
}

/// An application on a store, between these two ends.
pub(crate) async fn application(
    store: Store,
    (base, sandbox_base): (&str, &str),
    secret_key: String,
    (clock, catalogue): (Clock, &str),
    (flags, smtp_url): (&[&str], Option<&str>),
) -> App {
    store.migrate(MIGRATIONS).await.unwrap();
    let usual = [
        "test",
        "--listen",
        base.trim_start_matches("http://"),
        "--stripe-api-base",
        sandbox_base,
        "--address-per-minute",
        "60000000",
        "--service-per-minute",
        "60000000",
    ];
    let line = Line::parse_from(usual.iter().chain(flags));
    let secrets = Secrets {
        stripe_secret_key: Some(SecretString::from(secret_key)),
        stripe_webhook_secrets: vec![SecretString::from(WEBHOOK_SECRET)],
        internal_secrets: [INTERNAL_SECRET, NEXT_INTERNAL_SECRET].map(SecretString::from).into(),
        admin_token: Some(SecretString::from(ADMIN)),
        jwt_secret: Some(SecretString::from(JWT_SECRET)),
        smtp_url: smtp_url.map(SecretString::from),
    };
    let ids = Ids::random(clock.clone());
    let catalogue = catalogue::parse(catalogue, "paydesk.toml").unwrap();
    App::new(
        Config::new(line.settings, secrets).unwrap(),
        clock,
        ids,
        store,
        catalogue,
    )
    .unwrap()
}

#[derive(Parser)]
struct EdgeLine {
    #[command(flatten)]
    settings: EdgeSettings,
}

/// The settings of an edge.
pub(crate) fn edge_settings(forward_to: &str, flags: &[&str]) -> EdgeSettings {
    let usual = ["edge", "--forward-to", forward_to, "--open-metrics"];
    EdgeLine::parse_from(usual.iter().chain(flags)).settings
}

/// Serves an edge with these internal secrets.
pub(crate) fn serve_edge(
    listener: TcpListener,
    forward_to: &str,
    secrets: &[&str],
    clock: &Clock,
    flags: &[&str],
) -> Edge {
    let secrets = Secrets {
        stripe_webhook_secrets: ["whsec_old", WEBHOOK_SECRET].map(SecretString::from).into(),
        internal_secrets: secrets.iter().copied().map(SecretString::from).collect(),
        ..Secrets::default()
    };
    let config = EdgeConfig::new(edge_settings(forward_to, flags), secrets).unwrap();
    let edge = Edge::new(config, clock.clone(), &Ids::random(clock.clone())).unwrap();
    tokio::spawn({
        let (edge, router) = (edge.clone(), edge::router(edge.clone()));
        async move { server::serve(listener, router, &edge.config.settings.limits, &edge.shutdown).await }
    });
    edge
}

/// Waits for all of these at once.
pub(crate) async fn all_at_once<F: Future>(calls: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut calls: Vec<_> = calls.map(Box::pin).collect();
    let mut answers: Vec<Option<F::Output>> = calls.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (call, answer) in calls.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let std::task::Poll::Ready(ready) = call.as_mut().poll(context)
            {
                *answer = Some(ready);
            }
        }
        if answers.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

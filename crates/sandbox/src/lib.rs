//! A stateful Stripe for development and tests: REST API, hosted checkout page, signed webhooks, faults on demand.
//!
//! It answers in the shape of one API version ([`API_VERSION`]) on a listener of its own, with Stripe's paths at the root.
//! State is in memory, with an optional file. Given a seed and a standing clock, the same calls give the same bytes.
//! It is an oracle for whatever talks to it, so it shares no logic with any other crate of this workspace.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let sandbox = sandbox::Sandbox::new(sandbox::Config::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:12111").await?;
//! sandbox.serve(listener, std::future::pending()).await;
//! # Ok(()) }
//! ```

#![recursion_limit = "512"]

mod clock;
mod control;
mod delivery;
mod dice;
mod due;
mod dump;
mod events;
mod file;
mod pages;
mod resources;
mod server;
mod shelf;
mod state;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::state::State;

/// The version whose shapes the sandbox renders.
pub const API_VERSION: &str = "2026-10-28.endive";

/// The secret key a sandbox accepts when none is configured.
pub const DEFAULT_SECRET_KEY: &str = "sk_test_sandbox_0123456789abcdef";

/// The publishable key a sandbox accepts when none is configured.
pub const DEFAULT_PUBLISHABLE_KEY: &str = "pk_test_sandbox_0123456789abcdef";

/// How a sandbox starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Ids, secrets and the luck of rated faults come from this; without it they differ from run to run.
    pub seed: Option<u64>,
    /// The secret key the API accepts, beside every other well-formed `sk_test_…` or `rk_test_…` key when
    /// [`Config::only_this_key`] is off.
    pub secret_key: String,
    /// Refuse every secret key but [`Config::secret_key`].
    pub only_this_key: bool,
    /// The publishable key pages may use.
    pub publishable_key: String,
    /// The time it starts at, in seconds since 1970; the machine's time when absent.
    pub start_time: Option<i64>,
    /// Let the clock stand still until it is advanced, and deliver one webhook at a time.
    pub deterministic: bool,
    /// How many deliveries may be under way to one endpoint, whatever [`Config::deterministic`] says.
    pub deliveries_at_once: Option<usize>,
    /// Keep the state in this file: read at start, replaced atomically after changes.
    pub state_file: Option<PathBuf>,
    /// Endpoints registered from the start.
    pub webhook_endpoints: Vec<EndpointConfig>,
    /// Where browsers reach the hosted pages; the listener's own address when absent.
    pub public_base_url: Option<String>,
    /// What the hosted pages call the seller.
    pub merchant_name: String,
    /// Seconds until a bank debit, or the refund of a slow-refund card, is decided by itself.
    pub settle_after: i64,
    /// Seconds between delivery attempts; there is one attempt more than there are pauses.
    pub retry_schedule: Vec<i64>,
    /// Seconds an endpoint has to answer a delivery.
    pub delivery_timeout: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: None,
            secret_key: DEFAULT_SECRET_KEY.to_owned(),
            only_this_key: false,
            publishable_key: DEFAULT_PUBLISHABLE_KEY.to_owned(),
            start_time: None,
            deterministic: false,
            deliveries_at_once: None,
            state_file: None,
            webhook_endpoints: Vec::new(),
            public_base_url: None,
            merchant_name: "Sandbox Store".to_owned(),
            settle_after: 15,
            retry_schedule: vec![1, 5, 30, 300, 1800, 7200, 18_000, 36_000],
            delivery_timeout: 20,
        }
    }
}

/// A webhook endpoint registered from the start.
#[derive(Debug, Clone)]
pub struct EndpointConfig {
    /// Where events are posted.
    pub url: String,
    /// The signing secret; made up when absent.
    pub secret: Option<String>,
    /// The event types it receives; `*` stands for all.
    pub enabled_events: Vec<String>,
    /// Whether it receives the events of connected accounts instead of the account's own.
    pub connect: bool,
}

/// A running or embeddable sandbox; clones share one state.
#[derive(Debug, Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    state: Mutex<State>,
    /// Wakes the task that delivers webhooks and lets time pass.
    woken: Arc<Notify>,
    working: AtomicBool,
    saving: AtomicBool,
    /// Held while the state file is written.
    writing: Mutex<()>,
    /// Told after every delivery attempt.
    delivered: Notify,
    client: OnceLock<reqwest::Client>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.woken.notify_one();
    }
}

impl Sandbox {
    /// A sandbox with nothing in it but its configured endpoints, or what its file holds.
    pub fn new(config: Config) -> Self {
        let state = fresh_state(&config);
        let inner = Inner {
            config,
            state: Mutex::new(state),
            woken: Arc::new(Notify::new()),
            working: AtomicBool::new(false),
            saving: AtomicBool::new(false),
            writing: Mutex::new(()),
            delivered: Notify::new(),
            client: OnceLock::new(),
        };
        let sandbox = Self { inner: Arc::new(inner) };
        file::load(&sandbox);
        sandbox
    }

    /// The configuration it was made with.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Registers an endpoint for all events and gives its signing secret.
    pub fn add_webhook_endpoint(&self, url: &str) -> String {
        let endpoint = EndpointConfig {
            url: url.to_owned(),
            secret: None,
            enabled_events: vec!["*".to_owned()],
            connect: false,
        };
        resources::webhook_endpoints::register(&mut self.lock(), &endpoint)
    }

    /// Writes the state into a file that a sandbox can be started with ([`Config::state_file`]). Its own clock goes on from
    /// there where it stands still; where it runs, it runs with the machine's.
    pub fn write_state(&self, path: &Path) -> std::io::Result<()> {
        file::write_state(self, path)
    }

    /// The sandbox's time, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.lock().now()
    }

    /// Lets `seconds` pass at once: what falls due in them happens, in order.
    pub fn advance(&self, seconds: i64) {
        self.lock().advance(seconds.saturating_mul(1000));
        self.wake();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic under the lock is a bug in one operation; the others go on with what is there.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn accepts_key(&self, key: &str) -> bool {
        let config = &self.inner.config;
        let well_formed = key.len() >= 12 && (key.starts_with("sk_test_") || key.starts_with("rk_test_"));
        well_formed && (!config.only_this_key || key == config.secret_key)
    }

    pub(crate) fn is_publishable(&self, key: &str) -> bool {
        key == self.inner.config.publishable_key
    }

    /// Starts again from nothing, as after [`Sandbox::new`] without its file.
    pub(crate) fn reset(&self) {
        let mut fresh = fresh_state(&self.inner.config);
        let mut state = self.lock();
        fresh.base_url.clone_from(&state.base_url);
        fresh.changes = state.changes + 1;
        *state = fresh;
    }
}

fn fresh_state(config: &Config) -> State {
    let clock = Clock::new(config.deterministic, config.start_time);
    let base_url = config
        .public_base_url
        .as_deref()
        .unwrap_or("http://localhost")
        .trim_end_matches('/')
        .to_owned();
    let mut state = State::new(clock, config.seed, base_url, config.settle_after);
    for endpoint in &config.webhook_endpoints {
        resources::webhook_endpoints::register(&mut state, endpoint);
    }
    state
}

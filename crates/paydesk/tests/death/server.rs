//! The real binary as a child process: started, killed by its exact id, started again on the same database.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use sandbox::{DEFAULT_SECRET_KEY, Sandbox};
use serde_json::Value;
use store::testing::TestDatabase;
use tempfile::TempDir;
use tokio::net::TcpListener;

pub(crate) const ADMIN: &str = "admin_for_tests_only";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_for_tests_only";
pub(crate) const INTERNAL_SECRET: &str = "an internal secret of thirty-two bytes and more";
/// What a process that stopped at a crash point ends with.
pub(crate) const DIED: i32 = 137;
/// No start, answer or end may take longer, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// What outlives the server: the database, the Stripe of the test, and the log.
pub(crate) struct Place {
    pub(crate) database: TestDatabase,
    pub(crate) sandbox_base: String,
    pub(crate) http: reqwest::Client,
    /// Where the application of the test takes webhooks, and the ids of those that came.
    pub(crate) told_at: String,
    told: Told,
    folder: TempDir,
}

type Told = Arc<Mutex<BTreeSet<String>>>;

/// Serves an application that takes webhooks.
async fn be_told(told: Told) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let take = move |headers: HeaderMap| async move {
        let id = headers["webhook-id"].to_str().unwrap().to_owned();
        told.lock().unwrap().insert(id);
    };
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(take)).await });
    url
}

/// A server that has said that it is ready.
pub(crate) struct Server {
    child: Option<Child>,
    /// Its address.
    pub(crate) base: String,
    /// How long it took from the start of the process.
    pub(crate) ready_in: Duration,
}

/// The catalogue: the example's, and a session that costs more than that of the example.
const CATALOGUE: &str = "paydesk.toml";
const EXAMPLE: &str = include_str!("../../../../paydesk.toml");
const MORE: &str = r#"
[[session_type]]
id = "long-mix-session"
name = "Long mix session"
builder = "grace"
minutes = 90
platform_fee_basis_points = 1500
prices = { usd = 9000 }
"#;
/// Its id.
pub(crate) const DEARER: &str = "long-mix-session";

/// What came of starting one.
pub(crate) enum Started {
    Ready(Server),
    Ended(ExitStatus),
}

impl Place {
    /// Serves a sandbox, and lets go of the database, so that children may open it.
    pub(crate) async fn prepare(mut database: TestDatabase) -> Self {
        database.close();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox_base = format!("http://{}", listener.local_addr().unwrap());
        let sandbox = Sandbox::new(sandbox::Config::default());
        tokio::spawn(async move { sandbox.serve(listener, std::future::pending::<()>()).await });
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let told = Told::default();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CATALOGUE), format!("{EXAMPLE}{MORE}")).unwrap();
        Self {
            told_at: be_told(Arc::clone(&told)).await,
            told,
            database,
            sandbox_base,
            http,
            folder,
        }
    }

    /// A call of the binary on this database.
    pub(crate) fn command(&self, arguments: &[&str], crash_point: Option<&str>) -> Command {
        let log = OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_paydesk"));
        command
            .args(arguments)
            .env("DATABASE_URL", self.database.url())
            .env("STRIPE_API_BASE", &self.sandbox_base)
            .env("STRIPE_SECRET_KEY", DEFAULT_SECRET_KEY)
            .env("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET)
            .env("PAYDESK_INTERNAL_SECRET", INTERNAL_SECRET)
            .env("PAYDESK_ADMIN_TOKEN", ADMIN)
            .env("PAYDESK_CATALOGUE", self.folder.path().join(CATALOGUE))
            .env("PAYDESK_LISTEN", "127.0.0.1:0")
            .env("PAYDESK_PUBLIC_URL", "http://shop.example")
            .env("PAYDESK_ADDRESS_PER_MINUTE", "60000000")
            .env("PAYDESK_LOG", "warn")
            .env("PAYDESK_WEBHOOK_ALLOWED_SUBNETS", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        if let Some(point) = crash_point {
            command.env("PAYDESK_CRASH_POINT", point);
        }
        command
    }

    /// Starts the server and waits until it says that it is ready, or has ended.
    pub(crate) async fn start(&self, crash_point: Option<&str>) -> Started {
        Self::ready(self.command(&["serve"], crash_point)).await
    }

    /// Starts an edge in front of a server, which must become ready.
    pub(crate) async fn start_edge(&self, core: &str) -> Server {
        match Self::ready(self.command(&["edge", "--forward-to", core], None)).await {
            Started::Ready(edge) => edge,
            Started::Ended(status) => panic!("the edge did not start: {status}\n{}", self.read_log()),
        }
    }

    async fn ready(mut command: Command) -> Started {
        let begun = Instant::now();
        let mut child = command.spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let line = off_the_runtime("the server says nothing", move || {
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line).unwrap();
            line
        })
        .await;
        let base = line.split_whitespace().find(|word| word.starts_with("http://"));
        match base {
            Some(base) => Started::Ready(Server {
                child: Some(child),
                base: base.to_owned(),
                ready_in: begun.elapsed(),
            }),
            None => Started::Ended(ended(child).await),
        }
    }

    /// Starts the server, which must become ready.
    pub(crate) async fn start_well(&self) -> Server {
        match self.start(None).await {
            Started::Ready(server) => server,
            Started::Ended(status) => panic!("the server did not start: {status}\n{}", self.read_log()),
        }
    }

    /// Starts the server and kills it before it can have become ready.
    pub(crate) async fn start_and_kill(&self) {
        let mut child = self.command(&["serve"], None).spawn().unwrap();
        child.kill().unwrap();
        ended(child).await;
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str], crash_point: Option<&str>) -> ExitStatus {
        ended(self.command(arguments, crash_point).spawn().unwrap()).await
    }

    /// What must hold whenever no server runs: the books verify, and nothing ever panicked.
    pub(crate) async fn verify(&self) {
        let status = self.run(&["ledger", "verify"], None).await;
        assert!(status.success(), "ledger verify: {status}\n{}", self.read_log());
        let log = self.read_log();
        assert!(!log.contains("panic"), "{log}");
    }

    /// A GET of the sandbox's API: the `data` of a list.
    pub(crate) async fn at_stripe(&self, path: &str) -> Vec<Value> {
        let request = self.http.get(format!("{}{path}", self.sandbox_base));
        let said: Value = request
            .bearer_auth(DEFAULT_SECRET_KEY)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        said["data"].as_array().unwrap_or_else(|| panic!("{said}")).clone()
    }

    /// A call of the sandbox's control API; it must succeed.
    pub(crate) async fn steer(&self, path: &str, body: &Value) {
        let request = self
            .http
            .post(format!("{}/_sandbox{path}", self.sandbox_base))
            .json(body);
        let response = request.send().await.unwrap();
        let status = response.status();
        assert!(status.is_success(), "{path}: {}", response.text().await.unwrap());
    }

    /// How many messages came to the application of the test, however often each.
    pub(crate) fn told(&self) -> usize {
        self.told.lock().unwrap().len()
    }

    /// The log of every process so far.
    pub(crate) fn read_log(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Server {
    /// Ends it as a power failure would, and waits until it is gone.
    pub(crate) async fn kill(mut self) {
        let mut child = self.child.take().expect("a server has a process");
        // It may have died by itself, which is not an error here: the caller looks at what it left behind.
        drop(child.kill());
        ended(child).await;
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        ended(self.child.take().expect("a server has a process")).await
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        let child = self.child.as_mut().expect("a server has a process");
        child.try_wait().unwrap().is_some()
    }
}

impl Drop for Server {
    /// A test that fails leaves no server behind.
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

async fn ended(mut child: Child) -> ExitStatus {
    off_the_runtime("the process does not end", move || child.wait().unwrap()).await
}

async fn off_the_runtime<T: Send + 'static>(trouble: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let work = tokio::task::spawn_blocking(work);
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| panic!("{trouble}"))
        .unwrap()
}

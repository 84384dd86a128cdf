//! A server for tests: the real application over a scratch database, with a clock that stands still, repeatable ids,
//! and a few routes that do nothing but use each extractor.

use std::ffi::OsString;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::routing::{get, post};
use clap::Parser;
use http_body_util::BodyExt;
use paydesk::app::App;
use paydesk::catalogue;
use paydesk::clock::{Clock, SECOND_US};
use paydesk::config::{Config, Secrets, Settings};
use paydesk::http::auth::{AdminOnly, OwnUser, Scoped};
use paydesk::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, RawBody, routes};
use paydesk::ids::Ids;
use paydesk::schema::MIGRATIONS;
use paydesk::tokens::scope;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::testing::TestDatabase;
use tokio::sync::Notify;
use tower::ServiceExt;

/// 2026-01-31T12:00:00Z.
pub(crate) const NOW_SECONDS: i64 = 1_769_860_800;
pub(crate) const JWT_SECRET: &str = "canary-jwt-0123456789abcdef0123456789abcdef";
pub(crate) const ADMIN_TOKEN: &str = "canary-admin-0123456789abcdef";
pub(crate) const STRIPE_KEY: &str = "sk_test_canary0123456789abcdef";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_canary0123456789abcdef";

const CATALOGUE: &str = r#"
[shop]
name = "Test shop"
currency = "usd"

[[credit_pack]]
id = "starter"
name = "Starter pack"
credits = 100
prices = { usd = 1000 }
"#;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

/// A server without a socket.
pub(crate) struct Harness {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) router: Router,
    /// Lets the request that waits at `/probe/hold` go on.
    pub(crate) release: Arc<Notify>,
    /// Told when a request has reached `/probe/hold`.
    pub(crate) arrived: Arc<Notify>,
    _database: TestDatabase,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Harness {
    pub(crate) async fn new() -> Self {
        Self::with(&[], &[("PAYDESK_JWT_SECRET", JWT_SECRET)]).await
    }

    /// A server with these flags and these secrets beside the usual ones.
    pub(crate) async fn with(flags: &[&str], secrets: &[(&str, &str)]) -> Self {
        Self::on(TestDatabase::sqlite(), flags, secrets).await
    }

    pub(crate) async fn on(database: TestDatabase, flags: &[&str], secrets: &[(&str, &str)]) -> Self {
        let settings = Line::try_parse_from(std::iter::once(&"paydesk").chain(flags))
            .unwrap()
            .settings;
        let usual = [
            ("STRIPE_SECRET_KEY", STRIPE_KEY),
            ("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET),
            ("PAYDESK_ADMIN_TOKEN", ADMIN_TOKEN),
        ];
        let secrets = Secrets::read(|name| {
            let given = usual.iter().chain(secrets).find(|(known, _)| *known == name);
            given.map(|(_, value)| OsString::from(value))
        });
        let config = Config::new(settings, secrets.unwrap()).unwrap();
        let clock = Clock::manual(NOW_SECONDS * SECOND_US);
        let ids = Ids::seeded(clock.clone(), 1);
        database.store().migrate(MIGRATIONS).await.unwrap();
        let catalogue = catalogue::parse(CATALOGUE, "paydesk.toml").unwrap();
        let app = App::new(config, clock.clone(), ids, database.store().clone(), catalogue).unwrap();
        let (release, arrived) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (api, _document) = routes::api().split_for_parts();
        let full = api.merge(probes(&release, &arrived));
        let lean = routes::lean().route("/probe/raw", post(raw));
        let router = routes::surrounded(full, lean, app.clone());
        Self {
            app,
            clock,
            router,
            release,
            arrived,
            _database: database,
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(request("GET", path, token).body(Body::empty()).unwrap())
            .await
    }

    /// A POST by the user of the tests, with a key.
    pub(crate) async fn post(&self, path: &str, key: &str, body: &str) -> Answer {
        self.send(keyed(path, &user_token("user_1"), key, body)).await
    }
}

pub(crate) fn request(method: &str, path: &str, token: &str) -> axum::http::request::Builder {
    let builder = Request::builder().method(method).uri(path);
    if token.is_empty() {
        builder
    } else {
        builder.header(header::AUTHORIZATION, format!("Bearer {token}"))
    }
}

pub(crate) fn keyed(path: &str, token: &str, key: &str, body: &str) -> Request<Body> {
    request("POST", path, token)
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_owned()))
        .unwrap()
}

/// A good token for a user, as the application would sign it.
pub(crate) fn user_token(user: &str) -> String {
    let claims = json!({ "sub": user, "exp": NOW_SECONDS + 600 });
    let key = jsonwebtoken::EncodingKey::from_secret(JWT_SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Echo {
    name: String,
    items: Vec<Item>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Item {
    quantity: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u8>,
}

fn probes(release: &Arc<Notify>, arrived: &Arc<Notify>) -> Router<App> {
    let (release, arrived) = (Arc::clone(release), Arc::clone(arrived));
    let hold = move |once: OneTimeJson<Echo>| {
        let (release, arrived) = (Arc::clone(&release), Arc::clone(&arrived));
        async move {
            let one_time = once.one_time;
            arrived.notify_one();
            release.notified().await;
            ApiJson(json!({ "key": one_time.key }))
        }
    };
    Router::new()
        .route(
            "/probe/echo",
            post(|ApiJson(echo): ApiJson<Echo>| async { ApiJson(echo) }),
        )
        .route("/probe/once", post(once))
        .route("/probe/other", post(once))
        .route("/probe/hold", post(hold))
        .route("/probe/users/{user_id}", get(own_user))
        .route(
            "/probe/scoped",
            get(|scoped: Scoped<scope::CreditsSpend>| async move { scoped.caller.identity() }),
        )
        .route("/probe/admin", get(|_: AdminOnly| async { "admin" }))
        .route(
            "/probe/items/{number}",
            get(|ApiPath(number): ApiPath<u32>| async move { number.to_string() }),
        )
        .route(
            "/probe/page",
            get(|ApiQuery(page): ApiQuery<Page>| async move { format!("{:?}", page.limit) }),
        )
        .route("/probe/panic", get(broken))
        .route("/probe/hang", get(std::future::pending::<()>))
        .route("/probe/fault/{which}", get(fault))
}

async fn once(once: OneTimeJson<Echo>) -> ApiJson<Value> {
    let OneTimeJson { one_time, body } = once;
    let fingerprint = hex::encode(one_time.fingerprint);
    ApiJson(json!({ "caller": one_time.caller, "key": one_time.key, "fingerprint": fingerprint, "body": body }))
}

async fn broken() -> &'static str {
    std::panic::panic_any("canary panic")
}

async fn own_user(own: OwnUser<scope::CreditsRead>) -> ApiJson<Value> {
    ApiJson(json!({ "user_id": own.user_id, "caller": own.caller.identity() }))
}

async fn raw(State(_app): State<App>, RawBody(bytes): RawBody) -> String {
    bytes.len().to_string()
}

async fn fault(ApiPath(which): ApiPath<String>) -> Result<(), Problem> {
    Err(match which.as_str() {
        "busy" => store::Error::Busy.into(),
        "full" => store::Error::Full.into(),
        "unknown" => store::Error::Unknown.into(),
        "stopped" => store::Error::Stopped("canary disk".to_owned()).into(),
        "corrupt" => store::Error::Corrupt("canary page".to_owned()).into(),
        "stripe" => stripe::Error::Unreachable {
            detail: "canary host".to_owned(),
        }
        .into(),
        _ => Problem::fault("canary cause"),
    })
}

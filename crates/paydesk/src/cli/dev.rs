//! `paydesk dev`: a server beside its own sandbox Stripe, so that everything can be tried at once.
//!
//! Data stays in one folder between runs; deleting it starts afresh. Only for a developer's machine: it listens on
//! loopback addresses only, because its sandbox accepts anybody's money.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use jsonwebtoken::{EncodingKey, Header};
use sandbox::Sandbox;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::Access;
use tokio::net::TcpListener;

use super::{Failure, catalog, print, serve};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Database, Secrets, Settings};
use crate::ids::Ids;
use crate::pages::shop;
use crate::telemetry;

/// Signs the sandbox's events. Worth nothing anywhere else, and constant so that the endpoint kept in the sandbox's
/// file goes on matching.
const WEBHOOK_SECRET: &str = "whsec_sandbox_on_this_machine_only";
/// Where the sandbox listens unless that is taken: the port that Stripe's own mock has made customary.
const SANDBOX_USUALLY: &str = "127.0.0.1:12111";
/// The path of the webhook.
const WEBHOOK_PATH: &str = "/api/stripe/webhook";
/// The user whose token is printed.
const USER: &str = "user_demo";
/// How long the printed user token is good for, in seconds.
const TOKEN_SECONDS: i64 = 30 * 24 * 3_600;

/// The arguments of `paydesk dev`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The folder for the database and the sandbox's state.
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,

    /// The port to listen on, in place of --listen.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// The address of the sandbox Stripe. Without it 127.0.0.1:12111, or any free port where that one is taken.
    #[arg(long, value_name = "ADDRESS")]
    sandbox_listen: Option<SocketAddr>,

    #[command(flatten)]
    settings: Settings,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        data,
        port,
        sandbox_listen,
        mut settings,
    } = arguments;
    if let Some(port) = port {
        settings.listen.set_port(port);
    }
    if !settings.listen.ip().is_loopback() || sandbox_listen.is_some_and(|address| !address.ip().is_loopback()) {
        return Err(Failure::Usage(
            "dev listens on loopback addresses only; use `paydesk serve` for others".to_owned(),
        ));
    }
    telemetry::begin_logs(&settings.logs, std::io::stderr);
    telemetry::log_panics();
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make the folder {}", data.display()))?;
    if settings.database.is_default() {
        settings.database = Database::in_file(&data.join("paydesk.db"));
    }

    // Both sockets first: each side needs to know the other's address.
    let sandbox_listener = listen_for_sandbox(sandbox_listen).await?;
    let listener = bind(settings.listen, "--port").await?;
    let sandbox_address = sandbox_listener.local_addr().context("the listener has no address")?;
    settings.listen = listener.local_addr().context("the listener has no address")?;
    settings.stripe.stripe_api_base = format!("http://{sandbox_address}");

    let webhook = format!("http://{}{WEBHOOK_PATH}", settings.listen);
    let sandbox = Sandbox::new(sandbox::Config {
        state_file: Some(data.join("sandbox.json")),
        webhook_endpoints: vec![super::sandbox::endpoint(&webhook, WEBHOOK_SECRET)],
        ..sandbox::Config::default()
    });
    settings.stripe.stripe_publishable_key = Some(sandbox.config().publishable_key.clone());
    let secrets = secrets(&Secrets::from_environment()?, &sandbox);
    let app = serve::open(Config::new(settings, secrets)?, Access::Exclusive).await?;

    let asked = serve::signals()?;
    let stop = app.shutdown.clone();
    let serving_sandbox = tokio::spawn(async move {
        sandbox
            .serve(sandbox_listener, async move { stop.requested().await })
            .await;
    });
    catalog::push(&app).await?;
    let token = user_token(&app)?;
    announce(&app.config, &token, &format!("http://{sandbox_address}"));
    let outcome = serve::until_stopped(&app, listener, shop::router(USER, &token), asked).await;
    serving_sandbox.abort();
    outcome
}

async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another with {flag}"))?;
    Ok(listener)
}

async fn listen_for_sandbox(wanted: Option<SocketAddr>) -> Result<TcpListener, Failure> {
    if let Some(address) = wanted {
        return bind(address, "--sandbox-listen").await;
    }
    match TcpListener::bind(SANDBOX_USUALLY).await {
        Ok(listener) => Ok(listener),
        Err(_taken) => bind(SocketAddr::from(([127, 0, 0, 1], 0)), "--sandbox-listen").await,
    }
}

/// The sandbox's secrets, and those of this run where the environment gives none.
fn secrets(given: &Secrets, sandbox: &Sandbox) -> Secrets {
    let ids = Ids::random(Clock::system());
    Secrets {
        stripe_secret_key: Some(SecretString::from(sandbox.config().secret_key.as_str())),
        stripe_webhook_secrets: vec![SecretString::from(WEBHOOK_SECRET)],
        admin_token: Some(given.admin_token.clone().unwrap_or_else(|| ids.random_token("admin"))),
        jwt_secret: Some(given.jwt_secret.clone().unwrap_or_else(|| ids.random_token("jwt"))),
        internal_secret: given.internal_secret.clone(),
    }
}

/// Prints where everything is, and the tokens to try it with.
fn announce(config: &Config, user_token: &str, sandbox: &str) {
    let base = config.public_url();
    let admin = config
        .secrets
        .admin_token
        .as_ref()
        .map_or("", |token| token.expose_secret());
    print(&format!(
        "paydesk {} is ready. Buy something: {base}/shop",
        env!("CARGO_PKG_VERSION")
    ));
    print(&format!("  API reference   {base}/docs"));
    print(&format!("  sandbox Stripe  {sandbox}"));
    print(&format!("  admin token     {admin}"));
    print(&format!("  token of {USER}  {user_token}"));
}

/// A token as the application would sign it, for the user of the shop page.
fn user_token(app: &App) -> Result<String, Failure> {
    let secret = app
        .config
        .secrets
        .jwt_secret
        .as_ref()
        .map_or("", |secret| secret.expose_secret());
    let claims = json!({ "sub": USER, "exp": app.clock.now_seconds() + TOKEN_SECONDS });
    let key = EncodingKey::from_secret(secret.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims, &key).context("the user token cannot be signed")?;
    Ok(token)
}

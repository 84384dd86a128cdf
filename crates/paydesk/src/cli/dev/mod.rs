//! `paydesk dev`: a server beside its own sandbox Stripe, so that everything can be tried at once.
//!
//! Data and tokens stay in one folder between runs; deleting it starts afresh. A new folder begins with a [`demo`].
//! `DATABASE_URL` is not looked at, so that a shell that is set up for production does not get a sandbox's data. Only for a
//! developer's machine: it listens on loopback addresses only, because its sandbox accepts anybody's money.
//!
//! What must not live here: anything that a server in production could run.

mod demo;

use std::fs::OpenOptions;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use jsonwebtoken::{EncodingKey, Header};
use sandbox::{EndpointConfig, Sandbox};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::Access;
use tokio::net::TcpListener;

use demo::{Folder, Holds, Scenery};

use super::serve::Doors;
use super::{Failure, catalog, note, operator, print, serve};
use crate::app::App;
use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::config::{Config, Database, Network, Secrets, Settings, socket_address};
use crate::console;
use crate::ids::Ids;
use crate::pages::shop;
use crate::sign_in::{self, Role};
use crate::telemetry;

/// Signs the sandbox's events. Worth nothing anywhere else, and constant so that the endpoint kept in the sandbox's
/// file goes on matching.
const WEBHOOK_SECRET: &str = "whsec_sandbox_on_this_machine_only";
/// Where the sandbox listens unless that is taken: the port that Stripe's own mock has made customary.
const SANDBOX_USUALLY: &str = "127.0.0.1:12111";
/// The path of the webhook.
const WEBHOOK_PATH: &str = "/api/stripe/webhook";
/// The same for events of connected accounts, under an alias: an endpoint has an address of its own.
const CONNECT_WEBHOOK_PATH: &str = "/api/webhooks/stripe";
/// The user whose token is printed.
const USER: &str = "user_demo";
/// The operator whom the printed link signs in.
const OPERATOR: &str = "developer";
/// How long the printed user token is good for, in seconds.
const TOKEN_SECONDS: i64 = 30 * 24 * 3_600;

/// The arguments of `paydesk dev`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The folder for the database and the sandbox's state.
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,

    /// Begin with an empty shop. Without it a new data folder begins with a demo: some time of an invented shop, played
    /// through the sandbox. It is made once for a folder, and not where --database names another database.
    #[arg(long)]
    empty: bool,

    /// How many days the demo tells of.
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 365,
        value_parser = clap::value_parser!(i64).range(1..=730)
    )]
    demo_days: i64,

    /// The port to listen on, in place of --listen.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// The address of the sandbox Stripe. Without it 127.0.0.1:12111, or any free port where that one is taken.
    #[arg(long, value_name = "ADDRESS", value_parser = socket_address)]
    sandbox_listen: Option<SocketAddr>,

    #[command(flatten)]
    settings: Settings,
}

/// Where the sandbox delivers: its own events, and under an alias those of connected accounts.
fn endpoints(listen: SocketAddr) -> Vec<EndpointConfig> {
    let own = super::sandbox::endpoint(&format!("http://{listen}{WEBHOOK_PATH}"), WEBHOOK_SECRET);
    let connected = super::sandbox::endpoint(&format!("http://{listen}{CONNECT_WEBHOOK_PATH}"), WEBHOOK_SECRET);
    vec![
        own,
        EndpointConfig {
            connect: true,
            ..connected
        },
    ]
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        data,
        empty,
        demo_days,
        port,
        sandbox_listen,
        mut settings,
    } = arguments;
    if let Some(port) = port {
        settings.listen.set_port(port);
    }
    let others = [sandbox_listen, settings.internal_listen];
    if !settings.listen.ip().is_loopback() || others.iter().flatten().any(|address| !address.ip().is_loopback()) {
        return Err(Failure::Usage(
            "dev listens on loopback addresses only; use `paydesk serve` for others".to_owned(),
        ));
    }
    telemetry::begin_logs(&settings.logs, std::io::stderr);
    telemetry::log_panics();
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make the folder {}", data.display()))?;
    if Database::is_in_environment() {
        note("DATABASE_URL is ignored: dev uses its own data, or the --database that is given");
    }
    tell_this_machine(&mut settings);
    let has_own_database = settings.database.database.is_empty();
    if has_own_database {
        settings.database = Database::in_file(&data.join(demo::DATABASE));
    }
    let catalogue = serve::load_catalogue(&settings)?;
    let sockets = bind(&mut settings, sandbox_listen).await?;
    let sandbox = sandbox::Config {
        state_file: Some(data.join(demo::STATE)),
        merchant_name: catalogue.shop_name.clone(),
        webhook_endpoints: endpoints(settings.listen),
        ..sandbox::Config::default()
    };
    settings.stripe.stripe_publishable_key = Some(sandbox.publishable_key.clone());
    let given = Secrets::from_environment()?;
    let secrets = secrets(&given, &sandbox, &data)?;
    let ground = Ground {
        config: Config::new(settings, secrets)?,
        catalogue,
        sandbox,
    };
    let mut asked = std::pin::pin!(serve::signals()?);
    if has_own_database {
        let begun = begin(&data, &ground, &sockets, (!empty).then_some(demo_days));
        tokio::select! {
            begun = Box::pin(begun) => begun?,
            () = asked.as_mut() => return Ok(()),
        }
    }
    develop(ground, sockets, &given, asked).await
}

/// What server and sandbox start from.
struct Ground {
    config: Config,
    catalogue: Catalogue,
    sandbox: sandbox::Config,
}

/// Where they listen.
struct Sockets {
    doors: Doors,
    sandbox: TcpListener,
}

/// Takes both sockets before anything else: each side needs to know the other's address, which is told to the settings.
async fn bind(settings: &mut Settings, sandbox_listen: Option<SocketAddr>) -> Result<Sockets, Failure> {
    let sandbox = listen_for_sandbox(sandbox_listen).await?;
    let listener = serve::bind(settings.listen, "--port").await?;
    let internal = serve::bind_internal(settings).await?;
    let sandbox_address = sandbox.local_addr().context("the listener has no address")?;
    settings.listen = listener.local_addr().context("the listener has no address")?;
    settings.stripe.stripe_api_base = format!("http://{sandbox_address}");
    Ok(Sockets {
        doors: Doors { listener, internal },
        sandbox,
    })
}

/// Serves both until asked to stop.
async fn develop(
    ground: Ground,
    sockets: Sockets,
    given: &Secrets,
    asked: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let sandbox = Sandbox::new(ground.sandbox);
    let app = serve::open(ground.config, Access::Exclusive, ground.catalogue).await?;
    let stop = app.shutdown.clone();
    let serving_sandbox = tokio::spawn(async move {
        sandbox
            .serve(sockets.sandbox, async move { stop.requested().await })
            .await;
    });
    catalog::push(&app).await?;
    let token = user_token(&app)?;
    announce(&app.config, given, &token, console_link(&app).await?.as_deref());
    let outcome = serve::until_stopped(&app, sockets.doors, shop::router(USER, &token), asked).await;
    app.shutdown.begin();
    // The sandbox writes its state when it stops; what a buyer did a moment ago must be there after the next start.
    if tokio::time::timeout(app.config.settings.limits.drain_timeout(), serving_sandbox)
        .await
        .is_err()
    {
        tracing::warn!("the sandbox did not stop in time; its last changes may be lost");
    }
    outcome
}

/// The same socket once more, for whoever uses it first. What comes to it in between waits for whoever is next.
fn again(listener: &TcpListener) -> Result<TcpListener, Failure> {
    let copied = || {
        let copy = listener.as_fd().try_clone_to_owned()?;
        TcpListener::from_std(std::net::TcpListener::from(copy))
    };
    Ok(copied().context("a listening socket cannot be used twice")?)
}

/// Makes the demo of a data folder that is new, of so many days, or none. A demo that cannot be made keeps nothing from
/// starting.
async fn begin(data: &Path, ground: &Ground, sockets: &Sockets, days: Option<i64>) -> Result<(), Failure> {
    let (folder, holds) = Folder::take(data)?;
    let Some(days) = days.filter(|_| holds != Holds::Data) else {
        return Ok(());
    };
    if holds == Holds::UnfinishedDemo {
        note("the demo was not finished the last time, and is made anew");
    }
    note(&format!(
        "making a demo: {days} days of an invented shop, once for this folder (--empty begins without it)"
    ));
    let scenery = Scenery {
        settings: ground.config.settings.clone(),
        catalogue: ground.catalogue.clone(),
        sandbox: ground.sandbox.clone(),
        webhook_secret: SecretString::from(WEBHOOK_SECRET),
        listener: again(&sockets.doors.listener)?,
        sandbox_listener: again(&sockets.sandbox)?,
    };
    match demo::make(&folder, scenery, Clock::system().now_seconds(), days).await {
        Ok(told) => note(&told.to_string()),
        Err(error) => note(&format!(
            "the demo could not be made, and the shop begins empty: {error:#}"
        )),
    }
    Ok(())
}

/// The application that is told runs on the same machine, unless it is said where else.
fn tell_this_machine(settings: &mut Settings) {
    let allowed = &mut settings.courier.webhook_allowed_subnets;
    if allowed.is_empty() {
        let here = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        allowed.extend(here.map(Network::from));
    }
}

async fn listen_for_sandbox(wanted: Option<SocketAddr>) -> Result<TcpListener, Failure> {
    if let Some(address) = wanted {
        return serve::bind(address, "--sandbox-listen").await;
    }
    match TcpListener::bind(SANDBOX_USUALLY).await {
        Ok(listener) => Ok(listener),
        Err(_taken) => serve::bind(SocketAddr::from(([127, 0, 0, 1], 0)), "--sandbox-listen").await,
    }
}

/// The sandbox's secrets, and where the environment gives none, those that are kept in the data folder.
fn secrets(given: &Secrets, sandbox: &sandbox::Config, data: &Path) -> Result<Secrets, Failure> {
    let kept = |given: &Option<SecretString>, prefix: &str, name: &str| match given {
        Some(secret) => Ok(secret.clone()),
        None => kept_secret(&data.join(name), prefix),
    };
    Ok(Secrets {
        stripe_secret_key: Some(SecretString::from(sandbox.secret_key.as_str())),
        stripe_webhook_secrets: vec![SecretString::from(WEBHOOK_SECRET)],
        internal_secrets: given.internal_secrets.clone(),
        admin_token: Some(kept(&given.admin_token, "admin", "admin-token")?),
        jwt_secret: Some(kept(&given.jwt_secret, "jwt", "jwt-secret")?),
        smtp_url: given.smtp_url.clone(),
    })
}

/// The secret in this file, made at the first run, so that what was copied from the banner works after a restart.
fn kept_secret(path: &Path, prefix: &str) -> Result<SecretString, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => return Ok(SecretString::from(text.trim())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context(format!("cannot read {}", path.display()))
                .into());
        }
    }
    let secret = Ids::random(Clock::system()).random_token(prefix);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| writeln!(file, "{}", secret.expose_secret()))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(secret)
}

/// Prints where everything is, and what to try it with. What the environment gave is not shown: it may be worth
/// something elsewhere.
fn announce(config: &Config, given: &Secrets, user_token: &str, console: Option<&str>) {
    let base = config.public_url();
    let admin = match (&given.admin_token, &config.secrets.admin_token) {
        (None, Some(token)) => token.expose_secret(),
        _ => "the one in PAYDESK_ADMIN_TOKEN",
    };
    let user_token = match given.jwt_secret {
        None => user_token,
        Some(_) => "not shown, because it is signed with the PAYDESK_JWT_SECRET of the environment",
    };
    let key = config.secrets.stripe_secret_key.as_ref();
    let key = key.map_or("", |key| key.expose_secret());
    let database = config.settings.database.flag();
    print(&format!(
        "paydesk {} is ready. Buy something: {base}/shop",
        env!("CARGO_PKG_VERSION")
    ));
    if let Some(link) = console {
        print(&format!("  console         {link}"));
        print("                  (signs in once, within 15 minutes)");
        print(&format!(
            "  another link    paydesk operator invite NAME --role admin --public-url {base} {database}"
        ));
    } else {
        print("  console         not in this binary; to have it: cargo xtask console, then build paydesk again");
    }
    print(&format!("  API reference   {base}/docs"));
    print(&format!("  sandbox Stripe  {}", config.settings.stripe.stripe_api_base));
    print(&format!("  secret key      {key}"));
    print(&format!("  webhook secret  {WEBHOOK_SECRET}"));
    print(&format!("  other commands  {database}"));
    print(&format!("  admin token     {admin}"));
    print(&format!("  token of {USER}  {user_token}"));
}

/// A link that signs a developer in to the console, who may do everything there; none where the console was not built.
async fn console_link(app: &App) -> Result<Option<String>, Failure> {
    if !console::is_built() {
        return Ok(None);
    }
    let invited = sign_in::invite(&app.store, &app.clock, &app.ids, OPERATOR, Some(Role::Admin)).await?;
    let link = operator::link(&app.config.public_url(), invited.secret.expose_secret());
    Ok(Some(link))
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

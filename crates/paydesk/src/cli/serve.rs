//! `paydesk serve`: the server.
//!
//! Takes its port, opens the store, brings its schema up to date, works; prints one line when ready. Ends when asked to
//! (SIGTERM, ctrl-c), after requests in flight had their time, or with code 70 when the store has failed.

use std::net::SocketAddr;

use anyhow::Context;
use axum::Router;
use clap::Args;
use store::{Access, Options, Store};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use super::{Failure, print};
use crate::app::App;
use crate::catalogue::{self, Catalogue};
use crate::clock::Clock;
use crate::config::{Config, Secrets, Settings};
use crate::http::{routes, server};
use crate::ids::Ids;
use crate::schema::MIGRATIONS;
use crate::{
    books, courier, credits, deployment, inbox, payouts, purchases, reports, subscriptions, telemetry, top_ups,
};

/// The arguments of `paydesk serve`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut config = Config::new(arguments.settings, Secrets::from_environment()?)?;
    telemetry::begin_logs(&config.settings.logs, std::io::stderr);
    telemetry::log_panics();
    if config.settings.role.serves() {
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
    }
    let catalogue = load_catalogue(&config.settings)?;
    // The port first: where it is taken, the schema must not have been changed.
    let listener = bind(config.settings.listen, "--listen").await?;
    let address = listener.local_addr().context("the listener has no address")?;
    config.settings.listen = address;
    let internal = bind_internal(&config.settings).await?;
    let app = open(config, Access::Exclusive, catalogue).await?;
    let stop = signals()?;
    let mode = if app.config.livemode { "live" } else { "test" };
    print(&format!(
        "paydesk {} is ready on http://{address} ({mode} mode)",
        env!("CARGO_PKG_VERSION")
    ));
    until_stopped(&app, Doors { listener, internal }, Router::new(), stop).await
}

/// Where a server listens.
pub(super) struct Doors {
    /// For everybody.
    pub(super) listener: TcpListener,
    /// For edges only.
    pub(super) internal: Option<TcpListener>,
}

/// Reads the catalogue that the settings name.
pub(super) fn load_catalogue(settings: &Settings) -> Result<Catalogue, Failure> {
    catalogue::load(&settings.catalogue).map_err(|error| Failure::Usage(error.to_string()))
}

/// Opens and migrates the store, and joins the parts of the application.
pub(super) async fn open(config: Config, access: Access, catalogue: Catalogue) -> Result<App, Failure> {
    let options = Options {
        access,
        ..Options::default()
    };
    open_on(Clock::system(), options, config, catalogue).await
}

/// The same, on this clock and with these options of the store.
pub(super) async fn open_on(
    clock: Clock,
    options: Options,
    config: Config,
    catalogue: Catalogue,
) -> Result<App, Failure> {
    if let Some(point) = &config.settings.crash_point {
        arm(point)?;
    }
    let store = Store::open(&config.settings.database.database, options)?;
    store.migrate(MIGRATIONS).await?;
    deployment::bind(&store, config.livemode)
        .await
        .map_err(|error| match error {
            deployment::BindError::Store(error) => Failure::from(error),
            other @ deployment::BindError::OtherMode { .. } => Failure::Usage(other.to_string()),
        })?;
    let ids = Ids::random(clock.clone());
    let app = App::new(config, clock, ids, store, catalogue)?;
    if app.config.settings.role.works() {
        courier::prepare(&app).await?;
    }
    Ok(app)
}

/// Takes an address to listen on. `flag` is how to choose another.
pub(super) async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another with {flag}"))?;
    Ok(listener)
}

/// Takes the address for edges, where there is one and this process serves.
pub(super) async fn bind_internal(settings: &Settings) -> Result<Option<TcpListener>, Failure> {
    match settings.internal_listen {
        Some(wanted) if settings.role.serves() => bind(wanted, "--internal-listen").await.map(Some),
        _ => Ok(None),
    }
}

/// Serves and works until a signal comes or the store fails. `more` are routes beside the usual ones.
pub(super) async fn until_stopped(
    app: &App,
    doors: Doors,
    more: Router<App>,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let role = app.config.settings.role;
    let mut tasks = JoinSet::new();
    tasks.spawn(app.metrics.clone().fold(app.shutdown.clone()));
    if role.works() {
        begin_work(app, &mut tasks);
    }
    let router = if role.serves() {
        routes::router(app.clone(), more)
    } else {
        routes::worker_router(app.clone())
    };
    let limits = &app.config.settings.limits;
    let serving = async {
        let public = server::serve(doors.listener, router, limits, &app.shutdown);
        let Some(internal) = doors.internal else {
            return public.await;
        };
        let internal = server::serve(internal, routes::internal_router(app.clone()), limits, &app.shutdown);
        let (public, internal) = tokio::join!(public, internal);
        public + internal
    };
    let mut serving = std::pin::pin!(serving);
    let mut stop = std::pin::pin!(stop);

    let mut outcome = Ok(());
    let cut = loop {
        let stopping = app.shutdown.is_requested();
        tokio::select! {
            cut = serving.as_mut() => break cut,
            () = stop.as_mut(), if !stopping => {
                tracing::info!("asked to stop; finishing what is in flight");
                app.shutdown.begin();
            }
            reason = app.store.failed(), if outcome.is_ok() => {
                // Requests in flight are answered 503 by the store's own error while the server drains.
                tracing::error!(reason, "the store has failed; stopping");
                outcome = Err(Failure::StoreFailed(reason));
                app.shutdown.begin();
            }
            Some(ended) = tasks.join_next(), if !stopping => {
                let reason = ended.err().map_or_else(|| "it returned".to_owned(), |error| error.to_string());
                outcome = Err(Failure::Failed(anyhow::anyhow!("a background task ended early: {reason}")));
                app.shutdown.begin();
            }
        }
    };
    if cut > 0 {
        tracing::warn!(
            connections = cut,
            "connections were cut because they did not finish in time"
        );
    }
    drain(app, tasks).await;
    outcome
}

/// Starts what a worker does: claiming events, recovering intents, reading subscriptions, expiring credits, filling wallets
/// up, sending messages, asking for fees, counting for reports. Each task ends
/// when the application's shutdown is requested; one that ends before stops the process.
fn begin_work(app: &App, tasks: &mut JoinSet<()>) {
    tasks.spawn(inbox::run(app.clone()));
    tasks.spawn(purchases::run_recovery(app.clone()));
    tasks.spawn(subscriptions::run(app.clone()));
    tasks.spawn(books::run_sealing(app.clone()));
    tasks.spawn(credits::run_expiry(app.clone()));
    tasks.spawn(top_ups::run(app.clone()));
    tasks.spawn(courier::run(app.clone()));
    tasks.spawn(purchases::run_fees(app.clone()));
    tasks.spawn(reports::run(app.clone()));
    tasks.spawn(payouts::run(app.clone()));
}

/// Gives the background tasks their time to end.
async fn drain(app: &App, mut tasks: JoinSet<()>) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(app.config.settings.limits.drain_timeout(), all)
        .await
        .is_err()
    {
        tracing::warn!("background tasks did not end in time; what they had claimed is taken up after the next start");
    }
}

/// Listens for the request to stop (SIGTERM, ctrl-c) from now on; the returned future ends when it comes. Called before
/// the process says that it is ready, so that no request to stop falls in between.
pub(super) fn signals() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for ctrl-c")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Arms a crash point, written as `name` or `name:nth`.
fn arm(point: &str) -> Result<(), Failure> {
    let (name, nth) = match point.rsplit_once(':') {
        Some((name, nth)) => {
            let nth = nth
                .parse()
                .map_err(|_| Failure::Usage(format!("`{point}` is not a crash point: name[:nth]")))?;
            (name, nth)
        }
        None => (point, 1),
    };
    store::crash_point::arm(name, nth);
    Ok(())
}

//! The stage: the product as it will be served, at the same addresses, beside its sandbox, on clocks that stand still until
//! they are turned. The sandbox delivers its signed events; what the application does by itself is done when it is told to,
//! by the very functions that its tasks run.
//!
//! Its secrets are its own: whoever else comes to the addresses meanwhile is nobody here.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use axum::Router;
use sandbox::Sandbox;
use secrecy::SecretString;
use store::Options;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::caller::{Caller, Credentials};
use crate::app::App;
use crate::catalogue::{self, Catalogue};
use crate::cli::serve;
use crate::clock::{Clock, SECOND_US};
use crate::config::{Config, Database, Role, Secrets, Settings};
use crate::http::{routes, server};
use crate::ids::Ids;
use crate::{books, credits, inbox, payouts, purchases, reports, subscriptions, top_ups};

/// How long the sandbox may take to deliver what it has to, and a database to close. Far more than either takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// Events that the sandbox delivers at once, so that they share what their keeping costs.
const DELIVERIES_AT_ONCE: usize = 8;
/// A limit that nobody reaches: all people of the demo come from one address, and many in one moment of its clock.
const PER_MINUTE: u32 = 60_000_000;

/// What is put on the stage.
pub(in super::super) struct Scenery {
    /// The settings that the product will be served with.
    pub(in super::super) settings: Settings,
    pub(in super::super) catalogue: Catalogue,
    /// The sandbox as it will be.
    pub(in super::super) sandbox: sandbox::Config,
    /// The secret that the sandbox signs with.
    pub(in super::super) webhook_secret: SecretString,
    /// Where the application listens.
    pub(in super::super) listener: TcpListener,
    /// Where the sandbox listens.
    pub(in super::super) sandbox_listener: TcpListener,
}

/// The application and its sandbox at some moment.
pub(super) struct Stage {
    pub(super) app: App,
    pub(super) caller: Caller,
    sandbox: Sandbox,
    /// The moment, unix seconds.
    now_s: i64,
    serving: JoinSet<()>,
}

impl Stage {
    /// Puts everything up, on a new database, at a moment in the past.
    pub(super) async fn set_up(scenery: Scenery, database: &Path, begin_s: i64) -> anyhow::Result<Self> {
        let Scenery {
            settings,
            catalogue,
            sandbox,
            webhook_secret,
            listener,
            sandbox_listener,
        } = scenery;
        let sandbox = Sandbox::new(sandbox::Config {
            deterministic: true,
            start_time: Some(begin_s),
            deliveries_at_once: Some(DELIVERIES_AT_ONCE),
            // It is written once, when all is done.
            state_file: None,
            ..sandbox
        });
        let clock = Clock::manual(begin_s.saturating_mul(SECOND_US));
        let ids = Ids::random(clock.clone());
        let credentials = Credentials {
            operator: ids.random_token("admin"),
            signing: ids.random_token("jwt"),
        };
        let secrets = Secrets {
            stripe_secret_key: Some(SecretString::from(sandbox.config().secret_key.as_str())),
            stripe_webhook_secrets: vec![webhook_secret],
            admin_token: Some(credentials.operator.clone()),
            jwt_secret: Some(credentials.signing.clone()),
            ..Secrets::default()
        };
        let config = Config::new(adapted(settings, database), secrets).map_err(|error| anyhow!("{error}"))?;
        let base = format!("http://{}", config.settings.listen);
        let sandbox_base = config.settings.stripe.stripe_api_base.clone();
        // What is cut off is thrown away, and what is done is flushed when it is moved to where it belongs.
        let options = Options {
            durable: false,
            ..Options::default()
        };
        let app = serve::open_on(clock.clone(), options, config, catalogue)
            .await
            .map_err(|failure| anyhow!("{failure}"))?;
        let mut serving = JoinSet::new();
        serving.spawn(serve_sandbox(sandbox.clone(), sandbox_listener, app.clone()));
        serving.spawn(serve_application(app.clone(), listener));
        let stage = Self {
            caller: Caller::new(base, sandbox_base, credentials, clock)?,
            app,
            sandbox,
            now_s: begin_s,
            serving,
        };
        stage.push_catalogue().await?;
        Ok(stage)
    }

    async fn push_catalogue(&self) -> anyhow::Result<()> {
        let app = &self.app;
        let now_us = app.clock.now_us();
        catalogue::push(&app.catalogue, &app.stripe, &app.store, &app.ids, now_us, |_| {})
            .await
            .context("the catalogue could not be pushed to the sandbox")?;
        Ok(())
    }

    /// The moment, unix seconds.
    pub(super) fn now_s(&self) -> i64 {
        self.now_s
    }

    /// Lets time pass until a moment, and handles what came of it.
    pub(super) async fn turn_to(&mut self, at_s: i64) -> anyhow::Result<()> {
        let seconds = u64::try_from(at_s - self.now_s).unwrap_or(0);
        if seconds == 0 {
            return Ok(());
        }
        // The application's clock first: what the sandbox then delivers is signed with the later time.
        self.app.clock.advance(Duration::from_secs(seconds));
        self.sandbox.advance(at_s - self.now_s);
        self.now_s = at_s;
        self.settle().await
    }

    /// Waits until the sandbox has delivered everything, and handles what came in, until nothing more comes of it.
    pub(super) async fn settle(&self) -> anyhow::Result<()> {
        let app = &self.app;
        loop {
            if !self.sandbox.drain(PATIENCE).await {
                bail!("the sandbox could not deliver its events");
            }
            let mut handled = 0;
            loop {
                match inbox::work(app).await {
                    0 => break,
                    some => handled += some,
                }
            }
            if handled == 0 {
                return Ok(());
            }
            while subscriptions::work(app).await? + payouts::work(app).await? > 0 {}
        }
    }

    /// Makes the refunds that were decided, and handles what came of them.
    pub(super) async fn make_refunds(&self) -> anyhow::Result<()> {
        while purchases::recover_refunds(&self.app).await? > 0 {}
        self.settle().await
    }

    /// Looks at wallets that run low, and handles what came of it.
    pub(super) async fn look_at_wallets(&self) -> anyhow::Result<()> {
        if top_ups::look(&self.app).await?.begun > 0 {
            self.settle().await?;
        }
        Ok(())
    }

    /// Everything that the application does by itself now and then.
    pub(super) async fn night(&self) -> anyhow::Result<()> {
        let app = &self.app;
        while purchases::recover(app).await? > 0 {}
        subscriptions::commands::recover(app).await?;
        self.make_refunds().await?;
        while subscriptions::work(app).await? + payouts::work(app).await? > 0 {}
        self.look_at_wallets().await?;
        credits::expire(app).await?;
        while purchases::fill_fees(app).await? > 0 {}
        self.settle().await?;
        while books::seal(&app.store, app.clock.now_us()).await? > 0 {}
        reports::count(&app.store).await?;
        Ok(())
    }

    /// Takes everything down, and writes what the sandbox remembers into this file. The database is closed then.
    pub(super) async fn take_down(mut self, state: &Path) -> anyhow::Result<()> {
        let closed = self.app.store.closed();
        self.app.shutdown.begin();
        drop(self.caller);
        while self.serving.join_next().await.is_some() {}
        self.sandbox
            .write_state(state)
            .with_context(|| format!("cannot write {}", state.display()))?;
        drop((self.app, self.sandbox));
        tokio::time::timeout(PATIENCE, closed)
            .await
            .context("the database of the demo could not be closed")
    }
}

async fn serve_sandbox(sandbox: Sandbox, listener: TcpListener, app: App) {
    sandbox
        .serve(listener, async move { app.shutdown.requested().await })
        .await;
}

async fn serve_application(app: App, listener: TcpListener) {
    let router = routes::router(app.clone(), Router::new());
    server::serve(listener, router, &app.config.settings.limits, &app.shutdown).await;
}

/// The settings as the stage needs them: its own database, nobody told outside of it, and no bound on how much may happen in
/// one moment of a clock that stands still.
fn adapted(mut settings: Settings, database: &Path) -> Settings {
    settings.database = Database::in_file(database);
    settings.role = Role::All;
    settings.internal_listen = None;
    settings.crash_point = None;
    settings.courier.mail_from = None;
    settings.callers.jwks_url = None;
    settings.callers.jwt_issuer = None;
    settings.callers.jwt_audience = None;
    settings.limits.address_per_minute = PER_MINUTE;
    settings.limits.user_per_minute = PER_MINUTE;
    settings.limits.service_per_minute = PER_MINUTE;
    settings
}

//! What every part of the running application shares, made once at start and passed down.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use secrecy::SecretString;
use store::{BatchLimits, Store};
use stripe::signature::SigningSecret;

use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::http::Surroundings;
use crate::http::auth::Verifier;
use crate::http::one_time::InFlight;
use crate::http::origins::Origins;
use crate::ids::Ids;
use crate::shutdown::Shutdown;
use crate::telemetry::Metrics;
use crate::tokens::Directory;
use crate::{books, courier, credits, hop, inbox, purchases, reports, subscriptions, top_ups, updates};

/// The application's shared parts; cheap to clone. Reads like a struct: `app.clock.now_us()`.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The shared parts.
pub struct Parts {
    /// The configuration, checked.
    pub config: Config,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where ids and tokens come from.
    pub ids: Ids,
    /// Where the data is.
    pub store: Store,
    /// The way to Stripe.
    pub stripe: stripe::Client,
    /// What the process tells about itself.
    pub metrics: Metrics,
    /// What is for sale.
    pub catalogue: Arc<Catalogue>,
    /// The secrets that webhooks may be signed with.
    pub webhook_secrets: Vec<SigningSecret>,
    /// The secrets that edges may have signed with.
    pub internal_secrets: Vec<hop::proof::Secret>,
    /// The way of events into the inbox.
    pub appends: inbox::Appends,
    /// The way of events through the worker.
    pub handling: inbox::Handling,
    /// The way of changes into wallets.
    pub changes: credits::Changes,
    /// The way of credits into holds and out of them.
    pub holds: credits::holds::Holds,
    /// The way of wallets that run low into a look.
    pub looks: top_ups::Looks,
    /// What takes messages to others.
    pub carrier: Arc<courier::Carrier>,
    /// Verifies the tokens of the application's users.
    pub verifier: Verifier,
    /// Verifies service tokens.
    pub tokens: Directory,
    /// What surrounds every request.
    pub surroundings: Surroundings,
    /// The keyed actions this process is working on.
    pub in_flight: InFlight,
    /// The streams of live updates that are open.
    pub updates: updates::Streams,
    /// The request to stop; every loop of the process ends on it.
    pub shutdown: Shutdown,
}

impl App {
    /// Joins the parts. The store must have been migrated.
    pub fn new(
        config: Config,
        clock: Clock,
        ids: Ids,
        store: Store,
        catalogue: Catalogue,
    ) -> Result<Self, ConfigError> {
        let stripe = stripe_client(&config, &ids)?;
        let verifier = Verifier::new(&config, clock.clone())?;
        let proxies = config.settings.callers.trusted_proxies.clone();
        let origins = Origins::new(&config.settings.return_origins);
        let surroundings = Surroundings::new(&config.settings.limits, proxies, origins, &clock, &ids);
        let webhook_secrets = config.secrets.webhook_keys()?;
        let internal_secrets = config.secrets.internal_keys()?;
        // The recorder first: what is described before it is there is forgotten.
        let metrics = Metrics::begin();
        inbox::describe_metrics();
        credits::describe_metrics();
        top_ups::describe_metrics();
        subscriptions::describe_metrics();
        books::describe_metrics();
        courier::describe_metrics();
        reports::describe_metrics();
        purchases::describe_metrics();
        let catalogue = Arc::new(catalogue);
        // Every change of a wallet moves credits to or from the same accounts of the house.
        let one_at_a_time = BatchLimits {
            max_flushes: 1,
            ..BatchLimits::default()
        };
        let carrier = Arc::new(courier::Carrier::of(&config)?);
        Ok(Self(Arc::new(Parts {
            carrier,
            appends: inbox::appends(&store, BatchLimits::default()),
            handling: inbox::handling(
                &store,
                clock.clone(),
                config.settings.policies,
                Arc::clone(&catalogue),
                BatchLimits::default(),
            ),
            changes: credits::changes(&store, clock.clone(), one_at_a_time),
            looks: top_ups::looks(&store),
            holds: credits::holds::holds(&store, clock.clone(), one_at_a_time),
            catalogue,
            webhook_secrets,
            internal_secrets,
            config,
            clock,
            ids,
            store,
            stripe,
            metrics,
            verifier,
            tokens: Directory::default(),
            surroundings,
            in_flight: InFlight::default(),
            updates: updates::Streams::default(),
            shutdown: Shutdown::new(),
        })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<App> for Surroundings {
    fn from_ref(app: &App) -> Self {
        app.surroundings.clone()
    }
}

/// The client that the configuration describes, with its jitter from the injected generator.
fn stripe_client(config: &Config, ids: &Ids) -> Result<stripe::Client, ConfigError> {
    let settings = &config.settings.stripe;
    let key = config
        .secrets
        .stripe_secret_key
        .clone()
        .unwrap_or_else(|| SecretString::from(""));
    let mut wanted = stripe::ClientConfig::new(&settings.stripe_api_base, key);
    wanted.api_version.clone_from(&settings.stripe_api_version);
    let ids = ids.clone();
    let jitter = Arc::new(move || {
        let mut bytes = [0; 8];
        ids.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    });
    stripe::Client::new(wanted, jitter)
        .map_err(|error| ConfigError(format!("The client of Stripe cannot be made: {error}.")))
}

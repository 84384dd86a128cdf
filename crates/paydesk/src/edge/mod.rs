//! The edge: the outer one of two tiers. It verifies what Stripe sends, logs it, forwards it to the core, and tells Stripe
//! what the core said.
//!
//! Promises: Stripe hears 2xx only after the core has committed the event; whatever else happens it hears 5xx, and sends it
//! again. An edge keeps nothing, so it may die at any moment. What must not live here: a store, a key of Stripe's, anything
//! that an event means.

mod core;
mod forward;
mod routes;

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use stripe::signature::SigningSecret;

use crate::clock::Clock;
use crate::config::{ConfigError, EdgeConfig};
use crate::http::Surroundings;
use crate::http::origins::Origins;
use crate::ids::Ids;
use crate::shutdown::Shutdown;
use crate::telemetry::Metrics;

use forward::Forwarding;
pub use routes::{KINDS, router};

/// The parts of a running edge; cheap to clone. Reads like a struct.
#[derive(Clone)]
pub struct Edge(Arc<Parts>);

/// The parts.
pub struct Parts {
    /// The configuration, checked.
    pub config: EdgeConfig,
    /// Where the time comes from.
    pub clock: Clock,
    /// What surrounds every request.
    pub surroundings: Surroundings,
    /// What the process tells about itself.
    pub metrics: Metrics,
    /// The request to stop.
    pub shutdown: Shutdown,
    /// The secrets that webhooks may be signed with.
    webhook_secrets: Vec<SigningSecret>,
    /// The way to the core.
    forwarding: Forwarding,
}

impl Edge {
    /// Joins the parts, and begins to forward what comes. To be called on the runtime.
    pub fn new(config: EdgeConfig, clock: Clock, ids: &Ids) -> Result<Self, ConfigError> {
        let webhook_secrets = config.secrets.webhook_keys()?;
        let surroundings = Surroundings::new(&config.settings.limits, Vec::new(), Origins::default(), &clock, ids);
        // The recorder first: what is described before it is there is forgotten.
        let metrics = Metrics::begin();
        crate::inbox::describe_metrics_of_deliveries();
        forward::describe_metrics();
        let core = core::Core::new(&config, clock.clone())?;
        let forwarding = Forwarding::begin(core, config.settings.forward_waiting_max);
        Ok(Self(Arc::new(Parts {
            config,
            clock,
            surroundings,
            metrics,
            shutdown: Shutdown::new(),
            webhook_secrets,
            forwarding,
        })))
    }
}

impl Deref for Edge {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Edge> for Surroundings {
    fn from_ref(edge: &Edge) -> Self {
        edge.surroundings.clone()
    }
}

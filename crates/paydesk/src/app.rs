//! What every part of the running application shares, made once at start and passed down.

use std::ops::Deref;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::http::auth::Verifier;
use crate::http::one_time::InFlight;
use crate::http::rates::Rates;
use crate::ids::Ids;

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
    /// Verifies the tokens of the application's users.
    pub verifier: Verifier,
    /// Limits on callers.
    pub rates: Rates,
    /// The keyed actions this process is working on.
    pub in_flight: InFlight,
}

impl App {
    /// Joins the parts.
    pub fn new(config: Config, clock: Clock, ids: Ids) -> Result<Self, ConfigError> {
        let verifier = Verifier::new(&config, clock.clone())?;
        let proxies = config.settings.callers.trusted_proxies.clone();
        let rates = Rates::new(&config.settings.limits, proxies, clock.clone());
        Ok(Self(Arc::new(Parts {
            config,
            clock,
            ids,
            verifier,
            rates,
            in_flight: InFlight::default(),
        })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

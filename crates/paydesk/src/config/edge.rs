//! The configuration of an edge: where it listens, where it forwards to, its limits. It knows no database and no Stripe key.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::checks::{check_limits, check_url, refuse, socket_address};
use super::{ConfigError, Limits, Logs, Secrets};

/// Everything of an edge that is not secret.
#[derive(Args, Clone, Debug)]
pub struct EdgeSettings {
    /// The address to listen on.
    #[arg(
        long,
        env = "PAYDESK_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9003",
        value_parser = socket_address
    )]
    pub listen: SocketAddr,

    /// The core's address for edges, for example `http://core.internal:9004`. Use https unless the network between them is
    /// your own: events hold data about buyers.
    #[arg(long, env = "PAYDESK_FORWARD_TO", value_name = "URL")]
    pub forward_to: String,

    /// How long the core may take to answer for a group of events, in milliseconds; after that Stripe is answered 503.
    #[arg(
        long,
        env = "PAYDESK_FORWARD_TIMEOUT_MS",
        value_name = "MS",
        default_value_t = 10_000
    )]
    pub forward_timeout_ms: u64,

    /// How many events may wait for the core; more are answered 503.
    #[arg(
        long,
        env = "PAYDESK_FORWARD_WAITING_MAX",
        value_name = "COUNT",
        default_value_t = 1_024
    )]
    pub forward_waiting_max: usize,

    /// Log lines.
    #[command(flatten)]
    pub logs: Logs,

    /// Limits.
    #[command(flatten)]
    pub limits: Limits,

    /// Serve `/metrics` to anybody who can reach it. An edge has no tokens to ask for, so without this it serves none.
    #[arg(long, env = "PAYDESK_OPEN_METRICS")]
    pub open_metrics: bool,
}

impl EdgeSettings {
    /// How long the core may take to answer.
    pub fn forward_timeout(&self) -> Duration {
        Duration::from_millis(self.forward_timeout_ms)
    }
}

/// The whole configuration of an edge, checked.
#[derive(Clone, Debug)]
pub struct EdgeConfig {
    /// What is not secret.
    pub settings: EdgeSettings,
    /// What is secret; printing it shows nothing.
    pub secrets: Secrets,
}

impl EdgeConfig {
    /// Joins settings and secrets, refusing what could not work or could lose trust.
    pub fn new(settings: EdgeSettings, secrets: Secrets) -> Result<Self, ConfigError> {
        if secrets.stripe_webhook_secrets.is_empty() {
            return refuse(
                "An edge verifies Stripe's events, and without a secret it would refuse all of them. Set \
                 STRIPE_WEBHOOK_SECRET to the whsec_… of the endpoint in Stripe's dashboard.",
            );
        }
        if secrets.internal_secrets.is_empty() {
            return refuse(
                "The core takes events only from an edge that proves to be one. Set PAYDESK_INTERNAL_SECRET, here and at \
                 the core, to the same 32 bytes or more, for example from `openssl rand -hex 32`.",
            );
        }
        secrets.internal_keys()?;
        check_url("--forward-to", Some(&settings.forward_to))?;
        check_bare(&settings.forward_to)?;
        check_limits(&settings.limits)?;
        if settings.forward_waiting_max == 0 {
            return refuse("--forward-waiting-max is zero, which would refuse everything. Use 1 or more.");
        }
        if !(1..settings.limits.handler_timeout_ms).contains(&settings.forward_timeout_ms) {
            return refuse(
                "--forward-timeout-ms must be 1 or more, and below --handler-timeout-ms: the core's answer is a part of \
                 the edge's own.",
            );
        }
        Ok(Self { settings, secrets })
    }
}

/// Only scheme, host, port and path: what else an address can hold would be lost, or shown in a log.
fn check_bare(url: &str) -> Result<(), ConfigError> {
    let is_bare = reqwest::Url::parse(url).is_ok_and(|url| {
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
    });
    if is_bare {
        Ok(())
    } else {
        refuse("--forward-to holds more than scheme, host, port and path. Write it as http://host[:port].")
    }
}

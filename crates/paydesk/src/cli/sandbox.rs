//! `paydesk sandbox`: a stateful Stripe of our own, alone on its port.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use sandbox::{Config, EndpointConfig, Sandbox};
use tokio::net::TcpListener;

use super::{Failure, print};
use crate::config::{Logs, socket_address};
use crate::telemetry;

/// The arguments of `paydesk sandbox`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:12111", value_parser = socket_address)]
    listen: SocketAddr,

    /// Where to send events; may be given several times.
    #[arg(long = "webhook", value_name = "URL")]
    webhooks: Vec<String>,

    /// The key that those events are signed with; made up and printed when absent.
    #[arg(long, value_name = "WHSEC")]
    webhook_key: Option<String>,

    /// Make ids, secrets and chances from this number, so that a run repeats.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Let time stand still until it is turned through `/_sandbox`, and deliver one event at a time.
    #[arg(long)]
    deterministic: bool,

    /// Keep the state in this file.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// What the hosted pages call the seller.
    #[arg(long, value_name = "NAME")]
    merchant: Option<String>,

    #[command(flatten)]
    logs: Logs,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    telemetry::begin_logs(&arguments.logs, std::io::stderr);
    let mut config = Config {
        seed: arguments.seed,
        deterministic: arguments.deterministic,
        state_file: arguments.state,
        ..Config::default()
    };
    if let Some(merchant) = arguments.merchant {
        config.merchant_name = merchant;
    }
    if let Some(key) = &arguments.webhook_key {
        config.webhook_endpoints = arguments.webhooks.iter().map(|url| endpoint(url, key)).collect();
    }
    let key = config.secret_key.clone();
    let sandbox = Sandbox::new(config);
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another with --listen", arguments.listen))?;
    let stop = super::serve::signals()?;
    let address = listener.local_addr().context("the listener has no address")?;
    print(&format!(
        "sandbox Stripe is ready on http://{address} with the key {key}"
    ));
    if arguments.webhook_key.is_none() {
        for url in &arguments.webhooks {
            print(&format!(
                "events go to {url}, signed with {}",
                sandbox.add_webhook_endpoint(url)
            ));
        }
    }
    sandbox.serve(listener, stop).await;
    Ok(())
}

/// An endpoint that receives every event.
pub(super) fn endpoint(url: &str, key: &str) -> EndpointConfig {
    EndpointConfig {
        url: url.to_owned(),
        secret: Some(key.to_owned()),
        enabled_events: vec!["*".to_owned()],
        connect: false,
    }
}

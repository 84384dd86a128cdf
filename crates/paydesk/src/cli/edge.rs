//! `paydesk edge`: the outer one of two tiers.
//!
//! Takes its port, prints one line when ready, and opens nothing else: no database, no catalogue, no key of Stripe's. Ends
//! when asked to (SIGTERM, ctrl-c), after the events in flight had their time.

use anyhow::Context;
use axum::Router;
use clap::Args;
use tokio::net::TcpListener;

use super::serve::{bind, signals};
use super::{Failure, print};
use crate::clock::Clock;
use crate::config::{EdgeConfig, EdgeSettings, Secrets};
use crate::edge::{self, Edge};
use crate::http::server;
use crate::ids::Ids;
use crate::telemetry;

/// The arguments of `paydesk edge`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: EdgeSettings,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = EdgeConfig::new(arguments.settings, Secrets::of_edge_from_environment()?)?;
    telemetry::begin_logs(&config.settings.logs, std::io::stderr);
    telemetry::log_panics();
    let listener = bind(config.settings.listen, "--listen").await?;
    let address = listener.local_addr().context("the listener has no address")?;
    let clock = Clock::system();
    let edge = Edge::new(config, clock.clone(), &Ids::random(clock))?;
    let stop = signals()?;
    print(&format!(
        "paydesk edge {} is ready on http://{address} and forwards to {}",
        env!("CARGO_PKG_VERSION"),
        edge.config.settings.forward_to
    ));
    let router = edge::router(edge.clone());
    until_stopped(&edge, listener, router, stop).await;
    Ok(())
}

/// Serves until a signal comes, then lets the events in flight be forwarded and answered.
async fn until_stopped(edge: &Edge, listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let folding = tokio::spawn(edge.metrics.clone().fold(edge.shutdown.clone()));
    let stopping = async {
        stop.await;
        tracing::info!("asked to stop; forwarding what is in flight");
        edge.shutdown.begin();
    };
    let serving = server::serve(listener, router, &edge.config.settings.limits, &edge.shutdown);
    let (cut, ()) = tokio::join!(serving, stopping);
    if cut > 0 {
        tracing::warn!(
            connections = cut,
            "connections were cut because they did not finish in time; Stripe sends their events again"
        );
    }
    drop(folding.await);
}

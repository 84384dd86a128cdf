//! `paydesk bench dashboard`: the dashboard, asked for again and again.

use anyhow::{Context as _, Result};
use clap::Args;
use secrecy::SecretString;

use super::LoadArguments;
use super::figures::Figures;
use super::ingest::{HttpUrl, conclude, plan, unique};
use super::load::{self, Shared};
use super::requests::Requests;
use super::spend::bearer;
use crate::clock::Clock;
use crate::ids::Ids;

/// Reads the dashboard of some days; `bench post` and `bench sell` make the databases that it is worth measuring on
#[derive(Args, Debug, Clone)]
pub(super) struct Arguments {
    /// The server, over plain http
    #[arg(long, default_value = "http://127.0.0.1:9002")]
    url: String,

    /// The token that may read reports
    #[arg(long, env = "PAYDESK_TOKEN", hide_env_values = true)]
    token: SecretString,

    /// What is asked for, as in `from=2025-01-01&interval=month`; the last thirty days where this is left out
    #[arg(long, default_value = "")]
    query: String,

    #[command(flatten)]
    load: LoadArguments,
}

/// Runs the load, prints its figures. Fails where any request did.
pub(super) async fn run(arguments: Arguments) -> Result<()> {
    let clock = Clock::system();
    let ids = Ids::random(clock.clone());
    let url = HttpUrl::parse(&arguments.url)?;
    let token = bearer(&arguments.token).context("--token")?;
    let plan = plan(&arguments.load, &url, clock).await?;
    let requests = Requests::dashboard(&url.target, token, &arguments.query, unique(&ids));
    let outcome = load::run(&plan, &requests, &Shared::new(&plan)).await?;
    let figures = Figures::new(
        "dashboard",
        &arguments.url,
        plan.connections,
        requests.body_bytes(),
        outcome,
    );
    figures.print(arguments.load.report);
    conclude(&figures)
}

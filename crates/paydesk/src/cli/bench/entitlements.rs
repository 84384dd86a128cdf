//! `paydesk bench entitlements`: what users may do, asked again and again, as an application does on each of its requests.

use anyhow::{Context as _, Result};
use clap::Args;
use secrecy::SecretString;

use super::LoadArguments;
use super::figures::Figures;
use super::ingest::{HttpUrl, conclude, plan, unique};
use super::load::{self, Shared};
use super::requests::{Requests, USERS_MAX};
use super::spend::bearer;
use crate::clock::Clock;
use crate::ids::Ids;

/// Reads the entitlements of users in turn; run `bench spend` beside it to mix in writes
#[derive(Args, Debug, Clone)]
pub(super) struct Arguments {
    /// The server, over plain http
    #[arg(long, default_value = "http://127.0.0.1:9002")]
    url: String,

    /// The token that may read entitlements
    #[arg(long, env = "PAYDESK_TOKEN", hide_env_values = true)]
    token: SecretString,

    /// How many users, who are named `bench_000000` and so on
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(USERS_MAX)))]
    users: u32,

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
    let requests = Requests::entitlements(&url.target, token, arguments.users, unique(&ids));
    let outcome = load::run(&plan, &requests, &Shared::new(&plan)).await?;
    let figures = Figures::new(
        "entitlements",
        &arguments.url,
        plan.connections,
        requests.body_bytes(),
        outcome,
    );
    figures.print(arguments.load.report);
    conclude(&figures)
}

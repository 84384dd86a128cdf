//! `paydesk bench spend`: credits of users spent one by one, over many wallets or one hot one.

use anyhow::{Context as _, Result, bail};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::LoadArguments;
use super::figures::Figures;
use super::ingest::{HttpUrl, conclude, plan, unique};
use super::load::{self, Extent, Plan, Shared};
use super::requests::{Requests, USERS_MAX};
use crate::clock::Clock;
use crate::ids::Ids;

/// Spends one credit with each request, under an idempotency key of its own
#[derive(Args, Debug, Clone)]
pub(super) struct Arguments {
    /// The server, over plain http
    #[arg(long, default_value = "http://127.0.0.1:9002")]
    url: String,

    /// The token that may spend
    #[arg(long, env = "PAYDESK_TOKEN", hide_env_values = true)]
    token: SecretString,

    /// The token that may add credits before the load; without it the wallets must hold enough already
    #[arg(long, env = "PAYDESK_ADMIN_TOKEN", hide_env_values = true)]
    admin_token: Option<SecretString>,

    /// How many credits are added to each wallet before the load
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    grant: u32,

    /// How many wallets, whose users are named `bench_000000` and so on
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(USERS_MAX)))]
    users: u32,

    /// Spend from one wallet only
    #[arg(long, conflicts_with = "users")]
    hot: bool,

    #[command(flatten)]
    load: LoadArguments,
}

/// Adds the credits, runs the load, prints its figures. Fails where any request did.
pub(super) async fn run(arguments: Arguments) -> Result<()> {
    let clock = Clock::system();
    let ids = Ids::random(clock.clone());
    let url = HttpUrl::parse(&arguments.url)?;
    let users = if arguments.hot { 1 } else { arguments.users };
    let plan = plan(&arguments.load, &url, clock.clone()).await?;
    if let Some(token) = &arguments.admin_token {
        let token = bearer(token).context("--admin-token")?;
        let grants = Requests::credits(&url.target, "add", arguments.grant, token, users, unique(&ids));
        grant(&plan, &grants, users).await?;
    }
    let token = bearer(&arguments.token).context("--token")?;
    let requests = Requests::credits(&url.target, "spend", 1, token, users, unique(&ids));
    let outcome = load::run(&plan, &requests, &Shared::new(&plan)).await?;
    let figures = Figures::new(
        "spend",
        &arguments.url,
        plan.connections,
        requests.body_bytes(),
        outcome,
    );
    figures.print(arguments.load.report);
    conclude(&figures)
}

/// One grant for each wallet, none of them measured.
async fn grant(plan: &Plan, grants: &Requests, users: u32) -> Result<()> {
    let plan = Plan {
        address: plan.address,
        connections: plan.connections.min(users),
        threads: 1,
        warmup: std::time::Duration::ZERO,
        extent: Extent::Count(u64::from(users)),
        rate: None,
        server_pids: Vec::new(),
        quiet: plan.quiet,
        clock: plan.clock.clone(),
    };
    let outcome = load::run(&plan, grants, &Shared::new(&plan)).await?;
    let errors = outcome.tally.errors();
    if errors > 0 {
        let fault = outcome.tally.last_fault.unwrap_or_default();
        bail!(
            "{errors} of {users} wallets got no credits: {:?} {fault}",
            outcome.tally.statuses
        );
    }
    Ok(())
}

/// A token goes into a header as it is, so it must not be able to end it.
pub(super) fn bearer(token: &SecretString) -> Result<&str> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!("a token has only printable ASCII characters without spaces");
    }
    Ok(token)
}

//! `paydesk bench ingest`: signed events against a webhook endpoint, and how the server keeps up with them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use secrecy::{ExposeSecret, SecretString};
use stripe::signature::SigningSecret;

use super::LoadArguments;
use super::figures::{Figures, Handled, per_10_000, per_second};
use super::load::{self, CpuTimes, Extent, Plan, Shared};
use super::pending::{self, Backlog, Gauge};
use super::requests::{Purchase, Requests, Target, USERS_MAX};
use super::template::Unique;
use crate::clock::Clock;
use crate::ids::Ids;

/// Sends signed `checkout.session.completed` events, each for a purchase of its own
#[derive(Args, Debug, Clone)]
pub(super) struct Arguments {
    /// The webhook endpoint, over plain http
    #[arg(long, default_value = "http://127.0.0.1:9002/api/stripe/webhook")]
    url: String,

    /// The endpoint's signing secret (`whsec_…`)
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true)]
    secret: SecretString,

    /// The size of a body, filled up where the event is smaller
    #[arg(long, default_value_t = 3_600, value_parser = clap::value_parser!(u32).range(..=250_000))]
    body_bytes: u32,

    /// How many users the purchases belong to, who are named `bench_000000` and so on
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(USERS_MAX)))]
    users: u32,

    /// What is bought
    #[arg(long, default_value = "pack_100")]
    item: String,

    /// How many credits it has
    #[arg(long, default_value_t = 100)]
    credits: u32,

    /// What it costs, in minor units
    #[arg(long, default_value_t = 999)]
    amount_minor: u32,

    /// In which currency
    #[arg(long, default_value = "usd")]
    currency: String,

    /// Where the server tells how many events it has yet to handle, as `paydesk_inbox_pending`; `/metrics` of the same
    /// server where another option needs it
    #[arg(long)]
    drain_url: Option<String>,

    /// Wait until all events have been handled, and report that rate as well
    #[arg(long)]
    wait_handled: bool,

    /// Stop sending while more than this many events are pending, which makes the rate the one that can be sustained
    #[arg(long)]
    pending_max: Option<u64>,

    #[command(flatten)]
    load: LoadArguments,
}

/// Runs the load and prints its figures. Fails where any request did.
pub(super) async fn run(arguments: Arguments) -> Result<()> {
    let clock = Clock::system();
    let ids = Ids::random(clock.clone());
    let url = HttpUrl::parse(&arguments.url)?;
    let requests = requests(&arguments, &url, &ids)?;
    let gauge = gauge(&arguments, &url).await?;
    let plan = plan(&arguments.load, &url, clock).await?;
    let shared = Shared::new(&plan);
    let start = Instant::now();
    let cpu_at_start = CpuTimes::read(&plan.server_pids)?;
    let backlog = Arc::new(Backlog::default());
    let watcher = gauge.clone().map(|gauge| {
        tokio::spawn(pending::watch(
            gauge,
            Arc::clone(&backlog),
            Arc::clone(&shared),
            arguments.pending_max,
        ))
    });
    let pending_at_start = async {
        tokio::time::sleep(plan.warmup).await;
        backlog.latest()
    };
    let (outcome, pending_at_start) = tokio::join!(load::run(&plan, &requests, &shared), pending_at_start);
    let outcome = outcome?;
    if let Some(watcher) = watcher {
        watcher.abort();
    }
    let (accepted, seconds, accepted_in_all) = (outcome.tally.accepted(), outcome.seconds, outcome.accepted_in_all);
    let mut figures = Figures::new(
        "ingest",
        &arguments.url,
        plan.connections,
        requests.body_bytes(),
        outcome,
    );
    if let Some(gauge) = &gauge {
        let mut handled = while_measured(gauge, &backlog, pending_at_start, accepted, seconds).await?;
        if arguments.wait_handled {
            let sent = Instant::now();
            let bar = if plan.quiet {
                ProgressBar::hidden()
            } else {
                ProgressBar::new_spinner()
            };
            pending::wait_until_empty(gauge, &bar).await?;
            bar.finish_and_clear();
            let used = CpuTimes::read(&plan.server_pids)?.since(&cpu_at_start).servers;
            let used = used
                .into_iter()
                .map(|(pid, used)| (pid, per_10_000(used, accepted_in_all)));
            handled.drain_seconds = Some(sent.elapsed().as_secs_f64());
            handled.per_second_in_all = Some(per_second(accepted_in_all, start.elapsed().as_secs_f64()));
            handled.server_cpu_seconds_per_10_000 = Some(used.collect());
        }
        figures.handled = Some(handled);
    }
    figures.print(arguments.load.report);
    conclude(&figures)
}

/// What was handled in the time that was measured: all that was accepted, less what the backlog grew by.
async fn while_measured(
    gauge: &Gauge,
    backlog: &Backlog,
    pending_at_start: u64,
    accepted: u64,
    seconds: f64,
) -> Result<Handled> {
    let pending_at_end = gauge.read().await?;
    let grown = i128::from(pending_at_end) - i128::from(pending_at_start);
    let done = u64::try_from(i128::from(accepted) - grown).unwrap_or_default();
    Ok(Handled {
        per_second_while_measured: per_second(done, seconds),
        pending_at_start,
        pending_at_end,
        pending_at_most: backlog.most().max(pending_at_end),
        drain_seconds: None,
        per_second_in_all: None,
        server_cpu_seconds_per_10_000: None,
    })
}

/// Turns failed requests into a failed command.
pub(super) fn conclude(figures: &Figures) -> Result<()> {
    if figures.errors > 0 {
        bail!("{} requests were refused, failed or not answered", figures.errors);
    }
    Ok(())
}

fn requests(arguments: &Arguments, url: &HttpUrl, ids: &Ids) -> Result<Requests> {
    let purchase = Purchase {
        item: arguments.item.clone(),
        credits: arguments.credits,
        amount_minor: arguments.amount_minor,
        currency: arguments.currency.clone(),
    };
    // Letters alone: no padding can be taken for a marker, and none of it compresses.
    let mut noise = [0; 512];
    ids.fill(&mut noise);
    let padding: String = noise.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    let secret = SigningSecret::new(arguments.secret.expose_secret()).context("--secret")?;
    let body_bytes = usize::try_from(arguments.body_bytes)?;
    Ok(Requests::events(
        &url.target,
        &purchase,
        body_bytes,
        &padding,
        secret,
        arguments.users,
        unique(ids),
    ))
}

/// The part of this run in everything that has to be unique.
pub(super) fn unique(ids: &Ids) -> Unique {
    Unique::new(ids.next("run").trim_start_matches("run_"))
}

async fn gauge(arguments: &Arguments, url: &HttpUrl) -> Result<Option<Gauge>> {
    let url = match &arguments.drain_url {
        Some(url) => HttpUrl::parse(url)?,
        None if arguments.wait_handled || arguments.pending_max.is_some() => {
            let target = Target {
                path: "/metrics".to_owned(),
                ..url.target.clone()
            };
            HttpUrl { target, ..url.clone() }
        }
        None => return Ok(None),
    };
    let gauge = Gauge {
        address: url.resolve().await?,
        target: url.target,
    };
    // Asked once before the load, so that a wrong address does not cost a run.
    gauge.read().await.context("the backlog cannot be read")?;
    Ok(Some(gauge))
}

pub(super) async fn plan(load: &LoadArguments, url: &HttpUrl, clock: Clock) -> Result<Plan> {
    let extent = match (load.requests, load.duration) {
        (Some(count), _) => Extent::Count(count),
        (None, Some(duration)) => Extent::For(duration),
        (None, None) => Extent::For(Duration::from_secs(10)),
    };
    Ok(Plan {
        address: url.resolve().await?,
        connections: load.connections,
        threads: load.threads.min(load.connections),
        warmup: load.warmup,
        extent,
        rate: load.rate,
        server_pids: load.server_pids.clone(),
        quiet: load.quiet,
        clock,
    })
}

/// A URL that the generator can send to.
#[derive(Debug, Clone)]
pub(super) struct HttpUrl {
    pub(super) target: Target,
    host: String,
    port: u16,
}

impl HttpUrl {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let url = reqwest::Url::parse(text).with_context(|| format!("{text} is not a URL"))?;
        if url.scheme() != "http" {
            bail!("{text}: the generator speaks plain http only, so that it measures the server and not TLS");
        }
        let host = url
            .host_str()
            .with_context(|| format!("{text} has no host"))?
            .to_owned();
        let port = url.port_or_known_default().unwrap_or(80);
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Ok(Self {
            target: Target {
                authority: format!("{host}:{port}"),
                path,
            },
            host,
            port,
        })
    }

    async fn resolve(&self) -> Result<std::net::SocketAddr> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let mut addresses = tokio::net::lookup_host((host, self.port)).await?;
        addresses
            .next()
            .with_context(|| format!("{} has no address", self.host))
    }
}

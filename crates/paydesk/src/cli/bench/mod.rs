//! The load generator: `paydesk bench ingest`, `spend`, `entitlements` and `dashboard`, against any URL.
//!
//! It shares the machine with what it measures, so a request must cost it next to nothing: each request is a template
//! patched in place, signed by one HMAC and written in one piece by a client of our own, on threads of its own. Every
//! connection has one request in flight; rates are what the server allows, or what `--rate` asks for.
//!
//! What must not live here: anything of the server. What is measured is reached over HTTP only; but `post`, which measures the
//! books alone, and `sell`, which makes a database.

mod connection;
mod dashboard;
mod entitlements;
mod figures;
mod ingest;
mod load;
mod pending;
mod post;
mod process_time;
mod requests;
mod response;
mod sell;
mod spend;
mod template;
#[cfg(test)]
mod tests;

use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};

/// The arguments of `paydesk bench`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    load: Load,
}

#[derive(Subcommand, Debug)]
enum Load {
    Ingest(ingest::Arguments),
    Spend(spend::Arguments),
    Entitlements(entitlements::Arguments),
    Dashboard(dashboard::Arguments),
    Post(post::Arguments),
    Sell(sell::Arguments),
}

/// Runs a load and prints its figures. Fails where any request did.
pub(super) async fn run(arguments: Arguments) -> Result<()> {
    match arguments.load {
        Load::Ingest(arguments) => ingest::run(arguments).await,
        Load::Spend(arguments) => spend::run(arguments).await,
        Load::Entitlements(arguments) => entitlements::run(arguments).await,
        Load::Dashboard(arguments) => dashboard::run(arguments).await,
        Load::Post(arguments) => post::run(arguments).await,
        Load::Sell(arguments) => sell::run(arguments).await,
    }
}

/// What all loads over HTTP have in common.
#[derive(Args, Debug, Clone)]
struct LoadArguments {
    /// Connections, each with one request in flight
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,

    /// How long to measure, such as 30s or 2m; 10s where neither this nor --requests is given
    #[arg(long, value_parser = duration, conflicts_with = "requests")]
    duration: Option<Duration>,

    /// How many requests to measure, instead of a duration
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    requests: Option<u64>,

    /// Requests a second in all, whether or not the server keeps up; as fast as it answers where this is not given
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,

    /// How long to send before measuring begins
    #[arg(long, value_parser = duration, default_value = "0s")]
    warmup: Duration,

    /// Threads of the generator
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    threads: u32,

    /// A process whose CPU time is reported per 10,000 requests; may be repeated
    #[arg(long = "server-pid", value_name = "PID")]
    server_pids: Vec<u32>,

    /// How the figures are printed
    #[arg(long, value_enum, default_value_t = ReportForm::Text)]
    report: ReportForm,

    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

/// How the figures are printed.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum ReportForm {
    /// For people.
    Text,
    /// For programs, one object.
    Json,
}

/// Reads a duration as people write it: `500ms`, `30s`, `2m`, `1h`.
fn duration(text: &str) -> Result<Duration> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().context("expected a number and a unit, as in 30s")?;
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => anyhow::bail!("expected a unit of ms, s, m or h, as in 30s"),
    };
    Ok(Duration::from_millis(number.checked_mul(unit_ms).context("too long")?))
}

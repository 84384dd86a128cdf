//! The figures of a run, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::ReportForm;
use super::load::Outcome;
use crate::cli::print;

/// What a run came to. Latencies in microseconds, CPU times in seconds for 10,000 answers.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    load: &'static str,
    url: String,
    connections: u32,
    body_bytes: usize,
    measured_seconds: f64,
    requests: u64,
    requests_per_second: f64,
    latency_us: Latency,
    statuses: BTreeMap<u16, u64>,
    faults: u64,
    last_fault: Option<String>,
    pub(super) errors: u64,
    accepted_in_all: u64,
    server_cpu_seconds_per_10_000: BTreeMap<u32, f64>,
    generator_cpu_seconds_per_10_000: f64,
    /// Only where the backlog has been watched.
    pub(super) handled: Option<Handled>,
}

#[derive(Debug, Serialize)]
struct Latency {
    p50: u64,
    p90: u64,
    p99: u64,
    p99_9: u64,
    max: u64,
}

/// How the server kept up with what it accepted.
#[derive(Debug, Serialize)]
pub(super) struct Handled {
    /// While it was measured: accepted, less what the backlog grew by.
    pub(super) per_second_while_measured: f64,
    pub(super) pending_at_start: u64,
    pub(super) pending_at_end: u64,
    pub(super) pending_at_most: u64,
    /// From the end of sending to an empty inbox; only with `--wait-handled`.
    pub(super) drain_seconds: Option<f64>,
    /// Everything accepted, from the first request to an empty inbox.
    pub(super) per_second_in_all: Option<f64>,
    /// The servers' CPU time over the same span.
    pub(super) server_cpu_seconds_per_10_000: Option<BTreeMap<u32, f64>>,
}

impl Figures {
    pub(super) fn new(load: &'static str, url: &str, connections: u32, body_bytes: usize, outcome: Outcome) -> Self {
        let tally = outcome.tally;
        let at = |quantile: f64| tally.latency_us.value_at_quantile(quantile);
        let latency_us = Latency {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p99_9: at(0.999),
            max: tally.latency_us.max(),
        };
        let requests = tally.answers();
        let servers = outcome.server_cpu_seconds.iter();
        Self {
            load,
            url: url.to_owned(),
            connections,
            body_bytes,
            measured_seconds: outcome.seconds,
            requests,
            requests_per_second: per_second(requests, outcome.seconds),
            latency_us,
            faults: tally.faults,
            errors: tally.errors(),
            accepted_in_all: outcome.accepted_in_all,
            server_cpu_seconds_per_10_000: servers.map(|(pid, used)| (*pid, per_10_000(*used, requests))).collect(),
            generator_cpu_seconds_per_10_000: per_10_000(outcome.generator_cpu_seconds, requests),
            statuses: tally.statuses,
            last_fault: tally.last_fault,
            handled: None,
        }
    }

    pub(super) fn print(&self, form: ReportForm) {
        let text = match form {
            ReportForm::Text => self.to_string(),
            ReportForm::Json => serde_json::to_string_pretty(self).unwrap_or_default(),
        };
        print(text.trim_end());
    }
}

/// A rate; of nothing in no time, zero.
#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
pub(super) fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
pub(super) fn per_10_000(seconds: f64, count: u64) -> f64 {
    if count > 0 {
        seconds * 10_000.0 / count as f64
    } else {
        0.0
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Latency {
            p50,
            p90,
            p99,
            p99_9,
            max,
        } = self.latency_us;
        writeln!(
            formatter,
            "{} {} over {} connections, bodies of {} bytes",
            self.load, self.url, self.connections, self.body_bytes
        )?;
        writeln!(
            formatter,
            "requests      {} in {:.2} s: {:.0} per second",
            self.requests, self.measured_seconds, self.requests_per_second
        )?;
        writeln!(
            formatter,
            "latency (us)  p50 {p50}  p90 {p90}  p99 {p99}  p99.9 {p99_9}  max {max}"
        )?;
        let statuses: Vec<String> = self
            .statuses
            .iter()
            .map(|(status, count)| format!("{status}: {count}"))
            .collect();
        writeln!(formatter, "statuses      {}", statuses.join("  "))?;
        writeln!(
            formatter,
            "errors        {}, of which {} without an answer",
            self.errors, self.faults
        )?;
        if let Some(fault) = &self.last_fault {
            writeln!(formatter, "last fault    {fault}")?;
        }
        for (pid, seconds) in &self.server_cpu_seconds_per_10_000 {
            writeln!(
                formatter,
                "server CPU    {seconds:.3} s per 10,000 requests (process {pid})"
            )?;
        }
        writeln!(
            formatter,
            "generator CPU {:.3} s per 10,000 requests",
            self.generator_cpu_seconds_per_10_000
        )?;
        self.handled
            .as_ref()
            .map_or(Ok(()), |handled| write!(formatter, "{handled}"))
    }
}

impl fmt::Display for Handled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "handled       {:.0} per second while measured; pending {} at the start, {} at the end, {} at most",
            self.per_second_while_measured, self.pending_at_start, self.pending_at_end, self.pending_at_most
        )?;
        if let (Some(seconds), Some(rate)) = (self.drain_seconds, self.per_second_in_all) {
            writeln!(
                formatter,
                "drained       in {seconds:.2} s; {rate:.0} handled per second from first to last"
            )?;
        }
        for (pid, seconds) in self.server_cpu_seconds_per_10_000.iter().flatten() {
            writeln!(
                formatter,
                "handled CPU   {seconds:.3} s per 10,000 accepted and handled (process {pid})"
            )?;
        }
        Ok(())
    }
}

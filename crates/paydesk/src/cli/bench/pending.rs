//! How far the server is behind with what it has accepted, asked from its readiness or metrics answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use indicatif::ProgressBar;
use serde_json::Value;

use super::connection::Connection;
use super::load::Shared;
use super::requests::Target;

/// The name of the figure, as a JSON field or as a Prometheus gauge.
const NAME: &str = "paydesk_inbox_pending";
const ASK_EVERY: Duration = Duration::from_millis(100);
/// A backlog that does not shrink for so long is not being worked on.
const STANDSTILL_MAX: Duration = Duration::from_mins(1);

/// Where to ask.
#[derive(Debug, Clone)]
pub(super) struct Gauge {
    pub(super) address: SocketAddr,
    pub(super) target: Target,
}

impl Gauge {
    /// Asks once.
    pub(super) async fn read(&self) -> Result<u64> {
        let Target { authority, path } = &self.target;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\naccept: */*\r\n\r\n");
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.exchange(request.as_bytes()).await?;
        parse(answer.body).with_context(|| format!("{path} answered {} without {NAME}", answer.status))
    }
}

/// What the gauge showed while a load ran.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    latest: AtomicU64,
    most: AtomicU64,
}

impl Backlog {
    pub(super) fn latest(&self) -> u64 {
        self.latest.load(Ordering::Relaxed)
    }

    pub(super) fn most(&self) -> u64 {
        self.most.load(Ordering::Relaxed)
    }
}

/// Asks again and again, and holds the load while more than `hold_above` is pending. Ends only by being aborted.
pub(super) async fn watch(gauge: Gauge, backlog: Arc<Backlog>, shared: Arc<Shared>, hold_above: Option<u64>) {
    let mut ticker = tokio::time::interval(ASK_EVERY);
    loop {
        ticker.tick().await;
        let Ok(pending) = gauge.read().await else {
            // A server too busy to say is asked again; the load goes on, so that one that is gone is noticed there.
            shared.hold(false);
            continue;
        };
        backlog.latest.store(pending, Ordering::Relaxed);
        backlog.most.fetch_max(pending, Ordering::Relaxed);
        if let Some(limit) = hold_above {
            shared.hold(pending > limit);
        }
    }
}

/// Waits until nothing is pending.
pub(super) async fn wait_until_empty(gauge: &Gauge, bar: &ProgressBar) -> Result<()> {
    let mut ticker = tokio::time::interval(ASK_EVERY);
    let mut least = (u64::MAX, Instant::now());
    loop {
        ticker.tick().await;
        let pending = gauge.read().await?;
        bar.set_message(format!("{pending} events to be handled"));
        if pending == 0 {
            return Ok(());
        }
        if pending < least.0 {
            least = (pending, Instant::now());
        } else if least.1.elapsed() > STANDSTILL_MAX {
            bail!(
                "{pending} events are pending, and none has been handled for {} s",
                STANDSTILL_MAX.as_secs()
            );
        }
    }
}

/// Finds the figure in a JSON object, at any depth, or among Prometheus lines, whose series are added up.
pub(super) fn parse(body: &[u8]) -> Option<u64> {
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        return find(&json);
    }
    let text = std::str::from_utf8(body).ok()?;
    let series = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(NAME)?;
        let value = match rest.strip_prefix('{') {
            Some(labels) => labels.rsplit_once('}')?.1,
            None if rest.starts_with(' ') => rest,
            None => return None,
        };
        value.split_ascii_whitespace().next()?.parse::<u64>().ok()
    });
    series.reduce(u64::saturating_add)
}

fn find(json: &Value) -> Option<u64> {
    match json {
        Value::Object(entries) => entries
            .get(NAME)
            .and_then(Value::as_u64)
            .or_else(|| entries.values().find_map(find)),
        Value::Array(items) => items.iter().find_map(find),
        _ => None,
    }
}

//! What the process tells about itself: log lines and metrics.
//!
//! Log lines go to the standard error stream, so that the output of a command stays clean. They carry ids, never
//! bodies, query values or secrets; a test drives the server with canary secrets and searches every line for them.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{LogFormat, Logs};
use crate::shutdown::Shutdown;

/// Upper bounds of the duration buckets, in seconds: from a cached answer to a slow call to Stripe.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// How often histograms are folded, so that they stay small between scrapes.
const FOLD: Duration = Duration::from_secs(5);

/// Begins logging to `writer`, for the whole process. A second call does nothing, which tests rely on.
pub fn begin_logs<W>(logs: &Logs, writer: W)
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    drop(tracing::subscriber::set_global_default(subscriber(logs, writer)));
}

/// The receiver of log lines that the settings describe.
pub fn subscriber<W>(logs: &Logs, writer: W) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let stripe = if logs.stripe_debug { ",stripe=debug" } else { "" };
    let filter = EnvFilter::builder().parse_lossy(format!("{}{stripe}", logs.log));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match logs.log_format {
        LogFormat::Text => Box::new(builder.with_ansi(false).finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    }
}

/// Sends panics into the log, with their place; the default would write them past it.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("a panic without a message");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(message, place, "a panic, which is a bug");
    }));
}

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins recording. The recorder belongs to the process, so every call returns the same one.
    pub fn begin() -> Self {
        static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
        Self(RECORDER.get_or_init(install).clone())
    }

    /// Everything recorded, in the text form that Prometheus reads.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds histograms now and then, until the process stops.
    pub async fn fold(self, shutdown: Shutdown) {
        let mut ticks = tokio::time::interval(FOLD);
        loop {
            tokio::select! {
                () = shutdown.requested() => return,
                _ = ticks.tick() => self.0.run_upkeep(),
            }
        }
    }
}

fn install() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .expect("the list of buckets is not empty")
        .build_recorder();
    let handle = recorder.handle();
    // Another recorder can only be there when a test harness put it there; then this one stays empty.
    drop(metrics::set_global_recorder(recorder));
    describe();
    handle
}

/// The HELP texts of the metrics that no capability owns.
fn describe() {
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        "Time from a complete request head to its answer."
    );
    metrics::describe_counter!(
        "http_faults_total",
        "Answers with status 500 and above, by problem code."
    );
    metrics::describe_counter!(
        "http_rate_limited_total",
        "Requests refused because a limit was used up."
    );
    metrics::describe_gauge!("http_connections", "Open connections.");
    metrics::describe_gauge!("paydesk_build_info", "Always 1; the version is a label.");
    metrics::gauge!("paydesk_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_a_help_text() {
        let metrics = Metrics::begin();
        metrics::histogram!("http_request_duration_seconds", "route" => "/x").record(0.002);
        let text = metrics.render();
        assert!(text.contains("# HELP http_request_duration_seconds"), "{text}");
        assert!(
            text.contains(r#"http_request_duration_seconds_bucket{route="/x",le="0.0025"} 1"#),
            "{text}"
        );
        assert!(text.contains("paydesk_build_info"), "{text}");
    }
}

//! How long requests take, by method, route and status.
//!
//! The handles of the histograms are kept, because finding one through the recorder costs more than recording does. The
//! routes, the methods that have a label and the statuses are few, so this stays small.

use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics::Histogram;

/// The histograms in use.
#[derive(Default)]
pub struct Timings(RwLock<HashMap<String, Vec<Series>>>);

struct Series {
    method: &'static str,
    status: StatusCode,
    histogram: Histogram,
}

impl Timings {
    /// Records one answer.
    pub fn record(&self, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
        let (method, seconds) = (label(method), elapsed.as_secs_f64());
        {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let series = known.get(route).into_iter().flatten();
            if let Some(series) = series
                .into_iter()
                .find(|series| series.method == method && series.status == status)
            {
                series.histogram.record(seconds);
                return;
            }
        }
        let histogram = metrics::histogram!(
            "http_request_duration_seconds",
            "method" => method,
            "route" => route.to_owned(),
            "status" => status.as_u16().to_string(),
        );
        histogram.record(seconds);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(route.to_owned()).or_default().push(Series {
            method,
            status,
            histogram,
        });
    }
}

impl fmt::Debug for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Timings({})",
            self.0.read().unwrap_or_else(PoisonError::into_inner).len()
        )
    }
}

/// A bounded set of label values: a caller may invent methods, not time series.
fn label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

//! The sealer: seals what was posted, shortly behind, on every node that works. Where two nodes seal the same, one of them
//! wins and the other finds nothing left to do.

use store::{Error, Result, Store};

use crate::app::App;
use crate::clock::SECOND_US;

/// How soon it looks again while something is posted.
const WAIT_US_MIN: i64 = SECOND_US;
/// How late it looks again while nothing is.
const WAIT_US_MAX: i64 = 30 * SECOND_US;

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_ledger_sealed_total",
        "Transfers that this process has sealed into the chain."
    );
    metrics::counter!("paydesk_ledger_sealed_total").increment(0);
}

/// Runs until told to stop.
pub async fn run(app: App) {
    let mut wait_us = WAIT_US_MIN;
    while !app.shutdown.is_requested() {
        match seal_behind(&app.store, app.clock.now_us()).await {
            Ok(0) => wait_us = (wait_us * 2).min(WAIT_US_MAX),
            Ok(_) => wait_us = WAIT_US_MIN,
            Err(error) => tracing::warn!(%error, "sealing the ledger failed; it is tried again"),
        }
        tokio::select! {
            () = app.clock.sleep_until_us(app.clock.now_us() + wait_us) => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// Seals what is there once. Gives how many transfers were sealed.
pub async fn seal_behind(store: &Store, now_us: i64) -> Result<i64> {
    let sealed = match super::seal(store, now_us).await {
        // Another node has sealed the same meanwhile.
        Err(Error::Conflict { constraint }) if constraint.starts_with("seal") => 0,
        sealed => sealed?,
    };
    metrics::counter!("paydesk_ledger_sealed_total").increment(u64::try_from(sealed).unwrap_or_default());
    Ok(sealed)
}

//! The sealing of the chain, shortly behind what is posted. Any number of nodes may seal: of two that seal the same, one
//! writes the seal and the other finds nothing to do.

use crate::app::App;
use crate::clock::SECOND_US;

/// How often the sealer looks while something is being posted.
const BUSY_US: i64 = SECOND_US;
/// How often it looks while nothing is.
const IDLE_US_MAX: i64 = 30 * SECOND_US;

/// Tells the metrics what they mean, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_ledger_sealed_total",
        "Transfers that were sealed in the ledger's chain."
    );
    metrics::counter!("paydesk_ledger_sealed_total").increment(0);
}

/// Runs until told to stop.
pub async fn run(app: App) {
    let mut pause_us = BUSY_US;
    while !app.shutdown.is_requested() {
        match super::seal(&app.store, app.clock.now_us()).await {
            Ok(0) => pause_us = (pause_us * 2).min(IDLE_US_MAX),
            Ok(sealed) => {
                metrics::counter!("paydesk_ledger_sealed_total").increment(sealed.unsigned_abs());
                pause_us = BUSY_US;
            }
            // Another node wrote the very seal: what is left to do is seen the next time.
            Err(store::Error::Conflict { .. } | store::Error::Busy) => {}
            Err(error) => tracing::warn!(%error, "the ledger could not be sealed; it is tried again"),
        }
        tokio::select! {
            () = app.clock.sleep_until_us(app.clock.now_us() + pause_us) => {}
            () = app.shutdown.requested() => {}
        }
    }
}

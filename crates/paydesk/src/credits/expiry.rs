//! Expiry: gives back what holds set aside too long, and takes credits whose time is over out of their wallets.
//!
//! Nothing depends on its being in time: a hold that is over cannot be captured and a lot that has ended cannot be spent,
//! whether it was here or not. It may run on several nodes at once.

use std::time::Duration;

use super::holds;
use crate::app::App;
use crate::books;
use crate::clock::SECOND_US;

/// Holds, or wallets, taken up in one transaction.
const BATCH: usize = 200;
/// The longest it sleeps: what is made meanwhile may end before what it knew of.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// What one run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Expired {
    /// Holds that were given back.
    pub holds: usize,
    /// Lots that were taken out of their wallets.
    pub lots: usize,
}

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub(super) fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_holds_expired_total",
        "Holds that the expiry job gave back because their time was over."
    );
    metrics::describe_counter!(
        "paydesk_lots_expired_total",
        "Lots of credits that the expiry job took out of their wallets because their time was over."
    );
    metrics::counter!("paydesk_holds_expired_total").increment(0);
    metrics::counter!("paydesk_lots_expired_total").increment(0);
}

/// Runs until told to stop.
pub async fn run(app: App) {
    while !app.shutdown.is_requested() {
        let begun_us = app.clock.now_us();
        let next_us = match expire_then_next(&app).await {
            Ok(next_us) => next_us,
            Err(error) => {
                tracing::warn!(%error, "expiry of credits failed; it is tried again");
                None
            }
        };
        let latest_us = begun_us + i64::try_from(SLEEP_MAX.as_micros()).unwrap_or(i64::MAX);
        // What is overdue still is being worked on by another node, so there is no hurry.
        let wake_us = next_us.unwrap_or(latest_us).clamp(begun_us + SECOND_US, latest_us);
        tokio::select! {
            () = app.clock.sleep_until_us(wake_us) => {}
            () = app.shutdown.requested() => {}
        }
    }
}

async fn expire_then_next(app: &App) -> Result<Option<i64>, store::Error> {
    expire(app).await?;
    app.store
        .read(|tx| {
            let next = [holds::next_expiry_us(tx)?, books::next_expiry_us(tx)?];
            Ok(next.into_iter().flatten().min())
        })
        .await
}

/// Expires all that is due, batch after batch.
pub async fn expire(app: &App) -> Result<Expired, store::Error> {
    let mut expired = Expired::default();
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    // Holds first: what they give back may have ended meanwhile.
    loop {
        let now_us = app.clock.now_us();
        let ended = app.store.write(move |tx| holds::expire_due(tx, now_us, limit)).await?;
        if ended > 0 {
            store::crash_point("holds expired");
        }
        metrics::counter!("paydesk_holds_expired_total").increment(ended as u64);
        expired.holds += ended;
        if ended < BATCH || app.shutdown.is_requested() {
            break;
        }
    }
    loop {
        let now_us = app.clock.now_us();
        let ended = app.store.write(move |tx| books::expire_due(tx, now_us, limit)).await?;
        if ended.lots > 0 {
            store::crash_point("lots expired");
        }
        metrics::counter!("paydesk_lots_expired_total").increment(ended.lots as u64);
        expired.lots += ended.lots;
        if ended.wallets < BATCH || app.shutdown.is_requested() {
            break;
        }
    }
    Ok(expired)
}

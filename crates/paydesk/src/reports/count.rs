//! The counting of what only grows, shortly behind: transfers once they are sealed, and events that came in. Any number of
//! nodes may count: of two that count the same, one moves the cursor and the other's count is dropped.

use store::{Result, Store, Tx};

use super::{Day, EVENTS, Figure, Sum, Tally, records, rules};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::{books, inbox};

/// Transfers, or events, that one step counts at most, so that none holds a connection for long.
const STEP: i64 = 20_000;
/// How often it looks for something to count.
const POLL_US: i64 = 10 * SECOND_US;
/// The cursors.
const TRANSFERS: &str = "transfers";
const RECEIVED: &str = "received";

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_reports_counted_total",
        "Transfers and events that were counted for reports, by which of the two."
    );
    for what in [TRANSFERS, RECEIVED] {
        metrics::counter!("paydesk_reports_counted_total", "what" => what).increment(0);
    }
}

/// Runs until told to stop.
pub async fn run(app: App) {
    while !app.shutdown.is_requested() {
        match count(&app.store).await {
            // Where another node counted the same, what is left to do is seen the next time.
            Ok(()) | Err(store::Error::Conflict { .. } | store::Error::Busy) => {}
            Err(error) => tracing::warn!(%error, "figures for reports could not be counted; it is tried again"),
        }
        tokio::select! {
            () = app.clock.sleep_until_us(app.clock.now_us() + POLL_US) => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// Counts everything that is there and not counted yet.
pub async fn count(store: &Store) -> Result<()> {
    let sealed = store.read(books::sealed_position).await?;
    walk(store, TRANSFERS, sealed, transfers).await?;
    let uncounted = store
        .read(|tx| Ok::<_, store::Error>(inbox::last_event_id(tx)? > records::cursor(tx, RECEIVED)?))
        .await?;
    if uncounted {
        // Nothing may come in behind the end of what is counted: whoever is writing now is waited for.
        let last = store
            .write(|tx| {
                tx.wait_for_writers("event")?;
                inbox::last_event_id(tx)
            })
            .await?;
        walk(store, RECEIVED, last, received).await?;
    }
    Ok(())
}

/// What one step counts: behind the first position and up to the second.
type Counting = fn(&mut Tx<'_>, (i64, i64)) -> Result<Tally>;

/// Moves a cursor up to `end`, step by step, each with what it passed. What is counted is read beside the writer; only the
/// sums are written.
async fn walk(store: &Store, name: &'static str, end: i64, counting: Counting) -> Result<()> {
    loop {
        let (span, tally) = store
            .read(move |tx| {
                let from = records::cursor(tx, name)?;
                let span = (from, end.min(from.saturating_add(STEP)));
                let tally = if span.0 < span.1 {
                    counting(tx, span)?
                } else {
                    Tally::default()
                };
                Ok::<_, store::Error>((span, tally))
            })
            .await?;
        if span.0 >= span.1 {
            return Ok(());
        }
        let moved = store
            .write(move |tx| {
                let moved = records::move_cursor(tx, name, span)?;
                if moved {
                    records::add(tx, &tally)?;
                }
                Ok::<_, store::Error>(moved)
            })
            .await?;
        if moved {
            metrics::counter!("paydesk_reports_counted_total", "what" => name)
                .increment((span.1 - span.0).unsigned_abs());
        }
    }
}

fn transfers(tx: &mut Tx<'_>, span: (i64, i64)) -> Result<Tally> {
    let mut tally = Tally::default();
    for moved in books::moved_by_day(tx, span)? {
        let Some((figure, sign)) = rules::figure_of(moved.code) else {
            continue;
        };
        let sum = Sum {
            amount: moved.amount.saturating_mul(sign),
            things: moved.transfers.saturating_mul(sign),
        };
        tally.add(&moved.unit.to_string(), figure, Day(moved.day), sum);
    }
    Ok(tally)
}

fn received(tx: &mut Tx<'_>, span: (i64, i64)) -> Result<Tally> {
    let mut tally = Tally::default();
    for (day, events) in inbox::received_by_day(tx, span)? {
        let sum = Sum {
            amount: events,
            things: events,
        };
        tally.add(EVENTS, Figure::Received, Day(day), sum);
    }
    Ok(tally)
}

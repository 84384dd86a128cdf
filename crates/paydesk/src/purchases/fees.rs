//! What Stripe keeps of each payment: asked for once the money is there, a while after, until Stripe knows.
//!
//! Events do not tell it: they name the movement on Stripe's balance at best. Stripe is asked outside of any transaction; the
//! fee is written once, and counted in the same transaction.

use stripe::objects::PaymentIntent;

use super::records::fees as records;
use crate::app::App;
use crate::clock::SECOND_US;
use crate::reports::{self, Day, Figure, Sum, Tally};

/// Payments that are asked about at a time; well under Stripe's limit of reads.
const BATCH: i64 = 20;
/// A payment that is being asked about is left alone by others for this long.
const LEASE_US: i64 = 300 * SECOND_US;
/// What Stripe did not know yet is asked for again after this long, doubled each time.
const AGAIN_US: i64 = 120 * SECOND_US;
/// How often that is doubled at most: about once in three days.
const DOUBLINGS_MAX: u32 = 11;
/// After how many times without an answer nobody asks any more: about two months.
const TRIES_MAX: i64 = 30;
/// How often it looks for payments.
const POLL_US: i64 = 10 * SECOND_US;

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_fees_asked_total",
        "Payments that Stripe was asked the fee of, by outcome."
    );
    for outcome in ["filled", "not_yet", "failed"] {
        metrics::counter!("paydesk_fees_asked_total", "outcome" => outcome).increment(0);
    }
}

/// Runs until told to stop.
pub async fn run(app: App) {
    while !app.shutdown.is_requested() {
        match fill(&app).await {
            // Each was given its next time, so this comes to an end.
            Ok(1..) => continue,
            Ok(0) => {}
            Err(error) => tracing::warn!(%error, "fees could not be asked for; it is tried again"),
        }
        tokio::select! {
            () = app.clock.sleep_until_us(app.clock.now_us() + POLL_US) => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// A fee, in the currency of the balance at Stripe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fee {
    /// `txn_…`.
    pub(super) balance_transaction_id: String,
    pub(super) minor: i64,
    /// Lower case.
    pub(super) currency: String,
}

/// Asks for the fees that are due once. Gives how many payments were asked about.
pub async fn fill(app: &App) -> Result<usize, store::Error> {
    let now_us = app.clock.now_us();
    let due = app
        .store
        .write(move |tx| records::claim(tx, now_us, now_us + LEASE_US, BATCH))
        .await?;
    let count = due.len();
    for (payment_intent_id, tries) in due {
        if app.shutdown.is_requested() {
            break;
        }
        let outcome = match ask(app, &payment_intent_id).await {
            Ok(Some(fee)) => {
                write(app, payment_intent_id, fee).await?;
                "filled"
            }
            Ok(None) => {
                let again_at_us = again_at_us(app.clock.now_us(), tries);
                app.store
                    .write(move |tx| records::postpone(tx, &payment_intent_id, again_at_us))
                    .await?;
                "not_yet"
            }
            // It is due again when the lease ends.
            Err(error) => {
                tracing::warn!(%error, payment_intent_id, "the fee of a payment could not be asked for now");
                "failed"
            }
        };
        metrics::counter!("paydesk_fees_asked_total", "outcome" => outcome).increment(1);
    }
    Ok(count)
}

/// When a payment is asked about again of which Stripe did not know the fee.
fn again_at_us(now_us: i64, tries: i64) -> i64 {
    if tries >= TRIES_MAX {
        return records::NEVER_US;
    }
    let doublings = u32::try_from(tries).unwrap_or(0).min(DOUBLINGS_MAX);
    now_us.saturating_add(AGAIN_US << doublings)
}

/// The fee of a payment, where Stripe knows it. A payment that is not there has none: that is a fact, not a failure.
async fn ask(app: &App, payment_intent_id: &str) -> Result<Option<Fee>, stripe::Error> {
    let expand = &["latest_charge.balance_transaction"];
    match app.stripe.retrieve_payment_intent(payment_intent_id, expand).await {
        Ok(intent) => Ok(fee_of(&intent)),
        Err(stripe::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn fee_of(intent: &PaymentIntent) -> Option<Fee> {
    let charge = intent.latest_charge.as_ref()?.object()?;
    let movement = charge.balance_transaction.as_ref()?.object()?;
    Some(Fee {
        balance_transaction_id: movement.id.clone(),
        minor: movement.fee,
        currency: movement.currency.clone(),
    })
}

/// Writes a fee that is not known yet, and counts it.
async fn write(app: &App, payment_intent_id: String, fee: Fee) -> Result<(), store::Error> {
    app.store
        .write(move |tx| {
            let Some(created_at_us) = records::write(tx, &payment_intent_id, &fee)? else {
                return Ok(());
            };
            let mut tally = Tally::default();
            let day = Day::of_us(created_at_us);
            tally.add(&fee.currency, Figure::Fees, day, Sum::one(fee.minor));
            reports::add(tx, &tally)
        })
        .await?;
    Ok(())
}

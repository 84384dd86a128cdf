//! Recovery: takes up again what was cut off between the written intent and the recorded answer, and asks Stripe about
//! sessions whose end nobody told us of.

use std::time::Duration;

use serde_json::json;
use stripe::Event;
use stripe::objects::PaymentIntent;

use super::drive::{self, DriveError};
use super::{Purchase, Status, Told, charge, records, refunds, rules, settlement};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::effects::ApplyError;
use crate::subscriptions::commands;

/// A purchase that was looked at is not looked at again for this long.
const LEASE_US: i64 = 60 * SECOND_US;
/// A session whose page has ended, but whose money is on its way, is asked about this often.
const AWAITING_FUNDS_US: i64 = 6 * 3600 * SECOND_US;
/// Purchases taken up at a time; well under Stripe's limit of reads.
const BATCH: usize = 20;
/// Pages of Stripe's events that are searched for that of one payment.
const EVENT_PAGES_MAX: usize = 20;
/// How often recovery looks for work.
const POLL: Duration = Duration::from_secs(10);

/// Runs until told to stop.
pub async fn run(app: App) {
    while !app.shutdown.is_requested() {
        if let Err(error) = refunds::recover(&app).await {
            tracing::warn!(%error, "recovery of refunds failed; it is tried again");
        }
        if let Err(error) = commands::recover(&app).await {
            tracing::warn!(%error, "recovery of commands about subscriptions failed; it is tried again");
        }
        match recover(&app).await {
            // A full batch means that more may be due; each was given its next time, so this comes to an end.
            Ok(BATCH) => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "recovery of purchases failed; it is tried again"),
        }
        tokio::select! {
            () = app.clock.sleep_until_us(app.clock.now_us() + i64::try_from(POLL.as_micros()).unwrap_or(i64::MAX)) => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// Takes up what is due once. Gives how many purchases were looked at.
pub async fn recover(app: &App) -> Result<usize, store::Error> {
    let now_us = app.clock.now_us();
    let due = app
        .store
        .write(move |tx| records::claim_checks(tx, now_us, now_us + LEASE_US, i64::try_from(BATCH).unwrap_or(i64::MAX)))
        .await?;
    let count = due.len();
    if count > 0 {
        store::crash_point("recovery claimed");
    }
    for purchase in due {
        let purchase_id = purchase.purchase_id.clone();
        if let Err(error) = take_up(app, purchase).await {
            tracing::warn!(%error, purchase_id, "a purchase could not be recovered now");
        }
    }
    Ok(count)
}

async fn take_up(app: &App, purchase: Purchase) -> Result<(), DriveError> {
    match (&purchase.session_id, purchase.status) {
        _ if purchase.charged.is_some() => charge::take_up(app, purchase).await,
        (None, Status::Created) => drive::drive(app, purchase).await.map(drop),
        (Some(session_id), _) => match look(app, session_id).await {
            // A session that is gone can be paid no more. That is a fact, not a failure.
            Err(DriveError::Refused(stripe::Error::NotFound { .. })) => {
                drive::give_up(app, purchase.purchase_id, Status::Expired)
                    .await
                    .map(drop)
            }
            looked => looked,
        },
        (None, _) => Ok(()),
    }
}

/// Asks Stripe how a session stands and settles what it says, by the same rules and keys as an event would.
pub(super) async fn look(app: &App, session_id: &str) -> Result<(), DriveError> {
    let session = app.stripe.retrieve_checkout_session(session_id, &[]).await?;
    store::crash_point("session looked at");
    let told = match rules::of_session(&session, None) {
        Ok(Some(fact)) => {
            let payment = match rules::dated_by(&session, &fact.stated) {
                Some(payment_intent_id) => success_of(app, payment_intent_id, session.created).await?,
                None => None,
            };
            std::iter::once(Told::Purchase(fact)).chain(payment).collect()
        }
        // It is no payment of ours, and will not become one by being asked about again.
        Ok(None) => {
            let session_id = session_id.to_owned();
            app.store.write(move |tx| records::let_rest(tx, &session_id)).await?;
            return Ok(());
        }
        Err(malformed) => return Err(store::Error::Corrupt(malformed.to_string()).into()),
    };
    take_in(app, told).await?;
    store::crash_point("session settled");
    Ok(())
}

/// Settles what was seen at Stripe, and sets when the purchases are looked at again.
pub(super) async fn take_in(app: &App, told: Vec<Told>) -> Result<(), store::Error> {
    let (now_us, policies) = (app.clock.now_us(), app.config.settings.policies);
    app.store
        .write(move |tx| {
            for one in &told {
                let settled = settlement::settle_seen(tx, now_us, policies, one)?;
                for purchase in settled.purchases.values() {
                    let next = match purchase.status {
                        Status::AwaitingFunds => now_us + AWAITING_FUNDS_US,
                        status if status.is_final() => records::NEVER_US,
                        _ => purchase.expires_at_us.max(now_us) + LEASE_US,
                    };
                    records::record_session(tx, purchase, next)?;
                }
            }
            Ok::<_, ApplyError>(())
        })
        .await
        .map_err(ApplyError::into_store)
}

/// What the event tells that says since when the money of a payment is there, read from Stripe: nothing else says it. The
/// payment was made after `from_s`, unix seconds.
pub(super) async fn success_of(
    app: &App,
    payment_intent_id: &str,
    from_s: Option<i64>,
) -> Result<Option<Told>, DriveError> {
    let wanted = json!({ "type": "payment_intent.succeeded", "created": { "gte": from_s.unwrap_or_default() } });
    let mut pages = app.stripe.pages::<Event>(&wanted, EVENT_PAGES_MAX);
    let is_of = |event: &Event| {
        let intent = event.object::<PaymentIntent>();
        intent.is_ok_and(|intent| intent.id == payment_intent_id)
    };
    while let Some(events) = pages.next().await? {
        if let Some(event) = events.iter().find(|event| is_of(event)) {
            let told = rules::interpret(event);
            return told.map_err(|malformed| store::Error::Corrupt(malformed.to_string()).into());
        }
    }
    tracing::info!(
        payment_intent_id,
        "stripe lists no event of a payment that is there; it is looked for again"
    );
    Ok(None)
}

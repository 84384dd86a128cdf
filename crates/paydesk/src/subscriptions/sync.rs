//! The sync: reads subscriptions that were told of, or whose time has come, from Stripe, and takes them in. However many events
//! told of one, it is read once. Stripe is asked outside of any transaction.
//!
//! Two reads of one subscription may overlap. Each has a number from before it began, and one that began earlier is not
//! taken in after one that began later; so what is kept never goes back.

use std::time::Duration;

use serde_json::json;
use stripe::objects::{Invoice, InvoicePayment, Subscription as StripeSubscription, id_of};
use tokio::task::JoinSet;

use super::records::{self, Claim};
use super::rules::{self, Seen, There, Told};
use super::{Subscription, TOPIC, follow, intake};
use crate::app::App;
use crate::catalogue;
use crate::clock::SECOND_US;
use crate::effects::{self, ApplyError, NO_EVENT};
use crate::ids::UserId;
use crate::{purchases, reports};

/// What could not be read is read again after this long.
const LEASE_US: i64 = 60 * SECOND_US;
/// Subscriptions and invoices taken up at a time.
const BATCH: i64 = 20;
/// Reads under way at once; well under Stripe's limit.
const READS_AT_ONCE: usize = 8;
/// Pages of a subscription's open invoices and of an invoice's lines that are read.
const PAGES_MAX: usize = 10;
/// How often the sync looks for work that nothing woke it for.
const POLL: Duration = Duration::from_secs(2);

/// Why a subscription could not be read or taken in.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Stripe could not be asked, or refused.
    #[error(transparent)]
    Stripe(#[from] stripe::Error),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_subscription_reads_total",
        "Subscriptions, or invoices alone, that were read from Stripe, by outcome."
    );
    for outcome in ["taken_in", "failed"] {
        count_read(outcome, 0);
    }
}

fn count_read(outcome: &'static str, by: u64) {
    metrics::counter!("paydesk_subscription_reads_total", "outcome" => outcome).increment(by);
}

/// Runs until told to stop.
pub async fn run(app: App) {
    let mut listener = app.store.listen(TOPIC);
    while !app.shutdown.is_requested() {
        match work(&app).await {
            // Each was given its next time, so this comes to an end.
            Ok(1..) => continue,
            Ok(0) => {}
            Err(error) => tracing::warn!(%error, "subscriptions could not be read; it is tried again"),
        }
        let wait = tokio::time::timeout(POLL, listener.changed());
        tokio::select! {
            _woken_or_late = wait => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// Reads what is due once. Gives how many subscriptions and invoices were taken up.
pub async fn work(app: &App) -> Result<usize, store::Error> {
    let now_us = app.clock.now_us();
    let (subscriptions, invoices) = app
        .store
        .write(move |tx| {
            let subscriptions = records::claim_due(tx, now_us, now_us + LEASE_US, BATCH)?;
            let invoices = records::claim_invoices(tx, now_us, now_us + LEASE_US, BATCH)?;
            Ok::<_, store::Error>((subscriptions, invoices))
        })
        .await?;
    let count = subscriptions.len() + invoices.len();
    if count == 0 {
        return Ok(0);
    }
    let mut reading: JoinSet<()> = JoinSet::new();
    for claim in subscriptions {
        room(&mut reading).await;
        reading.spawn(read_one(app.clone(), claim));
    }
    for invoice_id in invoices {
        room(&mut reading).await;
        reading.spawn(read_invoice(app.clone(), invoice_id));
    }
    while reading.join_next().await.is_some() {}
    Ok(count)
}

/// Waits until another read may begin.
async fn room(reading: &mut JoinSet<()>) {
    while reading.len() >= READS_AT_ONCE {
        reading.join_next().await;
    }
}

async fn read_one(app: App, claim: Claim) {
    let subscription_id = claim.subscription_id.clone();
    if let Err(error) = read(&app, claim).await {
        tracing::warn!(%error, subscription_id, "a subscription could not be read now");
    }
}

/// Reads a subscription now and takes it in: after a call that changed it, say. Gives it as it then is.
pub async fn refresh(app: &App, subscription_id: &str) -> Result<Option<Subscription>, SyncError> {
    let (wanted, now_us) = (subscription_id.to_owned(), app.clock.now_us());
    let claim = app
        .store
        .write(move |tx| records::claim_one(tx, now_us, now_us + LEASE_US, &wanted))
        .await?;
    read(app, claim).await?;
    let wanted = subscription_id.to_owned();
    Ok(app.store.read(move |tx| records::subscription(tx, &wanted)).await?)
}

async fn read(app: &App, claim: Claim) -> Result<(), SyncError> {
    let read = read_and_take(app, claim).await;
    count_read(outcome_of(read.is_ok()), 1);
    read
}

fn outcome_of(is_taken_in: bool) -> &'static str {
    if is_taken_in { "taken_in" } else { "failed" }
}

async fn read_and_take(app: &App, claim: Claim) -> Result<(), SyncError> {
    let expand = &["customer"];
    let seen = match app.stripe.retrieve_subscription(&claim.subscription_id, expand).await {
        Ok(subscription) => Seen::There(Box::new(there(app, subscription).await?)),
        // One that is gone is over. That is a fact, not a failure.
        Err(stripe::Error::NotFound { .. }) => Seen::Gone,
        Err(error) => return Err(error.into()),
    };
    store::crash_point("subscription read");
    let (now_us, app) = (app.clock.now_us(), app.clone());
    let store = app.store.clone();
    store.write(move |tx| take(tx, &app, now_us, &claim, &seen)).await?;
    store::crash_point("subscription taken in");
    Ok(())
}

/// What is to be known of a subscription besides itself.
async fn there(app: &App, subscription: StripeSubscription) -> Result<There, SyncError> {
    let price = subscription
        .items
        .as_ref()
        .and_then(|items| items.data.first()?.price.as_ref());
    let price_id = price.map(|price| price.id().to_owned());
    let of_price = match price_id {
        Some(price_id) => {
            app.store
                .read(move |tx| catalogue::plan_of_price(tx, &price_id))
                .await?
        }
        None => None,
    };
    let product = price.and_then(|price| id_of(price.object()?.product.as_ref()));
    let named = subscription.metadata.get(purchases::metadata::ITEM);
    let plan_id = of_price
        .or_else(|| app.catalogue.plan_of_product(product?))
        .or_else(|| named.filter(|plan_id| app.catalogue.plan(plan_id).is_some()).cloned());
    let customer = subscription.customer.as_ref().and_then(|customer| customer.object());
    let user_id = rules::user_of(&subscription.metadata).or_else(|| rules::user_of(&customer?.metadata));
    let overdue = matches!(subscription.status.as_str(), "past_due" | "unpaid");
    let overdue_since_us = if overdue {
        overdue_since(app, &subscription.id).await?
    } else {
        None
    };
    Ok(There {
        subscription,
        plan_id,
        user_id,
        overdue_since_us,
    })
}

/// When the oldest invoice was made that waits to be paid, microseconds: since then a payment is overdue.
async fn overdue_since(app: &App, subscription_id: &str) -> Result<Option<i64>, SyncError> {
    let wanted = json!({ "subscription": subscription_id, "status": "open" });
    let (open, _) = app.stripe.pages::<Invoice>(&wanted, PAGES_MAX).collect().await?;
    let oldest = open.iter().filter_map(|invoice| invoice.created).min();
    Ok(oldest.map(|seconds| seconds.saturating_mul(SECOND_US)))
}

/// Takes in what a read showed, unless one that began later was taken in before.
fn take(tx: &mut store::Tx<'_>, app: &App, now_us: i64, claim: &Claim, seen: &Seen) -> store::Result<()> {
    let Some(locked) = records::lock(tx, &claim.subscription_id)? else {
        return Ok(());
    };
    if claim.number <= locked.taken {
        return Ok(());
    }
    let before = locked.subscription;
    let mut after = rules::take(&before, seen, &app.catalogue, now_us);
    if after.user_id.is_none()
        && let Some(customer) = &after.customer
    {
        after.user_id = purchases::user_of_customer(tx, customer)?;
    }
    after.version += i64::from(after != before);
    let plan = after.plan_id.as_deref().and_then(|plan_id| app.catalogue.plan(plan_id));
    // A wish that came since the read began is still to be fulfilled, and stays due.
    let next_us = rules::next_look_us(&after, plan, now_us).unwrap_or(records::NEVER_US);
    let due_at_us = (locked.wanted == claim.number).then_some(next_us);
    records::write(tx, now_us, &after, claim.number, due_at_us)?;
    let Some(user_id) = &after.user_id else {
        return Ok(());
    };
    if let Some(customer) = after.customer.as_deref().filter(|_| !after.is_terminal()) {
        purchases::link_customer(tx, now_us, user_id, customer)?;
    }
    records::check_unsettled(tx, now_us, &after.subscription_id)?;
    decide(tx, app, now_us, user_id, (&before, &after))?;
    reports::follow_subscription(tx, now_us, &rules::recurring(&after, user_id, seen))
}

/// Decides anew what its user has in the group that a subscription is in, and in the one that it was in.
fn decide(
    tx: &mut store::Tx<'_>,
    app: &App,
    now_us: i64,
    user_id: &UserId,
    (before, after): (&Subscription, &Subscription),
) -> store::Result<()> {
    let mut groups: Vec<&str> = [&before.group, &after.group]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        follow::decide(tx, app, now_us, user_id, group)?;
    }
    Ok(())
}

async fn read_invoice(app: App, invoice_id: String) {
    let read = look_at_invoice(&app, &invoice_id).await;
    count_read(outcome_of(read.is_ok()), 1);
    if let Err(error) = read {
        tracing::warn!(%error, invoice_id, "an invoice could not be read now");
    }
}

/// Reads an invoice of which events have not told all, and settles what it says by the same rules and keys as they would.
async fn look_at_invoice(app: &App, invoice_id: &str) -> Result<(), SyncError> {
    let wanted = invoice_id.to_owned();
    let invoice = match app.stripe.retrieve_invoice(invoice_id, &[]).await {
        Ok(invoice) => invoice,
        Err(stripe::Error::NotFound { .. }) => {
            return Ok(app.store.write(move |tx| records::forget_invoice(tx, &wanted)).await?);
        }
        Err(error) => return Err(error.into()),
    };
    let read = rules::of_invoice(&invoice).map_err(|malformed| store::Error::Corrupt(malformed.to_string()))?;
    let Some(mut told) = read else {
        return Ok(app.store.write(move |tx| records::forget_invoice(tx, &wanted)).await?);
    };
    complete(app, &mut told).await?;
    let payments = json!({ "invoice": invoice_id, "status": "paid" });
    let (payments, _) = app
        .stripe
        .pages::<InvoicePayment>(&payments, PAGES_MAX)
        .collect()
        .await?;
    for payment in &payments {
        let part = rules::events::paid_by(payment);
        let part = part.map_err(|malformed| store::Error::Corrupt(malformed.to_string()))?;
        told.paid_by.extend(part);
    }
    settle(app, told, invoice_id).await
}

/// Reads the lines of an invoice that has more than it shows.
async fn complete(app: &App, told: &mut Told) -> Result<(), SyncError> {
    let Some(paid) = told.paid.as_mut().filter(|paid| !paid.complete) else {
        return Ok(());
    };
    let (lines, all) = app.stripe.list_invoice_lines(&paid.invoice_id, PAGES_MAX).await?;
    if !all {
        tracing::warn!(
            invoice_id = paid.invoice_id,
            "an invoice has more lines than are read; the first ones count"
        );
    }
    paid.lines = lines.iter().filter_map(rules::events::line).collect();
    paid.complete = true;
    Ok(())
}

async fn settle(app: &App, told: Told, invoice_id: &str) -> Result<(), SyncError> {
    let (now_us, policies, app) = (app.clock.now_us(), app.config.settings.policies, app.clone());
    let (store, invoice_id) = (app.store.clone(), invoice_id.to_owned());
    let settled = store.write(move |tx| {
        let taken = intake::take_in_events(tx, now_us, &app.catalogue, &[(NO_EVENT, told.clone())])?;
        let told: Vec<_> = taken.told.iter().map(|(event_id, told)| (*event_id, told)).collect();
        let settled = purchases::settle(tx, now_us, policies, &told)?;
        effects::apply(tx, now_us, &settled.effects)?;
        // All of it is known now. One whose user is not waits until that is.
        records::forget_invoice(tx, &invoice_id)?;
        Ok::<_, ApplyError>(())
    });
    settled.await.map_err(ApplyError::into_store)?;
    Ok(())
}

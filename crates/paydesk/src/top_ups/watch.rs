//! The look: at wallets that the books marked, and at those whose time has come. It gives notices, and begins purchases and
//! charges them.
//!
//! Each wallet is decided on under the lock of its row, in one transaction with what follows, so any number of nodes may
//! look. The charge is made after the commit; one that is cut off is taken up by the recovery of purchases.

use std::collections::BTreeSet;
use std::time::Duration;

use ledger::Role;
use store::{Batch, BatchLimits, Result, Store, Tx};
use tokio::task::JoinSet;

use super::{Read, is_on_offer, records, rules};
use crate::app::App;
use crate::ids::UserId;
use crate::notices::{self, Notice, Subject};
use crate::purchases::{self, Purchase, Status};
use crate::{books, courier, credits};

/// Wallets taken up at a time.
const BATCH: i64 = 100;
/// Charges that are made at once; well under Stripe's limit.
const CHARGES_AT_ONCE: usize = 8;
/// How often it looks for wallets.
const POLL: Duration = Duration::from_secs(1);
/// What Stripe calls it when a bank wants to ask the buyer.
const AUTHENTICATION: &str = "authentication_required";

/// What one run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Looked {
    /// Wallets that were looked at.
    pub wallets: usize,
    /// Purchases that were begun.
    pub begun: usize,
}

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_top_ups_begun_total",
        "Automatic purchases of credits that were begun because a wallet ran low."
    );
    metrics::describe_counter!(
        "paydesk_top_ups_failed_total",
        "Automatic purchases of credits whose charge was declined or refused at once."
    );
    metrics::counter!("paydesk_top_ups_begun_total").increment(0);
    metrics::counter!("paydesk_top_ups_failed_total").increment(0);
}

/// Runs until told to stop.
pub async fn run(app: App) {
    while !app.shutdown.is_requested() {
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "wallets that run low could not be looked at; it is tried again");
        }
        tokio::select! {
            () = app.clock.sleep_until_us(app.clock.now_us() + i64::try_from(POLL.as_micros()).unwrap_or(i64::MAX)) => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// A wallet to be looked at.
pub struct Look {
    app: App,
    user_id: UserId,
    now_us: i64,
    /// Fresh ids for what may follow.
    low_id: String,
    failed_id: String,
    purchase_id: String,
}

/// The way of wallets into a look. Gives the purchase that is to be charged, where one was begun.
pub type Looks = Batch<Look, Option<Purchase>>;

/// Opens that way on a store. It waits for rows instead of starting again, so that a wallet in heavy use can be looked at;
/// one wallet at a time, because each look locks the wallet's account behind its own row.
pub fn looks(store: &Store) -> Looks {
    let limits = BatchLimits {
        max_items: 1,
        max_flushes: 1,
        ..BatchLimits::default()
    };
    store.batch("top-ups look", limits, |tx, looks: &[Look]| {
        looks.iter().map(|look| decide(tx, look)).collect()
    })
}

/// Looks at all wallets that are due, once.
pub async fn look(app: &App) -> Result<Looked> {
    let mut looked = Looked::default();
    loop {
        let now_us = app.clock.now_us();
        let due = app.store.read(move |tx| due(tx, now_us)).await?;
        let mut failed = false;
        let mut begun = Vec::new();
        for user_id in &due {
            match take_up(app, user_id.clone()).await {
                Ok(purchase) => begun.extend(purchase),
                Err(error) => {
                    failed = true;
                    tracing::warn!(%error, %user_id, "a wallet that runs low could not be looked at now");
                }
            }
        }
        if !due.is_empty() {
            app.store.notify(courier::TOPIC);
        }
        looked.wallets += due.len();
        looked.begun += begun.len();
        charge_all(app, begun).await;
        // Each was given its next time, and its mark was taken away, so this comes to an end.
        let full = due.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
        if !full || failed || app.shutdown.is_requested() {
            return Ok(looked);
        }
    }
}

fn due(tx: &mut Tx<'_>, now_us: i64) -> Result<BTreeSet<UserId>> {
    let mut due: BTreeSet<UserId> = records::due(tx, now_us, BATCH)?.into_iter().collect();
    for key in books::stirred(tx, BATCH)? {
        if let Role::Wallet(owner) = &key.role {
            due.extend(UserId::parse(&owner.user));
        }
    }
    Ok(due)
}

/// Decides on a wallet and writes what follows. Gives the purchase that is to be charged.
async fn take_up(app: &App, user_id: UserId) -> Result<Option<Purchase>> {
    let look = Look {
        user_id,
        now_us: app.clock.now_us(),
        low_id: app.ids.next("ntc"),
        failed_id: app.ids.next("ntc"),
        purchase_id: app.ids.next("pur"),
        app: app.clone(),
    };
    app.looks.submit(look).await
}

/// Charges what was begun, some at a time.
async fn charge_all(app: &App, begun: Vec<Purchase>) {
    if !begun.is_empty() {
        store::crash_point("top-up written");
    }
    metrics::counter!("paydesk_top_ups_begun_total").increment(begun.len() as u64);
    let mut begun = begun.into_iter();
    let mut charging = JoinSet::new();
    loop {
        while charging.len() < CHARGES_AT_ONCE
            && let Some(purchase) = begun.next()
        {
            charging.spawn(charge(app.clone(), purchase));
        }
        if charging.join_next().await.is_none() {
            break;
        }
    }
}

/// Charges a purchase, and looks at the wallet once more where that came to nothing at once.
async fn charge(app: App, purchase: Purchase) {
    let purchase_id = purchase.purchase_id.clone();
    let user_id = purchase.user_id.clone();
    match purchases::charge(&app, purchase).await {
        Ok(charged) if charged.status == Status::Failed => {
            metrics::counter!("paydesk_top_ups_failed_total").increment(1);
            if let Err(error) = take_up(&app, user_id).await {
                tracing::warn!(%error, purchase_id, "a failed top-up could not be told of now");
            }
        }
        Ok(_) => {}
        Err(error) => {
            tracing::warn!(%error, purchase_id, "a top-up could not be charged now; recovery takes it up");
        }
    }
}

/// What a look does. What is on its way is read before the balance: money that arrives in between counts twice then, and
/// never not at all.
fn decide(tx: &mut Tx<'_>, look: &Look) -> Result<Option<Purchase>> {
    let Look {
        app, user_id, now_us, ..
    } = look;
    let wallet = credits::wallet(user_id, None);
    let Some((settings, noticed)) = records::lock(tx, user_id)? else {
        books::watch(tx, &wallet, books::ALWAYS_CALM)?;
        return Ok(None);
    };
    let read = Read::of(tx, user_id)?;
    let on_offer = settings.plan.as_ref().is_none_or(|plan| is_on_offer(app, plan));
    let decision = rules::decide(&settings, &read.standing(on_offer, noticed), *now_us);
    let balance = read.watched.balance;
    if let (true, Some(below)) = (decision.notify, settings.notice_below) {
        let subject = Subject::LowBalance { balance, below };
        notices::note(tx, &notice(look, &look.low_id, subject))?;
    }
    if let Some(attempt) = read.attempts.first().filter(|attempt| attempt.status == Status::Failed) {
        notices::note(tx, &notice(look, &look.failed_id, failure(attempt)))?;
    }
    let begun = match (&settings.plan, &read.method) {
        (Some(plan), Some(method)) if decision.begin => {
            let wanted = purchases::Automatic {
                purchase_id: &look.purchase_id,
                user_id,
                item_id: &plan.item_id,
                quantity: plan.quantity,
                currency: plan.price.currency,
                method,
            };
            purchases::begin_automatic(tx, app, *now_us, &wanted)?
        }
        _ => None,
    };
    records::looked(tx, user_id, decision.low, decision.next_look_at_us)?;
    books::watch(tx, &wallet, rules::calm(&settings, balance))?;
    Ok(begun)
}

fn notice(look: &Look, notice_id: &str, subject: Subject) -> Notice {
    Notice {
        notice_id: notice_id.to_owned(),
        user_id: look.user_id.clone(),
        subject,
        created_at_us: look.now_us,
    }
}

/// What a user is told of an attempt that failed.
fn failure(attempt: &Purchase) -> Subject {
    let purchase_id = attempt.purchase_id.clone();
    match attempt.failure.as_deref() {
        Some(AUTHENTICATION) => Subject::TopUpNeedsBuyer { purchase_id },
        reason => Subject::TopUpFailed {
            purchase_id,
            reason: reason.unwrap_or("declined").to_owned(),
        },
    }
}

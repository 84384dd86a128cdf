//! Transfers to connected accounts, and what is taken back of them. A line says what is owed; an intent is written with the
//! decision, under the line's lock; Stripe is called with the intent's key; the answer moves the books.
//!
//! An answer that is lost makes the outcome *unknown*, which is a state of its own: it is looked up by the group and the
//! metadata before anything is sent again. What Stripe refused is dead; another attempt has another key.

use ledger::{Currency, Role, TransferCode};
use serde_json::json;
use stripe::objects::Metadata;

use super::records::{self, lines, transfers};
use super::rules::shares::{self, Standing, Step};
use super::{Line, lines as line_rules};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::ids::UserId;
use crate::purchases::{self, DriveError};
use crate::stripe_calls::Call;
use crate::words::words;

/// The name under which the intent's key stands in the metadata.
const METADATA_KEY: &str = "paydesk_payout";
/// What was taken up is taken up again after this long, where it comes to nothing.
const LEASE_US: i64 = 60 * SECOND_US;
/// Lines and intents taken up at a time.
const BATCH: i64 = 20;

/// Which way money goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PayoutDirection)]
pub enum Direction {
    /// To the connected account.
    Out,
    /// Back from it.
    Back,
}

words!(Direction {
    Out = "out",
    Back = "back",
});

/// Where an intent stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PayoutTransferStatus)]
pub enum Status {
    /// Written here; Stripe has not answered yet.
    Created,
    /// Stripe may have done it: the answer was lost.
    Unknown,
    /// Stripe has done it.
    Made,
    /// Stripe will not do it.
    Refused,
}

words!(Status {
    Created = "created",
    Unknown = "unknown",
    Made = "made",
    Refused = "refused",
});

/// A transfer for a line, or a part of one that is taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Transfer {
    /// The Idempotency-Key: the line's id, and behind it a number from the second attempt on.
    pub(super) key: String,
    pub(super) line_id: String,
    pub(super) direction: Direction,
    pub(super) amount_minor: i64,
    pub(super) currency: Currency,
    /// `acct_…`.
    pub(super) account_id: String,
    /// The charge that the money comes from, so that it may leave before it is available.
    pub(super) charge_id: Option<String>,
    /// The transfer that is taken back.
    pub(super) taken_from: Option<String>,
    pub(super) status: Status,
    pub(super) created_at_us: i64,
}

/// Takes up what is due once: intents without an answer first, then lines. Gives how much.
pub(super) async fn work(app: &App) -> Result<usize, store::Error> {
    let now_us = app.clock.now_us();
    let (cut_off, due) = app
        .store
        .write(move |tx| {
            let cut_off = transfers::claim_due(tx, now_us, now_us + LEASE_US, BATCH)?;
            let due = lines::claim_due(tx, now_us, now_us + LEASE_US, BATCH)?;
            Ok::<_, store::Error>((cut_off, due))
        })
        .await?;
    let count = cut_off.len() + due.len();
    for transfer in cut_off {
        drive(app, transfer).await?;
    }
    for (line_id, user_id) in due {
        let now_us = app.clock.now_us();
        let decided = app
            .store
            .write(move |tx| decide(tx, now_us, &line_id, &user_id))
            .await?;
        if let Some(transfer) = decided {
            store::crash_point("transfer written");
            drive(app, transfer).await?;
        }
    }
    Ok(count)
}

/// Decides what is to be done about a line, and writes it. The earner's account is locked before lines, and the lines of one
/// earner in the order of their ids.
fn decide(tx: &mut store::Tx<'_>, now_us: i64, line_id: &str, user_id: &UserId) -> store::Result<Option<Transfer>> {
    let account = records::lock(tx, user_id)?.map(|locked| locked.account);
    let Some(mut line) = lines::lock(tx, line_id)? else {
        return Ok(None);
    };
    let owing = lines::lock_carried(tx, user_id, line.sale.currency)?;
    let mut others: Vec<Line> = owing
        .into_iter()
        .filter(|other| other.line_id != line.line_id)
        .collect();
    others.retain(|other| other.outstanding_minor() < 0);
    let reversible = transfers::reversible(tx, line_id)?;
    let standing = Standing {
        outstanding_minor: line.outstanding_minor(),
        under_way: transfers::is_under_way(tx, line_id)?,
        reversible_minor: reversible.as_ref().map_or(0, |(_, _, left)| *left),
        carried: line.carried,
        is_due: line.sale.payable_at_us <= now_us,
        is_payable: account.as_ref().is_some_and(super::Account::is_payable),
        debt_minor: others.iter().map(|other| -other.outstanding_minor()).sum(),
    };
    let mut intent = None;
    match shares::next(&standing) {
        Step::Wait => {
            let next = shares::next_look_us(&standing, line.sale.payable_at_us, now_us);
            lines::write(tx, &line, next.unwrap_or(records::NEVER_US))?;
            return Ok(None);
        }
        Step::Carry => line.carried = true,
        Step::TakeBack(amount_minor) => {
            if let Some((of_transfer, account_id, _)) = reversible {
                line.taken_back_minor += amount_minor;
                let back = new_intent(&mut line, now_us, (Direction::Back, amount_minor, account_id));
                intent = Some(Transfer {
                    taken_from: Some(of_transfer),
                    ..back
                });
            }
        }
        Step::Settle {
            offset_minor,
            transfer_minor,
        } => {
            pay_debt(tx, now_us, &mut others, offset_minor)?;
            line.offset_minor += offset_minor;
            let account_id = account.and_then(|account| account.account_id);
            if let Some(account_id) = account_id.filter(|_| transfer_minor > 0) {
                let charge_id = source(tx, &line)?;
                line.transferred_minor += transfer_minor;
                let out = new_intent(&mut line, now_us, (Direction::Out, transfer_minor, account_id));
                intent = Some(Transfer { charge_id, ..out });
            }
        }
    }
    if let Some(intent) = &intent {
        transfers::insert(tx, intent, now_us + LEASE_US)?;
    }
    // Whatever was decided, what is left is looked at once it is done.
    let next = if intent.is_some() { records::NEVER_US } else { now_us };
    lines::write(tx, &line, next)?;
    Ok(intent)
}

/// Lets what is owed to an earner pay their debts, the oldest first.
fn pay_debt(tx: &mut store::Tx<'_>, now_us: i64, owing: &mut [Line], offset_minor: i64) -> store::Result<()> {
    let mut left = offset_minor;
    for other in owing {
        let paid = left.min(-other.outstanding_minor());
        if paid > 0 {
            other.offset_minor -= paid;
            other.carried = other.outstanding_minor() < 0;
            left -= paid;
            lines::write(tx, other, if other.carried { records::NEVER_US } else { now_us })?;
        }
    }
    Ok(())
}

/// The charge that a line's money comes from, for its first transfer: what went back once cannot come from it again.
fn source(tx: &mut store::Tx<'_>, line: &Line) -> store::Result<Option<String>> {
    match &line.sale.payment_intent_id {
        Some(payment_intent_id) if line.transferred_minor == 0 => purchases::charge_of(tx, payment_intent_id),
        _ => Ok(None),
    }
}

fn new_intent(
    line: &mut Line,
    now_us: i64,
    (direction, amount_minor, account_id): (Direction, i64, String),
) -> Transfer {
    line.attempts += 1;
    let key = match line.attempts {
        1 => line.line_id.clone(),
        number => format!("{}-{number}", line.line_id),
    };
    Transfer {
        key,
        line_id: line.line_id.clone(),
        direction,
        amount_minor,
        currency: line.sale.currency,
        account_id,
        charge_id: None,
        taken_from: None,
        status: Status::Created,
        created_at_us: now_us,
    }
}

/// Sees to it that an intent is done or refused, as far as that can be had now.
async fn drive(app: &App, transfer: Transfer) -> Result<(), store::Error> {
    let made = make(app, &transfer).await;
    store::crash_point("transfer made");
    let transfer_key = transfer.key.clone();
    match made {
        Ok(stripe_id) => finish(app, transfer, Ok(stripe_id)).await,
        Err(DriveError::Refused(error)) => {
            tracing::warn!(%error, transfer_key, "stripe refused a payout");
            finish(app, transfer, Err(error.to_string())).await
        }
        Err(DriveError::Stripe(error)) => {
            tracing::warn!(%error, transfer_key, "a payout could not be made now");
            if error.outcome_unknown() {
                app.store
                    .write(move |tx| transfers::mark_unknown(tx, &transfer_key))
                    .await?;
            }
            Ok(())
        }
        Err(DriveError::Store(error)) => Err(error),
        Err(error @ DriveError::NotPushed { .. }) => Err(store::Error::Corrupt(error.to_string())),
    }
}

/// Makes what is wanted at Stripe, or finds what an earlier try made. Gives its id there.
async fn make(app: &App, transfer: &Transfer) -> Result<String, DriveError> {
    let call = Call::of(app, &transfer.key, transfer.created_at_us).await?;
    if (call.looks_up || transfer.status == Status::Unknown)
        && let Some(found) = look_up(app, transfer).await?
    {
        return Ok(found);
    }
    let metadata = json!({ METADATA_KEY: transfer.key, "paydesk_line": transfer.line_id });
    if let Some(of_transfer) = &transfer.taken_from {
        let parameters = json!({ "amount": transfer.amount_minor, "metadata": metadata });
        let made = app.stripe.reverse_transfer(of_transfer, &parameters, call.key()).await;
        return Ok(call.answered(app, made).await?.id);
    }
    let mut parameters = json!({
        "amount": transfer.amount_minor,
        "currency": transfer.currency.code(),
        "destination": transfer.account_id,
        "transfer_group": transfer.line_id,
        "metadata": metadata,
    });
    if let Some(charge_id) = &transfer.charge_id {
        parameters["source_transaction"] = charge_id.as_str().into();
    }
    let made = app.stripe.create_transfer(&parameters, call.key()).await;
    Ok(call.answered(app, made).await?.id)
}

/// Finds what an old attempt may have made, by what we wrote into it.
async fn look_up(app: &App, transfer: &Transfer) -> Result<Option<String>, DriveError> {
    let is_ours = |metadata: &Metadata| metadata.get(METADATA_KEY) == Some(&transfer.key);
    if let Some(of_transfer) = &transfer.taken_from {
        let found = app.stripe.list_reversals_of_transfer(of_transfer).await?.data;
        return Ok(found.into_iter().find(|one| is_ours(&one.metadata)).map(|one| one.id));
    }
    let found = app.stripe.list_transfers_of_group(&transfer.line_id).await?.data;
    Ok(found.into_iter().find(|one| is_ours(&one.metadata)).map(|one| one.id))
}

/// Notes how an intent ended, and moves the books where it was done. What ended before stays as it is.
async fn finish(app: &App, transfer: Transfer, outcome: Result<String, String>) -> Result<(), store::Error> {
    let now_us = app.clock.now_us();
    app.store
        .write(move |tx| {
            let Some(mut line) = lines::lock(tx, &transfer.line_id)? else {
                return Ok(());
            };
            let (status, said) = match &outcome {
                Ok(stripe_id) => (Status::Made, (Some(stripe_id.as_str()), None)),
                Err(refusal) => (Status::Refused, (None, Some(refusal.as_str()))),
            };
            if !transfers::end(tx, &transfer.key, status, said)? {
                return Ok(());
            }
            match (status, transfer.direction) {
                (Status::Made, _) => {
                    lines::write(tx, &line, now_us)?;
                    line_rules::post(tx, now_us, &line, movement(&transfer))
                }
                (_, Direction::Out) => {
                    line.transferred_minor -= transfer.amount_minor;
                    lines::write(tx, &line, now_us + shares::AGAIN_US)?;
                    // Most often the account cannot be paid any more, which a read of it shows.
                    records::want(tx, now_us, &line.sale.user_id)
                }
                (_, Direction::Back) => {
                    line.taken_back_minor -= transfer.amount_minor;
                    line.carried = true;
                    lines::write(tx, &line, records::NEVER_US)
                }
            }
        })
        .await?;
    store::crash_point("transfer recorded");
    Ok(())
}

/// The movement in the books of what Stripe has done.
fn movement(transfer: &Transfer) -> (String, Role, Role, i64, TransferCode) {
    let (payable, clearing, amount) = (Role::BuilderPayable, Role::StripeClearing, transfer.amount_minor);
    match transfer.direction {
        Direction::Out => {
            let key = format!("pay_out:{}", transfer.key);
            (key, payable, clearing, amount, TransferCode::PayOut)
        }
        Direction::Back => {
            let key = format!("take_back:{}", transfer.key);
            (key, clearing, payable, amount, TransferCode::PayOutReversal)
        }
    }
}

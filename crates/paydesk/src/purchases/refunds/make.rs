//! From a request to a refund at Stripe: the intent is written first, under the request's key; then Stripe is called with
//! the intent's id as key, and its answer is settled. Recovery does the same again for whatever was cut off.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};
use stripe::objects::Refund as StripeRefund;

use super::rules::Standing;
use super::{NOT_REFUNDABLE, REFUND_REFUSED, Reason, RefundIntent, Status, records, requests, routes::RefundOut};
use crate::app::App;
use crate::catalogue::Above;
use crate::clock::SECOND_US;
use crate::config::Policies;
use crate::effects::{self, ApplyError};
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::purchases::checkout::not_now;
use crate::purchases::drive::DriveError;
use crate::purchases::records::payments::{self, PaymentRow};
use crate::purchases::reversals::{self, Reversal};
use crate::purchases::{self, Kind, Told, metadata, settlement};
use crate::stripe_calls::Call;
use crate::{books, courier};

/// How long a request has to finish what it began before recovery takes it up, and how long one that was looked at rests.
const LEASE_US: i64 = 60 * SECOND_US;
/// Pages of a payment's refunds that are searched for a lost one.
const LOOKUP_PAGES_MAX: usize = 10;
/// Intents taken up at a time.
const BATCH: i64 = 20;

/// A refund that somebody wants.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The purchase whose payment is given back, or the payment itself.
    pub of: Of,
    /// How much, in minor units; all that can be where it is left out.
    pub amount_minor: Option<i64>,
    /// Why, for Stripe.
    pub reason: Option<Reason>,
    /// Why, in the words of who asks.
    pub note: Option<String>,
    /// Whether only credits that are not spent may be given back.
    pub unspent_only: bool,
}

/// What is given back.
#[derive(Clone, Debug)]
pub enum Of {
    /// The payment of this purchase.
    Purchase(String),
    /// This payment.
    Payment(String),
}

enum Begun {
    Answered(Reply),
    Intent(RefundIntent),
}

/// Makes a refund, or finds the one that an earlier try of the same request made.
pub async fn start(app: &App, one_time: &OneTime, wanted: Wanted) -> Result<Reply, Problem> {
    one_time.until(run(app, Action::of(one_time), wanted)).await
}

async fn run(app: &App, action: Action, wanted: Wanted) -> Result<Reply, Problem> {
    let (intent_id, now_us, own) = (app.ids.next("rfi"), app.clock.now_us(), action.clone());
    let four_eyes_above = app.catalogue.refunds.four_eyes_above.clone();
    let policies = app.config.settings.policies;
    let begun = app
        .store
        .write(move |tx| {
            let begun = begin(tx, now_us, &own, &intent_id, (&wanted, four_eyes_above.as_ref()))?;
            if let Begun::Intent(intent) = &begun {
                set_aside(tx, now_us, policies, intent)?;
            }
            Ok::<_, Problem>(begun)
        })
        .await?;
    store::crash_point("refund written");
    let intent = match begun {
        Begun::Answered(reply) => return Ok(reply),
        Begun::Intent(intent) => make(app, intent).await.map_err(not_now)?,
    };
    let now_us = app.clock.now_us();
    let reply = app
        .store
        .write(move |tx| {
            let answer = answer(tx, &intent)?;
            idempotency::once(tx, now_us, &action, |_| Ok::<_, store::Error>(answer))
        })
        .await?;
    store::crash_point("refund answer kept");
    Ok(reply)
}

fn begin(
    tx: &mut store::Tx<'_>,
    now_us: i64,
    action: &Action,
    intent_id: &str,
    (wanted, four_eyes_above): (&Wanted, Option<&Above>),
) -> Result<Begun, Problem> {
    if let Some(reply) = idempotency::recall(tx, &[action])?.remove(&action.id) {
        return Ok(Begun::Answered(reply));
    }
    if let Some((intent, fingerprint)) = records::of_request(tx, &action.id)? {
        let same = fingerprint == action.fingerprint;
        return Ok(if same {
            Begun::Intent(intent)
        } else {
            Begun::Answered(Reply::KeyReused)
        });
    }
    let payment = payment(tx, &wanted.of)?;
    let standing = standing(tx, &payment, wanted.unspent_only)?;
    let amount_minor = standing.grant(wanted.amount_minor).ok_or_else(|| {
        let refundable_minor = standing.refundable_minor();
        Problem::of(&NOT_REFUNDABLE).with("refundable_minor", refundable_minor)
    })?;
    let total = ledger::Money::new(standing.total_with(amount_minor), payment.price.currency);
    if four_eyes_above.is_some_and(|above| above.is_passed(total)) {
        return Err(Problem::of(&requests::REFUND_NEEDS_APPROVAL));
    }
    let intent = RefundIntent {
        intent_id: intent_id.to_owned(),
        payment_intent_id: payment.payment_intent_id,
        price: ledger::Money::new(amount_minor, payment.price.currency),
        reason: wanted.reason,
        note: wanted.note.clone(),
        status: Status::Created,
        refusal: None,
        refund_id: None,
        created_at_us: now_us,
    };
    records::insert(tx, &intent, Some(action), now_us + LEASE_US)?;
    Ok(Begun::Intent(intent))
}

/// Takes the credits back that the payment bought, as far as their money is asked back, so that nobody spends them until
/// the refund is made; or gives them back, where the intent came to nothing. The caller holds the payment's row.
pub(super) fn set_aside(
    tx: &mut store::Tx<'_>,
    now_us: i64,
    policies: Policies,
    intent: &RefundIntent,
) -> store::Result<()> {
    let asked = Told::Asked(intent.payment_intent_id.clone());
    settlement::settle_seen(tx, now_us, policies, &asked)
        .map(drop)
        .map_err(ApplyError::into_store)
}

/// The payment that is to be given back, locked, so that two requests do not both give back the same money.
pub(super) fn payment(tx: &mut store::Tx<'_>, of: &Of) -> Result<PaymentRow, Problem> {
    let (field, payment_intent_id) = match of {
        Of::Payment(payment_intent_id) => ("payment_intent_id", Some(payment_intent_id.clone())),
        Of::Purchase(purchase_id) => {
            let payments = payments::of_purchase(tx, purchase_id)?;
            let mut paid = payments.into_iter().filter(|payment| payment.paid_minor > 0);
            let first = paid.next();
            if paid.next().is_some() {
                let detail = "The purchase was paid more than once. Name the payment instead.";
                return Err(Problem::of(&kinds::INVALID).field("purchase_id").detail(detail));
            }
            if first.is_none() && purchases::purchase(tx, purchase_id)?.is_some() {
                let detail = "Nothing was paid for this purchase.";
                return Err(Problem::of(&NOT_REFUNDABLE).with("refundable_minor", 0).detail(detail));
            }
            ("purchase_id", first.map(|payment| payment.payment_intent_id))
        }
    };
    let payment = match payment_intent_id {
        Some(id) => lock(tx, &id)?,
        None => None,
    };
    payment
        .filter(|payment| !payment.purchase_id.is_empty())
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND).field(field))
}

/// Locks a payment, and before it its purchase, as wherever what was paid is settled.
fn lock(tx: &mut store::Tx<'_>, payment_intent_id: &str) -> store::Result<Option<PaymentRow>> {
    let ids = std::iter::once(payment_intent_id).collect();
    let paid_for = payments::purchases_of(tx, &ids)?;
    purchases::records::lock(tx, &paid_for.iter().map(String::as_str).collect())?;
    Ok(payments::lock(tx, &ids)?.remove(payment_intent_id))
}

/// What stands against giving a payment back, or only the share of the credits that are not spent. The caller holds its row.
pub(super) fn standing(tx: &mut store::Tx<'_>, payment: &PaymentRow, unspent_only: bool) -> Result<Standing, Problem> {
    let unspent = if unspent_only {
        let purchase = purchases::purchase(tx, &payment.purchase_id)?;
        if purchase.is_none_or(|purchase| purchase.kind != Kind::CreditPack) {
            let detail = "Only a purchase of credits can be refunded as far as it is unspent.";
            return Err(Problem::of(&kinds::INVALID).field("unspent_only").detail(detail));
        }
        let granted = books::left_of(tx, &effects::grant_key(&payment.payment_intent_id))?;
        Some(granted.unwrap_or_default())
    } else {
        None
    };
    Ok(Standing {
        paid_minor: payment.paid_minor,
        reversed_minor: payment.reversed_minor,
        asked_minor: records::asked_minor(tx, &payment.payment_intent_id)?,
        unspent,
        step_minor: payment.price.currency.step_minor(),
    })
}

/// What a request is told of an intent that was made or refused.
fn answer(tx: &mut store::Tx<'_>, intent: &RefundIntent) -> store::Result<Answer> {
    if let Some(refund_id) = &intent.refund_id {
        let gone = || store::Error::Corrupt(format!("refund {refund_id}: it is gone"));
        let listed = records::listed(tx, refund_id)?.ok_or_else(gone)?;
        return Ok(Answer::json(StatusCode::CREATED, &RefundOut::from(listed)));
    }
    let problem = Problem::of(&REFUND_REFUSED);
    Ok(Answer::problem(&match &intent.refusal {
        Some(words) => problem.detail(words.clone()),
        None => problem,
    }))
}

/// Writes an intent for each of these payments that a bank warns of, once for each warning: all that is left of it is to
/// be given back. The caller holds the payments' rows; recovery makes the refunds.
pub(in crate::purchases) fn ask_for_warned<'a>(
    tx: &mut store::Tx<'_>,
    now_us: i64,
    payments: impl Iterator<Item = &'a PaymentRow>,
) -> store::Result<()> {
    let paid: BTreeMap<&str, &PaymentRow> = payments
        .filter(|payment| payment.paid_minor > 0)
        .map(|payment| (payment.payment_intent_id.as_str(), payment))
        .collect();
    for warning in reversals::records::actionable_warnings(tx, &paid.keys().copied().collect())? {
        let Some(payment) = paid.get(warning.payment_intent_id.as_str()) else {
            continue;
        };
        let standing = Standing {
            paid_minor: payment.paid_minor,
            reversed_minor: payment.reversed_minor,
            asked_minor: records::asked_minor(tx, &payment.payment_intent_id)?,
            unspent: None,
            step_minor: payment.price.currency.step_minor(),
        };
        let refundable = standing.refundable_minor();
        if refundable > 0 {
            let intent = RefundIntent {
                intent_id: format!("rfi_{}", warning.warning_id),
                payment_intent_id: warning.payment_intent_id,
                price: ledger::Money::new(refundable, payment.price.currency),
                reason: Some(Reason::Fraudulent),
                note: Some("The buyer's bank warned of fraud.".to_owned()),
                status: Status::Created,
                refusal: None,
                refund_id: None,
                created_at_us: now_us,
            };
            records::insert(tx, &intent, None, now_us)?;
        }
    }
    Ok(())
}

/// Takes in which intents have their refunds by what Stripe tells of these, so that their money does not count twice: as
/// asked for and as given back. The caller holds the payments' rows.
pub(in crate::purchases) fn told_made<'a>(
    tx: &mut store::Tx<'_>,
    now_us: i64,
    refunds: impl Iterator<Item = &'a reversals::Refund>,
) -> store::Result<()> {
    let made: BTreeMap<&str, &reversals::Refund> = refunds
        .filter_map(|refund| Some((refund.intent_id.as_deref()?, refund)))
        .collect();
    if made.is_empty() {
        return Ok(());
    }
    for mut intent in records::unanswered(tx, made.keys().copied())? {
        let refund = made[intent.intent_id.as_str()];
        if refund.payment_intent_id == intent.payment_intent_id {
            intent.status = Status::Made;
            intent.refund_id = Some(refund.refund_id.clone());
            records::end(tx, &intent)?;
            requests::ended(tx, now_us, &intent)?;
        }
    }
    Ok(())
}

/// Sees to it that an intent has its refund or its refusal, and gives it as it then stands.
async fn make(app: &App, intent: RefundIntent) -> Result<RefundIntent, DriveError> {
    if intent.status != Status::Created {
        return Ok(intent);
    }
    let call = Call::of(app, &intent.intent_id, intent.created_at_us).await?;
    let found = if call.looks_up {
        look_up(app, &intent).await?
    } else {
        None
    };
    let made = match found {
        Some(refund) => Ok(refund),
        None => create(app, &intent, &call).await,
    };
    store::crash_point("refund made");
    match made {
        Ok(refund) => record(app, intent, refund).await,
        Err(DriveError::Refused(error)) => refuse(app, intent, &error).await,
        Err(error) => Err(error),
    }
}

async fn create(app: &App, intent: &RefundIntent, call: &Call) -> Result<StripeRefund, DriveError> {
    let parameters = parameters(intent);
    let made = app.stripe.create_refund(&parameters, call.key()).await;
    Ok(call.answered(app, made).await?)
}

fn parameters(intent: &RefundIntent) -> Value {
    let mut parameters = json!({
        "payment_intent": intent.payment_intent_id,
        "amount": intent.price.minor,
        "metadata": { (metadata::REFUND_INTENT): intent.intent_id },
    });
    if let Some(reason) = intent.reason {
        parameters["reason"] = reason.word().into();
    }
    parameters
}

/// Finds the refund that an old attempt may have made, by what we wrote into it.
async fn look_up(app: &App, intent: &RefundIntent) -> Result<Option<StripeRefund>, DriveError> {
    let of_payment = json!({ "payment_intent": intent.payment_intent_id, "limit": 100 });
    let mut pages = app.stripe.pages::<StripeRefund>(&of_payment, LOOKUP_PAGES_MAX);
    let ours = |refund: &StripeRefund| refund.metadata.get(metadata::REFUND_INTENT) == Some(&intent.intent_id);
    while let Some(refunds) = pages.next().await? {
        if let Some(found) = refunds.into_iter().find(ours) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Settles what Stripe answered, as an event about it would be, and notes it on the intent.
async fn record(app: &App, mut intent: RefundIntent, refund: StripeRefund) -> Result<RefundIntent, DriveError> {
    let (now_us, policies) = (app.clock.now_us(), app.config.settings.policies);
    intent.status = Status::Made;
    intent.refund_id = Some(refund.id.clone());
    let told = reversals::rules::refund(&refund)
        .ok_or_else(|| store::Error::Corrupt(format!("refund {}: of no payment", refund.id)))?;
    let told = reversals::Refund {
        intent_id: Some(intent.intent_id.clone()),
        ..told
    };
    let told = Told::Reversal(Reversal::Refund(told));
    let recorded = app
        .store
        .write(move |tx| {
            settlement::settle_seen(tx, now_us, policies, &told)?;
            Ok::<_, ApplyError>(intent.clone())
        })
        .await
        .map_err(ApplyError::into_store)?;
    store::crash_point("refund recorded");
    app.store.notify(courier::TOPIC);
    Ok(recorded)
}

async fn refuse(app: &App, mut intent: RefundIntent, error: &stripe::Error) -> Result<RefundIntent, DriveError> {
    tracing::warn!(intent_id = intent.intent_id, %error, "stripe refused a refund");
    intent.status = Status::Refused;
    intent.refusal = Some(error.to_string());
    let (now_us, policies) = (app.clock.now_us(), app.config.settings.policies);
    let refused = app
        .store
        .write(move |tx| {
            lock(tx, &intent.payment_intent_id)?;
            records::end(tx, &intent)?;
            requests::ended(tx, now_us, &intent)?;
            set_aside(tx, now_us, policies, &intent)?;
            Ok::<_, store::Error>(intent.clone())
        })
        .await?;
    app.store.notify(courier::TOPIC);
    Ok(refused)
}

/// Takes up what was cut off. Gives how many intents were looked at.
pub async fn recover(app: &App) -> Result<usize, store::Error> {
    let now_us = app.clock.now_us();
    let due = app
        .store
        .write(move |tx| records::claim(tx, now_us, now_us + LEASE_US, BATCH))
        .await?;
    let count = due.len();
    for intent in due {
        let intent_id = intent.intent_id.clone();
        if let Err(error) = make(app, intent).await {
            tracing::warn!(%error, intent_id, "a refund could not be recovered now");
        }
    }
    Ok(count)
}

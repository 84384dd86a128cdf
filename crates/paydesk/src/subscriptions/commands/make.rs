//! From a written command to what Stripe made of it. The request does this, and recovery does it again for whatever was
//! cut off: both look first, so both end in the same.

use aws_lc_rs::digest;
use axum::http::StatusCode;
use serde_json::{Value, json};
use stripe::objects::{Expandable, Subscription as StripeSubscription, SubscriptionStatus};

use super::routes::CommandOut;
use super::rules::{self, Step};
use super::{
    Command, PAYMENT_FAILED, Refusal, SUBSCRIPTION_NOT_CHANGEABLE, SUBSCRIPTION_REFUSED, Status, Wanted, records, slots,
};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::http::{Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::purchases::metadata;
use crate::purchases::{DriveError, not_now};
use crate::stripe_calls::Call;
use crate::subscriptions;

/// How long a request has to finish what it began before recovery takes it up, and how long one that was looked at rests.
pub(super) const LEASE_US: i64 = 60 * SECOND_US;
/// Pages of a customer's subscriptions that are searched for a lost one.
const LOOKUP_PAGES_MAX: usize = 10;
/// Commands taken up at a time.
const BATCH: i64 = 20;

/// Sees to it that a command is done or refused, and keeps what is said of it as the answer to its key.
pub(super) async fn finish(app: &App, action: Option<Action>, command: Command) -> Result<Reply, Problem> {
    store::crash_point("command written");
    let command = make(app, command).await.map_err(not_now)?;
    let answer = answer(app, &command).await?;
    let Some(action) = action else {
        return Ok(Reply::Fresh(answer));
    };
    let now_us = app.clock.now_us();
    let reply = app
        .store
        .write(move |tx| idempotency::once(tx, now_us, &action, |_| Ok::<_, store::Error>(answer.clone())))
        .await?;
    store::crash_point("command answer kept");
    Ok(reply)
}

/// Sees to it that a command is done or refused, and gives it as it then stands.
async fn make(app: &App, mut command: Command) -> Result<Command, DriveError> {
    if command.status != Status::Created {
        return Ok(command);
    }
    let made = match &command.subscription_id {
        None => begin(app, &command).await,
        Some(subscription_id) => act(app, &command, subscription_id).await,
    };
    store::crash_point("command carried out");
    match made {
        Ok(Ok(subscription)) => {
            command.status = Status::Done;
            command.subscription_id = Some(subscription.id);
        }
        Ok(Err(refusal)) => {
            command.status = Status::Refused;
            command.refusal = Some(refusal);
        }
        Err(DriveError::Refused(stripe::Error::Declined { code, decline_code, .. })) => {
            command.status = Status::Refused;
            let failure = decline_code.or(Some(code));
            command.refusal = Some(Refusal::Declined { failure });
        }
        Err(DriveError::Refused(error)) => {
            tracing::error!(%error, command_id = command.command_id, "stripe refused a change of a subscription");
            command.status = Status::Refused;
            command.refusal = Some(Refusal::Refused);
        }
        Err(error) => return Err(error),
    }
    let ended = command.clone();
    app.store
        .write(move |tx| {
            records::end(tx, &command)?;
            match &command.subscription_id {
                Some(subscription_id) => slots::note_begun(tx, &command.command_id, subscription_id),
                None => Ok(()),
            }
        })
        .await?;
    store::crash_point("command ended");
    Ok(ended)
}

type Made = Result<Result<StripeSubscription, Refusal>, DriveError>;

async fn begin(app: &App, command: &Command) -> Made {
    let Some(parameters) = rules::new_subscription(command) else {
        return Ok(Err(Refusal::Refused));
    };
    let call = Call::of(app, &command.command_id, command.created_at_us).await?;
    if call.looks_up
        && let Some(found) = look_up(app, command, &parameters["customer"]).await?
    {
        return Ok(Ok(found));
    }
    let made = app.stripe.create_subscription(&parameters, call.key()).await;
    Ok(Ok(call.answered(app, made).await?))
}

/// Finds the subscription that an old attempt may have begun, by what we wrote into it.
async fn look_up(app: &App, command: &Command, customer: &Value) -> Result<Option<StripeSubscription>, stripe::Error> {
    let wanted = json!({ "customer": customer, "status": "all", "limit": 100 });
    let mut pages = app.stripe.pages::<StripeSubscription>(&wanted, LOOKUP_PAGES_MAX);
    let ours = |one: &StripeSubscription| one.metadata.get(metadata::COMMAND) == Some(&command.command_id);
    while let Some(subscriptions) = pages.next().await? {
        if let Some(found) = subscriptions.into_iter().find(ours) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn act(app: &App, command: &Command, subscription_id: &str) -> Made {
    let seen = match app.stripe.retrieve_subscription(subscription_id, &[]).await {
        Err(stripe::Error::NotFound { .. }) => {
            let status = SubscriptionStatus::Canceled.as_str().to_owned();
            return Ok(Err(Refusal::NotChangeable { status }));
        }
        seen => seen?,
    };
    let changed = match rules::next(&command.wanted, &seen) {
        Step::Done => seen,
        Step::Refuse(refusal) => return Ok(Err(refusal)),
        Step::Update(parameters) => {
            let call = call(app, command, &parameters).await?;
            let made = app
                .stripe
                .update_subscription(subscription_id, &parameters, call.key())
                .await;
            call.answered(app, made).await?
        }
        Step::Resume => {
            let parameters = json!({});
            let call = call(app, command, &parameters).await?;
            let made = app
                .stripe
                .resume_subscription(subscription_id, &parameters, call.key())
                .await;
            call.answered(app, made).await?
        }
        Step::Cancel => app.stripe.cancel_subscription(subscription_id).await?,
    };
    Ok(Ok(changed))
}

/// A command may need another call after it was looked at again, and then that has another key.
async fn call(app: &App, command: &Command, parameters: &Value) -> store::Result<Call> {
    let hash = digest::digest(&digest::SHA256, parameters.to_string().as_bytes());
    let name = format!("{}-{}", command.command_id, hex::encode(&hash.as_ref()[..8]));
    Call::of(app, &name, command.created_at_us).await
}

/// What is said of a command that has ended.
async fn answer(app: &App, command: &Command) -> Result<Answer, Problem> {
    if let Some(refusal) = &command.refusal {
        return Ok(Answer::problem(&problem_of(refusal)));
    }
    let subscription_id = command.subscription_id.as_deref().unwrap_or_default();
    let taken_in = subscriptions::refresh(app, subscription_id).await;
    let subscription = taken_in.map_err(|error| Problem::unavailable(error, 2))?;
    let subscription = subscription.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let mut out = CommandOut::of(subscription);
    let is_new = matches!(command.wanted, Wanted::Begin { .. });
    if is_new && out.subscription.status == SubscriptionStatus::Incomplete.as_str() {
        to_be_paid(app, &mut out).await.map_err(|error| not_now(error.into()))?;
    }
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Answer::json(status, &out))
}

/// How the first payment of a subscription is made that the buyer has to be asked for.
async fn to_be_paid(app: &App, out: &mut CommandOut) -> Result<(), stripe::Error> {
    let Some(invoice_id) = &out.subscription.latest_invoice_id else {
        return Ok(());
    };
    let invoice = app.stripe.retrieve_invoice(invoice_id, &["payments"]).await?;
    let payments = invoice.payments.iter().flat_map(|payments| &payments.data);
    let intent = payments.filter_map(|payment| payment.payment.as_ref()?.payment_intent.as_ref());
    if let Some(intent_id) = intent.map(Expandable::id).next() {
        let intent = app.stripe.retrieve_payment_intent(intent_id, &[]).await?;
        out.client_secret = intent
            .client_secret
            .map(|secret| secrecy::ExposeSecret::expose_secret(&secret).to_owned());
    }
    out.hosted_invoice_url = invoice.hosted_invoice_url;
    Ok(())
}

fn problem_of(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::NotChangeable { status } => {
            Problem::of(&SUBSCRIPTION_NOT_CHANGEABLE).with("subscription_status", status.as_str())
        }
        Refusal::Declined { failure } => Problem::of(&PAYMENT_FAILED).with("failure", failure.as_deref()),
        Refusal::Refused => Problem::of(&SUBSCRIPTION_REFUSED),
    }
}

/// Takes up what was cut off. Gives how many commands were looked at.
pub async fn recover(app: &App) -> Result<usize, store::Error> {
    let now_us = app.clock.now_us();
    let due = app
        .store
        .write(move |tx| records::claim(tx, now_us, now_us + LEASE_US, BATCH))
        .await?;
    let count = due.len();
    for command in due {
        let command_id = command.command_id.clone();
        match make(app, command).await {
            Ok(Command {
                subscription_id: Some(subscription_id),
                ..
            }) => {
                if let Err(error) = subscriptions::refresh(app, &subscription_id).await {
                    tracing::warn!(%error, subscription_id, "a subscription could not be read now; its event will tell");
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, command_id, "a command about a subscription could not be recovered now");
            }
        }
    }
    Ok(count)
}

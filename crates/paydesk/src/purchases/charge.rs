//! Charges: purchases paid with a saved payment method while the buyer is not there. The purchase's id is the key of the
//! call to Stripe, so a repeat is the same charge. What the answer says is noted; money is believed of the payment's
//! own event alone.

use ledger::Currency;
use serde_json::{Value, json};
use store::{Result, Tx};
use stripe::objects::{CheckoutSession, PaymentIntent, PaymentIntentStatus};

use super::checkout::{pack_offer, problem_of};
use super::drive::{DriveError, lacks_customer, locked, metadata_of};
use super::rules::{failure_of, metadata};
use super::{Kind, Purchase, SavedMethod, Status, customers, records, recovery};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::http::Problem;
use crate::ids::UserId;
use crate::stripe_calls::Call;

/// Recovery leaves the one who began a charge so long to make it.
const HEAD_START_US: i64 = 60 * SECOND_US;
/// The payment's own event gets this long before we look ourselves.
const EVENT_GRACE_US: i64 = 900 * SECOND_US;
/// Pages of a customer's payments that are searched for a lost one.
const LOOKUP_PAGES_MAX: usize = 20;
/// Clocks of Stripe and ours may differ by so much.
const SKEW_S: i64 = 3600;

/// A purchase that is to be begun by itself.
#[derive(Clone, Debug)]
pub struct Automatic<'a> {
    /// `pur_…`, fresh.
    pub purchase_id: &'a str,
    /// For whom.
    pub user_id: &'a UserId,
    /// Which credit pack.
    pub item_id: &'a str,
    /// How many.
    pub quantity: i64,
    /// In which currency.
    pub currency: Currency,
    /// What it is paid with.
    pub method: &'a SavedMethod,
}

/// Writes a purchase that is then to be charged; `None` where the item is not sold so.
pub fn begin_automatic(tx: &mut Tx<'_>, app: &App, now_us: i64, wanted: &Automatic<'_>) -> Result<Option<Purchase>> {
    let Ok(offer) = pack_offer(&app.catalogue, wanted.item_id, wanted.quantity, wanted.currency) else {
        return Ok(None);
    };
    let purchase = Purchase {
        purchase_id: wanted.purchase_id.to_owned(),
        user_id: wanted.user_id.clone(),
        kind: Kind::CreditPack,
        item_id: wanted.item_id.to_owned(),
        quantity: wanted.quantity,
        credits: offer.credits,
        terms: offer.terms,
        refund_days: offer.refund_days,
        order_id: None,
        price: offer.price,
        status: Status::Created,
        session_id: None,
        session_url: None,
        success_url: String::new(),
        cancel_url: String::new(),
        charged: Some(wanted.method.clone()),
        failure: None,
        created_at_us: now_us,
        expires_at_us: now_us,
        paid_at_us: None,
    };
    records::insert_intent(tx, &purchase, None, now_us + HEAD_START_US)?;
    Ok(Some(purchase))
}

/// Charges a purchase that was begun by itself, or finds the charge that was made. Gives the purchase as it then stands.
pub async fn charge(app: &App, purchase: Purchase) -> std::result::Result<Purchase, DriveError> {
    let Some(method) = purchase.charged.clone() else {
        return Ok(purchase);
    };
    let call = Call::of(app, &purchase.purchase_id, purchase.created_at_us).await?;
    if call.looks_up {
        // A user's money is not taken twice: what a fault hid ends the purchase, and the next one is begun by itself.
        return look_up(app, purchase, &method).await;
    }
    let parameters = parameters(&purchase, &method);
    let made = app.stripe.create_payment_intent(&parameters, call.key()).await;
    let made = call.answered(app, made).await;
    store::crash_point("charge made");
    match made {
        Ok(intent) => {
            let (status, failure) = outcome(&intent);
            record(app, purchase.purchase_id, status, failure).await
        }
        Err(stripe::Error::Declined { code, decline_code, .. }) => {
            let failure = failure_of(Some(&code), decline_code.as_deref());
            record(app, purchase.purchase_id, Status::Failed, failure).await
        }
        // The key was used for another request, which nothing of ours makes; what became of it must be looked up.
        Err(stripe::Error::Rejected { kind, .. }) if kind == "idempotency_error" => {
            look_up(app, purchase, &method).await
        }
        Err(error) => match DriveError::from(error) {
            DriveError::Refused(error) => {
                tracing::error!(%error, purchase_id = purchase.purchase_id, "stripe refused a charge");
                if lacks_customer(&error) {
                    let (user_id, gone) = (purchase.user_id.clone(), method.customer.clone());
                    app.store
                        .write(move |tx| records::forget_customer(tx, &user_id, &gone))
                        .await?;
                }
                record(app, purchase.purchase_id, Status::Failed, Some("refused".to_owned())).await
            }
            other => Err(other),
        },
    }
}

/// Takes up a charge that was cut off, or whose event did not come.
pub(super) async fn take_up(app: &App, purchase: Purchase) -> std::result::Result<(), DriveError> {
    match (purchase.status, purchase.charged.clone()) {
        (Status::Created, _) => charge(app, purchase).await.map(drop),
        (_, Some(method)) => look_up(app, purchase, &method).await.map(drop),
        (_, None) => Ok(()),
    }
}

/// What Stripe's answer says: money is on its way at best, and believed when its event tells.
fn outcome(intent: &PaymentIntent) -> (Status, Option<String>) {
    match &intent.status {
        PaymentIntentStatus::RequiresAction => (Status::Failed, Some("authentication_required".to_owned())),
        PaymentIntentStatus::RequiresPaymentMethod
        | PaymentIntentStatus::RequiresConfirmation
        | PaymentIntentStatus::Canceled => {
            let error = intent.last_payment_error.as_ref();
            let failure = error.and_then(|error| failure_of(error.code.as_deref(), error.decline_code.as_deref()));
            (Status::Failed, failure.or_else(|| Some("refused".to_owned())))
        }
        _ => (Status::AwaitingFunds, None),
    }
}

fn parameters(purchase: &Purchase, method: &SavedMethod) -> Value {
    json!({
        "amount": purchase.price.minor,
        "currency": purchase.price.currency.code(),
        "customer": method.customer,
        "payment_method": method.payment_method,
        "off_session": true,
        "confirm": true,
        "metadata": metadata_of(purchase),
    })
}

async fn record(
    app: &App,
    purchase_id: String,
    status: Status,
    failure: Option<String>,
) -> std::result::Result<Purchase, DriveError> {
    let next_check_at_us = app.clock.now_us() + EVENT_GRACE_US;
    let recorded = app
        .store
        .write(move |tx| {
            let mut purchase = locked(tx, &purchase_id)?;
            purchase.status = purchase.status.max(status);
            purchase.failure = purchase.failure.take().max(failure.clone());
            records::update(tx, &[&purchase])?;
            let next = if purchase.status.is_final() {
                records::NEVER_US
            } else {
                next_check_at_us
            };
            records::check_again(tx, &purchase_id, next)?;
            Ok::<_, store::Error>(purchase)
        })
        .await?;
    store::crash_point("charge recorded");
    Ok(recorded)
}

/// Finds the charge that may have been made, by what we wrote into it.
async fn look_up(app: &App, purchase: Purchase, method: &SavedMethod) -> std::result::Result<Purchase, DriveError> {
    let since_s = purchase.created_at_us / SECOND_US - SKEW_S;
    let named = (metadata::PURCHASE, purchase.purchase_id.as_str());
    let (found, complete) = app
        .stripe
        .find_payments_by_metadata(&method.customer, named, since_s, LOOKUP_PAGES_MAX)
        .await?;
    let paid = found
        .iter()
        .find(|intent| intent.status == PaymentIntentStatus::Succeeded);
    let Some(intent) = paid.or(found.first()) else {
        // That nothing was made is proven only where all payments were seen. A charge that was never made stops nobody.
        let status = if complete { Status::Expired } else { Status::Created };
        return record(app, purchase.purchase_id, status, None).await;
    };
    if intent.status == PaymentIntentStatus::Succeeded
        && let Some(told) = recovery::success_of(app, &intent.id, intent.created).await?
    {
        recovery::take_in(app, vec![told]).await?;
    }
    let (status, failure) = outcome(intent);
    record(app, purchase.purchase_id, status, failure).await
}

/// Makes a page on which a user saves a payment method, and which leads them to one of two others afterwards. Under one
/// `name` there is one page.
pub async fn begin_setup(
    app: &App,
    user_id: &UserId,
    (success_url, cancel_url): (&str, &str),
    name: &str,
) -> std::result::Result<CheckoutSession, Problem> {
    let made = set_up(app, user_id, (success_url, cancel_url), name).await;
    made.map_err(problem_of)
}

async fn set_up(
    app: &App,
    user_id: &UserId,
    (success_url, cancel_url): (&str, &str),
    name: &str,
) -> std::result::Result<CheckoutSession, DriveError> {
    let customer = customers::ensure(app, user_id).await?;
    let metadata = json!({ (metadata::SETUP): user_id.as_str() });
    let parameters = json!({
        "mode": "setup",
        "customer": customer,
        "currency": app.catalogue.default_currency.code(),
        "success_url": success_url,
        "cancel_url": cancel_url,
        "metadata": metadata,
        "setup_intent_data": { "metadata": metadata },
    });
    // A page too many is no harm, so none is looked for.
    let call = Call::of(app, name, app.clock.now_us()).await?;
    let made = app.stripe.create_checkout_session(&parameters, call.key()).await;
    match call.answered(app, made).await {
        Ok(session) => Ok(session),
        Err(error) => {
            if lacks_customer(&error) {
                let user_id = user_id.clone();
                app.store
                    .write(move |tx| records::forget_customer(tx, &user_id, &customer))
                    .await?;
            }
            Err(error.into())
        }
    }
}

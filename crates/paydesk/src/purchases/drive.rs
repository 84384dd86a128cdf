//! From a written intent to a checkout session: calls Stripe with the purchase's id as key and records the answer. The
//! request does this, and recovery does it again for whatever was cut off; both end in the same session.

use ledger::Money;
use serde_json::{Value, json};
use stripe::objects::CheckoutSession;

use super::rules::metadata;
use super::{Kind, Purchase, Status, customers, records};
use crate::app::App;
use crate::bookings::Booking;
use crate::catalogue;
use crate::clock::SECOND_US;
use crate::stripe_calls::Call;
use crate::subscriptions::commands;
use crate::{bookings, orders};

/// After the page's end, Stripe's own event gets this long before we look ourselves.
const GRACE_US: i64 = 300 * SECOND_US;
/// Pages of a customer's sessions that are searched for a lost one.
const LOOKUP_PAGES_MAX: usize = 10;

/// Why Stripe has not done what it was asked for yet.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Stripe could not be reached, or the outcome is not known. The intent stays and is taken up again.
    #[error("stripe: {0}")]
    Stripe(#[source] stripe::Error),
    /// Stripe refuses the request as it is. The intent is dead.
    #[error("stripe refuses it: {0}")]
    Refused(#[source] stripe::Error),
    /// The catalogue's price is not known at Stripe.
    #[error(
        "This server sells {item_id} at {unit_price}, and that is not the price last pushed to Stripe. Push the catalogue, and restart the server where it has an older one."
    )]
    NotPushed {
        /// Which item.
        item_id: String,
        /// What one piece costs here.
        unit_price: Money,
    },
}

impl From<stripe::Error> for DriveError {
    fn from(error: stripe::Error) -> Self {
        // A key that is being rotated refuses everything for a while, which says nothing about this request.
        let locked_out = matches!(error, stripe::Error::Rejected { status: 401 | 403, .. });
        if error.may_retry() || error.outcome_unknown() || locked_out {
            Self::Stripe(error)
        } else {
            Self::Refused(error)
        }
    }
}

/// Sees to it that the purchase has its session, and gives the purchase as it then stands.
pub(super) async fn drive(app: &App, purchase: Purchase) -> Result<Purchase, DriveError> {
    let customer = match customers::ensure(app, &purchase.user_id).await {
        Err(DriveError::Refused(error)) => return refuse(app, &purchase, error).await,
        ensured => ensured?,
    };
    let call = Call::of(app, &purchase.purchase_id, purchase.created_at_us).await?;
    let found = if call.looks_up {
        look_up(app, &purchase, &customer).await?
    } else {
        None
    };
    let made = match found {
        // Nobody waits for a page that was asked for so long ago.
        None if !call.is_forgotten => create(app, &purchase, &customer, &call).await?,
        found => found,
    };
    store::crash_point("session made");
    match made {
        Some(session) => record(app, purchase.purchase_id, session).await,
        None => give_up(app, purchase.purchase_id, Status::Expired).await,
    }
}

async fn create(
    app: &App,
    purchase: &Purchase,
    customer: &str,
    call: &Call,
) -> Result<Option<CheckoutSession>, DriveError> {
    let unit_minor = purchase.price.minor / purchase.quantity.max(1);
    let unit_price = Money::new(unit_minor, purchase.price.currency);
    let terms = terms(app, purchase, unit_price).await?;
    let moves = terms.booking.as_ref().is_some_and(|booking| booking.moves.is_some());
    let line = match terms.stripe_price {
        // What a move costs is no price of the catalogue.
        _ if moves => difference_line(app, purchase),
        Some(stripe_price) => json!({ "price": stripe_price, "quantity": purchase.quantity }),
        None => {
            return Err(DriveError::NotPushed {
                item_id: purchase.item_id.clone(),
                unit_price,
            });
        }
    };
    let mut parameters = parameters(purchase, customer, &line, terms.trial_days);
    if let Some(booking) = &terms.booking {
        of_booking(&mut parameters, purchase, booking);
    }
    let made = app.stripe.create_checkout_session(&parameters, call.key()).await;
    match call.answered(app, made).await {
        Ok(session) => Ok(Some(session)),
        // The price or the customer has changed since the first try, which may have made a session.
        Err(stripe::Error::Rejected { kind, .. }) if kind == "idempotency_error" => {
            look_up(app, purchase, customer).await
        }
        Err(error) => {
            if lacks_customer(&error) {
                let (user_id, gone) = (purchase.user_id.clone(), customer.to_owned());
                app.store
                    .write(move |tx| records::forget_customer(tx, &user_id, &gone))
                    .await?;
            }
            match DriveError::from(error) {
                DriveError::Refused(error) => Err(refused(app, purchase, error).await),
                other => Err(other),
            }
        }
    }
}

/// What the store knows of a purchase besides itself.
struct Terms {
    /// What the price of one piece is called at Stripe.
    stripe_price: Option<String>,
    /// The days of trial that go with it.
    trial_days: i64,
    /// The booking that it pays for.
    booking: Option<Booking>,
}

async fn terms(app: &App, purchase: &Purchase, unit_price: Money) -> Result<Terms, DriveError> {
    let (item_id, purchase_id) = (purchase.item_id.clone(), purchase.purchase_id.clone());
    let plan = app.catalogue.plan(&item_id).cloned();
    let booking_id = purchase.booking_id();
    let terms = app
        .store
        .read(move |tx| {
            let Some(plan) = &plan else {
                let price = catalogue::stripe_price(tx, &item_id, unit_price.currency, unit_price.minor)?;
                let booking = match &booking_id {
                    Some(booking_id) => bookings::booking(tx, booking_id)?,
                    None => None,
                };
                return Ok(Terms {
                    stripe_price: price,
                    trial_days: 0,
                    booking,
                });
            };
            let price = catalogue::stripe_plan_price(tx, &item_id, plan, unit_price)?;
            Ok::<_, store::Error>(Terms {
                stripe_price: price,
                trial_days: commands::trial_days_of(tx, &purchase_id)?,
                booking: None,
            })
        })
        .await?;
    Ok(terms)
}

/// Whether Stripe does not know the customer any more: somebody deleted it there.
pub(super) fn lacks_customer(error: &stripe::Error) -> bool {
    match error {
        stripe::Error::NotFound { param, .. } => param.as_deref() == Some("customer"),
        stripe::Error::Rejected { code, param, .. } => {
            code.as_deref() == Some("resource_missing") && param.as_deref() == Some("customer")
        }
        _ => false,
    }
}

/// The purchase as it is written into Stripe's metadata.
pub(super) fn metadata_of(purchase: &Purchase) -> Value {
    json!({
        (metadata::AUTOMATIC): if purchase.charged.is_some() { "yes" } else { "" },
        (metadata::PURCHASE): purchase.purchase_id,
        (metadata::USER): purchase.user_id.as_str(),
        (metadata::KIND): purchase.kind.word(),
        (metadata::ITEM): purchase.item_id,
        (metadata::QUANTITY): purchase.quantity.to_string(),
        (metadata::CREDITS): purchase.credits.to_string(),
        (metadata::EXPIRES_AFTER_DAYS): purchase.terms.expires_after_days.map_or_else(String::new, |days| days.to_string()),
        (metadata::PRIORITY): purchase.terms.priority.to_string(),
        (metadata::REFUND_DAYS): purchase.refund_days.map_or_else(String::new, |days| days.to_string()),
        (metadata::AMOUNT_MINOR): purchase.price.minor.to_string(),
        (metadata::ORDER): purchase.order_id.clone().unwrap_or_default(),
    })
}

/// The line of a checkout that pays the difference to a dearer session.
fn difference_line(app: &App, purchase: &Purchase) -> Value {
    let item = app.catalogue.items.get(&purchase.item_id);
    let name = item.map_or(purchase.item_id.as_str(), |item| item.name.as_str());
    json!({
        "price_data": {
            "currency": purchase.price.currency.code(),
            "unit_amount": purchase.price.minor,
            "product_data": { "name": format!("{name}: the difference") },
        },
        "quantity": 1,
    })
}

/// The request to Stripe: the written intent, what is bought, and what its customer is called there.
fn parameters(purchase: &Purchase, customer: &str, line: &Value, trial_days: i64) -> Value {
    let metadata = metadata_of(purchase);
    let mut parameters = json!({
        "customer": customer,
        "client_reference_id": purchase.purchase_id,
        "line_items": [line],
        "success_url": purchase.success_url,
        "cancel_url": purchase.cancel_url,
        "metadata": metadata,
    });
    if purchase.kind == Kind::Plan {
        parameters["mode"] = "subscription".into();
        parameters["subscription_data"] = json!({ "metadata": metadata });
        if trial_days > 0 {
            parameters["subscription_data"]["trial_period_days"] = trial_days.into();
        }
    } else {
        parameters["mode"] = "payment".into();
        parameters["payment_intent_data"] = json!({ "metadata": metadata });
    }
    parameters
}

/// What a booking's session carries besides: who meets whom, and that its page ends when the time is held no longer.
fn of_booking(parameters: &mut Value, purchase: &Purchase, booking: &Booking) {
    parameters["expires_at"] = purchase.expires_at_us.div_euclid(SECOND_US).into();
    let moved = booking.moves.as_ref().map(|moves| &moves.booking_id);
    for (name, id) in [
        (metadata::BOOKING, moved.unwrap_or(&booking.booking_id).as_str()),
        (metadata::BUILDER, booking.builder_id.as_str()),
        (metadata::CLIENT, booking.client_id.as_str()),
    ] {
        parameters["metadata"][name] = id.into();
        parameters["payment_intent_data"]["metadata"][name] = id.into();
    }
}

/// Finds the session that an old attempt may have made, by what we wrote into it.
async fn look_up(app: &App, purchase: &Purchase, customer: &str) -> Result<Option<CheckoutSession>, DriveError> {
    let mut pages = app
        .stripe
        .pages::<CheckoutSession>(&json!({ "customer": customer, "limit": 100 }), LOOKUP_PAGES_MAX);
    while let Some(sessions) = pages.next().await? {
        let found = sessions
            .into_iter()
            .find(|session| session.metadata.get(metadata::PURCHASE) == Some(&purchase.purchase_id));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

async fn record(app: &App, purchase_id: String, session: CheckoutSession) -> Result<Purchase, DriveError> {
    let recorded = app
        .store
        .write(move |tx| {
            let mut purchase = locked(tx, &purchase_id)?;
            purchase.status = purchase.status.max(Status::Open);
            purchase.session_id = Some(session.id.clone());
            purchase.session_url.clone_from(&session.url);
            if let Some(expires_at) = session.expires_at {
                purchase.expires_at_us = expires_at.saturating_mul(SECOND_US);
            }
            records::record_session(tx, &purchase, purchase.expires_at_us.saturating_add(GRACE_US))?;
            Ok::<_, store::Error>(purchase)
        })
        .await?;
    store::crash_point("session recorded");
    Ok(recorded)
}

async fn refuse(app: &App, purchase: &Purchase, error: stripe::Error) -> Result<Purchase, DriveError> {
    Err(refused(app, purchase, error).await)
}

async fn refused(app: &App, purchase: &Purchase, error: stripe::Error) -> DriveError {
    match give_up(app, purchase.purchase_id.clone(), Status::Failed).await {
        Ok(_) => DriveError::Refused(error),
        Err(failed) => failed,
    }
}

/// Ends an intent that will never have a session; what it held is free again.
pub(super) async fn give_up(app: &App, purchase_id: String, status: Status) -> Result<Purchase, DriveError> {
    let now_us = app.clock.now_us();
    let ended = app
        .store
        .write(move |tx| {
            let mut purchase = locked(tx, &purchase_id)?;
            purchase.status = purchase.status.max(status);
            records::record_session(tx, &purchase, records::NEVER_US)?;
            if let Some(order_id) = &purchase.order_id {
                orders::release(tx, now_us, order_id, &purchase.purchase_id)?;
            }
            if let Some(booking_id) = purchase.booking_id() {
                bookings::release(tx, now_us, &booking_id)?;
            }
            Ok::<_, store::Error>(purchase)
        })
        .await?;
    store::crash_point("intent given up");
    Ok(ended)
}

pub(super) fn locked(tx: &mut store::Tx<'_>, purchase_id: &str) -> store::Result<Purchase> {
    let mut found = records::lock(tx, &std::iter::once(purchase_id).collect())?;
    found
        .remove(purchase_id)
        .ok_or_else(|| store::Error::Corrupt(format!("purchase {purchase_id} is gone")))
}

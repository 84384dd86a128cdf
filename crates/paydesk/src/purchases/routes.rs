//! Purchases over HTTP: checkout, what became of it, and the pages a buyer comes back to.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use ledger::Currency;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::records;
use super::records::payments::{self, PaymentRow};
use super::{CheckoutRequest, Kind, Purchase, Started, Status, checkout, pages};
use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::http::auth::Caller;
use crate::http::paging::{Page, PageIn};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::UserId;
use crate::subscriptions;
use crate::tokens::Scope;

/// How many payments of a subscription stand with the purchase that began it.
const PAYMENTS_MAX: i64 = 100;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_checkout_session))
        .routes(routes!(create_payments_checkout_session))
        .routes(routes!(checkout_credits))
        .routes(routes!(list_purchases))
        .routes(routes!(read_purchase))
        .routes(routes!(read_payment_success))
        .routes(routes!(read_payment_cancel))
        .routes(routes!(read_payment_status))
}

/// A checkout to be started: an item of the catalogue, a session of one at a time, or an order made before.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "item_id": "starter", "quantity": 1 }))]
pub struct CheckoutIn {
    /// The item of the catalogue.
    #[schema(example = "starter")]
    pub item_id: Option<String>,
    /// The order to pay for, in place of an item.
    pub order_id: Option<String>,
    /// When the session begins, where the item is a session type: one of its free slots.
    pub starts_at: Option<Moment>,
    /// The buyer's booking to be moved to that session, where it costs more: the difference is paid, and once it is the booking
    /// has the other time.
    pub booking_id: Option<String>,
    /// How many pieces; 1 where it is left out.
    #[serde(default = "one")]
    #[schema(minimum = 1, default = 1)]
    pub quantity: i64,
    /// The currency; the shop's own where it is left out.
    #[schema(value_type = Option<String>, example = "usd")]
    pub currency: Option<Currency>,
    /// Where Stripe sends the buyer after payment; `{CHECKOUT_SESSION_ID}` in it is replaced.
    pub success_url: Option<String>,
    /// Where Stripe sends the buyer who turns back.
    pub cancel_url: Option<String>,
    /// For whom; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

fn one() -> i64 {
    1
}

/// Start a checkout
///
/// Writes the purchase, makes a checkout session at Stripe and gives its page. Nothing is handed over before Stripe's
/// signed event says that the money is there. A repeat with the same Idempotency-Key leads to the same session.
#[utoipa::path(post, path = "/api/stripe/create-checkout-session", tag = "purchases", request_body = CheckoutIn,
    responses((status = 200, description = "The page to send the buyer to.", body = Started)))]
pub(crate) async fn create_checkout_session(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<CheckoutIn>,
) -> Result<Reply, Problem> {
    start(&app, &caller, request).await
}

/// Start a checkout (alias)
///
/// The same as `POST /api/stripe/create-checkout-session`.
#[utoipa::path(post, path = "/api/payments/create-checkout-session", tag = "purchases", request_body = CheckoutIn,
    responses((status = 200, description = "The page to send the buyer to.", body = Started)))]
pub(crate) async fn create_payments_checkout_session(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<CheckoutIn>,
) -> Result<Reply, Problem> {
    start(&app, &caller, request).await
}

/// Start a checkout for credits
///
/// The short form that buys credit packs; otherwise the same as `POST /api/stripe/create-checkout-session`.
#[utoipa::path(post, path = "/checkout", tag = "purchases", request_body = CheckoutIn,
    responses((status = 200, description = "The page to send the buyer to.", body = Started)))]
pub(crate) async fn checkout_credits(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<CheckoutIn>,
) -> Result<Reply, Problem> {
    start(&app, &caller, request).await
}

async fn start(app: &App, caller: &Caller, request: OneTimeJson<CheckoutIn>) -> Result<Reply, Problem> {
    let body = request.body;
    let user_id = caller.user_for(Scope::PurchasesWrite, body.user_id.as_ref())?;
    if body.item_id.is_some() == body.order_id.is_some() {
        return Err(Problem::of(&kinds::INVALID)
            .field("item_id")
            .detail("Give either item_id or order_id."));
    }
    let wanted = CheckoutRequest {
        user_id,
        item_id: body.item_id,
        order_id: body.order_id,
        starts_at_us: body.starts_at.map(|starts_at| starts_at.0),
        booking_id: body.booking_id,
        quantity: body.quantity,
        currency: body.currency,
        success_url: body.success_url,
        cancel_url: body.cancel_url,
    };
    checkout::start(app, &request.one_time, wanted).await
}

/// A purchase as the wire shows it.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct PurchaseOut {
    /// `pur_…`.
    #[schema(example = "pur_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub purchase_id: String,
    /// Who buys.
    pub user_id: UserId,
    /// What kind of thing.
    pub kind: Kind,
    /// Which item.
    pub item_id: String,
    /// How many pieces.
    pub quantity: i64,
    /// Credits that payment grants; 0 for other kinds. Negative for an invoice that gives money back for a plan's time, and
    /// takes so many.
    pub credits: i64,
    /// After how many days from the payment those end; none where they do not.
    pub expires_after_days: Option<i64>,
    /// Credits of a lower number are used first.
    pub priority: i64,
    /// The order it pays for.
    pub order_id: Option<String>,
    /// The booking it pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<String>,
    /// What it costs, in minor units.
    pub amount_minor: i64,
    /// How much of what was paid for it went back to the buyer by refunds and disputes, in minor units. What goes back of an
    /// invoice of a subscription stands with the invoice.
    pub refunded_minor: i64,
    /// The currency of the amounts.
    #[schema(example = "usd")]
    pub currency: String,
    /// Where it stands.
    pub status: Status,
    /// Whether it was begun by itself because the wallet ran low, and is charged to a saved payment method.
    pub automatic: bool,
    /// Why such a charge failed, in Stripe's word, such as `insufficient_funds`.
    pub failure: Option<String>,
    /// The checkout session at Stripe.
    pub session_id: Option<String>,
    /// Stripe's page, while it can be paid there.
    pub url: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// When money came.
    pub paid_at: Option<Moment>,
    /// The subscription that it began, or that it is an invoice of; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_id: Option<String>,
    /// Its payments; not in lists. For a purchase that began a subscription these are the payments of that one's invoices, the
    /// newest first and 100 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payments: Option<Vec<PaymentOut>>,
}

/// A payment as the wire shows it.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct PaymentOut {
    /// The `PaymentIntent` at Stripe.
    pub payment_intent_id: String,
    /// The invoice that it pays, where it is one of a subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<String>,
    /// The charge at Stripe, once there is one.
    pub charge_id: Option<String>,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// How much of it went back to the buyer by refunds and disputes, in minor units.
    pub reversed_minor: i64,
    /// The currency of the amounts.
    pub currency: String,
    /// Where it stands, in Stripe's words; `failed` where money that was on its way did not arrive.
    #[schema(example = "succeeded")]
    pub status: String,
}

impl PurchaseOut {
    pub(super) fn of(purchase: Purchase, payments: Vec<PaymentRow>) -> Self {
        let own = payments.iter().filter(|row| row.purchase_id == purchase.purchase_id);
        let refunded_minor = own.map(|row| row.clawed_minor).sum();
        let payable = purchase.status == Status::Open;
        let booking_id = purchase.booking_id();
        Self {
            booking_id,
            purchase_id: purchase.purchase_id,
            user_id: purchase.user_id,
            kind: purchase.kind,
            item_id: purchase.item_id,
            quantity: purchase.quantity,
            credits: purchase.credits,
            expires_after_days: purchase.terms.expires_after_days,
            priority: purchase.terms.priority,
            order_id: purchase.order_id,
            amount_minor: purchase.price.minor,
            refunded_minor,
            currency: purchase.price.currency.to_string(),
            status: purchase.status,
            automatic: purchase.charged.is_some(),
            failure: purchase.failure,
            session_id: purchase.session_id,
            url: purchase.session_url.filter(|_| payable),
            created_at: Moment(purchase.created_at_us),
            paid_at: purchase.paid_at_us.map(Moment),
            subscription_id: None,
            payments: Some(payments.into_iter().map(PaymentOut::from).collect()),
        }
    }
}

impl From<PaymentRow> for PaymentOut {
    fn from(row: PaymentRow) -> Self {
        let is_of_invoice = is_invoice(&row.purchase_id);
        Self {
            payment_intent_id: row.payment_intent_id,
            invoice_id: Some(row.purchase_id).filter(|_| is_of_invoice),
            charge_id: row.charge_id,
            amount_minor: row.price.minor,
            reversed_minor: row.clawed_minor,
            currency: row.price.currency.to_string(),
            status: row.status.word().to_owned(),
        }
    }
}

/// List purchases
///
/// A user's purchases, newest first.
#[utoipa::path(get, path = "/api/purchases", tag = "purchases", params(PageIn),
    responses((status = 200, description = "A page of purchases.", body = Page<PurchaseOut>)))]
pub(crate) async fn list_purchases(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(page): ApiQuery<PageIn>,
) -> Result<ApiJson<Page<PurchaseOut>>, Problem> {
    let user_id = caller.user_for(Scope::PurchasesRead, page.user_id.as_ref())?;
    let (limit, before) = (page.limit()?, page.before("pur")?);
    let data = app
        .store
        .read(move |tx| listed(tx, &user_id, &before, limit + 1))
        .await?;
    Ok(ApiJson(Page::of(data, limit, |purchase: &PurchaseOut| {
        purchase.purchase_id.clone()
    })))
}

/// A page of purchases, as a list shows them.
fn listed(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> store::Result<Vec<PurchaseOut>> {
    let purchases = records::purchases_of_user(tx, user_id, before, limit)?;
    let ids = purchases.iter().map(|purchase| purchase.purchase_id.as_str()).collect();
    let mut payments: BTreeMap<String, Vec<PaymentRow>> = BTreeMap::new();
    for payment in payments::of_purchases(tx, &ids)? {
        payments.entry(payment.purchase_id.clone()).or_default().push(payment);
    }
    let shown = purchases.into_iter().map(|purchase| {
        let own = payments.remove(&purchase.purchase_id).unwrap_or_default();
        PurchaseOut {
            payments: None,
            ..PurchaseOut::of(purchase, own)
        }
    });
    Ok(shown.collect())
}

/// Read a purchase
///
/// With its payments.
#[utoipa::path(get, path = "/api/purchases/{purchase_id}", tag = "purchases",
    params(("purchase_id" = String, Path, description = "The purchase.")),
    responses((status = 200, description = "The purchase.", body = PurchaseOut)))]
pub(crate) async fn read_purchase(
    State(app): State<App>,
    caller: Caller,
    ApiPath(purchase_id): ApiPath<String>,
) -> Result<ApiJson<PurchaseOut>, Problem> {
    let found = app
        .store
        .read(move |tx| match records::purchase(tx, &purchase_id)? {
            Some(purchase) => whole(tx, purchase).map(Some),
            None => Ok::<_, store::Error>(None),
        })
        .await?;
    match found {
        Some(shown) if caller.may_act_for(Scope::PurchasesRead, &shown.user_id) => Ok(ApiJson(shown)),
        _ => Err(Problem::of(&kinds::NOT_FOUND)),
    }
}

/// A purchase with its payments. Money for a plan is paid by invoices, whoever began the subscription.
fn whole(tx: &mut Tx<'_>, purchase: Purchase) -> store::Result<PurchaseOut> {
    let id = &purchase.purchase_id;
    let (subscription_id, payments) = if is_invoice(id) {
        (
            subscriptions::subscription_of_invoice(tx, id)?,
            payments::of_purchase(tx, id)?,
        )
    } else if (purchase.kind, purchase.status) == (Kind::Plan, Status::Paid) {
        // Stripe counts in seconds.
        let since_us = purchase.created_at_us / SECOND_US * SECOND_US;
        let begun = subscriptions::subscription_begun(tx, &purchase.user_id, &purchase.item_id, since_us)?;
        let payments = match &begun {
            Some(begun) => payments::of_subscription(tx, &purchase.user_id, begun, PAYMENTS_MAX)?,
            None => Vec::new(),
        };
        (begun, payments)
    } else {
        (None, payments::of_purchase(tx, id)?)
    };
    Ok(PurchaseOut {
        subscription_id,
        ..PurchaseOut::of(purchase, payments)
    })
}

/// Whether a purchase is an invoice of a subscription, whose id it has.
fn is_invoice(purchase_id: &str) -> bool {
    purchase_id.starts_with("in_")
}

/// The session a buyer comes back from.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReturnIn {
    /// The checkout session, as Stripe put it into the address.
    pub session_id: String,
}

/// The purchase a buyer turned back from.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CancelIn {
    /// The purchase.
    pub purchase_id: String,
}

/// What a returning buyer's page asks for until the purchase is settled.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StatusOut {
    /// Where the purchase stands.
    pub status: Status,
}

/// Show what was bought
///
/// The page that Stripe sends the buyer to after payment. It shows what the verified events have settled, and asks
/// Stripe once where they have not arrived yet.
#[utoipa::path(get, path = "/payment/success", tag = "pages", security(()), params(ReturnIn),
    responses((status = 200, description = "The page.", content_type = "text/html", body = String)))]
pub(crate) async fn read_payment_success(
    State(app): State<App>,
    headers: HeaderMap,
    returned: Result<ApiQuery<ReturnIn>, Problem>,
) -> Result<Response, Problem> {
    let shown = match returned {
        Ok(ApiQuery(returned)) => pages::success_page(&app, returned.session_id).await,
        Err(problem) => Err(problem),
    };
    shown.or_else(|problem| pages::unknown(&app, &headers, problem))
}

/// Show what was not bought
///
/// The page that Stripe sends the buyer to who turned back, with a way to try again.
#[utoipa::path(get, path = "/payment/cancel", tag = "pages", security(()), params(CancelIn),
    responses((status = 200, description = "The page.", content_type = "text/html", body = String)))]
pub(crate) async fn read_payment_cancel(
    State(app): State<App>,
    headers: HeaderMap,
    turned_back: Result<ApiQuery<CancelIn>, Problem>,
) -> Result<Response, Problem> {
    let shown = match turned_back {
        Ok(ApiQuery(turned_back)) => pages::cancel_page(&app, turned_back.purchase_id).await,
        Err(problem) => Err(problem),
    };
    shown.or_else(|problem| pages::unknown(&app, &headers, problem))
}

/// Read where a purchase stands, by its session
///
/// For the success page, which has no token: the session's id is known to nobody but the buyer.
#[utoipa::path(get, path = "/payment/status", tag = "pages", security(()), params(ReturnIn),
    responses((status = 200, description = "Where it stands.", body = StatusOut)))]
pub(crate) async fn read_payment_status(
    State(app): State<App>,
    ApiQuery(returned): ApiQuery<ReturnIn>,
) -> Result<ApiJson<StatusOut>, Problem> {
    let session_id = returned.session_id;
    let purchase = app
        .store
        .read(move |tx| records::purchase_of_session(tx, &session_id))
        .await?;
    let purchase = purchase.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    Ok(ApiJson(StatusOut {
        status: purchase.status,
    }))
}

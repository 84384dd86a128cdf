//! Payments, whoever made them.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::no_cursor;
use crate::app::App;
use crate::clock::Moment;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, Problem, kinds};
use crate::ids::UserId;
use crate::purchases::{Kind, PaymentStatus};
use crate::reports::records::lists as records;
use crate::tokens::scope::PurchasesRead;

/// Which payments to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this user.
    pub user_id: Option<UserId>,
    /// Only those of this status.
    #[param(inline)]
    pub status: Option<PaymentStatus>,
}

/// A payment as lists show it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ListedPaymentOut {
    /// The `PaymentIntent` at Stripe.
    #[schema(example = "pi_3QxYzA2eZvKYlo2C")]
    pub payment_intent_id: String,
    /// The charge at Stripe, once it is known.
    pub charge_id: Option<String>,
    /// Whose; absent for a payment of which only a refund or a dispute is known.
    pub user_id: Option<UserId>,
    /// The purchase that it pays for: `pur_…`, or an invoice of a subscription.
    pub purchase_id: Option<String>,
    /// What kind of thing was bought.
    pub kind: Option<Kind>,
    /// Which item of the catalogue.
    #[schema(example = "starter")]
    pub item_id: Option<String>,
    /// How much, in minor units.
    #[schema(example = 2_000)]
    pub amount_minor: i64,
    /// What of it came, in minor units.
    #[schema(example = 2_000)]
    pub paid_minor: i64,
    /// How much went back to the buyer by refunds and disputes, in minor units.
    #[schema(example = 0)]
    pub reversed_minor: i64,
    /// The currency of the amounts.
    #[schema(example = "usd")]
    pub currency: String,
    /// What Stripe keeps of it, in minor units of `fee_currency`, once that is known.
    #[schema(example = 88)]
    pub fee_minor: Option<i64>,
    /// The currency of the fee: that of the balance at Stripe.
    #[schema(example = "usd")]
    pub fee_currency: Option<String>,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Whether an attempt at it ever failed.
    pub has_failed: bool,
    /// When it was first told of.
    pub created_at: Moment,
}

/// List payments
///
/// Payments that Stripe told of, newest first. A service needs the scope `purchases:read`.
#[utoipa::path(get, path = "/api/payments", tag = "reports", params(PaymentsIn),
    responses((status = 200, description = "A page of payments.", body = Page<ListedPaymentOut>)))]
pub(crate) async fn list_payments(
    State(app): State<App>,
    _permit: Scoped<PurchasesRead>,
    ApiQuery(wanted): ApiQuery<PaymentsIn>,
) -> Result<ApiJson<Page<ListedPaymentOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let payments = app
        .store
        .read(move |tx| {
            let before = match &wanted.after {
                None => Some((i64::MAX, String::new())),
                Some(after) => records::payment(tx, after)?.map(|one| (one.created_at.0, after.clone())),
            };
            let Some(before) = before else {
                return Ok::<_, store::Error>(None);
            };
            records::payments(tx, wanted.user_id.as_ref(), wanted.status, &before, limit + 1).map(Some)
        })
        .await?;
    let payments = payments.ok_or_else(no_cursor)?;
    Ok(ApiJson(Page::of(payments, limit, |one: &ListedPaymentOut| {
        one.payment_intent_id.clone()
    })))
}

/// Read a payment
///
/// By its `PaymentIntent` or its charge.
#[utoipa::path(get, path = "/api/payments/{payment_id}", tag = "reports",
    params(("payment_id" = String, Path, description = "The `PaymentIntent` or the charge at Stripe.")),
    responses((status = 200, description = "The payment.", body = ListedPaymentOut)))]
pub(crate) async fn read_payment(
    State(app): State<App>,
    _permit: Scoped<PurchasesRead>,
    ApiPath(payment_id): ApiPath<String>,
) -> Result<ApiJson<ListedPaymentOut>, Problem> {
    let found = app
        .store
        .read(move |tx| match records::payment(tx, &payment_id)? {
            Some(payment) => Ok::<_, store::Error>(Some(payment)),
            None => records::payment_of_charge(tx, &payment_id),
        })
        .await?;
    found.map(ApiJson).ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

//! Refunds and disputes over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::make::{Of, Wanted};
use super::records::{self, Filter, Listed};
use super::{Reason, make, requests};
use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::credits::check_reason;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, PageIn, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::UserId;
use crate::purchases::reversals::{Dispute, DisputeStatus, Refund, RefundStatus, Warning};
use crate::tokens::scope::{PurchasesRead, RefundsWrite};

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_refund, list_refunds))
        .routes(routes!(read_refund))
        .routes(routes!(list_disputes))
        .routes(routes!(read_dispute))
        .routes(routes!(list_fraud_warnings))
        .merge(requests::routes::router())
}

/// A refund to be made: of a purchase, or of a payment.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "purchase_id": "pur_01k3vg6p9yfd5a1h0c9w8t2m4q", "amount_minor": 500,
                           "reason": "requested_by_customer", "note": "ticket 4711" }))]
pub struct RefundIn {
    /// The purchase whose payment is given back.
    pub purchase_id: Option<String>,
    /// The payment that is given back, in place of a purchase.
    #[schema(example = "pi_3QK")]
    pub payment_intent_id: Option<String>,
    /// How much, in minor units of the payment's currency; all that can be given back where it is left out.
    #[schema(example = 500, minimum = 1)]
    pub amount_minor: Option<i64>,
    /// Why, for Stripe.
    pub reason: Option<Reason>,
    /// Why, in your own words; kept with the refund, and not shown to the buyer.
    pub note: Option<String>,
    /// Whether only the share of the credits that are still in the user's wallets may be given back.
    #[serde(default)]
    pub unspent_only: bool,
}

/// A refund as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RefundOut {
    /// The refund at Stripe.
    #[schema(example = "re_3QK")]
    pub refund_id: String,
    /// The payment it gives back.
    #[schema(example = "pi_3QK")]
    pub payment_intent_id: String,
    /// The purchase that the payment was for, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<String>,
    /// Whose purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// How much, in minor units.
    #[schema(example = 500)]
    pub amount_minor: i64,
    /// The currency.
    #[schema(example = "usd")]
    pub currency: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// Why it was made, in Stripe's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it failed, in Stripe's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// What was noted where it was asked for here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Moment,
}

impl From<Listed<Refund>> for RefundOut {
    fn from(listed: Listed<Refund>) -> Self {
        let refund = listed.one;
        Self {
            refund_id: refund.refund_id,
            payment_intent_id: refund.payment_intent_id,
            purchase_id: listed.purchase_id,
            user_id: listed.user_id,
            amount_minor: refund.amount_minor,
            currency: refund.currency,
            status: refund.status,
            reason: refund.reason,
            failure_reason: refund.failure_reason,
            note: listed.note,
            created_at: at(refund.created_s),
        }
    }
}

/// A dispute as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DisputeOut {
    /// The dispute at Stripe.
    #[schema(example = "dp_1QK")]
    pub dispute_id: String,
    /// The payment it questions.
    #[schema(example = "pi_3QK")]
    pub payment_intent_id: String,
    /// The purchase that the payment was for, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<String>,
    /// Whose purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// How much is questioned, in minor units.
    #[schema(example = 500)]
    pub amount_minor: i64,
    /// The currency.
    #[schema(example = "usd")]
    pub currency: String,
    /// Where it stands.
    pub status: DisputeStatus,
    /// Why, in Stripe's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How much of the payment it takes away now, in minor units.
    #[schema(example = 500)]
    pub reversed_minor: i64,
    /// Until when Stripe takes evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_due_at: Option<Moment>,
    /// When it was opened.
    pub created_at: Moment,
}

impl From<Listed<Dispute>> for DisputeOut {
    fn from(listed: Listed<Dispute>) -> Self {
        let reversed_minor = listed.one.reversed_minor();
        let dispute = listed.one;
        Self {
            dispute_id: dispute.dispute_id,
            payment_intent_id: dispute.payment_intent_id,
            purchase_id: listed.purchase_id,
            user_id: listed.user_id,
            amount_minor: dispute.amount_minor,
            currency: dispute.currency,
            status: dispute.status,
            reason: dispute.reason,
            reversed_minor,
            evidence_due_at: dispute.evidence_due_s.map(at),
            created_at: at(dispute.created_s),
        }
    }
}

/// A bank's warning of fraud, as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FraudWarningOut {
    /// The warning at Stripe.
    #[schema(example = "issfr_1QK")]
    pub warning_id: String,
    /// The payment it is about.
    #[schema(example = "pi_3QK")]
    pub payment_intent_id: String,
    /// The purchase that the payment was for, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<String>,
    /// Whose purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Why, in Stripe's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fraud_type: Option<String>,
    /// Whether a refund can still prevent a dispute.
    pub is_actionable: bool,
    /// When it came.
    pub created_at: Moment,
}

impl From<Listed<Warning>> for FraudWarningOut {
    fn from(listed: Listed<Warning>) -> Self {
        let warning = listed.one;
        Self {
            warning_id: warning.warning_id,
            payment_intent_id: warning.payment_intent_id,
            purchase_id: listed.purchase_id,
            user_id: listed.user_id,
            fraud_type: warning.fraud_type,
            is_actionable: !warning.is_moot,
            created_at: at(warning.created_s),
        }
    }
}

fn at(seconds: i64) -> Moment {
    Moment(seconds.saturating_mul(SECOND_US))
}

/// Give money back
///
/// Makes a refund at Stripe, of all that can be given back or of a part, once for the Idempotency-Key. What was bought is
/// taken back in the same share: credits out of the lot that the payment made first, and where they are spent already the
/// user owes them. A refund that fails later gives back what was taken.
#[utoipa::path(post, path = "/api/refunds", tag = "refunds", request_body = RefundIn,
    responses((status = 201, description = "Made at Stripe; its status says whether the money is back yet.", body = RefundOut),
              (status = 409, description = "So much cannot be given back, or only with the approval of another; nothing was.")))]
pub(crate) async fn create_refund(
    State(app): State<App>,
    _permit: Scoped<RefundsWrite>,
    request: OneTimeJson<RefundIn>,
) -> Result<Reply, Problem> {
    let OneTimeJson { one_time, body } = request;
    let invalid = |field: &str, detail: &str| Problem::of(&kinds::INVALID).field(field).detail(detail.to_owned());
    let of = match (body.purchase_id, body.payment_intent_id) {
        (Some(purchase_id), None) => Of::Purchase(purchase_id),
        (None, Some(payment_intent_id)) => Of::Payment(payment_intent_id),
        _ => return Err(invalid("purchase_id", "Give either purchase_id or payment_intent_id.")),
    };
    if body.amount_minor.is_some_and(|amount| amount < 1) {
        return Err(invalid("amount_minor", "The amount must be a whole number from 1."));
    }
    if let Some(note) = &body.note {
        check_reason(note).map_err(|_| {
            invalid(
                "note",
                "The note must have 1 to 500 characters and no control characters.",
            )
        })?;
    }
    let wanted = Wanted {
        of,
        amount_minor: body.amount_minor,
        reason: body.reason,
        note: body.note,
        unspent_only: body.unspent_only,
    };
    make::start(&app, &one_time, wanted).await
}

/// Which refunds to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RefundsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this user's payments.
    pub user_id: Option<UserId>,
    /// Only those of this payment.
    pub payment_intent_id: Option<String>,
    /// Only those of this status.
    pub status: Option<RefundStatus>,
}

/// Which disputes to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisputesIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this user's payments.
    pub user_id: Option<UserId>,
    /// Only those of this payment.
    pub payment_intent_id: Option<String>,
    /// Only those of this status.
    pub status: Option<DisputeStatus>,
}

/// List refunds
///
/// All refunds that Stripe told of, newest first, whoever made them.
#[utoipa::path(get, path = "/api/refunds", tag = "refunds", params(RefundsIn),
    responses((status = 200, description = "A page of refunds.", body = Page<RefundOut>)))]
pub(crate) async fn list_refunds(
    State(app): State<App>,
    _permit: Scoped<PurchasesRead>,
    ApiQuery(wanted): ApiQuery<RefundsIn>,
) -> Result<ApiJson<Page<RefundOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let filter = Filter {
        user_id: wanted.user_id,
        payment_intent_id: wanted.payment_intent_id,
        after: wanted.after,
        limit,
    };
    let found = app
        .store
        .read(move |tx| records::refunds(tx, &filter, wanted.status))
        .await?;
    page_of(found, limit, |refund: &RefundOut| refund.refund_id.clone())
}

/// Read a refund
#[utoipa::path(get, path = "/api/refunds/{refund_id}", tag = "refunds",
    params(("refund_id" = String, Path, description = "The refund.")),
    responses((status = 200, description = "The refund.", body = RefundOut)))]
pub(crate) async fn read_refund(
    State(app): State<App>,
    _permit: Scoped<PurchasesRead>,
    ApiPath(refund_id): ApiPath<String>,
) -> Result<ApiJson<RefundOut>, Problem> {
    let found = app.store.read(move |tx| records::listed(tx, &refund_id)).await?;
    let found = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    Ok(ApiJson(found.into()))
}

/// List disputes
///
/// All disputes that Stripe told of, newest first. What is disputed counts as given back until the dispute is won.
#[utoipa::path(get, path = "/api/disputes", tag = "refunds", params(DisputesIn),
    responses((status = 200, description = "A page of disputes.", body = Page<DisputeOut>)))]
pub(crate) async fn list_disputes(
    State(app): State<App>,
    _permit: Scoped<PurchasesRead>,
    ApiQuery(wanted): ApiQuery<DisputesIn>,
) -> Result<ApiJson<Page<DisputeOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let filter = Filter {
        user_id: wanted.user_id,
        payment_intent_id: wanted.payment_intent_id,
        after: wanted.after,
        limit,
    };
    let found = app
        .store
        .read(move |tx| records::disputes(tx, &filter, wanted.status))
        .await?;
    page_of(found, limit, |dispute: &DisputeOut| dispute.dispute_id.clone())
}

/// Read a dispute
#[utoipa::path(get, path = "/api/disputes/{dispute_id}", tag = "refunds",
    params(("dispute_id" = String, Path, description = "The dispute.")),
    responses((status = 200, description = "The dispute.", body = DisputeOut)))]
pub(crate) async fn read_dispute(
    State(app): State<App>,
    _permit: Scoped<PurchasesRead>,
    ApiPath(dispute_id): ApiPath<String>,
) -> Result<ApiJson<DisputeOut>, Problem> {
    let found = app
        .store
        .read(move |tx| records::listed_one_dispute(tx, &dispute_id))
        .await?;
    let found = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    Ok(ApiJson(found.into()))
}

/// List warnings of fraud
///
/// What banks suspect to be fraud, newest first. `PAYDESK_ON_FRAUD_WARNING=refund` gives such payments back at once.
#[utoipa::path(get, path = "/api/fraud-warnings", tag = "refunds", params(PageIn),
    responses((status = 200, description = "A page of warnings.", body = Page<FraudWarningOut>)))]
pub(crate) async fn list_fraud_warnings(
    State(app): State<App>,
    _permit: Scoped<PurchasesRead>,
    ApiQuery(wanted): ApiQuery<PageIn>,
) -> Result<ApiJson<Page<FraudWarningOut>>, Problem> {
    let limit = wanted.limit()?;
    let filter = Filter {
        user_id: wanted.user_id,
        payment_intent_id: None,
        after: wanted.after,
        limit,
    };
    let found = app.store.read(move |tx| records::warnings(tx, &filter)).await?;
    page_of(found, limit, |warning: &FraudWarningOut| warning.warning_id.clone())
}

/// A page of what was found; nothing was found where `after` is no entry of the list.
fn page_of<T, Out: From<Listed<T>>>(
    found: Option<Vec<Listed<T>>>,
    limit: i64,
    id: impl Fn(&Out) -> String,
) -> Result<ApiJson<Page<Out>>, Problem> {
    let found = found.ok_or_else(|| {
        Problem::of(&kinds::BAD_QUERY)
            .field("after")
            .detail("This is not the `next` of a page of this list.")
    })?;
    Ok(ApiJson(Page::of(found.into_iter().map(Out::from).collect(), limit, id)))
}

//! Requests for refunds over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{self, Ask};
use super::decide::{self, Decision};
use super::rules::Outside;
use super::{Approval, RefundRequest, Status, records};
use crate::app::App;
use crate::clock::Moment;
use crate::credits::check_reason;
use crate::http::auth::{Caller, Scoped};
use crate::http::paging::{Page, check_cursor, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::UserId;
use crate::purchases::reversals::RefundStatus;
use crate::tokens::Scope;
use crate::tokens::scope::RefundsApprove;

pub(in crate::purchases::refunds) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request_refund, list_refund_requests))
        .routes(routes!(read_refund_request))
        .routes(routes!(approve_refund_request))
        .routes(routes!(decline_refund_request))
}

/// A refund that is asked for.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "purchase_id": "pur_01k3vg6p9yfd5a1h0c9w8t2m4q", "reason": "It does not suit me." }))]
pub(crate) struct RefundRequestIn {
    /// The purchase; of a plan, its invoice (`in_…`).
    pub purchase_id: String,
    /// How much, in minor units; all that the policy allows where it is left out.
    #[schema(example = 500, minimum = 1)]
    pub amount_minor: Option<i64>,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// An approval of a request as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RefundApprovalOut {
    /// Who: `service:…` with the token's id, or `admin`.
    #[schema(example = "admin")]
    pub approved_by: String,
    /// What they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    pub approved_at: Moment,
}

/// A request for a refund as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RefundRequestOut {
    /// Its id.
    #[schema(example = "rrq_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub request_id: String,
    /// Who bought.
    pub user_id: UserId,
    /// What was bought.
    #[schema(example = "pur_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub purchase_id: String,
    /// Which item of the catalogue.
    #[schema(example = "starter")]
    pub item_id: String,
    /// The payment that is to go back.
    #[schema(example = "pi_3QK")]
    pub payment_intent_id: String,
    /// How much, in minor units.
    #[schema(example = 500)]
    pub amount_minor: i64,
    /// The currency.
    #[schema(example = "usd")]
    pub currency: String,
    /// Why it is asked for.
    pub reason: String,
    /// Where it stands.
    pub status: Status,
    /// What is said to the buyer about it: why it was declined, or why Stripe refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The refund at Stripe, once it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "re_3QK")]
    pub refund_id: Option<String>,
    /// Where that refund stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_status: Option<RefundStatus>,
    /// Why the policy of the purchase does not allow it, where the shop asked nevertheless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside_policy: Option<Outside>,
    /// How many must approve it; 0 where it was granted at once.
    #[schema(example = 1)]
    pub approvals_needed: i64,
    /// Who asked; told to the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "user:ada")]
    pub requested_by: Option<String>,
    /// Who approved it so far; told to the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Vec<RefundApprovalOut>>,
    /// Who decided it, `policy` where nobody had to; told to the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "policy")]
    pub decided_by: Option<String>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Moment>,
    /// When it was asked for.
    pub created_at: Moment,
}

impl RefundRequestOut {
    /// The request as it is told to its buyer or, with all of it, to the shop.
    pub(super) fn of(request: RefundRequest, approvals: Vec<Approval>, shows_all: bool) -> Self {
        let approvals = approvals.into_iter().map(|approval| RefundApprovalOut {
            approved_by: approval.approved_by,
            note: approval.note,
            approved_at: Moment(approval.approved_at_us),
        });
        Self {
            request_id: request.request_id,
            user_id: request.user_id,
            purchase_id: request.purchase_id,
            item_id: request.item_id,
            payment_intent_id: request.payment_intent_id,
            amount_minor: request.price.minor,
            currency: request.price.currency.to_string(),
            reason: request.reason,
            status: request.status,
            answer: request.answer,
            refund_id: request.refund_id,
            refund_status: request.refund_status,
            outside_policy: request.outside,
            approvals_needed: request.needs.approvals,
            requested_by: shows_all.then_some(request.requested_by),
            approvals: shows_all.then(|| approvals.collect()),
            decided_by: request.decided_by.filter(|_| shows_all),
            decided_at: request.decided_at_us.map(Moment),
            created_at: Moment(request.created_at_us),
        }
    }
}

fn invalid(field: &str, detail: &str) -> Problem {
    Problem::of(&kinds::INVALID).field(field).detail(detail.to_owned())
}

fn check_text(field: &str, text: &str) -> Result<(), Problem> {
    let wanted = || invalid(field, "It must have 1 to 500 characters and no control characters.");
    check_reason(text).map_err(|_| wanted())
}

/// Ask for a refund
///
/// A buyer asks for what they bought themselves, within the policy that was fixed when they bought it: so many days from
/// the payment (`refund_days` of the item), of credits what is not spent, of an order while it is not delivered. Up to
/// `[refunds] automatic_up_to` it is granted at once, and the refund is made in the next moments; above it waits until it
/// is approved. A back end with the scope `refunds:write` and the operator may ask for anybody, and outside the policy too:
/// then somebody always has to approve.
#[utoipa::path(post, path = "/api/refund-requests", tag = "refunds", request_body = RefundRequestIn,
    responses((status = 201, description = "Taken: `approved` where it is granted at once, else `waiting`.", body = RefundRequestOut),
              (status = 409, description = "The policy does not allow it, so much cannot be given back, or one is open already.")))]
pub(crate) async fn request_refund(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<RefundRequestIn>,
) -> Result<Reply, Problem> {
    let body = request.body;
    if body.amount_minor.is_some_and(|amount| amount < 1) {
        return Err(invalid("amount_minor", "The amount must be a whole number from 1."));
    }
    check_text("reason", &body.reason)?;
    let wanted = Ask {
        purchase_id: body.purchase_id,
        amount_minor: body.amount_minor,
        reason: body.reason,
    };
    ask::ask(&app, &request.one_time, caller, wanted).await
}

/// Which requests to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RefundRequestsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Whose; only a service or the operator names somebody, or leaves it out for everybody's.
    pub user_id: Option<UserId>,
}

/// List requests for refunds
///
/// Newest first: a user's own; everybody's for a service with the scope `purchases:read` and the operator.
/// `?status=waiting` lists what is to be decided. Who approved is told by reading one.
#[utoipa::path(get, path = "/api/refund-requests", tag = "refunds", params(RefundRequestsIn),
    responses((status = 200, description = "A page of requests.", body = Page<RefundRequestOut>)))]
pub(crate) async fn list_refund_requests(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(wanted): ApiQuery<RefundRequestsIn>,
) -> Result<ApiJson<Page<RefundRequestOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let before = check_cursor(wanted.after.as_deref(), "rrq")?;
    let shows_all = caller.holds(Scope::PurchasesRead);
    let user_id = if shows_all {
        wanted.user_id
    } else {
        Some(caller.user_for(Scope::PurchasesRead, wanted.user_id.as_ref())?)
    };
    let filter = records::Filter {
        user_id,
        status: wanted.status,
        before,
        limit,
    };
    let found = app.store.read(move |tx| records::requests(tx, &filter)).await?;
    let told = |request| RefundRequestOut {
        approvals: None,
        ..RefundRequestOut::of(request, Vec::new(), shows_all)
    };
    Ok(ApiJson(Page::of(found.into_iter().map(told).collect(), limit, |one| {
        one.request_id.clone()
    })))
}

/// Read a request for a refund
#[utoipa::path(get, path = "/api/refund-requests/{request_id}", tag = "refunds",
    params(("request_id" = String, Path, description = "The request.")),
    responses((status = 200, description = "The request.", body = RefundRequestOut)))]
pub(crate) async fn read_refund_request(
    State(app): State<App>,
    caller: Caller,
    ApiPath(request_id): ApiPath<String>,
) -> Result<ApiJson<RefundRequestOut>, Problem> {
    let found = app
        .store
        .read(move |tx| {
            let approvals = records::approvals(tx, &request_id)?;
            Ok::<_, store::Error>(records::request(tx, &request_id)?.map(|request| (request, approvals)))
        })
        .await?;
    let (request, approvals) = found
        .filter(|(request, _)| caller.may_act_for(Scope::PurchasesRead, &request.user_id))
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let shows_all = caller.holds(Scope::PurchasesRead);
    Ok(ApiJson(RefundRequestOut::of(request, approvals, shows_all)))
}

/// An approval.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "ticket 4711" }))]
pub(crate) struct RefundApprovalIn {
    /// What is to be noted about it, 1 to 500 characters; not told to the buyer.
    pub note: Option<String>,
}

/// Approve a refund
///
/// The last approval that is needed grants the refund, on the payment as it then stands; it is made in the next moments.
/// Above `[refunds] four_eyes_above` whoever approves must be another than who asked, and above `two_approvals_above` it
/// takes two.
#[utoipa::path(post, path = "/api/refund-requests/{request_id}/approve", tag = "refunds", request_body = RefundApprovalIn,
    params(("request_id" = String, Path, description = "The request.")),
    responses((status = 200, description = "Approved; its status says whether that is enough.", body = RefundRequestOut),
              (status = 409, description = "It is decided, another must approve, or so much cannot be given back any more.")))]
pub(crate) async fn approve_refund_request(
    State(app): State<App>,
    permit: Scoped<RefundsApprove>,
    ApiPath(request_id): ApiPath<String>,
    request: OneTimeJson<RefundApprovalIn>,
) -> Result<Reply, Problem> {
    let note = request.body.note;
    if let Some(note) = &note {
        check_text("note", note)?;
    }
    let by = permit.caller.identity();
    decide::decide(&app, &request.one_time, by, request_id, Decision::Approve(note)).await
}

/// A refusal.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "The credits were used." }))]
pub(crate) struct RefundRefusalIn {
    /// Why, 1 to 500 characters; told to the buyer.
    pub reason: String,
}

/// Decline a refund
///
/// Nothing is given back. The reason is told to the buyer, who may ask again.
#[utoipa::path(post, path = "/api/refund-requests/{request_id}/decline", tag = "refunds", request_body = RefundRefusalIn,
    params(("request_id" = String, Path, description = "The request.")),
    responses((status = 200, description = "Declined.", body = RefundRequestOut),
              (status = 409, description = "It is decided.")))]
pub(crate) async fn decline_refund_request(
    State(app): State<App>,
    permit: Scoped<RefundsApprove>,
    ApiPath(request_id): ApiPath<String>,
    request: OneTimeJson<RefundRefusalIn>,
) -> Result<Reply, Problem> {
    check_text("reason", &request.body.reason)?;
    let by = permit.caller.identity();
    let decision = Decision::Decline(request.body.reason);
    decide::decide(&app, &request.one_time, by, request_id, decision).await
}

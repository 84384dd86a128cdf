//! The work on an order over HTTP: moving it on, saying who is to do it, and its history.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OrderOut, visible};
use crate::app::App;
use crate::clock::Moment;
use crate::http::auth::{Caller, Scoped};
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::UserId;
use crate::orders::work::{self, Move};
use crate::orders::{Change, Order, Status, records, rules};
use crate::tokens::Scope;
use crate::tokens::scope::OrdersWrite;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(move_order))
        .routes(routes!(assign_order))
        .routes(routes!(list_order_changes))
}

/// Where an order is to be moved.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "to": "delivered", "links": ["https://files.example/review.pdf"], "note": "Enjoy." }))]
pub(crate) struct OrderMoveIn {
    /// The next status: `in_progress`, `delivered`, `cancelled`, or `paid` to put it back.
    pub to: Status,
    /// What is delivered: 1 to 20 addresses that begin with https://; only with `delivered`.
    #[serde(default)]
    pub links: Vec<String>,
    /// What is to be said about it, up to 2,000 characters. With `delivered` it is shown to who ordered.
    pub note: Option<String>,
}

impl OrderMoveIn {
    fn check(self) -> Result<Move, Problem> {
        let invalid = |field: &str, detail: String| Problem::of(&kinds::INVALID).field(field).detail(detail);
        if self.to == Status::Delivered {
            rules::check_links(&self.links).map_err(|detail| invalid("links", detail))?;
        } else if !self.links.is_empty() {
            return Err(invalid("links", "Only a delivery has links.".into()));
        }
        if let Some(note) = &self.note {
            rules::check_note(note).map_err(|detail| invalid("note", detail))?;
        }
        Ok(Move {
            to: self.to,
            links: self.links,
            note: self.note,
        })
    }
}

/// Move an order on
///
/// The reviewer whom it is assigned to begins (`in_progress`), puts back (`paid`) and delivers (`delivered`) it; a service
/// with the scope `orders:write` and the operator may do so too, and cancel it. Who ordered may cancel it before work
/// began. What was paid for a cancelled order is given back: all of it where the shop cancels, the share of
/// `[refunds] order_share_percent` where the buyer does. What money does to an order is not moved by hand.
#[utoipa::path(post, path = "/api/orders/{order_id}/moves", tag = "orders", request_body = OrderMoveIn,
    params(("order_id" = String, Path, description = "The order.")),
    responses((status = 200, description = "Moved.", body = OrderOut),
              (status = 409, description = "It cannot be moved there; `allowed` says where it can.")))]
pub(crate) async fn move_order(
    State(app): State<App>,
    caller: Caller,
    ApiPath(order_id): ApiPath<String>,
    request: OneTimeJson<OrderMoveIn>,
) -> Result<Reply, Problem> {
    let wanted = request.body.check()?;
    work::move_on(&app, &request.one_time, caller, order_id, wanted).await
}

/// Who is to work on an order.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reviewer_id": "grace" }))]
pub(crate) struct AssignmentIn {
    /// The user; nobody where it is left out or null.
    pub reviewer_id: Option<UserId>,
}

/// Assign an order
///
/// Says which user is to work on it. They see it under `GET /api/orders?reviewer_id=…`, and may move it on.
#[utoipa::path(post, path = "/api/orders/{order_id}/assignment", tag = "orders", request_body = AssignmentIn,
    params(("order_id" = String, Path, description = "The order.")),
    responses((status = 200, description = "Assigned.", body = OrderOut),
              (status = 409, description = "The order is given up.")))]
pub(crate) async fn assign_order(
    State(app): State<App>,
    permit: Scoped<OrdersWrite>,
    ApiPath(order_id): ApiPath<String>,
    request: OneTimeJson<AssignmentIn>,
) -> Result<Reply, Problem> {
    work::assign(
        &app,
        &request.one_time,
        permit.caller,
        order_id,
        request.body.reviewer_id,
    )
    .await
}

/// One change of an order as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OrderChangeOut {
    /// Its number among those of the order, from 1.
    #[schema(example = 3)]
    pub number: i64,
    /// Where the order stood.
    pub from: Status,
    /// Where it stood then.
    pub to: Status,
    /// Who was to do the work then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer_id: Option<UserId>,
    /// Who changed it: `user:…`, `service:…` with the token's id, `admin`, `checkout` where one began, or `stripe` where it
    /// follows from what Stripe said. Who ordered is not told which service it was.
    #[schema(example = "user:grace")]
    pub changed_by: String,
    /// What they said about it; told to those who do the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    pub changed_at: Moment,
}

impl OrderChangeOut {
    fn of(change: Change, shows_all: bool) -> Self {
        let service = || change.changed_by.starts_with("service:").then_some("service");
        let told = service()
            .filter(|_| !shows_all)
            .unwrap_or(&change.changed_by)
            .to_owned();
        Self {
            number: change.number,
            from: change.from,
            to: change.to,
            reviewer_id: change.reviewer_id,
            changed_by: told,
            note: change.note.filter(|_| shows_all),
            changed_at: Moment(change.changed_at_us),
        }
    }
}

/// Which page of a history.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderChangesIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<i64>,
}

/// List the changes of an order
///
/// Its history, the newest change first: every status and every reviewer it had, who brought it there, and when. Nothing
/// of it is ever changed or removed.
#[utoipa::path(get, path = "/api/orders/{order_id}/changes", tag = "orders",
    params(("order_id" = String, Path, description = "The order."), OrderChangesIn),
    responses((status = 200, description = "A page of changes.", body = Page<OrderChangeOut>)))]
pub(crate) async fn list_order_changes(
    State(app): State<App>,
    caller: Caller,
    ApiPath(order_id): ApiPath<String>,
    ApiQuery(page): ApiQuery<OrderChangesIn>,
) -> Result<ApiJson<Page<OrderChangeOut>>, Problem> {
    let limit = check_limit(page.limit)?;
    let before = page.after.unwrap_or(i64::MAX);
    let order = visible(&app, &caller, order_id).await?;
    let shows_all = is_of_the_work(&caller, &order);
    let changes = app
        .store
        .read(move |tx| records::changes(tx, &order.order_id, before, limit + 1))
        .await?;
    let data = changes.into_iter().map(|change| OrderChangeOut::of(change, shows_all));
    Ok(ApiJson(Page::of(data.collect(), limit, |change| {
        change.number.to_string()
    })))
}

/// Whether the caller does the work or has it done.
fn is_of_the_work(caller: &Caller, order: &Order) -> bool {
    work::parts(caller, Scope::OrdersRead, order)
        .iter()
        .any(|part| *part != rules::Part::Owner)
}

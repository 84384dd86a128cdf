//! Orders over HTTP.

mod moves;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::parts;
use super::{Order, Status, check_fields, records};
use crate::app::App;
use crate::catalogue::Offer;
use crate::clock::Moment;
use crate::http::auth::Caller;
use crate::http::paging::{Page, check_cursor, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::UserId;
use crate::tokens::Scope;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_order, list_orders))
        .routes(routes!(read_order))
        .merge(moves::router())
}

/// An order to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "package_id": "track-review", "fields": { "track_url": "https://music.example/one" } }))]
pub struct OrderIn {
    /// The package of the catalogue.
    #[schema(example = "track-review")]
    pub package_id: String,
    /// The package's own fields.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// For whom; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

/// An order as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrderOut {
    /// `ord_…`.
    #[schema(example = "ord_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub order_id: String,
    /// Who ordered.
    pub user_id: UserId,
    /// Which package.
    pub package_id: String,
    /// The package's own fields.
    #[schema(value_type = Object)]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Where it stands.
    pub status: Status,
    /// The purchase that pays for it, once there is one.
    pub purchase_id: Option<String>,
    /// Who does the work, once somebody is to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer_id: Option<UserId>,
    /// What was paid for it, in minor units of the purchase's currency.
    #[schema(example = 4900)]
    pub paid_minor: i64,
    /// What of that is refunded or disputed, in minor units.
    #[schema(example = 0)]
    pub refunded_minor: i64,
    /// The currency of both, once there is a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "usd")]
    pub currency: Option<String>,
    /// What was delivered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveredOut>,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What was delivered for an order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DeliveredOut {
    /// Where it is.
    #[schema(example = json!(["https://files.example/review.pdf"]))]
    pub links: Vec<String>,
    /// What is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When.
    pub delivered_at: Moment,
}

impl From<Order> for OrderOut {
    fn from(order: Order) -> Self {
        Self {
            order_id: order.order_id,
            user_id: order.user_id,
            package_id: order.package_id,
            fields: order.fields,
            status: order.status,
            purchase_id: order.purchase_id,
            reviewer_id: order.reviewer_id,
            paid_minor: order.paid_minor,
            refunded_minor: order.refunded_minor,
            currency: order.currency,
            delivery: order.delivery.map(|delivery| DeliveredOut {
                links: delivery.links,
                note: delivery.note,
                delivered_at: Moment(delivery.delivered_at_us),
            }),
            created_at: Moment(order.created_at_us),
            updated_at: Moment(order.updated_at_us),
        }
    }
}

/// Make an order
///
/// Writes a draft with the package's own fields. Pay for it with `POST /api/stripe/create-checkout-session`.
#[utoipa::path(post, path = "/api/orders", tag = "orders", request_body = OrderIn,
    responses((status = 201, description = "Written, as a draft.", body = OrderOut)))]
pub(crate) async fn create_order(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<OrderIn>,
) -> Result<Reply, Problem> {
    let OrderIn {
        package_id,
        fields,
        user_id,
    } = request.body;
    let user_id = caller.user_for(Scope::OrdersWrite, user_id.as_ref())?;
    let package = app.catalogue.items.get(&package_id);
    let Some(Offer::OrderPackage { fields: known, .. }) = package.map(|item| &item.offer) else {
        let detail = format!("There is no package {package_id:?}.");
        return Err(Problem::of(&crate::purchases::UNKNOWN_ITEM)
            .field("package_id")
            .detail(detail));
    };
    check_fields(known, &fields).map_err(|mistake| {
        Problem::of(&kinds::INVALID)
            .field(format!("fields.{}", mistake.field))
            .detail(mistake.message)
    })?;
    let now_us = app.clock.now_us();
    let order = Order {
        fields,
        ..Order::new(&app.ids.next("ord"), &user_id, &package_id, now_us)
    };
    let action = Action::of(&request.one_time);
    let work = app.store.write(move |tx| {
        let order = order.clone();
        idempotency::once(tx, now_us, &action, |tx| {
            records::insert(tx, &order)?;
            Ok::<_, store::Error>(Answer::json(StatusCode::CREATED, &OrderOut::from(order)))
        })
    });
    let reply = request.one_time.until(work).await?;
    store::crash_point("order written");
    Ok(reply)
}

/// Which orders to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrdersIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those of this package.
    pub package_id: Option<String>,
    /// Only those that this user is to work on; a user may name themselves, and leave out whose.
    pub reviewer_id: Option<UserId>,
    /// Whose; only a service or the operator names somebody, or leaves it out for everybody's.
    pub user_id: Option<UserId>,
}

/// List orders
///
/// Newest first: a user's own, or with `reviewer_id` those that they are to work on, whoever ordered. A service with the
/// scope `orders:read` and the operator see everybody's: `?status=paid` lists what is to be done.
#[utoipa::path(get, path = "/api/orders", tag = "orders", params(OrdersIn),
    responses((status = 200, description = "A page of orders.", body = Page<OrderOut>)))]
pub(crate) async fn list_orders(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(wanted): ApiQuery<OrdersIn>,
) -> Result<ApiJson<Page<OrderOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let before = check_cursor(wanted.after.as_deref(), "ord")?;
    let reviews = matches!(&caller, Caller::User { user_id } if wanted.reviewer_id.as_ref() == Some(user_id));
    let user_id = if reviews || caller.holds(Scope::OrdersRead) {
        wanted.user_id
    } else {
        Some(caller.user_for(Scope::OrdersRead, wanted.user_id.as_ref())?)
    };
    let filter = records::Filter {
        user_id,
        reviewer_id: wanted.reviewer_id,
        status: wanted.status,
        package_id: wanted.package_id,
    };
    let orders = app
        .store
        .read(move |tx| records::orders(tx, &filter, &before, limit + 1))
        .await?;
    Ok(ApiJson(Page::of(
        orders.into_iter().map(OrderOut::from).collect(),
        limit,
        |order| order.order_id.clone(),
    )))
}

/// Read an order
///
/// For who ordered it, and for who is to work on it.
#[utoipa::path(get, path = "/api/orders/{order_id}", tag = "orders",
    params(("order_id" = String, Path, description = "The order.")),
    responses((status = 200, description = "The order.", body = OrderOut)))]
pub(crate) async fn read_order(
    State(app): State<App>,
    caller: Caller,
    ApiPath(order_id): ApiPath<String>,
) -> Result<ApiJson<OrderOut>, Problem> {
    visible(&app, &caller, order_id)
        .await
        .map(|order| ApiJson(order.into()))
}

/// An order that the caller may read.
async fn visible(app: &App, caller: &Caller, order_id: String) -> Result<Order, Problem> {
    let order = app.store.read(move |tx| super::order(tx, &order_id)).await?;
    order
        .filter(|order| !parts(caller, Scope::OrdersRead, order).is_empty())
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

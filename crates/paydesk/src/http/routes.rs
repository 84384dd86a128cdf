//! The map of the whole server: which capability's routes it has, and what surrounds them.
//!
//! Capabilities add one line each: to [`api`] (or to [`lean`], for the webhook path) and to [`KINDS`].

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use super::{
    Kind, Problem, Surroundings, entity_tags, envelope, explain, health, kinds, openapi, origins, pages, queries,
    reference,
};
use crate::app::App;
use crate::{
    bookings, catalogue, console, contacts, courier, credits, edge, entitlements, inbox, keys, notices, orders,
    payouts, purchases, reports, seeded, sign_in, subscriptions, top_ups, updates,
};

/// The kinds of problem of every capability; `/problems/<code>` explains them.
pub const KINDS: &[&[Kind]] = &[
    kinds::ALL,
    inbox::KINDS,
    purchases::KINDS,
    purchases::refunds::KINDS,
    purchases::refunds::requests::KINDS,
    credits::KINDS,
    subscriptions::commands::KINDS,
    orders::KINDS,
    courier::routes::KINDS,
    edge::KINDS,
    keys::KINDS,
    entity_tags::KINDS,
    bookings::KINDS,
    sign_in::KINDS,
    payouts::KINDS,
];

/// Every documented route. The OpenAPI document is made from this.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(catalogue::routes::router())
        .merge(purchases::routes::router())
        .merge(purchases::refunds::routes::router())
        .merge(credits::routes::router())
        .merge(subscriptions::commands::routes::router())
        .merge(top_ups::routes::router())
        .merge(notices::routes::router())
        .merge(credits::history::routes::router())
        .merge(credits::explain::routes::router())
        .merge(orders::routes::router())
        .merge(payouts::routes::router())
        .merge(bookings::routes::router())
        .merge(keys::routes::router())
        .merge(seeded::routes::router())
        .merge(entitlements::routes::router())
        .merge(reports::routes::router())
        .merge(inbox::routes::router())
        .merge(courier::routes::router())
        .merge(contacts::routes::router())
        .merge(sign_in::routes::router())
        .merge(updates::routes::router())
        .merge(health::routes())
}

/// The routes that must stay cheap: the webhook and its aliases. They are exempt from rate limits.
pub fn lean() -> Router<App> {
    let (webhooks, _document) = webhooks().split_for_parts();
    webhooks
}

/// The webhook and its aliases, documented.
pub fn webhooks() -> OpenApiRouter<App> {
    inbox::routes::webhook_router()
}

/// Where edges forward events to, documented.
pub fn internal() -> OpenApiRouter<App> {
    inbox::routes::internal_router()
}

/// Pages and other routes that are not part of the API.
fn pages() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(openapi::get_document))
        .route("/docs", get(reference::get_reference))
        .route("/problems", get(explain::get_problems))
        .route("/problems/{code}", get(explain::get_problem))
        .route("/assets/page.css", get(pages::get_style))
        .merge(crate::pages::routes::router())
        .merge(console::routes::router())
}

/// The whole server, for processes that serve; `more` are routes beside the usual ones.
pub fn router(app: App, more: Router<App>) -> Router {
    let (api, document) = api().split_for_parts();
    let with_query = queries::WithQuery::of(&document);
    let api = api.route_layer(from_fn_with_state(with_query, queries::admit));
    let (internal, _document) = internal().split_for_parts();
    let lean = if app.config.takes_events_of_edges_in_public() {
        lean().merge(internal)
    } else {
        lean()
    };
    surrounded(api.merge(pages()).merge(more), lean, app)
}

/// What is served on the listener for edges: their events, health and metrics.
pub fn internal_router(app: App) -> Router {
    let (health, _document) = health::routes().split_for_parts();
    let (internal, _document) = internal().split_for_parts();
    surrounded(health, internal, app)
}

/// Health and metrics only, for processes that work.
pub fn worker_router(app: App) -> Router {
    let (health, _document) = health::routes().split_for_parts();
    surrounded(health, Router::new(), app)
}

/// Puts the envelope, the limits and the fallbacks around routes.
pub fn surrounded<S>(full: Router<S>, lean: Router<S>, state: S) -> Router
where
    S: Clone + Send + Sync + 'static,
    Surroundings: FromRef<S>,
{
    let surroundings = Surroundings::from_ref(&state);
    let full = full
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(surroundings.clone(), envelope::limit_address))
        .layer(from_fn_with_state(surroundings.clone(), envelope::around))
        .layer(from_fn_with_state(surroundings.clone(), origins::admit));
    let lean = lean
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(surroundings, envelope::around_lean));
    full.merge(lean).with_state(state)
}

async fn not_found() -> Problem {
    Problem::of(&kinds::NOT_FOUND)
}

async fn method_not_allowed() -> Problem {
    Problem::of(&kinds::METHOD_NOT_ALLOWED)
}

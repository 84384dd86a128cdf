//! Entitlements over HTTP.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Entitlements;
use crate::app::App;
use crate::http::auth::OwnUser;
use crate::http::{ApiJson, Problem};
use crate::ids::UserId;
use crate::tokens::scope::EntitlementsRead;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read_entitlements))
}

/// Read entitlements
///
/// What a user may do now: tier, features, limits and credits, and where their subscriptions stand. A user nobody has
/// heard of is on the free tier. A user reads their own, a service needs the scope `entitlements:read`.
#[utoipa::path(get, path = "/api/entitlements/{user_id}", tag = "subscriptions",
    params(("user_id" = UserId, Path, description = "Who.")),
    responses((status = 200, description = "What they may do.", body = Entitlements)))]
pub(crate) async fn read_entitlements(
    State(app): State<App>,
    owner: OwnUser<EntitlementsRead>,
) -> Result<ApiJson<Entitlements>, Problem> {
    let now_us = app.clock.now_us();
    let parts = app.clone();
    let read = app
        .store
        .read(move |tx| super::read(tx, now_us, &parts.catalogue, &owner.user_id));
    Ok(ApiJson(read.await?))
}

//! Wallets over HTTP.

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Change, Command, Wallet, balance, rules};
use crate::app::App;
use crate::http::auth::OwnUser;
use crate::http::{ApiJson, OneTime, OneTimeJson, Problem, kinds};
use crate::idempotency::{Action, Reply};
use crate::ids::UserId;
use crate::tokens::scope::{CreditsGrant, CreditsRead, CreditsSpend};

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_credits))
        .routes(routes!(spend_credits))
        .routes(routes!(add_credits))
        .routes(routes!(remove_credits))
}

/// A change of a wallet.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeIn {
    /// How many credits, from 1.
    #[schema(example = 5, minimum = 1)]
    pub amount: i64,
    /// Why; kept with the transfer.
    #[schema(example = "one persona generated")]
    pub reason: String,
}

/// Read a wallet
///
/// What the user may spend. A user reads their own wallet, a service needs the scope `credits:read`.
#[utoipa::path(get, path = "/api/financial/credits/{user_id}", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "The wallet.", body = Wallet)))]
pub(crate) async fn read_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsRead>,
) -> Result<ApiJson<Wallet>, Problem> {
    let user_id = owner.user_id.clone();
    let balance = app.store.read(move |tx| balance(tx, &user_id)).await?;
    Ok(ApiJson(Wallet {
        user_id: owner.user_id,
        balance,
    }))
}

/// Spend credits
///
/// Takes credits from a wallet, once for the Idempotency-Key and never below zero. The application's back end does this
/// with a service token of the scope `credits:spend`.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/spend", tag = "credits", request_body = ChangeIn,
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "Spent.", body = super::Changed),
              (status = 402, description = "The wallet does not hold enough; nothing was taken.")))]
pub(crate) async fn spend_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsSpend>,
    request: OneTimeJson<ChangeIn>,
) -> Result<Reply, Problem> {
    not_the_user(&owner.caller)?;
    change(&app, Change::Spend, owner.user_id, request).await
}

/// Give credits
///
/// An operator, or a service with the scope `credits:grant`, gives credits with a reason.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/add", tag = "credits", request_body = ChangeIn,
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "Given.", body = super::Changed)))]
pub(crate) async fn add_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsGrant>,
    request: OneTimeJson<ChangeIn>,
) -> Result<Reply, Problem> {
    not_the_user(&owner.caller)?;
    change(&app, Change::Add, owner.user_id, request).await
}

/// Take credits back
///
/// An operator, or a service with the scope `credits:grant`, takes credits back with a reason; never below zero.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/remove", tag = "credits", request_body = ChangeIn,
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "Taken back.", body = super::Changed),
              (status = 402, description = "The wallet does not hold enough; nothing was taken.")))]
pub(crate) async fn remove_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsGrant>,
    request: OneTimeJson<ChangeIn>,
) -> Result<Reply, Problem> {
    not_the_user(&owner.caller)?;
    change(&app, Change::Remove, owner.user_id, request).await
}

/// A buyer's own browser must not move credits: what is used and what is given, the back end knows.
fn not_the_user(caller: &crate::http::auth::Caller) -> Result<(), Problem> {
    match caller {
        crate::http::auth::Caller::User { .. } => Err(Problem::of(&kinds::FORBIDDEN)
            .detail("Credits are moved by the application's back end, with a service token.")),
        _ => Ok(()),
    }
}

async fn change(app: &App, change: Change, user_id: UserId, request: OneTimeJson<ChangeIn>) -> Result<Reply, Problem> {
    let invalid = |field: &str, detail: String| Problem::of(&kinds::INVALID).field(field).detail(detail);
    let ChangeIn { amount, reason } = request.body;
    let amount = rules::check_amount(amount).map_err(|detail| invalid("amount", detail))?;
    rules::check_reason(&reason).map_err(|detail| invalid("reason", detail))?;
    submit(app, &request.one_time, change, user_id, amount, reason).await
}

async fn submit(
    app: &App,
    one_time: &OneTime,
    change: Change,
    user_id: UserId,
    amount: i64,
    reason: String,
) -> Result<Reply, Problem> {
    let command = Command {
        action: Action::of(one_time),
        change,
        user_id,
        amount,
        reason: Some(reason),
    };
    let reply = one_time.until(app.changes.submit(command)).await?;
    store::crash_point("credits changed");
    Ok(reply)
}

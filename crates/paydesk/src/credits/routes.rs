//! Wallets over HTTP.

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Change, Changed, Command, Wallet, balance, rules};
use crate::app::App;
use crate::http::auth::{Caller, OwnUser};
use crate::http::{ApiJson, ApiQuery, OneTime, OneTimeJson, Problem, kinds};
use crate::idempotency::{Action, Reply};
use crate::ids::{KeyId, UserId};
use crate::keys;
use crate::tokens::scope::{CreditsGrant, CreditsRead, CreditsSpend};

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_credits))
        .routes(routes!(spend_credits))
        .routes(routes!(add_credits))
        .routes(routes!(remove_credits))
        .routes(routes!(move_credits))
        .merge(super::holds::routes::router())
}

/// A change of a wallet.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeIn {
    /// How many credits, from 1.
    #[schema(example = 5, minimum = 1)]
    pub amount: i64,
    /// Why; kept with the transfer.
    #[schema(example = "one song")]
    pub reason: String,
    /// The API key whose credits are meant; the user's own where it is left out.
    pub key_id: Option<KeyId>,
}

/// Credits to be given.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddIn {
    /// How many credits, from 1.
    #[schema(example = 5, minimum = 1)]
    pub amount: i64,
    /// Why; kept with the transfer.
    #[schema(example = "welcome")]
    pub reason: String,
    /// The API key that they are for; the user's own where it is left out.
    pub key_id: Option<KeyId>,
    /// When they end, RFC 3339; never where it is left out.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-01-01T00:00:00Z")]
    pub expires_at: Option<jiff::Timestamp>,
    /// Credits of a lower number are used first, from -100 to 100; 0 where it is left out.
    #[schema(example = 0, minimum = -100, maximum = 100)]
    pub priority: Option<i64>,
}

/// Credits to be moved between two wallets of one user.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveIn {
    /// How many credits, from 1.
    #[schema(example = 5, minimum = 1)]
    pub amount: i64,
    /// Why; kept with the transfer.
    #[schema(example = "for the build server")]
    pub reason: String,
    /// The API key whose wallet they come from; the user's own where it is left out.
    pub from_key_id: Option<KeyId>,
    /// The API key whose wallet they go to; the user's own where it is left out.
    pub to_key_id: Option<KeyId>,
}

/// Which wallet of a user.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WalletOf {
    /// The API key whose credits are meant; the user's own where it is left out.
    pub key_id: Option<KeyId>,
}

/// Read a wallet
///
/// What the user may spend. A user reads their own wallet, a service needs the scope `credits:read`.
#[utoipa::path(get, path = "/api/financial/credits/{user_id}", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose wallet."), WalletOf),
    responses((status = 200, description = "The wallet.", body = Wallet)))]
pub(crate) async fn read_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsRead>,
    query: ApiQuery<WalletOf>,
) -> Result<ApiJson<Wallet>, Problem> {
    let WalletOf { key_id } = query.0;
    let now_us = app.clock.now_us();
    let (user_id, of_key) = (owner.user_id.clone(), key_id.clone());
    let balance = app
        .store
        .read(move |tx| balance(tx, now_us, &user_id, of_key.as_ref()))
        .await?;
    Ok(ApiJson(Wallet {
        user_id: owner.user_id,
        key_id,
        balance: balance.available,
        held: balance.held,
        owed: balance.owed,
        frozen: balance.frozen,
    }))
}

/// Spend credits
///
/// Takes credits from a wallet, once for the Idempotency-Key and never below zero. The application's back end does this
/// with a service token of the scope `credits:spend`.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/spend", tag = "credits", request_body = ChangeIn,
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "Spent.", body = Changed),
              (status = 402, description = "The wallet does not hold enough; nothing was taken.")))]
pub(crate) async fn spend_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsSpend>,
    request: OneTimeJson<ChangeIn>,
) -> Result<Reply, Problem> {
    only_the_back_end(&owner.caller)?;
    change(&app, Change::Spend, owner.user_id, &request.one_time, request.body).await
}

/// Give credits
///
/// An operator, or a service with the scope `credits:grant`, gives credits with a reason.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/add", tag = "credits", request_body = AddIn,
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "Given.", body = Changed)))]
pub(crate) async fn add_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsGrant>,
    request: OneTimeJson<AddIn>,
) -> Result<Reply, Problem> {
    not_the_user(&owner.caller)?;
    let OneTimeJson { one_time, body } = request;
    let terms = rules::check_terms(body.expires_at, body.priority)
        .map_err(|detail| Problem::of(&kinds::INVALID).field("priority").detail(detail))?;
    not_for_a_foreign_key(&app, "key_id", &owner.user_id, body.key_id.as_ref()).await?;
    let wanted = ChangeIn {
        amount: body.amount,
        reason: body.reason,
        key_id: body.key_id,
    };
    change(&app, Change::Add(terms), owner.user_id, &one_time, wanted).await
}

/// Take credits back
///
/// An operator, or a service with the scope `credits:grant`, takes credits back with a reason; never below zero.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/remove", tag = "credits", request_body = ChangeIn,
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "Taken back.", body = Changed),
              (status = 402, description = "The wallet does not hold enough; nothing was taken.")))]
pub(crate) async fn remove_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsGrant>,
    request: OneTimeJson<ChangeIn>,
) -> Result<Reply, Problem> {
    not_the_user(&owner.caller)?;
    change(&app, Change::Remove, owner.user_id, &request.one_time, request.body).await
}

/// Move credits
///
/// Moves credits between the wallet of a user and those of their API keys, once for the Idempotency-Key. Credits keep
/// their end and their priority.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/move", tag = "credits", request_body = MoveIn,
    params(("user_id" = UserId, Path, description = "Whose wallets.")),
    responses((status = 200, description = "Moved; the wallet they came from.", body = Changed),
              (status = 402, description = "The wallet does not hold enough; nothing was moved.")))]
pub(crate) async fn move_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsGrant>,
    request: OneTimeJson<MoveIn>,
) -> Result<Reply, Problem> {
    not_the_user(&owner.caller)?;
    let OneTimeJson { one_time, body } = request;
    if body.from_key_id == body.to_key_id {
        let detail = "The credits would move into the wallet they come from.";
        return Err(Problem::of(&kinds::INVALID).field("to_key_id").detail(detail));
    }
    not_for_a_foreign_key(&app, "to_key_id", &owner.user_id, body.to_key_id.as_ref()).await?;
    let wanted = ChangeIn {
        amount: body.amount,
        reason: body.reason,
        key_id: body.from_key_id,
    };
    change(&app, Change::Move(body.to_key_id), owner.user_id, &one_time, wanted).await
}

/// A buyer's own browser must not move credits: what is used and what is given, the back end knows.
fn not_the_user(caller: &Caller) -> Result<(), Problem> {
    match caller {
        Caller::User { .. } => Err(Problem::of(&kinds::FORBIDDEN)
            .detail("Credits are moved by the application's back end, with a service token.")),
        _ => Ok(()),
    }
}

/// What is used, only the back end knows: at the console credits are given, taken back and moved, which is kept with who did
/// it.
pub(super) fn only_the_back_end(caller: &Caller) -> Result<(), Problem> {
    match caller {
        Caller::User { .. } | Caller::Operator { .. } => Err(Problem::of(&kinds::FORBIDDEN)
            .detail("Credits are used by the application's back end, with a service token.")),
        Caller::Service { .. } | Caller::Admin => Ok(()),
    }
}

/// Credits must not come into a wallet that is named after somebody else's API key: whoever verifies the key would never
/// see them. An id that is no key here is the application's own affair. A key never changes hands, so what is read holds.
async fn not_for_a_foreign_key(
    app: &App,
    field: &str,
    user_id: &UserId,
    key_id: Option<&KeyId>,
) -> Result<(), Problem> {
    let Some(key_id) = key_id.cloned() else {
        return Ok(());
    };
    match app.store.read(move |tx| keys::owner(tx, &key_id)).await? {
        Some(owner) if owner != *user_id => Err(Problem::of(&kinds::INVALID)
            .field(field)
            .detail("This API key belongs to another user.")),
        _ => Ok(()),
    }
}

async fn change(
    app: &App,
    change: Change,
    user_id: UserId,
    one_time: &OneTime,
    wanted: ChangeIn,
) -> Result<Reply, Problem> {
    let invalid = |field: &str, detail: String| Problem::of(&kinds::INVALID).field(field).detail(detail);
    let amount = rules::check_amount(wanted.amount).map_err(|detail| invalid("amount", detail))?;
    rules::check_reason(&wanted.reason).map_err(|detail| invalid("reason", detail))?;
    let is_use = matches!(change, Change::Spend);
    let command = Command {
        action: Action::of(one_time),
        made_by: (!is_use).then(|| one_time.caller.clone()),
        change,
        user_id,
        key_id: wanted.key_id,
        amount,
        reason: Some(wanted.reason),
    };
    let reply = one_time.until(app.changes.submit(command)).await?;
    store::crash_point("credits changed");
    Ok(reply)
}

//! Holds over HTTP.

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Command, Hold, HoldOut, Status, Wanted, records, rules};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::credits::routes::only_the_back_end;
use crate::credits::rules::{check_amount, check_reason};
use crate::http::auth::OwnUser;
use crate::http::paging::{Page, check_cursor, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTime, OneTimeBare, OneTimeJson, Problem, kinds};
use crate::idempotency::{Action, Reply};
use crate::ids::{KeyId, UserId};
use crate::tokens::scope::{CreditsRead, CreditsSpend};

/// The routes of holds.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_hold, list_holds))
        .routes(routes!(read_hold))
        .routes(routes!(capture_hold))
        .routes(routes!(release_hold))
}

/// Credits to be set aside.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldIn {
    /// How many credits, from 1.
    #[schema(example = 5, minimum = 1)]
    pub amount: i64,
    /// Why; kept with the hold.
    #[schema(example = "a long render")]
    pub reason: String,
    /// The API key whose credits are meant; the user's own where it is left out.
    pub key_id: Option<KeyId>,
    /// After how many seconds it expires, 60 to 2592000; 3600 where it is left out.
    #[schema(example = 3600, minimum = 60, maximum = 2_592_000)]
    pub expires_in_seconds: Option<i64>,
}

/// How much of a hold is used.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureIn {
    /// How many credits, from 1 to what is held; all of them where it is left out.
    #[schema(example = 3, minimum = 1)]
    pub amount: Option<i64>,
}

/// Which holds to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HoldsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this status.
    pub status: Option<Status>,
}

/// Hold credits
///
/// Sets credits aside for a use that is not certain yet. Then capture what was used, or release it; a hold that is neither
/// expires by itself, and the credits go back to where they came from.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/holds", tag = "credits", request_body = HoldIn,
    params(("user_id" = UserId, Path, description = "Whose credits.")),
    responses((status = 201, description = "Set aside.", body = HoldOut),
              (status = 402, description = "The wallet does not hold enough; nothing was set aside.")))]
pub(crate) async fn create_hold(
    State(app): State<App>,
    owner: OwnUser<CreditsSpend>,
    request: OneTimeJson<HoldIn>,
) -> Result<Reply, Problem> {
    only_the_back_end(&owner.caller)?;
    let OneTimeJson { one_time, body } = request;
    let amount = check_amount(body.amount).map_err(|detail| invalid("amount", detail))?;
    check_reason(&body.reason).map_err(|detail| invalid("reason", detail))?;
    let seconds =
        rules::check_expires_in(body.expires_in_seconds).map_err(|detail| invalid("expires_in_seconds", detail))?;
    let wanted = Wanted::Place {
        key_id: body.key_id,
        amount,
        reason: body.reason,
        for_us: seconds * SECOND_US,
    };
    let hold_id = app.ids.next("hold");
    submit(&app, &one_time, owner.user_id, hold_id, wanted).await
}

/// Capture a hold
///
/// Uses what was set aside, all of it or a part; the rest goes back to where it came from. A hold ends once: one that was
/// captured, released or has expired answers 409 `hold_ended`.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/holds/{hold_id}/capture", tag = "credits",
    request_body = CaptureIn,
    params(("user_id" = UserId, Path, description = "Whose credits."),
           ("hold_id" = String, Path, description = "The hold.")),
    responses((status = 200, description = "Captured.", body = HoldOut),
              (status = 409, description = "The hold has ended; `ended` says how.")))]
pub(crate) async fn capture_hold(
    State(app): State<App>,
    owner: OwnUser<CreditsSpend>,
    path: ApiPath<(String, String)>,
    request: OneTimeJson<CaptureIn>,
) -> Result<Reply, Problem> {
    only_the_back_end(&owner.caller)?;
    let (_, hold_id) = path.0;
    let OneTimeJson { one_time, body } = request;
    let amount = body.amount.map(check_amount).transpose();
    let amount = amount.map_err(|detail| invalid("amount", detail))?;
    submit(&app, &one_time, owner.user_id, hold_id, Wanted::Capture(amount)).await
}

/// Release a hold
///
/// Gives back what was set aside. A hold ends once: one that was captured, released or has expired answers 409
/// `hold_ended`.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/holds/{hold_id}/release", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose credits."),
           ("hold_id" = String, Path, description = "The hold.")),
    responses((status = 200, description = "Released.", body = HoldOut),
              (status = 409, description = "The hold has ended; `ended` says how.")))]
pub(crate) async fn release_hold(
    State(app): State<App>,
    owner: OwnUser<CreditsSpend>,
    path: ApiPath<(String, String)>,
    request: OneTimeBare,
) -> Result<Reply, Problem> {
    only_the_back_end(&owner.caller)?;
    let (_, hold_id) = path.0;
    submit(&app, &request.0, owner.user_id, hold_id, Wanted::Release).await
}

/// List holds
///
/// A user's holds, newest first.
#[utoipa::path(get, path = "/api/financial/credits/{user_id}/holds", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose credits."), HoldsIn),
    responses((status = 200, description = "A page of holds.", body = Page<HoldOut>)))]
pub(crate) async fn list_holds(
    State(app): State<App>,
    owner: OwnUser<CreditsRead>,
    ApiQuery(wanted): ApiQuery<HoldsIn>,
) -> Result<ApiJson<Page<HoldOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let before = check_cursor(wanted.after.as_deref(), "hold")?;
    let holds = app
        .store
        .read(move |tx| match wanted.status {
            None => records::holds_of_user(tx, &owner.user_id, &before, limit + 1),
            Some(status) => records::holds_of_user_in(tx, &owner.user_id, status, &before, limit + 1),
        })
        .await?;
    Ok(ApiJson(Page::of(
        holds.iter().map(HoldOut::from).collect(),
        limit,
        |hold| hold.hold_id.clone(),
    )))
}

/// Read a hold
#[utoipa::path(get, path = "/api/financial/credits/{user_id}/holds/{hold_id}", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose credits."),
           ("hold_id" = String, Path, description = "The hold.")),
    responses((status = 200, description = "The hold.", body = HoldOut)))]
pub(crate) async fn read_hold(
    State(app): State<App>,
    owner: OwnUser<CreditsRead>,
    path: ApiPath<(String, String)>,
) -> Result<ApiJson<HoldOut>, Problem> {
    let (_, hold_id) = path.0;
    let hold = app.store.read(move |tx| records::hold(tx, &hold_id)).await?;
    let own = |hold: &Hold| hold.user_id == owner.user_id;
    match hold.filter(own) {
        Some(hold) => Ok(ApiJson(HoldOut::from(&hold))),
        None => Err(Problem::of(&kinds::NOT_FOUND)),
    }
}

fn invalid(field: &str, detail: String) -> Problem {
    Problem::of(&kinds::INVALID).field(field).detail(detail)
}

async fn submit(
    app: &App,
    one_time: &OneTime,
    user_id: UserId,
    hold_id: String,
    wanted: Wanted,
) -> Result<Reply, Problem> {
    let command = Command {
        action: Action::of(one_time),
        user_id,
        hold_id,
        wanted,
    };
    let reply = one_time.until(app.holds.submit(command)).await?;
    store::crash_point("credits held");
    Ok(reply)
}

//! Calendar feeds over HTTP.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::bookings::feeds;
use crate::bookings::rules::FeedPart;
use crate::clock::Moment;
use crate::http::auth::Caller;
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::UserId;
use crate::tokens::Scope;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_calendar_feed, list_calendar_feeds))
        .routes(routes!(end_calendar_feed))
        .routes(routes!(read_calendar_feed))
}

/// A feed to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "part": "client" }))]
pub(crate) struct FeedIn {
    /// Of the sessions that the user booked, or of those that they give.
    pub part: FeedPart,
    /// Whose; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

/// A feed of a user's sessions.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FeedOut {
    /// Whose.
    pub user_id: UserId,
    /// Of the sessions that they booked, or of those that they give.
    pub part: FeedPart,
    /// The address for the calendar. It is secret, and shown this once: a repeat of the request has none.
    #[schema(example = "https://pay.example.com/calendars/cal_5f….ics")]
    pub url: Option<String>,
}

/// Make a calendar feed
///
/// Gives an address that a calendar can subscribe to, with the sessions of the last 30 days and all to come. Whoever knows the
/// address can read them. Another request makes another address, and the one before leads nowhere.
#[utoipa::path(post, path = "/api/calendar-feeds", tag = "bookings", request_body = FeedIn,
    responses((status = 201, description = "Made; the address is shown this once.", body = FeedOut)))]
pub(crate) async fn create_calendar_feed(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<FeedIn>,
) -> Result<Reply, Problem> {
    let FeedIn { part, user_id } = request.body;
    let owner = caller.user_for(Scope::BookingsWrite, user_id.as_ref())?;
    feeds::make(&app, &request.one_time, owner, part).await
}

/// Whose feeds.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedOwnerIn {
    /// Whose; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

/// The feeds of a user.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FeedsOut {
    /// Each part at most once.
    pub data: Vec<FeedMadeOut>,
}

/// A feed that is there.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FeedMadeOut {
    /// Of the sessions that the user booked, or of those that they give.
    pub part: FeedPart,
    /// When its address was made.
    pub made_at: Moment,
}

/// List calendar feeds
///
/// Which feeds a user has, without their addresses, which are shown once.
#[utoipa::path(get, path = "/api/calendar-feeds", tag = "bookings", params(FeedOwnerIn),
    responses((status = 200, description = "The feeds.", body = FeedsOut)))]
pub(crate) async fn list_calendar_feeds(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(named): ApiQuery<FeedOwnerIn>,
) -> Result<ApiJson<FeedsOut>, Problem> {
    let owner = caller.user_for(Scope::BookingsRead, named.user_id.as_ref())?;
    let made = feeds::made(&app, owner).await?.into_iter().map(|made| FeedMadeOut {
        part: made.part,
        made_at: Moment(made.made_at_us),
    });
    Ok(ApiJson(FeedsOut { data: made.collect() }))
}

/// End a calendar feed
///
/// Its address leads nowhere from now on, whoever knows it. Where there is none it stays so.
#[utoipa::path(delete, path = "/api/calendar-feeds/{part}", tag = "bookings",
    params(("part" = FeedPart, Path, description = "Which feed."), FeedOwnerIn),
    responses((status = 204, description = "Ended.")))]
pub(crate) async fn end_calendar_feed(
    State(app): State<App>,
    caller: Caller,
    ApiPath(part): ApiPath<FeedPart>,
    ApiQuery(named): ApiQuery<FeedOwnerIn>,
) -> Result<StatusCode, Problem> {
    let owner = caller.user_for(Scope::BookingsWrite, named.user_id.as_ref())?;
    feeds::end(&app, owner, part).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read a calendar feed
///
/// iCalendar (RFC 5545). The secret in the path is all that it needs.
#[utoipa::path(get, path = "/calendars/{feed}", tag = "bookings", security(()),
    params(("feed" = String, Path, description = "The secret, and `.ics`.")),
    responses((status = 200, description = "The calendar.", content_type = "text/calendar", body = String)))]
pub(crate) async fn read_calendar_feed(
    State(app): State<App>,
    ApiPath(feed): ApiPath<String>,
) -> Result<Response, Problem> {
    let secret = feed
        .strip_suffix(".ics")
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let calendar = feeds::read(&app, secret).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, max-age=300"),
    ];
    Ok((headers, calendar).into_response())
}

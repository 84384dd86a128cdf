//! Live updates over HTTP, as server-sent events.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Lines;
use super::{Full, OVERLAP_US, Told, feed};
use crate::app::App;
use crate::http::auth::Caller;
use crate::http::{ApiQuery, Problem, kinds};
use crate::ids::UserId;
use crate::tokens::Scope;

/// Pieces of text that may wait for a slow reader.
const WAITING_MAX: usize = 8;
/// When a stream that found no room is asked for again, in seconds.
const RETRY_S: u32 = 5;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(stream_updates))
}

/// Whose updates.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UpdatesIn {
    /// Whose; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

/// Follow what changes
///
/// Server-sent events about a user: `wallet`, and `subscription` for each group of plans, at once and whenever they change,
/// `order`, `booking` and `notice` when one is new or has changed. The stream ends after a minute; ask again with the
/// `Last-Event-ID`, and nothing is missed.
#[utoipa::path(get, path = "/api/updates", tag = "users",
    params(UpdatesIn, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen.")),
    responses((status = 200, description = "The stream.", body = String, content_type = "text/event-stream")))]
pub(crate) async fn stream_updates(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    ApiQuery(wanted): ApiQuery<UpdatesIn>,
) -> Result<Response, Problem> {
    let user_id = caller.user_for(Scope::CreditsRead, wanted.user_id.as_ref())?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let since_us = match last.filter(|last| !last.is_empty()) {
        None => app.clock.now_us(),
        Some(last) => match last.parse::<i64>() {
            Ok(at_us) => at_us.saturating_sub(OVERLAP_US),
            Err(_) => {
                return Err(Problem::of(&kinds::BAD_QUERY)
                    .field("Last-Event-ID")
                    .detail("This is not the id of an event of this stream."));
            }
        },
    };
    let open = app.updates.enter(&user_id).map_err(|full| match full {
        Full::OfUser => Problem::of(&kinds::RATE_LIMITED)
            .detail("The user has as many streams open as one may have. Close one, or share it among tabs.")
            .retry_after(RETRY_S),
        Full::OfAll => Problem::unavailable("as many streams are open as there may be", RETRY_S),
    })?;
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    tokio::spawn(feed(app, open, Told::since(since_us), sender));
    Ok((
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::new(Lines(receiver)),
    )
        .into_response())
}

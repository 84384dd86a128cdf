//! What people do with a booking over HTTP.

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::BookingOut;
use crate::app::App;
use crate::bookings::work;
use crate::clock::Moment;
use crate::http::auth::Caller;
use crate::http::{ApiPath, OneTimeBare, OneTimeJson, Problem};
use crate::idempotency::Reply;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(cancel_booking))
        .routes(routes!(reschedule_booking))
        .routes(routes!(mark_booking_no_show))
}

/// Another time for a booking.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RescheduleIn {
    /// When it begins: a free slot of the session type.
    pub starts_at: Moment,
    /// Another session type of the same builder; its own where it is left out.
    #[schema(example = "mentoring")]
    pub session_type: Option<String>,
}

/// Cancel a booking
///
/// The client may until it begins, and gets the share of `refund_tiers` that is reached; the builder, a service with the scope
/// `bookings:write` and the operator may at any time, and the client gets everything. Its time is free again.
#[utoipa::path(post, path = "/api/bookings/{booking_id}/cancel", tag = "bookings",
    params(("booking_id" = String, Path, description = "The booking.")),
    responses((status = 200, description = "Cancelled.", body = BookingOut),
              (status = 409, description = "It cannot be cancelled any more.")))]
pub(crate) async fn cancel_booking(
    State(app): State<App>,
    caller: Caller,
    ApiPath(booking_id): ApiPath<String>,
    OneTimeBare(one_time): OneTimeBare,
) -> Result<Reply, Problem> {
    work::cancel(&app, &one_time, caller, booking_id).await
}

/// Move a booking to another time
///
/// A confirmed booking that has not begun moves to a free slot of the same session type or of another one of its builder, for
/// its client, its builder, a service with the scope `bookings:write` and the operator. Nothing is paid again, and where it
/// costs less now the difference goes back. A client does not move it to another session type that costs more. Where the
/// time cannot be had the booking keeps its own, and the answer names `alternatives`.
#[utoipa::path(post, path = "/api/bookings/{booking_id}/reschedule", tag = "bookings", request_body = RescheduleIn,
    params(("booking_id" = String, Path, description = "The booking.")),
    responses((status = 200, description = "Moved.", body = BookingOut),
              (status = 409, description = "Somebody else has the time, the other session costs more, or it cannot be \
                                            moved any more."),
              (status = 422, description = "The builder gives no such sessions, or none at this time.")))]
pub(crate) async fn reschedule_booking(
    State(app): State<App>,
    caller: Caller,
    ApiPath(booking_id): ApiPath<String>,
    request: OneTimeJson<RescheduleIn>,
) -> Result<Reply, Problem> {
    let wanted = work::Wanted {
        starts_at_us: request.body.starts_at.0,
        session_type_id: request.body.session_type,
    };
    work::reschedule(&app, &request.one_time, caller, (booking_id, wanted)).await
}

/// Say that the client did not come
///
/// For the builder of a confirmed booking that has begun, a service with the scope `bookings:write` and the operator. What was
/// paid stays paid.
#[utoipa::path(post, path = "/api/bookings/{booking_id}/no-show", tag = "bookings",
    params(("booking_id" = String, Path, description = "The booking.")),
    responses((status = 200, description = "Noted.", body = BookingOut),
              (status = 409, description = "It has not begun, or does not take place.")))]
pub(crate) async fn mark_booking_no_show(
    State(app): State<App>,
    caller: Caller,
    ApiPath(booking_id): ApiPath<String>,
    OneTimeBare(one_time): OneTimeBare,
) -> Result<Reply, Problem> {
    work::mark_no_show(&app, &one_time, caller, booking_id).await
}

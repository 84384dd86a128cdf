//! Bookings over HTTP. Booking one is a checkout: `POST /api/payments/create-checkout-session`.

mod availability;
pub(super) mod feeds;
mod moves;

use axum::extract::State;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::slots::Span;
use super::{Booking, Status, records, slots};
use crate::app::App;
use crate::catalogue::RefundTier;
use crate::clock::{DAY_US, Moment};
use crate::http::auth::Caller;
use crate::http::paging::{Page, check_cursor, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, Problem, kinds};
use crate::ids::UserId;
use crate::tokens::Scope;

/// The most days of free slots in one answer.
const SLOT_DAYS_MAX: i64 = 62;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_bookings))
        .routes(routes!(list_booking_slots))
        .merge(availability::router())
        .merge(moves::router())
        .merge(feeds::router())
        .routes(routes!(read_booking))
}

/// A booking as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BookingOut {
    /// `bkg_…`.
    #[schema(example = "bkg_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub booking_id: String,
    /// Who comes.
    pub client_id: UserId,
    /// Who gives the session.
    pub builder_id: UserId,
    /// Which session type.
    #[schema(example = "mentoring")]
    pub session_type_id: String,
    /// The purchase that pays for it.
    pub purchase_id: String,
    /// When it begins.
    pub starts_at: Moment,
    /// When it ends.
    pub ends_at: Moment,
    /// Where it stands.
    pub status: Status,
    /// What it costs, in minor units.
    #[schema(example = 6000)]
    pub amount_minor: i64,
    /// The currency of the amounts.
    #[schema(example = "usd")]
    pub currency: String,
    /// The platform's share of the amount, in minor units; not for the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 900)]
    pub platform_fee_minor: Option<i64>,
    /// What goes back where the client cancels, as it was agreed on at the purchase.
    pub refund_tiers: Vec<RefundTier>,
    /// The most that goes back where the client cancels, in percent: the share that was reached when they last moved it.
    #[schema(example = 100)]
    pub refund_percent_max: i64,
    /// What was paid, in minor units.
    #[schema(example = 6000)]
    pub paid_minor: i64,
    /// What of that is refunded or disputed, in minor units.
    #[schema(example = 0)]
    pub refunded_minor: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// The booking that it moves to its time once it is paid; left out where it moves none. Such a one stands in no list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<String>,
}

impl BookingOut {
    /// A booking as this caller sees it.
    pub(super) fn of(caller: &Caller, booking: Booking) -> Self {
        let is_client = matches!(caller, Caller::User { user_id } if *user_id != booking.builder_id);
        Self {
            booking_id: booking.booking_id,
            client_id: booking.client_id,
            builder_id: booking.builder_id,
            session_type_id: booking.session_type_id,
            purchase_id: booking.purchase_id,
            starts_at: Moment(booking.starts_at_us),
            ends_at: Moment(booking.ends_at_us),
            status: booking.status,
            amount_minor: booking.price.minor,
            currency: booking.price.currency.to_string(),
            platform_fee_minor: (!is_client).then_some(booking.platform_fee_minor),
            refund_tiers: booking.refund_tiers,
            refund_percent_max: booking.refund_percent_max,
            paid_minor: booking.paid_minor,
            refunded_minor: booking.refunded_minor,
            created_at: Moment(booking.created_at_us),
            updated_at: Moment(booking.updated_at_us),
            moves: booking.moves.map(|moves| moves.booking_id),
        }
    }
}

/// Which bookings to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BookingsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those that this user gives; a user may name themselves, and leave out whose.
    pub builder_id: Option<UserId>,
    /// Whose; only a service or the operator names somebody, or leaves it out for everybody's.
    pub user_id: Option<UserId>,
}

/// List bookings
///
/// Newest first: a user's own, or with `builder_id` those that they give, whoever booked. A service with the scope
/// `bookings:read` and the operator see everybody's.
#[utoipa::path(get, path = "/api/bookings", tag = "bookings", params(BookingsIn),
    responses((status = 200, description = "A page of bookings.", body = Page<BookingOut>)))]
pub(crate) async fn list_bookings(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(wanted): ApiQuery<BookingsIn>,
) -> Result<ApiJson<Page<BookingOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let before = check_cursor(wanted.after.as_deref(), "bkg")?;
    let gives = matches!(&caller, Caller::User { user_id } if wanted.builder_id.as_ref() == Some(user_id));
    let client_id = if gives || caller.holds(Scope::BookingsRead) {
        wanted.user_id
    } else {
        Some(caller.user_for(Scope::BookingsRead, wanted.user_id.as_ref())?)
    };
    let filter = records::Filter {
        client_id,
        builder_id: wanted.builder_id,
        status: wanted.status,
    };
    let found = app
        .store
        .read(move |tx| records::bookings(tx, &filter, &before, limit + 1))
        .await?;
    let shown = found.into_iter().map(|booking| BookingOut::of(&caller, booking));
    Ok(ApiJson(Page::of(shown.collect(), limit, |one| one.booking_id.clone())))
}

/// Read a booking
///
/// For who booked it, and for who gives it.
#[utoipa::path(get, path = "/api/bookings/{booking_id}", tag = "bookings",
    params(("booking_id" = String, Path, description = "The booking.")),
    responses((status = 200, description = "The booking.", body = BookingOut)))]
pub(crate) async fn read_booking(
    State(app): State<App>,
    caller: Caller,
    ApiPath(booking_id): ApiPath<String>,
) -> Result<ApiJson<BookingOut>, Problem> {
    let found = app.store.read(move |tx| records::booking(tx, &booking_id)).await?;
    let is_theirs = |one: &Booking| {
        let may = |user_id| caller.may_act_for(Scope::BookingsRead, user_id);
        may(&one.client_id) || may(&one.builder_id)
    };
    match found.filter(is_theirs) {
        Some(booking) => Ok(ApiJson(BookingOut::of(&caller, booking))),
        None => Err(Problem::of(&kinds::NOT_FOUND)),
    }
}

/// Which slots to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlotsIn {
    /// The session type of the catalogue.
    #[param(example = "mentoring")]
    pub session_type: String,
    /// From; now where it is left out.
    pub from: Option<Moment>,
    /// Until before, up to 62 days later; 30 days later where it is left out.
    pub to: Option<Moment>,
    /// An IANA time zone in which the starts are told as well; UTC where it is left out.
    #[param(example = "Europe/London")]
    pub time_zone: Option<String>,
}

/// Free slots of a session type.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SlotsOut {
    /// Which session type.
    pub session_type_id: String,
    /// Who gives it.
    pub builder_id: UserId,
    /// The time zone of the local times.
    #[schema(example = "Europe/London")]
    pub time_zone: String,
    /// The free starts, the earliest first.
    pub data: Vec<SlotOut>,
}

/// A session that can be booked.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SlotOut {
    /// When it begins.
    pub starts_at: Moment,
    /// When it ends.
    pub ends_at: Moment,
    /// When it begins in the time zone asked for, with its offset.
    #[schema(example = "2026-03-30T09:00:00+01:00")]
    pub local: String,
}

/// List free slots
///
/// The starts at which a session of this type can be booked now: within its builder's availability, far enough ahead and
/// not too far, and with room for the buffers between other bookings. A slot that is listed can be gone when it is booked.
/// Needs no authentication.
#[utoipa::path(get, path = "/api/bookings/slots", tag = "bookings", security(()), params(SlotsIn),
    responses((status = 200, description = "The free slots.", body = SlotsOut)))]
pub(crate) async fn list_booking_slots(
    State(app): State<App>,
    ApiQuery(wanted): ApiQuery<SlotsIn>,
) -> Result<ApiJson<SlotsOut>, Problem> {
    let wrong = |field: &str, detail: String| Problem::of(&kinds::BAD_QUERY).field(field).detail(detail);
    let session_type = app.catalogue.session_type(&wanted.session_type);
    let session_type = session_type.ok_or_else(|| Problem::of(&kinds::NOT_FOUND).field("session_type"))?;
    let named = wanted.time_zone.unwrap_or_else(|| "UTC".to_owned());
    let time_zone = TimeZone::get(&named)
        .map_err(|_| wrong("time_zone", "Name an IANA time zone, such as Europe/London.".to_owned()))?;
    let from_us = wanted.from.map_or_else(|| app.clock.now_us(), |from| from.0);
    let to_us = wanted.to.map_or(from_us.saturating_add(30 * DAY_US), |to| to.0);
    if to_us < from_us || to_us.saturating_sub(from_us) > SLOT_DAYS_MAX * DAY_US {
        let detail = format!("`to` lies up to {SLOT_DAYS_MAX} days after `from`.");
        return Err(wrong("to", detail));
    }
    let starts = slots::list(&app, session_type, Span { from_us, to_us }).await?;
    let slot = |start: i64| SlotOut {
        starts_at: Moment(start),
        ends_at: Moment(session_type.shape().session(start).to_us),
        local: local(start, &time_zone),
    };
    Ok(ApiJson(SlotsOut {
        session_type_id: wanted.session_type,
        builder_id: session_type.builder_id.clone(),
        time_zone: named,
        data: starts.into_iter().map(slot).collect(),
    }))
}

/// A moment as a clock in the zone shows it, with its offset.
fn local(at_us: i64, time_zone: &TimeZone) -> String {
    match Timestamp::from_microsecond(at_us) {
        Ok(at) => at.display_with_offset(time_zone.to_offset(at)).to_string(),
        Err(_) => Moment(at_us).to_string(),
    }
}

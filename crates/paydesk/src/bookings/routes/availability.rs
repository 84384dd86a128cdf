//! Builders' availability over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::bookings::availability::{self, Availability};
use crate::bookings::rules::week::{DAY_MINUTES, Exception, Hours, Week, check_exceptions, check_hours};
use crate::clock::Moment;
use crate::http::auth::Caller;
use crate::http::{ApiJson, ApiPath, Problem, entity_tags, kinds};
use crate::ids::UserId;
use crate::tokens::Scope;

/// The routes of this capability.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read_availability, replace_availability))
}

/// Hours of a day, as the clock on the wall shows them.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursIn {
    /// From, a multiple of five minutes.
    #[schema(example = "09:00")]
    pub from: String,
    /// Until before; 24:00 is the end of the day.
    #[schema(example = "12:30")]
    pub to: String,
}

/// The hours of each weekday; none where one is left out.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct WeeklyIn {
    /// Of Mondays.
    pub monday: Vec<HoursIn>,
    /// Of Tuesdays.
    pub tuesday: Vec<HoursIn>,
    /// Of Wednesdays.
    pub wednesday: Vec<HoursIn>,
    /// Of Thursdays.
    pub thursday: Vec<HoursIn>,
    /// Of Fridays.
    pub friday: Vec<HoursIn>,
    /// Of Saturdays.
    pub saturday: Vec<HoursIn>,
    /// Of Sundays.
    pub sunday: Vec<HoursIn>,
}

/// A date on which other hours hold.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExceptionIn {
    /// The date in the builder's time zone.
    #[schema(value_type = String, format = Date, example = "2026-12-24")]
    pub date: Date,
    /// The hours; none for a day off.
    #[serde(default)]
    pub hours: Vec<HoursIn>,
}

/// When a builder is there.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "time_zone": "Europe/London",
    "weekly": { "monday": [{ "from": "09:00", "to": "12:30" }] },
    "exceptions": [{ "date": "2026-12-24", "hours": [] }] }))]
pub(super) struct AvailabilityIn {
    /// The builder's time zone, an IANA name.
    #[schema(example = "Europe/London")]
    pub time_zone: String,
    /// The hours of every week.
    #[serde(default)]
    pub weekly: WeeklyIn,
    /// The dates on which others hold, in their order.
    #[serde(default)]
    pub exceptions: Vec<ExceptionIn>,
}

/// When a builder is there, as it is kept.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct AvailabilityOut {
    /// Whose.
    pub builder_id: UserId,
    /// The builder's time zone.
    #[schema(example = "Europe/London")]
    pub time_zone: String,
    /// The hours of every week.
    pub weekly: WeeklyIn,
    /// The dates on which others hold.
    pub exceptions: Vec<ExceptionIn>,
    /// What to send as If-Match to change it.
    #[schema(example = "\"1\"")]
    pub etag: String,
    /// When it last changed; none while nothing was said.
    pub updated_at: Option<Moment>,
}

fn minute_of(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= DAY_MINUTES).then_some(hour * 60 + minute)
}

fn time_of(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn read_hours(field: &str, given: &[HoursIn]) -> Result<Vec<Hours>, Problem> {
    let wrong = |detail: String| Problem::of(&kinds::INVALID).field(field).detail(detail);
    let one = |hours: &HoursIn| {
        let minutes = minute_of(&hours.from).zip(minute_of(&hours.to));
        let (from_minute, to_minute) = minutes.ok_or_else(|| wrong("Write times as 09:00.".to_owned()))?;
        Ok(Hours { from_minute, to_minute })
    };
    let hours: Vec<Hours> = given.iter().map(one).collect::<Result<_, Problem>>()?;
    check_hours(&hours).map_err(wrong)?;
    Ok(hours)
}

fn show_hours(hours: &[Hours]) -> Vec<HoursIn> {
    let one = |hours: &Hours| HoursIn {
        from: time_of(hours.from_minute),
        to: time_of(hours.to_minute),
    };
    hours.iter().map(one).collect()
}

impl AvailabilityIn {
    fn read(self) -> Result<Week, Problem> {
        let wrong = |field: &str, detail: &str| Problem::of(&kinds::INVALID).field(field).detail(detail.to_owned());
        let time_zone = TimeZone::get(&self.time_zone).ok();
        let time_zone = time_zone.filter(|zone| zone.iana_name().is_some());
        let time_zone =
            time_zone.ok_or_else(|| wrong("time_zone", "Name an IANA time zone, such as Europe/London."))?;
        let weekly = &self.weekly;
        let days = [
            read_hours("weekly.monday", &weekly.monday)?,
            read_hours("weekly.tuesday", &weekly.tuesday)?,
            read_hours("weekly.wednesday", &weekly.wednesday)?,
            read_hours("weekly.thursday", &weekly.thursday)?,
            read_hours("weekly.friday", &weekly.friday)?,
            read_hours("weekly.saturday", &weekly.saturday)?,
            read_hours("weekly.sunday", &weekly.sunday)?,
        ];
        let exception = |one: &ExceptionIn| {
            Ok(Exception {
                date: one.date,
                hours: read_hours("exceptions", &one.hours)?,
            })
        };
        let exceptions: Vec<Exception> = self.exceptions.iter().map(exception).collect::<Result<_, Problem>>()?;
        check_exceptions(&exceptions).map_err(|detail| wrong("exceptions", &detail))?;
        Ok(Week {
            time_zone,
            days,
            exceptions,
        })
    }
}

impl AvailabilityOut {
    fn of(known: &Availability) -> Self {
        let week = &known.week;
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = &week.days;
        let exception = |one: &Exception| ExceptionIn {
            date: one.date,
            hours: show_hours(&one.hours),
        };
        Self {
            builder_id: known.builder_id.clone(),
            time_zone: week.time_zone.iana_name().unwrap_or("UTC").to_owned(),
            weekly: WeeklyIn {
                monday: show_hours(monday),
                tuesday: show_hours(tuesday),
                wednesday: show_hours(wednesday),
                thursday: show_hours(thursday),
                friday: show_hours(friday),
                saturday: show_hours(saturday),
                sunday: show_hours(sunday),
            },
            exceptions: week.exceptions.iter().map(exception).collect(),
            etag: entity_tags::etag(known.version),
            updated_at: (known.version > 0).then_some(Moment(known.updated_at_us)),
        }
    }
}

fn tagged(known: &Availability) -> Response {
    let etag = entity_tags::etag(known.version);
    ([(header::ETAG, etag)], ApiJson(AvailabilityOut::of(known))).into_response()
}

/// The builder that a path names: whoever gives a session type of the catalogue, for themselves or those who act for them.
fn builder(app: &App, caller: &Caller, scope: Scope, builder_id: &str) -> Result<UserId, Problem> {
    UserId::parse(builder_id)
        .filter(|builder_id| caller.may_act_for(scope, builder_id) && app.catalogue.has_builder(builder_id))
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

/// Read a builder's availability
///
/// For the builder, a service with the scope `bookings:read` and the operator. Send its `ETag` as If-Match to change it.
#[utoipa::path(get, path = "/api/builders/{builder_id}/availability", tag = "bookings",
    params(("builder_id" = String, Path, description = "The builder: a user who gives a session type.")),
    responses((status = 200, description = "When the builder is there.", body = AvailabilityOut,
               headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn read_availability(
    State(app): State<App>,
    caller: Caller,
    ApiPath(builder_id): ApiPath<String>,
) -> Result<Response, Problem> {
    let builder_id = builder(&app, &caller, Scope::BookingsRead, &builder_id)?;
    Ok(tagged(&availability::read(&app, builder_id).await?))
}

/// Change a builder's availability
///
/// Writes all of it in place of the version that If-Match names; `"0"` where nothing was said yet. A moment is open where
/// the clock on the builder's wall stands within the hours of its date, also on days on which the clocks change. What is
/// booked stays booked. Of writers who have seen the same version one succeeds; the others are told 412 `etag_stale`.
#[utoipa::path(put, path = "/api/builders/{builder_id}/availability", tag = "bookings", request_body = AvailabilityIn,
    params(("builder_id" = String, Path, description = "The builder: a user who gives a session type."),
           ("If-Match" = String, Header, description = "The ETag of the version that is replaced.", example = "\"1\"")),
    responses((status = 200, description = "Changed.", body = AvailabilityOut,
               headers(("ETag" = String, description = "Its new version."))),
              (status = 412, description = "It has changed since it was read; nothing was changed."),
              (status = 428, description = "If-Match is missing.")))]
pub(crate) async fn replace_availability(
    State(app): State<App>,
    caller: Caller,
    ApiPath(builder_id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(wanted): ApiJson<AvailabilityIn>,
) -> Result<Response, Problem> {
    let builder_id = builder(&app, &caller, Scope::BookingsWrite, &builder_id)?;
    let if_match = entity_tags::if_match(&headers)?;
    let week = wanted.read()?;
    Ok(tagged(&availability::replace(&app, builder_id, if_match, week).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_and_shown() {
        for (text, minute) in [
            ("00:00", Some(0)),
            ("09:05", Some(545)),
            ("23:55", Some(1435)),
            ("24:00", Some(1440)),
            ("24:05", None),
            ("9:00", None),
            ("09:60", None),
            ("+9:00", None),
            ("09:00:00", None),
            ("", None),
        ] {
            assert_eq!(minute_of(text), minute, "{text}");
            if let Some(minute) = minute {
                assert_eq!(time_of(minute), text);
            }
        }
    }
}

//! Reports over HTTP.

use axum::extract::State;
use ledger::Currency;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dashboard::{self, Interval, Wanted};
use super::shown::Dashboard;
use super::{Day, lists};
use crate::app::App;
use crate::http::auth::Scoped;
use crate::http::{ApiJson, ApiQuery, Problem, kinds};
use crate::tokens::scope::ReportsRead;

/// The days of a span that does not say when it begins.
const DAYS: i64 = 30;
/// The longest span: ten years.
const DAYS_MAX: i64 = 3_660;
/// The most points of a series.
const POINTS_MAX: usize = 400;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_dashboard))
        .merge(lists::router())
}

/// Which days, in which currency, by which interval.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DashboardIn {
    /// The first day; the thirtieth up to the last day where it is left out.
    pub from: Option<Day>,
    /// The last day; today, UTC, where it is left out.
    pub to: Option<Day>,
    /// The currency of money; the shop's own where it is left out.
    #[param(value_type = Option<String>, example = "usd")]
    pub currency: Option<Currency>,
    /// What a point of the series covers; a day where it is left out. A series has no more than 400 points.
    #[param(inline)]
    pub interval: Option<Interval>,
}

/// Read the dashboard
///
/// Revenue, refunds, fees, monthly recurring revenue and how it moved, subscribers, churn, failed payments, credits and
/// webhooks over some days, UTC: in all and by interval. Counted where things happen, so that it costs the same however
/// much there is; credits and collected money are up to about a minute behind. A service needs the scope `reports:read`.
#[utoipa::path(get, path = "/api/financial/admin/dashboard", tag = "reports", params(DashboardIn),
    responses((status = 200, description = "The figures.", body = Dashboard)))]
pub(crate) async fn read_dashboard(
    State(app): State<App>,
    _permit: Scoped<ReportsRead>,
    ApiQuery(asked): ApiQuery<DashboardIn>,
) -> Result<ApiJson<Dashboard>, Problem> {
    let now_us = app.clock.now_us();
    let wanted = wanted(&asked, Day::of_us(now_us), app.catalogue.default_currency)?;
    let dashboard = app.store.read(move |tx| dashboard::read(tx, now_us, wanted)).await?;
    Ok(ApiJson(dashboard))
}

fn wanted(asked: &DashboardIn, today: Day, shops_own: Currency) -> Result<Wanted, Problem> {
    let refused = |field: &str, detail: String| Problem::of(&kinds::BAD_QUERY).field(field).detail(detail);
    let to = asked.to.unwrap_or(today);
    let from = asked.from.unwrap_or_else(|| to.plus(1 - DAYS));
    if from > to {
        return Err(refused("from", "The first day must not be after the last.".into()));
    }
    if from < Day(0) || to.0 - from.0 >= DAYS_MAX || to > today.plus(DAYS_MAX) {
        return Err(refused(
            "from",
            format!("The span must be of no more than {DAYS_MAX} days."),
        ));
    }
    let wanted = Wanted {
        currency: asked.currency.unwrap_or(shops_own),
        from,
        to,
        interval: asked.interval.unwrap_or_default(),
    };
    if dashboard::points(&wanted) > POINTS_MAX {
        let detail = format!("That would be more than {POINTS_MAX} points: choose a longer interval.");
        return Err(refused("interval", detail));
    }
    Ok(wanted)
}

//! Statements over HTTP: as JSON, as a table, and as a document to print.

use axum::extract::State as AxumState;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ledger::Money;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::clock::Moment;
use crate::http::auth::OwnUser;
use crate::http::{ApiJson, ApiQuery, Problem};
use crate::ids::UserId;
use crate::payouts::rules::statements::Sums;
use crate::payouts::{Entry, EntryKind, document, statements};
use crate::tokens::scope::PayoutsRead;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_payout_statement))
        .routes(routes!(download_payout_statement))
        .routes(routes!(print_payout_statement))
}

/// Of which period.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatementIn {
    /// From when on.
    pub from: Moment,
    /// Until before when. A period that is over says the same for ever.
    pub to: Moment,
}

/// A statement of what is owed to somebody who earns.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StatementOut {
    /// Who earns.
    pub user_id: UserId,
    /// From when on.
    pub from: Moment,
    /// Until before when.
    pub to: Moment,
    /// What it comes to, by currency.
    pub sums: Vec<StatementSumsOut>,
    /// What happened, the oldest first.
    pub entries: Vec<StatementEntryOut>,
}

/// What a statement comes to in one currency, in minor units.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StatementSumsOut {
    /// The currency.
    #[schema(example = "usd")]
    pub currency: String,
    /// What was owed to the earner before; negative where they owed.
    #[schema(example = 0)]
    pub opening_minor: i64,
    /// What was earned.
    #[schema(example = 5101)]
    pub earned_minor: i64,
    /// What of that was not earned after all, since sales were given back.
    #[schema(example = 0)]
    pub reversed_minor: i64,
    /// What was transferred to the connected account.
    #[schema(example = 5101)]
    pub transferred_minor: i64,
    /// What of that was taken back.
    #[schema(example = 0)]
    pub taken_back_minor: i64,
    /// What was owed to them afterwards: opening + earned − reversed − transferred + taken back.
    #[schema(example = 0)]
    pub closing_minor: i64,
}

impl From<Sums> for StatementSumsOut {
    fn from(sums: Sums) -> Self {
        Self {
            currency: sums.currency.to_string(),
            opening_minor: sums.opening_minor,
            earned_minor: sums.earned_minor,
            reversed_minor: sums.reversed_minor,
            transferred_minor: sums.transferred_minor,
            taken_back_minor: sums.taken_back_minor,
            closing_minor: sums.closing_minor,
        }
    }
}

/// Something that changed what is owed to an earner.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StatementEntryOut {
    /// When it was.
    pub at: Moment,
    /// What it is.
    pub kind: EntryKind,
    /// The sale: `order:ord_…` or `booking:bkg_…`.
    pub sale: String,
    /// The line of the earnings.
    pub line_id: String,
    /// The currency of the amount.
    #[schema(example = "usd")]
    pub currency: String,
    /// By how much it changes what is owed to them, in minor units.
    #[schema(example = 5101)]
    pub amount_minor: i64,
}

impl From<Entry> for StatementEntryOut {
    fn from(entry: Entry) -> Self {
        Self {
            at: Moment(entry.at_us),
            kind: entry.kind,
            sale: entry.sale,
            line_id: entry.line_id,
            currency: entry.currency.to_string(),
            amount_minor: entry.amount_minor,
        }
    }
}

/// Read a statement of earnings
///
/// What was added to and taken from what is owed to the user within a period, with what was owed before and after it, by
/// currency. A period of more than 10,000 entries is refused.
#[utoipa::path(get, path = "/api/payouts/{user_id}/statement", tag = "payouts",
    params(("user_id" = UserId, Path, description = "Who earned."), StatementIn),
    responses((status = 200, description = "The statement.", body = StatementOut)))]
pub(crate) async fn read_payout_statement(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PayoutsRead>,
    ApiQuery(wanted): ApiQuery<StatementIn>,
) -> Result<ApiJson<StatementOut>, Problem> {
    let user_id = owner.user_id.clone();
    let read = statements::read(&app, owner.user_id, (wanted.from.0, wanted.to.0)).await?;
    Ok(ApiJson(StatementOut {
        user_id,
        from: wanted.from,
        to: wanted.to,
        sums: read.sums.into_iter().map(Into::into).collect(),
        entries: read.entries.into_iter().map(Into::into).collect(),
    }))
}

/// Download a statement of earnings
///
/// The entries of the same statement as a table of comma-separated values (RFC 4180), with amounts in major units as well.
#[utoipa::path(get, path = "/api/payouts/{user_id}/statement.csv", tag = "payouts",
    params(("user_id" = UserId, Path, description = "Who earned."), StatementIn),
    responses((status = 200, description = "The table.", content_type = "text/csv", body = String)))]
pub(crate) async fn download_payout_statement(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PayoutsRead>,
    ApiQuery(wanted): ApiQuery<StatementIn>,
) -> Result<Response, Problem> {
    let read = statements::read(&app, owner.user_id, (wanted.from.0, wanted.to.0)).await?;
    let bytes = table(&read.entries).map_err(Problem::fault)?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], bytes).into_response())
}

/// Print a statement of earnings
///
/// The same statement as a PDF of A4 pages, with amounts in major units. Every time is UTC.
#[utoipa::path(get, path = "/api/payouts/{user_id}/statement.pdf", tag = "payouts",
    params(("user_id" = UserId, Path, description = "Who earned."), StatementIn),
    responses((status = 200, description = "The document.", content_type = "application/pdf", body = Vec<u8>)))]
pub(crate) async fn print_payout_statement(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PayoutsRead>,
    ApiQuery(wanted): ApiQuery<StatementIn>,
) -> Result<Response, Problem> {
    let user_id = owner.user_id.clone();
    let read = statements::read(&app, owner.user_id, (wanted.from.0, wanted.to.0)).await?;
    let bytes = document::document((&app.catalogue.shop_name, &user_id), (wanted.from, wanted.to), &read);
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// The entries as a table. No cell of it is written by a person, so none can be taken for a formula.
fn table(entries: &[Entry]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(["at", "kind", "sale", "line_id", "currency", "amount_minor", "amount"])?;
    for entry in entries {
        let amount = Money::new(entry.amount_minor, entry.currency).to_string();
        let cells: [&str; 7] = [
            &Moment(entry.at_us).to_string(),
            entry.kind.word(),
            &entry.sale,
            &entry.line_id,
            entry.currency.code(),
            &entry.amount_minor.to_string(),
            amount.split(' ').next().unwrap_or_default(),
        ];
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

//! A wallet's history over HTTP: page by page, and as a table.

use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Entry, Filter, rules, table};
use crate::app::App;
use crate::credits::wallet;
use crate::http::auth::OwnUser;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiQuery, Problem, kinds};
use crate::ids::{KeyId, UserId};
use crate::tokens::scope::CreditsRead;

/// Rows of one table.
const ROWS_MAX: usize = 10_000;
/// Entries read in one transaction for a table.
const ROWS_READ: i64 = 500;
/// Transactions for one table: where little is what is asked for, it is given short.
const READS_MAX: usize = 40;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_credit_history))
        .routes(routes!(download_credit_history))
}

/// Which part of a wallet's history.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<i64>,
    /// The API key whose credits are meant; the user's own where it is left out.
    pub key_id: Option<KeyId>,
    /// Only transfers of these codes, separated by commas.
    #[param(example = "spend,expire")]
    pub code: Option<String>,
    /// Only transfers at this time or later, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-01-01T00:00:00Z")]
    pub from: Option<jiff::Timestamp>,
    /// Only transfers before this time, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-02-01T00:00:00Z")]
    pub to: Option<jiff::Timestamp>,
}

/// Which part of a wallet's history, as a table.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TableIn {
    /// The number in the `Link` of the table before.
    #[param(value_type = Option<String>)]
    pub after: Option<i64>,
    /// The API key whose credits are meant; the user's own where it is left out.
    pub key_id: Option<KeyId>,
    /// Only transfers of these codes, separated by commas.
    #[param(example = "spend,expire")]
    pub code: Option<String>,
    /// Only transfers at this time or later, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-01-01T00:00:00Z")]
    pub from: Option<jiff::Timestamp>,
    /// Only transfers before this time, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-02-01T00:00:00Z")]
    pub to: Option<jiff::Timestamp>,
}

fn filter(code: Option<&str>, from: Option<jiff::Timestamp>, to: Option<jiff::Timestamp>) -> Result<Filter, Problem> {
    let codes = code.map_or(Ok(Vec::new()), rules::read_codes);
    let codes = codes.map_err(|detail| Problem::of(&kinds::BAD_QUERY).field("code").detail(detail))?;
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        let detail = "`to` must be later than `from`: it is the first moment that is not asked for.";
        return Err(Problem::of(&kinds::BAD_QUERY).field("to").detail(detail));
    }
    Ok(Filter {
        codes,
        from_us: from.map_or(i64::MIN, jiff::Timestamp::as_microsecond),
        until_us: to.map_or(i64::MAX, jiff::Timestamp::as_microsecond),
    })
}

/// Read what happened to a wallet
///
/// Every transfer that touched it, newest first: what came in or went out, what the wallet held afterwards, and what was
/// behind it. What is set aside or owed is told too: holds leave the wallet and come back when they are given free. Over the
/// whole history `amount` sums up to what the wallet holds, `held` to what is held and `owed` to what is owed. Where few
/// transfers are what is asked for, a page may hold fewer than `limit`, or none: as long as there is a `next`, there may be
/// more.
#[utoipa::path(get, path = "/api/financial/credits/{user_id}/history", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose wallet."), HistoryIn),
    responses((status = 200, description = "A page of the history.", body = Page<Entry>)))]
pub(crate) async fn list_credit_history(
    State(app): State<App>,
    owner: OwnUser<CreditsRead>,
    ApiQuery(wanted): ApiQuery<HistoryIn>,
) -> Result<ApiJson<Page<Entry>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let filter = filter(wanted.code.as_deref(), wanted.from, wanted.to)?;
    let wallet = wallet(&owner.user_id, wanted.key_id.as_ref());
    let listing = app
        .store
        .read(move |tx| super::page(tx, &wallet, &filter, wanted.after, limit))
        .await?;
    Ok(ApiJson(Page {
        data: listing.entries,
        next: listing.next.map(|position| position.to_string()),
    }))
}

/// Download what happened to a wallet
///
/// The same as a table of comma-separated values (RFC 4180), up to 10,000 rows. Where there may be more, a `Link` header with
/// `rel="next"` holds the query that goes on. Texts that a spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(get, path = "/api/financial/credits/{user_id}/history.csv", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose wallet."), TableIn),
    responses((status = 200, description = "The table.", content_type = "text/csv", body = String)))]
pub(crate) async fn download_credit_history(
    State(app): State<App>,
    owner: OwnUser<CreditsRead>,
    RawQuery(query): RawQuery,
    ApiQuery(wanted): ApiQuery<TableIn>,
) -> Result<Response, Problem> {
    let filter = filter(wanted.code.as_deref(), wanted.from, wanted.to)?;
    let wallet = wallet(&owner.user_id, wanted.key_id.as_ref());
    let mut writer = table::begin(Vec::new()).map_err(Problem::fault)?;
    let (mut rows, mut next) = (0, wanted.after);
    for _ in 0..READS_MAX {
        let (wallet, filter, before) = (wallet.clone(), filter.clone(), next);
        let listing = app
            .store
            .read(move |tx| super::page(tx, &wallet, &filter, before, ROWS_READ))
            .await?;
        table::add(&mut writer, &listing.entries).map_err(Problem::fault)?;
        rows += listing.entries.len();
        next = listing.next;
        if next.is_none() || rows >= ROWS_MAX {
            break;
        }
    }
    let bytes = writer.into_inner().map_err(Problem::fault)?;
    let mut response = ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], bytes).into_response();
    let link = next.map(|position| link_to_next(query.as_deref().unwrap_or_default(), position));
    if let Some(link) = link.and_then(|link| link.parse().ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// The query that goes on where this one ended: the same, but for where it begins.
fn link_to_next(query: &str, position: i64) -> String {
    let after = format!("after={position}");
    let kept = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("after="));
    let parts: Vec<&str> = kept.chain([after.as_str()]).collect();
    format!("<?{}>; rel=\"next\"", parts.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_table_is_asked_for_like_the_one_before() {
        for (query, link) in [
            ("", "<?after=7>; rel=\"next\""),
            ("after=9", "<?after=7>; rel=\"next\""),
            (
                "key_id=ci&after=9&code=spend",
                "<?key_id=ci&code=spend&after=7>; rel=\"next\"",
            ),
        ] {
            assert_eq!(link_to_next(query, 7), link);
        }
    }
}

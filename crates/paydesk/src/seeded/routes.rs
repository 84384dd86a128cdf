//! Seeded data over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Data, records, rules};
use crate::app::App;
use crate::clock::Moment;
use crate::http::auth::Caller;
use crate::http::paging::{Page, PageIn};
use crate::http::{ApiJson, ApiPath, ApiQuery, Problem, entity_tags, kinds};
use crate::ids::UserId;
use crate::tokens::Scope;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_seeded_data))
        .routes(routes!(read_seeded_data, replace_seeded_data))
}

/// A new value.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeededDataIn {
    /// Any JSON, up to 65536 bytes.
    #[schema(value_type = Value, example = json!({ "theme": "light", "columns": 2 }))]
    pub value: Box<RawValue>,
}

/// Whose data.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// Whose; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

/// One piece of a user's data as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SeededDataOut {
    /// Whose.
    pub user_id: UserId,
    /// The name of the template that it came from.
    #[schema(example = "widget")]
    pub name: String,
    /// The data.
    #[schema(value_type = Value, example = json!({ "theme": "dark", "columns": 3 }))]
    pub value: Box<RawValue>,
    /// What to send as If-Match to change it.
    #[schema(example = "\"1\"")]
    pub etag: String,
    /// The subscription that brought it.
    #[schema(example = "sub_1PqV")]
    pub subscription_id: String,
    /// When it was seeded.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

impl SeededDataOut {
    fn of(data: Data) -> Result<Self, Problem> {
        Ok(Self {
            etag: entity_tags::etag(data.version),
            value: RawValue::from_string(data.value).map_err(Problem::fault)?,
            user_id: data.user_id,
            name: data.name,
            subscription_id: data.subscription_id,
            created_at: Moment(data.created_at_us),
            updated_at: Moment(data.updated_at_us),
        })
    }
}

/// Data with its entity tag in the header as well.
fn tagged(data: Data) -> Result<Response, Problem> {
    let etag = entity_tags::etag(data.version);
    let out = ApiJson(SeededDataOut::of(data)?);
    Ok(([(header::ETAG, etag)], out).into_response())
}

/// List seeded data
///
/// What a user's subscriptions began with, as the user has it now, in the order of the names.
#[utoipa::path(get, path = "/api/seeded-data", tag = "subscriptions", params(PageIn),
    responses((status = 200, description = "A page of data.", body = Page<SeededDataOut>)))]
pub(crate) async fn list_seeded_data(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(page): ApiQuery<PageIn>,
) -> Result<ApiJson<Page<SeededDataOut>>, Problem> {
    let user_id = caller.user_for(Scope::DataRead, page.user_id.as_ref())?;
    let (limit, after) = (page.limit()?, page.after.unwrap_or_default());
    let found = app
        .store
        .read(move |tx| records::data_of_user(tx, &user_id, &after, limit + 1))
        .await?;
    let data: Vec<_> = found.into_iter().map(SeededDataOut::of).collect::<Result<_, _>>()?;
    Ok(ApiJson(Page::of(data, limit, |one: &SeededDataOut| one.name.clone())))
}

/// Read seeded data
///
/// One piece of a user's data. Send its `ETag` as If-Match to change it.
#[utoipa::path(get, path = "/api/seeded-data/{name}", tag = "subscriptions",
    params(("name" = String, Path, description = "The name of the plan's template."), Whose),
    responses((status = 200, description = "The data.", body = SeededDataOut,
               headers(("ETag" = String, description = "Its version.")))))]
pub(crate) async fn read_seeded_data(
    State(app): State<App>,
    caller: Caller,
    ApiPath(name): ApiPath<String>,
    ApiQuery(whose): ApiQuery<Whose>,
) -> Result<Response, Problem> {
    let user_id = caller.user_for(Scope::DataRead, whose.user_id.as_ref())?;
    let data = app.store.read(move |tx| records::data(tx, &user_id, &name)).await?;
    tagged(data.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?)
}

/// Change seeded data
///
/// Writes a new value in place of the version that If-Match names. Of writers who have seen the same version one succeeds;
/// the others are told 412 `etag_stale`.
#[utoipa::path(put, path = "/api/seeded-data/{name}", tag = "subscriptions", request_body = SeededDataIn,
    params(("name" = String, Path, description = "The name of the plan's template."), Whose,
           ("If-Match" = String, Header, description = "The ETag of the version that is replaced.", example = "\"1\"")),
    responses((status = 200, description = "Changed.", body = SeededDataOut,
               headers(("ETag" = String, description = "Its new version."))),
              (status = 412, description = "The data has changed since it was read; nothing was changed."),
              (status = 428, description = "If-Match is missing.")))]
pub(crate) async fn replace_seeded_data(
    State(app): State<App>,
    caller: Caller,
    ApiPath(name): ApiPath<String>,
    ApiQuery(whose): ApiQuery<Whose>,
    headers: HeaderMap,
    ApiJson(wanted): ApiJson<SeededDataIn>,
) -> Result<Response, Problem> {
    let user_id = caller.user_for(Scope::DataWrite, whose.user_id.as_ref())?;
    let if_match = entity_tags::if_match(&headers)?;
    let value = wanted.value.get().to_owned();
    rules::check_value(&value).map_err(|detail| Problem::of(&kinds::INVALID).field("value").detail(detail))?;
    tagged(super::replace(&app, user_id, name, if_match, value).await?)
}

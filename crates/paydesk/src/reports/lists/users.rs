//! Everybody who ever bought, was given credits or said where they are reached.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiQuery, Problem, kinds};
use crate::ids::UserId;
use crate::reports::records::lists as records;
use crate::tokens::scope::ReportsRead;

/// The longest text that is searched for.
const SEARCH_MAX: usize = 320;

/// Which users to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsersIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<UserId>,
    /// The begin of a user's id, or a whole e-mail address.
    #[param(example = "ada")]
    pub search: Option<String>,
}

/// A user as lists show them.
#[derive(Serialize, utoipa::ToSchema)]
pub struct UserOut {
    /// Who.
    pub user_id: UserId,
    /// Where they are reached, as the application has told.
    pub email: Option<String>,
    /// Their customer at Stripe, once there is one.
    #[schema(example = "cus_1QK")]
    pub stripe_customer_id: Option<String>,
    /// Credits in their own wallet.
    #[schema(example = 120)]
    pub balance: i64,
    /// The tiers that their subscriptions give them now, one for each group of plans in which they have one.
    #[schema(example = json!(["pro"]))]
    pub tiers: Vec<String>,
}

/// List users
///
/// Everybody who has a customer at Stripe, a wallet or an e-mail address here, in the order of their ids; or those whom
/// `search` finds. A service needs the scope `reports:read`.
#[utoipa::path(get, path = "/api/users", tag = "reports", params(UsersIn),
    responses((status = 200, description = "A page of users.", body = Page<UserOut>)))]
pub(crate) async fn list_users(
    State(app): State<App>,
    _permit: Scoped<ReportsRead>,
    ApiQuery(wanted): ApiQuery<UsersIn>,
) -> Result<ApiJson<Page<UserOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let search = wanted.search.unwrap_or_default();
    if search.len() > SEARCH_MAX || search.contains(char::is_control) {
        return Err(Problem::of(&kinds::BAD_QUERY).field("search").detail(format!(
            "The search must have no more than {SEARCH_MAX} bytes and no control characters."
        )));
    }
    let (after, now_us) = (
        wanted.after.as_ref().map_or("", UserId::as_str).to_owned(),
        app.clock.now_us(),
    );
    let users = app
        .store
        .read(move |tx| records::users(tx, now_us, &search, &after, limit + 1))
        .await?;
    Ok(ApiJson(Page::of(users, limit, |user: &UserOut| {
        user.user_id.as_str().to_owned()
    })))
}

//! The explanation of a wallet over HTTP.

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Explanation, PageOfLots, explain, rules};
use crate::app::App;
use crate::http::auth::OwnUser;
use crate::http::paging::check_limit;
use crate::http::{ApiJson, ApiQuery, Problem, kinds};
use crate::ids::{KeyId, UserId};
use crate::tokens::scope::CreditsRead;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(explain_credits))
}

/// Which wallet, and which page of its lots.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplainIn {
    /// The API key whose credits are meant; the user's own where it is left out.
    pub key_id: Option<KeyId>,
    /// How many lots, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// Explain a wallet
///
/// From the balance to every open lot, to the transfer that made it, to what caused that: the purchase with its payment and
/// Stripe's event, or the reason that was given with the request; through moves between wallets back to the first. Also what
/// is set aside and for what, and what is owed and why. All of it is true at one moment, and adds up: `balance` is
/// `balance_before`, the amounts of `lots` and `balance_behind` together.
#[utoipa::path(get, path = "/api/financial/credits/{user_id}/explain", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose wallet."), ExplainIn),
    responses((status = 200, description = "Why the wallet holds what it holds.", body = Explanation)))]
pub(crate) async fn explain_credits(
    State(app): State<App>,
    owner: OwnUser<CreditsRead>,
    ApiQuery(wanted): ApiQuery<ExplainIn>,
) -> Result<ApiJson<Explanation>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let after = match wanted.after.as_deref() {
        None => None,
        Some(text) => Some(rules::read_cursor(text).ok_or_else(not_a_cursor)?),
    };
    let now_us = app.clock.now_us();
    let explanation = app
        .store
        .read(move |tx| {
            let page = PageOfLots { after, limit };
            explain(tx, now_us, &owner.user_id, wanted.key_id.as_ref(), page)
        })
        .await?;
    Ok(ApiJson(explanation))
}

fn not_a_cursor() -> Problem {
    Problem::of(&kinds::BAD_QUERY)
        .field("after")
        .detail("This is not the `next` of a page of this explanation.")
}

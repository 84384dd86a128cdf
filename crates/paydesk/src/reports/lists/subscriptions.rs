//! Subscriptions, whoever has them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::no_cursor;
use crate::app::App;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, Problem, kinds};
use crate::ids::UserId;
use crate::reports::records::lists as records;
use crate::subscriptions::commands::routes::SubscriptionOut;
use crate::subscriptions::{self, Subscription, SubscriptionFilter};
use crate::tokens::scope::SubscriptionsRead;

/// Where a subscription stands, in Stripe's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubscriptionStatus)]
pub enum Status {
    /// The first payment has not come.
    Incomplete,
    /// The first payment did not come in time.
    IncompleteExpired,
    /// In its trial.
    Trialing,
    /// Paid.
    Active,
    /// A renewal was not paid; Stripe tries again.
    PastDue,
    /// A renewal was not paid, and Stripe tries no more.
    Unpaid,
    /// Paused.
    Paused,
    /// Over.
    Canceled,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }
}

/// Which subscriptions to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SubscriptionsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this user.
    pub user_id: Option<UserId>,
    /// Only those of this status.
    #[param(inline)]
    pub status: Option<Status>,
}

/// A subscription as lists show it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ListedSubscriptionOut {
    /// The subscription.
    #[serde(flatten)]
    pub subscription: SubscriptionOut,
    /// What it brings in a month now, in minor units.
    #[schema(example = 2_900)]
    pub mrr_minor: i64,
    /// The currency of that; absent where it never brought in anything.
    #[schema(example = "usd")]
    pub currency: Option<String>,
}

/// List everybody's subscriptions
///
/// Newest first, those that are over too. A service needs the scope `subscriptions:read`. Those of one user, for that user:
/// `GET /api/stripe/subscriptions/{user_id}`.
#[utoipa::path(get, path = "/api/subscriptions", tag = "reports", params(SubscriptionsIn),
    responses((status = 200, description = "A page of subscriptions.", body = Page<ListedSubscriptionOut>)))]
pub(crate) async fn list_all_subscriptions(
    State(app): State<App>,
    _permit: Scoped<SubscriptionsRead>,
    ApiQuery(wanted): ApiQuery<SubscriptionsIn>,
) -> Result<ApiJson<Page<ListedSubscriptionOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let found = app
        .store
        .read(move |tx| {
            let before = match &wanted.after {
                None => Some((i64::MAX, String::new())),
                Some(after) => subscriptions::subscription(tx, after)?.map(|one| (one.created_s, after.clone())),
            };
            let Some(before) = before else {
                return Ok::<_, store::Error>(None);
            };
            let filter = SubscriptionFilter {
                user_id: wanted.user_id.as_ref(),
                status: wanted.status.map(Status::word),
            };
            let page = subscriptions::subscriptions_page(tx, &filter, &before, limit + 1)?;
            listed(tx, page).map(Some)
        })
        .await?;
    let page = found.ok_or_else(no_cursor)?;
    Ok(ApiJson(Page::of(page, limit, |one: &ListedSubscriptionOut| {
        one.subscription.subscription_id.clone()
    })))
}

/// Read anybody's subscription
///
/// With what it brings in a month. A service needs the scope `subscriptions:read`.
#[utoipa::path(get, path = "/api/subscriptions/{id}", tag = "reports",
    params(("id" = String, Path, description = "The subscription at Stripe.")),
    responses((status = 200, description = "The subscription.", body = ListedSubscriptionOut)))]
pub(crate) async fn read_subscription(
    State(app): State<App>,
    _permit: Scoped<SubscriptionsRead>,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<ListedSubscriptionOut>, Problem> {
    let found = app
        .store
        .read(move |tx| {
            let one = subscriptions::subscription(tx, &id)?;
            listed(tx, one.into_iter().collect())
        })
        .await?;
    let one = found.into_iter().next();
    one.map(ApiJson).ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

/// Subscriptions with what they bring in.
fn listed(tx: &mut Tx<'_>, page: Vec<Subscription>) -> store::Result<Vec<ListedSubscriptionOut>> {
    let ids: Vec<&str> = page.iter().map(|one| one.subscription_id.as_str()).collect();
    let revenue = records::revenue_of(tx, &ids)?;
    let listed = page.into_iter().map(|one| {
        let revenue = revenue.get(&one.subscription_id);
        ListedSubscriptionOut {
            mrr_minor: revenue.map_or(0, |(_, mrr_minor)| *mrr_minor),
            currency: revenue.map(|(currency, _)| currency.clone()),
            subscription: one.into(),
        }
    });
    Ok(listed.collect())
}

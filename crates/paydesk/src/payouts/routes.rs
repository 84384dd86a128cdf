//! Connected accounts and earnings over HTTP.

pub mod bank;
pub mod listing;
mod statements;

use axum::extract::State as AxumState;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Account, Line, Status, accounts, records, rules};
use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::http::auth::OwnUser;
use crate::http::paging::{Page, check_cursor, check_limit};
use crate::http::{ApiJson, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::UserId;
use crate::purchases;
use crate::tokens::scope::{PayoutsRead, PayoutsWrite};

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin_onboarding))
        .routes(routes!(read_payout_account))
        .routes(routes!(list_earnings))
        .routes(routes!(bank::list_bank_payouts))
        .routes(routes!(listing::list_payout_accounts))
        .routes(routes!(listing::list_payout_transfers))
        .merge(statements::router())
}

/// Where the builder lives, and where they go when they are done.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "country": "DE", "return_url": "https://shop.example/earnings" }))]
pub struct OnboardingIn {
    /// The country of who is paid, two capital letters; the platform's own where it is left out. It is fixed with the
    /// first request, before Stripe has made the account.
    #[schema(min_length = 2, max_length = 2)]
    pub country: Option<String>,
    /// Where Stripe sends the builder who is done, or has left; `/account` where it is left out.
    pub return_url: Option<String>,
    /// Where Stripe sends the builder whose way to the page is used or over, so that your application asks for another.
    pub refresh_url: Option<String>,
}

/// The way to Stripe's page.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OnboardingOut {
    /// Whose account.
    pub user_id: UserId,
    /// The connected account at Stripe.
    #[schema(example = "acct_1a2b")]
    pub account_id: Option<String>,
    /// The page to send the builder to. It opens once.
    pub url: String,
    /// Until when it can be opened.
    pub expires_at: Option<Moment>,
}

impl OnboardingOut {
    pub(super) fn of(account: &Account, url: String, expires_at_s: Option<i64>) -> Self {
        Self {
            user_id: account.user_id.clone(),
            account_id: account.account_id.clone(),
            url,
            expires_at: expires_at_s.map(|seconds| Moment(seconds.saturating_mul(SECOND_US))),
        }
    }
}

/// A connected account.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PayoutAccountOut {
    /// Whose.
    pub user_id: UserId,
    /// The account at Stripe, once it is made.
    #[schema(example = "acct_1a2b")]
    pub account_id: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Whether it can be paid now.
    pub payable: bool,
    /// What its owner has to tell on Stripe's page, in Stripe's words, such as `external_account`.
    pub currently_due: Vec<String>,
    /// Why it cannot do all that it should, in Stripe's word.
    pub disabled_reason: Option<String>,
    /// Whether Stripe pays out what is on it.
    pub payouts_enabled: bool,
    /// The country that was asked for.
    pub country: Option<String>,
    /// When it was asked for.
    pub created_at: Moment,
}

impl From<Account> for PayoutAccountOut {
    fn from(account: Account) -> Self {
        Self {
            payable: account.is_payable(),
            user_id: account.user_id,
            account_id: account.account_id,
            status: account.status,
            currently_due: account.currently_due,
            disabled_reason: account.disabled_reason,
            payouts_enabled: account.payouts_enabled,
            country: account.country,
            created_at: Moment(account.created_at_us),
        }
    }
}

/// Begin onboarding
///
/// Makes the builder's connected account at Stripe, once, and a way to Stripe's page on which they say who they are and where
/// they want to be paid. The page opens once and for a few minutes; ask with a new Idempotency-Key for another. What became
/// of it is told by Stripe's events, and read at `GET /api/payouts/accounts/{user_id}`.
#[utoipa::path(post, path = "/api/payouts/accounts/{user_id}/onboarding", tag = "payouts", request_body = OnboardingIn,
    params(("user_id" = UserId, Path, description = "Who is to be paid.")),
    responses((status = 200, description = "The page to send the builder to.", body = OnboardingOut)))]
pub(crate) async fn begin_onboarding(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PayoutsWrite>,
    request: OneTimeJson<OnboardingIn>,
) -> Result<Reply, Problem> {
    let OneTimeJson { one_time, body } = request;
    for (field, url) in [("return_url", &body.return_url), ("refresh_url", &body.refresh_url)] {
        purchases::check_return_url(&app, field, url.as_deref())?;
    }
    if body
        .country
        .as_deref()
        .is_some_and(|country| !rules::is_country(country))
    {
        let detail = "A country has two capital letters, as in `DE`.";
        return Err(Problem::of(&kinds::INVALID).field("country").detail(detail));
    }
    accounts::onboard(&app, &one_time, owner.user_id, body).await
}

/// Read a connected account
///
/// Where the builder's account at Stripe stands, and what they have to tell. 404 where none was asked for yet.
#[utoipa::path(get, path = "/api/payouts/accounts/{user_id}", tag = "payouts",
    params(("user_id" = UserId, Path, description = "Whose account.")),
    responses((status = 200, description = "The account.", body = PayoutAccountOut)))]
pub(crate) async fn read_payout_account(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PayoutsRead>,
) -> Result<ApiJson<PayoutAccountOut>, Problem> {
    let account = accounts::read(&app, owner.user_id).await?;
    account
        .map(|account| ApiJson(account.into()))
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

/// Which page of earnings.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EarningsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// What somebody earned of one sale. Amounts are in minor units of the currency.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EarningOut {
    /// `pln_…`; also the Idempotency-Key and the group of its transfer at Stripe.
    pub line_id: String,
    /// The sale: `order:ord_…` or `booking:bkg_…`.
    pub sale: String,
    /// The currency of the amounts.
    #[schema(example = "usd")]
    pub currency: String,
    /// What the buyer paid.
    #[schema(example = 4900)]
    pub gross_minor: i64,
    /// What of that was given back or is disputed.
    #[schema(example = 0)]
    pub refunded_minor: i64,
    /// What the platform keeps.
    #[schema(example = 1470)]
    pub fee_minor: i64,
    /// What is earned.
    #[schema(example = 3430)]
    pub earned_minor: i64,
    /// What was transferred, or is being.
    #[schema(example = 3430)]
    pub transferred_minor: i64,
    /// What of that was taken back, or is being.
    #[schema(example = 0)]
    pub taken_back_minor: i64,
    /// What of it paid what was owed for other sales; negative where others paid for this one.
    #[schema(example = 0)]
    pub offset_minor: i64,
    /// What is still owed to the earner; negative where they owe it, and later earnings pay it first.
    #[schema(example = 0)]
    pub outstanding_minor: i64,
    /// From when on it is transferred.
    pub payable_at: Moment,
    /// When the sale was earned.
    pub earned_at: Moment,
}

impl From<Line> for EarningOut {
    fn from(line: Line) -> Self {
        Self {
            fee_minor: line.fee_minor(),
            outstanding_minor: line.outstanding_minor(),
            line_id: line.line_id,
            sale: line.sale.business_key,
            currency: line.sale.currency.to_string(),
            gross_minor: line.sale.gross_minor,
            refunded_minor: line.sale.refunded_minor,
            earned_minor: line.earned_minor,
            transferred_minor: line.transferred_minor,
            taken_back_minor: line.taken_back_minor,
            offset_minor: line.offset_minor,
            payable_at: Moment(line.sale.payable_at_us),
            earned_at: Moment(line.created_at_us),
        }
    }
}

/// List earnings
///
/// What the user earned of each sale, newest first, and how far it is transferred.
#[utoipa::path(get, path = "/api/payouts/{user_id}/earnings", tag = "payouts",
    params(("user_id" = UserId, Path, description = "Who earned."), EarningsIn),
    responses((status = 200, description = "A page of earnings.", body = Page<EarningOut>)))]
pub(crate) async fn list_earnings(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PayoutsRead>,
    ApiQuery(wanted): ApiQuery<EarningsIn>,
) -> Result<ApiJson<Page<EarningOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let before = check_cursor(wanted.after.as_deref(), "pln")?;
    let user_id = owner.user_id;
    let read = app
        .store
        .read(move |tx| records::lines::page(tx, &user_id, &before, limit + 1));
    let lines = read.await?.into_iter().map(EarningOut::from).collect();
    Ok(ApiJson(Page::of(lines, limit, |line: &EarningOut| {
        line.line_id.clone()
    })))
}

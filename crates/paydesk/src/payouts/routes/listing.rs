//! Connected accounts and transfers, whoever they pay.

use axum::extract::State as AxumState;
use serde::{Deserialize, Serialize};

use super::PayoutAccountOut;
use crate::app::App;
use crate::clock::Moment;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiQuery, Problem, kinds};
use crate::ids::UserId;
use crate::payouts::records::{self, listing};
use crate::payouts::{Direction, Status, TransferStatus};
use crate::tokens::scope::PayoutsRead;

/// Which connected accounts to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PayoutAccountsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<UserId>,
    /// Only the one of this user, where they have one.
    pub user_id: Option<UserId>,
    /// Only those of this status.
    pub status: Option<Status>,
}

/// Which transfers to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PayoutTransfersIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those of this user.
    pub user_id: Option<UserId>,
    /// Only those of this status.
    pub status: Option<TransferStatus>,
}

/// Money on its way to a connected account, or back from it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PayoutTransferOut {
    /// Its key here, which is also its Idempotency-Key at Stripe.
    #[schema(example = "pln_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub transfer_key: String,
    /// Whom it pays.
    pub user_id: UserId,
    /// What was earned that it pays.
    #[schema(example = "pln_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub line_id: String,
    /// The sale: `order:ord_…`.
    #[schema(example = "order:ord_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub sale: String,
    /// Which way it goes.
    pub direction: Direction,
    /// How much, in minor units.
    #[schema(example = 3_430)]
    pub amount_minor: i64,
    /// The currency of the amount.
    #[schema(example = "usd")]
    pub currency: String,
    /// The connected account at Stripe.
    #[schema(example = "acct_1a2b")]
    pub account_id: String,
    /// The transfer or the reversal at Stripe, once it is made.
    #[schema(example = "tr_1a2b")]
    pub stripe_id: Option<String>,
    /// Where it stands.
    pub status: TransferStatus,
    /// Why Stripe refused it, in Stripe's words.
    pub refusal: Option<String>,
    /// When it was decided.
    pub created_at: Moment,
}

/// List connected accounts
///
/// Everybody's, in the order of whose they are. A service needs the scope `payouts:read`.
#[utoipa::path(get, path = "/api/payouts/accounts", tag = "payouts", params(PayoutAccountsIn),
    responses((status = 200, description = "A page of connected accounts.", body = Page<PayoutAccountOut>)))]
pub(crate) async fn list_payout_accounts(
    AxumState(app): AxumState<App>,
    _permit: Scoped<PayoutsRead>,
    ApiQuery(wanted): ApiQuery<PayoutAccountsIn>,
) -> Result<ApiJson<Page<PayoutAccountOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let read = app.store.read(move |tx| {
        let filter = (wanted.user_id.as_ref(), wanted.status);
        records::page(tx, filter, wanted.after.as_ref(), limit + 1)
    });
    let accounts = read.await?.into_iter().map(PayoutAccountOut::from).collect();
    Ok(ApiJson(Page::of(accounts, limit, |one: &PayoutAccountOut| {
        one.user_id.to_string()
    })))
}

/// List transfers to connected accounts
///
/// What was transferred for earnings and what was taken back, newest first, whatever became of it. A service needs the scope
/// `payouts:read`.
#[utoipa::path(get, path = "/api/payouts/transfers", tag = "payouts", params(PayoutTransfersIn),
    responses((status = 200, description = "A page of transfers.", body = Page<PayoutTransferOut>)))]
pub(crate) async fn list_payout_transfers(
    AxumState(app): AxumState<App>,
    _permit: Scoped<PayoutsRead>,
    ApiQuery(wanted): ApiQuery<PayoutTransfersIn>,
) -> Result<ApiJson<Page<PayoutTransferOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let read = app.store.read(move |tx| {
        let Some(before) = listing::place(tx, wanted.after.as_deref())? else {
            return Ok::<_, store::Error>(None);
        };
        listing::transfers(tx, (wanted.user_id.as_ref(), wanted.status), &before, limit + 1).map(Some)
    });
    let transfers = read.await?.ok_or_else(|| {
        Problem::of(&kinds::BAD_QUERY)
            .field("after")
            .detail("This is not the `next` of a page of this list.")
    })?;
    Ok(ApiJson(Page::of(transfers, limit, |one: &PayoutTransferOut| {
        one.transfer_key.clone()
    })))
}

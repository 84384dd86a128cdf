//! Payouts to banks over HTTP.

use axum::extract::State as AxumState;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::http::auth::OwnUser;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiQuery, Problem, kinds};
use crate::ids::UserId;
use crate::payouts::records::bank as records;
use crate::payouts::rules::bank::{Payout, Status};
use crate::tokens::scope::PayoutsRead;

/// Which page of payouts.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BankPayoutsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// Money on its way from a connected account to its owner's bank.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BankPayoutOut {
    /// The payout at Stripe.
    #[schema(example = "po_1a2b")]
    pub payout_id: String,
    /// How much, in minor units.
    #[schema(example = 3_430)]
    pub amount_minor: i64,
    /// The currency of the amount.
    #[schema(example = "usd")]
    pub currency: String,
    /// Where it stands. One that is paid can still fail.
    pub status: Status,
    /// Why it failed, in Stripe's word.
    #[schema(example = "account_closed")]
    pub failure_code: Option<String>,
    /// The same in Stripe's words.
    pub failure_message: Option<String>,
    /// When it is to be at the bank.
    pub arrives_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
}

impl From<Payout> for BankPayoutOut {
    fn from(payout: Payout) -> Self {
        let moment = |seconds: i64| Moment(seconds.saturating_mul(SECOND_US));
        Self {
            payout_id: payout.payout_id,
            amount_minor: payout.amount.minor,
            currency: payout.amount.currency.to_string(),
            status: payout.status,
            failure_code: payout.failure_code,
            failure_message: payout.failure_message,
            arrives_at: payout.arrives_at_s.map(moment),
            created_at: moment(payout.created_s),
        }
    }
}

/// List payouts to the bank
///
/// What Stripe has sent from the user's connected account to their bank, newest first, as far as its events have told. What
/// comes back is on the connected account again, and is sent anew by Stripe once the bank account is mended on its page.
#[utoipa::path(get, path = "/api/payouts/{user_id}/bank-payouts", tag = "payouts",
    params(("user_id" = UserId, Path, description = "Whose bank."), BankPayoutsIn),
    responses((status = 200, description = "A page of payouts.", body = Page<BankPayoutOut>)))]
pub(crate) async fn list_bank_payouts(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PayoutsRead>,
    ApiQuery(wanted): ApiQuery<BankPayoutsIn>,
) -> Result<ApiJson<Page<BankPayoutOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let user_id = owner.user_id;
    let read = app.store.read(move |tx| {
        let Some(before) = records::place(tx, &user_id, wanted.after.as_deref())? else {
            return Ok::<_, store::Error>(None);
        };
        records::page(tx, &user_id, &before, limit + 1).map(Some)
    });
    let payouts = read.await?.ok_or_else(|| {
        Problem::of(&kinds::BAD_QUERY)
            .field("after")
            .detail("This is not the `next` of a page of this list.")
    })?;
    let payouts = payouts.into_iter().map(BankPayoutOut::from).collect();
    Ok(ApiJson(Page::of(payouts, limit, |one: &BankPayoutOut| {
        one.payout_id.clone()
    })))
}

//! Top-ups over HTTP.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use ledger::Currency;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Plan, Settings, State as TopUpState, TopUp};
use crate::app::App;
use crate::clock::Moment;
use crate::credits;
use crate::http::auth::{Caller, OwnUser};
use crate::http::{ApiJson, OneTimeJson, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::UserId;
use crate::purchases::{self, Purchase, Status};
use crate::tokens::scope::{CreditsRead, PurchasesWrite};

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_top_up))
        .routes(routes!(change_top_up))
        .routes(routes!(remove_top_up))
        .routes(routes!(set_up_top_up))
}

/// What is wanted when the wallet runs low: to be told, to have credits bought, or both.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "low_balance_notice_below": 50, "below": 20, "item_id": "starter", "quantity": 1 }))]
pub struct TopUpIn {
    /// A notice is given when the balance falls below this, from 1; none where it is left out.
    #[schema(minimum = 1)]
    pub low_balance_notice_below: Option<i64>,
    /// Credits are bought when the balance, with what is on its way, falls below this, from 1; none where it is left out.
    #[schema(minimum = 1)]
    pub below: Option<i64>,
    /// The credit pack that is bought; goes with `below`.
    pub item_id: Option<String>,
    /// How many packs; 1 where it is left out.
    #[schema(minimum = 1, default = 1)]
    pub quantity: Option<i64>,
    /// The currency; the shop's own where it is left out.
    #[schema(value_type = Option<String>, example = "usd")]
    pub currency: Option<Currency>,
}

/// Where the buyer goes after the payment method is saved, or not.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUpIn {
    /// Where Stripe sends the buyer whose payment method is saved; the shop where it is left out.
    pub success_url: Option<String>,
    /// Where Stripe sends the buyer who turns back; the shop where it is left out.
    pub cancel_url: Option<String>,
}

/// What is wanted when the wallet runs low, and where that stands.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TopUpOut {
    /// Whose wallet.
    pub user_id: UserId,
    /// A notice is given when the balance falls below this.
    pub low_balance_notice_below: Option<i64>,
    /// Credits are bought when the balance, with what is on its way, falls below this.
    pub below: Option<i64>,
    /// The credit pack that is bought.
    pub item_id: Option<String>,
    /// How many packs.
    pub quantity: Option<i64>,
    /// What they cost, in minor units, as it was agreed to. More is never charged.
    pub amount_minor: Option<i64>,
    /// The currency of the amount.
    pub currency: Option<String>,
    /// Whether credits would be bought, and what is in the way.
    pub state: TopUpState,
    /// The saved payment method at Stripe.
    pub payment_method_id: Option<String>,
    /// The last purchase that was begun by itself.
    pub last_attempt: Option<AttemptOut>,
}

/// A purchase that was begun by itself.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AttemptOut {
    /// `pur_…`.
    pub purchase_id: String,
    /// Where it stands.
    pub status: Status,
    /// Why it failed, in Stripe's word, such as `insufficient_funds` or `authentication_required`.
    pub failure: Option<String>,
    /// When it was begun.
    pub created_at: Moment,
}

/// The page where a payment method is saved.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SetUpOut {
    /// The checkout session at Stripe, in setup mode.
    #[schema(example = "cs_test_a1b2")]
    pub id: String,
    /// The page to send the buyer to.
    pub url: String,
}

impl TopUpOut {
    fn of(user_id: UserId, top_up: TopUp) -> Self {
        let plan = top_up.settings.plan;
        Self {
            user_id,
            low_balance_notice_below: top_up.settings.notice_below,
            below: plan.as_ref().map(|plan| plan.below),
            quantity: plan.as_ref().map(|plan| plan.quantity),
            amount_minor: plan.as_ref().map(|plan| plan.price.minor),
            currency: plan.as_ref().map(|plan| plan.price.currency.to_string()),
            item_id: plan.map(|plan| plan.item_id),
            state: top_up.state,
            payment_method_id: top_up.method.map(|method| method.payment_method),
            last_attempt: top_up.attempts.into_iter().next().map(AttemptOut::from),
        }
    }
}

impl From<Purchase> for AttemptOut {
    fn from(purchase: Purchase) -> Self {
        Self {
            purchase_id: purchase.purchase_id,
            status: purchase.status,
            failure: purchase.failure,
            created_at: Moment(purchase.created_at_us),
        }
    }
}

/// Read top-ups
///
/// What is wanted when the user's wallet runs low, and where that stands.
#[utoipa::path(get, path = "/api/financial/credits/{user_id}/top-up", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "What is wanted.", body = TopUpOut)))]
pub(crate) async fn read_top_up(
    AxumState(app): AxumState<App>,
    owner: OwnUser<CreditsRead>,
) -> Result<ApiJson<TopUpOut>, Problem> {
    let top_up = super::read(&app, &owner.user_id).await?;
    Ok(ApiJson(TopUpOut::of(owner.user_id, top_up)))
}

/// Set top-ups
///
/// Says what is wanted when the user's wallet runs low, in place of what was wanted before. Credits are bought with the
/// payment method that `…/top-up/setup` saved: one purchase at a time, two within ten minutes at most, and none after one
/// has failed until another payment method is saved. What the pack costs now is agreed to; more is never charged. The user
/// agrees to that themselves, or by the application's back end; nobody at the console does it for them.
#[utoipa::path(put, path = "/api/financial/credits/{user_id}/top-up", tag = "credits", request_body = TopUpIn,
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 200, description = "What is wanted now.", body = TopUpOut)))]
pub(crate) async fn change_top_up(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PurchasesWrite>,
    ApiJson(wanted): ApiJson<TopUpIn>,
) -> Result<ApiJson<TopUpOut>, Problem> {
    if matches!(owner.caller, Caller::Operator { .. }) {
        return Err(Problem::of(&kinds::FORBIDDEN)
            .detail("What a saved payment method is charged for, its user says, or the application's back end."));
    }
    let settings = checked(&app, wanted)?;
    super::change(&app, &owner.user_id, settings).await?;
    let top_up = super::read(&app, &owner.user_id).await?;
    Ok(ApiJson(TopUpOut::of(owner.user_id, top_up)))
}

/// End top-ups
///
/// Nothing is bought or told any more when the user's wallet runs low. A purchase that is under way goes on, and the
/// payment method stays saved.
#[utoipa::path(delete, path = "/api/financial/credits/{user_id}/top-up", tag = "credits",
    params(("user_id" = UserId, Path, description = "Whose wallet.")),
    responses((status = 204, description = "Nothing is wanted any more.")))]
pub(crate) async fn remove_top_up(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PurchasesWrite>,
) -> Result<StatusCode, Problem> {
    super::remove(&app, &owner.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Save a payment method
///
/// Makes a page at Stripe on which the buyer saves a payment method, with no money taken. It is used for top-ups once
/// Stripe's signed event says that it is ready, in place of the one before.
#[utoipa::path(post, path = "/api/financial/credits/{user_id}/top-up/setup", tag = "credits", request_body = SetUpIn,
    params(("user_id" = UserId, Path, description = "Whose payment method.")),
    responses((status = 200, description = "The page to send the buyer to.", body = SetUpOut)))]
pub(crate) async fn set_up_top_up(
    AxumState(app): AxumState<App>,
    owner: OwnUser<PurchasesWrite>,
    request: OneTimeJson<SetUpIn>,
) -> Result<Reply, Problem> {
    let OneTimeJson { one_time, body } = request;
    one_time
        .until(set_up(&app, Action::of(&one_time), owner.user_id, body))
        .await
}

/// The session's key at Stripe is that of the request, so a repeat leads to the same page, whatever was cut off.
async fn set_up(app: &App, action: Action, user_id: UserId, body: SetUpIn) -> Result<Reply, Problem> {
    for (field, url) in [("success_url", &body.success_url), ("cancel_url", &body.cancel_url)] {
        purchases::check_return_url(app, field, url.as_deref())?;
    }
    let asked = action.clone();
    let told = app.store.read(move |tx| idempotency::recall(tx, &[&asked])).await?;
    if let Some(reply) = told.into_values().next() {
        return Ok(reply);
    }
    let shop = || format!("{}/", app.config.public_url());
    let name = format!("setup-{}", hex::encode(action.id));
    let (success_url, cancel_url) = (
        body.success_url.unwrap_or_else(shop),
        body.cancel_url.unwrap_or_else(shop),
    );
    let session = purchases::begin_setup(app, &user_id, (&success_url, &cancel_url), &name).await?;
    let answer = Answer::json(
        StatusCode::OK,
        &SetUpOut {
            url: session.url.unwrap_or_default(),
            id: session.id,
        },
    );
    let now_us = app.clock.now_us();
    let reply = app
        .store
        .write(move |tx| idempotency::once(tx, now_us, &action, |_| Ok::<_, store::Error>(answer.clone())))
        .await?;
    Ok(reply)
}

/// What may be wanted: balances that can be, and a pack that is sold.
fn checked(app: &App, wanted: TopUpIn) -> Result<Settings, Problem> {
    let invalid = |field: &str, detail: &str| Problem::of(&kinds::INVALID).field(field).detail(detail);
    for (field, below) in [
        ("low_balance_notice_below", wanted.low_balance_notice_below),
        ("below", wanted.below),
    ] {
        if let Some(below) = below {
            credits::check_amount(below).map_err(|detail| invalid(field, &detail))?;
        }
    }
    let plan = match (wanted.below, wanted.item_id) {
        (Some(below), Some(item_id)) => {
            let currency = wanted.currency.unwrap_or(app.catalogue.default_currency);
            let quantity = wanted.quantity.unwrap_or(1);
            let offer = purchases::pack_offer(&app.catalogue, &item_id, quantity, currency)?;
            Some(Plan {
                below,
                item_id,
                quantity,
                price: offer.price,
            })
        }
        (None, None) if wanted.quantity.is_some() || wanted.currency.is_some() => {
            return Err(invalid("below", "Say with `below` and `item_id` when what is bought."));
        }
        (None, None) => None,
        (Some(_), None) => return Err(invalid("item_id", "Say with `item_id` what is bought.")),
        (None, Some(_)) => return Err(invalid("below", "Say with `below` when it is bought.")),
    };
    if plan.is_none() && wanted.low_balance_notice_below.is_none() {
        let detail = "Nothing is wanted. Give low_balance_notice_below, or below and item_id, or DELETE what is there.";
        return Err(invalid("low_balance_notice_below", detail));
    }
    Ok(Settings {
        notice_below: wanted.low_balance_notice_below,
        plan,
    })
}

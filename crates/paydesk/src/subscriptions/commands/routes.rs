//! Subscriptions over HTTP: to list them, and what can be done with them.

use axum::extract::State;
use ledger::Currency;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stripe::IdempotencyKey;
use stripe::objects::Invoice;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::begin::{self, BeginRequest};
use super::{NO_CUSTOMER, Proration, SUBSCRIPTION_REFUSED, Wanted, preview};
use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::http::auth::{Caller, OwnUser};
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeBare, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::UserId;
use crate::purchases;
use crate::subscriptions::{self, Subscription};
use crate::tokens::Scope;
use crate::tokens::scope::SubscriptionsRead;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_subscription))
        .routes(routes!(list_subscriptions, cancel_subscription))
        .routes(routes!(resume_subscription))
        .routes(routes!(change_subscription))
        .routes(routes!(preview_subscription_change))
        .routes(routes!(list_subscription_invoices))
        .routes(routes!(open_customer_portal))
}

/// A subscription as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SubscriptionOut {
    /// The subscription at Stripe.
    #[schema(example = "sub_1QK")]
    pub subscription_id: String,
    /// Whose.
    pub user_id: Option<UserId>,
    /// The plan of the catalogue; none where the price is not one of a plan.
    #[schema(example = "pro-monthly")]
    pub plan_id: Option<String>,
    /// The plan's group.
    #[schema(example = "main")]
    pub group: Option<String>,
    /// The plan's tier.
    #[schema(example = "pro")]
    pub tier: Option<String>,
    /// Where it stands, in Stripe's word.
    #[schema(example = "active")]
    pub status: String,
    /// When it ends, where an end was set.
    pub cancel_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// Since when the current period runs.
    pub period_start_at: Option<Moment>,
    /// Until when.
    pub period_end_at: Option<Moment>,
    /// When the trial ends or ended.
    pub trial_end_at: Option<Moment>,
    /// Since when a payment is overdue.
    pub past_due_since_at: Option<Moment>,
    /// Whether no money is collected for now.
    pub is_paused: bool,
    /// The newest invoice.
    #[schema(example = "in_1QK")]
    pub latest_invoice_id: Option<String>,
    /// When it was made.
    pub created_at: Moment,
}

impl From<Subscription> for SubscriptionOut {
    fn from(one: Subscription) -> Self {
        Self {
            is_paused: one.status == "paused" || one.pause_collection.is_some(),
            subscription_id: one.subscription_id,
            user_id: one.user_id,
            plan_id: one.plan_id,
            group: one.group,
            tier: one.tier,
            status: one.status,
            cancel_at: one.cancel_at_us.map(Moment),
            ended_at: one.ended_at_us.map(Moment),
            period_start_at: one.period_start_us.map(Moment),
            period_end_at: one.period_end_us.map(Moment),
            trial_end_at: one.trial_end_us.map(Moment),
            past_due_since_at: one.past_due_since_us.map(Moment),
            latest_invoice_id: one.latest_invoice_id,
            created_at: Moment(one.created_s.saturating_mul(SECOND_US)),
        }
    }
}

/// A subscription after something was done with it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CommandOut {
    /// The subscription as it now stands.
    pub subscription: SubscriptionOut,
    /// With which the buyer confirms the first payment, where that is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Stripe's page where the buyer can make the first payment, where that is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted_invoice_url: Option<String>,
}

impl CommandOut {
    pub(super) fn of(subscription: Subscription) -> Self {
        Self {
            subscription: subscription.into(),
            client_secret: None,
            hosted_invoice_url: None,
        }
    }
}

/// A subscription to be begun with the payment method that the user saved.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "plan_id": "pro-monthly" }))]
pub struct SubscriptionIn {
    /// The plan of the catalogue.
    pub plan_id: String,
    /// The currency; the shop's own where it is left out.
    #[schema(value_type = Option<String>, example = "usd")]
    pub currency: Option<Currency>,
    /// For whom; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

/// Begin a subscription without a checkout page
///
/// It is paid with the payment method that the user saved. Where the bank refuses or wants to ask the buyer, the subscription
/// stands `incomplete`, and the answer says how the buyer can pay: with the client secret, or on Stripe's page.
#[utoipa::path(post, path = "/api/stripe/create-subscription", tag = "subscriptions", request_body = SubscriptionIn,
    responses((status = 201, description = "The subscription.", body = CommandOut)))]
pub(crate) async fn create_subscription(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<SubscriptionIn>,
) -> Result<Reply, Problem> {
    let body = request.body;
    let wanted = BeginRequest {
        user_id: caller.user_for(Scope::SubscriptionsWrite, body.user_id.as_ref())?,
        plan_id: body.plan_id,
        currency: body.currency,
    };
    begin::begin(&app, &request.one_time, wanted).await
}

/// The subscriptions of a user.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Subscriptions {
    /// The subscriptions, newest first, those that are over too.
    pub data: Vec<SubscriptionOut>,
}

/// List a user's subscriptions
///
/// Newest first, those that are over too, as the verified events have told of them.
#[utoipa::path(get, path = "/api/stripe/subscriptions/{id}", tag = "subscriptions",
    params(("id" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "The subscriptions.", body = Subscriptions)))]
pub(crate) async fn list_subscriptions(
    State(app): State<App>,
    caller: Caller,
    ApiPath(user_id): ApiPath<UserId>,
) -> Result<ApiJson<Subscriptions>, Problem> {
    let user_id = caller.user_for(Scope::SubscriptionsRead, Some(&user_id))?;
    let known = app
        .store
        .read(move |tx| subscriptions::subscriptions_of_user(tx, &user_id))
        .await?;
    // One that was told of and not read yet has nothing to show.
    let read = known.into_iter().filter(|one| !one.status.is_empty());
    Ok(ApiJson(Subscriptions {
        data: read.map(SubscriptionOut::from).collect(),
    }))
}

/// When a subscription is to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// With the period that is paid for.
    #[default]
    PeriodEnd,
    /// At once; nothing is given back.
    Now,
}

/// How a subscription is to end.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CancelIn {
    /// When; with the period that is paid for where it is left out. One whose first payment has not come ends at once.
    #[param(inline)]
    pub when: Option<When>,
}

/// End a subscription
///
/// With the period that is paid for, or at once. A repeat does nothing more, so no Idempotency-Key is needed.
#[utoipa::path(delete, path = "/api/stripe/subscriptions/{id}", tag = "subscriptions",
    params(("id" = String, Path, description = "The subscription."), CancelIn),
    responses((status = 200, description = "The subscription as it now stands.", body = CommandOut)))]
pub(crate) async fn cancel_subscription(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(how): ApiQuery<CancelIn>,
) -> Result<Reply, Problem> {
    let subscription = owned(&app, &caller, Scope::SubscriptionsWrite, id).await?;
    let at_once = how.when.unwrap_or_default() == When::Now;
    begin::act(&app, None, subscription, Wanted::Cancel { at_once }).await
}

/// Let a subscription go on
///
/// An end that was set is taken back, and a pause is over. One that is over cannot go on.
#[utoipa::path(post, path = "/api/subscriptions/{id}/resume", tag = "subscriptions",
    params(("id" = String, Path, description = "The subscription.")),
    responses((status = 200, description = "The subscription as it now stands.", body = CommandOut)))]
pub(crate) async fn resume_subscription(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    OneTimeBare(one_time): OneTimeBare,
) -> Result<Reply, Problem> {
    let subscription = owned(&app, &caller, Scope::SubscriptionsWrite, id).await?;
    begin::act(&app, Some(&one_time), subscription, Wanted::Resume).await
}

/// A change to another plan of the same group.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "plan_id": "label-monthly", "proration_behavior": "always_invoice" }))]
pub struct PlanChangeIn {
    /// The plan of the catalogue.
    pub plan_id: String,
    /// What becomes of the rest of the period; the difference is paid at once where it is left out. Another choice is for
    /// services and operators.
    #[serde(default)]
    pub proration_behavior: Proration,
    /// As of when the rest of the period is reckoned, unix seconds: what a preview gave within the last hour, so that just
    /// that is paid. Services and operators may choose any moment of the period.
    pub proration_date: Option<i64>,
}

/// Change the plan of a subscription
///
/// Up or down, to another plan of the same group, in the currency that is paid. What is to be paid at once and cannot be
/// is 402 `payment_failed`, and then nothing was changed.
#[utoipa::path(post, path = "/api/subscriptions/{id}/change", tag = "subscriptions", request_body = PlanChangeIn,
    params(("id" = String, Path, description = "The subscription.")),
    responses((status = 200, description = "The subscription as it now stands.", body = CommandOut)))]
pub(crate) async fn change_subscription(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    request: OneTimeJson<PlanChangeIn>,
) -> Result<Reply, Problem> {
    let subscription = owned(&app, &caller, Scope::SubscriptionsWrite, id).await?;
    let body = request.body;
    let how = (body.proration_behavior, body.proration_date);
    begin::check_terms(&app, &caller, &subscription, how)?;
    let wanted = begin::change(&app, &subscription, &body.plan_id, how).await?;
    begin::act(&app, Some(&request.one_time), subscription, wanted).await
}

/// A change that is thought of.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PreviewIn {
    /// The plan of the catalogue.
    pub plan_id: String,
    /// What becomes of the rest of the period; the difference is paid at once where it is left out.
    pub proration_behavior: Option<Proration>,
}

/// What a change would cost.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PreviewOut {
    /// What the rest of the period comes to: the new plan's share less the old one's, in minor units; negative where
    /// something is credited.
    #[schema(example = 3500)]
    pub proration_minor: i64,
    /// What the invoice comes to, in minor units.
    #[schema(example = 3500)]
    pub total_minor: i64,
    /// What is to be paid of it, in minor units.
    #[schema(example = 3500)]
    pub amount_due_minor: i64,
    /// The currency.
    #[schema(example = "usd")]
    pub currency: String,
    /// As of when it was reckoned, unix seconds; give it with the change.
    pub proration_date: i64,
    /// The lines of the invoice.
    pub lines: Vec<LineOut>,
}

/// One line of an invoice.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LineOut {
    /// What it comes to, in minor units.
    #[schema(example = 3500)]
    pub amount_minor: i64,
    /// Whether it is a part of a period.
    pub is_proration: bool,
    /// The time that it is for: from.
    pub period_start_at: Option<Moment>,
    /// Until.
    pub period_end_at: Option<Moment>,
}

/// Preview a change of plan
///
/// What the change would cost now, as Stripe reckons it. Nothing is changed by looking.
#[utoipa::path(get, path = "/api/subscriptions/{id}/change/preview", tag = "subscriptions",
    params(("id" = String, Path, description = "The subscription."), PreviewIn),
    responses((status = 200, description = "What it would cost.", body = PreviewOut)))]
pub(crate) async fn preview_subscription_change(
    State(app): State<App>,
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(wanted): ApiQuery<PreviewIn>,
) -> Result<ApiJson<PreviewOut>, Problem> {
    let subscription = owned(&app, &caller, Scope::SubscriptionsRead, id).await?;
    let how = (wanted.proration_behavior.unwrap_or_default(), None);
    let change = begin::change(&app, &subscription, &wanted.plan_id, how).await?;
    Ok(ApiJson(
        preview::preview(&app, &subscription.subscription_id, &change).await?,
    ))
}

/// Which page of a user's invoices.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvoicesIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// An invoice as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvoiceOut {
    /// The invoice at Stripe.
    #[schema(example = "in_1QK")]
    pub invoice_id: String,
    /// The number that the buyer reads.
    pub number: Option<String>,
    /// The subscription that it bills.
    pub subscription_id: Option<String>,
    /// Where it stands, in Stripe's word.
    #[schema(example = "paid")]
    pub status: String,
    /// Why it was made, in Stripe's word.
    #[schema(example = "subscription_cycle")]
    pub billing_reason: Option<String>,
    /// What it comes to, in minor units.
    #[schema(example = 2900)]
    pub total_minor: i64,
    /// What is to be paid, in minor units.
    #[schema(example = 2900)]
    pub amount_due_minor: i64,
    /// What has been paid, in minor units.
    #[schema(example = 2900)]
    pub amount_paid_minor: i64,
    /// The currency.
    #[schema(example = "usd")]
    pub currency: String,
    /// Stripe's page, where it can be read and paid.
    pub hosted_invoice_url: Option<String>,
    /// The same to print.
    pub invoice_pdf: Option<String>,
    /// When it was made.
    pub created_at: Moment,
}

impl From<Invoice> for InvoiceOut {
    fn from(invoice: Invoice) -> Self {
        Self {
            subscription_id: invoice.subscription_id().map(str::to_owned),
            invoice_id: invoice.id,
            number: invoice.number,
            status: invoice.status.as_str().to_owned(),
            billing_reason: invoice.billing_reason,
            total_minor: invoice.total,
            amount_due_minor: invoice.amount_due,
            amount_paid_minor: invoice.amount_paid,
            currency: invoice.currency,
            hosted_invoice_url: invoice.hosted_invoice_url,
            invoice_pdf: invoice.invoice_pdf,
            created_at: Moment(invoice.created.unwrap_or_default().saturating_mul(SECOND_US)),
        }
    }
}

/// List a user's invoices
///
/// Newest first, with Stripe's pages where they can be read and paid, as Stripe has them now.
#[utoipa::path(get, path = "/api/subscriptions/{user_id}/invoices", tag = "subscriptions",
    params(("user_id" = UserId, Path, description = "The user."), InvoicesIn),
    responses((status = 200, description = "A page of invoices.", body = Page<InvoiceOut>)))]
pub(crate) async fn list_subscription_invoices(
    State(app): State<App>,
    own: OwnUser<SubscriptionsRead>,
    ApiQuery(page): ApiQuery<InvoicesIn>,
) -> Result<ApiJson<Page<InvoiceOut>>, Problem> {
    let limit = check_limit(page.limit)?;
    let Some(customer) = purchases::customer_of(&app, own.user_id).await? else {
        return Ok(ApiJson(Page {
            data: Vec::new(),
            next: None,
        }));
    };
    let mut wanted = json!({ "customer": customer, "limit": limit });
    if let Some(after) = page.after {
        let fits = after.starts_with("in_") && after.len() <= 255 && after.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            let detail = "This is not the `next` of a page of this list.";
            return Err(Problem::of(&kinds::BAD_QUERY).field("after").detail(detail));
        }
        wanted["starting_after"] = after.into();
    }
    let listed = match app.stripe.list::<Invoice>(&wanted).await {
        Err(stripe::Error::NotFound { .. }) => {
            return Ok(ApiJson(Page {
                data: Vec::new(),
                next: None,
            }));
        }
        listed => listed.map_err(|error| preview::problem_of(error.into()))?,
    };
    let next = listed
        .data
        .last()
        .filter(|_| listed.has_more)
        .map(|last| last.id.clone());
    let data = listed.data.into_iter().map(InvoiceOut::from).collect();
    Ok(ApiJson(Page { data, next }))
}

/// Where the portal leads back to.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PortalIn {
    /// Where the portal leads back to; this server's public address where it is left out.
    pub return_url: Option<String>,
    /// Whose portal; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

/// A way into the customer portal.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PortalOut {
    /// Stripe's page, good for a few minutes.
    pub url: String,
}

/// Open the customer portal
///
/// Stripe's page on which the user sees their invoices, changes what they pay with, and ends a subscription.
#[utoipa::path(get, path = "/api/stripe/customer-portal", tag = "subscriptions", params(PortalIn),
    responses((status = 200, description = "The page to send the user to.", body = PortalOut)))]
pub(crate) async fn open_customer_portal(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(wanted): ApiQuery<PortalIn>,
) -> Result<ApiJson<PortalOut>, Problem> {
    let user_id = caller.user_for(Scope::SubscriptionsWrite, wanted.user_id.as_ref())?;
    purchases::check_return_url(&app, "return_url", wanted.return_url.as_deref())?;
    let customer = purchases::customer_of(&app, user_id).await?;
    let customer = customer.ok_or_else(|| Problem::of(&NO_CUSTOMER))?;
    let return_url = wanted.return_url.unwrap_or_else(|| app.config.public_url().clone());
    let parameters = json!({ "customer": customer, "return_url": return_url });
    let key = IdempotencyKey::new(app.ids.next("prt")).expect("our ids are fitting keys");
    let session = app.stripe.create_portal_session(&parameters, &key).await;
    let session = session.map_err(|error| preview::problem_of(error.into()))?;
    let url = session.url.ok_or_else(|| Problem::of(&SUBSCRIPTION_REFUSED))?;
    Ok(ApiJson(PortalOut { url }))
}

async fn owned(app: &App, caller: &Caller, scope: Scope, subscription_id: String) -> Result<Subscription, Problem> {
    begin::owned(app, subscription_id, |owner| caller.may_act_for(scope, owner)).await
}

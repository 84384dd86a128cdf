//! What is for sale, for anybody to read.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Field, FieldKind, Interval, Item, Offer, Plan, RefundTier, SessionType};
use crate::app::App;
use crate::http::ApiJson;
use crate::ids::UserId;
use crate::purchases::Kind;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_products))
}

/// What is for sale.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Products {
    /// The shop's name.
    pub shop: String,
    /// The currency used where a request names none.
    #[schema(example = "usd")]
    pub currency: String,
    /// The items, by their id.
    pub data: Vec<ProductOut>,
}

/// One item.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProductOut {
    /// Its id.
    #[schema(example = "starter")]
    pub id: String,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// A sentence about it.
    pub description: String,
    /// Minor units of one piece, by currency.
    pub prices: BTreeMap<String, i64>,
    /// Credits of one piece; only for credit packs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<i64>,
    /// After how many days from the payment the credits end; only for credit packs whose credits do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after_days: Option<i64>,
    /// Credits of a lower number are used first; only for credit packs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    pub priority: Option<i64>,
    /// The most pieces in one purchase.
    pub max_quantity: i64,
    /// What the buyer of an order fills in.
    pub fields: Vec<FieldOut>,
    /// What is booked; only for session types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionOut>,
    /// What a subscriber gets; only for plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanOut>,
}

/// A session that can be booked.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SessionOut {
    /// Who gives it.
    pub builder_id: UserId,
    /// How long it lasts.
    #[schema(example = 60)]
    pub minutes: i64,
    /// How long before its start it must be booked at the latest.
    #[schema(example = 120)]
    pub notice_minutes: i64,
    /// How many days before its start it can be booked at the earliest.
    #[schema(example = 60)]
    pub horizon_days: i64,
    /// What goes back to a client who cancels, the earliest first. Where the builder cancels, everything does.
    pub refund_tiers: Vec<RefundTier>,
}

/// What a subscriber gets, and how often it is paid for.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PlanOut {
    /// A user has one live subscription in each group.
    #[schema(example = "main")]
    pub group: String,
    /// What users of this plan are called.
    #[schema(example = "pro")]
    pub tier: String,
    /// The unit of a billing cycle.
    pub interval: Interval,
    /// How many of those units a cycle lasts.
    #[schema(example = 1)]
    pub interval_count: i64,
    /// Days before the first payment; 0 for none.
    pub trial_days: i64,
    /// Credits of every paid cycle; none where the plan grants none.
    pub credits: Option<CycleCreditsOut>,
    /// What a subscriber may use.
    pub features: BTreeSet<String>,
    /// How much of something a subscriber may use.
    pub limits: BTreeMap<String, i64>,
}

/// Credits that every paid cycle grants.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CycleCreditsOut {
    /// How many.
    pub amount: i64,
    /// Whether they outlive the cycle.
    pub roll_over: bool,
    /// Credits of a lower number are used first.
    pub priority: i64,
}

/// One field of an order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FieldOut {
    /// Its name in requests.
    pub name: String,
    /// What a form shows.
    pub label: String,
    /// What may be entered.
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
}

impl ProductOut {
    fn of(item: &Item) -> Self {
        let prices = item.prices.iter();
        let mut shown = Self {
            id: item.id.clone(),
            kind: Kind::Order,
            name: item.name.clone(),
            description: item.description.clone(),
            prices: prices.map(|(currency, minor)| (currency.to_string(), *minor)).collect(),
            credits: None,
            expires_after_days: None,
            priority: None,
            max_quantity: 1,
            fields: Vec::new(),
            session: None,
            plan: None,
        };
        match &item.offer {
            Offer::CreditPack {
                credits,
                max_quantity,
                terms,
            } => {
                shown.kind = Kind::CreditPack;
                shown.credits = Some(*credits);
                shown.expires_after_days = terms.expires_after_days;
                shown.priority = Some(terms.priority);
                shown.max_quantity = *max_quantity;
            }
            Offer::OrderPackage { fields, .. } => shown.fields = fields.iter().map(FieldOut::of).collect(),
            Offer::Session(session_type) => {
                shown.kind = Kind::Booking;
                shown.session = Some(SessionOut::of(session_type));
            }
            Offer::Plan(plan) => {
                shown.kind = Kind::Plan;
                shown.plan = Some(PlanOut::of(plan));
            }
        }
        shown
    }
}

impl SessionOut {
    fn of(session_type: &SessionType) -> Self {
        Self {
            builder_id: session_type.builder_id.clone(),
            minutes: session_type.minutes,
            notice_minutes: session_type.notice_minutes,
            horizon_days: session_type.horizon_days,
            refund_tiers: session_type.refund_tiers.clone(),
        }
    }
}

impl PlanOut {
    fn of(plan: &Plan) -> Self {
        Self {
            group: plan.group.clone(),
            tier: plan.tier.clone(),
            interval: plan.interval,
            interval_count: plan.interval_count,
            trial_days: plan.trial_days,
            credits: plan.credits.map(|credits| CycleCreditsOut {
                amount: credits.amount,
                roll_over: credits.roll_over,
                priority: credits.priority,
            }),
            features: plan.features.clone(),
            limits: plan.limits.clone(),
        }
    }
}

impl FieldOut {
    fn of(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            label: field.label.clone(),
            kind: field.kind,
            required: field.required,
        }
    }
}

/// List what is for sale
///
/// The catalogue as declared in the catalogue file, with prices in minor units by currency; plans that are no longer on
/// sale are left out. Needs no authentication.
#[utoipa::path(get, path = "/api/stripe/products", tag = "catalogue", security(()),
    responses((status = 200, description = "What is for sale.", body = Products)))]
pub(crate) async fn list_products(State(app): State<App>) -> ApiJson<Products> {
    let catalogue = &app.catalogue;
    let on_sale = |item: &&Item| item.plan().is_none_or(|plan| plan.on_sale);
    let data = catalogue.items.values().filter(on_sale).map(ProductOut::of).collect();
    ApiJson(Products {
        shop: catalogue.shop_name.clone(),
        currency: catalogue.default_currency.to_string(),
        data,
    })
}

//! What is for sale, for anybody to read.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Field, FieldKind, Item, Offer};
use crate::app::App;
use crate::http::ApiJson;
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
            Offer::OrderPackage { fields } => shown.fields = fields.iter().map(FieldOut::of).collect(),
        }
        shown
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
/// The catalogue as declared in the catalogue file, with prices in minor units by currency. Needs no authentication.
#[utoipa::path(get, path = "/api/stripe/products", tag = "catalogue", security(()),
    responses((status = 200, description = "What is for sale.", body = Products)))]
pub(crate) async fn list_products(State(app): State<App>) -> ApiJson<Products> {
    let catalogue = &app.catalogue;
    let data = catalogue.items.values().map(ProductOut::of).collect();
    ApiJson(Products {
        shop: catalogue.shop_name.clone(),
        currency: catalogue.default_currency.to_string(),
        data,
    })
}

//! What is for sale, for anybody to read.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{FieldKind, Offer};
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

/// List what is for sale
///
/// The catalogue as declared in the catalogue file, with prices in minor units by currency. Needs no authentication.
#[utoipa::path(get, path = "/api/stripe/products", tag = "catalogue", security(()),
    responses((status = 200, description = "What is for sale.", body = Products)))]
pub(crate) async fn list_products(State(app): State<App>) -> ApiJson<Products> {
    let catalogue = &app.catalogue;
    let data = catalogue
        .items
        .values()
        .map(|item| {
            let (kind, credits, max_quantity, fields) = match &item.offer {
                Offer::CreditPack { credits, max_quantity } => {
                    (Kind::CreditPack, Some(*credits), *max_quantity, Vec::new())
                }
                Offer::OrderPackage { fields } => (
                    Kind::Order,
                    None,
                    1,
                    fields
                        .iter()
                        .map(|field| FieldOut {
                            name: field.name.clone(),
                            label: field.label.clone(),
                            kind: field.kind,
                            required: field.required,
                        })
                        .collect(),
                ),
            };
            ProductOut {
                id: item.id.clone(),
                kind,
                name: item.name.clone(),
                description: item.description.clone(),
                prices: item
                    .prices
                    .iter()
                    .map(|(currency, minor)| (currency.to_string(), *minor))
                    .collect(),
                credits,
                max_quantity,
                fields,
            }
        })
        .collect();
    ApiJson(Products {
        shop: catalogue.shop_name.clone(),
        currency: catalogue.default_currency.to_string(),
        data,
    })
}

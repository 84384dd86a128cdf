//! Products: what is sold. Their amounts are in prices.

use serde_json::{Value, json};

use super::take_over;
use crate::state::{State, flag, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/products",
        "active:bool default_price_data:{currency*:currency currency_options:any custom_unit_amount:any metadata:map \
         recurring:{interval*:(day|month|week|year) interval_count:int} tax_behavior:(exclusive|inclusive|unspecified) \
         unit_amount:int unit_amount_decimal:decimal} description id:id images:[str] marketing_features:[{name*}] \
         metadata:map name* package_dimensions:any shippable:bool statement_descriptor tax_code tax_details:any \
         type:(good|service) unit_label url",
        create,
    ),
    Operation::list(
        "/v1/products",
        "active:bool created:range ids:[id] shippable:bool type url",
        |call| {
            let ids = call.params.get("ids").and_then(Value::as_array);
            list::page(call.state, "product", call.path, &call.params, |product| {
                ids.is_none_or(|ids| ids.contains(&product["id"]))
                    && list::same(&call.params, product, &["active", "shippable", "type", "url"])
            })
        },
    ),
    Operation::get("/v1/products/{id}", "", |call| {
        call.found("product", "id").map(rendered)
    }),
    Operation::post(
        "/v1/products/{id}",
        "active:bool default_price:id description images:[str] marketing_features:[{name*}] metadata:map name:id \
         package_dimensions:any shippable:bool statement_descriptor tax_code tax_details:any unit_label url",
        update,
    ),
    Operation::delete("/v1/products/{id}", delete),
];

const PLAIN: &[&str] = &[
    "active",
    "description",
    "images",
    "marketing_features",
    "name",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "type",
    "unit_label",
    "url",
];

fn create(call: &mut Call<'_>) -> Answer {
    if let Some(id) = call.text("id").filter(|id| call.state.get(id).is_some()) {
        return Err(ApiError::param("id", format!("Product already exists: {id}")).code("resource_already_exists"));
    }
    let data = call.value("default_price_data");
    if data.is_object() && data["unit_amount"].is_null() && data["unit_amount_decimal"].is_null() {
        return Err(ApiError::missing("default_price_data[unit_amount]"));
    }
    let id = new(call.state, &Value::Object(call.params.clone()), &call.metadata());
    call.state.emit("product.created", &id);
    if data.is_object() {
        let price = super::prices::new(call.state, &id, &data)?;
        let before = call.state.own(&id).clone();
        call.state.set(&id, "default_price", price.clone());
        call.state.emit("price.created", &price);
        call.state.emit_change("product.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

/// A product from its parameters, or from `product_data`; writes no event.
pub(crate) fn new(state: &mut State, given: &Value, metadata: &Value) -> String {
    let id = match text(given, "id") {
        "" => format!("prod_{}", state.dice.token(14)),
        id => id.to_owned(),
    };
    let now = state.now();
    let mut value = json!({
        "id": id,
        "object": "product",
        "active": true,
        "created": now,
        "default_price": null,
        "description": null,
        "images": [],
        "livemode": false,
        "marketing_features": [],
        "metadata": metadata,
        "name": given["name"],
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": null,
        "tax_details": null,
        "type": "service",
        "unit_label": null,
        "updated": now,
        "url": null,
    });
    if let (Value::Object(product), Value::Object(given)) = (&mut value, given) {
        take_over(product, given, PLAIN);
    }
    state.insert("product", value)
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = call.found("product", "id")?.clone();
    let id = call.id().to_owned();
    if let Some(price) = call.text("default_price") {
        let found = call.state.referred("price", price, "default_price")?;
        if found["product"] != id.as_str() {
            return Err(ApiError::param(
                "default_price",
                format!("The price specified belongs to another product: {price}"),
            ));
        }
        if !flag(found, "active") {
            return Err(ApiError::param(
                "default_price",
                format!("The price specified is inactive: {price}"),
            ));
        }
    }
    let params = &call.params;
    let now = call.state.now();
    call.state.update(&id, |product| {
        take_over(product, params, PLAIN);
        take_over(product, params, &["default_price"]);
        for list in ["images", "marketing_features"] {
            if product[list].is_null() {
                product[list] = json!([]);
            }
        }
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(product, metadata);
        }
    });
    if call.state.own(&id) != &before {
        call.state.set(&id, "updated", now);
        call.state.emit_change("product.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

fn delete(call: &mut Call<'_>) -> Answer {
    call.found("product", "id")?;
    let id = call.id().to_owned();
    if !call.state.naming("price", "product", &id).is_empty() {
        let message = "This product cannot be deleted because it has one or more user-created prices.";
        return Err(ApiError::param("id", message));
    }
    call.state.emit("product.deleted", &id);
    call.state.remove(&id, None);
    Ok(json!({ "id": id, "object": "product", "deleted": true }))
}

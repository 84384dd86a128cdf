//! Prices: an immutable amount for a product. A lookup key names at most one of them.

use serde_json::{Map, Value, json};

use super::take_over;
use crate::state::{State, flag, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/prices",
        "active:bool billing_scheme:(per_unit) currency*:currency currency_options:any custom_unit_amount:any lookup_key \
         metadata:map nickname product:id product_data:{active:bool id:id metadata:map name* statement_descriptor tax_code \
         tax_details:any unit_label} recurring:{interval*:(day|month|week|year) interval_count:int meter \
         trial_period_days:int usage_type:(licensed|metered)} tax_behavior:(exclusive|inclusive|unspecified) \
         transfer_lookup_key:bool transform_quantity:any unit_amount:int unit_amount_decimal:decimal",
        create,
    ),
    Operation::list(
        "/v1/prices",
        "active:bool created:range currency:currency lookup_keys:[id] product:id \
         recurring:{interval:(day|month|week|year) meter usage_type:(licensed|metered)} type:(one_time|recurring)",
        |call| {
            let keys = call.params.get("lookup_keys").and_then(Value::as_array);
            let recurring = call.params.get("recurring").and_then(Value::as_object);
            list::page(call.state, "price", call.path, &call.params, |price| {
                keys.is_none_or(|keys| keys.contains(&price["lookup_key"]))
                    && recurring.is_none_or(|wanted| {
                        wanted
                            .iter()
                            .all(|(name, value)| price["recurring"].get(name) == Some(value))
                    })
                    && list::same(&call.params, price, &["active", "currency", "product", "type"])
            })
        },
    ),
    Operation::get("/v1/prices/{price}", "", |call| {
        call.found("price", "price").map(rendered)
    }),
    Operation::post(
        "/v1/prices/{price}",
        "active:bool currency_options:any lookup_key metadata:map nickname \
         tax_behavior:(exclusive|inclusive|unspecified) transfer_lookup_key:bool",
        update,
    ),
];

fn create(call: &mut Call<'_>) -> Answer {
    let (product, data) = (call.text("product").map(str::to_owned), call.value("product_data"));
    let made = match (&product, data.is_object()) {
        (Some(_), true) => {
            return Err(ApiError::param(
                "product_data",
                "You may only specify one of these parameters: product, product_data.",
            ));
        }
        (None, false) => return Err(ApiError::missing("product")),
        (Some(product), false) => {
            call.state.referred("product", product, "product")?;
            false
        }
        (None, true) => true,
    };
    let given = Value::Object(call.params.clone());
    unit_amount(&given)?;
    check_interval(&given["recurring"])?;
    claim_lookup_key(call, None)?;
    let product = if made {
        let metadata = data.get("metadata").cloned().unwrap_or_else(|| json!({}));
        let id = super::products::new(call.state, &data, &metadata);
        call.state.emit("product.created", &id);
        id
    } else {
        product.unwrap_or_default()
    };
    let id = new(call.state, &product, &given)?;
    call.state.emit("price.created", &id);
    Ok(rendered(call.state.own(&id)))
}

/// Whole minor units, where the amount is one.
fn unit_amount(given: &Value) -> Result<(Value, Value), ApiError> {
    match (&given["unit_amount"], &given["unit_amount_decimal"]) {
        (Value::Number(amount), Value::Null) => {
            let minor = amount.as_i64().unwrap_or(0);
            if minor < 0 {
                let message = "Invalid integer: must be greater than or equal to 0";
                return Err(ApiError::param("unit_amount", message).code("parameter_invalid_integer"));
            }
            if minor > 99_999_999 {
                let message = "Amount must be no more than $999,999.99";
                return Err(ApiError::param("unit_amount", message).code("amount_too_large"));
            }
            Ok((json!(minor), json!(minor.to_string())))
        }
        (Value::Null, Value::String(decimal)) => {
            let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
            let minor = part
                .bytes()
                .all(|digit| digit == b'0')
                .then(|| whole.parse::<i64>().ok())
                .flatten();
            Ok((minor.map_or(Value::Null, |minor| json!(minor)), json!(decimal)))
        }
        (Value::Null, Value::Null) if given["custom_unit_amount"].is_object() => Ok((Value::Null, Value::Null)),
        (Value::Null, _) => Err(ApiError::missing("unit_amount")),
        _ => {
            let message = "You may only specify one of these parameters: unit_amount, unit_amount_decimal.";
            Err(ApiError::param("unit_amount_decimal", message))
        }
    }
}

/// A price from its parameters, or from `price_data`; writes no event.
pub(crate) fn new(state: &mut State, product: &str, given: &Value) -> Result<String, ApiError> {
    let (amount, decimal) = unit_amount(given)?;
    check_interval(&given["recurring"])?;
    let recurring = match &given["recurring"] {
        Value::Object(recurring) => {
            let member = |name: &str, default: Value| recurring.get(name).cloned().unwrap_or(default);
            json!({
                "interval": recurring["interval"],
                "interval_count": member("interval_count", json!(1)),
                "meter": member("meter", Value::Null),
                "trial_period_days": member("trial_period_days", Value::Null),
                "usage_type": member("usage_type", json!("licensed")),
            })
        }
        _ => Value::Null,
    };
    let metadata: Map<String, Value> = given["metadata"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, v)| !v.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let or = |name: &str, default: Value| {
        if given[name].is_null() {
            default
        } else {
            given[name].clone()
        }
    };
    let value = json!({
        "id": state.dice.id("price"),
        "object": "price",
        "active": or("active", json!(true)),
        "billing_scheme": "per_unit",
        "created": state.now(),
        "currency": given["currency"],
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": or("lookup_key", Value::Null),
        "metadata": metadata,
        "nickname": or("nickname", Value::Null),
        "product": product,
        "recurring": recurring,
        "tax_behavior": or("tax_behavior", json!("unspecified")),
        "tiers_mode": null,
        "transform_quantity": null,
        "type": if recurring.is_null() { "one_time" } else { "recurring" },
        "unit_amount": amount,
        "unit_amount_decimal": decimal,
    });
    Ok(state.insert("price", value))
}

/// An interval is at most three years long.
pub(crate) fn check_interval(recurring: &Value) -> Result<(), ApiError> {
    if recurring.is_null() {
        return Ok(());
    }
    let longest = match text(recurring, "interval") {
        "day" => 1095,
        "week" => 156,
        "month" => 36,
        "year" => 3,
        other => {
            let message = format!("Invalid recurring[interval]: {other:?} is not one of day, month, week, year");
            return Err(ApiError::param("recurring[interval]", message));
        }
    };
    match recurring.get("interval_count").and_then(Value::as_i64) {
        Some(count) if !(1..=longest).contains(&count) => {
            let message = "The interval of a recurring price must be between one day and three years.";
            Err(ApiError::param("recurring[interval_count]", message))
        }
        _ => Ok(()),
    }
}

/// Takes the given lookup key from the price that has it, if that was asked for.
fn claim_lookup_key(call: &mut Call<'_>, own: Option<&str>) -> Result<(), ApiError> {
    let Some(key) = call.text("lookup_key") else {
        return Ok(());
    };
    let holder = call.state.naming("price", "lookup_key", key).into_iter().next();
    let Some(holder) = holder.filter(|holder| Some(text(holder, "id")) != own).cloned() else {
        return Ok(());
    };
    let id = text(&holder, "id");
    if call.flag("transfer_lookup_key") != Some(true) {
        let message = format!("A price (`{id}`) already uses that lookup key.");
        return Err(ApiError::param("lookup_key", message));
    }
    call.state.set(id, "lookup_key", Value::Null);
    call.state.emit_change("price.updated", id, &holder);
    Ok(())
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = call.found("price", "price")?.clone();
    let id = call.id().to_owned();
    claim_lookup_key(call, Some(&id))?;
    if call.flag("active") == Some(false) && flag(&before, "active") {
        let product = call.state.own(text(&before, "product"));
        if product["default_price"] == id.as_str() {
            let message = "This price cannot be archived because it is the default price of its product.";
            return Err(ApiError::param("active", message));
        }
    }
    let params = &call.params;
    call.state.update(&id, |price| {
        take_over(price, params, &["active", "lookup_key", "nickname", "tax_behavior"]);
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(price, metadata);
        }
    });
    if call.state.own(&id) != &before {
        call.state.emit_change("price.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

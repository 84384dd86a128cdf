//! The line items of a checkout session: from prices or `price_data`, in one currency, each with its amounts.

use serde_json::{Map, Value, json};

use super::{prices, products};
use crate::state::{State, flag, int, text};
use crate::wire::Call;
use crate::wire::error::ApiError;

const MAX_QUANTITY: i64 = 999_999;

/// The items and their currency. Everything is checked before a product or price is made for `price_data`.
pub(crate) fn build(call: &mut Call<'_>) -> Result<(Vec<Value>, String), ApiError> {
    // Nothing is bought in setup mode; the currency only says which methods are offered.
    if call.text("mode") == Some("setup") {
        return Ok((Vec::new(), call.text("currency").unwrap_or("usd").to_owned()));
    }
    let given: Vec<Value> = call
        .params
        .get("line_items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if given.is_empty() {
        return Err(ApiError::missing("line_items"));
    }
    if given.len() > 100 {
        return Err(ApiError::param(
            "line_items",
            "You may only specify up to 100 line items.",
        ));
    }
    let mut currency = call.text("currency").map(str::to_owned);
    for (index, line) in given.iter().enumerate() {
        let found = check(call, line, index)?;
        if currency.get_or_insert_with(|| found.clone()) != &found {
            let message = "All prices on a Checkout Session must have the same currency.";
            return Err(ApiError::param(format!("line_items[{index}]"), message));
        }
    }
    let mut items = Vec::with_capacity(given.len());
    for line in &given {
        items.push(item(call, line)?);
    }
    Ok((items, currency.unwrap_or_default()))
}

/// Checks one line and gives its currency.
fn check(call: &Call<'_>, line: &Value, index: usize) -> Result<String, ApiError> {
    let named = |member: &str| format!("line_items[{index}][{member}]");
    match line["quantity"].as_i64() {
        None => return Err(ApiError::param(named("quantity"), "Quantity is required.").code("parameter_missing")),
        Some(quantity) if !(1..=MAX_QUANTITY).contains(&quantity) => {
            let message = format!("Invalid integer: quantity must be between 1 and {MAX_QUANTITY}");
            return Err(ApiError::param(named("quantity"), message).code("parameter_invalid_integer"));
        }
        Some(_) => {}
    }
    let (price, data) = (line["price"].as_str(), &line["price_data"]);
    let (currency, amount) = match (price, data.is_object()) {
        (Some(_), true) => {
            let message = "You may only specify one of these parameters: price, price_data.";
            return Err(ApiError::param(named("price"), message));
        }
        (None, false) => {
            return Err(ApiError::missing(&named("price")));
        }
        (Some(id), false) => {
            let price = call.state.referred("price", id, &named("price"))?;
            if !flag(price, "active") {
                let message = format!("The price specified is inactive. This field only accepts active prices: {id}");
                return Err(ApiError::param(named("price"), message));
            }
            suit(call, price["type"] == "recurring", named("price"))?;
            (text(price, "currency").to_owned(), int(price, "unit_amount"))
        }
        (None, true) => (
            text(data, "currency").to_owned(),
            data_amount(call, data, &named("price_data"))?,
        ),
    };
    amount
        .checked_mul(line["quantity"].as_i64().unwrap_or(1))
        .filter(|total| *total <= 99_999_999)
        .map(|_| currency)
        .ok_or_else(|| {
            ApiError::param(named("quantity"), "The total of this line is too large.").code("amount_too_large")
        })
}

/// In payment mode things are paid for once; in subscription mode, by this sandbox, again and again.
fn suit(call: &Call<'_>, recurring: bool, param: String) -> Result<(), ApiError> {
    let subscribing = call.text("mode") == Some("subscription");
    if recurring == subscribing {
        return Ok(());
    }
    let message = if recurring {
        "You must provide one-time prices in payment mode; recurring prices need subscription mode."
    } else {
        "This sandbox's checkout has recurring prices only in subscription mode."
    };
    Err(ApiError::param(param, message))
}

fn data_amount(call: &Call<'_>, data: &Value, param: &str) -> Result<i64, ApiError> {
    suit(call, data["recurring"].is_object(), format!("{param}[recurring]"))?;
    prices::check_interval(&data["recurring"])?;
    match (data["product"].as_str(), data["product_data"].is_object()) {
        (Some(product), false) => {
            call.state.referred("product", product, &format!("{param}[product]"))?;
        }
        (None, true) => {}
        (Some(_), true) => {
            let message = "You may only specify one of these parameters: product, product_data.";
            return Err(ApiError::param(format!("{param}[product]"), message));
        }
        (None, false) => return Err(ApiError::missing(&format!("{param}[product]"))),
    }
    let whole = |decimal: &str| {
        let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
        part.bytes()
            .all(|digit| digit == b'0')
            .then(|| whole.parse().ok())
            .flatten()
    };
    let amount = match (data["unit_amount"].as_i64(), data["unit_amount_decimal"].as_str()) {
        (Some(amount), None) => amount,
        (None, Some(decimal)) => whole(decimal).ok_or_else(|| {
            let message = "This sandbox takes whole minor units only.";
            ApiError::param(format!("{param}[unit_amount_decimal]"), message).code("parameter_invalid_decimal")
        })?,
        _ => return Err(ApiError::missing(&format!("{param}[unit_amount]"))),
    };
    if amount < 0 {
        let message = "Invalid integer: must be greater than or equal to 0";
        return Err(ApiError::param(format!("{param}[unit_amount]"), message).code("parameter_invalid_integer"));
    }
    Ok(amount)
}

fn item(call: &mut Call<'_>, line: &Value) -> Result<Value, ApiError> {
    let state = &mut *call.state;
    let price = match line["price"].as_str() {
        Some(id) => Ok(id.to_owned()),
        None => price_of_data(state, &line["price_data"]),
    }?;
    let price = state.own(&price).clone();
    let quantity = line["quantity"].as_i64().unwrap_or(1);
    let total = int(&price, "unit_amount") * quantity;
    let metadata: Map<String, Value> = line["metadata"].as_object().cloned().unwrap_or_default();
    let adjustable = match &line["adjustable_quantity"] {
        Value::Object(given) => {
            json!({ "enabled": given["enabled"], "maximum": given.get("maximum"), "minimum": given.get("minimum") })
        }
        _ => Value::Null,
    };
    Ok(json!({
        "id": state.dice.id("li").replace("li_3", "li_1"),
        "object": "item",
        "adjustable_quantity": adjustable,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": state.own(text(&price, "product"))["name"],
        "metadata": metadata,
        "price": price,
        "quantity": quantity,
    }))
}

/// The price, and the product if need be, that `price_data` describes: made for this basket only, so not active.
fn price_of_data(state: &mut State, data: &Value) -> Result<String, ApiError> {
    let product = data["product"].as_str().map_or_else(
        || {
            let metadata = data["product_data"]
                .get("metadata")
                .cloned()
                .unwrap_or_else(|| json!({}));
            let id = products::new(state, &data["product_data"], &metadata);
            state.set(&id, "active", false);
            id
        },
        str::to_owned,
    );
    let id = prices::new(state, &product, data)?;
    state.set(&id, "active", false);
    Ok(id)
}

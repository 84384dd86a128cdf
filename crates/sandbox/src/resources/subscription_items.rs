//! What a subscription is for: a recurring price, how many, and the period that is billed now.
//!
//! An item lives within its subscription. What it was billed for its period is kept with it, because a credit gives back
//! what was debited (flexible billing).

use serde_json::{Map, Value, json};

use super::subscription_changes::{self, Change, Cycle};
use super::{calendar, prices, subscription_cycle};
use crate::state::{State, flag, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Call, Operation, list};

const MAX_QUANTITY: i64 = 999_999;

/// A price that is described instead of named.
macro_rules! price_data {
    () => {
        "{currency*:currency product*:id recurring*:{interval*:(day|month|week|year) interval_count:int} \
         tax_behavior:(exclusive|inclusive|unspecified) unit_amount:int unit_amount_decimal:decimal}"
    };
}
pub(crate) use price_data;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/subscription_items",
        concat!(
            "metadata:map payment_behavior:(allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete) \
             price:id proration_behavior:(always_invoice|create_prorations|none) proration_date:int quantity:int \
             subscription*:id price_data:",
            price_data!()
        ),
        |call| {
            let subscription = call.text("subscription").unwrap_or_default().to_owned();
            call.state.referred("subscription", &subscription, "subscription")?;
            let mut item = call.params.clone();
            item.retain(|name, _| matches!(name.as_str(), "price" | "price_data" | "quantity" | "metadata"));
            change(call, &subscription, &Value::Object(item))?;
            let items = call.state.own(&subscription)["items"]["data"].as_array();
            Ok(items.and_then(|items| items.last()).map(rendered).unwrap_or_default())
        },
    ),
    Operation::list("/v1/subscription_items", "subscription*:id", |call| {
        let subscription = call.text("subscription").unwrap_or_default();
        let found = call.state.referred("subscription", subscription, "subscription")?;
        list::slice(call.path, &call.params, of(found).iter().map(rendered).collect())
    }),
    Operation::get("/v1/subscription_items/{item}", "", |call| {
        let (_, item) = held(call)?;
        Ok(rendered(&item))
    }),
    Operation::post(
        "/v1/subscription_items/{item}",
        concat!(
            "metadata:map off_session:bool \
             payment_behavior:(allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete) price:id \
             proration_behavior:(always_invoice|create_prorations|none) proration_date:int quantity:int price_data:",
            price_data!()
        ),
        |call| {
            let (subscription, _) = held(call)?;
            let mut item = call.params.clone();
            item.retain(|name, _| matches!(name.as_str(), "price" | "price_data" | "quantity" | "metadata"));
            item.insert("id".to_owned(), json!(call.id()));
            change(call, &subscription, &Value::Object(item))?;
            let (_, item) = held(call)?;
            Ok(rendered(&item))
        },
    ),
    Operation::delete_with(
        "/v1/subscription_items/{item}",
        "off_session:bool payment_behavior:(allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete) \
         proration_behavior:(always_invoice|create_prorations|none) proration_date:int",
        |call| {
            let (subscription, _) = held(call)?;
            let id = call.id().to_owned();
            change(call, &subscription, &json!({ "id": id, "deleted": true }))?;
            Ok(json!({ "id": id, "object": "subscription_item", "deleted": true }))
        },
    ),
];

/// Changes one item of a subscription, as an update of the subscription would.
fn change(call: &mut Call<'_>, subscription: &str, item: &Value) -> Result<(), ApiError> {
    let found = call.state.own(subscription);
    if matches!(text(found, "status"), "canceled" | "incomplete_expired") {
        return Err(ApiError::invalid("The items of a canceled subscription cannot change."));
    }
    let customer = text(found, "customer").to_owned();
    call.state.keep_time_of(&customer);
    let mut change = Change::of(&call.params, Cycle::Kept);
    change.items = vec![item.clone()];
    let before = call.state.own(subscription).clone();
    subscription_changes::check_payment(call.state, subscription, &call.params, &change)?;
    let invoiced = subscription_changes::apply(call.state, subscription, &change)?;
    subscription_changes::tell(call.state, subscription, &before);
    subscription_changes::collect(call.state, invoiced.as_deref());
    subscription_cycle::plan(call.state, subscription);
    Ok(())
}

/// The item of the path with the subscription that holds it.
fn held(call: &Call<'_>) -> Result<(String, Value), ApiError> {
    let id = call.id();
    let needles = [json!(id).to_string()];
    call.state
        .shelf
        .newest_first("subscription", &needles)
        .find_map(|subscription| {
            let item = of(subscription).iter().find(|item| item["id"] == id)?;
            Some((text(subscription, "id").to_owned(), item.clone()))
        })
        .ok_or_else(|| ApiError::absent("subscription_item", id, "item").status(404))
}

pub(crate) fn of(subscription: &Value) -> &[Value] {
    subscription["items"]["data"].as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn as_list(subscription: &str, items: &[Value]) -> Value {
    json!({
        "object": "list", "data": items, "has_more": false,
        "url": format!("/v1/subscription_items?subscription={subscription}"),
    })
}

pub(crate) fn check_quantity(given: &Value, param: &str) -> Result<(), ApiError> {
    match given["quantity"].as_i64() {
        Some(quantity) if !(0..=MAX_QUANTITY).contains(&quantity) => {
            let message = format!("Invalid integer: quantity must be between 0 and {MAX_QUANTITY}");
            Err(ApiError::param(format!("{param}[quantity]"), message).code("parameter_invalid_integer"))
        }
        _ => Ok(()),
    }
}

/// The price one given item names or describes, checked to be one a subscription can have.
pub(crate) fn price_of(state: &mut State, given: &Value, param: &str) -> Result<Value, ApiError> {
    let named = format!("{param}[price]");
    check_quantity(given, param)?;
    let id = match (given["price"].as_str(), &given["price_data"]) {
        (Some(id), _) => id.to_owned(),
        (None, Value::Object(data)) => {
            let product = data
                .get("product")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            state.referred("product", &product, &format!("{param}[price_data][product]"))?;
            let id = prices::new(state, &product, &given["price_data"])?;
            state.set(&id, "active", false);
            id
        }
        _ => return Err(ApiError::missing(&named)),
    };
    let price = state.referred("price", &id, &named)?;
    if price["type"] != "recurring" {
        let message = format!(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`: {id}"
        );
        return Err(ApiError::param(named, message));
    }
    if !flag(price, "active") && given["price"].is_string() {
        let message = format!("The price specified is inactive. This field only accepts active prices: {id}");
        return Err(ApiError::param(named, message));
    }
    if !price["unit_amount"].is_i64() || price["recurring"]["usage_type"] == "metered" {
        let message = "This sandbox's subscriptions have licensed prices in whole minor units only.";
        return Err(ApiError::param(named, message));
    }
    Ok(price.clone())
}

/// A new item of a subscription whose periods are counted from the anchor.
pub(crate) fn new(state: &mut State, subscription: &Value, price: &Value, given: &Value) -> Value {
    let now = state.now();
    let anchor = int(subscription, "billing_cycle_anchor");
    let end = match subscription["trial_end"].as_i64().filter(|end| *end > now) {
        Some(trial_end) => trial_end,
        None => calendar::next(anchor, &price["recurring"], now),
    };
    json!({
        "id": format!("si_{}", state.dice.token(14)),
        "object": "subscription_item",
        "billing_thresholds": null,
        "created": now,
        "current_period_end": end,
        "current_period_start": now,
        "current_trial": null,
        "discounts": [],
        "metadata": metadata(given),
        "plan": plan(price),
        "price": price,
        "quantity": given["quantity"].as_i64().unwrap_or(1),
        "subscription": subscription["id"],
        "tax_rates": [],
        "_billed": null,
    })
}

fn metadata(given: &Value) -> Value {
    let mut object = Map::new();
    merge_metadata(&mut object, &given["metadata"]);
    object.shift_remove("metadata").unwrap_or_default()
}

/// A price seen as the plan of old.
pub(crate) fn plan(price: &Value) -> Value {
    json!({
        "id": price["id"], "object": "plan", "active": price["active"], "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"], "billing_scheme": "per_unit", "created": price["created"],
        "currency": price["currency"], "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"], "livemode": false, "metadata": price["metadata"],
        "meter": null, "nickname": price["nickname"], "product": price["product"], "tiers_mode": null,
        "transform_usage": null, "trial_period_days": null, "usage_type": "licensed",
    })
}

/// What an item costs for a whole period.
pub(crate) fn amount(item: &Value) -> i64 {
    int(&item["price"], "unit_amount").saturating_mul(int(item, "quantity"))
}

pub(crate) fn name(state: &State, price: &Value) -> String {
    text(state.own(text(price, "product")), "name").to_owned()
}

/// Writes down that an item has been billed an amount for the rest of its period.
pub(crate) fn billed(item: &mut Value, amount: i64, from: i64, line: &Value) {
    item["_billed"] = json!({ "amount": amount, "from": from, "line": line["id"], "invoice": line["invoice"] });
}

//! Events in the shape of API versions before 2025-03-31, made from those of today by moving what has moved since.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// All events as an endpoint of an old version would have got them, in their order.
pub(crate) fn all(events: &[Value]) -> Vec<Value> {
    let paid = |event: &&Value| event["type"] == "invoice_payment.paid";
    let payments: BTreeMap<String, Value> = events
        .iter()
        .filter(paid)
        .map(|event| &event["data"]["object"])
        .map(|payment| {
            (
                payment["invoice"].to_string(),
                payment["payment"]["payment_intent"].clone(),
            )
        })
        .collect();
    let mut old = Vec::new();
    for event in events.iter().filter(|event| !paid(event)) {
        let mut event = event.clone();
        event["api_version"] = json!("2025-02-24.acacia");
        let object = &mut event["data"]["object"];
        match object["object"].as_str() {
            Some("subscription") => subscription(object),
            Some("invoice") => invoice(object, &payments),
            _ => {}
        }
        old.push(event);
    }
    old
}

fn take(object: &mut Value, field: &str) -> Value {
    object
        .as_object_mut()
        .and_then(|fields| fields.shift_remove(field))
        .unwrap_or_default()
}

/// The period was told by the subscription, not by its items.
fn subscription(object: &mut Value) {
    for field in ["current_period_start", "current_period_end"] {
        let items = object["items"]["data"].as_array_mut().unwrap();
        let values: Vec<Value> = items.iter_mut().map(|item| take(item, field)).collect();
        object[field] = values.into_iter().next().unwrap_or_default();
    }
}

/// The subscription, the payment and the prices of the lines stood elsewhere.
fn invoice(object: &mut Value, payments: &BTreeMap<String, Value>) {
    let mut details = take(object, "parent")["subscription_details"].take();
    object["subscription"] = take(&mut details, "subscription");
    object["subscription_details"] = json!({ "metadata": details["metadata"] });
    object["paid"] = json!(object["status"] == "paid");
    object["payment_intent"] = payments.get(&object["id"].to_string()).cloned().unwrap_or_default();
    let currency = object["currency"].clone();
    for line in object["lines"]["data"].as_array_mut().unwrap() {
        let parent = take(line, "parent");
        let of_item = parent["type"] == "subscription_item_details";
        let details = &parent[if of_item {
            "subscription_item_details"
        } else {
            "invoice_item_details"
        }];
        line["type"] = json!(if of_item { "subscription" } else { "invoiceitem" });
        line["proration"] = details["proration"].clone();
        let price = take(line, "pricing")["price_details"].take();
        line["price"] = json!({
            "id": price["price"], "object": "price", "currency": currency, "product": price["product"], "unit_amount": null,
        });
    }
}

//! What customers may do by themselves in the billing portal.
//!
//! A session without a configuration has the account's own one, which is made when it is first needed and allows
//! everything that the portal's pages can do.

use serde_json::{Map, Value, json};

use super::take_over;
use crate::state::{State, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

const NOUN: &str = "billing_portal.configuration";

/// The features, as a request gives them.
macro_rules! features {
    () => {
        "{customer_update:{allowed_updates:[(address|email|name|phone|shipping|tax_id)] enabled:bool} \
         invoice_history:{enabled*:bool} payment_method_update:{enabled*:bool payment_method_configuration} \
         subscription_cancel:{cancellation_reason:{enabled*:bool feedback_options:[id] options:[id]} enabled:bool \
         mode:(at_period_end|immediately) proration_behavior:(always_invoice|create_prorations|none)} \
         subscription_pause:{duration:{interval_options:[{interval*:(day|month|week|year) interval_count:int}] \
         type*:(indefinite|interval_options)} enabled:bool} \
         subscription_update:{billing_cycle_anchor:(now|unchanged) default_allowed_updates:[(price|promotion_code|quantity)] \
         enabled:bool products:[{adjustable_quantity:{enabled*:bool maximum:int minimum:int} prices*:[id] product*:id}] \
         proration_behavior:(always_invoice|create_prorations|none) \
         schedule_at_period_end:{conditions:[{type*:(decreasing_item_amount|shortening_interval)}]} \
         trial_update_behavior:(continue_trial|end_trial)}}"
    };
}

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/billing_portal/configurations",
        concat!(
            "business_profile:{headline privacy_policy_url terms_of_service_url} default_return_url login_page:{enabled*:bool} \
             metadata:map name features*:",
            features!()
        ),
        create,
    ),
    Operation::list(
        "/v1/billing_portal/configurations",
        "active:bool is_default:bool",
        |call| {
            list::page(call.state, NOUN, call.path, &call.params, |configuration| {
                list::same(&call.params, configuration, &["active", "is_default"])
            })
        },
    ),
    Operation::get("/v1/billing_portal/configurations/{configuration}", "", |call| {
        call.found(NOUN, "configuration").map(rendered)
    }),
    Operation::post(
        "/v1/billing_portal/configurations/{configuration}",
        concat!(
            "active:bool business_profile:{headline privacy_policy_url terms_of_service_url} default_return_url \
             login_page:{enabled*:bool} metadata:map name features:",
            features!()
        ),
        update,
    ),
];

fn create(call: &mut Call<'_>) -> Answer {
    check(call)?;
    let id = new(call.state, &call.params.clone(), false);
    call.state.emit("billing_portal.configuration.created", &id);
    Ok(rendered(call.state.own(&id)))
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = call.found(NOUN, "configuration")?.clone();
    if before["is_default"] == true && call.flag("active") == Some(false) {
        let message = "The default configuration cannot be deactivated.";
        return Err(ApiError::param("active", message));
    }
    check(call)?;
    let id = call.id().to_owned();
    apply(call.state, &id, &call.params.clone());
    if rendered(call.state.own(&id)) != rendered(&before) {
        let now = call.state.now();
        call.state.set(&id, "updated", now);
        call.state
            .emit_change("billing_portal.configuration.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

/// The prices that subscriptions may change to must be there, and be of the products they are listed under.
fn check(call: &Call<'_>) -> Result<(), ApiError> {
    let features = call.value("features");
    let products = features["subscription_update"]["products"].as_array();
    for (index, entry) in products.into_iter().flatten().enumerate() {
        let param = format!("features[subscription_update][products][{index}]");
        let product = text(entry, "product");
        call.state.referred("product", product, &format!("{param}[product]"))?;
        for price in entry["prices"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let found = call.state.referred("price", price, &format!("{param}[prices]"))?;
            if found["product"] != product || found["type"] != "recurring" {
                let message = format!("{price} is not a recurring price of {product}.");
                return Err(ApiError::param(format!("{param}[prices]"), message));
            }
        }
    }
    Ok(())
}

fn new(state: &mut State, given: &Map<String, Value>, is_default: bool) -> String {
    let now = state.now();
    let value = json!({
        "id": state.dice.id("bpc").replace("bpc_3", "bpc_1"),
        "object": NOUN,
        "active": true,
        "application": null,
        "business_profile": { "headline": null, "privacy_policy_url": null, "terms_of_service_url": null },
        "created": now,
        "default_return_url": null,
        "features": {
            "customer_update": { "allowed_updates": [], "enabled": false },
            "invoice_history": { "enabled": false },
            "payment_method_update": { "enabled": false, "payment_method_configuration": null },
            "subscription_cancel": {
                "cancellation_reason": { "enabled": false, "feedback_options": null, "options": [] },
                "enabled": false, "mode": "at_period_end", "proration_behavior": "none",
            },
            "subscription_pause": { "duration": { "interval_options": [], "type": "indefinite" }, "enabled": false },
            "subscription_update": {
                "billing_cycle_anchor": null, "default_allowed_updates": [], "enabled": false, "products": null,
                "proration_behavior": "none", "schedule_at_period_end": { "conditions": [] },
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": is_default,
        "livemode": false,
        "login_page": { "enabled": false, "url": null },
        "metadata": {},
        "name": null,
        "updated": now,
    });
    let id = state.insert(NOUN, value);
    apply(state, &id, given);
    id
}

fn apply(state: &mut State, id: &str, given: &Map<String, Value>) {
    let login = format!("{}/p/login/{id}", state.base_url);
    state.update(id, |configuration| {
        take_over(configuration, given, &["active", "default_return_url", "name"]);
        for member in ["business_profile", "features"] {
            if let (Some(kept), Some(given)) = (configuration.get_mut(member), given.get(member)) {
                merge(kept, given);
            }
        }
        if let Some(enabled) = given.get("login_page").and_then(|page| page["enabled"].as_bool()) {
            configuration.insert(
                "login_page".to_owned(),
                json!({ "enabled": enabled, "url": enabled.then_some(login) }),
            );
        }
        if let Some(metadata) = given.get("metadata") {
            merge_metadata(configuration, metadata);
        }
    });
}

/// Sets what is given and leaves the rest; a list that is unset is an empty one.
fn merge(kept: &mut Value, given: &Value) {
    let (Value::Object(kept), Value::Object(given)) = (kept, given) else {
        return;
    };
    for (name, value) in given {
        match kept.get_mut(name) {
            Some(inner @ Value::Object(_)) if value.is_object() => merge(inner, value),
            Some(Value::Array(items)) if value.is_null() => items.clear(),
            _ => {
                kept.insert(name.clone(), completed(name, value));
            }
        }
    }
}

/// Products and durations with every member Stripe shows.
fn completed(name: &str, value: &Value) -> Value {
    let mut value = value.clone();
    for entry in value.as_array_mut().into_iter().flatten() {
        match name {
            "products" => {
                let given = entry["adjustable_quantity"].clone();
                entry["adjustable_quantity"] = json!({
                    "enabled": given["enabled"] == true, "maximum": given["maximum"],
                    "minimum": given["minimum"].as_i64().unwrap_or(1),
                });
            }
            "interval_options" => {
                let count = entry["interval_count"].as_i64().unwrap_or(1);
                entry["interval_count"] = json!(count);
            }
            _ => {}
        }
    }
    value
}

/// The account's own configuration.
pub(crate) fn default_one(state: &mut State) -> String {
    if let Some(found) = state
        .newest_first(NOUN)
        .find(|configuration| configuration["is_default"] == true)
    {
        return text(found, "id").to_owned();
    }
    let features = json!({
        "invoice_history": { "enabled": true },
        "payment_method_update": { "enabled": true },
        "subscription_cancel": { "enabled": true },
        "subscription_update": {
            "default_allowed_updates": ["price"], "enabled": true, "proration_behavior": "always_invoice",
        },
    });
    let mut given = Map::new();
    given.insert("features".to_owned(), features);
    new(state, &given, true)
}

//! Billing portal sessions: a customer's way, for a while, to their subscriptions, their payment method and their invoices.
//!
//! What the pages look like is in `pages`; here is what may be done through a session, and what doing it changes.

use serde_json::{Map, Value, json};

use super::subscription_changes as changes;
use super::{portal_configurations, setup_intents, subscription_items as items};
use crate::state::{State, flag, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation};

/// Seconds a session lives from when it was made or last used.
const LIFE_SECONDS: i64 = 3600;

pub(crate) const NOUN: &str = "billing_portal.session";

pub(crate) const OPERATIONS: &[Operation] = &[Operation::post(
    "/v1/billing_portal/sessions",
    "configuration:id customer*:id flow_data:{after_completion:{hosted_confirmation:{custom_message} \
     redirect:{return_url*} type*:(hosted_confirmation|portal_homepage|redirect)} subscription_cancel:{subscription*:id} \
     subscription_update:{subscription*:id} \
     type*:(payment_method_update|subscription_cancel|subscription_update)} locale on_behalf_of:id return_url:id",
    create,
)];

fn create(call: &mut Call<'_>) -> Answer {
    let customer = call.text("customer").unwrap_or_default().to_owned();
    call.state.referred("customer", &customer, "customer")?;
    let configuration = match call.text("configuration") {
        Some(id) => {
            let found = call
                .state
                .referred("billing_portal.configuration", id, "configuration")?;
            if !flag(found, "active") {
                let message = "This configuration is not active.";
                return Err(ApiError::param("configuration", message));
            }
            id.to_owned()
        }
        None => portal_configurations::default_one(call.state),
    };
    let flow = flow(call, &customer, &configuration)?;
    let token = call.state.dice.token(40);
    let settled = call.state.own(&configuration);
    let return_url = match call.text("return_url") {
        Some(url) => json!(url),
        None => settled["default_return_url"].clone(),
    };
    let now = call.state.clock.now();
    let value = json!({
        "id": call.state.dice.id("bps").replace("bps_3", "bps_1"),
        "object": NOUN,
        "configuration": configuration,
        "created": now,
        "customer": customer,
        "customer_account": null,
        "flow": flow,
        "livemode": false,
        "locale": call.value("locale"),
        "on_behalf_of": call.value("on_behalf_of"),
        "return_url": return_url,
        "url": format!("{}/p/session/{token}", call.state.base_url),
        "_token": token,
        "_expires": now + LIFE_SECONDS,
    });
    let id = call.state.insert(NOUN, value);
    call.state.emit("billing_portal.session.created", &id);
    Ok(rendered(call.state.own(&id)))
}

/// The one thing the session is for, if it is for one only.
fn flow(call: &Call<'_>, customer: &str, configuration: &str) -> Result<Value, ApiError> {
    let given = call.value("flow_data");
    if given.is_null() {
        return Ok(Value::Null);
    }
    let kind = text(&given, "type");
    if !flag(&call.state.own(configuration)["features"][kind], "enabled") {
        let message = format!("The feature {kind} is not enabled in the portal's configuration.");
        return Err(ApiError::param("flow_data[type]", message));
    }
    let mut flow = json!({
        "after_completion": { "hosted_confirmation": null, "redirect": null, "type": "portal_homepage" },
        "customer_update": null, "subscription_cancel": null, "subscription_pause": null, "subscription_update": null,
        "subscription_update_confirm": null, "type": kind,
    });
    if kind != "payment_method_update" {
        let param = format!("flow_data[{kind}][subscription]");
        let subscription = given[kind]["subscription"]
            .as_str()
            .ok_or_else(|| ApiError::missing(&param))?;
        let found = call.state.referred("subscription", subscription, &param)?;
        if found["customer"] != customer {
            return Err(ApiError::param(param, "This subscription belongs to another customer."));
        }
        flow[kind] = json!({ "subscription": subscription });
        if kind == "subscription_cancel" {
            flow[kind]["retention"] = Value::Null;
        }
    }
    if let Value::Object(after) = &given["after_completion"] {
        flow["after_completion"]["type"] = after["type"].clone();
        if let Some(url) = after.get("redirect").and_then(|to| to["return_url"].as_str()) {
            flow["after_completion"]["redirect"] = json!({ "return_url": url });
        }
        if let Some(said) = after.get("hosted_confirmation") {
            flow["after_completion"]["hosted_confirmation"] = json!({ "custom_message": said["custom_message"] });
        }
    }
    Ok(flow)
}

/// The session behind a page, if it still lives; it lives on from now.
pub(crate) fn visited(state: &mut State, token: &str) -> Option<Value> {
    let now = state.clock.now();
    let session = state.naming(NOUN, "_token", token).into_iter().next()?.clone();
    if session["_expires"].as_i64().is_none_or(|time| time <= now) {
        return None;
    }
    state.set(text(&session, "id"), "_expires", now + LIFE_SECONDS);
    state.keep_time_of(text(&session, "customer"));
    Some(session)
}

pub(crate) fn feature<'a>(state: &'a State, session: &Value, name: &str) -> &'a Value {
    &state.own(text(session, "configuration"))["features"][name]
}

pub(crate) fn allows(state: &State, session: &Value, name: &str) -> bool {
    flag(feature(state, session, name), "enabled")
}

/// The subscriptions the customer sees: those that have not ended.
pub(crate) fn subscriptions(state: &State, session: &Value) -> Vec<Value> {
    let found = state.naming("subscription", "customer", text(session, "customer"));
    let live = |subscription: &&Value| !matches!(text(subscription, "status"), "canceled" | "incomplete_expired");
    found.into_iter().filter(live).cloned().collect()
}

/// A subscription that the session's customer has.
pub(crate) fn subscription(state: &State, session: &Value, id: &str) -> Result<Value, ApiError> {
    let mine = subscriptions(state, session)
        .into_iter()
        .find(|found| found["id"] == id);
    mine.ok_or_else(|| ApiError::invalid("This subscription has ended, or is not yours."))
}

fn permitted(state: &State, session: &Value, name: &str) -> Result<(), ApiError> {
    if allows(state, session, name) {
        return Ok(());
    }
    Err(ApiError::invalid("This cannot be done here. Please ask the shop."))
}

/// The prices the plan of a subscription can be changed to: those the configuration lists, or else all of its currency.
pub(crate) fn choices(state: &State, session: &Value, subscription: &Value) -> Vec<Value> {
    let feature = feature(state, session, "subscription_update");
    let listed: Option<Vec<&str>> = feature["products"].as_array().map(|products| {
        let prices = products.iter().filter_map(|product| product["prices"].as_array());
        prices.flatten().filter_map(Value::as_str).collect()
    });
    let fits = |price: &&Value| {
        price["type"] == "recurring"
            && price["active"] == true
            && price["currency"] == subscription["currency"]
            && price["unit_amount"].is_i64()
            && state.own(text(price, "product"))["active"] == true
            && listed.as_ref().is_none_or(|listed| listed.contains(&text(price, "id")))
    };
    let mut prices: Vec<Value> = state.newest_first("price").filter(fits).cloned().collect();
    prices.sort_by_key(|price| price["unit_amount"].as_i64());
    prices
}

/// What an update of the subscription would say that changes its plan.
pub(crate) fn plan_change(
    state: &State,
    session: &Value,
    subscription: &Value,
    price: &str,
) -> Result<Map<String, Value>, ApiError> {
    permitted(state, session, "subscription_update")?;
    let offered = choices(state, session, subscription);
    if !offered.iter().any(|offered| offered["id"] == price) {
        return Err(ApiError::invalid("Please choose one of the plans."));
    }
    let [item] = items::of(subscription) else {
        return Err(ApiError::invalid(
            "A subscription to several things cannot be changed here.",
        ));
    };
    let feature = feature(state, session, "subscription_update");
    let mut params = Map::new();
    params.insert("items".to_owned(), json!([{ "id": item["id"], "price": price }]));
    params.insert("proration_behavior".to_owned(), feature["proration_behavior"].clone());
    if feature["billing_cycle_anchor"] == "now" {
        params.insert("billing_cycle_anchor".to_owned(), json!({ "type": "now" }));
    }
    if subscription["status"] == "trialing" && feature["trial_update_behavior"] == "end_trial" {
        params.insert("trial_end".to_owned(), json!("now"));
    }
    Ok(params)
}

pub(crate) fn change_plan(state: &mut State, session: &Value, id: &str, price: &str) -> Result<(), ApiError> {
    let found = subscription(state, session, id)?;
    let params = plan_change(state, session, &found, price)?;
    changes::perform(state, id, params)
}

/// Ends a subscription as the configuration says: with its period, or at once.
pub(crate) fn cancel(state: &mut State, session: &Value, id: &str) -> Result<(), ApiError> {
    subscription(state, session, id)?;
    permitted(state, session, "subscription_cancel")?;
    let feature = feature(state, session, "subscription_cancel").clone();
    let mut params = Map::new();
    if feature["mode"] != "immediately" {
        params.insert("cancel_at_period_end".to_owned(), json!(true));
        return changes::perform(state, id, params);
    }
    params.insert("prorate".to_owned(), json!(feature["proration_behavior"] != "none"));
    params.insert(
        "invoice_now".to_owned(),
        json!(feature["proration_behavior"] == "always_invoice"),
    );
    changes::cancel_now(state, id, &params);
    Ok(())
}

/// Takes back that a subscription ends with its period.
pub(crate) fn renew(state: &mut State, session: &Value, id: &str) -> Result<(), ApiError> {
    let found = subscription(state, session, id)?;
    permitted(state, session, "subscription_cancel")?;
    if found["cancel_at"].is_null() {
        return Ok(());
    }
    let mut params = Map::new();
    params.insert("cancel_at_period_end".to_owned(), json!(false));
    changes::perform(state, id, params)
}

/// Saves a new payment method, by a setup intent as a checkout would; gives the intent, which may ask for a challenge.
pub(crate) fn save_method(state: &mut State, session: &Value, method: &str, back: &str) -> Result<String, ApiError> {
    permitted(state, session, "payment_method_update")?;
    let mut given = Map::new();
    given.insert("customer".to_owned(), session["customer"].clone());
    let intent = setup_intents::new(state, &given, &json!({}), None);
    state.set(&intent, "_portal", session["id"].clone());
    setup_intents::attempt(state, &intent, method, &json!(back))?;
    method_saved(state, &intent);
    Ok(intent)
}

/// A method saved through the portal pays from now on: the customer's invoices, and what has a method of its own.
pub(crate) fn method_saved(state: &mut State, intent: &str) {
    let object = state.own(intent).clone();
    if object["_portal"].is_null() || object["status"] != "succeeded" {
        return;
    }
    let method = object["payment_method"].clone();
    let customer = text(&object, "customer").to_owned();
    let before = state.own(&customer).clone();
    state.update(&customer, |customer| {
        customer["invoice_settings"]["default_payment_method"] = method.clone();
    });
    if state.own(&customer) != &before {
        state.emit_change("customer.updated", &customer, &before);
    }
    let own: Vec<String> = state
        .naming("subscription", "customer", &customer)
        .into_iter()
        .filter(|subscription| subscription["default_payment_method"].is_string() && subscription["ended_at"].is_null())
        .map(|subscription| text(subscription, "id").to_owned())
        .collect();
    for id in own {
        let before = state.own(&id).clone();
        state.set(&id, "default_payment_method", method.clone());
        changes::tell(state, &id, &before);
    }
}

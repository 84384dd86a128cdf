//! Setup intents: a payment method made ready for later, with no money moved.

use serde_json::{Map, Value, json};

use super::payment_intents::{method_types, refuse_types};
use super::test_cards::Conduct;
use super::{payment_methods, payments, take_over};
use crate::state::{State, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/setup_intents",
        "allowed_payment_method_types:[id] attach_to_self:bool \
         automatic_payment_methods:{allow_redirects:(always|never) enabled*:bool} confirm:bool customer:id description \
         excluded_payment_method_types:[id] flow_directions:any mandate_data:any metadata:map on_behalf_of:id \
         payment_method:id payment_method_configuration:id payment_method_data:any payment_method_options:any \
         payment_method_types:[id] return_url single_use:any usage:(off_session|on_session) use_stripe_sdk:bool",
        create,
    ),
    Operation::list(
        "/v1/setup_intents",
        "attach_to_self:bool created:range customer:id payment_method:id",
        |call| {
            list::page(call.state, "setup_intent", call.path, &call.params, |intent| {
                list::same(&call.params, intent, &["customer", "payment_method"])
            })
        },
    ),
    Operation::get("/v1/setup_intents/{intent}", "client_secret", |call| {
        call.found("setup_intent", "intent").map(rendered)
    }),
    Operation::post(
        "/v1/setup_intents/{intent}",
        "allowed_payment_method_types:[id] attach_to_self:bool customer:id description excluded_payment_method_types:[id] \
         flow_directions:any metadata:map payment_method:id payment_method_configuration:id payment_method_data:any \
         payment_method_options:any payment_method_types:[id]",
        update,
    ),
    Operation::post(
        "/v1/setup_intents/{intent}/confirm",
        "allowed_payment_method_types:[id] mandate_data:any payment_method:id payment_method_data:any \
         payment_method_options:any payment_method_types:[id] return_url use_stripe_sdk:bool",
        |call| {
            let id = text(call.found("setup_intent", "intent")?, "id").to_owned();
            refuse_types(call)?;
            confirm(call, &id)?;
            Ok(rendered(call.state.own(&id)))
        },
    ),
    Operation::post(
        "/v1/setup_intents/{intent}/cancel",
        "cancellation_reason:(abandoned|duplicate|requested_by_customer)",
        |call| {
            let status = text(call.found("setup_intent", "intent")?, "status").to_owned();
            let id = call.id().to_owned();
            if !status.starts_with("requires_") {
                let message = format!("You cannot cancel this SetupIntent because it has a status of {status}.");
                return Err(unexpected(call.state, &id, message));
            }
            let reason = call.value("cancellation_reason");
            cancel_now(call.state, &id, &reason);
            Ok(rendered(call.state.own(&id)))
        },
    ),
];

pub(crate) fn cancel_now(state: &mut State, id: &str, reason: &Value) {
    state.update(id, |intent| {
        intent.insert("status".to_owned(), json!("canceled"));
        intent.insert("cancellation_reason".to_owned(), reason.clone());
        intent.insert("next_action".to_owned(), Value::Null);
    });
    state.emit("setup_intent.canceled", id);
}

fn unexpected(state: &State, id: &str, message: String) -> ApiError {
    ApiError::invalid(message)
        .code("setup_intent_unexpected_state")
        .with("setup_intent", rendered(state.own(id)))
}

fn create(call: &mut Call<'_>) -> Answer {
    refuse_types(call)?;
    if let Some(customer) = call.text("customer").map(str::to_owned) {
        call.state.referred("customer", &customer, "customer")?;
    }
    let method = given_method(call)?;
    let (params, metadata) = (call.params.clone(), call.metadata());
    let id = new(call.state, &params, &metadata, method.as_deref());
    if call.flag("confirm") == Some(true) {
        confirm(call, &id)?;
    }
    Ok(rendered(call.state.own(&id)))
}

/// A new intent from its parameters; writes `setup_intent.created`.
pub(crate) fn new(state: &mut State, given: &Map<String, Value>, metadata: &Value, method: Option<&str>) -> String {
    let id = state.dice.id("seti").replace("seti_3", "seti_1");
    let secret = format!("{id}_secret_{}", state.dice.token(31));
    let member = |name: &str| given.get(name).cloned().unwrap_or_default();
    let value = json!({
        "id": id,
        "object": "setup_intent",
        "allowed_payment_method_types": member("allowed_payment_method_types"),
        "application": null,
        "automatic_payment_methods": if given.contains_key("payment_method_types") { Value::Null } else {
            json!({ "allow_redirects": "always", "enabled": true })
        },
        "cancellation_reason": null,
        "client_secret": secret,
        "created": state.now(),
        "customer": member("customer"),
        "customer_account": null,
        "description": member("description"),
        "excluded_payment_method_types": member("excluded_payment_method_types"),
        "flow_directions": null,
        "last_setup_error": null,
        "latest_attempt": null,
        "livemode": false,
        "managed_payments": { "enabled": false },
        "mandate": null,
        "metadata": metadata,
        "next_action": null,
        "on_behalf_of": member("on_behalf_of"),
        "payment_method": method,
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "mandate_options": null, "network": null, "request_three_d_secure": "automatic" } },
        "payment_method_types": method_types(given, "usd"),
        "single_use_mandate": null,
        "status": if method.is_some() { "requires_confirmation" } else { "requires_payment_method" },
        "usage": given.get("usage").cloned().unwrap_or_else(|| json!("off_session")),
    });
    state.insert("setup_intent", value);
    state.emit("setup_intent.created", &id);
    id
}

fn given_method(call: &mut Call<'_>) -> Result<Option<String>, ApiError> {
    let data = call.value("payment_method_data");
    if data.is_object() {
        return payment_methods::create(call.state, &data, "payment_method_data").map(Some);
    }
    let Some(reference) = call.text("payment_method").map(str::to_owned) else {
        return Ok(None);
    };
    payment_methods::resolve(call.state, &reference, "payment_method").map(Some)
}

fn confirm(call: &mut Call<'_>, id: &str) -> Result<(), ApiError> {
    let intent = call.state.own(id).clone();
    let status = text(&intent, "status");
    if !status.starts_with("requires_") {
        let message = format!("You cannot confirm this SetupIntent because it has a status of {status}.");
        return Err(unexpected(call.state, id, message));
    }
    let given = given_method(call)?;
    let Some(method) = given.or_else(|| intent["payment_method"].as_str().map(str::to_owned)) else {
        let message = "You cannot confirm this SetupIntent because it's missing a payment method.";
        return Err(unexpected(call.state, id, message.to_owned()));
    };
    let return_url = call.value("return_url");
    attempt(call.state, id, &method, &return_url)
}

/// Tries to set a payment method up: it is ready, its bank asks the buyer first, or refuses.
pub(crate) fn attempt(state: &mut State, id: &str, method: &str, return_url: &Value) -> Result<(), ApiError> {
    state.set(id, "payment_method", method);
    match payment_methods::conduct(state.own(method)) {
        Conduct::Decline(refusal) => {
            let shown = rendered(state.own(method));
            let error = payments::card_error(refusal).with("payment_method", shown);
            Err(fail(state, id, error))
        }
        Conduct::Challenge(_) | Conduct::ChallengeUnlessSetUp => {
            let url = format!("{}/c/challenge/{id}", state.base_url);
            let action = match return_url {
                Value::Null => {
                    json!({ "type": "use_stripe_sdk", "use_stripe_sdk": { "type": "three_d_secure_redirect", "stripe_js": url } })
                }
                return_url => {
                    json!({ "type": "redirect_to_url", "redirect_to_url": { "return_url": return_url, "url": url } })
                }
            };
            state.update(id, |intent| {
                intent.insert("status".to_owned(), json!("requires_action"));
                intent.insert("next_action".to_owned(), action);
                intent.insert("_return_url".to_owned(), return_url.clone());
            });
            state.emit("setup_intent.requires_action", id);
            Ok(())
        }
        _ => {
            succeed(state, id);
            Ok(())
        }
    }
}

/// The method is ready, and attached to the customer if there is one.
pub(crate) fn succeed(state: &mut State, id: &str) {
    let intent = state.own(id).clone();
    let (method, customer) = (
        text(&intent, "payment_method").to_owned(),
        text(&intent, "customer").to_owned(),
    );
    state.set(&method, "_set_up", true);
    if !customer.is_empty() && state.own(&method)["customer"].is_null() {
        state.set(&method, "customer", customer);
        state.emit("payment_method.attached", &method);
    }
    state.update(id, |intent| {
        intent.insert("status".to_owned(), json!("succeeded"));
        intent.insert("next_action".to_owned(), Value::Null);
        intent.insert("last_setup_error".to_owned(), Value::Null);
    });
    state.emit("setup_intent.succeeded", id);
}

/// The method cannot be used; another one is asked for.
pub(crate) fn fail(state: &mut State, id: &str, error: ApiError) -> ApiError {
    let last_error = error.object(None);
    state.update(id, |intent| {
        intent.insert("status".to_owned(), json!("requires_payment_method"));
        intent.insert("payment_method".to_owned(), Value::Null);
        intent.insert("next_action".to_owned(), Value::Null);
        intent.insert("last_setup_error".to_owned(), last_error);
    });
    state.emit("setup_intent.setup_failed", id);
    error.with("setup_intent", rendered(state.own(id)))
}

fn update(call: &mut Call<'_>) -> Answer {
    refuse_types(call)?;
    call.found("setup_intent", "intent")?;
    let id = call.id().to_owned();
    if let Some(customer) = call.text("customer").map(str::to_owned) {
        call.state.referred("customer", &customer, "customer")?;
    }
    let method = given_method(call)?;
    let params = &call.params;
    call.state.update(&id, |intent| {
        take_over(intent, params, &["customer", "description"]);
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(intent, metadata);
        }
        if let Some(method) = method {
            intent.insert("payment_method".to_owned(), json!(method));
            intent.insert("status".to_owned(), json!("requires_confirmation"));
        }
    });
    Ok(rendered(call.state.own(&id)))
}

//! Customers, and the payment methods attached to them.

use serde_json::{Value, json};

use super::{address, take_over};
use crate::state::{State, merge_metadata, rendered};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/customers",
        "address:{city country line1 line2 postal_code state} balance:int business_name cash_balance:any description email \
         individual_name invoice_prefix invoice_settings:{custom_fields:any default_payment_method footer \
         rendering_options:any} metadata:map name next_invoice_sequence:int payment_method:id phone \
         preferred_locales:[str] shipping:{address*:{city country line1 line2 postal_code state} name* phone} source:id \
         tax:any tax_exempt:(exempt|none|reverse) tax_id_data:any test_clock:id validate:bool",
        create,
    ),
    Operation::list("/v1/customers", "created:range email test_clock:id", |call| {
        list::page(call.state, "customer", call.path, &call.params, |customer| {
            list::same(&call.params, customer, &["email", "test_clock"])
        })
    }),
    Operation::get("/v1/customers/{id}", "", |call| {
        call.found("customer", "id").map(rendered)
    }),
    Operation::post(
        "/v1/customers/{id}",
        "address:{city country line1 line2 postal_code state} balance:int business_name cash_balance:any default_source:id \
         description email individual_name invoice_prefix invoice_settings:{custom_fields:any default_payment_method \
         footer rendering_options:any} metadata:map name next_invoice_sequence:int phone preferred_locales:[str] \
         shipping:{address*:{city country line1 line2 postal_code state} name* phone} source:id tax:any \
         tax_exempt:(exempt|none|reverse) validate:bool",
        update,
    ),
    Operation::delete("/v1/customers/{id}", delete),
    Operation::list(
        "/v1/customers/{customer}/payment_methods",
        "allow_redisplay type",
        payment_methods,
    ),
    Operation::get(
        "/v1/customers/{customer}/payment_methods/{payment_method}",
        "",
        payment_method,
    ),
];

/// The members that are given and kept as they are.
const PLAIN: &[&str] = &[
    "balance",
    "description",
    "email",
    "name",
    "phone",
    "preferred_locales",
    "tax_exempt",
    "next_invoice_sequence",
    "invoice_prefix",
];

fn create(call: &mut Call<'_>) -> Answer {
    let payment_method = call.text("payment_method").or(call.text("source")).map(str::to_owned);
    let payment_method = match payment_method {
        Some(reference) => Some(super::payment_methods::resolve(
            call.state,
            &reference,
            "payment_method",
        )?),
        None => None,
    };
    let clock = call.text("test_clock").map(str::to_owned);
    if let Some(clock) = &clock {
        call.state.referred("test_helpers.test_clock", clock, "test_clock")?;
        call.state.keep_time(clock);
    }
    let prefix = call.state.dice.token(8).to_uppercase();
    let id = new(call.state, &prefix);
    call.state.set(&id, "test_clock", json!(clock));
    // A test name given as the default too stands for the method that is attached here.
    let reference = call.text("payment_method").map(str::to_owned);
    if let Some(method) = payment_method.clone()
        && call.value("invoice_settings")["default_payment_method"].as_str() == reference.as_deref()
        && let Some(settings) = call.params.get_mut("invoice_settings")
    {
        call.state.set(&method, "customer", id.clone());
        settings["default_payment_method"] = json!(method);
    }
    apply(call, &id)?;
    let metadata = call.metadata();
    call.state.set(&id, "metadata", metadata);
    if let Some(method) = payment_method {
        super::payment_methods::attach_to(call.state, &method, &id)?;
    }
    call.state.emit("customer.created", &id);
    Ok(rendered(call.state.own(&id)))
}

fn new(state: &mut State, invoice_prefix: &str) -> String {
    let token = state.dice.token(14);
    let value = json!({
        "id": format!("cus_{token}"),
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": state.now(),
        "currency": null,
        "customer_account": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "invoice_prefix": invoice_prefix,
        "invoice_settings": { "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null },
        "livemode": false,
        "metadata": {},
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    });
    state.insert("customer", value)
}

/// The customer a checkout makes for its buyer.
pub(crate) fn from_checkout(state: &mut State, email: &Value, name: &Value) -> String {
    let prefix = state.dice.token(8).to_uppercase();
    let id = new(state, &prefix);
    state.set(&id, "email", email.clone());
    state.set(&id, "name", name.clone());
    state.emit("customer.created", &id);
    id
}

/// Writes what was given, metadata apart.
fn apply(call: &mut Call<'_>, id: &str) -> Result<(), ApiError> {
    if let Some(method) = call
        .value("invoice_settings")
        .get("default_payment_method")
        .and_then(Value::as_str)
    {
        let found = call
            .state
            .referred("payment_method", method, "invoice_settings[default_payment_method]")?;
        if found["customer"] != id {
            let message = format!(
                "The customer does not have a payment method with the ID {method}. The payment method must be attached to the customer."
            );
            return Err(ApiError::param("invoice_settings[default_payment_method]", message).code("resource_missing"));
        }
    }
    if let Some(email) = call.text("email").filter(|email| !email.contains('@')) {
        return Err(ApiError::param("email", format!("Invalid email address: {email}")).code("email_invalid"));
    }
    let params = &call.params;
    call.state.update(id, |customer| {
        take_over(customer, params, PLAIN);
        take_over(customer, params, &["business_name", "individual_name"]);
        if customer["preferred_locales"].is_null() {
            customer["preferred_locales"] = json!([]);
        }
        if customer["tax_exempt"].is_null() {
            customer["tax_exempt"] = json!("none");
        }
        if let Some(given) = params.get("address") {
            customer["address"] = if given.is_null() { Value::Null } else { address(given) };
        }
        if let Some(given) = params.get("shipping") {
            customer["shipping"] = match given {
                Value::Null => Value::Null,
                given => {
                    json!({ "address": address(&given["address"]), "name": given["name"], "phone": given["phone"] })
                }
            };
        }
        for name in ["default_payment_method", "footer"] {
            if let Some(given) = params.get("invoice_settings").and_then(|settings| settings.get(name)) {
                customer["invoice_settings"][name] = given.clone();
            }
        }
    });
    Ok(())
}

/// The path's customer, unless it has been deleted.
fn present(call: &Call<'_>) -> Result<Value, ApiError> {
    let customer = call.found("customer", "id")?;
    if customer.get("deleted").is_some() {
        return Err(ApiError::absent("customer", call.id(), "id").status(404));
    }
    Ok(customer.clone())
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = present(call)?;
    let id = call.id().to_owned();
    apply(call, &id)?;
    if let Some(metadata) = call.params.get("metadata") {
        call.state.update(&id, |customer| merge_metadata(customer, metadata));
    }
    if call.state.own(&id) != &before {
        call.state.emit_change("customer.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

fn delete(call: &mut Call<'_>) -> Answer {
    present(call)?;
    let id = call.id().to_owned();
    call.state.keep_time_of(&id);
    super::subscription_cycle::end_all(call.state, &id);
    let attached: Vec<String> = attached_to(call.state, &id)
        .into_iter()
        .map(|method| method["id"].as_str().unwrap_or("").to_owned())
        .collect();
    for method in attached {
        super::payment_methods::detach_from(call.state, &method);
    }
    call.state.emit("customer.deleted", &id);
    let gone = json!({ "id": id, "object": "customer", "deleted": true });
    call.state.remove(&id, Some(gone.clone()));
    Ok(gone)
}

fn attached_to<'a>(state: &'a State, customer: &str) -> Vec<&'a Value> {
    state.naming("payment_method", "customer", customer)
}

fn payment_methods(call: &mut Call<'_>) -> Answer {
    present(call).map_err(|error| error.for_param("customer"))?;
    let customer = call.id().to_owned();
    list::page(call.state, "payment_method", call.path, &call.params, |method| {
        method["customer"] == customer.as_str() && list::same(&call.params, method, &["type", "allow_redisplay"])
    })
}

fn payment_method(call: &mut Call<'_>) -> Answer {
    let customer = present(call).map_err(|error| error.for_param("customer"))?;
    let id = &call.ids[1];
    let found = call
        .state
        .find("payment_method", id)
        .filter(|method| method["customer"] == customer["id"]);
    found
        .map(rendered)
        .ok_or_else(|| ApiError::absent("payment_method", id, "payment_method").status(404))
}

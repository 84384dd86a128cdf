//! Payment intents: the life of one payment, from what it asks for to success, capture or cancellation.

use serde_json::{Map, Value, json};

use super::payments::{self, Attempt};
use super::{charges, money, payment_methods, shipping, take_over};
use crate::state::{State, flag, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/payment_intents",
        "allowed_payment_method_types:[id] amount*:int amount_details:any application_fee_amount:int \
         automatic_payment_methods:{allow_redirects:(always|never) enabled*:bool} \
         capture_method:(automatic|automatic_async|manual) confirm:bool confirmation_method:(automatic|manual) \
         currency*:currency customer:id description error_on_requires_action:bool excluded_payment_method_types:[id] \
         hooks:any mandate:id mandate_data:any metadata:map off_session:(true|false|one_off|recurring) on_behalf_of:id \
         payment_details:any payment_method:id payment_method_configuration:id payment_method_data:any \
         payment_method_options:any payment_method_types:[id] radar_options:any receipt_email return_url \
         setup_future_usage:(off_session|on_session) shipping:any statement_descriptor statement_descriptor_suffix \
         transfer_data:any transfer_group use_stripe_sdk:bool",
        create,
    ),
    Operation::list(
        "/v1/payment_intents",
        "created:range customer:id customer_account:id",
        |call| {
            list::page(call.state, "payment_intent", call.path, &call.params, |intent| {
                list::same(&call.params, intent, &["customer", "customer_account"])
            })
        },
    ),
    Operation::get("/v1/payment_intents/{intent}", "client_secret", |call| {
        let intent = call.found("payment_intent", "intent")?;
        if call
            .text("client_secret")
            .is_some_and(|secret| secret != text(intent, "client_secret"))
        {
            let message =
                "The client_secret provided does not match the client_secret associated with the PaymentIntent.";
            return Err(ApiError::param("client_secret", message).code("payment_intent_invalid_parameter"));
        }
        Ok(rendered(intent))
    }),
    Operation::post(
        "/v1/payment_intents/{intent}",
        "allowed_payment_method_types:[id] amount:int amount_details:any application_fee_amount:int \
         capture_method:(automatic|automatic_async|manual) currency:currency customer:id description \
         excluded_payment_method_types:[id] hooks:any metadata:map payment_details:any payment_method:id \
         payment_method_configuration:id payment_method_data:any payment_method_options:any payment_method_types:[id] \
         receipt_email setup_future_usage:(off_session|on_session) shipping:any statement_descriptor \
         statement_descriptor_suffix transfer_data:any transfer_group",
        update,
    ),
    Operation::post(
        "/v1/payment_intents/{intent}/confirm",
        "allowed_payment_method_types:[id] amount_details:any amount_to_confirm:int \
         capture_method:(automatic|automatic_async|manual) error_on_requires_action:bool \
         excluded_payment_method_types:[id] hooks:any mandate:id mandate_data:any \
         off_session:(true|false|one_off|recurring) payment_details:any payment_method:id payment_method_data:any \
         payment_method_options:any payment_method_types:[id] radar_options:any receipt_email return_url \
         setup_future_usage:(off_session|on_session) shipping:any use_stripe_sdk:bool",
        |call| {
            let id = text(call.found("payment_intent", "intent")?, "id").to_owned();
            refuse_types(call)?;
            keep_given(call, &id);
            confirm(call, &id)?;
            Ok(rendered(call.state.own(&id)))
        },
    ),
    Operation::post(
        "/v1/payment_intents/{intent}/cancel",
        "cancellation_reason:(abandoned|duplicate|fraudulent|requested_by_customer)",
        cancel,
    ),
    Operation::post(
        "/v1/payment_intents/{intent}/capture",
        "amount_details:any amount_to_capture:int application_fee_amount:int final_capture:bool hooks:any metadata:map \
         payment_details:any statement_descriptor statement_descriptor_suffix transfer_data:any",
        capture,
    ),
];

/// Since endive the types are no longer a parameter; requests without a version, and older ones, may still send them.
pub(crate) fn refuse_types(call: &Call<'_>) -> Result<(), ApiError> {
    if call.params.contains_key("payment_method_types") && !call.lenient {
        let message = "The payment_method_types parameter is no longer supported. Use automatic_payment_methods, \
                       allowed_payment_method_types or excluded_payment_method_types instead.";
        return Err(ApiError::param("payment_method_types", message)
            .code("payment_method_types_no_longer_supported")
            .unexecuted());
    }
    Ok(())
}

pub(crate) fn check_amount(amount: i64, currency: &str) -> Result<(), ApiError> {
    let (least, most) = money::limits(currency);
    if amount < 1 {
        return Err(ApiError::param("amount", "Invalid positive integer").code("parameter_invalid_integer"));
    }
    if amount < least {
        let message = format!("Amount must be at least {}", money::shown(least, currency));
        return Err(ApiError::param("amount", message).code("amount_too_small"));
    }
    if amount > most {
        let message = format!("Amount must be no more than {}", money::shown(most, currency));
        return Err(ApiError::param("amount", message).code("amount_too_large"));
    }
    Ok(())
}

/// The methods that can pay in a currency, after what the request allows and excludes.
pub(crate) fn method_types(params: &Map<String, Value>, currency: &str) -> Value {
    let list = |name: &str| params.get(name).and_then(Value::as_array);
    if let Some(types) = list("payment_method_types") {
        return json!(types);
    }
    let mut types = vec!["card"];
    match currency {
        "usd" => types.push("us_bank_account"),
        "eur" => types.push("sepa_debit"),
        _ => {}
    }
    types.retain(|kind| list("allowed_payment_method_types").is_none_or(|allowed| allowed.contains(&json!(kind))));
    types.retain(|kind| list("excluded_payment_method_types").is_none_or(|excluded| !excluded.contains(&json!(kind))));
    json!(types)
}

/// A new intent from its parameters; writes `payment_intent.created`.
pub(crate) fn new(state: &mut State, given: &Map<String, Value>, metadata: &Value) -> String {
    let id = state.dice.id("pi");
    let secret = format!("{id}_secret_{}", state.dice.token(25));
    let member = |name: &str| given.get(name).cloned().unwrap_or_default();
    let currency = given.get("currency").and_then(Value::as_str).unwrap_or("usd");
    let automatic = match given.get("automatic_payment_methods") {
        Some(Value::Object(automatic)) => json!({
            "allow_redirects": automatic.get("allow_redirects").cloned().unwrap_or_else(|| json!("always")),
            "enabled": automatic.get("enabled"),
        }),
        _ if given.contains_key("payment_method_types") => Value::Null,
        _ => json!({ "allow_redirects": "always", "enabled": true }),
    };
    let value = json!({
        "id": id,
        "object": "payment_intent",
        "allowed_payment_method_types": member("allowed_payment_method_types"),
        "amount": given["amount"],
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": 0,
        "application": null,
        "application_fee_amount": member("application_fee_amount"),
        "automatic_payment_methods": automatic,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": given.get("capture_method").cloned().unwrap_or_else(|| json!("automatic_async")),
        "client_secret": secret,
        "confirmation_method": given.get("confirmation_method").cloned().unwrap_or_else(|| json!("automatic")),
        "created": state.now(),
        "currency": currency,
        "customer": member("customer"),
        "customer_account": null,
        "description": member("description"),
        "excluded_payment_method_types": member("excluded_payment_method_types"),
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "managed_payments": { "enabled": false },
        "metadata": metadata,
        "next_action": null,
        "on_behalf_of": member("on_behalf_of"),
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic" } },
        "payment_method_types": method_types(given, currency),
        "payment_record": null,
        "processing": null,
        "receipt_email": member("receipt_email"),
        "review": null,
        "setup_future_usage": member("setup_future_usage"),
        "shipping": shipping(&member("shipping")),
        "source": null,
        "statement_descriptor": member("statement_descriptor"),
        "statement_descriptor_suffix": member("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": member("transfer_data"),
        "transfer_group": member("transfer_group"),
    });
    state.insert("payment_intent", value);
    state.emit("payment_intent.created", &id);
    id
}

fn create(call: &mut Call<'_>) -> Answer {
    refuse_types(call)?;
    check_amount(call.int("amount").unwrap_or(0), call.text("currency").unwrap_or("usd"))?;
    let confirmed = call.flag("confirm") == Some(true);
    for name in ["off_session", "return_url", "error_on_requires_action"] {
        if call.given(name).is_some() && !confirmed && name != "return_url" {
            let message = format!("You can only pass in `{name}` when `confirm=true`.");
            return Err(ApiError::param(name, message));
        }
    }
    if let Some(customer) = call.text("customer").map(str::to_owned) {
        call.state.referred("customer", &customer, "customer")?;
    }
    let method = given_method(call)?;
    let (params, metadata) = (call.params.clone(), call.metadata());
    let id = new(call.state, &params, &metadata);
    if let Some(method) = method {
        call.state.update(&id, |intent| {
            intent.insert("payment_method".to_owned(), json!(method));
            intent.insert("status".to_owned(), json!("requires_confirmation"));
        });
    }
    if confirmed {
        confirm(call, &id)?;
    }
    Ok(rendered(call.state.own(&id)))
}

/// The payment method a request names, or brings.
fn given_method(call: &mut Call<'_>) -> Result<Option<String>, ApiError> {
    let data = call.value("payment_method_data");
    if data.is_object() {
        if call.given("payment_method").is_some() {
            let message = "You may only specify one of these parameters: payment_method, payment_method_data.";
            return Err(ApiError::param("payment_method_data", message));
        }
        return payment_methods::create(call.state, &untyped(data), "payment_method_data").map(Some);
    }
    match call.text("payment_method").map(str::to_owned) {
        Some(reference) => {
            let id = payment_methods::resolve(call.state, &reference, "payment_method")?;
            check_owner(call, &id)?;
            Ok(Some(id))
        }
        None => Ok(None),
    }
}

/// `payment_method_data` is accepted as it comes; its numbers are still text.
fn untyped(mut data: Value) -> Value {
    for name in ["exp_month", "exp_year"] {
        if let Some(number) = data["card"][name].as_str().and_then(|text| text.parse::<i64>().ok()) {
            data["card"][name] = json!(number);
        }
    }
    data
}

fn check_owner(call: &Call<'_>, method: &str) -> Result<(), ApiError> {
    let found = call.state.own(method);
    let owner = text(found, "customer");
    let intent_customer = call
        .text("customer")
        .or_else(|| call.state.get(call.id()).map(|intent| text(intent, "customer")));
    if !owner.is_empty() && intent_customer.is_some_and(|customer| customer != owner) {
        let message = format!(
            "The provided PaymentMethod ({method}) belongs to another Customer: include that Customer in the PaymentIntent."
        );
        return Err(ApiError::param("payment_method", message));
    }
    if flag(found, "_detached") && owner.is_empty() {
        let message = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a \
                       connected account without Customer attachment, or was detached from a Customer. It may not be used again.";
        return Err(ApiError::param("payment_method", message).code("payment_method_unexpected_state"));
    }
    Ok(())
}

fn unexpected(state: &State, id: &str, message: String) -> ApiError {
    ApiError::invalid(message)
        .code("payment_intent_unexpected_state")
        .with("payment_intent", rendered(state.own(id)))
}

fn confirm(call: &mut Call<'_>, id: &str) -> Result<(), ApiError> {
    let status = text(call.state.own(id), "status").to_owned();
    if !matches!(
        status.as_str(),
        "requires_payment_method" | "requires_confirmation" | "requires_action"
    ) {
        let message = if status == "succeeded" {
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
                .to_owned()
        } else {
            format!("You cannot confirm this PaymentIntent because it has a status of {status}.")
        };
        return Err(unexpected(call.state, id, message));
    }
    let given = given_method(call)?;
    let Some(method) = given.or_else(|| call.state.own(id)["payment_method"].as_str().map(str::to_owned)) else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the \
                       PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a \
                       payment method or ConfirmationToken.";
        return Err(unexpected(call.state, id, message.to_owned()));
    };
    let off_session = call.text("off_session").is_some_and(|text| text != "false");
    let attempt = Attempt {
        off_session,
        challenged: false,
        return_url: call.value("return_url"),
    };
    payments::attempt(call.state, id, &method, &attempt)?;
    if call.flag("error_on_requires_action") == Some(true) && call.state.own(id)["status"] == "requires_action" {
        return Err(payments::refuse(
            call.state,
            id,
            &method,
            super::test_cards::AUTHENTICATION_REQUIRED,
        ));
    }
    payments::settle(call.state, id);
    Ok(())
}

/// Members that confirm and update may set.
fn keep_given(call: &mut Call<'_>, id: &str) {
    let params = &call.params;
    let names = ["capture_method", "receipt_email", "setup_future_usage", "shipping"];
    call.state.update(id, |intent| take_over(intent, params, &names));
}

fn update(call: &mut Call<'_>) -> Answer {
    refuse_types(call)?;
    let before = call.found("payment_intent", "intent")?.clone();
    let id = call.id().to_owned();
    let status = text(&before, "status");
    let changes_money = [
        "amount",
        "currency",
        "payment_method",
        "payment_method_data",
        "customer",
        "capture_method",
    ]
    .iter()
    .any(|name| call.params.contains_key(*name));
    if changes_money
        && !matches!(
            status,
            "requires_payment_method" | "requires_confirmation" | "requires_action"
        )
    {
        let message = format!(
            "This PaymentIntent's amount could not be updated because it has a status of {status}. You may only \
             update the amount of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, \
             requires_action."
        );
        return Err(unexpected(call.state, &id, message));
    }
    let amount = call.int("amount").unwrap_or_else(|| int(&before, "amount"));
    check_amount(
        amount,
        call.text("currency").unwrap_or_else(|| text(&before, "currency")),
    )?;
    if let Some(customer) = call.text("customer").map(str::to_owned) {
        call.state.referred("customer", &customer, "customer")?;
    }
    let method = given_method(call)?;
    let params = &call.params;
    call.state.update(&id, |intent| {
        take_over(
            intent,
            params,
            &[
                "amount",
                "currency",
                "customer",
                "description",
                "application_fee_amount",
                "transfer_group",
            ],
        );
        take_over(
            intent,
            params,
            &["capture_method", "receipt_email", "setup_future_usage", "shipping"],
        );
        take_over(intent, params, &["statement_descriptor", "statement_descriptor_suffix"]);
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

fn cancel(call: &mut Call<'_>) -> Answer {
    let intent = call.found("payment_intent", "intent")?.clone();
    let id = call.id().to_owned();
    let status = text(&intent, "status");
    let can = [
        "requires_payment_method",
        "requires_capture",
        "requires_confirmation",
        "requires_action",
        "processing",
    ];
    if !can.contains(&status) {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {status}. Only a PaymentIntent with one of the \
             following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, \
             requires_confirmation, requires_action, processing."
        );
        return Err(unexpected(call.state, &id, message));
    }
    let session = call.state.own(text(&intent, "_session"));
    if session["status"] == "open" {
        let message = "You cannot cancel a PaymentIntent that was created by a Checkout Session. Expire the Checkout Session instead.";
        return Err(unexpected(call.state, &id, message.to_owned()));
    }
    let reason = call.value("cancellation_reason");
    cancel_now(call.state, &id, &reason);
    Ok(rendered(call.state.own(&id)))
}

/// Cancels, and gives back what was authorized.
pub(crate) fn cancel_now(state: &mut State, id: &str, reason: &Value) {
    let intent = state.own(id).clone();
    let now = state.now();
    state.unschedule(&crate::due::Due::SettleDebit(id.to_owned()));
    state.update(id, |intent| {
        intent.insert("status".to_owned(), json!("canceled"));
        intent.insert("canceled_at".to_owned(), json!(now));
        intent.insert("cancellation_reason".to_owned(), reason.clone());
        intent.insert("amount_capturable".to_owned(), json!(0));
        intent.insert("next_action".to_owned(), Value::Null);
    });
    let charge = text(&intent, "latest_charge").to_owned();
    if intent["status"] == "requires_capture" {
        let before = state.own(&charge).clone();
        state.update(&charge, |charge| {
            charge.insert("refunded".to_owned(), json!(true));
            charge.insert("amount_refunded".to_owned(), before["amount"].clone());
        });
        state.emit_change("charge.refunded", &charge, &before);
    }
    state.emit("payment_intent.canceled", id);
}

fn capture(call: &mut Call<'_>) -> Answer {
    let intent = call.found("payment_intent", "intent")?.clone();
    let id = call.id().to_owned();
    if intent["status"] != "requires_capture" {
        let message = format!(
            "This PaymentIntent could not be captured because it has a status of {}. Only a PaymentIntent with one of the \
             following statuses may be captured: requires_capture.",
            text(&intent, "status")
        );
        return Err(unexpected(call.state, &id, message));
    }
    let amount = call.int("amount_to_capture").unwrap_or_else(|| int(&intent, "amount"));
    charges::capture(call.state, text(&intent, "latest_charge"), amount)?;
    let params = &call.params;
    call.state.update(&id, |intent| {
        intent.insert("status".to_owned(), json!("succeeded"));
        intent.insert("amount_capturable".to_owned(), json!(0));
        intent.insert("amount_received".to_owned(), json!(amount));
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(intent, metadata);
        }
    });
    call.state.emit("payment_intent.succeeded", &id);
    super::checkout_sessions::captured(call.state, &id);
    payments::settle(call.state, &id);
    Ok(rendered(call.state.own(&id)))
}

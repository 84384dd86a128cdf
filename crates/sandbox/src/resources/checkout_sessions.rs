//! Checkout sessions: a basket, a hosted page, and the way from open to complete or expired.
//!
//! The payment intent is made when the buyer first tries to pay, as Stripe does since 2022. What the page itself looks
//! like is in `pages`; what paying does is in `payments`.

use serde_json::{Map, Value, json};

use super::checkout_items;
use super::payments::{self, Attempt};
use super::{checkout_setup, checkout_subscription, customers, payment_intents, subscriptions};
use crate::due::Due;
use crate::state::{State, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/checkout/sessions",
        "adaptive_pricing:{enabled:bool} after_expiration:any allow_promotion_codes:bool allowed_payment_method_types:[id] \
         automatic_tax:{enabled*:bool liability:any} billing_address_collection:(auto|required) branding_settings:any \
         cancel_url client_reference_id consent_collection:any currency:currency custom_fields:any custom_text:any \
         customer:id customer_creation:(always|if_required) customer_email:id customer_update:any discounts:any \
         excluded_payment_method_types:[id] expires_at:int integration_identifier invoice_creation:{enabled*:bool \
         invoice_data:any} line_items:[{adjustable_quantity:{enabled*:bool maximum:int minimum:int} metadata:map price:id \
         price_data:{currency*:currency product:id product_data:{description images:[str] metadata:map name* tax_code \
         tax_details:any unit_label} recurring:{interval*:(day|month|week|year) interval_count:int} \
         tax_behavior:(exclusive|inclusive|unspecified) unit_amount:int unit_amount_decimal:decimal} quantity:int \
         tax_rates:any}] locale managed_payments:any metadata:map mode:(payment|setup|subscription) name_collection:any \
         optional_items:any origin_context:(mobile_app|web) payment_intent_data:{application_fee_amount:int \
         capture_method:(automatic|automatic_async|manual) description metadata:map on_behalf_of receipt_email \
         setup_future_usage:(off_session|on_session) shipping:any statement_descriptor statement_descriptor_suffix \
         transfer_data:any transfer_group} payment_method_collection:(always|if_required) payment_method_configuration \
         payment_method_data:any payment_method_options:any payment_method_types:[id] permissions:any \
         phone_number_collection:{enabled*:bool} redirect_on_completion:(always|if_required|never) return_url \
         saved_payment_method_options:any setup_intent_data:{description metadata:map on_behalf_of} \
         shipping_address_collection:any shipping_options:any submit_type:(auto|book|donate|pay|subscribe) \
         subscription_data:{billing_mode:{flexible:any type*:(classic|flexible)} default_payment_method description \
         metadata:map trial_end:int trial_period_days:int \
         trial_settings:{end_behavior*:{missing_payment_method:(cancel|create_invoice|pause)}}} success_url tax_id_collection:any ui_mode:(elements|embedded_page|form|hosted_page) \
         wallet_options:any",
        create,
    ),
    Operation::list(
        "/v1/checkout/sessions",
        "created:range customer:id customer_account:id customer_details:{email*} payment_intent:id payment_link:id \
         status:(complete|expired|open) subscription:id",
        |call| {
            let email = call.value("customer_details")["email"].clone();
            list::page(call.state, "checkout.session", call.path, &call.params, |session| {
                (email.is_null() || session["customer_details"]["email"] == email)
                    && list::same(
                        &call.params,
                        session,
                        &["customer", "payment_intent", "payment_link", "status", "subscription"],
                    )
            })
        },
    ),
    Operation::get("/v1/checkout/sessions/{session}", "", |call| {
        call.found("checkout.session", "session").map(rendered)
    }),
    Operation::post(
        "/v1/checkout/sessions/{session}",
        "collected_information:any metadata:map",
        |call| {
            call.found("checkout.session", "session")?;
            let id = call.id().to_owned();
            if let Some(metadata) = call.params.get("metadata") {
                call.state.update(&id, |session| merge_metadata(session, metadata));
            }
            Ok(rendered(call.state.own(&id)))
        },
    ),
    Operation::post("/v1/checkout/sessions/{session}/expire", "", |call| {
        let status = text(call.found("checkout.session", "session")?, "status").to_owned();
        let id = call.id().to_owned();
        if status != "open" {
            let message = format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {status}."
            );
            return Err(ApiError::param("session", message));
        }
        expire(call.state, &id);
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::list("/v1/checkout/sessions/{session}/line_items", "", |call| {
        let items = call.found("checkout.session", "session")?["_items"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        list::slice(call.path, &call.params, items.iter().map(rendered).collect())
    }),
];

fn create(call: &mut Call<'_>) -> Answer {
    payment_intents::refuse_types(call)?;
    check(call)?;
    let expires_at = expiry(call)?;
    let (items, currency) = checkout_items::build(call)?;
    if call.text("mode") == Some("subscription") {
        subscriptions::check_currency(call.state, call.text("customer").unwrap_or_default(), &currency)?;
    }
    let total: i64 = items.iter().map(|item| int(item, "amount_total")).sum();
    if total > 0 {
        payment_intents::check_amount(total, &currency).map_err(|error| {
            let message = format!(
                "The Checkout Session's total amount due must add up to at least the minimum. {}",
                error.message()
            );
            ApiError::invalid(message).code("amount_too_small")
        })?;
    }
    let id = format!("cs_test_a1{}", call.state.dice.token(56));
    let session = render(call, &id, &currency, total, expires_at);
    let token = call.state.dice.token(32);
    call.state.insert("checkout.session", session);
    let data = call.value("payment_intent_data");
    call.state.update(&id, |session| {
        session.insert("_items".to_owned(), json!(items));
        session.insert("_payment_intent_data".to_owned(), data);
        session.insert("_form_token".to_owned(), json!(token));
        let by_customer = session["customer"].is_string() && session["customer_details"]["email"].is_string();
        session.insert("_customer_email".to_owned(), json!(by_customer));
    });
    if call.text("mode") == Some("setup") {
        checkout_setup::begin(call, &id);
    }
    if call.text("mode") == Some("subscription") {
        checkout_subscription::prepare(call, &id);
    }
    call.state.at(expires_at, Due::ExpireSession(id.clone()));
    Ok(rendered(call.state.own(&id)))
}

fn check(call: &Call<'_>) -> Result<(), ApiError> {
    if call.text("mode").is_none() {
        return Err(ApiError::missing("mode"));
    }
    checkout_setup::check(call)?;
    checkout_subscription::check(call)?;
    refuse_unmodelled(call)?;
    if call.text("ui_mode").is_some_and(|mode| mode != "hosted_page") {
        return Err(ApiError::param(
            "ui_mode",
            "This sandbox has hosted pages only; use ui_mode hosted_page.",
        ));
    }
    for name in ["success_url", "cancel_url"] {
        let Some(url) = call.text(name) else { continue };
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/')) || url.chars().any(char::is_whitespace) {
            let message = "Not a valid URL";
            return Err(ApiError::param(name, message).code("url_invalid"));
        }
    }
    if call.text("success_url").is_none() {
        return Err(ApiError::missing("success_url"));
    }
    if let Some(customer) = call.text("customer") {
        call.state.referred("customer", customer, "customer")?;
        if call.text("customer_email").is_some() {
            let message = "You may only specify one of these parameters: customer, customer_email.";
            return Err(ApiError::param("customer_email", message));
        }
        if call.text("customer_creation").is_some() {
            let message = "You may only specify one of these parameters: customer, customer_creation.";
            return Err(ApiError::param("customer_creation", message));
        }
    }
    if call.text("customer_email").is_some_and(|email| !is_email(email)) {
        let message = format!(
            "Invalid email address: {}",
            call.text("customer_email").unwrap_or_default()
        );
        return Err(ApiError::param("customer_email", message).code("email_invalid"));
    }
    if call.text("client_reference_id").is_some_and(|id| id.len() > 200) {
        return Err(ApiError::param(
            "client_reference_id",
            "Invalid string: must be at most 200 characters",
        ));
    }
    Ok(())
}

/// What would change the total or the page, and is not modelled, is refused: a wrong total would be worse.
fn refuse_unmodelled(call: &Call<'_>) -> Result<(), ApiError> {
    let whole = [
        "after_expiration",
        "consent_collection",
        "custom_fields",
        "discounts",
        "optional_items",
        "shipping_address_collection",
        "shipping_options",
    ];
    let switched = [
        "adaptive_pricing",
        "allow_promotion_codes",
        "automatic_tax",
        "invoice_creation",
    ];
    let given = whole.into_iter().find(|name| call.given(name).is_some());
    let on = |name: &&str| call.value(name)["enabled"] == true || call.flag(name) == Some(true);
    match given.or_else(|| switched.into_iter().find(on)) {
        Some(name) => Err(ApiError::param(
            name,
            format!("This sandbox's checkout does not have {name}."),
        )),
        None => Ok(()),
    }
}

pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>\"".contains(c))
        && !host.contains('@')
}

/// Thirty minutes to a day from now; a day if nothing is asked for.
fn expiry(call: &Call<'_>) -> Result<i64, ApiError> {
    let now = call.state.now();
    let Some(time) = call.int("expires_at") else {
        return Ok(now + 86_400);
    };
    // A few seconds of grace: the caller read its clock before we read ours.
    if time < now + 30 * 60 - 60 {
        let message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
        return Err(ApiError::param("expires_at", message));
    }
    if time > now + 86_400 + 60 {
        let message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
        return Err(ApiError::param("expires_at", message));
    }
    Ok(time)
}

fn render(call: &Call<'_>, id: &str, currency: &str, total: i64, expires_at: i64) -> Value {
    let value = |name: &str| call.value(name);
    let customer = call.text("customer").map(|id| call.state.own(id).clone());
    let customer_details = match (&customer, call.text("customer_email")) {
        (Some(customer), _) => details(&customer["email"], &customer["name"]),
        (None, Some(email)) => details(&json!(email), &Value::Null),
        (None, None) => Value::Null,
    };
    let phone = value("phone_number_collection");
    let mut session = json!({
        "id": id,
        "object": "checkout.session",
        "allow_promotion_codes": value("allow_promotion_codes"),
        "allowed_payment_method_types": value("allowed_payment_method_types"),
        "amount_subtotal": total,
        "amount_total": total,
        "billing_address_collection": value("billing_address_collection"),
        "cancel_url": value("cancel_url"),
        "client_reference_id": value("client_reference_id"),
        "created": call.state.now(),
        "currency": currency,
        "customer": value("customer"),
        "customer_creation": if customer.is_some() { Value::Null } else {
            json!(call.text("customer_creation").unwrap_or("if_required"))
        },
        "customer_details": customer_details,
        "customer_email": value("customer_email"),
        "expires_at": expires_at,
        "integration_identifier": value("integration_identifier"),
        "livemode": false,
        "locale": value("locale"),
        "metadata": call.metadata(),
        "mode": "payment",
        "origin_context": value("origin_context"),
        "payment_intent": null,
        "payment_method_collection": "if_required",
        "payment_method_types": payment_intents::method_types(&call.params, currency),
        "payment_status": if total == 0 { "no_payment_required" } else { "unpaid" },
        "phone_number_collection": { "enabled": phone["enabled"] == true },
        "status": "open",
        "submit_type": value("submit_type"),
        "success_url": value("success_url"),
        "ui_mode": "hosted_page",
        "url": format!("{}/c/pay/{id}", call.state.base_url),
    });
    if let (Value::Object(session), Value::Object(rest)) = (&mut session, unused_features()) {
        session.extend(rest);
    }
    session
}

/// The members of features a session here never uses.
fn unused_features() -> Value {
    json!({
        "adaptive_pricing": { "enabled": false },
        "after_expiration": null,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
        "customer_account": null,
        "discounts": [],
        "invoice": null,
        "invoice_creation": {
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": null,
                "metadata": {}, "rendering_options": null,
            },
        },
        "managed_payments": { "enabled": false },
        "payment_link": null,
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
        "permissions": null,
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "subscription": null,
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "wallet_options": null,
    })
}

fn details(email: &Value, name: &Value) -> Value {
    json!({
        "address": null, "business_name": null, "email": email, "individual_name": null, "name": name, "phone": null,
        "tax_exempt": "none", "tax_ids": null,
    })
}

/// The `line_items` of a session, when they are expanded.
pub(crate) fn included_items(state: &State, id: &str) -> Value {
    let items: Vec<Value> = state.own(id)["_items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(rendered)
        .collect();
    let has_more = items.len() > 10;
    let data: Vec<Value> = items.into_iter().take(10).collect();
    json!({ "object": "list", "data": data, "has_more": has_more, "url": format!("/v1/checkout/sessions/{id}/line_items") })
}

/// Ends an open session without a payment.
pub(crate) fn expire(state: &mut State, id: &str) {
    state.unschedule(&Due::ExpireSession(id.to_owned()));
    let session = state.own(id).clone();
    if session["status"] != "open" {
        return;
    }
    state.update(id, |session| {
        session.insert("status".to_owned(), json!("expired"));
        session.insert("url".to_owned(), Value::Null);
    });
    state.emit("checkout.session.expired", id);
    checkout_setup::abandon(state, &session);
    let intent = text(&session, "payment_intent").to_owned();
    if !intent.is_empty() && state.own(&intent)["status"] != "canceled" {
        payment_intents::cancel_now(state, &intent, &json!("automatic"));
    }
}

/// What a buyer has filled in.
#[derive(Debug, Default, Clone)]
pub(crate) struct Buyer {
    pub(crate) email: Value,
    pub(crate) name: Value,
}

/// Pays an open session with a payment method. The caller has checked that it is open.
pub(crate) fn pay(state: &mut State, id: &str, method: &str, buyer: &Buyer) -> Result<(), ApiError> {
    let session = state.own(id).clone();
    let email = if buyer.email.is_null() {
        session["customer_email"].clone()
    } else {
        buyer.email.clone()
    };
    let name = if buyer.name.is_null() {
        session["customer_details"]["name"].clone()
    } else {
        buyer.name.clone()
    };
    state.set(id, "customer_details", details(&email, &name));
    if session["mode"] == "setup" {
        return checkout_setup::save(state, id, method);
    }
    if session["mode"] == "subscription" && int(&session, "amount_total") == 0 {
        checkout_subscription::begin_free(state, id, method);
        return Ok(());
    }
    if int(&session, "amount_total") == 0 {
        complete(state, id, "no_payment_required");
        return Ok(());
    }
    let intent = intent_of(state, id);
    if state.own(&intent)["status"] == "succeeded" || state.own(&intent)["status"] == "processing" {
        return Err(
            ApiError::invalid("This Checkout Session is already being paid.").code("payment_intent_unexpected_state")
        );
    }
    payments::attempt(state, &intent, method, &Attempt::default())?;
    finish(state, &intent);
    Ok(())
}

/// The intent that pays a session; made at the first attempt.
fn intent_of(state: &mut State, id: &str) -> String {
    let session = state.own(id).clone();
    if let Some(intent) = session["payment_intent"].as_str() {
        return intent.to_owned();
    }
    let mut given: Map<String, Value> = session["_payment_intent_data"].as_object().cloned().unwrap_or_default();
    given.retain(|_, value| !value.is_null());
    let metadata = given.shift_remove("metadata").unwrap_or_else(|| json!({}));
    let needs_customer = session["customer_creation"] == "always" || given.contains_key("setup_future_usage");
    let mut customer = session["customer"].clone();
    if customer.is_null() && needs_customer {
        let details = &session["customer_details"];
        customer = json!(customers::from_checkout(
            state,
            &state.own(id)["customer_details"]["email"].clone(),
            &details["name"]
        ));
        state.set(id, "customer", customer.clone());
    }
    given.insert("customer".to_owned(), customer);
    given.insert("amount".to_owned(), session["amount_total"].clone());
    given.insert("currency".to_owned(), session["currency"].clone());
    given.insert(
        "payment_method_types".to_owned(),
        session["payment_method_types"].clone(),
    );
    let intent = payment_intents::new(state, &given, &metadata);
    state.set(&intent, "_session", id);
    state.set(id, "payment_intent", intent.clone());
    intent
}

/// Completes the session of an intent that has got so far, in Stripe's order: the payment's events, the session's, the fee.
pub(crate) fn finish(state: &mut State, intent: &str) {
    let object = state.own(intent).clone();
    let session = text(&object, "_session").to_owned();
    if !session.is_empty() && state.own(&session)["status"] == "open" {
        match text(&object, "status") {
            "succeeded" => complete(state, &session, "paid"),
            // An authorization that is to be captured later, or a debit that is still to be decided.
            "requires_capture" | "processing" => complete(state, &session, "unpaid"),
            _ => {}
        }
    }
    payments::settle(state, intent);
}

pub(crate) fn complete(state: &mut State, id: &str, payment_status: &str) {
    state.unschedule(&Due::ExpireSession(id.to_owned()));
    state.update(id, |session| {
        session.insert("status".to_owned(), json!("complete"));
        session.insert("payment_status".to_owned(), json!(payment_status));
        session.insert("url".to_owned(), Value::Null);
    });
    state.emit("checkout.session.completed", id);
}

/// A manual capture has brought the money of a completed session.
pub(crate) fn captured(state: &mut State, intent: &str) {
    let session = text(state.own(intent), "_session").to_owned();
    if !session.is_empty() {
        state.set(&session, "payment_status", "paid");
    }
}

/// The bank debit of a completed session has been decided.
pub(crate) fn debit_settled(state: &mut State, intent: &str, succeeded: bool) {
    let session = text(state.own(intent), "_session").to_owned();
    if session.is_empty() {
        return;
    }
    if succeeded {
        state.set(&session, "payment_status", "paid");
        state.emit("checkout.session.async_payment_succeeded", &session);
    } else {
        state.emit("checkout.session.async_payment_failed", &session);
    }
}

/// Where the buyer goes after paying, if the session is complete.
pub(crate) fn success_url(session: &Value) -> String {
    text(session, "success_url").replace("{CHECKOUT_SESSION_ID}", text(session, "id"))
}

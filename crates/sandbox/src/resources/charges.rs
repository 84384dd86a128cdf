//! Charges: one attempt each to take money, and the record of it.

use serde_json::{Map, Value, json};

use super::test_cards::{Conduct, GENERIC, Refusal};
use super::{billing_details, money, payment_methods, payments, shipping, take_over};
use crate::state::{State, flag, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/charges",
        "amount*:int application_fee_amount:int capture:bool currency*:currency customer:id description metadata:map \
         on_behalf_of:id radar_options:any receipt_email shipping:any source:id statement_descriptor \
         statement_descriptor_suffix transfer_data:any transfer_group",
        create,
    ),
    Operation::list(
        "/v1/charges",
        "created:range customer:id payment_intent:id transfer_group",
        |call| {
            list::page(call.state, "charge", call.path, &call.params, |charge| {
                list::same(&call.params, charge, &["customer", "payment_intent", "transfer_group"])
            })
        },
    ),
    Operation::get("/v1/charges/{id}", "", |call| call.found("charge", "id").map(rendered)),
    Operation::post(
        "/v1/charges/{charge}",
        "customer:id description fraud_details:any metadata:map receipt_email shipping:any transfer_group",
        update,
    ),
    Operation::post(
        "/v1/charges/{charge}/capture",
        "amount:int application_fee_amount:int receipt_email statement_descriptor statement_descriptor_suffix \
         transfer_data:any transfer_group",
        |call| {
            let charge = call.found("charge", "charge")?.clone();
            if charge["payment_intent"].is_string() {
                let message = "This charge is associated with a PaymentIntent; capture the PaymentIntent instead.";
                return Err(ApiError::param("charge", message));
            }
            if charge["status"] != "succeeded" || flag(&charge, "captured") {
                let message = format!("Charge {} has already been captured.", call.id());
                return Err(ApiError::invalid(message).code("charge_already_captured"));
            }
            let id = call.id().to_owned();
            let amount = call.int("amount").unwrap_or_else(|| int(&charge, "amount"));
            capture(call.state, &id, amount)?;
            money::book_charge(call.state, &id, false);
            Ok(rendered(call.state.own(&id)))
        },
    ),
];

/// How a charge ends when it is made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate {
    Approved { captured: bool, challenged: bool },
    Refused(Refusal),
    Pending,
}

/// The charge of an attempt to pay an intent; writes no event.
pub(crate) fn of_intent(state: &mut State, intent: &Value, method: &str, fate: Fate) -> String {
    let id = state.dice.id("ch");
    let method = state.own(method).clone();
    let value = render(state, &id, intent, &method, fate);
    state.insert("charge", value)
}

fn render(state: &State, id: &str, intent: &Value, method: &Value, fate: Fate) -> Value {
    let amount = int(intent, "amount");
    let (captured, paid, status) = match fate {
        Fate::Approved { captured, .. } => (captured, true, "succeeded"),
        Fate::Refused(_) => (false, false, "failed"),
        Fate::Pending => (false, false, "pending"),
    };
    let refusal = if let Fate::Refused(refusal) = fate {
        Some(refusal)
    } else {
        None
    };
    let member = |name: &str| intent.get(name).cloned().unwrap_or_default();
    let intent_id = if intent["object"] == "payment_intent" {
        member("id")
    } else {
        Value::Null
    };
    json!({
        "id": id,
        "object": "charge",
        "amount": amount,
        "amount_captured": if captured { amount } else { 0 },
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": member("application_fee_amount"),
        "balance_transaction": null,
        "billing_details": billing_details(&method["billing_details"]),
        "calculated_statement_descriptor": "SANDBOX",
        "captured": captured,
        "created": state.now(),
        "currency": intent["currency"],
        "customer": member("customer"),
        "description": member("description"),
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": refusal.map(|refusal| refusal.code),
        "failure_message": refusal.map(|refusal| refusal.message),
        "fraud_details": {},
        "livemode": false,
        "metadata": intent["metadata"],
        "on_behalf_of": member("on_behalf_of"),
        "outcome": outcome(fate),
        "paid": paid,
        "payment_intent": intent_id,
        "payment_method": method["id"],
        "payment_method_details": details(method, amount, fate),
        "radar_options": {},
        "receipt_email": member("receipt_email"),
        "receipt_number": null,
        "receipt_url": paid.then(|| format!("{}/receipts/{id}", state.base_url)),
        "refunded": false,
        "review": null,
        "shipping": shipping(&member("shipping")),
        "source": null,
        "source_transfer": null,
        "statement_descriptor": member("statement_descriptor"),
        "statement_descriptor_suffix": member("statement_descriptor_suffix"),
        "status": status,
        "transfer_data": member("transfer_data"),
        "transfer_group": member("transfer_group"),
    })
}

/// The payment that a transfer makes on the account it goes to.
pub(crate) fn of_transfer(state: &mut State, transfer: &Value) -> String {
    let id = state.dice.id("py").replace("py_3", "py_1");
    let fate = Fate::Approved {
        captured: true,
        challenged: false,
    };
    let mut value = render(state, &id, transfer, &Value::Null, fate);
    value["metadata"] = json!({});
    value["outcome"] = Value::Null;
    value["payment_method_details"] = json!({ "stripe_account": {}, "type": "stripe_account" });
    value["receipt_url"] = Value::Null;
    value["source_transfer"] = transfer["id"].clone();
    state.insert("charge", value)
}

fn outcome(fate: Fate) -> Value {
    let (network_status, reason, level, score, message, kind) = match fate {
        Fate::Approved { .. } => (
            "approved_by_network",
            None,
            "normal",
            20,
            "Payment complete.",
            "authorized",
        ),
        Fate::Refused(refusal) if refusal.decline_code == "fraudulent" => (
            "not_sent_to_network",
            Some("highest_risk_level"),
            "highest",
            92,
            "Stripe blocked this payment as too risky.",
            "blocked",
        ),
        Fate::Refused(refusal) => (
            "declined_by_network",
            Some(refusal.decline_code),
            "normal",
            20,
            "The bank did not return any further details with this decline.",
            "issuer_declined",
        ),
        Fate::Pending => return Value::Null,
    };
    json!({
        "advice_code": null, "network_advice_code": null, "network_decline_code": null, "network_status": network_status,
        "reason": reason, "risk_level": level, "risk_score": score, "seller_message": message, "type": kind,
    })
}

fn details(method: &Value, amount: i64, fate: Fate) -> Value {
    let kind = text(method, "type");
    let details = match kind {
        "card" => card_details(&method["card"], amount, fate),
        "us_bank_account" => {
            let bank = &method["us_bank_account"];
            json!({
                "account_holder_type": bank["account_holder_type"], "account_type": bank["account_type"],
                "bank_name": bank["bank_name"], "fingerprint": bank["fingerprint"], "last4": bank["last4"],
                "payment_reference": null, "routing_number": bank["routing_number"],
            })
        }
        _ => {
            let bank = &method[kind];
            json!({
                "bank_code": bank["bank_code"], "branch_code": bank["branch_code"], "country": bank["country"],
                "fingerprint": bank["fingerprint"], "last4": bank["last4"], "mandate": null,
            })
        }
    };
    json!({ kind: details, "type": kind })
}

fn card_details(card: &Value, amount: i64, fate: Fate) -> Value {
    let approved = matches!(fate, Fate::Approved { .. });
    let three_d_secure = match fate {
        Fate::Approved { challenged: true, .. } => json!({
            "authentication_flow": "challenge", "electronic_commerce_indicator": "05", "exemption_indicator": null,
            "result": "authenticated", "result_reason": null, "transaction_id": null, "version": "2.2.0",
        }),
        _ => Value::Null,
    };
    json!({
        "amount_authorized": approved.then_some(amount),
        "authorization_code": approved.then_some("123456"),
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "electronic_commerce_indicator": null,
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "extended_authorization": { "status": "disabled" },
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "incremental_authorization": { "status": "unavailable" },
        "installments": null,
        "last4": card["last4"],
        "mandate": null,
        "multicapture": { "status": "unavailable" },
        "network": card["brand"],
        "network_token": { "used": false },
        "network_transaction_id": null,
        "overcapture": { "maximum_amount_capturable": amount, "status": "unavailable" },
        "regulated_status": "unregulated",
        "three_d_secure": three_d_secure,
        "transaction_link_id": null,
        "wallet": null,
    })
}

/// A charge without an intent, as Stripe's own tools still make them.
fn create(call: &mut Call<'_>) -> Answer {
    let amount = call.int("amount").unwrap_or(0);
    super::payment_intents::check_amount(amount, call.text("currency").unwrap_or("usd"))?;
    let customer = call.text("customer").map(str::to_owned);
    if let Some(customer) = &customer {
        call.state.referred("customer", customer, "customer")?;
    }
    let source = match (call.text("source").map(str::to_owned), &customer) {
        (Some(source), _) => payment_methods::resolve(call.state, &source, "source")?,
        (None, Some(customer)) => {
            let attached = call
                .state
                .naming("payment_method", "customer", customer)
                .into_iter()
                .next();
            let attached = attached.map(|method| text(method, "id").to_owned());
            attached.ok_or_else(|| {
                let message = "Cannot charge a customer that has no active card";
                ApiError::card("missing", message).for_param("card")
            })?
        }
        (None, None) => {
            return Err(ApiError::param("source", "Must provide source or customer.").code("parameter_missing"));
        }
    };
    let captured = call.flag("capture") != Some(false);
    let mut given = Value::Object(call.params.clone());
    given["metadata"] = call.metadata();
    let conduct = payment_methods::conduct(call.state.own(&source));
    let refusal = match conduct {
        Conduct::Decline(refusal) => Some(refusal),
        Conduct::DeclineLater => Some(GENERIC),
        _ => None,
    };
    let fate = refusal.map_or(
        Fate::Approved {
            captured,
            challenged: false,
        },
        Fate::Refused,
    );
    let id = call.state.dice.id("ch");
    let method = call.state.own(&source).clone();
    let mut value = render(call.state, &id, &given, &method, fate);
    value["source"] = card_source(&method);
    call.state.insert("charge", value);
    if let Some(refusal) = refusal {
        call.state.emit("charge.failed", &id);
        return Err(payments::card_error(refusal).with("charge", id));
    }
    call.state.emit("charge.succeeded", &id);
    money::book_charge(call.state, &id, conduct == Conduct::BypassPending);
    payments::follow_up(call.state, &id, conduct);
    Ok(rendered(call.state.own(&id)))
}

/// A payment method seen as the card of old.
fn card_source(method: &Value) -> Value {
    let card = &method["card"];
    json!({
        "id": text(method, "id").replacen("pm_", "card_", 1), "object": "card", "address_city": null, "address_country": null,
        "address_line1": null, "address_line1_check": null, "address_line2": null, "address_state": null, "address_zip": null,
        "address_zip_check": null, "brand": "Visa", "country": card["country"], "customer": null, "cvc_check": null,
        "dynamic_last4": null, "exp_month": card["exp_month"], "exp_year": card["exp_year"], "fingerprint": card["fingerprint"],
        "funding": card["funding"], "last4": card["last4"], "metadata": {}, "name": null, "regulated_status": "unregulated",
        "tokenization_method": null,
    })
}

/// Captures part or all of an authorized charge.
pub(crate) fn capture(state: &mut State, id: &str, amount: i64) -> Result<(), ApiError> {
    let charge = state.own(id);
    if amount < 1 || amount > int(charge, "amount") {
        let message = format!("Amount to capture must be between 1 and {}.", int(charge, "amount"));
        return Err(ApiError::param("amount_to_capture", message).code("amount_too_large"));
    }
    state.update(id, |charge| {
        charge.insert("captured".to_owned(), json!(true));
        charge.insert("amount_captured".to_owned(), json!(amount));
    });
    state.emit("charge.captured", id);
    Ok(())
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = call.found("charge", "charge")?.clone();
    let id = call.id().to_owned();
    let params = &call.params;
    call.state.update(&id, |charge| {
        take_over(
            charge,
            params,
            &["description", "receipt_email", "transfer_group", "customer", "shipping"],
        );
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(charge, metadata);
        }
        if let Some(details) = params.get("fraud_details").filter(|details| details.is_object()) {
            charge.insert("fraud_details".to_owned(), details.clone());
        }
    });
    if call.state.own(&id) != &before {
        call.state.emit_change("charge.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

/// The `refunds` list of a charge, when it is expanded.
pub(crate) fn included_refunds(state: &State, id: &str) -> Value {
    let refunds = state
        .naming("refund", "charge", id)
        .into_iter()
        .take(11)
        .map(rendered)
        .collect::<Vec<_>>();
    let has_more = refunds.len() > 10;
    let data: Vec<Value> = refunds.into_iter().take(10).collect();
    let mut list = Map::new();
    list.insert("object".to_owned(), json!("list"));
    list.insert("data".to_owned(), json!(data));
    list.insert("has_more".to_owned(), json!(has_more));
    list.insert("url".to_owned(), json!(format!("/v1/charges/{id}/refunds")));
    Value::Object(list)
}

//! Refunds: money given back, whole or in parts. Some test cards make them slow, or make them fail after all.

use serde_json::{Value, json};

use super::money::{self, Entry};
use super::test_cards::Conduct;
use super::{early_fraud_warnings, payment_methods};
use crate::due::Due;
use crate::state::{State, flag, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/refunds",
        "amount:int charge:id currency:currency customer:id instructions_email metadata:map origin payment_intent:id \
         reason:(duplicate|fraudulent|requested_by_customer) refund_application_fee:bool reverse_transfer:bool",
        create,
    ),
    Operation::list("/v1/refunds", "charge:id created:range payment_intent:id", |call| {
        list::page(call.state, "refund", call.path, &call.params, |refund| {
            list::same(&call.params, refund, &["charge", "payment_intent"])
        })
    }),
    Operation::get("/v1/refunds/{id}", "", |call| call.found("refund", "id").map(rendered)),
    Operation::post("/v1/refunds/{refund}", "metadata:map", |call| {
        let before = call.found("refund", "refund")?.clone();
        let id = call.id().to_owned();
        if let Some(metadata) = call.params.get("metadata") {
            call.state.update(&id, |refund| merge_metadata(refund, metadata));
        }
        if call.state.own(&id) != &before {
            tell_update(call.state, &id, &before);
        }
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::post("/v1/refunds/{refund}/cancel", "", |call| {
        let status = text(call.found("refund", "refund")?, "status").to_owned();
        let id = call.id().to_owned();
        if status != "requires_action" && status != "pending" {
            let message = format!("You cannot cancel a refund with a status of {status}.");
            return Err(ApiError::param("refund", message));
        }
        end(call.state, &id, Err("canceled"));
        Ok(rendered(call.state.own(&id)))
    }),
];

/// The charge to refund: named, or the last successful one of an intent.
fn charge_of(call: &Call<'_>) -> Result<Value, ApiError> {
    match (call.text("charge"), call.text("payment_intent")) {
        (Some(charge), _) => call.state.referred("charge", charge, "charge").cloned(),
        (None, Some(intent)) => {
            let intent = call.state.referred("payment_intent", intent, "payment_intent")?;
            let charge = call.state.own(text(intent, "latest_charge"));
            if charge["status"] != "succeeded" {
                let message = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    text(intent, "id")
                );
                return Err(ApiError::param("payment_intent", message));
            }
            Ok(charge.clone())
        }
        (None, None) => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            Err(ApiError::param("charge", message).code("parameter_missing"))
        }
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let charge = charge_of(call)?;
    let id = text(&charge, "id");
    if charge["status"] != "succeeded" {
        return Err(ApiError::param(
            "charge",
            format!("Charge {id} has not succeeded and cannot be refunded."),
        ));
    }
    if charge["disputed"] == true && !refundable_dispute(call.state, id) {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(ApiError::param("charge", message).code("charge_disputed"));
    }
    let captured = if flag(&charge, "captured") {
        int(&charge, "amount_captured")
    } else {
        int(&charge, "amount")
    };
    let left = captured - int(&charge, "amount_refunded");
    if left <= 0 {
        return Err(
            ApiError::param("charge", format!("Charge {id} has already been refunded."))
                .code("charge_already_refunded"),
        );
    }
    let amount = call.int("amount").unwrap_or(left);
    if amount < 1 {
        return Err(ApiError::param("amount", "Invalid positive integer").code("parameter_invalid_integer"));
    }
    let currency = text(&charge, "currency");
    if amount > left {
        let message = format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            money::shown(amount, currency),
            money::shown(left, currency)
        );
        return Err(ApiError::param("amount", message));
    }
    if !flag(&charge, "captured") {
        let intent = text(&charge, "payment_intent").to_owned();
        if amount < left || intent.is_empty() {
            return Err(ApiError::param(
                "amount",
                "An uncaptured charge can only be refunded whole.",
            ));
        }
    }
    let refund = new(call, &charge, amount);
    Ok(rendered(call.state.own(&refund)))
}

/// An inquiry, or a dispute that was won, does not stand in the way.
fn refundable_dispute(state: &State, charge: &str) -> bool {
    let dispute = state.naming("dispute", "charge", charge).into_iter().next();
    dispute.is_none_or(|dispute| flag(dispute, "is_charge_refundable"))
}

fn new(call: &mut Call<'_>, charge: &Value, amount: i64) -> String {
    let state = &mut *call.state;
    let method = text(charge, "payment_method").to_owned();
    let slow = payment_methods::conduct(state.own(&method)) == Conduct::SlowRefund
        || payment_methods::is_debit(state.own(&method));
    let fails = payment_methods::conduct(state.own(&method)) == Conduct::FailingRefund;
    let id = state.dice.id("re");
    let kind = text(&charge["payment_method_details"], "type").to_owned();
    let destination = if kind == "card" {
        json!({ "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" }, "type": "card" })
    } else {
        json!({ kind.as_str(): {}, "type": kind })
    };
    let metadata: serde_json::Map<String, Value> = call
        .params
        .get("metadata")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let value = json!({
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": null,
        "charge": charge["id"],
        "created": state.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": null,
        "destination_details": destination,
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": method,
        "reason": call.params.get("reason").cloned().unwrap_or_default(),
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": if slow { "pending" } else { "succeeded" },
        "transfer_reversal": null,
    });
    state.insert("refund", value);
    if slow {
        state.set(&id, "pending_reason", "processing");
    }
    if flag(charge, "captured") {
        let entry = Entry {
            kind: "refund",
            category: "refund",
            amount: -amount,
            fee: 0,
            source: &id,
            currency: text(charge, "currency"),
            description: json!("REFUND FOR CHARGE"),
            at_once: charge_available(state, charge),
        };
        let transaction = money::book(state, &entry);
        state.set(&id, "balance_transaction", transaction);
    }
    refunded_by(state, text(charge, "id"), amount);
    state.emit("refund.created", &id);
    state.emit_change("charge.refunded", text(charge, "id"), charge);
    early_fraud_warnings::lapse(state, text(charge, "id"));
    if slow || fails {
        let time = state.now() + state.settle_after;
        state.at(time, Due::SettleRefund(id.clone()));
    }
    id
}

fn charge_available(state: &State, charge: &Value) -> bool {
    state.own(text(charge, "balance_transaction"))["status"] == "available"
}

/// The charge's running sum; a refund that failed takes it back.
fn refunded_by(state: &mut State, charge: &str, amount: i64) {
    state.update(charge, |charge| {
        let sum = charge.get("amount_refunded").and_then(Value::as_i64).unwrap_or(0) + amount;
        let whole = if charge["captured"] == true {
            charge["amount_captured"].as_i64()
        } else {
            charge["amount"].as_i64()
        };
        charge.insert("amount_refunded".to_owned(), json!(sum));
        charge.insert("refunded".to_owned(), json!(Some(sum) == whole));
    });
}

fn tell_update(state: &mut State, id: &str, before: &Value) {
    state.emit_change("refund.updated", id, before);
    state.emit_change("charge.refund.updated", id, before);
}

/// What the reversal of a transfer gives back of the payment that the transfer made.
pub(crate) fn of_reversal(state: &mut State, payment: &str, amount: i64) -> String {
    let id = state.dice.id("pyr").replace("pyr_3", "pyr_1");
    let charge = state.own(payment).clone();
    let value = json!({
        "id": id, "object": "refund", "amount": amount, "balance_transaction": null, "charge": payment,
        "created": state.now(), "currency": charge["currency"], "customer": null, "customer_account": null, "metadata": {},
        "payment_intent": null, "payment_method": null, "reason": null, "receipt_number": null,
        "source_transfer_reversal": null, "status": "succeeded", "transfer_reversal": null,
    });
    state.insert("refund", value);
    refunded_by(state, payment, amount);
    id
}

/// Ends a refund as its card says.
pub(crate) fn settle(state: &mut State, id: &str) {
    let method = text(state.own(id), "payment_method").to_owned();
    let fails = payment_methods::conduct(state.own(&method)) == Conduct::FailingRefund;
    end(state, id, if fails { Err("expired_or_canceled_card") } else { Ok(()) });
}

/// Ends a refund: `Ok` succeeds, `Err` fails for the reason (or is canceled) and gives the money back to the account.
pub(crate) fn end(state: &mut State, id: &str, outcome: Result<(), &str>) {
    state.unschedule(&Due::SettleRefund(id.to_owned()));
    let before = state.own(id).clone();
    if matches!(text(&before, "status"), "failed" | "canceled") {
        return;
    }
    let Err(reason) = outcome else {
        if before["status"] == "pending" {
            state.update(id, |refund| {
                refund.insert("status".to_owned(), json!("succeeded"));
                refund.shift_remove("pending_reason");
            });
            tell_update(state, id, &before);
        }
        return;
    };
    let amount = int(&before, "amount");
    let back = before["balance_transaction"].is_string().then(|| {
        let entry = Entry {
            kind: "refund_failure",
            category: "refund_failure",
            amount,
            fee: 0,
            source: id,
            currency: text(&before, "currency"),
            description: json!("REFUND FAILURE"),
            at_once: true,
        };
        money::book(state, &entry)
    });
    state.update(id, |refund| {
        refund.insert(
            "status".to_owned(),
            json!(if reason == "canceled" { "canceled" } else { "failed" }),
        );
        refund.shift_remove("pending_reason");
        if reason != "canceled" {
            refund.insert("failure_reason".to_owned(), json!(reason));
        }
        if let Some(back) = back {
            refund.insert("failure_balance_transaction".to_owned(), json!(back));
        }
    });
    let charge = text(&before, "charge").to_owned();
    let charge_before = state.own(&charge).clone();
    refunded_by(state, &charge, -amount);
    tell_update(state, id, &before);
    if reason != "canceled" {
        state.emit("refund.failed", id);
    }
    state.emit_change("charge.updated", &charge, &charge_before);
}

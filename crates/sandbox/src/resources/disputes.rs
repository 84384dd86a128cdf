//! Disputes: a buyer takes the money back through the bank. Evidence with Stripe's magic words decides them.

use serde_json::{Map, Value, json};

use super::early_fraud_warnings;
use super::money::{self, Entry};
use crate::state::{State, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

/// What a lost or open dispute costs.
const FEE: i64 = 1500;

const EVIDENCE: &[&str] = &[
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::list("/v1/disputes", "charge:id created:range payment_intent:id", |call| {
        list::page(call.state, "dispute", call.path, &call.params, |dispute| {
            list::same(&call.params, dispute, &["charge", "payment_intent"])
        })
    }),
    Operation::get("/v1/disputes/{dispute}", "", |call| {
        call.found("dispute", "dispute").map(rendered)
    }),
    Operation::post(
        "/v1/disputes/{dispute}",
        "evidence:any intended_submission_method:(manual|prefer_manual|prefer_smart_disputes|smart_disputes) metadata:map \
         submit:bool",
        update,
    ),
    Operation::post("/v1/disputes/{dispute}/close", "", |call| {
        let dispute = call.found("dispute", "dispute")?;
        let status = text(dispute, "status").to_owned();
        if !status.ends_with("needs_response") {
            let message = format!("This dispute is already closed or under review (status {status}).");
            return Err(ApiError::invalid(message).code("dispute_already_closed"));
        }
        let id = call.id().to_owned();
        close(call.state, &id, false);
        Ok(rendered(call.state.own(&id)))
    }),
];

/// Opens a dispute about a charge; an inquiry moves no money yet.
pub(crate) fn open(state: &mut State, charge: &str, reason: &str, inquiry: bool) -> String {
    let disputed = state.own(charge).clone();
    let id = state.dice.id("dp").replace("dp_3", "dp_1");
    let (amount, currency) = (
        int(&disputed, "amount_captured") - int(&disputed, "amount_refunded"),
        text(&disputed, "currency").to_owned(),
    );
    let mut evidence: Map<String, Value> = EVIDENCE.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    let card = &disputed["payment_method_details"]["card"];
    let value = json!({
        "id": id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge,
        "created": state.now(),
        "currency": currency,
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": state.now() + 9 * 86_400, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false,
            "submission_count": 0, "submission_method": "not_submitted",
        },
        "intended_submission_method": "manual",
        "is_charge_refundable": inquiry,
        "livemode": false,
        "metadata": {},
        "payment_intent": disputed["payment_intent"],
        "payment_method_details": {
            "card": { "brand": card["brand"], "case_type": if inquiry { "inquiry" } else { "chargeback" }, "network": card["brand"], "network_reason_code": "10.4" },
            "type": "card",
        },
        "reason": reason,
        "status": if inquiry { "warning_needs_response" } else { "needs_response" },
    });
    state.insert("dispute", value);
    state.set(charge, "disputed", true);
    state.emit_change("charge.updated", charge, &disputed);
    state.emit("charge.dispute.created", &id);
    if !inquiry {
        withdraw(state, &id, amount, &currency);
    }
    early_fraud_warnings::lapse(state, charge);
    id
}

fn withdraw(state: &mut State, id: &str, amount: i64, currency: &str) {
    move_money(state, id, -amount, FEE, currency, "Chargeback withdrawal");
    state.emit("charge.dispute.funds_withdrawn", id);
}

fn move_money(state: &mut State, id: &str, amount: i64, fee: i64, currency: &str, description: &str) {
    let category = if amount < 0 { "dispute" } else { "dispute_reversal" };
    let entry = Entry {
        kind: "adjustment",
        category,
        amount,
        fee,
        source: id,
        currency,
        description: json!(description),
        at_once: true,
    };
    let transaction = money::book(state, &entry);
    let snapshot = rendered(state.own(&transaction));
    state.update(id, |dispute| {
        if let Some(Value::Array(transactions)) = dispute.get_mut("balance_transactions") {
            transactions.push(snapshot);
        }
    });
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = call.found("dispute", "dispute")?.clone();
    let id = call.id().to_owned();
    let given = call.value("evidence");
    if let Some(unknown) = given
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .find(|name| !EVIDENCE.contains(&name.as_str()) && !matches!(name.as_str(), "enhanced_evidence" | "appeal"))
    {
        let name = format!("evidence[{unknown}]");
        return Err(ApiError::param(&name, format!("Received unknown parameter: {name}"))
            .code("parameter_unknown")
            .unexecuted());
    }
    let submit = call.flag("submit") != Some(false) && given.is_object();
    let metadata = call.params.get("metadata").cloned();
    call.state.update(&id, |dispute| {
        for (name, value) in given.as_object().into_iter().flatten() {
            dispute["evidence"][name.as_str()] = value.clone();
        }
        if given.is_object() {
            dispute["evidence_details"]["has_evidence"] = json!(true);
        }
        if submit {
            let count = dispute["evidence_details"]["submission_count"].as_i64().unwrap_or(0);
            dispute["evidence_details"]["submission_count"] = json!(count + 1);
            dispute["evidence_details"]["submission_method"] = json!("manual");
            let inquiry = dispute["status"].as_str().unwrap_or("").starts_with("warning");
            dispute.insert(
                "status".to_owned(),
                json!(if inquiry {
                    "warning_under_review"
                } else {
                    "under_review"
                }),
            );
        }
        if let Some(metadata) = &metadata {
            merge_metadata(dispute, metadata);
        }
    });
    if call.state.own(&id) != &before {
        call.state.emit_change("charge.dispute.updated", &id, &before);
    }
    match given["uncategorized_text"].as_str() {
        Some("winning_evidence") if submit => close(call.state, &id, true),
        Some("losing_evidence") if submit => close(call.state, &id, false),
        _ => {}
    }
    Ok(rendered(call.state.own(&id)))
}

/// The bank has decided.
pub(crate) fn close(state: &mut State, id: &str, won: bool) {
    let dispute = state.own(id).clone();
    let inquiry = text(&dispute, "status").starts_with("warning");
    let status = match (inquiry, won) {
        (true, _) => "warning_closed",
        (false, true) => "won",
        (false, false) => "lost",
    };
    state.update(id, |dispute| {
        dispute.insert("status".to_owned(), json!(status));
        if won {
            dispute.insert("is_charge_refundable".to_owned(), json!(true));
        }
    });
    if won && !inquiry {
        let (amount, currency) = (int(&dispute, "amount"), text(&dispute, "currency").to_owned());
        move_money(state, id, amount, -FEE, &currency, "Chargeback reversal");
        state.emit("charge.dispute.funds_reinstated", id);
    }
    state.emit("charge.dispute.closed", id);
}

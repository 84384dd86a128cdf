//! Early fraud warnings: a bank's word that a payment may have been fraud, before its owner disputes it.

use serde_json::{Value, json};

use crate::state::{State, flag, rendered, text};
use crate::wire::{Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::list(
        "/v1/radar/early_fraud_warnings",
        "charge:id created:range payment_intent:id",
        |call| {
            list::page(
                call.state,
                "radar.early_fraud_warning",
                call.path,
                &call.params,
                |warning| list::same(&call.params, warning, &["charge", "payment_intent"]),
            )
        },
    ),
    Operation::get("/v1/radar/early_fraud_warnings/{early_fraud_warning}", "", |call| {
        call.found("radar.early_fraud_warning", "early_fraud_warning")
            .map(rendered)
    }),
];

/// What a bank may suspect.
pub(crate) const FRAUD_TYPES: &[&str] = &[
    "card_never_received",
    "fraudulent_card_application",
    "made_with_counterfeit_card",
    "made_with_lost_card",
    "made_with_stolen_card",
    "misc",
    "unauthorized_use_of_card",
];

/// Warns about a charge.
pub(crate) fn warn(state: &mut State, charge: &str, fraud_type: &str) -> String {
    let suspected = state.own(charge).clone();
    let value = json!({
        "id": state.dice.id("issfr").replace("issfr_3", "issfr_1"),
        "object": "radar.early_fraud_warning",
        "actionable": is_actionable(&suspected),
        "charge": charge,
        "created": state.now(),
        "fraud_type": fraud_type,
        "livemode": false,
        "payment_intent": suspected["payment_intent"],
    });
    let id = state.insert("radar.early_fraud_warning", value);
    state.emit("radar.early_fraud_warning.created", &id);
    id
}

/// A refund helps only while there is something to refund and no dispute.
fn is_actionable(charge: &Value) -> bool {
    !flag(charge, "disputed") && !flag(charge, "refunded")
}

/// Takes back that something can be done about a charge's warnings, where nothing can be any more.
pub(crate) fn lapse(state: &mut State, charge: &str) {
    if is_actionable(state.own(charge)) {
        return;
    }
    let open: Vec<String> = state
        .naming("radar.early_fraud_warning", "charge", charge)
        .into_iter()
        .filter(|warning| flag(warning, "actionable"))
        .map(|warning| text(warning, "id").to_owned())
        .collect();
    for id in open {
        let before = state.own(&id).clone();
        state.set(&id, "actionable", false);
        state.emit_change("radar.early_fraud_warning.updated", &id, &before);
    }
}

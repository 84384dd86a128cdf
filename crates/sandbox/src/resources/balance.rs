//! The balance and the transactions that make it up.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::state::{State, int, rendered, text};
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::get("/v1/balance", "", |call| Ok(balance(call.state))),
    Operation::list(
        "/v1/balance_transactions",
        "created:range currency:currency payout:id source:id type",
        transactions,
    ),
    Operation::get("/v1/balance_transactions/{id}", "", |call| {
        call.found("balance_transaction", "id").map(rendered)
    }),
];

fn transactions(call: &mut Call<'_>) -> Answer {
    list::page(
        call.state,
        "balance_transaction",
        call.path,
        &call.params,
        |transaction| {
            list::same(&call.params, transaction, &["currency", "source", "type"]) && call.given("payout").is_none()
        },
    )
}

pub(crate) fn balance(state: &State) -> Value {
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    sums.insert("usd", (0, 0));
    for transaction in state.newest_first("balance_transaction") {
        let (available, pending) = sums.entry(text(transaction, "currency")).or_default();
        let sum = if transaction["status"] == "available" {
            available
        } else {
            pending
        };
        *sum += int(transaction, "net");
    }
    let row = |currency: &str, amount: i64| json!({ "amount": amount, "currency": currency, "source_types": { "card": amount } });
    let available: Vec<Value> = sums
        .iter()
        .map(|(currency, (available, _))| row(currency, *available))
        .collect();
    let pending: Vec<Value> = sums
        .iter()
        .map(|(currency, (_, pending))| row(currency, *pending))
        .collect();
    json!({
        "object": "balance",
        "available": available,
        "livemode": false,
        "pending": pending,
        "refund_and_dispute_prefunding": { "available": [], "pending": [] },
    })
}

/// The money that was to be available from `time` on now is.
pub(crate) fn release(state: &mut State, time: i64) {
    let pending = state.naming("balance_transaction", "status", "pending").into_iter();
    let ids: Vec<String> = pending
        .filter(|row| int(row, "available_on") <= time)
        .map(|row| text(row, "id").to_owned())
        .collect();
    for id in &ids {
        state.set(id, "status", "available");
    }
    let snapshot = balance(state);
    state.emit_value("balance.available", snapshot, None);
}

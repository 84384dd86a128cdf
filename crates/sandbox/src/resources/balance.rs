//! The balance and the transactions that make it up.

use std::collections::{BTreeMap, BTreeSet};

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
    let account = state.own(state.origin.account.as_deref().unwrap_or_default());
    sums.insert(account["default_currency"].as_str().unwrap_or("usd"), (0, 0));
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

/// What is available in a currency, and all that there is, on the account that something is being done on.
pub(crate) fn funds(state: &State, currency: &str) -> (i64, i64) {
    let rows = state.newest_first("balance_transaction");
    rows.filter(|row| row["currency"] == currency)
        .fold((0, 0), |(available, all), row| {
            let net = int(row, "net");
            let now = if row["status"] == "available" { net } else { 0 };
            (available + now, all + net)
        })
}

/// The money that was to be available from `time` on now is, on every account.
pub(crate) fn release(state: &mut State, time: i64) {
    let pending = [json!("pending").to_string()];
    let rows = state.shelf.newest_first("balance_transaction", &pending);
    let due: Vec<(String, Option<String>)> = rows
        .filter(|row| row["status"] == "pending" && int(row, "available_on") <= time)
        .map(|row| (text(row, "id").to_owned(), row["_account"].as_str().map(str::to_owned)))
        .collect();
    // Absent before present: the sandbox's own account is told of first, whether or not anything of it was pending.
    let mut accounts = BTreeSet::from([None]);
    for (id, account) in due {
        state.set(&id, "status", "available");
        accounts.insert(account);
    }
    for account in accounts {
        state.on_account(account.as_deref(), |state| {
            let snapshot = balance(state);
            state.emit_value("balance.available", snapshot, None);
        });
    }
}

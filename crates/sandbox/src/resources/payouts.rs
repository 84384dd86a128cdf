//! Payouts: money that leaves a balance for a bank account, of a connected account or of the sandbox's own. It arrives two
//! days later, and may come back even after that.

use serde_json::{Value, json};

use super::money::{self, Entry};
use super::{account, balance, take_over};
use crate::due::Due;
use crate::state::{State, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::list::created_within;
use crate::wire::{Answer, Call, Operation, list};

/// Seconds a payout is on its way.
const WAY_SECONDS: i64 = 2 * 86_400;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/payouts",
        "amount*:int currency*:currency description destination:id metadata:map method:(instant|standard) \
         source_type:(bank_account|card|fpx) statement_descriptor",
        create,
    ),
    Operation::list(
        "/v1/payouts",
        "arrival_date:range created:range destination:id status",
        |call| {
            list::page(call.state, "payout", call.path, &call.params, |payout| {
                let arrives = call.params.get("arrival_date");
                arrives.is_none_or(|range| created_within(range, int(payout, "arrival_date")))
                    && list::same(&call.params, payout, &["destination", "status"])
            })
        },
    ),
    Operation::get("/v1/payouts/{payout}", "", |call| {
        call.found("payout", "payout").map(rendered)
    }),
    Operation::post("/v1/payouts/{payout}", "metadata:map", |call| {
        let before = call.found("payout", "payout")?.clone();
        let id = call.id().to_owned();
        let params = &call.params;
        call.state.update(&id, |payout| {
            if let Some(metadata) = params.get("metadata") {
                merge_metadata(payout, metadata);
            }
        });
        if call.state.own(&id) != &before {
            call.state.emit_change("payout.updated", &id, &before);
        }
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::post("/v1/payouts/{payout}/cancel", "", |call| {
        let status = text(call.found("payout", "payout")?, "status").to_owned();
        if status != "pending" {
            let message = format!("Payouts can only be canceled while they are pending; this one is {status}.");
            return Err(ApiError::invalid(message).code("payouts_not_allowed"));
        }
        let id = call.id().to_owned();
        come_back(call.state, &id, "canceled", None);
        Ok(rendered(call.state.own(&id)))
    }),
];

fn create(call: &mut Call<'_>) -> Answer {
    let amount = call.int("amount").unwrap_or(0);
    let currency = call.text("currency").unwrap_or_default().to_owned();
    if amount < 1 {
        return Err(ApiError::param("amount", "Invalid positive integer").code("parameter_invalid_integer"));
    }
    let account = match call.state.origin.account.as_deref() {
        Some(id) => call.state.own(id).clone(),
        None => account::own(call.state),
    };
    if account["payouts_enabled"] != true {
        let message = "Payouts are not enabled for this account: something is still due from its owner.";
        return Err(ApiError::invalid(message).code("payouts_not_allowed"));
    }
    let banks = account["external_accounts"]["data"].as_array();
    let fits = |bank: &&Value| {
        bank["currency"] == currency.as_str() && call.text("destination").is_none_or(|wanted| bank["id"] == wanted)
    };
    let Some(bank) = banks.into_iter().flatten().find(fits).cloned() else {
        let message = format!("Sorry, you don't have any external accounts in that currency ({currency})");
        return Err(ApiError::param("destination", message));
    };
    if balance::funds(call.state, &currency).0 < amount {
        let message =
            "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low.";
        return Err(ApiError::invalid(message).code("balance_insufficient"));
    }
    // Until it is paid out to, it stands in its account alone.
    if call.state.get(text(&bank, "id")).is_none() {
        call.state.insert("bank_account", bank.clone());
    }
    let now = call.state.now();
    let arrival = (now + WAY_SECONDS) / 86_400 * 86_400;
    let id = call.state.dice.id("po").replace("po_3", "po_1");
    let mut value = json!({
        "id": id, "object": "payout", "amount": amount, "application_fee": null, "application_fee_amount": null,
        "arrival_date": arrival, "automatic": false, "balance_transaction": null, "created": now, "currency": currency,
        "description": null, "destination": bank["id"], "failure_balance_transaction": null, "failure_code": null,
        "failure_message": null, "livemode": false, "metadata": call.metadata(),
        "method": call.text("method").unwrap_or("standard"), "original_payout": null, "payout_method": null,
        "reconciliation_status": "not_applicable", "reversed_by": null,
        "source_type": call.text("source_type").unwrap_or("card"), "statement_descriptor": null, "status": "pending",
        "trace_id": null, "type": "bank_account",
    });
    if let Value::Object(payout) = &mut value {
        take_over(payout, &call.params, &["description", "statement_descriptor"]);
    }
    call.state.insert("payout", value);
    let transaction = enter(call.state, &id, "payout", -amount);
    call.state.set(&id, "balance_transaction", transaction);
    call.state.emit("payout.created", &id);
    call.state.at(arrival, Due::Payout(id.clone()));
    Ok(rendered(call.state.own(&id)))
}

fn enter(state: &mut State, id: &str, kind: &str, amount: i64) -> String {
    let payout = state.own(id).clone();
    let entry = Entry {
        kind,
        category: if kind == "payout" { "payout" } else { "payout_reversal" },
        amount,
        fee: 0,
        source: id,
        currency: text(&payout, "currency"),
        description: payout["description"].clone(),
        at_once: true,
    };
    money::book(state, &entry)
}

/// The account whose payout it is; none is the sandbox's own.
fn owner(state: &State, id: &str) -> Option<String> {
    state.own(id)["_account"].as_str().map(str::to_owned)
}

/// A payout arrives at its bank, unless it has come to something else already.
pub(crate) fn arrive(state: &mut State, id: &str) {
    state.unschedule(&Due::Payout(id.to_owned()));
    if text(state.own(id), "status") != "pending" {
        return;
    }
    state.set(id, "status", "paid");
    let account = owner(state, id);
    state.on_account(account.as_deref(), |state| state.emit("payout.paid", id));
}

/// The bank sends a payout back, which happens even to one that has arrived.
pub(crate) fn fail(state: &mut State, id: &str, code: &str) {
    let account = owner(state, id);
    state.on_account(account.as_deref(), |state| come_back(state, id, "failed", Some(code)));
}

/// The money of a payout is on the balance again.
fn come_back(state: &mut State, id: &str, status: &'static str, code: Option<&str>) {
    state.unschedule(&Due::Payout(id.to_owned()));
    let amount = int(state.own(id), "amount");
    let (kind, event) = match status {
        "failed" => ("payout_failure", "payout.failed"),
        _ => ("payout_cancel", "payout.canceled"),
    };
    let transaction = enter(state, id, kind, amount);
    state.update(id, |payout| {
        payout.insert("status".to_owned(), json!(status));
        payout.insert("failure_balance_transaction".to_owned(), json!(transaction));
        if let Some(code) = code {
            payout.insert("failure_code".to_owned(), json!(code));
            payout.insert("failure_message".to_owned(), json!("The bank sent the money back."));
        }
    });
    state.emit(event, id);
}

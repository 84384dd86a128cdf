//! Transfers: money that goes from the sandbox's own account to a connected one, and back by reversals.
//!
//! Each is entered twice: on the balance it leaves and, as a payment, on the balance it comes to. What has a source charge
//! may leave before that charge's money is available, and is available there when it is.

use serde_json::{Value, json};

use super::money::{self, Entry};
use super::{balance, charges};
use crate::state::{State, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

/// Reversals that stand in the transfer itself.
const EMBEDDED: usize = 10;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/transfers",
        "amount:int currency*:currency description destination*:id metadata:map source_transaction:id \
         source_type:(bank_account|card|fpx) transfer_group",
        create,
    ),
    Operation::list("/v1/transfers", "created:range destination:id transfer_group", |call| {
        list::page(call.state, "transfer", call.path, &call.params, |transfer| {
            list::same(&call.params, transfer, &["destination", "transfer_group"])
        })
    }),
    Operation::get("/v1/transfers/{transfer}", "", |call| {
        call.found("transfer", "transfer").map(rendered)
    }),
    Operation::post("/v1/transfers/{transfer}", "description metadata:map", |call| {
        let before = call.found("transfer", "transfer")?.clone();
        let id = call.id().to_owned();
        let params = &call.params;
        call.state.update(&id, |transfer| {
            super::take_over(transfer, params, &["description"]);
            if let Some(metadata) = params.get("metadata") {
                merge_metadata(transfer, metadata);
            }
        });
        if call.state.own(&id) != &before {
            call.state.emit_change("transfer.updated", &id, &before);
        }
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::post(
        "/v1/transfers/{id}/reversals",
        "amount:int description metadata:map refund_application_fee:bool",
        reverse,
    ),
    Operation::list("/v1/transfers/{id}/reversals", "", |call| {
        call.found("transfer", "id")?;
        let transfer = call.id();
        list::page(call.state, "transfer_reversal", call.path, &call.params, |reversal| {
            reversal["transfer"] == transfer
        })
    }),
    Operation::get("/v1/transfers/{transfer}/reversals/{id}", "", |call| {
        reversal(call).map(|reversal| rendered(&reversal))
    }),
    Operation::post("/v1/transfers/{transfer}/reversals/{id}", "metadata:map", |call| {
        let found = reversal(call)?;
        let id = text(&found, "id").to_owned();
        if let Some(metadata) = call.params.get("metadata") {
            call.state.update(&id, |reversal| merge_metadata(reversal, metadata));
        }
        embed(call.state, text(&found, "transfer"));
        Ok(rendered(call.state.own(&id)))
    }),
];

/// The reversal that the path names, of the transfer that it names.
fn reversal(call: &Call<'_>) -> Result<Value, ApiError> {
    call.found("transfer", "transfer")?;
    let id = call.ids.get(1).map_or("", String::as_str);
    let found = call.state.find("transfer_reversal", id);
    found
        .filter(|reversal| reversal["transfer"] == call.id())
        .cloned()
        .ok_or_else(|| ApiError::absent("transfer_reversal", id, "id").status(404))
}

/// The account that a transfer goes to, if it can receive one.
fn destination(call: &Call<'_>) -> Result<String, ApiError> {
    let id = call.text("destination").unwrap_or_default();
    let found = call
        .state
        .find("account", id)
        .filter(|account| account.get("deleted").is_none());
    let Some(account) = found else {
        return Err(ApiError::absent("destination", id, "destination"));
    };
    if account["capabilities"]["transfers"] != "active" {
        let message = "Your destination account needs to have at least one of the following capabilities enabled: transfers, \
                       crypto_transfers, legacy_payments";
        return Err(ApiError::param("destination", message).code("insufficient_capabilities_for_transfer"));
    }
    Ok(id.to_owned())
}

/// The charge that a transfer's money comes from, if it covers the amount.
fn source(call: &Call<'_>, amount: Option<i64>, currency: &str) -> Result<Option<Value>, ApiError> {
    let Some(id) = call.text("source_transaction") else {
        return Ok(None);
    };
    let charge = call.state.referred("charge", id, "source_transaction")?.clone();
    if charge["status"] != "succeeded" || charge["captured"] != true {
        let message = format!("The charge {id} has not been paid, so it cannot be the source of a transfer.");
        return Err(ApiError::param("source_transaction", message));
    }
    if charge["currency"] != currency {
        let message = format!(
            "The currency of source_transaction's balance transaction ({}) must be the same as the transfer currency \
             ({currency})",
            text(&charge, "currency")
        );
        return Err(ApiError::param("currency", message));
    }
    let whole = int(&charge, "amount_captured");
    let used: i64 = call
        .state
        .naming("transfer", "source_transaction", id)
        .iter()
        .map(|transfer| int(transfer, "amount"))
        .sum();
    if amount.unwrap_or(whole) > whole - used {
        let message = format!(
            "Transfers using this transaction as a source must not exceed the source amount of {}. (There is already a total \
             of {} transferred using this source transaction.)",
            money::shown(whole, currency),
            money::shown(used, currency)
        );
        return Err(ApiError::param("amount", message));
    }
    Ok(Some(charge))
}

fn insufficient(message: &str) -> ApiError {
    ApiError::invalid(message).code("balance_insufficient")
}

fn create(call: &mut Call<'_>) -> Answer {
    let currency = call.text("currency").unwrap_or_default().to_owned();
    let given = call.int("amount");
    if given.is_some_and(|amount| amount < 1) {
        return Err(ApiError::param("amount", "Invalid positive integer").code("parameter_invalid_integer"));
    }
    let destination = destination(call)?;
    let source = source(call, given, &currency)?;
    let whole = source.as_ref().map(|charge| int(charge, "amount_captured"));
    let amount = given.or(whole).ok_or_else(|| ApiError::missing("amount"))?;
    let now = call.state.now();
    let available_on = match &source {
        Some(charge) => int(call.state.own(text(charge, "balance_transaction")), "available_on").max(now),
        None if balance::funds(call.state, &currency).0 < amount => {
            return Err(insufficient(
                "You have insufficient available funds in your Stripe account. Try adding funds directly to your available \
                 balance by creating Charges using the 4000000000000077 test card. See: \
                 https://stripe.com/docs/testing#available-balance",
            ));
        }
        None => now,
    };
    let id = call.state.dice.id("tr");
    let source_id = source.as_ref().map(|charge| charge["id"].clone());
    let group = match (call.text("transfer_group"), &source) {
        (Some(group), _) => json!(group),
        (None, Some(charge)) if charge["transfer_group"].is_string() => charge["transfer_group"].clone(),
        (None, Some(charge)) => json!(format!("group_{}", text(charge, "id"))),
        (None, None) => Value::Null,
    };
    let value = json!({
        "id": id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": null,
        "created": now,
        "currency": currency,
        "description": call.value("description"),
        "destination": destination,
        "livemode": false,
        "metadata": call.metadata(),
        "reversals": { "object": "list", "data": [], "has_more": false, "url": format!("/v1/transfers/{id}/reversals") },
        "reversed": false,
        "source_transaction": source_id,
        "source_type": call.text("source_type").unwrap_or("card"),
        "transfer_group": group,
    });
    call.state.insert("transfer", value);
    move_there(call.state, &id, available_on);
    call.state.emit("transfer.created", &id);
    Ok(rendered(call.state.own(&id)))
}

/// Enters a transfer on both balances.
fn move_there(state: &mut State, id: &str, available_on: i64) {
    let transfer = state.own(id).clone();
    let (amount, currency) = (int(&transfer, "amount"), text(&transfer, "currency"));
    let entry = Entry {
        kind: "transfer",
        category: "transfer",
        amount: -amount,
        fee: 0,
        source: id,
        currency,
        description: transfer["description"].clone(),
        at_once: false,
    };
    let left = money::book_from(state, &entry, available_on);
    let account = text(&transfer, "destination");
    let payment = state.on_account(Some(account), |state| {
        let payment = charges::of_transfer(state, &transfer);
        let entry = Entry {
            kind: "payment",
            category: "charge",
            amount,
            source: &payment,
            ..entry
        };
        let came = money::book_from(state, &entry, available_on);
        state.set(&payment, "balance_transaction", came);
        payment
    });
    state.set(id, "balance_transaction", left);
    state.set(id, "destination_payment", payment);
}

fn reverse(call: &mut Call<'_>) -> Answer {
    let transfer = call.found("transfer", "id")?.clone();
    let (id, currency) = (text(&transfer, "id"), text(&transfer, "currency"));
    let left = int(&transfer, "amount") - int(&transfer, "amount_reversed");
    if left == 0 {
        let message = format!("The transfer {id} is already fully reversed.");
        return Err(ApiError::invalid(message));
    }
    let amount = call.int("amount").unwrap_or(left);
    if amount < 1 {
        return Err(ApiError::param("amount", "Invalid positive integer").code("parameter_invalid_integer"));
    }
    if amount > left {
        let message = format!(
            "Reversal amount ({}) is greater than the unreversed amount on the transfer ({})",
            money::shown(amount, currency),
            money::shown(left, currency)
        );
        return Err(ApiError::param("amount", message));
    }
    let account = text(&transfer, "destination");
    let (_, held) = call
        .state
        .on_account(Some(account), |state| balance::funds(state, currency));
    if held < amount {
        return Err(insufficient(
            "The connected account does not have sufficient funds in its balance to cover this reversal.",
        ));
    }
    let reversal = call.state.dice.id("trr");
    let value = json!({
        "id": reversal,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": null,
        "created": call.state.now(),
        "currency": currency,
        "destination_payment_refund": null,
        "metadata": call.metadata(),
        "source_refund": null,
        "transfer": id,
    });
    call.state.insert("transfer_reversal", value);
    move_back(call.state, &reversal, &transfer, amount);
    call.state.emit_change("transfer.reversed", id, &transfer);
    Ok(rendered(call.state.own(&reversal)))
}

/// Enters a reversal on both balances. It is available when what it takes back was to be.
fn move_back(state: &mut State, reversal: &str, transfer: &Value, amount: i64) {
    let (id, currency) = (text(transfer, "id"), text(transfer, "currency"));
    let was_available_on = int(state.own(text(transfer, "balance_transaction")), "available_on");
    let available_on = was_available_on.max(state.now());
    let entry = Entry {
        kind: "transfer_refund",
        category: "transfer_reversal",
        amount,
        fee: 0,
        source: reversal,
        currency,
        description: Value::Null,
        at_once: false,
    };
    let came = money::book_from(state, &entry, available_on);
    let payment = text(transfer, "destination_payment");
    let refund = state.on_account(Some(text(transfer, "destination")), |state| {
        let refund = super::refunds::of_reversal(state, payment, amount);
        let entry = Entry {
            kind: "payment_refund",
            category: "refund",
            amount: -amount,
            source: &refund,
            ..entry
        };
        let left = money::book_from(state, &entry, available_on);
        state.set(&refund, "balance_transaction", left);
        refund
    });
    state.set(reversal, "balance_transaction", came);
    state.set(reversal, "destination_payment_refund", refund);
    let reversed = int(transfer, "amount_reversed") + amount;
    let is_whole = reversed == int(transfer, "amount");
    state.update(id, |transfer| {
        transfer.insert("amount_reversed".to_owned(), json!(reversed));
        transfer.insert("reversed".to_owned(), json!(is_whole));
    });
    embed(state, id);
}

/// Puts the newest reversals of a transfer into it.
fn embed(state: &mut State, transfer: &str) {
    let all = state.naming("transfer_reversal", "transfer", transfer);
    let has_more = all.len() > EMBEDDED;
    let newest: Vec<Value> = all.into_iter().take(EMBEDDED).map(rendered).collect();
    state.update(transfer, |transfer| {
        transfer["reversals"]["data"] = json!(newest);
        transfer["reversals"]["has_more"] = json!(has_more);
    });
}

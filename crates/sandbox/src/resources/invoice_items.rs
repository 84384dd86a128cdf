//! Invoice items: amounts that wait for a customer's next invoice.

use serde_json::{Value, json};

use super::{invoice_lines, invoices, take_over};
use crate::state::{State, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/invoiceitems",
        "amount:int currency:currency customer*:id description discountable:bool invoice:id metadata:map \
         period:{end*:int start*:int} pricing:{price:id} quantity:int subscription:id",
        create,
    ),
    Operation::list(
        "/v1/invoiceitems",
        "created:range customer:id invoice:id pending:bool",
        |call| {
            let pending = call.flag("pending");
            list::page(call.state, "invoiceitem", call.path, &call.params, |item| {
                pending.is_none_or(|pending| pending == item["invoice"].is_null())
                    && list::same(&call.params, item, &["customer", "invoice"])
            })
        },
    ),
    Operation::get("/v1/invoiceitems/{invoiceitem}", "", |call| {
        call.found("invoiceitem", "invoiceitem").map(rendered)
    }),
    Operation::post(
        "/v1/invoiceitems/{invoiceitem}",
        "amount:int description discountable:bool metadata:map period:{end*:int start*:int} pricing:{price:id} quantity:int",
        update,
    ),
    Operation::delete("/v1/invoiceitems/{invoiceitem}", delete),
];

/// The item of the path, which no invoice that is final holds.
fn editable(call: &Call<'_>) -> Result<Value, ApiError> {
    let item = call.found("invoiceitem", "invoiceitem")?.clone();
    let invoice = text(&item, "invoice");
    if !invoice.is_empty() && call.state.own(invoice)["status"] != "draft" {
        let message = "This invoice item is on an invoice that is no longer a draft, so it can't be modified.";
        return Err(ApiError::invalid(message).code("invoice_not_editable"));
    }
    Ok(item)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut item = editable(call)?;
    let id = call.id().to_owned();
    if item["proration"] == true && (call.given("quantity").is_some() || call.given("pricing").is_some()) {
        let message = "The price and the quantity of a proration cannot change.";
        return Err(ApiError::invalid(message));
    }
    let price = if let Some(price) = call.value("pricing")["price"].as_str() {
        call.state.referred("price", price, "pricing[price]")?.clone()
    } else {
        let named = text(&item["pricing"]["price_details"], "price");
        call.state.own(named).clone()
    };
    let quantity = call.int("quantity").unwrap_or_else(|| int(&item, "quantity"));
    let by_price = call.given("pricing").is_some() || call.given("quantity").is_some();
    let amount = match call.int("amount") {
        None if by_price && price["unit_amount"].is_i64() => int(&price, "unit_amount").saturating_mul(quantity),
        given => given.unwrap_or_else(|| int(&item, "amount")),
    };
    item["amount"] = json!(amount);
    item["net_amount"] = json!(amount);
    item["quantity"] = json!(quantity);
    item["quantity_decimal"] = json!(quantity.to_string());
    item["pricing"] = invoice_lines::pricing(&price);
    let params = &call.params;
    if let Value::Object(members) = &mut item {
        take_over(members, params, &["description", "discountable", "period"]);
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(members, metadata);
        }
    }
    let invoice = text(&item, "invoice").to_owned();
    call.state.update(&id, |kept| {
        if let Value::Object(changed) = &item {
            kept.clone_from(changed);
        }
    });
    if !invoice.is_empty() {
        let line = invoice_lines::of_invoice_item(call.state, &item);
        invoices::edit_lines(call.state, &invoice, |lines| {
            if let Some(place) = lines.iter_mut().find(|line| is_of(line, &id)) {
                *place = line;
            }
        });
    }
    Ok(rendered(call.state.own(&id)))
}

/// Whether a line bills an invoice item.
fn is_of(line: &Value, item: &str) -> bool {
    line["parent"]["invoice_item_details"]["invoice_item"] == item
}

fn delete(call: &mut Call<'_>) -> Answer {
    let item = editable(call)?;
    let id = call.id().to_owned();
    let invoice = text(&item, "invoice");
    if !invoice.is_empty() {
        invoices::edit_lines(call.state, invoice, |lines| lines.retain(|line| !is_of(line, &id)));
    }
    call.state.emit("invoiceitem.deleted", &id);
    call.state.remove(&id, None);
    Ok(json!({ "id": id, "object": "invoiceitem", "deleted": true }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let customer = call.text("customer").unwrap_or_default().to_owned();
    call.state.referred("customer", &customer, "customer")?;
    call.state.keep_time_of(&customer);
    let price = match call.value("pricing")["price"].as_str() {
        Some(id) => call.state.referred("price", id, "pricing[price]")?.clone(),
        None => Value::Null,
    };
    let quantity = call.int("quantity").unwrap_or(1);
    let amount = match call.int("amount") {
        Some(amount) => amount,
        None if price["unit_amount"].is_i64() => int(&price, "unit_amount").saturating_mul(quantity),
        None => return Err(ApiError::missing("amount")),
    };
    let currency = price["currency"]
        .as_str()
        .or(call.text("currency"))
        .unwrap_or("usd")
        .to_owned();
    let item = Waiting {
        customer: &customer,
        subscription: call.text("subscription").unwrap_or_default(),
        amount,
        currency: &currency,
        description: call.value("description"),
        period: call
            .given("period")
            .map(|period| (int(period, "start"), int(period, "end"))),
        price: &price,
        quantity,
        proration: false,
        credited: Value::Null,
    };
    let mut value = render(call.state, &item);
    value["metadata"] = call.metadata();
    let draft = call.text("invoice").map(str::to_owned);
    if let Some(invoice) = &draft
        && call.state.referred("invoice", invoice, "invoice")?["status"] != "draft"
    {
        return Err(ApiError::param("invoice", "This invoice is no longer editable").code("invoice_not_editable"));
    }
    value["id"] = json!(call.state.dice.id("ii").replace("ii_3", "ii_1"));
    let id = call.state.insert("invoiceitem", value);
    if let Some(invoice) = draft {
        call.state.set(&id, "invoice", invoice.clone());
        let line = invoice_lines::of_invoice_item(call.state, &call.state.own(&id).clone());
        invoices::edit_lines(call.state, &invoice, |lines| lines.push(line));
    }
    call.state.emit("invoiceitem.created", &id);
    Ok(rendered(call.state.own(&id)))
}

/// An amount that is to wait.
pub(crate) struct Waiting<'a> {
    pub(crate) customer: &'a str,
    pub(crate) subscription: &'a str,
    pub(crate) amount: i64,
    pub(crate) currency: &'a str,
    pub(crate) description: Value,
    pub(crate) period: Option<(i64, i64)>,
    pub(crate) price: &'a Value,
    pub(crate) quantity: i64,
    pub(crate) proration: bool,
    /// The invoice lines a credit gives back.
    pub(crate) credited: Value,
}

/// Keeps an amount for the next invoice, and tells of it.
pub(crate) fn wait(state: &mut State, waiting: &Waiting<'_>) {
    let mut value = render(state, waiting);
    value["id"] = json!(state.dice.id("ii").replace("ii_3", "ii_1"));
    let id = state.insert("invoiceitem", value);
    state.emit("invoiceitem.created", &id);
}

fn render(state: &State, waiting: &Waiting<'_>) -> Value {
    let now = state.now();
    let (start, end) = waiting.period.unwrap_or((now, now));
    let parent = match waiting.subscription {
        "" => Value::Null,
        subscription => json!({
            "subscription_details": { "subscription": subscription }, "type": "subscription_details",
        }),
    };
    json!({
        "id": null,
        "object": "invoiceitem",
        "amount": waiting.amount,
        "currency": waiting.currency,
        "customer": waiting.customer,
        "customer_account": null,
        "date": now,
        "description": waiting.description,
        "discountable": !waiting.proration,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": {},
        "net_amount": waiting.amount,
        "parent": parent,
        "period": { "end": end, "start": start },
        "pricing": invoice_lines::pricing(waiting.price),
        "proration": waiting.proration,
        "quantity": waiting.quantity,
        "quantity_decimal": waiting.quantity.to_string(),
        "tax_rates": [],
        "test_clock": state.own(waiting.customer)["test_clock"],
        "_credited": waiting.credited,
    })
}

/// What waits for an invoice of a subscription, or of none: in one currency, oldest first.
pub(crate) fn waiting(state: &State, customer: &str, subscription: &str, currency: &str) -> Vec<Value> {
    let found = state.naming("invoiceitem", "customer", customer).into_iter();
    let mut items: Vec<Value> = found
        .filter(|item| item["invoice"].is_null() && item["currency"] == currency)
        .filter(|item| {
            let of = text(&item["parent"]["subscription_details"], "subscription");
            of.is_empty() || of == subscription
        })
        .cloned()
        .collect();
    items.reverse();
    items
}

/// The lines of what waits; the invoice they are put on takes it.
pub(crate) fn take_waiting(state: &mut State, customer: &str, subscription: &str, currency: &str) -> Vec<Value> {
    let items = waiting(state, customer, subscription, currency);
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        lines.push(invoice_lines::of_invoice_item(state, &item));
    }
    lines
}

//! Invoice items: amounts that wait for a customer's next invoice.

use serde_json::{Value, json};

use super::{invoice_lines, invoices};
use crate::state::{State, int, rendered, text};
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
    Operation::delete("/v1/invoiceitems/{invoiceitem}", |call| {
        if call.found("invoiceitem", "invoiceitem")?["invoice"].is_string() {
            let message = "An invoice item that is on an invoice already cannot be deleted here.";
            return Err(ApiError::invalid(message).code("invoice_not_editable"));
        }
        let id = call.id().to_owned();
        call.state.emit("invoiceitem.deleted", &id);
        call.state.remove(&id, None);
        Ok(json!({ "id": id, "object": "invoiceitem", "deleted": true }))
    }),
];

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
        invoices::add(call.state, &invoice, vec![line]);
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
        "created": now,
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

/// The lines of what waits for a customer, oldest first; the invoice they are put on takes them. What waits for one subscription, or for none in particular.
pub(crate) fn take_waiting(state: &mut State, customer: &str, subscription: &str) -> Vec<Value> {
    let waiting = state.naming("invoiceitem", "customer", customer).into_iter();
    let mut items: Vec<Value> = waiting
        .filter(|item| item["invoice"].is_null())
        .filter(|item| {
            let of = text(&item["parent"]["subscription_details"], "subscription");
            subscription.is_empty() || of.is_empty() || of == subscription
        })
        .cloned()
        .collect();
    items.reverse();
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        lines.push(invoice_lines::of_invoice_item(state, &item));
    }
    lines
}

//! Invoice payments: which payment intent pays which invoice.

use serde_json::{Value, json};

use crate::state::{State, rendered, text};
use crate::wire::{Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::list(
        "/v1/invoice_payments",
        "created:range invoice:id payment:{payment_intent:id payment_record:id type*:(payment_intent|payment_record)} \
         status:(canceled|open|paid)",
        |call: &mut Call<'_>| {
            let wanted = call.value("payment")["payment_intent"].clone();
            list::page(call.state, "invoice_payment", call.path, &call.params, |payment| {
                (wanted.is_null() || payment["payment"]["payment_intent"] == wanted)
                    && list::same(&call.params, payment, &["invoice", "status"])
            })
        },
    ),
    Operation::get("/v1/invoice_payments/{invoice_payment}", "", |call| {
        call.found("invoice_payment", "invoice_payment").map(rendered)
    }),
];

/// The payment of an invoice by an intent.
pub(crate) fn new(state: &mut State, invoice: &Value, intent: &str) -> String {
    let value = json!({
        "id": state.dice.id("inpay").replace("inpay_3", "inpay_1"),
        "object": "invoice_payment",
        "amount_paid": null,
        "amount_requested": invoice["amount_remaining"],
        "created": state.now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": true,
        "livemode": false,
        "payment": { "payment_intent": intent, "type": "payment_intent" },
        "status": "open",
        "status_transitions": { "canceled_at": null, "paid_at": null },
    });
    state.insert("invoice_payment", value)
}

/// The payment of an invoice that was opened last.
pub(crate) fn of<'a>(state: &'a State, invoice: &str) -> Option<&'a Value> {
    state.naming("invoice_payment", "invoice", invoice).into_iter().next()
}

/// The intent that pays an invoice, if there is one.
pub(crate) fn intent_of(state: &State, invoice: &str) -> Option<String> {
    of(state, invoice).map(|payment| text(&payment["payment"], "payment_intent").to_owned())
}

/// Ends the payment of an invoice: `paid` or `canceled`.
pub(crate) fn end(state: &mut State, invoice: &str, status: &'static str) {
    let Some(payment) = of(state, invoice)
        .cloned()
        .filter(|payment| payment["status"] == "open")
    else {
        return;
    };
    let now = state.now();
    let id = text(&payment, "id");
    state.update(id, |object| {
        object.insert("status".to_owned(), json!(status));
        object["status_transitions"][format!("{status}_at")] = json!(now);
        if status == "paid" {
            object.insert("amount_paid".to_owned(), payment["amount_requested"].clone());
        }
    });
    if status == "paid" {
        state.emit("invoice_payment.paid", id);
    }
}

/// What the page of an application needs to let the buyer pay an invoice; nothing where no payment waits for it.
pub(crate) fn confirmation_secret(state: &State, invoice: &str) -> Value {
    let intent = of(state, invoice).and_then(|payment| payment["payment"]["payment_intent"].as_str());
    match intent.and_then(|intent| state.get(intent)) {
        Some(intent) => json!({ "client_secret": intent["client_secret"], "type": "payment_intent" }),
        None => Value::Null,
    }
}

/// The `payments` of an invoice, when they are expanded.
pub(crate) fn included(state: &State, invoice: &str) -> Value {
    let payments = state.naming("invoice_payment", "invoice", invoice);
    let data: Vec<Value> = payments.into_iter().map(rendered).collect();
    json!({
        "object": "list", "data": data, "has_more": false, "url": format!("/v1/invoice_payments?invoice={invoice}"),
    })
}

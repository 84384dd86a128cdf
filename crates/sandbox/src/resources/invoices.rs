//! Invoices: what a customer owes, line by line. How one is finalized and paid is in `invoice_collection`.

use serde_json::{Value, json};

use super::invoice_collection::{self as collection, DRAFT_SECONDS};
use super::invoice_lines::{self, Bill};
use super::{invoice_items, payment_methods, take_over};
use crate::due::Due;
use crate::state::{State, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/invoices",
        "auto_advance:bool collection_method:(charge_automatically|send_invoice) currency:currency customer*:id \
         days_until_due:int default_payment_method:id description due_date:int footer metadata:map \
         pending_invoice_items_behavior:(exclude|include) subscription:id",
        create,
    ),
    Operation::list(
        "/v1/invoices",
        "collection_method:(charge_automatically|send_invoice) created:range customer:id due_date:range \
         status:(draft|open|paid|uncollectible|void) subscription:id",
        |call| {
            let wanted = call.value("subscription");
            list::page(call.state, "invoice", call.path, &call.params, |invoice| {
                (wanted.is_null() || invoice["parent"]["subscription_details"]["subscription"] == wanted)
                    && list::same(&call.params, invoice, &["collection_method", "customer", "status"])
            })
        },
    ),
    Operation::get("/v1/invoices/{invoice}", "", |call| {
        call.found("invoice", "invoice").map(rendered)
    }),
    Operation::post(
        "/v1/invoices/{invoice}",
        "auto_advance:bool default_payment_method:id description footer metadata:map",
        update,
    ),
    Operation::delete("/v1/invoices/{invoice}", delete),
    Operation::list("/v1/invoices/{invoice}/lines", "", |call| {
        let invoice = rendered(call.found("invoice", "invoice")?);
        let lines = invoice["lines"]["data"].as_array().cloned().unwrap_or_default();
        list::slice(call.path, &call.params, lines)
    }),
    Operation::post("/v1/invoices/{invoice}/finalize", "auto_advance:bool", |call| {
        let id = expect(call, &["draft"])?;
        collection::finalize(call.state, &id);
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::post(
        "/v1/invoices/{invoice}/pay",
        "forgive:bool mandate:id off_session:bool paid_out_of_band:bool payment_method:id source:id",
        pay,
    ),
    Operation::post("/v1/invoices/{invoice}/send", "", |call| {
        let id = expect(call, &["draft", "open"])?;
        if call.state.own(&id)["status"] == "draft" {
            collection::finalize(call.state, &id);
        }
        call.state.emit("invoice.sent", &id);
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::post("/v1/invoices/{invoice}/void", "", |call| {
        let id = expect(call, &["open", "uncollectible"])?;
        collection::close(call.state, &id, "void");
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::post("/v1/invoices/{invoice}/mark_uncollectible", "", |call| {
        let id = expect(call, &["open"])?;
        collection::close(call.state, &id, "uncollectible");
        Ok(rendered(call.state.own(&id)))
    }),
];

/// The invoice of the path, which must have one of the statuses; its customer's time is kept from here on.
fn expect(call: &mut Call<'_>, statuses: &[&str]) -> Result<String, ApiError> {
    let invoice = call.found("invoice", "invoice")?.clone();
    let status = text(&invoice, "status");
    if status == "paid" && !statuses.contains(&"paid") {
        return Err(ApiError::invalid("Invoice is already paid").code("invoice_already_paid"));
    }
    if !statuses.contains(&status) {
        let message = format!(
            "This invoice is {status}; that can only be done to one that is {}.",
            statuses.join(" or ")
        );
        return Err(ApiError::invalid(message).code("invoice_not_editable"));
    }
    call.state.keep_time_of(text(&invoice, "customer"));
    Ok(call.id().to_owned())
}

fn create(call: &mut Call<'_>) -> Answer {
    let customer = call.text("customer").unwrap_or_default().to_owned();
    call.state.referred("customer", &customer, "customer")?;
    if let Some(subscription) = call.text("subscription") {
        call.state.referred("subscription", subscription, "subscription")?;
    }
    call.state.keep_time_of(&customer);
    let subscription = call.text("subscription").unwrap_or_default().to_owned();
    let currency = currency_of(call, &customer, &subscription);
    let waiting = if call.text("pending_invoice_items_behavior") == Some("include") {
        invoice_items::take_waiting(call.state, &customer, &subscription, &currency)
    } else {
        Vec::new()
    };
    let now = call.state.now();
    let draft = Draft {
        customer: &customer,
        subscription: &subscription,
        reason: "manual",
        currency: &currency,
        lines: waiting,
        period: (now, now),
    };
    let id = insert(call.state, &draft);
    let params = &call.params;
    call.state.update(&id, |invoice| {
        invoice.insert(
            "auto_advance".to_owned(),
            json!(params.get("auto_advance") == Some(&json!(true))),
        );
        take_over(
            invoice,
            params,
            &[
                "collection_method",
                "default_payment_method",
                "description",
                "due_date",
                "footer",
            ],
        );
        if let Some(days) = params.get("days_until_due").and_then(Value::as_i64) {
            invoice.insert(
                "due_date".to_owned(),
                json!(now.saturating_add(days.saturating_mul(86_400))),
            );
        }
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(invoice, metadata);
        }
    });
    call.state.emit("invoice.created", &id);
    if call.flag("auto_advance") == Some(true) {
        call.state.at(now + DRAFT_SECONDS, Due::Invoice(id.clone()));
    }
    Ok(rendered(call.state.own(&id)))
}

/// The currency of a new invoice: the given one, the subscription's, or that of what waits longest.
fn currency_of(call: &Call<'_>, customer: &str, subscription: &str) -> String {
    if let Some(currency) = call.text("currency") {
        return currency.to_owned();
    }
    if let Some(currency) = call.state.own(subscription)["currency"].as_str() {
        return currency.to_owned();
    }
    currency_that_waits(call.state, customer)
}

/// The currency of what has waited longest for a customer's next invoice.
pub(crate) fn currency_that_waits(state: &State, customer: &str) -> String {
    let items = state.naming("invoiceitem", "customer", customer);
    let waits = items
        .iter()
        .rev()
        .find(|item| item["invoice"].is_null() && item["parent"].is_null());
    waits.map_or("usd", |item| text(item, "currency")).to_owned()
}

/// What a new invoice is made of.
pub(crate) struct Draft<'a> {
    pub(crate) customer: &'a str,
    /// The subscription it bills, or nothing.
    pub(crate) subscription: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) currency: &'a str,
    pub(crate) lines: Vec<Value>,
    pub(crate) period: (i64, i64),
}

/// Keeps a new draft; writes no event.
pub(crate) fn insert(state: &mut State, draft: &Draft<'_>) -> String {
    let id = state.dice.id("in").replace("in_3", "in_1");
    let mut value = render(state, &id, draft);
    add_up(&mut value);
    for line in &draft.lines {
        if let Some(item) = line["parent"]["invoice_item_details"]["invoice_item"].as_str() {
            state.set(item, "invoice", id.clone());
        }
    }
    state.insert("invoice", value)
}

/// Changes the lines of a draft.
pub(crate) fn edit_lines(state: &mut State, id: &str, edit: impl FnOnce(&mut Vec<Value>)) {
    let mut value = state.own(id).clone();
    if let Some(lines) = value["lines"]["data"].as_array_mut() {
        edit(lines);
        for line in lines {
            line["invoice"] = json!(id);
        }
    }
    add_up(&mut value);
    state.update(id, |invoice| {
        if let Value::Object(changed) = value {
            *invoice = changed;
        }
    });
}

fn add_up(invoice: &mut Value) {
    let lines = invoice["lines"]["data"].as_array();
    let total = lines
        .into_iter()
        .flatten()
        .fold(0_i64, |sum, line| sum.saturating_add(int(line, "amount")));
    for member in ["subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"] {
        invoice[member] = json!(total);
    }
    for member in ["amount_due", "amount_remaining"] {
        invoice[member] = json!(total.max(0));
    }
}

fn render(state: &State, id: &str, draft: &Draft<'_>) -> Value {
    let customer = state.own(draft.customer);
    let subscription = state.own(draft.subscription);
    let parent = match draft.subscription {
        "" => Value::Null,
        subscription_id => json!({
            "quote_details": null,
            "subscription_details": { "metadata": subscription["metadata"], "subscription": subscription_id },
            "type": "subscription_details",
        }),
    };
    let lines: Vec<Value> = draft
        .lines
        .iter()
        .cloned()
        .map(|mut line| {
            line["invoice"] = json!(id);
            line
        })
        .collect();
    let method = subscription["collection_method"]
        .as_str()
        .unwrap_or("charge_automatically");
    let mut value = json!({
        "id": id,
        "object": "invoice",
        "attempt_count": 0,
        "attempted": false,
        "auto_advance": true,
        "automatically_finalizes_at": null,
        "billing_reason": draft.reason,
        "collection_method": method,
        "created": state.now(),
        "currency": draft.currency,
        "customer": draft.customer,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "default_payment_method": null,
        "due_date": (method == "send_invoice")
            .then(|| state.now().saturating_add(int(subscription, "days_until_due").saturating_mul(86_400))),
        "lines": { "object": "list", "data": lines, "has_more": false, "url": format!("/v1/invoices/{id}/lines") },
        "livemode": false,
        "metadata": {},
        "next_payment_attempt": null,
        "number": null,
        "parent": parent,
        "period_end": draft.period.1,
        "period_start": draft.period.0,
        "status": "draft",
        "status_transitions": { "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null },
        "test_clock": customer["test_clock"],
    });
    if let (Value::Object(invoice), Value::Object(rest)) = (&mut value, unused_features()) {
        invoice.extend(rest);
    }
    value
}

/// The members of features an invoice here never uses, or not yet.
fn unused_features() -> Value {
    json!({
        "account_country": "US", "account_name": null, "account_tax_ids": null, "amount_overpaid": 0, "amount_paid": 0,
        "amount_paid_off_stripe": 0, "amount_shipping": 0, "application": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null },
        "custom_fields": null, "customer_account": null, "customer_tax_ids": [], "default_source": null,
        "default_tax_rates": [], "description": null, "discounts": [], "effective_at": null, "ending_balance": null,
        "footer": null, "from_invoice": null, "hosted_invoice_url": null, "invoice_pdf": null, "issuer": { "type": "self" },
        "last_finalization_error": null, "latest_revision": null, "on_behalf_of": null,
        "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
        "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0, "receipt_number": null,
        "rendering": null, "shipping_cost": null, "shipping_details": null, "starting_balance": 0,
        "statement_descriptor": null, "total_discount_amounts": [], "total_pretax_credit_amounts": [], "total_taxes": [],
        "webhooks_delivered_at": null,
    })
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = call.found("invoice", "invoice")?.clone();
    let id = call.id().to_owned();
    let params = &call.params;
    call.state.update(&id, |invoice| {
        take_over(
            invoice,
            params,
            &["auto_advance", "default_payment_method", "description", "footer"],
        );
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(invoice, metadata);
        }
    });
    if call.state.own(&id) != &before {
        call.state.emit_change("invoice.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id = expect(call, &["draft"])?;
    call.state.unschedule(&Due::Invoice(id.clone()));
    call.state.emit("invoice.deleted", &id);
    call.state.remove(&id, None);
    Ok(json!({ "id": id, "object": "invoice", "deleted": true }))
}

fn pay(call: &mut Call<'_>) -> Answer {
    let id = expect(call, &["draft", "open", "uncollectible"])?;
    let method = match call.text("payment_method").or(call.text("source")).map(str::to_owned) {
        Some(reference) => Some(payment_methods::resolve(call.state, &reference, "payment_method")?),
        None => None,
    };
    if call.state.own(&id)["status"] == "draft" {
        collection::finalize(call.state, &id);
    }
    if call.flag("paid_out_of_band") == Some(true) {
        collection::pay_out_of_band(call.state, &id);
        return Ok(rendered(call.state.own(&id)));
    }
    let off_session = call.flag("off_session") == Some(true);
    collection::collect(call.state, &id, method.as_deref(), off_session)?;
    if call.state.own(&id)["status"] == "open" {
        let message = "This invoice's payment needs the buyer to confirm it.";
        return Err(ApiError::card("invoice_payment_intent_requires_action", message));
    }
    Ok(rendered(call.state.own(&id)))
}

/// The lines of whole periods of some items of a subscription.
pub(crate) fn period_lines(state: &mut State, items: &[Value]) -> Vec<Value> {
    let mut lines = Vec::with_capacity(items.len());
    for item in items {
        lines.push(invoice_lines::of_item(state, item, Bill::Whole));
    }
    lines
}

//! Stripe's nouns, one file each: its parameters, its shape, its operations and the events they write.
//!
//! The rules of paying, which several nouns share, are in `payments`. No HTTP lives here.

pub(crate) mod account;
pub(crate) mod account_links;
pub(crate) mod accounts;
pub(crate) mod balance;
pub(crate) mod calendar;
pub(crate) mod charges;
pub(crate) mod checkout_items;
pub(crate) mod checkout_sessions;
pub(crate) mod checkout_setup;
pub(crate) mod checkout_subscription;
pub(crate) mod customers;
pub(crate) mod disputes;
pub(crate) mod dunning;
pub(crate) mod early_fraud_warnings;
pub(crate) mod events;
pub(crate) mod invoice_collection;
pub(crate) mod invoice_items;
pub(crate) mod invoice_lines;
pub(crate) mod invoice_payments;
pub(crate) mod invoice_previews;
pub(crate) mod invoices;
pub(crate) mod money;
pub(crate) mod payment_intents;
pub(crate) mod payment_methods;
pub(crate) mod payment_pages;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod portal_configurations;
pub(crate) mod portal_sessions;
pub(crate) mod prices;
pub(crate) mod products;
pub(crate) mod refunds;
pub(crate) mod setup_intents;
pub(crate) mod subscription_changes;
pub(crate) mod subscription_cycle;
pub(crate) mod subscription_items;
pub(crate) mod subscription_pauses;
pub(crate) mod subscription_prorations;
pub(crate) mod subscriptions;
pub(crate) mod test_cards;
pub(crate) mod test_clocks;
pub(crate) mod transfers;
pub(crate) mod webhook_endpoints;

use serde_json::{Map, Value, json};

use crate::wire::Operation;

/// Every operation there is.
pub(crate) static OPERATIONS: &[&[Operation]] = &[
    account::OPERATIONS,
    account_links::OPERATIONS,
    accounts::OPERATIONS,
    balance::OPERATIONS,
    charges::OPERATIONS,
    checkout_sessions::OPERATIONS,
    customers::OPERATIONS,
    disputes::OPERATIONS,
    early_fraud_warnings::OPERATIONS,
    events::OPERATIONS,
    invoice_items::OPERATIONS,
    invoice_payments::OPERATIONS,
    // Before the invoices, whose ids could stand where its word does.
    invoice_previews::OPERATIONS,
    invoices::OPERATIONS,
    payment_intents::OPERATIONS,
    payment_methods::OPERATIONS,
    payment_pages::OPERATIONS,
    payouts::OPERATIONS,
    portal_configurations::OPERATIONS,
    portal_sessions::OPERATIONS,
    prices::OPERATIONS,
    products::OPERATIONS,
    refunds::OPERATIONS,
    setup_intents::OPERATIONS,
    subscription_items::OPERATIONS,
    subscriptions::OPERATIONS,
    test_clocks::OPERATIONS,
    transfers::OPERATIONS,
    webhook_endpoints::OPERATIONS,
];

/// Every noun objects are kept under.
pub(crate) const NOUNS: &[&str] = &[
    "account",
    "account_link",
    "balance_transaction",
    "billing_portal.configuration",
    "billing_portal.session",
    "charge",
    "checkout.session",
    "customer",
    "dispute",
    "invoice",
    "invoice_payment",
    "invoiceitem",
    "payment_intent",
    "payment_method",
    "payout",
    "price",
    "product",
    "radar.early_fraud_warning",
    "refund",
    "setup_intent",
    "subscription",
    "test_helpers.test_clock",
    "transfer",
    "transfer_reversal",
    "webhook_endpoint",
];

/// An address with every member Stripe shows.
pub(crate) fn address(given: &Value) -> Value {
    let member = |name: &str| given.get(name).cloned().unwrap_or_default();
    json!({
        "city": member("city"), "country": member("country"), "line1": member("line1"), "line2": member("line2"),
        "postal_code": member("postal_code"), "state": member("state"),
    })
}

/// Where goods go, with every member of its address.
pub(crate) fn shipping(given: &Value) -> Value {
    let mut shown = given.clone();
    if let Some(to) = shown.get_mut("address") {
        *to = address(to);
    }
    shown
}

/// Billing details with every member Stripe shows.
pub(crate) fn billing_details(given: &Value) -> Value {
    let member = |name: &str| given.get(name).cloned().unwrap_or_default();
    json!({
        "address": address(&given["address"]), "email": member("email"), "name": member("name"), "phone": member("phone"),
        "tax_id": member("tax_id"),
    })
}

/// Sets the members of `object` that were given under the same names.
pub(crate) fn take_over(object: &mut Map<String, Value>, params: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = params.get(*name) {
            let shown = if *name == "shipping" {
                shipping(value)
            } else {
                value.clone()
            };
            object.insert((*name).to_owned(), shown);
        }
    }
}

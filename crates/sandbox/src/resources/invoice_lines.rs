//! The lines of an invoice: a period of a subscription's item, a proration, or an item that was waiting.

use serde_json::{Value, json};

use super::{calendar, money, subscription_items};
use crate::state::{State, int, text};

/// The line for a whole period of an item.
pub(crate) fn of_item(state: &mut State, item: &Value, trial: bool) -> Value {
    let price = &item["price"];
    let amount = if trial { 0 } else { subscription_items::amount(item) };
    let name = subscription_items::name(state, price);
    let quantity = int(item, "quantity");
    let currency = text(price, "currency");
    let description = if trial {
        format!("Trial period for {name}")
    } else {
        let each = money::shown(int(price, "unit_amount"), currency);
        format!(
            "{quantity} × {name} (at {each} / {})",
            text(&price["recurring"], "interval")
        )
    };
    let mut line = blank(state, amount, currency, &description);
    line["metadata"] = json!({});
    line["parent"] = json!({
        "invoice_item_details": null,
        "subscription_item_details": {
            "invoice_item": null, "proration": false, "proration_details": { "credited_items": null },
            "subscription": item["subscription"], "subscription_item": item["id"],
        },
        "type": "subscription_item_details",
    });
    line["period"] = json!({ "end": item["current_period_end"], "start": item["current_period_start"] });
    line["pricing"] = pricing(price);
    line["quantity"] = json!(quantity);
    line["quantity_decimal"] = json!(quantity.to_string());
    line["subscription"] = item["subscription"].clone();
    line
}

/// The line of an invoice item.
pub(crate) fn of_invoice_item(state: &mut State, item: &Value) -> Value {
    let mut line = blank(
        state,
        int(item, "amount"),
        text(item, "currency"),
        text(item, "description"),
    );
    let subscription = item["parent"]["subscription_details"]["subscription"].clone();
    line["description"] = item["description"].clone();
    line["metadata"] = item["metadata"].clone();
    let details = json!({
        "invoice_item": item["id"], "proration": item["proration"],
        "proration_details": { "credited_items": item["_credited"] }, "subscription": subscription,
    });
    line["parent"] = json!({
        "invoice_item_details": details, "subscription_item_details": null, "type": "invoice_item_details",
    });
    for member in ["period", "pricing", "quantity", "quantity_decimal"] {
        line[member] = item[member].clone();
    }
    line["subscription"] = subscription;
    line
}

/// How the price of a line is told.
pub(crate) fn pricing(price: &Value) -> Value {
    if price.is_null() {
        return Value::Null;
    }
    json!({
        "price_details": { "price": price["id"], "product": price["product"] },
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    })
}

/// The words of a proration: what was not used, or what remains.
pub(crate) fn proration_text(state: &State, item: &Value, time: i64, credit: bool) -> String {
    let name = subscription_items::name(state, &item["price"]);
    let quantity = match int(item, "quantity") {
        1 => String::new(),
        quantity => format!("{quantity} × "),
    };
    let word = if credit { "Unused" } else { "Remaining" };
    format!("{word} time on {quantity}{name} after {}", calendar::shown(time))
}

fn blank(state: &mut State, amount: i64, currency: &str, description: &str) -> Value {
    json!({
        "id": state.dice.id("il").replace("il_3", "il_1"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discount_amounts": [],
        "discountable": true,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": {},
        "parent": null,
        "period": null,
        "pretax_credit_amounts": [],
        "pricing": null,
        "quantity": 1,
        "quantity_decimal": "1",
        "subscription": null,
        "subtotal": amount,
        "taxes": [],
    })
}

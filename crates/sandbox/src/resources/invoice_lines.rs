//! The lines of an invoice: a period of a subscription's item, a proration, or an item that was waiting.

use serde_json::{Value, json};

use super::{calendar, money, subscription_items};
use crate::state::{State, int, text};

/// What a line of an item's period bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bill {
    Whole,
    Trial,
    /// A part of a period, for this amount.
    Part(i64),
}

impl Bill {
    pub(crate) fn amount(self, item: &Value) -> i64 {
        match self {
            Self::Whole => subscription_items::amount(item),
            Self::Trial => 0,
            Self::Part(amount) => amount,
        }
    }
}

/// The line for the current period of an item.
pub(crate) fn of_item(state: &mut State, item: &Value, bill: Bill) -> Value {
    let price = &item["price"];
    let name = subscription_items::name(state, price);
    let quantity = int(item, "quantity");
    let currency = text(price, "currency");
    let description = match bill {
        Bill::Trial => format!("Trial period for {name}"),
        Bill::Part(_) => {
            let until = calendar::shown(int(item, "current_period_end"));
            format!("Time on {quantity} × {name} until {until}")
        }
        Bill::Whole => {
            let each = money::shown(int(price, "unit_amount"), currency);
            let interval = text(&price["recurring"], "interval");
            format!("{quantity} × {name} (at {each} / {interval})")
        }
    };
    let mut line = blank(state, bill.amount(item), currency, &description);
    line["metadata"] = json!({});
    line["parent"] = json!({
        "invoice_item_details": null,
        "subscription_item_details": {
            "invoice_item": null, "proration": matches!(bill, Bill::Part(_)), "proration_details": { "credited_items": null },
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

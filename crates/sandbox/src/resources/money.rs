//! Money in integers: fees, currencies without minor units, and the entries that move a balance.

use serde_json::{Value, json};

use crate::due::Due;
use crate::state::{State, int, text};

/// Days until a charge's money is available.
const PENDING_SECONDS: i64 = 2 * 86_400;

/// How many minor units make one major unit, as a power of ten.
pub(crate) fn exponent(currency: &str) -> u32 {
    match currency {
        "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf" | "ugx" | "vnd" | "vuv"
        | "xaf" | "xof" | "xpf" => 0,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
        _ => 2,
    }
}

/// The least amount that can be charged, and the most.
pub(crate) fn limits(currency: &str) -> (i64, i64) {
    match exponent(currency) {
        3 => (500, 999_999_999),
        _ => (50, 99_999_999),
    }
}

/// 2.9 % rounded half up, and thirty minor units (scaled to the currency's own).
pub(crate) fn fee(amount: i64, currency: &str) -> i64 {
    let fixed = match exponent(currency) {
        3 => 300,
        _ => 30,
    };
    (amount.saturating_mul(29) + 500) / 1000 + fixed
}

/// Writes an amount as a page shows it.
pub(crate) fn shown(amount: i64, currency: &str) -> String {
    let places = exponent(currency);
    let scale = 10_i64.pow(places);
    let (sign, amount) = if amount < 0 {
        ("-", amount.saturating_neg())
    } else {
        ("", amount)
    };
    let mut whole = String::new();
    let digits = (amount / scale).to_string();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    let number = match places {
        0 => whole,
        places => format!("{whole}.{:0width$}", amount % scale, width = places as usize),
    };
    match currency {
        "usd" => format!("{sign}${number}"),
        "eur" => format!("{sign}€{number}"),
        "gbp" => format!("{sign}£{number}"),
        "jpy" => format!("{sign}¥{number}"),
        other => format!("{sign}{} {number}", other.to_uppercase()),
    }
}

/// An entry to be made on the balance.
pub(crate) struct Entry<'a> {
    pub(crate) kind: &'a str,
    pub(crate) category: &'a str,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) source: &'a str,
    pub(crate) currency: &'a str,
    pub(crate) description: Value,
    pub(crate) at_once: bool,
}

/// Moves the balance, and gives the id of the balance transaction that says so.
pub(crate) fn book(state: &mut State, entry: &Entry<'_>) -> String {
    let now = state.now();
    // Money is available at the end of a whole day, two days on.
    let available_on = if entry.at_once {
        now
    } else {
        (now + PENDING_SECONDS) / 86_400 * 86_400
    };
    let id = book_from(state, entry, available_on);
    // Money that comes in is told of when it becomes available, which may be now.
    if !entry.at_once || entry.kind == "charge" {
        state.at(available_on, Due::FundsAvailable(available_on));
    }
    id
}

/// Moves the balance by what is available from a time on that something else has planned already.
pub(crate) fn book_from(state: &mut State, entry: &Entry<'_>, available_on: i64) -> String {
    let now = state.now();
    let fee_details = match entry.fee {
        0 => json!([]),
        fee => json!([{
            "amount": fee, "application": null, "currency": entry.currency, "description": "Stripe processing fees",
            "type": "stripe_fee",
        }]),
    };
    let value = json!({
        "id": state.dice.id("txn"),
        "object": "balance_transaction",
        "amount": entry.amount,
        "available_on": available_on,
        "balance_type": "payments",
        "created": now,
        "currency": entry.currency,
        "description": entry.description,
        "exchange_rate": null,
        "fee": entry.fee,
        "fee_details": fee_details,
        "net": entry.amount - entry.fee,
        "reporting_category": entry.category,
        "source": entry.source,
        "status": if available_on <= now { "available" } else { "pending" },
        "type": entry.kind,
    });
    state.insert("balance_transaction", value)
}

/// Books a captured charge and tells of the fee.
pub(crate) fn book_charge(state: &mut State, charge: &str, at_once: bool) {
    let before = state.own(charge).clone();
    if enter_charge(state, charge, at_once) {
        state.emit_change("charge.updated", charge, &before);
    }
}

/// Books a captured charge, unless it is booked already; writes no event.
pub(crate) fn enter_charge(state: &mut State, charge: &str, at_once: bool) -> bool {
    let object = state.own(charge).clone();
    if object["balance_transaction"].is_string() || object["captured"] != true {
        return false;
    }
    let (amount, currency) = (int(&object, "amount_captured"), text(&object, "currency"));
    let entry = Entry {
        kind: "charge",
        category: "charge",
        amount,
        fee: fee(amount, currency),
        source: charge,
        currency,
        description: object["description"].clone(),
        at_once,
    };
    let transaction = book(state, &entry);
    state.set(charge, "balance_transaction", transaction);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_their_currency() {
        for (amount, currency, text) in [
            (1999, "usd", "$19.99"),
            (5, "eur", "€0.05"),
            (123_456_789, "usd", "$1,234,567.89"),
            (500, "jpy", "¥500"),
            (1_234_567, "jpy", "¥1,234,567"),
            (1500, "kwd", "KWD 1.500"),
            (-250, "gbp", "-£2.50"),
        ] {
            assert_eq!(shown(amount, currency), text);
        }
    }

    #[test]
    fn the_fee_is_whole_and_rounded_half_up() {
        for (amount, currency, expected) in [
            (1000, "usd", 59),
            (50, "usd", 31),
            (1017, "usd", 59),
            (1018, "usd", 60),
            (1000, "jpy", 59),
        ] {
            assert_eq!(fee(amount, currency), expected, "{amount} {currency}");
        }
    }
}

//! `expand[]`: references replaced by the objects they name, and lists that are there only when asked for.
//!
//! Only members Stripe calls expandable are: a text that happens to be an id is not.

use serde_json::{Map, Value, json};

use super::error::ApiError;
use crate::resources::{charges, checkout_sessions};
use crate::state::{State, rendered};

const MAX_DEPTH: usize = 4;

/// The members that hold a reference, per object.
const REFERENCES: &[(&str, &[&str])] = &[
    (
        "customer",
        &[
            "default_source",
            "invoice_settings.default_payment_method",
            "test_clock",
        ],
    ),
    ("product", &["default_price"]),
    ("price", &["product"]),
    (
        "checkout.session",
        &["customer", "invoice", "payment_intent", "setup_intent", "subscription"],
    ),
    (
        "payment_intent",
        &[
            "customer",
            "latest_charge",
            "on_behalf_of",
            "payment_method",
            "source",
            "transfer_data.destination",
        ],
    ),
    (
        "charge",
        &[
            "balance_transaction",
            "customer",
            "failure_balance_transaction",
            "on_behalf_of",
            "payment_intent",
            "source_transfer",
            "transfer",
            "transfer_data.destination",
            "application",
            "application_fee",
            "review",
        ],
    ),
    (
        "refund",
        &[
            "balance_transaction",
            "charge",
            "customer",
            "failure_balance_transaction",
            "payment_intent",
            "payment_method",
            "source_transfer_reversal",
            "transfer_reversal",
        ],
    ),
    ("balance_transaction", &["source"]),
    ("payment_method", &["customer"]),
    (
        "setup_intent",
        &[
            "customer",
            "latest_attempt",
            "mandate",
            "on_behalf_of",
            "payment_method",
            "single_use_mandate",
        ],
    ),
    ("dispute", &["charge", "payment_intent"]),
];

/// Lists that are absent unless expanded.
const INCLUDABLE: &[(&str, &str)] = &[
    ("checkout.session", "line_items"),
    ("charge", "refunds"),
    ("customer", "sources"),
    ("customer", "subscriptions"),
    ("customer", "tax_ids"),
];

pub(crate) fn apply(state: &State, answer: &mut Value, paths: &[Value]) -> Result<(), ApiError> {
    for path in paths.iter().filter_map(Value::as_str) {
        let segments: Vec<&str> = path.split('.').collect();
        let list = answer["object"] == "list";
        if segments.len() > MAX_DEPTH + usize::from(segments.first() == Some(&"data")) {
            let message = format!("You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}.");
            return Err(ApiError::param("expand", message));
        }
        if list && segments[0] != "data" {
            return Err(refused(path));
        }
        descend(state, answer, &segments, ("", ""), path)?;
    }
    Ok(())
}

fn refused(path: &str) -> ApiError {
    let message = format!(
        "This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' instead, if the answer is a list."
    );
    ApiError::param("expand", message)
}

/// `owner` is the noun of the nearest object, `prefix` the path from it to here.
fn descend(
    state: &State,
    node: &mut Value,
    segments: &[&str],
    (owner, prefix): (&str, &str),
    path: &str,
) -> Result<(), ApiError> {
    let Some((first, rest)) = segments.split_first() else {
        return Ok(());
    };
    if node["object"] == "list" && *first == "data" {
        for item in node["data"].as_array_mut().into_iter().flatten() {
            descend(state, item, rest, ("", ""), path)?;
        }
        return Ok(());
    }
    // A deleted object has nothing left to expand.
    if node.get("deleted").is_some() {
        return Ok(());
    }
    let Value::Object(members) = node else {
        return Err(refused(path));
    };
    let noun = members.get("object").and_then(Value::as_str).map(str::to_owned);
    let (owner, local) = match &noun {
        Some(noun) => (noun.as_str(), (*first).to_owned()),
        None => (owner, format!("{prefix}.{first}")),
    };
    if INCLUDABLE.contains(&(owner, first)) {
        include(state, members, owner, first);
    }
    let Some(child) = members.get_mut(*first) else {
        return if is_reference(owner, &local) {
            Ok(())
        } else {
            Err(refused(path))
        };
    };
    match child {
        Value::Null => Ok(()),
        Value::String(id) if is_reference(owner, &local) => {
            if let Some(found) = state.get(id) {
                *child = rendered(found);
            }
            descend(state, child, rest, ("", ""), path)
        }
        Value::Array(items) if !rest.is_empty() => items
            .iter_mut()
            .try_for_each(|item| descend(state, item, rest, (owner, &local), path)),
        Value::Object(members) if !rest.is_empty() || members.contains_key("object") => {
            descend(state, child, rest, (owner, &local), path)
        }
        _ => Err(refused(path)),
    }
}

fn is_reference(noun: &str, member: &str) -> bool {
    REFERENCES
        .iter()
        .any(|(owner, members)| *owner == noun && members.contains(&member))
}

fn include(state: &State, members: &mut Map<String, Value>, noun: &str, list: &str) {
    if members.get(list).is_some_and(Value::is_object) {
        return;
    }
    let id = members.get("id").and_then(Value::as_str).unwrap_or_default();
    let value = match (noun, list) {
        ("checkout.session", _) => checkout_sessions::included_items(state, id),
        ("charge", _) => charges::included_refunds(state, id),
        _ => json!({ "object": "list", "data": [], "has_more": false, "url": format!("/v1/customers/{id}/{list}") }),
    };
    members.insert(list.to_owned(), value);
}

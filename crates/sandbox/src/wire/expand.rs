//! `expand[]`: references replaced by the objects they name, and lists that are there only when asked for.
//!
//! Only members Stripe calls expandable are: a text that happens to be an id is not.

use serde_json::{Map, Value, json};

use super::error::ApiError;
use crate::resources::{charges, checkout_sessions, invoice_payments, subscriptions};
use crate::state::{State, rendered};

const MAX_DEPTH: usize = 4;

/// What can be expanded: the object, the member (a path, where it is nested), and the object it leads to. Nothing after
/// `*` is judged beforehand. A list, and a part without an id of its own, is there only when it is expanded; an embedded
/// object always is.
const LEADS: &[(&str, &str, &str)] = &[
    ("account", "external_accounts", "list *"),
    ("balance_transaction", "source", "*"),
    (
        "billing_portal.session",
        "configuration",
        "billing_portal.configuration",
    ),
    ("charge", "application", "*"),
    ("charge", "application_fee", "*"),
    ("charge", "balance_transaction", "balance_transaction"),
    ("charge", "customer", "customer"),
    ("charge", "failure_balance_transaction", "balance_transaction"),
    ("charge", "on_behalf_of", "account"),
    ("charge", "payment_intent", "payment_intent"),
    ("charge", "refunds", "list refund"),
    ("charge", "review", "*"),
    ("charge", "source_transfer", "transfer"),
    ("charge", "transfer", "transfer"),
    ("charge", "transfer_data.destination", "account"),
    ("checkout.session", "customer", "customer"),
    ("checkout.session", "invoice", "invoice"),
    ("checkout.session", "line_items", "list item"),
    ("checkout.session", "payment_intent", "payment_intent"),
    ("checkout.session", "setup_intent", "setup_intent"),
    ("checkout.session", "subscription", "subscription"),
    ("customer", "default_source", "*"),
    ("customer", "invoice_settings.default_payment_method", "payment_method"),
    ("customer", "sources", "list *"),
    ("customer", "subscriptions", "list subscription"),
    ("customer", "tax_ids", "list *"),
    ("customer", "test_clock", "*"),
    ("dispute", "balance_transactions", "balance_transaction"),
    ("dispute", "charge", "charge"),
    ("dispute", "payment_intent", "payment_intent"),
    ("invoice", "confirmation_secret", PART),
    ("invoice", "customer", "customer"),
    ("invoice", "default_payment_method", "payment_method"),
    ("invoice", "lines", "list line_item"),
    ("invoice", "parent.subscription_details.subscription", "subscription"),
    ("invoice", "payments", "list invoice_payment"),
    ("invoice", "test_clock", "*"),
    ("invoice_payment", "invoice", "invoice"),
    ("invoice_payment", "payment.payment_intent", "payment_intent"),
    ("invoiceitem", "customer", "customer"),
    ("invoiceitem", "invoice", "invoice"),
    ("invoiceitem", "pricing.price_details.price", "price"),
    ("item", "price", "price"),
    ("line_item", "pricing.price_details.price", "price"),
    ("line_item", "subscription", "subscription"),
    ("payment_intent", "customer", "customer"),
    ("payment_intent", "latest_charge", "charge"),
    ("payment_intent", "on_behalf_of", "account"),
    ("payment_intent", "payment_method", "payment_method"),
    ("payment_intent", "source", "*"),
    ("payment_intent", "transfer_data.destination", "account"),
    ("payment_method", "customer", "customer"),
    ("payout", "balance_transaction", "balance_transaction"),
    ("payout", "destination", "*"),
    ("payout", "failure_balance_transaction", "balance_transaction"),
    ("payout", "original_payout", "payout"),
    ("payout", "reversed_by", "payout"),
    ("price", "product", "product"),
    ("product", "default_price", "price"),
    ("radar.early_fraud_warning", "charge", "charge"),
    ("radar.early_fraud_warning", "payment_intent", "payment_intent"),
    ("refund", "balance_transaction", "balance_transaction"),
    ("refund", "charge", "charge"),
    ("refund", "customer", "customer"),
    ("refund", "failure_balance_transaction", "balance_transaction"),
    ("refund", "payment_intent", "payment_intent"),
    ("refund", "payment_method", "payment_method"),
    ("refund", "source_transfer_reversal", "*"),
    ("refund", "transfer_reversal", "*"),
    ("setup_intent", "customer", "customer"),
    ("setup_intent", "latest_attempt", "*"),
    ("setup_intent", "mandate", "*"),
    ("setup_intent", "on_behalf_of", "account"),
    ("setup_intent", "payment_method", "payment_method"),
    ("setup_intent", "single_use_mandate", "*"),
    ("subscription", "customer", "customer"),
    ("subscription", "default_payment_method", "payment_method"),
    ("subscription", "items", "list subscription_item"),
    ("subscription", "latest_invoice", "invoice"),
    ("subscription", "pending_setup_intent", "setup_intent"),
    ("subscription", "test_clock", "*"),
    ("subscription_item", "price", "price"),
    ("transfer", "balance_transaction", "balance_transaction"),
    ("transfer", "destination", "account"),
    ("transfer", "destination_payment", "charge"),
    ("transfer", "reversals", "list transfer_reversal"),
    ("transfer", "source_transaction", "charge"),
    ("transfer_reversal", "balance_transaction", "balance_transaction"),
    ("transfer_reversal", "destination_payment_refund", "refund"),
    ("transfer_reversal", "source_refund", "refund"),
    ("transfer_reversal", "transfer", "transfer"),
];

/// What a member leads to that is no object.
const PART: &str = "part";

/// Judges the paths before anything is executed. `noun` is what the operation answers with.
pub(crate) fn check(noun: &str, is_list: bool, paths: &[Value]) -> Result<(), ApiError> {
    for path in paths.iter().filter_map(Value::as_str) {
        let mut segments: Vec<&str> = path.split('.').collect();
        if is_list && segments.first() != Some(&"data") {
            return Err(refused(path));
        }
        if is_list {
            segments.remove(0);
        }
        if segments.len() > MAX_DEPTH {
            let message = format!("You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}.");
            return Err(ApiError::param("expand", message).unexecuted());
        }
        if !leads_on(noun, &segments) {
            return Err(refused(path));
        }
    }
    Ok(())
}

fn leads_on(noun: &str, segments: &[&str]) -> bool {
    if segments.is_empty() || noun == "*" {
        return true;
    }
    LEADS
        .iter()
        .filter(|(owner, ..)| *owner == noun)
        .any(|(_, member, target)| {
            let depth = member.split('.').count();
            if segments.len() < depth || segments[..depth].join(".") != *member {
                return false;
            }
            match (target.strip_prefix("list "), &segments[depth..]) {
                (Some(element), ["data", rest @ ..]) => leads_on(element, rest),
                (Some(_), rest) => rest.is_empty(),
                (None, rest) => leads_on(target, rest),
            }
        })
}

fn is_reference(noun: &str, member: &str) -> bool {
    LEADS
        .iter()
        .any(|(owner, known, target)| *owner == noun && *known == member && !is_there_when_expanded(target))
}

fn is_includable(noun: &str, member: &str) -> bool {
    LEADS
        .iter()
        .any(|(owner, known, target)| *owner == noun && *known == member && is_there_when_expanded(target))
}

fn is_there_when_expanded(target: &str) -> bool {
    target == PART || target.starts_with("list ")
}

/// Replaces references in an answer by what they name. The paths have been checked.
pub(crate) fn apply(state: &State, answer: &mut Value, paths: &[Value]) -> Result<(), ApiError> {
    for path in paths.iter().filter_map(Value::as_str) {
        let segments: Vec<&str> = path.split('.').collect();
        descend(state, answer, &segments, ("", ""), path)?;
    }
    Ok(())
}

fn refused(path: &str) -> ApiError {
    let message = format!(
        "This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' instead, if the answer is a list."
    );
    ApiError::param("expand", message).unexecuted()
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
    if is_includable(owner, first) {
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
        Value::Object(_) if rest.is_empty() && is_includable(owner, first) => Ok(()),
        Value::Object(members) if !rest.is_empty() || members.contains_key("object") => {
            descend(state, child, rest, (owner, &local), path)
        }
        _ => Err(refused(path)),
    }
}

fn include(state: &State, members: &mut Map<String, Value>, noun: &str, member: &str) {
    if members.get(member).is_some_and(Value::is_object) {
        return;
    }
    let id = members.get("id").and_then(Value::as_str).unwrap_or_default();
    let value = match (noun, member) {
        ("checkout.session", _) => checkout_sessions::included_items(state, id),
        ("charge", _) => charges::included_refunds(state, id),
        ("invoice", "payments") => invoice_payments::included(state, id),
        ("invoice", "confirmation_secret") => invoice_payments::confirmation_secret(state, id),
        ("customer", "subscriptions") => subscriptions::included(state, id),
        _ => json!({ "object": "list", "data": [], "has_more": false, "url": format!("/v1/customers/{id}/{member}") }),
    };
    members.insert(member.to_owned(), value);
}

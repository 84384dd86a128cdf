//! Connected accounts: those of others that the sandbox's own account pays money to.
//!
//! What an account may receive hangs on its onboarding, which happens on a page (`account_links`). Only what moves money to
//! it and out of it is modelled; what it could sell by itself is not.

use serde_json::{Map, Value, json};

use super::account::{self, external_accounts, requirements, settings};
use super::{address, balance, take_over};
use crate::state::{State, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

/// What an account has to tell before it can be paid.
const DUE: &[&str] = &[
    "business_profile.mcc",
    "business_profile.url",
    "business_type",
    "external_account",
    "individual.dob.day",
    "individual.dob.month",
    "individual.dob.year",
    "individual.email",
    "individual.first_name",
    "individual.last_name",
    "tos_acceptance.date",
    "tos_acceptance.ip",
];

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/accounts",
        "business_profile:{mcc name product_description support_address:any support_email support_phone support_url url} \
         business_type:(company|government_entity|individual|non_profit) capabilities:any company:any \
         controller:{fees:{payer:(account|application)} losses:{payments:(application|stripe)} \
         requirement_collection:(application|stripe) stripe_dashboard:{type:(express|full|none)}} country:id \
         default_currency:currency email individual:any metadata:map settings:any tos_acceptance:any \
         type:(custom|express|standard)",
        create,
    ),
    Operation::list("/v1/accounts", "created:range", |call| {
        list::page(call.state, "account", call.path, &call.params, |_| true)
    }),
    Operation::get("/v1/accounts/{account}", "", |call| {
        if call.id() == call.state.account_id {
            return Ok(account::own(call.state));
        }
        found(call).map(|found| rendered(&found))
    }),
    Operation::post(
        "/v1/accounts/{account}",
        "business_profile:{mcc name product_description support_address:any support_email support_phone support_url url} \
         business_type:(company|government_entity|individual|non_profit) capabilities:any company:any \
         default_currency:currency email individual:any metadata:map settings:any tos_acceptance:any",
        update,
    ),
    Operation::delete("/v1/accounts/{account}", |call| {
        let found = found(call)?;
        let id = text(&found, "id").to_owned();
        let rows = call.state.on_account(Some(&id), |state| balance::balance(state));
        let is_empty = |name: &str| {
            rows[name]
                .as_array()
                .into_iter()
                .flatten()
                .all(|row| row["amount"] == 0)
        };
        if !is_empty("available") || !is_empty("pending") {
            let message = "This account cannot be deleted because its balance is not zero.";
            return Err(ApiError::invalid(message));
        }
        let gone = json!({ "id": id, "object": "account", "deleted": true });
        call.state.remove(&id, Some(gone.clone()));
        Ok(gone)
    }),
];

/// The connected account that the path names, if it is not gone.
fn found(call: &Call<'_>) -> Result<Value, ApiError> {
    let found = call.state.find("account", call.id());
    found
        .filter(|account| account.get("deleted").is_none())
        .cloned()
        .ok_or_else(|| no_access(call.id()))
}

/// An account that is not connected to the sandbox's own, or is not at all: Stripe does not tell which.
fn no_access(id: &str) -> ApiError {
    let message = format!(
        "The provided key does not have access to account '{id}' (or that account does not exist). Application access may \
         have been revoked."
    );
    ApiError::invalid(message).code("account_invalid").status(403)
}

/// The currency of a country, as far as the sandbox knows it.
fn currency_of(country: &str) -> &'static str {
    match country {
        "AU" => "aud",
        "BH" => "bhd",
        "CA" => "cad",
        "CH" | "LI" => "chf",
        "DK" => "dkk",
        "GB" | "GI" => "gbp",
        "JP" => "jpy",
        "KW" => "kwd",
        "NO" => "nok",
        "NZ" => "nzd",
        "PL" => "pln",
        "SE" => "sek",
        "SG" => "sgd",
        "US" => "usd",
        _ => "eur",
    }
}

/// Who controls an account, and the type that this comes to: by the older `type`, or by its parts.
fn controller(call: &Call<'_>) -> Result<(Value, &'static str), ApiError> {
    let given = call.value("controller");
    if call.given("type").is_some() && !given.is_null() {
        let message = "You may not provide the `type` parameter and `controller` parameters simultaneously. They are mutually \
                       exclusive.";
        return Err(ApiError::param("type", message));
    }
    let (dashboard, losses, payer, collection, kind) = match call.text("type") {
        Some("express") => ("express", "application", "application_express", "stripe", "express"),
        Some("custom") => ("none", "application", "application_custom", "application", "custom"),
        Some(_) => ("full", "stripe", "account", "stripe", "standard"),
        None => {
            let part = |hash: &str, member: &str, otherwise| given[hash][member].as_str().unwrap_or(otherwise);
            let dashboard = part("stripe_dashboard", "type", "full");
            let losses = part("losses", "payments", "stripe");
            let payer = part("fees", "payer", "account");
            let collection = given["requirement_collection"].as_str().unwrap_or("stripe");
            if collection == "application" && dashboard != "none" {
                let message = "When requirement_collection is `application`, stripe_dashboard.type must be `none`.";
                return Err(ApiError::param("controller[requirement_collection]", message));
            }
            let kind = match (dashboard, losses, payer, collection) {
                ("express", "application", "application", "stripe") => "express",
                ("full", "stripe", "account", "stripe") => "standard",
                ("none", "application", "application", "application") => "custom",
                _ => "none",
            };
            (dashboard, losses, payer, collection, kind)
        }
    };
    let value = json!({
        "fees": { "payer": payer }, "is_controller": true, "losses": { "payments": losses },
        "requirement_collection": collection, "stripe_dashboard": { "type": dashboard }, "type": "application",
    });
    Ok((value, kind))
}

fn create(call: &mut Call<'_>) -> Answer {
    let (controller, kind) = controller(call)?;
    let country = call.text("country").unwrap_or("US").to_owned();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let message =
            format!("Country '{country}' is unknown. Try using a 2-character alphanumeric country code instead.");
        return Err(ApiError::param("country", message).code("country_unsupported"));
    }
    let currency = call
        .text("default_currency")
        .unwrap_or(currency_of(&country))
        .to_owned();
    let id = format!("acct_1{}", call.state.dice.token(15));
    let value = json!({
        "id": id,
        "object": "account",
        "business_profile": {
            "annual_revenue": null, "estimated_worker_count": null, "mcc": null, "minority_owned_business_designation": null,
            "name": null, "product_description": null, "specified_commercial_transactions_act_url": null,
            "support_address": address(&Value::Null), "support_email": null, "support_phone": null, "support_url": null,
            "url": null,
        },
        "business_type": call.value("business_type"),
        "capabilities": {},
        "charges_enabled": false,
        "controller": controller,
        "country": country,
        "created": call.state.now(),
        "default_currency": currency,
        "details_submitted": false,
        "email": call.value("email"),
        "external_accounts": external_accounts(&id, &[]),
        "future_requirements": requirements(&[]),
        "metadata": call.metadata(),
        "payouts_enabled": false,
        "requirements": requirements(DUE),
        "settings": settings(),
        "tos_acceptance": { "date": null, "ip": null, "user_agent": null },
        "type": kind,
    });
    call.state.insert("account", value);
    let params = call.params.clone();
    change(call.state, &id, &params)?;
    Ok(rendered(call.state.own(&id)))
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = found(call)?;
    let id = text(&before, "id").to_owned();
    let params = call.params.clone();
    change(call.state, &id, &params)?;
    tell_change(call.state, &id, &before);
    Ok(rendered(call.state.own(&id)))
}

/// Takes in what a request says about an account.
fn change(state: &mut State, id: &str, params: &Map<String, Value>) -> Result<(), ApiError> {
    let requested = requested(params.get("capabilities").unwrap_or(&Value::Null))?;
    state.update(id, |account| {
        take_over(account, params, &["business_type", "default_currency", "email"]);
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(account, metadata);
        }
        for (name, value) in params
            .get("business_profile")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let value = if name == "support_address" {
                address(value)
            } else {
                value.clone()
            };
            account["business_profile"][name.as_str()] = value;
        }
        let schedule = &params.get("settings").unwrap_or(&Value::Null)["payouts"]["schedule"]["interval"];
        if let Some(interval) = schedule.as_str() {
            account["settings"]["payouts"]["schedule"]["interval"] = json!(interval);
        }
        // What a new capability needs has been told already, or is due as everything else is.
        let status = if account["details_submitted"] == true {
            "active"
        } else {
            "inactive"
        };
        for (name, wanted) in &requested {
            if let Some(capabilities) = account.get_mut("capabilities").and_then(Value::as_object_mut) {
                if *wanted {
                    capabilities.entry(name.as_str()).or_insert_with(|| json!(status));
                } else {
                    capabilities.shift_remove(name);
                }
            }
        }
    });
    Ok(())
}

/// The capabilities a request asks for, or gives up.
fn requested(given: &Value) -> Result<Vec<(String, bool)>, ApiError> {
    let mut requested = Vec::new();
    for (name, wish) in given.as_object().into_iter().flatten() {
        let param = format!("capabilities[{name}][requested]");
        if !matches!(name.as_str(), "card_payments" | "transfers") {
            let message = format!("The sandbox knows no capability {name}: it has card_payments and transfers.");
            return Err(ApiError::param(format!("capabilities[{name}]"), message));
        }
        match wish["requested"].as_str() {
            Some("true") => requested.push((name.clone(), true)),
            Some("false") => requested.push((name.clone(), false)),
            _ => return Err(ApiError::param(param, "Invalid boolean").code("parameter_invalid_boolean")),
        }
    }
    Ok(requested)
}

/// Tells of an account that is not as it was; the account is the one it happened on.
fn tell_change(state: &mut State, id: &str, before: &Value) {
    if state.own(id) == before {
        return;
    }
    let after = state.own(id)["capabilities"].clone();
    state.on_account(Some(id), |state| {
        for (name, status) in after.as_object().into_iter().flatten() {
            if before["capabilities"].get(name) != Some(status) {
                let capability = json!({
                    "id": name, "object": "capability", "account": id, "requested": true, "requested_at": before["created"],
                    "status": status,
                });
                let previous = before["capabilities"].get(name).cloned();
                state.emit_value("capability.updated", capability, Some(json!({ "status": previous })));
            }
        }
        state.emit_change("account.updated", id, before);
    });
}

/// What the page of the onboarding asks for.
pub(crate) struct Told<'a> {
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) bank_account: &'a str,
}

/// The account's owner has told everything: it can be paid from now on.
pub(crate) fn onboard(state: &mut State, id: &str, told: &Told<'_>) {
    let before = state.own(id).clone();
    let now = state.now();
    let bank_id = format!("ba_1{}", state.dice.token(23));
    let holder = format!("{} {}", told.first_name, told.last_name);
    let bank = account::bank_account(&before, &bank_id, &holder, told.bank_account);
    state.update(id, |account| {
        for (_, status) in account
            .get_mut("capabilities")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            *status = json!("active");
        }
        let charges = account["capabilities"]["card_payments"] == "active";
        account.insert("charges_enabled".to_owned(), json!(charges));
        account.insert("payouts_enabled".to_owned(), json!(true));
        account.insert("details_submitted".to_owned(), json!(true));
        account.insert("requirements".to_owned(), requirements(&[]));
        account.insert(
            "external_accounts".to_owned(),
            external_accounts(id, std::slice::from_ref(&bank)),
        );
        account.insert("business_type".to_owned(), json!("individual"));
        account["tos_acceptance"]["date"] = json!(now);
        account["tos_acceptance"]["ip"] = json!("203.0.113.7");
    });
    state.on_account(Some(id), |state| {
        state.emit_value("account.external_account.created", bank, None);
    });
    tell_change(state, id, &before);
}

/// Stripe wants to know more: until it does, nothing can be paid to the account or from it.
pub(crate) fn restrict(state: &mut State, id: &str) {
    let before = state.own(id).clone();
    state.update(id, |account| {
        for (_, status) in account
            .get_mut("capabilities")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            *status = json!("inactive");
        }
        account.insert("charges_enabled".to_owned(), json!(false));
        account.insert("payouts_enabled".to_owned(), json!(false));
        let due = ["individual.verification.document"];
        account.insert("requirements".to_owned(), requirements(&due));
    });
    tell_change(state, id, &before);
}

//! Payment methods: cards and bank accounts from test numbers and test names, attached to customers or not.
//!
//! The number is kept as a member of our own, because it decides what a charge does; it is never shown.

use serde_json::{Value, json};

use super::test_cards::{self, CARDS, Conduct};
use super::{billing_details, payments, take_over};
use crate::state::{State, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/payment_methods",
        "type*:id allow_redisplay:(always|limited|unspecified) billing_details:{address:{city country line1 line2 postal_code \
         state} email name phone tax_id} card:{cvc exp_month:int exp_year:int networks:any number token:id} metadata:map \
         radar_options:any sepa_debit:{iban*} us_bank_account:{account_holder_type:(company|individual) account_number:id \
         account_type:(checking|savings) financial_connections_account routing_number:id} key guid muid sid",
        |call| {
            let given = Value::Object(call.params.clone());
            let id = create(call.state, &given, "")?;
            let metadata = call.metadata();
            call.state.set(&id, "metadata", metadata);
            Ok(rendered(call.state.own(&id)))
        },
    ),
    Operation::list("/v1/payment_methods", "allow_redisplay customer:id type", |call| {
        let customer = call.text("customer").map(str::to_owned);
        if let Some(customer) = &customer {
            call.state.referred("customer", customer, "customer")?;
        }
        list::page(call.state, "payment_method", call.path, &call.params, |method| {
            method["customer"].is_string() && list::same(&call.params, method, &["customer", "type", "allow_redisplay"])
        })
    }),
    Operation::get("/v1/payment_methods/{payment_method}", "", |call| {
        call.found("payment_method", "payment_method").map(rendered)
    }),
    Operation::post(
        "/v1/payment_methods/{payment_method}",
        "allow_redisplay:(always|limited|unspecified) billing_details:{address:{city country line1 line2 postal_code state} \
         email name phone tax_id} card:{exp_month:int exp_year:int networks:any} metadata:map us_bank_account:any",
        update,
    ),
    Operation::post("/v1/payment_methods/{payment_method}/attach", "customer*:id", |call| {
        let customer = call.text("customer").unwrap_or_default().to_owned();
        call.state.referred("customer", &customer, "customer")?;
        let reference = call.id().to_owned();
        let id = resolve(call.state, &reference, "payment_method").map_err(|error| error.status(404))?;
        attach_to(call.state, &id, &customer)?;
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::post("/v1/payment_methods/{payment_method}/detach", "", |call| {
        let method = call.found("payment_method", "payment_method")?;
        if method["customer"].is_null() {
            let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
            return Err(ApiError::param("payment_method", message));
        }
        let id = call.id().to_owned();
        detach_from(call.state, &id);
        Ok(rendered(call.state.own(&id)))
    }),
];

/// What charging the method leads to.
pub(crate) fn conduct(method: &Value) -> Conduct {
    let number = text(method, "_number");
    CARDS
        .iter()
        .find(|card| card.number == number)
        .map_or(Conduct::Approve, |card| card.conduct)
}

pub(crate) fn is_debit(method: &Value) -> bool {
    matches!(text(method, "type"), "us_bank_account" | "sepa_debit")
}

/// The payment method a request names: one that exists, or a new one from a test name.
pub(crate) fn resolve(state: &mut State, reference: &str, param: &str) -> Result<String, ApiError> {
    if state.find("payment_method", reference).is_some() {
        return Ok(reference.to_owned());
    }
    if let Some(card) = test_cards::by_name(reference) {
        return Ok(from_card(state, card.number, 12, 2034, &Value::Null));
    }
    if reference == "pm_usBankAccount" || reference == "pm_usBankAccount_success" {
        return Ok(from_account(state, "us_bank_account", "000123456789", &Value::Null));
    }
    let noun = if reference.starts_with("tok_") {
        "token"
    } else {
        "PaymentMethod"
    };
    Err(ApiError::absent(noun, reference, param))
}

/// A payment method from the parameters of a request; `param` is the hash they stand in.
pub(crate) fn create(state: &mut State, given: &Value, param: &str) -> Result<String, ApiError> {
    let named = |member: &str| {
        if param.is_empty() {
            member.to_owned()
        } else {
            format!("{param}[{member}]")
        }
    };
    let billing = &given["billing_details"];
    match text(given, "type") {
        "card" => {
            let card = &given["card"];
            if let Some(token) = card["token"].as_str() {
                let id = resolve(state, token, &named("card[token]"))?;
                state.set(&id, "billing_details", billing_details(billing));
                return Ok(id);
            }
            if card["number"].is_null() {
                return Err(ApiError::missing(&named("card[number]")));
            }
            let number: String = text(card, "number")
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .collect();
            let number = test_cards::by_number(&number)?.number;
            let (month, year) = (
                card["exp_month"].as_i64().unwrap_or(0),
                card["exp_year"].as_i64().unwrap_or(0),
            );
            let year = if (0..100).contains(&year) { year + 2000 } else { year };
            check_expiry(state, month, year)?;
            if let Some(cvc) = card["cvc"].as_str() {
                check_cvc(number, cvc)?;
            }
            Ok(from_card(state, number, month, year, billing))
        }
        kind @ ("us_bank_account" | "sepa_debit") => {
            let member = if kind == "sepa_debit" { "iban" } else { "account_number" };
            let account: String = text(&given[kind], member)
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect();
            if account.is_empty() {
                return Err(ApiError::missing(&named(&format!("{kind}[{member}]"))));
            }
            if test_cards::debit_outcome(&account.to_uppercase()).is_none() {
                let message = format!("Invalid {kind} account number: in test mode use one of Stripe's test accounts.");
                return Err(
                    ApiError::param(named(&format!("{kind}[{member}]")), message).code("account_number_invalid")
                );
            }
            Ok(from_account(state, kind, &account.to_uppercase(), billing))
        }
        other => {
            let message = format!(
                "The payment method type \"{other}\" is not one this sandbox has: card, us_bank_account, sepa_debit."
            );
            Err(ApiError::param(named("type"), message))
        }
    }
}

pub(crate) fn check_expiry(state: &State, month: i64, year: i64) -> Result<(), ApiError> {
    if !(1..=12).contains(&month) {
        return Err(
            ApiError::card("invalid_expiry_month", "Your card's expiration month is invalid.").for_param("exp_month"),
        );
    }
    let (this_year, this_month) = civil(state.now());
    if year > this_year + 50 || year < this_year {
        return Err(
            ApiError::card("invalid_expiry_year", "Your card's expiration year is invalid.").for_param("exp_year"),
        );
    }
    if year == this_year && month < this_month {
        return Err(ApiError::card("expired_card", "Your card has expired.").for_param("exp_month"));
    }
    Ok(())
}

pub(crate) fn check_cvc(number: &str, cvc: &str) -> Result<(), ApiError> {
    let length = if test_cards::brand(number) == "amex" { 4 } else { 3 };
    if cvc.len() != length || !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::card("invalid_cvc", "Your card's security code is invalid.").for_param("cvc"));
    }
    Ok(())
}

/// The year and month of a time, in the Gregorian calendar at UTC.
pub(crate) fn civil(time: i64) -> (i64, i64) {
    let days = time.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month)
}

fn from_card(state: &mut State, number: &str, month: i64, year: i64, billing: &Value) -> String {
    let brand = test_cards::brand(number);
    let card = json!({
        "brand": brand,
        "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
        "country": "US",
        "display_brand": brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": fingerprint(number),
        "funding": test_cards::funding(number),
        "generated_from": null,
        "last4": &number[number.len() - 4..],
        "networks": { "available": [brand], "preferred": null },
        "regulated_status": "unregulated",
        "three_d_secure_usage": { "supported": true },
        "wallet": null,
    });
    insert(state, "card", &card, number, billing)
}

fn from_account(state: &mut State, kind: &str, account: &str, billing: &Value) -> String {
    let last4 = &account[account.len().saturating_sub(4)..];
    let details = if kind == "sepa_debit" {
        json!({
            "bank_code": account.get(4..12), "branch_code": null, "country": account.get(..2), "fingerprint": fingerprint(account),
            "generated_from": null, "last4": last4,
        })
    } else {
        json!({
            "account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": null, "fingerprint": fingerprint(account), "last4": last4,
            "networks": { "preferred": "ach", "supported": ["ach"] }, "routing_number": "110000000", "status_details": null,
        })
    };
    insert(state, kind, &details, account, billing)
}

/// The same number has the same fingerprint, always.
fn fingerprint(number: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, number.as_bytes());
    hex::encode(&digest.as_ref()[..8])
}

fn insert(state: &mut State, kind: &str, details: &Value, number: &str, billing: &Value) -> String {
    let value = json!({
        "id": state.dice.id("pm").replace("pm_3", "pm_1"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(billing),
        kind: details,
        "created": state.now(),
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": {},
        "type": kind,
        "_number": number,
    });
    state.insert("payment_method", value)
}

/// Attaches a method; a card that declines now declines here already.
pub(crate) fn attach_to(state: &mut State, id: &str, customer: &str) -> Result<(), ApiError> {
    let method = state.own(id);
    if method["customer"] == customer {
        return Ok(());
    }
    if method["customer"].is_string() {
        let message = "The payment method you provided has already been attached to a customer.";
        return Err(ApiError::param("payment_method", message).code("payment_method_unexpected_state"));
    }
    if let Conduct::Decline(refusal) = conduct(method) {
        return Err(payments::card_error(refusal));
    }
    state.set(id, "customer", customer);
    state.emit("payment_method.attached", id);
    Ok(())
}

/// Detaches a method; it cannot be used again.
pub(crate) fn detach_from(state: &mut State, id: &str) {
    let before = state.own(id).clone();
    let customer = text(&before, "customer").to_owned();
    state.set(id, "customer", Value::Null);
    state.set(id, "_detached", true);
    state.emit_change("payment_method.detached", id, &before);
    let is_default = state.own(&customer)["invoice_settings"]["default_payment_method"] == id;
    if is_default {
        let before = state.own(&customer).clone();
        state.update(&customer, |customer| {
            customer["invoice_settings"]["default_payment_method"] = Value::Null;
        });
        state.emit_change("customer.updated", &customer, &before);
    }
}

fn update(call: &mut Call<'_>) -> Answer {
    let before = call.found("payment_method", "payment_method")?.clone();
    if before["customer"].is_null() {
        let message = "You must save this PaymentMethod to a customer before you can update it.";
        return Err(ApiError::param("payment_method", message));
    }
    let id = call.id().to_owned();
    let params = &call.params;
    call.state.update(&id, |method| {
        take_over(method, params, &["allow_redisplay"]);
        if let Some(Value::Object(billing)) = params.get("billing_details") {
            let mut merged = method["billing_details"].clone();
            for (name, value) in billing {
                merged[name.as_str()] = if name == "address" {
                    super::address(value)
                } else {
                    value.clone()
                };
            }
            method.insert("billing_details".to_owned(), merged);
        }
        if let Some(Value::Object(card)) = params.get("card") {
            for (name, value) in card.iter().filter(|(name, _)| name.starts_with("exp_")) {
                method["card"][name.as_str()] = value.clone();
            }
        }
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(method, metadata);
        }
    });
    if call.state.own(&id) != &before {
        call.state.emit_change("payment_method.updated", &id, &before);
    }
    Ok(rendered(call.state.own(&id)))
}

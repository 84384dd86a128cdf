//! The account the sandbox belongs to, and what every account has.

use serde_json::{Value, json};

use super::address;
use crate::state::{State, rendered};
use crate::wire::Operation;

pub(crate) const OPERATIONS: &[Operation] = &[Operation::get("/v1/account", "", |call| {
    let account = call.state.origin.account.as_deref();
    Ok(account.map_or_else(|| own(call.state), |id| rendered(call.state.own(id))))
})];

/// What an account still has to tell: all of it is due now.
pub(crate) fn requirements(due: &[&str]) -> Value {
    json!({
        "alternatives": [], "current_deadline": null, "currently_due": due,
        "disabled_reason": (!due.is_empty()).then_some("requirements.past_due"), "errors": [], "eventually_due": due,
        "past_due": due, "pending_verification": [],
    })
}

/// The bank accounts of an account, as it shows them.
pub(crate) fn external_accounts(account: &str, data: &[Value]) -> Value {
    json!({
        "object": "list", "data": data, "has_more": false, "url": format!("/v1/accounts/{account}/external_accounts"),
    })
}

/// A bank account that payouts of an account go to.
pub(crate) fn bank_account(account: &Value, id: &str, holder: &str, number: &str) -> Value {
    let from = number.len().saturating_sub(4);
    json!({
        "id": id, "object": "bank_account", "account": account["id"], "account_holder_name": holder,
        "account_holder_type": "individual", "account_type": null, "available_payout_methods": ["standard"],
        "bank_name": "STRIPE TEST BANK", "country": account["country"], "currency": account["default_currency"],
        "default_for_currency": true, "fingerprint": format!("{:.16}", id.trim_start_matches("ba_")),
        "future_requirements": { "currently_due": [], "errors": [], "past_due": [], "pending_verification": [] },
        "last4": number.get(from..).unwrap_or_default(), "metadata": {},
        "requirements": { "currently_due": [], "errors": [], "past_due": [], "pending_verification": [] },
        "routing_number": "110000000", "status": "new",
    })
}

/// The account the sandbox belongs to.
pub(crate) fn own(state: &State) -> Value {
    let id = state.account_id.as_str();
    let place = json!({ "id": id, "country": "US", "default_currency": "usd" });
    let bank = bank_account(&place, &id.replace("acct_", "ba_"), "Sandbox Store", "000123456789");
    let requirements = requirements(&[]);
    json!({
        "id": id,
        "object": "account",
        "business_profile": {
            "annual_revenue": null, "estimated_worker_count": null, "mcc": null, "minority_owned_business_designation": null,
            "name": "Sandbox Store", "product_description": null, "specified_commercial_transactions_act_url": null,
            "support_address": address(&Value::Null), "support_email": null, "support_phone": null, "support_url": null,
            "url": null,
        },
        "business_type": null,
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "controller": { "type": "account" },
        "country": "US",
        "created": 1_700_000_000,
        "default_currency": "usd",
        "details_submitted": true,
        "email": "sandbox@example.com",
        "external_accounts": external_accounts(id, &[bank]),
        "future_requirements": requirements,
        "metadata": {},
        "payouts_enabled": true,
        "requirements": requirements,
        "settings": settings(),
        "tos_acceptance": { "date": null, "ip": null, "user_agent": null },
        "type": "standard",
    })
}

pub(crate) fn settings() -> Value {
    json!({
        "bacs_debit_payments": { "display_name": null, "service_user_number": null },
        "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
        "card_issuing": { "tos_acceptance": { "date": null, "ip": null } },
        "card_payments": {
            "decline_on": { "avs_failure": false, "cvc_failure": false }, "statement_descriptor_prefix": "SANDBOX",
            "statement_descriptor_prefix_kana": null, "statement_descriptor_prefix_kanji": null,
        },
        "dashboard": { "display_name": "Sandbox Store", "timezone": "Etc/UTC" },
        "invoices": { "default_account_tax_ids": null, "hosted_payment_method_save": null },
        "payments": {
            "statement_descriptor": "SANDBOX", "statement_descriptor_kana": null, "statement_descriptor_kanji": null,
            "statement_descriptor_prefix_kana": null, "statement_descriptor_prefix_kanji": null,
        },
        "payouts": {
            "debit_negative_balances": true, "schedule": { "delay_days": 2, "interval": "daily" }, "statement_descriptor": null,
        },
        "sepa_debit_payments": {},
    })
}

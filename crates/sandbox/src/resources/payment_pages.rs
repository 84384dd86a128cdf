//! The two undocumented calls Stripe's own CLI makes to pay a checkout session without a browser.

use serde_json::{Value, json};

use super::checkout_sessions::{self, Buyer};
use super::payment_methods;
use crate::state::{int, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::get("/v1/payment_pages/{session}", "", |call| {
        let session = call.found("checkout.session", "session")?;
        Ok(page(session))
    }),
    Operation::post(
        "/v1/payment_pages/{session}/confirm",
        "expected_amount:int payment_method*:id eid key guid muid sid return_url",
        confirm,
    ),
];

fn page(session: &Value) -> Value {
    let mut page = rendered(session);
    page["object"] = json!("payment_page");
    page["session_id"] = session["id"].clone();
    page
}

fn confirm(call: &mut Call<'_>) -> Answer {
    let session = call.found("checkout.session", "session")?.clone();
    let id = call.id().to_owned();
    if session["status"] != "open" {
        let message = format!(
            "This Checkout Session has a status of {} and cannot be paid.",
            text(&session, "status")
        );
        return Err(ApiError::invalid(message).code("checkout_not_open"));
    }
    if call
        .int("expected_amount")
        .is_some_and(|amount| amount != int(&session, "amount_total"))
    {
        let message = "The expected amount does not match the amount of the Checkout Session.";
        return Err(ApiError::param("expected_amount", message).code("checkout_amount_mismatch"));
    }
    let reference = call.text("payment_method").unwrap_or_default().to_owned();
    let method = payment_methods::resolve(call.state, &reference, "payment_method")?;
    let billing = call.state.own(&method)["billing_details"].clone();
    let buyer = Buyer {
        email: billing["email"].clone(),
        name: billing["name"].clone(),
    };
    checkout_sessions::pay(call.state, &id, &method, &buyer)?;
    Ok(page(call.state.own(&id)))
}

//! What the next invoice would be: of a subscription as it is, or changed, or not made yet; or of what waits for a customer.
//!
//! The question is answered by doing what it asks in a copy of what it touches, which is thrown away.

use serde_json::{Map, Value, json};

use super::invoice_items::{self, Waiting};
use super::invoices::{self, Draft};
use super::subscription_changes::{self as changes, Change, End};
use super::subscription_items::price_data;
use super::subscriptions::{self, New};
use super::{
    invoice_collection, subscription_cycle, subscription_items as items, subscription_prorations as prorations,
};
use crate::state::{Frozen, State, int, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation::post(
    "/v1/invoices/create_preview",
    concat!(
        "currency:currency customer:id invoice_items:[{amount:int currency:currency description discountable:bool \
         metadata:map period:{end*:int start*:int} price:id quantity:int}] preview_mode:(next|recurring) subscription:id \
         subscription_details:{billing_cycle_anchor:{timestamp:int type*:(now|timestamp|unchanged)} \
         billing_mode:{flexible:any type*:(classic|flexible)} cancel_at cancel_at_period_end:bool cancel_now:bool \
         metadata:map proration_behavior:(always_invoice|create_prorations|none) proration_date:int trial_end:id \
         items:[{deleted:bool id:id metadata:map price:id quantity:int price_data:",
        price_data!(),
        "}]}"
    ),
    create,
)];

fn create(call: &mut Call<'_>) -> Answer {
    let customer = match call.text("subscription") {
        Some(id) => text(call.state.referred("subscription", id, "subscription")?, "customer").to_owned(),
        None => call
            .text("customer")
            .ok_or_else(|| ApiError::missing("customer"))?
            .to_owned(),
    };
    call.state.referred("customer", &customer, "customer")?;
    if call.text("customer").is_some_and(|given| given != customer) {
        let message = "This subscription belongs to another customer.";
        return Err(ApiError::param("customer", message));
    }
    call.state.keep_time_of(&customer);
    let asked = Asked {
        customer,
        subscription: call.text("subscription").map(str::to_owned),
        details: call
            .given("subscription_details")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default(),
        items: call.value("invoice_items").as_array().cloned().unwrap_or_default(),
        recurring: call.text("preview_mode") == Some("recurring"),
        currency: call.text("currency").map(str::to_owned),
    };
    preview(call.state, &asked)
}

/// What is asked: which customer, which subscription if any, and what would be changed of it.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) customer: String,
    pub(crate) subscription: Option<String>,
    /// Parameters of an update of the subscription, or of a new one.
    pub(crate) details: Map<String, Value>,
    /// What would wait beside what does.
    pub(crate) items: Vec<Value>,
    /// Only what comes back every period.
    pub(crate) recurring: bool,
    pub(crate) currency: Option<String>,
}

/// The invoice that would come next. Nothing is changed by looking.
pub(crate) fn preview(state: &mut State, asked: &Asked) -> Answer {
    let mut scratch = scratch(state, &asked.customer);
    let invoice = match &asked.subscription {
        Some(id) => of_subscription(&mut scratch, id, asked)?,
        None if asked.details.contains_key("items") => of_new(&mut scratch, asked)?,
        None => of_customer(&mut scratch, asked)?,
    };
    let invoice = invoice.ok_or_else(|| {
        let message = format!("No upcoming invoices for customer: {}", asked.customer);
        ApiError::invalid(message).code("invoice_upcoming_none").status(404)
    })?;
    Ok(shown(&scratch, &invoice))
}

/// A change that is to be paid at once or not to be made: whether it would be paid.
pub(crate) fn check_payable(state: &mut State, id: &str, change: &Change) -> Result<(), ApiError> {
    let mut scratch = scratch(state, text(&state.own(id).clone(), "customer"));
    let Some(invoice) = changes::apply(&mut scratch, id, change)? else {
        return Ok(());
    };
    let invoice = shown(&scratch, &invoice);
    if int(&invoice, "amount_due") == 0 {
        return Ok(());
    }
    let method = invoice_collection::method_of(state, &invoice);
    subscriptions::check_method(state, method.as_deref(), "error_if_incomplete")
}

/// A copy of what belongs to a customer, and of the catalogue.
fn scratch(state: &mut State, customer: &str) -> State {
    let mut copy = State::new(state.clock, Some(0), state.base_url.clone(), state.settle_after);
    copy.dice = state.dice.elsewhere(0);
    copy.frozen.clone_from(&state.frozen);
    for noun in ["product", "price"] {
        let all: Vec<Value> = state.newest_first(noun).cloned().collect();
        for value in all.into_iter().rev() {
            copy.insert(noun, value);
        }
    }
    for noun in ["invoiceitem", "payment_method", "subscription"] {
        let all: Vec<Value> = state.naming(noun, "customer", customer).into_iter().cloned().collect();
        for value in all.into_iter().rev() {
            copy.insert(noun, value);
        }
    }
    copy.insert("customer", state.own(customer).clone());
    copy
}

/// Waits, in the copy, for the next invoice of a subscription or of the customer.
fn add_waiting(scratch: &mut State, asked: &Asked, currency: &str) -> Result<(), ApiError> {
    for (index, item) in asked.items.iter().enumerate() {
        let param = format!("invoice_items[{index}]");
        let price = match item["price"].as_str() {
            Some(id) => scratch.referred("price", id, &format!("{param}[price]"))?.clone(),
            None => Value::Null,
        };
        let quantity = item["quantity"].as_i64().unwrap_or(1);
        let amount = match item["amount"].as_i64() {
            Some(amount) => amount,
            None if price["unit_amount"].is_i64() => int(&price, "unit_amount").saturating_mul(quantity),
            None => return Err(ApiError::missing(&format!("{param}[amount]"))),
        };
        let own = price["currency"].as_str().or_else(|| item["currency"].as_str());
        let period = item["period"].is_object().then(|| &item["period"]);
        let waiting = Waiting {
            customer: &asked.customer,
            subscription: asked.subscription.as_deref().unwrap_or_default(),
            amount,
            currency: own.unwrap_or(currency),
            description: item["description"].clone(),
            period: period.map(|period| (int(period, "start"), int(period, "end"))),
            price: &price,
            quantity,
            proration: false,
            credited: Value::Null,
        };
        invoice_items::wait(scratch, &waiting);
    }
    Ok(())
}

fn of_subscription(scratch: &mut State, id: &str, asked: &Asked) -> Result<Option<String>, ApiError> {
    let before = scratch.own(id).clone();
    if matches!(text(&before, "status"), "canceled" | "incomplete_expired") {
        return Ok(None);
    }
    let now = scratch.now();
    add_waiting(scratch, asked, text(&before, "currency"))?;
    if asked.details.get("cancel_now") == Some(&json!(true)) {
        let time = asked
            .details
            .get("proration_date")
            .and_then(Value::as_i64)
            .unwrap_or(now);
        if asked.details.get("proration_behavior") != Some(&json!("none")) {
            prorations::credit_all(scratch, id, |_| time);
        }
        return Ok(changes::invoice_now(scratch, id, false));
    }
    let end = End::of(&asked.details, now)?;
    let cycle = changes::cycle_of(&asked.details, &before, now)?;
    let change = Change::of(&asked.details, cycle);
    let at_once = changes::apply(scratch, id, &change)?;
    changes::set_end(scratch, id, end);
    if at_once.is_some() && !asked.recurring {
        return Ok(at_once);
    }
    Ok(next_of(scratch, id, asked.recurring))
}

/// The draft of the next period; of what waits alone, where the subscription ends before.
fn next_of(scratch: &mut State, id: &str, recurring: bool) -> Option<String> {
    let subscription = scratch.own(id).clone();
    let (_, next) = subscriptions::period_ends(&subscription);
    let ends = subscription["cancel_at"].as_i64().is_some_and(|time| time <= next);
    if ends {
        return changes::invoice_now(scratch, id, false).filter(|_| !recurring);
    }
    scratch.frozen = Some(Frozen {
        clock: String::new(),
        now: next.max(scratch.now()),
    });
    if recurring {
        let waiting = invoice_items::waiting(
            scratch,
            text(&subscription, "customer"),
            id,
            text(&subscription, "currency"),
        );
        for item in waiting {
            scratch.remove(text(&item, "id"), None);
        }
    }
    subscription_cycle::begin_periods(scratch, id)
}

/// The first invoice of a subscription that is not there yet.
fn of_new(scratch: &mut State, asked: &Asked) -> Result<Option<String>, ApiError> {
    let given = asked.details.get("items").and_then(Value::as_array);
    let mut chosen = Vec::new();
    for (index, item) in given.into_iter().flatten().enumerate() {
        let price = items::price_of(scratch, item, &format!("subscription_details[items][{index}]"))?;
        chosen.push((price, item.clone()));
    }
    let Some(currency) = chosen.first().map(|(price, _)| text(price, "currency").to_owned()) else {
        return Err(ApiError::missing("subscription_details[items]"));
    };
    let mut params = asked.details.clone();
    if let Some(anchor) = params.shift_remove("billing_cycle_anchor") {
        params.insert("billing_cycle_anchor".to_owned(), anchor["timestamp"].clone());
    }
    let trial_end = match params.get("trial_end").and_then(Value::as_str) {
        None | Some("now") => None,
        Some(time) => Some(subscriptions::trial_end(time, scratch.now())?),
    };
    add_waiting(scratch, asked, &currency)?;
    let new = New {
        customer: &asked.customer,
        items: chosen,
        trial_end,
        params: &params,
        intent: None,
        takes_waiting: !asked.recurring,
    };
    let (_, invoice) = subscriptions::draft(scratch, &new);
    Ok(invoice)
}

/// What waits for a customer.
fn of_customer(scratch: &mut State, asked: &Asked) -> Result<Option<String>, ApiError> {
    let currency = asked.currency.clone();
    add_waiting(scratch, asked, currency.as_deref().unwrap_or("usd"))?;
    let currency = currency.unwrap_or_else(|| invoices::currency_that_waits(scratch, &asked.customer));
    let lines = invoice_items::take_waiting(scratch, &asked.customer, "", &currency);
    if lines.is_empty() {
        return Ok(None);
    }
    let now = scratch.now();
    let draft = Draft {
        customer: &asked.customer,
        subscription: "",
        reason: "upcoming",
        currency: &currency,
        lines,
        period: (now, now),
    };
    Ok(Some(invoices::insert(scratch, &draft)))
}

/// The draft as a preview: under an id that names nothing, with the customer's balance taken into account.
fn shown(scratch: &State, id: &str) -> Value {
    let mut invoice = rendered(scratch.own(id));
    let name = id.replacen("in_", "upcoming_in_", 1);
    let balance = int(scratch.own(text(&invoice, "customer")), "balance");
    let due = int(&invoice, "total").saturating_add(balance);
    invoice["id"] = json!(name);
    invoice["billing_reason"] = json!("upcoming");
    invoice["starting_balance"] = json!(balance);
    invoice["ending_balance"] = json!(due.min(0));
    invoice["amount_due"] = json!(due.max(0));
    invoice["amount_remaining"] = json!(due.max(0));
    invoice["next_payment_attempt"] = json!(int(&invoice, "created") + invoice_collection::DRAFT_SECONDS);
    invoice["lines"]["url"] = json!(format!("/v1/invoices/{name}/lines"));
    for line in invoice["lines"]["data"].as_array_mut().into_iter().flatten() {
        line["invoice"] = json!(name);
        line["id"] = json!(text(line, "id").replacen("il_", "il_tmp_", 1));
    }
    invoice
}

//! Subscriptions: what a customer pays for again and again. How time passes for one is in `subscription_cycle`, how one is
//! changed in `subscription_changes`.

use serde_json::{Map, Value, json};

use super::invoice_collection as collection;
use super::invoice_lines::{self, Bill};
use super::invoices::{self, Draft};
use super::subscription_changes::{self as changes, End};
use super::subscription_items::price_data;
use super::{
    calendar, invoice_items, payment_methods, subscription_cycle, subscription_items as items,
    subscription_pauses as pauses, subscription_prorations as prorations,
};
use crate::state::{State, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

/// Stripe's trials last two years at most.
pub(crate) const LONGEST_TRIAL_DAYS: i64 = 730;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/subscriptions",
        concat!(
            "automatic_tax:any billing_cycle_anchor:int billing_mode:{flexible:any type*:(classic|flexible)} cancel_at:id \
             cancel_at_period_end:bool collection_method:(charge_automatically|send_invoice) currency:currency customer*:id \
             days_until_due:int default_payment_method:id description invoice_settings:any metadata:map off_session:bool \
             payment_behavior:(allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete) \
             payment_settings:any proration_behavior:(always_invoice|create_prorations|none) trial_end:id \
             trial_from_plan:bool trial_period_days:int \
             trial_settings:{end_behavior*:{billing_cycle_anchor missing_payment_method:(cancel|create_invoice|pause)}} \
             items:[{metadata:map price:id quantity:int price_data:",
            price_data!(),
            "}]"
        ),
        create,
    ),
    Operation::list(
        "/v1/subscriptions",
        "collection_method:(charge_automatically|send_invoice) created:range current_period_end:range \
         current_period_start:range customer:id price:id \
         status:(active|all|canceled|ended|incomplete|incomplete_expired|past_due|paused|trialing|unpaid) test_clock:id",
        list_them,
    ),
    Operation::get("/v1/subscriptions/{subscription}", "", |call| {
        call.found("subscription", "subscription").map(rendered)
    }),
    Operation::post(
        "/v1/subscriptions/{subscription}",
        concat!(
            "automatic_tax:any billing_cycle_anchor:{type*:(now|unchanged)} cancel_at cancel_at_period_end:bool \
             cancellation_details:{comment feedback} collection_method:(charge_automatically|send_invoice) days_until_due:int \
             default_payment_method description invoice_settings:any metadata:map off_session:bool \
             pause_collection:{behavior*:(keep_as_draft|mark_uncollectible|void) resumes_at:int} \
             payment_behavior:(allow_incomplete|default_incomplete|error_if_incomplete|pending_if_incomplete) \
             payment_settings:any proration_behavior:(always_invoice|create_prorations|none) proration_date:int trial_end:id \
             trial_settings:{end_behavior*:{billing_cycle_anchor missing_payment_method:(cancel|create_invoice|pause)}} \
             items:[{deleted:bool id:id metadata:map price:id quantity:int price_data:",
            price_data!(),
            "}]"
        ),
        changes::update,
    ),
    Operation::delete_with(
        "/v1/subscriptions/{subscription}",
        "cancellation_details:{comment feedback} invoice_now:bool prorate:bool",
        changes::cancel,
    ),
    Operation::post(
        "/v1/subscriptions/{subscription}/resume",
        "billing_cycle_anchor:{type*:(now|unchanged)} proration_behavior:(always_invoice|create_prorations|none) \
         proration_date:int",
        pauses::resume,
    ),
    Operation::post(
        "/v1/subscriptions/{subscription}/pause",
        "bill_for:{outstanding_usage_through:{type*:(none|now)} unused_time_from:{type*:(item_current_period_start|none|now)}} \
         invoicing_behavior:(invoice|pending_invoice_item) type:(subscription)",
        pauses::pause,
    ),
];

fn list_them(call: &mut Call<'_>) -> Answer {
    let mut filters = call.params.clone();
    let status = filters.shift_remove("status").unwrap_or_default();
    let price = filters.shift_remove("price").unwrap_or_default();
    list::page(call.state, "subscription", call.path, &filters, |subscription| {
        let found = text(subscription, "status");
        let over = matches!(found, "canceled" | "incomplete_expired");
        let wanted = match status.as_str() {
            None => found != "canceled",
            Some("all") => true,
            Some("ended") => over,
            Some(status) => found == status,
        };
        wanted
            && (price.is_null() || items::of(subscription).iter().any(|item| item["price"]["id"] == price))
            && list::same(&filters, subscription, &["collection_method", "customer", "test_clock"])
    })
}

fn create(call: &mut Call<'_>) -> Answer {
    let customer = call.text("customer").unwrap_or_default().to_owned();
    call.state.referred("customer", &customer, "customer")?;
    call.state.keep_time_of(&customer);
    let chosen = chosen_prices(call)?;
    check_currency(call.state, &customer, text(&chosen[0].0, "currency"))?;
    let mut params = call.params.clone();
    if let Some(reference) = call.text("default_payment_method").map(str::to_owned) {
        let method = payment_methods::resolve(call.state, &reference, "default_payment_method")?;
        params.insert("default_payment_method".to_owned(), json!(method));
    }
    let trial_end = trial_of(call)?;
    let end = End::of(&params, call.state.now())?;
    check_anchor(call, &chosen)?;
    let behavior = call.text("payment_behavior").unwrap_or("allow_incomplete").to_owned();
    let by_charge = call.text("collection_method") != Some("send_invoice");
    let method = method_for(call.state, &customer, &params);
    let free = chosen.iter().all(|(price, _)| int(price, "unit_amount") == 0);
    if by_charge && trial_end.is_none() && !free && behavior != "default_incomplete" {
        check_method(call.state, method.as_deref(), &behavior)?;
    }
    let new_one = New {
        customer: &customer,
        items: chosen,
        trial_end,
        params: &params,
        intent: None,
        takes_waiting: true,
    };
    let (id, invoice) = new(call.state, &new_one);
    changes::set_end(call.state, &id, end);
    if let Some(invoice) = invoice {
        if behavior != "default_incomplete" && by_charge {
            let off_session = call.flag("off_session") == Some(true);
            // A refusal leaves the subscription incomplete, and that is the answer.
            let _ = collection::collect(call.state, &invoice, method.as_deref(), off_session);
        }
        collection::announce(call.state, &invoice);
    } else {
        call.state.emit("customer.subscription.created", &id);
    }
    subscription_cycle::begin(call.state, &id);
    Ok(rendered(call.state.own(&id)))
}

/// The prices of the request, each with what was given beside it.
fn chosen_prices(call: &mut Call<'_>) -> Result<Vec<(Value, Value)>, ApiError> {
    let given = call.value("items").as_array().cloned().unwrap_or_default();
    if given.is_empty() {
        return Err(ApiError::missing("items"));
    }
    let mut chosen = Vec::with_capacity(given.len());
    for (index, item) in given.into_iter().enumerate() {
        let price = items::price_of(call.state, &item, &format!("items[{index}]"))?;
        chosen.push((price, item));
    }
    let currency = chosen[0].0["currency"].clone();
    if chosen.iter().any(|(price, _)| price["currency"] != currency) {
        let message = "All prices of a subscription must have the same currency.";
        return Err(ApiError::param("items", message));
    }
    Ok(chosen)
}

/// A customer pays for all subscriptions that are not over in one currency.
pub(super) fn check_currency(state: &State, customer: &str, currency: &str) -> Result<(), ApiError> {
    let theirs = state.naming("subscription", "customer", customer);
    let other = theirs
        .into_iter()
        .find(|one| !matches!(text(one, "status"), "canceled" | "incomplete_expired") && one["currency"] != currency);
    match other {
        Some(other) => Err(ApiError::invalid(format!(
            "The customer {customer} has a subscription in {} already; all of a customer's are in one currency.",
            text(other, "currency")
        ))),
        None => Ok(()),
    }
}

/// An anchor of the request's own must come before the period would end anyway.
fn check_anchor(call: &Call<'_>, chosen: &[(Value, Value)]) -> Result<(), ApiError> {
    let Some(anchor) = call.int("billing_cycle_anchor") else {
        return Ok(());
    };
    let now = call.state.now();
    let natural = chosen
        .iter()
        .map(|(price, _)| calendar::next(now, &price["recurring"], now));
    if anchor <= now || natural.min().is_some_and(|end| anchor > end) {
        let message =
            "billing_cycle_anchor must be in the future, and cannot be later than the next natural billing date.";
        return Err(ApiError::param("billing_cycle_anchor", message));
    }
    Ok(())
}

/// Whether there is something to pay with; where it must not be refused, also whether it would be.
pub(crate) fn check_method(state: &State, method: Option<&str>, behavior: &str) -> Result<(), ApiError> {
    let Some(method) = method else {
        let message = "This customer has no attached payment source or default payment method. Please consider adding a default \
                       payment method.";
        return Err(ApiError::invalid(message).code("resource_missing"));
    };
    match collection::refusal_of(state, method) {
        Some(error) if behavior == "error_if_incomplete" => Err(error),
        _ => Ok(()),
    }
}

fn method_for(state: &State, customer: &str, params: &Map<String, Value>) -> Option<String> {
    let own = params.get("default_payment_method").and_then(Value::as_str);
    let settings = &state.own(customer)["invoice_settings"];
    own.or_else(|| settings["default_payment_method"].as_str())
        .map(str::to_owned)
}

/// When the trial ends that a request asks for.
pub(crate) fn trial_of(call: &Call<'_>) -> Result<Option<i64>, ApiError> {
    let now = call.state.now();
    if let Some(days) = call.int("trial_period_days").filter(|days| *days > 0) {
        return Ok(Some(now + days.min(LONGEST_TRIAL_DAYS) * 86_400));
    }
    match call.text("trial_end") {
        None | Some("now") => Ok(None),
        Some(time) => trial_end(time, now).map(Some),
    }
}

/// The end of a trial that is given as a time.
pub(crate) fn trial_end(time: &str, now: i64) -> Result<i64, ApiError> {
    let longest = now + LONGEST_TRIAL_DAYS * 86_400;
    let time = time.parse().ok().filter(|time| *time > now && *time <= longest);
    time.ok_or_else(|| {
        let message = "A trial must end in the future and within two years; `now` is for none.";
        ApiError::param("trial_end", message)
    })
}

/// What a new subscription is made of.
pub(crate) struct New<'a> {
    pub(crate) customer: &'a str,
    /// The prices, each with what was given beside it.
    pub(crate) items: Vec<(Value, Value)>,
    pub(crate) trial_end: Option<i64>,
    pub(crate) params: &'a Map<String, Value>,
    /// The intent of a checkout that is about to succeed.
    pub(crate) intent: Option<&'a str>,
    /// Whether the first invoice bills what waits for the customer; a checkout takes what its page has shown.
    pub(crate) takes_waiting: bool,
}

/// Makes a subscription and its first invoice, finalized; tells of neither. Gives both ids; where a first period up to the
/// anchor is free, there is no invoice.
pub(crate) fn new(state: &mut State, new: &New<'_>) -> (String, Option<String>) {
    let (id, invoice) = draft(state, new);
    if let Some(invoice) = &invoice {
        state.update(invoice, |object| {
            object.insert("_held".to_owned(), json!([]));
            object.insert("_intent".to_owned(), json!(new.intent));
        });
        collection::tell(state, invoice, "invoice.created");
        collection::finalize(state, invoice);
    }
    subscription_cycle::plan(state, &id);
    (id, invoice)
}

/// Makes a subscription and the draft of its first invoice.
pub(crate) fn draft(state: &mut State, new: &New<'_>) -> (String, Option<String>) {
    let mut value = render(state, new);
    let mut chosen: Vec<Value> = new
        .items
        .iter()
        .map(|(price, given)| items::new(state, &value, price, given))
        .collect();
    let id = text(&value, "id").to_owned();
    value["items"] = items::as_list(&id, &chosen);
    state.insert("subscription", value.clone());
    let now = state.now();
    let mut lines = first_lines(state, &value, &mut chosen, new);
    state.update(&id, |subscription| {
        subscription.insert("items".to_owned(), items::as_list(&id, &chosen));
        subscription.insert("_invoiced_from".to_owned(), json!(now));
    });
    if lines.is_empty() {
        state.set(&id, "status", "active");
        return (id, None);
    }
    let currency = text(&value, "currency").to_owned();
    if new.takes_waiting {
        let waiting = invoice_items::take_waiting(state, new.customer, &id, &currency);
        lines.splice(..0, waiting);
    }
    let draft = Draft {
        customer: new.customer,
        subscription: &id,
        reason: "subscription_create",
        currency: &currency,
        lines,
        period: (now, now),
    };
    let invoice = invoices::insert(state, &draft);
    for item in &mut chosen {
        item["_billed"]["invoice"] = json!(invoice);
    }
    state.update(&id, |subscription| {
        subscription.insert("items".to_owned(), items::as_list(&id, &chosen));
        subscription.insert("latest_invoice".to_owned(), json!(invoice));
    });
    (id, Some(invoice))
}

/// The lines of a first invoice: trials cost nothing; up to an anchor of its own, an item costs its share of a period, or
/// nothing without prorations. The items are billed for it.
fn first_lines(state: &mut State, subscription: &Value, chosen: &mut [Value], new: &New<'_>) -> Vec<Value> {
    let now = state.now();
    let to_anchor = new.trial_end.is_none() && int(subscription, "billing_cycle_anchor") > now;
    let prorated = new.params.get("proration_behavior") != Some(&json!("none"));
    let mut lines = Vec::with_capacity(chosen.len());
    for item in chosen {
        let bill = match (new.trial_end.is_some(), to_anchor) {
            (true, _) => Some(Bill::Trial),
            (false, true) => prorated.then(|| Bill::Part(prorations::for_the_rest(subscription, item, now))),
            (false, false) => Some(Bill::Whole),
        };
        let amount = bill.map_or(0, |bill| bill.amount(item));
        items::billed(item, amount, now, &Value::Null);
        lines.extend(bill.map(|bill| invoice_lines::of_item(state, item, bill)));
    }
    lines
}

fn render(state: &mut State, new: &New<'_>) -> Value {
    let now = state.now();
    let member = |name: &str| new.params.get(name).cloned().unwrap_or_default();
    let currency = new.items.first().map(|(price, _)| price["currency"].clone());
    let anchor = new
        .trial_end
        .or_else(|| member("billing_cycle_anchor").as_i64())
        .unwrap_or(now);
    let flexible = member("billing_mode")["type"] != "classic";
    let sent = member("collection_method") == "send_invoice";
    let status = match (new.trial_end.is_some(), sent) {
        (true, _) => "trialing",
        (false, true) => "active",
        (false, false) => "incomplete",
    };
    let mut metadata = Map::new();
    merge_metadata(&mut metadata, &member("metadata"));
    let save = member("payment_settings")["save_default_payment_method"].clone();
    let missing = member("trial_settings")["end_behavior"]["missing_payment_method"].clone();
    let mut value = json!({
        "id": state.dice.id("sub").replace("sub_3", "sub_1"),
        "object": "subscription",
        "billing_cycle_anchor": anchor,
        "billing_mode": {
            "flexible": flexible.then(|| json!({ "proration_discounts": "included" })),
            "type": if flexible { "flexible" } else { "classic" },
        },
        "cancel_at": null,
        "cancel_at_period_end": false,
        "canceled_at": null,
        "cancellation_details": { "comment": null, "feedback": null, "feedback_option": null, "reason": null },
        "collection_method": if sent { "send_invoice" } else { "charge_automatically" },
        "created": now,
        "currency": currency,
        "customer": new.customer,
        "days_until_due": member("days_until_due"),
        "default_payment_method": member("default_payment_method"),
        "description": member("description"),
        "ended_at": null,
        "items": {},
        "latest_invoice": null,
        "livemode": false,
        "metadata": metadata["metadata"],
        "pause_collection": null,
        "payment_settings": {
            "payment_method_options": null, "payment_method_types": null,
            "save_default_payment_method": if save.is_null() { json!("off") } else { save },
        },
        "start_date": now,
        "status": status,
        "test_clock": state.own(new.customer)["test_clock"],
        "trial_end": new.trial_end,
        "trial_settings": { "end_behavior": {
            "billing_cycle_anchor": "now",
            "missing_payment_method": if missing.is_null() { json!("create_invoice") } else { missing },
        } },
        "trial_start": new.trial_end.map(|_| now),
    });
    if let (Value::Object(subscription), Value::Object(rest)) = (&mut value, unused_features()) {
        subscription.extend(rest);
    }
    value
}

/// The members of features a subscription here never uses.
fn unused_features() -> Value {
    json!({
        "application": null, "application_fee_percent": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor_config": null, "billing_schedules": [], "billing_thresholds": null, "customer_account": null,
        "default_source": null, "default_tax_rates": [], "discounts": [],
        "invoice_settings": {
            "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null, "issuer": { "type": "self" },
        },
        "managed_payments": { "enabled": false }, "next_pending_invoice_item_invoice": null, "on_behalf_of": null,
        "pending_invoice_item_interval": null, "pending_setup_intent": null, "pending_update": null, "schedule": null,
        "transfer_data": null,
    })
}

/// The `subscriptions` of a customer, when they are expanded.
pub(crate) fn included(state: &State, customer: &str) -> Value {
    let found = state.naming("subscription", "customer", customer).into_iter();
    let data: Vec<Value> = found
        .filter(|subscription| subscription["status"] != "canceled")
        .map(rendered)
        .collect();
    json!({
        "object": "list", "data": data, "has_more": false, "url": format!("/v1/customers/{customer}/subscriptions"),
    })
}

/// Starts the billing cycle of every item anew at this time; a trial is over then.
pub(crate) fn restart(state: &mut State, id: &str) {
    let now = state.now();
    let mut all = items::of(state.own(id)).to_vec();
    for item in &mut all {
        item["current_period_start"] = json!(now);
        item["current_period_end"] = json!(calendar::next(now, &item["price"]["recurring"], now));
        let amount = items::amount(item);
        items::billed(item, amount, now, &Value::Null);
    }
    state.update(id, |subscription| {
        subscription.insert("billing_cycle_anchor".to_owned(), json!(now));
        subscription.insert("items".to_owned(), items::as_list(id, &all));
        subscription.insert("_invoiced_from".to_owned(), json!(now));
        if subscription["status"] == "trialing" {
            subscription.insert("status".to_owned(), json!("active"));
            subscription.insert("trial_end".to_owned(), json!(now));
        }
    });
}

/// The latest and the earliest end of a subscription's periods.
pub(crate) fn period_ends(subscription: &Value) -> (i64, i64) {
    let ends = || {
        items::of(subscription)
            .iter()
            .map(|item| int(item, "current_period_end"))
    };
    (ends().max().unwrap_or(0), ends().min().unwrap_or(0))
}

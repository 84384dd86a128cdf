//! Changing a subscription: its items, its billing cycle, its trial, its end. What a change costs is in
//! `subscription_prorations`.

use serde_json::{Map, Value, json};

use super::invoice_collection as collection;
use super::invoices::{self, Draft};
use super::{
    invoice_items, invoice_previews, payment_methods, subscription_cycle, subscription_items as items,
    subscription_prorations as prorations, subscriptions, take_over,
};
use crate::state::{State, flag, int, merge_metadata, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call};

/// How far away a planned end may be: five years.
const LATEST_END_SECONDS: i64 = 5 * 366 * 86_400;

/// What is to become of a subscription's items and of their periods.
pub(crate) struct Change {
    pub(crate) items: Vec<Value>,
    pub(crate) behavior: String,
    /// The time prorations go by; now when absent.
    pub(crate) date: Option<i64>,
    pub(crate) cycle: Cycle,
}

/// What is to become of the billing cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cycle {
    /// It goes on, unless the change of the items makes it start anew.
    Kept,
    /// It starts anew now; a trial is over.
    Now,
    /// It starts anew when this trial ends.
    Trial(i64),
}

impl Change {
    /// What a request asks for by the parameters that all changes share.
    pub(crate) fn of(params: &Map<String, Value>, cycle: Cycle) -> Self {
        Self {
            items: params
                .get("items")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default(),
            behavior: params
                .get("proration_behavior")
                .and_then(Value::as_str)
                .unwrap_or("create_prorations")
                .to_owned(),
            date: params.get("proration_date").and_then(Value::as_i64),
            cycle,
        }
    }
}

pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    live(call)?;
    let id = call.id().to_owned();
    let params = call.params.clone();
    perform(call.state, &id, params)?;
    Ok(rendered(call.state.own(&id)))
}

/// Changes a subscription as the parameters of an update say.
pub(crate) fn perform(state: &mut State, id: &str, mut params: Map<String, Value>) -> Result<(), ApiError> {
    let before = state.own(id).clone();
    let given = params.get("default_payment_method").and_then(Value::as_str);
    if let Some(reference) = given.map(str::to_owned) {
        let method = payment_methods::resolve(state, &reference, "default_payment_method")?;
        params.insert("default_payment_method".to_owned(), json!(method));
    }
    let end = End::of(&params, state.now())?;
    let resumes = params
        .get("pause_collection")
        .and_then(|pause| pause["resumes_at"].as_i64());
    if resumes.is_some_and(|time| time <= state.now()) {
        let message = "The collection must resume in the future.";
        return Err(ApiError::param("pause_collection[resumes_at]", message));
    }
    let stops = params.get("trial_end") == Some(&json!("now")) && subscription_cycle::lacks_method(state, &before);
    let cycle = if stops {
        Cycle::Kept
    } else {
        cycle_of(&params, &before, state.now())?
    };
    let change = Change::of(&params, cycle);
    check_payment(state, id, &params, &change)?;
    let invoiced = apply(state, id, &change)?;
    set_end(state, id, end);
    take_over_plain(state, id, &params);
    tell(state, id, &before);
    if stops {
        subscription_cycle::end_trial_without_method(state, id);
    }
    collect(state, invoiced.as_deref());
    subscription_cycle::begin(state, id);
    Ok(())
}

/// What `payment_behavior` asks for, where a change is paid at once.
pub(crate) fn check_payment(
    state: &mut State,
    id: &str,
    params: &Map<String, Value>,
    change: &Change,
) -> Result<(), ApiError> {
    match params.get("payment_behavior").and_then(Value::as_str) {
        Some("error_if_incomplete") => invoice_previews::check_payable(state, id, change),
        Some("pending_if_incomplete") => {
            let message = "This sandbox keeps no pending updates: use allow_incomplete or error_if_incomplete.";
            Err(ApiError::param("payment_behavior", message))
        }
        _ => Ok(()),
    }
}

/// The path's subscription, which has not ended; its customer's time is kept from here on.
pub(crate) fn live(call: &mut Call<'_>) -> Result<Value, ApiError> {
    let found = call.found("subscription", "subscription")?.clone();
    if matches!(text(&found, "status"), "canceled" | "incomplete_expired") {
        let message = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(ApiError::invalid(message));
    }
    call.state.keep_time_of(text(&found, "customer"));
    Ok(found)
}

/// What `trial_end` and `billing_cycle_anchor` ask for. A trial that is not there cannot be ended.
pub(crate) fn cycle_of(params: &Map<String, Value>, before: &Value, now: i64) -> Result<Cycle, ApiError> {
    let anchor_now = params.get("billing_cycle_anchor").map(|anchor| &anchor["type"]) == Some(&json!("now"));
    let kept = if anchor_now { Cycle::Now } else { Cycle::Kept };
    match params.get("trial_end").and_then(Value::as_str) {
        Some("now") if before["status"] == "trialing" => Ok(Cycle::Now),
        None | Some("now") => Ok(kept),
        Some(time) => subscriptions::trial_end(time, now).map(Cycle::Trial),
    }
}

fn take_over_plain(state: &mut State, id: &str, params: &Map<String, Value>) {
    state.update(id, |subscription| {
        let plain = [
            "collection_method",
            "days_until_due",
            "default_payment_method",
            "description",
            "pause_collection",
        ];
        take_over(subscription, params, &plain);
        if subscription["pause_collection"].is_object() {
            let resumes = subscription["pause_collection"].get("resumes_at").cloned();
            subscription["pause_collection"]["resumes_at"] = resumes.unwrap_or_default();
        }
        let save = params
            .get("payment_settings")
            .and_then(|given| given.get("save_default_payment_method"));
        if let Some(save) = save {
            subscription["payment_settings"]["save_default_payment_method"] = save.clone();
        }
        let behavior = params
            .get("trial_settings")
            .map(|given| &given["end_behavior"]["missing_payment_method"]);
        if let Some(behavior) = behavior.filter(|behavior| behavior.is_string()) {
            subscription["trial_settings"]["end_behavior"]["missing_payment_method"] = behavior.clone();
        }
        note_details(subscription, params);
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(subscription, metadata);
        }
    });
}

fn note_details(subscription: &mut Map<String, Value>, params: &Map<String, Value>) {
    let given = params.get("cancellation_details").and_then(Value::as_object);
    for (name, value) in given.into_iter().flatten() {
        subscription["cancellation_details"][name] = value.clone();
    }
}

/// What a request says of the planned end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Unchanged,
    Never,
    /// With the period, as `cancel_at_period_end` says.
    WithPeriod,
    /// With the first period, or the last, that ends.
    Earliest,
    Latest,
    At(i64),
}

impl End {
    pub(crate) fn of(params: &Map<String, Value>, now: i64) -> Result<Self, ApiError> {
        let with_period = params.get("cancel_at_period_end").and_then(Value::as_bool);
        match (with_period, params.get("cancel_at").filter(|value| !value.is_null())) {
            (Some(true), Some(_)) => {
                let message = "Only one of `cancel_at` and `cancel_at_period_end` can be set.";
                Err(ApiError::param("cancel_at", message))
            }
            (Some(true), None) => Ok(Self::WithPeriod),
            (_, Some(word)) => match word.as_str().unwrap_or_default() {
                "min_period_end" => Ok(Self::Earliest),
                "max_period_end" | "max_billed_until" => Ok(Self::Latest),
                time => time
                    .parse()
                    .ok()
                    .filter(|time| *time > now && *time <= now + LATEST_END_SECONDS)
                    .map(Self::At)
                    .ok_or_else(|| {
                        let message =
                            "Give a time within the next five years, `min_period_end`, `max_period_end` or `max_billed_until`.";
                        ApiError::param("cancel_at", message)
                    }),
            },
            (Some(false), None) => Ok(Self::Never),
            (None, None) if params.contains_key("cancel_at") => Ok(Self::Never),
            (None, None) => Ok(Self::Unchanged),
        }
    }
}

/// Sets or lifts the planned end.
pub(crate) fn set_end(state: &mut State, id: &str, end: End) {
    let now = state.now();
    let (latest, earliest) = subscriptions::period_ends(state.own(id));
    let time = match end {
        End::Unchanged => return,
        End::Never => None,
        End::WithPeriod | End::Latest => Some(latest),
        End::Earliest => Some(earliest),
        End::At(time) => Some(time),
    };
    state.update(id, |subscription| {
        subscription.insert("cancel_at".to_owned(), json!(time));
        subscription.insert("cancel_at_period_end".to_owned(), json!(end == End::WithPeriod));
        subscription.insert("canceled_at".to_owned(), json!(time.map(|_| now)));
        subscription["cancellation_details"]["reason"] = json!(time.map(|_| "cancellation_requested"));
    });
}

/// Changes the items and their periods; gives the invoice that bills it at once, if one does.
pub(crate) fn apply(state: &mut State, id: &str, change: &Change) -> Result<Option<String>, ApiError> {
    if change.cycle == Cycle::Kept && change.items.is_empty() {
        return Ok(None);
    }
    let before = state.own(id).clone();
    let now = state.now();
    let time = change.date.unwrap_or(now);
    check(&before, time)?;
    let mut after = changed_items(state, &before, &change.items)?;
    let trialing = before["status"] == "trialing";
    let cycle = match change.cycle {
        Cycle::Kept if !trialing && starts_anew(&before, &after) => Cycle::Now,
        cycle => cycle,
    };
    let mut moved = Vec::new();
    // What a paused subscription is worth was settled when it was paused.
    if change.behavior != "none" && !trialing && before["status"] != "paused" {
        moved = sides(&before, &mut after, time, cycle != Cycle::Kept);
    }
    state.set(id, "items", items::as_list(id, &after));
    for part in &moved {
        prorations::keep(state, &before, part, time);
    }
    match cycle {
        Cycle::Kept => {}
        Cycle::Now => subscriptions::restart(state, id),
        Cycle::Trial(end) => begin_trial(state, id, end),
    }
    if cycle != Cycle::Kept && before["cancel_at_period_end"] == true {
        let latest = subscriptions::period_ends(state.own(id)).0;
        state.set(id, "cancel_at", latest);
    }
    let at_once = cycle == Cycle::Now || (change.behavior == "always_invoice" && !moved.is_empty());
    Ok(at_once.then(|| invoice_now(state, id, cycle == Cycle::Now)).flatten())
}

fn check(before: &Value, time: i64) -> Result<(), ApiError> {
    if before["status"] == "incomplete" {
        let message = "An incomplete subscription's items and periods cannot change before its first invoice is paid.";
        return Err(ApiError::invalid(message));
    }
    let starts = items::of(before).iter().map(|item| int(item, "current_period_start"));
    let (latest, _) = subscriptions::period_ends(before);
    let outside = starts.min().is_some_and(|start| time < start) || time > latest;
    if outside && before["status"] != "paused" {
        let message = "The proration date must be within the current period.";
        return Err(ApiError::param("proration_date", message));
    }
    Ok(())
}

/// A change to another interval, or from nothing to something, begins the first whole period at once.
fn starts_anew(before: &Value, after: &[Value]) -> bool {
    let old = items::of(before);
    let interval = |item: &Value| {
        (
            item["price"]["recurring"]["interval"].clone(),
            item["price"]["recurring"]["interval_count"].clone(),
        )
    };
    let moved = after.iter().any(|item| {
        let same = old.iter().find(|old| old["id"] == item["id"]);
        same.is_some_and(|old| interval(old) != interval(item))
    });
    let was_free = old.iter().all(|item| items::amount(item) == 0);
    moved || (was_free && after.iter().any(|item| items::amount(item) > 0))
}

/// Both sides of every item that changes; of every item, where the periods end now.
fn sides(before: &Value, after: &mut [Value], time: i64, all_end: bool) -> Vec<prorations::Part> {
    let mut moved = Vec::new();
    for item in after.iter_mut() {
        let old = items::of(before).iter().find(|old| old["id"] == item["id"]);
        let same =
            old.is_some_and(|old| old["price"]["id"] == item["price"]["id"] && old["quantity"] == item["quantity"]);
        if all_end || !same {
            moved.extend(old.and_then(|old| prorations::credit(before, old, time)));
        }
        if !all_end && !same {
            moved.push(prorations::debit(before, item, time));
        }
    }
    for old in items::of(before) {
        if !after.iter().any(|item| item["id"] == old["id"]) {
            moved.extend(prorations::credit(before, old, time));
        }
    }
    moved
}

/// The items as they are to be; their periods stay what they are.
fn changed_items(state: &mut State, subscription: &Value, given: &[Value]) -> Result<Vec<Value>, ApiError> {
    let mut after = items::of(subscription).to_vec();
    for (index, change) in given.iter().enumerate() {
        let param = format!("items[{index}]");
        let Some(id) = change["id"].as_str() else {
            let price = items::price_of(state, change, &param)?;
            let item = items::new(state, subscription, &price, change);
            after.push(item);
            continue;
        };
        let place = after.iter().position(|item| item["id"] == id);
        let place = place.ok_or_else(|| ApiError::absent("subscription_item", id, &format!("{param}[id]")))?;
        if flag(change, "deleted") {
            after.remove(place);
            continue;
        }
        items::check_quantity(change, &param)?;
        let item = &mut after[place];
        if change["price"].is_string() || change["price_data"].is_object() {
            let price = items::price_of(state, change, &param)?;
            item["plan"] = items::plan(&price);
            item["price"] = price;
        }
        if change["quantity"].is_i64() {
            item["quantity"] = change["quantity"].clone();
        }
        if let (Value::Object(item), Some(metadata)) = (&mut *item, change.get("metadata")) {
            merge_metadata(item, metadata);
        }
    }
    if after.is_empty() {
        let message = "A subscription must have at least one item.";
        return Err(ApiError::param("items", message));
    }
    if let Some(other) = after
        .iter()
        .find(|item| item["price"]["currency"] != subscription["currency"])
    {
        let message = format!("The currency of {} is not the subscription's.", other["price"]["id"]);
        return Err(ApiError::param("items", message));
    }
    Ok(after)
}

/// Nothing is taken from now to the end of a trial; the cycle goes by that end.
fn begin_trial(state: &mut State, id: &str, end: i64) {
    let now = state.now();
    let trialing = state.own(id)["status"] == "trialing";
    let mut all = items::of(state.own(id)).to_vec();
    for item in &mut all {
        if !trialing {
            item["current_period_start"] = json!(now);
        }
        item["current_period_end"] = json!(end);
        items::billed(item, 0, now, &Value::Null);
    }
    state.update(id, |subscription| {
        if !trialing {
            subscription.insert("trial_start".to_owned(), json!(now));
        }
        subscription.insert("status".to_owned(), json!("trialing"));
        subscription.insert("trial_end".to_owned(), json!(end));
        subscription.insert("billing_cycle_anchor".to_owned(), json!(end));
        subscription.insert("items".to_owned(), items::as_list(id, &all));
        subscription.shift_remove("_trial_told");
    });
}

/// Bills what waits, and whole new periods where the cycle has started anew; no invoice where there is nothing to bill.
pub(crate) fn invoice_now(state: &mut State, id: &str, whole: bool) -> Option<String> {
    let subscription = state.own(id).clone();
    let now = state.now();
    let currency = text(&subscription, "currency");
    let mut lines = invoice_items::take_waiting(state, text(&subscription, "customer"), id, currency);
    if whole {
        lines.extend(invoices::period_lines(state, items::of(&subscription)));
    }
    if lines.is_empty() {
        return None;
    }
    let draft = Draft {
        customer: text(&subscription, "customer"),
        subscription: id,
        reason: "subscription_update",
        currency,
        lines,
        period: (now, now),
    };
    let invoice = invoices::insert(state, &draft);
    state.set(id, "latest_invoice", invoice.clone());
    Some(invoice)
}

/// Tells of a change, unless nothing has changed.
pub(crate) fn tell(state: &mut State, id: &str, before: &Value) {
    if rendered(state.own(id)) != rendered(before) {
        state.emit_change("customer.subscription.updated", id, before);
    }
}

/// Finalizes and collects an invoice that bills a change.
pub(crate) fn collect(state: &mut State, invoice: Option<&str>) {
    let Some(invoice) = invoice else { return };
    state.emit("invoice.created", invoice);
    collection::finalize(state, invoice);
    // A refusal is told by events and leaves the subscription past due.
    let _ = collection::collect(state, invoice, None, true);
}

pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    live(call)?;
    let id = call.id().to_owned();
    let params = call.params.clone();
    cancel_now(call.state, &id, &params);
    Ok(rendered(call.state.own(&id)))
}

/// Ends a subscription at once, as the parameters of a cancellation say.
pub(crate) fn cancel_now(state: &mut State, id: &str, params: &Map<String, Value>) {
    let asks = |name: &str| params.get(name) == Some(&json!(true));
    let time = state.now();
    if asks("prorate") {
        prorations::credit_all(state, id, |_| time);
    }
    state.update(id, |subscription| note_details(subscription, params));
    if asks("invoice_now") {
        let invoice = invoice_now(state, id, false);
        collect(state, invoice.as_deref());
    }
    subscription_cycle::end(state, id, "cancellation_requested");
}

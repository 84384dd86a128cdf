//! What is left to do of a command, seen the subscription as it is. Pure.

use std::ops::RangeInclusive;

use serde_json::{Value, json};
use stripe::objects::{Subscription, SubscriptionStatus};

use super::{Command, Refusal, Wanted};
use crate::purchases::Kind;
use crate::purchases::metadata;

/// The next step of a command.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    /// Nothing is left to do.
    Done,
    /// The subscription is to be changed so.
    Update(Value),
    /// It is to end at once.
    Cancel,
    /// It is paused, and goes on.
    Resume,
    /// It cannot be done.
    Refuse(Refusal),
}

/// How long what a preview gave may be used by a user, in seconds.
const PREVIEW_SECONDS: i64 = 3_600;

/// As of which moments the rest of a period may be reckoned, all in unix seconds: any of the period that is paid for; by a
/// user only one that a preview gave of late, because an earlier or a later one changes what they pay.
pub fn proration_dates((start_s, end_s): (Option<i64>, Option<i64>), now_s: i64, is_user: bool) -> RangeInclusive<i64> {
    let start_s = start_s.unwrap_or(0);
    if is_user {
        // A preview gives now, or the beginning of a period that begins later by Stripe's clock.
        start_s.max(now_s - PREVIEW_SECONDS)..=start_s.max(now_s)
    } else {
        start_s..=end_s.unwrap_or(i64::MAX)
    }
}

/// What is left to do about a subscription that is there.
pub fn next(wanted: &Wanted, seen: &Subscription) -> Step {
    match wanted {
        Wanted::Begin { .. } => Step::Done,
        Wanted::Cancel { at_once } => cancel(*at_once, seen),
        Wanted::Resume => resume(seen),
        Wanted::Change {
            plan_id,
            price_id,
            proration,
            proration_date,
        } => match change(price_id, seen) {
            Err(step) => step,
            Ok(item_id) => {
                let mut parameters = json!({
                    "items": [{ "id": item_id, "price": price_id }],
                    "proration_behavior": proration.word(),
                    "payment_behavior": "error_if_incomplete",
                    "metadata": { (metadata::ITEM): plan_id },
                });
                if let Some(date) = proration_date {
                    parameters["proration_date"] = (*date).into();
                }
                Step::Update(parameters)
            }
        },
    }
}

/// One that was never paid has no period to be used up.
fn cancel(at_once: bool, seen: &Subscription) -> Step {
    if seen.status.is_terminal() {
        return Step::Done;
    }
    if at_once || seen.status == SubscriptionStatus::Incomplete {
        return Step::Cancel;
    }
    let ends_with_period = match (seen.scheduled_end(), seen.period().1) {
        (Some(end), Some(period_end)) => end <= period_end,
        (end, _) => end.is_some(),
    };
    if ends_with_period {
        Step::Done
    } else {
        Step::Update(json!({ "cancel_at_period_end": true }))
    }
}

fn resume(seen: &Subscription) -> Step {
    if seen.status.is_terminal() {
        return Step::Refuse(not_changeable(seen));
    }
    let mut parameters = json!({});
    // An end is told by the flag or by a time, and taken back by the same.
    if seen.cancel_at_period_end {
        parameters["cancel_at_period_end"] = false.into();
    } else if seen.cancel_at.is_some() {
        parameters["cancel_at"] = Value::Null;
    }
    if seen.pause_collection.is_some() {
        parameters["pause_collection"] = Value::Null;
    }
    if parameters != json!({}) {
        Step::Update(parameters)
    } else if seen.status == SubscriptionStatus::Paused {
        Step::Resume
    } else {
        Step::Done
    }
}

/// The item whose price is to be changed.
pub fn change<'a>(price_id: &str, seen: &'a Subscription) -> Result<&'a str, Step> {
    let changeable = matches!(
        seen.status,
        SubscriptionStatus::Active | SubscriptionStatus::Trialing | SubscriptionStatus::PastDue
    );
    let items = seen.items.as_ref().map(|items| items.data.as_slice());
    match items {
        Some([item]) if item.price.as_ref().is_some_and(|price| price.id() == price_id) => Err(Step::Done),
        Some([item]) if changeable => Ok(&item.id),
        _ => Err(Step::Refuse(not_changeable(seen))),
    }
}

fn not_changeable(seen: &Subscription) -> Refusal {
    Refusal::NotChangeable {
        status: seen.status.as_str().to_owned(),
    }
}

/// The request to Stripe for a new subscription; none for any other command.
pub fn new_subscription(command: &Command) -> Option<Value> {
    let Wanted::Begin {
        plan_id,
        price_id,
        customer,
        payment_method,
        trial_days,
    } = &command.wanted
    else {
        return None;
    };
    let mut parameters = json!({
        "customer": customer,
        "items": [{ "price": price_id }],
        "default_payment_method": payment_method,
        "payment_behavior": "allow_incomplete",
        "metadata": {
            (metadata::USER): command.user_id.as_str(),
            (metadata::KIND): Kind::Plan.word(),
            (metadata::ITEM): plan_id,
            (metadata::COMMAND): command.command_id,
        },
    });
    if *trial_days > 0 {
        parameters["trial_period_days"] = (*trial_days).into();
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::super::Proration;
    use super::*;

    fn seen(more: &Value) -> Subscription {
        let mut subscription = json!({
            "id": "sub_1", "object": "subscription", "status": "active",
            "items": { "data": [{ "id": "si_1", "price": { "id": "price_a", "currency": "usd" },
                                  "current_period_start": 100, "current_period_end": 200 }] },
        });
        for (name, value) in more.as_object().unwrap() {
            subscription[name] = value.clone();
        }
        serde_json::from_value(subscription).unwrap()
    }

    #[test]
    fn a_command_does_what_is_left_to_do() {
        let cancel = |at_once| Wanted::Cancel { at_once };
        let refused = |status: &str| {
            let status = status.to_owned();
            Step::Refuse(Refusal::NotChangeable { status })
        };
        let cases = [
            (
                cancel(false),
                json!({}),
                Step::Update(json!({ "cancel_at_period_end": true })),
            ),
            (cancel(false), json!({ "cancel_at_period_end": true }), Step::Done),
            (cancel(false), json!({ "cancel_at": 200 }), Step::Done),
            (
                cancel(false),
                json!({ "cancel_at": 201 }),
                Step::Update(json!({ "cancel_at_period_end": true })),
            ),
            (cancel(false), json!({ "status": "incomplete" }), Step::Cancel),
            (cancel(true), json!({ "cancel_at_period_end": true }), Step::Cancel),
            (cancel(true), json!({ "status": "canceled" }), Step::Done),
            (Wanted::Resume, json!({}), Step::Done),
            (Wanted::Resume, json!({ "status": "canceled" }), refused("canceled")),
            (Wanted::Resume, json!({ "status": "paused" }), Step::Resume),
            (
                Wanted::Resume,
                json!({ "cancel_at": 200, "cancel_at_period_end": true }),
                Step::Update(json!({ "cancel_at_period_end": false })),
            ),
            (
                Wanted::Resume,
                json!({ "cancel_at": 200, "pause_collection": { "behavior": "void" } }),
                Step::Update(json!({ "cancel_at": null, "pause_collection": null })),
            ),
        ];
        for (wanted, more, step) in cases {
            assert_eq!(next(&wanted, &seen(&more)), step, "{wanted:?} of {more}");
        }
    }

    #[test]
    fn a_change_says_the_same_as_often_as_it_is_sent_and_nothing_once_it_is_made() {
        let change = |price: &str, date| Wanted::Change {
            plan_id: "pro".into(),
            price_id: price.into(),
            proration: Proration::AlwaysInvoice,
            proration_date: date,
        };
        let Step::Update(sent) = next(&change("price_b", Some(150)), &seen(&json!({}))) else {
            panic!("another price is a change");
        };
        assert_eq!(sent["items"], json!([{ "id": "si_1", "price": "price_b" }]));
        assert_eq!(
            (&sent["proration_date"], &sent["payment_behavior"]),
            (&json!(150), &json!("error_if_incomplete"))
        );
        assert_eq!(
            next(&change("price_a", None), &seen(&json!({ "status": "unpaid" }))),
            Step::Done
        );
        for status in ["unpaid", "incomplete", "paused", "canceled"] {
            let step = next(&change("price_b", None), &seen(&json!({ "status": status })));
            assert!(matches!(step, Step::Refuse(_)), "{status}: {step:?}");
        }
    }
}

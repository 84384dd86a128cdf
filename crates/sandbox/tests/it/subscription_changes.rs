//! Changes of a running subscription: what each costs to the cent, and when.

use serde_json::{Value, json};

use crate::desk::{Desk, Form};
use crate::subscriptions::{DAY, START, advance, price, price_per, subscribed, subscription};

/// The middle of the first period, which is November's.
pub(crate) const HALF: i64 = START + 15 * DAY;

pub(crate) async fn update(desk: &Desk, id: &str, form: Form<'_>) -> Value {
    let reply = desk.post(&format!("/v1/subscriptions/{id}"), form).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

async fn refused(desk: &Desk, id: &str, form: Form<'_>, param: &str) {
    let before = subscription(desk, id).await;
    let reply = desk.post(&format!("/v1/subscriptions/{id}"), form).await;
    assert_eq!(
        (reply.status, reply.error("param")),
        (400, param),
        "{form:?}: {}",
        reply.text
    );
    assert_eq!(subscription(desk, id).await, before, "a refusal changes nothing");
}

pub(crate) async fn item_of(desk: &Desk, id: &str) -> String {
    let found = subscription(desk, id).await;
    found["items"]["data"][0]["id"].as_str().unwrap().to_owned()
}

/// The amounts of the newest invoice's lines.
pub(crate) async fn lines(desk: &Desk, id: &str) -> Vec<i64> {
    let found = subscription(desk, id).await;
    let lines = found["latest_invoice"]["lines"]["data"].as_array().unwrap();
    lines.iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

/// The amounts that wait for the next invoice, oldest first.
pub(crate) async fn waiting(desk: &Desk, customer: &str) -> Vec<i64> {
    let list = desk
        .get("/v1/invoiceitems", &[("customer", customer), ("pending", "true")])
        .await;
    let items = list.body["data"].as_array().unwrap();
    items
        .iter()
        .rev()
        .map(|item| item["amount"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_trial_set_later_gives_back_what_was_paid_and_moves_the_cycle() {
    for (behavior, given_back) in [("create_prorations", 1500), ("none", 0)] {
        let desk = Desk::new();
        let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
        advance(&desk, &clock, HALF).await;
        let end = START + 40 * DAY;
        let form = [("trial_end", &*end.to_string()), ("proration_behavior", behavior)];
        let found = update(&desk, &id, &form).await;
        assert_eq!(
            (&found["status"], &found["trial_end"]),
            (&json!("trialing"), &json!(end))
        );
        assert_eq!(found["trial_start"], HALF);
        assert_eq!(found["items"]["data"][0]["current_period_end"], end);
        assert_eq!(waiting(&desk, &customer).await.iter().sum::<i64>(), -given_back);
        advance(&desk, &clock, end + 7200).await;
        let found = subscription(&desk, &id).await;
        assert_eq!(found["status"], "active");
        assert_eq!(found["latest_invoice"]["amount_paid"], 3000 - given_back);
        assert_eq!(
            found["billing_cycle_anchor"], end,
            "later periods are counted from the trial's end"
        );
    }
}

#[tokio::test]
async fn a_trial_can_be_made_longer_or_end_now() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[("trial_period_days", "10")]).await;
    let later = START + 20 * DAY;
    let found = update(&desk, &id, &[("trial_end", &later.to_string())]).await;
    assert_eq!(
        (&found["trial_end"], &found["trial_start"]),
        (&json!(later), &json!(START))
    );
    advance(&desk, &clock, START + 12 * DAY).await;
    assert_eq!(subscription(&desk, &id).await["status"], "trialing");
    let found = update(&desk, &id, &[("trial_end", "now")]).await;
    let now = START + 12 * DAY;
    assert_eq!(
        (&found["status"], &found["billing_cycle_anchor"], &found["trial_end"]),
        (&json!("active"), &json!(now), &json!(now))
    );
    assert_eq!(subscription(&desk, &id).await["latest_invoice"]["amount_paid"], 3000);
    assert_eq!(waiting(&desk, &customer).await, [0_i64; 0]);
    let past = START.to_string();
    refused(&desk, &id, &[("trial_end", &past)], "trial_end").await;
}

#[tokio::test]
async fn a_trial_nobody_can_pay_after_is_paused_or_canceled() {
    for (behavior, status) in [("pause", "paused"), ("cancel", "canceled")] {
        for at_once in [true, false] {
            let desk = Desk::new();
            let start = START.to_string();
            let clock = desk
                .make("/v1/test_helpers/test_clocks", &[("frozen_time", &start)])
                .await;
            let customer = desk.make("/v1/customers", &[("test_clock", &clock)]).await;
            let price = price(&desk, "3000").await;
            let form = [
                ("customer", customer.as_str()),
                ("items[0][price]", price.as_str()),
                ("trial_period_days", "7"),
                ("trial_settings[end_behavior][missing_payment_method]", behavior),
            ];
            let id = desk.make("/v1/subscriptions", &form).await;
            if at_once {
                update(&desk, &id, &[("trial_end", "now")]).await;
            } else {
                advance(&desk, &clock, START + 8 * DAY).await;
            }
            let found = subscription(&desk, &id).await;
            assert_eq!(found["status"], status);
            assert_eq!(found["latest_invoice"]["total"], 0, "nothing was billed");
            if behavior == "pause" {
                assert_eq!(
                    found["status_details"]["paused"]["subscription"]["type"],
                    "trial_end_without_payment_method"
                );
                assert_eq!(
                    desk.event("customer.subscription.paused").await["data"]["object"]["id"],
                    id
                );
            }
        }
    }
}

#[tokio::test]
async fn the_end_of_a_trial_is_told_of_once_three_days_before() {
    let told = "customer.subscription.trial_will_end";
    let count = |types: Vec<String>| types.iter().filter(|kind| *kind == told).count();
    let desk = Desk::new();
    let (clock, ..) = subscribed(&desk, "pm_card_visa", &[("trial_period_days", "10")]).await;
    advance(&desk, &clock, START + 7 * DAY - 1).await;
    assert_eq!(count(desk.event_types().await), 0);
    advance(&desk, &clock, START + 7 * DAY).await;
    assert_eq!(count(desk.event_types().await), 1);
    advance(&desk, &clock, START + 11 * DAY).await;
    assert_eq!(count(desk.event_types().await), 1);
    subscribed(&desk, "pm_card_visa", &[("trial_period_days", "2")]).await;
    assert_eq!(count(desk.event_types().await), 2, "a short one is told of at once");
}

#[tokio::test]
async fn another_interval_starts_its_first_period_at_once() {
    let desk = Desk::new();
    let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    advance(&desk, &clock, HALF).await;
    let yearly = price_per(&desk, "30000", "year").await;
    let item = item_of(&desk, &id).await;
    let form = [("items[0][id]", item.as_str()), ("items[0][price]", yearly.as_str())];
    let found = update(&desk, &id, &form).await;
    assert_eq!(found["billing_cycle_anchor"], HALF);
    assert_eq!(found["items"]["data"][0]["current_period_start"], HALF);
    assert_eq!(found["items"]["data"][0]["current_period_end"], HALF + 365 * DAY);
    assert_eq!(lines(&desk, &id).await, [-1500, 30_000]);
    assert_eq!(subscription(&desk, &id).await["latest_invoice"]["amount_paid"], 28_500);
}

#[tokio::test]
async fn from_free_to_paid_starts_the_first_period_at_once() {
    let desk = Desk::new();
    let (clock, customer, _) = subscribed(&desk, "pm_card_visa", &[]).await;
    let free = price(&desk, "0").await;
    let form = [("customer", customer.as_str()), ("items[0][price]", free.as_str())];
    let id = desk.make("/v1/subscriptions", &form).await;
    advance(&desk, &clock, HALF).await;
    let paid = price(&desk, "900").await;
    let item = item_of(&desk, &id).await;
    let form = [("items[0][id]", item.as_str()), ("items[0][price]", paid.as_str())];
    let found = update(&desk, &id, &form).await;
    assert_eq!(found["billing_cycle_anchor"], HALF);
    assert_eq!(lines(&desk, &id).await, [900]);
}

#[tokio::test]
async fn an_anchor_set_to_now_gives_back_the_rest_and_takes_a_whole_period() {
    let desk = Desk::new();
    let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    advance(&desk, &clock, START + 10 * DAY).await;
    let found = update(&desk, &id, &[("billing_cycle_anchor[type]", "now")]).await;
    assert_eq!(found["billing_cycle_anchor"], START + 10 * DAY);
    assert_eq!(lines(&desk, &id).await, [-2000, 3000]);
}

#[tokio::test]
async fn what_is_added_in_the_middle_costs_its_share_and_gives_it_back() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    advance(&desk, &clock, HALF).await;
    let seat = price(&desk, "500").await;
    let form = [
        ("subscription", id.as_str()),
        ("price", seat.as_str()),
        ("quantity", "2"),
    ];
    let added = desk.make("/v1/subscription_items", &form).await;
    assert_eq!(waiting(&desk, &customer).await, [500], "half of two seats");
    let path = format!("/v1/subscription_items/{added}");
    desk.post(&path, &[("quantity", "4")]).await;
    assert_eq!(waiting(&desk, &customer).await, [500, -500, 1000]);
    advance(&desk, &clock, START + 24 * DAY).await;
    let reply = desk.delete(&path).await;
    assert_eq!(reply.body["deleted"], true, "{}", reply.text);
    assert_eq!(
        waiting(&desk, &customer).await,
        [500, -500, 1000, -400],
        "six days of thirty of four seats"
    );
    advance(&desk, &clock, START + 30 * DAY + 7200).await;
    assert_eq!(subscription(&desk, &id).await["latest_invoice"]["amount_paid"], 3600);
    assert_eq!(waiting(&desk, &customer).await, [0_i64; 0]);
}

#[tokio::test]
async fn a_credit_gives_back_what_was_debited_or_what_it_costs_now() {
    for (mode, second_credit) in [("flexible", -750), ("classic", -1500)] {
        let desk = Desk::new();
        let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[("billing_mode[type]", mode)]).await;
        let item = item_of(&desk, &id).await;
        let dearer = price(&desk, "6000").await;
        let cheaper = price(&desk, "1500").await;
        // Without prorations nothing is debited for the dearer price, which flexible billing remembers.
        let form = [
            ("items[0][id]", item.as_str()),
            ("items[0][price]", dearer.as_str()),
            ("proration_behavior", "none"),
        ];
        update(&desk, &id, &form).await;
        advance(&desk, &clock, START + 45 * DAY / 2).await;
        let form = [("items[0][id]", item.as_str()), ("items[0][price]", cheaper.as_str())];
        update(&desk, &id, &form).await;
        assert_eq!(waiting(&desk, &customer).await, [second_credit, 375], "{mode}");
    }
}

#[tokio::test]
async fn a_subscription_ends_when_it_is_told_to() {
    let cases = [
        ("min_period_end", START + 30 * DAY),
        ("max_period_end", START + 30 * DAY),
        ("max_billed_until", START + 30 * DAY),
        ("1794096000", START + 7 * DAY),
        ("1798761600", START + 61 * DAY),
    ];
    for (word, time) in cases {
        let desk = Desk::new();
        let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
        let found = update(&desk, &id, &[("cancel_at", word)]).await;
        assert_eq!(
            (
                &found["cancel_at"],
                &found["cancel_at_period_end"],
                &found["canceled_at"]
            ),
            (&json!(time), &json!(false), &json!(START)),
            "{word}"
        );
        advance(&desk, &clock, time - 1).await;
        assert_eq!(subscription(&desk, &id).await["status"], "active", "{word}");
        advance(&desk, &clock, time).await;
        let found = subscription(&desk, &id).await;
        assert_eq!(
            (&found["status"], &found["ended_at"]),
            (&json!("canceled"), &json!(time)),
            "{word}"
        );
    }
    let desk = Desk::new();
    let (.., id) = subscribed(&desk, "pm_card_visa", &[]).await;
    update(&desk, &id, &[("cancel_at", "1794096000")]).await;
    let found = update(&desk, &id, &[("cancel_at", "")]).await;
    assert_eq!(
        (&found["cancel_at"], &found["canceled_at"]),
        (&Value::Null, &Value::Null)
    );
    refused(&desk, &id, &[("cancel_at", "1793491200")], "cancel_at").await;
    refused(&desk, &id, &[("cancel_at", "soon")], "cancel_at").await;
    let both = [("cancel_at", "1794096000"), ("cancel_at_period_end", "true")];
    refused(&desk, &id, &both, "cancel_at").await;
}

#[tokio::test]
async fn an_end_with_the_period_moves_with_the_period() {
    let desk = Desk::new();
    let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[("cancel_at_period_end", "true")]).await;
    assert_eq!(
        desk.event("customer.subscription.created").await["data"]["object"]["cancel_at"],
        START + 30 * DAY
    );
    advance(&desk, &clock, START + 10 * DAY).await;
    let found = update(&desk, &id, &[("billing_cycle_anchor[type]", "now")]).await;
    assert_eq!(
        found["cancel_at"],
        START + 40 * DAY,
        "the eleventh of November to that of December"
    );
}

#[tokio::test]
async fn a_first_period_up_to_an_anchor_costs_its_share_or_nothing() {
    for (behavior, total) in [("create_prorations", Some(1452)), ("none", None)] {
        let desk = Desk::new();
        let anchor = HALF.to_string();
        let more = [
            ("billing_cycle_anchor", anchor.as_str()),
            ("proration_behavior", behavior),
        ];
        let (clock, _, id) = subscribed(&desk, "pm_card_visa", &more).await;
        let found = subscription(&desk, &id).await;
        assert_eq!(found["status"], "active");
        assert_eq!(found["items"]["data"][0]["current_period_end"], HALF);
        // The whole period would have begun on the sixteenth of October, thirty-one days before.
        assert_eq!(found["latest_invoice"]["amount_paid"].as_i64(), total, "{behavior}");
        advance(&desk, &clock, HALF + 7200).await;
        assert_eq!(subscription(&desk, &id).await["latest_invoice"]["amount_paid"], 3000);
    }
}

#[tokio::test]
async fn a_change_that_must_be_paid_is_not_made_unpaid() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let bad = desk
        .make(
            "/v1/payment_methods/pm_card_chargeCustomerFail/attach",
            &[("customer", customer.as_str())],
        )
        .await;
    update(&desk, &id, &[("default_payment_method", &bad)]).await;
    advance(&desk, &clock, HALF).await;
    let dearer = price(&desk, "6000").await;
    let item = item_of(&desk, &id).await;
    let mut form = vec![
        ("items[0][id]", item.as_str()),
        ("items[0][price]", dearer.as_str()),
        ("proration_behavior", "always_invoice"),
        ("payment_behavior", "error_if_incomplete"),
    ];
    let before = subscription(&desk, &id).await;
    let reply = desk.post(&format!("/v1/subscriptions/{id}"), &form).await;
    assert_eq!(
        (reply.status, reply.error("code")),
        (402, "card_declined"),
        "{}",
        reply.text
    );
    assert_eq!(subscription(&desk, &id).await, before);
    form[3].1 = "pending_if_incomplete";
    refused(&desk, &id, &form, "payment_behavior").await;
    form[3].1 = "allow_incomplete";
    let found = update(&desk, &id, &form).await;
    assert_eq!(found["items"]["data"][0]["price"]["id"], dearer);
    assert_eq!(subscription(&desk, &id).await["status"], "past_due");
}

#[tokio::test]
async fn a_customer_who_is_deleted_has_no_subscription_left() {
    let desk = Desk::new();
    let (_, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    desk.delete(&format!("/v1/customers/{customer}")).await;
    let found = desk.get(&format!("/v1/subscriptions/{id}"), &[]).await;
    assert_eq!(
        (&found.body["status"], &found.body["ended_at"]),
        (&json!("canceled"), &json!(START))
    );
    let types = desk.event_types().await;
    let place = |kind: &str| types.iter().position(|found| found == kind).unwrap();
    assert!(place("customer.subscription.deleted") < place("customer.deleted"));
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_and_stays() {
    let desk = Desk::new();
    let (_, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let item = item_of(&desk, &id).await;
    let product = desk.make("/v1/products", &[("name", "Elsewhere")]).await;
    let form = [
        ("product", product.as_str()),
        ("currency", "eur"),
        ("unit_amount", "100"),
        ("recurring[interval]", "month"),
    ];
    let foreign = desk.make("/v1/prices", &form).await;
    let form = [("items[0][id]", item.as_str()), ("items[0][price]", foreign.as_str())];
    refused(&desk, &id, &form, "items").await;
    let form = [("items[0][id]", item.as_str()), ("items[0][deleted]", "true")];
    refused(&desk, &id, &form, "items").await;
    for quantity in ["-1", "1000000", "9223372036854775807"] {
        let form = [("items[0][id]", item.as_str()), ("items[0][quantity]", quantity)];
        refused(&desk, &id, &form, "items[0][quantity]").await;
    }
    let late = (START + 31 * DAY).to_string();
    let form = [
        ("items[0][id]", item.as_str()),
        ("items[0][quantity]", "2"),
        ("proration_date", late.as_str()),
    ];
    refused(&desk, &id, &form, "proration_date").await;
    let (_, _, unpaid) = subscribed(&desk, "pm_card_visa", &[("payment_behavior", "default_incomplete")]).await;
    let item = item_of(&desk, &unpaid).await;
    let form = [("items[0][id]", item.as_str()), ("items[0][quantity]", "2")];
    refused(&desk, &unpaid, &form, "").await;
}

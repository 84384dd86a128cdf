//! Pausing a subscription, or only the taking of its money, and going on.

use serde_json::{Value, json};

use crate::desk::{Desk, Form, Reply};
use crate::subscription_changes::{HALF, lines, update, waiting};
use crate::subscriptions::{DAY, START, advance, subscribed, subscription};

async fn pause(desk: &Desk, id: &str, form: Form<'_>) -> Value {
    let reply = desk.post(&format!("/v1/subscriptions/{id}/pause"), form).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["status"], "paused");
    reply.body
}

async fn resume(desk: &Desk, id: &str, form: Form<'_>) -> Reply {
    desk.post(&format!("/v1/subscriptions/{id}/resume"), form).await
}

/// A subscription paused in the middle of its first period.
async fn paused(desk: &Desk, form: Form<'_>) -> (String, String, String) {
    let (clock, customer, id) = subscribed(desk, "pm_card_visa", &[]).await;
    advance(desk, &clock, HALF).await;
    let found = pause(desk, &id, form).await;
    assert_eq!(found["status_details"]["paused"]["transitioned_at"], HALF);
    (clock, customer, id)
}

#[tokio::test]
async fn a_pause_gives_back_what_is_not_used_and_bills_nothing() {
    let cases: [(Form<'_>, &[i64]); 3] = [
        (&[], &[-1500]),
        (
            &[("bill_for[unused_time_from][type]", "item_current_period_start")],
            &[-3000],
        ),
        (&[("bill_for[unused_time_from][type]", "none")], &[]),
    ];
    for (form, expected) in cases {
        let desk = Desk::new();
        let (clock, customer, id) = paused(&desk, form).await;
        assert_eq!(waiting(&desk, &customer).await, expected, "{form:?}");
        advance(&desk, &clock, START + 100 * DAY).await;
        let list = desk.get("/v1/invoices", &[("subscription", &id)]).await;
        assert_eq!(list.body["data"].as_array().unwrap().len(), 1, "no renewal was billed");
        assert_eq!(subscription(&desk, &id).await["status"], "paused");
    }
}

#[tokio::test]
async fn an_invoiced_pause_turns_the_rest_into_the_customers_balance() {
    let desk = Desk::new();
    let (_, customer, _) = paused(&desk, &[("invoicing_behavior", "invoice")]).await;
    assert_eq!(waiting(&desk, &customer).await, [0_i64; 0]);
    let found = desk.get(&format!("/v1/customers/{customer}"), &[]).await;
    assert_eq!(found.body["balance"], -1500);
}

#[tokio::test]
async fn it_goes_on_with_a_new_period_once_that_is_paid() {
    let desk = Desk::new();
    let (clock, _, id) = paused(&desk, &[]).await;
    let again = START + 50 * DAY;
    advance(&desk, &clock, again).await;
    let reply = resume(&desk, &id, &[]).await;
    assert_eq!(reply.body["status"], "active", "{}", reply.text);
    assert_eq!(reply.body["status_details"], Value::Null);
    assert_eq!(reply.body["billing_cycle_anchor"], again);
    assert_eq!(lines(&desk, &id).await, [-1500, 3000]);
    let types = desk.event_types().await;
    let place = |kind: &str| types.iter().rposition(|found| found == kind).unwrap();
    let order = [
        "customer.subscription.paused",
        "invoice.finalized",
        "invoice.paid",
        "customer.subscription.resumed",
    ];
    assert!(
        order.windows(2).all(|pair| place(pair[0]) < place(pair[1])),
        "{types:?}"
    );
    assert_eq!(resume(&desk, &id, &[]).await.status, 400, "it is not paused any more");
}

#[tokio::test]
async fn it_goes_on_with_the_old_periods_and_takes_the_rest_of_one() {
    // A month of thirty days later, ten days of December's thirty-one have passed.
    for (time, rest) in [(START + 20 * DAY, 1000), (START + 40 * DAY, 2032)] {
        let desk = Desk::new();
        let (clock, customer, id) = paused(&desk, &[]).await;
        advance(&desk, &clock, time).await;
        let unchanged = [("billing_cycle_anchor[type]", "unchanged")];
        let reply = resume(&desk, &id, &unchanged).await;
        assert_eq!(reply.body["status"], "active", "{}", reply.text);
        assert_eq!(reply.body["billing_cycle_anchor"], START);
        assert_eq!(waiting(&desk, &customer).await, [-1500, rest]);
        let end = if rest == 1000 { 30 } else { 61 };
        assert_eq!(reply.body["items"]["data"][0]["current_period_end"], START + end * DAY);
    }
}

#[tokio::test]
async fn it_stays_paused_until_its_invoice_is_paid() {
    for by_hand in [true, false] {
        let desk = Desk::new();
        let (clock, customer, id) = paused(&desk, &[("bill_for[unused_time_from][type]", "none")]).await;
        let bad = desk
            .make(
                "/v1/payment_methods/pm_card_chargeCustomerFail/attach",
                &[("customer", customer.as_str())],
            )
            .await;
        update(&desk, &id, &[("default_payment_method", &bad)]).await;
        let reply = resume(&desk, &id, &[]).await;
        assert_eq!((reply.status, &reply.body["status"]), (200, &json!("paused")));
        let invoice = subscription(&desk, &id).await["latest_invoice"].clone();
        assert_eq!(invoice["status"], "open");
        assert_eq!(resume(&desk, &id, &[]).await.status, 400, "it waits already");
        if by_hand {
            let path = format!("/v1/invoices/{}/pay", invoice["id"].as_str().unwrap());
            let paid = desk.post(&path, &[("payment_method", "pm_card_visa")]).await;
            assert_eq!(paid.body["status"], "paid", "{}", paid.text);
            assert_eq!(subscription(&desk, &id).await["status"], "active");
        } else {
            advance(&desk, &clock, HALF + DAY).await;
            let found = subscription(&desk, &id).await;
            assert_eq!(
                (&found["status"], &found["latest_invoice"]["status"]),
                (&json!("paused"), &json!("void"))
            );
        }
    }
}

#[tokio::test]
async fn paused_collection_makes_of_invoices_what_it_says() {
    for (behavior, status) in [
        ("keep_as_draft", "draft"),
        ("mark_uncollectible", "uncollectible"),
        ("void", "void"),
    ] {
        let desk = Desk::new();
        let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
        let until = (START + 45 * DAY).to_string();
        let form = [
            ("pause_collection[behavior]", behavior),
            ("pause_collection[resumes_at]", until.as_str()),
        ];
        update(&desk, &id, &form).await;
        advance(&desk, &clock, START + 31 * DAY).await;
        let found = subscription(&desk, &id).await;
        assert_eq!(
            (&found["status"], &found["latest_invoice"]["status"]),
            (&json!("active"), &json!(status))
        );
        advance(&desk, &clock, START + 46 * DAY).await;
        assert_eq!(subscription(&desk, &id).await["pause_collection"], Value::Null);
        let told = desk.event("customer.subscription.updated").await;
        assert_eq!(
            told["data"]["previous_attributes"]["pause_collection"]["behavior"],
            behavior
        );
        advance(&desk, &clock, START + 62 * DAY).await;
        assert_eq!(subscription(&desk, &id).await["latest_invoice"]["status"], "paid");
    }
}

//! Previews: what would be billed, without anything being billed.

use serde_json::{Value, json};

use crate::desk::{Desk, Form};
use crate::subscription_changes::{HALF, item_of};
use crate::subscriptions::{DAY, START, advance, price, price_per, subscribed};

/// The preview, and the proof that asking for it changed nothing.
async fn preview(desk: &Desk, form: Form<'_>) -> Value {
    let events = desk.event_types().await;
    let reply = desk.post("/v1/invoices/create_preview", form).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.body["id"].as_str().unwrap().starts_with("upcoming_in_"));
    assert_eq!(
        (&reply.body["status"], &reply.body["number"]),
        (&json!("draft"), &Value::Null)
    );
    let path = format!("/v1/invoices/{}", reply.id());
    assert_eq!(desk.get(&path, &[]).await.status, 404, "a preview is not kept");
    assert_eq!(desk.event_types().await, events, "a preview tells nobody");
    reply.body
}

fn amounts(invoice: &Value) -> Vec<i64> {
    let lines = invoice["lines"]["data"].as_array().unwrap();
    lines.iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn the_next_invoice_holds_the_period_and_what_waits() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let extra = [("customer", customer.as_str()), ("amount", "250"), ("currency", "usd")];
    desk.make("/v1/invoiceitems", &extra).await;
    desk.post(&format!("/v1/customers/{customer}"), &[("balance", "-100")])
        .await;
    let found = preview(&desk, &[("subscription", &id)]).await;
    assert_eq!(amounts(&found), [250, 3000]);
    assert_eq!(
        (&found["total"], &found["amount_due"], &found["created"]),
        (&json!(3250), &json!(3150), &json!(START + 30 * DAY))
    );
    assert_eq!(found["lines"]["data"][1]["period"]["end"], START + 61 * DAY);
    let found = preview(&desk, &[("subscription", &id), ("preview_mode", "recurring")]).await;
    assert_eq!(amounts(&found), [3000]);
    let found = preview(&desk, &[("customer", &customer)]).await;
    assert_eq!(amounts(&found), [250]);

    advance(&desk, &clock, START + 30 * DAY + 7200).await;
    let list = desk.get("/v1/invoices", &[("subscription", &id)]).await;
    assert_eq!(list.body["data"][0]["amount_paid"], 3150, "it comes as it was told");
}

#[tokio::test]
async fn a_change_is_priced_as_it_then_happens() {
    let desk = Desk::new();
    let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    advance(&desk, &clock, HALF).await;
    let item = item_of(&desk, &id).await;
    let dearer = price(&desk, "6000").await;
    let yearly = price_per(&desk, "30000", "year").await;
    let cases = [
        (&dearer, "always_invoice", vec![-1500, 3000]),
        (&dearer, "create_prorations", vec![-1500, 3000, 6000]),
        (&dearer, "none", vec![6000]),
        (&yearly, "create_prorations", vec![-1500, 30_000]),
        (&yearly, "none", vec![30_000]),
    ];
    for (chosen, behavior, expected) in cases {
        let form = [
            ("subscription", id.as_str()),
            ("subscription_details[items][0][id]", item.as_str()),
            ("subscription_details[items][0][price]", chosen.as_str()),
            ("subscription_details[proration_behavior]", behavior),
        ];
        assert_eq!(amounts(&preview(&desk, &form).await), expected, "{behavior}");
    }
    let form = [("items[0][id]", item.as_str()), ("items[0][price]", yearly.as_str())];
    desk.post(&format!("/v1/subscriptions/{id}"), &form).await;
    let list = desk.get("/v1/invoices", &[("subscription", &id)]).await;
    assert_eq!(amounts(&list.body["data"][0]), [-1500, 30_000]);
}

#[tokio::test]
async fn a_subscription_that_is_not_there_yet_can_be_priced() {
    let desk = Desk::new();
    let (_, customer, _) = subscribed(&desk, "pm_card_visa", &[]).await;
    let plan = price(&desk, "900").await;
    let form = [
        ("customer", customer.as_str()),
        ("subscription_details[items][0][price]", plan.as_str()),
        ("subscription_details[items][0][quantity]", "3"),
        ("invoice_items[0][amount]", "50"),
        ("invoice_items[0][currency]", "usd"),
    ];
    let found = preview(&desk, &form).await;
    assert_eq!(amounts(&found), [50, 2700]);
    let end = (START + 7 * DAY).to_string();
    let mut trial = form.to_vec();
    trial.push(("subscription_details[trial_end]", end.as_str()));
    assert_eq!(amounts(&preview(&desk, &trial).await), [50, 0]);
}

#[tokio::test]
async fn where_nothing_comes_there_is_no_preview() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let nothing: [Form<'_>; 3] = [
        &[("customer", &customer)],
        &[
            ("subscription", &id),
            ("subscription_details[cancel_at_period_end]", "true"),
        ],
        &[
            ("subscription", &id),
            ("preview_mode", "recurring"),
            ("subscription_details[cancel_at]", "min_period_end"),
        ],
    ];
    for form in nothing {
        let reply = desk.post("/v1/invoices/create_preview", form).await;
        assert_eq!(
            (reply.status, reply.error("code")),
            (404, "invoice_upcoming_none"),
            "{}",
            reply.text
        );
    }
    advance(&desk, &clock, HALF).await;
    let form = [
        ("subscription", id.as_str()),
        ("subscription_details[cancel_now]", "true"),
    ];
    assert_eq!(amounts(&preview(&desk, &form).await), [-1500]);
    let missing = desk.post("/v1/invoices/create_preview", &[]).await;
    assert_eq!((missing.status, missing.error("param")), (400, "customer"));
}

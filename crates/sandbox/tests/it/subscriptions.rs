//! Subscriptions through time: made, renewed, refused, changed and ended, on a test clock or the sandbox's own.

use serde_json::{Value, json};

use crate::desk::Desk;

pub(crate) const DAY: i64 = 86_400;
/// 2026-11-01T00:00:00Z.
pub(crate) const START: i64 = 1_793_491_200;

pub(crate) async fn price(desk: &Desk, amount: &str) -> String {
    price_per(desk, amount, "month").await
}

pub(crate) async fn price_per(desk: &Desk, amount: &str, interval: &str) -> String {
    let product = desk.make("/v1/products", &[("name", "Plan")]).await;
    let form = [
        ("product", product.as_str()),
        ("currency", "usd"),
        ("unit_amount", amount),
        ("recurring[interval]", interval),
    ];
    desk.make("/v1/prices", &form).await
}

/// A test clock, a customer on it with a card, and a subscription of theirs.
pub(crate) async fn subscribed(desk: &Desk, card: &str, more: &[(&str, &str)]) -> (String, String, String) {
    let start = START.to_string();
    let clock = desk
        .make("/v1/test_helpers/test_clocks", &[("frozen_time", &start)])
        .await;
    let customer = desk
        .make("/v1/customers", &[("email", "a@example.org"), ("test_clock", &clock)])
        .await;
    let method = desk
        .make(
            &format!("/v1/payment_methods/{card}/attach"),
            &[("customer", customer.as_str())],
        )
        .await;
    desk.post(
        &format!("/v1/customers/{customer}"),
        &[("invoice_settings[default_payment_method]", method.as_str())],
    )
    .await;
    let price = price(desk, "3000").await;
    let mut form = vec![("customer", customer.as_str()), ("items[0][price]", price.as_str())];
    form.extend_from_slice(more);
    let subscription = desk.make("/v1/subscriptions", &form).await;
    (clock, customer, subscription)
}

pub(crate) async fn advance(desk: &Desk, clock: &str, to: i64) {
    let path = format!("/v1/test_helpers/test_clocks/{clock}/advance");
    let reply = desk.post(&path, &[("frozen_time", &to.to_string())]).await;
    assert_eq!(reply.body["status"], "advancing", "{}", reply.text);
    let found = desk.get(&format!("/v1/test_helpers/test_clocks/{clock}"), &[]).await;
    assert_eq!(
        (&found.body["status"], &found.body["frozen_time"]),
        (&json!("ready"), &json!(to))
    );
}

pub(crate) async fn subscription(desk: &Desk, id: &str) -> Value {
    let query = [("expand[]", "latest_invoice.payments")];
    let reply = desk.get(&format!("/v1/subscriptions/{id}"), &query).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

#[tokio::test]
async fn the_first_payment_is_told_of_in_stripes_order() {
    let desk = Desk::new();
    let (_, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let found = subscription(&desk, &id).await;
    assert_eq!(found["status"], "active");
    assert_eq!(found["billing_mode"]["type"], "flexible");
    assert_eq!(found["items"]["data"][0]["current_period_end"], START + 30 * DAY);
    let invoice = &found["latest_invoice"];
    assert_eq!(
        (&invoice["status"], &invoice["amount_paid"]),
        (&json!("paid"), &json!(3000))
    );
    assert_eq!(invoice["parent"]["subscription_details"]["subscription"], id);
    assert_eq!(invoice["payments"]["data"][0]["status"], "paid");
    let intent = invoice["payments"]["data"][0]["payment"]["payment_intent"]
        .as_str()
        .unwrap();
    let of_intent = [("payment[type]", "payment_intent"), ("payment[payment_intent]", intent)];
    let payments = desk.get("/v1/invoice_payments", &of_intent).await;
    assert_eq!(payments.body["data"][0]["invoice"], invoice["id"]);
    let types = desk.event_types().await;
    let from = types.iter().position(|kind| kind == "payment_intent.created").unwrap();
    let expected = [
        "payment_intent.created",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
    ];
    assert_eq!(types[from..from + expected.len()], expected);
    assert_eq!(
        desk.event("customer.subscription.created").await["data"]["object"]["status"],
        "active"
    );
    let of = desk
        .get("/v1/subscriptions", &[("customer", &customer), ("status", "active")])
        .await;
    assert_eq!(of.body["data"][0]["id"], id);
}

#[tokio::test]
async fn line_18_a_clock_renews_each_period_once_and_numbers_its_invoices() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    advance(&desk, &clock, START + 92 * DAY + 7200).await;
    let list = desk.get("/v1/invoices", &[("subscription", &id)]).await;
    let invoices = list.body["data"].as_array().unwrap().clone();
    assert_eq!(invoices.len(), 4, "the first, and three months");
    assert!(invoices.iter().all(|invoice| invoice["status"] == "paid"));
    let numbers: Vec<&str> = invoices
        .iter()
        .map(|invoice| invoice["number"].as_str().unwrap())
        .collect();
    assert!(
        numbers[0].ends_with("-0004") && numbers[3].ends_with("-0001"),
        "{numbers:?}"
    );
    let mut end = START;
    for invoice in invoices.iter().rev() {
        let period = &invoice["lines"]["data"][0]["period"];
        assert_eq!(period["start"], end, "periods follow one another");
        end = period["end"].as_i64().unwrap();
    }
    let told = desk.event("customer.subscription.updated").await;
    assert!(told["data"]["previous_attributes"]["items"].is_object(), "{told}");
    let charges = desk.get("/v1/charges", &[("customer", &customer)]).await;
    assert_eq!(charges.body["data"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn line_11_ids_have_the_right_prefixes_and_nothing_of_our_own_is_shown() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let item = [("customer", customer.as_str()), ("amount", "100"), ("currency", "usd")];
    desk.make("/v1/invoiceitems", &item).await;
    let portal = desk
        .post("/v1/billing_portal/sessions", &[("customer", &customer)])
        .await
        .body;
    let found = subscription(&desk, &id).await;
    let line = &found["latest_invoice"]["lines"]["data"][0];
    for (value, prefix) in [
        (&json!(clock), "clock_"),
        (&found["id"], "sub_"),
        (&found["items"]["data"][0]["id"], "si_"),
        (&found["latest_invoice"]["id"], "in_"),
        (&line["id"], "il_"),
        (&found["latest_invoice"]["payments"]["data"][0]["id"], "inpay_"),
        (&portal["id"], "bps_"),
        (&portal["configuration"], "bpc_"),
        (&desk.get("/v1/invoiceitems", &[]).await.body["data"][0]["id"], "ii_"),
    ] {
        assert!(value.as_str().unwrap().starts_with(prefix), "{value} is no {prefix}");
    }
    for path in [
        "/v1/subscriptions",
        "/v1/invoices",
        "/v1/invoiceitems",
        "/v1/billing_portal/configurations",
        "/v1/events",
    ] {
        let reply = desk.get(path, &[("limit", "100")]).await;
        assert!(!reply.text.contains("\"_"), "{path} shows what is our own");
    }
}

#[tokio::test]
async fn the_sandboxs_own_time_renews_too() {
    let desk = Desk::new();
    let method = [
        ("payment_method", "pm_card_visa"),
        ("invoice_settings[default_payment_method]", "pm_card_visa"),
    ];
    let customer = desk.make("/v1/customers", &method).await;
    let price = price(&desk, "500").await;
    let form = [("customer", customer.as_str()), ("items[0][price]", price.as_str())];
    let id = desk.make("/v1/subscriptions", &form).await;
    desk.sandbox.advance(31 * DAY);
    let list = desk.get("/v1/invoices", &[("subscription", &id)]).await;
    assert_eq!(list.body["data"][0]["billing_reason"], "subscription_cycle");
    assert_eq!(list.body["data"][0]["status"], "paid");
}

#[tokio::test]
async fn a_trial_costs_nothing_until_it_ends() {
    let desk = Desk::new();
    let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[("trial_period_days", "14")]).await;
    let found = subscription(&desk, &id).await;
    assert_eq!(
        (&found["status"], &found["latest_invoice"]["total"]),
        (&json!("trialing"), &json!(0))
    );
    advance(&desk, &clock, START + 14 * DAY + 7200).await;
    let found = subscription(&desk, &id).await;
    assert_eq!(
        (&found["status"], &found["latest_invoice"]["amount_paid"]),
        (&json!("active"), &json!(3000))
    );
}

#[tokio::test]
async fn a_refused_renewal_is_tried_again_and_then_ends_it() {
    for (then, status) in [("cancel", "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due")] {
        let desk = Desk::new();
        desk.control("/dunning", json!({ "then": then })).await;
        let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
        let bad = desk
            .make(
                "/v1/payment_methods/pm_card_chargeCustomerFail/attach",
                &[("customer", customer.as_str())],
            )
            .await;
        let form = [("default_payment_method", bad.as_str())];
        desk.post(&format!("/v1/subscriptions/{id}"), &form).await;
        advance(&desk, &clock, START + 30 * DAY + 7200).await;
        let found = subscription(&desk, &id).await;
        assert_eq!(
            (&found["status"], &found["latest_invoice"]["attempt_count"]),
            (&json!("past_due"), &json!(1))
        );
        advance(&desk, &clock, START + 50 * DAY).await;
        let found = subscription(&desk, &id).await;
        assert_eq!(found["status"], status);
        assert_eq!(found["latest_invoice"]["attempt_count"], 4);
        assert_eq!(found["latest_invoice"]["next_payment_attempt"], Value::Null);
    }
}

#[tokio::test]
async fn a_refused_first_payment_leaves_it_incomplete_until_it_expires_or_is_paid() {
    let desk = Desk::new();
    let more = [("payment_behavior", "allow_incomplete")];
    let (clock, _, id) = subscribed(&desk, "pm_card_chargeCustomerFail", &more).await;
    assert_eq!(subscription(&desk, &id).await["status"], "incomplete");
    advance(&desk, &clock, START + DAY).await;
    let found = subscription(&desk, &id).await;
    assert_eq!(
        (&found["status"], &found["latest_invoice"]["status"]),
        (&json!("incomplete_expired"), &json!("void"))
    );

    let more = [("payment_behavior", "default_incomplete")];
    let (_, _, id) = subscribed(&desk, "pm_card_visa", &more).await;
    let found = subscription(&desk, &id).await;
    assert_eq!(found["status"], "incomplete");
    let invoice = found["latest_invoice"]["id"].as_str().unwrap();
    let paid = desk.post(&format!("/v1/invoices/{invoice}/pay"), &[]).await;
    assert_eq!(paid.body["status"], "paid", "{}", paid.text);
    assert_eq!(subscription(&desk, &id).await["status"], "active");
    let told = desk.event("customer.subscription.updated").await;
    assert_eq!(told["data"]["previous_attributes"]["status"], "incomplete");
}

#[tokio::test]
async fn a_change_in_the_middle_gives_back_half_and_takes_half() {
    let desk = Desk::new();
    let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    advance(&desk, &clock, START + 15 * DAY).await;
    let dearer = price(&desk, "6000").await;
    let item = subscription(&desk, &id).await["items"]["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let form = [
        ("items[0][id]", item.as_str()),
        ("items[0][price]", dearer.as_str()),
        ("proration_behavior", "always_invoice"),
    ];
    let reply = desk.post(&format!("/v1/subscriptions/{id}"), &form).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let invoice = subscription(&desk, &id).await["latest_invoice"].clone();
    let amounts: Vec<i64> = invoice["lines"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(amounts, [-1500, 3000]);
    assert_eq!(
        (&invoice["status"], &invoice["amount_paid"]),
        (&json!("paid"), &json!(1500))
    );
    advance(&desk, &clock, START + 30 * DAY + 7200).await;
    let invoice = subscription(&desk, &id).await["latest_invoice"].clone();
    assert_eq!(invoice["total"], 6000, "what was billed at once is not billed again");
}

#[tokio::test]
async fn it_ends_with_the_period_unless_that_is_taken_back() {
    let desk = Desk::new();
    for taken_back in [false, true] {
        let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
        let path = format!("/v1/subscriptions/{id}");
        let reply = desk.post(&path, &[("cancel_at_period_end", "true")]).await;
        assert_eq!(reply.body["cancel_at"], START + 30 * DAY, "{}", reply.text);
        if taken_back {
            let reply = desk.post(&path, &[("cancel_at_period_end", "false")]).await;
            assert_eq!(reply.body["cancel_at"], Value::Null);
        }
        advance(&desk, &clock, START + 31 * DAY).await;
        let status = if taken_back { "active" } else { "canceled" };
        assert_eq!(subscription(&desk, &id).await["status"], status);
    }
    let told = desk.event("customer.subscription.deleted").await;
    assert_eq!(told["data"]["object"]["status"], "canceled");
}

#[tokio::test]
async fn paused_collection_voids_what_it_would_have_taken() {
    let desk = Desk::new();
    let (clock, _, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let path = format!("/v1/subscriptions/{id}");
    desk.post(&path, &[("pause_collection[behavior]", "void")]).await;
    advance(&desk, &clock, START + 31 * DAY).await;
    let found = subscription(&desk, &id).await;
    assert_eq!(
        (&found["status"], &found["latest_invoice"]["status"]),
        (&json!("active"), &json!("void"))
    );
}

#[tokio::test]
async fn checkout_makes_the_subscription_only_when_it_is_paid() {
    let desk = Desk::new();
    let price = price(&desk, "3000").await;
    let form = [
        ("mode", "subscription"),
        ("line_items[0][price]", price.as_str()),
        ("line_items[0][quantity]", "2"),
        ("success_url", "https://shop.example/ok"),
        ("subscription_data[metadata][intent]", "i1"),
    ];
    let session = desk.make("/v1/checkout/sessions", &form).await;
    let pay = format!("/checkout/{session}/pay");
    desk.control(&pay, json!({ "card": "4000000000000002" })).await;
    assert_eq!(desk.get("/v1/subscriptions", &[]).await.body["data"], json!([]));
    desk.control(&pay, json!({ "card": "4242424242424242" })).await;
    let session = desk.get(&format!("/v1/checkout/sessions/{session}"), &[]).await.body;
    assert_eq!(
        (&session["status"], &session["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
    let found = subscription(&desk, session["subscription"].as_str().unwrap()).await;
    assert_eq!(
        (&found["status"], &found["metadata"]["intent"]),
        (&json!("active"), &json!("i1"))
    );
    assert_eq!(
        (&found["latest_invoice"]["id"], &found["latest_invoice"]["total"]),
        (&session["invoice"], &json!(6000))
    );
    assert!(found["default_payment_method"].is_string());
    let types = desk.event_types().await;
    let place = |kind: &str| types.iter().rposition(|found| found == kind).unwrap();
    let order = [
        "payment_intent.created",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "checkout.session.completed",
    ];
    assert!(
        order.windows(2).all(|pair| place(pair[0]) < place(pair[1])),
        "{types:?}"
    );
}

#[tokio::test]
async fn checkout_begins_a_trial_without_money_and_without_a_card_if_that_is_asked() {
    let until = (START + 10 * DAY).to_string();
    let cases = [
        (("subscription_data[trial_period_days]", "10"), "always"),
        (("subscription_data[trial_end]", until.as_str()), "if_required"),
    ];
    for (trial, collection) in cases {
        let desk = Desk::new();
        let price = price(&desk, "3000").await;
        let form = [
            ("mode", "subscription"),
            ("line_items[0][price]", price.as_str()),
            ("line_items[0][quantity]", "1"),
            ("success_url", "https://shop.example/ok"),
            ("payment_method_collection", collection),
            ("customer_email", "a@example.org"),
            (
                "subscription_data[trial_settings][end_behavior][missing_payment_method]",
                "cancel",
            ),
            trial,
        ];
        let session = desk.make("/v1/checkout/sessions", &form).await;
        let page = desk.get(&format!("/c/pay/{session}"), &[]).await;
        assert_eq!(page.text.contains("card-number"), collection == "always");
        let token = page.text.split("name=\"token\" value=\"").nth(1).unwrap();
        let mut form = vec![("token", token.split('"').next().unwrap())];
        if collection == "always" {
            form.extend([
                ("method", "card"),
                ("card-number", "4242424242424242"),
                ("card-expiry", "12 / 34"),
                ("card-cvc", "123"),
                ("card-name", "Ada"),
            ]);
        }
        let reply = desk.post(&format!("/c/pay/{session}"), &form).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        let session = desk.get(&format!("/v1/checkout/sessions/{session}"), &[]).await.body;
        assert_eq!(session["payment_status"], "no_payment_required");
        let id = session["subscription"].as_str().unwrap();
        let found = subscription(&desk, id).await;
        assert_eq!(
            (&found["status"], &found["trial_end"]),
            (&json!("trialing"), &json!(START + 10 * DAY))
        );
        desk.sandbox.advance(11 * DAY);
        let status = if collection == "always" { "active" } else { "canceled" };
        assert_eq!(subscription(&desk, id).await["status"], status);
    }
    let desk = Desk::new();
    let price = price(&desk, "3000").await;
    for (name, value) in [
        ("subscription_data[trial_period_days]", "9223372036854775807"),
        ("subscription_data[trial_end]", "1793500000"),
    ] {
        let form = [
            ("mode", "subscription"),
            ("line_items[0][price]", price.as_str()),
            ("line_items[0][quantity]", "1"),
            ("success_url", "https://shop.example/ok"),
            (name, value),
        ];
        let reply = desk.post("/v1/checkout/sessions", &form).await;
        assert_eq!((reply.status, reply.error("param")), (400, name), "{}", reply.text);
    }
}

#[tokio::test]
async fn an_invoice_that_is_asked_tells_how_it_can_be_paid() {
    let desk = Desk::new();
    let more = [("payment_behavior", "default_incomplete")];
    let (_, _, id) = subscribed(&desk, "pm_card_visa", &more).await;
    let plain = desk
        .get(&format!("/v1/subscriptions/{id}"), &[("expand[]", "latest_invoice")])
        .await;
    let invoice = &plain.body["latest_invoice"];
    assert!(invoice.get("confirmation_secret").is_none(), "{invoice}");
    let asked = [
        ("expand[]", "latest_invoice.confirmation_secret"),
        ("expand[]", "latest_invoice.payments"),
    ];
    let asked = desk.get(&format!("/v1/subscriptions/{id}"), &asked).await.body;
    let invoice = &asked["latest_invoice"];
    let intent = invoice["payments"]["data"][0]["payment"]["payment_intent"]
        .as_str()
        .unwrap();
    let intent = desk.get(&format!("/v1/payment_intents/{intent}"), &[]).await.body;
    let wanted = json!({ "client_secret": intent["client_secret"], "type": "payment_intent" });
    assert_eq!(invoice["confirmation_secret"], wanted, "{invoice}");

    let draft = [("customer", asked["customer"].as_str().unwrap())];
    let draft = desk.make("/v1/invoices", &draft).await;
    let none = desk
        .get(&format!("/v1/invoices/{draft}"), &[("expand[]", "confirmation_secret")])
        .await;
    assert!(none.body["confirmation_secret"].is_null(), "{}", none.text);
}

#[tokio::test]
async fn all_subscriptions_of_a_customer_are_in_one_currency() {
    let desk = Desk::new();
    let (_, customer, subscription) = subscribed(&desk, "pm_card_visa", &[]).await;
    let product = desk.make("/v1/products", &[("name", "Other plan")]).await;
    let form = [
        ("product", product.as_str()),
        ("currency", "eur"),
        ("unit_amount", "900"),
        ("recurring[interval]", "month"),
    ];
    let euros = desk.make("/v1/prices", &form).await;
    let by_api = [("customer", customer.as_str()), ("items[0][price]", euros.as_str())];
    let by_page = [
        ("mode", "subscription"),
        ("customer", customer.as_str()),
        ("success_url", "https://shop.example/done"),
        ("line_items[0][price]", euros.as_str()),
        ("line_items[0][quantity]", "1"),
    ];
    for (path, form) in [
        ("/v1/subscriptions", &by_api[..]),
        ("/v1/checkout/sessions", &by_page[..]),
    ] {
        let refused = desk.post(path, form).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert_eq!(refused.body["error"]["type"], "invalid_request_error");
    }
    desk.delete(&format!("/v1/subscriptions/{subscription}")).await;
    desk.make("/v1/subscriptions", &by_api).await;
}

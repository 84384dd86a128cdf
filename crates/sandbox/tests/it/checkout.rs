//! Checkout: the session's life, the page, the challenge, bank debits, and the order of events.

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, Reply, encode};

const CARD: &[(&str, &str)] = &[
    ("method", "card"),
    ("email", "buyer@example.com"),
    ("card-number", "4242 4242 4242 4242"),
    ("card-expiry", "12 / 34"),
    ("card-cvc", "123"),
    ("card-name", "Ada Lovelace"),
];

async fn open(desk: &Desk, path: &str) -> Reply {
    desk.send(Method::GET, path, &[("accept", "text/html")], String::new())
        .await
}

fn token(page: &Reply) -> String {
    let (_, rest) = page
        .text
        .split_once("name=\"token\" value=\"")
        .unwrap_or_else(|| panic!("no form: {}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

/// Fills the page in and submits it, as a browser without the script would.
async fn submit(desk: &Desk, path: &str, form: &[(&str, &str)], replaced: &[(&str, &str)]) -> Reply {
    let page = open(desk, path).await;
    let token = token(&page);
    submit_with(desk, path, &token, form, replaced).await
}

async fn submit_with(desk: &Desk, path: &str, token: &str, form: &[(&str, &str)], replaced: &[(&str, &str)]) -> Reply {
    let mut fields: Vec<(&str, &str)> = form
        .iter()
        .filter(|(name, _)| !replaced.iter().any(|(r, _)| r == name))
        .copied()
        .collect();
    fields.extend_from_slice(replaced);
    fields.push(("token", token));
    desk.send(
        Method::POST,
        path,
        &[("content-type", "application/x-www-form-urlencoded")],
        encode(&fields),
    )
    .await
}

async fn session(desk: &Desk, id: &str) -> Value {
    desk.get(&format!("/v1/checkout/sessions/{id}"), &[]).await.body
}

#[tokio::test]
async fn line_14_a_purchase_through_the_page() {
    let desk = Desk::new();
    let id = desk
        .session(&[
            ("client_reference_id", "order 7"),
            ("metadata[k]", "v"),
            ("payment_intent_data[metadata][m]", "n"),
        ])
        .await;
    let path = format!("/c/pay/{id}");
    let page = open(&desk, &path).await;
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    for element in [
        "email",
        "card-number",
        "card-expiry",
        "card-cvc",
        "card-name",
        "pay",
        "error",
        "cancel",
        "method-card",
        "method-bank-debit",
    ] {
        assert!(page.text.contains(&format!("id=\"{element}\"")), "{element}");
    }
    assert!(page.text.contains("$20.00") && page.text.contains("Credits"));
    assert!(
        !page.text.contains("https://") || page.text.matches("https://").count() == 1,
        "only the way back leads elsewhere"
    );
    let paid = submit(&desk, &path, CARD, &[]).await;
    assert_eq!(paid.status, 303);
    assert_eq!(paid.header("location"), format!("https://shop.example/ok?session={id}"));
    let after = session(&desk, &id).await;
    assert_eq!(
        (&after["status"], &after["payment_status"], &after["url"]),
        (&json!("complete"), &json!("paid"), &Value::Null)
    );
    assert_eq!(after["customer_details"]["email"], "buyer@example.com");
    assert_eq!(
        (&after["client_reference_id"], &after["metadata"]["k"]),
        (&json!("order 7"), &json!("v"))
    );
    let intent = desk
        .get(
            &format!("/v1/payment_intents/{}", after["payment_intent"].as_str().unwrap()),
            &[],
        )
        .await;
    assert_eq!(
        (&intent.body["metadata"], &intent.body["amount_received"]),
        (&json!({ "m": "n" }), &json!(2000))
    );
    let late = open(&desk, &path).await;
    assert!(late.text.contains("already gone through") && !late.text.contains("id=\"pay\""));
}

#[tokio::test]
async fn line_15_events_come_in_stripes_order_with_snapshots() {
    let desk = Desk::new();
    let id = desk.session(&[("customer_creation", "always")]).await;
    submit(&desk, &format!("/c/pay/{id}"), CARD, &[]).await;
    assert_eq!(
        desk.event_types().await,
        [
            "customer.created",
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "charge.updated"
        ]
    );
    assert_eq!(
        desk.event("charge.succeeded").await["data"]["object"]["balance_transaction"],
        Value::Null
    );
    let updated = desk.event("charge.updated").await;
    assert!(
        updated["data"]["object"]["balance_transaction"]
            .as_str()
            .unwrap()
            .starts_with("txn_")
    );
    assert_eq!(
        updated["data"]["previous_attributes"],
        json!({ "balance_transaction": null })
    );
    let completed = desk.event("checkout.session.completed").await;
    assert_eq!(completed["data"]["object"]["payment_status"], "paid");
    assert!(completed["data"]["object"].get("line_items").is_none());
    let created = desk.event("payment_intent.created").await;
    assert_eq!(created["data"]["object"]["status"], "requires_payment_method");
}

#[tokio::test]
async fn a_declined_card_is_told_and_another_one_pays() {
    let desk = Desk::new();
    let id = desk.session(&[]).await;
    let path = format!("/c/pay/{id}");
    let declined = submit(&desk, &path, CARD, &[("card-number", "4000000000009995")]).await;
    assert_eq!(declined.status, 402);
    assert!(
        declined.text.contains("Your card has insufficient funds.") && declined.text.contains("value=\"Ada Lovelace\"")
    );
    assert!(
        !declined.text.contains("readonly"),
        "another address can still be filled in"
    );
    assert!(
        !declined.text.contains("4000000000009995"),
        "a number is not written back into the page"
    );
    assert_eq!(session(&desk, &id).await["status"], "open");
    assert_eq!(submit(&desk, &path, CARD, &[]).await.status, 303);
    let charges = desk.get("/v1/charges", &[]).await;
    let statuses: Vec<&str> = charges.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["succeeded", "failed"]);
    assert_eq!(
        desk.get("/v1/payment_intents", &[]).await.body["data"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "one intent for all attempts"
    );
}

#[tokio::test]
async fn what_is_filled_in_wrongly_is_told_and_charges_nothing() {
    let desk = Desk::new();
    let id = desk.session(&[]).await;
    let path = format!("/c/pay/{id}");
    for (field, value, message) in [
        ("email", "nobody", "email address is not complete"),
        ("card-number", "4242424242424241", "card number is incorrect"),
        ("card-number", "", "not a valid credit card number"),
        ("card-expiry", "12", "expiration date is incomplete"),
        ("card-expiry", "01 / 20", "Your card has expired."),
        ("card-cvc", "", "security code is incomplete"),
        ("card-cvc", "12345", "security code is invalid"),
        ("card-name", " ", "enter your name"),
        ("method", "bank-debit", "enter your name"),
    ] {
        let reply = submit(&desk, &path, CARD, &[(field, value)]).await;
        assert_eq!(reply.status, 402, "{field}={value}");
        assert!(reply.text.contains(message), "{field}={value}: {}", reply.text);
    }
    let forged = submit_with(&desk, &path, "wrong", CARD, &[]).await;
    assert_eq!(forged.status, 403);
    assert_eq!(desk.event_types().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_double_submit_charges_once() {
    let desk = Desk::new();
    let id = desk.session(&[]).await;
    let path = format!("/c/pay/{id}");
    let token = token(&open(&desk, &path).await);
    let submit = || submit_with(&desk, &path, &token, CARD, &[]);
    let (first, second, third) = tokio::join!(submit(), submit(), submit());
    for reply in [first, second, third] {
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, format!("https://shop.example/ok?session={id}").as_str())
        );
    }
    assert_eq!(
        desk.get("/v1/charges", &[]).await.body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn the_challenge_page_leads_back() {
    let desk = Desk::new();
    let id = desk.session(&[]).await;
    let path = format!("/c/pay/{id}");
    let asked = submit(&desk, &path, CARD, &[("card-number", "4000002760003184")]).await;
    let challenge = asked.header("location").to_owned();
    assert!(challenge.starts_with("/c/challenge/pi_"));
    let page = open(&desk, &challenge).await;
    assert!(page.text.contains("id=\"challenge-complete\"") && page.text.contains("id=\"challenge-fail\""));
    let failed = submit(&desk, &challenge, &[("verdict", "fail")], &[]).await;
    assert_eq!(failed.header("location"), path);
    assert!(open(&desk, &path).await.text.contains("unable to authenticate"));
    let asked = submit(&desk, &path, CARD, &[("card-number", "4000002760003184")]).await;
    let done = submit(&desk, asked.header("location"), &[("verdict", "complete")], &[]).await;
    assert_eq!(done.header("location"), format!("https://shop.example/ok?session={id}"));
    assert_eq!(session(&desk, &id).await["payment_status"], "paid");
    assert_eq!(open(&desk, &challenge).await.status, 410);
}

#[tokio::test]
async fn the_script_gets_json() {
    let desk = Desk::new();
    let id = desk.session(&[]).await;
    let path = format!("/c/pay/{id}");
    let token = token(&open(&desk, &path).await);
    let send = |number: &'static str| {
        let (desk, path, token) = (&desk, &path, token.clone());
        async move {
            let mut fields: Vec<(&str, &str)> = CARD
                .iter()
                .filter(|(name, _)| *name != "card-number")
                .copied()
                .collect();
            fields.extend([("card-number", number), ("token", &token)]);
            desk.send(Method::POST, path, &[("accept", "application/json")], encode(&fields))
                .await
        }
    };
    let declined = send("4000000000000127").await;
    assert_eq!(
        declined.body,
        json!({ "error": "Your card's security code is incorrect.", "field": "card-cvc" })
    );
    assert_eq!(
        send("4242424242424242").await.body["redirect"],
        format!("https://shop.example/ok?session={id}")
    );
}

#[tokio::test]
async fn a_bank_debit_is_decided_later() {
    for (account, kind, status) in [
        ("000123456789", "checkout.session.async_payment_succeeded", "paid"),
        ("000222222227", "checkout.session.async_payment_failed", "unpaid"),
    ] {
        let desk = Desk::new();
        let id = desk.session(&[]).await;
        let bank = [
            ("method", "bank-debit"),
            ("email", "b@example.com"),
            ("bank-account", account),
            ("bank-name", "Ada"),
        ];
        let sent = submit(&desk, &format!("/c/pay/{id}"), &bank, &[]).await;
        assert_eq!(sent.status, 303);
        let between = session(&desk, &id).await;
        assert_eq!(
            (&between["status"], &between["payment_status"]),
            (&json!("complete"), &json!("unpaid"))
        );
        desk.sandbox.advance(60);
        assert_eq!(session(&desk, &id).await["payment_status"], status);
        assert_eq!(desk.event(kind).await["data"]["object"]["id"], id.as_str());
    }
    let desk = Desk::new();
    let id = desk.session(&[]).await;
    desk.control(
        &format!("/checkout/{id}/pay"),
        json!({ "bank_account": "000123456789" }),
    )
    .await;
    desk.control(
        &format!("/payments/{id}/settle"),
        json!({ "outcome": "failed", "code": "account_closed" }),
    )
    .await;
    let charge = desk.get("/v1/charges", &[]).await.body["data"][0].clone();
    assert_eq!(
        (&charge["status"], &charge["failure_code"]),
        (&json!("failed"), &json!("account_closed"))
    );
}

#[tokio::test]
async fn a_session_expires_by_call_and_by_time() {
    let desk = Desk::new();
    let (first, second) = (desk.session(&[]).await, desk.session(&[]).await);
    let path = format!("/v1/checkout/sessions/{first}/expire");
    let expired = desk.post(&path, &[]).await;
    assert_eq!(
        (&expired.body["status"], &expired.body["url"]),
        (&json!("expired"), &Value::Null)
    );
    assert_eq!(desk.post(&path, &[]).await.status, 400);
    assert_eq!(open(&desk, &format!("/c/pay/{first}")).await.status, 410);
    desk.sandbox.advance(86_399);
    assert_eq!(session(&desk, &second).await["status"], "open");
    desk.sandbox.advance(1);
    assert_eq!(session(&desk, &second).await["status"], "expired");
    assert_eq!(
        desk.event("checkout.session.expired").await["data"]["object"]["id"],
        second.as_str()
    );
    let paid = desk.session(&[]).await;
    desk.control(&format!("/checkout/{paid}/pay"), json!({})).await;
    let refused = desk.post(&format!("/v1/checkout/sessions/{paid}/expire"), &[]).await;
    assert!(
        refused.error("message").contains("complete"),
        "a refusal because it is complete means it is paid"
    );
    assert_eq!(open(&desk, "/c/pay/cs_test_absent").await.status, 404);
}

#[tokio::test]
async fn the_expiry_time_is_between_thirty_minutes_and_a_day() {
    let desk = Desk::new();
    let now = desk.sandbox.now();
    for (after, good) in [(60, false), (1800, true), (86_400, true), (90_000, false)] {
        let time = (now + after).to_string();
        let form = [
            ("mode", "payment"),
            ("success_url", "https://x.example"),
            ("expires_at", &time),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", "usd"),
            ("line_items[0][price_data][unit_amount]", "500"),
            ("line_items[0][price_data][product_data][name]", "A"),
        ];
        assert_eq!(
            desk.post("/v1/checkout/sessions", &form).await.status == 200,
            good,
            "{after}"
        );
    }
}

#[tokio::test]
async fn what_a_session_cannot_be() {
    let desk = Desk::new();
    let price = desk
        .make(
            "/v1/prices",
            &[("currency", "usd"), ("unit_amount", "500"), ("product_data[name]", "A")],
        )
        .await;
    let monthly = desk
        .make(
            "/v1/prices",
            &[
                ("currency", "usd"),
                ("unit_amount", "500"),
                ("product_data[name]", "A"),
                ("recurring[interval]", "month"),
            ],
        )
        .await;
    let euro = desk
        .make(
            "/v1/prices",
            &[("currency", "eur"), ("unit_amount", "500"), ("product_data[name]", "A")],
        )
        .await;
    let base: &[(&str, &str)] = &[("mode", "payment"), ("success_url", "https://x.example")];
    let line = |price: &str| {
        vec![
            ("line_items[0][price]".to_owned(), price.to_owned()),
            ("line_items[0][quantity]".to_owned(), "1".to_owned()),
        ]
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for (more, param) in [
        (vec![], "line_items"),
        (line("price_absent"), "line_items[0][price]"),
        (line(&monthly), "line_items[0][price]"),
        (vec![pair("line_items[0][price]", &price)], "line_items[0][quantity]"),
        (
            vec![
                pair("line_items[0][price]", &price),
                pair("line_items[0][quantity]", "0"),
            ],
            "line_items[0][quantity]",
        ),
        (
            [
                line(&price),
                vec![
                    pair("line_items[1][price]", &euro),
                    pair("line_items[1][quantity]", "1"),
                ],
            ]
            .concat(),
            "line_items[1]",
        ),
        (
            [line(&price), vec![pair("customer", "cus_absent")]].concat(),
            "customer",
        ),
        (
            [line(&price), vec![pair("discounts[0][coupon]", "x")]].concat(),
            "discounts",
        ),
        (
            [line(&price), vec![pair("automatic_tax[enabled]", "true")]].concat(),
            "automatic_tax",
        ),
        (
            [line(&price), vec![pair("customer_email", "x")]].concat(),
            "customer_email",
        ),
        (
            [line(&price), vec![pair("cancel_url", "javascript:alert(1)")]].concat(),
            "cancel_url",
        ),
        (
            [line(&price), vec![pair("client_reference_id", &"x".repeat(201))]].concat(),
            "client_reference_id",
        ),
    ] {
        let form: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain(more.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .collect();
        let reply = desk.post("/v1/checkout/sessions", &form).await;
        assert_eq!((reply.status, reply.error("param")), (400, param), "{}", reply.text);
    }
    assert_eq!(desk.get("/v1/checkout/sessions", &[]).await.body["data"], json!([]));
}

#[tokio::test]
async fn items_are_listed_and_shown_without_markup() {
    let desk = Desk::new();
    let id = desk
        .session(&[
            ("line_items[1][price_data][currency]", "usd"),
            ("line_items[1][price_data][unit_amount]", "150"),
            (
                "line_items[1][price_data][product_data][name]",
                "<script>alert(1)</script>",
            ),
            ("line_items[1][quantity]", "3"),
        ])
        .await;
    let items = desk
        .get(&format!("/v1/checkout/sessions/{id}/line_items"), &[("limit", "1")])
        .await;
    assert_eq!(
        (&items.body["data"][0]["amount_total"], &items.body["has_more"]),
        (&json!(2000), &json!(true))
    );
    let page = open(&desk, &format!("/c/pay/{id}")).await;
    assert!(page.text.contains("$24.50") && page.text.contains("Qty 3") && page.text.contains("$1.50 each"));
    assert!(page.text.contains("&lt;script&gt;") && !page.text.contains("<script>alert"));
}

#[tokio::test]
async fn stripes_cli_pays_through_the_payment_page_calls() {
    let desk = Desk::new();
    let id = desk.session(&[]).await;
    let path = format!("/v1/payment_pages/{id}");
    assert_eq!(desk.get(&path, &[]).await.body["amount_total"], 2000);
    let confirm = format!("{path}/confirm");
    let wrong = desk
        .post(
            &confirm,
            &[("payment_method", "pm_card_visa"), ("expected_amount", "1")],
        )
        .await;
    assert_eq!((wrong.status, wrong.error("param")), (400, "expected_amount"));
    assert_eq!(
        desk.post(
            &confirm,
            &[("payment_method", "pm_card_visa"), ("expected_amount", "2000")]
        )
        .await
        .status,
        200
    );
    assert_eq!(session(&desk, &id).await["payment_status"], "paid");
    assert_eq!(
        desk.post(&confirm, &[("payment_method", "pm_card_visa")]).await.status,
        400
    );
}

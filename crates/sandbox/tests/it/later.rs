//! Payments without the buyer: cards that are saved by a payment or by a setup, and what charging them later leads to.

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, Reply, encode};

async fn charge_later(desk: &Desk, customer: &str, method: &str) -> Reply {
    let form: &[(&str, &str)] = &[
        ("amount", "1000"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("off_session", "true"),
        ("customer", customer),
        ("payment_method", method),
    ];
    desk.post("/v1/payment_intents", form).await
}

async fn saved_card(desk: &Desk, customer: &str) -> Value {
    let path = format!("/v1/customers/{customer}/payment_methods");
    let list = desk.get(&path, &[("type", "card")]).await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1, "{}", list.text);
    list.body["data"][0].clone()
}

async fn setup_session(desk: &Desk, more: &[(&str, &str)]) -> Reply {
    let base: &[(&str, &str)] = &[("mode", "setup"), ("success_url", "https://shop.example/ok")];
    desk.post("/v1/checkout/sessions", &[base, more].concat()).await
}

#[tokio::test]
async fn a_purchase_that_sets_up_saves_its_card_on_the_customer() {
    let desk = Desk::new();
    let customer = desk.make("/v1/customers", &[("email", "a@b.example")]).await;
    let session = desk
        .session(&[
            ("customer", &customer),
            ("payment_intent_data[setup_future_usage]", "off_session"),
        ])
        .await;
    let paid = desk.control(&format!("/checkout/{session}/pay"), json!({})).await;
    assert_eq!(paid["payment_status"], "paid");
    let card = saved_card(&desk, &customer).await;
    assert_eq!(card["card"]["last4"], "4242");
    assert_eq!(
        desk.event("payment_method.attached").await["data"]["object"]["id"],
        card["id"]
    );
    let later = charge_later(&desk, &customer, card["id"].as_str().unwrap()).await;
    assert_eq!(later.body["status"], "succeeded", "{}", later.text);

    // Without it the card is the buyer's alone.
    let other = desk.make("/v1/customers", &[]).await;
    let session = desk.session(&[("customer", &other)]).await;
    desk.control(&format!("/checkout/{session}/pay"), json!({})).await;
    let path = format!("/v1/customers/{other}/payment_methods");
    assert_eq!(desk.get(&path, &[]).await.body["data"], json!([]));
}

#[tokio::test]
async fn a_card_that_asks_is_refused_without_the_buyer_unless_it_was_set_up() {
    let desk = Desk::new();
    let attached = desk.make("/v1/customers", &[]).await;
    let method = desk
        .make(
            "/v1/payment_methods/pm_card_authenticationRequiredOnSetup/attach",
            &[("customer", &attached)],
        )
        .await;
    let refused = charge_later(&desk, &attached, &method).await;
    assert_eq!(
        (refused.status, refused.error("code"), refused.error("decline_code")),
        (402, "authentication_required", "authentication_required")
    );
    let intent = &refused.body["error"]["payment_intent"];
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["last_payment_error"]["payment_method"]["id"], method.as_str());

    let set_up = desk.make("/v1/customers", &[]).await;
    let session = setup_session(&desk, &[("customer", &set_up)]).await.id();
    let pay = format!("/checkout/{session}/pay");
    let form = json!({ "card": "4000002500003155", "challenge": "complete" });
    assert_eq!(desk.control(&pay, form).await["status"], "complete");
    let method = saved_card(&desk, &set_up).await["id"].as_str().unwrap().to_owned();
    let charged = charge_later(&desk, &set_up, &method).await;
    assert_eq!(charged.body["status"], "succeeded", "{}", charged.text);
}

#[tokio::test]
async fn a_card_that_can_be_saved_and_is_declined_later() {
    let desk = Desk::new();
    let attached = desk.make("/v1/customers", &[]).await;
    let method = desk
        .make(
            "/v1/payment_methods/pm_card_chargeCustomerFail/attach",
            &[("customer", &attached)],
        )
        .await;
    let set_up = desk.make("/v1/customers", &[]).await;
    let session = setup_session(&desk, &[("customer", &set_up)]).await.id();
    let saved = desk
        .control(
            &format!("/checkout/{session}/pay"),
            json!({ "card": "4000000000000341" }),
        )
        .await;
    assert_eq!(saved["status"], "complete");
    let through_checkout = saved_card(&desk, &set_up).await["id"].as_str().unwrap().to_owned();
    for (customer, method) in [(&attached, &method), (&set_up, &through_checkout)] {
        let refused = charge_later(&desk, customer, method).await;
        assert_eq!(
            (refused.status, refused.error("code"), refused.error("decline_code")),
            (402, "card_declined", "generic_decline")
        );
        let intent = refused.body["error"]["payment_intent"]["id"].as_str().unwrap();
        let listed = desk.get("/v1/payment_intents", &[("customer", customer)]).await;
        assert_eq!(listed.body["data"][0]["id"], intent);
        let event = desk.event("payment_intent.payment_failed").await;
        assert_eq!(event["data"]["object"]["id"], intent);
    }
}

async fn submit(desk: &Desk, page: &str, token: &str, number: &str) -> Reply {
    let form = [
        ("token", token),
        ("method", "card"),
        ("email", "buyer@example.com"),
        ("card-number", number),
        ("card-expiry", "12 / 34"),
        ("card-cvc", "123"),
        ("card-name", "Ada Lovelace"),
    ];
    desk.send(Method::POST, page, &[], encode(&form)).await
}

#[tokio::test]
async fn setup_mode_saves_a_card_and_takes_no_money() {
    let desk = Desk::new();
    let customer = desk.make("/v1/customers", &[]).await;
    let made = setup_session(
        &desk,
        &[("customer", &customer), ("setup_intent_data[metadata][user]", "u_1")],
    )
    .await;
    assert_eq!(made.body["mode"], "setup");
    assert_eq!(made.body["payment_status"], "no_payment_required");
    for member in ["amount_total", "amount_subtotal", "payment_intent", "currency"] {
        assert_eq!(made.body[member], Value::Null, "{member}");
    }
    let intent = made.body["setup_intent"].as_str().unwrap().to_owned();
    let path = format!("/v1/setup_intents/{intent}");
    let before = desk.get(&path, &[]).await.body;
    assert_eq!(
        (&before["status"], &before["metadata"]["user"]),
        (&json!("requires_payment_method"), &json!("u_1"))
    );

    let page = format!("/c/pay/{}", made.id());
    let shown = desk
        .send(Method::GET, &page, &[("accept", "text/html")], String::new())
        .await;
    assert!(shown.text.contains("Save a payment method"));
    let (_, rest) = shown.text.split_once("name=\"token\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    let declined = submit(&desk, &page, token, "4000000000000002").await;
    assert_eq!(declined.status, 402);
    assert!(declined.text.contains("Your card was declined."));
    let failed = desk.get(&path, &[]).await.body;
    assert_eq!(failed["last_setup_error"]["decline_code"], "generic_decline");
    let saved = submit(&desk, &page, token, "4242 4242 4242 4242").await;
    assert_eq!(
        (saved.status, saved.header("location")),
        (303, "https://shop.example/ok")
    );

    let again = desk
        .send(Method::GET, &page, &[("accept", "text/html")], String::new())
        .await;
    assert!(again.text.contains("has already been saved"));

    let card = saved_card(&desk, &customer).await;
    let after = desk
        .get(
            &format!("/v1/checkout/sessions/{}", made.id()),
            &[("expand[]", "setup_intent")],
        )
        .await;
    assert_eq!(after.body["status"], "complete");
    assert_eq!(after.body["setup_intent"]["status"], "succeeded");
    assert_eq!(after.body["setup_intent"]["payment_method"], card["id"]);
    assert_eq!(
        desk.event_types().await,
        [
            "customer.created",
            "setup_intent.created",
            "setup_intent.setup_failed",
            "payment_method.attached",
            "setup_intent.succeeded",
            "checkout.session.completed"
        ]
    );
    assert_eq!(desk.get("/v1/charges", &[]).await.body["data"], json!([]));
}

#[tokio::test]
async fn the_challenge_of_a_setup_leads_back_to_the_shop_or_to_the_page() {
    let desk = Desk::new();
    let customer = desk.make("/v1/customers", &[]).await;
    for (verdict, status, intent_status) in [
        ("fail", "open", "requires_payment_method"),
        ("complete", "complete", "succeeded"),
    ] {
        let made = setup_session(&desk, &[("customer", &customer)]).await;
        let intent = made.body["setup_intent"].as_str().unwrap();
        let pay = format!("/checkout/{}/pay", made.id());
        desk.control(&pay, json!({ "card": "4000002760003184" })).await;
        let path = format!("/v1/setup_intents/{intent}");
        let waiting = desk.get(&path, &[]).await.body;
        assert_eq!(waiting["status"], "requires_action");
        let form = [
            ("token", waiting["client_secret"].as_str().unwrap()),
            ("verdict", verdict),
        ];
        let answered = desk
            .send(Method::POST, &format!("/c/challenge/{intent}"), &[], encode(&form))
            .await;
        let next = if verdict == "complete" {
            "https://shop.example/ok".to_owned()
        } else {
            format!("/c/pay/{}", made.id())
        };
        assert_eq!(answered.header("location"), next);
        let session = desk.get(&format!("/v1/checkout/sessions/{}", made.id()), &[]).await;
        assert_eq!(session.body["status"], status);
        assert_eq!(desk.get(&path, &[]).await.body["status"], intent_status);
    }
}

#[tokio::test]
async fn a_setup_session_may_make_its_customer_and_expires_with_its_intent() {
    let desk = Desk::new();
    let made = setup_session(&desk, &[("customer_creation", "always")]).await;
    let saved = desk
        .control(
            &format!("/checkout/{}/pay", made.id()),
            json!({ "email": "a@b.example" }),
        )
        .await;
    let customer = saved["customer"].as_str().unwrap();
    assert_eq!(saved_card(&desk, customer).await["card"]["last4"], "4242");

    let made = setup_session(&desk, &[]).await;
    desk.make(&format!("/v1/checkout/sessions/{}/expire", made.id()), &[])
        .await;
    let intent = made.body["setup_intent"].as_str().unwrap();
    let intent = desk.get(&format!("/v1/setup_intents/{intent}"), &[]).await;
    assert_eq!(intent.body["status"], "canceled");

    for (more, param) in [
        (("line_items[0][quantity]", "1"), "line_items"),
        (("payment_intent_data[description]", "x"), "payment_intent_data"),
    ] {
        let refused = setup_session(&desk, &[more]).await;
        assert_eq!((refused.status, refused.error("param")), (400, param));
    }
    let form: &[(&str, &str)] = &[
        ("mode", "payment"),
        ("success_url", "https://shop.example/ok"),
        ("setup_intent_data[description]", "x"),
    ];
    let refused = desk.post("/v1/checkout/sessions", form).await;
    assert_eq!((refused.status, refused.error("param")), (400, "setup_intent_data"));
}

//! Intents, refunds, products and prices: the rules that are not about one card.

use serde_json::{Value, json};

use crate::desk::Desk;

const PAID: &[(&str, &str)] = &[
    ("amount", "1000"),
    ("currency", "usd"),
    ("confirm", "true"),
    ("payment_method", "pm_card_visa"),
];

#[tokio::test]
async fn a_manual_capture_takes_part_and_lets_the_rest_go() {
    let desk = Desk::new();
    let form = [PAID, &[("capture_method", "manual")]].concat();
    let held = desk.post("/v1/payment_intents", &form).await;
    assert_eq!(
        (&held.body["status"], &held.body["amount_capturable"]),
        (&json!("requires_capture"), &json!(1000))
    );
    let path = format!("/v1/payment_intents/{}", held.id());
    assert_eq!(
        desk.post(&format!("{path}/capture"), &[("amount_to_capture", "1001")])
            .await
            .status,
        400
    );
    let taken = desk
        .post(&format!("{path}/capture"), &[("amount_to_capture", "600")])
        .await;
    assert_eq!(
        (&taken.body["status"], &taken.body["amount_received"]),
        (&json!("succeeded"), &json!(600))
    );
    let types = desk.event_types().await;
    assert_eq!(
        types,
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.amount_capturable_updated",
            "charge.captured",
            "payment_intent.succeeded",
            "charge.updated"
        ]
    );
    assert_eq!(
        desk.get("/v1/balance_transactions", &[]).await.body["data"][0]["amount"],
        600
    );
    let again = desk.post(&format!("{path}/capture"), &[]).await;
    assert_eq!(again.error("code"), "payment_intent_unexpected_state");
}

#[tokio::test]
async fn an_intent_is_cancelled_once_and_never_after_success() {
    let desk = Desk::new();
    let intent = desk
        .make("/v1/payment_intents", &[("amount", "1000"), ("currency", "usd")])
        .await;
    let path = format!("/v1/payment_intents/{intent}/cancel");
    let cancelled = desk.post(&path, &[("cancellation_reason", "abandoned")]).await;
    assert_eq!(
        (&cancelled.body["status"], &cancelled.body["cancellation_reason"]),
        (&json!("canceled"), &json!("abandoned"))
    );
    assert_eq!(
        desk.post(&path, &[]).await.error("code"),
        "payment_intent_unexpected_state"
    );
    let paid = desk.make("/v1/payment_intents", PAID).await;
    let refused = desk.post(&format!("/v1/payment_intents/{paid}/cancel"), &[]).await;
    assert_eq!(refused.error("code"), "payment_intent_unexpected_state");
    assert_eq!(refused.body["error"]["payment_intent"]["id"], paid.as_str());
    let again = desk.post(&format!("/v1/payment_intents/{paid}/confirm"), &[]).await;
    assert_eq!(again.error("code"), "payment_intent_unexpected_state");
}

#[tokio::test]
async fn a_declined_intent_can_be_paid_with_another_card() {
    let desk = Desk::new();
    let intent = desk
        .make("/v1/payment_intents", &[("amount", "1000"), ("currency", "usd")])
        .await;
    let path = format!("/v1/payment_intents/{intent}/confirm");
    assert_eq!(
        desk.post(&path, &[("payment_method", "pm_card_chargeDeclined")])
            .await
            .status,
        402
    );
    let paid = desk.post(&path, &[("payment_method", "pm_card_visa")]).await;
    assert_eq!(paid.body["status"], "succeeded");
    assert_eq!(paid.body["last_payment_error"], Value::Null);
    let charges = desk.get("/v1/charges", &[("payment_intent", &intent)]).await;
    assert_eq!(charges.body["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn refunds_add_up_to_the_charge_and_no_further() {
    let desk = Desk::new();
    let intent = desk.make("/v1/payment_intents", PAID).await;
    let refund = |amount: &'static str| {
        let (desk, intent) = (&desk, intent.clone());
        async move {
            desk.post("/v1/refunds", &[("payment_intent", &intent), ("amount", amount)])
                .await
        }
    };
    assert_eq!(refund("300").await.body["status"], "succeeded");
    assert_eq!(refund("800").await.status, 400);
    assert_eq!(refund("0").await.status, 400);
    assert_eq!(refund("700").await.body["status"], "succeeded");
    assert_eq!(refund("1").await.error("code"), "charge_already_refunded");
    let charge = desk.get("/v1/charges", &[]).await.body["data"][0].clone();
    assert_eq!(
        (&charge["amount_refunded"], &charge["refunded"]),
        (&json!(1000), &json!(true))
    );
    let event = desk.event("charge.refunded").await;
    assert_eq!(
        event["data"]["previous_attributes"],
        json!({ "amount_refunded": 300, "refunded": false })
    );
    let unpaid = desk
        .make("/v1/payment_intents", &[("amount", "1000"), ("currency", "usd")])
        .await;
    assert_eq!(
        desk.post("/v1/refunds", &[("payment_intent", &unpaid)]).await.status,
        400
    );
    assert_eq!(desk.post("/v1/refunds", &[]).await.error("code"), "parameter_missing");
}

#[tokio::test]
async fn amounts_keep_to_the_limits_of_their_currency() {
    let desk = Desk::new();
    for (amount, currency, status) in [
        ("49", "usd", 400),
        ("50", "usd", 200),
        ("0", "usd", 400),
        ("-5", "usd", 400),
        ("99999999", "usd", 200),
        ("100000000", "usd", 400),
        ("9223372036854775808", "usd", 400),
        ("500", "jpy", 200),
        ("500", "JPY", 200),
        ("500", "yen!", 400),
    ] {
        let reply = desk
            .post("/v1/payment_intents", &[("amount", amount), ("currency", currency)])
            .await;
        assert_eq!(reply.status, status, "{amount} {currency}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_lookup_key_names_one_price_and_can_be_transferred() {
    let desk = Desk::new();
    let product = desk.make("/v1/products", &[("name", "A"), ("id", "pack-a")]).await;
    assert_eq!(product, "pack-a");
    assert_eq!(
        desk.post("/v1/products", &[("name", "A"), ("id", "pack-a")])
            .await
            .error("code"),
        "resource_already_exists"
    );
    let form: &[(&str, &str)] = &[
        ("product", "pack-a"),
        ("currency", "usd"),
        ("unit_amount", "500"),
        ("lookup_key", "small"),
    ];
    let first = desk.make("/v1/prices", form).await;
    assert_eq!(desk.post("/v1/prices", form).await.error("param"), "lookup_key");
    let second = desk
        .make("/v1/prices", &[form, &[("transfer_lookup_key", "true")]].concat())
        .await;
    let found = desk.get("/v1/prices", &[("lookup_keys[]", "small")]).await;
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(found.body["data"][0]["id"], second.as_str());
    assert_eq!(
        desk.get(&format!("/v1/prices/{first}"), &[]).await.body["lookup_key"],
        Value::Null
    );
    let path = format!("/v1/prices/{second}");
    assert_eq!(
        desk.post(&path, &[("unit_amount", "600")]).await.error("code"),
        "parameter_unknown",
        "an amount is immutable"
    );
    assert_eq!(desk.post(&path, &[("active", "false")]).await.body["active"], false);
    assert_eq!(desk.delete("/v1/products/pack-a").await.status, 400, "it has prices");
}

#[tokio::test]
async fn a_product_with_a_default_price() {
    let desk = Desk::new();
    let form: &[(&str, &str)] = &[
        ("name", "A"),
        ("default_price_data[currency]", "eur"),
        ("default_price_data[unit_amount]", "700"),
        ("expand[]", "default_price"),
    ];
    let made = desk.post("/v1/products", form).await;
    assert_eq!(made.body["default_price"]["unit_amount"], 700);
    let price = made.body["default_price"]["id"].as_str().unwrap();
    assert_eq!(
        desk.post(&format!("/v1/prices/{price}"), &[("active", "false")])
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_deleted_customer_is_remembered_as_deleted() {
    let desk = Desk::new();
    let customer = desk.make("/v1/customers", &[("payment_method", "pm_card_visa")]).await;
    let path = format!("/v1/customers/{customer}");
    let methods = desk.get(&format!("{path}/payment_methods"), &[]).await;
    assert_eq!(methods.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(desk.delete(&path).await.body["deleted"], true);
    let gone = desk.get(&path, &[]).await;
    assert_eq!((gone.status, &gone.body["deleted"]), (200, &json!(true)));
    assert_eq!(desk.post(&path, &[("name", "x")]).await.status, 404);
    assert_eq!(desk.get("/v1/customers", &[]).await.body["data"], json!([]));
    let refused = desk
        .post(
            "/v1/payment_intents",
            &[("amount", "1000"), ("currency", "usd"), ("customer", &customer)],
        )
        .await;
    assert_eq!((refused.status, refused.error("param")), (400, "customer"));
}

#[tokio::test]
async fn a_payment_method_belongs_to_one_customer_and_is_spent_when_detached() {
    let desk = Desk::new();
    let (first, second) = (
        desk.make("/v1/customers", &[]).await,
        desk.make("/v1/customers", &[]).await,
    );
    let method = desk
        .make("/v1/payment_methods/pm_card_visa/attach", &[("customer", &first)])
        .await;
    let path = format!("/v1/payment_methods/{method}");
    assert_eq!(
        desk.post(&format!("{path}/attach"), &[("customer", &second)])
            .await
            .status,
        400
    );
    let form = |customer: &str| {
        [
            ("amount", "1000".to_owned()),
            ("currency", "usd".to_owned()),
            ("confirm", "true".to_owned()),
            ("customer", customer.to_owned()),
            ("payment_method", method.clone()),
        ]
    };
    for (customer, status) in [(&second, 400), (&first, 200)] {
        let form = form(customer);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(desk.post("/v1/payment_intents", &form).await.status, status);
    }
    assert_eq!(
        desk.post(&format!("{path}/detach"), &[]).await.body["customer"],
        Value::Null
    );
    let form = form(&first);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        desk.post("/v1/payment_intents", &form).await.error("code"),
        "payment_method_unexpected_state"
    );
    let declined = desk
        .post(
            "/v1/payment_methods/pm_card_chargeDeclined/attach",
            &[("customer", &first)],
        )
        .await;
    assert_eq!(declined.status, 402);
}

#[tokio::test]
async fn with_automatic_capture_the_fee_is_known_at_once() {
    let desk = Desk::new();
    desk.make(
        "/v1/payment_intents",
        &[PAID, &[("capture_method", "automatic")]].concat(),
    )
    .await;
    assert!(desk.event("charge.succeeded").await["data"]["object"]["balance_transaction"].is_string());
    assert!(!desk.event_types().await.contains(&"charge.updated".to_owned()));
}

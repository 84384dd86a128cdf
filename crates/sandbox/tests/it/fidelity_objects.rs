//! The fidelity list from line 8: lists, expansion, shapes, ids, events, test names and money.

use axum::http::Method;
use sandbox::API_VERSION;
use serde_json::{Value, json};

use crate::desk::{Desk, Endpoint};

#[tokio::test]
async fn line_08_lists_are_newest_first_with_cursors_and_filters() {
    let desk = Desk::new();
    let mut made = Vec::new();
    for number in 0..25 {
        let name = format!("c{number}");
        let email = if number % 2 == 0 {
            "even@x.example"
        } else {
            "odd@x.example"
        };
        made.push(desk.make("/v1/customers", &[("name", &name), ("email", email)]).await);
        desk.sandbox.advance(10);
    }
    made.reverse();
    let ids = |body: &Value| -> Vec<String> {
        body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = desk.get("/v1/customers", &[]).await;
    assert_eq!(first.body["object"], "list");
    assert_eq!(first.body["url"], "/v1/customers");
    assert_eq!(first.body["has_more"], true);
    assert_eq!(ids(&first.body), made[..10]);
    let next = desk
        .get("/v1/customers", &[("limit", "20"), ("starting_after", &made[9])])
        .await;
    assert_eq!(
        (ids(&next.body), &next.body["has_more"]),
        (made[10..].to_vec(), &json!(false))
    );
    let back = desk
        .get("/v1/customers", &[("limit", "3"), ("ending_before", &made[10])])
        .await;
    assert_eq!(
        (ids(&back.body), &back.body["has_more"]),
        (made[7..10].to_vec(), &json!(true))
    );
    let odd = desk
        .get("/v1/customers", &[("email", "odd@x.example"), ("limit", "100")])
        .await;
    assert_eq!(ids(&odd.body).len(), 12);
    let created: Vec<i64> = first.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["created"].as_i64().unwrap())
        .collect();
    let edge = created[4].to_string();
    for (bound, count) in [("created[gt]", 4), ("created[gte]", 5), ("created", 1)] {
        assert_eq!(
            ids(&desk.get("/v1/customers", &[(bound, &edge)]).await.body).len(),
            count,
            "{bound}"
        );
    }
    assert_eq!(
        ids(&desk
            .get("/v1/customers", &[("created[lt]", &edge), ("limit", "100")])
            .await
            .body)
        .len(),
        20
    );
    for limit in ["0", "101", "x"] {
        let reply = desk.get("/v1/customers", &[("limit", limit)]).await;
        assert_eq!((reply.status, reply.error("code")), (400, "parameter_invalid_integer"));
    }
    assert_eq!(
        desk.get("/v1/customers", &[("starting_after", "cus_absent")])
            .await
            .error("code"),
        "resource_missing"
    );
}

#[tokio::test]
async fn line_09_expansion() {
    let desk = Desk::new();
    let session = desk.session(&[]).await;
    desk.control(&format!("/checkout/{session}/pay"), json!({})).await;
    let path = format!("/v1/checkout/sessions/{session}");
    let plain = desk.get(&path, &[]).await;
    assert!(plain.body["payment_intent"].is_string());
    assert!(
        plain.body.get("line_items").is_none(),
        "an includable list is absent unless expanded"
    );
    let deep = desk
        .get(
            &path,
            &[
                ("expand[]", "line_items.data.price.product"),
                ("expand[]", "payment_intent.latest_charge.balance_transaction"),
            ],
        )
        .await;
    assert_eq!(
        deep.body["payment_intent"]["latest_charge"]["balance_transaction"]["fee"],
        88
    );
    assert_eq!(
        deep.body["line_items"]["data"][0]["price"]["product"]["name"],
        "Credits"
    );
    let listed = desk
        .get(
            "/v1/charges",
            &[("expand[]", "data.payment_intent"), ("expand[]", "data.refunds")],
        )
        .await;
    assert_eq!(listed.body["data"][0]["payment_intent"]["object"], "payment_intent");
    assert_eq!(listed.body["data"][0]["refunds"]["object"], "list");
    for bad in ["client_reference_id", "nonsense", "payment_intent.amount", "a.b.c.d.e"] {
        let reply = desk.get(&path, &[("expand[]", bad)]).await;
        assert_eq!((reply.status, reply.error("param")), (400, "expand"), "{bad}");
    }
    assert_eq!(
        desk.get("/v1/charges", &[("expand[]", "payment_intent")]).await.status,
        400
    );
}

#[tokio::test]
async fn line_10_required_members_are_there_even_when_null() {
    let desk = Desk::new();
    let customer = desk.post("/v1/customers", &[]).await;
    for member in [
        "address",
        "default_source",
        "description",
        "email",
        "shipping",
        "livemode",
        "created",
    ] {
        assert!(customer.body.get(member).is_some(), "{member}");
    }
    let session = desk.session(&[]).await;
    let session = desk.get(&format!("/v1/checkout/sessions/{session}"), &[]).await;
    for member in [
        "after_expiration",
        "client_secret",
        "invoice",
        "payment_intent",
        "shipping_cost",
        "setup_intent",
        "wallet_options",
    ] {
        assert_eq!(session.body.get(member), Some(&Value::Null), "{member}");
    }
}

#[tokio::test]
async fn line_11_ids_have_the_right_prefixes_and_nothing_of_our_own_is_shown() {
    let desk = Desk::new();
    let session = desk.session(&[("customer_creation", "always")]).await;
    assert!(session.starts_with("cs_test_"));
    desk.control(
        &format!("/checkout/{session}/pay"),
        json!({ "card": "4000000000000259" }),
    )
    .await;
    let intent = desk.get("/v1/payment_intents", &[]).await.body["data"][0].clone();
    assert!(
        intent["client_secret"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{}_secret_", intent["id"].as_str().unwrap()))
    );
    let refunded = desk.session(&[]).await;
    desk.control(&format!("/checkout/{refunded}/pay"), json!({})).await;
    let second = desk.get("/v1/payment_intents", &[]).await.body["data"][0].clone();
    desk.make("/v1/refunds", &[("payment_intent", second["id"].as_str().unwrap())])
        .await;
    let endpoint = desk
        .post(
            "/v1/webhook_endpoints",
            &[("url", "https://x.example"), ("enabled_events[]", "*")],
        )
        .await;
    assert!(endpoint.body["secret"].as_str().unwrap().starts_with("whsec_"));
    let shown = desk.get(&format!("/v1/webhook_endpoints/{}", endpoint.id()), &[]).await;
    assert!(shown.body.get("secret").is_none(), "the secret is shown once");
    for (path, prefix) in [
        ("/v1/customers", "cus_"),
        ("/v1/products", "prod_"),
        ("/v1/prices", "price_"),
        ("/v1/payment_intents", "pi_"),
        ("/v1/charges", "ch_"),
        ("/v1/refunds", "re_"),
        ("/v1/disputes", "dp_"),
        ("/v1/balance_transactions", "txn_"),
        ("/v1/events", "evt_"),
        ("/v1/webhook_endpoints", "we_"),
    ] {
        let list = desk.get(path, &[("limit", "100")]).await;
        let items = list.body["data"].as_array().unwrap();
        assert!(!items.is_empty(), "{path}");
        assert!(
            items
                .iter()
                .all(|item| item["id"].as_str().unwrap().starts_with(prefix)),
            "{path}"
        );
        assert!(!list.text.contains("\"_"), "a member of our own is shown in {path}");
    }
    assert!(desk.get("/v1/account", &[]).await.id().starts_with("acct_"));
}

#[tokio::test]
async fn line_12_events_are_snapshots_written_with_the_change() {
    let desk = Desk::new();
    let endpoint = Endpoint::start().await;
    desk.sandbox.add_webhook_endpoint(&endpoint.url);
    let made = desk
        .call(
            Method::POST,
            "/v1/customers",
            &[("name", "Ada"), ("metadata[a]", "1")],
            &[("idempotency-key", "k")],
        )
        .await;
    let path = format!("/v1/customers/{}", made.id());
    desk.post(
        &path,
        &[("name", "Eve"), ("metadata[b]", "2"), ("address[city]", "Bern")],
    )
    .await;
    let created = desk.event("customer.created").await;
    assert_eq!(
        created["data"]["object"]["name"], "Ada",
        "a later change does not touch the snapshot"
    );
    assert_eq!(created["api_version"], API_VERSION);
    assert_eq!(
        created["request"],
        json!({ "id": made.header("request-id"), "idempotency_key": "k" })
    );
    let updated = desk.event("customer.updated").await;
    assert_eq!(
        updated["data"]["previous_attributes"],
        json!({ "address": null, "metadata": { "b": null }, "name": "Ada" })
    );
    desk.drain().await;
    assert_eq!(desk.event("customer.created").await["pending_webhooks"], 0);
    assert_eq!(endpoint.received()[0].event()["pending_webhooks"], 1);
    assert_eq!(
        desk.get("/v1/events", &[("delivery_success", "true")]).await.body["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let same = desk.post(&path, &[("name", "Eve")]).await;
    assert_eq!(same.status, 200);
    assert_eq!(desk.event_types().await.len(), 2, "no change, no event");
}

#[tokio::test]
async fn line_16_test_payment_method_names() {
    let desk = Desk::new();
    for (name, status) in [
        ("pm_card_visa", "succeeded"),
        ("pm_card_bypassPending", "succeeded"),
        ("pm_card_chargeDeclined", "402"),
        ("pm_card_visa_chargeDeclined", "402"),
        ("pm_card_chargeCustomerFail", "402"),
        ("pm_card_createDisputeInquiry", "succeeded"),
        ("pm_card_authenticationRequired", "requires_action"),
        ("pm_card_threeDSecure2Required", "requires_action"),
    ] {
        let form: &[(&str, &str)] = &[
            ("amount", "1000"),
            ("currency", "usd"),
            ("confirm", "true"),
            ("payment_method", name),
        ];
        let reply = desk.post("/v1/payment_intents", form).await;
        let ended = if reply.status == 200 {
            reply.body["status"].as_str().unwrap().to_owned()
        } else {
            reply.status.to_string()
        };
        assert_eq!(ended, status, "{name}");
    }
    let charged = desk
        .post(
            "/v1/charges",
            &[("amount", "100"), ("currency", "usd"), ("source", "tok_visa")],
        )
        .await;
    assert_eq!(charged.body["status"], "succeeded");
    let refused = desk
        .post(
            "/v1/charges",
            &[
                ("amount", "100"),
                ("currency", "usd"),
                ("source", "tok_chargeCustomerFail"),
            ],
        )
        .await;
    assert_eq!((refused.status, refused.error("code")), (402, "card_declined"));
}

#[tokio::test]
async fn line_17_every_movement_of_money_has_a_balance_transaction() {
    let desk = Desk::new();
    let pay = |method: &'static str| {
        let desk = &desk;
        async move {
            let form: &[(&str, &str)] = &[
                ("amount", "1000"),
                ("currency", "usd"),
                ("confirm", "true"),
                ("payment_method", method),
            ];
            desk.make("/v1/payment_intents", form).await
        }
    };
    let amounts = |body: &Value| {
        body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["net"].as_i64().unwrap())
            .sum::<i64>()
    };
    let intent = pay("pm_card_visa").await;
    desk.make("/v1/refunds", &[("payment_intent", &intent), ("amount", "400")])
        .await;
    pay("pm_card_bypassPending").await;
    pay("pm_card_createDispute").await;
    let rows = desk.get("/v1/balance_transactions", &[]).await;
    let kinds: Vec<&str> = rows.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["adjustment", "charge", "charge", "refund", "charge"]);
    for row in rows.body["data"].as_array().unwrap() {
        let part = |name: &str| row[name].as_i64().unwrap();
        assert_eq!(part("net"), part("amount") - part("fee"));
        let details: i64 = row["fee_details"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fee| fee["amount"].as_i64().unwrap())
            .sum();
        assert_eq!(details, part("fee"));
    }
    let sums = |body: &Value| {
        (
            body["available"][0]["amount"].as_i64().unwrap(),
            body["pending"][0]["amount"].as_i64().unwrap(),
        )
    };
    let before = sums(&desk.get("/v1/balance", &[]).await.body);
    assert_eq!(before, (1000 - 59 - 1000 - 1500, 941 - 400 + 941));
    desk.sandbox.advance(3 * 86_400);
    let after = sums(&desk.get("/v1/balance", &[]).await.body);
    assert_eq!(after, (amounts(&rows.body), 0));
    assert_eq!(
        desk.event("balance.available").await["data"]["object"]["object"],
        "balance"
    );
}

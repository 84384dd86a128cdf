//! What is sent: paths, headers, encoding, pages.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use stripe::client::ConfigError;
use stripe::objects::{Expandable, Price};
use stripe::{API_VERSION, Client, Error, Event, IdempotencyKey};

use crate::script::{SECRET_KEY, Server, answer, config, key};

#[tokio::test]
async fn a_write_carries_version_key_and_nested_form() {
    let server = Server::start(vec![answer(200, r#"{"id":"cs_1","object":"checkout.session"}"#)]).await;
    let parameters = json!({
        "mode": "payment",
        "line_items": [{"price": "price_1", "quantity": 2}, {"price_data": {"unit_amount": 500}, "quantity": 1}],
        "metadata": {"paydesk_purchase": "pur_1", "note": "50% & more=ü"},
        "success_url": "https://shop.example/ok?session_id={CHECKOUT_SESSION_ID}",
        "allow_promotion_codes": true,
        "customer_email": null,
        "expand": [],
    });
    let session = server
        .client()
        .create_checkout_session(&parameters, &key("pur_1"))
        .await
        .unwrap();
    assert_eq!(session.id, "cs_1");
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /v1/checkout/sessions");
    assert_eq!(seen.header("stripe-version"), Some(API_VERSION));
    assert_eq!(seen.header("authorization"), Some(&*format!("Bearer {SECRET_KEY}")));
    assert_eq!(seen.header("idempotency-key"), Some("pur_1"));
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.header("stripe-account"), None);
    let expected = "mode=payment&line_items%5B0%5D%5Bprice%5D=price_1&line_items%5B0%5D%5Bquantity%5D=2\
        &line_items%5B1%5D%5Bprice_data%5D%5Bunit_amount%5D=500&line_items%5B1%5D%5Bquantity%5D=1\
        &metadata%5Bpaydesk_purchase%5D=pur_1&metadata%5Bnote%5D=50%25%20%26%20more%3D%C3%BC\
        &success_url=https%3A%2F%2Fshop.example%2Fok%3Fsession_id%3D%7BCHECKOUT_SESSION_ID%7D\
        &allow_promotion_codes=true&customer_email=";
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn a_read_carries_its_parameters_in_the_query_and_no_key() {
    let intent = r#"{"id":"pi_1","object":"payment_intent","amount":1,"currency":"usd",
        "latest_charge":{"id":"ch_1","object":"charge","amount":1,"amount_refunded":0,"currency":"usd"}}"#;
    let server = Server::start(vec![answer(200, intent)]).await;
    let client = server
        .client_with(|config| config.api_version = "2025-09-30.clover".to_owned())
        .on_account("acct_1");
    let expand = ["latest_charge.balance_transaction", "customer"];
    let payment = client.retrieve_payment_intent("pi_1", &expand).await.unwrap();
    assert_eq!(payment.charge(), Some("ch_1"));
    assert!(payment.latest_charge.as_ref().and_then(Expandable::object).is_some());
    let seen = &server.seen()[0];
    let query = "expand%5B0%5D=latest_charge.balance_transaction&expand%5B1%5D=customer";
    assert_eq!(seen.line, format!("GET /v1/payment_intents/pi_1?{query}"));
    assert_eq!(seen.header("stripe-version"), Some("2025-09-30.clover"));
    assert_eq!(seen.header("stripe-account"), Some("acct_1"));
    assert_eq!(seen.header("idempotency-key"), None);
    assert_eq!(seen.body, "");
}

#[tokio::test]
async fn an_id_from_outside_stays_one_segment_of_the_path() {
    let server = Server::start(vec![answer(404, "{}")]).await;
    let client = server.client();
    for (id, segment) in [
        ("../refunds", "..%2Frefunds"),
        ("cus_1?expand[]=x", "cus_1%3Fexpand%5B%5D%3Dx"),
        ("cus_1#", "cus_1%23"),
        ("a b\r\nc", "a%20b%0D%0Ac"),
        ("..", "%252E%252E"),
        (".", "%252E"),
    ] {
        drop(client.retrieve_customer(id, &[]).await);
        assert_eq!(
            server.seen().last().unwrap().line,
            format!("GET /v1/customers/{segment}")
        );
    }
}

#[tokio::test]
async fn every_operation_reaches_its_path() {
    let everything = json!({
        "id": "x_1", "amount": 1, "fee": 0, "net": 1, "amount_refunded": 0, "currency": "usd", "has_more": false,
        "type": "a.b", "created": 1, "livemode": false, "data": {"object": {}}
    });
    let server = Server::start(vec![answer(200, everything.to_string())]).await;
    let (client, key, none) = (server.client(), key("k"), Value::Null);
    client.create_customer(&none, &key).await.unwrap();
    client.update_customer("x", &none, &key).await.unwrap();
    client.retrieve_customer("x", &[]).await.unwrap();
    client.create_product(&none, &key).await.unwrap();
    client.update_product("x", &none, &key).await.unwrap();
    client.retrieve_product("x", &[]).await.unwrap();
    client.create_price(&none, &key).await.unwrap();
    client.update_price("x", &none, &key).await.unwrap();
    client.retrieve_price("x", &[]).await.unwrap();
    client.create_checkout_session(&none, &key).await.unwrap();
    client.retrieve_checkout_session("x", &[]).await.unwrap();
    client.expire_checkout_session("x", &none, &key).await.unwrap();
    client.create_payment_intent(&none, &key).await.unwrap();
    client.retrieve_payment_intent("x", &[]).await.unwrap();
    client.cancel_payment_intent("x", &none, &key).await.unwrap();
    client.create_setup_intent(&none, &key).await.unwrap();
    client.retrieve_setup_intent("x", &[]).await.unwrap();
    client.cancel_setup_intent("x", &none, &key).await.unwrap();
    client.retrieve_payment_method("x", &[]).await.unwrap();
    client.attach_payment_method("x", &none, &key).await.unwrap();
    client.detach_payment_method("x", &none, &key).await.unwrap();
    client.set_default_payment_method("x", "pm_1", &key).await.unwrap();
    client.retrieve_charge("x", &[]).await.unwrap();
    client.retrieve_dispute("x", &[]).await.unwrap();
    client.retrieve_early_fraud_warning("x", &[]).await.unwrap();
    client.create_refund(&none, &key).await.unwrap();
    client.retrieve_refund("x", &[]).await.unwrap();
    client.retrieve_balance_transaction("x", &[]).await.unwrap();
    client.retrieve_event("x", &[]).await.unwrap();
    client.create_webhook_endpoint(&none, &key).await.unwrap();
    client.update_webhook_endpoint("x", &none, &key).await.unwrap();
    client.delete_webhook_endpoint("x").await.unwrap();
    client.retrieve_account().await.unwrap();
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    let expected = "POST /v1/customers|POST /v1/customers/x|GET /v1/customers/x|POST /v1/products|POST /v1/products/x|\
        GET /v1/products/x|POST /v1/prices|POST /v1/prices/x|GET /v1/prices/x|POST /v1/checkout/sessions|\
        GET /v1/checkout/sessions/x|POST /v1/checkout/sessions/x/expire|POST /v1/payment_intents|\
        GET /v1/payment_intents/x|POST /v1/payment_intents/x/cancel|POST /v1/setup_intents|GET /v1/setup_intents/x|\
        POST /v1/setup_intents/x/cancel|GET /v1/payment_methods/x|POST /v1/payment_methods/x/attach|\
        POST /v1/payment_methods/x/detach|POST /v1/customers/x|GET /v1/charges/x|GET /v1/disputes/x|\
        GET /v1/radar/early_fraud_warnings/x|POST /v1/refunds|GET /v1/refunds/x|GET /v1/balance_transactions/x|GET /v1/events/x|POST /v1/webhook_endpoints|\
        POST /v1/webhook_endpoints/x|DELETE /v1/webhook_endpoints/x|GET /v1/account";
    assert_eq!(lines.join("|"), expected);
    let without_key = |line: &str| !line.starts_with("POST");
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.header("idempotency-key").is_none() == without_key(&seen.line))
    );
    let default = "invoice_settings%5Bdefault_payment_method%5D=pm_1";
    assert!(server.seen().iter().any(|seen| seen.body == default));
}

#[tokio::test]
async fn every_list_reaches_its_path() {
    let list = json!({"data": [], "has_more": false});
    let lists = Server::start(vec![answer(200, list.to_string())]).await;
    let client = lists.client();
    client
        .list::<Event>(&json!({"created": {"gte": 5}, "types": ["a.b", "c.d"]}))
        .await
        .unwrap();
    client
        .list_prices_by_lookup_key(&["pack_100", "pack_500"])
        .await
        .unwrap();
    client.list_line_items("cs_1", &json!({"limit": 100})).await.unwrap();
    client
        .list_payment_methods("cus_1", &json!({"type": "card"}))
        .await
        .unwrap();
    client.list_refunds_of_payment("pi_1").await.unwrap();
    client.list_disputes_of_payment("pi_1").await.unwrap();
    client.list_early_fraud_warnings_of_payment("pi_1").await.unwrap();
    client.payments_of_customer("cus_1", 5, 1).next().await.unwrap();
    let lines: Vec<String> = lists.seen().into_iter().map(|seen| seen.line).collect();
    let expected = [
        "GET /v1/events?created%5Bgte%5D=5&types%5B0%5D=a.b&types%5B1%5D=c.d",
        "GET /v1/prices?lookup_keys%5B0%5D=pack_100&lookup_keys%5B1%5D=pack_500&limit=100",
        "GET /v1/checkout/sessions/cs_1/line_items?limit=100",
        "GET /v1/customers/cus_1/payment_methods?type=card",
        "GET /v1/refunds?payment_intent=pi_1&limit=100",
        "GET /v1/disputes?payment_intent=pi_1&limit=100",
        "GET /v1/radar/early_fraud_warnings?payment_intent=pi_1&limit=100",
        "GET /v1/payment_intents?customer=cus_1&created%5Bgte%5D=5&limit=100",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_payment_of_unknown_outcome_is_found_by_our_own_value_and_absence_is_told_from_a_bound() {
    let payment =
        |id: &str, order: &str| json!({"id": id, "amount": 1, "currency": "usd", "metadata": {"order": order}});
    let first = json!({"data": [payment("pi_3", "c"), payment("pi_2", "b")], "has_more": true});
    let last = json!({"data": [payment("pi_1", "a")], "has_more": false});
    let script = vec![answer(200, first.to_string()), answer(200, last.to_string())];
    for (order, pages_max, found, complete) in [
        ("a", 5, Some("pi_1"), true),
        ("b", 5, Some("pi_2"), true),
        ("d", 5, None, true),
        ("a", 1, None, false),
    ] {
        let server = Server::start(script.clone()).await;
        let (payments, all) = server
            .client()
            .find_payments_by_metadata("cus_1", ("order", order), 5, pages_max)
            .await
            .unwrap();
        let ids: Vec<&str> = payments.iter().map(|payment| payment.id.as_str()).collect();
        assert_eq!((ids, all), (Vec::from_iter(found), complete), "{order}");
    }
}

fn page(ids: &[&str], has_more: bool) -> String {
    let prices: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "object": "price", "currency": "usd"}))
        .collect();
    json!({"object": "list", "data": prices, "has_more": has_more}).to_string()
}

#[tokio::test]
async fn pages_follow_the_last_id_up_to_the_bound() {
    let script = vec![
        answer(200, page(&["p1", "p2"], true)),
        answer(200, page(&["p3"], false)),
    ];
    let server = Server::start(script.clone()).await;
    let (prices, complete) = server
        .client()
        .pages::<Price>(&json!({"active": true}), 10)
        .collect()
        .await
        .unwrap();
    let ids: Vec<&str> = prices.iter().map(|price| price.id.as_str()).collect();
    assert_eq!((ids, complete), (vec!["p1", "p2", "p3"], true));
    let lines: Vec<String> = server.seen().into_iter().map(|seen| seen.line).collect();
    let expected = [
        "GET /v1/prices?active=true&limit=100",
        "GET /v1/prices?active=true&limit=100&starting_after=p2",
    ];
    assert_eq!(lines, expected);

    let server = Server::start(script).await;
    let (prices, complete) = server
        .client()
        .pages::<Price>(&json!({"limit": 2}), 1)
        .collect()
        .await
        .unwrap();
    assert_eq!((prices.len(), complete), (2, false));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_list_that_cannot_go_on_is_no_endless_loop() {
    let server = Server::start(vec![answer(200, page(&[], true))]).await;
    let error = server
        .client()
        .pages::<Price>(&Value::Null, 1000)
        .collect()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn the_secret_of_a_new_endpoint_is_handed_over_and_not_printed() {
    let server = Server::start(vec![answer(200, r#"{"id":"we_1","secret":"whsec_hidden"}"#)]).await;
    let endpoint = server
        .client()
        .create_webhook_endpoint(&Value::Null, &key("k"))
        .await
        .unwrap();
    assert_eq!(
        endpoint.secret.as_ref().map(ExposeSecret::expose_secret),
        Some("whsec_hidden")
    );
    assert!(!format!("{endpoint:?}").contains("hidden"));
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let refused = |url: &str| Client::new(config(url), Arc::new(|| 0)).map(|_| ());
    for url in [
        "",
        "stripe",
        "ftp://x",
        "http://x/?a=b",
        "https://x/#y",
        "file:///etc/passwd",
    ] {
        assert!(matches!(refused(url), Err(ConfigError::BaseUrl(_))), "{url}");
    }
    for secret in ["", "sk_test\n", "sk test", "schlüssel"] {
        let mut config = config("http://127.0.0.1:1");
        config.secret_key = SecretString::from(secret);
        let error = Client::new(config, Arc::new(|| 0)).map(|_| ()).unwrap_err();
        assert_eq!(error, ConfigError::Header("secret key"));
    }
    for text in ["", "a b", "ä", "a\n", &"k".repeat(256)] {
        assert!(IdempotencyKey::new(text).is_err(), "{text:?}");
    }
    assert_eq!(key("pur_1").as_str(), "pur_1");
}

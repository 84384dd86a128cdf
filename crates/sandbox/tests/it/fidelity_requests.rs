//! The fidelity list up to line 7: the listener, keys, forms, headers, versions, idempotency, errors.

use axum::http::Method;
use base64::Engine;
use sandbox::{API_VERSION, Config, DEFAULT_SECRET_KEY, Sandbox};
use serde_json::{Value, json};

use crate::desk::Desk;

#[tokio::test]
async fn line_01_the_api_is_at_the_root_of_a_listener_of_its_own() {
    let sandbox = Sandbox::new(Config::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            sandbox
                .serve(listener, async {
                    stopped.await.unwrap();
                })
                .await;
        })
    };
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{address}/v1/balance");
    let answer = client.get(&url).bearer_auth(DEFAULT_SECRET_KEY).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let session = client
        .post(format!("http://{address}/v1/checkout/sessions"))
        .bearer_auth(DEFAULT_SECRET_KEY)
        .body(
            "mode=payment&success_url=https://x.example&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd\
             &line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=A",
        )
        .send()
        .await
        .unwrap();
    let session: Value = serde_json::from_str(&session.text().await.unwrap()).unwrap();
    let page = session["url"].as_str().unwrap();
    assert!(page.starts_with(&format!("http://{address}/c/pay/cs_test_")), "{page}");
    assert_eq!(client.get(page).send().await.unwrap().status(), 200);
    stop.send(()).unwrap();
    served.await.unwrap();
}

#[tokio::test]
async fn line_02_bearer_and_basic_keys_of_test_form_and_at_least_twelve_characters() {
    let desk = Desk::new();
    let basic = |key: &str| {
        format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(format!("{key}:"))
        )
    };
    for (header, status) in [
        (format!("Bearer {DEFAULT_SECRET_KEY}"), 200),
        (basic("sk_test_123456789"), 200),
        (basic("rk_test_123456789"), 200),
        ("Bearer sk_test_123".to_owned(), 401),
        ("Bearer sk_live_123456789012".to_owned(), 401),
        ("Bearer nonsense_123456789".to_owned(), 401),
        ("Digest abc".to_owned(), 401),
        ("Basic !!!".to_owned(), 401),
        (format!("Bearer {}", sandbox::DEFAULT_PUBLISHABLE_KEY), 403),
    ] {
        let reply = desk
            .send(
                Method::GET,
                "/v1/customers",
                &[("authorization", &header)],
                String::new(),
            )
            .await;
        assert_eq!(reply.status, status, "{header}: {}", reply.text);
        if status == 401 {
            assert_eq!(reply.error("type"), "invalid_request_error");
            assert!(!reply.text.contains("sk_live_123456789012"), "a key must not be shown");
        }
    }
    let reply = desk.send(Method::GET, "/v1/customers", &[], String::new()).await;
    assert_eq!(reply.status, 401);
    let strict = Desk::with(Config {
        only_this_key: true,
        ..Config::default()
    });
    let reply = strict
        .send(
            Method::GET,
            "/v1/customers",
            &[("authorization", "Bearer sk_test_123456789")],
            String::new(),
        )
        .await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn line_03_forms_and_the_refusal_of_bad_parameters() {
    let desk = Desk::new();
    for name in ["enabled_events[]", "enabled_events[0]"] {
        let made = desk
            .post(
                "/v1/webhook_endpoints",
                &[("url", "https://x.example/hook"), (name, "charge.failed")],
            )
            .await;
        assert_eq!(made.body["enabled_events"], json!(["charge.failed"]));
    }
    let customer = desk
        .make(
            "/v1/customers",
            &[("email", "a@b.example"), ("metadata[k]", "v"), ("metadata[l]", "w")],
        )
        .await;
    let path = format!("/v1/customers/{customer}");
    let unset = desk.post(&path, &[("email", ""), ("metadata[k]", "")]).await;
    assert_eq!(unset.body["email"], Value::Null);
    assert_eq!(unset.body["metadata"], json!({ "l": "w" }));
    let cleared = desk.post(&path, &[("metadata", "")]).await;
    assert_eq!(cleared.body["metadata"], json!({}));
    let price =
        |more: &[(&'static str, &'static str)]| [&[("currency", "usd"), ("product_data[name]", "A")], more].concat();
    for (path, form, code, param) in [
        (
            "/v1/customers",
            vec![("emial", "a@b.example")],
            "parameter_unknown",
            "emial",
        ),
        (
            "/v1/customers",
            vec![("shipping[name]", "A")],
            "parameter_missing",
            "shipping[address]",
        ),
        (
            "/v1/customers",
            vec![("shipping[nam]", "A")],
            "parameter_unknown",
            "shipping[nam]",
        ),
        (
            "/v1/customers",
            vec![("balance", "ten")],
            "parameter_invalid_integer",
            "balance",
        ),
        (
            "/v1/customers",
            vec![("source", "")],
            "parameter_invalid_empty",
            "source",
        ),
        (
            "/v1/products",
            vec![("name", "A"), ("active", "yes")],
            "parameter_invalid_boolean",
            "active",
        ),
        ("/v1/products", vec![], "parameter_missing", "name"),
        ("/v1/products", vec![("name", "")], "parameter_invalid_empty", "name"),
        (
            "/v1/prices",
            price(&[("unit_amount", "-1")]),
            "parameter_invalid_integer",
            "unit_amount",
        ),
        (
            "/v1/prices",
            price(&[("unit_amount", "1.5")]),
            "parameter_invalid_integer",
            "unit_amount",
        ),
        (
            "/v1/prices",
            price(&[("unit_amount_decimal", "x")]),
            "parameter_invalid_decimal",
            "unit_amount_decimal",
        ),
        (
            "/v1/prices",
            price(&[("lookup_key[a]", "x")]),
            "parameter_invalid_string",
            "lookup_key",
        ),
        (
            "/v1/customers",
            vec![("metadata", "x")],
            "parameter_invalid_object",
            "metadata",
        ),
        (
            "/v1/customers",
            vec![("preferred_locales", "en")],
            "parameter_invalid_array",
            "preferred_locales",
        ),
        (
            "/v1/customers",
            vec![("payment_method", "pm_absent")],
            "resource_missing",
            "payment_method",
        ),
        (
            "/v1/payment_intents",
            vec![("amount", "1000")],
            "parameter_missing",
            "currency",
        ),
        (
            "/v1/checkout/sessions",
            vec![("line_items[0][prize]", "x")],
            "parameter_unknown",
            "line_items[0][prize]",
        ),
    ] {
        let reply = desk.post(path, &form).await;
        assert_eq!(
            (reply.status, reply.error("code"), reply.error("param")),
            (400, code, param),
            "{path} {form:?}: {}",
            reply.text
        );
        assert_eq!(reply.error("type"), "invalid_request_error");
    }
    let absent = desk.get("/v1/customers/cus_absent", &[]).await;
    assert_eq!(
        (absent.status, absent.error("code"), absent.error("param")),
        (404, "resource_missing", "id")
    );
    let absent = desk.get("/v1/payment_intents/pi_absent", &[]).await;
    assert_eq!((absent.status, absent.error("param")), (404, "intent"));
    assert_eq!(desk.get("/v1/nothing", &[]).await.status, 404);
    let by_query = desk.call(Method::POST, "/v1/customers?name=Ada", &[], &[]).await;
    assert_eq!(by_query.body["name"], "Ada");
}

#[tokio::test]
async fn line_04_headers_in_and_out() {
    let desk = Desk::new();
    let first = desk
        .call(
            Method::POST,
            "/v1/customers",
            &[],
            &[("idempotency-key", "k1"), ("stripe-version", API_VERSION)],
        )
        .await;
    assert!(first.header("request-id").starts_with("req_"));
    assert_eq!(first.header("stripe-version"), API_VERSION);
    assert_eq!(first.header("idempotency-key"), "k1");
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = desk
        .call(Method::POST, "/v1/customers", &[], &[("idempotency-key", "k1")])
        .await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_ne!(again.header("request-id"), first.header("request-id"));
    let refused = desk.post("/v1/customers", &[("x", "y")]).await;
    assert_eq!(refused.header("stripe-should-retry"), "false");
}

#[tokio::test]
async fn line_05_one_version_is_rendered_and_others_are_refused_loudly() {
    let desk = Desk::new();
    let at = |version: &'static str| {
        let desk = &desk;
        async move {
            desk.call(Method::GET, "/v1/balance", &[], &[("stripe-version", version)])
                .await
        }
    };
    assert_eq!(at("2026-10-28.endive").await.status, 200);
    assert_eq!(at("2026-03-25.dahlia").await.status, 200);
    for version in ["2024-06-20", "2020-08-27", "2027-01-01.fennel", "x"] {
        let reply = at(version).await;
        assert_eq!(reply.status, 400);
        assert!(reply.error("message").contains(version) && reply.error("message").contains(API_VERSION));
    }
    let form: &[(&str, &str)] = &[
        ("amount", "1000"),
        ("currency", "usd"),
        ("payment_method_types[]", "card"),
    ];
    assert_eq!(
        desk.post("/v1/payment_intents", form).await.status,
        200,
        "without a version, as Stripe's CLI sends it"
    );
    let older = desk
        .call(
            Method::POST,
            "/v1/payment_intents",
            form,
            &[("stripe-version", "2026-08-26.dahlia")],
        )
        .await;
    assert_eq!(older.body["payment_method_types"], json!(["card"]));
    let newest = desk
        .call(
            Method::POST,
            "/v1/payment_intents",
            form,
            &[("stripe-version", API_VERSION)],
        )
        .await;
    assert_eq!(
        (newest.status, newest.error("code")),
        (400, "payment_method_types_no_longer_supported")
    );
}

const DECLINED: &[(&str, &str)] = &[
    ("amount", "1000"),
    ("currency", "usd"),
    ("confirm", "true"),
    ("payment_method", "pm_card_chargeDeclined"),
];

#[tokio::test]
async fn line_06_idempotency_keys() {
    let desk = Desk::new();
    let keyed = |path: &'static str, form: &'static [(&'static str, &'static str)], key: &'static str| {
        let desk = &desk;
        async move { desk.call(Method::POST, path, form, &[("idempotency-key", key)]).await }
    };
    let first = keyed("/v1/customers", &[("name", "Ada")], "a").await;
    let again = keyed("/v1/customers", &[("name", "Ada")], "a").await;
    assert_eq!(first.text, again.text);
    let other = keyed("/v1/customers", &[("name", "Eve")], "a").await;
    assert_eq!((other.status, other.error("type")), (400, "idempotency_error"));
    let elsewhere = keyed("/v1/products", &[("name", "Ada")], "a").await;
    assert_eq!(elsewhere.error("type"), "idempotency_error");
    assert_eq!(
        desk.get("/v1/customers", &[]).await.body["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // A refusal before execution is not kept; a decline and an error during execution are.
    assert_eq!(keyed("/v1/products", &[], "b").await.status, 400);
    assert_eq!(keyed("/v1/products", &[("name", "A")], "b").await.status, 200);
    let declined = keyed("/v1/payment_intents", DECLINED, "c").await;
    assert_eq!(declined.status, 402);
    assert_eq!(keyed("/v1/payment_intents", DECLINED, "c").await.text, declined.text);
    desk.control("/faults", json!({ "kind": "fail", "count": 1 })).await;
    assert_eq!(keyed("/v1/customers", &[], "d").await.status, 500);
    let replayed = keyed("/v1/customers", &[], "d").await;
    assert_eq!((replayed.status, replayed.header("idempotent-replayed")), (500, "true"));
    // A key lives for a day.
    desk.sandbox.advance(24 * 3600);
    let later = keyed("/v1/customers", &[("name", "Eve")], "a").await;
    assert_eq!((later.status, later.header("idempotent-replayed")), (200, ""));
}

#[tokio::test]
async fn line_06_a_key_in_use_is_a_conflict() {
    let desk = Desk::new();
    desk.control("/faults", json!({ "kind": "latency", "ms": 300, "count": 1 }))
        .await;
    let key: &[(&str, &str)] = &[("idempotency-key", "k")];
    let slow = desk.call(Method::POST, "/v1/customers", &[], key);
    let quick = async {
        // The first is polled first and holds the key when the second comes.
        desk.call(Method::POST, "/v1/customers", &[], key).await
    };
    let (slow, quick) = tokio::join!(biased; slow, quick);
    assert_eq!(slow.status, 200);
    assert_eq!((quick.status, quick.error("code")), (409, "idempotency_key_in_use"));
    assert_eq!(quick.header("stripe-should-retry"), "true");
    assert_eq!(desk.call(Method::POST, "/v1/customers", &[], key).await.text, slow.text);
}

#[tokio::test]
async fn line_07_errors_have_stripes_form() {
    let desk = Desk::new();
    let form: &[(&str, &str)] = &[
        ("amount", "1000"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", "pm_card_chargeDeclined"),
    ];
    let reply = desk.post("/v1/payment_intents", form).await;
    assert_eq!(reply.status, 402);
    assert_eq!(reply.error("type"), "card_error");
    assert_eq!(reply.error("code"), "card_declined");
    assert_eq!(reply.error("decline_code"), "generic_decline");
    assert_eq!(
        reply.error("doc_url"),
        "https://stripe.com/docs/error-codes/card-declined"
    );
    assert!(reply.error("charge").starts_with("ch_"));
    assert!(reply.error("request_log_url").contains(reply.header("request-id")));
    let intent = &reply.body["error"]["payment_intent"];
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["last_payment_error"]["decline_code"], "generic_decline");
}

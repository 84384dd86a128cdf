//! The fidelity list, line by line.

use axum::http::Method;
use base64::Engine;
use sandbox::{API_VERSION, Config, DEFAULT_SECRET_KEY, Sandbox};
use serde_json::{Value, json};

use crate::desk::{Desk, Endpoint};

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

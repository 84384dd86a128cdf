//! What the server really answers, held against the document that promises it.

use paydesk::http::openapi;
use paydesk::top_ups;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::reversals::buy;
use crate::support::{ADMIN, TestApp};

/// What a value has that its schema does not allow, as paths with a reason.
fn strays(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap();
        return strays(document, target, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let fits = choices
            .iter()
            .any(|choice| strays(document, choice, value, at).is_empty());
        return if fits {
            vec![]
        } else {
            vec![format!("{at}: {value} is none of the choices")]
        };
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return vec![format!("{at}: {value} is not one of {words:?}")];
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(several) => several.contains(&json!(kind)),
        _ => true,
    };
    if !allowed {
        return vec![format!("{at}: {value} is not {}", schema["type"])];
    }
    let mut found = Vec::new();
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if value.get(name).is_none() {
            found.push(format!("{at}.{name}: missing"));
        }
    }
    if let (Some(properties), Some(members)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, member) in members {
            match properties.get(name) {
                Some(property) => found.extend(strays(document, property, member, &format!("{at}.{name}"))),
                None => found.push(format!("{at}.{name}: undocumented")),
            }
        }
    }
    for (index, member) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(strays(document, &schema["items"], member, &format!("{at}[{index}]")));
    }
    found
}

/// The schema of an operation's successful answer.
fn promised<'a>(document: &'a Value, method: &str, path: &str) -> &'a Value {
    let answers = document["paths"][path][method]["responses"].as_object().unwrap();
    let (_, success) = answers.iter().find(|(status, _)| status.starts_with('2')).unwrap();
    &success["content"]["application/json"]["schema"]
}

#[tokio::test]
async fn what_is_answered_is_what_the_document_promises() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (ada, document) = (test.user("ada"), openapi::document());
        let hold = |method: &str, path: &str, answer: &Value| {
            let found = strays(&document, promised(&document, method, path), answer, path);
            assert_eq!(found, Vec::<String>::new(), "{answer}");
        };
        let fields = json!({ "track_url": "https://music.example/one" });
        let wanted = json!({ "package_id": "track-review", "fields": fields });
        let draft = test.post(&ada, "/api/orders", &wanted).await.json();
        hold("post", "/api/orders", &draft);
        assert_eq!(draft["status"], "draft");

        let checkout = "/api/stripe/create-checkout-session";
        let started = test.checkout(&ada, &json!({ "order_id": draft["order_id"] })).await;
        hold("post", checkout, &started);
        let (order, purchase) = ("/api/orders/{order_id}", "/api/purchases/{purchase_id}");
        let order_path = format!("/api/orders/{}", draft["order_id"].as_str().unwrap());
        let purchase_path = format!("/api/purchases/{}", started["purchase_id"].as_str().unwrap());
        hold("get", order, &test.get(&ada, &order_path).await.json());
        hold("get", purchase, &test.get(&ada, &purchase_path).await.json());

        let session = started["id"].as_str().unwrap();
        test.steer(
            &format!("/checkout/{session}/pay"),
            &json!({ "card": "4242424242424242" }),
        )
        .await;
        test.settle().await;
        hold("get", order, &test.get(&ada, &order_path).await.json());
        hold("get", purchase, &test.get(&ada, &purchase_path).await.json());
        let assigned = json!({ "reviewer_id": "grace" });
        let done = json!({ "to": "delivered", "links": ["https://files.example/review.pdf"], "note": "Enjoy." });
        for (rest, wanted) in [
            ("/assignment", &assigned),
            ("/moves", &json!({ "to": "in_progress" })),
            ("/moves", &done),
        ] {
            let answered = test.post(ADMIN, &format!("{order_path}{rest}"), wanted).await;
            hold("post", &format!("{order}{rest}"), &answered.json());
        }
        let changes = test.get(ADMIN, &format!("{order_path}/changes")).await.json();
        hold("get", "/api/orders/{order_id}/changes", &changes);
        for path in ["/api/orders", "/api/purchases", "/api/stripe/products"] {
            hold("get", path, &test.get(&ada, path).await.json());
        }
        let events = test.get(ADMIN, "/api/events").await.json();
        hold("get", "/api/events", &events);
        let event = format!("/api/events/{}", events["data"][0]["id"].as_str().unwrap());
        hold("get", "/api/events/{id}", &test.get(ADMIN, &event).await.json());
        let wallet = test.get(&ada, "/api/financial/credits/ada").await.json();
        hold("get", "/api/financial/credits/{user_id}", &wallet);
        let (top_up, wanted) = (
            "/api/financial/credits/{user_id}/top-up",
            json!({ "low_balance_notice_below": 50, "below": 20, "item_id": "starter" }),
        );
        let path = "/api/financial/credits/ada/top-up";
        hold("get", top_up, &test.get(&ada, path).await.json());
        let changed = test.send(reqwest::Method::PUT, &ada, path, Some(&wanted), None).await;
        hold("put", top_up, &changed.json());
        let setup = test.post(&ada, &format!("{path}/setup"), &json!({})).await.json();
        hold("post", "/api/financial/credits/{user_id}/top-up/setup", &setup);
        top_ups::look(&test.app).await.unwrap();
        let notices = test.get(&ada, "/api/notices").await.json();
        assert_eq!(notices["data"][0]["kind"], "low_balance");
        hold("get", "/api/notices", &notices);
        let (bought, _) = buy(&test, 3).await;
        let requests = "/api/refund-requests";
        for what in ["decline", "approve"] {
            let wanted = json!({ "purchase_id": bought, "reason": "No." });
            let asked = test.post(&ada, requests, &wanted).await.json();
            hold("post", requests, &asked);
            let path = format!("{requests}/{}", asked["request_id"].as_str().unwrap());
            let body = if what == "decline" {
                json!({ "reason": "No." })
            } else {
                json!({})
            };
            let decided = test.post(ADMIN, &format!("{path}/{what}"), &body).await.json();
            hold("post", &format!("{requests}/{{request_id}}/{what}"), &decided);
            hold(
                "get",
                "/api/refund-requests/{request_id}",
                &test.get(&ada, &path).await.json(),
            );
        }
        hold("get", requests, &test.get(ADMIN, requests).await.json());
        for what in ["history", "explain"] {
            let told = test
                .get(&ada, &format!("/api/financial/credits/ada/{what}"))
                .await
                .json();
            hold("get", &format!("/api/financial/credits/{{user_id}}/{what}"), &told);
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_answered_of_subscriptions_is_what_the_document_promises() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (ada, document) = (test.user("ada"), openapi::document());
        let hold = |method: &str, path: &str, answer: &Value| {
            let found = strays(&document, promised(&document, method, path), answer, path);
            assert_eq!(found, Vec::<String>::new(), "{answer}");
        };
        let path = "/api/financial/credits/ada/top-up/setup";
        let page = test.post(&ada, path, &json!({})).await.json();
        let pay = format!("/checkout/{}/pay", page["id"].as_str().unwrap());
        test.steer(&pay, &json!({ "card": "4242424242424242" })).await;
        test.settle().await;

        let create = "/api/stripe/create-subscription";
        let begun = test
            .post(&ada, create, &json!({ "plan_id": "pro-monthly" }))
            .await
            .json();
        hold("post", create, &begun);
        test.settle().await;
        let id = begun["subscription"]["subscription_id"].as_str().unwrap();
        let plan = json!({ "plan_id": "label-monthly" });
        for (what, body) in [("change", &plan), ("resume", &json!({}))] {
            let done = test.post(&ada, &format!("/api/subscriptions/{id}/{what}"), body).await;
            hold("post", &format!("/api/subscriptions/{{id}}/{what}"), &done.json());
        }
        let invoices = "/api/subscriptions/{user_id}/invoices";
        let preview = "/api/subscriptions/{id}/change/preview";
        for (operation, path) in [
            (
                "/api/stripe/subscriptions/{id}",
                "/api/stripe/subscriptions/ada".to_owned(),
            ),
            (invoices, "/api/subscriptions/ada/invoices?limit=1".to_owned()),
            (
                preview,
                format!("/api/subscriptions/{id}/change/preview?plan_id=pro-monthly"),
            ),
            ("/api/stripe/customer-portal", "/api/stripe/customer-portal".to_owned()),
        ] {
            hold("get", operation, &test.get(&ada, &path).await.json());
        }
        let first = test.get(&ada, "/api/subscriptions/ada/invoices?limit=1").await.json();
        let next = format!(
            "/api/subscriptions/ada/invoices?after={}",
            first["next"].as_str().unwrap()
        );
        let rest = test.get(&ada, &next).await.json();
        assert_eq!(
            (rest["data"].as_array().unwrap().len(), &rest["next"]),
            (1, &Value::Null)
        );
        let path = format!("/api/stripe/subscriptions/{id}");
        let ended = test.send(reqwest::Method::DELETE, &ada, &path, None, None).await;
        hold("delete", "/api/stripe/subscriptions/{id}", &ended.json());
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_examples_of_the_document_work_when_they_are_copied() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (ada, document) = (test.user("ada"), openapi::document());
        for (token, path, operation, status) in [
            (ada.as_str(), "/api/orders", "/api/orders", 201),
            (&ada, "/checkout", "/checkout", 200),
            (
                &ada,
                "/api/stripe/create-checkout-session",
                "/api/stripe/create-checkout-session",
                200,
            ),
            (
                ADMIN,
                "/api/financial/credits/ada/add",
                "/api/financial/credits/{user_id}/add",
                200,
            ),
        ] {
            let schema = &document["paths"][operation]["post"]["requestBody"]["content"]["application/json"]["schema"];
            let schema = document
                .pointer(schema["$ref"].as_str().unwrap().trim_start_matches('#'))
                .unwrap();
            let of_fields = || {
                let fields = schema["properties"].as_object().unwrap();
                fields
                    .iter()
                    .map(|(name, field)| (name.clone(), field["example"].clone()))
                    .collect()
            };
            let body = schema.get("example").cloned().unwrap_or_else(of_fields);
            let answered = test.post(token, path, &body).await;
            assert_eq!(answered.status, status, "{path} {body}: {}", answered.json());
        }
        test.finish().await;
    })
    .await;
}

#[test]
fn every_status_has_words_of_its_own() {
    let document = openapi::document();
    let schemas = &document["components"]["schemas"];
    for (name, word) in [
        ("PurchaseStatus", "awaiting_funds"),
        ("OrderStatus", "draft"),
        ("EventStatus", "dead"),
        ("TopUpState", "needs_payment_method"),
        ("NoticeKind", "top_up_needs_buyer"),
    ] {
        let words = schemas[name]["enum"].as_array().unwrap();
        assert!(words.contains(&json!(word)), "{name}: {words:?}");
    }
}

//! What follows from a subscription for its user: a key, initial data, and what they may do; and what becomes of that when
//! access ends and when it comes back.

use paydesk::subscriptions;
use paydesk::tokens::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};

use crate::keys::{refusal, service, shown, verify};
use crate::support::{ADMIN, Answered, TestApp, all_at_once};

const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[plan]]
id = "pro"
name = "Pro"
tier = "pro"
interval = "month"
prices = { usd = 2900 }
features = ["export"]
limits = { projects = 20 }
access = { past_due = "none", paused = "none" }
keys = { on_activation = true, on_downgrade = "suspend" }

[[plan.seeds]]
name = "widget"
value = { theme = "dark", columns = 3 }

[[plan.seeds]]
name = "welcome"
value = "hello"

[free]
tier = "basic"
limits = { projects = 1 }
"#;

const DATA: &str = "/api/seeded-data/widget";

/// An application and a gateway of its own.
async fn begin(database: &TestDatabase, catalogue: &str) -> (TestApp, String) {
    let test = TestApp::begin_selling(database, catalogue).await;
    let gateway = service(&test, &[Scope::KeysVerify, Scope::EntitlementsRead]).await;
    (test, gateway)
}

/// A call at Stripe, as somebody makes it in the dashboard. Gives the object.
async fn at_stripe(test: &TestApp, method: Method, path: &str, form: &[(&str, &str)]) -> Value {
    let pairs = form.iter().map(|(name, value)| format!("{name}={value}"));
    let body = pairs
        .collect::<Vec<_>>()
        .join("&")
        .replace('[', "%5B")
        .replace(']', "%5D");
    let request = test
        .http
        .request(method, format!("{}{path}", test.sandbox_base))
        .bearer_auth(&test.sandbox.config().secret_key)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    let response = request.send().await.unwrap();
    let status = response.status();
    let said: Value = response.json().await.unwrap();
    assert!(status.is_success(), "{path}: {said}");
    said
}

/// A subscription of this user at Stripe, of which nothing has been told yet.
async fn subscribe(test: &TestApp, user: &str) -> String {
    let post = async |path: &str, form: &[(&str, &str)]| {
        let made = at_stripe(test, Method::POST, path, form).await;
        made["id"].as_str().unwrap().to_owned()
    };
    let customer = post("/v1/customers", &[("metadata[paydesk_user]", user)]).await;
    let path = "/v1/payment_methods/pm_card_visa/attach";
    let method = post(path, &[("customer", &customer)]).await;
    let prices = test.app.stripe.list_prices_by_lookup_key(&["paydesk_pro_usd"]).await;
    let price = prices.unwrap().data[0].id.clone();
    let form = [
        ("customer", customer.as_str()),
        ("default_payment_method", &method),
        ("items[0][price]", &price),
        ("metadata[paydesk_user]", user),
    ];
    post("/v1/subscriptions", &form).await
}

async fn change(test: &TestApp, subscription: &str, form: &[(&str, &str)]) {
    at_stripe(test, Method::POST, &format!("/v1/subscriptions/{subscription}"), form).await;
    bring(test).await;
}

async fn pause(test: &TestApp, subscription: &str) {
    change(test, subscription, &[("pause_collection[behavior]", "void")]).await;
}

async fn unpause(test: &TestApp, subscription: &str) {
    change(test, subscription, &[("pause_collection", "")]).await;
}

async fn end(test: &TestApp, subscription: &str) {
    at_stripe(test, Method::DELETE, &format!("/v1/subscriptions/{subscription}"), &[]).await;
    bring(test).await;
}

/// Lets everything that Stripe tells come in, and follow.
async fn bring(test: &TestApp) {
    test.settle().await;
    while subscriptions::work(&test.app).await.unwrap() > 0 {}
}

async fn entitlements(test: &TestApp, token: &str, user: &str) -> Value {
    let read = test.get(token, &format!("/api/entitlements/{user}")).await;
    assert_eq!(read.status, 200, "{}", read.json());
    read.json()
}

/// The ids and states of a user's keys, newest first.
async fn keys(test: &TestApp, user: &str) -> Vec<(String, String)> {
    let listed = test.get(&test.user(user), "/api/keys").await.json();
    let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
    let listed = listed["data"].as_array().unwrap().iter();
    listed.map(|key| (text(key, "key_id"), text(key, "status"))).collect()
}

/// The states of a user's keys, in the order of their words.
async fn statuses(test: &TestApp, user: &str) -> Vec<String> {
    let mut statuses: Vec<String> = keys(test, user).await.into_iter().map(|(_, status)| status).collect();
    statuses.sort();
    statuses
}

/// Takes an issued key into use.
async fn reveal(test: &TestApp, user: &str, key_id: &str) -> String {
    let path = format!("/api/keys/{key_id}/reveal");
    shown(&test.post(&test.user(user), &path, &json!({})).await).1
}

/// Writes data as a user who has seen this version.
async fn write(test: &TestApp, user: &str, etag: Option<&str>, value: &Value) -> Answered {
    let mut request = test
        .http
        .put(format!("{}{DATA}", test.base))
        .bearer_auth(test.user(user))
        .json(&json!({ "value": value }));
    if let Some(etag) = etag {
        request = request.header("if-match", etag);
    }
    let response = request.send().await.unwrap();
    Answered {
        status: response.status().as_u16(),
        replayed: false,
        bytes: response.bytes().await.unwrap().to_vec(),
    }
}

#[tokio::test]
async fn a_subscription_issues_one_key_and_seeds_once_whatever_repeats_and_whoever_races() {
    for_each_engine(async |database| {
        let (test, gateway) = begin(database, CATALOGUE).await;
        let subscription = subscribe(&test, "ada").await;
        let other = test.selling(CATALOGUE).await;
        let nodes = (0..10).map(|at| if at % 2 == 0 { &test.app } else { &other });
        for read in all_at_once(nodes.map(|app| subscriptions::refresh(app, &subscription))).await {
            // On several nodes one may be told to try again; what matters is what is there in the end.
            drop(read);
        }
        bring(&test).await;
        let issued = keys(&test, "ada").await;
        let [(key_id, status)] = &issued[..] else {
            panic!("{issued:?}")
        };
        assert_eq!(status, "unrevealed");
        let read = test.get(&test.user("ada"), &format!("/api/keys/{key_id}")).await.json();
        assert_eq!(
            (&read["name"], &read["subscription_id"]),
            (&json!("Pro"), &json!(subscription))
        );
        let secret = reveal(&test, "ada", key_id).await;
        let again = test
            .post(&test.user("ada"), &format!("/api/keys/{key_id}/reveal"), &json!({}))
            .await;
        assert_eq!(again.json()["code"], "secret_already_shown");
        let said = verify(&test, &gateway, &secret).await;
        assert_eq!(said["entitlements"], entitlements(&test, &gateway, "ada").await);
        assert_eq!(
            (&said["entitlements"]["tier"], &said["entitlements"]["features"]),
            (&json!("pro"), &json!(["export"]))
        );

        let listed = test.get(&test.user("ada"), "/api/seeded-data").await.json();
        let listed: Vec<_> = listed["data"].as_array().unwrap().iter().collect();
        let seeded: Vec<_> = listed.iter().map(|one| (&one["name"], &one["value"])).collect();
        assert_eq!(
            seeded,
            [
                (&json!("welcome"), &json!("hello")),
                (&json!("widget"), &json!({ "theme": "dark", "columns": 3 })),
            ]
        );
        assert_eq!(
            write(&test, "ada", Some("\"1\""), &json!({ "theme": "light" }))
                .await
                .status,
            200
        );
        for round in 0..10 {
            let round = round.to_string();
            change(&test, &subscription, &[("metadata[round]", &round)]).await;
        }
        pause(&test, &subscription).await;
        unpause(&test, &subscription).await;
        assert_eq!(keys(&test, "ada").await, [(key_id.clone(), "active".to_owned())]);
        let data = test.get(&test.user("ada"), DATA).await.json();
        assert_eq!(
            (&data["value"], &data["etag"]),
            (&json!({ "theme": "light" }), &json!("\"2\""))
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn keys_are_suspended_with_their_plan_and_restored_with_it_but_never_unrevoked() {
    for_each_engine(async |database| {
        let (test, gateway) = begin(database, CATALOGUE).await;
        let wanted = json!({ "name": "own" });
        let refused = test.post(&test.user("ada"), "/api/keys", &wanted).await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (403, &json!("keys_not_included"))
        );
        let first = subscribe(&test, "ada").await;
        bring(&test).await;
        let issued_id = keys(&test, "ada").await[0].0.clone();
        let issued = reveal(&test, "ada", &issued_id).await;
        let (_, own) = shown(&test.post(&test.user("ada"), "/api/keys", &wanted).await);
        let (gone_id, gone) = shown(&test.post(&test.user("ada"), "/api/keys", &wanted).await);
        test.post(&test.user("ada"), &format!("/api/keys/{gone_id}/revoke"), &json!({}))
            .await;
        let refusals = async || {
            let mut refusals = Vec::new();
            for key in [&issued, &own, &gone] {
                refusals.push(refusal(&test, &gateway, key).await);
            }
            refusals
        };
        assert_eq!(refusals().await, ["", "", "revoked"]);
        pause(&test, &first).await;
        assert_eq!(refusals().await, ["suspended", "suspended", "revoked"]);
        assert_eq!(entitlements(&test, &gateway, "ada").await["tier"], "basic");
        let refused = test.post(&test.user("ada"), "/api/keys", &wanted).await;
        assert_eq!(refused.json()["code"], "keys_not_included");
        unpause(&test, &first).await;
        assert_eq!(refusals().await, ["", "", "revoked"]);
        end(&test, &first).await;
        assert_eq!(refusals().await, ["suspended", "suspended", "revoked"]);
        let rotated = test
            .post(&test.user("ada"), &format!("/api/keys/{issued_id}/rotate"), &json!({}))
            .await;
        assert_eq!(
            refusal(&test, &gateway, &shown(&rotated).1).await,
            "suspended",
            "a new secret changes nothing"
        );

        subscribe(&test, "ada").await;
        bring(&test).await;
        assert_eq!(refusals().await, ["", "", "revoked"]);
        assert_eq!(
            statuses(&test, "ada").await,
            ["active", "active", "revoked", "unrevealed"]
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn keys_that_are_to_be_revoked_wait_until_the_subscription_is_over() {
    for_each_engine(async |database| {
        let catalogue = CATALOGUE.replace("on_downgrade = \"suspend\"", "on_downgrade = \"revoke\"");
        let (test, _) = begin(database, &catalogue).await;
        let first = subscribe(&test, "ada").await;
        let keeps = subscribe(&test, "bob").await;
        bring(&test).await;
        pause(&test, &first).await;
        assert_eq!(statuses(&test, "ada").await, ["suspended"]);
        unpause(&test, &first).await;
        assert_eq!(statuses(&test, "ada").await, ["unrevealed"]);
        pause(&test, &first).await;
        end(&test, &first).await;
        assert_eq!(statuses(&test, "ada").await, ["revoked"]);
        end(&test, &keeps).await;
        assert_eq!(statuses(&test, "bob").await, ["revoked"]);
        subscribe(&test, "ada").await;
        bring(&test).await;
        assert_eq!(statuses(&test, "ada").await, ["revoked", "unrevealed"]);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn keys_that_are_kept_outlive_their_plan() {
    for_each_engine(async |database| {
        let catalogue = CATALOGUE.replace("on_downgrade = \"suspend\"", "on_downgrade = \"keep\"");
        let (test, gateway) = begin(database, &catalogue).await;
        let first = subscribe(&test, "ada").await;
        bring(&test).await;
        let secret = reveal(&test, "ada", &keys(&test, "ada").await[0].0).await;
        end(&test, &first).await;
        let said = verify(&test, &gateway, &secret).await;
        assert_eq!(
            (&said["valid"], &said["entitlements"]["tier"]),
            (&json!(true), &json!("basic"))
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_writers_who_saw_the_same_data_one_wins() {
    for_each_engine(async |database| {
        let (test, _) = begin(database, CATALOGUE).await;
        let subscription = subscribe(&test, "ada").await;
        bring(&test).await;
        let missing = write(&test, "ada", None, &json!(1)).await;
        assert_eq!(
            (missing.status, &missing.json()["code"]),
            (428, &json!("if_match_missing"))
        );
        let values: Vec<Value> = (0..16).map(Value::from).collect();
        let written = all_at_once(values.iter().map(|value| write(&test, "ada", Some("\"1\""), value))).await;
        let won: Vec<_> = written
            .iter()
            .filter(|one| one.status == 200)
            .map(Answered::json)
            .collect();
        assert_eq!(won.len(), 1);
        assert!(written.iter().all(|one| matches!(one.status, 200 | 412)), "{written:?}");
        let read = test.get(&test.user("ada"), DATA).await.json();
        assert_eq!((&read["value"], &read["etag"]), (&won[0]["value"], &json!("\"2\"")));

        // What is refused changes nothing, and nobody reaches the data of somebody else.
        let large = json!("x".repeat(64 * 1024));
        assert_eq!(write(&test, "ada", Some("\"2\""), &large).await.status, 422);
        for status in [
            test.get(&test.user("mallory"), DATA).await.status,
            test.get(&test.user("mallory"), &format!("{DATA}?user_id=ada"))
                .await
                .status,
            write(&test, "mallory", Some("\"2\""), &json!(1)).await.status,
        ] {
            assert_eq!(status, 404);
        }
        end(&test, &subscription).await;
        assert_eq!(
            test.get(&test.user("ada"), DATA).await.json(),
            read,
            "it outlives the subscription"
        );
        subscribe(&test, "ada").await;
        bring(&test).await;
        assert_eq!(
            test.get(&test.user("ada"), DATA).await.json(),
            read,
            "the next one does not write over it"
        );
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_user_may_do_is_told_as_it_is_now() {
    for_each_engine(async |database| {
        let (test, gateway) = begin(database, CATALOGUE).await;
        let nobody = entitlements(&test, &gateway, "nobody").await;
        assert_eq!(
            nobody,
            json!({
                "user_id": "nobody", "tier": "basic", "features": [], "limits": { "projects": 1 },
                "credits": { "balance": 0, "held": 0, "owed": 0, "frozen": false }, "subscriptions": [],
            })
        );
        let subscription = subscribe(&test, "ada").await;
        bring(&test).await;
        let body = json!({ "amount": 9, "reason": "gift" });
        assert_eq!(
            test.post(ADMIN, "/api/financial/credits/ada/add", &body).await.status,
            200
        );
        let ada = test.user("ada");
        let said = entitlements(&test, &ada, "ada").await;
        assert_eq!(
            (&said["tier"], &said["limits"], &said["credits"]["balance"]),
            (&json!("pro"), &json!({ "projects": 20 }), &json!(9))
        );
        let stands = &said["subscriptions"][0];
        assert_eq!(
            (
                &stands["group"],
                &stands["status"],
                &stands["access"],
                &stands["cancel_scheduled"]
            ),
            (&json!("main"), &json!("active"), &json!(true), &json!(false))
        );
        change(&test, &subscription, &[("cancel_at_period_end", "true")]).await;
        let said = entitlements(&test, &ada, "ada").await;
        let stands = &said["subscriptions"][0];
        assert_eq!(
            (&said["tier"], &stands["cancel_scheduled"]),
            (&json!("pro"), &json!(true))
        );
        assert!(
            stands["until"].is_string() && stands["until"] == stands["period_end"],
            "{stands}"
        );
        end(&test, &subscription).await;
        let said = entitlements(&test, &ada, "ada").await;
        assert_eq!(
            (&said["tier"], &said["subscriptions"][0]["access"]),
            (&json!("basic"), &json!(false))
        );
        assert_eq!(
            test.get(&test.user("mallory"), "/api/entitlements/ada").await.status,
            404
        );
        let other = service(&test, &[Scope::CreditsRead]).await;
        assert_eq!(test.get(&other, "/api/entitlements/ada").await.status, 403);
        test.finish().await;
    })
    .await;
}

//! Endpoints: who may register them, their secrets, what ends them, and sending to them again.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paydesk::tokens::{self, Scope};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use super::receiver::{Came, Receiver};
use super::{PATH, deliveries, path_of, register, send_all, tell};
use crate::support::{ADMIN, TestApp};

/// Whether one of its signatures was made with this secret.
fn is_signed_with(came: &Came, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let signed = hmac::sign(&key, format!("{}.{}.{}", came.id, came.timestamp, came.body).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(signed.as_ref()));
    came.signature.split(' ').any(|signature| signature == expected)
}

async fn read(test: &TestApp, endpoint: &Value) -> Value {
    test.get(ADMIN, &path_of(endpoint)).await.json()
}

#[tokio::test]
async fn a_secret_is_shown_once_and_never_again() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(200).await;
        let endpoint = register(&test, &receiver.url, &[]).await;
        let secret = endpoint["secret"].as_str().unwrap().to_owned();
        tell(&test, "one", 1).await;
        send_all(&test).await;
        assert!(is_signed_with(&receiver.came()[0], &secret));
        let path = path_of(&endpoint);
        let enabled = test.post(ADMIN, &format!("{path}/enable"), &json!({})).await;
        let first = test.get(ADMIN, &format!("{path}/deliveries")).await;
        let delivery = format!("{path}/deliveries/{}", first.json()["data"][0]["delivery_id"]);
        for said in [
            enabled,
            first,
            test.get(ADMIN, PATH).await,
            test.get(ADMIN, &path).await,
            test.get(ADMIN, &delivery).await,
        ] {
            assert_eq!(said.status, 200);
            assert!(!said.json().to_string().contains("whsec_"), "{}", said.json());
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn only_the_operator_and_services_with_the_scope_have_to_do_with_endpoints() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(200).await;
        let app = &test.app;
        let token = async |scope: Scope| {
            let created = tokens::create(&app.store, &app.clock, &app.ids, "t", [scope].into_iter().collect());
            created.await.unwrap().secret.expose_secret().to_owned()
        };
        let wanted = json!({ "url": receiver.url });
        for (token, status) in [
            (test.user("ada"), 403),
            (token(Scope::OrdersWrite).await, 403),
            (token(Scope::WebhooksWrite).await, 201),
        ] {
            let said = test.post(&token, PATH, &wanted).await;
            assert_eq!(said.status, status, "{}", said.json());
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn both_secrets_sign_while_one_is_rotated() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(200).await;
        let endpoint = register(&test, &receiver.url, &[]).await;
        let rotate = format!("{}/rotate", path_of(&endpoint));
        let rotated = test
            .post(ADMIN, &rotate, &json!({ "overlap_seconds": 3600 }))
            .await
            .json();
        let (old, new) = (
            endpoint["secret"].as_str().unwrap(),
            rotated["secret"].as_str().unwrap(),
        );
        assert_ne!(old, new);
        let signed = async |prefix: &str| {
            tell(&test, prefix, 1).await;
            send_all(&test).await;
            let last = receiver.came().pop().unwrap();
            (is_signed_with(&last, old), is_signed_with(&last, new))
        };
        assert_eq!(signed("during").await, (true, true));
        test.app.clock.advance(Duration::from_secs(3_601));
        assert_eq!(signed("after").await, (false, true));
        for wrong in [-1, 604_801] {
            let said = test.post(ADMIN, &rotate, &json!({ "overlap_seconds": wrong })).await;
            assert_eq!((said.status, &said.json()["field"]), (422, &json!("overlap_seconds")));
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn gone_ends_an_endpoint_until_it_is_enabled() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(410).await;
        let endpoint = register(&test, &receiver.url, &[]).await;
        tell(&test, "one", 6).await;
        let attempts = send_all(&test).await;
        assert!(attempts <= 4, "a lane: {attempts}");
        let said = read(&test, &endpoint).await;
        assert_eq!(said["status"], "disabled");
        assert!(said["disabled_because"].as_str().unwrap().contains("410"), "{said}");
        // Nothing more is kept for it, and what was on its way waits.
        tell(&test, "two", 3).await;
        assert_eq!(send_all(&test).await, 0);
        receiver.answer(200);
        let enable = format!("{}/enable", path_of(&endpoint));
        assert_eq!(test.post(ADMIN, &enable, &json!({})).await.json()["status"], "enabled");
        assert_eq!(send_all(&test).await, 6 - attempts);
        tell(&test, "three", 1).await;
        assert_eq!(send_all(&test).await, 1);

        let removed = test.send(Method::DELETE, ADMIN, &path_of(&endpoint), None, None).await;
        assert_eq!(removed.status, 204);
        assert_eq!(test.get(ADMIN, &path_of(&endpoint)).await.status, 404);
        tell(&test, "four", 1).await;
        assert_eq!(send_all(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn five_days_of_only_failures_end_an_endpoint() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(500).await;
        let endpoint = register(&test, &receiver.url, &[]).await;
        for half_day in 0..10 {
            tell(&test, &format!("half-day-{half_day}"), 1).await;
            send_all(&test).await;
            test.app.clock.advance(Duration::from_hours(12));
            let said = read(&test, &endpoint).await;
            assert_eq!(said["status"], "enabled", "after {half_day} half days");
            assert!(said["failing_since"].is_string(), "{said}");
        }
        send_all(&test).await;
        let said = read(&test, &endpoint).await;
        assert_eq!(said["status"], "disabled", "{said}");
        // One that came through within them would have begun the count anew.
        receiver.answer(200);
        let enabled = test
            .post(ADMIN, &format!("{}/enable", path_of(&endpoint)), &json!({}))
            .await;
        assert_eq!(enabled.json()["failures"], 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_is_sent_again_after_it_was_counted() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(200).await;
        let endpoint = register(&test, &receiver.url, &[]).await;
        tell(&test, "early", 3).await;
        send_all(&test).await;
        test.app.clock.advance(Duration::from_secs(100));
        let noon = paydesk::clock::Moment(test.app.clock.now_us()).to_string();
        tell(&test, "late", 2).await;
        send_all(&test).await;
        let replay = format!("{}/replay", path_of(&endpoint));
        let one = receiver.came()[0].id.clone();
        for (selection, expected) in [
            (json!({ "message_id": one }), 1),
            (json!({ "from": noon }), 2),
            (json!({ "until": noon }), 3),
            (json!({ "status": "sent" }), 5),
            (json!({ "status": "failed" }), 0),
            (json!({ "message_id": "msg_of_nobody" }), 0),
        ] {
            let before = receiver.came().len();
            let mut counted = selection.clone();
            counted["dry_run"] = json!(true);
            let said = test.post(ADMIN, &replay, &counted).await.json();
            assert_eq!(said, json!({ "deliveries": expected, "dry_run": true }), "{selection}");
            assert_eq!(send_all(&test).await, 0, "it was only counted");
            let said = test.post(ADMIN, &replay, &selection).await.json();
            assert_eq!(said["deliveries"], expected, "{selection}");
            send_all(&test).await;
            assert_eq!(receiver.came().len() - before, expected, "{selection}");
        }
        assert_eq!(receiver.ids().len(), 5, "the same messages under the same ids");
        assert_eq!(deliveries(&test, &endpoint, "sent").await.len(), 5);
        for wrong in [
            json!({}),
            json!({ "dry_run": true }),
            json!({ "status": "pending" }),
            json!({ "message_id": "" }),
        ] {
            assert_eq!(test.post(ADMIN, &replay, &wrong).await.status, 422, "{wrong}");
        }
        let nobodys = format!("{PATH}/we_of_nobody/replay");
        assert_eq!(
            test.post(ADMIN, &nobodys, &json!({ "status": "sent" })).await.status,
            404
        );
        test.finish().await;
    })
    .await;
}

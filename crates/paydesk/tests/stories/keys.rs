//! API keys: shown once, verified by a hash, replaced with an overlap, revoked for good, and nobody else's.

use std::time::Duration;

use paydesk::tokens::{self, Scope};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};

use crate::support::{ADMIN, Answered, TestApp, all_at_once};

/// No plan has a say in keys, so whoever wants one makes one.
const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[credit_pack]]
id = "starter"
name = "Starter"
credits = 100
prices = { usd = 1000 }
"#;

/// A token of the application's back end with these scopes.
pub(crate) async fn service(test: &TestApp, scopes: &[Scope]) -> String {
    let app = &test.app;
    let scopes = scopes.iter().copied().collect();
    let created = tokens::create(&app.store, &app.clock, &app.ids, "gateway", scopes)
        .await
        .unwrap();
    created.secret.expose_secret().to_owned()
}

/// What the application's gateway is told of a key.
pub(crate) async fn verify(test: &TestApp, gateway: &str, key: &str) -> Value {
    let answered = test.post(gateway, "/api/keys/verify", &json!({ "key": key })).await;
    assert_eq!(answered.status, 200, "{}", answered.json());
    answered.json()
}

/// Why a key is not accepted; empty where it is.
pub(crate) async fn refusal(test: &TestApp, gateway: &str, key: &str) -> String {
    let said = verify(test, gateway, key).await;
    assert_eq!(said["valid"], json!(said["reason"].is_null()), "{said}");
    said["reason"].as_str().unwrap_or_default().to_owned()
}

/// The id and the secret of an answer that shows one.
pub(crate) fn shown(answered: &Answered) -> (String, String) {
    let said = answered.json();
    assert!((200..300).contains(&answered.status), "{said}");
    let text = |name: &str| said[name].as_str().unwrap().to_owned();
    (text("key_id"), text("secret"))
}

async fn make(test: &TestApp, user: &str) -> (String, String) {
    shown(
        &test
            .post(&test.user(user), "/api/keys", &json!({ "name": "server" }))
            .await,
    )
}

/// Everything that the store holds, as far as it can be read as bytes.
async fn kept(test: &TestApp, database: &TestDatabase) -> Vec<u8> {
    let mut bytes = test
        .app
        .store
        .read(|tx| {
            let mut bytes = Vec::new();
            for row in tx.all("select body from answer", &[])? {
                bytes.extend(row.blob(0)?);
            }
            for row in tx.all("select hash from api_key_secret", &[])? {
                bytes.extend(row.blob(0)?);
            }
            Ok::<_, store::Error>(bytes)
        })
        .await
        .unwrap();
    if let Some(path) = database.url().strip_prefix("sqlite:") {
        bytes.extend(std::fs::read(path).unwrap());
        bytes.extend(std::fs::read(format!("{path}-wal")).unwrap());
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_key_is_shown_once_and_what_is_kept_of_it_is_a_hash() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (ada, gateway) = (test.user("ada"), service(&test, &[Scope::KeysVerify]).await);
        let wanted = json!({ "name": "server" });
        let made = test.post_once(&ada, "/api/keys", &wanted, "one").await;
        assert_eq!(made.status, 201);
        let (key_id, secret) = shown(&made);
        let again = test.post_once(&ada, "/api/keys", &wanted, "one").await;
        assert_eq!((again.status, again.replayed), (409, true));
        assert_eq!(
            (&again.json()["code"], &again.json()["key_id"]),
            (&json!("secret_already_shown"), &json!(key_id))
        );
        let path = format!("/api/keys/{key_id}/reveal");
        assert_eq!(
            test.post(&ada, &path, &json!({})).await.json()["code"],
            "secret_already_shown"
        );

        let body = json!({ "amount": 7, "reason": "stock", "key_id": key_id });
        assert_eq!(
            test.post(ADMIN, "/api/financial/credits/ada/add", &body).await.status,
            200
        );
        let said = verify(&test, &gateway, &secret).await;
        assert_eq!(
            (&said["valid"], &said["key_id"], &said["user_id"]),
            (&json!(true), &json!(key_id), &json!("ada"))
        );
        assert_eq!(said["key_credits"]["balance"], 7);
        assert_eq!(
            (
                &said["entitlements"]["tier"],
                &said["entitlements"]["credits"]["balance"]
            ),
            (&json!("free"), &json!(0))
        );

        let listed = test.get(&ada, "/api/keys").await;
        assert_eq!(listed.json()["data"][0]["key_id"], json!(key_id));
        assert_eq!(
            listed.json()["data"].as_array().unwrap().len(),
            1,
            "a repeat makes no second key"
        );
        let read = test.get(&ada, &format!("/api/keys/{key_id}")).await;
        assert_eq!(read.json()["status"], "active");
        let (_, random) = secret.rsplit_once('_').unwrap();
        for answered in [listed, read] {
            assert!(!holds(&answered.bytes, random));
        }
        let kept = kept(&test, database).await;
        assert!(holds(&kept, "secret_already_shown") && !holds(&kept, random));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_replaced_secret_is_accepted_for_its_overlap_and_no_longer() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let gateway = service(&test, &[Scope::KeysVerify]).await;
        let (key_id, first) = make(&test, "ada").await;
        let rotate = async |body: Value| {
            test.post(&test.user("ada"), &format!("/api/keys/{key_id}/rotate"), &body)
                .await
        };
        let (_, second) = shown(&rotate(json!({ "overlap_seconds": 3600 })).await);
        assert_ne!(first, second);
        test.app.clock.advance(Duration::from_secs(3599));
        assert_eq!(
            (
                refusal(&test, &gateway, &first).await,
                refusal(&test, &gateway, &second).await
            ),
            Default::default()
        );
        test.app.clock.advance(Duration::from_secs(1));
        assert_eq!(refusal(&test, &gateway, &first).await, "expired");
        for seconds in [-1, 2_592_001] {
            assert_eq!(rotate(json!({ "overlap_seconds": seconds })).await.status, 422);
        }
        assert_eq!(
            refusal(&test, &gateway, &second).await,
            "",
            "a refused request changed nothing"
        );

        // A day where nothing is said; a second rotation does not make it longer, and none makes it shorter but by 0.
        let (_, third) = shown(&rotate(json!({})).await);
        test.app.clock.advance(Duration::from_hours(1));
        let (_, fourth) = shown(&rotate(json!({})).await);
        test.app.clock.advance(Duration::from_hours(23));
        assert_eq!(refusal(&test, &gateway, &second).await, "expired");
        assert_eq!(
            (
                refusal(&test, &gateway, &third).await,
                refusal(&test, &gateway, &fourth).await
            ),
            Default::default()
        );
        let (_, fifth) = shown(&rotate(json!({ "overlap_seconds": 0 })).await);
        for ended in [&first, &second, &third, &fourth] {
            assert_eq!(refusal(&test, &gateway, ended).await, "expired");
        }
        assert_eq!(refusal(&test, &gateway, &fifth).await, "");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn requests_at_once_under_one_key_make_one_secret() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (ada, gateway) = (test.user("ada"), service(&test, &[Scope::KeysVerify]).await);
        let (key_id, _) = make(&test, "ada").await;
        let (path, body) = (format!("/api/keys/{key_id}/rotate"), json!({ "overlap_seconds": 0 }));
        let answers = all_at_once((0..8).map(|_| test.post_once(&ada, &path, &body, "same"))).await;
        let told: Vec<_> = answers.iter().filter(|one| one.status == 200).collect();
        assert_eq!(told.len(), 1);
        assert!(answers.iter().all(|one| matches!(one.status, 200 | 409)));
        assert_eq!(refusal(&test, &gateway, &shown(told[0]).1).await, "");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_stays_revoked() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (ada, gateway) = (test.user("ada"), service(&test, &[Scope::KeysVerify]).await);
        let (key_id, secret) = make(&test, "ada").await;
        let (other_id, other) = make(&test, "ada").await;
        let revoked = test.post(&ada, &format!("/api/keys/{key_id}/revoke"), &json!({})).await;
        assert_eq!((revoked.status, &revoked.json()["status"]), (200, &json!("revoked")));
        let said = verify(&test, &gateway, &secret).await;
        assert_eq!((&said["reason"], &said["user_id"]), (&json!("revoked"), &json!("ada")));
        assert!(said["entitlements"].is_null() && said["key_credits"].is_null());
        test.app.clock.advance(Duration::from_secs(1));
        for step in ["reveal", "rotate"] {
            let answered = test.post(&ada, &format!("/api/keys/{key_id}/{step}"), &json!({})).await;
            assert_eq!(answered.json()["code"], "key_revoked");
        }
        let again = test.post(&ada, &format!("/api/keys/{key_id}/revoke"), &json!({})).await;
        assert_eq!(again.bytes, revoked.bytes, "the time of a revocation stands");
        assert_eq!(refusal(&test, &gateway, &other).await, "", "the other key goes on");

        // The operator revokes any key; its secret they are not shown.
        for path in ["/api/keys".to_owned(), format!("/api/keys/{other_id}/rotate")] {
            let body = if path == "/api/keys" {
                json!({ "name": "x", "user_id": "ada" })
            } else {
                json!({})
            };
            assert_eq!(test.post(ADMIN, &path, &body).await.status, 403);
        }
        assert_eq!(
            test.post(ADMIN, &format!("/api/keys/{other_id}/revoke"), &json!({}))
                .await
                .status,
            200
        );
        assert_eq!(refusal(&test, &gateway, &other).await, "revoked");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_the_key_is_unknown_however_near_it_comes() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let gateway = service(&test, &[Scope::KeysVerify]).await;
        let (_, secret) = make(&test, "ada").await;
        let (_, foreign) = make(&test, "mallory").await;
        let unknown = json!({ "valid": false, "reason": "unknown" });
        for at in (0..secret.len()).step_by(5) {
            let mut forged = secret.clone().into_bytes();
            forged[at] ^= 1;
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(
                verify(&test, &gateway, &forged).await,
                unknown,
                "one bit of character {at}"
            );
        }
        let (public, _) = secret.rsplit_once('_').unwrap();
        let (_, random) = foreign.rsplit_once('_').unwrap();
        let mixed = format!("{public}_{random}");
        let (short, long) = (&secret[..secret.len() - 1], format!("{secret}0"));
        for text in ["", "pdk_", "käse", &secret.to_uppercase(), &mixed, short, &long] {
            assert_eq!(verify(&test, &gateway, text).await, unknown, "{text:?}");
        }
        // A key is no token: it opens nothing here.
        assert_eq!(test.get(&secret, "/api/keys").await.status, 401);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_touches_the_key_of_somebody_else() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (ada, mallory) = (test.user("ada"), test.user("mallory"));
        let (key_id, secret) = make(&test, "ada").await;
        let absent = test.get(&mallory, "/api/keys/key_01k3vg6p9yfd5a1h0c9w8t2m4q").await;
        let foreign = test.get(&mallory, &format!("/api/keys/{key_id}")).await;
        assert_eq!((foreign.status, &foreign.bytes), (404, &absent.bytes));
        for step in ["reveal", "rotate", "revoke"] {
            let answered = test
                .post(&mallory, &format!("/api/keys/{key_id}/{step}"), &json!({}))
                .await;
            assert_eq!(answered.status, 404, "{step}");
        }
        assert_eq!(test.get(&mallory, "/api/keys?user_id=ada").await.status, 404);
        let wanted = json!({ "name": "x", "user_id": "ada" });
        assert_eq!(test.post(&mallory, "/api/keys", &wanted).await.status, 404);
        let body = json!({ "key": secret });
        assert_eq!(test.post(&ada, "/api/keys/verify", &body).await.status, 403);
        let reader = service(&test, &[Scope::KeysRead]).await;
        assert_eq!(test.post(&reader, "/api/keys/verify", &body).await.status, 403);
        assert_eq!(test.get(&reader, &format!("/api/keys/{key_id}")).await.status, 200);
        assert_eq!(
            test.post(&reader, &format!("/api/keys/{key_id}/revoke"), &json!({}))
                .await
                .status,
            404
        );
        let gateway = service(&test, &[Scope::KeysVerify]).await;
        assert_eq!(refusal(&test, &gateway, &secret).await, "");

        // Credits set apart for a key must not end up with somebody else.
        let body = json!({ "amount": 5, "reason": "stock", "key_id": key_id });
        let given = test.post(ADMIN, "/api/financial/credits/mallory/add", &body).await;
        assert_eq!((given.status, &given.json()["field"]), (422, &json!("key_id")));
        let body = json!({ "amount": 5, "reason": "stock", "to_key_id": key_id });
        let moved = test.post(ADMIN, "/api/financial/credits/mallory/move", &body).await;
        assert_eq!((moved.status, &moved.json()["field"]), (422, &json!("to_key_id")));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_has_a_hundred_keys_at_most_and_lists_them_by_pages() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let ada = test.user("ada");
        let mut made = Vec::new();
        for _ in 0..100 {
            made.push(make(&test, "ada").await.0);
        }
        let more = test.post(&ada, "/api/keys", &json!({ "name": "one more" })).await;
        assert_eq!(more.json()["code"], "too_many_keys");
        let first = made[0].clone();
        test.post(&ada, &format!("/api/keys/{first}/revoke"), &json!({})).await;
        made.push(make(&test, "ada").await.0);
        let (mut listed, mut after) = (Vec::new(), String::new());
        loop {
            let page = test.get(&ada, &format!("/api/keys?limit=40{after}")).await.json();
            let ids = page["data"].as_array().unwrap().iter();
            listed.extend(ids.map(|key| key["key_id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        made.reverse();
        assert_eq!(listed, made);
        for name in ["", " x", "a\u{7}b", &"x".repeat(101)] {
            let refused = test.post(&ada, "/api/keys", &json!({ "name": name })).await;
            assert_eq!(
                (refused.status, &refused.json()["field"]),
                (422, &json!("name")),
                "{name:?}"
            );
        }
        test.finish().await;
    })
    .await;
}

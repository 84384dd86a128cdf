//! User tokens that must not be believed, for each kind of key.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::{rsa, signature};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Harness, JWT_SECRET, NOW_SECONDS, user_token};

const PATH: &str = "/probe/users/user_1";

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn good_claims() -> Value {
    json!({ "sub": "user_1", "exp": NOW_SECONDS + 600, "iss": "https://app.example", "aud": "paydesk" })
}

/// The claims with one of them replaced; `null` takes it away.
fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = good_claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

/// Signed with a shared secret, whatever the header says.
fn hmac(header: &Value, claims: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", part(header), URL_SAFE_NO_PAD.encode(claims));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    let tag = aws_lc_rs::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

fn hs256(claims: &Value) -> String {
    hmac(
        &json!({ "alg": "HS256", "typ": "JWT" }),
        &claims.to_string(),
        JWT_SECRET.as_bytes(),
    )
}

async fn strict() -> Harness {
    let flags = ["--jwt-issuer=https://app.example", "--jwt-audience=paydesk"];
    Harness::with(&flags, &[("PAYDESK_JWT_SECRET", JWT_SECRET)]).await
}

async fn assert_refused(harness: &Harness, forgeries: &[(&str, String)]) {
    for (name, token) in forgeries {
        let answer = harness.get(PATH, token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {}", answer.text());
        assert_eq!(answer.code(), "unauthorized", "{name}");
    }
}

#[tokio::test]
async fn claims_that_must_not_be_believed() {
    let harness = strict().await;
    assert_eq!(harness.get(PATH, &hs256(&good_claims())).await.status, StatusCode::OK);
    let with = |name: &str, value: Value| hs256(&claims_with(name, value));
    let header = json!({ "alg": "HS256" });
    let raw = |claims: &str| hmac(&header, claims, JWT_SECRET.as_bytes());
    let exp = NOW_SECONDS + 600;
    #[rustfmt::skip]
    let forgeries = [
        ("expired", with("exp", json!(NOW_SECONDS - 31))),
        ("expired at the edge", with("exp", json!(NOW_SECONDS - 30))),
        ("expired long ago", with("exp", json!(0))),
        ("negative expiry", with("exp", json!(i64::MIN))),
        ("no expiry", with("exp", Value::Null)),
        ("expiry as text", with("exp", json!(exp.to_string()))),
        ("expiry beyond all numbers", raw(r#"{"sub":"user_1","exp":1e400,"iss":"https://app.example","aud":"paydesk"}"#)),
        ("expiry as a power", raw(r#"{"sub":"user_1","exp":1e300,"iss":"https://app.example","aud":"paydesk"}"#)),
        ("expiry as a list", with("exp", json!([exp]))),
        ("not yet", with("nbf", json!(NOW_SECONDS + 31))),
        ("not-before as text", with("nbf", json!("now"))),
        ("no issuer", with("iss", Value::Null)),
        ("other issuer", with("iss", json!("https://evil.example"))),
        ("issuer with a tail", with("iss", json!("https://app.example.evil.example"))),
        ("issuer as a list", with("iss", json!(["https://app.example"]))),
        ("no audience", with("aud", Value::Null)),
        ("other audience", with("aud", json!("another"))),
        ("audience list without us", with("aud", json!(["a", "b"]))),
        ("empty audience list", with("aud", json!([]))),
        ("audience as an object", with("aud", json!({ "paydesk": true }))),
        ("no subject", with("sub", Value::Null)),
        ("empty subject", with("sub", json!(""))),
        ("subject as a number", with("sub", json!(1))),
        ("subject too long", with("sub", json!("u".repeat(256)))),
        ("subject with a line end", with("sub", json!("user_1\n"))),
        ("subject with a space at the end", with("sub", json!("user_1 "))),
        ("subject with a nul", with("sub", json!("user_1\u{0}"))),
        ("subject twice", raw(&format!(r#"{{"sub":"user_2","sub":"user_1","exp":{exp},"iss":"https://app.example","aud":"paydesk"}}"#))),
        ("expiry twice", raw(&format!(r#"{{"sub":"user_1","exp":1,"exp":{exp},"iss":"https://app.example","aud":"paydesk"}}"#))),
        ("claims as a list", raw("[]")),
        ("claims as text", raw("\"user_1\"")),
        ("no claims", raw("")),
    ];
    assert_refused(&harness, &forgeries).await;
    let allowed = [
        with("exp", json!(NOW_SECONDS - 29)),
        with("nbf", json!(NOW_SECONDS + 30)),
        with("aud", json!(["other", "paydesk"])),
        raw(&format!(
            r#"{{"sub":"user_1","exp":{exp}.75,"iss":"https://app.example","aud":"paydesk"}}"#
        )),
    ];
    for token in allowed {
        assert_eq!(harness.get(PATH, &token).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn signatures_and_forms_that_must_not_be_believed() {
    let harness = strict().await;
    let good = hs256(&good_claims());
    let parts: Vec<&str> = good.split('.').collect();
    let (head, claims, tag) = (parts[0], parts[1], parts[2]);
    let text = good_claims().to_string();
    let secret = JWT_SECRET.as_bytes();
    let other_claims = part(&claims_with("sub", json!("user_2")));
    let none = |alg: &str| format!("{}.{claims}.", part(&json!({ "alg": alg })));
    let hs = |alg: &str| hmac(&json!({ "alg": alg }), &text, secret);
    let header = |header: Value| hmac(&header, &text, secret);
    let mut flipped = URL_SAFE_NO_PAD.decode(tag).unwrap();
    flipped[0] ^= 1;
    #[rustfmt::skip]
    let forgeries = [
        ("none", none("none")), ("None", none("None")), ("NONE", none("NONE")), ("nOnE", none("nOnE")),
        ("empty algorithm", none("")),
        ("none with the old tag", format!("{}.{claims}.{tag}", part(&json!({ "alg": "none" })))),
        ("no algorithm", header(json!({ "typ": "JWT" }))),
        ("algorithm null", header(json!({ "alg": null }))),
        ("algorithm list", header(json!({ "alg": ["HS256"] }))),
        ("HS384 named", hs("HS384")), ("HS512 named", hs("HS512")), ("RS256 named", hs("RS256")),
        ("ES256 named", hs("ES256")), ("PS256 named", hs("PS256")), ("EdDSA named", hs("EdDSA")), ("lower case", hs("hs256")),
        ("other secret", hmac(&json!({ "alg": "HS256" }), &text, b"another secret of thirty-two bytes")),
        ("empty secret", hmac(&json!({ "alg": "HS256" }), &text, b"")),
        ("the admin's token as secret", hmac(&json!({ "alg": "HS256" }), &text, crate::harness::ADMIN_TOKEN.as_bytes())),
        ("no tag", format!("{head}.{claims}.")),
        ("no tag and no dot", format!("{head}.{claims}")),
        ("a part more", format!("{good}.x")),
        ("five parts", format!("{good}.x.y")),
        ("tag cut", good[..good.len() - 2].to_owned()),
        ("tag with a bit turned", format!("{head}.{claims}.{}", URL_SAFE_NO_PAD.encode(&flipped))),
        ("tag in hexadecimal", format!("{head}.{claims}.{}", "ab".repeat(32))),
        ("tag padded", format!("{good}=")),
        ("claims exchanged", format!("{head}.{other_claims}.{tag}")),
        ("header exchanged", format!("{}.{claims}.{tag}", part(&json!({ "alg": "HS256", "typ": "JWT", "x": 1 })))),
        ("critical extension", header(json!({ "alg": "HS256", "crit": ["exp"] }))),
        ("critical unencoded payload", header(json!({ "alg": "HS256", "b64": false, "crit": ["b64"] }))),
        ("key in the header", format!("{}.{claims}.{tag}", part(&json!({ "alg": "HS256", "jwk": { "kty": "oct", "k": "AAAA" } })))),
        ("header as a list", format!("{}.{claims}.{tag}", part(&json!(["HS256"])))),
        ("header not JSON", format!("e30x.{claims}.{tag}")),
        ("line end inside", format!("{head}.{claims}.{tag}\u{b}")),
        ("dots only", "..".to_owned()), ("one dot", ".".to_owned()), ("text", "token".to_owned()),
        ("standard alphabet", format!("{head}.{claims}.{}", STANDARD.encode(&flipped))),
    ];
    assert!(forgeries.len() >= 38);
    for (name, token) in &forgeries {
        let request = crate::harness::request("GET", PATH, "");
        let Ok(value) = axum::http::HeaderValue::from_str(&format!("Bearer {token}")) else {
            continue;
        };
        let answer = harness
            .send(
                request
                    .header("authorization", value)
                    .body(axum::body::Body::empty())
                    .unwrap(),
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn without_a_key_there_are_no_users() {
    let harness = Harness::with(&[], &[]).await;
    assert_refused(
        &harness,
        &[
            ("signed", user_token("user_1")),
            ("with nothing", hmac(&json!({ "alg": "HS256" }), "{}", b"")),
        ],
    )
    .await;
}

/// The application's key server, counting how often it is asked.
struct KeyServer {
    url: String,
    asked: Arc<AtomicUsize>,
    keys: Arc<std::sync::Mutex<Value>>,
}

async fn key_server(keys: Value) -> KeyServer {
    let keys = Arc::new(std::sync::Mutex::new(keys));
    let asked = Arc::new(AtomicUsize::new(0));
    let router = Router::new().route(
        "/jwks",
        get({
            let (keys, asked) = (Arc::clone(&keys), Arc::clone(&asked));
            move || {
                asked.fetch_add(1, Ordering::SeqCst);
                let text = keys.lock().unwrap().to_string();
                async move { text }
            }
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    KeyServer { url, asked, keys }
}

struct Pair {
    signing: EncodingKey,
    algorithm: Algorithm,
    kid: &'static str,
}

impl Pair {
    fn jwk(&self) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        jwk.common.key_id = Some(self.kid.to_owned());
        jwk
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_as(claims, Some(self.kid))
    }

    fn sign_as(&self, claims: &Value, kid: Option<&str>) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = kid.map(str::to_owned);
        jsonwebtoken::encode(&header, claims, &self.signing).unwrap()
    }
}

fn rsa_pair(kid: &'static str) -> Pair {
    let der =
        AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap())
            .unwrap();
    let lines = STANDARD.encode(der.as_ref());
    let lines: Vec<_> = lines
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    );
    Pair {
        signing: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(),
        algorithm: Algorithm::RS256,
        kid,
    }
}

fn ec_pair(kid: &'static str) -> Pair {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let der = signature::EcdsaKeyPair::generate_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    Pair {
        signing: EncodingKey::from_ec_der(der.as_ref()),
        algorithm: Algorithm::ES256,
        kid,
    }
}

fn jwks(pairs: &[&Pair]) -> Value {
    serde_json::to_value(JwkSet {
        keys: pairs.iter().map(|pair| pair.jwk()).collect(),
    })
    .unwrap()
}

#[tokio::test]
async fn keys_from_the_application_are_used_for_what_they_are_and_nothing_else() {
    let (rsa_key, ec_key, stranger) = (rsa_pair("r1"), ec_pair("e1"), rsa_pair("r1"));
    let mut keys = jwks(&[&rsa_key, &ec_key]);
    let published = keys["keys"].as_array_mut().unwrap();
    published.push(json!({ "kty": "oct", "kid": "o1", "k": URL_SAFE_NO_PAD.encode(b"a secret that everybody can read"), "alg": "HS256" }));
    published.push(json!({ "kty": "unheard-of", "kid": "x1" }));
    let mut for_encryption = serde_json::to_value(rsa_key.jwk()).unwrap();
    for_encryption["use"] = json!("enc");
    for_encryption["kid"] = json!("enc1");
    published.push(for_encryption);
    let server = key_server(keys.clone()).await;
    let harness = Harness::with(&[&format!("--jwks-url={}", server.url)], &[]).await;

    for pair in [&rsa_key, &ec_key] {
        let answer = harness.get(PATH, &pair.sign(&good_claims())).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}: {}", pair.algorithm, answer.text());
    }
    let text = good_claims().to_string();
    let modulus = keys["keys"][0]["n"].as_str().unwrap().to_owned();
    let public_key = keys["keys"][0].to_string();
    let hs = |kid: &str, secret: &[u8]| hmac(&json!({ "alg": "HS256", "kid": kid }), &text, secret);
    let relabelled = |alg: &str, kid: &str, token: &str| {
        let rest = token.split_once('.').unwrap().1;
        format!("{}.{rest}", part(&json!({ "alg": alg, "kid": kid })))
    };
    let rsa_good = rsa_key.sign(&good_claims());
    let ec_good = ec_key.sign(&good_claims());
    let (ec_head, ec_claims) = (ec_good.split('.').next().unwrap(), ec_good.split('.').nth(1).unwrap());
    #[rustfmt::skip]
    let forgeries = [
        ("the public modulus as a secret", hs("r1", modulus.as_bytes())),
        ("the decoded modulus as a secret", hs("r1", &URL_SAFE_NO_PAD.decode(&modulus).unwrap())),
        ("the public document as a secret", hs("r1", public_key.as_bytes())),
        ("the published shared secret", hs("o1", b"a secret that everybody can read")),
        ("no key id and a secret", hmac(&json!({ "alg": "HS256" }), &text, b"a secret that everybody can read")),
        ("another private key with the same id", stranger.sign(&good_claims())),
        ("an unknown id", rsa_key.sign_as(&good_claims(), Some("r2"))),
        ("no id among several keys", rsa_key.sign_as(&good_claims(), None)),
        ("an id as a path", rsa_key.sign_as(&good_claims(), Some("../r1"))),
        ("the key of another use", rsa_key.sign_as(&good_claims(), Some("enc1"))),
        ("the other key's id", rsa_key.sign_as(&good_claims(), Some("e1"))),
        ("RS512 said of RS256", relabelled("RS512", "r1", &rsa_good)),
        ("PS256 said of RS256", relabelled("PS256", "r1", &rsa_good)),
        ("none", format!("{}.{ec_claims}.", part(&json!({ "alg": "none", "kid": "e1" })))),
        ("an all-zero signature", format!("{ec_head}.{ec_claims}.{}", URL_SAFE_NO_PAD.encode([0_u8; 64]))),
        ("an empty signature", format!("{ec_head}.{ec_claims}.")),
        ("the header's own key", {
            let mut header = Header::new(Algorithm::RS256);
            header.jwk = Some(stranger.jwk());
            header.kid = Some("r1".to_owned());
            jsonwebtoken::encode(&header, &good_claims(), &stranger.signing).unwrap()
        }),
        ("the header's own address", {
            let mut header = Header::new(Algorithm::RS256);
            header.jku = Some("https://evil.example/jwks".to_owned());
            jsonwebtoken::encode(&header, &good_claims(), &stranger.signing).unwrap()
        }),
    ];
    assert_refused(&harness, &forgeries).await;
    assert!(
        server.asked.load(Ordering::SeqCst) <= 2,
        "forgeries do not make us hammer the application"
    );
}

#[tokio::test]
async fn a_rolled_key_is_found_and_a_retired_one_forgotten() {
    let (old, new) = (ec_pair("k1"), ec_pair("k2"));
    let server = key_server(jwks(&[&old])).await;
    let harness = Harness::with(&[&format!("--jwks-url={}", server.url)], &[]).await;
    let good = |pair: &Pair| pair.sign(&claims_with("exp", json!(NOW_SECONDS + 90_000)));
    assert_eq!(harness.get(PATH, &good(&old)).await.status, StatusCode::OK);

    *server.keys.lock().unwrap() = jwks(&[&new]);
    assert_eq!(
        harness.get(PATH, &good(&new)).await.status,
        StatusCode::UNAUTHORIZED,
        "not asked again so soon"
    );
    harness.clock.advance(Duration::from_secs(30));
    assert_eq!(harness.get(PATH, &good(&new)).await.status, StatusCode::OK);
    assert_eq!(harness.get(PATH, &good(&old)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn keys_at_hand_serve_while_the_application_is_down() {
    let pair = ec_pair("k1");
    let server = key_server(jwks(&[&pair])).await;
    let harness = Harness::with(&[&format!("--jwks-url={}", server.url)], &[]).await;
    let token = pair.sign(&claims_with("exp", json!(NOW_SECONDS + 90_000)));
    assert_eq!(harness.get(PATH, &token).await.status, StatusCode::OK);
    *server.keys.lock().unwrap() = json!("down");
    harness.clock.advance(Duration::from_hours(1));
    assert_eq!(harness.get(PATH, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_any_keys_yet_users_are_asked_to_come_back() {
    let server = key_server(json!("not a key set")).await;
    let harness = Harness::with(&[&format!("--jwks-url={}", server.url)], &[]).await;
    let answer = harness.get(PATH, &ec_pair("k1").sign(&good_claims())).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "unavailable"));
}

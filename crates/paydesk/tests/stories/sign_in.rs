//! Who works at the console: signed in by a link, held to a role, and acting from our own pages only.

use std::time::Duration;

use paydesk::clock::MINUTE_US;
use paydesk::sign_in::{self, LINK_US, Role};
use paydesk::tokens::Scope;
use reqwest::{Method, Response};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::keys::service;
use crate::support::{ADMIN, TestApp, all_at_once};

const SESSION: &str = "/api/console/session";
const ACCOUNT: &str = "/api/account/session";

/// A browser: it keeps the cookie, and says of each request from which page it comes.
pub(crate) struct Browser<'a> {
    test: &'a TestApp,
    pub(crate) cookie: String,
    site: Option<&'static str>,
}

impl<'a> Browser<'a> {
    fn on(test: &'a TestApp) -> Self {
        Self {
            test,
            cookie: String::new(),
            site: Some("same-origin"),
        }
    }

    /// Signed in by a fresh link.
    pub(crate) async fn of(test: &'a TestApp, name: &str, role: Role) -> Self {
        let secret = link(test, name, Some(role)).await;
        let mut browser = Self::on(test);
        assert_eq!(browser.follow(&secret).await.status(), 200);
        browser
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let mut request = self.test.http.request(method, format!("{}{path}", self.test.base));
        if !self.cookie.is_empty() {
            request = request.header("cookie", format!("theme=dark; {}", self.cookie));
        }
        if let Some(site) = self.site {
            request = request.header("sec-fetch-site", site);
        }
        if let Some(body) = body {
            let key = format!("k-{}", self.test.app.ids.next("test"));
            request = request.header("idempotency-key", key).json(body);
        }
        request.send().await.unwrap()
    }

    async fn status(&self, method: Method, path: &str, body: Option<&Value>) -> u16 {
        self.ask(method, path, body).await.status().as_u16()
    }

    async fn get(&self, path: &str) -> u16 {
        self.status(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> u16 {
        self.status(Method::POST, path, Some(body)).await
    }

    async fn follow(&mut self, secret: &str) -> Response {
        let answer = self.ask(Method::PUT, SESSION, Some(&json!({ "secret": secret }))).await;
        self.keep_cookie(&answer);
        answer
    }

    fn keep_cookie(&mut self, answer: &Response) {
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age="] {
                assert!(cookie.contains(attribute), "{attribute}");
            }
            assert!(cookie.starts_with("__Host-") && !cookie.contains("Domain"));
            cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
    }
}

async fn link(test: &TestApp, name: &str, role: Option<Role>) -> String {
    let app = &test.app;
    let invited = sign_in::invite(&app.store, &app.clock, &app.ids, name, role)
        .await
        .unwrap();
    invited.secret.expose_secret().to_owned()
}

fn add() -> Value {
    json!({ "amount": 5, "reason": "goodwill" })
}

const ADD: &str = "/api/financial/credits/ada/add";
const READ: &str = "/api/financial/credits/ada";

#[tokio::test]
async fn a_link_signs_in_once_and_in_time() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let secret = link(&test, "Ada", None).await;
        let mut browser = Browser::on(&test);
        assert_eq!(browser.get(SESSION).await, 401);

        let signed_in: Value = browser.follow(&secret).await.json().await.unwrap();
        assert_eq!(
            (&signed_in["name"], &signed_in["role"]),
            (&json!("Ada"), &json!("viewer"))
        );
        assert!(!signed_in.to_string().contains(&secret));
        assert_eq!(browser.get(SESSION).await, 200);
        assert_eq!(browser.get(READ).await, 200);

        let again = Browser::on(&test).follow(&secret).await;
        assert_eq!(again.status(), 401);
        let problem: Value = again.json().await.unwrap();
        assert_eq!(problem["code"], "sign_in_link_not_good");
        for foreign in ["", "link_", &secret.replace("link_", "session_")] {
            assert_eq!(Browser::on(&test).follow(foreign).await.status(), 401, "{foreign}");
        }

        let late = link(&test, "Ada", None).await;
        test.app
            .clock
            .advance(Duration::from_micros(u64::try_from(LINK_US).unwrap()));
        assert_eq!(Browser::on(&test).follow(&late).await.status(), 401);
        // The session itself lasts a working day, and not longer.
        assert_eq!(browser.get(SESSION).await, 200);
        test.app
            .clock
            .advance(Duration::from_micros(u64::try_from(12 * 60 * MINUTE_US).unwrap()));
        assert_eq!(browser.get(SESSION).await, 401);
        assert_eq!(browser.get(READ).await, 401);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_many_who_follow_a_link_one_is_signed_in() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        for _round in 0..5 {
            let secret = link(&test, "Ada", None).await;
            let follow = async || Browser::on(&test).follow(&secret).await.status().as_u16();
            let mut statuses = all_at_once((0..16).map(|_| follow())).await;
            statuses.sort_unstable();
            assert_eq!((statuses[0], statuses[1]), (200, 401), "{statuses:?}");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_role_is_held_to_what_it_may() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let viewer = Browser::of(&test, "Vera", Role::Viewer).await;
        let operator = Browser::of(&test, "Otto", Role::Operator).await;
        let admin = Browser::of(&test, "Ada", Role::Admin).await;
        let endpoint = json!({ "url": "https://app.example.com/hooks" });
        let key = json!({ "name": "build server", "user_id": "ada" });
        #[rustfmt::skip]
        let cases = [
            (&viewer, "viewer",     [200, 403, 403, 403]),
            (&operator, "operator", [200, 200, 403, 403]),
            (&admin, "admin",       [200, 200, 201, 403]),
        ];
        for (browser, name, expected) in cases {
            let statuses = [
                browser.get(READ).await,
                browser.post(ADD, &add()).await,
                browser.post("/api/webhook-endpoints", &endpoint).await,
                // Nobody at the console is shown a key that is not theirs.
                browser.post("/api/keys", &key).await,
            ];
            assert_eq!(statuses, expected, "{name}");
            assert_eq!(browser.get("/api/webhook-endpoints").await, 200, "{name}");
            assert_eq!(browser.get("/api/events").await, 200, "{name}");
        }
        assert_eq!(test.balance("ada").await, 10);
        let refused: Value = viewer.ask(Method::POST, ADD, Some(&add())).await.json().await.unwrap();
        assert_eq!(refused["detail"], "The role viewer may not do this.");

        // A role that changes holds from the next request on.
        link(&test, "Vera", Some(Role::Operator)).await;
        assert_eq!(viewer.post(ADD, &add()).await, 200);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_acts_from_our_own_pages_only() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let mut browser = Browser::of(&test, "Ada", Role::Admin).await;
        for site in [None, Some("same-site"), Some("cross-site"), Some("none")] {
            browser.site = site;
            let refused = browser.ask(Method::POST, ADD, Some(&add())).await;
            assert_eq!(refused.status(), 403, "{site:?}");
            let problem: Value = refused.json().await.unwrap();
            assert_eq!(problem["code"], "cross_origin");
            assert_eq!(browser.status(Method::DELETE, SESSION, None).await, 403, "{site:?}");
            // Nor is a visitor signed in to somebody else's session.
            let secret = link(&test, "Eve", None).await;
            assert_eq!(browser.follow(&secret).await.status(), 403, "{site:?}");
        }
        browser.site = Some("same-origin");
        assert_eq!(test.balance("ada").await, 0);
        // Two cookies of that name are none.
        let cookie = browser.cookie.clone();
        browser.cookie = format!("{cookie}; {cookie}");
        assert_eq!(browser.get(SESSION).await, 401);
        browser.cookie = cookie;
        assert_eq!(browser.status(Method::DELETE, SESSION, None).await, 204);
        assert_eq!(browser.get(SESSION).await, 401);
        assert_eq!(browser.get(READ).await, 401);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let app = &test.app;
        let browser = Browser::of(&test, "Ada", Role::Admin).await;
        let other = Browser::of(&test, "Otto", Role::Operator).await;
        let unused = link(&test, "Ada", None).await;
        assert!(sign_in::shut_out(&app.store, &app.clock, "Ada").await.unwrap());
        assert!(!sign_in::shut_out(&app.store, &app.clock, "Nobody").await.unwrap());
        assert_eq!(browser.get(READ).await, 401);
        assert_eq!(Browser::on(&test).follow(&unused).await.status(), 401);
        assert_eq!(other.get(READ).await, 200);
        // Invited again, they are who they were.
        let secret = link(&test, "Ada", None).await;
        let back: Value = Browser::on(&test).follow(&secret).await.json().await.unwrap();
        assert_eq!(back["role"], "admin");
        assert_eq!(sign_in::operators(&app.store).await.unwrap().len(), 2);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_exchanges_their_token_for_a_session() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let exchange = async |token: &str| {
            let request = test.http.put(format!("{}{ACCOUNT}", test.base));
            let request = request.bearer_auth(token).header("sec-fetch-site", "same-origin");
            request.send().await.unwrap()
        };
        assert_eq!(exchange(ADMIN).await.status(), 403);
        let answer = exchange(&test.user("ada")).await;
        assert_eq!(answer.status(), 200);
        let mut browser = Browser::on(&test);
        browser.keep_cookie(&answer);
        assert_eq!(browser.get(ACCOUNT).await, 200);
        assert_eq!(browser.get(READ).await, 200);
        assert_eq!(browser.get("/api/financial/credits/bob").await, 404);
        assert_eq!(browser.get("/api/events").await, 403);
        assert_eq!(browser.get(SESSION).await, 401, "an account is no console");
        // A session does not prolong itself.
        assert_eq!(browser.status(Method::PUT, ACCOUNT, None).await, 401);
        test.app.clock.advance(Duration::from_hours(1));
        assert_eq!(browser.get(READ).await, 401);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn who_gave_credits_or_took_them_back_is_kept_and_told_to_operators() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let olga = Browser::of(&test, "Olga", Role::Operator).await;
        let signed_in: Value = olga.ask(Method::GET, SESSION, None).await.json().await.unwrap();
        let olga_id = format!("operator:{}", signed_in["operator_id"].as_str().unwrap());
        let back_end = service(&test, &[Scope::CreditsGrant, Scope::CreditsSpend]).await;
        assert_eq!(olga.post(ADD, &add()).await, 200);
        for path in ["add", "spend", "remove"] {
            let path = format!("/api/financial/credits/ada/{path}");
            let body = json!({ "amount": 1, "reason": "goodwill" });
            assert_eq!(test.post(&back_end, &path, &body).await.status, 200);
        }
        let path = "/api/financial/credits/ada/move";
        let body = json!({ "amount": 1, "reason": "goodwill", "to_key_id": "build" });
        assert_eq!(test.post(ADMIN, path, &body).await.status, 200);
        let told: Value = olga
            .ask(Method::GET, "/api/ledger/transfers", None)
            .await
            .json()
            .await
            .unwrap();
        let made_by: Vec<&str> = told["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|transfer| transfer["made_by"].as_str().unwrap_or_default())
            .collect();
        let service = made_by[1];
        assert!(service.starts_with("service:tok_"), "{told}");
        assert_eq!(made_by, ["admin", service, "", service, &olga_id], "newest first");
        test.finish().await;
    })
    .await;
}

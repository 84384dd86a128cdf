//! What the tests work with: a sandbox behind its router, and an endpoint that writes down what it receives.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use sandbox::{Config, DEFAULT_SECRET_KEY, Sandbox};
use serde_json::Value;
use tokio::sync::Notify;
use tower::ServiceExt;

/// An answer of the sandbox.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn error(&self, member: &str) -> &str {
        self.body["error"][member].as_str().unwrap_or("")
    }

    pub(crate) fn id(&self) -> String {
        self.body["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id in {}", self.text))
            .to_owned()
    }
}

/// A sandbox whose clock stands still, and a client of it.
pub(crate) struct Desk {
    pub(crate) sandbox: Sandbox,
    pub(crate) router: Router,
}

pub(crate) type Form<'a> = &'a [(&'a str, &'a str)];

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(Config {
            seed: Some(7),
            deterministic: true,
            ..Config::default()
        })
    }

    pub(crate) fn with(config: Config) -> Self {
        let sandbox = Sandbox::new(config);
        let router = sandbox.router();
        Self { sandbox, router }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text,
            body,
        }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, form: Form<'_>, more: &[(&str, &str)]) -> Reply {
        let key = format!("Bearer {DEFAULT_SECRET_KEY}");
        let mut headers = vec![
            ("authorization", key.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        headers.extend_from_slice(more);
        let encoded = encode(form);
        if method == Method::POST {
            return self.send(method, path, &headers, encoded).await;
        }
        let path = if encoded.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{encoded}")
        };
        self.send(method, &path, &headers, String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, form: Form<'_>) -> Reply {
        self.call(Method::POST, path, form, &[]).await
    }

    pub(crate) async fn get(&self, path: &str, query: Form<'_>) -> Reply {
        self.call(Method::GET, path, query, &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, &[], &[]).await
    }

    /// Creates something and gives its id.
    pub(crate) async fn make(&self, path: &str, form: Form<'_>) -> String {
        let reply = self.post(path, form).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.id()
    }

    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let reply = self
            .send(Method::POST, &format!("/_sandbox{path}"), &[], body.to_string())
            .await;
        reply.body
    }

    /// A checkout session for one thing at $20.
    pub(crate) async fn session(&self, more: Form<'_>) -> String {
        let mut form = vec![
            ("mode", "payment"),
            ("line_items[0][price_data][currency]", "usd"),
            ("line_items[0][price_data][unit_amount]", "2000"),
            ("line_items[0][price_data][product_data][name]", "Credits"),
            ("line_items[0][quantity]", "1"),
            ("success_url", "https://shop.example/ok?session={CHECKOUT_SESSION_ID}"),
            ("cancel_url", "https://shop.example/back"),
        ];
        form.extend_from_slice(more);
        self.make("/v1/checkout/sessions", &form).await
    }

    /// The types of all events, oldest first.
    pub(crate) async fn event_types(&self) -> Vec<String> {
        let list = self.get("/v1/events", &[("limit", "100")]).await;
        let mut types: Vec<String> = list.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect();
        types.reverse();
        types
    }

    /// The newest event of a type.
    pub(crate) async fn event(&self, kind: &str) -> Value {
        let list = self.get("/v1/events", &[("type", kind), ("limit", "1")]).await;
        list.body["data"][0].clone()
    }

    pub(crate) async fn drain(&self) {
        assert!(
            self.sandbox.drain(Duration::from_secs(20)).await,
            "deliveries did not end"
        );
    }
}

pub(crate) fn encode(form: Form<'_>) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    form.iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// One request an endpoint has received.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) signature: String,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn kind(&self) -> String {
        self.event()["type"].as_str().unwrap().to_owned()
    }

    /// Whether a `v1` in the signature was made with the secret, by our own account of how.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let part = |name: &str| {
            self.signature
                .split(',')
                .filter_map(|part| part.strip_prefix(name))
                .collect::<Vec<_>>()
        };
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let text = format!("{}.{}", part("t=")[0], self.body);
        let expected = hex::encode(aws_lc_rs::hmac::sign(&key, text.as_bytes()));
        part("v1=").iter().any(|signature| *signature == expected)
    }

    pub(crate) fn time(&self) -> i64 {
        self.signature
            .split(',')
            .find_map(|part| part.strip_prefix("t="))
            .unwrap()
            .parse()
            .unwrap()
    }
}

#[derive(Default)]
struct Inbox {
    received: Mutex<Vec<Received>>,
    /// Statuses of the next answers; 200 when there are none left.
    answers: Mutex<VecDeque<u16>>,
    arrived: Notify,
    /// When closed, requests wait until it is opened.
    gate: tokio::sync::RwLock<()>,
}

/// An endpoint on a real socket.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    inbox: Arc<Inbox>,
}

impl Endpoint {
    pub(crate) async fn start() -> Self {
        let inbox = Arc::new(Inbox::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let kept = inbox.clone();
        let receive = move |headers: HeaderMap, body: String| {
            let inbox = kept.clone();
            async move {
                let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
                assert_eq!(headers["content-type"], "application/json; charset=utf-8");
                inbox.received.lock().unwrap().push(Received { signature, body });
                inbox.arrived.notify_waiters();
                let _open = inbox.gate.read().await;
                let status = inbox.answers.lock().unwrap().pop_front().unwrap_or(200);
                let location = if status == 302 {
                    "http://127.0.0.1:1/elsewhere"
                } else {
                    ""
                };
                (StatusCode::from_u16(status).unwrap(), [("location", location)], "noted")
            }
        };
        let router = Router::new().route("/hook", axum::routing::post(receive));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inbox }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.inbox.received.lock().unwrap().clone()
    }

    pub(crate) fn kinds(&self) -> Vec<String> {
        self.received().iter().map(Received::kind).collect()
    }

    pub(crate) fn answer_next(&self, statuses: &[u16]) {
        self.inbox.answers.lock().unwrap().extend(statuses);
    }

    /// Keeps requests waiting until what is given is dropped.
    pub(crate) async fn close(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.inbox.gate.write().await
    }

    pub(crate) async fn wait_for(&self, count: usize) {
        let arrived = async {
            loop {
                let told = self.inbox.arrived.notified();
                tokio::pin!(told);
                told.as_mut().enable();
                if self.received().len() >= count {
                    return;
                }
                told.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), arrived)
            .await
            .expect("the endpoint was not called");
    }
}

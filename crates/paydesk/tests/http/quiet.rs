//! No secret in a log line, an answer or a metric.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::header;
use paydesk::config::{LogFormat, Logs};
use paydesk::telemetry;
use paydesk::tokens::{self, Scopes};
use secrecy::ExposeSecret;
use tracing::instrument::WithSubscriber;

use crate::harness::{ADMIN_TOKEN, Harness, JWT_SECRET, STRIPE_KEY, WEBHOOK_SECRET, keyed, request, user_token};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

async fn drive(log_format: LogFormat) -> (String, Vec<String>) {
    let lines = Lines::default();
    let logs = Logs {
        log_format,
        log: "trace".to_owned(),
        stripe_debug: true,
    };
    let writer = lines.clone();
    let subscriber = telemetry::subscriber(&logs, move || writer.clone());
    let forbidden = async {
        let harness = Harness::new().await;
        tracing::info!(config = ?harness.app.config, "the configuration as a careless line would print it");
        let app = &harness.app;
        let service = tokens::create(&app.store, &app.clock, &app.ids, "x", Scopes::default())
            .await
            .unwrap();
        let service = service.secret.expose_secret().to_owned();
        let user = user_token("user_1");
        for token in [user.as_str(), service.as_str(), ADMIN_TOKEN, "wrong-canary-token"] {
            for path in [
                "/probe/admin",
                "/probe/users/user_1?code=canary-query",
                "/probe/fault/other",
                "/probe/panic",
            ] {
                harness.get(path, token).await;
            }
            let body = "{\"name\": \"canary-body\", \"items\": [{\"quantity\": \"canary-field\"}]}";
            harness.send(keyed("/probe/once", token, "canary-key", body)).await;
        }
        // A key is told to its owner once and given out by whoever uses it; neither leaves a trace.
        let made = harness
            .post("/api/keys", "canary-make", r#"{"name": "server"}"#)
            .await
            .json();
        let key = made["secret"].as_str().unwrap().to_owned();
        let claimed = format!("{{\"key\": \"{key}\"}}");
        let verified = harness
            .send(keyed("/api/keys/verify", ADMIN_TOKEN, "k", &claimed))
            .await;
        assert_eq!(verified.json()["valid"], true);
        harness.get("/probe/admin", &key).await;
        let cookie = request("GET", "/livez", "").header(header::COOKIE, "session=canary-cookie");
        harness.send(cookie.body(Body::empty()).unwrap()).await;
        let metrics = harness.get("/metrics", "").await.text();
        let mut forbidden: Vec<String> = [JWT_SECRET, ADMIN_TOKEN, STRIPE_KEY, WEBHOOK_SECRET]
            .map(str::to_owned)
            .into();
        forbidden.extend(
            [
                "canary-query",
                "canary-body",
                "canary-field",
                "canary-key",
                "canary-cookie",
                "wrong-canary",
            ]
            .map(str::to_owned),
        );
        forbidden.extend([service, user, key]);
        for secret in &forbidden {
            assert!(!metrics.contains(secret), "{secret} in the metrics");
        }
        forbidden
    }
    .with_subscriber(subscriber)
    .await;
    (lines.text(), forbidden)
}

#[tokio::test]
async fn no_log_line_holds_a_secret_a_body_or_a_query() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let (text, forbidden) = drive(format).await;
        for secret in forbidden {
            let line = text.lines().find(|line| line.contains(&secret));
            assert!(line.is_none(), "{secret} in: {}", line.unwrap_or_default());
        }
        // The lines that should be there are there: the access line, and the cause of a fault with its request id.
        assert!(text.contains("/probe/users/{user_id}"), "{text}");
        assert!(text.contains("canary cause"), "{text}");
        assert!(text.contains("request_id"), "{text}");
    }
}

#[tokio::test]
async fn a_cause_is_logged_once() {
    let lines = Lines::default();
    let logs = Logs {
        log_format: LogFormat::Text,
        log: "info".to_owned(),
        stripe_debug: false,
    };
    let writer = lines.clone();
    let subscriber = telemetry::subscriber(&logs, move || writer.clone());
    async {
        let harness = Harness::new().await;
        harness.get("/probe/fault/other", "").await;
    }
    .with_subscriber(subscriber)
    .await;
    assert_eq!(lines.text().matches("canary cause").count(), 1, "{}", lines.text());
    assert!(
        lines.text().contains("harness.rs"),
        "the line says where the fault arose"
    );
}

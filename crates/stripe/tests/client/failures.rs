//! What fails, what is tried again, and what is known afterwards.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stripe::{Client, Error};

use crate::script::{SECRET_KEY, Server, Step, answer, config, key};

const CUSTOMER: &str = r#"{"id":"cus_1","object":"customer"}"#;

fn error_body(kind: &str, code: &str) -> String {
    json!({"error": {"type": kind, "code": code, "message": "No.", "param": "amount", "decline_code": "insufficient_funds",
        "payment_intent": {"id": "pi_1", "object": "payment_intent"}}})
    .to_string()
}

async fn create(client: &Client) -> Result<String, Error> {
    client
        .create_customer(&json!({"email": "a@b.example"}), &key("usr_1"))
        .await
        .map(|customer| customer.id)
}

fn kind_of(error: &Error) -> &'static str {
    match error {
        Error::Declined { .. } => "declined",
        Error::Rejected { .. } => "rejected",
        Error::NotFound { .. } => "not found",
        Error::RateLimited { .. } => "rate limited",
        Error::Unreachable { .. } => "unreachable",
        Error::Unknown { .. } => "unknown",
        Error::Malformed { .. } => "malformed",
    }
}

#[tokio::test]
async fn table_of_answers() {
    // Status, code, Stripe-Should-Retry; then attempts, kind, may retry, outcome unknown.
    let table = [
        (400, "parameter_missing", None, 1, "rejected", false, false),
        (400, "parameter_missing", Some("true"), 3, "rejected", false, false),
        (400, "idempotency_error", None, 1, "rejected", false, false),
        (401, "api_key_expired", None, 1, "rejected", false, false),
        (402, "card_declined", None, 1, "declined", false, false),
        (403, "permission", None, 1, "rejected", false, false),
        (404, "resource_missing", None, 1, "not found", false, false),
        (409, "lock_timeout", None, 3, "rate limited", true, false),
        (409, "idempotency_key_in_use", None, 3, "unknown", true, true),
        (409, "idempotency_key_in_use", Some("false"), 1, "unknown", true, true),
        (429, "rate_limit", None, 3, "rate limited", true, false),
        (429, "rate_limit", Some("false"), 1, "rate limited", true, false),
        (500, "api_error", None, 3, "unknown", true, true),
        (500, "api_error", Some("false"), 1, "unknown", true, true),
        (503, "api_error", None, 3, "unknown", true, true),
        (302, "", None, 1, "rejected", false, false),
    ];
    for (status, code, should_retry, attempts, kind, may_retry, outcome_unknown) in table {
        let headers: &[(&str, &str)] = match should_retry {
            Some("true") => &[("stripe-should-retry", "true")],
            Some(_) => &[("stripe-should-retry", "false"), ("location", "http://127.0.0.1:9/")],
            None => &[("location", "http://127.0.0.1:9/")],
        };
        let server = Server::start(vec![Step::Answer(status, headers, error_body("t", code))]).await;
        let error = create(&server.client()).await.unwrap_err();
        let case = format!("{status} {code} {should_retry:?}: {error}");
        assert_eq!(server.seen().len(), attempts, "{case}");
        assert_eq!(kind_of(&error), kind, "{case}");
        assert_eq!(
            (error.may_retry(), error.outcome_unknown()),
            (may_retry, outcome_unknown),
            "{case}"
        );
        assert_eq!(error.request_id(), Some("req_1"), "{case}");
        assert!(
            server
                .seen()
                .iter()
                .all(|seen| seen.header("idempotency-key") == Some("usr_1")),
            "{case}"
        );
    }
}

#[tokio::test]
async fn refusals_say_what_stripe_said() {
    let server = Server::start(vec![answer(402, error_body("card_error", "card_declined"))]).await;
    let expected = Error::Declined {
        code: "card_declined".to_owned(),
        decline_code: Some("insufficient_funds".to_owned()),
        message: "No.".to_owned(),
        payment_intent: Some("pi_1".to_owned()),
        request_id: Some("req_1".to_owned()),
    };
    assert_eq!(create(&server.client()).await, Err(expected));

    let server = Server::start(vec![answer(
        400,
        error_body("invalid_request_error", "amount_too_small"),
    )])
    .await;
    let expected = Error::Rejected {
        status: 400,
        kind: "invalid_request_error".to_owned(),
        code: Some("amount_too_small".to_owned()),
        param: Some("amount".to_owned()),
        message: "No.".to_owned(),
        request_id: Some("req_1".to_owned()),
    };
    assert_eq!(create(&server.client()).await, Err(expected));

    // However the payment is named, the refusal is understood.
    for (named, payment_intent) in [(json!("pi_1"), Some("pi_1")), (json!(7), None), (json!(null), None)] {
        let body = json!({"error": {"code": "card_declined", "decline_code": "lost_card", "payment_intent": named}});
        let server = Server::start(vec![answer(402, body.to_string())]).await;
        let error = create(&server.client()).await.unwrap_err();
        let Error::Declined {
            decline_code,
            payment_intent: id,
            ..
        } = error
        else {
            panic!("{named}: {error}");
        };
        assert_eq!(
            (decline_code.as_deref(), id.as_deref()),
            (Some("lost_card"), payment_intent)
        );
    }

    // A proxy in between says nothing that can be read.
    let server = Server::start(vec![answer(400, "<html>")]).await;
    assert_eq!(kind_of(&create(&server.client()).await.unwrap_err()), "rejected");
}

#[tokio::test]
async fn what_passes_is_tried_again_with_the_same_key() {
    for first in [
        answer(500, "{}"),
        answer(429, "{}"),
        answer(409, "{}"),
        Step::Close,
        Step::CutOff(200),
        Step::CutOff(500),
    ] {
        let server = Server::start(vec![first.clone(), answer(200, CUSTOMER)]).await;
        assert_eq!(create(&server.client()).await.as_deref(), Ok("cus_1"), "{first:?}");
        let seen = server.seen();
        assert_eq!(seen.len(), 2, "{first:?}");
        assert_eq!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
        assert_eq!(seen[0].body, seen[1].body);
    }
}

#[tokio::test]
async fn attempts_are_bounded() {
    for attempts in [0, 1, 2, 5] {
        let server = Server::start(vec![answer(503, "{}")]).await;
        let client = server.client_with(|config| config.max_attempts = attempts);
        assert_eq!(kind_of(&create(&client).await.unwrap_err()), "unknown");
        assert_eq!(server.seen().len(), usize::try_from(attempts.max(1)).unwrap());
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_or_handed_on() {
    let limited = |seconds: &'static [(&'static str, &'static str)]| Step::Answer(429, seconds, "{}".to_owned());
    let server = Server::start(vec![limited(&[("retry-after", "1")]), answer(200, CUSTOMER)]).await;
    let start = Instant::now();
    assert_eq!(create(&server.client()).await.as_deref(), Ok("cus_1"));
    assert!(start.elapsed() >= Duration::from_secs(1));

    // Longer than a caller should be kept: it is told how long instead.
    let server = Server::start(vec![limited(&[("retry-after", "3600")])]).await;
    let error = create(&server.client()).await.unwrap_err();
    assert_eq!(
        (server.seen().len(), error.retry_after()),
        (1, Some(Duration::from_hours(1)))
    );
}

#[tokio::test]
async fn waits_double_up_to_the_bound_and_are_jittered() {
    let elapsed = async |jitter: u64, attempts: u32| {
        let server = Server::start(vec![answer(503, "{}")]).await;
        let mut config = config(&server.url);
        config.max_attempts = attempts;
        config.backoff_first = Duration::from_millis(40);
        config.backoff_max = Duration::from_millis(80);
        let client = Client::new(config, Arc::new(move || jitter)).unwrap();
        let start = Instant::now();
        drop(create(&client).await);
        start.elapsed()
    };
    // Half of 40, 80 and 80 at least; all of it at most, which is what the largest remainder gives.
    assert!(elapsed(0, 4).await >= Duration::from_millis(100));
    assert!(elapsed(20_000_000, 2).await >= Duration::from_millis(40));
}

#[tokio::test]
async fn silence_and_lost_connections_leave_the_outcome_unknown() {
    for step in [Step::Silence, Step::Close, Step::CutOff(200)] {
        let server = Server::start(vec![step.clone()]).await;
        let client = server.client_with(|config| {
            config.request_timeout = Duration::from_millis(150);
            config.max_attempts = 2;
        });
        let error = create(&client).await.unwrap_err();
        assert_eq!(kind_of(&error), "unknown", "{step:?}");
        assert!(error.outcome_unknown() && error.may_retry(), "{step:?}");
        assert_eq!(server.seen().len(), 2, "{step:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_was_never_sent() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let client = Client::new(config(&closed), Arc::new(|| 0)).unwrap();
    let error = create(&client).await.unwrap_err();
    assert_eq!(kind_of(&error), "unreachable");
    assert!(error.may_retry() && !error.outcome_unknown());
}

#[tokio::test]
async fn a_lost_attempt_stays_unknown_until_stripe_answers_for_it() {
    // What the first attempt met, what the second was told, and what is known then.
    let table = [
        (Step::Close, answer(429, "{}"), "unknown"),
        (Step::Close, answer(401, "{}"), "unknown"),
        (Step::Close, answer(403, "{}"), "unknown"),
        (Step::Close, answer(409, error_body("t", "lock_timeout")), "unknown"),
        (answer(500, "{}"), answer(429, "{}"), "unknown"),
        (
            Step::Close,
            answer(402, error_body("card_error", "card_declined")),
            "declined",
        ),
        (Step::Close, answer(400, error_body("t", "x")), "rejected"),
        (answer(429, "{}"), answer(401, "{}"), "rejected"),
    ];
    for (first, second, expected) in table {
        let case = format!("{first:?}, then {second:?}");
        let server = Server::start(vec![first, second]).await;
        let client = server.client_with(|config| config.max_attempts = 2);
        assert_eq!(kind_of(&create(&client).await.unwrap_err()), expected, "{case}");
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_names_its_field_and_is_not_repeated() {
    let server = Server::start(vec![answer(
        200,
        r#"{"id":"re_1","object":"refund","amount":"5","currency":"usd"}"#,
    )])
    .await;
    let error = server
        .client()
        .create_refund(&Value::Null, &key("k"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }));
    assert!(error.to_string().contains("amount"), "{error}");
    assert!(error.outcome_unknown() && !error.may_retry());
    assert_eq!(server.seen().len(), 1);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_key_is_in_no_log_line_and_no_message() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start(vec![answer(500, "{}"), answer(200, CUSTOMER), answer(400, "{}")]).await;
    let client = server.client();
    create(&client).await.unwrap();
    let error = create(&client).await.unwrap_err();
    let lookup = client
        .list::<stripe::objects::Customer>(&json!({"email": "a@b.example"}))
        .await
        .unwrap_err();
    drop(guard);
    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        written.contains("req_1") && written.contains("/v1/customers"),
        "{written}"
    );
    let config = config(&server.url);
    let printed = format!("{written} {client:?} {config:?} {error:?} {error} {lookup:?} {lookup}");
    assert!(
        !printed.contains(SECRET_KEY) && !printed.contains("Hidden"),
        "{printed}"
    );
    assert!(!printed.contains("b.example"), "personal data: {printed}");
}

//! The generator's own promises: what it sends is what Stripe would send, what it reads is what was answered, and what
//! it reports is what happened.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use clap::Parser;
use proptest::prelude::*;
use stripe::objects::{CheckoutMode, CheckoutSession, CheckoutStatus, Expandable, PaymentStatus};
use stripe::signature::{SigningSecret, verify};
use stripe::{Envelope, Event};

use super::requests::{Purchase, Requests, Target};
use super::response::{Head, Parsed, Unreadable, parse};
use super::template::{UNIQUE_WIDTH, Unique, write_number};
use super::{Arguments, duration, pending, process_time};
use crate::clock::Clock;

const SECRET: &str = "whsec_bench";
const NOW_S: i64 = 1_795_000_000;

fn events(body_bytes: usize) -> Requests {
    let target = Target {
        authority: "127.0.0.1:9002".to_owned(),
        path: "/api/stripe/webhook".to_owned(),
    };
    let purchase = Purchase {
        item: "pack_100".to_owned(),
        credits: 100,
        amount_minor: 999,
        currency: "usd".to_owned(),
    };
    let secret = SigningSecret::new(SECRET).unwrap();
    Requests::events(
        &target,
        &purchase,
        body_bytes,
        "qwertz",
        secret,
        1_000,
        Unique::new("01k3abcdefghjkmnpqrst"),
    )
}

/// The head and the body of a request.
fn split(request: &[u8]) -> (String, &[u8]) {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (String::from_utf8(request[..end].to_vec()).unwrap(), &request[end + 4..])
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .unwrap()
}

#[test]
fn an_event_is_genuine_and_says_what_was_bought() {
    let clock = Clock::manual(NOW_S * 1_000_000);
    let mut requests = events(3_600);
    let mut ids = HashSet::new();
    for sequence in [0, 1, 31, 32, 999, 1_000, 123_456_789] {
        let (head, body) = split(requests.make(sequence, &clock));
        assert!(
            head.starts_with("POST /api/stripe/webhook HTTP/1.1\r\nhost: 127.0.0.1:9002\r\n"),
            "{head}"
        );
        assert_eq!(header(&head, "content-length"), body.len().to_string());
        let secrets = [SigningSecret::new(SECRET).unwrap()];
        let verified = verify(body, header(&head, "stripe-signature").as_bytes(), &secrets, NOW_S, 0).unwrap();
        assert_eq!(verified.timestamp_s, NOW_S);

        let envelope = Envelope::parse(body).unwrap();
        assert_eq!(
            (envelope.kind.as_str(), envelope.created_s),
            ("checkout.session.completed", NOW_S)
        );
        let user = format!("bench_{:06}", sequence % 1_000);
        assert_eq!(
            envelope.object.customer,
            Some(format!("cus_Bench{:06}", sequence % 1_000))
        );

        let session: CheckoutSession = Event::parse(body).unwrap().object().unwrap();
        assert_eq!(
            (session.mode, session.status),
            (CheckoutMode::Payment, CheckoutStatus::Complete)
        );
        assert_eq!(
            (session.payment_status, session.amount_total),
            (PaymentStatus::Paid, Some(999))
        );
        let purchase = session.metadata["paydesk_purchase"].clone();
        assert_eq!(session.client_reference_id.as_ref(), Some(&purchase));
        assert_eq!(session.metadata["paydesk_user"], user);
        assert_eq!(session.metadata["paydesk_kind"], "credit_pack");
        assert_eq!(session.metadata["paydesk_item"], "pack_100");
        assert_eq!(session.metadata["paydesk_quantity"], "1");
        assert_eq!(session.metadata["paydesk_credits"], "100");
        assert_eq!(session.metadata["paydesk_amount_minor"], "999");
        let payment = session.payment_intent.as_ref().map(Expandable::id).unwrap().to_owned();
        for (id, prefix) in [
            (envelope.id, "evt_"),
            (session.id, "cs_test_"),
            (payment, "pi_"),
            (purchase, "pur_"),
        ] {
            assert!(
                id.starts_with(prefix) && id.len() >= prefix.len() + UNIQUE_WIDTH,
                "{id}"
            );
            assert!(!id.contains('@') && ids.insert(id.clone()), "{id}");
        }
        assert!(
            !body.contains(&b'@') || String::from_utf8_lossy(body).matches('@').count() == 1,
            "a marker was left"
        );
    }
}

#[test]
fn bodies_have_the_size_asked_for_and_are_indented_as_stripe_does() {
    let smallest = events(0).body_bytes();
    assert!((3_000..3_600).contains(&smallest), "{smallest}");
    for asked in [0, 3_000, 3_600, 4_000, 10_000, 200_000] {
        let mut requests = events(asked);
        let size = requests.body_bytes();
        assert!(
            size >= smallest && size <= asked.max(smallest) && size + 30 > asked,
            "{size} for {asked}"
        );
        let clock = Clock::manual(NOW_S * 1_000_000);
        let (_, body) = split(requests.make(7, &clock));
        let value: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!(serde_json::to_vec_pretty(&value).unwrap(), body);
        let metadata = value["data"]["object"]["metadata"].as_object().unwrap();
        assert!(
            metadata
                .values()
                .all(|text| text.as_str().is_some_and(|text| text.len() <= 500))
        );
    }
}

#[test]
fn a_spend_names_its_user_and_its_key() {
    let target = Target {
        authority: "shop:80".to_owned(),
        path: "/".to_owned(),
    };
    let mut requests = Requests::credits(&target, "spend", 1, "pdk_token", 10, Unique::new("run"));
    let clock = Clock::manual(0);
    let mut keys = HashSet::new();
    for sequence in 0..20 {
        let (head, body) = split(requests.make(sequence, &clock));
        let line = format!(
            "POST /api/financial/credits/bench_00000{}/spend HTTP/1.1",
            sequence % 10
        );
        assert_eq!(head.lines().next(), Some(line.as_str()));
        assert_eq!(header(&head, "authorization"), "Bearer pdk_token");
        assert!(keys.insert(header(&head, "idempotency-key").to_owned()));
        assert_eq!(body, br#"{"amount":1,"reason":"bench"}"#);
    }
}

#[test]
fn a_read_of_entitlements_names_its_user_and_has_no_body() {
    let target = Target {
        authority: "shop:80".to_owned(),
        path: "/base/".to_owned(),
    };
    let mut requests = Requests::entitlements(&target, "pdk_token", 10, Unique::new("run"));
    let (head, body) = split(requests.make(13, &Clock::manual(0)));
    let line = "GET /base/api/entitlements/bench_000003 HTTP/1.1";
    assert_eq!(head.lines().next(), Some(line));
    assert_eq!(header(&head, "authorization"), "Bearer pdk_token");
    assert_eq!(body, b"");
}

#[test]
fn what_fills_a_slot_has_its_width() {
    let mut unique = Unique::new("0123456789abcdefghij");
    // As in Stripe's `price_1PgafmB7WZ01zgkW02Hf9z6c`, which was created in this second.
    let created_s = 1_721_948_530;
    assert_eq!(unique.of(0, created_s), b"3Pgafm0123456789abc0000000");
    assert_eq!(unique.of(33, created_s + 1), b"3Pgafn0123456789abc0000011");
    assert_eq!(unique.of(u64::MAX, created_s)[19..], *b"zzzzzzz");
    assert_eq!(Unique::new("run").of(0, created_s), b"3Pgafmrun00000000000000000");
    let mut digits = *b"??????";
    write_number(&mut digits, 42);
    assert_eq!(&digits, b"000042");
    write_number(&mut digits, 987_654_321);
    assert_eq!(&digits, b"654321");
}

#[test]
fn table_of_answers() {
    let head = |status, body_at, body_bytes, closes| {
        Ok(Parsed::Head(Head {
            status,
            body_at,
            body_bytes,
            closes,
        }))
    };
    let table: &[(&str, Result<Parsed, Unreadable>)] = &[
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
            head(200, 38, 2, false),
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length:  2 \r\nConnection: Close\r\n\r\n{}",
            head(200, 59, 2, true),
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            head(503, 55, 0, false),
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n", head(204, 27, 0, false)),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            Err(Unreadable::Chunked),
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n",
            Err(Unreadable::NoLength),
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n",
            Err(Unreadable::NoLength),
        ),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", Err(Unreadable::NotHttp)),
        ("HTTP/1.1 2x0 OK\r\ncontent-length: 2\r\n\r\n", Err(Unreadable::NotHttp)),
        ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n", Err(Unreadable::NotHttp)),
        ("SSH-2.0-OpenSSH\r\n", Err(Unreadable::NotHttp)),
        ("HTTP/1.1 200", Ok(Parsed::Partial)),
        ("", Ok(Parsed::Partial)),
    ];
    for (answer, expected) in table {
        assert_eq!(parse(answer.as_bytes()), *expected, "{answer:?}");
    }
    let endless = [b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'y'; 20_000]].concat();
    assert_eq!(parse(&endless), Err(Unreadable::HeadTooLong));
}

#[test]
fn an_answer_that_comes_in_pieces_is_read_when_it_is_whole() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"received\":true}";
    let body_at = answer.len() - 17;
    for length in 0..=answer.len() {
        let expected = if length < body_at {
            Parsed::Partial
        } else {
            Parsed::Head(Head {
                status: 200,
                body_at,
                body_bytes: 17,
                closes: false,
            })
        };
        assert_eq!(parse(&answer[..length]), Ok(expected), "{length} bytes");
    }
}

proptest! {
    #[test]
    fn no_answer_makes_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
        let _ = parse(&[b"HTTP/1.1 ", &bytes[..]].concat());
        let _ = parse(&[b"HTTP/1.1 200 OK\r\ncontent-length:", &bytes[..], b"\r\n\r\n"].concat());
        let _ = pending::parse(&bytes);
    }
}

#[test]
fn the_backlog_is_found_in_both_forms() {
    let table: &[(&str, Option<u64>)] = &[
        (r#"{"paydesk_inbox_pending": 7}"#, Some(7)),
        (r#"{"status": "ok", "inbox": [{"paydesk_inbox_pending": 7}]}"#, Some(7)),
        (r#"{"inbox_pending": 7}"#, None),
        (
            "# TYPE paydesk_inbox_pending gauge\npaydesk_inbox_pending 12\nother 3\n",
            Some(12),
        ),
        (
            "paydesk_inbox_pending{node=\"a\"} 12\npaydesk_inbox_pending{node=\"b}\"} 3 1795000000\n",
            Some(15),
        ),
        ("paydesk_inbox_pending_total 12\n", None),
        ("", None),
    ];
    for (body, expected) in table {
        assert_eq!(pending::parse(body.as_bytes()), *expected, "{body}");
    }
}

#[test]
fn durations_and_process_times_are_read() {
    assert_eq!(duration("500ms").unwrap(), Duration::from_millis(500));
    assert_eq!(duration("2m").unwrap(), Duration::from_mins(2));
    for wrong in [
        "",
        "5",
        "s",
        "1.5s",
        "-1s",
        "5 s",
        "99999999999999999999s",
        "999999999999999999h",
    ] {
        assert!(duration(wrong).is_err(), "{wrong}");
    }
    let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 3 0 100 1000 10";
    assert_eq!(process_time::parse(stat), Some(3.0));
    assert_eq!(process_time::parse("42 (short) S 1"), None);
    assert!(process_time::cpu_seconds(std::process::id()).unwrap() >= 0.0);
}

/// What the small server of these tests has seen.
#[derive(Default)]
struct Seen {
    genuine: HashSet<String>,
    spent: HashSet<String>,
    granted: HashSet<String>,
    pending_left: u64,
}

type Shared = Arc<Mutex<Seen>>;

async fn receive(State(seen): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let secrets = [SigningSecret::new(SECRET).unwrap()];
    let now_s = Clock::system().now_seconds();
    match verify(&body, headers["stripe-signature"].as_bytes(), &secrets, now_s, 300) {
        Ok(_) if seen.lock().unwrap().genuine.insert(Envelope::parse(&body).unwrap().id) => StatusCode::OK,
        Ok(_) => StatusCode::CONFLICT,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

async fn metrics(State(seen): State<Shared>) -> String {
    let mut seen = seen.lock().unwrap();
    seen.pending_left = seen.pending_left.saturating_sub(1);
    format!("paydesk_inbox_pending {}\n", seen.pending_left)
}

async fn spend(State(seen): State<Shared>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    assert_eq!(&body[..], br#"{"amount":1,"reason":"bench"}"#);
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let fresh = seen.lock().unwrap().spent.insert(key);
    (
        if fresh { StatusCode::OK } else { StatusCode::CONFLICT },
        [("connection", "close")],
        "{}",
    )
}

async fn grant(
    State(seen): State<Shared>,
    axum::extract::Path(user): axum::extract::Path<String>,
    headers: HeaderMap,
) -> StatusCode {
    assert_eq!(headers["authorization"], "Bearer pdk_admin");
    seen.lock().unwrap().granted.insert(user);
    StatusCode::CREATED
}

async fn server() -> (String, Shared) {
    let seen = Shared::default();
    let router = Router::new()
        .route("/hook", post(receive))
        .route("/metrics", get(metrics))
        .route("/api/financial/credits/{user}/spend", post(spend))
        .route("/api/financial/credits/{user}/add", post(grant))
        .with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, seen)
}

#[derive(Parser)]
struct Bench {
    #[command(flatten)]
    arguments: Arguments,
}

async fn run(line: &str) -> anyhow::Result<()> {
    let words = ["bench"].into_iter().chain(line.split_whitespace());
    super::run(Bench::try_parse_from(words)?.arguments).await
}

#[tokio::test]
async fn every_event_of_a_run_arrives_once() {
    let (url, seen) = server().await;
    let pid = std::process::id();
    seen.lock().unwrap().pending_left = 5;
    run(&format!(
        "ingest --url {url}/hook --secret {SECRET} --requests 500 --connections 7 --threads 2 --quiet --report json \
         --server-pid {pid} --wait-handled"
    ))
    .await
    .unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!((seen.genuine.len(), seen.pending_left), (500, 0));
}

#[tokio::test]
async fn a_load_is_held_while_too_much_is_pending() {
    let (url, seen) = server().await;
    seen.lock().unwrap().pending_left = 3;
    let line = format!("ingest --url {url}/hook --secret {SECRET} --requests 50 --pending-max 0 --quiet");
    run(&line).await.unwrap();
    assert_eq!(seen.lock().unwrap().genuine.len(), 50);
}

#[tokio::test]
async fn a_load_keeps_to_its_rate() {
    let (url, seen) = server().await;
    let begun = std::time::Instant::now();
    let line = format!("ingest --url {url}/hook --secret {SECRET} --requests 41 --rate 200 --connections 8 --quiet");
    run(&line).await.unwrap();
    // The last of them, and one that finds nothing more to do, wait for their turns.
    assert!(begun.elapsed() >= Duration::from_millis(200), "{:?}", begun.elapsed());
    assert_eq!(seen.lock().unwrap().genuine.len(), 41);
}

#[tokio::test]
async fn refused_events_fail_the_command() {
    let (url, seen) = server().await;
    let error = run(&format!(
        "ingest --url {url}/hook --secret whsec_other --requests 5 --quiet"
    ))
    .await
    .unwrap_err();
    assert!(error.to_string().starts_with("5 requests"), "{error}");
    assert!(seen.lock().unwrap().genuine.is_empty());
    let error = run("ingest --url https://shop.example/hook --secret x --quiet")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("plain http"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_the_command() {
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let line = format!("ingest --url http://{address}/hook --secret x --requests 5 --connections 1 --quiet");
    assert!(run(&line).await.is_err());
}

#[tokio::test]
async fn spends_are_granted_first_and_each_has_its_key() {
    let (url, seen) = server().await;
    let tokens = "--token pdk_app --admin-token pdk_admin";
    run(&format!(
        "spend --url {url} {tokens} --users 10 --requests 100 --connections 4 --quiet"
    ))
    .await
    .unwrap();
    run(&format!(
        "spend --url {url} {tokens} --hot --requests 20 --connections 4 --quiet"
    ))
    .await
    .unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!((seen.spent.len(), seen.granted.len()), (120, 10));
}

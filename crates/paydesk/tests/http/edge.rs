//! `paydesk edge` as a program, and the core's internal path as a stranger finds it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use axum::body::Body;
use axum::http::StatusCode;
use paydesk::clock::Clock;
use paydesk::hop::proof::{Claim, HEADER, Secret};
use paydesk::hop::{PATH, wire};
use paydesk::http::routes;
use stripe::signature::{SigningSecret, sign};
use tower::ServiceExt;

use crate::harness::{Harness, WEBHOOK_SECRET, request};
use crate::process::{Place, ask, stop, text};

const INTERNAL_SECRET: &str = "canary of an internal secret of many bytes";
const EVENT: &str = r#"{"id":"evt_edge","object":"event","type":"product.updated","created":1793000000,"livemode":false,
    "data":{"object":{"id":"prod_canary","object":"product"}}}"#;

/// Starts an edge in front of this core, and gives the line by which it says that it is ready.
fn start(place: &Place, core: &str, flags: &[&str]) -> (Child, String) {
    let usual = ["edge", "--listen=127.0.0.1:0", "--forward-to", core];
    let mut child = place
        .command(&[&usual, flags].concat())
        .env("STRIPE_WEBHOOK_SECRET", format!("whsec_old,{WEBHOOK_SECRET}"))
        .env("PAYDESK_INTERNAL_SECRET_FILE", place.0.path().join("internal-secret"))
        // Not an edge's business, and so not looked at: it could not be read.
        .env("STRIPE_SECRET_KEY_FILE", "/nowhere/at/all")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut ready)
        .unwrap();
    (child, ready)
}

fn place() -> Place {
    let place = Place::new();
    std::fs::write(place.0.path().join("internal-secret"), format!("{INTERNAL_SECRET}\n")).unwrap();
    place
}

fn secrets() -> Vec<Secret> {
    vec![Secret::new(INTERNAL_SECRET).unwrap()]
}

/// A delivery of Stripe's, under way.
fn deliver(ready: &str) -> TcpStream {
    let address = ready.split_once("http://").unwrap().1.split(' ').next().unwrap();
    let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
    let signature = sign(EVENT.as_bytes(), &secret, Clock::system().now_seconds());
    let mut stream = TcpStream::connect(address).unwrap();
    let length = EVENT.len();
    let head = format!(
        "POST /api/payments/webhook HTTP/1.1\r\nhost: x\r\nconnection: close\r\nstripe-signature: {signature}\r\n\
         content-length: {length}\r\n\r\n{EVENT}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn read_to_end(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Reads a request that an edge sends: its head, and its body.
fn take(core: &TcpListener) -> (TcpStream, String, Vec<u8>) {
    let (stream, _) = core.accept().unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let field = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name}: {head}")).trim().to_owned()
    };
    let mut body = vec![0; field("content-length:").parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let signature = field(&format!("{HEADER}:"));
    (reader.into_inner(), signature, body)
}

#[test]
fn an_edge_forwards_logs_and_finishes_what_is_in_flight_before_it_ends() {
    let place = place();
    let core = TcpListener::bind("127.0.0.1:0").unwrap();
    let (child, ready) = start(
        &place,
        &format!("http://{}", core.local_addr().unwrap()),
        &["--open-metrics"],
    );
    assert!(
        ready.starts_with("paydesk edge ") && ready.contains("forwards to http://127.0.0.1:"),
        "{ready}"
    );
    assert!(ask(&ready, "GET /readyz", "").contains(r#""core":"untried""#));
    let delivered = deliver(&ready);
    let (mut connection, signature, body) = take(&core);
    let claim = Claim::prove(signature.as_bytes(), &secrets(), Clock::system().now_seconds()).unwrap();
    claim.check(&body).unwrap();
    let group = wire::read(&body, 1).unwrap();
    assert_eq!(group[0].body, EVENT.as_bytes(), "the bytes that Stripe signed");
    assert!(Clock::system().now_us().abs_diff(group[0].verified_at_us) < 60_000_000);

    // Asked to stop while the core has not answered.
    let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    let answer = br#"{"events":[{"id":"evt_edge","outcome":"kept"}]}"#;
    let signature = claim.sign_answer(answer, &secrets());
    let head = format!(
        "HTTP/1.1 200 OK\r\n{HEADER}: {signature}\r\ncontent-length: {}\r\n\r\n",
        answer.len()
    );
    connection.write_all(&[head.as_bytes(), answer].concat()).unwrap();
    let told = read_to_end(delivered);
    assert!(told.starts_with("HTTP/1.1 200") && told.contains("received"), "{told}");
    let (_output, log) = stop(child);
    let line = log.lines().find(|line| line.contains("Forwarding event")).unwrap();
    assert!(line.contains("evt_edge") && line.contains("product.updated"), "{line}");
    assert!(!log.contains("canary"), "no secret and no body in the log: {log}");
    assert!(!place.0.path().join("paydesk.db").exists(), "an edge opens no database");
}

#[test]
fn an_edge_without_its_core_acknowledges_nothing_and_says_why() {
    let place = place();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (child, ready) = start(&place, &format!("http://{gone}/"), &[]);
    let told = read_to_end(deliver(&ready));
    assert!(
        told.starts_with("HTTP/1.1 503") && told.contains("retry-after: 5") && told.contains("core_unavailable"),
        "{told}"
    );
    let readiness = ask(&ready, "GET /readyz", "");
    assert!(
        readiness.starts_with("HTTP/1.1 200") && readiness.contains(r#""core":"failing""#),
        "{readiness}"
    );
    let metrics = ask(&ready, "GET /metrics", "");
    assert!(
        metrics.starts_with("HTTP/1.1 403") && metrics.contains("--open-metrics"),
        "{metrics}"
    );
    assert!(ask(&ready, "GET /livez", "").starts_with("HTTP/1.1 200"));
    assert!(ask(&ready, "GET /problems/core_unavailable", "").starts_with("HTTP/1.1 200"));
    for path in ["/api/events", PATH, "/console"] {
        let absent = ask(&ready, &format!("GET {path}"), "");
        assert!(absent.starts_with("HTTP/1.1 404"), "{absent}");
    }
    let forged = ask(&ready, "POST /api/stripe/webhook", "stripe-signature: t=1,v1=00\r\n");
    assert!(
        forged.starts_with("HTTP/1.1 400") && forged.contains("bad_signature"),
        "{forged}"
    );
    let (_output, log) = stop(child);
    assert!(log.contains("the core was not reached"), "{log}");
}

/// Flags, environment, and what the message must contain.
type Refused<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);

#[test]
fn an_edge_that_could_not_work_does_not_start() {
    let place = place();
    let hook = ("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
    let inner = ("PAYDESK_INTERNAL_SECRET", INTERNAL_SECRET);
    let long = "whsec_0123456789abcdef0123456789abcdef";
    #[rustfmt::skip]
    let cases: &[Refused<'_>] = &[
        (&[], &[hook, inner], "--forward-to"),
        (&["--forward-to=core:9002"], &[hook, inner], "--forward-to"),
        (&["--forward-to=http://user:canary@core"], &[hook, inner], "--forward-to"),
        (&["--forward-to=http://core/?x=1"], &[hook, inner], "--forward-to"),
        (&["--forward-to=http://core"], &[inner], "STRIPE_WEBHOOK_SECRET"),
        (&["--forward-to=http://core"], &[hook], "PAYDESK_INTERNAL_SECRET"),
        (&["--forward-to=http://core"], &[hook, ("PAYDESK_INTERNAL_SECRET", "short")], "PAYDESK_INTERNAL_SECRET"),
        (&["--forward-to=http://core"], &[("STRIPE_WEBHOOK_SECRET", long), ("PAYDESK_INTERNAL_SECRET", long)], "webhook secret"),
        (&["--forward-to=http://core", "--forward-timeout-ms=30000"], &[hook, inner], "--forward-timeout-ms"),
        (&["--forward-to=http://core", "--forward-waiting-max=0"], &[hook, inner], "--forward-waiting-max"),
    ];
    for (flags, environment, message) in cases {
        let mut command = place.command(&[&["edge", "--listen=127.0.0.1:0"], *flags].concat());
        let output = command.envs(environment.iter().copied()).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {said}");
        assert!(said.contains(message) && !said.contains("canary"), "{flags:?}: {said}");
    }
    let help = text(&place.command(&["edge", "--help"]).output().unwrap().stdout);
    assert!(
        help.contains("PAYDESK_INTERNAL_SECRET") && help.contains("PAYDESK_FORWARD_TO"),
        "{help}"
    );
    assert!(
        !help.contains("STRIPE_SECRET_KEY") && !help.contains("--user-per-minute"),
        "{help}"
    );
}

#[tokio::test]
async fn the_internal_path_is_there_only_where_it_is_configured_to_be() {
    let secret = ("PAYDESK_INTERNAL_SECRET", INTERNAL_SECRET);
    let own_listener = ["--internal-listen=127.0.0.1:0"];
    for (flags, secrets, in_public) in [
        (&[][..], &[][..], StatusCode::NOT_FOUND),
        (&[], &[secret], StatusCode::UNAUTHORIZED),
        (&own_listener, &[secret], StatusCode::NOT_FOUND),
    ] {
        let harness = Harness::with(flags, secrets).await;
        let ask = async |router: axum::Router, method: &str, path: &str| {
            let request = request(method, path, "").body(Body::empty()).unwrap();
            router.oneshot(request).await.unwrap().status()
        };
        let public = || routes::router(harness.app.clone(), axum::Router::new());
        let inside = || routes::internal_router(harness.app.clone());
        assert_eq!(ask(public(), "POST", PATH).await, in_public);
        if !flags.is_empty() {
            assert_eq!(ask(inside(), "POST", PATH).await, StatusCode::UNAUTHORIZED);
            assert_eq!(ask(inside(), "GET", "/livez").await, StatusCode::OK);
            for path in ["/api/stripe/webhook", "/api/orders", "/checkout"] {
                assert_eq!(ask(inside(), "POST", path).await, StatusCode::NOT_FOUND, "{path}");
            }
        }
    }
}

#[test]
fn the_core_takes_events_of_edges_on_a_listener_of_its_own() {
    let place = Place::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut core = place
        .command(&[
            "serve",
            "--listen=127.0.0.1:0",
            &format!("--internal-listen=127.0.0.1:{port}"),
        ])
        .env("STRIPE_SECRET_KEY", "sk_test_canary")
        .env("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET)
        .env("PAYDESK_INTERNAL_SECRET", INTERNAL_SECRET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(core.stdout.as_mut().unwrap())
        .read_line(&mut ready)
        .unwrap();
    let edges = self::place();
    let (edge, at_edge) = start(&edges, &format!("http://127.0.0.1:{port}"), &[]);
    let told = read_to_end(deliver(&at_edge));
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    assert!(ask(&at_edge, "GET /readyz", "").contains(r#""core":"reached""#));
    stop(edge);
    let (edge, at_edge) = start(
        &edges,
        ready.split_whitespace().find(|word| word.starts_with("http")).unwrap(),
        &[],
    );
    let told = read_to_end(deliver(&at_edge));
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    let (_output, log) = stop(edge);
    assert!(log.contains("PAYDESK_INTERNAL_LISTEN"), "{log}");
    stop(core);
    let shown = text(&place.command(&["events", "show", "evt_edge"]).output().unwrap().stdout);
    assert!(shown.contains("ignored"), "{shown}");
    let refused = place
        .command(&["serve", "--internal-listen=127.0.0.1:0"])
        .env("STRIPE_SECRET_KEY", "sk_test_canary")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("PAYDESK_INTERNAL_SECRET"));
}

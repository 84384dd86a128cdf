//! What only a socket shows: heads and bodies that never end, too many of anything, and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use paydesk::http::server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::harness::{Harness, JWT_SECRET, user_token};

/// Longer than any time-out a test sets, shorter than patience: what takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(20);

struct Served {
    harness: Arc<Harness>,
    address: SocketAddr,
    ended: JoinHandle<usize>,
}

async fn serve(flags: &[&str]) -> Served {
    let harness = Arc::new(Harness::with(flags, &[("PAYDESK_JWT_SECRET", JWT_SECRET)]).await);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let ended = tokio::spawn({
        let harness = Arc::clone(&harness);
        async move {
            let app = &harness.app;
            server::serve(
                listener,
                harness.router.clone(),
                &app.config.settings.limits,
                &app.shutdown,
            )
            .await
        }
    });
    Served {
        harness,
        address,
        ended,
    }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Everything until the server closes. A reset counts as closed.
async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    assert!(
        read.is_ok(),
        "the connection stays open; got {:?}",
        String::from_utf8_lossy(&bytes)
    );
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer with its body of known length.
async fn read_answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4_096];
    loop {
        let count = tokio::time::timeout(PATIENCE, stream.read(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(count > 0, "closed after {text:?}");
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap_or("0");
        if count == 0 || body.len() >= length.parse::<usize>().unwrap() {
            return text;
        }
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let served = serve(&["--head-timeout-ms=200"]).await;
    for beginning in ["", "G", "GET /livez HTTP/1.1\r\nhost: x\r\n", "PRI * HTTP/2.0\r\n"] {
        let mut stream = served.connect().await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        assert_eq!(read_to_end(&mut stream).await, "", "{beginning:?}");
    }
}

#[tokio::test]
async fn a_second_head_that_never_ends_is_cut_off_too() {
    let served = serve(&["--head-timeout-ms=200", "--idle-timeout-ms=60000"]).await;
    let mut stream = served.connect().await;
    stream
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    stream.write_all(b"GET /livez HT").await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_used_one_kept() {
    let served = serve(&["--head-timeout-ms=100", "--idle-timeout-ms=1000"]).await;
    let mut stream = served.connect().await;
    for _ in 0..3 {
        stream
            .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn a_body_that_never_ends_is_answered_408() {
    let served = serve(&["--body-timeout-ms=200"]).await;
    let mut stream = served.connect().await;
    let head = "POST /probe/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("body_timeout"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_sent() {
    let served = serve(&[]).await;
    let mut stream = served.connect().await;
    let head =
        "POST /probe/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 300000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.contains("262144"),
        "{answer}"
    );
}

#[tokio::test]
async fn an_endless_chunked_body_is_refused_at_its_limit() {
    let served = serve(&["--body-bytes-max=10000"]).await;
    let mut stream = served.connect().await;
    let head =
        "POST /probe/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(4_096));
    for _ in 0..3 {
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    let answer = read_answer(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn too_many_or_too_large_headers_are_refused() {
    let served = serve(&[]).await;
    for headers in ["a: b\r\n".repeat(100), format!("a: {}\r\n", "b".repeat(40_000))] {
        let mut stream = served.connect().await;
        let request = format!("GET /livez HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = read_answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let served = serve(&[]).await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"hello\r\n\r\n",
    ] {
        let mut stream = served.connect().await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = read_to_end(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}

#[tokio::test]
async fn two_lengths_that_disagree_are_refused() {
    let served = serve(&[]).await;
    for framing in [
        "content-length: 2\r\ncontent-length: 3\r\n",
        "content-length: 2\r\ntransfer-encoding: chunked\r\n",
        "content-length: +2\r\n",
        "transfer-encoding: identity\r\n",
    ] {
        let mut stream = served.connect().await;
        let request = format!("POST /probe/raw HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{framing}\r\n{{}}");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = read_to_end(&mut stream).await;
        assert!(
            !answer.starts_with("HTTP/1.1 2") || framing.contains("chunked"),
            "{framing}: {answer}"
        );
        assert_eq!(
            answer.matches("HTTP/1.1").count(),
            1,
            "one request, one answer: {answer}"
        );
    }
}

#[tokio::test]
async fn beyond_the_cap_connections_wait_their_turn() {
    let served = serve(&["--connections-max=1"]).await;
    let mut first = served.connect().await;
    first
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(read_answer(&mut first).await.starts_with("HTTP/1.1 200"));
    let mut second = served.connect().await;
    second
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut buffer = [0; 16];
    let early = tokio::time::timeout(Duration::from_millis(200), second.read(&mut buffer)).await;
    assert!(early.is_err(), "answered while the first connection was open");
    drop(first);
    assert!(read_answer(&mut second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn stopping_lets_requests_in_flight_finish_and_takes_no_more() {
    let served = serve(&[]).await;
    let body = "{\"name\": \"a\", \"items\": []}";
    let mut idle = served.connect().await;
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(read_answer(&mut idle).await.starts_with("HTTP/1.1 200"));
    let mut busy = served.connect().await;
    let token = user_token("user_1");
    let head = format!(
        "POST /probe/hold HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: k\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    busy.write_all(head.as_bytes()).await.unwrap();
    served.harness.arrived.notified().await;

    served.harness.app.shutdown.begin();
    assert_eq!(read_to_end(&mut idle).await, "", "an idle connection is closed at once");
    served.harness.release.notify_one();
    let answer = read_to_end(&mut busy).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let cut = tokio::time::timeout(PATIENCE, served.ended).await.unwrap().unwrap();
    assert_eq!(cut, 0);
    assert!(
        TcpStream::connect(served.address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn stopping_cuts_what_does_not_finish_in_time() {
    let served = serve(&["--drain-timeout-ms=200"]).await;
    let mut hanging = served.connect().await;
    hanging
        .write_all(b"GET /probe/hang HTTP/1.1\r\nhost: x\r\n\r\nGET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answered = served.connect().await;
    answered
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(read_answer(&mut answered).await.starts_with("HTTP/1.1 200"));
    served.harness.app.shutdown.begin();
    let cut = tokio::time::timeout(PATIENCE, served.ended).await.unwrap().unwrap();
    assert_eq!(cut, 1);
}

/// A POST whose body is announced and only begun.
fn begun(path: &str, announced: usize, sent: usize, header: &str) -> Vec<u8> {
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\n{header}content-length: {announced}\r\n\r\n");
    [head.into_bytes(), vec![b'a'; sent]].concat()
}

#[tokio::test]
async fn bodies_that_never_end_share_one_budget_and_give_it_back() {
    let budget = 1024 * 1024;
    let served = serve(&["--bodies-bytes-max=1048576", "--webhook-bytes-max=1048576"]).await;
    let bodies = &served.harness.app.surroundings.bodies;
    let mut first = served.connect().await;
    first
        .write_all(&begun("/probe/raw", budget, 600_000, ""))
        .await
        .unwrap();
    let wait = async |is_reached: &dyn Fn(usize) -> bool| {
        let reached = async {
            while !is_reached(bodies.taken_bytes()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.unwrap();
    };
    wait(&|taken| taken >= 600_000).await;
    for _ in 0..20 {
        let (mut reader, mut writer) = served.connect().await.into_split();
        // Refused before it is sent whole, so that writing may fail.
        let sending = tokio::spawn(async move { writer.write_all(&begun("/probe/raw", budget, 600_000, "")).await });
        let mut answer = Vec::new();
        drop(
            tokio::time::timeout(PATIENCE, reader.read_to_end(&mut answer))
                .await
                .unwrap(),
        );
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(
            answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 2"),
            "{answer}"
        );
        assert!(bodies.taken_bytes() <= budget);
        drop(sending.await.unwrap());
    }
    let mut other = served.connect().await;
    other
        .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(read_answer(&mut other).await.starts_with("HTTP/1.1 200"));
    drop(first);
    wait(&|taken| taken == 0).await;
    other
        .write_all(&begun("/probe/raw", 900_000, 900_000, ""))
        .await
        .unwrap();
    let answer = read_answer(&mut other).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("900000"),
        "{answer}"
    );
    wait(&|taken| taken == 0).await;
}

#[tokio::test]
async fn a_webhook_that_cannot_be_genuine_is_refused_before_its_body_is_read() {
    let served = serve(&[]).await;
    for header in [
        "",
        "stripe-signature: nonsense\r\n",
        "stripe-signature: t=1\r\n",
        "stripe-signature: v1=00\r\n",
        "stripe-signature: t=1,v1=00\r\nstripe-signature: t=1,v1=00\r\n",
    ] {
        let mut stream = served.connect().await;
        let request = begun("/api/stripe/webhook", 100_000, 0, header);
        stream.write_all(&request).await.unwrap();
        let answer = read_answer(&mut stream).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.contains("bad_signature"),
            "{header:?}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_connection_of_http_2_stands_for_few_requests_and_little_memory() {
    let served = serve(&[]).await;
    let mut stream = served.connect().await;
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 4, "the server's settings come first");
    let mut settings = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
    stream.read_exact(&mut settings).await.unwrap();
    let setting = |id: u8| {
        let found = settings.chunks_exact(6).find(|setting| setting[..2] == [0, id]);
        found.map(|setting| u32::from_be_bytes(setting[2..].try_into().unwrap()))
    };
    let (streams, window) = (setting(3).unwrap(), setting(4).unwrap_or(65_535));
    assert!(streams <= 16 && window <= 65_536, "{streams} streams of {window} bytes");
}

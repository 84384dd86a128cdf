//! A server that plays a script, one step for each request, and remembers what it was asked.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use stripe::{Client, ClientConfig, IdempotencyKey};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const SECRET_KEY: &str = "sk_test_51HiddenHiddenHidden";

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Answers with a status, headers and a body.
    Answer(u16, &'static [(&'static str, &'static str)], String),
    /// Reads the request and never answers.
    Silence,
    /// Reads the request and closes the connection.
    Close,
    /// Promises a longer body than it sends, and closes the connection.
    CutOff(u16),
}

pub(crate) fn answer(status: u16, body: impl Into<String>) -> Step {
    Step::Answer(status, &[], body.into())
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Plays the steps in order; the last one is repeated for whatever comes after it.
    pub(crate) async fn start(script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&seen);
        tokio::spawn(async move {
            let mut silent = Vec::new();
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                let Some(request) = read_request(&connection).await else {
                    continue;
                };
                let step = {
                    let mut memory = memory.lock().unwrap();
                    memory.push(request);
                    script[(memory.len() - 1).min(script.len() - 1)].clone()
                };
                match step {
                    Step::Answer(status, headers, body) => {
                        write(&connection, &response(status, headers, &body, 0)).await;
                    }
                    Step::CutOff(status) => write(&connection, &response(status, &[], "{\"id\"", 100)).await,
                    Step::Close => {}
                    Step::Silence => silent.push(connection),
                }
            }
        });
        Self { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// A client that does not wait long, with no jitter.
    pub(crate) fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    pub(crate) fn client_with(&self, change: impl FnOnce(&mut ClientConfig)) -> Client {
        let mut config = config(&self.url);
        change(&mut config);
        Client::new(config, Arc::new(|| 0)).unwrap()
    }
}

pub(crate) fn config(url: &str) -> ClientConfig {
    let mut config = ClientConfig::new(url, SecretString::from(SECRET_KEY));
    config.backoff_first = Duration::from_millis(2);
    config.backoff_max = Duration::from_secs(2);
    config
}

pub(crate) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

fn response(status: u16, headers: &[(&str, &str)], body: &str, missing_bytes: usize) -> String {
    let length = body.len() + missing_bytes;
    let mut text = format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text + "request-id: req_1\r\n\r\n" + body
}

async fn read_request(connection: &TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    loop {
        connection.readable().await.ok()?;
        let mut part = [0; 4096];
        match connection.try_read(&mut part) {
            Ok(0) => return None,
            Ok(length) => bytes.extend_from_slice(&part[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
        if let Some(request) = whole_request(std::str::from_utf8(&bytes).unwrap()) {
            return Some(request);
        }
    }
}

fn whole_request(text: &str) -> Option<Seen> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(key, value)| (key.to_lowercase(), value.to_owned()));
    let seen = Seen {
        line,
        headers: headers.collect(),
        body: body.to_owned(),
    };
    let length = seen
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    (seen.body.len() >= length).then_some(seen)
}

async fn write(connection: &TcpStream, text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        connection.writable().await.unwrap();
        match connection.try_write(rest) {
            Ok(length) => rest = &rest[length..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

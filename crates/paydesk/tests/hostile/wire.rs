//! The least that speaks HTTP/1.1: sends exactly the bytes it is given and reads what comes back.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::shots::Shot;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// One connection, opened again whenever the server closes it.
pub(crate) struct Connection {
    address: SocketAddr,
    open: Option<BufReader<TcpStream>>,
}

impl Connection {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, open: None }
    }

    /// Sends one request and waits for its answer.
    pub(crate) fn send(&mut self, shot: &Shot) -> Answered {
        let mut request = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            shot.path,
            self.address,
            shot.body.len()
        )
        .into_bytes();
        for (name, value) in &shot.headers {
            request.extend_from_slice(name.as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(value);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(&shot.body);
        // An idle connection may be closed by the server at any time, so the second try is on a fresh one.
        for _ in 0..2 {
            let mut stream = self.open.take().unwrap_or_else(|| connect(self.address));
            if stream.get_mut().write_all(&request).is_err() {
                continue;
            }
            if let Some((answered, keep)) = read(&mut stream) {
                if keep {
                    self.open = Some(stream);
                }
                return answered;
            }
        }
        panic!("no answer to {} with {} bytes", shot.path, shot.body.len())
    }
}

fn connect(address: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    BufReader::new(stream)
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<(Answered, bool)> {
    let mut line = String::new();
    if stream.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let (mut length, mut content_type, mut keep) = (0, String::new(), true);
    loop {
        line.clear();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "content-type" => value.trim().clone_into(&mut content_type),
            "connection" => keep = !value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((
        Answered {
            status,
            content_type,
            body,
        },
        keep,
    ))
}

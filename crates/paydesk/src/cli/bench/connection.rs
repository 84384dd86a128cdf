//! One keep-alive connection: a request is written in one piece, an answer is read into a buffer that is used again.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::response::{Head, Parsed, Unreadable, parse};

/// Larger than any answer to a request of a load; what does not fit makes the buffer grow.
const BUFFER_BYTES: usize = 4 * 1024;

/// The longest body that is taken, in bytes.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A connection that can be used again after each answer.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the server closed the connection without answering")]
    Closed,
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    #[error("the answer is too long")]
    TooLong,
}

/// An answer; its body stays in the connection's buffer until the next request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
    /// Whether the connection must not be used again.
    pub(super) closes: bool,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; BUFFER_BYTES],
        })
    }

    /// Sends a request and waits for its answer.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, Fault> {
        self.write(request).await?;
        let (head, filled) = self.read_head().await?;
        let end = head.body_at + head.body_bytes;
        self.read_until(filled, end).await?;
        Ok(Answer {
            status: head.status,
            body: &self.buffer[head.body_at..end],
            closes: head.closes,
        })
    }

    async fn write(&mut self, request: &[u8]) -> io::Result<()> {
        let mut rest = request;
        while !rest.is_empty() {
            let written = poll_fn(|context| Pin::new(&mut self.stream).poll_write(context, rest)).await?;
            rest = &rest[written..];
        }
        Ok(())
    }

    async fn read_head(&mut self) -> Result<(Head, usize), Fault> {
        let mut filled = 0;
        loop {
            filled += self.read(filled).await?;
            if let Parsed::Head(head) = parse(&self.buffer[..filled])? {
                return Ok((head, filled));
            }
        }
    }

    async fn read_until(&mut self, filled: usize, end: usize) -> Result<(), Fault> {
        if end > BODY_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        let mut filled = filled;
        while filled < end {
            filled += self.read(filled).await?;
        }
        Ok(())
    }

    /// Reads behind what is already there, at least one byte.
    async fn read(&mut self, filled: usize) -> Result<usize, Fault> {
        if filled == self.buffer.len() {
            self.buffer.resize(filled * 2, 0);
        }
        let mut buffer = ReadBuf::new(&mut self.buffer[filled..]);
        poll_fn(|context| Pin::new(&mut self.stream).poll_read(context, &mut buffer)).await?;
        match buffer.filled().len() {
            0 => Err(Fault::Closed),
            length => Ok(length),
        }
    }
}

//! The accept loop: HTTP/1 and HTTP/2 on one port, bounded in connections, heads, idleness and the time to stop.
//!
//! Our own, because the framework's has no time-out for a head that never ends. One watch per connection
//! covers the whole of it: a head must be complete within its time after its first byte, whatever the protocol; between
//! requests a connection may idle longer; a connection that does not close when asked is cut.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower::Service;

use crate::config::Limits;
use crate::shutdown::Shutdown;

/// The most header fields a request may have.
const HEADERS_MAX: usize = 64;
/// The most bytes a request's head may have.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// The most requests that one HTTP/2 connection may have under way. A connection is what is counted, so it must not stand
/// for many.
const STREAMS_MAX: u32 = 16;
/// The most bytes that one HTTP/2 request, and all of a connection together, may send ahead of being read. These wait in
/// the connection's own buffers, outside the budget of bodies.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 128 * 1024;
/// How long to wait before accepting again when the process has run out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The address of the other end of the connection, as an extension of every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `shutdown` is requested, then lets requests in flight finish within the drain time-out. Returns how
/// many connections had to be cut.
pub async fn serve(listener: TcpListener, router: Router, limits: &Limits, shutdown: &Shutdown) -> usize {
    let connections_max = limits.connections_max.min(Semaphore::MAX_PERMITS);
    let slots = Arc::new(Semaphore::new(connections_max));
    let serving = Arc::new(Serving {
        router,
        limits: limits.clone(),
        shutdown: shutdown.clone(),
    });
    loop {
        let slot = Arc::clone(&slots).acquire_owned();
        let accepted = tokio::select! {
            biased;
            () = shutdown.requested() => break,
            accepted = async { (slot.await, listener.accept().await) } => accepted,
        };
        match accepted {
            (Ok(slot), Ok((stream, peer))) => {
                let serving = Arc::clone(&serving);
                tokio::spawn(async move {
                    metrics::gauge!("http_connections").increment(1.0);
                    serving.connection(stream, peer).await;
                    metrics::gauge!("http_connections").decrement(1.0);
                    drop(slot);
                });
            }
            (_, Err(error)) => {
                // A connection that was reset while it waited is the client's affair; a want of descriptors passes.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
            (Err(_closed), _) => break,
        }
    }
    drop(listener);
    let all = u32::try_from(connections_max).unwrap_or(u32::MAX);
    match tokio::time::timeout(limits.drain_timeout(), slots.acquire_many(all)).await {
        Ok(_) => 0,
        Err(_elapsed) => connections_max - slots.available_permits(),
    }
}

struct Serving {
    router: Router,
    limits: Limits,
    shutdown: Shutdown,
}

impl Serving {
    async fn connection(&self, stream: TcpStream, peer: SocketAddr) {
        // Answers are small and whole; waiting to fill a packet only adds delay.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let watch = Arc::new(Watch::new(&self.limits));
        let router = self.router.clone();
        let service = service_fn({
            let watch = Arc::clone(&watch);
            move |request: hyper::Request<Incoming>| {
                let working = Working::begin(&watch);
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(Peer(peer));
                let answer = router.clone().call(request);
                async move {
                    let answer = answer.await;
                    drop(working);
                    answer
                }
            }
        });
        let builder = protocols();
        let io = TokioIo::new(Watched {
            stream,
            watch: Arc::clone(&watch),
        });
        let connection = builder.serve_connection(io, service);
        let mut connection = std::pin::pin!(connection);
        let mut closing = false;
        let mut alarm = std::pin::pin!(tokio::time::sleep_until(watch.deadline()));
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                () = self.shutdown.requested(), if !closing => {
                    closing = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = alarm.as_mut() => {
                    let (now, deadline) = (Instant::now(), watch.deadline());
                    if deadline > now {
                        // A head may begin at any time, so look at least as often as one may take.
                        alarm.as_mut().reset(deadline.min(now + self.limits.head_timeout()));
                    } else if closing || !watch.has_served() {
                        return;
                    } else {
                        closing = true;
                        connection.as_mut().graceful_shutdown();
                        alarm.as_mut().reset(Instant::now() + self.limits.head_timeout());
                    }
                }
            }
        }
    }
}

/// HTTP/1 and HTTP/2 within their bounds.
fn protocols() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX));
    builder
}

/// What a connection is doing, in milliseconds since it was opened.
struct Watch {
    opened: Instant,
    head_timeout: Duration,
    idle_timeout: Duration,
    busy_timeout: Duration,
    working: AtomicUsize,
    quiet_since_ms: AtomicU64,
    head_since_ms: AtomicU64,
}

/// That has not happened.
const NONE: u64 = u64::MAX;

impl Watch {
    fn new(limits: &Limits) -> Self {
        Self {
            opened: Instant::now(),
            head_timeout: limits.head_timeout(),
            idle_timeout: limits.idle_timeout(),
            busy_timeout: limits.handler_timeout() + limits.body_timeout(),
            working: AtomicUsize::new(0),
            quiet_since_ms: AtomicU64::new(NONE),
            // A connection is opened to be used: its first head begins with it.
            head_since_ms: AtomicU64::new(0),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(NONE - 1)
    }

    /// Bytes came in: with no request being worked on, they begin a head.
    fn received(&self) {
        if self.working.load(Ordering::Relaxed) == 0 && self.head_since_ms.load(Ordering::Relaxed) == NONE {
            self.head_since_ms.store(self.now_ms(), Ordering::Relaxed);
        }
    }

    /// When to look again. While a request is worked on its own time-outs hold, so that is not soon.
    fn deadline(&self) -> Instant {
        if self.working.load(Ordering::Relaxed) > 0 {
            return Instant::now() + self.busy_timeout;
        }
        let after = |since: &AtomicU64, timeout: Duration| match since.load(Ordering::Relaxed) {
            NONE => None,
            since_ms => Some(self.opened + Duration::from_millis(since_ms) + timeout),
        };
        let idle = after(&self.quiet_since_ms, self.idle_timeout);
        let head = after(&self.head_since_ms, self.head_timeout);
        idle.into_iter()
            .chain(head)
            .min()
            .unwrap_or_else(|| Instant::now() + self.busy_timeout)
    }

    fn has_served(&self) -> bool {
        self.quiet_since_ms.load(Ordering::Relaxed) != NONE
    }
}

/// A request being worked on, from its complete head to the head of its answer.
struct Working(Arc<Watch>);

impl Working {
    fn begin(watch: &Arc<Watch>) -> Self {
        watch.working.fetch_add(1, Ordering::Relaxed);
        watch.head_since_ms.store(NONE, Ordering::Relaxed);
        Self(Arc::clone(watch))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.quiet_since_ms.store(self.0.now_ms(), Ordering::Relaxed);
        self.0.working.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection whose arriving bytes are noticed.
struct Watched {
    stream: TcpStream,
    watch: Arc<Watch>,
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, ctx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(ctx, buffer);
        if buffer.filled().len() > before {
            self.watch.received();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, ctx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(ctx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(ctx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(ctx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(ctx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

//! The listener: one router for the API, the pages and the control API, and a loop that can hang up on a client.

use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State as Extract;
use axum::http::{Request, Response};
use axum::routing::{any, get};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tower::ServiceExt;

use crate::control::faults::HangUp;
use crate::{Sandbox, control, file, pages, wire};

impl Sandbox {
    /// The whole sandbox as a router, for use without a socket.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/{*path}", any(api))
            .route("/", get(|| async { axum::response::Redirect::temporary("/_sandbox") }))
            .merge(pages::routes())
            .merge(control::routes())
            .with_state(self.clone())
    }

    /// Serves on a listener until `shutdown` resolves, then lets requests in flight end.
    pub async fn serve(&self, listener: tokio::net::TcpListener, shutdown: impl Future<Output = ()> + Send) {
        if self.inner.config.public_base_url.is_none()
            && let Ok(address) = listener.local_addr()
        {
            let host = if address.ip().is_unspecified() {
                "localhost".to_owned()
            } else {
                address.ip().to_string()
            };
            self.lock().base_url = format!("http://{host}:{}", address.port());
        }
        self.wake();
        let router = self.router();
        let graceful = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        // Out of file descriptors, most likely: wait for some to be given back.
                        tracing::warn!(%error, "the sandbox could not accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
                () = &mut shutdown => break,
            };
            let _ = stream.set_nodelay(true);
            let router = router.clone();
            let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
                let router = router.clone();
                async move {
                    let response: Response<Body> = match router.oneshot(request.map(Body::new)).await {
                        Ok(response) => response,
                        Err(never) => match never {},
                    };
                    if response.extensions().get::<HangUp>().is_some() {
                        return Err(std::io::Error::new(
                            std::io::ErrorKind::ConnectionAborted,
                            "hung up on purpose",
                        ));
                    }
                    Ok(response)
                }
            });
            let mut builder = auto::Builder::new(TokioExecutor::new());
            builder
                .http1()
                .timer(TokioTimer::new())
                .header_read_timeout(Duration::from_secs(30));
            let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned());
            tokio::spawn(async move {
                // Clients that go away are no news.
                let _ = connection.await;
            });
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), graceful.shutdown()).await;
        file::save(self).await;
    }

    /// Starts the task that lets time pass and delivers webhooks, or tells it that there is something to do.
    pub(crate) fn wake(&self) {
        self.inner.woken.notify_one();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if !self.inner.working.swap(true, Ordering::AcqRel) {
            runtime.spawn(crate::delivery::work(
                std::sync::Arc::downgrade(&self.inner),
                self.inner.woken.clone(),
            ));
        }
    }
}

async fn api(Extract(sandbox): Extract<Sandbox>, request: Request<Body>) -> Response<Body> {
    wire::serve(sandbox, request).await
}

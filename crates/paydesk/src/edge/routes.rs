//! The edge over HTTP: Stripe's webhook under every name that the core has for it, health, and metrics.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use super::Edge;
use super::forward::ForwardError;
use crate::hop::wire::{FateOut, Outcome};
use crate::http::problem::Kind;
use crate::http::{ApiJson, Problem, explain, health, kinds, pages, routes};
use crate::inbox::{self, Delivery, WEBHOOK_PATHS};

/// The core will never take it.
const REFUSED_BY_CORE: Kind = Kind {
    code: "refused_by_core",
    status: 422,
    title: "The core does not take this event",
    explanation: "The event is genuine, and the server behind this edge refuses it for good: sending it again changes \
                  nothing. `detail` says why. The two are most likely of different releases, or have different limits.",
};

/// The core did not say that it has it.
const CORE_UNAVAILABLE: Kind = Kind {
    code: "core_unavailable",
    status: 503,
    title: "The core has not taken the event",
    explanation: "The event is genuine, but the server behind this edge could not be reached, did not answer in time, or \
                  could not store it. Nothing was acknowledged: Stripe sends it again. The edge's log says more.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[REFUSED_BY_CORE, CORE_UNAVAILABLE];

/// How soon Stripe may send again what the core did not take, in seconds.
const RETRY_SECONDS: u32 = 5;

/// The whole edge.
pub fn router(edge: Edge) -> Router {
    let full = Router::new()
        .route("/livez", get(health::get_liveness))
        .route("/healthz", get(health::get_liveness))
        .route("/readyz", get(get_readiness))
        .route("/metrics", get(get_metrics))
        .route("/problems", get(explain::get_problems))
        .route("/problems/{code}", get(explain::get_problem))
        .route("/assets/page.css", get(pages::get_style));
    let lean = WEBHOOK_PATHS
        .into_iter()
        .fold(Router::new(), |router, path| router.route(path, post(receive_webhook)));
    routes::surrounded(full, lean, edge)
}

async fn receive_webhook(State(edge): State<Edge>, delivery: Delivery) -> Result<Response, Problem> {
    let Delivery { signature, body } = delivery;
    let now_us = edge.clock.now_us();
    let envelope = inbox::verify(&edge.webhook_secrets, now_us, signature.as_bytes(), &body)?;
    match edge.forwarding.submit(envelope, body, now_us).await {
        Ok(fate) if fate.outcome == Outcome::Refused => Err(refused(fate)),
        Ok(_kept) => Ok(inbox::acknowledgement()),
        Err(error @ ForwardError::Full) => Err(Problem::unavailable(error, RETRY_SECONDS)),
        Err(ForwardError::TooLarge(error)) => Err(Problem::of(&REFUSED_BY_CORE).detail(format!("{error}."))),
        Err(error) => Err(Problem::of(&CORE_UNAVAILABLE)
            .caused_by(error)
            .retry_after(RETRY_SECONDS)),
    }
}

fn refused(fate: FateOut) -> Problem {
    let (code, detail) = (fate.code.unwrap_or_default(), fate.detail.unwrap_or_default());
    Problem::of(&REFUSED_BY_CORE).detail(format!("{code}: {detail}"))
}

/// Ready as long as nobody asked it to stop. Whether the core answers is told and not judged: an edge that is taken out of
/// service for that would be sent nothing by which it could find out that the core is back.
async fn get_readiness(State(edge): State<Edge>) -> Response {
    let (code, status) = if edge.shutdown.is_requested() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping")
    } else {
        (StatusCode::OK, "ready")
    };
    let readiness = json!({
        "status": status,
        "core": edge.forwarding.reach().word(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    (code, ApiJson(readiness)).into_response()
}

async fn get_metrics(State(edge): State<Edge>) -> Result<Response, Problem> {
    if !edge.config.settings.open_metrics {
        return Err(Problem::of(&kinds::FORBIDDEN).detail("This edge was not started with --open-metrics."));
    }
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((headers, edge.metrics.render()).into_response())
}

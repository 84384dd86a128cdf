//! Whether the process lives, whether it can serve, and what it measures.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Caller;
use super::{ApiJson, Problem, kinds};
use crate::app::App;
use crate::tokens::Scope;

/// Whether this process can serve requests.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"status": "ready", "store": "ok", "version": "0.1.0"}))]
pub struct Readiness {
    /// `ready`, or why not: `stopping`, `store_unavailable`.
    pub status: &'static str,
    /// Whether the store answers: `ok` or `failed`.
    pub store: &'static str,
    /// The version of this server.
    pub version: &'static str,
}

/// The routes of this module; every role serves them.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_liveness))
        .route("/healthz", axum::routing::get(get_liveness))
        .routes(routes!(get_readiness))
        .routes(routes!(get_metrics))
}

/// Whether the process lives
///
/// Answers as long as the process can answer at all; says nothing about the store. Also at `/healthz`.
#[utoipa::path(get, path = "/livez", tag = "operations", security(()),
    responses((status = 200, description = "It lives.", body = String, example = json!("ok"))))]
pub(crate) async fn get_liveness() -> &'static str {
    "ok"
}

/// Whether the process can serve
///
/// 200 while the store answers and nobody asked the process to stop, else 503: a load balancer sends requests elsewhere.
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()),
    responses((status = 200, description = "It can serve.", body = Readiness),
              (status = 503, description = "It cannot, for now.", body = Readiness)))]
async fn get_readiness(State(app): State<App>) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    let answered = app.store.read(|tx| tx.one("select 1", &[]).map(drop)).await;
    let readiness = match answered {
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            Readiness {
                status: "store_unavailable",
                store: "failed",
                version,
            }
        }
        Ok(()) if app.shutdown.is_requested() => Readiness {
            status: "stopping",
            store: "ok",
            version,
        },
        Ok(()) => Readiness {
            status: "ready",
            store: "ok",
            version,
        },
    };
    let code = if readiness.status == "ready" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, ApiJson(readiness)).into_response()
}

/// What the process measures
///
/// Metrics in the text form that Prometheus reads. Open on a developer's machine; a server with a public address asks
/// for the admin token or the scope `metrics:read`, unless it runs with `--open-metrics`.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain")))]
async fn get_metrics(State(app): State<App>, caller: Result<Caller, Problem>) -> Result<Response, Problem> {
    let settings = &app.config.settings;
    if !settings.open_metrics && settings.public_url.is_some() && !caller?.holds(Scope::MetricsRead) {
        return Err(Problem::of(&kinds::FORBIDDEN));
    }
    // A store that does not answer must not hide the other figures; `/readyz` tells of it.
    if let Ok(pending) = app.store.read(crate::inbox::pending).await {
        crate::inbox::show_pending(pending);
    }
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        app.metrics.render(),
    )
        .into_response())
}

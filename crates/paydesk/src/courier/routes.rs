//! Endpoints for outgoing webhooks over HTTP. A secret is in one answer only: that of the request which made it.

pub mod deliveries;

use axum::extract::State;
use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::records::endpoints;
use super::{Endpoint, Health, Kind, Sender, Standing, Way, sign};
use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_cursor, check_limit};
use crate::http::problem::Kind as ProblemKind;
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeBare, OneTimeJson, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::tokens::scope::{WebhooksRead, WebhooksWrite};

/// The most endpoints.
const ENDPOINTS_MAX: i64 = 50;
/// How long both secrets sign after a rotation, where the request does not say, and the longest it may say.
const OVERLAP_SECONDS: i64 = 86_400;
const OVERLAP_SECONDS_MAX: i64 = 7 * 86_400;

/// No more endpoints can be registered.
pub const TOO_MANY_ENDPOINTS: ProblemKind = ProblemKind {
    code: "too_many_webhook_endpoints",
    status: 409,
    title: "There are as many endpoints as there may be",
    explanation: "Every message is sent to every endpoint that wants its type, so their number is limited. Remove one \
                  that is not needed any more.",
};

/// All kinds of problem of this module.
pub const KINDS: &[ProblemKind] = &[TOO_MANY_ENDPOINTS];

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_webhook_endpoint, list_webhook_endpoints))
        .routes(routes!(read_webhook_endpoint, remove_webhook_endpoint))
        .routes(routes!(rotate_webhook_secret))
        .routes(routes!(enable_webhook_endpoint))
        .merge(deliveries::router())
}

/// An endpoint to be registered.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "url": "https://app.example.com/paydesk", "event_types": ["order.paid"] }))]
pub struct WebhookEndpointIn {
    /// Where messages are sent: https, and an address that is public or that the operator allows.
    pub url: String,
    /// What it is for, for people; at most 200 characters.
    pub description: Option<String>,
    /// The types that are wanted; all where it is left out or empty.
    #[serde(default)]
    pub event_types: Vec<Kind>,
}

/// An endpoint as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WebhookEndpointOut {
    /// `we_…`.
    #[schema(example = "we_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub endpoint_id: String,
    /// Where messages are sent.
    pub url: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The types that are wanted; all where it is empty.
    pub event_types: Vec<Kind>,
    /// Whether messages are sent.
    pub status: Standing,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_because: Option<String>,
    /// Since when every attempt has failed. After five days of that it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Moment>,
    /// Failed attempts since the last one that came through.
    pub failures: i64,
    /// Nothing is sent before, so that an endpoint that fails gets a rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resting_until: Option<Moment>,
    /// Until when the former secret signs as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_secret_until: Option<Moment>,
    /// What messages are signed with, once: in the answer to the request that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
    /// When it was registered.
    pub created_at: Moment,
}

impl WebhookEndpointOut {
    fn of(endpoint: Endpoint, now_us: i64) -> Self {
        let to_come = |at_us: &i64| *at_us > now_us;
        Self {
            endpoint_id: endpoint.endpoint_id,
            url: endpoint.url,
            description: endpoint.description,
            event_types: endpoint.event_types,
            status: endpoint.standing,
            disabled_because: endpoint.disabled_because,
            failing_since: endpoint.health.failing_since_us.map(Moment),
            failures: endpoint.health.failures,
            resting_until: Some(endpoint.health.resting_until_us).filter(to_come).map(Moment),
            former_secret_until: endpoint.former_until_us.filter(to_come).map(Moment),
            secret: None,
            created_at: Moment(endpoint.created_at_us),
        }
    }

    fn showing(self, secret: &SecretString) -> Self {
        Self {
            secret: Some(secret.expose_secret().to_owned()),
            ..self
        }
    }
}

/// Register an endpoint
///
/// Messages of the types that are wanted are sent there from now on, signed as Standard Webhooks defines it. The answer holds
/// the secret, which is shown nowhere else.
#[utoipa::path(post, path = "/api/webhook-endpoints", tag = "webhook endpoints", request_body = WebhookEndpointIn,
    responses((status = 201, description = "Registered, with its secret.", body = WebhookEndpointOut)))]
pub(crate) async fn create_webhook_endpoint(
    State(app): State<App>,
    _permit: Scoped<WebhooksWrite>,
    request: OneTimeJson<WebhookEndpointIn>,
) -> Result<Reply, Problem> {
    let OneTimeJson { one_time, body } = request;
    let (action, now_us) = (Action::of(&one_time), app.clock.now_us());
    let endpoint = endpoint_of(&app, body, now_us)?;
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            if endpoints::count_webhooks(tx)? >= ENDPOINTS_MAX {
                return Ok::<_, store::Error>(Answer::problem(&Problem::of(&TOO_MANY_ENDPOINTS)));
            }
            endpoints::insert(tx, &endpoint)?;
            let out = WebhookEndpointOut::of(endpoint.clone(), now_us).showing(&endpoint.secret);
            Ok(Answer::json(StatusCode::CREATED, &out))
        })
    });
    Ok(one_time.until(work).await?)
}

fn endpoint_of(app: &App, wanted: WebhookEndpointIn, now_us: i64) -> Result<Endpoint, Problem> {
    let sender = Sender::new(&app.config.settings.courier.webhook_allowed_subnets);
    sender.check(&wanted.url).map_err(|bad| {
        let problem = Problem::of(&kinds::INVALID).field("url");
        problem.detail(bad.to_string())
    })?;
    if wanted
        .description
        .as_ref()
        .is_some_and(|text| text.chars().count() > 200)
    {
        let problem = Problem::of(&kinds::INVALID).field("description");
        return Err(problem.detail("It may have 200 characters."));
    }
    let mut event_types = wanted.event_types;
    event_types.sort_by_key(|kind| kind.word());
    event_types.dedup();
    Ok(Endpoint {
        endpoint_id: app.ids.next("we"),
        way: Way::Webhook,
        url: wanted.url,
        description: wanted.description,
        event_types,
        secret: fresh_secret(app),
        former_secret: None,
        former_until_us: None,
        standing: Standing::Enabled,
        disabled_because: None,
        health: Health::default(),
        created_at_us: now_us,
    })
}

fn fresh_secret(app: &App) -> SecretString {
    let mut random = [0; 32];
    app.ids.fill(&mut random);
    sign::secret_of(&random)
}

/// Which endpoints to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookEndpointsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// List endpoints
///
/// Newest first, without their secrets.
#[utoipa::path(get, path = "/api/webhook-endpoints", tag = "webhook endpoints", params(WebhookEndpointsIn),
    responses((status = 200, description = "A page of endpoints.", body = Page<WebhookEndpointOut>)))]
pub(crate) async fn list_webhook_endpoints(
    State(app): State<App>,
    _permit: Scoped<WebhooksRead>,
    ApiQuery(wanted): ApiQuery<WebhookEndpointsIn>,
) -> Result<ApiJson<Page<WebhookEndpointOut>>, Problem> {
    let (limit, now_us) = (check_limit(wanted.limit)?, app.clock.now_us());
    let before = check_cursor(wanted.after.as_deref(), "we")?;
    let found = app
        .store
        .read(move |tx| endpoints::webhooks(tx, &before, limit + 1))
        .await?;
    let data = found
        .into_iter()
        .map(|one| WebhookEndpointOut::of(one, now_us))
        .collect();
    Ok(ApiJson(Page::of(data, limit, |one: &WebhookEndpointOut| {
        one.endpoint_id.clone()
    })))
}

/// Read an endpoint
///
/// How it goes with it, without its secret.
#[utoipa::path(get, path = "/api/webhook-endpoints/{endpoint_id}", tag = "webhook endpoints",
    params(("endpoint_id" = String, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint.", body = WebhookEndpointOut)))]
pub(crate) async fn read_webhook_endpoint(
    State(app): State<App>,
    _permit: Scoped<WebhooksRead>,
    ApiPath(endpoint_id): ApiPath<String>,
) -> Result<ApiJson<WebhookEndpointOut>, Problem> {
    let now_us = app.clock.now_us();
    let found = app.store.read(move |tx| known(tx, &endpoint_id)).await?;
    Ok(ApiJson(WebhookEndpointOut::of(found, now_us)))
}

/// An endpoint that takes webhooks, or 404.
fn known(tx: &mut Tx<'_>, endpoint_id: &str) -> Result<Endpoint, Problem> {
    let found = endpoints::endpoint(tx, endpoint_id)?;
    found
        .filter(|endpoint| endpoint.way == Way::Webhook)
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

/// Remove an endpoint
///
/// Nothing is sent there any more, not what is on its way either.
#[utoipa::path(delete, path = "/api/webhook-endpoints/{endpoint_id}", tag = "webhook endpoints",
    params(("endpoint_id" = String, Path, description = "The endpoint.")),
    responses((status = 204, description = "It is removed.")))]
pub(crate) async fn remove_webhook_endpoint(
    State(app): State<App>,
    _permit: Scoped<WebhooksWrite>,
    ApiPath(endpoint_id): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    let now_us = app.clock.now_us();
    let removed = app
        .store
        .write(move |tx| endpoints::remove(tx, now_us, &endpoint_id))
        .await?;
    if removed {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::of(&kinds::NOT_FOUND))
    }
}

/// How a secret is replaced.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "overlap_seconds": 3600 }))]
pub struct RotateSecretIn {
    /// How long the former secret signs as well, 0 to 604800; a day where it is left out.
    pub overlap_seconds: Option<i64>,
}

/// Rotate a secret
///
/// Makes a new secret, which is in the answer and nowhere else. During the overlap messages carry a signature by each, so the
/// receiver can change over at any moment of it.
#[utoipa::path(post, path = "/api/webhook-endpoints/{endpoint_id}/rotate", tag = "webhook endpoints",
    request_body = RotateSecretIn, params(("endpoint_id" = String, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint, with its new secret.", body = WebhookEndpointOut)))]
pub(crate) async fn rotate_webhook_secret(
    State(app): State<App>,
    _permit: Scoped<WebhooksWrite>,
    ApiPath(endpoint_id): ApiPath<String>,
    request: OneTimeJson<RotateSecretIn>,
) -> Result<Reply, Problem> {
    let OneTimeJson { one_time, body } = request;
    let overlap = body.overlap_seconds.unwrap_or(OVERLAP_SECONDS);
    if !(0..=OVERLAP_SECONDS_MAX).contains(&overlap) {
        let problem = Problem::of(&kinds::INVALID).field("overlap_seconds");
        return Err(problem.detail("It must be from 0 to 604800, which is a week."));
    }
    let (action, now_us, secret) = (Action::of(&one_time), app.clock.now_us(), fresh_secret(&app));
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            known(tx, &endpoint_id)?;
            endpoints::rotate(tx, now_us, &endpoint_id, &secret, now_us + overlap * SECOND_US)?;
            let out = WebhookEndpointOut::of(known(tx, &endpoint_id)?, now_us).showing(&secret);
            Ok::<_, Problem>(Answer::json(StatusCode::OK, &out))
        })
    });
    one_time.until(work).await
}

/// Enable an endpoint
///
/// Sends to an endpoint again that was disabled, beginning with what was on its way. What was decided meanwhile was not
/// kept for it.
#[utoipa::path(post, path = "/api/webhook-endpoints/{endpoint_id}/enable", tag = "webhook endpoints",
    params(("endpoint_id" = String, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint.", body = WebhookEndpointOut)))]
pub(crate) async fn enable_webhook_endpoint(
    State(app): State<App>,
    _permit: Scoped<WebhooksWrite>,
    ApiPath(endpoint_id): ApiPath<String>,
    OneTimeBare(one_time): OneTimeBare,
) -> Result<Reply, Problem> {
    let (action, now_us) = (Action::of(&one_time), app.clock.now_us());
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            let endpoint = known(tx, &endpoint_id)?;
            endpoints::enable(tx, now_us, &endpoint)?;
            let out = WebhookEndpointOut::of(known(tx, &endpoint_id)?, now_us);
            Ok::<_, Problem>(Answer::json(StatusCode::OK, &out))
        })
    });
    let reply = one_time.until(work).await?;
    app.store.notify(super::TOPIC);
    Ok(reply)
}

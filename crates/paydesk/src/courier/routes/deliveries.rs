//! What was sent to an endpoint, and sending it again.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::known;
use crate::app::App;
use crate::clock::Moment;
use crate::courier::{Attempt, Delivery, Selection, Status, TOPIC, records};
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeJson, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::tokens::scope::{DeliveriesWrite, WebhooksRead};

/// Attempts that are shown of a delivery.
const ATTEMPTS: i64 = 50;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_webhook_deliveries))
        .routes(routes!(read_webhook_delivery))
        .routes(routes!(replay_webhook_deliveries))
}

/// Which deliveries to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookDeliveriesIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<i64>,
    /// Only those of this status.
    pub status: Option<Status>,
}

/// A delivery as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WebhookDeliveryOut {
    /// Its number.
    pub delivery_id: i64,
    /// The message: what the receiver sees as `webhook-id`, the same at every attempt.
    #[schema(example = "msg_7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f")]
    pub message_id: String,
    /// The message's type.
    #[schema(example = "order.paid")]
    pub r#type: String,
    /// Where it stands.
    pub status: Status,
    /// Attempts since it was written or replayed, the one under way included.
    pub attempts: i64,
    /// When it is tried next, where it will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Moment>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Moment,
    /// When it was taken or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
    /// The message's body as it is sent; only where one delivery is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Its last attempts, newest first; only where one delivery is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_log: Option<Vec<WebhookAttemptOut>>,
}

/// An attempt as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WebhookAttemptOut {
    /// When it began.
    pub attempted_at: Moment,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// The status of the answer, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i64>,
    /// Why it failed; absent where it came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The first 1024 bytes of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

impl From<Delivery> for WebhookDeliveryOut {
    fn from(delivery: Delivery) -> Self {
        let is_pending = delivery.status == Status::Pending;
        Self {
            delivery_id: delivery.delivery_id,
            message_id: delivery.message_id,
            r#type: delivery.kind,
            status: delivery.status,
            attempts: delivery.attempts,
            next_attempt_at: is_pending.then_some(Moment(delivery.next_attempt_at_us)),
            last_error: delivery.last_error,
            created_at: Moment(delivery.created_at_us),
            ended_at: delivery.ended_at_us.map(Moment),
            body: None,
            attempt_log: None,
        }
    }
}

impl From<Attempt> for WebhookAttemptOut {
    fn from(attempt: Attempt) -> Self {
        Self {
            attempted_at: Moment(attempt.attempted_at_us),
            duration_us: attempt.duration_us,
            status_code: attempt.status_code,
            error: attempt.error,
            answer: attempt.answer,
        }
    }
}

/// List what was sent
///
/// The deliveries of an endpoint, newest first.
#[utoipa::path(get, path = "/api/webhook-endpoints/{endpoint_id}/deliveries", tag = "webhook endpoints",
    params(("endpoint_id" = String, Path, description = "The endpoint."), WebhookDeliveriesIn),
    responses((status = 200, description = "A page of deliveries.", body = Page<WebhookDeliveryOut>)))]
pub(crate) async fn list_webhook_deliveries(
    State(app): State<App>,
    _permit: Scoped<WebhooksRead>,
    ApiPath(endpoint_id): ApiPath<String>,
    ApiQuery(wanted): ApiQuery<WebhookDeliveriesIn>,
) -> Result<ApiJson<Page<WebhookDeliveryOut>>, Problem> {
    let (limit, before) = (check_limit(wanted.limit)?, wanted.after.unwrap_or(i64::MAX));
    let found = app
        .store
        .read(move |tx| {
            known(tx, &endpoint_id)?;
            Ok::<_, Problem>(records::deliveries(tx, &endpoint_id, wanted.status, before, limit + 1)?)
        })
        .await?;
    let data = found.into_iter().map(WebhookDeliveryOut::from).collect();
    Ok(ApiJson(Page::of(data, limit, |one: &WebhookDeliveryOut| {
        one.delivery_id.to_string()
    })))
}

/// Read a delivery
///
/// With the body as it is sent, and the log of its attempts: when, what was answered, how long it took.
#[utoipa::path(get, path = "/api/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}", tag = "webhook endpoints",
    params(("endpoint_id" = String, Path, description = "The endpoint."),
           ("delivery_id" = i64, Path, description = "The delivery.")),
    responses((status = 200, description = "The delivery.", body = WebhookDeliveryOut)))]
pub(crate) async fn read_webhook_delivery(
    State(app): State<App>,
    _permit: Scoped<WebhooksRead>,
    ApiPath((endpoint_id, delivery_id)): ApiPath<(String, i64)>,
) -> Result<ApiJson<WebhookDeliveryOut>, Problem> {
    let found = app
        .store
        .read(move |tx| {
            known(tx, &endpoint_id)?;
            let found = records::delivery(tx, &endpoint_id, delivery_id)?;
            let (delivery, body) = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
            Ok::<_, Problem>((delivery, body, records::attempts(tx, delivery_id, ATTEMPTS)?))
        })
        .await?;
    let (delivery, body, attempts) = found;
    Ok(ApiJson(WebhookDeliveryOut {
        body: Some(body),
        attempt_log: Some(attempts.into_iter().map(WebhookAttemptOut::from).collect()),
        ..delivery.into()
    }))
}

/// What is to be sent again: deliveries that have ended and that every given condition fits. At least one must be given.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "status": "failed", "dry_run": true }))]
pub struct ReplayWebhooksIn {
    /// Only that of this message.
    pub message_id: Option<String>,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those written from this time on.
    pub from: Option<Moment>,
    /// Only those written before this time.
    pub until: Option<Moment>,
    /// Only count them.
    #[serde(default)]
    pub dry_run: bool,
}

/// What a replay came to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReplayWebhooksOut {
    /// How many deliveries there are to send again.
    pub deliveries: i64,
    /// Whether they were only counted.
    pub dry_run: bool,
}

/// Send again
///
/// Sends messages once more, under the same `webhook-id`, from the beginning of the schedule: one, those of a time, or those
/// that failed. With `dry_run` they are only counted.
#[utoipa::path(post, path = "/api/webhook-endpoints/{endpoint_id}/replay", tag = "webhook endpoints",
    request_body = ReplayWebhooksIn, params(("endpoint_id" = String, Path, description = "The endpoint.")),
    responses((status = 200, description = "How many.", body = ReplayWebhooksOut)))]
pub(crate) async fn replay_webhook_deliveries(
    State(app): State<App>,
    _permit: Scoped<DeliveriesWrite>,
    ApiPath(endpoint_id): ApiPath<String>,
    request: OneTimeJson<ReplayWebhooksIn>,
) -> Result<Reply, Problem> {
    let OneTimeJson { one_time, body } = request;
    let (selection, dry_run) = (selection_of(&body)?, body.dry_run);
    let (action, now_us) = (Action::of(&one_time), app.clock.now_us());
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            known(tx, &endpoint_id)?;
            let deliveries = if dry_run {
                records::count_selected(tx, &endpoint_id, &selection)?
            } else {
                let put_back = records::put_back(tx, now_us, &endpoint_id, &selection)?;
                i64::try_from(put_back).unwrap_or(i64::MAX)
            };
            Ok::<_, Problem>(Answer::json(StatusCode::OK, &ReplayWebhooksOut { deliveries, dry_run }))
        })
    });
    let reply = one_time.until(work).await?;
    app.store.notify(TOPIC);
    Ok(reply)
}

fn selection_of(wanted: &ReplayWebhooksIn) -> Result<Selection, Problem> {
    let ReplayWebhooksIn {
        message_id,
        status,
        from,
        until,
        ..
    } = wanted;
    if message_id.is_none() && status.is_none() && from.is_none() && until.is_none() {
        let detail = "Say which: by message_id, by status, or by from and until.";
        return Err(Problem::of(&kinds::INVALID).detail(detail));
    }
    if message_id.as_deref() == Some("") {
        let problem = Problem::of(&kinds::INVALID).field("message_id");
        return Err(problem.detail("Write it as msg_…, as the receiver sees it in webhook-id."));
    }
    if *status == Some(Status::Pending) {
        let problem = Problem::of(&kinds::INVALID).field("status");
        return Err(problem.detail("What is pending is on its way already."));
    }
    Ok(Selection {
        message_id: message_id.clone(),
        status: *status,
        from_us: from.map_or(0, |moment| moment.0),
        until_us: until.map_or(i64::MAX, |moment| moment.0),
    })
}

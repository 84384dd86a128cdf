//! The inbox over HTTP: where Stripe delivers, and where operators look.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::delivery::{self, BAD_SIGNATURE, Delivery, NOT_AN_EVENT};
use super::forwarded::{self, BAD_HOP, Group, NOT_A_GROUP};
use super::receive::receive;
use super::rehearsal::{self, Rehearsed};
use super::{EventFilter, EventRow, Status, TOPIC, records};
use crate::app::App;
use crate::clock::Moment;
use crate::effects;
use crate::hop::wire::AnswerOut;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::problem::Kind;
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeBare, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::reports::TransferOut;
use crate::tokens::scope::{EventsRead, EventsReplay};
use crate::{books, courier};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[BAD_SIGNATURE, NOT_AN_EVENT, BAD_HOP, NOT_A_GROUP];

/// The routes of this capability for operators.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_events))
        .routes(routes!(read_event))
        .routes(routes!(replay_event))
}

/// Where Stripe delivers, under every name that the documents give it.
pub fn webhook_router() -> OpenApiRouter<App> {
    let [_canonical, aliases @ ..] = delivery::WEBHOOK_PATHS;
    let canonical = OpenApiRouter::new().routes(routes!(receive_webhook));
    aliases.into_iter().fold(canonical, |router, path| {
        router.route(path, axum::routing::post(receive_webhook))
    })
}

/// Where an edge forwards to.
pub fn internal_router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(receive_forwarded))
}

/// Receive an event from Stripe
///
/// Verifies the signature over the raw bytes, keeps the event, and answers only after the durable commit: 2xx means it
/// is in the store and will be handled once. The same handler answers at `/api/webhooks/stripe`,
/// `/api/payments/webhook` and `/stripe-webhook`. No Idempotency-Key is needed: the event's id is one.
#[utoipa::path(post, path = "/api/stripe/webhook", tag = "webhooks", security(()),
    request_body(content = String, content_type = "application/json", description = "The event, as Stripe signed it."),
    params(("Stripe-Signature" = String, Header, description = "Stripe's signature.")),
    responses((status = 200, description = "Kept."), (status = 400, description = "Not signed by a known secret, or not an event."),
              (status = 503, description = "It could not be kept; Stripe sends it again.")))]
pub(crate) async fn receive_webhook(State(app): State<App>, delivery: Delivery) -> Result<Response, Problem> {
    receive(&app, delivery.signature.as_bytes(), &delivery.body).await?;
    Ok(delivery::acknowledgement())
}

/// Receive events from an edge
///
/// For `paydesk edge` and nobody else; there where `PAYDESK_INTERNAL_SECRET` is set, on the internal listener where there is
/// one. The body is a group of events that the edge has verified. `Paydesk-Signature` proves the edge and covers the time
/// and the whole body, and the answer carries one of its own. An event is `kept` or `duplicate` only after the durable
/// commit. A repeat within the 300 seconds that a signature is good for is harmless: events are kept once.
#[utoipa::path(post, path = "/subscriptions/internal/stripe-webhook", tag = "webhooks", security(()),
    request_body(content = String, content_type = "application/octet-stream", description = "The group, as the edge signed it."),
    params(("Paydesk-Signature" = String, Header, description = "The edge's signature.")),
    responses((status = 200, description = "What became of each event, in their order.", body = AnswerOut),
              (status = 401, description = "Not signed by a known internal secret, or not just now."),
              (status = 404, description = "No internal secret is configured, or events are taken on another listener.")))]
pub(crate) async fn receive_forwarded(State(app): State<App>, group: Group) -> Result<Response, Problem> {
    forwarded::take(&app, &group).await
}

/// Which events to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<i64>,
    /// Only those of this status.
    pub status: Option<Status>,
    /// Only those of this type.
    pub r#type: Option<String>,
}

/// An event as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EventOut {
    /// `evt_…`.
    #[schema(example = "evt_1QxYzA2eZvKYlo2C")]
    pub id: String,
    /// Its number here, in the order of arrival.
    pub event_id: i64,
    /// Stripe's type.
    #[schema(example = "checkout.session.completed")]
    pub r#type: String,
    /// The object it is about.
    pub object_id: String,
    /// The connected account; empty for our own.
    pub account: String,
    /// When it happened at Stripe.
    pub created_at: Moment,
    /// When it came here.
    pub received_at: Moment,
    /// When it was last handled.
    pub handled_at: Option<Moment>,
    /// Where it stands.
    pub status: Status,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// What it did; only where one event is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effects: Option<Vec<EffectOut>>,
    /// What it moved in the ledger; only where one event is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfers: Option<Vec<TransferOut>>,
    /// Who was told of what it did; only where one event is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deliveries: Option<Vec<EventDeliveryOut>>,
    /// The event as received; only where one event is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub payload: Option<serde_json::Value>,
}

/// Something an event did.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EffectOut {
    /// What kind of thing.
    #[schema(example = "grant")]
    pub kind: String,
    /// The business key that made it happen once.
    #[schema(example = "grant:pi_3QxYzA2eZvKYlo2C")]
    pub key: String,
}

/// A message about something an event did, on its way to an endpoint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EventDeliveryOut {
    /// To whom: an endpoint for webhooks, or the mail server.
    pub endpoint_id: String,
    /// The delivery's number.
    pub delivery_id: i64,
    /// The message.
    #[schema(example = "msg_7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f")]
    pub message_id: String,
    /// The message's type.
    #[schema(example = "credits.granted")]
    pub r#type: String,
    /// Where it stands.
    pub status: courier::Status,
    /// Attempts since it was written or replayed, the one under way included.
    pub attempts: i64,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Moment,
    /// When it was taken or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
}

impl From<courier::Sent> for EventDeliveryOut {
    fn from(sent: courier::Sent) -> Self {
        Self {
            endpoint_id: sent.endpoint_id,
            delivery_id: sent.delivery_id,
            message_id: sent.message_id,
            r#type: sent.kind,
            status: sent.status,
            attempts: sent.attempts,
            last_error: sent.last_error,
            created_at: Moment(sent.created_at_us),
            ended_at: sent.ended_at_us.map(Moment),
        }
    }
}

impl From<EventRow> for EventOut {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.stripe_id,
            event_id: row.event_id,
            r#type: row.kind,
            object_id: row.object_id,
            account: row.account,
            created_at: Moment(row.created_s.saturating_mul(crate::clock::SECOND_US)),
            received_at: Moment(row.received_at_us),
            handled_at: row.handled_at_us.map(Moment),
            status: row.status,
            attempts: row.attempts,
            last_error: row.last_error,
            effects: None,
            transfers: None,
            deliveries: None,
            payload: None,
        }
    }
}

/// List events
///
/// What came in from Stripe, newest first. Where few events are of the status or type that is asked for, a page may hold
/// fewer than `limit`, or none: as long as there is a `next`, there may be more.
#[utoipa::path(get, path = "/api/events", tag = "events", params(EventsIn),
    responses((status = 200, description = "A page of events.", body = Page<EventOut>)))]
pub(crate) async fn list_events(
    State(app): State<App>,
    _permit: Scoped<EventsRead>,
    ApiQuery(wanted): ApiQuery<EventsIn>,
) -> Result<ApiJson<Page<EventOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let filter = EventFilter {
        status: wanted.status,
        kind: wanted.r#type,
        before: wanted.after,
    };
    let listing = app.store.read(move |tx| super::events_page(tx, &filter, limit)).await?;
    Ok(ApiJson(Page {
        data: listing.events.into_iter().map(EventOut::from).collect(),
        next: listing.next.map(|event_id| event_id.to_string()),
    }))
}

/// Read an event
///
/// With what it did, what that moved in the ledger, who was told of it, and the event as received.
#[utoipa::path(get, path = "/api/events/{id}", tag = "events",
    params(("id" = String, Path, description = "Stripe's id of the event.")),
    responses((status = 200, description = "The event.", body = EventOut)))]
pub(crate) async fn read_event(
    State(app): State<App>,
    _permit: Scoped<EventsRead>,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<EventOut>, Problem> {
    let found = app
        .store
        .read(move |tx| {
            let Some(row) = records::event(tx, &id)? else {
                return Ok::<_, store::Error>(None);
            };
            let effects = effects::effects_of_event(tx, row.event_id)?;
            let keys: Vec<String> = effects.iter().map(|(_, key)| key.clone()).collect();
            let told = courier::sent_about(tx, &keys)?;
            let positions = books::of_event(tx, row.event_id)?;
            let moved = books::passages(tx, &positions)?;
            let payload = records::payload_of(tx, row.event_id)?;
            Ok(Some((row, effects, (moved, told), payload)))
        })
        .await?;
    let (row, effects, (moved, told), payload) = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let mut event = EventOut::from(row);
    event.transfers = Some(moved.into_iter().map(TransferOut::from).collect());
    event.deliveries = Some(told.into_iter().map(EventDeliveryOut::from).collect());
    event.effects = Some(effects.into_iter().map(|(kind, key)| EffectOut { kind, key }).collect());
    event.payload = payload.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(ApiJson(event))
}

/// How to replay.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReplayQuery {
    /// Only tell what would happen, and change nothing.
    #[serde(default)]
    #[param(required = false)]
    pub dry_run: bool,
}

/// What a replay was taken in as, or would come to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReplayOut {
    /// Stripe's id of the event.
    pub id: String,
    /// Where it stands now; with `dry_run` where it would stand.
    pub status: Status,
    /// Whether it is only told, and nothing was changed.
    pub dry_run: bool,
    /// With `dry_run`: what would happen that has not happened yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effects: Option<Vec<EffectOut>>,
    /// With `dry_run`: what would go wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// Replay an event
///
/// Puts the event back to be handled. What it did before stays done: each effect happens once for its key. With `dry_run`
/// it is handled and all of that is taken back, so that the answer tells what a replay would do now. The body is empty.
#[utoipa::path(post, path = "/api/events/{id}/replay", tag = "events",
    params(("id" = String, Path, description = "Stripe's id of the event."), ReplayQuery),
    responses((status = 202, description = "It will be handled again.", body = ReplayOut),
              (status = 200, description = "What that would do; nothing was changed.", body = ReplayOut)))]
pub(crate) async fn replay_event(
    State(app): State<App>,
    _permit: Scoped<EventsReplay>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(wanted): ApiQuery<ReplayQuery>,
    OneTimeBare(one_time): OneTimeBare,
) -> Result<Reply, Problem> {
    let absent = || Problem::of(&kinds::NOT_FOUND);
    let rehearsed = if wanted.dry_run {
        Some(rehearsal::rehearse(&app, id.clone()).await?.ok_or_else(absent)?)
    } else {
        None
    };
    let (action, now_us) = (Action::of(&one_time), app.clock.now_us());
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            if let Some(rehearsed) = rehearsed.clone() {
                return Ok(Answer::json(StatusCode::OK, &ReplayOut::told(id.clone(), rehearsed)));
            }
            if !records::replay_one(tx, now_us, &id)? {
                // Nothing was asked of anything that exists, so there is no answer to keep.
                return Err(absent());
            }
            Ok(Answer::json(StatusCode::ACCEPTED, &ReplayOut::taken(id.clone())))
        })
    });
    let reply = one_time.until(work).await?;
    if !wanted.dry_run {
        app.store.notify(TOPIC);
    }
    Ok(reply)
}

impl ReplayOut {
    fn taken(id: String) -> Self {
        Self {
            id,
            status: Status::Received,
            dry_run: false,
            effects: None,
            last_error: None,
        }
    }

    fn told(id: String, rehearsed: Rehearsed) -> Self {
        let effects = rehearsed.effects.into_iter();
        Self {
            id,
            status: rehearsed.status,
            dry_run: true,
            effects: Some(effects.map(|(kind, key)| EffectOut { kind, key }).collect()),
            last_error: rehearsed.error,
        }
    }
}

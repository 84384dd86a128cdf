//! Faults on demand: for the API's answers and for webhook deliveries, each for the next n times or by luck.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::resources::events::matches;
use crate::state::State;
use crate::wire::error::ApiError;
use crate::wire::{Reply, hang_up};

/// Marks an answer that is a closed connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HangUp;

/// What a rule does to a delivery when it is queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeliveryRule {
    Duplicate { copies: usize },
    Reorder { window: usize },
    Delay { ms: i64 },
    Drop,
    CorruptBody,
    CorruptSignature,
    Skew { seconds: i64 },
}

/// What a rule does to an API request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiFault {
    /// No answer at all: the connection is closed before anything is executed.
    Down,
    /// An error instead of execution, not kept under the idempotency key.
    Refuse {
        status: u16,
    },
    RateLimit {
        retry_after: u64,
    },
    /// The object is locked by another request: 409.
    Conflict,
    Latency {
        ms: u64,
    },
    /// An error during execution, kept under the idempotency key like any other answer.
    Fail {
        status: u16,
    },
    /// Executed; then silence, and the connection is closed.
    TimeoutAfter {
        ms: u64,
    },
    /// Executed; then an error instead of the answer.
    ErrorAfter {
        status: u16,
    },
}

#[derive(Debug, Clone)]
enum Effect {
    Delivery(DeliveryRule),
    Api(ApiFault),
}

/// A fault in force.
#[derive(Debug, Clone)]
struct Rule {
    id: u64,
    given: Value,
    effect: Effect,
    /// How many times it still applies; for ever when absent.
    left: Option<u64>,
    per_mille: Option<u64>,
    endpoint: Option<String>,
    event_type: Option<String>,
    method: Option<String>,
    path: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    last: u64,
}

impl Faults {
    /// Puts a fault in force from its JSON; gives its id.
    pub(crate) fn add(&mut self, given: &Value) -> Result<u64, String> {
        let optional = |name: &str| given[name].as_str().map(str::to_owned);
        let effect = effect_of(given)?;
        let per_mille = match given.get("per_mille") {
            None | Some(Value::Null) => None,
            Some(value) => Some(
                value
                    .as_u64()
                    .filter(|rate| *rate <= 1000)
                    .ok_or("per_mille must be from 0 to 1000")?,
            ),
        };
        let left = match given.get("count") {
            None | Some(Value::Null) => None,
            Some(_) => Some(number(given, "count", 1)?),
        };
        self.last += 1;
        self.rules.push(Rule {
            id: self.last,
            given: given.clone(),
            effect,
            left,
            per_mille,
            endpoint: optional("endpoint"),
            event_type: optional("type"),
            method: optional("method"),
            path: optional("path"),
        });
        Ok(self.last)
    }

    pub(crate) fn list(&self) -> Value {
        self.rules
            .iter()
            .map(|rule| json!({ "id": rule.id, "fault": rule.given, "left": rule.left }))
            .collect()
    }

    /// Lifts one fault, or all of them; gives how many.
    pub(crate) fn lift(&mut self, id: Option<u64>) -> usize {
        let before = self.rules.len();
        self.rules.retain(|rule| id.is_some_and(|id| rule.id != id));
        before - self.rules.len()
    }
}

impl State {
    /// What the rules in force do to a delivery that is about to be queued; each use counts.
    pub(crate) fn delivery_rules(&mut self, endpoint: &str, kind: &str) -> Vec<DeliveryRule> {
        let mut applied = Vec::new();
        for rule in &mut self.faults.rules {
            let Effect::Delivery(effect) = &rule.effect else {
                continue;
            };
            let meant = rule.endpoint.as_deref().is_none_or(|wanted| wanted == endpoint)
                && rule.event_type.as_deref().is_none_or(|pattern| matches(pattern, kind));
            if meant && rule.left != Some(0) && rule.per_mille.is_none_or(|rate| self.fault_dice.chance(rate)) {
                rule.left = rule.left.map(|left| left - 1);
                applied.push(effect.clone());
            }
        }
        self.faults.rules.retain(|rule| rule.left != Some(0));
        applied
    }

    /// The fault a request meets, if any: the first that is meant for it.
    pub(crate) fn api_fault(&mut self, method: &str, path: &str) -> Option<ApiFault> {
        let mut met = None;
        for rule in &mut self.faults.rules {
            let Effect::Api(fault) = &rule.effect else { continue };
            let meant = rule
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && rule.path.as_deref().is_none_or(|prefix| path.starts_with(prefix));
            if meant && rule.left != Some(0) && rule.per_mille.is_none_or(|rate| self.fault_dice.chance(rate)) {
                rule.left = rule.left.map(|left| left - 1);
                met = Some(fault.clone());
                break;
            }
        }
        self.faults.rules.retain(|rule| rule.left != Some(0));
        met
    }
}

/// A whole number of the fault, or its default.
fn number(given: &Value, name: &str, default: u64) -> Result<u64, String> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value.as_u64().ok_or_else(|| format!("{name} must be a whole number")),
    }
}

fn effect_of(given: &Value) -> Result<Effect, String> {
    let number = |name: &str, default: u64| number(given, name, default);
    let status = u16::try_from(number("status", 500)?)
        .ok()
        .filter(|status| (400..600).contains(status));
    let status = status.ok_or("status must be from 400 to 599")?;
    let signed = |name: &str| {
        given[name]
            .as_i64()
            .ok_or_else(|| format!("{name} must be a whole number"))
    };
    let size = |name: &str, default| number(name, default).map(|n| usize::try_from(n.min(1000)).unwrap_or(1000));
    let kind = given["kind"].as_str().unwrap_or_default();
    Ok(match kind {
        "duplicate" => Effect::Delivery(DeliveryRule::Duplicate {
            copies: size("copies", 1)?,
        }),
        "reorder" => Effect::Delivery(DeliveryRule::Reorder {
            window: size("window", 4)?.max(2),
        }),
        "delay" => Effect::Delivery(DeliveryRule::Delay {
            ms: signed("ms")?.max(0),
        }),
        "drop" => Effect::Delivery(DeliveryRule::Drop),
        "corrupt_body" => Effect::Delivery(DeliveryRule::CorruptBody),
        "corrupt_signature" => Effect::Delivery(DeliveryRule::CorruptSignature),
        "clock_skew" => Effect::Delivery(DeliveryRule::Skew {
            seconds: signed("seconds")?,
        }),
        "down" => Effect::Api(ApiFault::Down),
        "refuse" => Effect::Api(ApiFault::Refuse { status }),
        "rate_limit" => Effect::Api(ApiFault::RateLimit {
            retry_after: number("retry_after", 1)?,
        }),
        "conflict" => Effect::Api(ApiFault::Conflict),
        "latency" => Effect::Api(ApiFault::Latency {
            ms: number("ms", 1000)?,
        }),
        "fail" => Effect::Api(ApiFault::Fail { status }),
        "timeout_after" => Effect::Api(ApiFault::TimeoutAfter { ms: number("ms", 0)? }),
        "error_after" => Effect::Api(ApiFault::ErrorAfter { status }),
        other => return Err(format!("there is no fault of kind {other:?}; see GET /_sandbox")),
    })
}

fn refusal(status: u16, request_id: &str) -> Response<Body> {
    let error = ApiError::api(
        status,
        "An unexpected error occurred on purpose: a fault of the sandbox.",
    );
    Reply::error(&error, request_id, crate::API_VERSION).into_response(request_id, None)
}

impl ApiFault {
    /// The answer given without looking at the request.
    pub(crate) fn before(&self, request_id: &str) -> Option<Response<Body>> {
        match self {
            Self::Down => Some(hang_up()),
            Self::Refuse { status } => Some(refusal(*status, request_id)),
            Self::RateLimit { retry_after } => {
                let message = "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.";
                let error = ApiError::invalid(message).code("rate_limit").status(429);
                let mut response = Reply::error(&error, request_id, crate::API_VERSION).into_response(request_id, None);
                response
                    .headers_mut()
                    .insert("retry-after", HeaderValue::from(*retry_after));
                response
                    .headers_mut()
                    .insert("stripe-rate-limited-reason", HeaderValue::from_static("global-rate"));
                Some(response)
            }
            Self::Conflict => {
                let message = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.";
                let error = ApiError::invalid(message).code("lock_timeout").status(409);
                Some(Reply::error(&error, request_id, crate::API_VERSION).into_response(request_id, None))
            }
            _ => None,
        }
    }

    /// Waits while the idempotency key is already in use.
    pub(crate) async fn wait_during(&self) {
        if let Self::Latency { ms } = self {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
        }
    }

    /// The error execution ends in.
    pub(crate) fn instead(&self) -> Option<ApiError> {
        match self {
            Self::Fail { status } => Some(ApiError::api(
                *status,
                "An unexpected error occurred on purpose: a fault of the sandbox.",
            )),
            _ => None,
        }
    }

    /// What the client gets instead of the answer to what has been executed.
    pub(crate) async fn after(&self, request_id: &str) -> Option<Response<Body>> {
        match self {
            Self::TimeoutAfter { ms } => {
                tokio::time::sleep(Duration::from_millis(*ms)).await;
                Some(hang_up())
            }
            Self::ErrorAfter { status } => Some(refusal(*status, request_id)),
            _ => None,
        }
    }
}

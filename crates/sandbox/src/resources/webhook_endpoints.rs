//! Webhook endpoints: where events go, and the secret they are signed with, which is shown once.

use serde_json::{Value, json};

use super::take_over;
use crate::state::{State, flag, merge_metadata, rendered};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};
use crate::{API_VERSION, EndpointConfig};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/v1/webhook_endpoints",
        "api_version connect:bool description enabled_events*:[id] metadata:map url*:id",
        create,
    ),
    Operation::list("/v1/webhook_endpoints", "", |call| {
        list::page(call.state, "webhook_endpoint", call.path, &call.params, |_| true)
    }),
    Operation::get("/v1/webhook_endpoints/{id}", "", |call| {
        call.found("webhook_endpoint", "id").map(rendered)
    }),
    Operation::post(
        "/v1/webhook_endpoints/{id}",
        "description disabled:bool enabled_events:[id] metadata:map url:id",
        update,
    ),
    Operation::delete("/v1/webhook_endpoints/{id}", |call| {
        call.found("webhook_endpoint", "id")?;
        let id = call.id().to_owned();
        call.state.remove(&id, None);
        crate::delivery::forget_endpoint(call.state, &id);
        Ok(json!({ "id": id, "object": "webhook_endpoint", "deleted": true }))
    }),
];

fn create(call: &mut Call<'_>) -> Answer {
    check(call)?;
    if let Some(version) = call
        .text("api_version")
        .filter(|version| crate::wire::version::of(Some(version)).is_err())
    {
        return Err(ApiError::param(
            "api_version",
            format!("Invalid API version: {version}. The sandbox renders {API_VERSION}."),
        ));
    }
    let secret = format!("whsec_{}", call.state.dice.token(32));
    let connect = call.flag("connect").unwrap_or(false);
    let id = insert(
        call.state,
        &call.value("url"),
        &call.value("enabled_events"),
        &secret,
        connect,
    );
    let metadata = call.metadata();
    let (description, version) = (call.value("description"), call.value("api_version"));
    call.state.update(&id, |endpoint| {
        endpoint.insert("description".to_owned(), description);
        endpoint.insert("metadata".to_owned(), metadata);
        endpoint.insert("api_version".to_owned(), version);
    });
    let mut answer = rendered(call.state.own(&id));
    answer["secret"] = json!(secret);
    Ok(answer)
}

/// Registers an endpoint from outside the API and gives its secret.
pub(crate) fn register(state: &mut State, endpoint: &EndpointConfig) -> String {
    let secret = endpoint
        .secret
        .clone()
        .unwrap_or_else(|| format!("whsec_{}", state.dice.token(32)));
    insert(
        state,
        &json!(endpoint.url),
        &json!(endpoint.enabled_events),
        &secret,
        endpoint.connect,
    );
    secret
}

fn insert(state: &mut State, url: &Value, enabled_events: &Value, secret: &str, connect: bool) -> String {
    let value = json!({
        "id": state.dice.id("we").replace("we_3", "we_1"),
        "object": "webhook_endpoint",
        "api_version": null,
        "application": null,
        "created": state.now(),
        "description": null,
        "enabled_events": enabled_events,
        "livemode": false,
        "metadata": {},
        "status": "enabled",
        "url": url,
        "_connect": connect,
        "_secret": secret,
    });
    state.insert("webhook_endpoint", value)
}

fn check(call: &Call<'_>) -> Result<(), ApiError> {
    if let Some(url) = call.text("url") {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Err(ApiError::param(
                "url",
                "Invalid URL: An explicit scheme (such as https) must be provided.",
            )
            .code("url_invalid"));
        }
    }
    if let Some(Value::Array(events)) = call.params.get("enabled_events") {
        let well_formed = |event: &str| {
            event == "*"
                || (event.contains('.')
                    && event
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b)))
        };
        for (index, event) in events.iter().filter_map(Value::as_str).enumerate() {
            if !well_formed(event) {
                let param = format!("enabled_events[{index}]");
                return Err(ApiError::param(
                    &param,
                    format!("Invalid {param}: must be a known event type or *, not {event}"),
                ));
            }
        }
        if events.is_empty() {
            return Err(ApiError::missing("enabled_events"));
        }
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> Answer {
    call.found("webhook_endpoint", "id")?;
    check(call)?;
    let id = call.id().to_owned();
    let params = &call.params;
    call.state.update(&id, |endpoint| {
        take_over(endpoint, params, &["description", "enabled_events", "url"]);
        if let Some(metadata) = params.get("metadata") {
            merge_metadata(endpoint, metadata);
        }
        if params.contains_key("disabled") {
            let disabled = flag(&json!(params), "disabled");
            endpoint.insert(
                "status".to_owned(),
                json!(if disabled { "disabled" } else { "enabled" }),
            );
        }
    });
    Ok(rendered(call.state.own(&id)))
}

//! Events as the API shows them. They are written in `state`, with the change they tell of.

use serde_json::Value;

use crate::events::Event;
use crate::wire::error::ApiError;
use crate::wire::list::{Cursor, created_within};
use crate::wire::{Answer, Call, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::list(
        "/v1/events",
        "created:range delivery_success:bool type types:[id]",
        list,
    ),
    Operation::get("/v1/events/{id}", "", |call| {
        let account = call.state.origin.account.as_deref();
        let found = call
            .state
            .events
            .get(call.id())
            .filter(|event| event.is_of(account))
            .map(Event::render);
        found.ok_or_else(|| ApiError::absent("event", call.id(), "id").status(404))
    }),
];

fn list(call: &mut Call<'_>) -> Answer {
    let cursor = Cursor::of(&call.params)?;
    let types = call.params.get("types").and_then(Value::as_array);
    if types.is_some() && call.given("type").is_some() {
        return Err(ApiError::param(
            "types",
            "You may only specify one of these parameters: type, types.",
        ));
    }
    let delivered = call.flag("delivery_success");
    let account = call.state.origin.account.as_deref();
    let keep = |event: &&Event| {
        event.is_of(account)
            && types.is_none_or(|types| {
                types
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|pattern| matches(pattern, &event.kind))
            })
            && call.text("type").is_none_or(|pattern| matches(pattern, &event.kind))
            && delivered.is_none_or(|delivered| delivered == (event.pending == 0))
            && call
                .params
                .get("created")
                .is_none_or(|range| created_within(range, event.created))
    };
    let events = &call.state.events;
    let beside = |id: &String, newer, param| {
        events
            .beside(id, newer)
            .ok_or_else(|| ApiError::absent("event", id, param))
    };
    let found: Vec<&Event> = match (&cursor.starting_after, &cursor.ending_before) {
        (Some(id), _) => beside(id, false, "starting_after")?
            .into_iter()
            .filter(keep)
            .take(cursor.limit + 1)
            .collect(),
        (None, Some(id)) => beside(id, true, "ending_before")?
            .into_iter()
            .filter(keep)
            .take(cursor.limit + 1)
            .collect(),
        (None, None) => events.newest_first().filter(keep).take(cursor.limit + 1).collect(),
    };
    Ok(cursor.envelope(call.path, found.into_iter().map(Event::render).collect()))
}

/// `charge.*` stands for all types that begin so; `*` for all.
pub(crate) fn matches(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => kind.starts_with(prefix),
        None => kind == pattern,
    }
}

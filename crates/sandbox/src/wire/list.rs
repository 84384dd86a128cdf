//! Lists: newest first, cursors, filters, `has_more`.

use serde_json::{Map, Value, json};

use super::error::ApiError;
use crate::state::{State, rendered};

/// The parameters every list has, in the language of shapes.
pub(crate) const PARAMS: &str = "limit:int starting_after:id ending_before:id";

/// One page of the objects under `noun` that pass the filter.
pub(crate) fn page(
    state: &State,
    noun: &'static str,
    url: &str,
    params: &Map<String, Value>,
    keep: impl Fn(&Value) -> bool,
) -> Result<Value, ApiError> {
    let cursor = Cursor::of(params)?;
    let keep = |value: &&Value| state.is_ours(value) && in_range(params, value) && keep(value);
    let take = cursor.limit + 1;
    let absent = |id: &str, param| ApiError::absent(&noun.replace('.', "_"), id, param);
    let needles = needles(params);
    let beside = |id: &String, newer, param| {
        state
            .shelf
            .beside(noun, id, newer, &needles)
            .ok_or_else(|| absent(id, param))
    };
    let found: Vec<&Value> = match (&cursor.starting_after, &cursor.ending_before) {
        (Some(id), _) => beside(id, false, "starting_after")?.filter(keep).take(take).collect(),
        (None, Some(id)) => beside(id, true, "ending_before")?.filter(keep).take(take).collect(),
        (None, None) => state
            .shelf
            .newest_first(noun, &needles)
            .filter(keep)
            .take(take)
            .collect(),
    };
    Ok(cursor.envelope(url, found.into_iter().map(rendered).collect()))
}

/// Texts that whatever passes the filters must hold: every text parameter of a list is compared for equality.
fn needles(params: &Map<String, Value>) -> Vec<String> {
    let filters = params
        .iter()
        .filter(|(name, value)| value.is_string() && !matches!(name.as_str(), "starting_after" | "ending_before"));
    filters.map(|(_, value)| value.to_string()).collect()
}

/// A list of things that are already in order, newest or first one first.
pub(crate) fn slice(url: &str, params: &Map<String, Value>, items: Vec<Value>) -> Result<Value, ApiError> {
    let cursor = Cursor::of(params)?;
    let position = |id: &str, param| {
        items
            .iter()
            .position(|item| item["id"] == id)
            .ok_or_else(|| ApiError::absent("object", id, param))
    };
    let found = match (&cursor.starting_after, &cursor.ending_before) {
        (Some(id), _) => items[position(id, "starting_after")? + 1..]
            .iter()
            .take(cursor.limit + 1)
            .cloned()
            .collect(),
        (None, Some(id)) => items[..position(id, "ending_before")?]
            .iter()
            .rev()
            .take(cursor.limit + 1)
            .cloned()
            .collect(),
        (None, None) => items.into_iter().take(cursor.limit + 1).collect(),
    };
    Ok(cursor.envelope(url, found))
}

pub(crate) struct Cursor {
    pub(crate) limit: usize,
    pub(crate) starting_after: Option<String>,
    pub(crate) ending_before: Option<String>,
}

impl Cursor {
    pub(crate) fn of(params: &Map<String, Value>) -> Result<Self, ApiError> {
        let id = |name: &str| params.get(name).and_then(Value::as_str).map(str::to_owned);
        let limit = params.get("limit").and_then(Value::as_i64).unwrap_or(10);
        if !(1..=100).contains(&limit) {
            let (edge, word) = if limit < 1 {
                ("greater than or equal to 1", limit)
            } else {
                ("less than or equal to 100", limit)
            };
            return Err(
                ApiError::param("limit", format!("Invalid integer: {word} must be {edge}"))
                    .code("parameter_invalid_integer")
                    .unexecuted(),
            );
        }
        let cursor = Self {
            limit: usize::try_from(limit).unwrap_or(10),
            starting_after: id("starting_after"),
            ending_before: id("ending_before"),
        };
        if cursor.starting_after.is_some() && cursor.ending_before.is_some() {
            return Err(ApiError::param(
                "starting_after",
                "You cannot parameterize both ending_before and starting_after.",
            )
            .unexecuted());
        }
        Ok(cursor)
    }

    /// `found` holds one more than the page when there is more; going backwards it is nearest first.
    pub(crate) fn envelope(&self, url: &str, mut found: Vec<Value>) -> Value {
        let has_more = found.len() > self.limit;
        found.truncate(self.limit);
        if self.ending_before.is_some() {
            found.reverse();
        }
        json!({ "object": "list", "data": found, "has_more": has_more, "url": url })
    }
}

/// Whether an object was created within the `created` parameter: a time, or bounds on it. An invoice item calls it `date`.
fn in_range(params: &Map<String, Value>, value: &Value) -> bool {
    let created = value["created"].as_i64().or_else(|| value["date"].as_i64());
    params
        .get("created")
        .is_none_or(|range| created_within(range, created.unwrap_or(0)))
}

pub(crate) fn created_within(range: &Value, created: i64) -> bool {
    match range {
        Value::Object(bounds) => bounds.iter().all(|(name, bound)| {
            let bound = bound.as_i64().unwrap_or(0);
            match name.as_str() {
                "gt" => created > bound,
                "gte" => created >= bound,
                "lt" => created < bound,
                _ => created <= bound,
            }
        }),
        Value::Number(time) => time.as_i64() == Some(created),
        _ => true,
    }
}

/// A filter on members by parameters of the same name: absent means any.
pub(crate) fn same(params: &Map<String, Value>, value: &Value, names: &[&str]) -> bool {
    names.iter().all(|name| {
        params
            .get(*name)
            .is_none_or(|wanted| wanted.is_null() || value.get(*name) == Some(wanted))
    })
}

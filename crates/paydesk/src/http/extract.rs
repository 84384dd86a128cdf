//! Extractors whose refusals are problem documents that name the field.
//!
//! [`ApiJson`] for bodies, [`ApiPath`] and [`ApiQuery`] for the address. Types given to them deny unknown fields, so
//! that a misspelt option is an error and not a silent default.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Problem, body, kinds};
use crate::app::App;

/// A JSON body in, or a JSON answer out.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        check_json(&parts.headers)?;
        let bytes = body::read(
            &app.surroundings,
            &parts.headers,
            body,
            app.config.settings.limits.body_bytes_max,
        )
        .await?;
        parse(&bytes).map(Self)
    }
}

impl<T: Serialize> IntoResponse for ApiJson<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => Problem::fault(error).into_response(),
        }
    }
}

/// Refuses a body that does not claim to be JSON: a form sent by a foreign page's script-less form cannot pass.
pub(super) fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 5
            && essence
                .get(essence.len() - 5..)
                .is_some_and(|end| end.eq_ignore_ascii_case("+json")));
    if is_json {
        Ok(())
    } else {
        Err(Problem::of(&kinds::MEDIA_TYPE))
    }
}

/// Parses a JSON body; what is JSON but not a `T` names the path to the field that is wrong.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Derived decoders would take a list for a struct, member by member; a request is an object.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::of(&kinds::INVALID).detail("Expected an object."));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if !inner.is_data() {
            return malformed(&inner);
        }
        let message = inner.to_string();
        let problem = Problem::of(&kinds::INVALID).detail(sentence(&message));
        match (path.as_str(), missing(&message)) {
            (".", None) => problem,
            (".", Some(name)) => problem.field(name),
            (path, None) => problem.field(path),
            (path, Some(name)) => problem.field(format!("{path}.{name}")),
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    if has_nul(bytes) {
        let problem = Problem::of(&kinds::INVALID).detail("A text has the character NUL, which cannot be kept.");
        let body: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
        return Err(match nul_at(&body, "") {
            Some(path) => problem.field(path),
            None => problem,
        });
    }
    Ok(value)
}

/// Whether a text of a JSON document has the character NUL, which no column takes. There is one way to write it.
fn has_nul(json: &[u8]) -> bool {
    json.windows(6).enumerate().any(|(at, window)| {
        let escaping = || json[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        window == br"\u0000" && escaping() % 2 == 0
    })
}

/// The path to the first text that has the character NUL.
fn nul_at(value: &serde_json::Value, path: &str) -> Option<String> {
    match value {
        serde_json::Value::String(text) if text.contains('\0') => Some(path.to_owned()),
        serde_json::Value::Array(members) => {
            let mut numbered = members.iter().enumerate();
            numbered.find_map(|(index, member)| nul_at(member, &format!("{path}[{index}]")))
        }
        serde_json::Value::Object(members) => {
            let joint = if path.is_empty() { "" } else { "." };
            members
                .iter()
                .find_map(|(name, member)| nul_at(member, &format!("{path}{joint}{name}")))
        }
        _ => None,
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::of(&kinds::MALFORMED).detail(format!("At line {}, column {}.", error.line(), error.column()))
}

/// The name in the parser's message about a field that is not there: the path it gives ends one step above.
fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// The parser's message as a sentence for people who do not know how this server is written, without the position,
/// which `field` tells better.
fn sentence(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let (given, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let expected = match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "bool" => "true or false",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    let mut letters = given.chars();
    let mut text: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    if !expected.is_empty() {
        text.push_str(", expected ");
        text.push_str(expected);
    }
    text.push('.');
    text
}

/// Parameters of the path. One that cannot be parsed names nothing, so the answer is 404.
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) if !parts.uri.path().contains("%00") => Ok(Self(value)),
            _ => Err(Problem::of(&kinds::NOT_FOUND)),
        }
    }
}

/// Parameters of the query.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::of(&kinds::BAD_QUERY).detail("A parameter has the character NUL."));
        }
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(value)| Self(value))
            .map_err(|rejection| {
                let text = rejection.body_text();
                let detail = text
                    .strip_prefix("Failed to deserialize query string: ")
                    .unwrap_or(&text);
                let problem = Problem::of(&kinds::BAD_QUERY).detail(detail);
                match detail.split_once(": ") {
                    Some((field, _)) if !field.contains(' ') => problem.field(field),
                    _ => problem,
                }
            })
    }
}

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
        let limits = &app.config.settings.limits;
        let (parts, body) = request.into_parts();
        check_json(&parts.headers)?;
        let bytes = body::read(&parts.headers, body, limits.body_bytes_max, limits.body_timeout()).await?;
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
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            let problem = Problem::of(&kinds::INVALID).detail(sentence(&inner));
            if path == "." { problem } else { problem.field(path) }
        } else {
            malformed(&inner)
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::of(&kinds::MALFORMED).detail(format!("At line {}, column {}.", error.line(), error.column()))
}

/// The parser's message without its position, which `field` tells better.
fn sentence(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    let mut letters = message.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).chain(['.']).collect())
        .unwrap_or_default()
}

/// Parameters of the path. One that cannot be parsed names nothing, so the answer is 404.
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, app).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::of(&kinds::NOT_FOUND)),
        }
    }
}

/// Parameters of the query.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
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

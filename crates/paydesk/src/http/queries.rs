//! What stands in the query of a request that changes something. An operation that takes parameters there reads them
//! itself and refuses those it does not know; one that takes none would do what its path and body say, and leave out what the caller
//! meant: so it is refused before it begins.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, PathItem, RefOr};

use super::{Problem, kinds};

/// The operations that change something and take parameters in their query, by method and path.
#[derive(Clone)]
pub(super) struct WithQuery(Arc<HashSet<(Method, String)>>);

impl WithQuery {
    /// Those that the document says take some.
    pub(super) fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        let operations =
            paths.flat_map(|(path, item)| changing(item).map(move |(method, operation)| (method, path, operation)));
        let with_query = operations.filter(|(_, _, operation)| takes_query(operation));
        Self(Arc::new(
            with_query.map(|(method, path, _)| (method, path.clone())).collect(),
        ))
    }

    fn refuses(&self, request: &Request) -> bool {
        let method = request.method();
        if method.is_safe() || request.uri().query().is_none_or(str::is_empty) {
            return false;
        }
        let path = request.extensions().get::<MatchedPath>();
        let path = path.map_or("", MatchedPath::as_str).to_owned();
        !self.0.contains(&(method.clone(), path))
    }
}

/// The operations of a path that change something.
fn changing(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}

fn takes_query(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(one) if matches!(one.parameter_in, ParameterIn::Query)))
}

/// Refuses a request that changes something and has a query where its operation takes none.
pub(super) async fn admit(State(with_query): State<WithQuery>, request: Request, next: Next) -> Response {
    if with_query.refuses(&request) {
        let detail = "This operation takes nothing from the query: what it needs stands in its path and its body. \
                      Nothing was done.";
        return Problem::of(&kinds::BAD_QUERY).detail(detail).into_response();
    }
    next.run(request).await
}

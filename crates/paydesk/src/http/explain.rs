//! The pages behind the `type` of a problem: what it means and what to do.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};

use super::pages::{escape, page, prose};
use super::{ApiPath, Kind, Problem, kinds, routes};

/// Every documented kind of problem, as a page.
pub(crate) async fn get_problems() -> Response {
    let mut rows = String::new();
    for kind in all() {
        let _infallible = write!(
            rows,
            "<tr><td>{}</td><td><a href=\"/problems/{code}\"><code>{code}</code></a></td><td>{}</td></tr>",
            kind.status,
            escape(kind.title),
            code = escape(kind.code),
        );
    }
    page(
        "Problems",
        &format!(
            "<main><h1>Problems</h1><p>Every answer that is not a success is a problem document (RFC 9457) with one of \
             these codes.</p><table><thead><tr><th>Status</th><th>Code</th><th>Meaning</th></tr></thead>\
             <tbody>{rows}</tbody></table></main>"
        ),
    )
}

/// One kind of problem, explained.
pub(crate) async fn get_problem(ApiPath(code): ApiPath<String>) -> Response {
    match all().find(|kind| kind.code == code) {
        Some(kind) => page(
            kind.title,
            &format!(
                "<main><p class=\"quiet\"><a href=\"/problems\">Problems</a></p><h1>{}</h1>\
                 <p><code>{}</code> · status {}</p><p>{}</p></main>",
                escape(kind.title),
                escape(kind.code),
                kind.status,
                prose(kind.explanation)
            ),
        ),
        None => Problem::of(&kinds::NOT_FOUND).into_response(),
    }
}

fn all() -> impl Iterator<Item = &'static Kind> {
    routes::KINDS.iter().copied().flatten()
}

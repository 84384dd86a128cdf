//! Pages: templates, style and scripts, all out of the binary. Nothing is loaded from anywhere else, and the policy
//! that goes with every page forbids it.
//!
//! Here live the layout and the rendering; what a page says is its capability's. The full console is not here.

pub mod routes;
pub mod shop;

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::Environment;
use serde::Serialize;

use crate::http::Problem;

/// No script or style but our own files, no frames, no forms to elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, text) in [
        ("layout.html", include_str!("templates/layout.html")),
        ("success.html", include_str!("templates/success.html")),
        ("cancel.html", include_str!("templates/cancel.html")),
        ("unknown.html", include_str!("templates/unknown.html")),
        ("shop.html", include_str!("templates/shop.html")),
    ] {
        environment
            .add_template(name, text)
            .expect("the templates are part of the binary and tested");
    }
    environment
});

/// Renders a page. Whatever is put in is escaped.
pub fn render(template: &str, values: &impl Serialize) -> Response {
    let rendered = TEMPLATES
        .get_template(template)
        .and_then(|template| template.render(minijinja::value::Serde(values)));
    match rendered {
        Ok(text) => {
            let mut response = (StatusCode::OK, Html(text)).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => Problem::fault(error).into_response(),
    }
}

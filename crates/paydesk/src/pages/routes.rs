//! The files that pages load.

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::http::{Problem, kinds};

/// The routes of this folder; files of ours, so they stand in no API description.
pub fn router() -> Router<App> {
    Router::new().route("/assets/{name}", get(read_asset))
}

async fn read_asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "paydesk.css" => ("text/css; charset=utf-8", include_str!("assets/paydesk.css")),
        "icon.svg" => ("image/svg+xml", include_str!("assets/icon.svg")),
        "success.js" => ("text/javascript; charset=utf-8", include_str!("assets/success.js")),
        "shop.js" => ("text/javascript; charset=utf-8", include_str!("assets/shop.js")),
        _ => return Problem::of(&kinds::NOT_FOUND).into_response(),
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        text,
    )
        .into_response()
}

//! How the console and the account are sent: the page at every address of its own, never kept; what they load under names that
//! change with what is in them, kept for ever.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::files::{File, Page};
use crate::app::App;
use crate::http::pages::page;
use crate::http::{Problem, kinds};

/// Our own script, style and images; it speaks to this server and is framed by nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// What is said where the console was not built.
const MISSING: &str = "<main><h1>The console was not built</h1><p>This paydesk was compiled without its console. To have it, \
                       install Node 20 or newer and run</p><pre>cargo xtask console\ncargo build</pre><p>Everything that \
                       the console does, the <a href=\"/docs\">API</a> and the command line do too.</p></main>";

/// The routes of this folder; pages of ours, so they stand in no API description.
pub fn router() -> Router<App> {
    Router::new()
        .route(
            "/console",
            get(async |headers: HeaderMap| show(Page::Console, &headers)),
        )
        .route(
            "/console/",
            get(async |headers: HeaderMap| show(Page::Console, &headers)),
        )
        .route("/console/{*path}", get(show_or_read))
        .route(
            "/account",
            get(async |headers: HeaderMap| show(Page::Account, &headers)),
        )
        .route(
            "/account/",
            get(async |headers: HeaderMap| show(Page::Account, &headers)),
        )
        .route(
            "/account/{*path}",
            get(async |headers: HeaderMap| show(Page::Account, &headers)),
        )
}

/// A page of ours, whatever stands behind its address: it knows itself what is there.
fn show(wanted: Page, headers: &HeaderMap) -> Response {
    let Some(file) = File::of(wanted) else {
        return (StatusCode::NOT_FOUND, page("The console was not built", MISSING)).into_response();
    };
    let (tag, known) = (file.tag(), headers.get(header::IF_NONE_MATCH));
    let mut response = if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(file, headers)
    };
    let found = response.headers_mut();
    found.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    found.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    found.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        found.insert(header::ETAG, tag);
    }
    response
}

/// `GET /console/{path}`: a file, or the page, which knows what is at its addresses.
async fn show_or_read(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match File::find(&path) {
        Some(file) if file.is_named_by_content() => {
            let mut response = body(file, &headers);
            let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
            response.headers_mut().insert(header::CACHE_CONTROL, kept);
            response
        }
        // An old page asks for a file of before: no page of ours in place of a script.
        None if path.starts_with("assets/") => Problem::of(&kinds::NOT_FOUND).into_response(),
        _ => show(Page::Console, &headers),
    }
}

/// A file in the shape that the browser takes.
fn body(file: &'static File, headers: &HeaderMap) -> Response {
    let typed = [
        (header::CONTENT_TYPE, file.content_type()),
        (header::VARY, "accept-encoding"),
    ];
    if takes_gzip(headers) {
        (typed, [(header::CONTENT_ENCODING, "gzip")], file.packed).into_response()
    } else {
        (typed, file.plain).into_response()
    }
}

/// Whether gzip is among what the browser takes, and not refused.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    named.into_iter().any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_gzip = parts.next() == Some("gzip");
        is_gzip && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (accepted, expected) in [
            ("gzip", true),
            ("br, gzip;q=0.8", true),
            ("br", false),
            ("gzip;q=0", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            assert_eq!(takes_gzip(&headers), expected, "{accepted}");
        }
    }

    #[tokio::test]
    async fn the_pages_are_never_kept_and_their_files_always() {
        let shown = show(Page::Console, &HeaderMap::new());
        let Some(index) = File::of(Page::Console) else {
            assert_eq!(shown.status(), StatusCode::NOT_FOUND);
            return;
        };
        assert_eq!(shown.headers()[header::CACHE_CONTROL], "no-store");
        assert!(
            !shown.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("unsafe")
        );
        let again = HeaderMap::from_iter([(header::IF_NONE_MATCH, shown.headers()[header::ETAG].clone())]);
        assert_eq!(show(Page::Console, &again).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(show(Page::Account, &again).status(), StatusCode::OK);
        let deep = show_or_read(Path("events/evt_1".to_owned()), HeaderMap::new()).await;
        assert_eq!(deep.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        let html = std::str::from_utf8(index.plain).unwrap();
        let script = html
            .split('"')
            .find_map(|part| part.strip_prefix("/console/assets/"))
            .unwrap();
        let script = show_or_read(Path(format!("assets/{script}")), HeaderMap::new()).await;
        assert!(
            script.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let unknown = show_or_read(Path("assets/none.js".to_owned()), HeaderMap::new()).await;
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    }
}

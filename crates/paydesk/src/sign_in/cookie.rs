//! How the cookie of a session is written and read, and which requests may act by it.

use axum::http::{HeaderMap, header};

/// The cookie. Its prefix makes browsers insist that it is Secure, for the whole host and for no other.
pub const COOKIE: &str = "__Host-paydesk_session";
/// What a browser is told about the cookie: no script reads it, and no other site's page sends it along.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The cookie that signs a browser in for so many seconds.
pub(super) fn of(secret: &str, seconds: i64) -> String {
    format!("{COOKIE}={secret}; Max-Age={seconds}; {ATTRIBUTES}")
}

/// The cookie that takes itself away.
pub(super) fn none() -> String {
    format!("{COOKIE}=; Max-Age=0; {ATTRIBUTES}")
}

/// The secret in the cookie of a request. A browser sends one; where there are several, none is believed.
pub(super) fn secret_in(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut ours = pairs.filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    let secret = ours.next()?;
    ours.next().is_none().then_some(secret)
}

/// Whether a page of this server itself makes the request, as only a browser can say: a page of another origin, on the same
/// site or not, cannot set this header.
pub fn is_from_own_page(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() == b"same-origin")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with(cookies: &[&'static str]) -> HeaderMap {
        let values = cookies
            .iter()
            .map(|value| (header::COOKIE, HeaderValue::from_static(value)));
        values.collect()
    }

    #[test]
    fn the_cookie_is_found_among_others_and_never_guessed() {
        let found = |cookies: &[&'static str]| secret_in(&with(cookies)).map(str::to_owned);
        assert_eq!(found(&["a=1; __Host-paydesk_session=s; b=2"]).as_deref(), Some("s"));
        assert_eq!(found(&["a=1", "__Host-paydesk_session=s"]).as_deref(), Some("s"));
        assert_eq!(found(&["__Host-paydesk_session=s; __Host-paydesk_session=t"]), None);
        assert_eq!(found(&["x__Host-paydesk_session=s", "__Host-paydesk_sessions=t"]), None);
        assert_eq!(found(&[]), None);
    }
}

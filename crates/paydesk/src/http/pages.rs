//! The few pages that the server renders itself, and their one style sheet.
//!
//! They are plain documents: no script, nothing from elsewhere, readable without the style sheet.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The policy of our pages: our own style sheet and images, forms to ourselves, framed by nobody.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = include_str!("page.css");

/// A whole page. `title` is text; `body` is markup, in which every value went through [`escape`].
pub fn page(title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"/assets/icon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/assets/page.css\">\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    );
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Text as it may stand between tags and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text of ours as markup: escaped, and what stands between backticks as code.
pub fn prose(text: &str) -> String {
    let mut parts = text.split('`');
    let mut html = escape(parts.next().unwrap_or_default());
    while let Some(code) = parts.next() {
        match parts.next() {
            Some(after) => {
                for part in ["<code>", &escape(code), "</code>", &escape(after)] {
                    html.push_str(part);
                }
            }
            None => html.push_str(&escape(&format!("`{code}"))),
        }
    }
    html
}

/// The style sheet of the pages.
pub(crate) async fn get_style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, STYLE).into_response()
}

#[cfg(test)]
mod tests {
    use super::{escape, prose};

    #[test]
    fn markup_in_a_value_stays_text() {
        assert_eq!(escape(r#"<b a="1">&'"#), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        assert_eq!(prose("say `a<b` or `c`."), "say <code>a&lt;b</code> or <code>c</code>.");
        assert_eq!(prose("one ` alone"), "one ` alone");
    }
}

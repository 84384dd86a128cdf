//! Versions of what several may write: who writes names the version that they have seen, and is refused where it has
//! changed since.

use axum::http::{HeaderMap, header};

use super::{Kind, Problem};

/// The request does not say which version it would replace.
pub const IF_MATCH_MISSING: Kind = Kind {
    code: "if_match_missing",
    status: 428,
    title: "The If-Match header is missing",
    explanation: "Read the data first, and send the ETag of that answer as If-Match: then nobody's change is lost.",
};

/// Somebody else was quicker.
pub const STALE: Kind = Kind {
    code: "etag_stale",
    status: 412,
    title: "The data has changed since it was read",
    explanation: "The If-Match header names another version than the one that is there. Nothing was changed. Read the data \
                  again, make the change to that, and send its ETag.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[IF_MATCH_MISSING, STALE];

/// The entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// All values of If-Match, as one list.
pub fn if_match(headers: &HeaderMap) -> Result<String, Problem> {
    let values = headers.get_all(header::IF_MATCH).iter();
    let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() {
        return Err(Problem::of(&IF_MATCH_MISSING));
    }
    Ok(values.join(", "))
}

/// Whether a writer who sends this If-Match has seen the version. Weak tags never match (RFC 9110, 13.1.1).
pub fn matches(if_match: &str, version: i64) -> bool {
    let current = etag(version);
    if_match
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag == current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_must_have_seen_the_version() {
        for (if_match, seen) in [
            ("\"3\"", true),
            ("\"2\", \"3\"", true),
            ("*", true),
            ("\"2\"", false),
            ("W/\"3\"", false),
            ("3", false),
            ("\"33\"", false),
            ("", false),
        ] {
            assert_eq!(matches(if_match, 3), seen, "{if_match}");
        }
    }
}

//! What may be written into seeded data, and which version a writer has seen. Pure.

/// The largest value, in bytes of its JSON.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

/// Whether a value may be kept: it must be short enough, and JSON that every reader understands.
pub fn check_value(json: &str) -> Result<(), String> {
    if json.len() > VALUE_BYTES_MAX {
        return Err(format!("The value must have at most {VALUE_BYTES_MAX} bytes."));
    }
    // It was stepped over so far, not read: half a surrogate pair, or brackets without end, would show only now.
    match serde_json::from_str::<serde_json::Value>(json) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("The value is not JSON that every reader understands: {error}.")),
    }
}

/// The entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
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

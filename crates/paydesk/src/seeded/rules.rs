//! What may be written into seeded data. Pure.

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

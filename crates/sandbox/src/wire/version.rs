//! The API version: one shape is rendered, and a version with another shape is refused loudly.

use super::error::ApiError;
use crate::API_VERSION;

/// Older versions whose answers have the same shape for every resource the sandbox has.
const SAME_SHAPE: &[&str] = &[
    "2026-09-30.endive",
    "2026-08-26.dahlia",
    "2026-07-29.dahlia",
    "2026-03-25.dahlia",
];

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) name: String,
    /// Requests without a version, or with one before endive, may still send `payment_method_types`.
    pub(crate) lenient: bool,
}

pub(crate) fn of(header: Option<&str>) -> Result<Version, ApiError> {
    match header {
        None => Ok(Version {
            name: API_VERSION.to_owned(),
            lenient: true,
        }),
        Some(name) if name == API_VERSION => Ok(Version {
            name: name.to_owned(),
            lenient: false,
        }),
        Some(name) if SAME_SHAPE.contains(&name) => Ok(Version {
            name: name.to_owned(),
            lenient: !name.ends_with(".endive"),
        }),
        Some(name) => Err(ApiError::invalid(format!(
            "Invalid Stripe API version: {name}. This sandbox answers in the shape of {API_VERSION}; it also accepts {}. It \
             does not render the shapes of other versions.",
            SAME_SHAPE.join(", ")
        ))),
    }
}

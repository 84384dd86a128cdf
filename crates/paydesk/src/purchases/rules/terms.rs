//! The terms of a purchase as Stripe's metadata states them; nothing is said there of those that are as usual.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use stripe::Malformed;

use super::metadata;
use crate::catalogue::{EXPIRES_AFTER_DAYS_MAX, PackTerms, REFUND_DAYS_MAX};
use crate::credits::PRIORITY_MAX;

/// What becomes of bought credits.
pub(super) fn of_credits(stated: &BTreeMap<String, String>) -> Result<PackTerms, Malformed> {
    let expires_after_days = within(stated, metadata::EXPIRES_AFTER_DAYS, 1..=EXPIRES_AFTER_DAYS_MAX)?;
    let priority = within(stated, metadata::PRIORITY, -PRIORITY_MAX..=PRIORITY_MAX)?;
    Ok(PackTerms {
        expires_after_days,
        priority: priority.unwrap_or_default(),
    })
}

/// For how many days the buyer may ask for the money back.
pub(super) fn refund_days(stated: &BTreeMap<String, String>) -> Result<Option<i64>, Malformed> {
    within(stated, metadata::REFUND_DAYS, 1..=REFUND_DAYS_MAX)
}

fn within(stated: &BTreeMap<String, String>, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, Malformed> {
    let Some(text) = stated.get(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let value = text.parse::<i64>().ok().filter(|value| range.contains(value));
    let value = value.ok_or_else(|| Malformed::new("metadata", format!("{name} has a value we never wrote")))?;
    Ok(Some(value))
}

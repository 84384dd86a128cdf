//! Pages of a list, by keyset: a page ends with the key that the next one begins after. Nothing is counted, so that the
//! thousandth page costs what the first does.

use serde::{Deserialize, Serialize};

use super::{Problem, kinds};
use crate::ids::{UserId, is_id_of};

/// Entries of a page where the request does not say.
const LIMIT: i64 = 20;
/// The most entries of a page.
const LIMIT_MAX: i64 = 100;
/// Sorts after every id.
pub const AFTER_ALL: &str = "~";

/// Which page of a list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Whose; only a service or the operator names somebody.
    pub user_id: Option<UserId>,
}

impl PageIn {
    /// How many entries are wanted.
    pub fn limit(&self) -> Result<i64, Problem> {
        check_limit(self.limit)
    }

    /// The key before which the page begins, newest first, in a list of ids with this prefix.
    pub fn before(&self, prefix: &str) -> Result<String, Problem> {
        check_cursor(self.after.as_deref(), prefix)
    }
}

/// The key before which a page of ids with this prefix begins, newest first.
pub fn check_cursor(after: Option<&str>, prefix: &str) -> Result<String, Problem> {
    match after {
        None => Ok(AFTER_ALL.to_owned()),
        Some(after) if is_id_of(prefix, after) => Ok(after.to_owned()),
        Some(_) => Err(Problem::of(&kinds::BAD_QUERY)
            .field("after")
            .detail("This is not the `next` of a page of this list.")),
    }
}

/// How many entries a request wants, within the limits.
pub fn check_limit(limit: Option<i64>) -> Result<i64, Problem> {
    match limit.unwrap_or(LIMIT) {
        limit @ 1..=LIMIT_MAX => Ok(limit),
        _ => Err(Problem::of(&kinds::BAD_QUERY)
            .field("limit")
            .detail(format!("The limit must be from 1 to {LIMIT_MAX}."))),
    }
}

/// A page of a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The entries, newest first.
    pub data: Vec<T>,
    /// What to give as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of entries that were read with one more than `limit`, to know whether another page follows.
    pub fn of(mut data: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = data.len() > limit;
        data.truncate(limit);
        let next = if more { data.last().map(key) } else { None };
        Self { data, next }
    }
}

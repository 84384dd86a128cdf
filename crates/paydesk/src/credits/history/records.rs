//! The events behind a wallet's transfers, in the store.

use std::collections::{BTreeSet, HashMap};

use store::{Field, Result, Rows, Tx};

use super::EventBehind;
use crate::clock::{Moment, SECOND_US};

/// The events of these numbers.
pub fn events(tx: &mut Tx<'_>, numbers: impl Iterator<Item = i64>) -> Result<HashMap<i64, EventBehind>> {
    let numbers: BTreeSet<i64> = numbers.filter(|number| *number > 0).collect();
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Rows::of(numbers.iter().map(|number| [Field::from(*number)]));
    let found = tx.all(
        "select event.event_id, event.stripe_id, event.type, event.created_s
         from rows($1: event_id bigint) join event on event.event_id = r.event_id",
        &[rows.into()],
    )?;
    found
        .iter()
        .map(|row| {
            let event = EventBehind {
                id: row.text(1)?,
                r#type: row.text(2)?,
                created_at: Moment(row.int(3)?.saturating_mul(SECOND_US)),
            };
            Ok((row.int(0)?, event))
        })
        .collect()
}

//! The rows that make an effect happen once.

use std::collections::HashSet;

use store::{Field, Result, Rows, Tx};

use super::Caused;

/// Writes a row for each effect that has none, and gives those effects, in their order.
pub(super) fn insert_new<'a>(tx: &mut Tx<'_>, now_us: i64, caused: &[&'a Caused]) -> Result<Vec<&'a Caused>> {
    let mut keys = HashSet::with_capacity(caused.len());
    let mut candidates: Vec<(String, &Caused)> = caused
        .iter()
        .map(|one| (one.effect.key(), *one))
        .filter(|(key, _)| keys.insert(key.clone()))
        .collect();
    // Two nodes that apply the same keys must take them in one order, or they would wait for each other.
    candidates.sort_by(|(left, _), (right, _)| left.cmp(right));
    let rows = Rows::of(
        candidates
            .iter()
            .map(|(key, one)| [Field::from(key.as_str()), one.effect.kind().into(), one.event_id.into()]),
    );
    let inserted = tx.all(
        "insert into effect (effect_key, kind, event_id, applied_at_us)
         select r.effect_key, r.kind, r.event_id, $2 from rows($1: effect_key text, kind text, event_id bigint)
         where true on conflict (effect_key) do nothing returning effect_key",
        &[rows.into(), now_us.into()],
    )?;
    let fresh: HashSet<String> = inserted.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    Ok(caused
        .iter()
        .copied()
        .filter(|one| keys.remove(&one.effect.key()) && fresh.contains(&one.effect.key()))
        .collect())
}

/// What an event did: the kinds and keys of its effects, in key order.
pub fn effects_of_event(tx: &mut Tx<'_>, event_id: i64) -> Result<Vec<(String, String)>> {
    let rows = tx.all(
        "select kind, effect_key from effect where event_id = $1
         union all select code, coalesce(business_key, '') from transfer where event_id = $1 and event_id > 0
         order by 2",
        &[event_id.into()],
    )?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}

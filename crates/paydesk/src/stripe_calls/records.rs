//! Faults that Stripe answered with, in the store.

use store::{Result, Tx};

use super::Faults;

/// The faults of a call; none where there were none.
pub(super) fn faults(tx: &mut Tx<'_>, name: &str) -> Result<Faults> {
    let row = tx.one(
        "select fault_count, fault_at_us from stripe_fault where call_name = $1",
        &[name.into()],
    )?;
    row.map_or(Ok(Faults::default()), |row| {
        Ok(Faults {
            count: row.int(0)?,
            at_us: row.int(1)?,
        })
    })
}

/// Notes that so many keys of a call were answered with a fault. One that is noted already stays as it is.
pub(super) fn note(tx: &mut Tx<'_>, name: &str, faults: Faults) -> Result<()> {
    tx.run(
        "insert into stripe_fault (call_name, fault_count, fault_at_us) values ($1, $2, $3)
         on conflict (call_name) do update
         set fault_count = excluded.fault_count, fault_at_us = excluded.fault_at_us
         where stripe_fault.fault_count < excluded.fault_count",
        &[name.into(), faults.count.into(), faults.at_us.into()],
    )?;
    Ok(())
}

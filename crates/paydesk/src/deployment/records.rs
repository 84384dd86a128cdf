//! Facts about the whole store.

use store::{Error, Result, Tx};

/// Writes the mode where none is written yet, and gives the one that is.
pub(super) fn bind_mode(tx: &mut Tx<'_>, mode: &str) -> Result<String> {
    tx.run(
        "insert into deployment (name, value) values ('mode', $1) on conflict (name) do nothing",
        &[mode.into()],
    )?;
    let row = tx.one("select value from deployment where name = 'mode'", &[])?;
    row.ok_or_else(|| Error::Corrupt("the mode is not written".into()))?
        .text(0)
}

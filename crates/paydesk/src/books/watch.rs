//! Watched wallets: each has a band of balances in which nobody needs to look at it. Whatever moves it out of that band
//! marks it, in the row that is written anyway, so that watching costs a posting nothing.

use ledger::AccountKey;
use store::{Result, Tx};

use super::records::accounts;

/// The band of a wallet that nobody watches.
pub const ALWAYS_CALM: (i64, i64) = (i64::MIN, i64::MAX);

/// A watched wallet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Watched {
    /// What it holds, by what was posted.
    pub balance: i64,
    /// Whether uses of it are refused for now.
    pub frozen: bool,
}

/// What a watched wallet holds.
pub fn watched(tx: &mut Tx<'_>, wallet: &AccountKey) -> Result<Watched> {
    Ok(accounts::watched(tx, wallet)?.unwrap_or_default())
}

/// Watches a wallet for leaving a band, the lower end included, and takes its mark away. One that was moved out of the
/// band meanwhile keeps it.
pub fn watch(tx: &mut Tx<'_>, wallet: &AccountKey, calm: (i64, i64)) -> Result<()> {
    accounts::watch(tx, wallet, calm)
}

/// Marks a wallet, so that it is looked at whatever it holds.
pub fn stir(tx: &mut Tx<'_>, wallet: &AccountKey) -> Result<()> {
    accounts::stir(tx, wallet)
}

/// Wallets that were marked.
pub fn stirred(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<AccountKey>> {
    accounts::stirred(tx, limit)
}

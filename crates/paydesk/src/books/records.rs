//! Accounts, lots and transfers in the store.

pub(super) mod accounts;
pub(super) mod audit;
pub(super) mod days;
pub(super) mod descent;
pub(super) mod history;
pub(super) mod inflows;
pub(super) mod listing;
pub(super) mod lots;
pub(super) mod taken;
pub(super) mod transfers;
pub(super) mod wallets;

use store::{Row, Statement, Step, Tx};

use super::Written;

/// Runs statements that do not need each other's results, in one round trip where there is a network between.
pub(super) fn together(tx: &mut Tx<'_>, statements: &[Statement]) -> store::Result<Vec<Vec<Row>>> {
    let steps: Vec<Step<'_>> = statements.iter().map(|(sql, params)| (*sql, &params[..])).collect();
    tx.pipeline(&steps)
}

/// Writes new transfers and the accounts that they changed.
pub(super) fn write(
    tx: &mut Tx<'_>,
    now_us: i64,
    written: &[Written],
    accounts: &ledger::Accounts,
    kept: &[accounts::Kept],
) -> store::Result<()> {
    let mut statements = vec![transfers::insertion(now_us, written, accounts, kept)];
    statements.extend(accounts::updates(accounts, kept));
    statements.extend(transfers::makers(written));
    together(tx, &statements).map_err(transfers::taken_meanwhile)?;
    Ok(())
}

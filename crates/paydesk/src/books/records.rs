//! Accounts, lots and transfers in the store.

pub(super) mod accounts;
pub(super) mod audit;
pub(super) mod history;
pub(super) mod transfers;

//! The pure double-entry engine: money, accounts, transfers and the one function that posts them.
//!
//! It promises that whatever it accepts keeps three rules: the debits of a unit equal its credits, an account that must
//! not go negative never does, and a transfer with a known id is the same transfer again, never a second one.
//! Nothing here does I/O, reads a clock, logs or is async: values in, decision out. Where balances are kept, and how
//! they are locked, is the caller's business.

mod account;
mod money;
mod posting;
mod verify;

pub use account::{Account, AccountKey, AccountKeyError, Limit, Role, Unit};
pub use money::{Currency, Money, MoneyError};
pub use posting::{Accounts, Posted, Posting, Refusal, Transfer, TransferCode, TransferId, post};
pub use verify::{Finding, verify};

//! The pure double-entry engine: money, accounts, the lots a wallet is made of, transfers, and the one function that posts
//! them.
//!
//! It promises that whatever it accepts keeps three rules: the debits of a unit equal its credits, an account that must
//! not go negative never does, and a transfer with a known id is the same transfer again, never a second one.
//! Nothing here does I/O, reads a clock, logs or is async: values in, decision out. Where balances are kept, and how
//! they are locked, is the caller's business.

mod account;
mod lots;
mod money;
mod posting;
mod transfer;

pub use account::{Account, AccountKey, AccountKeyError, Limit, Owner, Role, Unit};
pub use lots::{Lot, Lots, NEVER_US, Terms, lots_in, read_lots, write_lots};
pub use money::{Currency, Money, MoneyError};
pub use posting::{
    Accounts, BESIDE_MAX, Entry, Fill, Known, Order, Posted, Refusal, Shortfall, Slot, Standing, expire, post,
};
pub use transfer::{TransferCode, TransferId};

//! Credits: wallets. What may be spent, added, removed, moved and reserved, each exactly once for its key.
//!
//! Buying credits is a purchase and lives in `purchases`; the wallet itself is an account in `books`. Every change made
//! by a request comes through a batch path here: many requests, one durable commit.

mod change;
mod expiry;
pub mod explain;
pub mod history;
pub mod holds;
mod refusals;
pub mod routes;
pub mod rules;

use ledger::{AccountKey, Owner, Role};
use serde::Serialize;
use store::{Result, Tx};

use crate::books;
use crate::ids::{KeyId, UserId};

pub use change::{Change, Changed, Changes, Command, changes};
pub use expiry::{Expired, expire, run as run_expiry};
pub use refusals::KINDS;
pub use rules::{PRIORITY_MAX, check_amount, check_reason};

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_credits_refused_total",
        "Changes of wallets that the books refused."
    );
    metrics::counter!("paydesk_credits_refused_total").increment(0);
    expiry::describe_metrics();
}

/// The owner of the credits of a user, or of those set apart for one API key of theirs.
pub fn owner(user_id: &UserId, key_id: Option<&KeyId>) -> Owner {
    Owner {
        user: user_id.to_string(),
        key: key_id.map(ToString::to_string),
    }
}

/// The wallet's account.
pub fn wallet(user_id: &UserId, key_id: Option<&KeyId>) -> AccountKey {
    AccountKey::credits(Role::Wallet(owner(user_id, key_id)))
}

/// What a wallet holds at a moment.
pub fn balance(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId, key_id: Option<&KeyId>) -> Result<books::Balance> {
    books::balance(tx, now_us, &wallet(user_id, key_id))
}

/// A wallet as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Wallet {
    /// Whose.
    pub user_id: UserId,
    /// The API key whose credits these are; none for the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<KeyId>,
    /// Credits that may be spent.
    #[schema(example = 100)]
    pub balance: i64,
    /// Credits that are reserved by holds.
    #[schema(example = 0)]
    pub held: i64,
    /// Credits that are owed, because more was refunded than the user's wallets held. What comes in pays them down first. A user
    /// owes beside their own wallet: 0 for one of an API key.
    #[schema(example = 0)]
    pub owed: i64,
    /// Whether spending is refused for now, because a payment is disputed. So it is in all wallets of the user.
    pub frozen: bool,
}

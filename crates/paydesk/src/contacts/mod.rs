//! Contacts: where users are reached, as the application has told. Nobody else may say: an address that a user could set
//! would let them send mail to strangers.

mod records;
pub mod routes;

use crate::ids::UserId;

pub use records::email_of;

/// Where a user is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// Who.
    pub user_id: UserId,
    /// Their e-mail address.
    pub email: String,
    /// When it was told, microseconds.
    pub updated_at_us: i64,
}

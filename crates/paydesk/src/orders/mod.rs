//! Orders: a piece of work that a user describes in the package's own fields, pays for, and gets delivered.
//!
//! Here live the order, its status machine and its use cases. Paying for it is a purchase of kind `order`; a purchase
//! reaches an order only through `pay` and `release`, which effects call.

mod records;
pub mod routes;
pub mod rules;

use store::{Result, Tx};

use crate::ids::UserId;

pub use records::{latest, lock, order};
pub use rules::{Status, check_fields};

/// A piece of work that somebody ordered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// `ord_…`.
    pub order_id: String,
    /// Who ordered.
    pub user_id: UserId,
    /// Which package of the catalogue.
    pub package_id: String,
    /// The package's own fields.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Where it stands.
    pub status: Status,
    /// The purchase that pays for it, once there is one.
    pub purchase_id: Option<String>,
    /// When it was written, microseconds.
    pub created_at_us: i64,
    /// When it last changed, microseconds.
    pub updated_at_us: i64,
}

/// Marks an order as waiting for the payment of a purchase.
pub fn await_payment(tx: &mut Tx<'_>, now_us: i64, order_id: &str, purchase_id: &str) -> Result<()> {
    records::set_status(tx, now_us, order_id, purchase_id, Status::AwaitingPayment)
}

/// Marks an order as paid. An order that the store does not know, because it was restored from before it, is written
/// with what is known of it: the money is there, so the work is owed.
pub fn pay(
    tx: &mut Tx<'_>,
    now_us: i64,
    order_id: &str,
    user_id: &UserId,
    package_id: &str,
    purchase_id: &str,
) -> Result<()> {
    match records::lock(tx, order_id)? {
        Some(order) if order.status.may_become(Status::Paid) => {
            records::set_status(tx, now_us, order_id, purchase_id, Status::Paid)
        }
        Some(_) => Ok(()),
        None => {
            let order = Order {
                order_id: order_id.to_owned(),
                user_id: user_id.clone(),
                package_id: package_id.to_owned(),
                fields: serde_json::Map::new(),
                status: Status::Paid,
                purchase_id: Some(purchase_id.to_owned()),
                created_at_us: now_us,
                updated_at_us: now_us,
            };
            records::insert(tx, &order)
        }
    }
}

/// Gives an order free for another payment when the purchase it waited for came to nothing.
pub fn release(tx: &mut Tx<'_>, now_us: i64, order_id: &str, purchase_id: &str) -> Result<()> {
    match records::lock(tx, order_id)? {
        Some(order) if order.status == Status::AwaitingPayment && order.purchase_id.as_deref() == Some(purchase_id) => {
            records::set_status(tx, now_us, order_id, purchase_id, Status::Draft)
        }
        _ => Ok(()),
    }
}

//! Orders: a piece of work that a user describes in the package's own fields, pays for, and gets delivered.
//!
//! Here live the order, its status machine, the history of its changes and its use cases. Paying for it is a purchase of
//! kind `order`; a purchase reaches an order only through `await_payment`, `pay`, `release` and `count`. How money goes
//! back is no business of this folder: it asks for a refund, and is told what came of it by `count`.

mod records;
pub mod routes;
pub mod rules;
mod work;

use store::{Result, Tx};

use crate::http::problem::Kind;
use crate::ids::UserId;

pub use records::{latest, lock, order};
pub use rules::{Status, check_fields};

/// The order does not allow it as it now stands.
pub const MOVE_NOT_ALLOWED: Kind = Kind {
    code: "move_not_allowed",
    status: 409,
    title: "The order cannot be moved there",
    explanation: "`order_status` says where the order stands, and `allowed` where this caller may move it from there. \
                  Nothing was changed.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[MOVE_NOT_ALLOWED];

/// Who is said to have changed an order where that follows from what Stripe said.
const STRIPE: &str = "stripe";
/// The same, where a checkout of it began.
const CHECKOUT: &str = "checkout";

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
    /// Where the work stands, whatever became of the money.
    pub work: Status,
    /// The purchase that pays for it, once there is one.
    pub purchase_id: Option<String>,
    /// Who does the work, once somebody is to.
    pub reviewer_id: Option<UserId>,
    /// What was paid for it, in minor units.
    pub paid_minor: i64,
    /// What of that is refunded or disputed, in minor units.
    pub refunded_minor: i64,
    /// The currency of both, once there is a purchase.
    pub currency: Option<String>,
    /// What was delivered last.
    pub delivery: Option<Delivery>,
    /// How often it changed.
    pub changes: i64,
    /// When it was written, microseconds.
    pub created_at_us: i64,
    /// When it last changed, microseconds.
    pub updated_at_us: i64,
}

/// What was delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Where it is.
    pub links: Vec<String>,
    /// What is said about it.
    pub note: Option<String>,
    /// When, microseconds.
    pub delivered_at_us: i64,
}

/// One change in the history of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Its number among those of the order, from 1.
    pub number: i64,
    /// Where the order stood.
    pub from: Status,
    /// Where it stood then.
    pub to: Status,
    /// Who was to do the work then.
    pub reviewer_id: Option<UserId>,
    /// Who changed it.
    pub changed_by: String,
    /// What they said about it.
    pub note: Option<String>,
    /// When, microseconds.
    pub changed_at_us: i64,
}

impl Order {
    /// An order of which nothing is known but what its purchase says.
    fn new(order_id: &str, user_id: &UserId, package_id: &str, now_us: i64) -> Self {
        Self {
            order_id: order_id.to_owned(),
            user_id: user_id.clone(),
            package_id: package_id.to_owned(),
            fields: serde_json::Map::new(),
            status: Status::Draft,
            work: Status::Draft,
            purchase_id: None,
            reviewer_id: None,
            paid_minor: 0,
            refunded_minor: 0,
            currency: None,
            delivery: None,
            changes: 0,
            created_at_us: now_us,
            updated_at_us: now_us,
        }
    }

    /// The same, with the work at another place.
    fn at(&self, work: Status) -> Self {
        let mut order = self.clone();
        order.work = work;
        order.status = rules::shown(work, order.paid_minor, order.refunded_minor);
        order
    }
}

/// What makes the share that somebody earns of an order one, whatever repeats.
pub fn sale_key(order_id: &str) -> String {
    format!("order:{order_id}")
}

/// Marks an order as waiting for the payment of a purchase.
pub fn await_payment(tx: &mut Tx<'_>, now_us: i64, order: &Order, purchase_id: &str) -> Result<()> {
    let mut after = order.at(Status::AwaitingPayment);
    after.purchase_id = Some(purchase_id.to_owned());
    records::change(tx, now_us, order, after, (CHECKOUT, None)).map(drop)
}

/// Marks an order as paid, unless nobody is to work on it any more, or it is paid for already: then it is false, and the
/// money is to go back. An order that the store does not know, because it was restored from before it, is written with
/// what is known of it: the money is there, so the work is owed.
pub fn pay(
    tx: &mut Tx<'_>,
    now_us: i64,
    order_id: &str,
    user_id: &UserId,
    package_id: &str,
    purchase_id: &str,
) -> Result<bool> {
    let order = if let Some(order) = records::lock(tx, order_id)? {
        order
    } else {
        let order = Order::new(order_id, user_id, package_id, now_us);
        records::insert(tx, &order)?;
        order
    };
    if !order.work.takes_payment() {
        return Ok(false);
    }
    let mut after = order.at(Status::Paid);
    after.purchase_id = Some(purchase_id.to_owned());
    records::change(tx, now_us, &order, after, (STRIPE, None))?;
    Ok(true)
}

/// Gives an order free for another payment when the purchase it waited for came to nothing.
pub fn release(tx: &mut Tx<'_>, now_us: i64, order_id: &str, purchase_id: &str) -> Result<()> {
    match records::lock(tx, order_id)? {
        Some(order) if order.work == Status::AwaitingPayment && order.purchase_id.as_deref() == Some(purchase_id) => {
            let after = order.at(Status::Draft);
            records::change(tx, now_us, &order, after, (STRIPE, None)).map(drop)
        }
        _ => Ok(()),
    }
}

/// Gives up the work on an order all of whose money is to go back. What is delivered stays so.
pub fn give_up(tx: &mut Tx<'_>, now_us: i64, order_id: &str, by: &str) -> Result<()> {
    match records::lock(tx, order_id)? {
        Some(order) if matches!(order.work, Status::Paid | Status::InProgress) => {
            let after = order.at(Status::Cancelled);
            records::change(tx, now_us, &order, after, (by, None)).map(drop)
        }
        _ => Ok(()),
    }
}

/// Takes in what was paid and given back for an order, all its payments together. One whose money all went back is
/// refunded; where some of it comes back, because a refund failed or a dispute was won, it stands where the work does.
pub fn count(tx: &mut Tx<'_>, now_us: i64, order_id: &str, (paid_minor, refunded_minor): (i64, i64)) -> Result<()> {
    let Some(order) = records::lock(tx, order_id)? else {
        return Ok(());
    };
    let mut after = order.clone();
    (after.paid_minor, after.refunded_minor) = (paid_minor, refunded_minor);
    let after = after.at(order.work);
    records::change(tx, now_us, &order, after, (STRIPE, None)).map(drop)
}

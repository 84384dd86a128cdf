//! What a refund that is granted means for what was bought, by its kind, beyond what follows from the money itself.

use store::{Result, Tx};

use crate::orders;
use crate::purchases::{Kind, Purchase};

/// Whether what was bought is delivered, so that the policy lets it not be given back. Its row is locked.
pub(super) fn is_delivered(tx: &mut Tx<'_>, purchase: &Purchase) -> Result<bool> {
    match (purchase.kind, &purchase.order_id) {
        (Kind::Order, Some(order_id)) => {
            let order = orders::lock(tx, order_id)?;
            Ok(order.is_some_and(|order| order.delivery.is_some()))
        }
        (Kind::Order | Kind::Booking | Kind::CreditPack | Kind::Plan, _) => Ok(false),
    }
}

/// Whether only what is not used up may be given back.
pub(super) fn is_used_up_by_parts(purchase: &Purchase) -> bool {
    purchase.kind == Kind::CreditPack
}

/// Stops what is still to be done for a purchase all of which goes back. The money itself takes back the rest.
pub(super) fn give_up(tx: &mut Tx<'_>, now_us: i64, purchase: &Purchase, by: &str) -> Result<()> {
    match (purchase.kind, &purchase.order_id) {
        (Kind::Order, Some(order_id)) => orders::give_up(tx, now_us, order_id, by),
        (Kind::Order | Kind::Booking | Kind::CreditPack | Kind::Plan, _) => Ok(()),
    }
}

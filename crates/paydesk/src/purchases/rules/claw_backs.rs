//! What a reversed payment takes back.

use crate::effects::Effect;
use crate::purchases::records::payments::PaymentRow;
use crate::purchases::reversals::rules::{Clawed, target};
use crate::purchases::{Kind, Purchase};

/// What follows from all that is known to be reversed of a payment: the books go to their target in one step, which is a
/// version of its own, and the wallet is frozen while a dispute is open.
///
/// Credits go as soon as their money is asked back (`asked_minor`), so that nobody spends them until Stripe has made the
/// refund; they come back where it makes none. The money goes when it is gone.
pub(in crate::purchases) fn reverse(purchase: &Purchase, payment: &mut PaymentRow, asked_minor: i64) -> Vec<Effect> {
    // An invoice may take back more than it grants.
    let granted = if payment.paid_minor > 0 {
        purchase.credits.max(0)
    } else {
        0
    };
    let (granted_by, cost_minor) = granted_by(purchase, payment);
    let reversed_minor = payment.reversed_minor.min(payment.paid_minor);
    let going_minor = payment.reversed_minor.saturating_add(asked_minor);
    let wanted = Clawed {
        credits: target(granted, cost_minor, going_minor.min(payment.paid_minor)).credits,
        minor: target(granted, cost_minor, reversed_minor).minor,
    };
    let done = Clawed {
        credits: payment.clawed_credits,
        minor: payment.clawed_minor,
    };
    let mut effects = Vec::new();
    if wanted == done && payment.freezes == payment.frozen {
        return effects;
    }
    payment.claw_version += 1;
    if wanted != done {
        effects.push(Effect::ClawBack {
            user_id: purchase.user_id.clone(),
            payment: payment.payment_intent_id.clone(),
            granted_by,
            credits: wanted.credits - done.credits,
            currency: payment.price.currency,
            amount_minor: wanted.minor - done.minor,
            version: payment.claw_version,
        });
        (payment.clawed_credits, payment.clawed_minor) = (wanted.credits, wanted.minor);
        effects.extend(count(purchase, &payment.payment_intent_id, payment.claw_version));
    }
    if payment.freezes != payment.frozen {
        effects.push(Effect::Freeze {
            user_id: purchase.user_id.clone(),
            payment: payment.payment_intent_id.clone(),
            frozen: payment.freezes,
            version: payment.claw_version,
        });
        payment.frozen = payment.freezes;
    }
    effects
}

/// An order or a booking hears of the money that came or went back for it.
pub(in crate::purchases) fn count(purchase: &Purchase, payment: &str, version: i64) -> Option<Effect> {
    if let Some(booking_id) = purchase.booking_id() {
        return Some(Effect::CountBooking {
            booking_id,
            payment: payment.to_owned(),
            version,
        });
    }
    let order_id = purchase.order_id.clone().filter(|_| purchase.kind == Kind::Order)?;
    Some(Effect::CountOrder {
        order_id,
        payment: payment.to_owned(),
        version,
    })
}

/// What a payment paid for under its business key, and what all of that cost: of an invoice a payment may be a part.
fn granted_by(purchase: &Purchase, payment: &PaymentRow) -> (String, i64) {
    match purchase.kind {
        Kind::Plan => (purchase.purchase_id.clone(), purchase.price.minor),
        Kind::Booking | Kind::CreditPack | Kind::Order => (payment.payment_intent_id.clone(), payment.paid_minor),
    }
}

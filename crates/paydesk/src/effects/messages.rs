//! What others are told of effects.

use serde_json::json;

use super::Effect;
use crate::clock::Moment;
use crate::courier::{Kind, Message};

/// The message about an effect that has just happened, where it is one to be told of.
pub(super) fn of(effect: &Effect) -> Option<Message> {
    let (kind, user_id, data) = match effect {
        Effect::PayOrder {
            order_id,
            user_id,
            package_id,
            purchase_id,
        } => (
            Kind::OrderPaid,
            user_id,
            json!({ "user_id": user_id, "order_id": order_id, "package_id": package_id, "purchase_id": purchase_id }),
        ),
        Effect::Grant {
            user_id,
            credits,
            terms,
            payment,
        } => {
            let ends = (terms.expires_at_us != ledger::NEVER_US).then_some(Moment(terms.expires_at_us));
            let data = json!({ "user_id": user_id, "credits": credits, "payment": payment, "expires_at": ends });
            (Kind::CreditsGranted, user_id, data)
        }
        Effect::ClawBack {
            user_id,
            credits,
            payment,
            ..
        } if *credits != 0 => {
            let kind = if *credits > 0 {
                Kind::CreditsClawedBack
            } else {
                Kind::CreditsGivenBack
            };
            let data = json!({ "user_id": user_id, "credits": credits.abs(), "payment": payment });
            (kind, user_id, data)
        }
        Effect::ClawBack { .. }
        | Effect::Collect { .. }
        | Effect::Freeze { .. }
        | Effect::SaveMethod { .. }
        | Effect::CountOrder { .. }
        | Effect::ReleaseOrder { .. }
        // Bookings tell of themselves.
        | Effect::PayBooking { .. }
        | Effect::CountBooking { .. }
        | Effect::ReleaseBooking { .. }
        | Effect::IssueKey { .. }
        | Effect::SeedData { .. }
        // Who earns sees it in their list.
        | Effect::Earn(_)
        // The notice is told of by itself.
        | Effect::Notify { .. } => return None,
    };
    Some(Message::about(&effect.key(), kind, user_id, data))
}

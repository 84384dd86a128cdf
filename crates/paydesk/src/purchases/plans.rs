//! Checkouts of plans: each user has one under way in each group of plans. Whoever asks for the same again is led back to
//! it; for another plan, the page that nobody has paid is ended first, so that never two of them can be paid.

use serde_json::json;
use store::Tx;

use super::checkout::{Refused, not_now};
use super::drive::{self, DriveError};
use super::{Purchase, Status, recovery};
use crate::app::App;
use crate::catalogue::Plan;
use crate::http::Problem;
use crate::stripe_calls::Call;
use crate::subscriptions::commands::{self, ALREADY_SUBSCRIBED, Holder, SUBSCRIPTION_BUSY};

/// When somebody who found the group busy may ask again.
const BUSY_SECONDS: u32 = 2;

/// Whether a checkout of a plan may begin.
pub(super) enum Claimed {
    /// It may.
    Taken,
    /// The same is under way.
    Underway(Box<Purchase>),
    /// Another one is.
    InTheWay(Box<Purchase>),
}

/// Takes the user's slot in the plan's group for a checkout.
pub(super) fn claim(tx: &mut Tx<'_>, plan: &Plan, wanted: &Purchase) -> Result<Claimed, Refused> {
    match commands::holder(tx, &wanted.user_id, &plan.group)? {
        Holder::Nobody => {
            let (user_id, id) = (&wanted.user_id, &wanted.purchase_id);
            commands::check_currency(tx, user_id, wanted.price.currency).map_err(Refused)?;
            commands::take(tx, user_id, &plan.group, id, plan.trial_days)?;
            Ok(Claimed::Taken)
        }
        Holder::Checkout(purchase) if (&purchase.item_id, purchase.price) == (&wanted.item_id, wanted.price) => {
            Ok(Claimed::Underway(purchase))
        }
        Holder::Checkout(purchase) => Ok(Claimed::InTheWay(purchase)),
        Holder::Command(_) => Err(Refused(busy())),
        Holder::Subscription(subscription_id) => Err(Refused(
            Problem::of(&ALREADY_SUBSCRIBED).with("subscription_id", subscription_id),
        )),
    }
}

pub(super) fn busy() -> Problem {
    Problem::of(&SUBSCRIPTION_BUSY).retry_after(BUSY_SECONDS)
}

/// Ends a checkout that nobody has paid. Where somebody has after all, that is taken in instead.
pub async fn step_aside(app: &App, former: Purchase) -> Result<(), Problem> {
    end(app, former).await.map_err(not_now)
}

async fn end(app: &App, former: Purchase) -> Result<(), DriveError> {
    let former = match (&former.session_id, former.status) {
        (None, Status::Created) => match drive::drive(app, former).await {
            // Then it has come to nothing by itself.
            Err(DriveError::Refused(_)) => return Ok(()),
            driven => driven?,
        },
        _ => former,
    };
    let Some(session_id) = &former.session_id else {
        return Ok(());
    };
    // One that has expired cannot expire again, so it is not looked up.
    let call = Call::of(app, &format!("expire-{}", former.purchase_id), former.created_at_us).await?;
    let nothing = json!({});
    let expired = app
        .stripe
        .expire_checkout_session(session_id, &nothing, call.key())
        .await;
    match call.answered(app, expired).await.map_err(DriveError::from) {
        Ok(_) => drive::give_up(app, former.purchase_id, Status::Expired).await.map(drop),
        Err(DriveError::Refused(stripe::Error::NotFound { .. })) => {
            drive::give_up(app, former.purchase_id, Status::Expired).await.map(drop)
        }
        // It is complete, which means that it is paid or about to be, or has expired already.
        Err(DriveError::Refused(_)) => recovery::look(app, session_id).await,
        Err(error) => Err(error),
    }
}

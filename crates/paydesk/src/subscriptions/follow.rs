//! What follows from a change of what a user has: the one place that everything hangs on.

use store::{Result, Tx};

use super::{Standing, Subscription, records, rules};
use crate::app::App;
use crate::ids::UserId;
use crate::notices::{self, Notice, Subject};
use crate::{keys, seeded};

/// Brings everything that follows from what a user has in a group to what it is now, in the transaction in which that
/// changed. It is called once for each change, `before` being what it was called with as `after` the last time.
pub fn follow(tx: &mut Tx<'_>, app: &App, now_us: i64, before: &Standing, after: &Standing) -> Result<()> {
    seeded::follow(tx, app, now_us, after)?;
    keys::follow(tx, app, now_us, before, after)?;
    let Some(subject) = told(before, after) else {
        return Ok(());
    };
    let notice = Notice {
        notice_id: app.ids.next("ntc"),
        user_id: after.user_id.clone(),
        subject,
        created_at_us: now_us,
    };
    notices::note(tx, &notice)
}

/// What the user is told of a change: that access ended, and why.
fn told(before: &Standing, after: &Standing) -> Option<Subject> {
    let subscription_id = after.subscription_id.clone()?;
    if !before.access || after.access {
        return None;
    }
    match after.status.as_deref() {
        Some("past_due" | "unpaid") => Some(Subject::GraceEnded { subscription_id }),
        Some(status) if rules::is_terminal(status) => Some(Subject::SubscriptionEnded { subscription_id }),
        _ => None,
    }
}

/// Decides anew what a user has in a group, and follows where that changed. Whoever calls it holds the row of the
/// subscription that changed.
pub(super) fn decide(tx: &mut Tx<'_>, app: &App, now_us: i64, user_id: &UserId, group: &str) -> Result<()> {
    let before = records::lock_standing(tx, now_us, user_id, group)?;
    let subscriptions: Vec<Subscription> = records::subscriptions_in_group(tx, user_id, group)?;
    let after = rules::standing((user_id, group), &subscriptions, &app.catalogue, now_us);
    if before == after {
        return Ok(());
    }
    records::write_standing(tx, now_us, &after)?;
    follow(tx, app, now_us, &before, &after)
}

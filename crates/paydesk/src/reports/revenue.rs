//! What subscriptions bring in each month, and how that moves: counted where a subscription is taken in that changed.

use ledger::{Currency, Money};
use store::{Result, Tx};

use super::{Day, Figure, Tally, records, rules};
use crate::ids::UserId;

/// A subscription with what it brings in now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recurring {
    /// `sub_…`.
    pub subscription_id: String,
    /// Whose.
    pub user_id: UserId,
    /// The plan of the catalogue.
    pub plan_id: Option<String>,
    /// What it brings in a month; none where it brings nothing.
    pub mrr: Option<Money>,
    /// Since when it could: its begin, or the end of its trial, microseconds.
    pub began_us: i64,
    /// When it ended, microseconds.
    pub ended_us: Option<i64>,
}

/// What is known of a subscription: whose, and what it brought in when it was last counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Counted {
    pub(super) user_id: UserId,
    pub(super) mrr: Money,
}

/// All of a user's subscriptions in a currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Subscriber {
    pub(super) mrr_minor: i64,
    /// Since when any of them brought something in; none while none did.
    pub(super) first_at_us: Option<i64>,
}

/// A change, as it is kept.
pub(super) struct Change<'a> {
    pub(super) of: &'a Recurring,
    pub(super) user_id: &'a UserId,
    pub(super) currency: Currency,
    pub(super) movement: Figure,
    pub(super) from_minor: i64,
    pub(super) to_minor: i64,
    pub(super) at_us: i64,
}

/// Brings the figures to what a subscription brings in now, in the transaction in which that changed. The caller holds the
/// subscription's row.
pub fn follow_subscription(tx: &mut Tx<'_>, now_us: i64, seen: &Recurring) -> Result<()> {
    let known = records::counted(tx, &seen.subscription_id)?;
    let wanted = seen.mrr.filter(|mrr| mrr.minor > 0);
    let mut tally = Tally::default();
    match (&known, wanted) {
        (None, None) => return Ok(()),
        (Some(known), wanted)
            if known.user_id == seen.user_id && wanted.is_none_or(|mrr| mrr.currency == known.mrr.currency) =>
        {
            let to_minor = wanted.map_or(0, |mrr| mrr.minor);
            let step = (&known.user_id, known.mrr, to_minor);
            change(tx, now_us, seen, step, &mut tally)?;
        }
        _ => {
            // Another user's from now on, or in another currency: gone from one place and new in the other.
            if let Some(known) = &known {
                change(tx, now_us, seen, (&known.user_id, known.mrr, 0), &mut tally)?;
            }
            if let Some(mrr) = wanted {
                let from = Money::new(0, mrr.currency);
                change(tx, now_us, seen, (&seen.user_id, from, mrr.minor), &mut tally)?;
            }
        }
    }
    let currency = wanted.or(known.map(|known| known.mrr)).map(|mrr| mrr.currency);
    if let Some(currency) = currency {
        let mrr = Money::new(wanted.map_or(0, |mrr| mrr.minor), currency);
        records::write_counted(tx, seen, mrr)?;
    }
    records::add(tx, &tally)
}

/// Moves what one subscription brings in, for a user in a currency.
fn change(
    tx: &mut Tx<'_>,
    now_us: i64,
    seen: &Recurring,
    (user_id, from, to_minor): (&UserId, Money, i64),
    tally: &mut Tally,
) -> Result<()> {
    let delta = to_minor.saturating_sub(from.minor);
    if delta == 0 {
        return Ok(());
    }
    let before = records::lock_subscriber(tx, user_id, from.currency)?;
    let movement = rules::movement(before.mrr_minor, before.first_at_us.is_some(), delta);
    let at_us = match movement {
        Figure::MrrNew => seen.began_us.min(now_us),
        Figure::MrrChurn => seen.ended_us.map_or(now_us, |ended_us| ended_us.min(now_us)),
        _ => now_us,
    };
    let after = Subscriber {
        mrr_minor: before.mrr_minor.saturating_add(delta),
        first_at_us: before.first_at_us.or(Some(at_us)),
    };
    records::write_subscriber(tx, (user_id, from.currency), after)?;
    let change = Change {
        of: seen,
        user_id,
        currency: from.currency,
        movement,
        from_minor: from.minor,
        to_minor,
        at_us,
    };
    records::insert_change(tx, &change)?;
    let first_us = after.first_at_us.unwrap_or(at_us);
    rules::count_movement(
        tally,
        from.currency.code(),
        movement,
        delta,
        (Day::of_us(first_us), Day::of_us(at_us)),
    );
    Ok(())
}

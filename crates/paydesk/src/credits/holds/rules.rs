//! How a hold is made and how it ends. Pure.

use ledger::{AccountKey, Fill, Lot, Role, TransferCode};

use super::{Command, Hold, Status, Wanted};
use crate::books::{Cause, Movement, Movements};

/// How long a hold lasts where the request does not say, in seconds.
pub const EXPIRES_IN_SECONDS: i64 = 3600;
/// The shortest and the longest time that a hold may last, in seconds.
const EXPIRES_IN_SECONDS_MIN: i64 = 60;
const EXPIRES_IN_SECONDS_MAX: i64 = 2_592_000;

/// Why a hold cannot be ended as was asked. Checked in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It has ended, in this way.
    Ended(Status),
    /// More is asked for than it holds.
    AboveAmount {
        /// What it holds.
        amount: i64,
    },
}

/// How long a hold may last, in seconds; the message names the limits.
pub fn check_expires_in(seconds: Option<i64>) -> Result<i64, String> {
    let seconds = seconds.unwrap_or(EXPIRES_IN_SECONDS);
    if (EXPIRES_IN_SECONDS_MIN..=EXPIRES_IN_SECONDS_MAX).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!(
            "A hold must last from {EXPIRES_IN_SECONDS_MIN} to {EXPIRES_IN_SECONDS_MAX} seconds."
        ))
    }
}

/// The hold that a command asks for, before it is known what it is drawn from.
pub fn place(command: &Command, now_us: i64) -> Hold {
    let (key_id, amount, reason, for_us) = match &command.wanted {
        Wanted::Place {
            key_id,
            amount,
            reason,
            for_us,
        } => (key_id.clone(), *amount, reason.clone(), *for_us),
        Wanted::Capture(_) | Wanted::Release => (None, 0, String::new(), 0),
    };
    Hold {
        hold_id: command.hold_id.clone(),
        user_id: command.user_id.clone(),
        key_id,
        amount,
        captured: 0,
        status: Status::Held,
        drawn: Vec::new(),
        reason,
        expires_at_us: now_us.saturating_add(for_us),
        created_at_us: now_us,
        ended_at_us: None,
    }
}

/// What is posted when a hold is made.
pub fn reservation(hold: &Hold) -> Movement {
    let key = Cause::key(format!("hold:{}", hold.hold_id));
    Movement {
        memo: Some(hold.reason.clone()),
        ..Movement::new(key, hold.wallet(), hold.held(), hold.amount, TransferCode::Hold)
    }
}

/// Ends a hold whose time is over; nothing is posted for any other.
pub fn expire(hold: &mut Hold, now_us: i64) -> Movements {
    if hold.status == Status::Held && hold.expires_at_us <= now_us {
        end(hold, Status::Expired, 0, now_us)
    } else {
        Vec::new()
    }
}

/// Uses so much of a hold, or all of it, and gives the rest back.
pub fn capture(hold: &mut Hold, amount: Option<i64>, now_us: i64) -> Result<Movements, Refused> {
    check_held(hold)?;
    let amount = amount.unwrap_or(hold.amount);
    if amount > hold.amount {
        return Err(Refused::AboveAmount { amount: hold.amount });
    }
    Ok(end(hold, Status::Captured, amount, now_us))
}

/// Gives all of a hold back.
pub fn release(hold: &mut Hold, now_us: i64) -> Result<Movements, Refused> {
    check_held(hold)?;
    Ok(end(hold, Status::Released, 0, now_us))
}

fn check_held(hold: &Hold) -> Result<(), Refused> {
    if hold.status == Status::Held {
        Ok(())
    } else {
        Err(Refused::Ended(hold.status))
    }
}

/// Ends a hold that is held: so much of it was used, the rest goes back into the lots it came from.
fn end(hold: &mut Hold, status: Status, captured: i64, now_us: i64) -> Movements {
    hold.status = status;
    hold.captured = captured;
    hold.ended_at_us = Some(now_us);
    let mut moves = Vec::with_capacity(2);
    if captured > 0 {
        let key = Cause::key(format!("capture:{}", hold.hold_id));
        let spent = AccountKey::credits(Role::Spent);
        moves.push(Movement {
            memo: Some(hold.reason.clone()),
            ..Movement::new(key, hold.held(), spent, captured, TransferCode::Capture)
        });
    }
    let rest = hold.amount - captured;
    if rest > 0 {
        let key = Cause::key(format!("release:{}", hold.hold_id));
        moves.push(Movement {
            fill: Fill::Back(behind(&hold.drawn, captured)),
            ..Movement::new(key, hold.held(), hold.wallet(), rest, TransferCode::Release)
        });
    }
    moves
}

/// The parts of lots that are left when so much was used of them, first drawn first.
fn behind(drawn: &[Lot], used: i64) -> Vec<Lot> {
    let mut used = used;
    let mut left = Vec::with_capacity(drawn.len());
    for part in drawn {
        let taken = used.min(part.amount);
        used -= taken;
        if part.amount > taken {
            let amount = part.amount - taken;
            left.push(Lot { amount, ..*part });
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use ledger::Terms;

    use super::*;

    #[test]
    fn what_was_drawn_first_is_used_first() {
        let lot = |number, amount| Lot {
            number,
            amount,
            terms: Terms::default(),
        };
        let drawn = [lot(4, 5), lot(7, 3)];
        for (used, left) in [
            (0, vec![lot(4, 5), lot(7, 3)]),
            (2, vec![lot(4, 3), lot(7, 3)]),
            (5, vec![lot(7, 3)]),
            (6, vec![lot(7, 2)]),
            (8, vec![]),
        ] {
            assert_eq!(behind(&drawn, used), left, "{used}");
        }
    }

    #[test]
    fn a_hold_lasts_from_a_minute_to_thirty_days() {
        for (seconds, fits) in [
            (59, false),
            (60, true),
            (2_592_000, true),
            (2_592_001, false),
            (-1, false),
        ] {
            assert_eq!(check_expires_in(Some(seconds)).is_ok(), fits, "{seconds}");
        }
        assert_eq!(check_expires_in(None), Ok(EXPIRES_IN_SECONDS));
    }
}

//! The status machine of a booking, and what of the money goes back by its policy. Pure.
//!
//! ```text
//!            paid                    session ended
//! pending ─────────▶ confirmed       pending ─────▶ released ──paid──▶ confirmed, where the time is still free
//!                        │                                       └───▶ paid_unplaced, where it is not; all goes back
//!                        ├──▶ cancelled, no_show
//!                        └──▶ refunded, while all its money is back
//! ```
//!
//! One that moves another to a dearer session ends as `moved` where a confirmed one would stand: the other has its time then.

pub mod calendar;
pub mod slots;
pub mod week;

use crate::catalogue::RefundTier;
use crate::words::words;

/// Microseconds of an hour.
const HOUR_US: i64 = 3_600_000_000;

/// Where a booking stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BookingStatus)]
pub enum Status {
    /// A checkout is under way, and the time is held for it.
    Pending,
    /// Paid: the session takes place.
    Confirmed,
    /// The checkout came to nothing, and the time is free again.
    Released,
    /// Given up by the client or the builder.
    Cancelled,
    /// The client did not come.
    NoShow,
    /// The money came when somebody else had the time already. All of it goes back.
    PaidUnplaced,
    /// All the money went back, or is disputed.
    Refunded,
    /// Paid, and the booking that it moves has its time.
    Moved,
}

words!(Status {
    Pending = "pending",
    Confirmed = "confirmed",
    Released = "released",
    Cancelled = "cancelled",
    NoShow = "no_show",
    PaidUnplaced = "paid_unplaced",
    Refunded = "refunded",
    Moved = "moved",
});

/// In what part somebody acts on a booking; one person may have several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// They come, and paid.
    Client,
    /// They give the session.
    Builder,
    /// They are of the shop: a service with the scope, or the operator.
    Staff,
}

words!(Part {
    Client = "client",
    Builder = "builder",
    Staff = "staff",
});

/// Which sessions of a user a calendar shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedPart {
    /// Those that they booked.
    Client,
    /// Those that they give.
    Builder,
}

words!(FeedPart {
    Client = "client",
    Builder = "builder",
});

/// What money that came means for a booking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnPayment {
    /// Its time is held, and now its own.
    Confirm,
    /// Its time was given free; it gets it where nobody else has it.
    Reclaim,
    /// It gets nothing for it any more.
    GiveBack,
}

impl Status {
    /// What money that comes at a moment means for a booking whose place is this, and that starts at another.
    pub fn on_payment(self, starts_at_us: i64, now_us: i64) -> OnPayment {
        match self {
            Self::Pending => OnPayment::Confirm,
            // What has begun already cannot be attended any more.
            Self::Released if starts_at_us > now_us => OnPayment::Reclaim,
            Self::Released
            | Self::Confirmed
            | Self::Cancelled
            | Self::NoShow
            | Self::PaidUnplaced
            | Self::Refunded
            | Self::Moved => OnPayment::GiveBack,
        }
    }

    /// Whether a booking of this status may be cancelled now that starts at a moment. A client may until it begins.
    pub fn may_be_cancelled(self, part: Part, (starts_at_us, now_us): (i64, i64)) -> bool {
        matches!(self, Self::Pending | Self::Confirmed) && (part != Part::Client || now_us < starts_at_us)
    }

    /// Whether a booking of this status may be moved to another time now that starts at a moment.
    pub fn may_be_moved(self, (starts_at_us, now_us): (i64, i64)) -> bool {
        self == Self::Confirmed && now_us < starts_at_us
    }

    /// Whether it may be said now that the client did not come, of a booking that started at a moment.
    pub fn may_be_no_show(self, part: Part, (starts_at_us, now_us): (i64, i64)) -> bool {
        self == Self::Confirmed && part != Part::Client && now_us >= starts_at_us
    }

    /// Whether the builder of a booking of this place earns of what is paid for it.
    pub fn is_earned(self) -> bool {
        matches!(self, Self::Confirmed | Self::NoShow)
    }

    /// Whether a booking of this place has its time, while its money is there.
    pub fn has_its_time(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::NoShow)
    }
}

/// Where a booking stands: where its place is, unless all that was paid for it went back.
pub fn shown(place: Status, paid_minor: i64, refunded_minor: i64) -> Status {
    if paid_minor > 0 && refunded_minor >= paid_minor {
        Status::Refunded
    } else {
        place
    }
}

/// What a builder earns of what was paid for a booking while nothing of it goes back: the price less the platform's fee, and
/// the same share of it where less was paid. What was paid beyond the price, such as a tax, is not theirs.
pub fn net_minor(price_minor: i64, fee_minor: i64, paid_minor: i64) -> i64 {
    if price_minor <= 0 {
        return 0;
    }
    let net = i128::from(price_minor.saturating_sub(fee_minor).max(0));
    let net = net * i128::from(paid_minor.clamp(0, price_minor)) / i128::from(price_minor);
    i64::try_from(net).unwrap_or(0)
}

/// What of the money for a booking nobody earns of: what is back, or is to go back since it became cheaper or was cancelled,
/// whatever becomes of the refund; all of it where the session has no place.
pub fn lost_minor(
    place: Status,
    (paid_minor, refunded_minor): (i64, i64),
    (price_back_minor, due_back_minor): (i64, i64),
) -> i64 {
    match place {
        Status::Pending | Status::Confirmed | Status::NoShow | Status::Refunded | Status::Moved => {
            refunded_minor.max(price_back_minor)
        }
        Status::Cancelled => refunded_minor.max(due_back_minor),
        Status::Released | Status::PaidUnplaced => paid_minor,
    }
}

/// What a move to a session of another price means for the money.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repriced {
    /// It costs the same.
    Same,
    /// It costs less: so much of what was paid is to be back in all, in minor units.
    Lowered {
        /// With what went back for earlier moves.
        price_back_minor: i64,
    },
    /// It costs more, by so much.
    Raised {
        /// In minor units.
        difference_minor: i64,
    },
}

/// Decides what a move from one price to another means. What was paid beyond the price, such as a tax, goes back in the same
/// proportion. Half a unit is rounded up, and from there up to what Stripe can move, both for the client.
pub fn repriced(
    (from_minor, to_minor): (i64, i64),
    (paid_minor, price_back_minor): (i64, i64),
    step_minor: i64,
) -> Repriced {
    if to_minor == from_minor {
        return Repriced::Same;
    }
    if to_minor > from_minor {
        return Repriced::Raised {
            difference_minor: to_minor.saturating_sub(from_minor),
        };
    }
    let kept_minor = paid_minor.saturating_sub(price_back_minor).max(0);
    let (kept, from, step) = (
        i128::from(kept_minor),
        i128::from(from_minor.max(1)),
        i128::from(step_minor.max(1)),
    );
    let back = (kept * i128::from(from_minor.saturating_sub(to_minor)) * 2 + from) / (2 * from);
    let back = ((back + step - 1) / step * step).min(kept);
    let back_minor = i64::try_from(back).unwrap_or(kept_minor);
    Repriced::Lowered {
        price_back_minor: price_back_minor.saturating_add(back_minor),
    }
}

/// The share, in percent, that goes back to a client who cancels now. The tiers stand with the earliest first.
pub fn share_percent(tiers: &[RefundTier], starts_at_us: i64, now_us: i64) -> i64 {
    let left_us = starts_at_us.saturating_sub(now_us);
    let mut tiers = tiers.iter();
    let reached = tiers.find(|tier| left_us >= tier.hours_before.saturating_mul(HOUR_US));
    reached.map_or(0, |tier| tier.percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_means_the_same_in_every_place() {
        use OnPayment::{Confirm, GiveBack, Reclaim};
        use Status::{Cancelled, Confirmed, Moved, NoShow, PaidUnplaced, Pending, Refunded, Released};
        for (place, early, late) in [
            (Pending, Confirm, Confirm),
            (Released, Reclaim, GiveBack),
            (Confirmed, GiveBack, GiveBack),
            (Cancelled, GiveBack, GiveBack),
            (NoShow, GiveBack, GiveBack),
            (PaidUnplaced, GiveBack, GiveBack),
            (Refunded, GiveBack, GiveBack),
            (Moved, GiveBack, GiveBack),
        ] {
            assert_eq!(place.on_payment(2, 1), early, "{place:?}");
            assert_eq!(place.on_payment(2, 2), late, "{place:?}");
        }
    }

    #[test]
    fn who_may_do_what_and_when() {
        for &status in Status::ALL {
            for (part, now) in [Part::Client, Part::Builder, Part::Staff]
                .into_iter()
                .zip([1, 2, 3].repeat(3))
            {
                let at = (2, now);
                let (open, confirmed) = (
                    matches!(status, Status::Pending | Status::Confirmed),
                    status == Status::Confirmed,
                );
                let is_client = part == Part::Client;
                assert_eq!(
                    status.may_be_cancelled(part, at),
                    open && (!is_client || now < 2),
                    "{status:?} {part:?}"
                );
                assert_eq!(
                    status.may_be_no_show(part, at),
                    confirmed && !is_client && now >= 2,
                    "{status:?} {part:?}"
                );
                assert_eq!(status.may_be_moved(at), confirmed && now < 2, "{status:?}");
            }
        }
    }

    #[test]
    fn a_booking_is_refunded_while_all_its_money_is_back() {
        for (paid, refunded, all) in [(0, 0, false), (100, 99, false), (100, 100, true)] {
            let expected = if all { Status::Refunded } else { Status::Confirmed };
            assert_eq!(shown(Status::Confirmed, paid, refunded), expected);
        }
    }

    #[test]
    fn a_builder_earns_the_price_less_the_fee_and_the_same_share_of_less() {
        for (price, fee, paid, net) in [
            (6001, 900, 6001, 5101),
            (6001, 900, 3000, 2550),
            (6001, 900, 7000, 5101),
            (6001, 6001, 6001, 0),
            (0, 0, 0, 0),
            (i64::MAX, 1, i64::MAX, i64::MAX - 1),
        ] {
            assert_eq!(net_minor(price, fee, paid), net, "{price} {fee} {paid}");
        }
    }

    #[test]
    fn a_builder_who_cancels_earns_nothing_though_the_refund_fails() {
        assert_eq!(lost_minor(Status::Confirmed, (100, 30), (0, 0)), 30);
        assert_eq!(
            lost_minor(Status::Confirmed, (100, 0), (40, 0)),
            40,
            "cheaper since it moved"
        );
        assert_eq!(lost_minor(Status::Confirmed, (100, 50), (40, 0)), 50);
        assert_eq!(lost_minor(Status::Cancelled, (100, 0), (0, 100)), 100);
        assert_eq!(lost_minor(Status::Cancelled, (100, 70), (40, 50)), 70);
        assert_eq!(lost_minor(Status::PaidUnplaced, (100, 0), (0, 0)), 100);
    }

    #[test]
    fn what_a_move_gives_back_is_the_difference_and_the_same_part_of_a_tax() {
        let back = |prices, paid, step| match repriced(prices, paid, step) {
            Repriced::Lowered { price_back_minor } => Some(price_back_minor),
            Repriced::Same | Repriced::Raised { .. } => None,
        };
        for (prices, paid, step, expected) in [
            ((6001, 6001), (6001, 0), 1, None),
            ((6001, 9000), (6001, 0), 1, None),
            ((6001, 3500), (6001, 0), 1, Some(2501)),
            // The second move counts from what is left.
            ((3500, 3000), (6001, 2501), 1, Some(3001)),
            // A fifth of tax: a fifth of the difference goes back with it.
            ((6000, 3000), (7200, 0), 1, Some(3600)),
            ((3, 2), (4, 0), 1, Some(1)),
            ((3, 1), (4, 0), 1, Some(3)),
            ((12_340, 6_000), (12_345, 0), 10, Some(6_350)),
            ((100, 50), (0, 0), 1, Some(0)),
            ((i64::MAX, 1), (i64::MAX, 0), 1, Some(i64::MAX - 1)),
        ] {
            assert_eq!(back(prices, paid, step), expected, "{prices:?} {paid:?}");
        }
        let raised = repriced((6001, 9000), (6001, 0), 1);
        assert_eq!(raised, Repriced::Raised { difference_minor: 2999 });
    }

    #[test]
    fn the_share_follows_the_first_tier_that_is_reached() {
        let tiers = [(48, 100), (24, 50), (0, 10)].map(|(hours_before, percent)| RefundTier { hours_before, percent });
        let starts = 100 * HOUR_US;
        for (now, share) in [
            (0, 100),
            (52 * HOUR_US, 100),
            (52 * HOUR_US + 1, 50),
            (76 * HOUR_US, 50),
            (76 * HOUR_US + 1, 10),
            (starts, 10),
            (starts + 1, 0),
        ] {
            assert_eq!(share_percent(&tiers, starts, now), share, "{now}");
        }
        assert_eq!(share_percent(&[], starts, 0), 0);
    }
}

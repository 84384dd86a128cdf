//! What may be refunded. Pure.

/// What stands against giving a payment back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The money that came, in minor units.
    pub paid_minor: i64,
    /// What is refunded or disputed of it.
    pub reversed_minor: i64,
    /// What other intents are about to give back.
    pub asked_minor: i64,
    /// The credits it granted, and how many of them are still in their lot; where only these may be given back.
    pub unspent: Option<(i64, i64)>,
    /// What amounts of the currency are multiples of, in minor units.
    pub step_minor: i64,
}

impl Standing {
    /// How much may be given back now, in minor units.
    pub fn refundable_minor(self) -> i64 {
        let gone = self.reversed_minor.saturating_add(self.asked_minor);
        let rest = self.paid_minor.saturating_sub(gone).max(0);
        match self.unspent {
            None => rest,
            Some((granted, _)) if granted <= 0 => 0,
            Some((granted, left)) => {
                // Rounded down, so that nobody is given money for credits they have used.
                let share = i128::from(self.paid_minor) * i128::from(left.clamp(0, granted)) / i128::from(granted);
                let share = i64::try_from(share).unwrap_or(self.paid_minor);
                rest.min(share - share % self.step_minor.max(1))
            }
        }
    }

    /// How much of the payment is gone in all, once so much more is given back.
    pub fn total_with(self, amount_minor: i64) -> i64 {
        let gone = self.reversed_minor.saturating_add(self.asked_minor);
        gone.saturating_add(amount_minor)
    }

    /// How much is given back now so that in all so many percent of the payment are, rounded as `share_of` does.
    pub fn share_minor(self, percent: i64) -> i64 {
        self.up_to_minor(share_of(self.paid_minor, percent, self.step_minor))
    }

    /// How much is given back now so that in all so much of the payment is.
    pub fn up_to_minor(self, total_minor: i64) -> i64 {
        let gone = self.reversed_minor.saturating_add(self.asked_minor);
        total_minor.saturating_sub(gone).clamp(0, self.refundable_minor())
    }

    /// How much is given back of a payment where so much is wanted, or all that can be; none where that is too much.
    pub fn grant(self, wanted_minor: Option<i64>) -> Option<i64> {
        let refundable = self.refundable_minor();
        let amount = wanted_minor.unwrap_or(refundable);
        (1..=refundable).contains(&amount).then_some(amount)
    }
}

/// So many percent of what was paid, half a unit rounded up; and from there up to what Stripe can move, both for the buyer.
pub fn share_of(paid_minor: i64, percent: i64, step_minor: i64) -> i64 {
    let (paid, step) = (i128::from(paid_minor), i128::from(step_minor.max(1)));
    let share = (paid * i128::from(percent.clamp(0, 100)) + 50) / 100;
    let share = (share + step - 1) / step * step;
    i64::try_from(share.min(paid)).unwrap_or(paid_minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(paid_minor: i64, reversed_minor: i64, asked_minor: i64, unspent: Option<(i64, i64)>) -> Standing {
        Standing {
            paid_minor,
            reversed_minor,
            asked_minor,
            unspent,
            step_minor: 1,
        }
    }

    #[test]
    fn what_can_be_given_back_is_what_is_left_and_unspent() {
        for (standing, refundable) in [
            (standing(0, 0, 0, None), 0),
            (standing(1000, 0, 0, None), 1000),
            (standing(1000, 300, 0, None), 700),
            (standing(1000, 300, 200, None), 500),
            (standing(1000, 1200, 0, None), 0),
            (standing(1000, 0, 0, Some((100, 100))), 1000),
            (standing(1000, 0, 0, Some((100, 30))), 300),
            (standing(999, 0, 0, Some((100, 1))), 9),
            // A third was refunded, and its credits were taken back out of the same lot.
            (standing(900, 300, 0, Some((90, 60))), 600),
            (standing(900, 300, 0, Some((90, 10))), 100),
            // Another request is on its way, whose credits are out of the lot as well.
            (standing(900, 0, 300, Some((90, 60))), 600),
            (standing(900, 0, 300, Some((90, 20))), 200),
            (standing(1000, 0, 0, Some((0, 0))), 0),
            (standing(i64::MAX, 0, 0, Some((i64::MAX, i64::MAX))), i64::MAX),
        ] {
            assert_eq!(standing.refundable_minor(), refundable, "{standing:?}");
        }
    }

    #[test]
    fn a_share_counts_what_went_back_already() {
        for (standing, percent, share) in [
            (standing(1000, 0, 0, None), 100, 1000),
            (standing(1000, 0, 0, None), 80, 800),
            (standing(1000, 300, 100, None), 80, 400),
            (standing(1000, 900, 0, None), 80, 0),
            (standing(1000, 0, 0, None), 0, 0),
            (standing(99, 0, 0, None), 50, 50),
            (standing(i64::MAX, 0, 0, None), 100, i64::MAX),
        ] {
            assert_eq!(standing.share_minor(percent), share, "{standing:?}");
        }
    }

    #[test]
    fn three_decimals_go_back_in_tens() {
        let in_tens = |unspent| Standing {
            step_minor: 10,
            ..standing(12_340, 0, 0, unspent)
        };
        assert_eq!(in_tens(None).share_minor(33), 4080, "4072.2, for the buyer");
        assert_eq!(in_tens(None).share_minor(100), 12_340);
        assert_eq!(
            in_tens(Some((100, 33))).refundable_minor(),
            4070,
            "no credit that was used"
        );
        assert_eq!(share_of(12_345, 100, 10), 12_345, "never more than was paid");
    }

    #[test]
    fn more_than_that_is_refused() {
        let standing = standing(1000, 300, 0, None);
        assert_eq!(standing.grant(None), Some(700));
        assert_eq!(standing.grant(Some(700)), Some(700));
        assert_eq!(standing.grant(Some(1)), Some(1));
        assert_eq!(standing.grant(Some(701)), None);
        assert_eq!(standing.grant(Some(0)), None);
        assert_eq!(self::standing(1000, 1000, 0, None).grant(None), None);
    }
}

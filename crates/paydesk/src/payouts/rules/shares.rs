//! What is earned of a sale, and what is to be done next about what is owed either way. Pure.

use ledger::Currency;

/// Six hours, in microseconds: what cannot be transferred now is looked at again after it.
pub const AGAIN_US: i64 = 6 * 3_600_000_000;

/// So many percent of an amount in minor units, rounded down to what Stripe can move: the rest is the platform's fee.
pub fn share_minor(amount_minor: i64, percent: i64, currency: Currency) -> i64 {
    part(amount_minor, (percent.clamp(0, 100), 100), currency.step_minor())
}

/// What is earned of a sale of which a part is given back: the same share of what is left, rounded down, so that all of it
/// is earned while nothing is given back, and nothing once all is.
pub fn earned_minor(net_minor: i64, gross_minor: i64, refunded_minor: i64, currency: Currency) -> i64 {
    let left = gross_minor - refunded_minor.clamp(0, gross_minor.max(0));
    part(net_minor, (left, gross_minor), currency.step_minor())
}

/// A fraction of an amount, rounded down to a multiple of `step`; nothing of nothing.
fn part(amount: i64, (numerator, denominator): (i64, i64), step: i64) -> i64 {
    if denominator <= 0 {
        return 0;
    }
    let whole = i128::from(amount.max(0)) * i128::from(numerator) / i128::from(denominator);
    let whole = i64::try_from(whole).unwrap_or(amount);
    whole - whole % step
}

/// How a line stands towards its earner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// What is owed to the earner for it; negative where they owe.
    pub outstanding_minor: i64,
    /// Whether a transfer or reversal of it has no answer yet.
    pub under_way: bool,
    /// What is left of its last transfer that can be taken back.
    pub reversible_minor: i64,
    /// Whether what the earner owes waits for later lines already.
    pub carried: bool,
    /// Whether the service is over, and the buffer behind it.
    pub is_due: bool,
    /// Whether the earner's account can be paid.
    pub is_payable: bool,
    /// What the earner owes for other lines, in the same currency.
    pub debt_minor: i64,
}

/// What is to be done about a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Nothing now.
    Wait,
    /// What is owed to the earner pays their debt first; the rest is transferred.
    Settle {
        /// What pays debt.
        offset_minor: i64,
        /// What is transferred.
        transfer_minor: i64,
    },
    /// So much of the last transfer is taken back.
    TakeBack(i64),
    /// There is nothing to take back from: what the earner owes waits for later lines.
    Carry,
}

/// Decides. A line with something under way waits for its answer, so that at most one call is open for it.
pub fn next(line: &Standing) -> Step {
    let owed = line.outstanding_minor;
    if line.under_way || owed == 0 {
        return Step::Wait;
    }
    if owed < 0 {
        return match (line.carried, line.reversible_minor) {
            (true, _) => Step::Wait,
            (false, 1..) => Step::TakeBack(line.reversible_minor.min(owed.saturating_neg())),
            (false, _) => Step::Carry,
        };
    }
    if !line.is_due {
        return Step::Wait;
    }
    let offset_minor = line.debt_minor.clamp(0, owed);
    let transfer_minor = if line.is_payable { owed - offset_minor } else { 0 };
    if offset_minor == 0 && transfer_minor == 0 {
        Step::Wait
    } else {
        Step::Settle {
            offset_minor,
            transfer_minor,
        }
    }
}

/// When a line that waits is looked at again; none where only a change of what is known makes anything of it.
pub fn next_look_us(line: &Standing, payable_at_us: i64, now_us: i64) -> Option<i64> {
    match line.outstanding_minor {
        _ if line.under_way => None,
        1.. if line.is_due => Some(now_us + AGAIN_US),
        1.. => Some(payable_at_us),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(amount_minor: i64, percent: i64) -> i64 {
        share_minor(amount_minor, percent, "usd".parse().unwrap())
    }

    fn earned(net_minor: i64, gross_minor: i64, refunded_minor: i64) -> i64 {
        earned_minor(net_minor, gross_minor, refunded_minor, "usd".parse().unwrap())
    }

    #[test]
    fn three_decimals_move_in_tens() {
        let kwd: Currency = "kwd".parse().unwrap();
        assert_eq!(
            (share_minor(12_340, 70, kwd), earned_minor(8630, 12_340, 1230, kwd)),
            (8630, 7760)
        );
        assert_eq!(
            (
                earned_minor(8630, 12_340, 0, kwd),
                earned_minor(8630, 12_340, 12_340, kwd)
            ),
            (8630, 0)
        );
    }

    #[test]
    fn a_share_is_rounded_down_and_all_of_it_goes_back_with_all_of_the_price() {
        assert_eq!((share(4900, 70), share(999, 33), share(1, 99)), (3430, 329, 0));
        assert_eq!((share(5000, 100), share(5000, 0)), (5000, 0));
        assert_eq!(share(i64::MAX, 100), i64::MAX);
        assert_eq!(earned(3430, 4900, 0), 3430);
        assert_eq!(earned(3430, 4900, 2450), 1715);
        assert_eq!(earned(3430, 4900, 4899), 0);
        assert_eq!((earned(3430, 4900, 4900), earned(0, 0, 0)), (0, 0));
    }

    /// A line as the job keeps it, with an account that holds what was transferred.
    #[derive(Clone, Debug, Default)]
    struct Line {
        gross: i64,
        net: i64,
        refunded: i64,
        transferred: i64,
        taken_back: i64,
        offset: i64,
        carried: bool,
        last_left: i64,
    }

    impl Line {
        fn outstanding(&self) -> i64 {
            earned(self.net, self.gross, self.refunded) - self.transferred + self.taken_back - self.offset
        }
    }

    /// Does what is to be done about one line; `works` says whether Stripe makes it. Gives whether anything was done.
    fn step(lines: &mut [Line], at: usize, works: bool) -> bool {
        let owing = |line: &Line| if line.carried { (-line.outstanding()).max(0) } else { 0 };
        let debt: i64 = lines
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, line)| owing(line))
            .sum();
        let line = &lines[at];
        let standing = Standing {
            outstanding_minor: line.outstanding(),
            under_way: false,
            reversible_minor: line.last_left,
            carried: line.carried,
            is_due: true,
            is_payable: true,
            debt_minor: debt,
        };
        match next(&standing) {
            Step::Wait => return false,
            Step::TakeBack(amount) if works => {
                lines[at].taken_back += amount;
                lines[at].last_left -= amount;
            }
            Step::Carry | Step::TakeBack(_) => lines[at].carried = true,
            Step::Settle {
                offset_minor,
                transfer_minor,
            } => {
                let mut left = offset_minor;
                let others = lines.iter_mut().enumerate().filter(|(other, _)| *other != at);
                for (_, other) in others {
                    let paid = owing(other).min(left);
                    other.offset -= paid;
                    left -= paid;
                }
                assert_eq!(left, 0);
                lines[at].offset += offset_minor;
                if works && transfer_minor > 0 {
                    lines[at].transferred += transfer_minor;
                    lines[at].last_left = transfer_minor;
                } else if offset_minor == 0 {
                    return false;
                }
            }
        }
        true
    }

    proptest! {
        #[test]
        fn whatever_is_sold_and_given_back_the_sums_hold_and_it_comes_to_rest(
            sales in prop::collection::vec((0_i64..2_000_000, 0_i64..=100), 1..6),
            acts in prop::collection::vec((0_usize..6, 0_i64..=100, any::<bool>()), 0..40),
        ) {
            let line = |&(gross, percent): &(i64, i64)| Line { gross, net: share(gross, percent), ..Line::default() };
            let mut lines: Vec<Line> = sales.iter().map(line).collect();
            for (at, percent, works) in acts {
                let at = at % lines.len();
                // Refunds and their failures: what is given back goes up and down.
                lines[at].refunded = share(lines[at].gross, percent);
                lines[at].carried = false;
                for _ in 0..3 {
                    step(&mut lines, at, works);
                }
                prop_assert_eq!(lines.iter().map(|line| line.offset).sum::<i64>(), 0);
                for line in &lines {
                    let part = earned(line.net, line.gross, line.refunded);
                    prop_assert!(0 <= part && part <= line.net && line.net <= line.gross);
                    prop_assert!(0 <= line.taken_back && line.taken_back <= line.transferred);
                    let fee = line.gross - line.refunded - part;
                    prop_assert_eq!(part + fee + line.refunded, line.gross);
                    prop_assert!(fee >= 0, "{:?}", line);
                }
            }
            // With Stripe well again everything comes to rest: nobody is owed anything while somebody owes.
            let mut rounds = 0;
            while (0..lines.len()).any(|at| step(&mut lines, at, true)) {
                rounds += 1;
                prop_assert!(rounds < 200);
            }
            prop_assert!(lines.iter().all(|line| line.outstanding() <= 0));
        }
    }
}

//! What counts as what. Pure: values in, figures out.

use ledger::{Money, TransferCode};

use super::{Day, Figure, Sum, Tally};

/// The figure that transfers of a code count into, and whether they add to it or take away from it.
pub(super) fn figure_of(code: TransferCode) -> Option<(Figure, i64)> {
    match code {
        TransferCode::Collect => Some((Figure::Collected, 1)),
        TransferCode::Refund => Some((Figure::Reversed, 1)),
        TransferCode::RefundReversal => Some((Figure::Reversed, -1)),
        TransferCode::Grant => Some((Figure::Granted, 1)),
        TransferCode::Add => Some((Figure::Added, 1)),
        TransferCode::Spend | TransferCode::Capture => Some((Figure::Used, 1)),
        TransferCode::Expire => Some((Figure::Expired, 1)),
        TransferCode::Remove => Some((Figure::Removed, 1)),
        TransferCode::ClawBack => Some((Figure::ClawedBack, 1)),
        TransferCode::Reinstate | TransferCode::ClawBackReversal => Some((Figure::ClawedBack, -1)),
        // What is passed on to others is told by the earners' own lists.
        TransferCode::Earn
        | TransferCode::EarnReversal
        | TransferCode::PayOut
        | TransferCode::PayOutReversal
        | TransferCode::Hold
        | TransferCode::Release
        | TransferCode::Repay
        | TransferCode::Move => None,
    }
}

/// What a price that is billed every `count` of `unit` brings in a month, of a year of 12 months, 52 weeks or 365 days;
/// rounded half up. None where the unit is not known or the amount does not fit.
pub fn monthly(price: Money, quantity: i64, (unit, count): (&str, i64)) -> Option<Money> {
    let (times, of) = match unit {
        "day" => (365, 12),
        "week" => (52, 12),
        "month" => (1, 1),
        "year" => (1, 12),
        _ => return None,
    };
    let of = i64::checked_mul(of, count).filter(|of| *of > 0)?;
    price.times(quantity).ok()?.fraction(times, of).ok()
}

/// How a change by `delta` moves what a user's subscriptions bring in together, who paid before (`paid`) or never did.
pub(super) fn movement(before_minor: i64, paid: bool, delta: i64) -> Figure {
    match (before_minor > 0, before_minor.saturating_add(delta) > 0) {
        (false, _) if !paid => Figure::MrrNew,
        (false, _) => Figure::MrrReactivation,
        (true, false) => Figure::MrrChurn,
        (true, true) if delta > 0 => Figure::MrrExpansion,
        (true, true) => Figure::MrrContraction,
    }
}

/// What a figure of a cohort is called: of those whose first month of paying this is.
pub(super) fn cohort(month: Day) -> String {
    format!("cohort:{}", month.month())
}

/// Whether a movement is one more who pays, or one less.
pub(super) fn subscribers_of(movement: Figure) -> i64 {
    match movement {
        Figure::MrrNew | Figure::MrrReactivation => 1,
        Figure::MrrChurn => -1,
        _ => 0,
    }
}

/// Counts a movement, and for the cohort of those who first paid in the same month.
pub(super) fn count_movement(tally: &mut Tally, unit: &str, movement: Figure, delta: i64, (first, at): (Day, Day)) {
    tally.add(unit, movement, at, Sum::one(delta));
    let sum = Sum {
        amount: delta,
        things: subscribers_of(movement),
    };
    tally.add_named(unit, &cohort(first), at.month().max(first.month()), sum);
}

/// A share in basis points, rounded down; none of nothing.
pub(super) fn basis_points(part: i64, of: i64) -> Option<i64> {
    let points = i128::from(part) * 10_000;
    (of > 0).then(|| i64::try_from(points / i128::from(of)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use ledger::Currency;

    use super::*;

    #[test]
    fn a_price_brings_in_each_month_its_share_of_a_year() {
        let usd: Currency = "usd".parse().unwrap();
        for (minor, quantity, unit, count, wanted) in [
            (1_000, 1, "month", 1, Some(1_000)),
            (1_000, 3, "month", 1, Some(3_000)),
            (1_000, 1, "month", 3, Some(333)),
            (500, 1, "month", 3, Some(167)),
            (12_000, 1, "year", 1, Some(1_000)),
            (100, 1, "week", 1, Some(433)),
            (100, 1, "day", 1, Some(3_042)),
            (1_000, 1, "month", 0, None),
            (1_000, 1, "fortnight", 1, None),
            (i64::MAX, 2, "month", 1, None),
        ] {
            let brought = monthly(Money::new(minor, usd), quantity, (unit, count)).map(|money| money.minor);
            assert_eq!(brought, wanted, "{minor} × {quantity} every {count} {unit}");
        }
    }

    #[test]
    fn a_movement_is_that_of_all_subscriptions_of_the_user() {
        for (before, paid, delta, wanted) in [
            (0, false, 1_000, Figure::MrrNew),
            (0, true, 1_000, Figure::MrrReactivation),
            (1_000, true, 500, Figure::MrrExpansion),
            (1_000, true, -500, Figure::MrrContraction),
            (1_000, true, -1_000, Figure::MrrChurn),
        ] {
            assert_eq!(movement(before, paid, delta), wanted, "{before} {delta}");
        }
        assert_eq!(basis_points(1, 3), Some(3_333));
        assert_eq!(basis_points(1, 0), None);
    }
}

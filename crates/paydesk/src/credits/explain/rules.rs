//! How an explanation is paged, and which debts are still open. Pure.

use std::collections::BTreeMap;

use crate::books::LotOrder;

/// The order of use of a lot as a cursor: `priority.end.number`.
pub(super) fn cursor((priority, expires_at_us, number): LotOrder) -> String {
    format!("{priority}.{expires_at_us}.{number}")
}

/// Reads what [`cursor`] wrote; none for anything else.
pub(super) fn read_cursor(text: &str) -> Option<LotOrder> {
    let mut numbers = text.split('.').map(|part| part.parse::<i64>().ok());
    let order = (numbers.next()??, numbers.next()??, numbers.next()??);
    (numbers.next().is_none() && cursor(order) == text).then_some(order)
}

/// What is left of each debt, newest first, where so much is owed in all. What was given up for a payment goes off its own debts;
/// for the rest the oldest are paid down first, so the newest are what is left.
pub(super) fn left_of<P: Ord>(
    owed: i64,
    newest_first: impl Iterator<Item = (P, i64)>,
    mut given_up: BTreeMap<P, i64>,
) -> Vec<i64> {
    let mut rest = owed;
    newest_first
        .map(|(payment, made)| {
            let off = given_up.get_mut(&payment).map_or(0, |given_up| {
                let off = made.min(*given_up);
                *given_up -= off;
                off
            });
            let left = (made - off).min(rest);
            rest -= left;
            left
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_was_written() {
        for order in [(0, i64::MAX, 12), (-3, 77, 1)] {
            assert_eq!(read_cursor(&cursor(order)), Some(order));
        }
        for wrong in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "1.2.x",
            "+1.2.3",
            "01.2.3",
            "1.2.99999999999999999999",
        ] {
            assert_eq!(read_cursor(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_newest_debts_are_what_is_left_of_those_that_were_not_given_up() {
        for (owed, debts, given_up, left) in [
            (0, &[("b", 5)][..], &[][..], &[0][..]),
            (5, &[("b", 5), ("a", 7)], &[], &[5, 0]),
            (6, &[("b", 5), ("a", 7)], &[], &[5, 1]),
            (12, &[("b", 5), ("a", 7)], &[], &[5, 7]),
            (13, &[("b", 5), ("a", 7)], &[], &[5, 7]),
            (7, &[("b", 5), ("a", 7)], &[("b", 5)], &[0, 7]),
            (6, &[("b", 5), ("a", 7), ("b", 2)], &[("b", 6), ("c", 9)], &[0, 6, 0]),
        ] {
            let given_up = given_up.iter().copied().collect();
            assert_eq!(
                left_of(owed, debts.iter().copied(), given_up),
                left,
                "{owed} of {debts:?}"
            );
        }
    }
}

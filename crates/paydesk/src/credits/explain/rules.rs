//! How an explanation is paged, and which debts are still open. Pure.

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

/// What is left of each debt, newest first, where so much is owed in all. The oldest are paid down first, so the newest are
/// what is left; those that are paid down are left out.
pub(super) fn left_of(owed: i64, newest_first: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut rest = owed;
    newest_first
        .map_while(|amount| {
            let left = amount.min(rest);
            rest -= left;
            (left > 0).then_some(left)
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
    fn the_newest_debts_are_what_is_left() {
        for (owed, debts, left) in [
            (0, &[5][..], &[][..]),
            (5, &[5, 7], &[5]),
            (6, &[5, 7], &[5, 1]),
            (12, &[5, 7], &[5, 7]),
            (13, &[5, 7], &[5, 7]),
        ] {
            assert_eq!(left_of(owed, debts.iter().copied()), left, "{owed} of {debts:?}");
        }
    }
}

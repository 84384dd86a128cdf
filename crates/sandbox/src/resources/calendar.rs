//! Months and years as subscriptions count them: from an anchor, at its time of day, on its day of the month or the last one.

use serde_json::Value;

use crate::state::{int, text};

const DAY: i64 = 86_400;

/// The first time after `time` that is a whole number of intervals from the anchor.
pub(crate) fn next(anchor: i64, recurring: &Value, time: i64) -> i64 {
    let count = int(recurring, "interval_count").max(1);
    let step = match text(recurring, "interval") {
        "day" => return next_by_days(anchor, count, time),
        "week" => return next_by_days(anchor, count.saturating_mul(7), time),
        "year" => count.saturating_mul(12),
        _ => count,
    };
    let (year, month, _) = civil(anchor);
    let (now_year, now_month, _) = civil(time);
    let passed = (now_year - year) * 12 + now_month - month;
    // One step earlier than the months say, because the day or the hour may not have come yet.
    let mut steps = passed.div_euclid(step) - 1;
    loop {
        let candidate = add_months(anchor, steps * step);
        if candidate > time {
            return candidate;
        }
        steps += 1;
    }
}

/// The start of the whole interval that ends at `end`, which is a whole number of intervals from the anchor.
pub(crate) fn previous(anchor: i64, recurring: &Value, end: i64) -> i64 {
    let days = match text(recurring, "interval") {
        "day" => 1,
        "week" => 7,
        "month" => 31,
        _ => 366,
    };
    // No interval is longer than this, and none so much shorter that two would fit.
    let longest = days * DAY * int(recurring, "interval_count").max(1);
    next(anchor, recurring, end - longest - 1)
}

fn next_by_days(anchor: i64, days: i64, time: i64) -> i64 {
    let length = days.saturating_mul(DAY);
    anchor + ((time - anchor).div_euclid(length) + 1) * length
}

fn add_months(anchor: i64, months: i64) -> i64 {
    let (year, month, day) = civil(anchor);
    let index = year * 12 + month - 1 + months;
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
    let day = day.min(month_length(year, month));
    days_of(year, month, day) * DAY + anchor.rem_euclid(DAY)
}

fn month_length(year: i64, month: i64) -> i64 {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_of(next_year, next_month, 1) - days_of(year, month, 1)
}

/// Year, month and day of a time, in the Gregorian calendar at UTC.
pub(crate) fn civil(time: i64) -> (i64, i64, i64) {
    let days = time.div_euclid(DAY);
    let (year, month) = super::payment_methods::civil(time);
    (year, month, days - days_of(year, month, 1) + 1)
}

/// Days from 1970 to a date.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// A date as invoices write it.
pub(crate) fn shown(time: i64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (year, month, day) = civil(time);
    let name = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index));
    format!("{day} {} {year}", name.unwrap_or(&""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(year: i64, month: i64, day: i64) -> i64 {
        days_of(year, month, day) * DAY + 3661
    }

    #[test]
    fn months_keep_the_day_of_the_anchor_or_take_the_last() {
        let monthly = json!({ "interval": "month", "interval_count": 1 });
        let anchor = at(2024, 1, 31);
        let mut time = anchor;
        for (month, day) in [(2, 29), (3, 31), (4, 30), (5, 31)] {
            time = next(anchor, &monthly, time);
            assert_eq!(time, at(2024, month, day));
        }
        let yearly = json!({ "interval": "year", "interval_count": 1 });
        assert_eq!(next(at(2024, 2, 29), &yearly, at(2024, 2, 29)), at(2025, 2, 28));
        let quarterly = json!({ "interval": "month", "interval_count": 3 });
        assert_eq!(next(at(2026, 11, 15), &quarterly, at(2026, 11, 15)), at(2027, 2, 15));
    }

    proptest::proptest! {
        #[test]
        fn the_next_time_is_after_this_one_and_no_further_than_an_interval(
            anchor in 0_i64..4_000_000_000, passed in 0_i64..400_000_000, count in 1_i64..13, unit in 0_usize..4,
        ) {
            let (name, days) = [("day", 1), ("week", 7), ("month", 31), ("year", 366)][unit];
            let time = anchor + passed;
            let found = next(anchor, &json!({ "interval": name, "interval_count": count }), time);
            proptest::prop_assert!(found > time && found - time <= days * count * DAY);
            let recurring = json!({ "interval": name, "interval_count": count });
            let start = previous(anchor, &recurring, found);
            proptest::prop_assert!(start <= time && next(anchor, &recurring, start) == found);
        }
    }
}

//! Free starts against an oracle that asks the clock on the wall at every five minutes, days of changed clocks included.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::*;
use crate::bookings::rules::week::{Exception, Hours, check_exceptions, check_hours};

const GRAIN_US: i64 = 5 * MINUTE_US;
/// Zones that change their clocks by an hour, by half an hour, at midnight, and never; and dates around a change of each.
const ZONES: [(&str, [Date; 2]); 7] = [
    ("Europe/London", [date(2026, 3, 28), date(2026, 10, 24)]),
    ("America/New_York", [date(2026, 3, 7), date(2026, 10, 31)]),
    ("Australia/Lord_Howe", [date(2026, 4, 4), date(2026, 10, 3)]),
    ("America/Santiago", [date(2026, 4, 4), date(2026, 9, 5)]),
    ("Africa/Cairo", [date(2026, 4, 23), date(2026, 10, 29)]),
    ("Asia/Kathmandu", [date(2026, 3, 1), date(2026, 12, 30)]),
    ("UTC", [date(2026, 2, 27), date(2026, 6, 1)]),
];

/// Whether the clock on the wall stands within a rule then, and how long after the rule's beginning.
fn open_at(week: &Week, at_us: i64) -> Option<i64> {
    let wall = week.time_zone.to_datetime(Timestamp::from_microsecond(at_us).unwrap());
    let minute = i64::from(wall.hour()) * 60 + i64::from(wall.minute());
    let hours = week.hours_on(wall.date()).iter();
    let mut within = hours.filter(|hours| (hours.from_minute..hours.to_minute).contains(&minute));
    within.next().map(|hours| minute - hours.from_minute)
}

fn oracle(week: &Week, shape: &Shape, now_us: i64, wanted: Span, taken: &[Span]) -> Vec<i64> {
    let mut free = Vec::new();
    let mut at = wanted.from_us;
    while at < wanted.to_us {
        let is_start = open_at(week, at).is_some_and(|since| since % shape.start_every_minutes == 0);
        let is_open = || (0..shape.minutes / 5).all(|grain| open_at(week, at + grain * GRAIN_US).is_some());
        let claim = shape.claim(at);
        let in_time = at >= now_us + shape.notice_minutes * MINUTE_US && at < now_us + shape.horizon_days * DAY_US;
        if is_start && in_time && is_open() && !taken.iter().any(|span| span.overlaps(claim)) {
            free.push(at);
        }
        at += GRAIN_US;
    }
    free
}

fn hours() -> impl Strategy<Value = Vec<Hours>> {
    proptest::collection::btree_set(0_i64..=288, 0..7).prop_map(|grains| {
        let grains: Vec<i64> = grains.into_iter().collect();
        let two = |two: &[i64]| Hours {
            from_minute: two[0] * 5,
            to_minute: two[1] * 5,
        };
        grains.chunks_exact(2).map(two).collect()
    })
}

/// A week around a change of the clocks, and the span of days that is asked for.
fn weeks() -> impl Strategy<Value = (Week, Span)> {
    let exceptions = proptest::collection::btree_map(0_i64..6, hours(), 0..4);
    let days = proptest::collection::vec(hours(), 7);
    (0..ZONES.len(), 0..2_usize, days, exceptions, 1_i64..5).prop_map(|(zone, which, days, exceptions, length)| {
        let (name, dates) = ZONES[zone];
        let time_zone = TimeZone::get(name).unwrap();
        let first = dates[which].checked_sub(1.day()).unwrap();
        let exceptions = exceptions.into_iter().map(|(after, hours)| Exception {
            date: first.checked_add(after.days()).unwrap(),
            hours,
        });
        let from_us = first.to_zoned(time_zone.clone()).unwrap().timestamp().as_microsecond();
        let week = Week {
            time_zone,
            days: days.try_into().unwrap(),
            exceptions: exceptions.collect(),
        };
        let to_us = from_us + length * DAY_US;
        (week, Span { from_us, to_us })
    })
}

fn shapes() -> impl Strategy<Value = Shape> {
    (1_i64..=30, 0_i64..=6, 0_i64..=6, 1_i64..=24, 0_i64..=600, 1_i64..=4).prop_map(
        |(minutes, before, after, every, notice_minutes, horizon_days)| Shape {
            minutes: minutes * 5,
            buffer_before_minutes: before * 5,
            buffer_after_minutes: after * 5,
            start_every_minutes: every * 5,
            notice_minutes,
            horizon_days,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn free_starts_are_those_that_the_clock_on_the_wall_shows(
        (week, wanted) in weeks(),
        shape in shapes(),
        now_hours in -30_i64..30,
        taken in proptest::collection::vec((0_i64..1440, 1_i64..40), 0..12),
    ) {
        let now_us = wanted.from_us + now_hours * 60 * MINUTE_US;
        let taken: Vec<Span> = taken
            .into_iter()
            .map(|(from, length)| {
                let from_us = wanted.from_us + from * GRAIN_US;
                Span { from_us, to_us: from_us + length * GRAIN_US }
            })
            .collect();
        let found = free(&week, &shape, now_us, wanted, &taken);
        prop_assert_eq!(&found, &oracle(&week, &shape, now_us, wanted, &taken));
        for start in found {
            prop_assert!(is_offered(&week, &shape, now_us, start));
        }
    }

    #[test]
    fn whoever_books_what_is_free_never_meets_another(
        (week, wanted) in weeks(),
        shapes in proptest::collection::vec(shapes(), 1..4),
        picks in proptest::collection::vec((0_usize..4, 0_usize..1000), 1..30),
    ) {
        let now_us = wanted.from_us - 60 * MINUTE_US;
        let mut taken: Vec<Span> = Vec::new();
        for (which, pick) in picks {
            let shape = &shapes[which % shapes.len()];
            let found = free(&week, shape, now_us, wanted, &taken);
            if let Some(start) = found.get(pick % found.len().max(1)) {
                let claim = shape.claim(*start);
                prop_assert!(!taken.iter().any(|span| span.overlaps(claim)));
                taken.push(claim);
            }
        }
    }
}

/// A hundred thousand histories at night, where `PROPTEST_CASES` says so; fewer in every run.
fn cases() -> u32 {
    let told = std::env::var("PROPTEST_CASES").ok();
    told.and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

#[test]
fn hours_that_make_no_day_are_refused() {
    let hours = |from_minute, to_minute| Hours { from_minute, to_minute };
    for (given, good) in [
        (vec![], true),
        (vec![hours(0, 1440)], true),
        (vec![hours(540, 720), hours(720, 1020)], true),
        (vec![hours(540, 720), hours(715, 1020)], false),
        (vec![hours(720, 1020), hours(540, 720)], false),
        (vec![hours(540, 540)], false),
        (vec![hours(600, 540)], false),
        (vec![hours(541, 600)], false),
        (vec![hours(-5, 600)], false),
        (vec![hours(0, 1445)], false),
    ] {
        assert_eq!(check_hours(&given).is_ok(), good, "{given:?}");
    }
    let off = |date| Exception { date, hours: vec![] };
    let (one, two) = (date(2026, 1, 1), date(2026, 1, 2));
    assert!(check_exceptions(&[off(one), off(two)]).is_ok());
    assert!(check_exceptions(&[off(one), off(one)]).is_err());
    assert!(check_exceptions(&[off(two), off(one)]).is_err());
}

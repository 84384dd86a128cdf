//! When builders are there, and what of it is free.

use serde_json::json;
use store::testing::for_each_engine;
use store::{Field, Rows};

use super::*;

#[tokio::test]
async fn a_builder_says_when_they_are_there_and_nobody_overwrites_what_they_have_not_seen() {
    for_each_engine(async |database| {
        let test = TestApp::begin_selling(database, CATALOGUE).await;
        let (grace, ada) = (test.user("grace"), test.user("ada"));
        let path = "/api/builders/grace/availability";
        let unsaid = test.get(&grace, path).await.json();
        assert_eq!((&unsaid["etag"], &unsaid["updated_at"]), (&json!("\"0\""), &Value::Null));
        assert!(free(&test, hour(&test, 0), hour(&test, 240)).await.is_empty());
        let not_offered = book(&test, "ada", hour(&test, 30)).await.json();
        assert_eq!(
            (&not_offered["code"], &not_offered["alternatives"]),
            (&json!("slot_not_offered"), &json!([]))
        );

        let wanted = json!({
            "time_zone": "Europe/London",
            "weekly": { "monday": [{ "from": "09:00", "to": "12:30" }, { "from": "14:00", "to": "24:00" }] },
            "exceptions": [{ "date": "2030-12-24", "hours": [] }, { "date": "2030-12-31", "hours": [{ "from": "09:00", "to": "10:00" }] }],
        });
        assert_eq!(is_there(&test, &grace, "", &wanted).await.0, 428);
        assert_eq!(is_there(&test, &grace, "\"1\"", &wanted).await.0, 412);
        let (status, said) = is_there(&test, &grace, "\"0\"", &wanted).await;
        assert_eq!((status, &said["etag"]), (200, &json!("\"1\"")), "{said}");
        assert_eq!(is_there(&test, &grace, "\"0\"", &wanted).await.1["code"], "etag_stale");
        let kept = test.get(&grace, path).await.json();
        assert_eq!((&kept["time_zone"], &kept["exceptions"]), (&wanted["time_zone"], &wanted["exceptions"]));
        assert_eq!(kept["weekly"]["monday"], wanted["weekly"]["monday"]);
        assert_eq!(kept["weekly"]["sunday"], json!([]));
        assert_eq!(is_there(&test, ADMIN, "\"1\"", &wanted).await.0, 200, "the operator acts for builders");

        for token in [&ada, &test.user("eve")] {
            assert_eq!(test.get(token, path).await.status, 404);
            assert_eq!(is_there(&test, token, "\"2\"", &wanted).await.0, 404);
        }
        let own = test.get(&ada, "/api/builders/ada/availability").await;
        assert_eq!(own.status, 404, "ada gives no sessions");
        for (field, wrong) in [
            ("time_zone", json!({ "time_zone": "Mars/Olympus" })),
            ("weekly.friday", json!({ "time_zone": "UTC", "weekly": { "friday": [{ "from": "9:00", "to": "10:00" }] } })),
            ("weekly.sunday", json!({ "time_zone": "UTC", "weekly": { "sunday": [{ "from": "09:01", "to": "10:00" }] } })),
            ("exceptions", json!({ "time_zone": "UTC", "exceptions": [{ "date": "2026-02-02" }, { "date": "2026-02-01" }] })),
        ] {
            let (status, said) = is_there(&test, &grace, "\"2\"", &wrong).await;
            assert_eq!((status, &said["field"]), (422, &json!(field)), "{said}");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn slots_are_told_in_the_callers_time_zone() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let ada = test.user("ada");
        let at = hour(&test, 30);
        let range = format!("from={}&to={}", Moment(at), Moment(at + 1));
        let path = format!("/api/bookings/slots?session_type=mentoring&{range}&time_zone=Asia/Kathmandu");
        let told = test.get(&ada, &path).await.json();
        assert_eq!(
            (&told["time_zone"], &told["builder_id"]),
            (&json!("Asia/Kathmandu"), &json!("grace"))
        );
        let slot = &told["data"][0];
        assert_eq!(slot["ends_at"], Moment(at + HOUR_US).to_string());
        let local = slot["local"].as_str().unwrap();
        assert!(local.ends_with(":45:00+05:45"), "{local}");
        for (query, status, field) in [
            ("session_type=nothing", 404, "session_type"),
            ("session_type=mentoring&time_zone=Mars", 400, "time_zone"),
            (
                "session_type=mentoring&from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z",
                400,
                "to",
            ),
            (
                "session_type=mentoring&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
                400,
                "to",
            ),
        ] {
            let answered = test.get(&ada, &format!("/api/bookings/slots?{query}")).await;
            assert_eq!(
                (answered.status, answered.json()["field"].as_str()),
                (status, Some(field)),
                "{query}: {}",
                answered.json()
            );
        }
        let soon = free(&test, test.app.clock.now_us(), test.app.clock.now_us() + DAY_US).await;
        assert!(
            soon[0] >= Moment(test.app.clock.now_us() + 2 * HOUR_US).to_string(),
            "after the notice"
        );
        test.finish().await;
    })
    .await;
}

/// Bookings of the builder, where the environment does not say.
const BOOKINGS: usize = 300;

#[tokio::test]
async fn a_builder_of_many_bookings_is_asked_for_a_month_of_slots() {
    let wanted: usize = std::env::var("PAYDESK_BOOKINGS")
        .ok()
        .map_or(BOOKINGS, |text| text.parse().unwrap());
    for_each_engine(async |database| {
        let test = begin(database).await;
        // One every four hours from the next hour on, as far as they reach.
        let first = hour(&test, 0);
        let booked: Vec<(String, i64)> = (0..wanted)
            .map(|number| {
                let starts = first + i64::try_from(number).unwrap() * 4 * HOUR_US;
                (format!("bkg_{number:026}"), starts)
            })
            .collect();
        let rows = Rows::of(booked.iter().map(|(id, starts)| [Field::from(id.as_str()), (*starts).into()]));
        let sql = "insert into booking (booking_id, client_id, builder_id, session_type_id, purchase_id, starts_at_us, ends_at_us,
                                        claim_from_us, claim_to_us, holds_slot, amount_minor, currency, platform_fee_minor,
                                        refund_tiers, status, place, paid_minor, refunded_minor, changes, created_at_us,
                                        updated_at_us)
                   select r.booking_id, 'ada', 'grace', 'mentoring', r.booking_id, r.starts_at_us, r.starts_at_us + 3600000000,
                          r.starts_at_us, r.starts_at_us + 4500000000, 1, 6001, 'usd', 900, '[]', 'confirmed', 'confirmed',
                          6001, 0, 1, 0, 0
                   from rows($1: booking_id text, starts_at_us bigint)";
        let inserted = test.app.store.write(move |tx| tx.run(sql, &[rows.clone().into()]));
        assert_eq!(inserted.await.unwrap(), wanted as u64);
        // With the time behind each, only the third of the hours between two of them is free.
        let month = free(&test, first, first + 30 * 24 * HOUR_US).await;
        assert!(!month.is_empty());
        for slot in month {
            let starts_at: jiff::Timestamp = slot.parse().unwrap();
            let after_us = (starts_at.as_microsecond() - first).rem_euclid(4 * HOUR_US);
            assert_eq!(after_us, 2 * HOUR_US, "{slot}");
        }
        let ada = test.user("ada");
        let path = "/api/bookings/slots?session_type=mentoring";
        let mut took = Vec::new();
        for _ in 0..200 {
            let began = std::time::Instant::now();
            let answered = test.get(&ada, path).await;
            took.push(began.elapsed());
            assert_eq!(answered.status, 200);
        }
        took.sort_unstable();
        let engine = database.engine_name();
        println!("30 days of slots at {wanted} bookings on {engine}: median {:?}, p99 {:?}", took[100], took[198]);
        test.finish().await;
    })
    .await;
}

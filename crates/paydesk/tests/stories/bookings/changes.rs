//! What people do with a booking: cancel it, move it, miss it; and the calendars that show it.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use store::testing::for_each_engine;

use super::*;
use crate::support::all_at_once;

pub(super) async fn change(test: &TestApp, user: &str, begun: &Begun, what: &str, body: &Value) -> Answered {
    let token = if user == "admin" {
        ADMIN.to_owned()
    } else {
        test.user(user)
    };
    test.post(&token, &format!("/api/bookings/{}/{what}", begun.booking_id), body)
        .await
}

pub(super) async fn confirmed(test: &TestApp, user: &str, starts_at_us: i64) -> Begun {
    let begun = begin_booking(test, user, starts_at_us).await;
    pay(test, &begun).await;
    test.settle().await;
    assert_eq!(stands(test, &begun).await, "confirmed");
    begun
}

fn turn(test: &TestApp, hours: u64) {
    test.app.clock.advance(Duration::from_secs(hours * 3_600));
}

#[tokio::test]
async fn a_client_who_cancels_gets_the_share_of_the_policy_and_whom_the_builder_lets_down_gets_all() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let table = [
            ("ada", at, 6001, "refunded"),
            ("ada", at - 30 * HOUR_US, 3001, "cancelled"),
            ("ada", at - 60 * HOUR_US, 0, "cancelled"),
            ("grace", at - 62 * HOUR_US, 6001, "refunded"),
            ("admin", at - 64 * HOUR_US, 6001, "refunded"),
        ];
        let mut cancelled = Vec::new();
        for (who, start, back, then) in table {
            let begun = confirmed(&test, "ada", start).await;
            assert_eq!(change(&test, "eve", &begun, "cancel", &json!({})).await.status, 404);
            let answered = change(&test, who, &begun, "cancel", &json!({})).await;
            assert_eq!(
                (answered.status, &answered.json()["status"]),
                (200, &json!("cancelled")),
                "{}",
                answered.json()
            );
            let again = change(&test, who, &begun, "cancel", &json!({})).await;
            assert_eq!(
                (again.status, &again.json()["code"], &again.json()["booking_status"]),
                (409, &json!("booking_not_changeable"), &json!("cancelled"))
            );
            let other = begin_booking(&test, "bob", start).await;
            assert_eq!(stands(&test, &other).await, "pending", "its time is free");
            cancelled.push((begun, back, then));
        }
        assert_eq!(make_refunds(&test).await, 4);
        assert_eq!(make_refunds(&test).await, 0);
        for (begun, back, then) in &cancelled {
            let booking = read(&test, begun).await;
            assert_eq!(
                (&booking["refunded_minor"], &booking["status"]),
                (&json!(back), &json!(then))
            );
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_checkout_is_ended_and_what_is_paid_all_the_same_goes_back() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let begun = begin_booking(&test, "ada", hour(&test, 30)).await;
        assert_eq!(change(&test, "ada", &begun, "cancel", &json!({})).await.status, 200);
        let session = format!("/v1/checkout/sessions/{}", begun.session);
        assert_eq!(test.at_stripe("GET", &session, &[]).await["status"], "expired");
        test.settle().await;
        assert_eq!(stands(&test, &begun).await, "cancelled");

        let paid = begin_booking(&test, "ada", hour(&test, 40)).await;
        pay(&test, &paid).await;
        // Its event has not come, and Stripe cannot be asked: the operator cancels what is paid.
        let lost = json!({ "kind": "fail", "status": 500, "path": "/v1/checkout/sessions", "count": 50 });
        test.steer("/faults", &lost).await;
        assert_eq!(change(&test, "admin", &paid, "cancel", &json!({})).await.status, 200);
        test.lift_faults().await;
        test.settle().await;
        assert_eq!(stands(&test, &paid).await, "cancelled");
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(stands(&test, &paid).await, "refunded");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_booking_moves_to_a_free_time_and_is_not_paid_twice() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let begun = confirmed(&test, "ada", at).await;
        let other = confirmed(&test, "bob", at + 6 * HOUR_US).await;
        let to = |start| json!({ "starts_at": Moment(start).to_string() });
        let taken = change(&test, "ada", &begun, "reschedule", &to(at + 6 * HOUR_US)).await;
        assert_eq!((taken.status, &taken.json()["code"]), (409, &json!("slot_taken")));
        assert_eq!(taken.json()["alternatives"].as_array().unwrap().len(), 5);
        let not_offered = change(&test, "ada", &begun, "reschedule", &to(at + 1_000_000)).await;
        assert_eq!(not_offered.json()["code"], "slot_not_offered");
        assert_eq!(
            read(&test, &begun).await["starts_at"],
            Moment(at).to_string(),
            "it keeps its own"
        );
        // Its own time is no hindrance.
        for start in [at + HOUR_US, at + 3 * HOUR_US] {
            let moved = change(&test, "ada", &begun, "reschedule", &to(start)).await;
            assert_eq!(moved.status, 200, "{}", moved.json());
            assert_eq!(moved.json()["ends_at"], Moment(start + HOUR_US).to_string());
        }
        assert_eq!(change(&test, "eve", &begun, "reschedule", &to(at)).await.status, 404);
        let begun_at_old = begin_booking(&test, "eve", at).await;
        assert_eq!(stands(&test, &begun_at_old).await, "pending", "its former time is free");
        assert_eq!(make_refunds(&test).await, 0);
        let purchases = test.get(&test.user("ada"), "/api/purchases").await.json();
        assert_eq!(purchases["data"].as_array().unwrap().len(), 1);
        turn(&test, 40);
        let late = change(&test, "bob", &other, "reschedule", &to(at + 30 * HOUR_US)).await;
        assert_eq!(late.json()["code"], "booking_not_changeable", "it has begun");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_who_moves_a_session_wins_no_share_back_that_is_lost() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        for (number, (who, percent, back)) in (0..).zip([("ada", 50, 3001), ("grace", 100, 6001)]) {
            let begun = confirmed(&test, "ada", at).await;
            let far = json!({ "starts_at": Moment(at + (100 + 2 * number) * HOUR_US).to_string() });
            let moved = change(&test, who, &begun, "reschedule", &far).await;
            assert_eq!(
                (moved.status, &moved.json()["refund_percent_max"]),
                (200, &json!(percent)),
                "{}",
                moved.json()
            );
            assert_eq!(change(&test, "ada", &begun, "cancel", &json!({})).await.status, 200);
            assert_eq!(make_refunds(&test).await, 1);
            assert_eq!(read(&test, &begun).await["refunded_minor"], back, "moved by {who}");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_a_move_and_a_booking_of_the_same_time_at_once_one_has_it() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for round in 0..5 {
            let at = hour(&test, 10 + 12 * round);
            let begun = confirmed(&test, "ada", at).await;
            let contested = at + 5 * HOUR_US;
            let body = json!({ "starts_at": Moment(contested).to_string() });
            let path = format!("/api/bookings/{}/reschedule", begun.booking_id);
            let (ada, bob, wanted) = (test.user("ada"), test.user("bob"), wanted(contested));
            let tries = (0..6).map(|number| match number % 2 {
                0 => test.post(&ada, &path, &body),
                _ => test.post(&bob, PAY, &wanted),
            });
            let answers = all_at_once(tries).await;
            let moved = answers[0].status == 200 || answers[2].status == 200 || answers[4].status == 200;
            let booked = answers[1].status == 200 || answers[3].status == 200 || answers[5].status == 200;
            assert!(moved != booked, "round {round}: {answers:?}");
            let expected = if moved { contested } else { at };
            assert_eq!(read(&test, &begun).await["starts_at"], Moment(expected).to_string());
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_who_did_not_come_is_noted_by_the_builder_afterwards() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let begun = confirmed(&test, "ada", hour(&test, 4)).await;
        let early = change(&test, "grace", &begun, "no-show", &json!({})).await;
        assert_eq!(early.json()["code"], "booking_not_changeable");
        turn(&test, 6);
        assert_eq!(change(&test, "ada", &begun, "no-show", &json!({})).await.status, 409);
        assert_eq!(
            change(&test, "ada", &begun, "cancel", &json!({})).await.status,
            409,
            "too late"
        );
        let noted = change(&test, "grace", &begun, "no-show", &json!({})).await;
        assert_eq!((noted.status, &noted.json()["status"]), (200, &json!("no_show")));
        assert_eq!(make_refunds(&test).await, 0, "what was paid stays paid");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_calendar_shows_sessions_to_whoever_has_its_address_and_to_nobody_else() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let begun = confirmed(&test, "ada", hour(&test, 30)).await;
        let other = confirmed(&test, "bob", hour(&test, 40)).await;
        let pending = begin_booking(&test, "ada", hour(&test, 50)).await;
        let make = async |user: &str, part: &str| {
            let made = test
                .post(&test.user(user), "/api/calendar-feeds", &json!({ "part": part }))
                .await;
            assert_eq!(made.status, 201, "{}", made.json());
            let url = made.json()["url"].as_str().unwrap().to_owned();
            url[url.find("/calendars").unwrap()..].to_owned()
        };
        let (client, builder) = (make("ada", "client").await, make("grace", "builder").await);
        let shown = async |path: &str| {
            let answered = test.get("", path).await;
            (answered.status, String::from_utf8(answered.bytes).unwrap())
        };
        let (status, calendar) = shown(&client).await;
        assert_eq!(status, 200, "{calendar}");
        let uid = |begun: &Begun| format!("UID:{}@paydesk\r\n", begun.booking_id);
        assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.contains("SUMMARY:Mentoring\r\n"));
        assert!(
            calendar.contains(&uid(&begun)) && !calendar.contains(&uid(&other)) && !calendar.contains(&uid(&pending))
        );
        let (_, calendar) = shown(&builder).await;
        assert!(
            calendar.contains(&uid(&begun)) && calendar.contains(&uid(&other)) && !calendar.contains(&uid(&pending))
        );
        assert_eq!(change(&test, "grace", &begun, "cancel", &json!({})).await.status, 200);
        assert!(shown(&client).await.1.contains("STATUS:CANCELLED\r\n"));

        let another = make("ada", "client").await;
        assert_eq!(shown(&client).await.0, 404, "another took its place");
        assert_eq!(shown(&another).await.0, 200);
        for wrong in [
            "/calendars/cal_00.ics",
            "/calendars/.ics",
            another.trim_end_matches(".ics"),
        ] {
            assert_eq!(shown(wrong).await.0, 404, "{wrong}");
        }
        let feeds = async |user: &str| {
            let listed = test.get(&test.user(user), "/api/calendar-feeds").await.json();
            let parts = listed["data"].as_array().unwrap().iter();
            parts
                .map(|feed| feed["part"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (feeds("ada").await, feeds("bob").await),
            (vec!["client".to_owned()], vec![])
        );
        let end = async |user: &str, part: &str| {
            let path = format!("/api/calendar-feeds/{part}");
            test.send(Method::DELETE, &test.user(user), &path, None, None)
                .await
                .status
        };
        assert_eq!(end("bob", "client").await, 204, "nobody ends what is somebody else's");
        assert_eq!(end("ada", "builder").await, 204);
        assert_eq!(shown(&another).await.0, 200);
        assert_eq!(end("ada", "client").await, 204);
        assert_eq!(shown(&another).await.0, 404, "its owner has ended it");
        assert_eq!(shown(&builder).await.0, 200);
        assert_eq!(feeds("ada").await, Vec::<String>::new());
        assert_eq!(end("ada", "nonsense").await, 404);

        let kept = test
            .post_once(
                &test.user("eve"),
                "/api/calendar-feeds",
                &json!({ "part": "client" }),
                "feed",
            )
            .await;
        let again = test
            .post_once(
                &test.user("eve"),
                "/api/calendar-feeds",
                &json!({ "part": "client" }),
                "feed",
            )
            .await;
        assert!(
            kept.json()["url"].is_string() && again.json()["url"].is_null(),
            "shown once"
        );
        make_refunds(&test).await;
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_move_against_the_payment_loses_neither_the_money_nor_the_time() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for round in 0..4 {
            let at = hour(&test, 10 + 12 * round);
            let begun = begin_booking(&test, "ada", at).await;
            pay(&test, &begun).await;
            let drained = test.steer("/drain", &json!({ "flush": true })).await;
            assert_eq!(drained["drained"], true);
            let body = json!({ "starts_at": Moment(at + 5 * HOUR_US).to_string() });
            let moving = change(&test, "ada", &begun, "reschedule", &body);
            let (answered, ()) = tokio::join!(moving, test.handle());
            let expected = match answered.status {
                200 => at + 5 * HOUR_US,
                409 => at,
                _ => panic!("{answered:?}"),
            };
            let booking = read(&test, &begun).await;
            assert_eq!(
                (&booking["status"], &booking["starts_at"]),
                (&json!("confirmed"), &json!(Moment(expected).to_string()))
            );
        }
        assert_eq!(make_refunds(&test).await, 0);
        test.finish().await;
    })
    .await;
}

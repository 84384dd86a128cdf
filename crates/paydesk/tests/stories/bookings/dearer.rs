//! Moves to a session that costs more: the difference is paid at a page of its own, and the booking is moved once it is there.
//! Where the booking has changed meanwhile, or its new time is gone, the money goes back and nothing moves.

use serde_json::json;
use store::testing::for_each_engine;

use super::changes::change;
use super::clashes::claims;
use super::late::tell_expired;
use super::prices::{HOURS, begin, paid, to};
use super::*;
use crate::earnings::{at_stripe, work};
use crate::payouts::turn;
use crate::reversals::{payment, refund};

/// What is asked for where a booking is to be moved for money.
fn difference(begun: &Begun, session_type: &str, starts_at_us: i64) -> Value {
    json!({ "booking_id": begun.booking_id, "item_id": session_type, "starts_at": Moment(starts_at_us).to_string() })
}

/// A move of a booking of ada's to the dearer review, whose difference is to be paid.
async fn begin_move(test: &TestApp, begun: &Begun, starts_at_us: i64) -> Begun {
    let answered = test
        .post(&test.user("ada"), PAY, &difference(begun, "review", starts_at_us))
        .await;
    let checkout = answered.json();
    assert_eq!(answered.status, 200, "{checkout}");
    Begun {
        session: checkout["id"].as_str().unwrap().to_owned(),
        booking_id: checkout["purchase_id"].as_str().unwrap().replace("pur_", "bkg_"),
    }
}

/// Pays by a card whose money is available at once.
async fn pay_at_once(test: &TestApp, begun: &Begun) {
    let path = format!("/checkout/{}/pay", begun.session);
    test.steer(&path, &json!({ "card": "4000000000000077" })).await;
    test.settle().await;
}

/// When a booking begins and ends, as which session, and what it costs.
async fn place(test: &TestApp, begun: &Begun) -> (String, String, String, i64) {
    let booking = read(test, begun).await;
    let text = |field: &str| booking[field].as_str().unwrap().to_owned();
    (
        text("session_type_id"),
        text("starts_at"),
        text("ends_at"),
        booking["amount_minor"].as_i64().unwrap(),
    )
}

fn placed(session_type: &str, starts_at_us: i64, minutes: i64, amount_minor: i64) -> (String, String, String, i64) {
    let ends_at_us = starts_at_us + minutes * 60 * SECOND_US;
    (
        session_type.to_owned(),
        Moment(starts_at_us).to_string(),
        Moment(ends_at_us).to_string(),
        amount_minor,
    )
}

/// What is left of what grace earned of these, in all; each line agrees with what was paid, given back and kept of it.
async fn earned(test: &TestApp, of: &[&Begun]) -> i64 {
    let listed = test
        .get(&test.user("grace"), "/api/payouts/grace/earnings?limit=100")
        .await
        .json();
    let sales: Vec<Value> = of
        .iter()
        .map(|one| json!(format!("booking:{}", one.booking_id)))
        .collect();
    let lines = listed["data"].as_array().unwrap().iter();
    let mut sum = 0;
    for line in lines.filter(|line| sales.contains(&line["sale"])) {
        let of = |field: &str| line[field].as_i64().unwrap();
        let shares = of("refunded_minor") + of("fee_minor") + of("earned_minor");
        assert_eq!(of("gross_minor"), shares, "{line}");
        sum += of("earned_minor");
    }
    sum
}

#[tokio::test]
async fn the_difference_is_paid_and_the_booking_has_the_dearer_session() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        // An hour becomes an hour and a half, over its own time.
        let mover = begin_move(&test, &begun, at).await;
        let again = begin_move(&test, &begun, at).await;
        assert_eq!(again.session, mover.session, "it is led back to its page");
        let path = format!("/v1/checkout/sessions/{}", mover.session);
        let session = test.at_stripe("GET", &path, &[]).await;
        assert_eq!(session["amount_total"], 2999, "{session}");
        assert_eq!(session["metadata"]["bookingId"], json!(begun.booking_id), "{session}");
        assert_eq!(
            place(&test, &begun).await,
            placed("mentoring", at, 60, 6001),
            "until it is paid"
        );
        assert_eq!(
            book(&test, "bob", at + HOUR_US).await.json()["code"],
            "slot_taken",
            "held"
        );
        let ours = test.get(&test.user("ada"), "/api/bookings").await.json();
        assert_eq!(ours["data"].as_array().unwrap().len(), 1, "{ours}");
        assert_eq!(read(&test, &mover).await["moves"], json!(begun.booking_id));

        pay_at_once(&test, &mover).await;
        assert_eq!(place(&test, &begun).await, placed("review", at, 90, 9000));
        let booking = read(&test, &begun).await;
        assert_eq!(
            (&booking["status"], &booking["paid_minor"], &booking["refunded_minor"]),
            (&json!("confirmed"), &json!(9000), &json!(0))
        );
        assert_eq!(stands(&test, &mover).await, "moved");
        assert_eq!(make_refunds(&test).await, 0);
        // The platform has its 900 of the first price, and asks nothing more for a review.
        assert_eq!(earned(&test, &[&begun, &mover]).await, 8100);
        test.replay_all().await;
        assert_eq!(make_refunds(&test).await, 0, "once, however often it is told");
        assert_eq!(place(&test, &begun).await, placed("review", at, 90, 9000));
        assert_eq!(book(&test, "bob", at + HOUR_US).await.status, 409);
        assert_eq!(book(&test, "bob", at + 2 * HOUR_US).await.status, 200);
        turn(&test, (76 + 48) * HOURS).await;
        work(&test).await;
        let mut transferred = at_stripe(&test).await;
        transferred.sort_unstable();
        assert_eq!(transferred, [(2999, 0), (5101, 0)]);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_for_both_goes_back_where_the_moved_booking_is_cancelled_or_cheaper_again() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let mover = begin_move(&test, &begun, at + 4 * HOUR_US).await;
        pay_at_once(&test, &mover).await;
        assert_eq!(place(&test, &begun).await, placed("review", at + 4 * HOUR_US, 90, 9000));
        let booked = book(&test, "bob", at).await;
        assert_eq!(booked.status, 200, "its former time is free: {}", booked.json());

        let cheaper = change(&test, "ada", &begun, "reschedule", &to("chat", at + 4 * HOUR_US)).await;
        assert_eq!(cheaper.status, 200, "{}", cheaper.json());
        make_refunds(&test).await;
        let booking = read(&test, &begun).await;
        assert_eq!(booking["refunded_minor"], 9000 - 3500, "{booking}");
        assert_eq!(booking["status"], "confirmed");

        let cancelled = change(&test, "grace", &begun, "cancel", &json!({})).await;
        assert_eq!(cancelled.status, 200, "{}", cancelled.json());
        make_refunds(&test).await;
        let booking = read(&test, &begun).await;
        assert_eq!(
            (&booking["status"], &booking["refunded_minor"]),
            (&json!("refunded"), &json!(9000))
        );
        assert_eq!(earned(&test, &[&begun, &mover]).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_difference_that_is_not_paid_moves_nothing_and_gives_the_time_free() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let mover = begin_move(&test, &begun, at + 30 * 60 * SECOND_US).await;
        tell_expired(&test, &mover).await;
        assert_eq!(place(&test, &begun).await, placed("mentoring", at, 60, 6001));
        assert_eq!(
            book(&test, "bob", at).await.status,
            409,
            "the booking has its own time still"
        );
        assert_eq!(book(&test, "bob", at + 2 * HOUR_US).await.status, 200);

        // It is paid after all: what it needs is held by nobody but the booking itself, or it is gone.
        pay_at_once(&test, &mover).await;
        assert_eq!(
            place(&test, &begun).await,
            placed("review", at + 30 * 60 * SECOND_US, 90, 9000)
        );
        let other = paid(&test, at + 6 * HOUR_US).await;
        let late = begin_move(&test, &other, at + 8 * HOUR_US).await;
        tell_expired(&test, &late).await;
        assert_eq!(book(&test, "bob", at + 8 * HOUR_US).await.status, 200);
        pay_at_once(&test, &late).await;
        assert_eq!(
            place(&test, &other).await,
            placed("mentoring", at + 6 * HOUR_US, 60, 6001)
        );
        assert_eq!(stands(&test, &late).await, "paid_unplaced");
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(
            (
                stands(&test, &late).await.as_str(),
                stands(&test, &other).await.as_str()
            ),
            ("refunded", "confirmed")
        );
        assert_eq!(read(&test, &other).await["paid_minor"], 6001);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_two_moves_that_are_paid_the_first_counts_and_the_others_money_goes_back() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let first = begin_move(&test, &begun, at + 3 * HOUR_US).await;
        let second = begin_move(&test, &begun, at + 6 * HOUR_US).await;
        pay_at_once(&test, &second).await;
        pay_at_once(&test, &first).await;
        assert_eq!(place(&test, &begun).await, placed("review", at + 6 * HOUR_US, 90, 9000));
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(stands(&test, &first).await, "refunded");
        assert_eq!(read(&test, &begun).await["paid_minor"], 9000);
        assert_eq!(book(&test, "bob", at + 3 * HOUR_US).await.status, 200, "free again");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_booking_that_changes_meanwhile_ends_the_page_of_its_move() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let moved = json!({ "starts_at": Moment(at + 2 * HOUR_US).to_string() });
        for (what, body) in [("reschedule", &moved), ("cancel", &json!({}))] {
            let begun = paid(&test, at).await;
            let mover = begin_move(&test, &begun, at + 5 * HOUR_US).await;
            let changed = change(&test, "ada", &begun, what, body).await;
            assert_eq!(changed.status, 200, "{}", changed.json());
            let path = format!("/v1/checkout/sessions/{}", mover.session);
            assert_eq!(test.at_stripe("GET", &path, &[]).await["status"], "expired", "{what}");
            test.settle().await;
            assert_eq!(stands(&test, &mover).await, "released");
            make_refunds(&test).await;
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn only_a_dearer_session_of_the_builder_is_paid_for_and_only_by_its_client() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let mut in_yen = difference(&begun, "review", at);
        in_yen["currency"] = json!("jpy");
        let mut no_time = difference(&begun, "review", at);
        no_time.as_object_mut().unwrap().remove("starts_at");
        for (who, body, status, code) in [
            ("bob", difference(&begun, "review", at), 404, "not_found"),
            ("ada", difference(&begun, "chat", at), 409, "no_difference"),
            (
                "ada",
                difference(&begun, "mentoring", at + 2 * HOUR_US),
                409,
                "no_difference",
            ),
            ("ada", difference(&begun, "elsewhere", at), 422, "unknown_item"),
            (
                "ada",
                json!({ "booking_id": begun.booking_id, "item_id": "starter" }),
                422,
                "unknown_item",
            ),
            ("ada", in_yen, 422, "invalid_request"),
            ("ada", no_time, 422, "invalid_request"),
            (
                "ada",
                difference(&begun, "review", at + 60 * SECOND_US),
                422,
                "slot_not_offered",
            ),
        ] {
            let refused = test.post(&test.user(who), PAY, &body).await;
            let said = refused.json();
            assert_eq!(
                (refused.status, &said["code"]),
                (status, &json!(code)),
                "{body}: {said}"
            );
        }
        assert_eq!(change(&test, "grace", &begun, "cancel", &json!({})).await.status, 200);
        let refused = test
            .post(&test.user("ada"), PAY, &difference(&begun, "review", at))
            .await;
        assert_eq!(refused.json()["code"], "booking_not_changeable", "{}", refused.json());
        assert_eq!(place(&test, &begun).await, placed("mentoring", at, 60, 6001));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_move_under_way_does_not_keep_its_booking_from_having_its_time_again() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let mover = begin_move(&test, &begun, at + 30 * 60 * SECOND_US).await;
        let payment = payment(&test, &begun.booking_id.replace("bkg_", "pur_")).await;
        let refunded = refund(&test, payment["payment_intent_id"].as_str().unwrap(), 6001, "all").await;
        assert_eq!(stands(&test, &begun).await, "refunded");
        let settled = format!("/refunds/{refunded}/settle");
        test.steer(&settled, &json!({ "outcome": "failed" })).await;
        test.settle().await;
        assert_eq!(stands(&test, &begun).await, "confirmed", "nobody else has its time");
        pay_at_once(&test, &mover).await;
        assert_eq!(
            place(&test, &begun).await,
            placed("review", at + 30 * 60 * SECOND_US, 90, 9000)
        );
        test.finish().await;
    })
    .await;
}

/// What is done to a booking while the difference of its move comes.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Cancelled,
    MovedElsewhere,
    AllGivenBack,
}

#[tokio::test]
async fn of_a_payment_and_a_change_at_once_the_money_is_where_the_booking_is() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        for (round, what) in
            (0..).zip([Meanwhile::Cancelled, Meanwhile::MovedElsewhere, Meanwhile::AllGivenBack].repeat(2))
        {
            let begun = paid(&test, at).await;
            let mover = begin_move(&test, &begun, at + 30 * 60 * SECOND_US).await;
            pay(&test, &mover).await;
            let drained = test.steer("/drain", &json!({ "flush": true })).await;
            assert_eq!(drained["drained"], true);
            let purchase_id = begun.booking_id.replace("bkg_", "pur_");
            let at_once = async {
                match what {
                    Meanwhile::Cancelled => change(&test, "ada", &begun, "cancel", &json!({})).await,
                    Meanwhile::MovedElsewhere => {
                        let elsewhere = json!({ "starts_at": Moment(at + 4 * HOUR_US).to_string() });
                        change(&test, "ada", &begun, "reschedule", &elsewhere).await
                    }
                    Meanwhile::AllGivenBack => {
                        let all = json!({ "purchase_id": purchase_id });
                        test.post(ADMIN, "/api/refunds", &all).await
                    }
                }
            };
            let (changed, ()) = tokio::join!(at_once, test.handle());
            assert!(matches!(changed.status, 200 | 201), "{what:?}: {}", changed.json());
            test.settle().await;
            make_refunds(&test).await;
            let (booking, moved) = (read(&test, &begun).await, stands(&test, &mover).await);
            let was_moved = moved == "moved";
            assert!(was_moved || moved == "refunded", "{what:?} in round {round}: {moved}");
            let (paid, back) = match (what, was_moved) {
                (Meanwhile::Cancelled, true) => (9000, 9000),
                (Meanwhile::Cancelled | Meanwhile::AllGivenBack, false) => (6001, 6001),
                (Meanwhile::MovedElsewhere, true) => (9000, 0),
                (Meanwhile::MovedElsewhere, false) => (6001, 0),
                (Meanwhile::AllGivenBack, true) => (9000, 6001),
            };
            assert_eq!(
                (&booking["paid_minor"], &booking["refunded_minor"]),
                (&json!(paid), &json!(back)),
                "{what:?} in round {round}: {moved}"
            );
            assert_eq!(
                change(&test, "grace", &begun, "cancel", &json!({})).await.status == 200,
                back < paid
            );
            make_refunds(&test).await;
            assert_eq!(read(&test, &begun).await["refunded_minor"], json!(paid));
            assert_eq!(claims(&test).await, 0, "{what:?} in round {round}");
            assert_eq!(earned(&test, &[&begun, &mover]).await, 0);
        }
        test.finish().await;
    })
    .await;
}

//! What is done to one booking at once: whoever comes first, no money is kept that is owed back, none goes back twice, and no
//! time stays taken.

use serde_json::json;
use store::testing::for_each_engine;

use super::changes::{change, confirmed};
use super::*;

/// How often each pair is let loose.
const ROUNDS: i64 = 4;

/// How many grains of anybody's time are taken.
pub(super) async fn claims(test: &TestApp) -> i64 {
    let sql = "select count(*) from booking_claim";
    let counted = test.app.store.read(move |tx| tx.all(sql, &[])).await.unwrap();
    counted[0].int(0).unwrap()
}

#[tokio::test]
async fn of_a_cancellation_and_the_payment_at_once_all_the_money_goes_back() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for round in 0..ROUNDS {
            let begun = begin_booking(&test, "ada", hour(&test, 30 + 2 * round)).await;
            pay(&test, &begun).await;
            let drained = test.steer("/drain", &json!({ "flush": true })).await;
            assert_eq!(drained["drained"], true);
            let nothing = json!({});
            let cancel = change(&test, "admin", &begun, "cancel", &nothing);
            let (answered, ()) = tokio::join!(cancel, test.handle());
            assert_eq!(answered.status, 200, "{}", answered.json());
            test.settle().await;
            assert_eq!(make_refunds(&test).await, 1, "round {round}");
            let booking = read(&test, &begun).await;
            assert_eq!(
                (&booking["status"], &booking["refunded_minor"]),
                (&json!("refunded"), &json!(6001))
            );
        }
        assert_eq!(claims(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_two_who_cancel_at_once_one_does_and_the_money_follows_them() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for _ in 0..ROUNDS {
            let begun = confirmed(&test, "ada", hour(&test, 30)).await;
            let nothing = json!({});
            let (client, builder) = tokio::join!(
                change(&test, "ada", &begun, "cancel", &nothing),
                change(&test, "grace", &begun, "cancel", &nothing),
            );
            let back = match (client.status, builder.status) {
                (200, 409) => 3001,
                (409, 200) => 6001,
                _ => panic!("{} {}", client.json(), builder.json()),
            };
            assert_eq!(make_refunds(&test).await, 1);
            assert_eq!(read(&test, &begun).await["refunded_minor"], back);
        }
        assert_eq!(claims(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_a_move_and_a_cancellation_at_once_no_time_stays_taken() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for _ in 0..ROUNDS {
            let at = hour(&test, 60);
            let begun = confirmed(&test, "ada", at).await;
            let (nothing, to) = (json!({}), json!({ "starts_at": Moment(at + 5 * HOUR_US).to_string() }));
            let (moved, cancelled) = tokio::join!(
                change(&test, "ada", &begun, "reschedule", &to),
                change(&test, "ada", &begun, "cancel", &nothing),
            );
            assert_eq!(cancelled.status, 200, "{}", cancelled.json());
            assert!(matches!(moved.status, 200 | 409), "{}", moved.json());
            assert_eq!(make_refunds(&test).await, 1);
            assert_eq!(read(&test, &begun).await["refunded_minor"], 6001);
            assert_eq!(claims(&test).await, 0);
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_an_operators_refund_and_a_cancellation_at_once_no_more_goes_back_than_was_paid() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for _ in 0..ROUNDS {
            let begun = confirmed(&test, "ada", hour(&test, 60)).await;
            let purchase_id = read(&test, &begun).await["purchase_id"].clone();
            let part = json!({ "purchase_id": purchase_id, "amount_minor": 4000 });
            let nothing = json!({});
            let (refunded, cancelled) = tokio::join!(
                test.post(ADMIN, "/api/refunds", &part),
                change(&test, "ada", &begun, "cancel", &nothing),
            );
            assert_eq!(cancelled.status, 200, "{}", cancelled.json());
            assert!(matches!(refunded.status, 201 | 409 | 422), "{}", refunded.json());
            make_refunds(&test).await;
            let booking = read(&test, &begun).await;
            assert_eq!(
                (&booking["refunded_minor"], &booking["status"]),
                (&json!(6001), &json!("refunded"))
            );
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_a_missed_session_and_its_cancellation_at_once_one_holds() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for _ in 0..ROUNDS {
            let begun = confirmed(&test, "ada", hour(&test, 4)).await;
            turn(&test, 5 * 3_600).await;
            let nothing = json!({});
            let (missed, cancelled) = tokio::join!(
                change(&test, "grace", &begun, "no-show", &nothing),
                change(&test, "admin", &begun, "cancel", &nothing),
            );
            let expected = match (missed.status, cancelled.status) {
                (200, 409) => (0, "no_show"),
                (409, 200) => (1, "refunded"),
                _ => panic!("{} {}", missed.json(), cancelled.json()),
            };
            assert_eq!(
                (make_refunds(&test).await, stands(&test, &begun).await.as_str()),
                expected
            );
        }
        test.finish().await;
    })
    .await;
}

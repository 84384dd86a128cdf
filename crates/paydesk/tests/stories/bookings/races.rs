//! Races for a time: of all who want it at once exactly one has it.

use serde_json::json;
use store::testing::for_each_engine;

use super::*;
use crate::support::all_at_once;

/// Clients after one time.
const CLIENTS: usize = 64;
/// How often, where the environment does not say.
const ROUNDS: i64 = 20;

#[tokio::test]
async fn of_sixty_four_clients_after_one_time_exactly_one_has_it() {
    let rounds = std::env::var("PAYDESK_BOOKING_RACES")
        .ok()
        .map_or(ROUNDS, |text| text.parse().unwrap());
    for_each_engine(async |database| {
        let test = begin(database).await;
        for round in 0..rounds {
            // Every other round they want times that overlap in part: all of them touch the hour in the middle.
            let at = hour(&test, 4 + round % 600);
            let tokens: Vec<String> = (0..CLIENTS)
                .map(|client| test.user(&format!("client-{round}-{client}")))
                .collect();
            let body = wanted(at);
            let answers = all_at_once(tokens.iter().map(|token| test.post(token, PAY, &body))).await;
            let won = answers.iter().filter(|answer| answer.status == 200).count();
            assert_eq!(won, 1, "round {round}");
            for lost in answers.iter().filter(|answer| answer.status != 200) {
                let said = lost.json();
                assert_eq!(
                    (lost.status, said["code"].as_str()),
                    (409, Some("slot_taken")),
                    "{said}"
                );
                let alternatives = said["alternatives"].as_array().unwrap();
                assert!(!alternatives.is_empty() && alternatives.len() <= 5, "{said}");
            }
            let winner = answers.iter().find(|answer| answer.status == 200).unwrap().json();
            let path = format!("/v1/checkout/sessions/{}/expire", winner["id"].as_str().unwrap());
            test.at_stripe("POST", &path, &[]).await;
            test.settle().await;
        }
        let sql = "select count(*) from booking_claim";
        let left = test.app.store.read(move |tx| tx.all(sql, &[])).await.unwrap();
        assert_eq!(left[0].int(0).unwrap(), 0, "every claim was given free");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn one_person_who_asks_many_times_at_once_holds_one_time() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let (ada, body) = (test.user("ada"), wanted(at));
        let answers = all_at_once((0..8).map(|_| test.post(&ada, PAY, &body))).await;
        let first = answers[0].json();
        for answer in &answers {
            assert_eq!(
                (answer.status, &answer.json()["id"]),
                (200, &first["id"]),
                "{}",
                answer.json()
            );
        }
        let listed = test.get(&ada, "/api/bookings").await.json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 1);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_an_expiry_and_a_payment_in_the_same_moment_what_stripe_says_holds() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for round in 0..6 {
            let at = hour(&test, 30 + 2 * round);
            let begun = begin_booking(&test, "ada", at).await;
            let path = format!("/v1/checkout/sessions/{}/expire", begun.session);
            let expire = async { drop(test.try_at_stripe("POST", &path, &[]).await) };
            let paying = async {
                let url = format!("{}/_sandbox/checkout/{}/pay", test.sandbox_base, begun.session);
                let request = test.http.post(url).json(&json!({ "card": "4242424242424242" }));
                drop(request.send().await.unwrap());
            };
            if round % 2 == 0 {
                tokio::join!(expire, paying);
            } else {
                tokio::join!(paying, expire);
            }
            test.settle().await;
            let path = format!("/v1/checkout/sessions/{}", begun.session);
            let expected = match test.at_stripe("GET", &path, &[]).await["status"].as_str().unwrap() {
                "complete" => "confirmed",
                "expired" => "released",
                other => panic!("{other}"),
            };
            assert_eq!(stands(&test, &begun).await, expected);
        }
        assert_eq!(make_refunds(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn two_tellings_of_one_payment_confirm_once() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let begun = begin_booking(&test, "ada", hour(&test, 30)).await;
        test.steer("/faults", &json!({ "kind": "duplicate", "count": 20 }))
            .await;
        let path = format!("/checkout/{}/pay", begun.session);
        test.steer(&path, &json!({ "bank_account": "000123456789" })).await;
        let path = format!("/payments/{}/settle", begun.session);
        test.steer(&path, &json!({ "outcome": "succeeded" })).await;
        test.settle().await;
        test.lift_faults().await;
        let booking = read(&test, &begun).await;
        assert_eq!(
            (&booking["status"], &booking["paid_minor"]),
            (&json!("confirmed"), &json!(6001))
        );
        assert_eq!(make_refunds(&test).await, 0);
        test.finish().await;
    })
    .await;
}

//! Holds and expiry: credits set aside are used or given back, once, whoever comes first.

use std::time::Duration;

use paydesk::clock::Clock;
use paydesk::credits::{self, Expired};
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};

use crate::support::{ADMIN, Answered, TestApp, all_at_once};

const CREDITS: &str = "/api/financial/credits/ada";
/// Rounds of the races where the environment does not say.
const RACES: u64 = 300;
/// The others have no turn before the time is over, or one, two, four, up to two to the power of two less than this.
const PATIENCE: u64 = 13;

/// An application whose clock stands still until the test turns it, and a wallet of so many credits.
async fn begin(database: &TestDatabase, amount: i64) -> TestApp {
    let test = TestApp::begin_at(database, Clock::manual(Clock::system().now_us())).await;
    give(&test, json!({ "amount": amount, "reason": "stock" })).await;
    test
}

async fn give(test: &TestApp, body: Value) {
    let given = test.post(ADMIN, &format!("{CREDITS}/add"), &body).await;
    assert_eq!(given.status, 200, "{}", given.json());
}

/// Sets credits aside; it must succeed. Gives the path of the hold.
async fn place(test: &TestApp, amount: i64, seconds: i64) -> String {
    let body = json!({ "amount": amount, "reason": "a render", "expires_in_seconds": seconds });
    let placed = test.post(ADMIN, &format!("{CREDITS}/holds"), &body).await;
    let said = placed.json();
    assert_eq!((placed.status, said["status"].as_str()), (201, Some("held")), "{said}");
    format!("{CREDITS}/holds/{}", said["hold_id"].as_str().unwrap())
}

async fn capture(test: &TestApp, hold: &str, body: Value) -> Answered {
    test.post(ADMIN, &format!("{hold}/capture"), &body).await
}

async fn release(test: &TestApp, hold: &str) -> Answered {
    test.post(ADMIN, &format!("{hold}/release"), &json!({})).await
}

/// What may be spent, and what is set aside.
async fn wallet(test: &TestApp) -> (i64, i64) {
    let said = test.get(ADMIN, CREDITS).await.json();
    (said["balance"].as_i64().unwrap(), said["held"].as_i64().unwrap())
}

fn assert_ended(answered: &Answered, how: &str) {
    let said = answered.json();
    let told = (answered.status, said["code"].as_str(), said["ended"].as_str());
    assert_eq!(told, (409, Some("hold_ended"), Some(how)), "{said}");
}

fn turn(test: &TestApp, seconds: u64) {
    test.app.clock.advance(Duration::from_secs(seconds));
}

#[tokio::test]
async fn a_hold_is_captured_in_part_or_whole_and_the_rest_goes_back() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        let hold = place(&test, 6, 3600).await;
        assert_eq!(wallet(&test).await, (4, 6));
        let too_much = capture(&test, &hold, json!({ "amount": 7 })).await;
        let said = too_much.json();
        assert_eq!(
            (too_much.status, said["field"].as_str()),
            (422, Some("amount")),
            "{said}"
        );
        let path = format!("{hold}/capture");
        let first = test.post_once(ADMIN, &path, &json!({ "amount": 2 }), "c").await;
        let again = test.post_once(ADMIN, &path, &json!({ "amount": 2 }), "c").await;
        let said = first.json();
        assert_eq!(
            (said["status"].as_str(), said["captured"].as_i64()),
            (Some("captured"), Some(2))
        );
        assert_eq!((again.bytes, again.replayed), (first.bytes, true));
        assert_eq!(wallet(&test).await, (8, 0));
        assert_ended(&capture(&test, &hold, json!({})).await, "captured");
        assert_ended(&release(&test, &hold).await, "captured");

        let whole = place(&test, 8, 3600).await;
        assert_eq!(capture(&test, &whole, json!({})).await.json()["captured"], 8);
        assert_eq!(wallet(&test).await, (0, 0));
        let none = json!({ "amount": 1, "reason": "a render" });
        assert_eq!(test.post(ADMIN, &format!("{CREDITS}/holds"), &none).await.status, 402);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_released_or_expires_once() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        let released = place(&test, 3, 60).await;
        assert_eq!(release(&test, &released).await.json()["status"], "released");
        assert_ended(&capture(&test, &released, json!({})).await, "released");
        assert_ended(&release(&test, &released).await, "released");
        let (touched, left) = (place(&test, 3, 60).await, place(&test, 4, 60).await);
        turn(&test, 59);
        assert_eq!(credits::expire(&test.app).await.unwrap(), Expired::default());
        turn(&test, 1);
        assert_ended(&capture(&test, &touched, json!({})).await, "expired");
        assert_eq!(wallet(&test).await, (6, 4), "the job has not come by yet");
        let expired = credits::expire(&test.app).await.unwrap();
        assert_eq!(expired, Expired { holds: 1, lots: 0 });
        assert_eq!(test.get(ADMIN, &left).await.json()["status"], "expired");
        assert_ended(&release(&test, &left).await, "expired");
        assert_eq!(wallet(&test).await, (10, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn who_may_see_and_end_a_hold() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        let (ada, bob) = (test.user("ada"), test.user("bob"));
        let (first, second) = (place(&test, 1, 60).await, place(&test, 2, 60).await);
        release(&test, &first).await;
        assert_eq!(test.get(&ada, &first).await.status, 200);
        assert_eq!(test.get(&bob, &first).await.status, 404);
        let elsewhere = second.replace("/ada/", "/bob/");
        assert_eq!(test.get(ADMIN, &elsewhere).await.status, 404);
        assert_eq!(capture(&test, &elsewhere, json!({})).await.status, 404);
        for (token, status) in [(&ada, 403), (&bob, 404)] {
            let body = json!({ "amount": 1, "reason": "x" });
            assert_eq!(
                test.post(token, &format!("{CREDITS}/holds"), &body).await.status,
                status
            );
            assert_eq!(
                test.post(token, &format!("{second}/capture"), &json!({})).await.status,
                status
            );
            assert_eq!(
                test.post(token, &format!("{second}/release"), &json!({})).await.status,
                status
            );
        }
        for (body, field) in [
            (json!({ "amount": 0, "reason": "x" }), "amount"),
            (json!({ "amount": 1, "reason": "" }), "reason"),
            (
                json!({ "amount": 1, "reason": "x", "expires_in_seconds": 59 }),
                "expires_in_seconds",
            ),
        ] {
            let refused = test.post(ADMIN, &format!("{CREDITS}/holds"), &body).await;
            assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some(field)));
        }
        let list = async |query: &str| test.get(&ada, &format!("{CREDITS}/holds?{query}")).await.json();
        let page = list("limit=1").await;
        assert_eq!(page["data"][0]["amount"], 2);
        let rest = list(&format!("limit=1&after={}", page["next"].as_str().unwrap())).await;
        assert_eq!(
            (rest["data"][0]["amount"].as_i64(), &rest["next"]),
            (Some(1), &Value::Null)
        );
        assert_eq!(list("status=released").await["data"].as_array().unwrap().len(), 1);
        assert_eq!(list("status=expired").await["data"], json!([]));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_lots_of_a_hold_get_it_back_and_what_ended_meanwhile_stays_ended() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        let soon = paydesk::clock::Moment(test.app.clock.now_us() + 100 * paydesk::clock::SECOND_US).to_string();
        give(&test, json!({ "amount": 5, "reason": "a gift", "expires_at": soon })).await;
        give(&test, json!({ "amount": 2, "reason": "first of all", "priority": -1 })).await;
        // Drawn in the order of use: 2 by priority, then the 5 that end first, then 1 of the others.
        let hold = place(&test, 8, 3600).await;
        turn(&test, 100);
        let captured = capture(&test, &hold, json!({ "amount": 3 })).await;
        assert_eq!(captured.status, 200, "{}", captured.json());
        assert_eq!(
            wallet(&test).await,
            (10, 0),
            "4 of the gift came back after it had ended"
        );
        let expired = credits::expire(&test.app).await.unwrap();
        assert_eq!(expired, Expired { holds: 0, lots: 1 });
        assert_eq!(wallet(&test).await, (10, 0));
        let spend = json!({ "amount": 11, "reason": "use" });
        assert_eq!(test.post(ADMIN, &format!("{CREDITS}/spend"), &spend).await.status, 402);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn credits_that_have_ended_are_not_given_but_a_repeat_is_answered_as_the_first_was() {
    for_each_engine(async |database| {
        let test = begin(database, 10).await;
        let end = paydesk::clock::Moment(test.app.clock.now_us() + 100 * paydesk::clock::SECOND_US).to_string();
        let gift = json!({ "amount": 5, "reason": "a gift", "expires_at": end });
        let add = format!("{CREDITS}/add");
        let given = test.post_once(ADMIN, &add, &gift, "in-time").await;
        assert_eq!(given.json()["balance"], 15);
        turn(&test, 100);
        let late = test.post_once(ADMIN, &add, &gift, "too-late").await;
        assert_eq!((late.status, &late.json()["field"]), (422, &json!("expires_at")));
        let again = test.post_once(ADMIN, &add, &gift, "in-time").await;
        assert_eq!((again.status, again.json()), (200, given.json()));
        assert_eq!(wallet(&test).await, (10, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn the_job_catches_up_and_then_waits_on_the_clock() {
    for_each_engine(async |database| {
        let test = begin(database, 1000).await;
        let end = paydesk::clock::Moment(test.app.clock.now_us() + 90 * paydesk::clock::SECOND_US).to_string();
        give(
            &test,
            json!({ "amount": 5, "reason": "a gift", "expires_at": end, "priority": 1 }),
        )
        .await;
        all_at_once((0..250).map(|_| place(&test, 1, 60))).await;
        turn(&test, 61);
        let running = tokio::spawn(credits::run_expiry(test.app.clone()));
        let reached = async |wanted| while wallet(&test).await != wanted {};
        tokio::time::timeout(Duration::from_secs(20), reached((1005, 0)))
            .await
            .unwrap();
        turn(&test, 30);
        let gone = async {
            let sql = "select count(*) from transfer where code = 'expire'";
            while test
                .app
                .store
                .read(move |tx| tx.one(sql, &[]))
                .await
                .unwrap()
                .unwrap()
                .int(0)
                .unwrap()
                == 0
            {}
        };
        tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
        assert_eq!(wallet(&test).await, (1000, 0));
        test.app.shutdown.begin();
        running.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_capture_release_and_expiry_at_once_exactly_one_wins() {
    let rounds = std::env::var("PAYDESK_HOLD_RACES")
        .ok()
        .map_or(RACES, |text| text.parse().unwrap());
    for_each_engine(async |database| {
        let test = begin(database, 3).await;
        let mut wins = [0_u64; 3];
        for round in 0..rounds {
            let hold = place(&test, 2, 60).await;
            let captures = async || capture(&test, &hold, json!({ "amount": 1 })).await.status == 200;
            let releases = async || release(&test, &hold).await.status == 200;
            let expires = async || {
                // The time is over at another point of the two requests' way each round, from their beginning to past their end.
                for _ in 0..(1 << (round % PATIENCE)) >> 1 {
                    tokio::task::yield_now().await;
                }
                turn(&test, 60);
                credits::expire(&test.app).await.unwrap().holds == 1
            };
            // Each of them begins first in its turn, so that each has its chance.
            let won = match round % 3 {
                0 => tokio::join!(captures(), releases(), expires()),
                1 => {
                    let (released, expired, captured) = tokio::join!(releases(), expires(), captures());
                    (captured, released, expired)
                }
                _ => {
                    let (expired, captured, released) = tokio::join!(expires(), captures(), releases());
                    (captured, released, expired)
                }
            };
            let status = test.get(ADMIN, &hold).await.json()["status"].clone();
            // A request that finds the hold overdue ends it as expired, and the job has nothing left to do.
            let told = match won {
                (true, false, false) => 0,
                (false, true, false) => 1,
                (false, false, _) => 2,
                _ => panic!("round {round}: {won:?}"),
            };
            assert_eq!(status, ["captured", "released", "expired"][told], "round {round}");
            wins[told] += 1;
            if told == 0 {
                give(&test, json!({ "amount": 1, "reason": "again" })).await;
            }
            assert_eq!(wallet(&test).await, (3, 0), "round {round}");
        }
        println!("of {rounds} rounds: {wins:?} captured, released and expired");
        assert!(
            rounds < RACES || wins.iter().all(|count| *count > 0),
            "each has its chance: {wins:?}"
        );
        test.finish().await;
    })
    .await;
}

//! What others are told: once for what it tells of, until it has arrived, and nobody waits for anybody else's server.

mod addresses;
mod beside;
mod endpoints;
mod mails;
mod receiver;

use std::time::Duration;

use paydesk::courier::{self, Kind, Message};
use paydesk::ids::UserId;
use paydesk::top_ups;
use reqwest::Method;
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::reversals::{buy, refund};
use crate::support::{ADMIN, TestApp};
use receiver::Receiver;

const PATH: &str = "/api/webhook-endpoints";

/// Registers an endpoint for these types; all where there are none. Gives what is answered, its secret included.
async fn register(test: &TestApp, url: &str, types: &[&str]) -> Value {
    let wanted = json!({ "url": url, "event_types": types });
    let said = test.post(ADMIN, PATH, &wanted).await;
    assert_eq!(said.status, 201, "{}", said.json());
    said.json()
}

fn path_of(endpoint: &Value) -> String {
    format!("{PATH}/{}", endpoint["endpoint_id"].as_str().unwrap())
}

/// Tells so many things about ada.
async fn tell(test: &TestApp, prefix: &str, count: usize) {
    let now_us = test.app.clock.now_us();
    let ada = UserId::parse("ada").unwrap();
    let message = |number| {
        let data = json!({ "user_id": "ada", "number": number });
        Message::about(&format!("{prefix}-{number}"), Kind::CreditsGranted, &ada, data)
    };
    let messages: Vec<Message> = (0..count).map(message).collect();
    let told = test
        .app
        .store
        .write(move |tx| courier::tell(tx, now_us, messages.iter().cloned()));
    told.await.unwrap();
}

/// Sends what is due until nothing is. Gives how many attempts were made.
async fn send_all(test: &TestApp) -> usize {
    let mut attempts = 0;
    loop {
        match courier::work(&test.app).await.unwrap() {
            0 => return attempts,
            more => attempts += more,
        }
    }
}

async fn deliveries(test: &TestApp, endpoint: &Value, status: &str) -> Vec<Value> {
    let path = format!("{}/deliveries?limit=100&status={status}", path_of(endpoint));
    test.get(ADMIN, &path).await.json()["data"].as_array().unwrap().clone()
}

/// Orders a review for ada and pays for it. Gives the order and Stripe's events.
async fn order(test: &TestApp) -> Value {
    let ada = test.user("ada");
    let wanted = json!({ "package_id": "track-review", "fields": { "track_url": "https://music.example/one" } });
    let draft = test.post(&ada, "/api/orders", &wanted).await.json();
    let checkout = test.checkout(&ada, &json!({ "order_id": draft["order_id"] })).await;
    let pay = format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
    test.steer(&pay, &json!({ "card": "4242424242424242" })).await;
    test.settle().await;
    draft
}

#[tokio::test]
async fn an_order_that_is_paid_is_told_once_however_often_its_events_come() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(200).await;
        register(&test, &receiver.url, &["order.paid"]).await;
        let draft = order(&test).await;
        let events = test.get(ADMIN, "/api/events?limit=100").await.json();
        for event in events["data"].as_array().unwrap() {
            for _ in 0..10 {
                let path = format!("/api/events/{}/replay", event["id"].as_str().unwrap());
                assert_eq!(test.post(ADMIN, &path, &json!({})).await.status, 202);
                test.handle().await;
            }
        }
        assert_eq!(send_all(&test).await, 1);
        let came = receiver.came();
        let said = came[0].json();
        assert_eq!(said["type"], "order.paid");
        assert_eq!(
            (&said["data"]["order_id"], &said["data"]["user_id"]),
            (&draft["order_id"], &json!("ada"))
        );
        assert_eq!(came[0].timestamp, test.app.clock.now_seconds().to_string());
        assert_eq!(send_all(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn credits_and_notices_are_told_to_those_who_want_their_type() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let (all, some) = (Receiver::begin(200).await, Receiver::begin(204).await);
        register(&test, &all.url, &[]).await;
        register(&test, &some.url, &["notice.low_balance", "credits.clawed_back"]).await;
        let (_, payment) = buy(&test, 1).await;
        let wanted = json!({ "low_balance_notice_below": 500 });
        let path = "/api/financial/credits/ada/top-up";
        let put = test
            .send(Method::PUT, &test.user("ada"), path, Some(&wanted), None)
            .await;
        assert_eq!(put.status, 200, "{}", put.json());
        top_ups::look(&test.app).await.unwrap();
        refund(&test, &payment, 500, "r").await;
        assert_eq!(send_all(&test).await, 5);
        let sorted = |mut types: Vec<String>| {
            types.sort();
            types
        };
        assert_eq!(
            sorted(all.types()),
            ["credits.clawed_back", "credits.granted", "notice.low_balance"]
        );
        assert_eq!(sorted(some.types()), ["credits.clawed_back", "notice.low_balance"]);
        let granted = all
            .came()
            .into_iter()
            .find(|one| one.body.contains("granted"))
            .unwrap()
            .json();
        assert_eq!(
            granted["data"],
            json!({ "user_id": "ada", "credits": 100, "payment": payment, "expires_at": null })
        );
        // One message has one id, whoever gets it.
        assert!(some.ids().is_subset(&all.ids()));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_takes_nobody_elses_time() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let (slow, well) = (Receiver::begin_holding().await, Receiver::begin(200).await);
        for receiver in [&slow, &well] {
            register(&test, &receiver.url, &[]).await;
        }
        tell(&test, "one", 20).await;
        let worker = tokio::spawn(courier::run(test.app.clone()));
        well.until(20).await;
        slow.until(4).await;
        assert_eq!(well.ids().len(), 20);
        assert_eq!((slow.came().len(), slow.waiting_most()), (4, 4), "its lane is full");
        slow.let_go();
        slow.until(20).await;
        test.app.shutdown.begin();
        worker.await.unwrap();
        assert_eq!((slow.ids().len(), slow.waiting_most()), (20, 4));
        assert_eq!(test.app.store.read(courier::undelivered).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_that_fails_is_tried_on_schedule_under_one_id_and_then_given_up() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin(500).await;
        let endpoint = register(&test, &receiver.url, &[]).await;
        tell(&test, "one", 1).await;
        let begun = test.app.clock.now_seconds();
        let mut attempts = 0;
        // Half a minute is the least that an endpoint rests, so the fifth attempt is not late for it.
        let pauses = [0, 6, 360, 2_160, 8_640, 21_600, 43_200, 60_480, 86_400, 103_680];
        for pause in pauses {
            test.app.clock.advance(Duration::from_secs(pause));
            attempts += send_all(&test).await;
            assert_eq!(send_all(&test).await, 0, "nothing is tried before its time");
        }
        assert_eq!(attempts, 10);
        let came = receiver.came();
        assert_eq!(receiver.ids().len(), 1);
        let times: Vec<i64> = came
            .iter()
            .map(|one| one.timestamp.parse::<i64>().unwrap() - begun)
            .collect();
        let expected: Vec<i64> = pauses
            .iter()
            .scan(0, |sum, pause| {
                *sum += i64::try_from(*pause).unwrap();
                Some(*sum)
            })
            .collect();
        assert_eq!(times, expected, "each attempt has a time of its own");
        test.app.clock.advance(Duration::from_secs(200_000));
        assert_eq!(send_all(&test).await, 0);

        let failed = deliveries(&test, &endpoint, "failed").await;
        let path = format!("{}/deliveries/{}", path_of(&endpoint), failed[0]["delivery_id"]);
        let said = test.get(ADMIN, &path).await.json();
        let log = said["attempt_log"].as_array().unwrap();
        assert_eq!((log.len(), &log[0]["status_code"]), (10, &json!(500)));
        let answer = log[0]["answer"].as_str().unwrap();
        assert!(answer.starts_with("answered 500") && answer.len() == 1_024, "{answer}");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_fails_rests_and_is_tried_with_one() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let (bad, well) = (Receiver::begin(503).await, Receiver::begin(200).await);
        for receiver in [&bad, &well] {
            register(&test, &receiver.url, &[]).await;
        }
        tell(&test, "one", 40).await;
        send_all(&test).await;
        assert_eq!(well.came().len(), 40);
        let until_rest = bad.came().len();
        assert!(
            (5..=8).contains(&until_rest),
            "at most a full lane beyond the fifth: {until_rest}"
        );
        // Within its rest there is no attempt; after it there is one.
        test.app.clock.advance(Duration::from_secs(10));
        assert_eq!(send_all(&test).await, 0);
        test.app.clock.advance(Duration::from_mins(10));
        assert_eq!(courier::work(&test.app).await.unwrap(), 1);
        assert_eq!(send_all(&test).await, 0);
        test.app.clock.advance(Duration::from_secs(1_000));
        bad.answer(200);
        assert_eq!(courier::work(&test.app).await.unwrap(), 1);
        assert_eq!(
            courier::work(&test.app).await.unwrap(),
            4,
            "it is back, and has its lane again"
        );
        test.app.clock.advance(Duration::from_secs(2_000));
        send_all(&test).await;
        assert_eq!(bad.ids().len(), 40);
        assert_eq!(test.app.store.read(courier::undelivered).await.unwrap(), 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_process_had_taken_is_sent_again_under_its_id() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let receiver = Receiver::begin_holding().await;
        register(&test, &receiver.url, &[]).await;
        tell(&test, "one", 1).await;
        let worker = tokio::spawn({
            let app = test.app.clone();
            async move { courier::work(&app).await }
        });
        receiver.until(1).await;
        worker.abort();
        assert!(worker.await.unwrap_err().is_cancelled());
        receiver.let_go();
        assert_eq!(send_all(&test).await, 0, "it may be under way");
        test.app.clock.advance(Duration::from_secs(61));
        assert_eq!(send_all(&test).await, 1);
        assert_eq!((receiver.came().len(), receiver.ids().len()), (2, 1));
        test.finish().await;
    })
    .await;
}

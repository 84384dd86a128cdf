//! Bookings: a time is picked, held, paid and confirmed; or it is free again. Whoever comes late gets the money back.

mod changes;
mod clashes;
mod dearer;
mod earnings;
mod late;
mod prices;
mod races;
mod slots;

use std::time::Duration;

use paydesk::clock::{Clock, Moment, SECOND_US};
use paydesk::purchases;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};

use crate::support::{ADMIN, Answered, TestApp};
use crate::updates::Stream;

const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[session_type]]
id = "mentoring"
name = "Mentoring"
builder = "grace"
minutes = 60
buffer_after_minutes = 15
notice_minutes = 120
horizon_days = 30
platform_fee_basis_points = 1500
refund_tiers = [{ hours_before = 24, percent = 50 }, { hours_before = 48, percent = 100 }]
prices = { usd = 6001, jpy = 9000 }

[[credit_pack]]
id = "starter"
name = "Starter"
credits = 100
prices = { usd = 1000 }
"#;

const PAY: &str = "/api/payments/create-checkout-session";
const HOUR_US: i64 = 3_600 * SECOND_US;
const DAY_US: i64 = 24 * HOUR_US;

/// Says when grace is there. Gives the version then.
async fn is_there(test: &TestApp, token: &str, etag: &str, wanted: &Value) -> (u16, Value) {
    let url = format!("{}/api/builders/grace/availability", test.base);
    let request = test.http.put(url).bearer_auth(token).json(wanted);
    let request = if etag.is_empty() {
        request
    } else {
        request.header("if-match", etag)
    };
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

/// Every day, all day, in this time zone.
fn always(time_zone: &str) -> Value {
    let day = json!([{ "from": "00:00", "to": "24:00" }]);
    json!({
        "time_zone": time_zone,
        "weekly": {
            "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day, "saturday": day, "sunday": day,
        },
    })
}

/// A shop in which grace is always there.
async fn begin(database: &TestDatabase) -> TestApp {
    let test = TestApp::begin_selling(database, CATALOGUE).await;
    let (status, said) = is_there(&test, &test.user("grace"), "\"0\"", &always("UTC")).await;
    assert_eq!(status, 200, "{said}");
    test
}

/// Lets time pass here. Stripe's does not, so that a page that should have ended can still be paid at; but what it tells is
/// signed with the time of here.
async fn turn(test: &TestApp, seconds: u64) {
    test.app.clock.advance(Duration::from_secs(seconds));
    let ahead = test.app.clock.now_seconds() - Clock::system().now_seconds();
    test.steer("/faults", &json!({ "kind": "clock_skew", "seconds": ahead }))
        .await;
}

/// A full hour, so many hours from the next one on, when grace is free.
fn hour(test: &TestApp, hours: i64) -> i64 {
    (test.app.clock.now_us().div_euclid(HOUR_US) + 1 + hours) * HOUR_US
}

fn wanted(starts_at_us: i64) -> Value {
    json!({ "item_id": "mentoring", "starts_at": Moment(starts_at_us).to_string() })
}

async fn book(test: &TestApp, user: &str, starts_at_us: i64) -> Answered {
    test.post(&test.user(user), PAY, &wanted(starts_at_us)).await
}

/// A booking under way: its checkout's session and its own id.
struct Begun {
    session: String,
    booking_id: String,
}

async fn begin_booking(test: &TestApp, user: &str, starts_at_us: i64) -> Begun {
    let answered = book(test, user, starts_at_us).await;
    assert_eq!(answered.status, 200, "{}", answered.json());
    let checkout = answered.json();
    let purchase = format!("/api/purchases/{}", checkout["purchase_id"].as_str().unwrap());
    let purchase = test.get(ADMIN, &purchase).await.json();
    assert_eq!(purchase["kind"], "booking");
    Begun {
        session: checkout["id"].as_str().unwrap().to_owned(),
        booking_id: purchase["booking_id"].as_str().unwrap().to_owned(),
    }
}

async fn pay(test: &TestApp, begun: &Begun) {
    let path = format!("/checkout/{}/pay", begun.session);
    test.steer(&path, &json!({ "card": "4242424242424242" })).await;
}

async fn read(test: &TestApp, begun: &Begun) -> Value {
    let path = format!("/api/bookings/{}", begun.booking_id);
    test.get(ADMIN, &path).await.json()
}

async fn stands(test: &TestApp, begun: &Begun) -> String {
    read(test, begun).await["status"].as_str().unwrap().to_owned()
}

/// The free starts of the next days, microseconds.
async fn free(test: &TestApp, from_us: i64, to_us: i64) -> Vec<String> {
    let path = format!(
        "/api/bookings/slots?session_type=mentoring&from={}&to={}",
        Moment(from_us),
        Moment(to_us)
    );
    let answered = test.get(&test.user("ada"), &path).await;
    assert_eq!(answered.status, 200, "{}", answered.json());
    let slots = answered.json();
    let slots = slots["data"].as_array().unwrap().iter();
    slots
        .map(|slot| slot["starts_at"].as_str().unwrap().to_owned())
        .collect()
}

/// Makes the refunds that were decided. Gives how many.
async fn make_refunds(test: &TestApp) -> usize {
    let mut made = 0;
    loop {
        match purchases::recover_refunds(&test.app).await.unwrap() {
            0 => break,
            more => made += more,
        }
    }
    test.settle().await;
    made
}

#[tokio::test]
async fn a_time_is_held_paid_and_confirmed() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        assert!(free(&test, at, at + 1).await.contains(&Moment(at).to_string()));
        let begun = begin_booking(&test, "ada", at).await;
        let booking = read(&test, &begun).await;
        assert_eq!(booking["status"], "pending");
        assert_eq!(
            (
                &booking["client_id"],
                &booking["builder_id"],
                &booking["session_type_id"]
            ),
            (&json!("ada"), &json!("grace"), &json!("mentoring"))
        );
        assert_eq!(
            (&booking["starts_at"], &booking["ends_at"]),
            (&json!(Moment(at).to_string()), &json!(Moment(at + HOUR_US).to_string()))
        );
        assert_eq!(
            (
                &booking["amount_minor"],
                &booking["currency"],
                &booking["platform_fee_minor"]
            ),
            (&json!(6001), &json!("usd"), &json!(900)),
            "15 % of 6001 is 900.15"
        );
        assert_eq!(
            booking["refund_tiers"],
            json!([{ "hours_before": 48, "percent": 100 }, { "hours_before": 24, "percent": 50 }])
        );
        assert!(
            free(&test, at - HOUR_US, at + HOUR_US + 1).await.is_empty(),
            "buffers are part of it"
        );
        let session = test
            .at_stripe("GET", &format!("/v1/checkout/sessions/{}", begun.session), &[])
            .await;
        for (name, id) in [
            ("bookingId", begun.booking_id.as_str()),
            ("builderId", "grace"),
            ("clientId", "ada"),
        ] {
            assert_eq!(session["metadata"][name], id);
        }
        let ends = session["expires_at"].as_i64().unwrap() * SECOND_US;
        assert!(
            ends - test.app.clock.now_us() >= HOUR_US / 2,
            "a page lasts half an hour at least"
        );

        pay(&test, &begun).await;
        assert_eq!(stands(&test, &begun).await, "pending", "until the event is here");
        test.settle().await;
        let booking = read(&test, &begun).await;
        assert_eq!(
            (&booking["status"], &booking["paid_minor"], &booking["refunded_minor"]),
            (&json!("confirmed"), &json!(6001), &json!(0))
        );
        assert_eq!(make_refunds(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn who_books_the_same_again_is_led_back_and_others_are_told_what_is_free() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let first = book(&test, "ada", at).await.json();
        let again = book(&test, "ada", at).await.json();
        assert_eq!((&again["id"], &again["url"]), (&first["id"], &first["url"]));
        let mut other = wanted(at);
        other["currency"] = json!("jpy");
        let answered = test.post(&test.user("ada"), PAY, &other).await;
        assert_eq!(answered.json()["code"], "checkout_in_other_currency");

        for start in [at, at + HOUR_US, at - HOUR_US] {
            let late = book(&test, "bob", start).await;
            let said = late.json();
            assert_eq!(
                (late.status, said["code"].as_str()),
                (409, Some("slot_taken")),
                "{said}"
            );
            let alternatives = said["alternatives"].as_array().unwrap();
            assert_eq!(alternatives.len(), 5);
            assert!(!alternatives.contains(&json!(Moment(start).to_string())));
        }
        let alternative = book(&test, "bob", at).await.json()["alternatives"][0].clone();
        let body = json!({ "item_id": "mentoring", "starts_at": alternative });
        assert_eq!(test.post(&test.user("bob"), PAY, &body).await.status, 200);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_booked_is_refused_with_the_field() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let table = [
            (json!({ "item_id": "mentoring" }), 422, "invalid_request", "starts_at"),
            (
                json!({ "item_id": "mentoring", "starts_at": "soon" }),
                422,
                "invalid_request",
                "starts_at",
            ),
            (
                json!({ "item_id": "starter", "starts_at": Moment(at).to_string() }),
                422,
                "invalid_request",
                "starts_at",
            ),
            (wanted(at + 5 * 60 * SECOND_US), 422, "slot_not_offered", "starts_at"),
            (wanted(hour(&test, 0)), 422, "slot_not_offered", "starts_at"),
            (wanted(hour(&test, 31 * 24)), 422, "slot_not_offered", "starts_at"),
            (wanted(i64::MAX / 1_000_000 * 900), 422, "slot_not_offered", "starts_at"),
        ];
        for (body, status, code, field) in table {
            let answered = test.post(&test.user("ada"), PAY, &body).await;
            let said = answered.json();
            assert_eq!(
                (answered.status, said["code"].as_str(), said["field"].as_str()),
                (status, Some(code), Some(field)),
                "{body}: {said}"
            );
        }
        let mut several = wanted(at);
        several["quantity"] = json!(2);
        let several = test.post(&test.user("ada"), PAY, &several).await;
        assert_eq!(several.json()["field"], "quantity");
        assert_eq!(test.get(ADMIN, "/api/bookings").await.json()["data"], json!([]));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_checkout_that_ends_unpaid_gives_its_time_free() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let (at, other) = (hour(&test, 30), hour(&test, 40));
        let expired = begin_booking(&test, "ada", at).await;
        let failed = begin_booking(&test, "ada", other).await;
        let path = format!("/v1/checkout/sessions/{}/expire", expired.session);
        test.at_stripe("POST", &path, &[]).await;
        let path = format!("/checkout/{}/pay", failed.session);
        test.steer(&path, &json!({ "bank_account": "000123456789" })).await;
        test.settle().await;
        assert_eq!(stands(&test, &expired).await, "released");
        assert_eq!(stands(&test, &failed).await, "pending", "the money is on its way");
        assert_eq!(book(&test, "bob", other).await.status, 409);
        let path = format!("/payments/{}/settle", failed.session);
        test.steer(&path, &json!({ "outcome": "failed" })).await;
        test.settle().await;
        assert_eq!(stands(&test, &failed).await, "released");
        for start in [at, other] {
            let begun = begin_booking(&test, "bob", start).await;
            pay(&test, &begun).await;
            test.settle().await;
            assert_eq!(stands(&test, &begun).await, "confirmed");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn money_that_takes_days_keeps_the_time_until_it_is_there() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let begun = begin_booking(&test, "ada", at).await;
        let path = format!("/checkout/{}/pay", begun.session);
        test.steer(&path, &json!({ "bank_account": "000123456789" })).await;
        test.settle().await;
        turn(&test, 3 * 3_600).await;
        assert_eq!(book(&test, "bob", at).await.status, 409, "long after the page ended");
        let path = format!("/payments/{}/settle", begun.session);
        test.steer(&path, &json!({ "outcome": "succeeded" })).await;
        test.settle().await;
        assert_eq!(stands(&test, &begun).await, "confirmed");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_booking_shows_itself_to_who_booked_it_and_who_gives_it() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let begun = begin_booking(&test, "ada", hour(&test, 30)).await;
        let other = begin_booking(&test, "bob", hour(&test, 40)).await;
        let path = format!("/api/bookings/{}", begun.booking_id);
        let (ada, grace, eve) = (test.user("ada"), test.user("grace"), test.user("eve"));
        let seen = test.get(&ada, &path).await.json();
        assert_eq!(seen["platform_fee_minor"], Value::Null, "no business of the client");
        assert_eq!(test.get(&grace, &path).await.json()["platform_fee_minor"], 900);
        assert_eq!(test.get(&eve, &path).await.status, 404);
        let ids = async |token: &str, query: &str| {
            let answered = test.get(token, &format!("/api/bookings{query}")).await;
            assert_eq!(answered.status, 200, "{query}: {}", answered.json());
            let page = answered.json();
            let data = page["data"].as_array().unwrap().iter();
            data.map(|one| one["booking_id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let (first, second) = (begun.booking_id.clone(), other.booking_id.clone());
        assert_eq!(ids(&ada, "").await, std::slice::from_ref(&first));
        assert_eq!(ids(&grace, "?builder_id=grace").await, [second.clone(), first.clone()]);
        assert_eq!(
            ids(&grace, "?builder_id=grace&user_id=ada").await,
            std::slice::from_ref(&first)
        );
        assert_eq!(ids(&eve, "?builder_id=grace").await, Vec::<String>::new());
        assert_eq!(
            ids(ADMIN, "?status=pending&limit=1").await,
            std::slice::from_ref(&second)
        );
        assert_eq!(
            ids(ADMIN, &format!("?after={second}")).await,
            std::slice::from_ref(&first)
        );
        assert_eq!(
            ids(ADMIN, "?user_id=bob&builder_id=grace").await,
            std::slice::from_ref(&second)
        );
        assert_eq!(ids(ADMIN, "?status=confirmed").await, Vec::<String>::new());
        assert_eq!(test.get(&eve, "/api/bookings?user_id=ada").await.status, 404);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_who_looks_is_told_of_their_booking_and_nobody_else_is() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let mut stream = Stream::open(&test, &test.user("ada"), None).await;
        let (before, _) = stream.next("wallet", |_| true).await;
        let starts_at_us = hour(&test, 24);
        let begun = begin_booking(&test, "ada", starts_at_us).await;
        let (_, told) = stream.next("booking", |_| true).await;
        assert_eq!(told["booking_id"], begun.booking_id);
        assert_eq!(told["starts_at"], Moment(starts_at_us).to_string());
        assert_eq!(told["status"], "pending");
        pay(&test, &begun).await;
        test.settle().await;
        stream.next("booking", |booking| booking["status"] == "confirmed").await;
        assert_eq!(
            stream.ended, 0,
            "the change is told by the stream that was open, though the clock stood still"
        );

        // Another's stream, which goes on from before, comes to their own news without a word of it.
        let mut other = Stream::open(&test, &test.user("bob"), Some(&before)).await;
        let own = begin_booking(&test, "bob", hour(&test, 48)).await;
        let (_, first) = other.next("booking", |_| true).await;
        assert_eq!(first["booking_id"], own.booking_id);
        test.finish().await;
    })
    .await;
}

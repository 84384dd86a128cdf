//! Moves to a session of another price: what it costs less goes back once, and what it costs more nobody is charged for unasked.

use paydesk::http::{routes, server};
use serde_json::json;
use store::testing::for_each_engine;
use tokio::net::TcpListener;

use super::changes::change;
use super::*;
use crate::earnings::{at_stripe, stands as figures, work};
use crate::payouts::{connected_selling, enabled_for, turn};
use crate::support::all_at_once;

/// Seconds of an hour.
pub(super) const HOURS: u64 = 3_600;

/// What grace offers beside her usual session, and what somebody else does.
const OTHERS: &str = r#"
[[session_type]]
id = "chat"
name = "Chat"
builder = "grace"
minutes = 30
buffer_after_minutes = 15
notice_minutes = 120
horizon_days = 30
platform_fee_basis_points = 2000
prices = { usd = 3500 }

[[session_type]]
id = "hello"
name = "Hello"
builder = "grace"
minutes = 15
notice_minutes = 120
horizon_days = 30
prices = { usd = 1001 }

[[session_type]]
id = "review"
name = "Review"
builder = "grace"
minutes = 90
start_every_minutes = 30
notice_minutes = 120
horizon_days = 30
prices = { usd = 9000 }

[[session_type]]
id = "elsewhere"
name = "Elsewhere"
builder = "linus"
minutes = 60
notice_minutes = 120
horizon_days = 30
prices = { usd = 100 }
"#;

/// A shop in which grace is always there, and can be paid.
pub(super) async fn begin(database: &TestDatabase) -> TestApp {
    let test = connected_selling(database, &format!("{CATALOGUE}{OTHERS}")).await;
    let (status, said) = is_there(&test, &test.user("grace"), "\"0\"", &always("UTC")).await;
    assert_eq!(status, 200, "{said}");
    enabled_for(&test, "grace").await;
    test
}

/// A booking of ada's that is paid for, by a card whose money is available at once.
pub(super) async fn paid(test: &TestApp, starts_at_us: i64) -> Begun {
    let begun = begin_booking(test, "ada", starts_at_us).await;
    let path = format!("/checkout/{}/pay", begun.session);
    test.steer(&path, &json!({ "card": "4000000000000077" })).await;
    test.settle().await;
    assert_eq!(stands(test, &begun).await, "confirmed");
    begun
}

pub(super) fn to(session_type: &str, starts_at_us: i64) -> Value {
    json!({ "session_type": session_type, "starts_at": Moment(starts_at_us).to_string() })
}

/// What grace earned of a booking.
async fn line(test: &TestApp, begun: &Begun) -> Value {
    let sale = json!(format!("booking:{}", begun.booking_id));
    let path = "/api/payouts/grace/earnings?limit=100";
    let listed = test.get(&test.user("grace"), path).await.json();
    let lines = listed["data"].as_array().unwrap();
    let of_it: Vec<&Value> = lines.iter().filter(|line| line["sale"] == sale).collect();
    assert_eq!(of_it.len(), 1, "{lines:?}");
    of_it[0].clone()
}

/// What was paid is given back, earned or the platform's, and the booking and its line agree on the first.
async fn adds_up(test: &TestApp, begun: &Begun) {
    let (booking, line) = (read(test, begun).await, line(test, begun).await);
    let of = |field: &str| line[field].as_i64().unwrap();
    assert_eq!(booking["paid_minor"], line["gross_minor"]);
    assert_eq!(booking["refunded_minor"], line["refunded_minor"]);
    assert_eq!(
        of("gross_minor"),
        of("refunded_minor") + of("fee_minor") + of("earned_minor"),
        "{line}"
    );
}

#[tokio::test]
async fn a_move_to_a_cheaper_session_gives_the_difference_back_once() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let path = format!("/api/bookings/{}/reschedule", begun.booking_id);
        let ada = test.user("ada");
        let cheaper = to("chat", at + 2 * HOUR_US);
        let moved = test.post_once(&ada, &path, &cheaper, "cheaper").await;
        let said = moved.json();
        assert_eq!(moved.status, 200, "{said}");
        assert_eq!(
            (&said["session_type_id"], &said["amount_minor"], &said["ends_at"]),
            (
                &json!("chat"),
                &json!(3500),
                &json!(Moment(at + 2 * HOUR_US + HOUR_US / 2).to_string())
            )
        );
        // Its builder and the platform have the same shares of the new price, known before Stripe is asked.
        assert_eq!(read(&test, &begun).await["platform_fee_minor"], 525);
        assert_eq!(figures(&line(&test, &begun).await), (2975, 0, 0, 2975));
        let again = test.post_once(&ada, &path, &cheaper, "cheaper").await;
        assert_eq!(again.bytes, moved.bytes);
        let same = change(&test, "ada", &begun, "reschedule", &cheaper).await;
        assert_eq!(same.status, 200, "{}", same.json());
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(make_refunds(&test).await, 0);
        let booking = read(&test, &begun).await;
        assert_eq!(
            (&booking["refunded_minor"], &booking["status"]),
            (&json!(2501), &json!("confirmed"))
        );
        adds_up(&test, &begun).await;
        let begun_at_old = begin_booking(&test, "bob", at).await;
        assert_eq!(stands(&test, &begun_at_old).await, "pending", "its former time is free");
        turn(&test, (76 + 48) * HOURS).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(2975, 0)]);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn who_cancels_after_moves_gets_the_share_of_what_the_last_session_costs() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        // Half of the price goes back so late, and all of it where the builder cancels.
        for (who, back) in [("ada", 5000 + 501), ("grace", 6001)] {
            let begun = paid(&test, at).await;
            for session_type in ["chat", "hello"] {
                let moved = change(&test, "ada", &begun, "reschedule", &to(session_type, at)).await;
                assert_eq!(moved.status, 200, "{}", moved.json());
            }
            assert_eq!(change(&test, who, &begun, "cancel", &json!({})).await.status, 200);
            assert_eq!(make_refunds(&test).await, 3);
            let booking = read(&test, &begun).await;
            assert_eq!(booking["refunded_minor"], back, "cancelled by {who}");
            adds_up(&test, &begun).await;
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_given_back_already_counts_for_the_difference() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        for (part, intents) in [(1000, 1), (3000, 0)] {
            let begun = paid(&test, at).await;
            let purchase_id = read(&test, &begun).await["purchase_id"].clone();
            let body = json!({ "purchase_id": purchase_id, "amount_minor": part });
            assert_eq!(test.post(ADMIN, "/api/refunds", &body).await.status, 201);
            test.settle().await;
            let moved = change(&test, "ada", &begun, "reschedule", &to("chat", at)).await;
            assert_eq!(moved.status, 200, "{}", moved.json());
            assert_eq!(make_refunds(&test).await, intents);
            assert_eq!(read(&test, &begun).await["refunded_minor"], 2501.max(part));
            adds_up(&test, &begun).await;
            assert_eq!(change(&test, "grace", &begun, "cancel", &json!({})).await.status, 200);
            make_refunds(&test).await;
            assert_eq!(stands(&test, &begun).await, "refunded", "and no more than was paid");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_builder_does_not_earn_the_difference_though_its_refund_fails() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let moved = change(&test, "ada", &begun, "reschedule", &to("chat", at)).await;
        assert_eq!(moved.status, 200, "{}", moved.json());
        assert_eq!(make_refunds(&test).await, 1);
        let refunds = test.at_stripe("GET", "/v1/refunds?limit=1", &[]).await;
        let path = format!("/refunds/{}/settle", refunds["data"][0]["id"].as_str().unwrap());
        test.steer(&path, &json!({ "outcome": "failed" })).await;
        test.settle().await;
        assert_eq!(
            read(&test, &begun).await["refunded_minor"],
            0,
            "the money is here again"
        );
        assert_eq!(figures(&line(&test, &begun).await), (2975, 0, 0, 2975));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_is_told_what_another_session_costs_more_and_a_builder_charges_nobody() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let dearer = change(&test, "ada", &begun, "reschedule", &to("review", at)).await;
        let said = dearer.json();
        assert_eq!(
            (
                dearer.status,
                &said["code"],
                &said["difference_minor"],
                &said["currency"]
            ),
            (409, &json!("session_costs_more"), &json!(2999), &json!("usd")),
            "{said}"
        );
        for (session_type, said_of) in [
            ("elsewhere", "another builder's"),
            ("starter", "no session"),
            ("nothing", "no item"),
        ] {
            let refused = change(&test, "ada", &begun, "reschedule", &to(session_type, at)).await;
            assert_eq!(
                (refused.status, &refused.json()["code"], &refused.json()["field"]),
                (422, &json!("unknown_item"), &json!("session_type")),
                "{said_of}"
            );
        }
        let booking = read(&test, &begun).await;
        assert_eq!(
            (&booking["session_type_id"], &booking["amount_minor"]),
            (&json!("mentoring"), &json!(6001)),
            "nothing was changed"
        );
        let moved = change(&test, "grace", &begun, "reschedule", &to("review", at)).await;
        let said = moved.json();
        assert_eq!(
            (&said["session_type_id"], &said["amount_minor"], &said["ends_at"]),
            (
                &json!("review"),
                &json!(6001),
                &json!(Moment(at + HOUR_US + HOUR_US / 2).to_string())
            ),
            "{said}"
        );
        assert_eq!(make_refunds(&test).await, 0);
        assert_eq!(figures(&line(&test, &begun).await), (5101, 0, 0, 5101));

        // One that is paid in another currency stays in it.
        let mut in_yen = wanted(at + 5 * HOUR_US);
        in_yen["currency"] = json!("jpy");
        let checkout = test.post(&test.user("ada"), PAY, &in_yen).await.json();
        let purchase_id = checkout["purchase_id"].as_str().unwrap();
        let abroad = Begun {
            session: checkout["id"].as_str().unwrap().to_owned(),
            booking_id: purchase_id.replace("pur_", "bkg_"),
        };
        pay(&test, &abroad).await;
        test.settle().await;
        let refused = change(&test, "ada", &abroad, "reschedule", &to("chat", at + 5 * HOUR_US)).await;
        assert_eq!(refused.json()["code"], "unknown_item", "{}", refused.json());
        let moved = change(&test, "ada", &abroad, "reschedule", &to("mentoring", at + 7 * HOUR_US)).await;
        assert_eq!((moved.status, &moved.json()["amount_minor"]), (200, &json!(9000)));
        test.finish().await;
    })
    .await;
}

/// Where the same shop is reached after a restart with another catalogue.
async fn restarted(test: &TestApp, catalogue: &str) -> String {
    let app = test.selling(catalogue).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = routes::router(app.clone(), axum::Router::new());
    tokio::spawn(async move { server::serve(listener, router, &app.config.settings.limits, &app.shutdown).await });
    base
}

#[tokio::test]
async fn a_move_follows_a_price_that_fell_since_and_none_that_rose() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        for (number, (price, paid, back)) in (1..).zip([(7000, 6001, 0), (5000, 5000, 1001), (5500, 5000, 0)]) {
            let changed = CATALOGUE.replace("usd = 6001", &format!("usd = {price}"));
            let base = restarted(&test, &format!("{changed}{OTHERS}")).await;
            let url = format!("{base}/api/bookings/{}/reschedule", begun.booking_id);
            let body = json!({ "starts_at": Moment(at + number * HOUR_US).to_string() });
            let request = test.http.post(url).bearer_auth(test.user("ada")).json(&body);
            let key = format!("price-{price}");
            let said: Value = request
                .header("idempotency-key", key)
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            assert_eq!(said["amount_minor"], paid, "at {price}: {said}");
            assert_eq!(make_refunds(&test).await, usize::from(back > 0));
            adds_up(&test, &begun).await;
        }
        assert_eq!(read(&test, &begun).await["refunded_minor"], 1001);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_time_that_cannot_be_had_gives_nothing_back() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 72);
        let begun = paid(&test, at).await;
        let other = paid(&test, at + 5 * HOUR_US).await;
        let taken = change(&test, "ada", &begun, "reschedule", &to("chat", at + 5 * HOUR_US)).await;
        assert_eq!((taken.status, &taken.json()["code"]), (409, &json!("slot_taken")));
        assert_eq!(make_refunds(&test).await, 0);
        for one in [&begun, &other] {
            assert_eq!(read(&test, one).await["amount_minor"], 6001);
            assert_eq!(figures(&line(&test, one).await), (5101, 0, 0, 5101));
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn of_moves_and_a_cancellation_at_once_no_more_goes_back_than_is_owed() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        for round in 0..4 {
            let at = hour(&test, 30);
            let begun = paid(&test, at).await;
            let path = |what: &str| format!("/api/bookings/{}/{what}", begun.booking_id);
            let (reschedule, cancel) = (path("reschedule"), path("cancel"));
            let (ada, cheaper, nothing) = (test.user("ada"), to("chat", at + HOUR_US), json!({}));
            let tries = (0..10).map(|number| match number {
                4 => test.post(&ada, &cancel, &nothing),
                _ => test.post(&ada, &reschedule, &cheaper),
            });
            let answers = all_at_once(tries).await;
            assert_eq!(answers[4].status, 200, "{answers:?}");
            let was_moved = answers
                .iter()
                .enumerate()
                .any(|(number, one)| number != 4 && one.status == 200);
            let back = if was_moved { 2501 + 1750 } else { 3001 };
            make_refunds(&test).await;
            let booking = read(&test, &begun).await;
            assert_eq!(booking["refunded_minor"], back, "round {round}: {answers:?}");
            adds_up(&test, &begun).await;
        }
        test.finish().await;
    })
    .await;
}

//! What builders earn of bookings: the price less the fee, transferred some time after the session; less where money goes back.

use ledger::{AccountKey, Role};
use paydesk::books;
use serde_json::json;
use store::testing::for_each_engine;

use super::changes::change;
use super::prices::{HOURS, begin, paid};
use super::*;
use crate::earnings::{at_stripe, stands as figures, work};
use crate::payouts::turn;

/// What grace earned, newest first.
async fn earnings(test: &TestApp) -> Vec<Value> {
    let listed = test
        .get(&test.user("grace"), "/api/payouts/grace/earnings?limit=100")
        .await;
    assert_eq!(listed.status, 200, "{}", listed.json());
    listed.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_builder_earns_the_price_less_the_fee_and_is_paid_some_time_after_the_session() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 5);
        let begun = paid(&test, at).await;
        let lines = earnings(&test).await;
        assert_eq!(lines.len(), 1);
        assert_eq!(figures(&lines[0]), (5101, 0, 0, 5101));
        assert_eq!(
            (&lines[0]["sale"], &lines[0]["fee_minor"], &lines[0]["payable_at"]),
            (
                &json!(format!("booking:{}", begun.booking_id)),
                &json!(900),
                &json!(Moment(at + HOUR_US + 2 * DAY_US).to_string())
            )
        );
        // Moved to a later hour, it is paid for later.
        let to = json!({ "starts_at": Moment(at + 6 * HOUR_US).to_string() });
        assert_eq!(change(&test, "ada", &begun, "reschedule", &to).await.status, 200);
        turn(&test, 6 * HOURS + 48 * HOURS).await;
        work(&test).await;
        assert!(
            at_stripe(&test).await.is_empty(),
            "it would have been due at its first time"
        );
        turn(&test, 7 * HOURS).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(5101, 0)]);
        assert_eq!(figures(&earnings(&test).await[0]), (5101, 5101, 0, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_goes_back_of_a_booking_is_not_earned_before_the_transfer_and_taken_back_after_it() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let cancelled = paid(&test, at).await;
        assert_eq!(change(&test, "ada", &cancelled, "cancel", &json!({})).await.status, 200);
        // Half of it goes back. That is known at once, though Stripe has not been asked yet.
        assert_eq!(figures(&earnings(&test).await[0]), (2550, 0, 0, 2550));
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(figures(&earnings(&test).await[0]), (2550, 0, 0, 2550));

        let missed = paid(&test, at).await;
        turn(&test, (32 + 48) * HOURS).await;
        work(&test).await;
        let mut made = at_stripe(&test).await;
        made.sort_unstable();
        assert_eq!(made, [(2550, 0), (5101, 0)]);
        // The operator gives the money back afterwards: first a part, then the rest.
        let purchase_id = read(&test, &missed).await["purchase_id"].clone();
        for (part, left) in [(3000, 2550), (3001, 0)] {
            let body = json!({ "purchase_id": purchase_id, "amount_minor": part });
            assert_eq!(test.post(ADMIN, "/api/refunds", &body).await.status, 201);
            test.settle().await;
            work(&test).await;
            // Both were earned at the same moment, so either may be listed first.
            let (sale, lines) = (format!("booking:{}", missed.booking_id), earnings(&test).await);
            let of_missed = lines.iter().find(|line| line["sale"] == json!(sale)).unwrap();
            assert_eq!(figures(of_missed), (left, 5101, 5101 - left, 0));
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_transferred_is_taken_back_only_once_the_buyer_has_their_money() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let begun = paid(&test, hour(&test, 5)).await;
        turn(&test, (7 + 48) * HOURS).await;
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(5101, 0)]);
        assert_eq!(change(&test, "grace", &begun, "cancel", &json!({})).await.status, 200);
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(5101, 0)], "the refund is not made yet");
        assert_eq!(make_refunds(&test).await, 1);
        work(&test).await;
        assert_eq!(at_stripe(&test).await, [(5101, 5101)]);
        assert_eq!(figures(&earnings(&test).await[0]), (0, 5101, 5101, 0));
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_builder_who_cancels_earns_nothing_even_where_the_refund_fails() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let begun = paid(&test, hour(&test, 30)).await;
        assert_eq!(change(&test, "grace", &begun, "cancel", &json!({})).await.status, 200);
        assert_eq!(figures(&earnings(&test).await[0]), (0, 0, 0, 0));
        assert_eq!(make_refunds(&test).await, 1);
        assert_eq!(stands(&test, &begun).await, "refunded");
        let refunds = test.at_stripe("GET", "/v1/refunds?limit=1", &[]).await;
        let path = format!("/refunds/{}/settle", refunds["data"][0]["id"].as_str().unwrap());
        test.steer(&path, &json!({ "outcome": "failed" })).await;
        test.settle().await;
        assert_eq!(stands(&test, &begun).await, "cancelled");
        assert_eq!(figures(&earnings(&test).await[0]), (0, 0, 0, 0));
        test.finish().await;
    })
    .await;
}

/// Grace's statement of a period.
async fn statement(test: &TestApp, (from_us, to_us): (i64, i64)) -> Value {
    let period = format!("from={}&to={}", Moment(from_us), Moment(to_us));
    let answered = test
        .get(&test.user("grace"), &format!("/api/payouts/grace/statement?{period}"))
        .await;
    assert_eq!(answered.status, 200, "{}", answered.json());
    let table = test
        .get(
            &test.user("grace"),
            &format!("/api/payouts/grace/statement.csv?{period}"),
        )
        .await;
    let table = String::from_utf8(table.bytes).unwrap();
    let said = answered.json();
    let entries = said["entries"].as_array().unwrap();
    assert_eq!(table.lines().count(), entries.len() + 1);
    let printed = test
        .get(
            &test.user("grace"),
            &format!("/api/payouts/grace/statement.pdf?{period}"),
        )
        .await;
    let printed = String::from_utf8_lossy(&printed.bytes);
    assert!(printed.starts_with("%PDF-"), "{printed}");
    let sales = entries
        .iter()
        .filter(|entry| printed.contains(entry["sale"].as_str().unwrap()));
    assert_eq!(sales.count(), entries.len());
    said
}

#[tokio::test]
async fn statements_go_on_where_the_ones_before_end() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let began = test.app.clock.now_us();
        let begun = paid(&test, hour(&test, 5)).await;
        turn(&test, (7 + 48) * HOURS).await;
        work(&test).await;
        turn(&test, HOURS).await;
        let between = test.app.clock.now_us();
        let purchase_id = read(&test, &begun).await["purchase_id"].clone();
        let part = json!({ "purchase_id": purchase_id, "amount_minor": 3000 });
        assert_eq!(test.post(ADMIN, "/api/refunds", &part).await.status, 201);
        test.settle().await;
        work(&test).await;
        let ended = test.app.clock.now_us() + 1;

        let first = statement(&test, (began, between)).await;
        let sale = format!("booking:{}", begun.booking_id);
        let kinds = |said: &Value| {
            let entries = said["entries"].as_array().unwrap().iter();
            entries
                .map(|one| {
                    assert_eq!(one["sale"], sale);
                    (
                        one["kind"].as_str().unwrap().to_owned(),
                        one["amount_minor"].as_i64().unwrap(),
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            kinds(&first),
            [("earned".to_owned(), 5101), ("transferred".to_owned(), -5101)]
        );
        assert_eq!(first["sums"][0]["closing_minor"], 0);
        let second = statement(&test, (between, ended)).await;
        assert_eq!(
            kinds(&second),
            [("reversed".to_owned(), -2551), ("taken_back".to_owned(), 2551)]
        );
        assert_eq!(
            second["sums"],
            json!([{ "currency": "usd", "opening_minor": 0, "earned_minor": 0, "reversed_minor": 2551,
                     "transferred_minor": 0, "taken_back_minor": 2551, "closing_minor": 0 }])
        );
        let whole = statement(&test, (began, ended)).await;
        assert_eq!(whole["sums"][0]["earned_minor"], 5101);
        assert_eq!(whole["sums"][0]["closing_minor"], 0);
        let wrong = format!("from={}&to={}", Moment(ended), Moment(began));
        let wrong = test
            .get(&test.user("grace"), &format!("/api/payouts/grace/statement?{wrong}"))
            .await;
        assert_eq!(wrong.json()["field"], "to", "{}", wrong.json());
        test.finish().await;
    })
    .await;
}

/// The next number of a sequence that repeats with its seed.
fn roll(seed: &mut u64, below: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % below
}

/// One step of a history of bookings.
async fn step(test: &TestApp, seed: &mut u64, booked: &mut Vec<Begun>) {
    let one = usize::try_from(roll(seed, booked.len().max(1) as u64)).unwrap();
    match (roll(seed, 10), booked.get(one)) {
        (0..=2, _) | (_, None) => {
            let at = hour(test, 24 + i64::try_from(roll(seed, 400)).unwrap());
            if !free(test, at, at + 1).await.is_empty() {
                booked.push(paid(test, at).await);
            }
        }
        (3, Some(begun)) => drop(change(test, "ada", begun, "cancel", &json!({})).await),
        (4, Some(begun)) => drop(change(test, "grace", begun, "cancel", &json!({})).await),
        (5, Some(begun)) => {
            let to = hour(test, 24 + i64::try_from(roll(seed, 400)).unwrap());
            let session_type = ["mentoring", "chat", "hello"][usize::try_from(roll(seed, 3)).unwrap()];
            let to = json!({ "starts_at": Moment(to).to_string(), "session_type": session_type });
            drop(change(test, "ada", begun, "reschedule", &to).await);
        }
        (6, Some(begun)) => {
            let purchase_id = read(test, begun).await["purchase_id"].clone();
            let part = i64::try_from(roll(seed, 3000) + 1).unwrap();
            let body = json!({ "purchase_id": purchase_id, "amount_minor": part });
            drop(test.post(ADMIN, "/api/refunds", &body).await);
        }
        (7, Some(_)) => {
            let kind = if roll(seed, 2) == 0 {
                json!({ "kind": "refuse", "status": 400, "method": "POST", "path": "/v1/transfers/", "count": 1 })
            } else {
                json!({ "kind": "timeout_after", "ms": 0, "method": "POST", "path": "/v1/transfers", "count": 3 })
            };
            drop(test.steer("/faults", &kind).await);
        }
        (_, Some(_)) => turn(test, 40 * HOURS).await,
    }
    make_refunds(test).await;
    work(test).await;
}

#[tokio::test]
async fn for_a_history_of_bookings_what_was_collected_is_somebodys_to_the_last_unit() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let (mut seed, mut booked) = (7, Vec::new());
        for _ in 0..30 {
            step(&test, &mut seed, &mut booked).await;
        }
        test.lift_faults().await;
        turn(&test, 24 * 24 * HOURS).await;
        work(&test).await;
        let (mut paid_minor, mut refunded_minor) = (0, 0);
        for begun in &booked {
            let booking = read(&test, begun).await;
            paid_minor += booking["paid_minor"].as_i64().unwrap();
            refunded_minor += booking["refunded_minor"].as_i64().unwrap();
        }
        let (lines, made) = (earnings(&test).await, at_stripe(&test).await);
        let sum = |field: &str| lines.iter().map(|line| line[field].as_i64().unwrap()).sum::<i64>();
        assert!(booked.len() > 4 && made.len() > 2, "{} {}", booked.len(), made.len());
        assert_eq!(paid_minor, sum("gross_minor"));
        assert_eq!(refunded_minor, sum("refunded_minor"));
        assert_eq!(paid_minor, refunded_minor + sum("fee_minor") + sum("earned_minor"));
        assert_eq!(sum("offset_minor"), 0);
        let transferred: i64 = made.iter().map(|(amount, back)| amount - back).sum();
        assert_eq!(sum("transferred_minor") - sum("taken_back_minor"), transferred);
        let told = statement(&test, (0, test.app.clock.now_us() + 1)).await;
        assert_eq!(told["sums"][0]["closing_minor"], sum("outstanding_minor"));
        // And the books say the same: what is payable, what the platform has, and what Stripe holds for both.
        let currency = "usd".parse().unwrap();
        let balances = test.app.store.read(move |tx| {
            let of = |tx: &mut store::Tx<'_>, role| books::house_balance(tx, &AccountKey::money(currency, role));
            Ok::<_, store::Error>((
                of(tx, Role::BuilderPayable)?,
                of(tx, Role::PlatformRevenue)?,
                of(tx, Role::StripeClearing)?,
            ))
        });
        let (payable, revenue, clearing) = balances.await.unwrap();
        assert_eq!(payable, sum("earned_minor") - transferred);
        assert_eq!(revenue, sum("fee_minor"));
        assert_eq!(payable + revenue + transferred + refunded_minor, paid_minor);
        assert_eq!(payable + revenue + clearing, 0);
        test.finish().await;
    })
    .await;
}

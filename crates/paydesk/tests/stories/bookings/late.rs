//! Money that comes when its time was given free, and pages that ended without a word.

use paydesk::clock::SECOND_US;
use serde_json::json;
use store::testing::for_each_engine;
use stripe::signature::{SigningSecret, sign};

use super::*;
use crate::reversals::{payment, refund};
use crate::support::WEBHOOK_SECRET;

/// Tells that the page of a booking ended, though it can be paid there still.
pub(super) async fn tell_expired(test: &TestApp, begun: &Begun) {
    let path = format!("/v1/checkout/sessions/{}", begun.session);
    let mut session = test.at_stripe("GET", &path, &[]).await;
    session["status"] = json!("expired");
    let event = json!({
        "id": format!("evt_early_{}", begun.booking_id), "object": "event", "api_version": stripe::API_VERSION,
        "created": test.app.clock.now_us() / SECOND_US, "livemode": false, "type": "checkout.session.expired",
        "data": { "object": session },
    });
    let body = event.to_string();
    let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
    let signature = sign(body.as_bytes(), &secret, test.app.clock.now_us() / SECOND_US);
    let request = test.http.post(format!("{}/api/stripe/webhook", test.base));
    let request = request.header("stripe-signature", signature).body(body);
    assert_eq!(request.send().await.unwrap().status(), 200);
    test.handle().await;
    assert_eq!(stands(test, begun).await, "released");
}

#[tokio::test]
async fn late_money_has_its_time_again_where_nobody_took_it() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let begun = begin_booking(&test, "ada", at).await;
        tell_expired(&test, &begun).await;
        pay(&test, &begun).await;
        test.settle().await;
        assert_eq!(stands(&test, &begun).await, "confirmed");
        assert_eq!(book(&test, "bob", at).await.status, 409);
        assert_eq!(make_refunds(&test).await, 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn late_money_whose_time_is_gone_goes_back_by_itself_and_once() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let late = begin_booking(&test, "ada", at).await;
        tell_expired(&test, &late).await;
        let quicker = begin_booking(&test, "bob", at).await;
        pay(&test, &late).await;
        test.settle().await;
        let booking = read(&test, &late).await;
        assert_eq!(
            (&booking["status"], &booking["paid_minor"]),
            (&json!("paid_unplaced"), &json!(6001))
        );
        pay(&test, &quicker).await;
        test.settle().await;
        assert_eq!(stands(&test, &quicker).await, "confirmed");
        assert_eq!(make_refunds(&test).await, 1);
        let booking = read(&test, &late).await;
        assert_eq!(
            (&booking["status"], &booking["refunded_minor"]),
            (&json!("refunded"), &json!(6001))
        );
        test.replay_all().await;
        assert_eq!(make_refunds(&test).await, 0, "once, however often it is told");
        assert_eq!(stands(&test, &quicker).await, "confirmed");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_ended_in_silence_is_ended_at_stripe_before_another_has_its_time() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let silent = begin_booking(&test, "ada", at).await;
        // What is paid there before is found out about, and nobody else gets the time.
        let paid = begin_booking(&test, "ada", at + 4 * HOUR_US).await;
        let lost = json!({ "kind": "drop", "count": 50 });
        test.steer("/faults", &lost).await;
        pay(&test, &paid).await;
        turn(&test, 50 * 60).await;
        let taken = book(&test, "bob", at + 4 * HOUR_US).await;
        assert_eq!(taken.json()["code"], "slot_taken", "{}", taken.json());
        assert_eq!(stands(&test, &paid).await, "confirmed");
        let begun = begin_booking(&test, "bob", at).await;
        assert_eq!(stands(&test, &silent).await, "released");
        let path = format!("/v1/checkout/sessions/{}", silent.session);
        assert_eq!(test.at_stripe("GET", &path, &[]).await["status"], "expired");
        test.lift_faults().await;
        turn(&test, 0).await;
        pay(&test, &begun).await;
        test.settle().await;
        assert_eq!(stands(&test, &begun).await, "confirmed");
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_booking_whose_money_went_back_gives_its_time_free_and_has_it_again_if_it_can() {
    for_each_engine(async |database| {
        let test = begin(database).await;
        let at = hour(&test, 30);
        let mut failing = Vec::new();
        for (number, start) in [at, at + 4 * HOUR_US].into_iter().enumerate() {
            let begun = begin_booking(&test, "ada", start).await;
            pay(&test, &begun).await;
            test.settle().await;
            let purchase_id = read(&test, &begun).await["purchase_id"].as_str().unwrap().to_owned();
            let paid = payment(&test, &purchase_id).await;
            let paid = paid["payment_intent_id"].as_str().unwrap();
            refund(&test, paid, 1, &format!("part{number}")).await;
            assert_eq!(stands(&test, &begun).await, "confirmed", "not for a part of it");
            let refunded = refund(&test, paid, 6000, &format!("rest{number}")).await;
            assert_eq!(stands(&test, &begun).await, "refunded");
            failing.push((begun, refunded));
        }
        let other = begin_booking(&test, "bob", at).await;
        for (_, refunded) in &failing {
            let path = format!("/refunds/{refunded}/settle");
            test.steer(&path, &json!({ "outcome": "failed" })).await;
        }
        test.settle().await;
        assert_eq!(stands(&test, &failing[0].0).await, "paid_unplaced", "bob has its time");
        assert_eq!(stands(&test, &failing[1].0).await, "confirmed");
        assert_eq!(stands(&test, &other).await, "pending");
        test.finish().await;
    })
    .await;
}

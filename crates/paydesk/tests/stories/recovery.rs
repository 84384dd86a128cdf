//! Recovery: it catches up at once, and does not ask for ever about what is not ours.

use std::time::Duration;

use paydesk::purchases;
use serde_json::json;
use store::testing::for_each_engine;
use store::{Error, Field, Rows};
use stripe::IdempotencyKey;

use crate::support::TestApp;

/// Purchases of these ids, open, with these sessions, and due for a look since ever.
async fn write(test: &TestApp, purchases: Vec<(String, Option<String>)>) {
    let written = test.app.store.write(move |tx| {
        let rows = Rows::of(
            purchases
                .iter()
                .map(|(id, session)| [Field::from(id), session.as_deref().into()]),
        );
        tx.run(
            "insert into purchase (purchase_id, user_id, kind, item_id, quantity, credits, order_id, currency, amount_minor,
                                   status, session_id, success_url, cancel_url, created_at_us, expires_at_us,
                                   next_check_at_us)
             select r.purchase_id, 'ada', 'credit_pack', 'starter', 1, 100, '', 'usd', 1000, 'open', r.session_id, '', '',
                    0, 0, 0
             from rows($1: purchase_id text, session_id text)",
            &[rows.into()],
        )
    });
    written.await.map_err(|error: Error| error.to_string()).unwrap();
}

async fn count(test: &TestApp, sql: &'static str) -> i64 {
    let row = test.app.store.read(move |tx| tx.one(sql, &[])).await.unwrap();
    row.unwrap().int(0).unwrap()
}

#[tokio::test]
async fn more_than_a_batch_is_taken_up_without_a_pause() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        write(&test, (0..70).map(|number| (format!("pur_{number}"), None)).collect()).await;
        let running = tokio::spawn(purchases::run_recovery(test.app.clone()));
        let caught_up =
            async { while count(&test, "select count(*) from purchase where next_check_at_us = 0").await > 0 {} };
        tokio::time::timeout(Duration::from_secs(8), caught_up).await.unwrap();
        test.app.shutdown.begin();
        running.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_not_ours_is_asked_about_once() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let session = json!({
            "mode": "payment",
            "success_url": "https://example.com/",
            "line_items": [{
                "quantity": 1,
                "price_data": { "currency": "usd", "unit_amount": 1000, "product_data": { "name": "Theirs" } },
            }],
        });
        let key = IdempotencyKey::new("theirs").unwrap();
        let session = test.app.stripe.create_checkout_session(&session, &key).await.unwrap();
        write(&test, vec![("pur_theirs".into(), Some(session.id))]).await;
        assert_eq!(purchases::recover(&test.app).await.unwrap(), 1);
        let resting = "select count(*) from purchase where next_check_at_us = 9223372036854775807 and status = 'open'";
        assert_eq!(count(&test, resting).await, 1);
    })
    .await;
}

//! Reports: the dashboard tells what happened, and each of its figures is what a recount comes to.

use std::time::Duration;

use paydesk::clock::Clock;
use paydesk::schema::MIGRATIONS;
use paydesk::{inbox, purchases};
use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::reversals::{buy, dispute, refund, spend};
use crate::support::{ADMIN, TestApp, recount};

const DAY: u64 = 86_400;

/// The dashboard of some days.
pub(crate) async fn dashboard(test: &TestApp, query: &str) -> Value {
    let answered = test
        .get(ADMIN, &format!("/api/financial/admin/dashboard?{query}"))
        .await;
    assert_eq!(answered.status, 200, "{}", answered.json());
    answered.json()
}

/// Fills in all fees that are due. Gives how many payments Stripe was asked about.
async fn fill_fees(test: &TestApp) -> usize {
    let mut asked = 0;
    loop {
        match purchases::fill_fees(&test.app).await.unwrap() {
            0 => return asked,
            count => asked += count,
        }
    }
}

/// Begins a purchase whose card is declined. Gives the session.
async fn declined(test: &TestApp) -> String {
    let ada = test.user("ada");
    let checkout = test
        .checkout(&ada, &json!({ "item_id": "starter", "quantity": 2 }))
        .await;
    let session = checkout["id"].as_str().unwrap().to_owned();
    // The sandbox says that the card was declined, which is no success.
    let pay = format!("{}/_sandbox/checkout/{session}/pay", test.sandbox_base);
    let card = json!({ "card": "4000000000000002" });
    test.http.post(pay).json(&card).send().await.unwrap();
    test.settle().await;
    session
}

async fn pay(test: &TestApp, session: &str, card: &str) {
    test.steer(&format!("/checkout/{session}/pay"), &json!({ "card": card }))
        .await;
    test.settle().await;
}

#[tokio::test]
async fn the_dashboard_tells_what_happened_and_fits_a_recount() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let (_, first) = buy(&test, 3).await;
        let (_, second) = buy(&test, 1).await;
        let session = declined(&test).await;
        declined(&test).await;
        pay(&test, &session, "4242424242424242").await;
        refund(&test, &first, 500, "r1").await;
        let failing = refund(&test, &first, 700, "r2").await;
        test.steer(&format!("/refunds/{failing}/settle"), &json!({ "outcome": "failed" }))
            .await;
        assert_eq!(spend(&test, 20).await, 200);
        dispute(&test, &second).await;
        let welcome = json!({ "amount": 7, "reason": "welcome" });
        test.post(ADMIN, "/api/financial/credits/bob/add", &welcome).await;
        test.settle().await;

        assert_eq!(fill_fees(&test).await, 0, "Stripe is given a minute");
        test.app.clock.advance(Duration::from_secs(61));
        assert_eq!(fill_fees(&test).await, 3);
        assert_eq!(fill_fees(&test).await, 0, "each is asked about once");
        let figures = recount::check(&test.app.store, test.app.clock.now_us()).await;

        let seen = dashboard(&test, "currency=usd").await;
        let revenue = &seen["totals"]["revenue"];
        let fees = (87 + 30) + (29 + 30) + (58 + 30);
        assert_eq!(
            revenue,
            &json!({ "payments": 3, "gross_minor": 6000, "reversed_minor": 1500, "refunds": 1, "refunds_minor": 500,
                     "disputes": 1, "disputes_minor": 1000, "fees_minor": fees, "net_minor": 6000 - 1500 - fees })
        );
        let failed = &seen["totals"]["failed_payments"];
        assert_eq!(
            failed,
            &json!({ "failed": 2, "failed_minor": 4000, "recovered": 1, "recovered_minor": 2000 })
        );
        assert_eq!(
            seen["totals"]["credits"],
            json!({ "granted": 600, "added": 7, "used": 20, "uses": 1, "expired": 0, "removed": 0, "clawed_back": 150,
                    "liability": 600 + 7 - 20 - 150 })
        );
        let all = (i64::MIN, i64::MAX);
        assert_eq!(
            seen["totals"]["events"]["received"],
            recount::sum(&figures, "events", "received", all).1
        );
        assert_eq!(
            seen["webhooks"],
            json!({ "waiting": 0, "retrying": 0, "dead": 0, "lag_seconds": 0 })
        );
        assert_eq!(
            dashboard(&test, "currency=eur").await["totals"]["revenue"]["gross_minor"],
            0
        );
        assert_eq!(seen["currencies"], json!(["usd"]), "nothing came in another");

        // The same again counts nothing twice.
        assert_eq!(recount::check(&test.app.store, test.app.clock.now_us()).await, figures);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_dispute_that_is_won_counts_no_more() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (_, paid) = buy(&test, 1).await;
        let dispute_id = dispute(&test, &paid).await;
        assert_eq!(dashboard(&test, "").await["totals"]["revenue"]["disputes_minor"], 1000);
        test.steer(&format!("/disputes/{dispute_id}/close"), &json!({ "won": true }))
            .await;
        test.settle().await;
        assert_eq!(dashboard(&test, "").await["totals"]["revenue"]["disputes_minor"], 0);
        recount::check(&test.app.store, test.app.clock.now_us()).await;
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn intervals_have_no_gaps_and_add_up_to_the_whole() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let mut first_day = String::new();
        for round in 0..6 {
            let body = json!({ "amount": 10 + round, "reason": "welcome" });
            test.post(ADMIN, "/api/financial/credits/ada/add", &body).await;
            spend(&test, 3).await;
            if first_day.is_empty() {
                dashboard(&test, "").await["to"]
                    .as_str()
                    .unwrap()
                    .clone_into(&mut first_day);
            }
            test.app.clock.advance(Duration::from_secs(9 * DAY));
        }
        recount::check(&test.app.store, test.app.clock.now_us()).await;
        for interval in ["day", "week", "month"] {
            let seen = dashboard(&test, &format!("from={first_day}&interval={interval}")).await;
            let series = seen["series"].as_array().unwrap();
            let whole = |name: &str| {
                series
                    .iter()
                    .map(|point| point["credits"][name].as_i64().unwrap())
                    .sum::<i64>()
            };
            assert_eq!(
                (whole("added"), whole("used"), whole("uses")),
                (75, 18, 6),
                "{interval}"
            );
            assert_eq!(seen["totals"]["credits"]["added"], 75, "{interval}");
            let last = series.last().unwrap();
            assert_eq!(last["credits"]["liability"], 57, "{interval}");
            assert_eq!(
                (&series[0]["start"], &last["end"]),
                (&seen["from"], &seen["to"]),
                "{interval}"
            );
            let wanted = match interval {
                "day" => 55..=55,
                "week" => 8..=9,
                _ => 2..=3,
            };
            assert!(wanted.contains(&series.len()), "{interval}: {}", series.len());
        }
        let later = dashboard(&test, "").await;
        assert_eq!(later["series"].as_array().unwrap().len(), 30);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_dashboard_is_for_the_operator_and_services_with_the_scope() {
    for_each_engine(async |database| {
        let test = TestApp::begin_without_catalogue(database).await;
        let path = "/api/financial/admin/dashboard";
        assert_eq!(test.get(&test.user("ada"), path).await.status, 403);
        for (query, field) in [
            ("from=2026-02-30", "from"),
            ("from=2026-02-02&to=2026-02-01", "from"),
            ("from=1960-01-01", "from"),
            ("from=2016-01-01&to=2026-02-01", "from"),
            ("from=2024-01-01&to=2026-02-01", "interval"),
            ("interval=hour", "interval"),
            ("currency=xxy", "currency"),
            ("zz=1", "zz"),
        ] {
            let refused = test.get(ADMIN, &format!("{path}?{query}")).await;
            let said = refused.json();
            assert_eq!(
                (refused.status, said["code"].as_str()),
                (400, Some("invalid_query")),
                "{query}: {said}"
            );
            if query != "zz=1" && said["field"].is_string() {
                assert_eq!(said["field"], field, "{query}: {said}");
            }
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn webhooks_that_wait_or_died_are_told_of() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        let body = json!({ "item_id": "starter" });
        let checkout = test.checkout(&test.user("ada"), &body).await;
        let session = checkout["id"].as_str().unwrap();
        test.steer(
            &format!("/checkout/{session}/pay"),
            &json!({ "card": "4242424242424242" }),
        )
        .await;
        test.steer("/drain", &json!({ "flush": true })).await;
        test.app.clock.advance(Duration::from_secs(90));
        let seen = dashboard(&test, "").await;
        let waiting = test.app.store.read(inbox::pending).await.unwrap();
        assert!(waiting > 0);
        assert_eq!(seen["webhooks"]["waiting"], waiting);
        assert!(seen["webhooks"]["lag_seconds"].as_i64().unwrap() >= 90, "{seen}");
        test.handle().await;
        assert_eq!(dashboard(&test, "").await["webhooks"]["lag_seconds"], 0);
        test.finish().await;
    })
    .await;
}

/// What stood in a database before reports were counted.
const BEFORE: [&str; 5] = [
    "insert into purchase (purchase_id, user_id, kind, item_id, quantity, credits, order_id, currency, amount_minor, status,
                           success_url, cancel_url, created_at_us, expires_at_us, next_check_at_us)
     values ('pur_1', 'ada', 'credit_pack', 'starter', 1, 100, '', 'usd', 1000, 'paid', '', '', 1, 1, 9000000000000000000),
            ('pur_3', 'ada', 'credit_pack', 'starter', 1, 100, '', 'eur', 700, 'open', '', '', 1, 1, 9000000000000000000)",
    "insert into payment (purchase_id, payment_intent_id, user_id, currency, amount_minor, status, updated_at_us)
     values ('pur_1', 'pi_1', 'ada', 'usd', 1000, 'succeeded', 1790000000000000),
            ('', 'pi_2', '', 'usd', 0, 'requires_payment_method', 1790000000000000),
            ('pur_3', 'pi_3', 'ada', 'eur', 700, 'requires_payment_method', 1790000000000000)",
    "insert into refund (refund_id, payment_intent_id, amount_minor, currency, status, created_s, updated_at_us)
     values ('re_1', 'pi_1', 300, 'usd', 'pending', 1790000000, 1), ('re_2', 'pi_1', 200, 'usd', 'failed', 1790000000, 1),
            ('re_3', 'pi_1', 50, 'usd', 'succeeded', 1790000001, 1), ('re_4', 'pi_2', 400, 'usd', 'succeeded', 1790000000, 1)",
    "insert into dispute (dispute_id, payment_intent_id, amount_minor, currency, status, withdrawn, reinstated, created_s,
                          updated_at_us)
     values ('dp_1', 'pi_1', 500, 'usd', 'needs_response', 1, 0, 1790000000, 1),
            ('dp_2', 'pi_1', 600, 'usd', 'won', 1, 1, 1790000000, 1),
            ('dp_3', 'pi_1', 610, 'usd', 'warning_closed', 0, 0, 1790000000, 1),
            ('dp_4', 'pi_1', 620, 'usd', 'lost', 0, 0, 1790100000, 1)",
    "insert into event (stripe_id, account, livemode, type, object_id, lane, created_s, received_at_us, status, attempts,
                        next_attempt_at_us)
     values ('evt_1', '', 0, 'payment_intent.payment_failed', 'pi_3', 'pi_3', 1790000000, 1790000000000000, 'processed', 1, 0)",
];

#[tokio::test]
async fn what_is_there_already_is_counted_when_reports_come() {
    for_each_engine(async |database| {
        let store = database.store();
        let reports = MIGRATIONS.iter().position(|step| step.name == "reports").unwrap();
        store.migrate(&MIGRATIONS[..reports]).await.unwrap();
        let written = store.write(|tx| BEFORE.iter().try_for_each(|sql| tx.run(sql, &[]).map(drop)));
        written.await.map_err(|error: store::Error| error.to_string()).unwrap();
        store.migrate(MIGRATIONS).await.unwrap();
        let figures = recount::check(store, Clock::system().now_us()).await;
        let all = (i64::MIN, i64::MAX);
        for (unit, figure, sum) in [
            ("usd", "refunded", (350, 2)),
            ("usd", "disputed", (1120, 2)),
            ("eur", "failed", (700, 1)),
            ("events", "received", (1, 1)),
        ] {
            assert_eq!(recount::sum(&figures, unit, figure, all), sum, "{figure}");
        }
    })
    .await;
}

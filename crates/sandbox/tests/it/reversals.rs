//! Money that goes back: refunds decided on request, disputes won and lost, and the warnings before them.

use serde_json::{Value, json};

use crate::desk::Desk;

async fn paid(desk: &Desk, method: &str) -> String {
    let form: &[(&str, &str)] = &[
        ("amount", "1000"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", method),
    ];
    desk.make("/v1/payment_intents", form).await
}

async fn newest(desk: &Desk, path: &str, intent: &str) -> Value {
    desk.get(path, &[("payment_intent", intent)]).await.body["data"][0].clone()
}

/// The types of the events since there were `count` of them.
async fn types_since(desk: &Desk, count: usize) -> Vec<String> {
    desk.event_types().await.split_off(count)
}

#[tokio::test]
async fn any_refund_can_be_made_to_fail_after_it_has_succeeded() {
    let desk = Desk::new();
    let intent = paid(&desk, "pm_card_visa").await;
    let form: &[(&str, &str)] = &[("payment_intent", &intent), ("metadata[order]", "o_1")];
    let refund = desk.post("/v1/refunds", form).await;
    assert_eq!(refund.body["status"], "succeeded");
    let count = desk.event_types().await.len();
    let settle = format!("/refunds/{}/settle", refund.id());
    let failed = desk
        .control(&settle, json!({ "outcome": "failed", "reason": "lost_or_stolen_card" }))
        .await;
    assert_eq!(
        (
            &failed["status"],
            &failed["failure_reason"],
            &failed["metadata"]["order"]
        ),
        (&json!("failed"), &json!("lost_or_stolen_card"), &json!("o_1"))
    );
    assert_eq!(
        types_since(&desk, count).await,
        [
            "refund.updated",
            "charge.refund.updated",
            "refund.failed",
            "charge.updated"
        ]
    );
    let charge = newest(&desk, "/v1/charges", &intent).await;
    assert_eq!(
        (&charge["amount_refunded"], &charge["refunded"]),
        (&json!(0), &json!(false))
    );
    // What has failed stays so, and its amount can be refunded again.
    desk.control(&settle, json!({ "outcome": "succeeded" })).await;
    assert_eq!(newest(&desk, "/v1/refunds", &intent).await["status"], "failed");
    assert_eq!(desk.post("/v1/refunds", form).await.body["status"], "succeeded");
}

#[tokio::test]
async fn a_slow_refund_ends_on_request() {
    for (outcome, status, refunded) in [("succeeded", "succeeded", 1000), ("failed", "failed", 0)] {
        let desk = Desk::new();
        let intent = paid(&desk, "pm_card_pendingRefund").await;
        let refund = desk.post("/v1/refunds", &[("payment_intent", &intent)]).await;
        assert_eq!(refund.body["status"], "pending");
        let ended = desk
            .control(
                &format!("/refunds/{}/settle", refund.id()),
                json!({ "outcome": outcome }),
            )
            .await;
        assert_eq!(ended["status"], status);
        desk.sandbox.advance(3600);
        assert_eq!(newest(&desk, "/v1/refunds", &intent).await["status"], status);
        assert_eq!(newest(&desk, "/v1/charges", &intent).await["amount_refunded"], refunded);
    }
}

#[tokio::test]
async fn a_dispute_of_any_payment_is_won_or_lost_on_request() {
    for (won, status, types) in [
        (
            true,
            "won",
            &["charge.dispute.funds_reinstated", "charge.dispute.closed"][..],
        ),
        (false, "lost", &["charge.dispute.closed"][..]),
    ] {
        let desk = Desk::new();
        let intent = paid(&desk, "pm_card_visa").await;
        let count = desk.event_types().await.len();
        let dispute = desk
            .control("/disputes", json!({ "payment_intent": intent, "reason": "duplicate" }))
            .await;
        assert_eq!(
            types_since(&desk, count).await,
            [
                "charge.updated",
                "charge.dispute.created",
                "charge.dispute.funds_withdrawn"
            ]
        );
        assert_eq!(
            (&dispute["amount"], &dispute["status"], &dispute["is_charge_refundable"]),
            (&json!(1000), &json!("needs_response"), &json!(false))
        );
        let refused = desk.post("/v1/refunds", &[("payment_intent", &intent)]).await;
        assert_eq!(refused.error("code"), "charge_disputed");
        let count = desk.event_types().await.len();
        let close = format!("/disputes/{}/close", dispute["id"].as_str().unwrap());
        assert_eq!(desk.control(&close, json!({ "won": won })).await["status"], status);
        assert_eq!(types_since(&desk, count).await, types);
        let closed = newest(&desk, "/v1/disputes", &intent).await;
        let moved = closed["balance_transactions"].as_array().unwrap().iter();
        let sum: i64 = moved.map(|row| row["amount"].as_i64().unwrap()).sum();
        assert_eq!(
            (closed["status"].as_str(), sum),
            (Some(status), if won { 0 } else { -1000 })
        );
        let again = desk.control(&close, json!({ "won": true })).await;
        assert!(again["error"].is_string(), "it is decided");
    }
}

#[tokio::test]
async fn an_inquiry_moves_no_money_and_leaves_the_charge_refundable() {
    let desk = Desk::new();
    let intent = paid(&desk, "pm_card_visa").await;
    let inquiry = desk
        .control("/disputes", json!({ "payment_intent": intent, "inquiry": true }))
        .await;
    assert_eq!(
        (&inquiry["status"], &inquiry["balance_transactions"]),
        (&json!("warning_needs_response"), &json!([]))
    );
    let refund = desk.post("/v1/refunds", &[("payment_intent", &intent)]).await;
    assert_eq!(refund.body["status"], "succeeded");
    let close = format!("/disputes/{}/close", inquiry["id"].as_str().unwrap());
    assert_eq!(desk.control(&close, json!({})).await["status"], "warning_closed");
    let types = desk.event_types().await;
    assert!(!types.iter().any(|kind| kind.contains("funds")), "{types:?}");
}

#[tokio::test]
async fn what_has_been_given_back_cannot_be_disputed() {
    let desk = Desk::new();
    let intent = paid(&desk, "pm_card_visa").await;
    desk.make("/v1/refunds", &[("payment_intent", &intent)]).await;
    let refused = desk.control("/disputes", json!({ "payment_intent": intent })).await;
    assert!(refused["error"].is_string(), "{refused}");
}

#[tokio::test]
async fn a_card_that_pays_and_is_warned_about() {
    let desk = Desk::new();
    let session = desk.session(&[]).await;
    let paid = desk
        .control(
            &format!("/checkout/{session}/pay"),
            json!({ "card": "4000 0000 0000 5423" }),
        )
        .await;
    assert_eq!(paid["payment_status"], "paid");
    let intent = paid["payment_intent"].as_str().unwrap();
    let warning = newest(&desk, "/v1/radar/early_fraud_warnings", intent).await;
    let event = desk.event("radar.early_fraud_warning.created").await;
    assert_eq!(event["data"]["object"], warning);
    assert_eq!(
        (
            &warning["actionable"],
            &warning["fraud_type"],
            &warning["payment_intent"]
        ),
        (&json!(true), &json!("misc"), &json!(intent))
    );
    let path = format!("/v1/radar/early_fraud_warnings/{}", warning["id"].as_str().unwrap());
    let expanded = desk.get(&path, &[("expand[]", "charge.payment_intent")]).await;
    assert_eq!(expanded.body["charge"]["payment_intent"]["id"], intent);
    assert_eq!(
        desk.get("/v1/radar/early_fraud_warnings/issfr_absent", &[])
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_warning_is_actionable_until_the_money_is_back_or_disputed() {
    for disputed in [false, true] {
        let desk = Desk::new();
        let intent = paid(&desk, "pm_card_visa").await;
        let warning = desk
            .control(
                "/early-fraud-warnings",
                json!({ "payment_intent": intent, "fraud_type": "made_with_stolen_card" }),
            )
            .await;
        assert_eq!(
            (&warning["actionable"], &warning["fraud_type"]),
            (&json!(true), &json!("made_with_stolen_card"))
        );
        let actionable = async || {
            let warning = newest(&desk, "/v1/radar/early_fraud_warnings", &intent).await;
            warning["actionable"].as_bool().unwrap()
        };
        if disputed {
            desk.control("/disputes", json!({ "payment_intent": intent })).await;
        } else {
            let part: &[(&str, &str)] = &[("payment_intent", &intent), ("amount", "400")];
            desk.make("/v1/refunds", part).await;
            assert!(actionable().await, "a part is left");
            desk.make("/v1/refunds", &[("payment_intent", &intent)]).await;
        }
        assert!(!actionable().await);
        let event = desk.event("radar.early_fraud_warning.updated").await;
        assert_eq!(event["data"]["previous_attributes"], json!({ "actionable": true }));
    }
    let desk = Desk::new();
    for body in [
        json!({}),
        json!({ "charge": "ch_absent" }),
        json!({ "charge": "ch_absent", "fraud_type": "plague" }),
    ] {
        let refused = desk.control("/early-fraud-warnings", body).await;
        assert!(refused["error"].is_string());
    }
}

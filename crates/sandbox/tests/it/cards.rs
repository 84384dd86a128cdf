//! Each test card does what it is for, through the API and through the page's own checks.

use serde_json::json;

use crate::desk::Desk;

async fn charge(number: &str) -> crate::desk::Reply {
    let desk = Desk::new();
    charge_at(&desk, number).await
}

async fn charge_at(desk: &Desk, number: &str) -> crate::desk::Reply {
    let form: &[(&str, &str)] = &[
        ("amount", "1000"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method_data[type]", "card"),
        ("payment_method_data[card][number]", number),
        ("payment_method_data[card][exp_month]", "12"),
        ("payment_method_data[card][exp_year]", "2034"),
        (
            "payment_method_data[card][cvc]",
            if number.starts_with("37") { "1234" } else { "123" },
        ),
    ];
    desk.post("/v1/payment_intents", form).await
}

#[tokio::test]
async fn cards_that_are_charged() {
    for (number, brand, funding) in [
        ("4242424242424242", "visa", "credit"),
        ("4000056655665556", "visa", "debit"),
        ("5555555555554444", "mastercard", "credit"),
        ("378282246310005", "amex", "credit"),
        ("6011111111111117", "discover", "credit"),
        ("3056930009020004", "diners", "credit"),
        ("3566002020360505", "jcb", "credit"),
        ("6200000000000005", "unionpay", "credit"),
    ] {
        let desk = Desk::new();
        let reply = charge_at(&desk, number).await;
        assert_eq!(reply.body["status"], "succeeded", "{number}: {}", reply.text);
        let charge = desk.get("/v1/charges", &[]).await.body["data"][0].clone();
        let card = &charge["payment_method_details"]["card"];
        assert_eq!((&card["brand"], &card["funding"]), (&json!(brand), &json!(funding)));
        assert_eq!(card["last4"], number[number.len() - 4..]);
        assert!(!charge.to_string().contains(number), "a number is never shown");
    }
}

#[tokio::test]
async fn cards_that_are_declined() {
    for (number, code, decline_code) in [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000009987", "card_declined", "lost_card"),
        ("4000000000009979", "card_declined", "stolen_card"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
        ("4000000000000119", "processing_error", "processing_error"),
        ("4100000000000019", "card_declined", "fraudulent"),
        ("4000000000006975", "card_declined", "card_velocity_exceeded"),
        ("4000000000000341", "card_declined", "generic_decline"),
    ] {
        let desk = Desk::new();
        let reply = charge_at(&desk, number).await;
        assert_eq!(
            (reply.status, reply.error("code"), reply.error("decline_code")),
            (402, code, decline_code),
            "{number}"
        );
        assert_eq!(
            desk.event_types().await,
            [
                "payment_intent.created",
                "charge.failed",
                "payment_intent.payment_failed"
            ]
        );
        let charge = desk.get("/v1/charges", &[]).await.body["data"][0].clone();
        assert_eq!(
            (&charge["status"], &charge["paid"], &charge["failure_code"]),
            (&json!("failed"), &json!(false), &json!(code))
        );
        assert_eq!(desk.get("/v1/balance_transactions", &[]).await.body["data"], json!([]));
    }
}

#[tokio::test]
async fn numbers_that_are_no_cards() {
    for (number, code) in [
        ("4242424242424241", "incorrect_number"),
        ("424242", "incomplete_number"),
        ("abcd", "invalid_number"),
        ("4111111111111111", "card_declined"),
    ] {
        let reply = charge(number).await;
        assert_eq!(
            (reply.status, reply.error("code"), reply.error("param")),
            (402, code, "number"),
            "{number}"
        );
    }
    let desk = Desk::new();
    for (month, year, cvc, code) in [
        ("13", "2034", "123", "invalid_expiry_month"),
        ("12", "2020", "123", "invalid_expiry_year"),
        ("10", "2026", "123", "expired_card"),
        ("12", "2034", "12", "invalid_cvc"),
        ("12", "2034", "1234", "invalid_cvc"),
    ] {
        let form: &[(&str, &str)] = &[
            ("type", "card"),
            ("card[number]", "4242424242424242"),
            ("card[exp_month]", month),
            ("card[exp_year]", year),
            ("card[cvc]", cvc),
        ];
        let reply = desk.post("/v1/payment_methods", form).await;
        assert_eq!((reply.status, reply.error("code")), (402, code), "{month}/{year} {cvc}");
    }
}

#[tokio::test]
async fn cards_that_ask_the_buyer() {
    for (number, after) in [
        ("4000002500003155", "succeeded"),
        ("4000002760003184", "succeeded"),
        ("4000000000003220", "succeeded"),
        ("4000000000003063", "succeeded"),
        ("4000008260003178", "requires_payment_method"),
        ("4000008400001629", "requires_payment_method"),
    ] {
        let desk = Desk::new();
        let reply = charge_at(&desk, number).await;
        assert_eq!(reply.body["status"], "requires_action", "{number}");
        let intent = reply.id();
        desk.control(&format!("/challenges/{intent}"), json!({ "verdict": "complete" }))
            .await;
        let intent = desk.get(&format!("/v1/payment_intents/{intent}"), &[]).await;
        assert_eq!(intent.body["status"], after, "{number}");
    }
    let desk = Desk::new();
    let intent = charge_at(&desk, "4000002760003184").await.id();
    desk.control(&format!("/challenges/{intent}"), json!({ "verdict": "fail" }))
        .await;
    let failed = desk.get(&format!("/v1/payment_intents/{intent}"), &[]).await;
    assert_eq!(failed.body["status"], "requires_payment_method");
    assert_eq!(
        failed.body["last_payment_error"]["code"],
        "payment_intent_authentication_failure"
    );
}

#[tokio::test]
async fn a_card_set_up_for_later_is_asked_no_more_and_one_that_always_asks_is_refused_off_session() {
    let desk = Desk::new();
    let customer = desk.make("/v1/customers", &[]).await;
    let setup = desk
        .post(
            "/v1/setup_intents",
            &[
                ("customer", &customer),
                ("payment_method", "pm_card_authenticationRequiredOnSetup"),
                ("confirm", "true"),
            ],
        )
        .await;
    assert_eq!(setup.body["status"], "requires_action");
    let method = setup.body["payment_method"].as_str().unwrap().to_owned();
    desk.control(&format!("/challenges/{}", setup.id()), json!({})).await;
    let form = |method: &str| {
        [
            ("amount", "1000"),
            ("currency", "usd"),
            ("confirm", "true"),
            ("off_session", "true"),
            ("customer", &customer),
            ("payment_method", method),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = |form: [(String, String); 6]| {
        let desk = &desk;
        async move {
            let form: Vec<(&str, &str)> = form
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            desk.post("/v1/payment_intents", &form).await
        }
    };
    assert_eq!(send(form(&method)).await.body["status"], "succeeded");
    let refused = send(form("pm_card_authenticationRequired")).await;
    assert_eq!(
        (refused.status, refused.error("code")),
        (402, "authentication_required")
    );
}

#[tokio::test]
async fn cards_that_are_disputed() {
    for (number, reason, status, moves) in [
        ("4000000000000259", "fraudulent", "needs_response", true),
        ("4000000000002685", "product_not_received", "needs_response", true),
        ("4000000000001976", "fraudulent", "warning_needs_response", false),
    ] {
        let desk = Desk::new();
        charge_at(&desk, number).await;
        let dispute = desk.get("/v1/disputes", &[]).await.body["data"][0].clone();
        assert_eq!(
            (&dispute["reason"], &dispute["status"]),
            (&json!(reason), &json!(status))
        );
        assert_eq!(
            desk.event_types()
                .await
                .contains(&"charge.dispute.funds_withdrawn".to_owned()),
            moves
        );
        let path = format!("/v1/disputes/{}", dispute["id"].as_str().unwrap());
        let won = desk
            .post(&path, &[("evidence[uncategorized_text]", "winning_evidence")])
            .await;
        assert_eq!(won.body["status"], if moves { "won" } else { "warning_closed" });
        assert_eq!(
            desk.event_types()
                .await
                .contains(&"charge.dispute.funds_reinstated".to_owned()),
            moves
        );
        assert_eq!(
            desk.post(&format!("{path}/close"), &[]).await.status,
            400,
            "it is closed already"
        );
    }
    let desk = Desk::new();
    charge_at(&desk, "4000000000000259").await;
    let dispute = desk.get("/v1/disputes", &[]).await.body["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let lost = desk.post(&format!("/v1/disputes/{dispute}/close"), &[]).await;
    assert_eq!(lost.body["status"], "lost");
    assert_eq!(
        desk.event("charge.dispute.closed").await["data"]["object"]["status"],
        "lost"
    );
}

#[tokio::test]
async fn cards_whose_refunds_are_slow_or_fail() {
    for (number, first, last, kind) in [
        ("4000000000007726", "pending", "succeeded", "refund.updated"),
        ("4000000000005126", "succeeded", "failed", "refund.failed"),
    ] {
        let desk = Desk::new();
        let intent = charge_at(&desk, number).await.id();
        let refund = desk.post("/v1/refunds", &[("payment_intent", &intent)]).await;
        assert_eq!(refund.body["status"], first);
        desk.sandbox.advance(60);
        let after = desk.get(&format!("/v1/refunds/{}", refund.id()), &[]).await;
        assert_eq!(after.body["status"], last);
        assert_eq!(desk.event(kind).await["data"]["object"]["status"], last);
        let charge = desk.get("/v1/charges", &[]).await.body["data"][0].clone();
        let expected = if last == "failed" { 0 } else { 1000 };
        assert_eq!(charge["amount_refunded"], expected, "a failed refund is given back");
        assert_eq!(after.body["failure_balance_transaction"].is_string(), last == "failed");
    }
}

#[tokio::test]
async fn the_card_that_bypasses_pending() {
    let desk = Desk::new();
    charge_at(&desk, "4000000000000077").await;
    let row = desk.get("/v1/balance_transactions", &[]).await.body["data"][0].clone();
    assert_eq!(row["status"], "available");
}

//! Connected accounts: their onboarding, what is transferred to them and taken back, what they pay out, and whom it is told.

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, Endpoint, Form, Reply};

const URLS: Form<'static> = &[
    ("type", "account_onboarding"),
    ("refresh_url", "https://shop.example/again"),
    ("return_url", "https://shop.example/done"),
];

async fn account(desk: &Desk) -> String {
    let form = [("type", "express"), ("capabilities[transfers][requested]", "true")];
    desk.make("/v1/accounts", &form).await
}

async fn onboarded(desk: &Desk) -> String {
    let account = account(desk).await;
    desk.control(&format!("/accounts/{account}/onboard"), json!({})).await;
    account
}

/// A paid charge; with the card whose money is available at once, or the ordinary one.
async fn charge(desk: &Desk, amount: &str, method: &str) -> String {
    let form = [
        ("amount", amount),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", method),
        ("return_url", "https://shop.example/"),
    ];
    let intent = desk.post("/v1/payment_intents", &form).await;
    intent.body["latest_charge"].as_str().unwrap().to_owned()
}

async fn on(desk: &Desk, account: &str, method: Method, path: &str, form: Form<'_>) -> Reply {
    desk.call(method, path, form, &[("stripe-account", account)]).await
}

/// What is available and what is pending in dollars, of the account or of the sandbox's own.
async fn balance(desk: &Desk, account: &str) -> (i64, i64) {
    let headers: &[(&str, &str)] = if account.is_empty() {
        &[]
    } else {
        &[("stripe-account", account)]
    };
    let found = desk.call(Method::GET, "/v1/balance", &[], headers).await;
    let sum = |name: &str| {
        let rows = found.body[name].as_array().unwrap();
        rows.iter()
            .filter(|row| row["currency"] == "usd")
            .map(|row| row["amount"].as_i64().unwrap())
            .sum()
    };
    (sum("available"), sum("pending"))
}

async fn transfer(desk: &Desk, account: &str, more: Form<'_>) -> Reply {
    let mut form = vec![("currency", "usd"), ("destination", account)];
    form.extend_from_slice(more);
    desk.post("/v1/transfers", &form).await
}

#[tokio::test]
async fn an_account_can_be_paid_once_its_owner_has_told_everything_on_the_page() {
    let desk = Desk::new();
    let account = account(&desk).await;
    let path = format!("/v1/accounts/{account}");
    let fresh = desk.get(&path, &[]).await.body;
    assert_eq!(fresh["capabilities"]["transfers"], "inactive");
    assert_eq!(fresh["payouts_enabled"], false);
    assert!(!fresh["requirements"]["currently_due"].as_array().unwrap().is_empty());

    let mut form = vec![("account", account.as_str())];
    form.extend_from_slice(URLS);
    let link = desk.post("/v1/account_links", &form).await.body;
    assert_eq!(link.get("id"), None);
    let page = link["url"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://localhost")
        .to_owned();
    let shown = desk.send(Method::GET, &page, &[], String::new()).await;
    assert!(
        shown.status == 200 && shown.text.contains("Get paid by"),
        "{}",
        shown.text
    );
    // A link is opened once.
    let again = desk.send(Method::GET, &page, &[], String::new()).await;
    assert_eq!(
        (again.status, again.header("location")),
        (303, "https://shop.example/again")
    );

    let wrong = desk
        .send(Method::POST, &page, &[], "first_name=Ada&last_name=B".to_owned())
        .await;
    assert!(
        wrong.status == 400 && wrong.text.contains("bank account"),
        "{}",
        wrong.text
    );
    assert_eq!(desk.get(&path, &[]).await.body["details_submitted"], false);
    let told = "first_name=Ada&last_name=B&bank_account=000123456789&action=submit";
    let done = desk.send(Method::POST, &page, &[], told.to_owned()).await;
    assert_eq!(
        (done.status, done.header("location")),
        (303, "https://shop.example/done")
    );
    let ready = desk.get(&path, &[]).await.body;
    assert_eq!(ready["capabilities"]["transfers"], "active");
    assert_eq!(ready["requirements"]["currently_due"], json!([]));
    assert_eq!(ready["external_accounts"]["data"][0]["last4"], "6789");

    desk.control(&format!("/accounts/{account}/restrict"), json!({})).await;
    let restricted = desk.get(&path, &[]).await.body;
    assert_eq!(restricted["requirements"]["disabled_reason"], "requirements.past_due");
    let refused = transfer(&desk, &account, &[("amount", "1")]).await;
    assert_eq!(refused.error("code"), "insufficient_capabilities_for_transfer");
}

#[tokio::test]
async fn whoever_leaves_the_page_has_everything_still_to_tell() {
    let desk = Desk::new();
    let account = account(&desk).await;
    let mut form = vec![("account", account.as_str())];
    form.extend_from_slice(URLS);
    let link = desk.post("/v1/account_links", &form).await.body;
    let page = link["url"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://localhost")
        .to_owned();
    desk.send(Method::GET, &page, &[], String::new()).await;
    let left = desk.send(Method::POST, &page, &[], "action=leave".to_owned()).await;
    assert_eq!(left.header("location"), "https://shop.example/done");
    let found = desk.get(&format!("/v1/accounts/{account}"), &[]).await.body;
    assert_eq!(found["details_submitted"], false);
    assert_eq!(found["capabilities"]["transfers"], "inactive");

    let late = desk.post("/v1/account_links", &form).await.body;
    let page = late["url"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://localhost")
        .to_owned();
    desk.sandbox.advance(301);
    let over = desk.send(Method::GET, &page, &[], String::new()).await;
    assert_eq!(over.header("location"), "https://shop.example/again");
}

#[tokio::test]
async fn what_happens_on_a_connected_account_is_told_to_the_endpoints_for_them_alone() {
    let desk = Desk::new();
    let own = Endpoint::start().await;
    let connect = Endpoint::start().await;
    desk.sandbox.add_webhook_endpoint(&own.url);
    desk.control("/endpoints", json!({ "url": connect.url, "connect": true }))
        .await;
    let account = onboarded(&desk).await;
    let charge = charge(&desk, "2000", "pm_card_visa").await;
    transfer(&desk, &account, &[("amount", "1500"), ("source_transaction", &charge)]).await;
    desk.drain().await;

    let events =
        |endpoint: &Endpoint| -> Vec<Value> { endpoint.received().iter().map(super::desk::Received::event).collect() };
    let told = events(&connect);
    let types: Vec<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        [
            "account.external_account.created",
            "capability.updated",
            "account.updated"
        ]
    );
    assert!(told.iter().all(|event| event["account"] == account.as_str()));
    let kept = events(&own);
    assert!(kept.iter().any(|event| event["type"] == "transfer.created"));
    assert!(kept.iter().all(|event| event.get("account").is_none()));

    // The log of each account is its own.
    let id = told[2]["id"].as_str().unwrap();
    let path = format!("/v1/events/{id}");
    assert_eq!(desk.get(&path, &[]).await.status, 404);
    assert_eq!(
        on(&desk, &account, Method::GET, &path, &[]).await.body["type"],
        "account.updated"
    );
    let listed = on(&desk, &account, Method::GET, "/v1/events", &[]).await.body;
    assert_eq!(listed["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_transfer_of_a_charge_may_leave_before_its_money_is_there_and_any_other_may_not() {
    let desk = Desk::new();
    let account = onboarded(&desk).await;
    let source = charge(&desk, "2000", "pm_card_visa").await;
    let refused = transfer(&desk, &account, &[("amount", "100")]).await;
    assert_eq!((refused.status, refused.error("code")), (400, "balance_insufficient"));
    let made = transfer(&desk, &account, &[("amount", "1500"), ("source_transaction", &source)]).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(made.body["transfer_group"], format!("group_{source}"));
    assert_eq!(balance(&desk, &account).await, (0, 1500));
    assert_eq!(balance(&desk, "").await, (0, 2000 - 88 - 1500));
    let beyond = transfer(&desk, &account, &[("amount", "501"), ("source_transaction", &source)]).await;
    assert!(
        beyond.status == 400 && beyond.error("message").contains("source amount"),
        "{}",
        beyond.text
    );

    desk.sandbox.advance(2 * 86_400);
    assert_eq!(balance(&desk, &account).await, (1500, 0));
    assert_eq!(balance(&desk, "").await, (412, 0));
    let plain = transfer(&desk, &account, &[("amount", "412")]).await;
    assert_eq!(plain.status, 200, "{}", plain.text);
    assert_eq!(balance(&desk, "").await, (0, 0));

    let payment = made.body["destination_payment"].as_str().unwrap();
    let path = format!("/v1/charges/{payment}");
    assert_eq!(desk.get(&path, &[]).await.status, 404);
    assert_eq!(
        on(&desk, &account, Method::GET, &path, &[]).await.body["source_transfer"],
        made.body["id"]
    );
}

#[tokio::test]
async fn a_transfer_happens_once_for_its_key() {
    let desk = Desk::new();
    let account = onboarded(&desk).await;
    charge(&desk, "2000", "pm_card_bypassPending").await;
    let form = [
        ("currency", "usd"),
        ("destination", account.as_str()),
        ("amount", "300"),
    ];
    let key = [("idempotency-key", "line-1")];
    let first = desk.call(Method::POST, "/v1/transfers", &form, &key).await;
    let second = desk.call(Method::POST, "/v1/transfers", &form, &key).await;
    assert_eq!(first.text, second.text);
    assert_eq!(balance(&desk, &account).await, (300, 0));
    // Another account's keys are others: the same one pays out there.
    let out = [("amount", "300"), ("currency", "usd")];
    let key = [("idempotency-key", "line-1"), ("stripe-account", account.as_str())];
    let paid = desk.call(Method::POST, "/v1/payouts", &out, &key).await;
    assert_eq!(paid.status, 200, "{}", paid.text);
}

#[tokio::test]
async fn a_reversal_takes_back_what_is_still_there() {
    let desk = Desk::new();
    let account = onboarded(&desk).await;
    charge(&desk, "5000", "pm_card_bypassPending").await;
    let made = transfer(&desk, &account, &[("amount", "1000")]).await;
    let path = format!("/v1/transfers/{}/reversals", made.id());
    let part = desk.post(&path, &[("amount", "400")]).await;
    assert_eq!(part.status, 200, "{}", part.text);
    assert_eq!(balance(&desk, &account).await, (600, 0));
    let found = desk.get(&format!("/v1/transfers/{}", made.id()), &[]).await.body;
    assert_eq!(
        (&found["amount_reversed"], &found["reversed"]),
        (&json!(400), &json!(false))
    );
    assert_eq!(found["reversals"]["data"][0]["id"], part.body["id"]);
    let beyond = desk.post(&path, &[("amount", "601")]).await;
    assert!(
        beyond.status == 400 && beyond.error("message").contains("unreversed"),
        "{}",
        beyond.text
    );

    // What the account has paid out cannot be taken back.
    let out = [("amount", "500"), ("currency", "usd")];
    let payout = on(&desk, &account, Method::POST, "/v1/payouts", &out).await;
    assert_eq!(payout.status, 200, "{}", payout.text);
    let short = desk.post(&path, &[]).await;
    assert_eq!((short.status, short.error("code")), (400, "balance_insufficient"));
    let rest = desk.post(&path, &[("amount", "100")]).await;
    assert_eq!(rest.status, 200, "{}", rest.text);
    assert_eq!(balance(&desk, &account).await, (0, 0));
    assert_eq!(balance(&desk, "").await, (5000 - 175 - 1000 + 500, 0));
    assert_eq!(
        desk.event("transfer.reversed").await["data"]["object"]["amount_reversed"],
        500
    );
}

#[tokio::test]
async fn a_payout_arrives_and_may_come_back_even_then() {
    let desk = Desk::new();
    let account = onboarded(&desk).await;
    charge(&desk, "5000", "pm_card_bypassPending").await;
    transfer(&desk, &account, &[("amount", "1000")]).await;
    let too_much = on(
        &desk,
        &account,
        Method::POST,
        "/v1/payouts",
        &[("amount", "1001"), ("currency", "usd")],
    )
    .await;
    assert_eq!(too_much.error("code"), "balance_insufficient");
    let made = on(
        &desk,
        &account,
        Method::POST,
        "/v1/payouts",
        &[("amount", "700"), ("currency", "usd")],
    )
    .await;
    assert_eq!(made.body["status"], "pending");
    assert_eq!(balance(&desk, &account).await, (300, 0));
    desk.sandbox.advance(2 * 86_400);
    let path = format!("/v1/payouts/{}", made.id());
    assert_eq!(
        on(&desk, &account, Method::GET, &path, &[]).await.body["status"],
        "paid"
    );
    assert_eq!(desk.get(&path, &[]).await.status, 404);

    desk.control(
        &format!("/payouts/{}/settle", made.id()),
        json!({ "outcome": "failed" }),
    )
    .await;
    let failed = on(&desk, &account, Method::GET, &path, &[]).await.body;
    assert_eq!(
        (&failed["status"], &failed["failure_code"]),
        (&json!("failed"), &json!("account_closed"))
    );
    assert_eq!(balance(&desk, &account).await, (1000, 0));

    let second = on(
        &desk,
        &account,
        Method::POST,
        "/v1/payouts",
        &[("amount", "100"), ("currency", "usd")],
    )
    .await;
    let cancel = format!("/v1/payouts/{}/cancel", second.id());
    assert_eq!(
        on(&desk, &account, Method::POST, &cancel, &[]).await.body["status"],
        "canceled"
    );
    assert_eq!(balance(&desk, &account).await, (1000, 0));
}

#[tokio::test]
async fn an_account_that_is_not_connected_can_neither_be_read_nor_paid() {
    let desk = Desk::new();
    let refused = on(&desk, "acct_unknown", Method::GET, "/v1/balance", &[]).await;
    assert_eq!((refused.status, refused.error("code")), (403, "account_invalid"));
    let absent = desk.get("/v1/accounts/acct_unknown", &[]).await;
    assert_eq!((absent.status, absent.error("code")), (403, "account_invalid"));
    let unpaid = transfer(&desk, "acct_unknown", &[("amount", "1")]).await;
    assert_eq!((unpaid.status, unpaid.error("code")), (400, "resource_missing"));
    let account = onboarded(&desk).await;
    let gone = desk.delete(&format!("/v1/accounts/{account}")).await;
    assert_eq!(gone.body["deleted"], true);
    assert_eq!(on(&desk, &account, Method::GET, "/v1/balance", &[]).await.status, 403);
}

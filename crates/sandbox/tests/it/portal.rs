//! The billing portal, as a browser without the script sees it.

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::{Desk, Form, Reply, encode};
use crate::subscription_changes::HALF;
use crate::subscriptions::{DAY, START, advance, price, subscribed, subscription};

const CARD: &[(&str, &str)] = &[
    ("action", "payment-method"),
    ("card-number", "5555 5555 5555 4444"),
    ("card-expiry", "12 / 34"),
    ("card-cvc", "123"),
    ("card-name", "Ada Lovelace"),
];

/// Opens a portal; gives the path of its first page.
async fn portal(desk: &Desk, customer: &str, more: &[(&str, &str)]) -> String {
    let mut form = vec![("customer", customer), ("return_url", "https://shop.example/account")];
    form.extend_from_slice(more);
    let reply = desk.post("/v1/billing_portal/sessions", &form).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let url = reply.body["url"].as_str().unwrap();
    let (_, path) = url.split_once("/p/").unwrap();
    format!("/p/{path}")
}

async fn open(desk: &Desk, path: &str) -> Reply {
    let reply = desk
        .send(Method::GET, path, &[("accept", "text/html")], String::new())
        .await;
    if reply.status == 200 && reply.header("content-type").starts_with("text/html") {
        is_accessible(&reply.text);
    }
    reply
}

async fn submit(desk: &Desk, path: &str, form: Form<'_>) -> Reply {
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    desk.send(Method::POST, path, &kind, encode(form)).await
}

/// Submits, and follows to the page it leads to.
async fn follow(desk: &Desk, path: &str, form: Form<'_>) -> Reply {
    let reply = submit(desk, path, form).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    open(desk, reply.header("location")).await
}

/// One main heading and one main part; every field has a label, every part a name, and no id is there twice.
fn is_accessible(page: &str) {
    assert_eq!(page.matches("<h1").count(), 1, "{page}");
    assert_eq!(page.matches("<main").count(), 1, "{page}");
    assert!(page.contains("<html lang=\"en\">") && !page.contains("style=") && !page.contains("onclick"));
    let values = |name: &str| -> Vec<String> {
        let start = format!(" {name}=\"");
        let parts = page.split(start.as_str()).skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    };
    let ids = values("id");
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "an id twice: {ids:?}");
    let labels = values("for");
    for input in page
        .split("<input ")
        .skip(1)
        .filter(|input| !input.starts_with("type=\"hidden\""))
    {
        let (_, id) = input.split_once("id=\"").expect("a field has an id");
        let id = id.split('"').next().unwrap();
        assert!(labels.iter().any(|label| label == id), "{id} has no label");
    }
    for name in [values("aria-labelledby"), values("aria-describedby")].concat() {
        assert!(ids.contains(&name), "{name} names a part, but is not there");
    }
}

#[tokio::test]
async fn a_customer_sees_what_they_have_and_what_they_paid() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    advance(&desk, &clock, START + 31 * DAY).await;
    let path = portal(&desk, &customer, &[]).await;
    let page = open(&desk, &path).await;
    for part in [
        id.as_str(),
        "$30.00 per month",
        "Renews on 1 Jan 2027.",
        "ending in 4242",
        "https://shop.example/account",
        "-0002</a>",
    ] {
        assert!(page.text.contains(part), "{part} is missing: {}", page.text);
    }
    assert!(
        page.header("content-security-policy")
            .contains("form-action 'self' https://shop.example")
    );
    let found = subscription(&desk, &id).await;
    let invoice = found["latest_invoice"]["hosted_invoice_url"].as_str().unwrap();
    let (_, invoice) = invoice.split_once("/i/").unwrap();
    let page = open(&desk, &format!("/i/{invoice}")).await;
    assert!(
        page.text.contains("$30.00") && page.text.contains("Paid"),
        "{}",
        page.text
    );
    let pdf = open(&desk, &format!("/i/{invoice}/pdf")).await;
    assert_eq!(pdf.header("content-type"), "application/pdf");
    assert!(
        pdf.text.contains("(1 \\327 Plan \\(at $30.00 / month\\): $30.00) Tj"),
        "{}",
        pdf.text
    );
    let (_, table) = pdf.text.split_once("65535 f \n").unwrap();
    for (number, line) in (1..=5).zip(table.lines()) {
        let place: usize = line[..10].parse().unwrap();
        assert!(
            pdf.text[place..].starts_with(&format!("{number} 0 obj")),
            "object {number}"
        );
    }
    assert_eq!(open(&desk, "/i/in_unknown/pdf").await.status, 404);
    let strange = open(&desk, "/p/session/unknown").await;
    assert_eq!(strange.status, 404);
}

#[tokio::test]
async fn they_change_their_plan_knowing_what_it_costs() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let path = portal(&desk, &customer, &[]).await;
    let page = open(&desk, &format!("{path}/subscriptions/{id}/plan")).await;
    assert!(page.text.contains("There is no other plan."));
    let dearer = price(&desk, "6000").await;
    advance(&desk, &clock, HALF).await;
    let page = open(&desk, &format!("{path}/subscriptions/{id}/plan")).await;
    assert!(page.text.contains("$60.00 per month") && page.text.contains("your plan now"));
    let form = [("subscription", id.as_str()), ("price", dearer.as_str())];
    let mut asked = form.to_vec();
    asked.push(("action", "preview"));
    let page = submit(&desk, &path, &asked).await;
    is_accessible(&page.text);
    assert!(
        page.text.contains("Today you pay") && page.text.contains("$15.00"),
        "{}",
        page.text
    );
    let before = subscription(&desk, &id).await;
    assert_eq!(
        before["items"]["data"][0]["price"]["unit_amount"], 3000,
        "looking changes nothing"
    );
    let mut taken = form.to_vec();
    taken.push(("action", "plan"));
    let page = follow(&desk, &path, &taken).await;
    assert!(page.text.contains("Your plan has been changed."));
    let found = subscription(&desk, &id).await;
    assert_eq!(found["items"]["data"][0]["price"]["id"], dearer);
    assert_eq!(found["latest_invoice"]["amount_paid"], 1500);
}

#[tokio::test]
async fn they_cancel_with_the_period_and_take_it_back() {
    let desk = Desk::new();
    let (_, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let path = portal(&desk, &customer, &[]).await;
    let page = open(&desk, &format!("{path}/subscriptions/{id}/cancel")).await;
    assert!(page.text.contains("until 1 Dec 2026"), "{}", page.text);
    let form = |action| [("subscription", id.as_str()), ("action", action)];
    let page = follow(&desk, &path, &form("cancel")).await;
    assert!(page.text.contains("Ends on 1 Dec 2026."), "{}", page.text);
    assert_eq!(subscription(&desk, &id).await["cancel_at_period_end"], true);
    let second = [
        ("customer", customer.as_str()),
        ("items[0][price]", &*price(&desk, "700").await),
        ("cancel_at_period_end", "true"),
    ];
    let second = desk.make("/v1/subscriptions", &second).await;
    let page = open(&desk, &path).await;
    assert_eq!(page.text.matches("Do not cancel</button>").count(), 2);
    desk.call(Method::DELETE, &format!("/v1/subscriptions/{second}"), &[], &[])
        .await;
    let page = follow(&desk, &path, &form("renew")).await;
    assert!(page.text.contains("Renews on 1 Dec 2026."), "{}", page.text);
    let found = subscription(&desk, &id).await;
    assert_eq!(
        (&found["cancel_at"], &found["status"]),
        (&Value::Null, &json!("active"))
    );
}

#[tokio::test]
async fn they_change_what_pays_also_by_a_challenge() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let path = portal(&desk, &customer, &[]).await;
    open(&desk, &format!("{path}/payment-method")).await;
    let mut refused = CARD.to_vec();
    refused[1] = ("card-number", "4000 0000 0000 0002");
    let page = submit(&desk, &path, &refused).await;
    assert_eq!(page.status, 402);
    is_accessible(&page.text);
    assert!(page.text.contains("declined"), "{}", page.text);
    let page = follow(&desk, &path, CARD).await;
    assert!(page.text.contains("ending in 4444"), "{}", page.text);
    assert_eq!(
        desk.event("setup_intent.succeeded").await["data"]["object"]["customer"],
        customer
    );

    let mut challenged = CARD.to_vec();
    challenged[1] = ("card-number", "4000 0025 0000 3155");
    for (verdict, ending) in [("fail", "4444"), ("complete", "3155")] {
        let reply = submit(&desk, &path, &challenged).await;
        let challenge = reply.header("location").to_owned();
        let page = open(&desk, &challenge).await;
        let (_, token) = page.text.split_once("name=\"token\" value=\"").unwrap();
        let token = token.split('"').next().unwrap();
        let reply = submit(&desk, &challenge, &[("token", token), ("verdict", verdict)]).await;
        let (_, back) = reply.header("location").split_once("/p/").unwrap();
        let page = open(&desk, &format!("/p/{back}")).await;
        let page = match page.status {
            303 => open(&desk, page.header("location")).await,
            _ => page,
        };
        assert_eq!(
            page.text.contains("has been saved"),
            verdict == "complete",
            "{}",
            page.text
        );
        let home = open(&desk, &path).await;
        assert!(home.text.contains(&format!("ending in {ending}")), "{}", home.text);
    }
    advance(&desk, &clock, START + 31 * DAY).await;
    assert_eq!(
        subscription(&desk, &id).await["latest_invoice"]["status"],
        "paid",
        "the card that was set up pays without its owner"
    );
}

#[tokio::test]
async fn the_configuration_says_what_can_be_done() {
    let desk = Desk::new();
    let (_, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let (_, _, others) = subscribed(&desk, "pm_card_visa", &[]).await;
    let dearer = price(&desk, "6000").await;
    let form = [
        ("features[subscription_cancel][enabled]", "true"),
        ("features[subscription_cancel][mode]", "immediately"),
        ("features[subscription_cancel][proration_behavior]", "none"),
    ];
    let rules = desk.make("/v1/billing_portal/configurations", &form).await;
    let path = portal(&desk, &customer, &[("configuration", &rules)]).await;
    let page = open(&desk, &path).await;
    for part in ["Change plan", "Change payment method", "Invoices"] {
        assert!(!page.text.contains(part), "{part} is not allowed");
    }
    let change = [
        ("action", "plan"),
        ("subscription", id.as_str()),
        ("price", dearer.as_str()),
    ];
    assert_eq!(submit(&desk, &path, &change).await.status, 409);
    assert_eq!(submit(&desk, &path, CARD).await.status, 402);
    assert_eq!(
        open(&desk, &format!("{path}/subscriptions/{id}/plan")).await.status,
        409
    );
    let theirs = [("action", "cancel"), ("subscription", others.as_str())];
    assert_eq!(submit(&desk, &path, &theirs).await.status, 409);
    assert_eq!(subscription(&desk, &others).await["status"], "active");
    let mine = [("action", "cancel"), ("subscription", id.as_str())];
    let page = follow(&desk, &path, &mine).await;
    assert!(page.text.contains("You have no subscription."), "{}", page.text);
    assert_eq!(subscription(&desk, &id).await["status"], "canceled");

    let off = [("active", "false")];
    desk.post(&format!("/v1/billing_portal/configurations/{rules}"), &off)
        .await;
    let form = [("customer", customer.as_str()), ("configuration", rules.as_str())];
    let reply = desk.post("/v1/billing_portal/sessions", &form).await;
    assert_eq!((reply.status, reply.error("param")), (400, "configuration"));
}

#[tokio::test]
async fn a_session_for_one_thing_leads_there_and_on() {
    let desk = Desk::new();
    let (_, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let more = [
        ("flow_data[type]", "subscription_cancel"),
        ("flow_data[subscription_cancel][subscription]", id.as_str()),
        ("flow_data[after_completion][type]", "redirect"),
        (
            "flow_data[after_completion][redirect][return_url]",
            "https://shop.example/gone",
        ),
    ];
    let path = portal(&desk, &customer, &more).await;
    assert!(open(&desk, &path).await.text.contains("You are about to cancel"));
    let form = [("action", "cancel"), ("subscription", id.as_str())];
    let reply = submit(&desk, &path, &form).await;
    assert_eq!(reply.header("location"), "https://shop.example/gone");
    assert!(open(&desk, &path).await.text.contains("Ends on"), "it is done once");

    let more = [
        ("flow_data[type]", "payment_method_update"),
        ("flow_data[after_completion][type]", "hosted_confirmation"),
        (
            "flow_data[after_completion][hosted_confirmation][custom_message]",
            "Thank <you>.",
        ),
    ];
    let path = portal(&desk, &customer, &more).await;
    assert!(open(&desk, &path).await.text.contains("id=\"card-number\""));
    let page = submit(&desk, &path, CARD).await;
    assert!(page.text.contains("Thank &lt;you&gt;."), "{}", page.text);
    let (_, _, others) = subscribed(&desk, "pm_card_visa", &[]).await;
    let form = [
        ("customer", customer.as_str()),
        ("flow_data[type]", "subscription_cancel"),
        ("flow_data[subscription_cancel][subscription]", others.as_str()),
    ];
    let reply = desk.post("/v1/billing_portal/sessions", &form).await;
    assert_eq!(
        (reply.status, reply.error("param")),
        (400, "flow_data[subscription_cancel][subscription]")
    );
}

#[tokio::test]
async fn an_address_lives_for_an_hour_after_it_was_used() {
    let desk = Desk::new();
    let (_, customer, _) = subscribed(&desk, "pm_card_visa", &[]).await;
    let path = portal(&desk, &customer, &[]).await;
    desk.sandbox.advance(3000);
    assert_eq!(open(&desk, &path).await.status, 200);
    desk.sandbox.advance(3000);
    assert_eq!(open(&desk, &path).await.status, 200);
    desk.sandbox.advance(3600);
    assert_eq!(open(&desk, &path).await.status, 404);
    assert_eq!(submit(&desk, &path, CARD).await.status, 404);
}

#[tokio::test]
async fn an_invoice_that_could_not_be_collected_is_paid_on_its_page() {
    let desk = Desk::new();
    let (clock, customer, id) = subscribed(&desk, "pm_card_visa", &[]).await;
    let bad = desk
        .make(
            "/v1/payment_methods/pm_card_chargeCustomerFail/attach",
            &[("customer", customer.as_str())],
        )
        .await;
    desk.post(&format!("/v1/subscriptions/{id}"), &[("default_payment_method", &bad)])
        .await;
    for (month, number) in [(30, "4242 4242 4242 4242"), (61, "4000 0027 6000 3184")] {
        advance(&desk, &clock, START + month * DAY + 7200).await;
        let found = subscription(&desk, &id).await;
        assert_eq!(found["status"], "past_due");
        let path = format!("/i/{}", found["latest_invoice"]["id"].as_str().unwrap());
        let page = open(&desk, &path).await;
        assert!(page.text.contains("$30.00 to pay"), "{}", page.text);
        let mut card = CARD.to_vec();
        card[1] = ("card-number", "4000 0000 0000 9995");
        let page = submit(&desk, &path, &card).await;
        assert_eq!(page.status, 402);
        is_accessible(&page.text);
        assert!(page.text.contains("insufficient funds"), "{}", page.text);
        card[1] = ("card-number", number);
        let mut reply = submit(&desk, &path, &card).await;
        if reply.header("location").starts_with("/c/challenge/") {
            let challenge = reply.header("location").to_owned();
            let page = open(&desk, &challenge).await;
            let (_, token) = page.text.split_once("name=\"token\" value=\"").unwrap();
            let token = token.split('"').next().unwrap();
            reply = submit(&desk, &challenge, &[("token", token), ("verdict", "complete")]).await;
        }
        assert!(reply.header("location").contains(&path), "{}", reply.header("location"));
        let page = open(&desk, &path).await;
        assert!(
            page.text.contains("Paid") && !page.text.contains("id=\"pay\""),
            "{}",
            page.text
        );
        assert_eq!(subscription(&desk, &id).await["status"], "active");
        let charges = desk.get("/v1/charges", &[("customer", &customer)]).await.text;
        submit(&desk, &path, &card).await;
        let again = desk.get("/v1/charges", &[("customer", &customer)]).await.text;
        assert_eq!(again, charges, "a second click charges nothing");
    }
}

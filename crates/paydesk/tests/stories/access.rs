//! Who may do what: every operation of the document, asked by everybody, about what is their own, what is somebody else's and
//! what is not there. An operation without a row here fails, so that none is opened by oversight.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use paydesk::http::openapi;
use paydesk::sign_in::Role;
use paydesk::tokens::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use store::testing::TestDatabase;

use crate::keys::service;
use crate::reversals::buy;
use crate::sign_in::Browser;
use crate::subscriptions::{pay, subscribe};
use crate::support::{ADMIN, INTERNAL_SECRET, TestApp};

/// Whom an operation is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// Everybody, known or not.
    Public,
    /// Whoever signs what is sent; a token counts for nothing.
    Signed,
    /// The user whose it is, services with the scope, operators.
    Own(Scope),
    /// The user whose it is and services with the scope, and nobody at the console: it shows a secret, or agrees to a charge.
    Personal(Scope),
    /// Services with the scope, and operators.
    Staff(Scope),
    /// Services with the scope alone.
    BackEnd(Scope),
    /// Browsers that are signed in.
    Session,
}

use Rule::{BackEnd, Own, Personal, Public, Session, Signed, Staff};

/// An operation, what it is asked for, and whom it is for. In braces stands what is taken from the world.
type Row = (&'static str, Rule, &'static str, Value);

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let none = || Value::Null;
    let change = || json!({ "amount": 1, "reason": "matrix" });
    let checkout = || json!({ "item_id": "starter", "user_id": "{user}" });
    vec![
        ("list_products",       Public, "GET /api/stripe/products", none()),
        ("get_liveness",        Public, "GET /livez", none()),
        ("get_readiness",       Public, "GET /readyz", none()),
        // Closed where there is a public URL, which is tested with the probes.
        ("get_metrics",         Public, "GET /metrics", none()),
        ("read_payment_success", Public, "GET /payment/success?session_id=cs_none", none()),
        ("read_payment_cancel", Public, "GET /payment/cancel", none()),
        ("read_payment_status", Public, "GET /payment/status?session_id=cs_none", none()),
        ("receive_webhook",     Signed, "POST /api/stripe/webhook", json!({})),
        ("receive_forwarded",   Signed, "POST /subscriptions/internal/stripe-webhook", json!({})),

        ("sign_in_to_console",   Signed,  "PUT /api/console/session", json!({ "secret": "link_none" })),
        ("read_console_session", Session, "GET /api/console/session", none()),
        ("sign_out_of_console",  Session, "DELETE /api/console/session", none()),
        ("sign_in_to_account",   Session, "PUT /api/account/session", none()),
        ("read_account_session", Session, "GET /api/account/session", none()),
        ("sign_out_of_account",  Session, "DELETE /api/account/session", none()),

        ("read_credits",            Own(Scope::CreditsRead),    "GET /api/financial/credits/{user}", none()),
        ("list_credit_history",     Own(Scope::CreditsRead),    "GET /api/financial/credits/{user}/history", none()),
        ("download_credit_history", Own(Scope::CreditsRead),    "GET /api/financial/credits/{user}/history.csv", none()),
        ("explain_credits",         Own(Scope::CreditsRead),    "GET /api/financial/credits/{user}/explain", none()),
        ("add_credits",             Staff(Scope::CreditsGrant), "POST /api/financial/credits/{user}/add", change()),
        ("remove_credits",          Staff(Scope::CreditsGrant), "POST /api/financial/credits/{user}/remove", change()),
        ("move_credits",            Staff(Scope::CreditsGrant), "POST /api/financial/credits/{user}/move",
            json!({ "amount": 1, "reason": "matrix", "to_key_id": "outside" })),
        ("spend_credits",           BackEnd(Scope::CreditsSpend), "POST /api/financial/credits/{user}/spend", change()),
        ("list_holds",   Own(Scope::CreditsRead),    "GET /api/financial/credits/{user}/holds", none()),
        ("read_hold",    Own(Scope::CreditsRead),    "GET /api/financial/credits/{user}/holds/{hold}", none()),
        ("create_hold",  BackEnd(Scope::CreditsSpend), "POST /api/financial/credits/{user}/holds", change()),
        ("capture_hold", BackEnd(Scope::CreditsSpend), "POST /api/financial/credits/{user}/holds/{hold}/capture", json!({})),
        ("release_hold", BackEnd(Scope::CreditsSpend), "POST /api/financial/credits/{user}/holds/{hold}/release", json!({})),
        ("read_top_up",   Own(Scope::CreditsRead),    "GET /api/financial/credits/{user}/top-up", none()),
        ("change_top_up", Personal(Scope::PurchasesWrite), "PUT /api/financial/credits/{user}/top-up",
            json!({ "low_balance_notice_below": 5 })),
        ("remove_top_up", Own(Scope::PurchasesWrite), "DELETE /api/financial/credits/{user}/top-up", none()),
        ("set_up_top_up", Own(Scope::PurchasesWrite), "POST /api/financial/credits/{user}/top-up/setup", json!({})),
        ("list_notices",  Own(Scope::CreditsRead),    "GET /api/notices?user_id={user}", none()),
        ("read_entitlements", Own(Scope::EntitlementsRead), "GET /api/entitlements/{user}", none()),

        ("create_checkout_session",          Own(Scope::PurchasesWrite), "POST /api/stripe/create-checkout-session", checkout()),
        ("checkout_credits",                 Own(Scope::PurchasesWrite), "POST /checkout", checkout()),
        ("create_payments_checkout_session", Own(Scope::PurchasesWrite), "POST /api/payments/create-checkout-session", checkout()),
        ("list_purchases", Own(Scope::PurchasesRead), "GET /api/purchases?user_id={user}", none()),
        ("read_purchase",  Own(Scope::PurchasesRead), "GET /api/purchases/{purchase}", none()),
        ("create_refund",  Staff(Scope::RefundsWrite), "POST /api/refunds",
            json!({ "purchase_id": "{purchase}", "amount_minor": 1, "reason": "requested_by_customer" })),
        ("list_refunds",   Staff(Scope::PurchasesRead), "GET /api/refunds", none()),
        ("read_refund",    Staff(Scope::PurchasesRead), "GET /api/refunds/re_none", none()),
        ("list_disputes",  Staff(Scope::PurchasesRead), "GET /api/disputes", none()),
        ("read_dispute",   Staff(Scope::PurchasesRead), "GET /api/disputes/dp_none", none()),
        ("list_fraud_warnings", Staff(Scope::PurchasesRead), "GET /api/fraud-warnings", none()),
        ("request_refund", Own(Scope::RefundsWrite), "POST /api/refund-requests",
            json!({ "purchase_id": "{purchase}", "reason": "matrix", "amount_minor": 1 })),
        ("list_refund_requests", Own(Scope::PurchasesRead), "GET /api/refund-requests?user_id={user}", none()),
        ("read_refund_request",  Own(Scope::PurchasesRead), "GET /api/refund-requests/{request}", none()),
        ("approve_refund_request", Staff(Scope::RefundsApprove), "POST /api/refund-requests/{request}/approve", json!({})),
        ("decline_refund_request", Staff(Scope::RefundsApprove), "POST /api/refund-requests/{request}/decline",
            json!({ "reason": "matrix" })),

        ("create_order", Own(Scope::OrdersWrite), "POST /api/orders", json!({ "package_id": "track-review", "fields": { "track_url": "https://music.example/two" }, "user_id": "{user}" })),
        ("list_orders",  Own(Scope::OrdersRead),  "GET /api/orders?user_id={user}", none()),
        ("read_order",   Own(Scope::OrdersRead),  "GET /api/orders/{order}", none()),
        ("list_order_changes", Own(Scope::OrdersRead), "GET /api/orders/{order}/changes", none()),
        ("assign_order", Staff(Scope::OrdersWrite), "POST /api/orders/{order}/assignment", json!({ "reviewer_id": "rex" })),
        ("move_order",   Own(Scope::OrdersWrite), "POST /api/orders/{order}/moves", json!({ "to": "cancelled" })),

        ("list_booking_slots", Public, "GET /api/bookings/slots?session_type=mix-session", none()),
        ("list_bookings", Own(Scope::BookingsRead), "GET /api/bookings?user_id={user}", none()),
        ("read_booking",  Own(Scope::BookingsRead), "GET /api/bookings/{booking}", none()),
        ("reschedule_booking",   Own(Scope::BookingsWrite), "POST /api/bookings/{booking}/reschedule",
            json!({ "starts_at": "2026-01-31T12:00:00Z" })),
        ("mark_booking_no_show", Own(Scope::BookingsWrite), "POST /api/bookings/{booking}/no-show", json!({})),
        ("create_calendar_feed", Own(Scope::BookingsWrite), "POST /api/calendar-feeds",
            json!({ "part": "client", "user_id": "{user}" })),
        ("list_calendar_feeds",  Own(Scope::BookingsRead),  "GET /api/calendar-feeds?user_id={user}", none()),
        ("end_calendar_feed",    Own(Scope::BookingsWrite), "DELETE /api/calendar-feeds/client?user_id={user}", none()),
        ("read_calendar_feed",   Public, "GET /calendars/cal_none.ics", none()),
        ("read_availability",    Own(Scope::BookingsRead),  "GET /api/builders/{user}/availability", none()),
        ("replace_availability", Own(Scope::BookingsWrite), "PUT /api/builders/{user}/availability", json!({ "time_zone": "UTC" })),

        ("list_keys",  Own(Scope::KeysRead),     "GET /api/keys?user_id={user}", none()),
        ("read_key",   Own(Scope::KeysRead),     "GET /api/keys/{key}", none()),
        ("create_key", Personal(Scope::KeysWrite), "POST /api/keys", json!({ "name": "matrix", "user_id": "{user}" })),
        ("reveal_key", Personal(Scope::KeysWrite), "POST /api/keys/{key}/reveal", json!({})),
        ("rotate_key", Personal(Scope::KeysWrite), "POST /api/keys/{key}/rotate", json!({})),
        ("revoke_key", Own(Scope::KeysWrite),    "POST /api/keys/{key}/revoke", json!({})),
        ("verify_key", Staff(Scope::KeysVerify), "POST /api/keys/verify", json!({ "key": "pdk_none" })),
        ("list_seeded_data",    Own(Scope::DataRead),  "GET /api/seeded-data?user_id={user}", none()),
        ("read_seeded_data",    Own(Scope::DataRead),  "GET /api/seeded-data/widget?user_id={user}", none()),
        ("replace_seeded_data", Own(Scope::DataWrite), "PUT /api/seeded-data/widget?user_id={user}", json!({ "value": 1 })),

        ("create_subscription", Own(Scope::SubscriptionsWrite), "POST /api/stripe/create-subscription",
            json!({ "plan_id": "pro-monthly", "user_id": "{user}" })),
        ("list_subscriptions",          Own(Scope::SubscriptionsRead),  "GET /api/stripe/subscriptions/{user}", none()),
        ("list_subscription_invoices",  Own(Scope::SubscriptionsRead),  "GET /api/subscriptions/{user}/invoices", none()),
        ("change_subscription",         Own(Scope::SubscriptionsWrite), "POST /api/subscriptions/{subscription}/change",
            json!({ "plan_id": "pro-monthly" })),
        ("preview_subscription_change", Own(Scope::SubscriptionsRead),
            "GET /api/subscriptions/{subscription}/change/preview?plan_id=pro-monthly", none()),
        ("resume_subscription", Own(Scope::SubscriptionsWrite), "POST /api/subscriptions/{subscription}/resume", json!({})),
        ("cancel_subscription", Own(Scope::SubscriptionsWrite), "DELETE /api/stripe/subscriptions/{subscription}", none()),
        ("open_customer_portal", Own(Scope::SubscriptionsWrite), "GET /api/stripe/customer-portal?user_id={user}", none()),
        ("stream_updates", Own(Scope::CreditsRead), "GET /api/updates?user_id={user}", none()),

        ("read_contact",   Own(Scope::ContactsRead),    "GET /api/users/{user}/contact", none()),
        ("change_contact", Staff(Scope::ContactsWrite), "PUT /api/users/{user}/contact", json!({ "email": "ada@example.com" })),
        ("read_dashboard", Staff(Scope::ReportsRead), "GET /api/financial/admin/dashboard?currency=usd", none()),
        ("list_users",         Staff(Scope::ReportsRead), "GET /api/users", none()),
        ("read_user_timeline", Staff(Scope::ReportsRead), "GET /api/users/{user}/timeline", none()),
        ("list_ledger_transfers", Staff(Scope::ReportsRead), "GET /api/ledger/transfers", none()),
        ("read_ledger_transfer",  Staff(Scope::ReportsRead), "GET /api/ledger/transfers/1", none()),
        ("list_payments", Staff(Scope::PurchasesRead), "GET /api/payments", none()),
        ("read_payment",  Staff(Scope::PurchasesRead), "GET /api/payments/pi_none", none()),
        ("list_all_subscriptions", Staff(Scope::SubscriptionsRead), "GET /api/subscriptions", none()),
        ("read_subscription", Staff(Scope::SubscriptionsRead), "GET /api/subscriptions/{subscription}", none()),
        ("begin_onboarding",    Own(Scope::PayoutsWrite), "POST /api/payouts/accounts/{user}/onboarding", json!({})),
        ("read_payout_account", Own(Scope::PayoutsRead),  "GET /api/payouts/accounts/{user}", none()),
        ("list_earnings",       Own(Scope::PayoutsRead),  "GET /api/payouts/{user}/earnings", none()),
        ("list_bank_payouts",   Own(Scope::PayoutsRead),  "GET /api/payouts/{user}/bank-payouts", none()),
        ("list_payout_accounts",  Staff(Scope::PayoutsRead), "GET /api/payouts/accounts", none()),
        ("list_payout_transfers", Staff(Scope::PayoutsRead), "GET /api/payouts/transfers", none()),
        ("read_payout_statement", Own(Scope::PayoutsRead),
            "GET /api/payouts/{user}/statement?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", none()),
        ("download_payout_statement", Own(Scope::PayoutsRead),
            "GET /api/payouts/{user}/statement.csv?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", none()),
        ("print_payout_statement", Own(Scope::PayoutsRead),
            "GET /api/payouts/{user}/statement.pdf?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", none()),
        ("list_events",  Staff(Scope::EventsRead),   "GET /api/events", none()),
        ("read_event",   Staff(Scope::EventsRead),   "GET /api/events/{event}", none()),
        ("replay_event", Staff(Scope::EventsReplay), "POST /api/events/{event}/replay", json!({})),
        ("list_webhook_endpoints",  Staff(Scope::WebhooksRead),  "GET /api/webhook-endpoints", none()),
        ("create_webhook_endpoint", Staff(Scope::WebhooksWrite), "POST /api/webhook-endpoints",
            json!({ "url": "https://app.example.com/hooks" })),
        ("read_webhook_endpoint",   Staff(Scope::WebhooksRead),  "GET /api/webhook-endpoints/{endpoint}", none()),
        ("enable_webhook_endpoint", Staff(Scope::WebhooksWrite), "POST /api/webhook-endpoints/{endpoint}/enable", json!({})),
        ("rotate_webhook_secret",   Staff(Scope::WebhooksWrite), "POST /api/webhook-endpoints/{endpoint}/rotate", json!({})),
        ("list_webhook_deliveries", Staff(Scope::WebhooksRead),  "GET /api/webhook-endpoints/{endpoint}/deliveries", none()),
        ("read_webhook_delivery",   Staff(Scope::WebhooksRead),  "GET /api/webhook-endpoints/{endpoint}/deliveries/dlv_none", none()),
        ("replay_webhook_deliveries", Staff(Scope::DeliveriesWrite), "POST /api/webhook-endpoints/{endpoint}/replay",
            json!({ "status": "failed", "dry_run": true })),

        ("cancel_booking", Own(Scope::BookingsWrite), "POST /api/bookings/{booking}/cancel", json!({})),

        // Last, since they take away what the rows before ask for.
        ("remove_contact",          Staff(Scope::ContactsWrite), "DELETE /api/users/{user}/contact", none()),
        ("remove_webhook_endpoint", Staff(Scope::WebhooksWrite), "DELETE /api/webhook-endpoints/{endpoint}", none()),
    ]
}

/// What there is: everything of ada's, by the name it has in the rows.
type World = BTreeMap<&'static str, String>;

/// Ada has one of everything.
async fn world(test: &TestApp) -> World {
    let ada = test.user("ada");
    let (purchase, _payment) = buy(test, 1).await;
    let fields = json!({ "track_url": "https://music.example/one" });
    let wanted = json!({ "package_id": "track-review", "fields": fields });
    let order = test.post(&ada, "/api/orders", &wanted).await.json()["order_id"].clone();
    let checkout = test.checkout(&ada, &json!({ "order_id": order })).await;
    pay(test, &checkout).await;
    test.settle().await;
    let booking = book(test, &ada).await;
    let subscription = subscribe(test, "pro-monthly").await;
    let id = |said: &Value, name: &str| {
        said[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name}: {said}"))
            .to_owned()
    };
    let made = async |path: &str, body: Value, name: &str| id(&test.post(ADMIN, path, &body).await.json(), name);
    let hold = made(
        "/api/financial/credits/ada/holds",
        json!({ "amount": 1, "reason": "matrix" }),
        "hold_id",
    );
    let endpoint = made(
        "/api/webhook-endpoints",
        json!({ "url": "https://app.example.com/" }),
        "endpoint_id",
    );
    let wanted = json!({ "purchase_id": checkout["purchase_id"], "reason": "matrix", "amount_minor": 1 });
    let request = made("/api/refund-requests", wanted, "request_id");
    let (hold, endpoint, request) = (hold.await, endpoint.await, request.await);
    let key = test.post(&ada, "/api/keys", &json!({ "name": "own" })).await.json();
    let contact = json!({ "email": "ada@example.com" });
    let kept = test.send(Method::PUT, ADMIN, "/api/users/ada/contact", Some(&contact), None);
    assert_eq!(kept.await.status, 200);
    let events = test.get(ADMIN, "/api/events?limit=1").await.json();
    BTreeMap::from([
        ("user", "ada".to_owned()),
        ("purchase", purchase),
        ("order", order.as_str().unwrap().to_owned()),
        ("booking", booking),
        ("subscription", subscription),
        ("hold", hold),
        ("endpoint", endpoint),
        ("request", request),
        ("key", id(&key, "key_id")),
        ("event", id(&events["data"][0], "id")),
    ])
}

/// Ada, who gives sessions here, books one with herself.
async fn book(test: &TestApp, ada: &str) -> String {
    let day = json!([{ "from": "00:00", "to": "24:00" }]);
    let always = json!({ "time_zone": "UTC", "weekly": {
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day, "saturday": day, "sunday": day,
    } });
    let url = format!("{}/api/builders/ada/availability", test.base);
    let said = test
        .http
        .put(url)
        .bearer_auth(ada)
        .header("if-match", "*")
        .json(&always);
    assert_eq!(said.send().await.unwrap().status(), 200);
    let slots = test
        .get("", "/api/bookings/slots?session_type=mix-session")
        .await
        .json();
    let wanted = json!({ "item_id": "mix-session", "starts_at": slots["data"][9]["starts_at"] });
    test.checkout(ada, &wanted).await;
    let bookings = test.get(ada, "/api/bookings").await.json();
    bookings["data"][0]["booking_id"].as_str().unwrap().to_owned()
}

/// The same names for what is not there.
fn nothing(world: &World) -> World {
    let absent = |(name, id): (&&'static str, &String)| {
        let absent = match id.split_once('_') {
            Some((prefix, rest)) => format!("{prefix}_{}", rest.chars().rev().collect::<String>()),
            None => "nobody".to_owned(),
        };
        (*name, absent)
    };
    world.iter().map(absent).collect()
}

fn filled(text: &str, world: &World) -> String {
    world.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// Who asks.
enum Caller<'a> {
    Nobody,
    Token(String),
    Browser(Browser<'a>),
}

impl Caller<'_> {
    /// The status, and the body without what differs from request to request.
    async fn ask(&self, test: &TestApp, row: &Row, world: &World) -> (u16, Value) {
        let (_, _, wanted, body) = row;
        let (method, path) = wanted.split_once(' ').unwrap();
        let url = format!("{}{}", test.base, filled(path, world));
        let mut request = test
            .http
            .request(method.parse().unwrap(), url)
            .header("idempotency-key", test.app.ids.next("key"))
            .header("if-match", "\"1\"");
        request = match self {
            Self::Nobody => request,
            Self::Token(token) => request.bearer_auth(token),
            Self::Browser(browser) => request
                .header("cookie", &browser.cookie)
                .header("sec-fetch-site", "same-origin"),
        };
        if !body.is_null() {
            let body: Value = serde_json::from_str(&filled(&body.to_string(), world)).unwrap();
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        // What goes well may never end; only refusals are compared.
        let body = if status < 400 {
            Value::Null
        } else {
            answer.json().await.unwrap()
        };
        (status, body)
    }
}

/// Whether a request came past the question who asks: it did well, or was refused for something else.
fn is_let_in(status: u16) -> bool {
    !matches!(status, 401 | 403 | 404)
}

/// Whether it was turned away because of who asks.
fn is_turned_away(status: u16) -> bool {
    matches!(status, 403 | 404)
}

struct Everybody<'a> {
    test: &'a TestApp,
    /// Every cell that is not as it should be; all of them are told at once.
    wrong: RefCell<Vec<String>>,
    ada: Caller<'a>,
    bob: Caller<'a>,
    roles: [(Role, Caller<'a>); 3],
}

impl<'a> Everybody<'a> {
    async fn of(test: &'a TestApp) -> Self {
        let browser = async |role: Role| (role, Caller::Browser(Browser::of(test, role.as_str(), role).await));
        Self {
            test,
            wrong: RefCell::default(),
            ada: Caller::Token(test.user("ada")),
            bob: Caller::Token(test.user("bob")),
            roles: [
                browser(Role::Viewer).await,
                browser(Role::Operator).await,
                browser(Role::Admin).await,
            ],
        }
    }

    async fn service(&self, scopes: &[Scope]) -> Caller<'a> {
        Caller::Token(service(self.test, scopes).await)
    }

    fn expect(&self, right: bool, otherwise: impl FnOnce() -> String) {
        if !right {
            self.wrong.borrow_mut().push(otherwise());
        }
    }

    /// What somebody is told, whom no scope lets in: the same whether it is somebody else's or not there at all.
    async fn bob_cannot_tell(&self, row: &Row, world: &World) {
        let theirs = self.bob.ask(self.test, row, world).await;
        let absent = self.bob.ask(self.test, row, &nothing(world)).await;
        self.expect(is_turned_away(theirs.0), || {
            format!("{} lets bob in: {theirs:?}", row.0)
        });
        self.expect(theirs == absent, || {
            format!("{} tells bob what there is: {theirs:?} and {absent:?}", row.0)
        });
    }

    async fn scopes_are_kept_apart(&self, row: &Row, scope: Scope, world: &World) {
        let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|other| *other != scope).collect();
        let without = self.service(&others).await.ask(self.test, row, world).await;
        self.expect(is_turned_away(without.0), || {
            format!("{} without {scope}: {without:?}", row.0)
        });
        let with = self.service(&[scope]).await.ask(self.test, row, world).await;
        self.expect(!matches!(with.0, 401 | 403), || {
            format!("{} with {scope}: {with:?}", row.0)
        });
    }

    async fn roles_are_kept_apart(&self, row: &Row, may: impl Fn(Role) -> bool, world: &World) {
        for (role, caller) in &self.roles {
            let (status, said) = caller.ask(self.test, row, world).await;
            let expected = if may(*role) {
                !matches!(status, 401 | 403)
            } else {
                is_turned_away(status)
            };
            self.expect(expected, || format!("{} for a {role}: {status} {said}", row.0));
        }
    }

    async fn check(&self, row: &Row, world: &World) {
        let (name, rule, ..) = row;
        let nobody = Caller::Nobody.ask(self.test, row, world).await;
        let edge = Caller::Token(INTERNAL_SECRET.to_owned())
            .ask(self.test, row, world)
            .await;
        if !matches!(rule, Public | Signed) {
            self.expect((nobody.0, edge.0) == (401, 401), || {
                format!("{name} for nobody known: {nobody:?}, {edge:?}")
            });
        }
        match rule {
            Public => {
                let bob = self.bob.ask(self.test, row, world).await.0;
                self.expect((nobody.0, bob) == (edge.0, nobody.0), || {
                    format!("{name} is everybody's")
                });
            }
            Signed => {
                let admin = Caller::Token(ADMIN.to_owned()).ask(self.test, row, world).await.0;
                self.expect((nobody.0, admin) == (edge.0, nobody.0) && nobody.0 >= 400, || {
                    format!("{name} goes by what is signed: {nobody:?}, {admin}")
                });
            }
            Session => {}
            Own(scope) | Personal(scope) => {
                let own = self.ada.ask(self.test, row, world).await;
                self.expect(is_let_in(own.0), || format!("{name} for its owner: {own:?}"));
                self.bob_cannot_tell(row, world).await;
                self.scopes_are_kept_apart(row, *scope, world).await;
                let personal = matches!(rule, Personal(_));
                self.roles_are_kept_apart(row, |role| !personal && role.may(*scope), world)
                    .await;
            }
            Staff(scope) | BackEnd(scope) => {
                let ada = self.ada.ask(self.test, row, world).await;
                self.expect(is_turned_away(ada.0), || format!("{name} is not a user's: {ada:?}"));
                self.bob_cannot_tell(row, world).await;
                self.scopes_are_kept_apart(row, *scope, world).await;
                let staff = matches!(rule, Staff(_));
                self.roles_are_kept_apart(row, |role| staff && role.may(*scope), world)
                    .await;
            }
        }
    }
}

#[test]
fn every_operation_has_a_row() {
    let document = openapi::document();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|item| item.as_object().unwrap().values());
    let documented: BTreeSet<String> = operations
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let ruled: BTreeSet<String> = rows().iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(ruled, documented);
    assert_eq!(rows().len(), documented.len(), "one row for each");
}

#[tokio::test]
async fn each_operation_is_for_whom_it_is_meant() {
    let database = TestDatabase::sqlite();
    let catalogue = include_str!("../../../../paydesk.toml").replace("builder = \"grace\"", "builder = \"ada\"");
    let test = TestApp::begin_selling(&database, &catalogue).await;
    let world = world(&test).await;
    let everybody = Everybody::of(&test).await;
    for row in rows() {
        everybody.check(&row, &world).await;
    }
    assert_eq!(everybody.wrong.take(), Vec::<String>::new());
}

//! The same property for subscriptions, whose state is read from Stripe while their events come in. Many subscribers live
//! through some months at one Stripe: they are charged, refused, changed, paused, refunded and end, by the dashboard, by the
//! billing portal, and by one application's own API. That application is told of everything as it happens, in order and once. Others are told of it afterwards: tenfold, shuffled, between calls of the
//! API and reads of Stripe, one of them in the shape of API versions before 2025-03-31. All must end with the same.
//!
//! `PAYDESK_SUBSCRIBERS` sets how many there are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use paydesk::app::App;
use paydesk::audit;
use paydesk::clock::SECOND_US;
use paydesk::{inbox, subscriptions};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use store::testing::TestDatabase;
use store::{Result, Store, Tx};
use stripe::signature::{SigningSecret, sign};

use crate::old_shape;
use crate::support::{ADMIN, TestApp, WEBHOOK_SECRET, all_at_once, application, push, recount};
use crate::{AT_ONCE, COPIES, seed, size_of};

const CATALOGUE: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[plan]]
id = "small"
name = "Small"
tier = "small"
interval = "month"
prices = { usd = 1000 }
grace_days = 3
credits = { amount = 100, roll_over = true, priority = -1 }
keys = { on_activation = true, on_downgrade = "suspend" }

[[plan.seeds]]
name = "widget"
value = { theme = "dark" }

[[plan]]
id = "large"
name = "Large"
tier = "large"
interval = "month"
prices = { usd = 3000 }
access = { paused = "full" }
credits = { amount = 701, roll_over = true }
keys = { on_activation = true, on_downgrade = "suspend" }

[[plan.seeds]]
name = "widget"
value = { theme = "dark" }

# Its credits end after all of what is told: what had ended already when it was taken back is owed, so that would depend
# on when it is told.
[[plan]]
id = "yearly"
name = "Yearly"
tier = "large"
interval = "year"
prices = { usd = 30000 }
credits = { amount = 9000, priority = 5 }
keys = { on_activation = true, on_downgrade = "suspend" }

[[plan.seeds]]
name = "widget"
value = { theme = "dark" }
"#;

/// Times that something happens to everybody, and time passes.
const ROUNDS: usize = 9;
const DAY: u64 = 86_400;

/// What can happen to a subscription.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Nothing,
    Change(&'static str),
    CardFails,
    CardIsGood,
    EndWithPeriod,
    GoOn,
    EndNow,
    Pause,
    Resume,
    StopCollecting,
    CollectAgain,
    Refund,
    Dispute,
}

const TURNS: [Turn; 16] = [
    Turn::Nothing,
    Turn::Nothing,
    Turn::Change("small"),
    Turn::Change("large"),
    Turn::Change("yearly"),
    Turn::CardFails,
    Turn::CardFails,
    Turn::CardIsGood,
    Turn::EndWithPeriod,
    Turn::GoOn,
    Turn::EndNow,
    Turn::Pause,
    Turn::Resume,
    Turn::StopCollecting,
    Turn::CollectAgain,
    Turn::Refund,
];

/// By which way something happens to a subscription.
#[derive(Clone, Copy, Debug)]
enum By {
    Dashboard,
    Api,
    Portal,
}

/// Somebody with a subscription.
struct Subscriber {
    user: String,
    customer: String,
    subscription_id: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_end_with_the_same_however_their_lives_are_told() {
    let seed = seed();
    let count = size_of("PAYDESK_SUBSCRIBERS", 16);
    println!("{count} subscribers, seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let (live, shuffled, server, old) = (
        TestDatabase::sqlite(),
        TestDatabase::sqlite(),
        TestDatabase::postgres(),
        TestDatabase::sqlite(),
    );
    let test = TestApp::begin_selling(&live, CATALOGUE).await;
    test.steer("/deliveries/pause", &json!({})).await;
    let mut events = Vec::new();
    let mut subscribers = Vec::new();
    for number in 0..count {
        subscribers.push(subscribe(&test, number, &mut rng).await);
    }
    tell_live(&test, &mut events).await;
    for _ in 0..ROUNDS {
        for subscriber in &subscribers {
            turn(&test, subscriber, &mut rng).await;
        }
        tell_live(&test, &mut events).await;
        let seconds = rng.random_range(2 * DAY..25 * DAY);
        test.app.clock.advance(Duration::from_secs(seconds));
        test.steer("/clock", &json!({ "advance": seconds })).await;
        tell_live(&test, &mut events).await;
    }
    let statuses = statuses(&test.app.store).await;
    println!("{} events; {statuses:?}", events.len());
    assert!(statuses.len() > 1, "the lives must differ: {statuses:?}");

    let wanted = digest(&test.app.store).await;
    assert!(wanted.len() > count * 4, "the lives must leave something behind");
    let old_events = old_shape::all(&events);
    for (name, database, events) in [
        ("shuffled", &shuffled, &events),
        ("on the server engine", &server, &events),
        ("in the old shape", &old, &old_events),
    ] {
        let app = beside(&test, database).await;
        tell_shuffled(&app, events, &subscribers, &mut rng).await;
        let found = digest(&app.store).await;
        let differ: Vec<_> = wanted
            .iter()
            .filter(|(key, line)| found.get(*key) != Some(line))
            .collect();
        let differ: Vec<_> = differ.iter().map(|(key, line)| (key, line, found.get(*key))).collect();
        assert!(differ.is_empty(), "{name}, seed {seed}: {differ:#?}");
        assert_eq!(wanted.len(), found.len(), "{name}, seed {seed}");
        let audit = app.store.read(|tx| audit::audit(tx, &[], |_, _| {})).await.unwrap();
        assert_eq!(audit.findings, Vec::<String>::new(), "{name}");
        recount::check(&app.store, app.clock.now_us()).await;
    }
    recount::check(&test.app.store, test.app.clock.now_us()).await;
    let audit = test
        .app
        .store
        .read(|tx| audit::audit(tx, &[], |_, _| {}))
        .await
        .unwrap();
    assert_eq!(audit.findings, Vec::<String>::new());
}

/// Another application on the same Stripe and the same clock, with a database of its own.
async fn beside(test: &TestApp, database: &TestDatabase) -> App {
    let secret_key = test.sandbox.config().secret_key.clone();
    let ends = (test.base.as_str(), test.sandbox_base.as_str());
    let clock = (test.app.clock.clone(), CATALOGUE);
    let app = application(database.store().clone(), ends, secret_key, clock, (&[], None)).await;
    push(&app).await;
    app
}

/// Makes a customer with a card, and a subscription, some with a trial.
async fn subscribe(test: &TestApp, number: usize, rng: &mut StdRng) -> Subscriber {
    let customer = test
        .at_stripe("POST", "/v1/customers", &[("email", "a@example.org")])
        .await;
    let customer = customer["id"].as_str().unwrap().to_owned();
    card(test, &customer, "pm_card_visa").await;
    let user = format!("user-{number}");
    let plan = *["small", "large", "yearly"].choose(rng).unwrap();
    let price = price(test, plan).await;
    let days = rng.random_range(3..20).to_string();
    let mut form = vec![
        ("customer", customer.as_str()),
        ("items[0][price]", price.as_str()),
        ("metadata[paydesk_user]", user.as_str()),
    ];
    if rng.random_bool(0.4) {
        form.push(("trial_period_days", &days));
    }
    let made = test.at_stripe("POST", "/v1/subscriptions", &form).await;
    Subscriber {
        user,
        subscription_id: made["id"].as_str().unwrap().to_owned(),
        customer,
    }
}

async fn card(test: &TestApp, customer: &str, card: &str) {
    let attach = format!("/v1/payment_methods/{card}/attach");
    let method = test.at_stripe("POST", &attach, &[("customer", customer)]).await;
    let default = method["id"].as_str().unwrap();
    let form = [("invoice_settings[default_payment_method]", default)];
    test.at_stripe("POST", &format!("/v1/customers/{customer}"), &form)
        .await;
}

async fn price(test: &TestApp, plan: &str) -> String {
    let key = format!("paydesk_{plan}_usd");
    let prices = test.app.stripe.list_prices_by_lookup_key(&[&key]).await.unwrap();
    prices.data[0].id.clone()
}

const PRORATIONS: [&str; 3] = ["always_invoice", "create_prorations", "none"];

/// The subscriber asks the application, which may refuse.
async fn by_api(test: &TestApp, subscriber: &Subscriber, turn: Turn, rng: &mut StdRng) {
    let user = test.user(&subscriber.user);
    let id = &subscriber.subscription_id;
    let ended = format!("/api/stripe/subscriptions/{id}?when=");
    let answer = match turn {
        Turn::Change(plan) => {
            let proration = *PRORATIONS.choose(rng).unwrap();
            let body = json!({ "plan_id": plan, "proration_behavior": proration });
            // Other terms than the usual are for the application's back end to choose.
            let by = if proration == PRORATIONS[0] { &user } else { ADMIN };
            test.post(by, &format!("/api/subscriptions/{id}/change"), &body).await
        }
        Turn::GoOn => {
            test.post(&user, &format!("/api/subscriptions/{id}/resume"), &json!({}))
                .await
        }
        Turn::EndNow => {
            test.send(Method::DELETE, &user, &format!("{ended}now"), None, None)
                .await
        }
        _ => {
            test.send(Method::DELETE, &user, &format!("{ended}period_end"), None, None)
                .await
        }
    };
    let said = answer.json();
    assert!(answer.status < 500, "{turn:?}: {said}");
}

/// The subscriber fills in a page of the billing portal, which may refuse.
async fn by_portal(test: &TestApp, subscriber: &Subscriber, turn: Turn) {
    let form = [("customer", subscriber.customer.as_str())];
    let portal = test.at_stripe("POST", "/v1/billing_portal/sessions", &form).await;
    let mut form = vec![("subscription", subscriber.subscription_id.as_str())];
    let price = match turn {
        Turn::Change(plan) => price(test, plan).await,
        _ => String::new(),
    };
    match turn {
        Turn::Change(_) => form.extend([("action", "plan"), ("price", price.as_str())]),
        Turn::GoOn => form.push(("action", "renew")),
        _ => form.push(("action", "cancel")),
    }
    let page = test.http.post(portal["url"].as_str().unwrap());
    let answer = TestApp::with_form(page, &form).send().await.unwrap();
    assert!(answer.status().as_u16() < 500, "{turn:?}: {}", answer.status());
}

/// Something happens to a subscription, where Stripe allows it.
async fn turn(test: &TestApp, subscriber: &Subscriber, rng: &mut StdRng) {
    let path = format!("/v1/subscriptions/{}", subscriber.subscription_id);
    let change = async |form: &[(&str, &str)]| drop(test.try_at_stripe("POST", &path, form).await);
    let turn = *TURNS.choose(rng).unwrap();
    let turn = if rng.random_bool(0.1) { Turn::Dispute } else { turn };
    let by = *[By::Dashboard, By::Api, By::Portal].choose(rng).unwrap();
    match turn {
        Turn::Change(_) | Turn::EndWithPeriod | Turn::GoOn | Turn::EndNow if matches!(by, By::Api) => {
            by_api(test, subscriber, turn, rng).await;
        }
        Turn::Change(_) | Turn::EndWithPeriod | Turn::GoOn if matches!(by, By::Portal) => {
            by_portal(test, subscriber, turn).await;
        }
        Turn::Nothing => {}
        Turn::Change(plan) => {
            let found = test.at_stripe("GET", &path, &[]).await;
            let item = found["items"]["data"][0]["id"].as_str().unwrap();
            let proration = *PRORATIONS.choose(rng).unwrap();
            let form = [
                ("items[0][id]", item),
                ("items[0][price]", &price(test, plan).await),
                ("proration_behavior", proration),
            ];
            change(&form).await;
        }
        Turn::CardFails => card(test, &subscriber.customer, "pm_card_chargeCustomerFail").await,
        Turn::CardIsGood => card(test, &subscriber.customer, "pm_card_visa").await,
        Turn::EndWithPeriod => change(&[("cancel_at_period_end", "true")]).await,
        Turn::GoOn => change(&[("cancel_at_period_end", "false")]).await,
        Turn::EndNow => drop(test.try_at_stripe("DELETE", &path, &[]).await),
        Turn::Pause => drop(
            test.try_at_stripe("POST", &format!("{path}/pause"), &[("type", "subscription")])
                .await,
        ),
        Turn::Resume => drop(test.try_at_stripe("POST", &format!("{path}/resume"), &[]).await),
        Turn::StopCollecting => change(&[("pause_collection[behavior]", "void")]).await,
        Turn::CollectAgain => change(&[("pause_collection", "")]).await,
        Turn::Refund | Turn::Dispute => give_back(test, subscriber, matches!(turn, Turn::Dispute), rng).await,
    }
}

/// Refunds a part of one of the payments, or lets it be disputed.
async fn give_back(test: &TestApp, subscriber: &Subscriber, dispute: bool, rng: &mut StdRng) {
    let path = format!("/v1/payment_intents?customer={}&limit=100", subscriber.customer);
    let found = test.at_stripe("GET", &path, &[]).await;
    let all = found["data"].as_array().unwrap();
    let paid: Vec<&Value> = all.iter().filter(|intent| intent["status"] == "succeeded").collect();
    let Some(intent) = paid.choose(rng).and_then(|intent| intent["id"].as_str()) else {
        return;
    };
    if dispute {
        let body = json!({ "payment_intent": intent });
        let request = test.http.post(format!("{}/_sandbox/disputes", test.sandbox_base));
        drop(request.json(&body).send().await.unwrap());
    } else {
        let amount = rng.random_range(1..1_000).to_string();
        let form = [("payment_intent", intent), ("amount", &amount)];
        drop(test.try_at_stripe("POST", "/v1/refunds", &form).await);
    }
}

/// Events that Stripe lists and that are not known yet, the oldest first. It forgets them after thirty days.
async fn fresh(test: &TestApp, known: &[Value]) -> Vec<Value> {
    let known: BTreeSet<&str> = known.iter().filter_map(|event| event["id"].as_str()).collect();
    let mut fresh: Vec<Value> = Vec::new();
    loop {
        let after = fresh
            .last()
            .map(|event| format!("&starting_after={}", event["id"].as_str().unwrap()));
        let path = format!("/v1/events?limit=100{}", after.unwrap_or_default());
        let page = test.at_stripe("GET", &path, &[]).await;
        let listed = page["data"].as_array().unwrap();
        let new = listed
            .iter()
            .take_while(|event| !known.contains(event["id"].as_str().unwrap()));
        let before = fresh.len();
        fresh.extend(new.cloned());
        if page["has_more"] == false || fresh.len() - before < listed.len() {
            fresh.reverse();
            return fresh;
        }
    }
}

async fn deliver(app: &App, event: &str) {
    let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
    let header = sign(event.as_bytes(), &secret, app.clock.now_us() / SECOND_US);
    inbox::receive(app, header.as_bytes(), event.as_bytes()).await.unwrap();
}

/// Tells of what is new, in order and once, and lets the application read and act after every few events.
async fn tell_live(test: &TestApp, events: &mut Vec<Value>) {
    let fresh = fresh(test, events).await;
    for some in fresh.chunks(4) {
        for event in some {
            deliver(&test.app, &event.to_string()).await;
        }
        test.handle().await;
    }
    // What happened while nothing was told of is due by now.
    test.handle().await;
    events.extend(fresh);
}

/// Tells of everything afterwards, tenfold and shuffled, between reads that nobody asked for.
async fn tell_shuffled(app: &App, events: &[Value], subscribers: &[Subscriber], rng: &mut StdRng) {
    let mut events: Vec<String> = events
        .iter()
        .flat_map(|event| std::iter::repeat_n(event.to_string(), COPIES))
        .collect();
    events.shuffle(rng);
    for some in events.chunks(AT_ONCE * 4) {
        all_at_once(some.iter().map(|event| deliver(app, event))).await;
        match rng.random_range(0..4) {
            0 => drop(inbox::work(app).await),
            1 => drop(subscriptions::work(app).await.unwrap()),
            2 => {
                let one = subscribers.choose(rng).unwrap();
                subscriptions::refresh(app, &one.subscription_id).await.unwrap();
            }
            _ => {
                let both = tokio::join!(inbox::work(app), subscriptions::work(app));
                both.1.unwrap();
            }
        }
    }
    loop {
        while inbox::work(app).await > 0 {}
        if subscriptions::work(app).await.unwrap() == 0 {
            break;
        }
    }
}

/// How many subscriptions ended in which status.
async fn statuses(store: &Store) -> BTreeMap<String, i64> {
    let counted = store.read(|tx| {
        let rows = tx.all("select status, count(*) from subscription group by status", &[])?;
        rows.iter()
            .map(|row| Ok((row.text(0)?, row.int(1)?)))
            .collect::<Result<_>>()
    });
    counted.await.unwrap()
}

/// What matters of everything that subscriptions leave behind, but for times of ours and numbers that count steps.
const QUERIES: [&str; 10] = [
    "select subscription_id, concat_ws(' ', coalesce(user_id, '-'), customer, plan_id, plan_group, tier, price_id, quantity, status,
            coalesce(cancel_at_us, 0), cancel_at_period_end, coalesce(canceled_at_us, 0), coalesce(ended_at_us, 0),
            period_start_us, period_end_us, coalesce(trial_end_us, 0), coalesce(pause_collection, '-'),
            coalesce(past_due_since_us, 0), latest_invoice_id, created_s) from subscription",
    "select concat_ws(' ', 'standing', user_id, plan_group), concat_ws(' ', subscription_id, plan_id, coalesce(tier, '-'), status, access,
            coalesce(until_us, 0)) from standing",
    "select purchase_id, concat_ws(' ', user_id, kind, item_id, credits, currency, amount_minor, status, priority) from purchase",
    "select payment_intent_id, concat_ws(' ', purchase_id, user_id, currency, amount_minor, status, paid_minor, reversed_minor,
            clawed_credits, clawed_minor, freezes, frozen) from payment",
    "select account_key, concat_ws(' ', credits_posted - debits_posted, frozen) from account
     where account_key like 'credits:wallet:%' or (account_key like 'credits:debt:%' and credits_posted <> debits_posted)",
    "select effect_key, kind from effect where kind not in ('freeze', 'issue_key', 'seed_data')",
    // What came with a subscription. One that was over before it was heard of brought nothing.
    "select concat_ws(' ', 'key', api_key.subscription_id), concat_ws(' ', api_key.user_id, coalesce(key_owner.suspended_at_us, 0),
            coalesce(api_key.revoked_at_us, 0))
     from api_key join key_owner on key_owner.user_id = api_key.user_id
     join standing on standing.subscription_id = api_key.subscription_id where standing.access = 1",
    "select concat_ws(' ', 'data', seeded_data.user_id, seeded_data.name), concat_ws(' ', seeded_data.subscription_id, value,
            seeded_data.version)
     from seeded_data join standing on standing.subscription_id = seeded_data.subscription_id where standing.access = 1",
    // One that was over before it was heard of never brought in anything, which is what it brings in now.
    "select concat_ws(' ', 'revenue', subscription_id), concat_ws(' ', user_id, currency, mrr_minor) from subscription_revenue
     where mrr_minor > 0",
    "select business_key, concat_ws(' ', amount, code, coalesce(substr(filled, 1 + length(filled) -
            length(ltrim(filled, '0123456789'))), '-')) from transfer where code in ('grant', 'collect')",
];

async fn digest(store: &Store) -> BTreeMap<String, String> {
    let read = store.read(|tx: &mut Tx<'_>| {
        let mut lines = BTreeMap::new();
        for query in QUERIES {
            for row in tx.all(query, &[])? {
                lines.insert(row.text(0)?, row.text(1)?);
            }
        }
        Ok::<_, store::Error>(lines)
    });
    read.await.unwrap()
}

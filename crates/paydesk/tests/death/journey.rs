//! One journey through everything that lasts: a catalogue pushed, credits and an order bought, paid, granted, spent, held,
//! captured, expired and refunded.
//! Somewhere on the way the process dies; the traveller asks again until answered, and must end where one ends who
//! never met a death.

use std::time::Instant;

use paydesk::clock::Clock;
use paydesk::hop;
use reqwest::Method;
use serde_json::{Value, json};
use store::{Options, Store};
use stripe::signature::{SigningSecret, sign};

use crate::points::Moment;
use crate::server::{ADMIN, DIED, INTERNAL_SECRET, PATIENCE, Place, Server, Started, WEBHOOK_SECRET};

const REFUND_REQUESTS: &str = "/api/refund-requests";
const HOLDS: &str = "/api/financial/credits/ada/holds";
/// Credits that end so soon have ended when they are looked at.
const MOMENT_US: i64 = 1_000_000;
const CHECKOUT: &str = "/api/stripe/create-checkout-session";

/// Where and when the process is to die.
#[derive(Clone, Debug)]
pub(crate) struct Death {
    /// `name:nth`.
    pub(crate) point: String,
    pub(crate) moment: Moment,
}

/// A traveller, with the server as it is at the moment.
pub(crate) struct Journey<'a> {
    pub(crate) place: &'a Place,
    pub(crate) death: Death,
    pub(crate) armed: bool,
    pub(crate) died: usize,
    server: Option<Server>,
}

/// A group of one event as an edge sends it, and its signature.
fn forwarded(event: &str, clock: &Clock) -> (Vec<u8>, String) {
    let mut group = Vec::new();
    let (verified_at_us, body) = (clock.now_us(), event.as_bytes());
    hop::wire::write(&mut group, hop::wire::Forwarded { verified_at_us, body });
    let secret = hop::proof::Secret::new(INTERNAL_SECRET).unwrap();
    let signature = hop::proof::Claim::of(&group, clock.now_seconds()).sign(&[secret]);
    (group, signature)
}

/// What a request came to.
pub(crate) type Answered = (u16, Vec<u8>);

impl<'a> Journey<'a> {
    pub(crate) async fn begin(place: &'a Place, death: Death) -> Self {
        let mut journey = Self {
            place,
            armed: death.moment == Moment::Push,
            death,
            died: 0,
            server: None,
        };
        while !journey.push().await {}
        journey
    }

    /// Goes the whole way. Gives how often the process died.
    pub(crate) async fn travel(mut self) -> usize {
        self.armed |= matches!(self.death.moment, Moment::Serve);
        if self.death.moment == Moment::Refusal {
            self.be_refused().await;
        }
        let wants = json!({ "url": self.place.told_at, "event_types": ["order.paid"] });
        let endpoint = self.ask("/api/webhook-endpoints", "endpoint", &wants).await;
        let order = json!({ "package_id": "track-review", "user_id": "bob",
                            "fields": { "track_url": "https://music.example/one" } });
        let made = self.ask("/api/orders", "order", &order).await;
        let credits = json!({ "item_id": "starter", "user_id": "ada" });
        let first = self.ask(CHECKOUT, "credits", &credits).await;
        let to_pay = json!({ "order_id": body(&made)["order_id"], "user_id": "bob" });
        let second = self.ask(CHECKOUT, "pay-order", &to_pay).await;
        for answered in [&first, &second] {
            let session = body(answered)["id"].as_str().unwrap().to_owned();
            let card = json!({ "card": "4242424242424242" });
            self.place.steer(&format!("/checkout/{session}/pay"), &card).await;
        }
        if self.death.moment == Moment::Recovery {
            self.be_recovered(&["ada", "bob"]).await;
        }
        self.deliver_all().await;
        self.arrive(100, "paid").await;
        let spend = json!({ "amount": 30, "reason": "used" });
        let spent = self.ask("/api/financial/credits/ada/spend", "spend", &spend).await;
        assert_eq!(
            (spent.0, &body(&spent)["balance"]),
            (200, &json!(70)),
            "{}",
            self.told()
        );

        let hold = json!({ "amount": 20, "reason": "a render" });
        let held = self.ask(HOLDS, "hold", &hold).await;
        let capture_path = format!("{HOLDS}/{}/capture", body(&held)["hold_id"].as_str().unwrap());
        let capture = json!({ "amount": 15 });
        let captured = self.ask(&capture_path, "capture", &capture).await;
        assert_eq!(body(&captured)["status"], "captured", "{}", self.told());
        let forgotten = json!({ "amount": 10, "reason": "forgotten" });
        let kept = self.ask(HOLDS, "hold-forgotten", &forgotten).await;
        self.arrive(45, "paid").await;
        let refund = json!({ "purchase_id": body(&second)["purchase_id"], "amount_minor": 900 });
        let refunded = self.ask("/api/refunds", "refund", &refund).await;
        assert_eq!(body(&refunded)["status"], "succeeded", "{}", self.told());
        let rest = json!({ "purchase_id": body(&second)["purchase_id"], "reason": "They wrote to us." });
        let requested = self.ask(REFUND_REQUESTS, "ask-refund", &rest).await;
        assert_eq!(body(&requested)["status"], "waiting", "{}", self.told());
        let request_path = format!("{REFUND_REQUESTS}/{}", body(&requested)["request_id"].as_str().unwrap());
        let (approve_path, approval) = (format!("{request_path}/approve"), json!({ "note": "ticket 4711" }));
        let approved = self.ask(&approve_path, "approve-refund", &approval).await;
        self.see_refunded(&request_path).await;
        self.see_expired().await;

        // Everybody asks once more, and Stripe tells everything once more.
        self.deliver_all().await;
        self.arrive(55, "refunded").await;
        for (path, key, body, answered) in [
            ("/api/orders", "order", &order, &made),
            (CHECKOUT, "credits", &credits, &first),
            (CHECKOUT, "pay-order", &to_pay, &second),
            ("/api/financial/credits/ada/spend", "spend", &spend, &spent),
            (HOLDS, "hold", &hold, &held),
            (&capture_path, "capture", &capture, &captured),
            (HOLDS, "hold-forgotten", &forgotten, &kept),
            ("/api/refunds", "refund", &refund, &refunded),
            (REFUND_REQUESTS, "ask-refund", &rest, &requested),
            (&approve_path, "approve-refund", &approval, &approved),
        ] {
            assert_eq!(self.ask(path, key, body).await, *answered, "{key}: {}", self.told());
        }
        self.see_told(&body(&endpoint)).await;
        self.check().await;
        self.died
    }

    /// Brings the catalogue to Stripe; false if the process died of it.
    async fn push(&mut self) -> bool {
        let armed = self.armed.then_some(self.death.point.as_str());
        let status = self.place.run(&["catalog", "push"], armed).await;
        self.armed = false;
        if status.code() == Some(DIED) {
            self.died += 1;
            return false;
        }
        assert!(status.success(), "{status}: {}", self.told());
        true
    }

    /// A checkout that Stripe refuses stays refused, and the next one under another key is none the worse.
    async fn be_refused(&mut self) {
        let fault =
            json!({ "kind": "fail", "status": 400, "method": "POST", "path": "/v1/checkout/sessions", "count": 1 });
        self.place.steer("/faults", &fault).await;
        self.armed = true;
        let wanted = json!({ "item_id": "starter", "user_id": "ada" });
        let refused = self.ask(CHECKOUT, "refused", &wanted).await;
        assert_eq!(refused.0, 502, "{} {}", body(&refused), self.told());
        assert_eq!(self.ask(CHECKOUT, "refused", &wanted).await, refused);
    }

    /// Dies once in the middle of a checkout and once in the recovery from that; what was paid for is there without any
    /// event.
    async fn be_recovered(&mut self, users: &[&str]) {
        let cut_off = json!({ "item_id": "starter", "user_id": "cleo" });
        self.stop().await;
        let server = self.place.start(Some("intent written")).await;
        let Started::Ready(server) = server else {
            panic!("{}", self.told())
        };
        let answered = send(
            self.place,
            &server.base,
            Method::POST,
            CHECKOUT,
            Some(("cut-off", &cut_off)),
        )
        .await;
        assert!(answered.is_err(), "{answered:?}");
        assert_eq!(server.ended().await.code(), Some(DIED));
        self.armed = true;
        loop {
            self.make_due().await;
            let deaths = self.died;
            let mut recovered = false;
            while !recovered && self.died == deaths {
                recovered = self.read("/api/purchases?user_id=cleo").await["data"][0]["status"] == "open";
                for user in users {
                    let purchases = self.read(&format!("/api/purchases?user_id={user}")).await;
                    let mut purchases = purchases["data"].as_array().unwrap().iter();
                    recovered &= purchases.any(|purchase| purchase["status"] == "paid");
                }
            }
            if recovered && self.died == deaths {
                break;
            }
        }
        let answered = self.ask(CHECKOUT, "cut-off", &cut_off).await;
        assert_eq!(body(&answered)["status"], "open");
    }

    /// Gives credits that end in a moment. Where the moment went by before they were given, a next one is chosen.
    async fn lend(&mut self) {
        for attempt in 0.. {
            let ends_at = paydesk::clock::Moment(paydesk::clock::Clock::system().now_us() + MOMENT_US).to_string();
            let lent = json!({ "amount": 5, "reason": "for a moment", "expires_at": ends_at });
            let key = format!("lend-{attempt}");
            let answered = self.ask("/api/financial/credits/eve/add", &key, &lent).await;
            if answered.0 == 200 {
                return;
            }
            assert_eq!(body(&answered)["field"], "expires_at", "{}", self.told());
        }
    }

    /// Lets the time of a forgotten hold come and lends credits for a moment, and waits until both have expired.
    async fn see_expired(&mut self) {
        self.stop().await;
        self.run_sql("update hold set expires_at_us = created_at_us + 1 where status = 'held'")
            .await;
        let deaths = self.died;
        self.armed = self.death.moment == Moment::Expiry;
        self.lend().await;
        self.stop().await;
        while self.count("select 1 from transfer where code = 'expire'").await == 0 {
            // A server that was ended before it came to its point leaves it to the next one.
            self.armed = self.death.moment == Moment::Expiry && self.died == deaths;
            let deaths = self.died;
            while self.died == deaths && !self.has_expired_lots().await {}
            self.stop().await;
        }
    }

    /// Waits until a refund that was approved is made. What a dead server had taken is due at once.
    async fn see_refunded(&mut self, request_path: &str) {
        let begun = Instant::now();
        loop {
            self.stop().await;
            self.run_sql("update refund_intent set next_check_at_us = 0 where status = 'created'")
                .await;
            let deaths = self.died;
            while self.died == deaths {
                let request = self.read(request_path).await;
                if request["status"] == "refunded" {
                    return;
                }
                assert!(begun.elapsed() < PATIENCE, "{request}: {}", self.told());
            }
        }
    }

    /// Waits until the application was told of what was paid. What a dead server had taken is due at once, as if its lease
    /// had ended.
    async fn see_told(&mut self, endpoint: &Value) {
        let endpoint_id = endpoint["endpoint_id"].as_str().unwrap();
        let path = format!("/api/webhook-endpoints/{endpoint_id}/deliveries");
        let begun = Instant::now();
        loop {
            self.stop().await;
            self.run_sql("update delivery set next_attempt_at_us = 0 where status = 'pending'")
                .await;
            let deaths = self.died;
            while self.died == deaths {
                let deliveries = self.read(&path).await["data"].take();
                if deliveries[0]["status"] == "sent" && deliveries[1].is_null() {
                    return;
                }
                assert!(begun.elapsed() < PATIENCE, "{deliveries}: {}", self.told());
            }
        }
    }

    /// Whether the running server has taken a lot out of a wallet; false as well where it died meanwhile.
    async fn has_expired_lots(&mut self) -> bool {
        let base = self.base().await;
        let request = self.place.http.get(format!("{base}/metrics")).bearer_auth(ADMIN);
        let metrics = match request.send().await {
            Ok(response) => response.text().await,
            Err(error) => Err(error),
        };
        if metrics.is_err() {
            self.bury().await;
        }
        metrics.is_ok_and(|metrics| metrics.lines().any(|line| line == "paydesk_lots_expired_total 1"))
    }

    /// Lets the time of every recovery come, as if hours had gone by.
    pub(crate) async fn make_due(&mut self) {
        self.stop().await;
        self.run_sql("update purchase set next_check_at_us = 0 where status in ('created', 'open')")
            .await;
    }

    /// Changes the database while no server runs.
    pub(crate) async fn run_sql(&self, sql: &'static str) {
        let store = Store::open(self.place.database.url(), Options::default()).unwrap();
        store.write(move |tx| tx.run(sql, &[])).await.unwrap();
    }

    /// How many rows a query gives while no server runs.
    pub(crate) async fn count(&self, sql: &'static str) -> usize {
        let store = Store::open(self.place.database.url(), Options::default()).unwrap();
        store.read(move |tx| tx.all(sql, &[])).await.unwrap().len()
    }

    /// Stripe delivers every event it has, until each is acknowledged.
    pub(crate) async fn deliver_all(&mut self) {
        let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
        let clock = Clock::system();
        for (number, event) in self
            .place
            .at_stripe("/v1/events?limit=100")
            .await
            .iter()
            .rev()
            .enumerate()
        {
            let event = event.to_string();
            loop {
                let base = self.base().await;
                // Every other event comes by an edge.
                let request = if number % 2 == 0 {
                    let signature = sign(event.as_bytes(), &secret, clock.now_seconds());
                    let request = self.place.http.post(format!("{base}/api/stripe/webhook"));
                    request.header("stripe-signature", signature).body(event.clone())
                } else {
                    let (group, signature) = forwarded(&event, &clock);
                    let request = self.place.http.post(format!("{base}{}", hop::PATH));
                    request.header(hop::proof::HEADER, signature).body(group)
                };
                let answered = match request.send().await {
                    Ok(response) => response.text().await,
                    Err(error) => Err(error),
                };
                match answered {
                    Ok(said) if ["received", "kept", "duplicate"].iter().any(|word| said.contains(word)) => break,
                    Ok(said) => assert!(
                        ["503", "failed"].iter().any(|word| said.contains(word)),
                        "{said} {}",
                        self.told()
                    ),
                    Err(_) => self.bury().await,
                }
            }
        }
    }

    /// Whether an event is still to be handled.
    pub(crate) async fn waits(&mut self) -> bool {
        let received = self.read("/api/events?status=received").await;
        let retrying = self.read("/api/events?status=retrying").await;
        [received, retrying]
            .iter()
            .any(|page| !page["data"].as_array().unwrap().is_empty())
    }

    /// Waits until what was paid for is there and nothing waits any more.
    async fn arrive(&mut self, balance: i64, order: &str) {
        let begun = Instant::now();
        loop {
            let wallet = self.read("/api/financial/credits/ada").await;
            let orders = self.read("/api/orders?user_id=bob").await;
            let waits = self.waits().await;
            if !waits && wallet["balance"] == balance && orders["data"][0]["status"] == order {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{wallet} {orders}, events wait: {waits}; {}",
                self.told()
            );
        }
    }

    /// Asks under a key until answered.
    pub(crate) async fn ask(&mut self, path: &str, key: &str, body: &Value) -> Answered {
        self.ask_by(Method::POST, path, key, body).await
    }

    pub(crate) async fn ask_by(&mut self, method: Method, path: &str, key: &str, body: &Value) -> Answered {
        loop {
            let base = self.base().await;
            match send(self.place, &base, method.clone(), path, Some((key, body))).await {
                Ok((409 | 503, _)) => {}
                Ok(answered) => return answered,
                Err(_) => self.bury().await,
            }
        }
    }

    pub(crate) async fn read(&mut self, path: &str) -> Value {
        loop {
            let base = self.base().await;
            match send(self.place, &base, Method::GET, path, None).await {
                Ok(answered) => return body(&answered),
                Err(_) => self.bury().await,
            }
        }
    }

    /// The address of the server, started where none runs.
    pub(crate) async fn base(&mut self) -> String {
        loop {
            if let Some(server) = &self.server {
                return server.base.clone();
            }
            let armed = std::mem::take(&mut self.armed).then_some(self.death.point.as_str());
            match self.place.start(armed).await {
                Started::Ready(server) => self.server = Some(server),
                Started::Ended(status) => {
                    assert_eq!(status.code(), Some(DIED), "{}", self.told());
                    self.died += 1;
                }
            }
        }
    }

    /// An answer that did not come means that the server has died where it was to die.
    async fn bury(&mut self) {
        let server = self.server.take().expect("a server was asked");
        assert_eq!(server.ended().await.code(), Some(DIED), "{}", self.told());
        self.died += 1;
    }

    /// Ends the server where one runs; one that is about to die at its point in the background does so first.
    pub(crate) async fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            if server.has_ended() {
                self.died += 1;
            }
            server.kill().await;
        }
    }

    /// One session for each purchase, one customer for each buyer, one grant, one spend.
    async fn check(&mut self) {
        self.stop().await;
        self.place.verify().await;
        let (sessions, customers) = match self.death.moment {
            Moment::Recovery => (3, 3),
            _ => (2, 2),
        };
        let told = self.told();
        assert_eq!(self.place.told(), 1, "one message, whatever died: {told}");
        for (path, count) in [
            ("/v1/checkout/sessions?limit=100", sessions),
            ("/v1/customers?limit=100", customers),
            ("/v1/payment_intents?limit=100", 2),
            ("/v1/refunds?limit=100", 2),
            ("/v1/prices?limit=100", 22),
            ("/v1/products?limit=100", 8),
        ] {
            assert_eq!(self.place.at_stripe(path).await.len(), count, "{path}: {told}");
        }
        let store = Store::open(self.place.database.url(), Options::default()).unwrap();
        let mut effects: Vec<String> = store
            .read(|tx| {
                let rows = tx.all(super::EFFECTS, &[])?;
                rows.iter().map(|row| row.text(0)).collect::<store::Result<_>>()
            })
            .await
            .unwrap();
        drop(store);
        effects.sort();
        // The order hears of its money three times: when it came, and when each part of it went back.
        let once = [
            "collect",
            "collect",
            "count_order",
            "count_order",
            "count_order",
            "grant",
            "pay_order",
        ];
        assert_eq!(effects, once, "{told}");
        for (what, sql, count) in [
            (
                "events that are not handled",
                "select 1 from event where status not in ('processed', 'ignored')",
                0,
            ),
            ("holds captured", "select 1 from hold where status = 'captured'", 1),
            ("holds expired", "select 1 from hold where status = 'expired'", 1),
            ("lots expired", "select 1 from transfer where code = 'expire'", 1),
        ] {
            assert_eq!(self.count(sql).await, count, "{what}: {told}");
        }
    }

    pub(crate) fn told(&self) -> String {
        format!("{:?}, died {} times\n{}", self.death, self.died, self.place.read_log())
    }
}

async fn send(
    place: &Place,
    base: &str,
    method: Method,
    path: &str,
    keyed: Option<(&str, &Value)>,
) -> reqwest::Result<Answered> {
    let mut request = place.http.request(method, format!("{base}{path}")).bearer_auth(ADMIN);
    if let Some((key, body)) = keyed {
        request = request.header("idempotency-key", key).json(body);
    }
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
}

pub(crate) fn body(answered: &Answered) -> Value {
    serde_json::from_slice(&answered.1).unwrap_or_else(|_| json!(String::from_utf8_lossy(&answered.1)))
}

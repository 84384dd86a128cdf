//! Two tiers: an edge that verifies and forwards, and a core behind it that believes nobody else.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use paydesk::clock::Clock;
use paydesk::edge::Edge;
use paydesk::hop::proof::{Claim, HEADER, Secret};
use paydesk::hop::{PATH, wire};
use paydesk::http::server;
use serde_json::{Value, json};
use store::testing::{TestDatabase, for_each_engine};
use stripe::signature::{SigningSecret, sign};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::support::{
    ADMIN, Answered, INTERNAL_SECRET, NEXT_INTERNAL_SECRET, TestApp, WEBHOOK_SECRET, all_at_once, edge_settings,
    serve_edge,
};

/// What stands between edge and core, and does with their talk as it is told.
#[derive(Clone)]
struct Gate {
    base: String,
    mode: Arc<watch::Sender<Mode>>,
    requests: Arc<watch::Sender<usize>>,
    core: Arc<watch::Sender<String>>,
    http: reqwest::Client,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Open,
    /// Nobody is there.
    Refuse,
    /// Nothing passes until the gate is opened.
    Hold,
    /// The core hears it, and its answer is lost.
    LoseAnswer,
    /// Something else answers that all is well.
    Pretend,
    /// The core's answer is changed on its way.
    Forge,
}

impl Gate {
    async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gate = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            mode: Arc::new(watch::Sender::new(Mode::Open)),
            requests: Arc::new(watch::Sender::new(0)),
            core: Arc::new(watch::Sender::new(String::new())),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let router = axum::Router::new().fallback(pass).with_state(gate.clone());
        let limits = edge_settings("http://nowhere.example", &[]).limits;
        tokio::spawn(
            async move { server::serve(listener, router, &limits, &paydesk::shutdown::Shutdown::new()).await },
        );
        gate
    }

    fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    fn requests(&self) -> usize {
        *self.requests.borrow()
    }

    /// Waits until so many requests have come to the gate.
    async fn reached(&self, requests: usize) {
        let mut seen = self.requests.subscribe();
        seen.wait_for(|seen| *seen >= requests).await.unwrap();
    }
}

async fn pass(State(gate): State<Gate>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    gate.requests.send_modify(|requests| *requests += 1);
    let mode = *gate.mode.borrow();
    match mode {
        Mode::Refuse => return (axum::http::StatusCode::BAD_GATEWAY, "no").into_response(),
        Mode::Pretend => {
            let events = wire::read(&body, 256).unwrap().into_iter().map(|event| {
                let event: Value = serde_json::from_slice(event.body).unwrap();
                json!({ "id": event["id"], "outcome": "kept" })
            });
            return axum::Json(json!({ "events": events.collect::<Vec<_>>() })).into_response();
        }
        Mode::Hold => {
            let mut mode = gate.mode.subscribe();
            mode.wait_for(|mode| *mode != Mode::Hold).await.unwrap();
        }
        Mode::Open | Mode::LoseAnswer | Mode::Forge => {}
    }
    let core = gate.core.borrow().clone();
    let request = gate.http.post(format!("{core}{uri}")).headers(headers).body(body);
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut said = answer.bytes().await.unwrap().to_vec();
    if mode == Mode::LoseAnswer {
        return (axum::http::StatusCode::GATEWAY_TIMEOUT, "lost").into_response();
    }
    if mode == Mode::Forge {
        said = String::from_utf8(said).unwrap().replace("kept", "Kept").into_bytes();
    }
    (status, headers, Body::from(said)).into_response()
}

/// An application behind a gate behind an edge.
struct Tiers {
    test: TestApp,
    gate: Gate,
    edge_base: String,
    _edge: Edge,
}

impl Tiers {
    async fn begin(database: &TestDatabase, flags: &[&str]) -> Self {
        Self::on(database, flags, Clock::system()).await
    }

    async fn on(database: &TestDatabase, flags: &[&str], clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let edge_base = format!("http://{}", listener.local_addr().unwrap());
        let gate = Gate::begin().await;
        let edge = serve_edge(listener, &gate.base, &[INTERNAL_SECRET], &clock, flags);
        let test = {
            // The core's address is known once it serves, and Stripe delivers from then on.
            let beginning = TestApp::begin_behind(database, &edge_base, clock);
            gate.set(Mode::Refuse);
            let test = beginning.await;
            gate.core.send_replace(test.base.clone());
            gate.set(Mode::Open);
            test
        };
        test.settle().await;
        Self {
            test,
            gate,
            edge_base,
            _edge: edge,
        }
    }

    /// Sends an event to the edge as Stripe would.
    async fn deliver(&self, event: &str) -> Answered {
        let secret = SigningSecret::new(WEBHOOK_SECRET).unwrap();
        let signature = sign(event.as_bytes(), &secret, self.test.app.clock.now_seconds());
        post(
            &self.test,
            &self.edge_base,
            "/stripe-webhook",
            "stripe-signature",
            signature,
            event.to_owned(),
        )
        .await
    }
}

async fn post(
    test: &TestApp,
    base: &str,
    path: &str,
    header: &str,
    value: String,
    body: impl Into<reqwest::Body>,
) -> Answered {
    let request = test.http.post(format!("{base}{path}")).header(header, value);
    let response = request.body(body).send().await.unwrap();
    Answered {
        status: response.status().as_u16(),
        replayed: response.headers().contains_key("retry-after"),
        bytes: response.bytes().await.unwrap().to_vec(),
    }
}

/// An event that nothing follows from.
fn event(id: &str) -> String {
    json!({ "id": id, "object": "event", "type": "product.updated", "created": 1_793_000_000, "livemode": false,
            "data": { "object": { "id": "prod_1", "object": "product" } } })
    .to_string()
}

async fn kept(test: &TestApp) -> Vec<String> {
    let read = test.app.store.read(|tx| {
        let rows = tx.all(
            "select stripe_id from event where type = 'product.updated' order by stripe_id",
            &[],
        )?;
        rows.iter().map(|row| row.text(0)).collect::<store::Result<_>>()
    });
    read.await.unwrap()
}

/// Buys a pack of a hundred credits; the card is charged.
async fn buy(test: &TestApp, user: &str) {
    let checkout = test.checkout(&test.user(user), &json!({ "item_id": "starter" })).await;
    let pay = format!("/checkout/{}/pay", checkout["id"].as_str().unwrap());
    test.steer(&pay, &json!({ "card": "4242424242424242" })).await;
}

#[tokio::test]
async fn what_stripe_tells_an_edge_is_handled_once_by_the_core() {
    for_each_engine(async |database| {
        let tiers = Tiers::begin(database, &[]).await;
        let test = &tiers.test;
        buy(test, "ada").await;
        test.settle().await;
        assert_eq!(test.balance("ada").await, 100);
        for told in test.get(ADMIN, "/api/events?limit=100").await.json()["data"]
            .as_array()
            .unwrap()
        {
            let resend = format!("/events/{}/resend", told["id"].as_str().unwrap());
            test.steer(&resend, &json!({})).await;
        }
        test.settle().await;
        assert_eq!(test.balance("ada").await, 100, "told twice, granted once");

        let before = kept(test).await;
        let again = event("evt_again");
        for _ in 0..3 {
            let answered = tiers.deliver(&again).await;
            assert_eq!((answered.status, answered.json()), (200, json!({ "received": true })));
        }
        assert_eq!(kept(test).await.len(), before.len() + 1);
        tiers.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_acknowledged_that_the_core_did_not_prove_to_have_and_nothing_is_lost() {
    for_each_engine(async |database| {
        let tiers = Tiers::begin(database, &["--forward-timeout-ms=300"]).await;
        let mut wanted = kept(&tiers.test).await.len();
        for (number, mode) in [Mode::Refuse, Mode::Hold, Mode::Pretend, Mode::Forge, Mode::LoseAnswer]
            .into_iter()
            .enumerate()
        {
            let user = format!("user-{number}");
            let one = event(&format!("evt_{number}"));
            tiers.gate.set(mode);
            let answered = tiers.deliver(&one).await;
            assert_eq!(
                (answered.status, answered.replayed),
                (503, true),
                "{mode:?}: {}",
                answered.json()
            );
            assert_eq!(answered.json()["code"], "core_unavailable", "{mode:?}");
            buy(&tiers.test, &user).await;
            // Stripe tries, is refused, and tries again later; some of it the core has heard although nobody said so.
            tiers.gate.set(Mode::Open);
            wanted += 1;
            assert_eq!(tiers.deliver(&one).await.status, 200);
            tiers.test.settle().await;
            assert_eq!(tiers.test.balance(&user).await, 100, "{mode:?}");
            assert_eq!(kept(&tiers.test).await.len(), wanted, "{mode:?}");
        }
        tiers.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_burst_shares_a_request_and_what_finds_no_room_is_to_be_sent_again() {
    for_each_engine(async |database| {
        let whole = Tiers::begin(database, &["--forward-waiting-max=60"]).await;
        let (tiers, gate) = (&whole, &whole.gate);
        let before = kept(&tiers.test).await.len();
        let events: Vec<String> = (0..100).map(|number| event(&format!("evt_burst_{number}"))).collect();
        let held = gate.requests();
        gate.set(Mode::Hold);
        let turned_away = watch::Sender::new(0);
        let deliver = async |event: &String| {
            let answered = tiers.deliver(event).await;
            if answered.status == 503 {
                assert!(answered.replayed, "it is said when to come again");
                turned_away.send_modify(|count| *count += 1);
            }
            answered.status
        };
        let lone = async {
            let second = async {
                gate.reached(held + 1).await;
                deliver(&events[1]).await
            };
            tokio::join!(deliver(&events[0]), second)
        };
        let burst = async {
            // A lone event goes at once, and so does a second one; what comes meanwhile waits as far as there is room.
            gate.reached(held + 2).await;
            all_at_once(events[2..].iter().map(&deliver)).await
        };
        let release = async {
            turned_away.subscribe().wait_for(|count| *count == 38).await.unwrap();
            gate.set(Mode::Open);
        };
        let (lone, burst, ()) = tokio::join!(lone, burst, release);
        assert_eq!(lone, (200, 200));
        assert_eq!(burst.iter().filter(|status| **status == 200).count(), 60);
        assert_eq!(gate.requests(), held + 3, "the sixty that waited shared a request");
        assert_eq!(kept(&tiers.test).await.len(), before + 62);
        for event in &events {
            assert_eq!(tiers.deliver(event).await.status, 200);
        }
        assert_eq!(kept(&tiers.test).await.len(), before + 100);
        whole.test.finish().await;
    })
    .await;
}

/// A group of events, as an edge writes it.
fn group(events: &[&str], verified_at_us: i64) -> Vec<u8> {
    let mut group = Vec::new();
    for event in events {
        let body = event.as_bytes();
        wire::write(&mut group, wire::Forwarded { verified_at_us, body });
    }
    group
}

fn secrets(secrets: &[&str]) -> Vec<Secret> {
    secrets.iter().map(|secret| Secret::new(secret).unwrap()).collect()
}

async fn send_internal(test: &TestApp, header: String, body: Vec<u8>) -> Answered {
    post(test, &test.base, PATH, HEADER, header, body).await
}

#[tokio::test]
async fn an_internal_request_that_is_not_genuine_changes_nothing() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        test.settle().await;
        let now_s = test.app.clock.now_seconds();
        let before = kept(&test).await;
        let body = group(&[&event("evt_forged")], test.app.clock.now_us());
        let ours = secrets(&[INTERNAL_SECRET]);
        let good = Claim::of(&body, now_s).sign(&ours);
        let signature = good.rsplit_once("v1=").unwrap().1;
        let flipped = |at: usize| {
            let mut body = body.clone();
            body[at] ^= 1;
            body
        };
        let stripes = SigningSecret::new(INTERNAL_SECRET).unwrap();
        let other = secrets(&["somebody else's secret of many more bytes"]);
        let mut cases = vec![
            (String::new(), body.clone()),
            ("nonsense".to_owned(), body.clone()),
            (format!("Bearer {INTERNAL_SECRET}"), body.clone()),
            (INTERNAL_SECRET.to_owned(), body.clone()),
            (sign(&body, &stripes, now_s), body.clone()),
            (Claim::of(&body, now_s).sign(&other), body.clone()),
            (Claim::of(&body, now_s - 301).sign(&ours), body.clone()),
            (Claim::of(&body, now_s + 301).sign(&ours), body.clone()),
            (Claim::of(&body, now_s).sign_answer(&body, &ours), body.clone()),
            (
                good.replace(&format!("t={now_s}"), &format!("t={}", now_s + 1)),
                body.clone(),
            ),
            (
                good.replace(&format!("t={now_s}"), &format!("t=0{now_s}")),
                body.clone(),
            ),
            (good.replace("v1=", "v0="), body.clone()),
            (
                good.replace(signature, &signature.replace(['0', '1', '2', '3'], "f")),
                body.clone(),
            ),
            (good.replace(signature, &signature[..62]), body.clone()),
            (format!("{good}{}", format!(",v1={signature}").repeat(8)), body.clone()),
            (good.split(",v1=").next().unwrap().to_owned(), body.clone()),
            (good.clone(), [body.clone(), b"\n".to_vec()].concat()),
            (good.clone(), body[..body.len() - 1].to_vec()),
            (good.clone(), Vec::new()),
        ];
        // The digit of the time at which the edge verified, a digit of the length, the event, the line end.
        cases.extend([0, 17, 40, body.len() - 1].map(|at| (good.clone(), flipped(at))));
        for (header, body) in cases {
            let answered = send_internal(&test, header.clone(), body).await;
            assert_eq!(answered.status, 401, "{header}: {}", answered.json());
            assert_eq!(answered.json()["code"], "bad_internal_signature", "{header}");
        }
        let two = test
            .http
            .post(format!("{}{PATH}", test.base))
            .header(HEADER, &good)
            .header(HEADER, &good);
        assert_eq!(two.body(body.clone()).send().await.unwrap().status(), 401);
        assert_eq!(kept(&test).await, before, "what is refused leaves nothing behind");

        let answered = send_internal(&test, good.clone(), body.clone()).await;
        assert_eq!(answered.status, 200, "{}", answered.json());
        assert_eq!(answered.json()["events"][0]["outcome"], "kept");
        let again = send_internal(&test, good.clone(), body.clone()).await;
        assert_eq!(
            again.json()["events"][0]["outcome"],
            "duplicate",
            "a replay is harmless"
        );
        test.app.clock.advance(Duration::from_secs(301));
        let stale = send_internal(&test, good, body).await;
        assert_eq!(stale.status, 401, "and refused once it is stale: {}", stale.json());
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn each_event_of_a_group_has_a_fate_of_its_own() {
    for_each_engine(async |database| {
        let test = TestApp::begin_on_manual_clock(database).await;
        test.settle().await;
        let (now_us, now_s) = (test.app.clock.now_us(), test.app.clock.now_seconds());
        let ours = secrets(&[INTERNAL_SECRET]);
        let large = event("evt_large").replace("prod_1", &"x".repeat(1024 * 1024));
        let one = event("evt_one");
        // Verified by the edge long ago: how old Stripe's signature is was judged then.
        let mut body = group(&[&one], now_us - 3_600_000_000);
        body.extend(group(
            &["no event", &large, &one, "", &event("evt_two")],
            now_us + 9_000_000,
        ));
        let answered = send_internal(&test, Claim::of(&body, now_s).sign(&ours), body).await;
        let said = answered.json();
        let told: Vec<(&str, &str, &str)> = said["events"]
            .as_array()
            .unwrap_or_else(|| panic!("{said}"))
            .iter()
            .map(|fate| {
                let word = |name: &str| fate[name].as_str().unwrap_or_default();
                (word("id"), word("outcome"), word("code"))
            })
            .collect();
        let wanted = [
            ("evt_one", "kept", ""),
            ("", "refused", "not_an_event"),
            ("evt_large", "refused", "body_too_large"),
            ("evt_one", "duplicate", ""),
            ("", "refused", "not_an_event"),
            ("evt_two", "kept", ""),
        ];
        assert_eq!(told, wanted);
        let read = test.app.store.read(|tx| {
            let rows = tx.all(
                "select received_at_us from event where stripe_id in ('evt_one', 'evt_two') order by stripe_id",
                &[],
            )?;
            rows.iter().map(|row| row.int(0)).collect::<store::Result<Vec<i64>>>()
        });
        let received = read.await.unwrap();
        assert_eq!(
            received,
            [now_us - 3_600_000_000, now_us],
            "when it was verified, and never later than now"
        );

        // Signed, and no group to the last byte.
        let good = String::from_utf8(group(&[&one], now_us)).unwrap();
        let length = one.len();
        for broken in [
            String::new(),
            "\n".to_owned(),
            good.replacen(&format!(" {length}\n"), &format!(" {}\n", length + 1), 1),
            good.replacen(&format!(" {length}\n"), &format!(" {}\n", length - 1), 1),
            good.replacen(&format!(" {length}\n"), " 99999999999999999999\n", 1),
            good.replacen(&format!(" {length}\n"), &format!(" +{length}\n"), 1),
            good.replacen(&format!(" {length}\n"), " -1\n", 1),
            good.replacen(' ', "  ", 1),
            good[..good.len() - 1].to_owned(),
            format!("{good}x"),
            "0 0\n\n".repeat(257),
        ] {
            let header = Claim::of(broken.as_bytes(), now_s).sign(&ours);
            let answered = send_internal(&test, header, broken.into_bytes()).await;
            assert_eq!(answered.status, 400, "{}", answered.json());
            assert_eq!(answered.json()["code"], "not_a_group_of_events");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_rolled_without_losing_an_event() {
    for_each_engine(async |database| {
        let tiers = Tiers::begin(database, &[]).await;
        let unknown = "a secret that the core does not know at all";
        for (number, (held, status)) in [
            (&[INTERNAL_SECRET, unknown][..], 200),
            (&[unknown, NEXT_INTERNAL_SECRET], 200),
            (&[NEXT_INTERNAL_SECRET], 200),
            (&[unknown], 503),
        ]
        .into_iter()
        .enumerate()
        {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let edge_base = format!("http://{}", listener.local_addr().unwrap());
            let _edge = serve_edge(listener, &tiers.test.base, held, &tiers.test.app.clock, &[]);
            let id = format!("evt_rolled_{number}");
            let (event, secret) = (event(&id), SigningSecret::new(WEBHOOK_SECRET).unwrap());
            let signature = sign(event.as_bytes(), &secret, tiers.test.app.clock.now_seconds());
            let answered = post(
                &tiers.test,
                &edge_base,
                "/api/webhooks/stripe",
                "stripe-signature",
                signature,
                event,
            )
            .await;
            assert_eq!(answered.status, status, "{number}: {}", answered.json());
            assert_eq!(kept(&tiers.test).await.contains(&id), status == 200);
        }
        tiers.test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_core_refuses_for_good_is_told_apart_from_what_it_cannot_do_now() {
    for_each_engine(async |database| {
        // The edge takes larger events than the core does, alone and in a group.
        let limits = ["--webhook-bytes-max=8388608", "--bodies-bytes-max=67108864"];
        let tiers = Tiers::begin(database, &limits).await;
        for bytes in [2 << 20, 5 << 20] {
            let large = event("evt_large").replace("prod_1", &"x".repeat(bytes));
            let answered = tiers.deliver(&large).await;
            assert_eq!(answered.status, 422, "{}", answered.json());
            assert_eq!(answered.json()["code"], "refused_by_core");
        }
        assert_eq!(tiers.deliver(&event("evt_small")).await.status, 200);
        assert!(!kept(&tiers.test).await.contains(&"evt_large".to_owned()));
        tiers.test.finish().await;
    })
    .await;
}

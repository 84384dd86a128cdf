//! Claw-back between everything else: one payment, and every way in which its refunds, its dispute and spends of its
//! credits can come between each other. In the end the wallet holds what the target formula says, or owes the rest.
//!
//! `PAYDESK_INTERLEAVINGS` says how many of each set are played (400, a quarter on the server engine), evenly spread over
//! all of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use store::testing::TestDatabase;

use crate::history::{Call, Purchase, envelope};
use crate::reversal::{dispute, refund};
use crate::support::{ADMIN, TestApp};
use crate::{Step, play};

const PAID: i64 = 1000;
const GRANTED: i64 = 101;
const SPENT: i64 = 37;

/// One thing that happens to the payment or its wallet.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Pay,
    /// A refund: its number, its amount and its status.
    Refund(usize, i64, &'static str),
    /// The dispute: the event's type, the amount and the status.
    Dispute(&'static str, i64, &'static str),
    Spend,
    /// Credits go to the wallet of a key, or come back.
    Move,
    MoveBack,
    /// A use of what the key has.
    SpendOfKey,
}

use Act::{Dispute, Move, MoveBack, Pay, Refund, Spend, SpendOfKey};

const OPENED: [Act; 2] = [
    Dispute("charge.dispute.created", 600, "needs_response"),
    Dispute("charge.dispute.funds_withdrawn", 600, "needs_response"),
];

/// Sets of courses: the acts of one course keep their order, those of different ones come in any.
fn sets() -> Vec<Vec<Vec<Act>>> {
    let open = OPENED.to_vec();
    let closed = |how: &[Act]| [&OPENED[..1], how].concat();
    vec![
        vec![
            vec![Pay],
            vec![Refund(0, 333, "succeeded")],
            vec![
                Refund(1, 500, "pending"),
                Refund(1, 500, "succeeded"),
                Refund(1, 500, "failed"),
            ],
            vec![Spend, Spend],
        ],
        vec![
            vec![Pay, Spend],
            vec![Refund(0, 400, "pending"), Refund(0, 400, "canceled")],
            open,
            vec![Spend],
        ],
        vec![
            vec![Pay],
            vec![Refund(0, 555, "succeeded")],
            closed(&[Dispute("charge.dispute.closed", 600, "lost")]),
            vec![Spend, Spend],
        ],
        vec![
            vec![Pay, Spend],
            vec![Refund(0, 100, "succeeded"), Refund(0, 100, "failed")],
            closed(&[
                Dispute("charge.dispute.closed", 600, "won"),
                Dispute("charge.dispute.funds_reinstated", 600, "won"),
            ]),
        ],
        vec![
            vec![Pay],
            vec![Refund(0, 700, "succeeded")],
            closed(&[
                Dispute("charge.dispute.closed", 300, "lost"),
                Dispute("charge.dispute.funds_reinstated", 300, "won"),
            ]),
            vec![Spend],
        ],
        vec![
            vec![Pay],
            vec![Move, MoveBack],
            closed(&[
                Dispute("charge.dispute.closed", 600, "won"),
                Dispute("charge.dispute.funds_reinstated", 600, "won"),
            ]),
            vec![SpendOfKey],
        ],
        vec![
            vec![Pay, Move],
            vec![
                Refund(0, 700, "pending"),
                Refund(0, 700, "succeeded"),
                Refund(0, 700, "failed"),
            ],
            vec![Refund(1, 200, "succeeded")],
            vec![Spend, SpendOfKey],
        ],
    ]
}

/// Every way to put courses between each other.
fn interleave(courses: &[Vec<Act>]) -> Vec<Vec<Act>> {
    if courses.iter().all(Vec::is_empty) {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, course) in courses.iter().enumerate() {
        if let Some((first, rest)) = course.split_first() {
            let mut left = courses.to_vec();
            left[at] = rest.to_vec();
            let tails = interleave(&left).into_iter();
            all.extend(tails.map(|tail| [&[*first][..], &tail[..]].concat()));
        }
    }
    all
}

/// What is reversed of the payment in the end, and whether a dispute is open.
fn reversed(acts: &[Act]) -> (i64, bool) {
    let mut refunds: BTreeMap<usize, (i64, bool)> = BTreeMap::new();
    let (mut disputed, mut decided, mut given_back) = (0, false, false);
    for act in acts {
        match *act {
            Refund(number, amount, status) => {
                let (_, off) = refunds.entry(number).or_insert((amount, false));
                *off |= matches!(status, "failed" | "canceled");
            }
            Dispute(kind, amount, status) => {
                disputed = amount;
                decided |= matches!(status, "won" | "lost");
                given_back |= status == "won" || kind == "charge.dispute.funds_reinstated";
            }
            Pay | Spend | Move | MoveBack | SpendOfKey => {}
        }
    }
    let refunded: i64 = refunds.values().filter(|(_, off)| !off).map(|(amount, _)| amount).sum();
    let kept = if given_back { 0 } else { disputed };
    (refunded + kept, disputed > 0 && !decided)
}

/// The credits that are taken back in the end: the reversed share, half a credit rounded up.
fn target(reversed: i64) -> i64 {
    (2 * GRANTED * reversed.min(PAID) + PAID) / (2 * PAID)
}

struct Played {
    number: usize,
    acts: Vec<Act>,
    purchase: Purchase,
    spent: i64,
}

impl Played {
    fn new(number: usize, acts: Vec<Act>) -> Self {
        let purchase = Purchase::of_credits(&format!("i-{number}"), &format!("i-{number}"), PAID, GRANTED);
        Self {
            number,
            acts,
            purchase,
            spent: 0,
        }
    }

    fn wallet(&self) -> String {
        format!("/api/financial/credits/i-{}", self.number)
    }

    fn key(&self, at: usize) -> String {
        format!("i-{}-{at}", self.number)
    }

    fn call(&self, at: usize, action: &str, more: &Value) -> Step {
        let mut body = json!({ "amount": SPENT, "reason": "a call between events" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Step::Call(Call {
            path: format!("{}/{action}", self.wallet()),
            body,
            key: self.key(at),
        })
    }

    fn step(&self, at: usize) -> Option<Step> {
        let deliver = |kind: &str, object: &Value| Step::Deliver(envelope(&self.key(at), at, kind, object));
        let payment = self.purchase.reversed();
        Some(match *self.acts.get(at)? {
            Pay => deliver("payment_intent.succeeded", &self.purchase.payment("succeeded")),
            Refund(number, amount, status) => deliver("refund.updated", &refund(&payment, number, amount, status)),
            Dispute(kind, amount, status) => deliver(kind, &dispute(&payment, amount, status)),
            Spend => self.call(at, "spend", &json!({})),
            Move => self.call(at, "move", &json!({ "to_key_id": "build" })),
            MoveBack => self.call(at, "move", &json!({ "from_key_id": "build" })),
            SpendOfKey => self.call(at, "spend", &json!({ "key_id": "build" })),
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_comes_between_the_target_is_reached_on_the_embedded_engine() {
    hold(&TestDatabase::sqlite(), crate::size_of("PAYDESK_INTERLEAVINGS", 400)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_comes_between_the_target_is_reached_on_the_server_engine() {
    hold(
        &TestDatabase::postgres(),
        crate::size_of("PAYDESK_INTERLEAVINGS", 400) / 4,
    )
    .await;
}

async fn hold(database: &TestDatabase, of_each: usize) {
    let test = TestApp::begin_without_catalogue(database).await;
    let mut played = Vec::new();
    for set in sets() {
        let all = interleave(&set);
        let stride = all.len().div_ceil(of_each).max(1);
        played.extend(all.into_iter().step_by(stride));
    }
    let mut played: Vec<Played> = played
        .into_iter()
        .enumerate()
        .map(|(number, acts)| Played::new(number, acts))
        .collect();
    println!("{}: {} interleavings", database.engine_name(), played.len());
    let longest = played.iter().map(|one| one.acts.len()).max().unwrap_or(0);
    for at in 0..longest {
        let refused = play(&test, played.iter().filter_map(|one| one.step(at)).collect()).await;
        test.handle().await;
        let spends = |one: &&mut Played| matches!(one.acts.get(at), Some(Spend | SpendOfKey));
        for one in played.iter_mut().filter(spends) {
            if !refused.contains_key(&one.key(at)) {
                one.spent += SPENT;
            }
        }
    }
    for one in &played {
        let said = test.get(ADMIN, &one.wallet()).await.json();
        let [own, owed] = ["balance", "owed"].map(|name| said[name].as_i64().unwrap());
        let of_key = test.get(ADMIN, &format!("{}?key_id=build", one.wallet())).await.json();
        let of_key = of_key["balance"].as_i64().unwrap();
        let (reversed, is_open) = reversed(&one.acts);
        let context = format!("{said} {of_key} {:?}", one.acts);
        assert_eq!(own + of_key - owed, GRANTED - target(reversed) - one.spent, "{context}");
        assert!(
            own >= 0 && of_key >= 0 && owed >= 0 && (own + of_key).min(owed) == 0,
            "{context}"
        );
        assert_eq!(said["frozen"], json!(is_open), "{context}");
    }
    test.finish().await;
}

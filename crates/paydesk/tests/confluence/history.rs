//! A generated history: what Stripe would tell of a few purchases of one user, in the order it happened.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use crate::reversal::{self, Reversed, Told};

/// One user's purchases, as events. `{telling}` in an event stands for the prefix it is played under.
pub(crate) struct History {
    pub(crate) number: usize,
    pub(crate) events: Vec<String>,
    added: i64,
    used: i64,
    /// Whether a dispute stays open, so that the wallet is frozen in the end.
    frozen: bool,
}

/// A call of the API that changes a wallet.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) key: String,
}

/// How a purchase goes.
#[derive(Clone, Copy, Debug)]
enum Course {
    PaidAtOnce,
    DeclinedThenPaid,
    DelayedAndPaid,
    DelayedAndFailed,
    Expired,
    /// The page ended, and the money came all the same.
    ExpiredThenPaid,
    NothingToPay,
    /// Nothing but the payment's own event ever arrives.
    OnlyThePayment,
    Canceled,
    /// Begun by itself, with a saved payment method.
    Charged,
    ChargedInVain,
}

const COURSES: [Course; 11] = [
    Course::PaidAtOnce,
    Course::DeclinedThenPaid,
    Course::DelayedAndPaid,
    Course::DelayedAndFailed,
    Course::Expired,
    Course::ExpiredThenPaid,
    Course::NothingToPay,
    Course::OnlyThePayment,
    Course::Canceled,
    Course::Charged,
    Course::ChargedInVain,
];

impl History {
    pub(crate) fn generate(number: usize, rng: &mut StdRng) -> Self {
        let (mut events, mut frozen) = (Vec::new(), false);
        for purchase in 0..rng.random_range(1..=3) {
            let course = *COURSES.choose(rng).unwrap();
            let purchase = Purchase::generate(number, purchase, course, rng);
            purchase.tell(course, &mut events);
            if course.pays() {
                let (reversals, open) = reversal::generate(&purchase.reversed(), rng);
                frozen |= open;
                for told in reversals {
                    weave(&mut events, told, rng);
                }
            }
        }
        for setup in 0..rng.random_range(0..=3) {
            weave(&mut events, vec![("setup_intent.succeeded", saved(number, setup))], rng);
        }
        let events = events
            .iter()
            .enumerate()
            .map(|(at, (kind, object))| envelope(&format!("{{telling}}-{number}-{at}"), at, kind, object))
            .collect();
        let added = rng.random_range(1..100);
        Self {
            number,
            events,
            added,
            used: rng.random_range(1..=added),
            frozen,
        }
    }

    /// The event at a place, as it is told under a prefix.
    pub(crate) fn event(&self, telling: char, at: usize) -> Option<String> {
        self.events
            .get(at)
            .map(|event| event.replace("{telling}", &telling.to_string()))
    }

    /// A call that gives credits, and one that uses no more than those. Together they mean the same wherever they fall: what
    /// comes too early, or meets a frozen wallet, is tried again in the end. A wallet that stays frozen can only be taken from
    /// by the operator.
    pub(crate) fn calls(&self, telling: char) -> Vec<Call> {
        let user = format!("{telling}-{}", self.number);
        let call = |action: &str, amount: i64| Call {
            path: format!("/api/financial/credits/{user}/{action}"),
            body: json!({ "amount": amount, "reason": "a call between events" }),
            key: format!("{action}-{user}"),
        };
        let using = if self.frozen { "remove" } else { "spend" };
        vec![call("add", self.added), call(using, self.used)]
    }
}

impl Course {
    /// Whether money comes by a payment, so that it can go back.
    fn pays(self) -> bool {
        !matches!(
            self,
            Self::DelayedAndFailed | Self::Expired | Self::NothingToPay | Self::Canceled | Self::ChargedInVain
        )
    }
}

/// A payment method that the user saved.
fn saved(history: usize, number: usize) -> Value {
    json!({
        "id": format!("seti_{{telling}}-{history}-{number}"),
        "object": "setup_intent",
        "status": "succeeded",
        "customer": format!("cus_{{telling}}-{history}"),
        "payment_method": format!("pm_{{telling}}-{history}-{number}"),
        "metadata": { "paydesk_setup": format!("{{telling}}-{history}") },
    })
}

/// Puts events between others in their own order, wherever chance will have it: some come before the payment.
fn weave(events: &mut Told, told: Told, rng: &mut StdRng) {
    let mut at = 0;
    for event in told {
        at = rng.random_range(at..=events.len());
        events.insert(at, event);
        at += 1;
    }
}

pub(crate) struct Purchase {
    name: String,
    user: String,
    order: bool,
    currency: &'static str,
    amount: i64,
    credits: i64,
    /// After how many days the credits end; 0 for never.
    days: i64,
    /// Whether it was begun by itself.
    automatic: bool,
}

impl Purchase {
    /// A purchase of credits.
    pub(crate) fn of_credits(name: &str, user: &str, amount: i64, credits: i64) -> Self {
        Self {
            name: name.to_owned(),
            user: user.to_owned(),
            order: false,
            currency: "usd",
            amount,
            credits,
            days: 0,
            automatic: false,
        }
    }

    fn generate(history: usize, number: usize, course: Course, rng: &mut StdRng) -> Self {
        let automatic = matches!(course, Course::Charged | Course::ChargedInVain);
        let order = !automatic && rng.random_bool(0.3);
        Self {
            name: format!("{{telling}}-{history}-{number}"),
            user: format!("{{telling}}-{history}"),
            order,
            currency: ["usd", "eur", "jpy", "kwd"].choose(rng).unwrap(),
            amount: rng.random_range(1..100_000),
            credits: if order { 0 } else { rng.random_range(1..1_000) },
            days: if order { 0 } else { *[0, 36_500].choose(rng).unwrap() },
            automatic,
        }
    }

    pub(crate) fn reversed(&self) -> Reversed<'_> {
        Reversed {
            name: &self.name,
            amount: self.amount,
            currency: self.currency,
        }
    }

    fn metadata(&self) -> Value {
        json!({
            "paydesk_purchase": format!("pur_{}", self.name),
            "paydesk_user": self.user,
            "paydesk_kind": if self.order { "order" } else { "credit_pack" },
            "paydesk_item": if self.order { "track-review" } else { "starter" },
            "paydesk_quantity": "1",
            "paydesk_credits": self.credits.to_string(),
            "paydesk_expires_after_days": if self.days == 0 { String::new() } else { self.days.to_string() },
            "paydesk_priority": if self.days == 0 { "0" } else { "-1" },
            "paydesk_amount_minor": self.amount.to_string(),
            "paydesk_automatic": if self.automatic { "yes" } else { "" },
            "paydesk_order": if self.order { format!("ord_{}", self.name) } else { String::new() },
        })
    }

    fn session(&self, status: &str, payment_status: &str, with_payment: bool) -> Value {
        let amount = if payment_status == "no_payment_required" {
            0
        } else {
            self.amount
        };
        json!({
            "id": format!("cs_{}", self.name),
            "object": "checkout.session",
            "mode": "payment",
            "status": status,
            "payment_status": payment_status,
            "amount_total": amount,
            "created": 1_792_000_000,
            "currency": self.currency,
            "customer": format!("cus_{}", self.user),
            "payment_intent": with_payment.then(|| format!("pi_{}", self.name)),
            "metadata": self.metadata(),
        })
    }

    pub(crate) fn payment(&self, status: &str) -> Value {
        json!({
            "id": format!("pi_{}", self.name),
            "object": "payment_intent",
            "amount": self.amount,
            "amount_received": if status == "succeeded" { self.amount } else { 0 },
            "currency": self.currency,
            "customer": format!("cus_{}", self.user),
            "status": status,
            "metadata": self.metadata(),
        })
    }

    fn declined(&self, code: &str) -> Value {
        let mut payment = self.payment("requires_payment_method");
        payment["last_payment_error"] = json!({ "code": "card_declined", "decline_code": code });
        payment
    }

    fn charge(&self, with_fee: bool) -> Value {
        json!({
            "id": format!("ch_{}", self.name),
            "object": "charge",
            "amount": self.amount,
            "amount_refunded": 0,
            "currency": self.currency,
            "status": "succeeded",
            "payment_intent": format!("pi_{}", self.name),
            "balance_transaction": with_fee.then(|| format!("txn_{}", self.name)),
            "metadata": self.metadata(),
        })
    }

    fn tell(&self, course: Course, events: &mut Vec<(&'static str, Value)>) {
        let paid = |events: &mut Vec<(&'static str, Value)>| {
            events.push(("charge.succeeded", self.charge(false)));
            events.push(("payment_intent.succeeded", self.payment("succeeded")));
            events.push(("checkout.session.completed", self.session("complete", "paid", true)));
            events.push(("charge.updated", self.charge(true)));
        };
        events.push(("payment_intent.created", self.payment("requires_payment_method")));
        match course {
            Course::PaidAtOnce => paid(events),
            Course::DeclinedThenPaid => {
                events.push(("payment_intent.payment_failed", self.payment("requires_payment_method")));
                paid(events);
            }
            Course::DelayedAndPaid => {
                events.push(("payment_intent.processing", self.payment("processing")));
                events.push(("checkout.session.completed", self.session("complete", "unpaid", true)));
                events.push(("payment_intent.succeeded", self.payment("succeeded")));
                events.push((
                    "checkout.session.async_payment_succeeded",
                    self.session("complete", "paid", true),
                ));
                events.push(("charge.updated", self.charge(true)));
            }
            Course::DelayedAndFailed => {
                events.push(("payment_intent.processing", self.payment("processing")));
                events.push(("checkout.session.completed", self.session("complete", "unpaid", true)));
                events.push(("payment_intent.payment_failed", self.payment("requires_payment_method")));
                events.push((
                    "checkout.session.async_payment_failed",
                    self.session("complete", "unpaid", true),
                ));
            }
            Course::Expired => events.push(("checkout.session.expired", self.session("expired", "unpaid", false))),
            Course::ExpiredThenPaid => {
                events.push(("checkout.session.expired", self.session("expired", "unpaid", false)));
                events.push(("payment_intent.succeeded", self.payment("succeeded")));
            }
            Course::NothingToPay => {
                events.push((
                    "checkout.session.completed",
                    self.session("complete", "no_payment_required", false),
                ));
            }
            Course::OnlyThePayment => events.push(("payment_intent.succeeded", self.payment("succeeded"))),
            Course::Charged => {
                events.push(("payment_intent.processing", self.payment("processing")));
                events.push(("charge.succeeded", self.charge(false)));
                events.push(("payment_intent.succeeded", self.payment("succeeded")));
                events.push(("charge.updated", self.charge(true)));
            }
            Course::ChargedInVain => {
                events.push(("payment_intent.processing", self.payment("processing")));
                for code in ["insufficient_funds", "generic_decline"] {
                    events.push(("payment_intent.payment_failed", self.declined(code)));
                }
                events.push(("payment_intent.canceled", self.payment("canceled")));
            }
            Course::Canceled => {
                events.push(("payment_intent.canceled", self.payment("canceled")));
                events.push(("checkout.session.expired", self.session("expired", "unpaid", false)));
            }
        }
    }
}

/// An event of this name.
pub(crate) fn envelope(name: &str, at: usize, kind: &str, object: &Value) -> String {
    json!({
        "id": format!("evt_{name}"),
        "object": "event",
        "api_version": stripe::API_VERSION,
        "created": 1_793_000_000 + at,
        "livemode": false,
        "type": kind,
        "data": { "object": object },
    })
    .to_string()
}

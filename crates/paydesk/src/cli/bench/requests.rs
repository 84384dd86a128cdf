//! The requests themselves: a signed event as Stripe delivers it, a spend or a grant of credits, and a read of entitlements.

use serde_json::{Value, json};
use stripe::signature::{self, SigningSecret};

use super::template::{Slot, Unique, write_number};
use crate::clock::Clock;

/// The digits of a user's number; users are named `bench_000042`.
const USER_DIGITS: usize = 6;

/// The most users that the digits can tell apart.
pub(super) const USERS_MAX: u32 = 1_000_000;

// The markers stand in `event.json` as well.
const UNIQUE_MARKER: &str = "@unique__________________@";
const USER_MARKER: &str = "@user@";
const TIME_MARKER: &str = "1111111111";
const SIGNATURE_MARKER: &str = "@signature@____________________________________________________@";

/// Where a request goes: the parts of the URL that it has to name.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Host and port, for the `host` header.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

/// What every event of a run says was bought.
#[derive(Debug, Clone)]
pub(super) struct Purchase {
    pub(super) item: String,
    pub(super) credits: u32,
    pub(super) amount_minor: u32,
    pub(super) currency: String,
}

/// Makes the requests of a run, each unlike every other.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    bytes: Vec<u8>,
    body_at: usize,
    unique: Slot,
    user: Slot,
    time: Slot,
    signature: Slot,
    secret: Option<SigningSecret>,
    user_count: u32,
    maker: Unique,
}

impl Requests {
    /// Deliveries of `checkout.session.completed`, each for a purchase of its own, with a body of at least `body_bytes`.
    pub(super) fn events(
        target: &Target,
        purchase: &Purchase,
        body_bytes: usize,
        padding: &str,
        secret: SigningSecret,
        user_count: u32,
        maker: Unique,
    ) -> Self {
        let body = event_body(purchase, body_bytes, padding);
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\nuser-agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\naccept: */*\r\n\
             content-type: application/json; charset=utf-8\r\n\
             stripe-signature: t={TIME_MARKER},v1={SIGNATURE_MARKER}\r\ncontent-length: {}\r\n\r\n",
            target.path,
            target.authority,
            body.len(),
        );
        Self::from_text(&head, &body, Some(secret), user_count, maker)
    }

    /// Calls that move credits of users: `POST …/credits/{user}/{operation}` with an idempotency key of their own.
    pub(super) fn credits(
        target: &Target,
        operation: &str,
        amount: u32,
        token: &str,
        user_count: u32,
        maker: Unique,
    ) -> Self {
        let body = json!({"amount": amount, "reason": "bench"}).to_string();
        let head = format!(
            "POST {}/api/financial/credits/bench_{USER_MARKER}/{operation} HTTP/1.1\r\nhost: {}\r\naccept: */*\r\n\
             content-type: application/json\r\nauthorization: Bearer {token}\r\n\
             idempotency-key: bench_{UNIQUE_MARKER}\r\ncontent-length: {}\r\n\r\n",
            target.path.trim_end_matches('/'),
            target.authority,
            body.len(),
        );
        Self::from_text(&head, &body, None, user_count, maker)
    }

    /// Reads of what users may do: `GET …/entitlements/{user}`.
    pub(super) fn entitlements(target: &Target, token: &str, user_count: u32, maker: Unique) -> Self {
        let head = format!(
            "GET {}/api/entitlements/bench_{USER_MARKER} HTTP/1.1\r\nhost: {}\r\naccept: */*\r\n\
             authorization: Bearer {token}\r\n\r\n",
            target.path.trim_end_matches('/'),
            target.authority,
        );
        Self::from_text(&head, "", None, user_count, maker)
    }

    /// Reads of the dashboard: `GET …/dashboard?query`.
    pub(super) fn dashboard(target: &Target, token: &str, query: &str, maker: Unique) -> Self {
        let head = format!(
            "GET {}/api/financial/admin/dashboard?{query} HTTP/1.1\r\nhost: {}\r\naccept: */*\r\n\
             authorization: Bearer {token}\r\n\r\n",
            target.path.trim_end_matches('/'),
            target.authority,
        );
        Self::from_text(&head, "", None, 1, maker)
    }

    fn from_text(head: &str, body: &str, secret: Option<SigningSecret>, user_count: u32, maker: Unique) -> Self {
        let bytes = [head, body].concat().into_bytes();
        let find = |marker: &str| Slot::find(&bytes, marker.as_bytes());
        let (unique, user, time) = (find(UNIQUE_MARKER), find(USER_MARKER), find(TIME_MARKER));
        let signature = find(SIGNATURE_MARKER);
        Self {
            bytes,
            body_at: head.len(),
            unique,
            user,
            time,
            signature,
            secret,
            user_count,
            maker,
        }
    }

    /// One request of the run, whole. Users take turns.
    pub(super) fn make(&mut self, sequence: u64, clock: &Clock) -> &[u8] {
        let now_s = clock.now_seconds();
        self.unique.fill(&mut self.bytes, self.maker.of(sequence, now_s));
        let mut digits = [0; USER_DIGITS];
        write_number(&mut digits, sequence % u64::from(self.user_count.max(1)));
        self.user.fill(&mut self.bytes, &digits);
        if let Some(secret) = &self.secret {
            let mut digits = [0; TIME_MARKER.len()];
            write_number(&mut digits, u64::try_from(now_s).unwrap_or_default());
            self.time.fill(&mut self.bytes, &digits);
            let signature = signature::sign_v1(&self.bytes[self.body_at..], secret, now_s);
            self.signature.fill(&mut self.bytes, &signature);
        }
        &self.bytes
    }

    /// The size of a body.
    pub(super) fn body_bytes(&self) -> usize {
        self.bytes.len() - self.body_at
    }
}

/// The body with its markers, indented as Stripe does, filled up to `body_bytes` with metadata that nobody reads.
fn event_body(purchase: &Purchase, body_bytes: usize, padding: &str) -> String {
    const ENTRY_BYTES: usize = "        \"note_000\": \"\",\n".len();
    const VALUE_BYTES_MAX: usize = 500;
    let mut event = event(purchase);
    let mut missing = body_bytes.saturating_sub(indented(&event).len());
    let mut padding = padding.chars().cycle();
    for entry in 0_u32.. {
        if missing < ENTRY_BYTES {
            break;
        }
        let length = (missing - ENTRY_BYTES).min(VALUE_BYTES_MAX);
        let note: String = padding.by_ref().take(length).collect();
        event["data"]["object"]["metadata"][format!("note_{entry:03}")] = note.into();
        missing -= ENTRY_BYTES + length;
    }
    indented(&event)
}

/// A paid session in the shape of the pinned API version, every field that it requires included.
fn event(purchase: &Purchase) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("event.json")).expect("our own file is JSON");
    event["api_version"] = stripe::API_VERSION.into();
    let session = &mut event["data"]["object"];
    session["amount_subtotal"] = purchase.amount_minor.into();
    session["amount_total"] = purchase.amount_minor.into();
    session["currency"] = purchase.currency.as_str().into();
    let metadata = &mut session["metadata"];
    metadata["paydesk_item"] = purchase.item.as_str().into();
    metadata["paydesk_credits"] = purchase.credits.to_string().into();
    metadata["paydesk_amount_minor"] = purchase.amount_minor.to_string().into();
    event
}

fn indented(event: &Value) -> String {
    serde_json::to_string_pretty(event).expect("a JSON value can always be written")
}

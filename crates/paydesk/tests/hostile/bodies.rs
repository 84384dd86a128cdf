//! Bodies that nobody in their right mind would send, made from bodies that somebody would.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use serde_json::{Map, Value, json};

/// The longest text that is sent in one field, in bytes.
const LONG_TEXT_BYTES: usize = 64 * 1024;

const TEXTS: [&str; 14] = [
    "",
    "\u{0}",
    "a\u{0}b",
    "\u{7}\u{1b}[31m",
    "\u{202e}gnp.exe",
    "😀\u{200d}\u{fe0f}",
    "'; drop table event; --",
    "{{7*7}}${7*7}%s%n",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "\r\nset-cookie: a=b",
    "9223372036854775808",
    "-1",
    "null",
];

const NUMBERS: [&str; 14] = [
    "1e400",
    "-1e999",
    "99999999999999999999999999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "-0",
    "1.0",
    "0.1",
    "1e-400",
    "0",
    "-5",
];

/// Bytes that no operation can take, whatever the body was made from.
pub(crate) fn never_valid(rng: &mut StdRng, base: &Value) -> Vec<u8> {
    let text = base.to_string();
    match rng.random_range(0..9) {
        0 => {
            let mut bytes = vec![0; rng.random_range(1..2_000)];
            rng.fill_bytes(&mut bytes);
            // A first byte that begins no JSON, should the rest be some.
            bytes[0] |= 0x80;
            bytes
        }
        1 => text.as_bytes()[..rng.random_range(0..text.len())].to_vec(),
        2 => ["[", "{\"a\":", "[{\"a\":"]
            .choose(rng)
            .unwrap()
            .repeat(rng.random_range(1..20_000))
            .into_bytes(),
        3 => {
            let mut bytes = text.into_bytes();
            let nonsense: &[u8] = [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88"]
                .choose(rng)
                .unwrap();
            let at = rng.random_range(0..bytes.len());
            bytes.splice(at..at, nonsense.iter().copied());
            bytes
        }
        4 => {
            let first = base.as_object().and_then(|fields| fields.iter().next());
            let again = first.map_or_else(|| "\"a\":1".to_owned(), |(name, value)| format!("\"{name}\":{value}"));
            text.replacen(
                '{',
                &format!("{{{again},{again}{}", if text == "{}" { "" } else { "," }),
                1,
            )
            .into_bytes()
        }
        5 => with(base, "no_such_field", json!(1)).to_string().into_bytes(),
        6 => format!("{text}{}", ["}", "]", "x", "{}", "\u{0}", ",1"].choose(rng).unwrap()).into_bytes(),
        7 => format!("\u{feff}{text}").into_bytes(),
        _ => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    }
}

/// Bytes that may or may not be taken, but must never break anything.
pub(crate) fn hostile(rng: &mut StdRng, base: &Value) -> Vec<u8> {
    let text = |value: &Value| value.to_string().into_bytes();
    match rng.random_range(0..10) {
        0 => never_valid(rng, base),
        1 => text(&replaced(rng, base, wrong_type)),
        2 => text(&replaced(rng, base, |_| json!("@number@"))).escaped(NUMBERS.choose(rng).unwrap()),
        3 => text(&replaced(rng, base, |rng| json!(long_text(rng)))),
        4 => text(&replaced(rng, base, |rng| json!(TEXTS.choose(rng).unwrap()))),
        5 => text(&replaced(rng, base, |_| json!("@number@"))).escaped(r#""\ud800\u0000\udfff""#),
        6 => text(&without_one(rng, base)),
        7 => {
            let mut bytes = text(base);
            for _ in 0..rng.random_range(1..4) {
                let at = rng.random_range(0..bytes.len());
                bytes[at] ^= 1 << rng.random_range(0..8);
            }
            bytes
        }
        8 => {
            let deep = rng.random_range(1..2_000);
            text(&replaced(rng, base, |_| json!("@number@"))).escaped(&format!(
                "{}{}",
                "[".repeat(deep),
                "]".repeat(deep)
            ))
        }
        _ => ["", " ", "null", "true", "0", "\"\"", "[]", "{}", "[[]]", "[null,null]"]
            .choose(rng)
            .unwrap()
            .as_bytes()
            .to_vec(),
    }
}

trait Escaped {
    /// Puts raw JSON where the mark stands.
    fn escaped(self, raw: &str) -> Vec<u8>;
}

impl Escaped for Vec<u8> {
    fn escaped(self, raw: &str) -> Vec<u8> {
        String::from_utf8(self)
            .unwrap()
            .replacen("\"@number@\"", raw, 1)
            .into_bytes()
    }
}

/// As long as anybody dares; half of them cannot be compressed, so that no engine folds them into something short.
fn long_text(rng: &mut StdRng) -> String {
    let length = rng.random_range(200..LONG_TEXT_BYTES);
    if rng.random_bool(0.5) {
        return "x".repeat(length);
    }
    let mut bytes = vec![0; length / 2];
    rng.fill_bytes(&mut bytes);
    hex::encode(bytes)
}

fn wrong_type(rng: &mut StdRng) -> Value {
    [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!("text"),
        json!([]),
        json!([1, "a"]),
        json!({}),
        json!({"id": 1}),
    ]
    .choose(rng)
    .unwrap()
    .clone()
}

/// Every place in a value that something else can stand in.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let at = format!("{at}/{name}");
                places(inner, &at, found);
                found.push(at);
            }
        }
        Value::Array(items) => {
            for (number, inner) in items.iter().enumerate() {
                let at = format!("{at}/{number}");
                places(inner, &at, found);
                found.push(at);
            }
        }
        _ => {}
    }
}

fn replaced(rng: &mut StdRng, base: &Value, with: impl FnOnce(&mut StdRng) -> Value) -> Value {
    let mut found = Vec::new();
    places(base, "", &mut found);
    let mut value = base.clone();
    if let Some(at) = found.choose(rng).cloned() {
        *value.pointer_mut(&at).unwrap() = with(rng);
    }
    value
}

fn without_one(rng: &mut StdRng, base: &Value) -> Value {
    let mut found = Vec::new();
    places(base, "", &mut found);
    let mut value = base.clone();
    if let Some((parent, name)) = found.choose(rng).and_then(|at| at.rsplit_once('/'))
        && let Some(fields) = value.pointer_mut(parent).and_then(Value::as_object_mut)
    {
        fields.remove(name);
    }
    value
}

fn with(base: &Value, name: &str, value: Value) -> Value {
    let mut fields: Map<String, Value> = base.as_object().cloned().unwrap_or_default();
    fields.insert(name.to_owned(), value);
    Value::Object(fields)
}

/// An event of ours that is right in every part, with an id of its own.
pub(crate) fn event(rng: &mut StdRng, number: u64) -> Value {
    let name = format!("hostile-{number}");
    let order = rng.random_bool(0.3);
    let metadata = json!({
        "paydesk_purchase": format!("pur_{name}"),
        "paydesk_user": format!("user-{}", number % 50),
        "paydesk_kind": if order { "order" } else { "credit_pack" },
        "paydesk_item": if order { "track-review" } else { "starter" },
        "paydesk_quantity": "1",
        "paydesk_credits": if order { "0" } else { "100" },
        "paydesk_amount_minor": "1000",
        "paydesk_order": if order { format!("ord_{name}") } else { String::new() },
    });
    let (kind, object) = match rng.random_range(0..4) {
        0 => (
            "checkout.session.completed",
            json!({
                "id": format!("cs_{name}"), "object": "checkout.session", "mode": "payment", "status": "complete",
                "payment_status": "paid", "amount_total": 1000, "currency": "usd", "customer": "cus_1",
                "payment_intent": format!("pi_{name}"), "metadata": metadata,
            }),
        ),
        1 => (
            "payment_intent.succeeded",
            json!({
                "id": format!("pi_{name}"), "object": "payment_intent", "amount": 1000, "amount_received": 1000,
                "currency": "usd", "customer": { "id": "cus_1", "object": "customer" }, "status": "succeeded",
                "metadata": metadata,
            }),
        ),
        2 => (
            "charge.updated",
            json!({
                "id": format!("ch_{name}"), "object": "charge", "amount": 1000, "amount_refunded": 0, "currency": "usd",
                "status": "succeeded", "payment_intent": format!("pi_{name}"), "balance_transaction": format!("txn_{name}"),
                "metadata": metadata,
            }),
        ),
        _ => (
            "checkout.session.expired",
            json!({
                "id": format!("cs_{name}"), "object": "checkout.session", "mode": "payment", "status": "expired",
                "payment_status": "unpaid", "amount_total": 1000, "currency": "usd", "customer": null,
                "payment_intent": null, "metadata": metadata,
            }),
        ),
    };
    json!({
        "id": format!("evt_{name}"), "object": "event", "api_version": stripe::API_VERSION, "created": 1_793_000_000,
        "livemode": false, "account": null, "type": kind, "request": { "id": null, "idempotency_key": null },
        "data": { "object": object },
    })
}

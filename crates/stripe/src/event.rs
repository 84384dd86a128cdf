//! Events: the envelope that routes one, and the whole event that a rule decides on.
//!
//! [`Envelope`] is what the hot path needs before it stores a body: who, what, when, and which lane. It is read in one
//! pass that skips the rest of the body without recursion, so that hostile nesting costs no stack.
//! [`Event`] is read when an event is handled; its object stays raw until the handler says what it expects it to be.
//!
//! What must not live here: what any event means, or which of them matter.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::malformed::Malformed;
use crate::objects::lenient::{Lenient, Tolerant, lenient};
use crate::objects::{Object, decode};

/// The longest event id, type or account that is accepted, in bytes. Stripe promises at most 255 for ids.
pub const TEXT_BYTES_MAX: usize = 255;

/// How an event tells its news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `object: "event"`: carries a copy of the object as it was.
    Snapshot,
    /// `object: "v2.core.event"`: only names the object, which is to be read from Stripe.
    Thin,
}

/// What decides whether an event is meant for us: how it tells, in which mode, about whom, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Snapshot or thin.
    pub form: Form,
    /// Whether real money is meant.
    pub livemode: bool,
    /// The connected account that it is about, `None` for our own.
    pub account: Option<&'a str>,
    /// The type, such as `checkout.session.completed`.
    pub kind: &'a str,
}

/// What must be known of an event to store it and to put it in its lane. The rest of the body is only skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `evt_…`: unique within one account and one mode, and the gate against duplicates.
    pub id: String,
    /// The type, such as `checkout.session.completed`.
    pub kind: String,
    /// Snapshot or thin.
    pub form: Form,
    /// When it happened, in unix seconds. Whole seconds: no order can be taken from it.
    pub created_s: i64,
    /// Whether real money is meant. Must agree with the key in use.
    pub livemode: bool,
    /// The connected account that it is about, `None` for our own.
    pub account: Option<String>,
    /// The API version in which the object is rendered.
    pub api_version: Option<String>,
    /// What can be read of the object that it is about.
    pub object: ObjectReference,
}

/// What an envelope tells of its object. Every part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectReference {
    /// Its id; an upcoming invoice has none.
    pub id: Option<String>,
    /// Its type, such as `checkout.session`.
    pub kind: Option<String>,
    /// The customer that it belongs to, whether given as an id or expanded; the id itself where it is a customer.
    pub customer: Option<String>,
    /// The payment that it belongs to, which is all that joins a refund or a dispute of a guest to its charge.
    pub payment_intent: Option<String>,
}

impl Envelope {
    /// Reads the envelope of a body whose signature has been verified.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        // Checked once here, so that a stored body is text and no later reader meets bytes that are none.
        let text = std::str::from_utf8(body).map_err(|error| Malformed::new("event", error))?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Malformed::new("event", "the body is not a JSON object"));
        }
        let wire: EnvelopeWire = serde_json::from_str(text).map_err(|error| Malformed::new("event", error))?;
        wire.check()
    }

    /// Where it is from.
    pub fn origin(&self) -> Origin<'_> {
        Origin {
            form: self.form,
            livemode: self.livemode,
            account: self.account.as_deref(),
            kind: &self.kind,
        }
    }
}

#[derive(Deserialize)]
struct EnvelopeWire {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    object: String,
    created: Instant,
    livemode: bool,
    #[serde(default, deserialize_with = "lenient")]
    account: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    api_version: Option<String>,
    #[serde(default)]
    data: Option<DataWire>,
    #[serde(default)]
    related_object: Option<ObjectWire>,
}

#[derive(Deserialize)]
struct DataWire {
    #[serde(default)]
    object: Option<ObjectWire>,
}

#[derive(Deserialize)]
struct ObjectWire {
    #[serde(default, deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    object: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    customer: Reference,
    #[serde(default, deserialize_with = "lenient")]
    payment_intent: Reference,
}

impl EnvelopeWire {
    fn check(self) -> Result<Envelope, Malformed> {
        let (form, object) = match self.object.as_str() {
            "event" => (
                Form::Snapshot,
                self.data.and_then(|data| data.object).map(ObjectWire::of_snapshot),
            ),
            "v2.core.event" => (Form::Thin, self.related_object.map(ObjectWire::of_thin)),
            _ => return Err(Malformed::new("event", "object: neither an event nor a v2.core.event")),
        };
        check_text("id", &self.id)?;
        check_text("type", &self.kind)?;
        if let Some(account) = &self.account {
            check_text("account", account)?;
        }
        Ok(Envelope {
            id: self.id,
            kind: self.kind,
            form,
            created_s: self.created.0,
            livemode: self.livemode,
            account: self.account,
            api_version: self.api_version.filter(|version| is_short(version)),
            object: object.unwrap_or_default(),
        })
    }
}

impl ObjectWire {
    fn of_snapshot(self) -> ObjectReference {
        let customer = match self.object.as_deref() {
            Some("customer") => self.id.clone(),
            _ => self.customer.0,
        };
        let payment_intent = match self.object.as_deref() {
            Some("payment_intent") => self.id.clone(),
            _ => self.payment_intent.0,
        };
        ObjectReference {
            id: self.id,
            kind: self.object,
            customer,
            payment_intent,
        }
        .checked()
    }

    fn of_thin(self) -> ObjectReference {
        let customer = if self.kind.as_deref() == Some("customer") {
            self.id.clone()
        } else {
            None
        };
        ObjectReference {
            id: self.id,
            kind: self.kind,
            customer,
            payment_intent: None,
        }
        .checked()
    }
}

impl ObjectReference {
    /// Drops what is no id or type, so that nothing of it can spoil a key, an index or a log line.
    fn checked(self) -> Self {
        let short = |text: Option<String>| text.filter(|text| is_short(text));
        Self {
            id: short(self.id),
            kind: short(self.kind),
            customer: short(self.customer),
            payment_intent: short(self.payment_intent),
        }
    }
}

/// Ids and types go into keys, logs and file names: short, printable and never empty.
fn check_text(field: &str, text: &str) -> Result<(), Malformed> {
    if !is_short(text) {
        return Err(Malformed::new(
            "event",
            format_args!("{field}: not a short printable text"),
        ));
    }
    Ok(())
}

fn is_short(text: &str) -> bool {
    (1..=TEXT_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A point in time: unix seconds in a snapshot, RFC 3339 in a thin event.
struct Instant(i64);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InstantVisitor;
        impl Visitor<'_> for InstantVisitor {
            type Value = Instant;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("unix seconds or an RFC 3339 time")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Instant, E> {
                Ok(Instant(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Instant, E> {
                i64::try_from(value)
                    .map(Instant)
                    .map_err(|_| E::custom("created: too large"))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Instant, E> {
                let time: jiff::Timestamp = value.parse().map_err(|_| E::custom("created: not a time"))?;
                Ok(Instant(time.as_second()))
            }
        }
        deserializer.deserialize_any(InstantVisitor)
    }
}

/// The id of another object, given as such or as the object itself; anything else is no reference.
#[derive(Default)]
struct Reference(Option<String>);

impl Lenient for Reference {
    fn from_text(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }

    fn from_map<'de, A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        let mut id = None;
        while let Some(key) = entries.next_key::<Tolerant<Option<String>>>()? {
            if key.0.as_deref() == Some("id") {
                id = entries.next_value::<Tolerant<Option<String>>>()?.0;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Self(id))
    }
}

/// A whole snapshot event. Its object is kept as received until [`Event::object`] says what it should be.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    #[serde(default, deserialize_with = "lenient")]
    object: Option<String>,
    /// `evt_…`.
    pub id: String,
    /// The type, such as `charge.refunded`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, in unix seconds.
    pub created: i64,
    /// Whether real money is meant.
    pub livemode: bool,
    /// The connected account that it is about, `None` for our own.
    #[serde(default, deserialize_with = "lenient")]
    pub account: Option<String>,
    /// The API version in which the object is rendered.
    #[serde(default, deserialize_with = "lenient")]
    pub api_version: Option<String>,
    /// The request that caused it, where one did.
    #[serde(default)]
    pub request: Option<RequestReference>,
    data: EventData,
}

/// The API request that caused an event.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct RequestReference {
    /// `req_…`, `None` where Stripe acted by itself.
    #[serde(default, deserialize_with = "lenient")]
    pub id: Option<String>,
    /// The idempotency key of that request: ours, where we made it.
    #[serde(default, deserialize_with = "lenient")]
    pub idempotency_key: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct EventData {
    object: Box<RawValue>,
    #[serde(default)]
    previous_attributes: Option<Map<String, Value>>,
}

impl Event {
    /// Reads a whole snapshot event. Fails for one that only names its object.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        decode(body)
    }

    /// Where it is from.
    pub fn origin(&self) -> Origin<'_> {
        Origin {
            form: Form::Snapshot,
            livemode: self.livemode,
            account: self.account.as_deref(),
            kind: &self.kind,
        }
    }

    /// The object that it is about, as it was at the time. Fails when it is of another type than asked for, or when an
    /// amount in it cannot be trusted.
    pub fn object<T: Object>(&self) -> Result<T, Malformed> {
        decode(self.data.object.get().as_bytes())
    }

    /// The object as received.
    pub fn raw_object(&self) -> &RawValue {
        &self.data.object
    }

    /// What the changed fields were before, on `*.updated`.
    pub fn previous_attributes(&self) -> Option<&Map<String, Value>> {
        self.data.previous_attributes.as_ref()
    }
}

impl Object for Event {
    const KIND: &'static str = "event";

    fn id(&self) -> &str {
        &self.id
    }

    fn kind(&self) -> Option<&str> {
        self.object.as_deref()
    }
}

//! Tolerant decoding: a field that is missing, null or of another type than expected is "not said", never an error.
//!
//! Stripe moves and reshapes fields between API versions, and an endpoint may be set to another version than ours. One
//! unexpected field must not fail a whole event. Money is the exception, see `amounts`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value that can be read from anything: what it is made from it takes, the rest makes its default.
pub(crate) trait Lenient: Default {
    fn from_text(_: &str) -> Self {
        Self::default()
    }

    fn from_integer(_: i64) -> Self {
        Self::default()
    }

    fn from_bool(_: bool) -> Self {
        Self::default()
    }

    fn from_map<'de, A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    fn from_list<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// For `#[serde(default, deserialize_with = "lenient")]`.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: Lenient>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(LenientVisitor(PhantomData))
}

/// A leniently decoded value where serde asks for a type instead of a function.
#[derive(Default)]
pub(crate) struct Tolerant<T>(pub(crate) T);

impl<'de, T: Lenient> Deserialize<'de> for Tolerant<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient(deserializer).map(Self)
    }
}

struct LenientVisitor<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for LenientVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        Ok(T::from_bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        Ok(T::from_integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        Ok(i64::try_from(value).map_or_else(|_| T::default(), T::from_integer))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        Ok(T::from_text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::from_list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
        T::from_map(entries)
    }
}

impl Lenient for String {
    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl Lenient for Option<String> {
    fn from_text(text: &str) -> Self {
        Some(text.to_owned())
    }
}

impl Lenient for Option<SecretString> {
    fn from_text(text: &str) -> Self {
        Some(SecretString::from(text))
    }
}

impl Lenient for bool {
    fn from_bool(value: bool) -> Self {
        value
    }
}

impl Lenient for Option<bool> {
    fn from_bool(value: bool) -> Self {
        Some(value)
    }
}

impl Lenient for Option<i64> {
    fn from_integer(value: i64) -> Self {
        Some(value)
    }
}

impl Lenient for Vec<String> {
    fn from_list<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut texts = Vec::new();
        while let Some(item) = items.next_element::<Tolerant<Option<String>>>()? {
            texts.extend(item.0);
        }
        Ok(texts)
    }
}

/// Our own keys and values on Stripe's objects. Values that are no text are passed over.
pub type Metadata = BTreeMap<String, String>;

impl Lenient for Metadata {
    fn from_map<'de, A: MapAccess<'de>>(mut entries: A) -> Result<Self, A::Error> {
        let mut metadata = Self::new();
        while let Some((key, value)) = entries.next_entry::<String, Tolerant<Option<String>>>()? {
            if let Some(value) = value.0 {
                metadata.insert(key, value);
            }
        }
        Ok(metadata)
    }
}

/// An optional part of an object, for types that decode from a JSON object. What is inside may fail: an expanded
/// object holds amounts.
pub(crate) fn part<'de, A: MapAccess<'de>, T: Deserialize<'de>>(entries: A) -> Result<T, A::Error> {
    T::deserialize(MapAccessDeserializer::new(entries))
}

//! Ids that sort by time, and random tokens.
//!
//! An id is a prefix that names the kind of thing, an underscore, and 26 characters of Crockford base32 over a `UUIDv7`
//! layout: `pur_01k3…`. Within one process ids are strictly increasing, across processes they sort by millisecond.
//! Both the clock and the generator are injected, so a seeded run repeats its ids. An id is public; a token is a secret
//! of 256 random bits and must be made with [`Ids::random_token`].

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::Clock;

/// Crockford's alphabet in lower case: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Bits of a `UUIDv7` that are neither time, version nor variant.
const FREE_BITS: u32 = 74;

/// Makes ids and tokens; cheap to clone, and all clones draw from the same sequence.
#[derive(Clone)]
pub struct Ids {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

struct State {
    rng: StdRng,
    last: (u64, u128),
}

impl Ids {
    /// Ids whose randomness comes from the operating system.
    pub fn random(clock: Clock) -> Self {
        Self::from_rng(clock, rand::make_rng())
    }

    /// Ids that repeat: the same seed and the same clock give the same ids. Only for tests and the simulator.
    pub fn seeded(clock: Clock, seed: u64) -> Self {
        Self::from_rng(clock, StdRng::seed_from_u64(seed))
    }

    fn from_rng(clock: Clock, rng: StdRng) -> Self {
        Self {
            clock,
            state: Arc::new(Mutex::new(State { rng, last: (0, 0) })),
        }
    }

    /// The next id of the kind that `prefix` names, for example `ids.next("pur")`.
    pub fn next(&self, prefix: &str) -> String {
        written(prefix, self.next_value())
    }

    /// A secret of 256 random bits after `prefix` and an underscore, in hexadecimal, for example `pdk_9f…`.
    pub fn random_token(&self, prefix: &str) -> SecretString {
        let mut bytes = [0_u8; 32];
        self.fill(&mut bytes);
        SecretString::from(format!("{prefix}_{}", hex::encode(bytes)))
    }

    /// Fills `bytes` from the injected generator, for the few places that need raw randomness (salts, jitter).
    pub fn fill(&self, bytes: &mut [u8]) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .rng
            .fill_bytes(bytes);
    }

    /// A UUIDv7-shaped value greater than every one before it.
    fn next_value(&self) -> u128 {
        let now_us = u64::try_from(self.clock.now_us()).unwrap_or(0);
        let millisecond = now_us / 1_000;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut random = [0_u8; 16];
        state.rng.fill_bytes(&mut random);
        let random = u128::from_le_bytes(random);

        // The first twelve free bits hold the fraction of the millisecond, the rest is random.
        let fraction = u128::from(now_us % 1_000) * 4_096 / 1_000;
        let fresh = (millisecond, (fraction << 62) | (random >> 66));
        let chosen = if fresh > state.last {
            fresh
        } else {
            // Same instant, or a clock that went back: step on from the last one by a random amount.
            let step = (random & 0xffff_ffff) + 1;
            let free = state.last.1 + step;
            let carried = u64::from(free >> FREE_BITS != 0);
            (state.last.0 + carried, free & ((1 << FREE_BITS) - 1))
        };
        state.last = chosen;
        value_of(chosen.0, chosen.1)
    }
}

/// What an id begins with, in the order of such beginnings: Stripe's ids have a digit behind their prefix and then the second in
/// which their object was made, in five digits of base 62 (`pi_3MtwBw…`); ours, and what others call `UUIDv7` and ULID, begin with
/// the time as well. Of a text that begins otherwise it is any number.
///
/// Keys of an index that begin with it stand together where they were made together. What tells them apart is for others to add.
pub fn beginning(id: &str) -> u32 {
    let (_, rest) = id.split_once('_').unwrap_or(("", id));
    let digit = |letter: u8| match letter {
        b'0'..=b'9' => letter - b'0',
        b'A'..=b'Z' => letter - b'A' + 10,
        b'a'..=b'z' => letter - b'a' + 36,
        _ => 0,
    };
    let digits = rest.bytes().skip(1).take(5);
    // 62 to the fifth fits into 30 bits.
    digits.fold(0, |number, letter| number * 62 + u32::from(digit(letter)))
}

/// What is kept of a secret that [`Ids::random_token`] made: its SHA-256. It has 256 random bits, so a plain hash is as good
/// as a slow one.
pub fn secret_hash(secret: &str) -> [u8; 32] {
    digest::digest(&digest::SHA256, secret.as_bytes())
        .as_ref()
        .try_into()
        .expect("SHA-256 has 32 bytes")
}

/// Whether a text has the form of the ids that [`Ids::next`] makes under `prefix`.
pub fn is_id_of(prefix: &str, text: &str) -> bool {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|byte| ALPHABET.contains(&byte)))
}

/// An id of this form that is always the same for the same text, such as the key of something that happens once. It sorts by
/// the moment it is made for, microseconds.
pub fn id_for(prefix: &str, at_us: i64, text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let mut random = [0_u8; 16];
    random.copy_from_slice(&hash.as_ref()[..16]);
    let millisecond = u64::try_from(at_us / 1_000).unwrap_or(0);
    written(
        prefix,
        value_of(millisecond, u128::from_le_bytes(random) >> (128 - FREE_BITS)),
    )
}

/// The longest id that Stripe promises ever to make, in bytes.
const PRINTABLE_BYTES_MAX: usize = 255;

/// Whether a text is short and printable, as every id of Stripe's is. One that is not was never written by Stripe or by us,
/// and could not be kept.
pub fn is_printable(id: &str) -> bool {
    (1..=PRINTABLE_BYTES_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

fn value_of(millisecond: u64, free: u128) -> u128 {
    let (high, low) = (free >> 62, free & ((1 << 62) - 1));
    (u128::from(millisecond & 0xffff_ffff_ffff) << 80) | (7 << 76) | (high << 64) | (0b10 << 62) | low
}

fn written(prefix: &str, value: u128) -> String {
    let mut id = String::with_capacity(prefix.len() + 27);
    id.push_str(prefix);
    id.push('_');
    for position in (0..26).rev() {
        let digit = usize::try_from((value >> (position * 5)) & 31).expect("five bits fit");
        id.push(char::from(ALPHABET[digit]));
    }
    id
}

/// A user of the application: the `sub` of its tokens. 1 to 255 bytes, without control characters or white space at
/// the ends; beyond that the application decides what its ids look like.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct UserId(String);

impl UserId {
    /// Takes an id as the application wrote it, or refuses it.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = (1..=255).contains(&text.len()) && text.trim() == text && !text.chars().any(char::is_control);
        allowed.then(|| Self(text.to_owned()))
    }

    /// The id as the application wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of an API key that credits are set apart for: 1 to 64 letters, digits, `_` and `-`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, utoipa::ToSchema)]
#[schema(value_type = String, example = "key_7f3a", min_length = 1, max_length = 64)]
pub struct KeyId(String);

impl KeyId {
    /// Takes an id as the application wrote it, or refuses it.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let allowed = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        allowed.then(|| Self(text.to_owned()))
    }

    /// The id as the application wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("expected a key id: 1 to 64 letters, digits, `_` and `-`"))
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("expected a user id: 1 to 255 bytes, no control characters, no spaces at the ends")
        })
    }
}

impl utoipa::PartialSchema for UserId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(1))
            .max_length(Some(255))
            .description(Some("A user of the application, as in the `sub` of its tokens."))
            .examples(["user_42"])
            .into()
    }
}

impl utoipa::ToSchema for UserId {}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn stripes_ids_begin_with_the_second_their_object_was_made_in() {
        // Both stand in Stripe's reference, with 1679090539 and 1680800504 as the time they were created.
        let (earlier, later) = ("ch_3MmlLrLkdIwHu7ix0snN0B15", "pi_3MtwBwLkdIwHu7ix28a3tqPa");
        assert_eq!(beginning(later) - beginning(earlier), 1_680_800_504 - 1_679_090_539);
    }

    #[test]
    fn any_text_begins_somehow() {
        for text in ["", "_", "pi_", "pi_3", "pi_ßßßßßß", "zzzzzz", "no prefix"] {
            assert!(beginning(text) < 62_u32.pow(5), "{text}");
        }
        assert_eq!((beginning("_"), beginning("pi_3"), beginning("3A")), (0, 0, 10));
    }

    #[test]
    fn keys_that_begin_with_the_time_keep_its_order() {
        let days = ["0199d3c2-7b1a-7000", "0199d8e9-0b1a-7000", "019a0000-0000-7000"];
        assert!(days.is_sorted_by_key(|day| beginning(day)));
        assert!(beginning(days[0]) < beginning(days[2]));
    }

    #[test]
    fn ids_rise_whatever_the_clock_does() {
        let clock = Clock::manual(1_700_000_000_000_000);
        let ids = Ids::seeded(clock.clone(), 1);
        let mut last = ids.next("pur");
        for round in 0..20_000 {
            if round % 100 == 0 {
                clock.advance(Duration::from_micros(37));
            }
            let id = ids.next("pur");
            assert!(id > last, "{id} after {last}");
            last = id;
        }
    }

    #[test]
    fn an_id_has_the_layout_of_uuid_seven() {
        let ids = Ids::seeded(Clock::manual(1_700_000_000_123_456), 2);
        let value = uuid::Uuid::from_u128(ids.next_value());
        assert_eq!(value.get_version_num(), 7);
        assert_eq!(value.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(value.as_u128() >> 80, 1_700_000_000_123);
        let id = ids.next("pur");
        assert_eq!(id.len(), 30);
        assert!(id.starts_with("pur_0"));
        assert!(is_id_of("pur", &id) && !is_id_of("ord", &id) && !is_id_of("pur", &id[..29]));
    }

    #[test]
    fn a_seed_repeats_and_tokens_are_long() {
        let one = Ids::seeded(Clock::manual(7), 3);
        let two = Ids::seeded(Clock::manual(7), 3);
        assert_eq!(one.next("a"), two.next("a"));
        let token = one.random_token("pdk");
        assert_eq!(token.expose_secret(), two.random_token("pdk").expose_secret());
        assert_eq!(token.expose_secret().len(), 4 + 64);
        assert_ne!(token.expose_secret(), one.random_token("pdk").expose_secret());
    }
}

//! The secret half of a key: how it is made, written, read and compared.

use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConstantTimeEq};

use crate::ids::{Ids, KeyId, is_id_of, secret_hash};

/// What every key begins with.
const PREFIX: &str = "pdk_";
/// What the id of a key begins with.
pub(super) const ID_PREFIX: &str = "key";
/// The characters of the id behind its prefix.
const ID_CHARACTERS: usize = 26;
/// The characters of 256 bits in hexadecimal.
const SECRET_CHARACTERS: usize = 64;

/// A key as its owner holds it: `pdk_`, the characters of its id, `_`, and 256 random bits.
pub(super) struct Whole(SecretString);

impl Whole {
    /// A new secret for a key.
    pub(super) fn make(ids: &Ids, key_id: &KeyId) -> Self {
        let (_, public) = key_id.as_str().split_once('_').unwrap_or_default();
        Self(ids.random_token(&format!("{PREFIX}{public}")))
    }

    /// The text, to be told once.
    pub(super) fn told(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it.
    pub(super) fn hash(&self) -> [u8; 32] {
        secret_hash(self.told())
    }
}

/// Something that somebody gives out as a key.
pub(super) struct Claimed {
    /// The key it would be.
    pub(super) key_id: String,
    hash: [u8; 32],
}

impl Claimed {
    /// Reads a text. What cannot be a key is `None`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let (public, secret) = rest.split_once('_')?;
        let key_id = format!("{ID_PREFIX}_{public}");
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let whole = public.len() == ID_CHARACTERS
            && is_id_of(ID_PREFIX, &key_id)
            && secret.len() == SECRET_CHARACTERS
            && secret.bytes().all(hexadecimal);
        whole.then(|| Self {
            key_id,
            hash: secret_hash(text),
        })
    }

    /// Which of these hashes it has. Takes the same time wherever they differ, and whichever it is.
    pub(super) fn find<'a, T>(&self, kept: &'a [T], hash: impl Fn(&T) -> &[u8]) -> Option<&'a T> {
        let right: Vec<Choice> = kept.iter().map(|one| hash(one).ct_eq(&self.hash)).collect();
        let found = kept.iter().zip(&right).filter(|(_, right)| bool::from(**right));
        found.map(|(one, _)| one).last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_key_is_read_as_it_was_made_and_any_other_character_makes_it_another_one() {
        let ids = Ids::seeded(Clock::manual(7), 1);
        let key_id = KeyId::parse(&ids.next(ID_PREFIX)).unwrap();
        let whole = Whole::make(&ids, &key_id);
        let kept = [[0; 32], whole.hash()];
        let finds = |text: &str| {
            let claimed = Claimed::read(text).filter(|one| one.key_id == key_id.as_str());
            claimed.and_then(|one| one.find(&kept, |kept| kept).copied())
        };
        assert_eq!(finds(whole.told()), Some(whole.hash()));
        for at in 0..whole.told().len() {
            for bit in 0..7 {
                let mut bytes = whole.told().as_bytes().to_vec();
                bytes[at] ^= 1 << bit;
                assert_eq!(finds(&String::from_utf8(bytes).unwrap()), None, "bit {bit} of {at}");
            }
        }
        for text in ["", "pdk_", "pdk_ä_", &whole.told()[1..], &format!("{}0", whole.told())] {
            assert!(Claimed::read(text).is_none(), "{text:?}");
        }
    }
}

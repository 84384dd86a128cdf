//! Anchors: heads of the chain, signed and kept elsewhere. Whoever can write the database can recompute a chain from its
//! beginning; they cannot sign it, and cannot take back an anchor that is out of their reach.
//!
//! What is signed is a text of lines, each a name, a space and a value, behind a first line that says what it is. Whoever
//! wants to check a signature without paydesk builds the same text from the file. The signature is Ed25519 (RFC 8032).

use std::fmt::Write as _;

use aws_lc_rs::encoding::{AsBigEndian, Curve25519SeedBin};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{Result, Tx};

use super::records::audit::{self as records, HouseTotals};
use crate::clock::Moment;

/// The first line of what is signed, so that a signature of something else is never taken for one of an anchor.
const TITLE: &str = "paydesk ledger anchor 1";

/// A head of the chain, as it is kept outside the database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The number of the seal.
    pub seal: i64,
    /// The last position that is sealed.
    pub position: i64,
    /// The last account that is sealed.
    pub account_id: i64,
    /// The hash of the chain there, in hexadecimal.
    pub hash: String,
    /// How many transfers are sealed in all.
    pub transfers: i64,
    /// When it was sealed.
    pub sealed_at: Moment,
    /// When the anchor was made.
    pub anchored_at: Moment,
    /// What had moved through the accounts of the house by then.
    pub totals: Vec<HouseTotals>,
    /// Who signed: the public key, in hexadecimal.
    pub public_key: String,
    /// The signature, in hexadecimal.
    pub signature: String,
}

/// Why an anchor is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsigned {
    /// It names another key than the one that is trusted.
    #[error("it is signed with another key")]
    OtherKey,
    /// The signature is not of this text.
    #[error("its signature does not fit")]
    Forged,
}

/// The key that anchors are signed with.
pub struct AnchorKey(Ed25519KeyPair);

impl AnchorKey {
    /// A new key. `None` where the machine has no randomness.
    pub fn generate() -> Option<Self> {
        Ed25519KeyPair::generate().ok().map(Self)
    }

    /// The key that was kept as this text: the seed of 32 bytes, in hexadecimal.
    pub fn of_text(text: &SecretString) -> Option<Self> {
        let seed = hex::decode(text.expose_secret().trim()).ok()?;
        Ed25519KeyPair::from_seed_unchecked(&seed).ok().map(Self)
    }

    /// How the key is kept.
    pub fn text(&self) -> Option<SecretString> {
        let seed: Curve25519SeedBin<'_> = self.0.seed().ok()?.as_be_bytes().ok()?;
        Some(SecretString::from(hex::encode(seed.as_ref())))
    }

    /// The public half, in hexadecimal: what anchors are held to.
    pub fn public(&self) -> String {
        hex::encode(self.0.public_key().as_ref())
    }
}

impl Anchor {
    /// Signs the head of the chain. `None` while nothing is sealed.
    pub fn of_head(tx: &mut Tx<'_>, key: &AnchorKey, now_us: i64) -> Result<Option<Self>> {
        let Some(seal) = records::last_seal(tx)? else {
            return Ok(None);
        };
        let mut anchor = Self {
            seal: seal.number,
            position: seal.position,
            account_id: seal.account_id,
            hash: hex::encode(&seal.hash),
            transfers: records::sealed_transfers(tx)?,
            sealed_at: Moment(seal.sealed_at_us),
            anchored_at: Moment(now_us),
            totals: records::house_totals_at(tx, seal.position)?,
            public_key: key.public(),
            signature: String::new(),
        };
        anchor.signature = hex::encode(key.0.sign(anchor.text().as_bytes()));
        Ok(Some(anchor))
    }

    /// Whether the holder of the private half of `public_key` has signed this.
    pub fn check(&self, public_key: &str) -> std::result::Result<(), Unsigned> {
        if !self.public_key.eq_ignore_ascii_case(public_key) {
            return Err(Unsigned::OtherKey);
        }
        let (Ok(key), Ok(signature)) = (hex::decode(&self.public_key), hex::decode(&self.signature)) else {
            return Err(Unsigned::Forged);
        };
        let checked = UnparsedPublicKey::new(&ED25519, key).verify(self.text().as_bytes(), &signature);
        checked.map_err(|_| Unsigned::Forged)
    }

    /// What is signed.
    fn text(&self) -> String {
        let mut text = format!(
            "{TITLE}\nseal {}\nposition {}\naccount_id {}\nhash {}\ntransfers {}\nsealed_at {}\nanchored_at {}\n",
            self.seal, self.position, self.account_id, self.hash, self.transfers, self.sealed_at, self.anchored_at
        );
        for one in &self.totals {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "total {} {} {}", one.account, one.debits, one.credits);
        }
        text
    }
}

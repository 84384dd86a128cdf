//! The proof that a group of events comes from an edge of ours, and its answer from the core.
//!
//! `Paydesk-Signature: t=…,sha256=…,v1=…` says when the group was sent, what its bytes hash to, and carries one HMAC-SHA256
//! over both for each secret of the sender. So the head alone proves who sends: nobody else makes the core read a body.
//! Any secret of one side may match any signature of the other, which is how a secret is rolled.
//!
//! Promises: the secret itself never travels; the comparison takes the same time wherever two signatures differ; an old
//! or a far-dated head is refused; no text that Stripe signs can be one that is signed here, nor a request be taken for an
//! answer, because each begins with its own word where Stripe's begin with a digit.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac};

/// The header that carries the proof, on the request and on its answer.
pub const HEADER: &str = "paydesk-signature";

/// How far the time stamp of the hop may be off, in seconds, either way.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The shortest secret that resists guessing, in bytes.
pub const SECRET_BYTES_MIN: usize = 32;

/// The most signatures that are looked at: one for each secret that is being rolled.
const SIGNATURES_MAX: usize = 8;
const HEADER_BYTES_MAX: usize = 1024;
const TIMESTAMP_DIGITS_MAX: usize = 15;
const HASH_BYTES: usize = 32;

type Hash = [u8; HASH_BYTES];

/// A secret that an edge and the core share, as a key that is ready to use. Never printed.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl Secret {
    /// Makes the key of a secret; nothing where it is too short.
    pub fn new(secret: &str) -> Option<Self> {
        let bytes = secret.trim().as_bytes();
        (bytes.len() >= SECRET_BYTES_MIN).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// Why a proof is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The header is not of the form that an edge sends.
    #[error("the Paydesk-Signature header is missing, there twice, or cannot be read")]
    Malformed,
    /// Sent too long ago or too far ahead: a replay, or a clock that is off.
    #[error("the time stamp is {off_s} s away from this server's clock, and at most {TOLERANCE_SECONDS} s are allowed")]
    OutsideTolerance {
        /// How far, in seconds.
        off_s: u64,
    },
    /// No secret of ours made any of the signatures.
    #[error("no signature was made with an internal secret that this server knows")]
    NoMatch,
    /// The body is not the one that the head announces.
    #[error("the body is not the one that was signed")]
    OtherBody,
}

/// What the head of a request proves: one of our edges sends, just now, a body with this hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    timestamp_s: i64,
    hash: Hash,
}

impl Claim {
    /// What an edge says of a body that it sends now.
    pub fn of(body: &[u8], now_s: i64) -> Self {
        Self {
            timestamp_s: now_s,
            hash: hash(body),
        }
    }

    /// Reads and proves a header. `now_s` is the time at which it came.
    pub fn prove(header: &[u8], secrets: &[Secret], now_s: i64) -> Result<Self, ProofError> {
        let head = Head::parse(header)?;
        let off_s = now_s.abs_diff(head.timestamp_s);
        if off_s > TOLERANCE_SECONDS.unsigned_abs() {
            return Err(ProofError::OutsideTolerance { off_s });
        }
        let claim = Self {
            timestamp_s: head.timestamp_s,
            hash: head.hash,
        };
        head.check(secrets, &claim.request_text()).map(|()| claim)
    }

    /// Whether this is the body that the head announced.
    pub fn check(&self, body: &[u8]) -> Result<(), ProofError> {
        constant_time::verify_slices_are_equal(&self.hash, &hash(body)).map_err(|_| ProofError::OtherBody)
    }

    /// The header of the request, signed with every secret.
    pub fn sign(&self, secrets: &[Secret]) -> String {
        header(self.timestamp_s, &self.hash, secrets, &self.request_text())
    }

    /// The header of the answer to this request, signed with every secret.
    pub fn sign_answer(&self, answer: &[u8], secrets: &[Secret]) -> String {
        let hash = hash(answer);
        header(self.timestamp_s, &hash, secrets, &self.answer_text(&hash))
    }

    /// Whether the core gave this answer to this very request.
    pub fn check_answer(&self, header: &[u8], answer: &[u8], secrets: &[Secret]) -> Result<(), ProofError> {
        let head = Head::parse(header)?;
        let hash = hash(answer);
        if head.timestamp_s != self.timestamp_s || head.hash != hash {
            return Err(ProofError::OtherBody);
        }
        head.check(secrets, &self.answer_text(&hash))
    }

    fn request_text(&self) -> String {
        format!("paydesk request 1\n{}\n{}", self.timestamp_s, hex::encode(self.hash))
    }

    fn answer_text(&self, answer: &Hash) -> String {
        let (request, answer) = (hex::encode(self.hash), hex::encode(answer));
        format!("paydesk answer 1\n{}\n{request}\n{answer}", self.timestamp_s)
    }
}

/// A header as it was read. Nothing is proven yet.
struct Head {
    timestamp_s: i64,
    hash: Hash,
    signatures: Vec<Hash>,
}

impl Head {
    /// There is one way to write it: the time stamp, the hash, then the signatures.
    fn parse(header: &[u8]) -> Result<Self, ProofError> {
        let text = std::str::from_utf8(header).map_err(|_| ProofError::Malformed)?;
        Self::read(text).ok_or(ProofError::Malformed)
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > HEADER_BYTES_MAX {
            return None;
        }
        let mut parts = text.split(',');
        let timestamp_s = timestamp(parts.next()?.strip_prefix("t=")?)?;
        let hash = from_hex(parts.next()?.strip_prefix("sha256=")?)?;
        let mut signatures = Vec::with_capacity(1);
        for part in parts {
            if signatures.len() == SIGNATURES_MAX {
                return None;
            }
            signatures.push(from_hex(part.strip_prefix("v1=")?)?);
        }
        (!signatures.is_empty()).then_some(Self {
            timestamp_s,
            hash,
            signatures,
        })
    }

    fn check(&self, secrets: &[Secret], text: &str) -> Result<(), ProofError> {
        let mut matched = false;
        for secret in secrets {
            for signature in &self.signatures {
                matched |= hmac::verify(&secret.0, text.as_bytes(), signature).is_ok();
            }
        }
        if matched { Ok(()) } else { Err(ProofError::NoMatch) }
    }
}

fn header(timestamp_s: i64, hash: &Hash, secrets: &[Secret], text: &str) -> String {
    let mut header = format!("t={timestamp_s},sha256={}", hex::encode(hash));
    for secret in secrets.iter().take(SIGNATURES_MAX) {
        header.push_str(",v1=");
        header.push_str(&hex::encode(hmac::sign(&secret.0, text.as_bytes())));
    }
    header
}

fn hash(bytes: &[u8]) -> Hash {
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// Plain digits in the one way to write them.
fn timestamp(digits: &str) -> Option<i64> {
    let plain = (1..=TIMESTAMP_DIGITS_MAX).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| plain)
}

fn from_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; HASH_BYTES];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

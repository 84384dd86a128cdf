//! The webhook signature: who may tell us that money has moved.
//!
//! Stripe signs `{timestamp}.{raw body}` with HMAC-SHA256 and sends `t=…,v1=…` in `Stripe-Signature`; while a secret is
//! being rolled it sends one `v1` for each live secret. A payload is accepted when any of our secrets matches any `v1`
//! and the timestamp is within the tolerance on either side of now.
//!
//! Promises: only the exact bytes count, never text; schemes other than `v1` prove nothing; the comparison takes the
//! same time wherever two signatures differ; a hostile header costs a bounded amount of work; nothing is allocated.
//! What must not live here: a clock. The caller says what time it is.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};

/// The tolerance that Stripe's own libraries use, in seconds, here applied to both sides of now.
pub const DEFAULT_TOLERANCE_S: i64 = 300;

/// The longest header that is looked at, in bytes. A real one is below 400 even while secrets roll.
pub const HEADER_BYTES_MAX: usize = 4096;

/// The most `v1` signatures that a header may carry. Stripe sends one for each live secret of an endpoint.
pub const SIGNATURES_MAX: usize = 16;

const TAG_BYTES: usize = 32;
const TIMESTAMP_DIGITS_MAX: usize = 15;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// The signing secret of one webhook endpoint (`whsec_…`), as a key that is ready to use. Never printed.
#[derive(Clone)]
pub struct SigningSecret(hmac::Key);

impl SigningSecret {
    /// Makes the key of a secret. White space around it, which copying into a file or an environment variable easily
    /// adds, is dropped. An empty secret is refused: anybody could sign with it.
    pub fn new(secret: &str) -> Result<Self, EmptySecret> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(EmptySecret);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningSecret(…)")
    }
}

/// A signing secret with nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the webhook signing secret is empty")]
pub struct EmptySecret;

/// The proof that a payload came from a holder of one of our secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// When the sender signed, in unix seconds.
    pub timestamp_s: i64,
    /// Which of the secrets handed to [`verify`] matched: tells an operator when an old one is no longer in use.
    pub secret_index: usize,
}

/// Why a payload is not trusted. Every one of them is answered with 400 and stores nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is longer than [`HEADER_BYTES_MAX`].
    #[error("the signature header is too long")]
    HeaderTooLong,
    /// The header is not a list of `key=value`.
    #[error("the signature header cannot be read")]
    MalformedHeader,
    /// There is no `t`, or it is not a plain number of seconds.
    #[error("the signature header has no valid timestamp")]
    NoTimestamp,
    /// There is more than one `t`, so that it is not said which one was signed.
    #[error("the signature header has more than one timestamp")]
    DuplicateTimestamp,
    /// There is no `v1`.
    #[error("the signature header has no v1 signature")]
    NoSignature,
    /// There are more than [`SIGNATURES_MAX`] `v1`.
    #[error("the signature header has too many signatures")]
    TooManySignatures,
    /// No secret matches any `v1`: forged, altered on its way, or signed with a secret that we do not have.
    #[error("no signature matches the payload with any of the signing secrets")]
    NoMatch,
    /// Genuine, but signed too long ago or too far ahead: a replay, a long queue, or a clock that is off.
    #[error("the signature's timestamp {timestamp_s} is outside the tolerance")]
    OutsideTolerance {
        /// When the sender signed, in unix seconds.
        timestamp_s: i64,
    },
}

impl SignatureError {
    /// A stable name, for metrics and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::HeaderTooLong => "header_too_long",
            Self::MalformedHeader => "malformed_header",
            Self::NoTimestamp => "no_timestamp",
            Self::DuplicateTimestamp => "duplicate_timestamp",
            Self::NoSignature => "no_signature",
            Self::TooManySignatures => "too_many_signatures",
            Self::NoMatch => "no_match",
            Self::OutsideTolerance { .. } => "outside_tolerance",
        }
    }
}

/// Decides whether `payload`, exactly as received, was signed with one of `secrets` at a time within `tolerance_s` of
/// `now_s`. The `header` is the value of `Stripe-Signature`. With no secrets nothing is ever accepted.
pub fn verify(
    payload: &[u8],
    header: &[u8],
    secrets: &[SigningSecret],
    now_s: i64,
    tolerance_s: i64,
) -> Result<Verified, SignatureError> {
    let header = Header::parse(header)?;
    let secret_index = secrets
        .iter()
        .position(|secret| header.is_signed_by(secret, payload))
        .ok_or(SignatureError::NoMatch)?;
    // The age is judged last, so that "outside tolerance" always means a genuine signature, and so a clock to look at.
    if now_s.abs_diff(header.timestamp_s) > u64::try_from(tolerance_s).unwrap_or(0) {
        return Err(SignatureError::OutsideTolerance {
            timestamp_s: header.timestamp_s,
        });
    }
    Ok(Verified {
        timestamp_s: header.timestamp_s,
        secret_index,
    })
}

/// The value of a `Stripe-Signature` header for `payload`, as Stripe would send it at `timestamp_s`.
pub fn sign(payload: &[u8], secret: &SigningSecret, timestamp_s: i64) -> String {
    let signature = sign_v1(payload, secret, timestamp_s);
    let signature = std::str::from_utf8(&signature).expect("hexadecimal digits are ASCII");
    format!("t={timestamp_s},v1={signature}")
}

/// The `v1` signature alone, in lower-case hexadecimal, for a sender that writes its header without allocating.
pub fn sign_v1(payload: &[u8], secret: &SigningSecret, timestamp_s: i64) -> [u8; TAG_BYTES * 2] {
    let mut digits = [0; 20];
    let tag = tag(secret, write_decimal(timestamp_s, &mut digits), payload);
    let mut text = [0; TAG_BYTES * 2];
    for (pair, byte) in text.chunks_exact_mut(2).zip(tag.as_ref()) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    text
}

/// What a signature header says, with the digits of the timestamp as they were signed.
struct Header<'a> {
    timestamp: &'a [u8],
    timestamp_s: i64,
    signatures: [[u8; TAG_BYTES]; SIGNATURES_MAX],
    signature_count: usize,
}

impl<'a> Header<'a> {
    fn parse(header: &'a [u8]) -> Result<Self, SignatureError> {
        if header.len() > HEADER_BYTES_MAX {
            return Err(SignatureError::HeaderTooLong);
        }
        let mut timestamp = None;
        let mut seen = 0;
        let mut signatures = [[0; TAG_BYTES]; SIGNATURES_MAX];
        let mut signature_count = 0;
        for element in header.split(|byte| *byte == b',') {
            let element = element.trim_ascii();
            let equals = element
                .iter()
                .position(|byte| *byte == b'=')
                .ok_or(SignatureError::MalformedHeader)?;
            let (scheme, value) = (&element[..equals], &element[equals + 1..]);
            match scheme {
                b"t" if timestamp.is_some() => return Err(SignatureError::DuplicateTimestamp),
                b"t" => timestamp = Some((value, parse_timestamp(value)?)),
                b"v1" => {
                    seen += 1;
                    if seen > SIGNATURES_MAX {
                        return Err(SignatureError::TooManySignatures);
                    }
                    // A value that is no SHA-256 in lower-case hexadecimal can match nothing, so it is passed over.
                    if decode_hex(value, &mut signatures[signature_count]) {
                        signature_count += 1;
                    }
                }
                // v0 is a fixed test signature, and a scheme that we do not know proves nothing.
                _ => {}
            }
        }
        let (timestamp, timestamp_s) = timestamp.ok_or(SignatureError::NoTimestamp)?;
        if seen == 0 {
            return Err(SignatureError::NoSignature);
        }
        Ok(Self {
            timestamp,
            timestamp_s,
            signatures,
            signature_count,
        })
    }

    /// One HMAC, compared with every signature, all of them to the end.
    fn is_signed_by(&self, secret: &SigningSecret, payload: &[u8]) -> bool {
        let expected = tag(secret, self.timestamp, payload);
        let mut matched = false;
        for signature in &self.signatures[..self.signature_count] {
            matched |= constant_time::verify_slices_are_equal(expected.as_ref(), signature).is_ok();
        }
        matched
    }
}

fn tag(secret: &SigningSecret, timestamp: &[u8], payload: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&secret.0);
    context.update(timestamp);
    context.update(b".");
    context.update(payload);
    context.sign()
}

/// Plain decimal digits in the one way to write them, so that the number judged and the digits signed cannot differ.
fn parse_timestamp(digits: &[u8]) -> Result<i64, SignatureError> {
    let plain = !digits.is_empty()
        && digits.len() <= TIMESTAMP_DIGITS_MAX
        && digits.iter().all(u8::is_ascii_digit)
        && (digits[0] != b'0' || digits.len() == 1);
    if !plain {
        return Err(SignatureError::NoTimestamp);
    }
    Ok(digits
        .iter()
        .fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

fn decode_hex(text: &[u8], bytes: &mut [u8; TAG_BYTES]) -> bool {
    if text.len() != TAG_BYTES * 2 {
        return false;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let (Some(high), Some(low)) = (nibble(pair[0]), nibble(pair[1])) else {
            return false;
        };
        *byte = high << 4 | low;
    }
    true
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

fn write_decimal(value: i64, digits: &mut [u8; 20]) -> &[u8] {
    let mut rest = value.unsigned_abs();
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + u8::try_from(rest % 10).expect("a remainder of ten is one digit");
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        start -= 1;
        digits[start] = b'-';
    }
    &digits[start..]
}

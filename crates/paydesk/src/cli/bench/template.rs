//! A request written once and patched in place: every slot has a fixed width, so that nothing moves and nothing is
//! allocated while requests are sent.

/// Places of one width in a template that always hold the same value.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    offsets: Vec<usize>,
    width: usize,
}

impl Slot {
    /// The places where `marker` stands in `bytes`.
    pub(super) fn find(bytes: &[u8], marker: &[u8]) -> Self {
        let places = bytes
            .windows(marker.len())
            .enumerate()
            .filter(|(_, window)| *window == marker);
        Self {
            offsets: places.map(|(offset, _)| offset).collect(),
            width: marker.len(),
        }
    }

    /// Writes `value`, which has the width of the marker, into every place.
    pub(super) fn fill(&self, bytes: &mut [u8], value: &[u8]) {
        for offset in &self.offsets {
            bytes[*offset..*offset + self.width].copy_from_slice(value);
        }
    }
}

/// The alphabet of paydesk's ids.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The width of what makes a request unique, in characters.
pub(super) const UNIQUE_WIDTH: usize = 26;

/// The alphabet in which Stripe writes the second that an object was made in.
const SECOND_ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The second that Stripe counts from in its ids, unix time: `price_1PgafmB7WZ01zgkW02Hf9z6c` was created at 1721948530.
const STRIPE_SECONDS_FROM: i64 = 1_342_389_380;

/// Where the parts stand: a digit, the second, the run, the request.
const SECOND: std::ops::Range<usize> = 1..6;
const RUN: std::ops::Range<usize> = 6..19;
const SEQUENCE: std::ops::Range<usize> = 19..UNIQUE_WIDTH;

/// Makes values that no request of another run has, nor another request of this one. They begin as the ids of Stripe's payments
/// do, with a digit and the second, because that is what a store's indexes see: neighbours in time are neighbours in them.
#[derive(Debug, Clone)]
pub(super) struct Unique([u8; UNIQUE_WIDTH]);

impl Unique {
    /// `run` is the beginning of an id made for this run, which is the time and some randomness.
    pub(super) fn new(run: &str) -> Self {
        let mut value = [b'0'; UNIQUE_WIDTH];
        value[0] = b'3';
        for (place, letter) in value[RUN].iter_mut().zip(run.bytes()) {
            *place = letter;
        }
        Self(value)
    }

    /// The value of one request of the run, made at this moment, unix seconds.
    pub(super) fn of(&mut self, sequence: u64, now_s: i64) -> &[u8; UNIQUE_WIDTH] {
        let seconds = u64::try_from(now_s - STRIPE_SECONDS_FROM).unwrap_or_default();
        write_in(SECOND_ALPHABET, &mut self.0[SECOND], seconds);
        write_in(ALPHABET, &mut self.0[SEQUENCE], sequence);
        &self.0
    }
}

/// Writes a number over the whole of `digits`, with zeros in front.
fn write_in<const BASE: usize>(alphabet: &[u8; BASE], digits: &mut [u8], number: u64) {
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        let place = usize::try_from(rest % BASE as u64).expect("less than the base");
        *digit = alphabet[place];
        rest /= BASE as u64;
    }
}

/// Writes a number in decimal over the whole of `digits`, with zeros in front.
pub(super) fn write_number(digits: &mut [u8], number: u64) {
    write_in(b"0123456789", digits, number);
}

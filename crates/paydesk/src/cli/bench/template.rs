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

const RUN_WIDTH: usize = 13;

/// Makes values that no request of another run has, nor another request of this one.
#[derive(Debug, Clone)]
pub(super) struct Unique([u8; UNIQUE_WIDTH]);

impl Unique {
    /// `run` is the beginning of an id made for this run, which is the time and some randomness.
    pub(super) fn new(run: &str) -> Self {
        let mut value = [b'0'; UNIQUE_WIDTH];
        let run = run.as_bytes();
        let length = run.len().min(RUN_WIDTH);
        value[..length].copy_from_slice(&run[..length]);
        Self(value)
    }

    /// The value of one request of the run.
    pub(super) fn of(&mut self, sequence: u64) -> &[u8; UNIQUE_WIDTH] {
        let mut rest = sequence;
        for digit in self.0[RUN_WIDTH..].iter_mut().rev() {
            *digit = ALPHABET[usize::try_from(rest & 31).expect("five bits fit")];
            rest >>= 5;
        }
        &self.0
    }
}

/// Writes a number in decimal over the whole of `digits`, with zeros in front.
pub(super) fn write_number(digits: &mut [u8], number: u64) {
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).expect("a remainder of ten is one digit");
        rest /= 10;
    }
}

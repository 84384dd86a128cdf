//! The sandbox's randomness: ids, secrets, and the luck of faults that are rated rather than counted.
//!
//! One seed gives one sequence. Ids and faults draw from separate streams, so that when a delivery happens to run does
//! not change the next id.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[derive(Debug)]
pub(crate) struct Dice {
    rng: StdRng,
}

impl Dice {
    /// `stream` separates the users of one seed.
    pub(crate) fn new(seed: Option<u64>, stream: u64) -> Self {
        let rng = match seed {
            Some(seed) => StdRng::seed_from_u64(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            None => rand::make_rng(),
        };
        Self { rng }
    }

    /// A generator that goes on from another place of the sequence.
    pub(crate) fn elsewhere(&mut self, history: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(self.rng.random::<u64>() ^ history.wrapping_mul(0xD134_2543_DE82_EF95)),
        }
    }

    pub(crate) fn token(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(ALPHABET[self.rng.random_range(0..ALPHABET.len())]))
            .collect()
    }

    /// An id as Stripe writes them: the prefix, then 24 letters and digits.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_3{}", self.token(23))
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.rng.random_range(0..bound) }
    }

    /// True `per_mille` times out of a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            let other = usize::try_from(self.below(index as u64 + 1)).unwrap_or(0);
            items.swap(index, other);
        }
    }
}

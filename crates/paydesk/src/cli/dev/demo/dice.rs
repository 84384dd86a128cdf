//! Chance, from a seed: the same seed makes the same people do the same things.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A generator that repeats.
pub(super) struct Dice(StdRng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number from 0 on, below `bound`; 0 where there is none below it.
    pub(super) fn below(&mut self, bound: i64) -> i64 {
        if bound > 0 { self.0.random_range(0..bound) } else { 0 }
    }

    /// A number between these two, both included.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below(most - least + 1)
    }

    /// True once in `times`.
    pub(super) fn one_in(&mut self, times: i64) -> bool {
        self.below(times) == 0
    }

    /// One of these; none where there are none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() {
            return None;
        }
        from.get(self.0.random_range(0..from.len()))
    }
}

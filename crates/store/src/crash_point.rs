//! Named places at which a test makes the process die, as `kill -9` would, between two durable steps.
//!
//! Nothing is armed unless [`arm`] was called; a pass then costs one relaxed read of a flag. The state is the process's own,
//! because what is tested is the death of the process.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

static WATCHED: AtomicBool = AtomicBool::new(false);
static STATE: Mutex<State> = Mutex::new(State {
    armed: None,
    passed: BTreeMap::new(),
});

struct State {
    armed: Option<(String, u64)>,
    passed: BTreeMap<&'static str, u64>,
}

/// Marks a place between two durable steps. Does nothing unless the process was armed for it.
pub fn crash_point(name: &'static str) {
    if WATCHED.load(Ordering::Relaxed) {
        pass(name);
    }
}

/// Makes the process exit with 137 at the `nth` pass (from 1) of the place with this name.
pub fn arm(name: &str, nth: u64) {
    state().armed = Some((name.to_owned(), nth.max(1)));
    WATCHED.store(true, Ordering::Relaxed);
}

/// Counts the passes from now on, without dying; for the test that knows all names.
pub fn observe() {
    WATCHED.store(true, Ordering::Relaxed);
}

/// The names passed since [`arm`] or [`observe`], each with how often.
pub fn passed() -> Vec<(&'static str, u64)> {
    state().passed.iter().map(|(name, count)| (*name, *count)).collect()
}

#[cold]
fn pass(name: &'static str) {
    let mut state = state();
    let count = state.passed.entry(name).or_insert(0);
    *count += 1;
    let count = *count;
    if state
        .armed
        .as_ref()
        .is_some_and(|(armed, nth)| armed == name && *nth == count)
    {
        // No destructor runs and nothing is flushed; other threads may go on for a moment, as they may before a kill.
        std::process::exit(137);
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

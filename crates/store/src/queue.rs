//! The bounded queue between the callers and the store's threads.
//!
//! Full is an answer, never a wait: callers are turned away at once and nothing grows without bound. Flushes of batches are
//! admitted beyond the bound, because a batch bounds its own members and has at most a few flushes.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Whether the bound holds for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Bounded,
    Always,
}

/// Why an item was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Full,
    Closed,
}

pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
    capacity: usize,
}

struct State<T> {
    items: VecDeque<T>,
    waiting: usize,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let state = State {
            items: VecDeque::new(),
            waiting: 0,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            ready: Condvar::new(),
            capacity,
        }
    }

    /// Adds an item, or gives it back with the reason.
    pub(crate) fn push(&self, item: T, admission: Admission) -> Result<(), (Refusal, T)> {
        let mut state = self.lock();
        if state.closed {
            return Err((Refusal::Closed, item));
        }
        if admission == Admission::Bounded && state.items.len() >= self.capacity {
            return Err((Refusal::Full, item));
        }
        state.items.push_back(item);
        let wake = state.waiting > 0;
        drop(state);
        if wake {
            self.ready.notify_one();
        }
        Ok(())
    }

    /// The next item; waits for one. `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state.waiting += 1;
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    /// The next item, if one is there.
    pub(crate) fn try_pop(&self) -> Option<T> {
        self.lock().items.pop_front()
    }

    /// Admits nothing more; what is there can still be taken.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Moving the write-ahead log into the database file, on a thread of its own so that no commit waits for it.
//!
//! A passive checkpoint runs beside the writer. Under steady load it never quite catches up, and the log would grow for ever; so
//! when the log is long, the writer is asked to stand still for the moment that the little rest takes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::health::Health;

/// From this length (128 MB) on the log is moved into the database file and started over. A page that was written often
/// since the last time is moved once, so a longer log means less to write, and the writer stands still less often; a
/// shorter one is read sooner after a crash, which takes about a tenth of a second for this one.
/// The file keeps its length: to write over what is there costs the disk less than to append.
const LOG_PAGES: i32 = 32_000;
/// The log is moved beside the writer until no more than this is left, for which the writer stands still.
const REST_PAGES: i32 = 1_000;
/// How often that is tried: a writer that is faster than the disk must wait in the end.
const ROUNDS_MAX: usize = 4;
/// From this length (256 MB) on, which only a long read can bring about, the file is cut back.
const TRUNCATE_PAGES: i32 = 64_000;

/// Where the writer and the checkpoint thread meet.
pub(crate) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Pages in the log after the last commit.
    pages: i32,
    /// Pages in the log when the last checkpoint ended.
    checkpointed: i32,
    writing: bool,
    stop_writer: bool,
    closed: bool,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let state = State {
            pages: 0,
            checkpointed: 0,
            writing: false,
            stop_writer: false,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// The writer tells how long the log is after a commit.
    pub(crate) fn grown(&self, pages: i32) {
        let mut state = self.lock();
        if pages < state.pages {
            // The log was started over.
            state.checkpointed = 0;
        }
        state.pages = pages;
        if pages - state.checkpointed >= LOG_PAGES {
            self.changed.notify_all();
        }
    }

    /// Waits until no checkpoint needs the writer to stand still; the turn lasts until it is dropped.
    pub(crate) fn write_turn(&self) -> Turn<'_> {
        let mut state = self.lock();
        while state.stop_writer {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.writing = true;
        Turn { gate: self }
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Waits until a checkpoint is due; false when the store is closed.
    fn due(&self) -> bool {
        let mut state = self.lock();
        loop {
            if state.closed {
                return false;
            }
            if state.pages - state.checkpointed >= LOG_PAGES {
                return true;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Does something while the writer stands still; nothing once the store is being closed.
    fn alone<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let mut state = self.lock();
        state.stop_writer = true;
        // The writer itself may be closing the store and waiting for this thread.
        while state.writing && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let closed = state.closed;
        drop(state);
        let result = (!closed).then(work);
        self.lock().stop_writer = false;
        self.changed.notify_all();
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer's right to write; given back when dropped.
pub(crate) struct Turn<'a> {
    gate: &'a Gate,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        state.writing = false;
        if state.stop_writer {
            self.gate.changed.notify_all();
        }
    }
}

pub(super) fn serve(connection: &Connection, gate: &Gate, health: &Health) {
    while gate.due() {
        if let Err(error) = start_over(connection, gate) {
            // The log keeps everything until a checkpoint succeeds, so a full disk is not fatal here; a failed flush is.
            tracing::warn!(%error, "a checkpoint failed");
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure) {
                health.stop(&format!("a checkpoint failed: {error}"));
                return;
            }
        }
        let mut state = gate.lock();
        state.checkpointed = state.pages;
    }
}

/// Moves the log beside the writer until little is left, then the rest while the writer stands still.
fn start_over(connection: &Connection, gate: &Gate) -> rusqlite::Result<()> {
    let mut pages = 0;
    for _ in 0..ROUNDS_MAX {
        let moved = gate.lock().pages;
        run(connection, "pragma wal_checkpoint(passive)")?;
        pages = gate.lock().pages;
        if pages - moved <= REST_PAGES {
            break;
        }
    }
    let how = if pages >= TRUNCATE_PAGES {
        "pragma wal_checkpoint(truncate)"
    } else {
        "pragma wal_checkpoint(restart)"
    };
    gate.alone(|| run(connection, how)).unwrap_or(Ok(()))
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    // A busy answer is no error: the next checkpoint moves what this one could not.
    connection.query_row(sql, [], |_| Ok(()))
}

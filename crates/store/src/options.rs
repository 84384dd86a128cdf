//! How a store is opened.

use std::time::Duration;

/// Whether other processes may write to the same embedded database. Means nothing to a database server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// This process is the one that serves; a second one is refused with a clear error.
    Exclusive,
    /// A short-lived command beside a serving process. Its writes take turns with the others', but wake nobody.
    Beside,
}

/// The bounds and time limits of a store. [`Options::default`] suits a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether other processes may write to the same embedded database.
    pub access: Access,
    /// Whether a database that is not there is made, on the embedded engine. Without it, opening one is
    /// [`Absent`](crate::Error::Absent).
    pub create: bool,
    /// Whether an answer of success means that the disk has it, on the embedded engine. Without it a power cut can take anything,
    /// the whole file too: for data that is thrown away where its making is cut off, and flushed by whoever keeps it.
    pub durable: bool,
    /// Units of work that may wait, for reading and for writing each; more are turned away with `Full`.
    pub queue: usize,
    /// Threads that only read, on the embedded engine.
    pub readers: usize,
    /// Connections to a database server; at least two. About a third of them serve reads.
    pub connections: usize,
    /// Page cache of the writing connection in KiB, on the embedded engine; reading ones have half of it. A larger one is no
    /// faster: SQLite looks through all of it after each commit that split a page.
    pub cache_kib: u32,
    /// The longest that connecting to a server may take.
    pub connect_timeout: Duration,
    /// The longest that a statement, or waiting for a lock, may take.
    pub statement_timeout: Duration,
    /// The longest to wait for a server to confirm a commit, after which its outcome is unknown.
    pub commit_timeout: Duration,
    /// The longest that a unit of work may wait for a connection to a server.
    pub queue_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access: Access::Exclusive,
            create: true,
            durable: true,
            queue: 1024,
            readers: 2,
            connections: 8,
            cache_kib: 16 * 1024,
            connect_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
            commit_timeout: Duration::from_secs(5),
            queue_timeout: Duration::from_secs(5),
        }
    }
}

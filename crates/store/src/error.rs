//! What can go wrong in the store, by what the caller can do about it.
//!
//! A business refusal is never an [`Error`]: it is a value of the caller's own. An `Error` is a fault, or a constraint of the
//! schema that spoke. [`Error::is_retryable`] says by type whether the same call may be made again.

/// The result of every call into the store.
pub type Result<T> = std::result::Result<T, Error>;

/// A fault of the store, or a violated constraint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A unique key, a foreign key, a check or an exclusion refused the rows. Nothing of the unit of work was kept.
    #[error("the constraint {constraint} is violated")]
    Conflict {
        /// The constraint's name: as written in the schema, else `<table>_pkey` and `<table>_<columns>_key` on both engines;
        /// `foreign_key` for every foreign key, because one of the engines does not tell which.
        constraint: String,
    },
    /// Other transactions kept getting in the way. Nothing was kept; the same call may be made again.
    #[error("other transactions kept getting in the way")]
    Busy,
    /// The bounded queue in front of the store is full. The work was never started.
    #[error("the queue of the store is full")]
    Full,
    /// The database cannot be reached or has no room left. Nothing was kept; the same call may be made again.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The commit was asked for and its outcome is not known: the work may or may not be durable. Repeat it under the same key.
    #[error("the outcome of the commit is unknown")]
    Unknown,
    /// The store has fail-stopped and takes no more work; the process must exit and recover.
    #[error("the store has stopped: {0}")]
    Stopped(String),
    /// The database holds what it must not hold: a damaged page, a column of another type, a value out of range.
    #[error("the database is corrupt: {0}")]
    Corrupt(String),
    /// A value cannot be stored by either engine: a text with a zero byte. It was refused before the engine saw it, nothing was
    /// kept, and repeating it does not help; where the value came from outside, so does the mistake.
    #[error("{0}")]
    Unstorable(String),
    /// There is no database at this path, and it was not to be made.
    #[error("{0} does not exist")]
    Absent(String),
    /// The program or its operator made a mistake: a malformed statement, a panic, a bad address. Repeating it does not help.
    #[error("{0}")]
    Engine(String),
}

impl Error {
    /// Whether the same call, under the same business key, may succeed when it is made again.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy | Self::Full | Self::Unavailable(_) | Self::Unknown | Self::Stopped(_) => true,
            Self::Conflict { .. } | Self::Corrupt(_) | Self::Unstorable(_) | Self::Absent(_) | Self::Engine(_) => false,
        }
    }

    pub(crate) fn conflict(constraint: impl Into<String>) -> Self {
        Self::Conflict {
            constraint: constraint.into(),
        }
    }
}

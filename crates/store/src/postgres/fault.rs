//! What the database server's errors mean.

use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::Error;

/// An error, and what it means for the transaction.
pub(super) enum Fault {
    /// Another transaction got in the way; running the unit again may succeed.
    Again,
    /// The connection is gone or cannot be trusted any more.
    Lost(String),
    /// The transaction is spoilt, the connection is good.
    Ordinary(Error),
}

pub(super) fn fault(error: &tokio_postgres::Error, sql: &str) -> Fault {
    let Some(db) = error.as_db_error() else {
        let source = std::error::Error::source(error)
            .map(ToString::to_string)
            .unwrap_or_default();
        if error.is_closed()
            || std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
        {
            return Fault::Lost(format!("{error} {source}"));
        }
        return Fault::Ordinary(Error::Engine(format!("{error} {source} in: {sql}")));
    };
    if is_final(db) {
        return Fault::Lost(db.message().to_owned());
    }
    let code = db.code();
    if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code) {
        return Fault::Again;
    }
    let name = || db.constraint().unwrap_or_default().to_owned();
    Fault::Ordinary(match (code.code().get(..2).unwrap_or_default(), code) {
        (_, code) if *code == SqlState::FOREIGN_KEY_VIOLATION => Error::conflict("foreign_key"),
        (_, code)
            if [
                SqlState::UNIQUE_VIOLATION,
                SqlState::CHECK_VIOLATION,
                SqlState::EXCLUSION_VIOLATION,
            ]
            .contains(code) =>
        {
            Error::conflict(name())
        }
        (_, code) if [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE].contains(code) => Error::Busy,
        // No room, no memory, too many connections; the server shutting down; its own disk failing.
        ("53" | "57" | "58", _) => Error::Unavailable(db.message().to_owned()),
        ("XX", code) if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => {
            Error::Corrupt(db.message().to_owned())
        }
        _ => Error::Engine(format!("{} ({}) in: {sql}", db.message(), code.code())),
    })
}

/// Whether the server ended the connection with this error.
pub(super) fn is_final(db: &DbError) -> bool {
    !matches!(db.parsed_severity(), Some(Severity::Error)) || db.code().code().starts_with("08")
}

/// An error while connecting. The address is not repeated: it may hold a password.
pub(super) fn connecting(error: &tokio_postgres::Error) -> Error {
    let reason = match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(db), _) => db.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    };
    match error
        .as_db_error()
        .map(|db| db.code().code().get(..2).unwrap_or_default().to_owned())
        .as_deref()
    {
        // A wrong password or database name does not heal by waiting.
        Some("28" | "3D") => Error::Engine(format!("the database server refuses the connection: {reason}")),
        _ => Error::Unavailable(reason),
    }
}

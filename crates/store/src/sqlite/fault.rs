//! What the embedded engine's errors mean.

use rusqlite::{Connection, ErrorCode, ffi};

use crate::Error;
use crate::sql::{Token, scan};

/// An error before its constraint has been looked up.
pub(crate) enum Fault {
    Engine(rusqlite::Error),
    /// Reading or writing failed; what is on the disk is not known any more.
    Io(String),
    Ordinary(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
            return Self::Io(error.to_string());
        }
        Self::Engine(error)
    }
}

/// The store's error for a fault in a statement.
pub(crate) fn error(connection: &Connection, sql: &str, fault: Fault) -> Error {
    let error = match fault {
        Fault::Ordinary(error) => return error,
        Fault::Io(text) => return Error::Unavailable(text),
        Fault::Engine(error) => error,
    };
    let rusqlite::Error::SqliteFailure(failure, message) = &error else {
        return Error::Engine(format!("{error} in: {sql}"));
    };
    let message = message.as_deref().unwrap_or_default();
    match failure.code {
        ErrorCode::ConstraintViolation => constraint(connection, failure.extended_code, message, sql),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
        ErrorCode::DiskFull | ErrorCode::CannotOpen | ErrorCode::OutOfMemory => Error::Unavailable(error.to_string()),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Corrupt(error.to_string()),
        _ => Error::Engine(format!("{error} in: {sql}")),
    }
}

fn constraint(connection: &Connection, code: i32, message: &str, sql: &str) -> Error {
    let named = message.split_once("failed: ").map_or(message, |(_, name)| name);
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Error::conflict(unique_name(connection, named))
        }
        ffi::SQLITE_CONSTRAINT_CHECK => Error::conflict(named),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::conflict("foreign_key"),
        _ => Error::Engine(format!("{message} in: {sql}")),
    }
}

/// The name of the unique constraint over `table.column, table.column`; the engine's message does not tell it.
fn unique_name(connection: &Connection, message: &str) -> String {
    if let Some(index) = message.strip_prefix("index ") {
        return index.trim_matches('\'').to_owned();
    }
    let table = message.split('.').next().unwrap_or_default();
    let columns: Vec<_> = message
        .split(", ")
        .filter_map(|part| part.split_once('.'))
        .map(|(_, name)| name)
        .collect();
    named_index(connection, table, &columns)
        .or_else(|| named_in_table(connection, table, &columns))
        .unwrap_or_else(|| default_name(connection, table, &columns))
}

/// A `create unique index` over exactly these columns.
fn named_index(connection: &Connection, table: &str, columns: &[&str]) -> Option<String> {
    let sql = "select l.name, group_concat(i.name, ', ' order by i.seqno) from pragma_index_list(?1) as l
        join pragma_index_info(l.name) as i where l.origin = 'c' and l.\"unique\" group by l.name order by l.name";
    let mut statement = connection.prepare_cached(sql).ok()?;
    let mut rows = statement.query([table]).ok()?;
    while let Some(row) = rows.next().ok()? {
        if row.get::<_, String>(1).ok()? == columns.join(", ") {
            return row.get(0).ok();
        }
    }
    None
}

/// `constraint name unique (…)` or `constraint name primary key (…)` in the text of the table.
fn named_in_table(connection: &Connection, table: &str, columns: &[&str]) -> Option<String> {
    let sql = "select sql from sqlite_schema where type = 'table' and name = ?1";
    let text: String = connection
        .prepare_cached(sql)
        .ok()?
        .query_row([table], |row| row.get(0))
        .ok()?;
    let tokens: Vec<_> = scan(&text)
        .ok()?
        .into_iter()
        .filter(|token| !matches!(token, Token::Blank(_)))
        .collect();
    let mut column = None;
    for (at, token) in tokens.iter().enumerate() {
        match (token, tokens.get(at + 1), tokens.get(at + 2)) {
            (Token::Sign("(" | ","), Some(Token::Word(name)), _) => column = Some(*name),
            (Token::Word(_), Some(Token::Word(name)), Some(kind))
                if token.is("constraint") && (kind.is("unique") || kind.is("primary")) =>
            {
                let mut list = tokens[at + 3..].iter().skip_while(|token| token.is("key"));
                let over: Vec<_> = if list.next() == Some(&Token::Sign("(")) {
                    list.take_while(|token| **token != Token::Sign(")"))
                        .filter_map(|token| {
                            if let Token::Word(name) = token {
                                Some(*name)
                            } else {
                                None
                            }
                        })
                        .collect()
                } else {
                    column.into_iter().collect()
                };
                if over == columns {
                    return Some((*name).to_owned());
                }
            }
            _ => {}
        }
    }
    None
}

/// The name that the other engine gives to an unnamed constraint.
fn default_name(connection: &Connection, table: &str, columns: &[&str]) -> String {
    let sql = "select name from pragma_table_info(?1) where pk > 0 order by pk";
    let key = connection.prepare_cached(sql).and_then(|mut statement| {
        statement
            .query_map([table], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()
    });
    match key {
        Ok(key) if key == columns => format!("{table}_pkey"),
        _ => format!("{table}_{}_key", columns.join("_")),
    }
}

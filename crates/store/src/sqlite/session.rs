//! Statements on one connection of the embedded engine.
//!
//! A statement over `rows(…)` is one prepared statement, run once per row: without a network between, that is the fastest way.

use std::rc::Rc;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::fault::{self, Fault};
use crate::sql::{Engine, Plan, Plans, ddl};
use crate::value::Column;
use crate::{Error, Field, Result, Row, Rows, Value};

/// A transaction's hold on a connection.
pub(crate) struct Session<'a> {
    connection: &'a Connection,
    plans: &'a mut Plans,
    /// An I/O error that came up in a statement; the store must stop for it.
    io_failure: Option<String>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(connection: &'a Connection, plans: &'a mut Plans) -> Self {
        Self {
            connection,
            plans,
            io_failure: None,
        }
    }

    pub(crate) fn io_failure(&self) -> Option<&str> {
        self.io_failure.as_deref()
    }

    pub(crate) fn all(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        self.each_run(sql, params, |_, statement| {
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                let columns = (0..width).map(|index| column(row.get_ref(index)?));
                found.push(Row::new(columns.collect::<std::result::Result<_, Fault>>()?));
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands every row over as it comes; the row is the same one each time, filled anew.
    pub(crate) fn each(
        &mut self,
        sql: &'static str,
        params: &[Value],
        work: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        self.each_run(sql, params, |_, statement| {
            let mut current = Row::empty(statement.column_count());
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                for (index, column) in current.columns_mut().iter_mut().enumerate() {
                    refill(column, row.get_ref(index)?)?;
                }
                work(&current).map_err(Fault::Ordinary)?;
            }
            Ok(())
        })
    }

    pub(crate) fn run(&mut self, sql: &'static str, params: &[Value]) -> Result<u64> {
        let mut changed = 0;
        self.each_run(sql, params, |connection, statement| {
            if statement.column_count() == 0 {
                changed += statement.raw_execute()? as u64;
                return Ok(());
            }
            let mut found = 0;
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {
                found += 1;
            }
            drop(rows);
            changed += if statement.readonly() {
                found
            } else {
                connection.changes()
            };
            Ok(())
        })?;
        Ok(changed)
    }

    #[cfg(feature = "testing")]
    pub(crate) fn prepare(&mut self, sql: &'static str) -> Result<()> {
        let plan = self.plans.get(sql, Engine::Sqlite)?;
        let prepared = self.connection.prepare_cached(&plan.text).map(drop);
        prepared.map_err(|error| self.error(sql, error.into()))
    }

    pub(crate) fn command(&mut self, sql: &'static str) -> Result<()> {
        let done = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute());
        done.map(drop).map_err(|error| self.error(sql, error.into()))
    }

    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        let text = ddl::rewrite(sql, Engine::Sqlite)?;
        self.connection
            .execute_batch(&text)
            .map_err(|error| self.error(&text, error.into()))
    }

    /// Binds the parameters and hands the statement over: once, or once per row of the set.
    fn each_run(
        &mut self,
        sql: &'static str,
        params: &[Value],
        mut work: impl FnMut(&Connection, &mut CachedStatement<'_>) -> std::result::Result<(), Fault>,
    ) -> Result<()> {
        let plan: Rc<Plan> = self.plans.get(sql, Engine::Sqlite)?;
        let set = plan.check(params)?;
        let done = (|| {
            let mut statement = self.connection.prepare_cached(&plan.text)?;
            let Some((at, rows)) = set else {
                for (index, value) in params.iter().enumerate() {
                    statement.raw_bind_parameter(index + 1, value)?;
                }
                return work(self.connection, &mut statement);
            };
            if rows.is_empty() {
                return Ok(());
            }
            let width = rows.width().unwrap_or_default();
            for (index, value) in params.iter().enumerate().filter(|(index, _)| *index != at) {
                let number = if index < at { index + 1 } else { index + width };
                statement.raw_bind_parameter(number, value)?;
            }
            for row in 0..rows.len() {
                bind_row(&mut statement, rows, row, at + 1)?;
                work(self.connection, &mut statement)?;
            }
            Ok(())
        })();
        done.map_err(|fault| self.error(sql, fault))
    }

    fn error(&mut self, sql: &str, fault: Fault) -> Error {
        if let Fault::Io(text) = &fault {
            self.io_failure.get_or_insert_with(|| text.clone());
        }
        fault::error(self.connection, sql, fault)
    }
}

fn bind_row(
    statement: &mut CachedStatement<'_>,
    rows: &Rows,
    row: usize,
    first: usize,
) -> std::result::Result<(), Fault> {
    for column in 0..rows.width().unwrap_or_default() {
        let field = rows.field(row, column);
        if let Field::Text(text) = field {
            crate::sql::refuse_zero_byte(text).map_err(Fault::Ordinary)?;
        }
        statement.raw_bind_parameter(first + column, field)?;
    }
    Ok(())
}

fn column(value: ValueRef<'_>) -> std::result::Result<Column, Fault> {
    Ok(match value {
        ValueRef::Null => Column::Null,
        ValueRef::Integer(value) => Column::Int(value),
        ValueRef::Text(bytes) => Column::Text(text(bytes)?.to_owned()),
        ValueRef::Blob(bytes) => Column::Blob(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(Fault::Ordinary(Error::Engine(
                "a column is a fraction; only whole numbers are used".into(),
            )));
        }
    })
}

fn text(bytes: &[u8]) -> std::result::Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault::Ordinary(Error::Corrupt("a text is not UTF-8".into())))
}

/// Puts a value in place of another; one of the same kind takes over its buffer.
fn refill(current: &mut Column, value: ValueRef<'_>) -> std::result::Result<(), Fault> {
    match (current, value) {
        (Column::Text(buffer), ValueRef::Text(bytes)) => {
            let text = text(bytes)?;
            buffer.clear();
            buffer.push_str(text);
        }
        (Column::Blob(buffer), ValueRef::Blob(bytes)) => {
            buffer.clear();
            buffer.extend_from_slice(bytes);
        }
        (current, value) => *current = column(value)?,
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Rows(_) => return Err(rusqlite::Error::InvalidQuery),
        }))
    }
}

impl ToSql for Field<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

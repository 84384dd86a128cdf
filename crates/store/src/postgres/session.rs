//! Statements on one connection of the database server.
//!
//! The `begin` travels with the first statement, and a pipeline's statements travel together, so that a transaction costs as few
//! round trips as it can.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use super::connection::{Connection, Prepared, Settings};
use super::fault::{Fault, fault};
use super::values::Physical;
use crate::sql::{self, Engine, Parameter, Plan, ddl};
use crate::unit::Mode;
use crate::value::Column;
use crate::{Error, Field, Result, Row, Value, tx::Step};

/// The key of the advisory lock under which migrations run: "store" in ASCII.
const MIGRATION_LOCK: i64 = 0x0073_746f_7265;

type Wire<T> = std::result::Result<T, tokio_postgres::Error>;

/// A transaction's hold on a connection.
pub(crate) struct Session<'a> {
    runtime: &'a Runtime,
    connection: &'a mut Connection,
    settings: &'a Settings,
    mode: Mode,
    begun: bool,
    /// Whether another transaction got in the way. Undoing a part does not undo this.
    again: bool,
    /// Why the connection cannot be used any more.
    lost: Option<String>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        runtime: &'a Runtime,
        connection: &'a mut Connection,
        settings: &'a Settings,
        mode: Mode,
    ) -> Self {
        Self {
            runtime,
            connection,
            settings,
            mode,
            begun: false,
            again: false,
            lost: None,
        }
    }

    pub(super) fn begun(&self) -> bool {
        self.begun
    }

    pub(super) fn again(&self) -> bool {
        self.again
    }

    pub(super) fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }

    pub(crate) fn all(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        let found = self.pipeline(&[(sql, params)])?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    pub(crate) fn run(&mut self, sql: &'static str, params: &[Value]) -> Result<u64> {
        let Some((prepared, physical)) = self.prepare(sql, params)? else {
            return Ok(0);
        };
        self.send(sql, async |client| {
            client.execute(&prepared.statement, &references(&physical)).await
        })
    }

    pub(crate) fn pipeline(&mut self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        let mut ready = Vec::with_capacity(steps.len());
        for (sql, params) in steps {
            ready.push(self.prepare(sql, params)?);
        }
        let sql = steps.first().map_or("", |(sql, _)| sql);
        let found = self.send(sql, async |client| {
            let answers = ready.iter().map(|step| async move {
                match step {
                    Some((prepared, physical)) => client.query(&prepared.statement, &references(physical)).await,
                    None => Ok(Vec::new()),
                }
            });
            in_order(answers).await
        })?;
        let rows = |found: Vec<tokio_postgres::Row>| found.iter().map(row).collect::<Result<Vec<_>>>();
        found.into_iter().map(rows).collect()
    }

    pub(crate) fn command(&mut self, sql: &'static str) -> Result<()> {
        self.send(sql, async |client| client.batch_execute(sql).await)
    }

    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        let text = ddl::rewrite(sql, Engine::Postgres)?;
        self.send_within(None, &text, async |client| client.batch_execute(&text).await)
    }

    pub(crate) fn lock_migrations(&mut self) -> Result<()> {
        // Another node may be busy with a long migration; waiting for it is right.
        let text = format!(
            "set local statement_timeout = 0; set local lock_timeout = 0; select pg_advisory_xact_lock({MIGRATION_LOCK})"
        );
        self.send_within(None, &text, async |client| client.batch_execute(&text).await)
    }

    pub(crate) fn wait_for_writers(&mut self, table: &'static str) -> Result<()> {
        let text = format!("lock table {table} in share mode");
        self.send(&text, async |client| client.batch_execute(&text).await)
    }

    /// The statement as this connection has prepared it, once.
    pub(crate) fn statement(&mut self, sql: &'static str) -> Result<Arc<Prepared>> {
        let key = sql::address(sql);
        if let Some(prepared) = self.connection.prepared.get(&key) {
            return Ok(Arc::clone(prepared));
        }
        let plan = Plan::of(sql, Engine::Postgres)?;
        let text = plan.text.clone();
        let statement = self.send(sql, async |client| client.prepare(&text).await)?;
        let prepared = Arc::new(Prepared { plan, statement });
        self.connection.prepared.insert(key, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// The prepared statement and its parameters as the server counts them; nothing for a statement over no rows.
    fn prepare<'v>(
        &mut self,
        sql: &'static str,
        params: &'v [Value],
    ) -> Result<Option<(Arc<Prepared>, Vec<Physical<'v>>)>> {
        let prepared = self.statement(sql)?;
        if let Some((_, rows)) = prepared.plan.check(params)? {
            if rows.is_empty() {
                return Ok(None);
            }
            let texts = (0..rows.len())
                .flat_map(|row| (0..rows.width().unwrap_or_default()).map(move |column| rows.field(row, column)));
            for field in texts {
                if let Field::Text(text) = field {
                    sql::refuse_zero_byte(text)?;
                }
            }
        }
        let mut physical = Vec::with_capacity(prepared.plan.parameters.len());
        for (parameter, value) in prepared.plan.parameters.iter().zip(params) {
            match (parameter, value) {
                (Parameter::Rows(columns), Value::Rows(rows)) => {
                    physical.extend((0..columns.len()).map(|column| Physical::Column { rows, column }));
                }
                _ => physical.push(Physical::Scalar(value)),
            }
        }
        Ok(Some((prepared, physical)))
    }

    /// Sends a request and waits for its answer, within the time that an answer may take.
    fn send<T>(&mut self, sql: &str, request: impl AsyncFnOnce(&Client) -> Wire<T>) -> Result<T> {
        let limit = self.settings.answer_timeout();
        self.send_within(Some(limit), sql, request)
    }

    fn send_within<T>(
        &mut self,
        limit: Option<Duration>,
        sql: &str,
        request: impl AsyncFnOnce(&Client) -> Wire<T>,
    ) -> Result<T> {
        if let Some(reason) = &self.lost {
            return Err(Error::Unavailable(reason.clone()));
        }
        let client = &self.connection.client;
        let begin = (!self.begun).then(|| begin(self.mode));
        let answer = async {
            let Some(begin) = begin else {
                return request(client).await;
            };
            let (started, answer) = tokio::join!(biased; client.batch_execute(begin), request(client));
            started.and(answer)
        };
        let outcome = self.runtime.block_on(async {
            match limit {
                Some(limit) => tokio::time::timeout(limit, answer).await.ok(),
                None => Some(answer.await),
            }
        });
        self.begun = true;
        match outcome {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.failed(fault(&error, sql))),
            None => Err(self.failed(Fault::Lost("the database server did not answer in time".into()))),
        }
    }

    fn failed(&mut self, fault: Fault) -> Error {
        match fault {
            Fault::Ordinary(error) => error,
            Fault::Again => {
                self.again = true;
                Error::Busy
            }
            Fault::Lost(reason) => {
                self.lost = Some(reason.clone());
                Error::Unavailable(reason)
            }
        }
    }
}

fn begin(mode: Mode) -> &'static str {
    match mode {
        Mode::Read => "begin isolation level repeatable read read only",
        Mode::Serializable => "begin isolation level serializable",
        Mode::Locking => "begin isolation level read committed",
    }
}

/// Lets all requests travel together; the answers come in order, or the first error.
async fn in_order<T>(requests: impl Iterator<Item = impl Future<Output = Wire<T>>>) -> Wire<Vec<T>> {
    let mut waiting: Vec<_> = requests.map(|request| (Box::pin(request), None)).collect();
    poll_fn(move |ctx| {
        let mut pending = false;
        for (request, answer) in waiting.iter_mut().filter(|(_, answer)| answer.is_none()) {
            match request.as_mut().poll(ctx) {
                Poll::Ready(ready) => *answer = Some(ready),
                Poll::Pending => pending = true,
            }
        }
        if pending {
            return Poll::Pending;
        }
        Poll::Ready(waiting.drain(..).filter_map(|(_, answer)| answer).collect())
    })
    .await
}

fn row(row: &tokio_postgres::Row) -> Result<Row> {
    let column = |index| row.try_get::<usize, Column>(index);
    let columns = (0..row.len()).map(column).collect::<Wire<Vec<_>>>();
    let reason = |error: &tokio_postgres::Error| std::error::Error::source(error).map(ToString::to_string);
    columns
        .map(Row::new)
        .map_err(|error| Error::Engine(reason(&error).unwrap_or_else(|| error.to_string())))
}

fn references<'p>(physical: &'p [Physical<'p>]) -> Vec<&'p (dyn ToSql + Sync)> {
    physical.iter().map(|one| one as &(dyn ToSql + Sync)).collect()
}

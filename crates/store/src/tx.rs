//! A transaction, the same on either engine.
//!
//! Promises: a statement that fails spoils the transaction, on both engines alike; what follows it is refused and nothing is
//! kept, unless the failure happened inside [`Tx::savepoint`]. No transaction outlives the closure it is given to.

use crate::{Error, Result, Row, Value, postgres, sqlite};

/// A statement and its parameters, for [`Tx::pipeline`].
pub type Step<'p> = (&'static str, &'p [Value]);

/// A statement that holds its parameters, to be put together with others.
pub type Statement = (&'static str, Vec<Value>);

/// One transaction, lent to a unit of work.
pub struct Tx<'a> {
    session: Session<'a>,
    failure: Option<Error>,
}

pub(crate) enum Session<'a> {
    Sqlite(sqlite::Session<'a>),
    Postgres(postgres::Session<'a>),
}

impl<'a> Tx<'a> {
    pub(crate) fn new(session: Session<'a>) -> Self {
        Self { session, failure: None }
    }

    /// Runs a statement and returns all its rows.
    pub fn all(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>> {
        self.guard(|session| match session {
            Session::Sqlite(session) => session.all(sql, params),
            Session::Postgres(session) => session.all(sql, params),
        })
    }

    /// Runs a query and hands its rows over one after another. For reading very many: on the embedded engine nothing is
    /// allocated for a row, because each takes the place of the one before. Ends at the first error of the closure.
    pub fn each(
        &mut self,
        sql: &'static str,
        params: &[Value],
        mut work: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        self.guard(|session| match session {
            Session::Sqlite(session) => session.each(sql, params, &mut work),
            Session::Postgres(session) => session.all(sql, params)?.iter().try_for_each(&mut work),
        })
    }

    /// Runs a statement and returns its first row.
    pub fn one(&mut self, sql: &'static str, params: &[Value]) -> Result<Option<Row>> {
        Ok(self.all(sql, params)?.into_iter().next())
    }

    /// Runs a statement and returns the number of rows it changed, or found if it is a query.
    pub fn run(&mut self, sql: &'static str, params: &[Value]) -> Result<u64> {
        self.guard(|session| match session {
            Session::Sqlite(session) => session.run(sql, params),
            Session::Postgres(session) => session.run(sql, params),
        })
    }

    /// Runs statements that do not need each other's results, in order, in one round trip where there is a network between.
    pub fn pipeline(&mut self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>> {
        self.guard(|session| match session {
            Session::Sqlite(session) => steps.iter().map(|(sql, params)| session.all(sql, params)).collect(),
            Session::Postgres(session) => session.pipeline(steps),
        })
    }

    /// Runs a part that may fail without spoiling the rest: its changes are kept if it returns `Ok`, and undone otherwise.
    pub fn savepoint<T, E>(
        &mut self,
        work: impl FnOnce(&mut Tx<'a>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E>
    where
        E: From<Error>,
    {
        self.command("savepoint part")?;
        let result = work(self);
        let result = match (result, &self.failure) {
            (Ok(_), Some(failure)) => Err(E::from(failure.clone())),
            (result, _) => result,
        };
        if result.is_err() {
            self.undo_part()?;
        }
        self.command("release savepoint part")?;
        result
    }

    /// Undoes what happened since the last savepoint, and forgets its failure.
    pub(crate) fn undo_part(&mut self) -> Result<()> {
        let failure = self.failure.take();
        let undone = self.command("rollback to savepoint part");
        if undone.is_err() && failure.is_some() {
            // The engine has given up the whole transaction; what counts is why.
            self.failure = failure;
        }
        self.failure.clone().map_or(undone, Err)
    }

    /// Runs a statement that takes and gives nothing.
    pub(crate) fn command(&mut self, sql: &'static str) -> Result<()> {
        self.guard(|session| match session {
            Session::Sqlite(session) => session.command(sql),
            Session::Postgres(session) => session.command(sql),
        })
    }

    /// Asks the engine whether it understands a statement, without running it.
    #[cfg(feature = "testing")]
    pub(crate) fn prepare(&mut self, sql: &'static str) -> Result<()> {
        self.guard(|session| match session {
            Session::Sqlite(session) => session.prepare(sql),
            Session::Postgres(session) => session.statement(sql).map(drop),
        })
    }

    /// Runs the statements of a migration, written in the common text.
    pub(crate) fn script(&mut self, sql: &str) -> Result<()> {
        self.guard(|session| match session {
            Session::Sqlite(session) => session.script(sql),
            Session::Postgres(session) => session.script(sql),
        })
    }

    /// Whether the database has a table of this name.
    pub(crate) fn has_table(&mut self, name: &str) -> Result<bool> {
        let sql = match &self.session {
            Session::Sqlite(_) => "select name from sqlite_schema where type = 'table' and name = $1",
            Session::Postgres(_) => {
                "select cast(tablename as text) from pg_tables where schemaname = current_schema() and cast(tablename as text) = $1"
            }
        };
        Ok(self.one(sql, &[name.into()])?.is_some())
    }

    /// A table or view of the file that is not of this name, where the database is a file. One of a server is shared on
    /// purpose, and has rights of its own to keep programs apart.
    pub(crate) fn table_besides(&mut self, name: &str) -> Result<Option<String>> {
        if let Session::Postgres(_) = &self.session {
            return Ok(None);
        }
        let sql = "select name from sqlite_schema where type in ('table', 'view') and name <> $1 and name not like 'sqlite@_%' escape '@'
                   order by name limit 1";
        self.one(sql, &[name.into()])?.map(|row| row.text(0)).transpose()
    }

    /// Takes a lock that only one node holds at a time, until the end of the transaction.
    pub(crate) fn lock_migrations(&mut self) -> Result<()> {
        self.guard(|session| match session {
            Session::Sqlite(_) => Ok(()),
            Session::Postgres(session) => session.lock_migrations(),
        })
    }

    /// Waits until every transaction that is writing to a table has ended, and keeps others from beginning to until this one
    /// ends. Call it first, before anything is read: what is read afterwards is then everything up to this moment.
    pub fn wait_for_writers(&mut self, table: &'static str) -> Result<()> {
        self.guard(|session| match session {
            // There is only one writer, and this is it.
            Session::Sqlite(_) => Ok(()),
            Session::Postgres(session) => session.wait_for_writers(table),
        })
    }

    /// The first failure that has not been undone.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    pub(crate) fn into_session(self) -> Session<'a> {
        self.session
    }

    fn guard<T>(&mut self, work: impl FnOnce(&mut Session<'a>) -> Result<T>) -> Result<T> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let result = work(&mut self.session);
        if let Err(error) = &result {
            self.failure = Some(error.clone());
        }
        result
    }
}

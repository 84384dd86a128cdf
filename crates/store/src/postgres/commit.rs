//! The end of a transaction: what a commit's answer, or its lack, means.
//!
//! A commit is never cancelled. The server answers a cancelled wait for its standby with success and a warning, so a warning
//! during a commit counts as an unknown outcome; so does every silence.
//!
//! Nor does it answer the commit of a spoilt transaction with an error: it rolls back and calls that a success, in words that the
//! driver does not hand on. So an empty query, which a spoilt transaction refuses, travels ahead of the commit.

use std::sync::atomic::Ordering;

use tokio::runtime::Runtime;

use super::connection::{Connection, Settings};
use super::fault::{Fault, fault, is_final};
use crate::Error;
use crate::crash_point::crash_point;

/// How a commit ended.
pub(super) enum Committed {
    Durable,
    /// Surely rolled back; the connection is good.
    Refused(Error),
    /// Surely rolled back because another transaction got in the way.
    Again,
    /// Not known; the connection must be dropped.
    Unknown,
}

pub(super) fn commit(runtime: &Runtime, connection: &Connection, settings: &Settings) -> Committed {
    crash_point("store.before_commit");
    connection.warned.store(false, Ordering::Release);
    let client = &connection.client;
    let answer = runtime.block_on(async {
        let both = async { tokio::join!(biased; client.batch_execute("select"), client.batch_execute("commit")) };
        tokio::time::timeout(settings.commit_timeout, both).await
    });
    // If the query fails, the commit behind it rolls back, whatever it answers.
    let committed = match answer.map(|(sound, committed)| sound.and(committed)) {
        Ok(Ok(())) if !connection.warned.load(Ordering::Acquire) => Committed::Durable,
        Ok(Err(error)) if error.as_db_error().is_some_and(|db| !is_final(db)) => match fault(&error, "commit") {
            Fault::Again => Committed::Again,
            Fault::Ordinary(error) => Committed::Refused(error),
            Fault::Lost(_) => Committed::Unknown,
        },
        _ => Committed::Unknown,
    };
    crash_point("store.after_commit");
    committed
}

/// Ends a transaction without keeping anything; false if the connection is no good any more.
pub(super) fn roll_back(runtime: &Runtime, connection: &Connection, settings: &Settings) -> bool {
    let answer = runtime.block_on(async {
        tokio::time::timeout(settings.commit_timeout, connection.client.batch_execute("rollback")).await
    });
    matches!(answer, Ok(Ok(())))
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::Options;
    use crate::postgres::connection;
    use crate::testing::TestDatabase;

    #[test]
    fn a_spoilt_transaction_is_never_taken_for_a_durable_one() {
        let database = TestDatabase::postgres();
        let settings = Settings::of(database.url(), &Options::default()).unwrap();
        let runtime = connection::runtime().unwrap();
        let connection = runtime.block_on(Connection::open(&settings, |_| ())).unwrap();
        let run = |sql: &str| runtime.block_on(connection.client.batch_execute(sql));
        run("begin; create table item (item_id bigint)").unwrap();
        assert!(run("select 1 / 0").is_err());
        let ended = commit(&runtime, &connection, &settings);
        assert!(matches!(ended, Committed::Refused(_)));
        // The connection is good, and the next transaction on it is a new one.
        run("begin; create table item (item_id bigint)").unwrap();
        assert!(matches!(commit(&runtime, &connection, &settings), Committed::Durable));
    }
}

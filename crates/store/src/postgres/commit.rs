//! The end of a transaction: what a commit's answer, or its lack, means.
//!
//! A commit is never cancelled. The server answers a cancelled wait for its standby with success and a warning, so a warning
//! during a commit counts as an unknown outcome; so does every silence.

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
    let answer = runtime.block_on(async {
        tokio::time::timeout(settings.commit_timeout, connection.client.batch_execute("commit")).await
    });
    let committed = match answer {
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

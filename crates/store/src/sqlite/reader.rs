//! A thread that reads: one snapshot per unit of work.

use rusqlite::Connection;

use super::{Session, Units};
use crate::health::Health;
use crate::sql::Plans;
use crate::{Tx, tx};

pub(super) fn serve(connection: &Connection, queue: &Units, health: &Health) {
    let mut plans = Plans::default();
    while let Some(mut unit) = queue.pop() {
        if let Err(stopped) = health.check() {
            unit.settle(Err(stopped));
            continue;
        }
        let mut tx = Tx::new(tx::Session::Sqlite(Session::new(connection, &mut plans)));
        let outcome = tx.command("begin").map(|()| {
            unit.run(&mut tx);
        });
        drop(tx);
        if !connection.is_autocommit()
            && let Err(error) = end(connection)
        {
            tracing::error!(%error, "a read could not be ended");
        }
        unit.settle(outcome);
    }
}

fn end(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("rollback")?.raw_execute().map(drop)
}

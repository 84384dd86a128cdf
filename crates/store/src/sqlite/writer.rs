//! The one thread that writes: group commit.
//!
//! It takes a unit of work and whatever else is waiting, runs one after another, commits once, and answers all. There is no
//! timer: a lone unit commits at once, a burst shares one flush of the disk. Nothing is answered before the commit, refusals
//! neither, because a unit may have been refused for what an uncommitted one before it did.
//!
//! A unit that is not to be kept is undone alone. To be able to do that, the engine keeps a copy of every page that a unit
//! touches, which costs more than most units that fail: so at first none can be undone alone, and where one has to be, the
//! group starts over with savepoints. They stay for a while, because where one unit fails others do.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::checkpoint::Gate;
use super::connection::Writer;
use super::{Session, Units};
use crate::crash_point::crash_point;
use crate::health::Health;
use crate::sql::Plans;
use crate::unit::{Unit, Verdict};
use crate::{Error, Tx, tx};

/// The most units that share a commit.
const GROUP_UNITS: usize = 512;
/// A group takes no more units in once it has worked for this long, so that the first of it does not wait for ever.
const GROUP_TIME: Duration = Duration::from_millis(20);
/// How many groups after one that started over have savepoints from their beginning.
const CAREFUL_GROUPS: u32 = 64;

pub(super) fn serve(mut writer: Writer, queue: &Units, gate: &std::sync::Arc<Gate>, health: &Health) {
    let mut plans = Plans::default();
    let frames = std::sync::Arc::clone(gate);
    let hook = writer
        .connection
        .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            frames.grown(pages);
            Ok(())
        }));
    if let Err(error) = hook {
        health.stop(&format!("the log cannot be watched: {error}"));
    }
    let mut careful_groups = 0_u32;
    while let Some(first) = queue.pop() {
        if let Err(stopped) = health.check() {
            first.settle(Err(stopped));
            continue;
        }
        let _turn = gate.write_turn();
        let mut group = Group {
            connection: &writer.connection,
            plans: &mut plans,
            units: Vec::new(),
            kept: false,
            careful: careful_groups > 0,
        };
        let outcome = group.run(first, queue);
        careful_groups = match (group.careful, careful_groups) {
            (true, 0) => CAREFUL_GROUPS,
            (_, left) => left.saturating_sub(1),
        };
        let units = group.units;
        let answer = match outcome {
            Ok(()) => Ok(()),
            Err(Ending::Undone(error)) => Err(error),
            Err(Ending::Unknown(reason)) => {
                health.stop(&reason);
                Err(Error::Unknown)
            }
        };
        for unit in units {
            unit.settle(answer.clone());
        }
    }
}

/// How a group ends that did not commit.
enum Ending {
    /// Surely nothing of it was kept.
    Undone(Error),
    /// Nobody knows what is on the disk.
    Unknown(String),
}

/// What running a unit came to.
enum Done {
    /// It is kept, or undone.
    Decided,
    /// It has to be undone, and cannot be without those before it.
    StartOver,
}

struct Group<'a> {
    connection: &'a Connection,
    plans: &'a mut Plans,
    units: Vec<Box<dyn Unit>>,
    /// Whether a unit of this transaction is to be kept.
    kept: bool,
    /// Whether each unit can be undone alone.
    careful: bool,
}

impl Group<'_> {
    fn run(&mut self, first: Box<dyn Unit>, queue: &Units) -> std::result::Result<(), Ending> {
        let begun = Instant::now();
        if let Err(error) = self.statement("begin immediate") {
            self.units.push(first);
            return Err(ending(&error));
        }
        let mut next = Some(first);
        while let Some(mut unit) = next {
            let done = self.run_unit(unit.as_mut());
            self.units.push(unit);
            let done = done.and_then(|done| match done {
                Done::Decided => Ok(()),
                Done::StartOver => self.start_over(),
            });
            if let Err(ending) = done {
                self.abandon();
                return Err(ending);
            }
            let full = self.units.len() >= GROUP_UNITS || begun.elapsed() >= GROUP_TIME;
            next = if full { None } else { queue.try_pop() };
        }
        crash_point("store.before_commit");
        if let Err(error) = self.statement("commit") {
            self.abandon();
            return Err(ending(&error));
        }
        crash_point("store.after_commit");
        Ok(())
    }

    /// Runs all units anew, each so that it can be undone alone.
    fn start_over(&mut self) -> std::result::Result<(), Ending> {
        self.begin_anew()?;
        self.kept = false;
        self.careful = true;
        let mut units = std::mem::take(&mut self.units);
        let done = units
            .iter_mut()
            .try_for_each(|unit| self.run_unit(unit.as_mut()).map(drop));
        self.units = units;
        done
    }

    /// Runs one unit. An error here is one of the whole transaction.
    ///
    /// While nothing of the transaction is to be kept yet, starting it over undoes a unit as well as a savepoint does.
    fn run_unit(&mut self, unit: &mut dyn Unit) -> std::result::Result<Done, Ending> {
        let failed = |error: rusqlite::Error| ending(&error);
        let savepoint = self.kept && self.careful;
        if savepoint {
            self.statement("savepoint unit").map_err(failed)?;
        }
        // A unit says `Again` at most twice; the bound only keeps a mistake from looping.
        for _ in 0..3 {
            let mut tx = Tx::new(tx::Session::Sqlite(Session::new(self.connection, self.plans)));
            let verdict = unit.run(&mut tx);
            let failure = tx.failure().cloned();
            if let tx::Session::Sqlite(session) = tx.into_session()
                && let Some(reason) = session.io_failure()
            {
                return Err(Ending::Unknown(reason.to_owned()));
            }
            if self.connection.is_autocommit() {
                // The engine itself rolled everything back, as it does when the disk is full.
                return Err(Ending::Undone(failure.unwrap_or(Error::Busy)));
            }
            if verdict == Verdict::Keep {
                self.kept = true;
                break;
            }
            if savepoint {
                self.statement("rollback to savepoint unit").map_err(failed)?;
            } else if self.kept {
                return Ok(Done::StartOver);
            } else {
                self.begin_anew()?;
            }
            if verdict == Verdict::RollBack {
                break;
            }
        }
        if savepoint {
            self.statement("release savepoint unit").map_err(failed)?;
        }
        Ok(Done::Decided)
    }

    fn begin_anew(&self) -> std::result::Result<(), Ending> {
        let done = self
            .statement("rollback")
            .and_then(|()| self.statement("begin immediate"));
        done.map_err(|error| ending(&error))
    }

    fn abandon(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.statement("rollback")
        {
            tracing::error!(%error, "a group of writes could not be rolled back");
        }
    }

    fn statement(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.raw_execute().map(drop)
    }
}

fn ending(error: &rusqlite::Error) -> Ending {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Ending::Undone(Error::Busy),
        // A page could not be written for want of room, so the mark of the commit, which comes last, was not written either.
        Some(ErrorCode::DiskFull) => Ending::Undone(Error::Unavailable(error.to_string())),
        Some(ErrorCode::ConstraintViolation) => Ending::Undone(Error::conflict("foreign_key")),
        _ => Ending::Unknown(error.to_string()),
    }
}

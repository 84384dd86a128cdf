//! A thread that owns a connection and runs units of work on it.

use std::hash::{BuildHasher, RandomState};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::commit::{Committed, commit, roll_back};
use super::connection::{self, Connection, Settings};
use super::{Job, Jobs, Session};
use crate::unit::{Mode, Unit, Verdict};
use crate::{Error, Result, Tx, tx};

/// How often a unit is run before its caller is told that others keep getting in the way.
const ATTEMPTS: u32 = 12;
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(64);
const FIRST_RECONNECT_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// Serves a queue until it is closed. `told` hears how the first attempt to connect went.
pub(super) fn serve(queue: &Jobs, settings: Settings, told: Option<SyncSender<Result<()>>>) {
    let runtime = match connection::runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "a connection's thread cannot start");
            return;
        }
    };
    let mut line = Line {
        runtime,
        settings,
        connection: None,
        retry_at: None,
        pause: FIRST_RECONNECT_PAUSE,
    };
    if let Some(told) = told {
        let connected = line.connect();
        let failed = connected.is_err();
        if told.send(connected).is_err() || failed {
            return;
        }
    }
    while let Some(job) = queue.pop() {
        line.serve(job);
    }
}

/// A thread's connection, or the lack of one.
struct Line {
    runtime: Runtime,
    settings: Settings,
    connection: Option<Connection>,
    retry_at: Option<Instant>,
    pause: Duration,
}

/// How one attempt at a unit ended.
enum Attempt {
    Settled(Result<()>),
    /// Another transaction got in the way.
    Again,
    /// The unit itself asks to be run again.
    Anew,
    /// The connection broke before the commit was asked for.
    Lost(String),
}

impl Line {
    fn serve(&mut self, job: Job) {
        let Job {
            mode,
            mut unit,
            queued_at,
        } = job;
        let outcome = if queued_at.elapsed() > self.settings.queue_timeout {
            Err(Error::Busy)
        } else {
            self.attempts(mode, unit.as_mut())
        };
        unit.settle(outcome);
    }

    fn attempts(&mut self, mode: Mode, unit: &mut dyn Unit) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        let mut reconnected = false;
        for _ in 0..ATTEMPTS {
            self.connect()?;
            match self.attempt(mode, unit) {
                Attempt::Settled(outcome) => return outcome,
                Attempt::Anew => {}
                Attempt::Again => {
                    // The sleep must be made where the runtime is, not before it is entered.
                    self.runtime
                        .block_on(async { tokio::time::sleep(jittered(pause)).await });
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                // An idle connection may have died of the server's restart; once is worth a second try.
                Attempt::Lost(_) if !reconnected => reconnected = true,
                Attempt::Lost(reason) => return Err(Error::Unavailable(reason)),
            }
        }
        Err(Error::Busy)
    }

    fn attempt(&mut self, mode: Mode, unit: &mut dyn Unit) -> Attempt {
        let Some(connection) = &mut self.connection else {
            return Attempt::Lost("there is no connection to the database server".into());
        };
        let session = Session::new(&self.runtime, connection, &self.settings, mode);
        let mut tx = Tx::new(tx::Session::Postgres(session));
        let verdict = unit.run(&mut tx);
        let tx::Session::Postgres(session) = tx.into_session() else {
            return Attempt::Lost("a session changed its engine".into());
        };
        let (begun, again) = (session.begun(), session.again());
        if let Some(reason) = session.lost() {
            let reason = reason.to_owned();
            self.connection = None;
            return Attempt::Lost(reason);
        }
        if verdict == Verdict::Keep && !again {
            return if begun {
                self.commit(mode)
            } else {
                Attempt::Settled(Ok(()))
            };
        }
        if begun && !roll_back(&self.runtime, connection, &self.settings) {
            self.connection = None;
        }
        match verdict {
            _ if again => Attempt::Again,
            Verdict::Again => Attempt::Anew,
            Verdict::Keep | Verdict::RollBack => Attempt::Settled(Ok(())),
        }
    }

    fn commit(&mut self, mode: Mode) -> Attempt {
        let Some(connection) = &self.connection else {
            return Attempt::Lost("there is no connection to the database server".into());
        };
        match commit(&self.runtime, connection, &self.settings) {
            Committed::Durable => Attempt::Settled(Ok(())),
            Committed::Refused(error) => Attempt::Settled(Err(error)),
            Committed::Again => Attempt::Again,
            Committed::Unknown => {
                self.connection = None;
                // What was read stays true; there was nothing to be kept.
                Attempt::Settled(if mode == Mode::Read {
                    Ok(())
                } else {
                    Err(Error::Unknown)
                })
            }
        }
    }

    /// Makes sure that there is a connection. While the server is away it is not asked more often than the pauses allow.
    fn connect(&mut self) -> Result<()> {
        if self
            .connection
            .as_ref()
            .is_some_and(|connection| !connection.client.is_closed())
        {
            return Ok(());
        }
        self.connection = None;
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            return Err(Error::Unavailable("the database server is away".into()));
        }
        match self.runtime.block_on(Connection::open(&self.settings, |_| ())) {
            Ok(connection) => {
                self.connection = Some(connection);
                self.retry_at = None;
                self.pause = FIRST_RECONNECT_PAUSE;
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "the database server cannot be reached");
                self.retry_at = Some(Instant::now() + jittered(self.pause));
                self.pause = (self.pause * 2).min(LONGEST_RECONNECT_PAUSE);
                Err(error)
            }
        }
    }
}

/// Between a half and the whole of a pause, so that those who met once do not meet again.
pub(super) fn jittered(pause: Duration) -> Duration {
    // A fresh hasher's state is random; nothing that is stored depends on it.
    let share = u32::try_from(RandomState::new().hash_one(0) % 512).unwrap_or_default();
    pause * (512 + share) / 1024
}

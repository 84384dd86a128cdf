//! The database server: a few connections, each owned by a thread.
//!
//! Promises: `write` is serializable and runs again, a bounded number of times, after a serialization failure; a commit is never
//! cancelled, and one whose outcome is not known is `Unknown`; while the server is away every call fails soon and retryably.

mod commit;
mod connection;
mod fault;
mod session;
mod signals;
mod values;
mod worker;

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::Instant;

#[cfg(feature = "testing")]
pub(crate) use connection::runtime;
pub(crate) use session::Session;
pub(crate) use signals::Signals;

use crate::queue::{Admission, Queue, Refusal};
use crate::unit::{Mode, Unit};
use crate::{Error, Options, Result};

/// A unit of work that waits for a connection.
struct Job {
    mode: Mode,
    unit: Box<dyn Unit>,
    queued_at: Instant,
}

type Jobs = Queue<Job>;

/// The connections to one database and the queues in front of them.
pub(crate) struct Engine {
    writes: Arc<Jobs>,
    reads: Arc<Jobs>,
    settings: connection::Settings,
    threads: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Connects once, to fail at once where the address is wrong; the other connections are made when they are needed.
    pub(crate) fn open(url: &str, options: &Options) -> Result<Self> {
        let settings = connection::Settings::of(url, options)?;
        let connections = options.connections.max(2);
        let readers = (connections / 3).max(1);
        let mut engine = Self {
            writes: Arc::new(Jobs::new(options.queue)),
            reads: Arc::new(Jobs::new(options.queue)),
            settings: settings.clone(),
            threads: Vec::new(),
        };
        let (told, first) = sync_channel(1);
        for index in 0..connections {
            let queue = Arc::clone(if index < readers { &engine.reads } else { &engine.writes });
            let settings = settings.clone();
            let told = (index + 1 == connections).then(|| told.clone());
            engine.threads.push(crate::threads::spawn("store-server", move || {
                worker::serve(&queue, settings, told);
            })?);
        }
        drop(told);
        first
            .recv()
            .unwrap_or_else(|_| Err(Error::Engine("the first connection ended without a word".into())))?;
        Ok(engine)
    }

    /// What further connections, such as the one for signals, are made with.
    pub(crate) fn settings(&self) -> connection::Settings {
        self.settings.clone()
    }

    pub(crate) fn submit(
        &self,
        mode: Mode,
        unit: Box<dyn Unit>,
        admission: Admission,
    ) -> std::result::Result<(), (Refusal, Box<dyn Unit>)> {
        let queue = if mode == Mode::Read { &self.reads } else { &self.writes };
        let job = Job {
            mode,
            unit,
            queued_at: Instant::now(),
        };
        queue.push(job, admission).map_err(|(refusal, job)| (refusal, job.unit))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        crate::threads::join(self.threads.drain(..));
    }
}

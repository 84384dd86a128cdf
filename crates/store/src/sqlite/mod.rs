//! The embedded engine: one writer thread, a few readers, one thread for checkpoints.
//!
//! Promises: an acknowledged commit survives a power cut (WAL with `synchronous=full`), unless whoever opens the store gives
//! that up; a version that can corrupt a WAL is refused; only one serving process at a time; after a failed write of a commit
//! nothing more is accepted.

mod checkpoint;
mod connection;
mod fault;
mod reader;
mod session;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

pub(crate) use session::Session;

use crate::health::Health;
use crate::queue::{Admission, Queue};
use crate::unit::{Mode, Unit};
use crate::{Options, Result};

type Units = Queue<Box<dyn Unit>>;

/// The threads of one embedded database and the queues in front of them.
pub(crate) struct Engine {
    writes: Arc<Units>,
    reads: Arc<Units>,
    checkpoints: Arc<checkpoint::Gate>,
    /// Those that read, and the one that moves the log.
    threads: Vec<JoinHandle<()>>,
    writer: Option<JoinHandle<()>>,
}

impl Engine {
    /// Opens, or makes, the database file and starts the threads.
    pub(crate) fn open(path: &Path, options: &Options, health: &Arc<Health>) -> Result<Self> {
        let opened = connection::Writer::open(path, options)?;
        let writes = Arc::new(Units::new(options.queue));
        let reads = Arc::new(Units::new(options.queue));
        let checkpoints = Arc::new(checkpoint::Gate::new());
        let mut engine = Self {
            writes: Arc::clone(&writes),
            reads: Arc::clone(&reads),
            checkpoints: Arc::clone(&checkpoints),
            threads: Vec::new(),
            writer: None,
        };
        if opened.serves() {
            let connection = connection::checkpointer(path, options)?;
            let (gate, health) = (Arc::clone(&checkpoints), Arc::clone(health));
            engine.spawn("store-checkpoint", move || {
                checkpoint::serve(&connection, &gate, &health);
            })?;
        }
        for _ in 0..options.readers.max(1) {
            let connection = connection::reader(path, options)?;
            let (queue, health) = (Arc::clone(&reads), Arc::clone(health));
            engine.spawn("store-read", move || reader::serve(&connection, &queue, &health))?;
        }
        let health = Arc::clone(health);
        engine.writer = Some(crate::threads::spawn("store-write", move || {
            writer::serve(opened, &writes, &checkpoints, &health);
        })?);
        Ok(engine)
    }

    /// The queue that serves a kind of transaction.
    pub(crate) fn submit(
        &self,
        mode: Mode,
        unit: Box<dyn Unit>,
        admission: Admission,
    ) -> std::result::Result<(), (crate::queue::Refusal, Box<dyn Unit>)> {
        match mode {
            Mode::Read => self.reads.push(unit, admission),
            Mode::Serializable | Mode::Locking => self.writes.push(unit, admission),
        }
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        self.threads.push(crate::threads::spawn(name, work)?);
        Ok(())
    }
}

impl Drop for Engine {
    /// The writer goes last and alone: of two connections that close at once each takes the other for one that still needs the
    /// log, and it would stay beside the file.
    fn drop(&mut self) {
        self.reads.close();
        self.checkpoints.close();
        crate::threads::join(self.threads.drain(..));
        self.writes.close();
        crate::threads::join(self.writer.take().into_iter());
    }
}

/// The path in `sqlite:path`, `sqlite:/path` or `sqlite:///path`.
pub(crate) fn path_of(address: &str) -> PathBuf {
    PathBuf::from(address.strip_prefix("//").unwrap_or(address))
}

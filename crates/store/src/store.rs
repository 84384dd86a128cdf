//! The store itself: where callers of the network side meet the threads of the database side.

use std::sync::{Arc, OnceLock};

use tokio::sync::{oneshot, watch};

use crate::health::Health;
use crate::migrate::{self, Migration};
use crate::notify::{Listener, Topics};
use crate::queue::{Admission, Refusal};
use crate::unit::{Call, Mode, Unit};
use crate::{Batch, BatchLimits, Error, Options, Result, Tx, postgres, sqlite};

/// A database. Clones are cheap and mean the same one; it is closed when the last is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    engine: Engine,
    health: Arc<Health>,
    topics: Arc<Topics>,
    signals: OnceLock<postgres::Signals>,
    /// Behind the engine, so that it goes when that has ended.
    open: watch::Sender<()>,
}

enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(Box<postgres::Engine>),
}

impl Store {
    /// Opens `sqlite:<path>` (made if it is not there) or `postgres://…`. Takes milliseconds; a server that does not answer is
    /// [`Error::Unavailable`] after the options' time to connect.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "options are made for one store and used up by opening it"
    )]
    pub fn open(url: &str, options: Options) -> Result<Self> {
        let health = Arc::new(Health::new());
        let engine = match url.split_once(':') {
            Some(("sqlite", address)) => {
                Engine::Sqlite(sqlite::Engine::open(&sqlite::path_of(address), &options, &health)?)
            }
            Some(("postgres" | "postgresql", _)) => Engine::Postgres(Box::new(postgres::Engine::open(url, &options)?)),
            // The address is not repeated: it may hold a password.
            _ => {
                return Err(Error::Engine(
                    "the address of a database starts with sqlite: or postgres://".into(),
                ));
            }
        };
        let inner = Inner {
            engine,
            health,
            topics: Arc::default(),
            signals: OnceLock::new(),
            open: watch::Sender::new(()),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Brings the schema up to date and returns the numbers of the migrations that were run.
    pub async fn migrate(&self, migrations: &'static [Migration]) -> Result<Vec<u32>> {
        migrate::migrate(self, migrations).await
    }

    /// The number of the newest migration that the database has been through; `None` where it has been through none, so that it
    /// belongs to somebody else or to nobody. Changes nothing.
    pub async fn schema(&self) -> Result<Option<u32>> {
        migrate::newest(self).await
    }

    /// Whether all writing goes through one thread, one transaction after another, so that a long one makes others wait.
    pub fn has_one_writer(&self) -> bool {
        self.inner.max_flushes() == 1
    }

    /// Runs a unit of work that only reads, over one consistent snapshot.
    pub async fn read<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.call(Mode::Read, work).await
    }

    /// Runs a unit of work as if it were alone, and answers when it is durable. What it returns as an error is rolled back.
    ///
    /// The closure may run several times before it is kept, and the work goes on even if the waiting is given up.
    pub async fn write<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.call(Mode::Serializable, work).await
    }

    /// Makes a group-committed call out of work over many members at once.
    ///
    /// The work must come to what it would come to member by member. It locks the rows it reads in key order (`for update`),
    /// because two flushes may be under way at once.
    pub fn batch<I, O>(
        &self,
        name: &'static str,
        limits: BatchLimits,
        work: impl Fn(&mut Tx<'_>, &[I]) -> Result<Vec<O>> + Send + Sync + 'static,
    ) -> Batch<I, O>
    where
        I: Send + Sync + 'static,
        O: Send + 'static,
    {
        Batch::new(&self.inner, name, limits, work)
    }

    /// Resolves with the reason when the store has stopped for good. The process must then exit with a code other than zero.
    pub async fn failed(&self) -> String {
        self.inner.health.failed().await
    }

    /// Resolves when the database is closed: when the last clone is gone and the threads behind it have ended. Waiting for it
    /// keeps nothing open.
    pub fn closed(&self) -> impl Future<Output = ()> + use<> {
        let mut open = self.inner.open.subscribe();
        async move { while open.changed().await.is_ok() {} }
    }

    /// Wakes the listeners of a topic, in this process at once and on other nodes soon. Call it after the commit.
    pub fn notify(&self, topic: &'static str) {
        self.inner.topics.wake(topic);
        if let Some(signals) = self.signals() {
            signals.tell(topic);
        }
    }

    /// Hears the wake-ups of a topic.
    pub fn listen(&self, topic: &'static str) -> Listener {
        let listener = self.inner.topics.listen(topic);
        self.signals();
        listener
    }

    pub(crate) async fn call<T, E, F>(&self, mode: Mode, work: F) -> std::result::Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.inner
            .submit(mode, Box::new(Call::new(work, reply)), Admission::Bounded);
        // Only a thread that died in between lets go of the other end.
        answer.await.unwrap_or_else(|_| Err(E::from(Error::Unknown)))
    }

    fn signals(&self) -> Option<&postgres::Signals> {
        let Engine::Postgres(engine) = &self.inner.engine else {
            return None;
        };
        if let Some(signals) = self.inner.signals.get() {
            return Some(signals);
        }
        match postgres::Signals::start(engine.settings(), &self.inner.topics) {
            Ok(signals) => drop(self.inner.signals.set(signals)),
            Err(error) => tracing::error!(%error, "wake-ups between nodes cannot start"),
        }
        self.inner.signals.get()
    }
}

impl Inner {
    /// An error once the store has stopped.
    pub(crate) fn check(&self) -> Result<()> {
        self.health.check()
    }

    /// Flushes of one batch that may be under way at once: one writer, or two connections.
    pub(crate) fn max_flushes(&self) -> usize {
        match &self.engine {
            Engine::Sqlite(_) => 1,
            Engine::Postgres(_) => 2,
        }
    }

    /// Queues a unit that its own bound has admitted already.
    pub(crate) fn submit_always(&self, mode: Mode, unit: Box<dyn Unit>) {
        self.submit(mode, unit, Admission::Always);
    }

    fn submit(&self, mode: Mode, unit: Box<dyn Unit>, admission: Admission) {
        if let Err(stopped) = self.health.check() {
            unit.settle(Err(stopped));
            return;
        }
        let submitted = match &self.engine {
            Engine::Sqlite(engine) => engine.submit(mode, unit, admission),
            Engine::Postgres(engine) => engine.submit(mode, unit, admission),
        };
        match submitted {
            Ok(()) => {}
            Err((Refusal::Full, unit)) => unit.settle(Err(Error::Full)),
            Err((Refusal::Closed, unit)) => unit.settle(Err(Error::Stopped("the store is closed".into()))),
        }
    }
}

//! Wake-ups between nodes, over the server's own notifications.
//!
//! Sent at most once per topic and few milliseconds, however often they are asked for. A node that was cut off wakes all its
//! listeners when it is back, because it cannot know what it missed.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::Notify;

use super::connection::{self, Connection, Settings};
use super::worker::jittered;
use crate::notify::Topics;

/// The shortest time between two notifications of this node.
const PAUSE: Duration = Duration::from_millis(5);
const RECONNECT_PAUSE: Duration = Duration::from_millis(200);
const CHANNEL: &str = "store_wake";

/// The thread that listens to other nodes and tells them.
pub(crate) struct Signals {
    outgoing: Arc<Outgoing>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Outgoing {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    topics: BTreeSet<&'static str>,
    closed: bool,
}

impl Signals {
    pub(crate) fn start(settings: Settings, topics: &Arc<Topics>) -> crate::Result<Self> {
        let outgoing = Arc::new(Outgoing::default());
        let (mine, topics) = (Arc::clone(&outgoing), Arc::downgrade(topics));
        let runtime = connection::runtime()?;
        let thread = crate::threads::spawn("store-signals", move || {
            runtime.block_on(serve(&settings, &mine, &topics));
        })?;
        Ok(Self {
            outgoing,
            thread: Some(thread),
        })
    }

    /// Tells the other nodes, soon.
    pub(crate) fn tell(&self, topic: &'static str) {
        let mut state = self.outgoing.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.topics.insert(topic) {
            drop(state);
            self.outgoing.changed.notify_one();
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.outgoing
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.outgoing.changed.notify_one();
        crate::threads::join(self.thread.take().into_iter());
    }
}

async fn serve(settings: &Settings, outgoing: &Outgoing, topics: &Weak<Topics>) {
    while !outgoing.closed() {
        if let Err(error) = listen(settings, outgoing, topics).await {
            tracing::warn!(%error, "wake-ups between nodes are interrupted");
            tokio::select! {
                () = tokio::time::sleep(jittered(RECONNECT_PAUSE)) => {}
                () = outgoing.until_closed() => {}
            }
        }
    }
}

/// Listens and tells over one connection, until it breaks or the store is closed.
async fn listen(settings: &Settings, outgoing: &Outgoing, topics: &Weak<Topics>) -> Result<(), crate::Error> {
    let lost = |error: tokio_postgres::Error| crate::Error::Unavailable(error.to_string());
    let heard = Weak::clone(topics);
    // What this node tells comes back to it as well, and its own listeners have heard it already.
    let node = format!("{:016x}", RandomState::new().hash_one(0));
    let own = node.clone();
    let connection = Connection::open(settings, move |payload| {
        if let (Some((sender, topic)), Some(topics)) = (payload.split_once(' '), heard.upgrade())
            && sender != own
        {
            topics.wake(topic);
        }
    })
    .await?;
    connection
        .client
        .batch_execute(&format!("listen {CHANNEL}"))
        .await
        .map_err(lost)?;
    if let Some(topics) = topics.upgrade() {
        topics.wake_all();
    }
    while !outgoing.closed() {
        let told = outgoing.take();
        for topic in &told {
            let sent = connection
                .client
                .execute("select pg_notify($1, $2)", &[&CHANNEL, &format!("{node} {topic}")])
                .await;
            if let Err(error) = sent {
                outgoing.put_back(told);
                return Err(lost(error));
            }
        }
        if told.is_empty() {
            let check = async {
                // A connection that breaks while nothing is sent is noticed by asking.
                tokio::time::sleep(settings.statement_timeout).await;
                tokio::time::timeout(settings.statement_timeout, connection.client.check_connection()).await
            };
            tokio::select! {
                () = outgoing.changed.notified() => {}
                checked = check => checked.map_err(|_| crate::Error::Busy)?.map_err(lost)?,
            }
        } else {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

impl Outgoing {
    fn take(&self) -> BTreeSet<&'static str> {
        std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).topics)
    }

    fn put_back(&self, topics: BTreeSet<&'static str>) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .topics
            .extend(topics);
    }

    fn closed(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed
    }

    async fn until_closed(&self) {
        while !self.closed() {
            self.changed.notified().await;
        }
    }
}

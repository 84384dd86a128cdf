//! Wake-ups: "there is something to do", between tasks of a process and between the nodes of one database.
//!
//! A wake-up carries nothing and may come without need; what there is to do is read from the database. A [`Listener`] never
//! misses one that was issued after it was made or after its last return.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// The topics that this process has told or heard of.
#[derive(Default)]
pub(crate) struct Topics {
    senders: Mutex<HashMap<&'static str, watch::Sender<()>>>,
}

impl Topics {
    pub(crate) fn listen(self: &Arc<Self>, topic: &'static str) -> Listener {
        let heard = self
            .lock()
            .entry(topic)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe();
        Listener {
            heard,
            _topics: Arc::clone(self),
        }
    }

    /// Wakes the listeners of a topic; nobody listening is no fault.
    pub(crate) fn wake(&self, topic: &str) {
        if let Some(sender) = self.lock().get(topic) {
            sender.send_replace(());
        }
    }

    pub(crate) fn wake_all(&self) {
        for sender in self.lock().values() {
            sender.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, watch::Sender<()>>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears the wake-ups of one topic.
pub struct Listener {
    heard: watch::Receiver<()>,
    /// Keeps the topic alive, so that waiting never ends by itself.
    _topics: Arc<Topics>,
}

impl Listener {
    /// Waits for a wake-up issued since the last return, or since the listener was made. Several become one.
    pub async fn changed(&mut self) {
        if self.heard.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

//! Whether the store still takes work.
//!
//! After a failed write of a commit nobody knows what is on the disk. The store then stops for good: it answers nothing more, and
//! the process is expected to exit and to recover from what is really there.

use tokio::sync::watch;

use crate::{Error, Result};

pub(crate) struct Health {
    stopped: watch::Sender<Option<String>>,
}

impl Health {
    pub(crate) fn new() -> Self {
        Self {
            stopped: watch::Sender::new(None),
        }
    }

    /// Stops the store; the first reason stays.
    pub(crate) fn stop(&self, reason: &str) {
        tracing::error!(reason, "the store has stopped: the outcome of a commit is unknown");
        self.stopped.send_if_modified(|stopped| {
            let first = stopped.is_none();
            stopped.get_or_insert_with(|| reason.to_owned());
            first
        });
    }

    /// An error once the store has stopped.
    pub(crate) fn check(&self) -> Result<()> {
        match &*self.stopped.borrow() {
            Some(reason) => Err(Error::Stopped(reason.clone())),
            None => Ok(()),
        }
    }

    /// Resolves with the reason when the store stops.
    pub(crate) async fn failed(&self) -> String {
        let mut stopped = self.stopped.subscribe();
        let reason = stopped
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|reason| reason.clone());
        reason.unwrap_or_default()
    }
}

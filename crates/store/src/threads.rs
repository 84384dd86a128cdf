//! The store's own threads: how they are started and waited for.

use std::thread::JoinHandle;

use crate::{Error, Result};

pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map_err(|error| Error::Engine(format!("a thread cannot be started: {error}")))
}

/// Waits for threads to end, but never for the calling one: the last hold on a store may be let go by one of its own threads.
pub(crate) fn join(threads: impl Iterator<Item = JoinHandle<()>>) {
    let me = std::thread::current().id();
    for thread in threads.filter(|thread| thread.thread().id() != me) {
        if thread.join().is_err() {
            tracing::error!("a thread of the store had panicked");
        }
    }
}

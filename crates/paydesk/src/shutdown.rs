//! The request to stop, as a value that is passed down.
//!
//! Whoever runs a loop holds a [`Shutdown`] and ends when it is requested; whoever starts the process begins it, on a
//! signal or when the store has failed.

use tokio::sync::watch;

/// A request to stop that has or has not been made; cheap to clone, and all clones see the same.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    /// Not requested yet.
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Requests it. A second time does nothing.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was requested.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it was requested.
    pub async fn requested(&self) {
        let mut watching = self.0.subscribe();
        // The sender lives in this value, so the channel cannot close while we wait.
        let _requested = watching.wait_for(|requested| *requested).await;
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

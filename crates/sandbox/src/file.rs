//! The state file: one JSON text, replaced atomically after changes and read at start.
//!
//! What is in flight when the process ends is delivered again after the next start, as Stripe would.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::Sandbox;

/// Changes close to one another are written together.
const PAUSE: Duration = Duration::from_millis(100);

/// Restores what the configured file holds; a file that cannot be understood is set aside, never overwritten.
pub(crate) fn load(sandbox: &Sandbox) {
    let Some(path) = &sandbox.config().state_file else {
        return;
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "the sandbox could not read its state file");
            return;
        }
    };
    match serde_json::from_str(&text) {
        Ok(dump) => sandbox.lock().restore(&dump),
        Err(error) => {
            let aside = path.with_extension("unreadable");
            let kept = std::fs::rename(path, &aside);
            tracing::warn!(%error, aside = %aside.display(), kept = kept.is_ok(), "the sandbox set an unreadable state file aside");
        }
    }
}

/// Writes soon; further changes until then are part of it.
pub(crate) fn save_soon(sandbox: &Sandbox) {
    if sandbox.config().state_file.is_none() || sandbox.inner.saving.swap(true, Ordering::AcqRel) {
        return;
    }
    let sandbox = sandbox.clone();
    tokio::spawn(async move {
        tokio::time::sleep(PAUSE).await;
        sandbox.inner.saving.store(false, Ordering::Release);
        save(&sandbox).await;
    });
}

pub(crate) async fn save(sandbox: &Sandbox) {
    let Some(path) = sandbox.config().state_file.clone() else {
        return;
    };
    let sandbox = sandbox.clone();
    let written = tokio::task::spawn_blocking(move || write_state(&sandbox, &path));
    match written.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the sandbox could not write its state file"),
        Err(error) => tracing::warn!(%error, "the sandbox could not write its state file"),
    }
}

/// Writes the state as it is now.
pub(crate) fn write_state(sandbox: &Sandbox, path: &Path) -> std::io::Result<()> {
    // One at a time, and what is written is looked at only then: an older state never replaces a newer one.
    let _alone = sandbox.inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
    let text = sandbox.lock().dump().to_string();
    write(path, &text)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    // For its owner only: it holds names and e-mail addresses.
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(beside, path)
}

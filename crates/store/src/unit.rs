//! A unit of work as the engines see it: something to run inside a transaction and to settle after the commit.
//!
//! The engines promise that `settle` is called exactly once, after the outcome of the commit is known, and that a panic of the
//! caller's closure ends neither a thread nor another unit.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::{Error, Result, Tx};

/// What a unit wants done with its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    RollBack,
    /// Roll back and run the unit again at once; a unit says so at most twice.
    Again,
}

/// The kind of transaction a unit asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One consistent snapshot, no changes.
    Read,
    /// As if alone; may be run again after a serialization failure.
    Serializable,
    /// Rows are locked by the statements themselves.
    Locking,
}

/// One unit of work.
pub(crate) trait Unit: Send {
    /// Runs the work. May be called again after a roll-back.
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict;

    /// Answers whoever waits: with the unit's own result where the commit went well, else with the commit's error.
    fn settle(self: Box<Self>, commit: Result<()>);
}

/// A closure of `read` or `write`, with whoever waits for it.
pub(crate) struct Call<T, E, F> {
    work: F,
    result: Option<std::result::Result<T, E>>,
    reply: oneshot::Sender<std::result::Result<T, E>>,
}

impl<T, E, F> Call<T, E, F> {
    pub(crate) fn new(work: F, reply: oneshot::Sender<std::result::Result<T, E>>) -> Self {
        Self {
            work,
            result: None,
            reply,
        }
    }
}

impl<T, E, F> Unit for Call<T, E, F>
where
    F: FnMut(&mut Tx<'_>) -> std::result::Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict {
        let result = guarded(|| (self.work)(tx)).unwrap_or_else(|panic| Err(E::from(panic)));
        // A statement failed and the work went on regardless: its changes are half there, so they must not be kept.
        let result = match (result, tx.failure()) {
            (Ok(_), Some(failure)) => Err(E::from(failure.clone())),
            (result, _) => result,
        };
        let verdict = if result.is_ok() {
            Verdict::Keep
        } else {
            Verdict::RollBack
        };
        self.result = Some(result);
        verdict
    }

    fn settle(self: Box<Self>, commit: Result<()>) {
        let answer = match (commit, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(E::from(Error::Engine(
                "a unit of work was settled before it ran".into(),
            ))),
            (Err(error), _) => Err(E::from(error)),
        };
        // Nobody may be waiting any more: the caller's task was dropped. The work stands all the same.
        drop(self.reply.send(answer));
    }
}

/// Runs a closure of the caller's; a panic becomes an error.
pub(crate) fn guarded<R>(work: impl FnOnce() -> R) -> Result<R> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| Error::Engine(format!("the unit of work panicked: {}", panic_text(panic.as_ref()))))
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

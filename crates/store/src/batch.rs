//! One call for many: members that arrive while a commit is under way share the next one.
//!
//! Promises: a member's answer comes only after the commit that holds it; the members of a batch end as if they had been run one
//! after another; one that fails, fails alone. There is no timer: a lone member is flushed at once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::oneshot;

use crate::store::Inner;
use crate::unit::{Mode, Unit, Verdict, guarded};
use crate::{Error, Result, Tx};

/// The bounds of a batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchLimits {
    /// The most members that are worked on at once.
    pub max_items: usize,
    /// The most members that may wait; more are turned away with `Full`.
    pub max_pending: usize,
    /// The most flushes that are under way at once. Two are faster where their members touch different rows; where all
    /// write the same one, the second would only wait for the first, with fewer members than it could have.
    pub max_flushes: usize,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self {
            max_items: 512,
            max_pending: 8192,
            max_flushes: 2,
        }
    }
}

type Work<I, O> = dyn Fn(&mut Tx<'_>, &[I]) -> Result<Vec<O>> + Send + Sync;

/// A group-committed call. Clones share the same members.
pub struct Batch<I, O> {
    shared: Arc<Shared<I, O>>,
    /// Kept so that the store lives as long as somebody can submit.
    store: Arc<Inner>,
}

impl<I, O> Clone for Batch<I, O> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            store: Arc::clone(&self.store),
        }
    }
}

struct Shared<I, O> {
    name: &'static str,
    limits: BatchLimits,
    /// Flushes that may be under way at once.
    max_flushes: usize,
    work: Box<Work<I, O>>,
    store: Weak<Inner>,
    state: Mutex<State<I, O>>,
}

struct State<I, O> {
    pending: VecDeque<Member<I, O>>,
    flushes: usize,
}

struct Member<I, O> {
    item: I,
    reply: oneshot::Sender<Result<O>>,
}

impl<I, O> Batch<I, O>
where
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    pub(crate) fn new(
        store: &Arc<Inner>,
        name: &'static str,
        limits: BatchLimits,
        work: impl Fn(&mut Tx<'_>, &[I]) -> Result<Vec<O>> + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared {
            name,
            limits,
            max_flushes: store.max_flushes().min(limits.max_flushes).max(1),
            work: Box::new(work),
            store: Arc::downgrade(store),
            state: Mutex::new(State {
                pending: VecDeque::new(),
                flushes: 0,
            }),
        };
        Self {
            shared: Arc::new(shared),
            store: Arc::clone(store),
        }
    }

    /// Adds one member and waits until it is durable. The work goes on even if the waiting is given up.
    pub async fn submit(&self, item: I) -> Result<O> {
        let (reply, answer) = oneshot::channel();
        self.shared.add(&self.store, std::iter::once(Member { item, reply }));
        // Only a thread that died in between lets go of the other end.
        answer.await.unwrap_or(Err(Error::Unknown))
    }

    /// Adds several members that came together and waits until each is durable, or has failed by itself. Gives their results in
    /// the order of the members.
    pub async fn submit_all(&self, items: Vec<I>) -> Vec<Result<O>> {
        let (replies, answers): (Vec<_>, Vec<_>) = items.iter().map(|_| oneshot::channel()).unzip();
        let members = items.into_iter().zip(replies);
        self.shared
            .add(&self.store, members.map(|(item, reply)| Member { item, reply }));
        let mut results = Vec::with_capacity(answers.len());
        for answer in answers {
            results.push(answer.await.unwrap_or(Err(Error::Unknown)));
        }
        results
    }
}

impl<I, O> Shared<I, O>
where
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    /// Adds members that share a flush as far as its bound allows; those that cannot be added are told at once.
    fn add(self: &Arc<Self>, store: &Inner, members: impl Iterator<Item = Member<I, O>>) {
        let running = store.check();
        let mut state = self.lock();
        for member in members {
            match &running {
                Err(error) => drop(member.reply.send(Err(error.clone()))),
                Ok(()) if state.pending.len() >= self.limits.max_pending => drop(member.reply.send(Err(Error::Full))),
                Ok(()) => state.pending.push_back(member),
            }
        }
        if state.flushes < self.max_flushes && !state.pending.is_empty() {
            state.flushes += 1;
            drop(state);
            self.schedule(store);
        }
    }

    fn schedule(self: &Arc<Self>, store: &Inner) {
        store.submit_always(Mode::Locking, Box::new(Flush::new(Arc::clone(self))));
    }

    /// A flush has ended; whatever came in meanwhile needs another one.
    fn ended(self: &Arc<Self>) {
        let mut state = self.lock();
        if state.pending.is_empty() {
            state.flushes -= 1;
            return;
        }
        drop(state);
        match self.store.upgrade() {
            Some(store) => self.schedule(&store),
            None => self.refuse_pending(&Error::Stopped("the store is closed".into())),
        }
    }

    fn refuse_pending(&self, error: &Error) {
        let refused = {
            let mut state = self.lock();
            state.flushes -= 1;
            std::mem::take(&mut state.pending)
        };
        for member in refused {
            drop(member.reply.send(Err(error.clone())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<I, O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The unit of work that takes what is pending.
struct Flush<I, O> {
    shared: Arc<Shared<I, O>>,
    taken: bool,
    one_by_one: bool,
    decided_anew: bool,
    items: Vec<I>,
    replies: Vec<oneshot::Sender<Result<O>>>,
    results: Vec<Result<O>>,
}

impl<I, O> Flush<I, O>
where
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    fn new(shared: Arc<Shared<I, O>>) -> Self {
        Self {
            shared,
            taken: false,
            one_by_one: false,
            decided_anew: false,
            items: vec![],
            replies: vec![],
            results: vec![],
        }
    }

    /// Takes the members as late as possible, so that as many as possible share the commit.
    fn take(&mut self) {
        if self.taken {
            return;
        }
        self.taken = true;
        let mut state = self.shared.lock();
        let count = state.pending.len().min(self.shared.limits.max_items);
        for member in state.pending.drain(..count) {
            self.items.push(member.item);
            self.replies.push(member.reply);
        }
    }

    fn whole(&mut self, tx: &mut Tx<'_>) -> Verdict {
        match self.shared.work(tx, &self.items) {
            Ok(outputs) => {
                self.results = outputs.into_iter().map(Ok).collect();
                Verdict::Keep
            }
            // The work says that others wrote what it was about to write. On what they wrote the whole batch is decided anew:
            // member by member it would take its locks in the members' order and not in that of the keys.
            Err(Error::Busy) if !self.decided_anew => {
                self.decided_anew = true;
                Verdict::Again
            }
            // Another node may have written the same in this very moment. What it wrote is seen now; only what is in the way even
            // then is the member's own fault.
            Err(Error::Conflict { .. }) if self.items.len() == 1 && !self.decided_anew => {
                self.decided_anew = true;
                Verdict::Again
            }
            Err(error) if self.items.len() == 1 => {
                self.results = vec![Err(error)];
                Verdict::RollBack
            }
            Err(error) => {
                tracing::debug!(batch = self.shared.name, %error, "a batch failed and is run member by member");
                self.one_by_one = true;
                Verdict::Again
            }
        }
    }

    fn each(&mut self, tx: &mut Tx<'_>) -> Verdict {
        let shared = &self.shared;
        self.results = self
            .items
            .iter()
            .map(|item| {
                let mut alone = || tx.savepoint(|tx| shared.work(tx, std::slice::from_ref(item)));
                let outputs = match alone() {
                    // As for a lone member: what another node wrote in this very moment is seen the second time.
                    Err(Error::Conflict { .. }) => alone(),
                    outputs => outputs,
                };
                outputs?
                    .pop()
                    .ok_or_else(|| Error::Engine(format!("the batch {} returned nothing", shared.name)))
            })
            .collect();
        // A savepoint itself failed, as when a statement is cancelled: the engine has given up, or will give up, the members
        // before it too, and the members after it were never run. None of them may be told that it is there.
        let Some(failure) = tx.failure() else {
            return Verdict::Keep;
        };
        // What one member did wrong says nothing about the others.
        let error = if failure.is_retryable() {
            failure.clone()
        } else {
            Error::Busy
        };
        self.results = self.items.iter().map(|_| Err(error.clone())).collect();
        Verdict::RollBack
    }
}

impl<I, O> Shared<I, O> {
    /// Runs the work over some members; a panic and a wrong number of outputs are errors.
    fn work(&self, tx: &mut Tx<'_>, items: &[I]) -> Result<Vec<O>> {
        let outputs = guarded(|| (self.work)(tx, items))??;
        if let Some(failure) = tx.failure() {
            return Err(failure.clone());
        }
        if outputs.len() != items.len() {
            let (name, given, wanted) = (self.name, outputs.len(), items.len());
            return Err(Error::Engine(format!(
                "the batch {name} returned {given} outputs for {wanted} members"
            )));
        }
        Ok(outputs)
    }
}

impl<I, O> Unit for Flush<I, O>
where
    I: Send + Sync + 'static,
    O: Send + 'static,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict {
        self.take();
        match self.items.len() {
            0 => Verdict::Keep,
            _ if self.one_by_one => self.each(tx),
            _ => self.whole(tx),
        }
    }

    fn settle(mut self: Box<Self>, commit: Result<()>) {
        if let (false, Err(error)) = (self.taken, &commit) {
            self.shared.refuse_pending(error);
            return;
        }
        // The next flush is scheduled before anybody is answered: it can start while the answers travel.
        self.shared.ended();
        let mut results = std::mem::take(&mut self.results).into_iter();
        for reply in self.replies.drain(..) {
            let result = results.next().unwrap_or(Err(Error::Unknown));
            drop(reply.send(commit.clone().and(result)));
        }
    }
}

//! The loop: connections on threads of their own, each sending its next request when the last one is answered, or when its
//! turn comes at a given rate.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinSet, LocalSet};

use super::connection::{Connection, Fault};
use super::process_time::cpu_seconds;
use super::requests::Requests;
use crate::clock::Clock;

/// A server that answers nobody for so long is given up.
const SILENCE_MAX: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(200);
const RECONNECT_AFTER: Duration = Duration::from_millis(50);
const FAULTS_IN_A_ROW_MAX: u32 = 20;
const HOLD_FOR: Duration = Duration::from_millis(2);

/// How long a load lasts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    /// So long.
    For(Duration),
    /// Until so many have been sent.
    Count(u64),
}

/// What is to be done.
pub(super) struct Plan {
    pub(super) address: SocketAddr,
    pub(super) connections: u32,
    pub(super) threads: u32,
    pub(super) warmup: Duration,
    pub(super) extent: Extent,
    /// Requests a second in all; as fast as they are answered where none is given.
    pub(super) rate: Option<u32>,
    pub(super) server_pids: Vec<u32>,
    pub(super) quiet: bool,
    pub(super) clock: Clock,
}

/// What happened.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Of the requests that were measured.
    pub(super) tally: Tally,
    /// How long was measured, in seconds.
    pub(super) seconds: f64,
    /// Accepted in all, warm-up included.
    pub(super) accepted_in_all: u64,
    /// The CPU time that each server process used while it was measured, in seconds.
    pub(super) server_cpu_seconds: Vec<(u32, f64)>,
    /// The same of the generator.
    pub(super) generator_cpu_seconds: f64,
}

/// Counts and latencies.
#[derive(Debug)]
pub(super) struct Tally {
    /// From the first byte sent to the last byte received, in microseconds. At a given rate from the moment at which a request
    /// was to be sent, where all connections waited for the server then.
    pub(super) latency_us: Histogram<u64>,
    pub(super) statuses: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub(super) faults: u64,
    pub(super) last_fault: Option<String>,
    last_answer: Option<Instant>,
}

impl Tally {
    fn new() -> Self {
        // Three digits from a microsecond to two minutes.
        let latency_us = Histogram::new_with_bounds(1, 120_000_000, 3).expect("the bounds are in order");
        Self {
            latency_us,
            statuses: BTreeMap::new(),
            faults: 0,
            last_fault: None,
            last_answer: None,
        }
    }

    fn answered(&mut self, status: u16, start: Instant, end: Instant) {
        let latency_us = u64::try_from((end - start).as_micros()).unwrap_or(u64::MAX);
        self.latency_us.saturating_record(latency_us);
        *self.statuses.entry(status).or_default() += 1;
        self.last_answer = self.last_answer.max(Some(end));
    }

    fn fault(&mut self, fault: &Fault) {
        self.faults += 1;
        self.last_fault = Some(fault.to_string());
    }

    fn add(&mut self, other: Self) {
        self.latency_us
            .add(&other.latency_us)
            .expect("all histograms have the same bounds");
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.faults += other.faults;
        self.last_fault = other.last_fault.or(self.last_fault.take());
        self.last_answer = self.last_answer.max(other.last_answer);
    }

    /// Requests with a status of 2xx.
    pub(super) fn accepted(&self) -> u64 {
        self.statuses.range(200..300).map(|(_, count)| count).sum()
    }

    /// Requests that were answered at all.
    pub(super) fn answers(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Requests that were refused, failed or not answered.
    pub(super) fn errors(&self) -> u64 {
        self.answers() - self.accepted() + self.faults
    }
}

/// What the threads of a load share.
pub(super) struct Shared {
    sequence: AtomicU64,
    measured: AtomicU64,
    answered: AtomicU64,
    accepted: AtomicU64,
    held: AtomicBool,
    begun: Instant,
    turns: AtomicU64,
    rate: Option<u32>,
    measure_from: Instant,
    extent: Extent,
}

impl Shared {
    pub(super) fn new(plan: &Plan) -> Arc<Self> {
        let begun = Instant::now();
        Arc::new(Self {
            sequence: AtomicU64::new(0),
            measured: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            held: AtomicBool::new(false),
            begun,
            turns: AtomicU64::new(0),
            rate: plan.rate,
            measure_from: begun + plan.warmup,
            extent: plan.extent,
        })
    }

    /// Stops or lets go on sending, so that the server can catch up with what it has accepted.
    pub(super) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::Relaxed);
    }

    /// Waits for the next turn at the rate, and gives the moment that the request's latency counts from. A turn that passed
    /// while the connection waited for the server counts from when it was: a slow server must not hide what it held up.
    async fn turn(&self, rate: u32) -> Instant {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        let due = self.begun + Duration::from_nanos(turn.saturating_mul(1_000_000_000) / u64::from(rate));
        if due <= Instant::now() {
            return due;
        }
        tokio::time::sleep_until(due.into()).await;
        // How late the timer was is the generator's matter.
        Instant::now()
    }

    /// Whether the request that begins at `start` is measured; `None` when there is nothing more to send.
    fn next(&self, start: Instant) -> Option<bool> {
        if start < self.measure_from {
            return Some(false);
        }
        let more = match self.extent {
            Extent::For(duration) => start < self.measure_from + duration,
            Extent::Count(count) => self.measured.fetch_add(1, Ordering::Relaxed) < count,
        };
        more.then_some(true)
    }
}

/// Sends until the plan is done, and tells what happened.
pub(super) async fn run(plan: &Plan, requests: &Requests, shared: &Arc<Shared>) -> Result<Outcome> {
    let (stop, _) = watch::channel(false);
    let mut threads = Vec::new();
    for thread in 0..plan.threads {
        let connections = (thread..plan.connections).step_by(plan.threads as usize).count();
        let (tell, told) = oneshot::channel();
        let (address, clock) = (plan.address, plan.clock.clone());
        let (requests, shared, stop) = (requests.clone(), Arc::clone(shared), stop.subscribe());
        std::thread::Builder::new().name("bench".to_owned()).spawn(move || {
            // Nobody listens any more when the run has been given up.
            drop(tell.send(run_thread(address, connections, &requests, &shared, &clock, stop)));
        })?;
        threads.push(told);
    }
    tokio::time::sleep_until(shared.measure_from.into()).await;
    let before = CpuTimes::read(&plan.server_pids)?;
    let watcher = tokio::spawn(watch_over(Arc::clone(shared), progress(plan), stop));
    let mut tally = Tally::new();
    for told in threads {
        tally.add(told.await.context("a thread of the generator ended early")??);
    }
    watcher.abort();
    let used = CpuTimes::read(&plan.server_pids)?.since(&before);
    let last_answer = tally.last_answer.unwrap_or(shared.measure_from);
    Ok(Outcome {
        seconds: last_answer.saturating_duration_since(shared.measure_from).as_secs_f64(),
        accepted_in_all: shared.accepted.load(Ordering::Relaxed),
        server_cpu_seconds: used.servers,
        generator_cpu_seconds: used.generator,
        tally,
    })
}

/// CPU seconds used so far.
pub(super) struct CpuTimes {
    pub(super) servers: Vec<(u32, f64)>,
    pub(super) generator: f64,
}

impl CpuTimes {
    pub(super) fn read(server_pids: &[u32]) -> Result<Self> {
        let servers = server_pids
            .iter()
            .map(|pid| Ok((*pid, cpu_seconds(*pid)?)))
            .collect::<Result<_>>()?;
        Ok(Self {
            servers,
            generator: cpu_seconds(std::process::id()).unwrap_or_default(),
        })
    }

    pub(super) fn since(&self, before: &Self) -> Self {
        let servers = self.servers.iter().zip(&before.servers);
        Self {
            servers: servers
                .map(|((pid, after), (_, before))| (*pid, after - before))
                .collect(),
            generator: self.generator - before.generator,
        }
    }
}

fn progress(plan: &Plan) -> ProgressBar {
    if plan.quiet {
        return ProgressBar::hidden();
    }
    let (bar, text) = match plan.extent {
        Extent::Count(count) => (
            ProgressBar::new(count),
            "{bar:30} {pos}/{len} requests, {per_sec}, {eta} left",
        ),
        Extent::For(_) => (
            ProgressBar::no_length(),
            "{spinner} {pos} requests, {per_sec}, {elapsed}",
        ),
    };
    bar.with_style(ProgressStyle::with_template(text).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Shows progress, and gives up when nothing moves any more.
async fn watch_over(shared: Arc<Shared>, bar: ProgressBar, stop: watch::Sender<bool>) {
    let mut ticker = tokio::time::interval(TICK);
    let mut last = (0, Instant::now());
    loop {
        ticker.tick().await;
        let answered = shared.answered.load(Ordering::Relaxed);
        bar.set_position(answered);
        if answered != last.0 || shared.held.load(Ordering::Relaxed) {
            last = (answered, Instant::now());
        } else if last.1.elapsed() > SILENCE_MAX {
            stop.send_replace(true);
        }
    }
}

fn run_thread(
    address: SocketAddr,
    connections: usize,
    requests: &Requests,
    shared: &Arc<Shared>,
    clock: &Clock,
    mut stop: watch::Receiver<bool>,
) -> Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tally = Rc::new(RefCell::new(Tally::new()));
    runtime.block_on(LocalSet::new().run_until(async {
        let mut drivers = JoinSet::new();
        for _ in 0..connections {
            let (requests, shared, clock) = (requests.clone(), Arc::clone(shared), clock.clone());
            drivers.spawn_local(drive(address, requests, shared, Rc::clone(&tally), clock));
        }
        let all = async { while drivers.join_next().await.is_some() {} };
        tokio::select! {
            () = all => {}
            _ = stop.wait_for(|stopped| *stopped) => {
                let mut tally = tally.borrow_mut();
                tally.faults += 1;
                tally.last_fault = Some(format!("no answer for {} s, given up", SILENCE_MAX.as_secs()));
            }
        }
    }));
    Ok(tally.replace(Tally::new()))
}

/// One connection's loop.
async fn drive(
    address: SocketAddr,
    mut requests: Requests,
    shared: Arc<Shared>,
    tally: Rc<RefCell<Tally>>,
    clock: Clock,
) {
    let mut connection = None;
    let mut faults_in_a_row = 0;
    let mut start = Instant::now();
    while faults_in_a_row < FAULTS_IN_A_ROW_MAX {
        while shared.held.load(Ordering::Relaxed) {
            tokio::time::sleep(HOLD_FOR).await;
            start = Instant::now();
        }
        if let Some(rate) = shared.rate {
            start = shared.turn(rate).await;
        }
        let Some(measured) = shared.next(start) else { return };
        let sequence = shared.sequence.fetch_add(1, Ordering::Relaxed);
        let request = requests.make(sequence, &clock);
        match exchange(&mut connection, address, request).await {
            Ok(status) => {
                let end = Instant::now();
                faults_in_a_row = 0;
                shared.answered.fetch_add(1, Ordering::Relaxed);
                if (200..300).contains(&status) {
                    shared.accepted.fetch_add(1, Ordering::Relaxed);
                }
                if measured {
                    tally.borrow_mut().answered(status, start, end);
                }
                start = end;
            }
            Err(fault) => {
                // Counted in the warm-up as well: a run with faults is no run to quote.
                tally.borrow_mut().fault(&fault);
                connection = None;
                faults_in_a_row += 1;
                tokio::time::sleep(RECONNECT_AFTER).await;
                start = Instant::now();
            }
        }
    }
}

async fn exchange(connection: &mut Option<Connection>, address: SocketAddr, request: &[u8]) -> Result<u16, Fault> {
    let open = match connection {
        Some(open) => open,
        None => connection.insert(Connection::open(address).await?),
    };
    let answer = open.exchange(request).await?;
    let (status, closes) = (answer.status, answer.closes);
    if closes {
        *connection = None;
    }
    Ok(status)
}

//! `paydesk bench post`: transfers posted in this process, through the books, in large batches, as an import would.
//!
//! No server and no HTTP: what is measured is the ledger on its store. It also makes the large databases that others are
//! measured on; its wallets are those of `paydesk bench spend`.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use ledger::{AccountKey, Owner, Role, TransferCode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use store::{Options, Store};
use tokio::task::JoinHandle;

use super::ingest::unique;
use super::requests::USERS_MAX;
use super::template::Unique;
use crate::books::{self, Cause, Movement, Movements};
use crate::cli::print;
use crate::clock::{Clock, DAY_US, SECOND_US};
use crate::config::Database;
use crate::ids::Ids;
use crate::progress::Progress;
use crate::schema::MIGRATIONS;

/// What each wallet is given at first.
const GRANT: i64 = 1_000_000_000;
/// The most that one spend takes.
const SPEND_MAX: i64 = 5;
/// Page cache of the posting connection: the indexes that every batch writes to stay in memory.
const CACHE_KIB: u32 = 1024 * 1024;

/// Posts transfers through the books in this process, in large batches, as an import would
#[derive(Args, Debug, Clone)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,

    /// How many wallets, whose users are named `bench_000000` and so on
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(USERS_MAX)))]
    wallets: u32,

    /// How many transfers: first one into each wallet, then spends from any of them
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    transfers: u64,

    /// How many transfers are committed together
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch: u32,

    /// Over how many days the transfers are dated, the last of which is today
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3_660))]
    days: u32,

    /// What the choice of wallets and amounts begins with
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Posts, seals, and prints both rates.
pub(super) async fn run(arguments: Arguments) -> Result<()> {
    arguments.database.check().map_err(|error| anyhow::anyhow!(error.0))?;
    let options = Options {
        cache_kib: CACHE_KIB,
        readers: 1,
        ..Options::default()
    };
    let store = Store::open(&arguments.database.database, options)?;
    store.migrate(MIGRATIONS).await?;
    let clock = Clock::system();
    let begun = Instant::now();
    post(&store, &clock, &arguments).await?;
    report("posted", arguments.transfers, begun);
    let begun = Instant::now();
    let sealed = books::seal(&store, clock.now_us()).await?;
    report("sealed", sealed.unsigned_abs(), begun);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people needs no sixteen digits")]
fn report(what: &str, transfers: u64, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let rate = transfers as f64 / seconds.max(1e-9);
    print(&format!("{what} {transfers} transfers in {seconds:.1} s: {rate:.0}/s"));
}

/// Makes the next batch while the one before it is being written.
async fn post(store: &Store, clock: &Clock, arguments: &Arguments) -> Result<()> {
    let progress = Progress::begin("posting", arguments.transfers);
    let mut made = Made {
        rng: StdRng::seed_from_u64(arguments.seed),
        unique: unique(&Ids::random(clock.clone())),
        wallets: arguments.wallets,
        count: 0,
    };
    let mut under_way: Option<JoinHandle<Result<()>>> = None;
    let mut done = 0;
    loop {
        let size = u64::from(arguments.batch).min(arguments.transfers - made.count);
        let at_us = dated(clock.now_us(), arguments.days, (made.count + size, arguments.transfers));
        let batch: Arc<[Movements]> = (0..size).map(|_| vec![made.next(at_us / SECOND_US)]).collect();
        if let Some(before) = under_way.take() {
            before.await.context("a batch was given up")??;
            progress.at(done);
        }
        if batch.is_empty() {
            break;
        }
        done = made.count;
        under_way = Some(tokio::spawn(write(store.clone(), at_us, batch)));
    }
    progress.end();
    Ok(())
}

/// When something happened that is so many of all that happen over some days up to now.
pub(super) fn dated(now_us: i64, days: u32, (done, all): (u64, u64)) -> i64 {
    let span_us = i128::from(days.saturating_sub(1)) * i128::from(DAY_US);
    let left_us = i128::from(all.saturating_sub(done)) * span_us / i128::from(all.max(1));
    now_us.saturating_sub(i64::try_from(left_us).unwrap_or(0))
}

async fn write(store: Store, now_us: i64, batch: Arc<[Movements]>) -> Result<()> {
    let outcomes = store.write(move |tx| books::post(tx, now_us, &batch)).await?;
    for outcome in outcomes {
        if !outcome.context("the books refuse a transfer")?.new {
            bail!("a transfer stood in the books already");
        }
    }
    Ok(())
}

/// The transfers that are to be posted, one after another.
struct Made {
    rng: StdRng,
    /// Tells the transfers of this run from those of others, and each from its neighbours.
    unique: Unique,
    wallets: u32,
    count: u64,
}

impl Made {
    /// The next one, asked for in this second, unix time.
    fn next(&mut self, at_s: i64) -> Movement {
        let number = self.count;
        self.count += 1;
        let cause = Cause::Request {
            id: books::transfer_id(&format!(
                "bench:req_{}",
                String::from_utf8_lossy(self.unique.of(number, at_s))
            ))
            .0,
            fingerprint: [0; 16],
        };
        let house = |role| AccountKey::credits(role);
        match u32::try_from(number) {
            Ok(first) if first < self.wallets => {
                Movement::new(cause, house(Role::Issued), wallet(first), GRANT, TransferCode::Add)
            }
            _ => {
                let wallet = wallet(self.rng.random_range(0..self.wallets));
                let amount = self.rng.random_range(1..=SPEND_MAX);
                Movement::new(cause, wallet, house(Role::Spent), amount, TransferCode::Spend)
            }
        }
    }
}

fn wallet(number: u32) -> AccountKey {
    AccountKey::credits(Role::Wallet(Owner::user(format!("bench_{number:06}"))))
}

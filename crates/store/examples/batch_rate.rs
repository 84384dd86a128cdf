//! Rows a second through one batch: a unique key and a body of about a kilobyte each, answered after the commit.
//!
//! `cargo run --release -p store --features testing --example batch_rate -- [seconds] [submitters]`, with `DATABASE_URL` for the server's part.
#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::testing::TestDatabase;
use store::{BatchLimits, Migration, Rows, Tx};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "one table",
    sql: "create table item (item_id bigint identity primary key, key text not null unique, body bytea not null)",
}];
const INSERT: &str = "insert into item (key, body) select r.key, r.body from rows($1: key text, body bytea)
    on conflict (key) do nothing returning key";

struct Item {
    key: String,
    body: Vec<u8>,
}

#[tokio::main]
async fn main() -> store::Result<()> {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse().ok());
    let seconds: u64 = arguments.next().unwrap_or(4);
    let only = arguments.next();
    for make in [TestDatabase::sqlite, TestDatabase::postgres] {
        for submitters in [1_u64, 16, 64, 256]
            .into_iter()
            .filter(|count| only.is_none_or(|only| only == *count))
        {
            let database = make();
            database.store().migrate(SCHEMA).await?;
            let begun = Instant::now();
            let cpu = cpu_ms();
            let rows = run(&database, submitters, Duration::from_secs(seconds)).await?;
            let cpu = cpu_ms() - cpu;
            let rate = u128::from(rows) * 1_000 / begun.elapsed().as_millis().max(1);
            let name = database.engine_name();
            let per_row = cpu * 1_000 / rows.max(1);
            println!("{name:9} {submitters:4} submitters {rate:7} rows/s {per_row:4} µs CPU of this process per row");
        }
    }
    Ok(())
}

async fn run(database: &TestDatabase, submitters: u64, time: Duration) -> store::Result<u64> {
    let insert = database
        .store()
        .batch("insert", BatchLimits::default(), |tx: &mut Tx<'_>, items: &[Item]| {
            let rows = Rows::of(items.iter().map(|item| [(&item.key).into(), (&item.body).into()]));
            let inserted = tx.all(INSERT, &[rows.into()])?.len();
            Ok(items.iter().map(|_| inserted).collect())
        });
    let (count, end) = (Arc::new(AtomicU64::new(0)), Instant::now() + time);
    let keys = RandomState::new();
    let tasks: Vec<_> = (0..submitters)
        .map(|_| {
            let (insert, count, keys) = (insert.clone(), Arc::clone(&count), keys.clone());
            tokio::spawn(async move {
                while Instant::now() < end {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    let high = keys.hash_one(number);
                    let item = Item {
                        key: format!("evt_{number:016x}{high:08x}"),
                        body: vec![b'x'; 1_000],
                    };
                    insert.submit(item).await?;
                }
                store::Result::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a submitter does not panic")?;
    }
    Ok(count.load(Ordering::Relaxed))
}

/// CPU time of this process so far, from the kernel's own account; 0 where there is none.
fn cpu_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    // User and system time, in hundredths of a second.
    fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum::<u64>()
        * 10
}

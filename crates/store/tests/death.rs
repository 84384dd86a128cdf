//! The process dies, the disk fails: nothing that was acknowledged is lost, and nothing is acknowledged that may be lost.
//!
//! Each test runs itself again as a child process, told by `STORE_TEST_CHILD` what to do with which database.

use std::process::{Command, Output};

use store::testing::{TestDatabase, for_each_engine};
use store::{Error, Migration, Options, Result, Store, Tx, crash_point};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "one table",
    sql: "create table item (item_id bigint primary key, body bytea)",
}];
const MORE: &[Migration] = &[
    SCHEMA[0],
    Migration {
        number: 2,
        name: "another",
        sql: "create table other (other_id bigint primary key)",
    },
];
const CHILD: &str = "STORE_TEST_CHILD";
const MARK: &str = "acknowledged";

/// Runs the child with a role, behind a shell command if one is given.
fn child(url: &str, role: &str, shell: &str) -> Output {
    let own = std::env::current_exe().expect("a test has a file");
    let script = format!("{shell} exec \"$0\" --exact the_child --nocapture");
    Command::new("sh")
        .arg("-c")
        .arg(script)
        .arg(own)
        .env(CHILD, format!("{role} {url}"))
        .output()
        .expect("a shell can be started")
}

fn acknowledged(output: &Output) -> Vec<i64> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .filter_map(|line| line.strip_prefix(MARK)?.trim().parse().ok())
        .collect()
}

async fn items(store: &Store) -> Vec<i64> {
    let rows = store
        .read(|tx: &mut Tx<'_>| tx.all("select item_id from item order by item_id", &[]))
        .await
        .expect("the items can be read");
    rows.iter().map(|row| row.int(0).expect("an id")).collect()
}

async fn insert(store: &Store, id: i64) -> Result<u64> {
    let sql = "insert into item (item_id, body) values ($1, $2)";
    store
        .write(move |tx: &mut Tx<'_>| tx.run(sql, &[id.into(), vec![b'x'; 5_000].into()]))
        .await
}

/// Not a test of its own: what a child process does.
#[tokio::test]
async fn the_child() {
    let Ok(task) = std::env::var(CHILD) else { return };
    let (role, url) = task.split_once(' ').unwrap();
    let store = Store::open(url, Options::default()).unwrap();
    match role {
        "migrate" => {
            crash_point::arm("store.migrated", 1);
            drop(store.migrate(MORE).await);
        }
        "fail" => {
            // The shell has limited the size of files, so that a write of the log fails like a bad disk.
            let mut id = 0;
            let error = loop {
                match insert(&store, id).await {
                    Ok(_) => println!("{MARK} {id}"),
                    Err(error) => break error,
                }
                id += 1;
            };
            assert_eq!(error, Error::Unknown);
            assert!(!store.failed().await.is_empty());
            assert!(matches!(insert(&store, id).await, Err(Error::Stopped(_))));
            let read: Result<Vec<_>> = store.read(|tx: &mut Tx<'_>| tx.all("select 1", &[])).await;
            assert!(matches!(read, Err(Error::Stopped(_))));
            println!("stopped");
        }
        point => {
            crash_point::arm(point, 7);
            for id in 0..100 {
                insert(&store, id).await.unwrap();
                println!("{MARK} {id}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    for_each_engine(async |database| {
        for point in ["store.before_commit", "store.after_commit"] {
            database.store().migrate(SCHEMA).await.unwrap();
            database
                .store()
                .write(|tx: &mut Tx<'_>| tx.run("delete from item", &[]))
                .await
                .unwrap();
            let url = database.url().to_owned();
            database.close();
            let output = child(&url, point, "");
            assert_eq!(output.status.code(), Some(137), "{output:?}");
            let acknowledged = acknowledged(&output);
            database.reopen(Options::default());
            let kept = items(database.store()).await;
            assert_eq!(acknowledged.len(), 6);
            let committed = if point == "store.after_commit" { 7 } else { 6 };
            assert_eq!(kept, (0..committed).collect::<Vec<_>>(), "{point}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_was_killed_midway_runs_again_whole() {
    for_each_engine(async |database| {
        database.store().migrate(SCHEMA).await.unwrap();
        let url = database.url().to_owned();
        database.close();
        assert_eq!(child(&url, "migrate", "").status.code(), Some(137));
        database.reopen(Options::default());
        assert_eq!(database.store().migrate(MORE).await, Ok(vec![2]));
    })
    .await;
}

#[tokio::test]
async fn a_failed_write_of_the_log_stops_the_store_for_good() {
    let mut database = TestDatabase::sqlite();
    database.store().migrate(SCHEMA).await.unwrap();
    let url = database.url().to_owned();
    database.close();
    let output = child(&url, "fail", "trap '' XFSZ; ulimit -f 400;");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("stopped"), "{output:?}");
    let acknowledged = acknowledged(&output);
    database.reopen(Options::default());
    let kept = items(database.store()).await;
    assert!(
        acknowledged.len() > 5 && kept.starts_with(&acknowledged),
        "{acknowledged:?} {kept:?}"
    );
}

#[tokio::test]
async fn a_full_disk_refuses_and_then_goes_on() {
    let database = TestDatabase::sqlite();
    let store = database.store();
    store.migrate(SCHEMA).await.unwrap();
    let limit = |pages: &'static str| store.write(move |tx: &mut Tx<'_>| tx.all(pages, &[]));
    limit("pragma max_page_count = 20").await.unwrap();
    let mut id = 0;
    let error = loop {
        match insert(store, id).await {
            Ok(_) => id += 1,
            Err(error) => break error,
        }
    };
    assert!(
        matches!(error, Error::Unavailable(_)) && error.is_retryable(),
        "{error:?}"
    );
    assert_eq!(items(store).await, (0..id).collect::<Vec<_>>(), "reads go on");
    limit("pragma max_page_count = 100000").await.unwrap();
    assert_eq!(insert(store, id).await, Ok(1));
    assert_eq!(items(store).await, (0..=id).collect::<Vec<_>>());
}

#[test]
fn points_that_are_not_armed_do_nothing_and_can_be_listed() {
    crash_point::observe();
    crash_point::crash_point("test.here");
    crash_point::crash_point("test.here");
    assert!(crash_point::passed().contains(&("test.here", 2)));
}

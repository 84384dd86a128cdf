//! What only a database server can do to us: go away, end connections, leave a commit's outcome open.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use store::testing::TestDatabase;
use store::{BatchLimits, Error, Migration, Options, Result, Store, Tx};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "triggers that act at the commit",
    sql: "create table item (item_id bigint primary key, what text);
          create function act() returns trigger language plpgsql as '
              begin
                  if new.what = ''die'' then perform pg_terminate_backend(pg_backend_pid()); end if;
                  if new.what = ''warn'' then raise warning ''might not have been replicated''; end if;
                  if new.what = ''hang'' then perform pg_sleep(3); end if;
                  if new.what = ''refuse'' then raise exception unique_violation using constraint = ''late''; end if;
                  return null;
              end';
          create constraint trigger act after insert on item deferrable initially deferred for each row execute function act()",
}];

async fn insert(store: &Store, id: i64, what: &'static str) -> Result<u64> {
    let sql = "insert into item (item_id, what) values ($1, $2)";
    store
        .write(move |tx: &mut Tx<'_>| tx.run(sql, &[id.into(), what.into()]))
        .await
}

async fn count(store: &Store) -> Result<i64> {
    let row = store
        .read(|tx: &mut Tx<'_>| tx.one("select count(*) from item", &[]))
        .await?;
    row.map_or(Ok(-1), |row| row.int(0))
}

#[tokio::test]
async fn a_commit_without_a_clear_answer_is_unknown() {
    let mut database = TestDatabase::postgres();
    database.reopen(Options {
        commit_timeout: Duration::from_millis(200),
        ..Options::default()
    });
    let store = database.store();
    store.migrate(SCHEMA).await.unwrap();
    assert_eq!(insert(store, 1, "die").await, Err(Error::Unknown));
    assert_eq!(insert(store, 2, "warn").await, Err(Error::Unknown));
    assert_eq!(insert(store, 3, "hang").await, Err(Error::Unknown));
    assert_eq!(
        insert(store, 4, "refuse").await,
        Err(Error::Conflict {
            constraint: "late".into()
        })
    );
    assert_eq!(insert(store, 5, "nothing").await, Ok(1));
    // The warned one was durable all the while: unknown does not mean no.
    assert!(count(store).await.unwrap() >= 2);
}

#[tokio::test]
async fn connections_that_were_ended_are_made_again_without_an_error() {
    let database = TestDatabase::postgres();
    let store = database.store();
    store.migrate(SCHEMA).await.unwrap();
    let end_all = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    for id in 0..20 {
        store.write(move |tx: &mut Tx<'_>| tx.run(end_all, &[])).await.unwrap();
        assert_eq!(insert(store, id, "nothing").await, Ok(1));
        assert_eq!(count(store).await, Ok(id + 1));
    }
}

#[tokio::test]
async fn a_unit_whose_connection_breaks_twice_is_told_to_come_back() {
    let database = TestDatabase::postgres();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let result: Result<u64> = database
        .store()
        .write(move |tx: &mut Tx<'_>| {
            counted.fetch_add(1, Ordering::Relaxed);
            tx.run("select pg_terminate_backend(pg_backend_pid())", &[])
        })
        .await;
    let error = result.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(_)) && error.is_retryable(),
        "{error:?}"
    );
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    let mut database = TestDatabase::postgres();
    database.reopen(Options {
        statement_timeout: Duration::from_millis(100),
        ..Options::default()
    });
    let slow: Result<u64> = database
        .store()
        .write(|tx: &mut Tx<'_>| tx.run("select pg_sleep(60) is null", &[]))
        .await;
    assert_eq!(slow, Err(Error::Busy));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_soon() {
    let error = Store::open("postgres://nobody@127.0.0.1:1/nothing", Options::default())
        .err()
        .unwrap();
    assert!(matches!(&error, Error::Unavailable(_)), "{error:?}");
    for wrong in ["mysql://x", "nothing", "postgres://h:port/x"] {
        assert!(
            matches!(Store::open(wrong, Options::default()).err(), Some(Error::Engine(_))),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn two_nodes_that_write_the_same_at_once_both_end_with_what_the_first_wrote() {
    let database = TestDatabase::postgres();
    database.store().migrate(SCHEMA).await.unwrap();
    let other = Store::open(database.url(), Options::default()).unwrap();
    let both_have_looked = Arc::new(Barrier::new(2));
    let answers = [database.store(), &other].map(|store| {
        let both_have_looked = Arc::clone(&both_have_looked);
        let has_looked = AtomicBool::new(false);
        let batch = store.batch("once", BatchLimits::default(), move |tx: &mut Tx<'_>, ids: &[i64]| {
            let known = tx.one("select item_id from item where item_id = $1", &[ids[0].into()])?;
            if !has_looked.swap(true, Ordering::Relaxed) {
                both_have_looked.wait();
            }
            if known.is_some() {
                return Ok(vec!["found"]);
            }
            tx.run(
                "insert into item (item_id, what) values ($1, 'nothing')",
                &[ids[0].into()],
            )?;
            Ok(vec!["written"])
        });
        tokio::spawn(async move { batch.submit(1).await })
    });
    let mut told = Vec::new();
    for answer in answers {
        told.push(answer.await.unwrap().unwrap());
    }
    told.sort_unstable();
    assert_eq!(told, ["found", "written"]);
}

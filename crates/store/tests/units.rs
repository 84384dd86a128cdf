//! Units of work: each is kept whole or not at all, and leaves the others alone.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

use store::testing::{TestDatabase, for_each_engine};
use store::{Error, Migration, Options, Result, Store, Tx, Value};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "a counter and a list",
    sql: "create table counter (counter_id bigint primary key, value bigint not null);
          create table item (item_id bigint primary key);
          insert into counter (counter_id, value) values (1, 0), (2, 0)",
}];
const INSERT: &str = "insert into item (item_id) values ($1)";

#[derive(Debug, PartialEq)]
enum Refusal {
    NotToday,
    Fault(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

async fn items(store: &Store) -> Vec<i64> {
    let read = store.read(|tx: &mut Tx<'_>| tx.all("select item_id from item order by item_id", &[]));
    read.await
        .expect("the items can be read")
        .iter()
        .map(|row| row.int(0).expect("an id"))
        .collect()
}

/// Occupies every thread that writes until the returned sender speaks.
async fn occupy(store: &Store) -> (impl Fn(), tokio::task::JoinHandle<Result<()>>) {
    let (started, has_started) = tokio::sync::oneshot::channel();
    let (release, wait) = sync_channel::<()>(1);
    let (started, wait) = (Mutex::new(Some(started)), Mutex::new(wait));
    let store = store.clone();
    let occupied = tokio::spawn(async move {
        store
            .write(move |_: &mut Tx<'_>| {
                if let Some(started) = started.lock().expect("no panic before").take() {
                    started.send(()).expect("the test waits");
                    wait.lock().expect("no panic before").recv().expect("the test releases");
                }
                Ok::<_, Error>(())
            })
            .await
    });
    has_started.await.expect("the unit starts");
    (move || release.send(()).expect("the unit waits"), occupied)
}

#[tokio::test]
async fn of_a_group_the_failing_and_the_panicking_fail_alone() {
    for_each_engine(async |database| {
        let store = database.store().clone();
        store.migrate(SCHEMA).await.unwrap();
        let (release, occupied) = occupy(&store).await;
        let units: Vec<_> = (0..40_i64)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .write(move |tx: &mut Tx<'_>| {
                            tx.run(INSERT, &[number.into()])?;
                            match number % 4 {
                                1 => Err(Refusal::NotToday),
                                2 => panic!("unit {number} panics"),
                                3 => tx.run(INSERT, &[number.into()]).map(|_| number).map_err(Refusal::from),
                                _ => Ok(number),
                            }
                        })
                        .await
                })
            })
            .collect();
        release();
        occupied.await.unwrap().unwrap();
        for (number, unit) in (0_i64..).zip(units) {
            let wanted = match number % 4 {
                1 => Err(Refusal::NotToday),
                2 => Err(Error::Engine(format!("the unit of work panicked: unit {number} panics")).into()),
                3 => Err(Error::Conflict {
                    constraint: "item_pkey".into(),
                }
                .into()),
                _ => Ok(number),
            };
            assert_eq!(unit.await.unwrap(), wanted);
        }
        assert_eq!(
            items(&store).await,
            (0..40).filter(|number| number % 4 == 0).collect::<Vec<_>>()
        );
    })
    .await;
}

/// What a unit of the next test answers: how many items it saw, whether it was kept or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Saw(i64);

impl From<Error> for Saw {
    fn from(error: Error) -> Self {
        panic!("{error}")
    }
}

/// One after another is how they come to a database with one writer, and so each sees what those before it left: all of what
/// was kept, nothing of what was not, even where the group has to start over for one that comes later.
#[tokio::test]
async fn of_a_group_each_sees_what_was_kept_of_those_before_it() {
    const UNITS: i64 = 12;
    const ROUNDS: i64 = 200;
    let database = TestDatabase::sqlite();
    let store = database.store().clone();
    store.migrate(SCHEMA).await.unwrap();
    let mut kept = 0;
    for round in 0..ROUNDS {
        let fails = move |number: i64| (number * 7 + round * round).rem_euclid(23) == 0;
        let (release, occupied) = occupy(&store).await;
        let units: Vec<_> = (0..UNITS)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    let unit = store.write(move |tx: &mut Tx<'_>| {
                        let count = tx.one("select count(*) from item", &[])?;
                        let count = Saw(count.map_or(Ok(0), |row| row.int(0))?);
                        tx.run(INSERT, &[(round * UNITS + number).into()])?;
                        if fails(number) { Err(count) } else { Ok(count) }
                    });
                    unit.await
                })
            })
            .collect();
        // The spawned tasks run before this one goes on: the runtime of the test has one thread.
        tokio::task::yield_now().await;
        release();
        occupied.await.unwrap().unwrap();
        for (number, unit) in (0..UNITS).zip(units) {
            let (answer, wanted) = (unit.await.unwrap(), Saw(kept));
            assert_eq!(answer, if fails(number) { Err(wanted) } else { Ok(wanted) });
            kept += i64::from(!fails(number));
        }
    }
    assert!(kept < ROUNDS * UNITS, "some failed");
    assert_eq!(items(&store).await.len(), usize::try_from(kept).unwrap());
}

#[tokio::test]
async fn a_failed_statement_spoils_its_unit_even_if_the_error_is_ignored() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let conflict = Error::Conflict {
            constraint: "item_pkey".into(),
        };
        let result: Result<()> = store
            .write(|tx: &mut Tx<'_>| {
                tx.run(INSERT, &[1.into()])?;
                assert!(tx.run(INSERT, &[1.into()]).is_err());
                assert!(
                    tx.run(INSERT, &[2.into()]).is_err(),
                    "what follows a failure is refused"
                );
                Ok(())
            })
            .await;
        assert_eq!(result, Err(conflict.clone()));
        assert_eq!(items(store).await, Vec::<i64>::new());

        let result: Result<()> = store
            .write(|tx: &mut Tx<'_>| {
                tx.run(INSERT, &[1.into()])?;
                let part = tx.savepoint(|tx| {
                    tx.run(INSERT, &[2.into()])?;
                    tx.savepoint(|tx| tx.run(INSERT, &[3.into()]))?;
                    tx.run(INSERT, &[1.into()])
                });
                assert!(part.is_err());
                tx.run(INSERT, &[4.into()]).map(drop)
            })
            .await;
        assert_eq!(result, Ok(()));
        assert_eq!(items(store).await, [1, 4]);
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_turns_away_at_once_and_keeps_what_it_took() {
    for_each_engine(async |database| {
        database.reopen(Options {
            queue: 3,
            connections: 2,
            ..Options::default()
        });
        let store = database.store().clone();
        store.migrate(SCHEMA).await.unwrap();
        let (release, occupied) = occupy(&store).await;
        let waiting: Vec<_> = (0..3_i64).map(|number| insert_soon(&store, number)).collect();
        // The spawned tasks run before this one goes on: the runtime of the test has one thread.
        tokio::task::yield_now().await;
        let refused: Result<u64> = store.write(|tx: &mut Tx<'_>| tx.run(INSERT, &[9.into()])).await;
        assert_eq!(refused, Err(Error::Full));
        release();
        occupied.await.unwrap().unwrap();
        for unit in waiting {
            assert_eq!(unit.await.unwrap(), Ok(1));
        }
        assert_eq!(items(&store).await, [0, 1, 2]);
    })
    .await;
}

fn insert_soon(store: &Store, number: i64) -> tokio::task::JoinHandle<Result<u64>> {
    let store = store.clone();
    tokio::spawn(async move {
        store
            .write(move |tx: &mut Tx<'_>| tx.run(INSERT, &[number.into()]))
            .await
    })
}

#[tokio::test]
async fn racing_units_come_to_what_they_come_to_one_after_another() {
    for_each_engine(async |database| {
        let store = database.store().clone();
        store.migrate(SCHEMA).await.unwrap();
        let units: Vec<_> = (0..60_i64)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    // Reads both counters and raises one, but only while their sum is below 20: the classic write skew.
                    let unit = move |tx: &mut Tx<'_>| {
                        let sum = tx.one("select cast(sum(value) as bigint) from counter", &[])?;
                        if sum.map_or(Ok(0), |row| row.int(0))? >= 20 {
                            return Ok(false);
                        }
                        let raise = "update counter set value = value + 1 where counter_id = $1";
                        tx.run(raise, &[(1 + number % 2).into()]).map(|_| true)
                    };
                    loop {
                        match store.write(unit).await {
                            Err(error) if error.is_retryable() => {}
                            result => return result,
                        }
                    }
                })
            })
            .collect();
        let mut raised = 0;
        for unit in units {
            raised += i64::from(unit.await.unwrap().unwrap());
        }
        let sum = |tx: &mut Tx<'_>| tx.one("select cast(sum(value) as bigint) from counter", &[]);
        assert_eq!(raised, 20);
        assert_eq!(store.read(sum).await.unwrap().unwrap().int(0), Ok(20));
    })
    .await;
}

#[tokio::test]
async fn a_read_sees_one_moment_and_changes_nothing() {
    for_each_engine(async |database| {
        let store = database.store().clone();
        store.migrate(SCHEMA).await.unwrap();
        let (go_on, told) = sync_channel::<()>(1);
        let (has_read, mut heard) = tokio::sync::mpsc::channel::<()>(1);
        let told = Mutex::new(told);
        let reader = store.clone();
        let read = tokio::spawn(async move {
            reader
                .read(move |tx: &mut Tx<'_>| {
                    let before = tx.all("select item_id from item", &[])?.len();
                    has_read.blocking_send(()).unwrap();
                    told.lock().unwrap().recv().unwrap();
                    Ok::<_, Error>((before, tx.all("select item_id from item", &[])?.len()))
                })
                .await
        });
        heard.recv().await.unwrap();
        store
            .write(|tx: &mut Tx<'_>| tx.run(INSERT, &[1.into()]))
            .await
            .unwrap();
        go_on.send(()).unwrap();
        assert_eq!(read.await.unwrap(), Ok((0, 0)));
        assert_eq!(items(&store).await, [1]);
        let wrote: Result<u64> = store.read(|tx: &mut Tx<'_>| tx.run(INSERT, &[2.into()])).await;
        assert!(matches!(wrote, Err(Error::Engine(_))), "{wrote:?}");
        assert_eq!(items(&store).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn a_pipeline_is_its_statements_in_order() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let found: Result<Vec<usize>> = store
            .write(|tx: &mut Tx<'_>| {
                let one: [Value; 1] = [1.into()];
                let two: [Value; 1] = [2.into()];
                let select = "select item_id from item";
                let steps = [(INSERT, &one[..]), (select, &[]), (INSERT, &two[..]), (select, &[])];
                Ok(tx.pipeline(&steps)?.iter().map(Vec::len).collect())
            })
            .await;
        assert_eq!(found, Ok(vec![0, 1, 0, 2]));
        let failed: Result<Vec<_>> = store
            .write(|tx: &mut Tx<'_>| {
                tx.pipeline(&[(INSERT, &[3.into()]), (INSERT, &[1.into()]), (INSERT, &[4.into()])])
            })
            .await;
        assert_eq!(
            failed,
            Err(Error::Conflict {
                constraint: "item_pkey".into()
            })
        );
        assert_eq!(items(store).await, [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn one_serving_process_at_a_time_on_a_file() {
    let database = TestDatabase::sqlite();
    let second = Store::open(database.url(), Options::default()).err();
    assert!(
        matches!(&second, Some(Error::Engine(text)) if text.contains("served by another process")),
        "{second:?}"
    );
    let beside = Store::open(
        database.url(),
        Options {
            access: store::Access::Beside,
            ..Options::default()
        },
    )
    .unwrap();
    database.store().migrate(SCHEMA).await.unwrap();
    beside
        .write(|tx: &mut Tx<'_>| tx.run(INSERT, &[7.into()]))
        .await
        .unwrap();
    assert_eq!(items(database.store()).await, [7]);
}

#[tokio::test]
async fn a_store_tells_when_it_is_closed_and_leaves_nothing_beside_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("items.db");
    let url = format!("sqlite:{}", path.display());
    for (durable, number) in [(true, 1), (false, 2)] {
        let options = Options {
            durable,
            ..Options::default()
        };
        let store = Store::open(&url, options).unwrap();
        store.migrate(SCHEMA).await.unwrap();
        store
            .write(move |tx: &mut Tx<'_>| tx.run(INSERT, &[number.into()]))
            .await
            .unwrap();
        let (closed, other) = (store.closed(), store.clone());
        drop(store);
        assert!(items(&other).await.contains(&number), "another holds it");
        drop(other);
        closed.await;
        assert!(!folder.path().join("items.db-wal").exists());
    }
    assert_eq!(items(&Store::open(&url, Options::default()).unwrap()).await, [1, 2]);
}

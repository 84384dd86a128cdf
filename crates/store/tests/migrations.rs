//! Migrations: each once, whole or not at all, never edited, never from the future.

use store::testing::{TestDatabase, for_each_engine};
use store::{Access, Error, Migration, Options, Result, Store, Tx, Value};

const FIRST: Migration = Migration {
    number: 1,
    name: "first",
    sql: "create table if not exists item (item_id bigint identity primary key, name text not null, body bytea, at bigint,
              unique (name), check (at >= 0)); -- a comment; create table (
          create unique index item_name on item (name) where at is not null;
          insert into item (name) values ('create table x (bigint)')",
};
const SECOND: Migration = Migration {
    number: 2,
    name: "second",
    sql: "alter table item add column size bigint not null default 7",
};
const BROKEN: Migration = Migration {
    number: 3,
    name: "broken",
    sql: "create table other (other_id bigint primary key); insert into nowhere values (1)",
};
const THIRD: Migration = Migration {
    number: 3,
    name: "third",
    sql: "create table other (other_id bigint primary key)",
};
const EDITED: Migration = Migration {
    number: 2,
    name: "second",
    sql: "alter table item add column size bigint",
};

const ONE: &[Migration] = &[FIRST];
const TWO: &[Migration] = &[FIRST, SECOND];

async fn reason(store: &Store, migrations: &'static [Migration]) -> String {
    match store.migrate(migrations).await {
        Err(Error::Engine(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_runs_once_in_order_and_mistakes_are_refused() {
    for_each_engine(async |database| {
        let store = database.store();
        assert_eq!(store.migrate(ONE).await, Ok(vec![1]));
        assert_eq!(store.migrate(TWO).await, Ok(vec![2]));
        assert_eq!(store.migrate(TWO).await, Ok(vec![]));
        assert!(
            reason(store, ONE)
                .await
                .contains("migration 2 of the database is unknown to this program")
        );
        assert!(
            reason(store, &[FIRST, EDITED])
                .await
                .contains("migration 2, second, was edited")
        );
        assert!(
            reason(store, &[SECOND, FIRST])
                .await
                .contains("not numbered in rising order")
        );
        assert!(
            reason(store, &[FIRST, Migration { number: 3, ..SECOND }])
                .await
                .contains("unknown")
        );
        assert!(
            reason(store, &[Migration { number: 0, ..THIRD }, FIRST, SECOND])
                .await
                .contains("was put in before")
        );
        assert!(
            reason(
                store,
                &[
                    FIRST,
                    SECOND,
                    Migration {
                        sql: "select $1",
                        ..THIRD
                    }
                ]
            )
            .await
            .contains("no parameters")
        );

        // What fails midway leaves nothing, and the repaired one runs.
        assert!(store.migrate(&[FIRST, SECOND, BROKEN]).await.is_err());
        assert_eq!(store.migrate(&[FIRST, SECOND, THIRD]).await, Ok(vec![3]));

        let row = store.write(|tx: &mut Tx<'_>| {
            tx.one(
                "insert into item (name, body, at) values ($1, $2, 0) returning item_id, size",
                &["b".into(), Value::Blob(vec![0])],
            )
        });
        let row = row.await.unwrap().unwrap();
        assert_eq!((row.int(0), row.int(1)), (Ok(2), Ok(7)));
        let wrong: Result<u64> = store
            .write(|tx: &mut Tx<'_>| tx.run("insert into item (name, at) values ('c', 'soon')", &[]))
            .await;
        assert!(
            matches!(wrong, Err(Error::Engine(_))),
            "types are strict on both: {wrong:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_database_has_been_through_can_be_asked() {
    for_each_engine(async |database| {
        let store = database.store();
        assert_eq!(store.schema().await, Ok(None));
        store.migrate(TWO).await.unwrap();
        assert_eq!(store.schema().await, Ok(Some(2)));
    })
    .await;
}

#[test]
fn a_database_that_is_not_to_be_made_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    let options = Options {
        access: Access::Beside,
        create: false,
        ..Options::default()
    };
    let opened = Store::open(&format!("sqlite:{}", path.display()), options);
    assert!(matches!(opened.map(drop), Err(Error::Absent(_))));
    assert!(!path.exists());
}

#[tokio::test]
async fn two_nodes_that_start_at_once_run_each_once() {
    for_each_engine(async |database| {
        let other = Store::open(
            database.url(),
            Options {
                access: Access::Beside,
                ..Options::default()
            },
        )
        .unwrap();
        let (one, two) = tokio::join!(database.store().migrate(TWO), other.migrate(TWO));
        let mut run = [one.unwrap(), two.unwrap()].concat();
        run.sort_unstable();
        assert_eq!(run, [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_put_into_a_file_of_another_program() {
    let database = TestDatabase::sqlite();
    let store = database.store();
    let made = store.write(|tx: &mut Tx<'_>| tx.run("create table recipe (name text)", &[]));
    made.await.unwrap();
    assert!(reason(store, TWO).await.contains("the table recipe of another program"));
    let tables = store.read(|tx: &mut Tx<'_>| {
        let sql = "select cast(count(*) as bigint) from sqlite_schema";
        tx.one(sql, &[])?.map_or(Ok(0), |row| row.int(0))
    });
    assert_eq!(tables.await, Ok::<i64, Error>(1));
}

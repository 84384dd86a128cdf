//! One story, told by both engines in the same words.

use store::testing::for_each_engine;
use store::{Error, Migration, Result, Row, Rows, Tx, Value};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "the tables of the story",
    sql: "create table account (account_id text primary key, owner text, balance bigint not null,
              constraint account_balance_not_negative check (balance >= 0));
          create table job (job_id bigint identity primary key, account_id text not null references account (account_id),
              run_at bigint not null, state text not null, body bytea, unique (account_id, run_at));
          create unique index job_one_running on job (account_id) where state = 'running'; -- at most one",
}];

type Script = Vec<(&'static str, Vec<Value>)>;

fn story() -> Script {
    let accounts = Rows::of([
        ["a".into(), 10_i64.into()],
        ["b".into(), 20_i64.into()],
        ["c".into(), 0_i64.into()],
    ]);
    let bodies: [&[u8]; 2] = [b"\x00\xff", b""];
    let jobs = Rows::of([
        ["a".into(), 5_i64.into(), bodies[0].into()],
        ["b".into(), 6_i64.into(), bodies[1].into()],
        ["c".into(), 7_i64.into(), None::<&[u8]>.into()],
    ]);
    let ids = || Value::Rows(Rows::of([["a".into()], ["z".into()], ["b".into()]]));
    vec![
        (
            "insert into account (account_id, balance) select r.account_id, r.balance from rows($1: account_id text, balance bigint)",
            vec![accounts.clone().into()],
        ),
        (
            "insert into account (account_id, balance) select r.account_id, r.balance from rows($1: account_id text, balance bigint) on conflict do nothing returning account_id",
            vec![accounts.clone().into()],
        ),
        (
            "insert into account (account_id, balance) select r.account_id, r.balance from rows ( $1 : account_id text , balance BIGINT )\n on conflict (account_id) do update set balance = account.balance + excluded.balance returning account_id, balance",
            vec![accounts.into()],
        ),
        (
            "select account_id, owner, balance from account order by account_id",
            vec![],
        ),
        (
            "select account.account_id, account.balance from account, rows($1: id text) where account.account_id = r.id for update",
            vec![ids()],
        ),
        (
            "select account_id from account where balance >= $1 order by account_id limit $2 for update skip locked",
            vec![0.into(), 2.into()],
        ),
        (
            "update account set balance = $2 + r.amount from rows($1: id text, amount bigint) where account.account_id = r.id returning account.account_id, account.balance",
            vec![Rows::of([["b".into(), 7_i64.into()]]).into(), 100.into()],
        ),
        (
            "select balance from account where balance > $2 and account_id = $1",
            vec!["a".into(), 0.into()],
        ),
        (
            "insert into job (account_id, run_at, state, body) select r.a, r.at, 'ready', r.body from rows($1: a text, at bigint, body bytea) returning job_id, body",
            vec![jobs.into()],
        ),
        (
            "insert into job (account_id, run_at, state) values ($1, $2, $3) returning job_id",
            vec!["a".into(), 9.into(), "ready".into()],
        ),
        (
            "update job set state = 'running' where job_id in (select job_id from job where state = 'ready' and run_at <= $1 order by run_at, job_id limit 10 for update) returning job_id",
            vec![5.into()],
        ),
        (
            "select exists (select 1 from job where body is not distinct from $1)",
            vec![Value::Null],
        ),
        (
            "select cast(coalesce(sum(balance), 0) as bigint), count(*), min(account_id) from account",
            vec![],
        ),
        (
            "select 'rows($9: x text) for update $7' as quoted -- $3 for update\n /* rows( */",
            vec![],
        ),
        (
            "select owner is null, $1 from account where account_id = 'a'",
            vec!["text with ' and \u{20ac}".into()],
        ),
        (
            "insert into account (account_id, balance) values ($1, $2)",
            vec!["a".into(), 5.into()],
        ),
        (
            "insert into account (account_id, balance) values ($1, $2)",
            vec!["d".into(), (-5).into()],
        ),
        (
            "update account set balance = balance - $1 where account_id = $2",
            vec![1_000.into(), "a".into()],
        ),
        (
            "insert into job (account_id, run_at, state) values ('nobody', 1, 'ready')",
            vec![],
        ),
        (
            "insert into job (account_id, run_at, state) values ('a', 5, 'ready')",
            vec![],
        ),
        (
            "insert into job (account_id, run_at, state) values ('a', 50, 'running')",
            vec![],
        ),
        ("delete from job where run_at > $1 returning account_id", vec![6.into()]),
        (
            "with gone as (select account_id from account where balance > $1) select account_id from gone order by account_id",
            vec![50.into()],
        ),
        (
            "select account_id, sum(balance) over (order by account_id) is not null from account order by account_id desc nulls last",
            vec![],
        ),
        (
            "select account_id from account where (balance, account_id) < ($1, $2) order by balance, account_id limit 1",
            vec![21.into(), "b".into()],
        ),
        (
            "update account set owner = $1 where account_id = $2 returning owner",
            vec![Value::Null, "a".into()],
        ),
        (
            "update account set owner = $1 where account_id = $2 returning owner",
            vec!["ann".into(), "a".into()],
        ),
        ("select count(*) filter (where owner is not null) from account", vec![]),
        ("delete from account where account_id = $1", vec!["b".into()]),
        ("delete from job", vec![]),
        ("delete from account", vec![]),
        ("select job_id from job", vec![]),
    ]
}

fn told(result: &Result<Vec<Row>>) -> String {
    match result {
        Ok(rows) => format!("{rows:?}"),
        Err(Error::Conflict { constraint }) => format!("conflict with {constraint}"),
        Err(error) => format!("error {error}"),
    }
}

#[tokio::test]
async fn both_engines_tell_the_same_story() {
    let stories = std::sync::Mutex::new(Vec::new());
    for_each_engine(async |database| {
        let store = database.store();
        assert_eq!(store.migrate(SCHEMA).await, Ok(vec![1]));
        let log: Result<Vec<String>> = store
            .write(|tx: &mut Tx<'_>| {
                let tell = |(sql, params): (&'static str, Vec<Value>)| told(&tx.savepoint(|tx| tx.all(sql, &params)));
                Ok(story().into_iter().map(tell).collect())
            })
            .await;
        stories.lock().unwrap().push(log.unwrap());
    })
    .await;
    let stories = stories.into_inner().unwrap();
    for (line, (one, other)) in stories[0].iter().zip(&stories[1]).enumerate() {
        assert_eq!(one, other, "line {line}: {}", story()[line].0);
    }
    assert_eq!(stories[0][15], "conflict with account_pkey");
    assert_eq!(stories[0][16], "conflict with account_balance_not_negative");
    assert_eq!(stories[0][18], "conflict with foreign_key");
    assert_eq!(stories[0][19], "conflict with job_account_id_run_at_key");
    assert_eq!(stories[0][20], "conflict with job_one_running");
    assert!(!stories[0].iter().any(|line| line.starts_with("error")), "{stories:#?}");
}

#[tokio::test]
async fn a_statement_can_be_shown_to_both_engines_without_running_it() {
    for_each_engine(async |database| {
        database.store().migrate(SCHEMA).await.unwrap();
        for (sql, _) in story() {
            assert_eq!(database.understands(sql).await, Ok(()), "{sql}");
        }
        let wrong = database.understands("select nothing from account").await;
        assert!(matches!(wrong, Err(Error::Engine(_))), "{wrong:?}");
        assert_eq!(database.understands("delete from account").await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn texts_compare_and_sort_by_their_bytes() {
    for_each_engine(async |database| {
        let mut words = [
            "~", "pur_1", "B", "a", "_", "é", "Z", "aB", "ab", "a-c", "日", "", "pur-2", "Pur_1",
        ];
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let rows = move || Value::Rows(Rows::of(words.iter().map(|word| [(*word).into()])));
        let insert = "insert into account (account_id, owner, balance) select r.id, r.id, 0 from rows($1: id text)";
        store
            .write(move |tx: &mut Tx<'_>| tx.run(insert, &[rows()]))
            .await
            .unwrap();
        words.sort_unstable();
        let texts = async |sql: &'static str, params: Vec<Value>| -> Vec<String> {
            let found = store.write(move |tx: &mut Tx<'_>| tx.all(sql, &params)).await.unwrap();
            found.iter().map(|row| row.text(0).unwrap()).collect()
        };
        for sql in [
            "select account_id from account order by account_id",
            "select account_id from account order by account_id for update",
            "select owner from account order by owner",
            "with known as (select owner from account) select owner from known order by owner",
        ] {
            assert_eq!(texts(sql, vec![]).await, words, "{sql}");
        }
        let least = texts("select min(owner) from account where owner > $1", vec!["".into()]).await;
        assert_eq!(least, [words[1]]);
        for word in words {
            let below: Vec<_> = words.iter().copied().filter(|other| *other < word).collect();
            let sql = "select account_id from account where account_id < $1 order by account_id";
            assert_eq!(texts(sql, vec![word.into()]).await, below, "{word}");
            let sql = "select account.account_id from rows($1: id text), account
                where account.account_id < r.id and r.id > account.owner order by account.account_id";
            let one = Value::Rows(Rows::of([[word.into()]]));
            assert_eq!(texts(sql, vec![one]).await, below, "{word} as a row");
        }
        let sql =
            "select account.account_id from rows($1: id text) join account on account.account_id = r.id order by r.id";
        let sorted = Value::Rows(Rows::of(words.iter().map(|word| [(*word).into()])));
        assert_eq!(texts(sql, vec![sorted]).await, words);
    })
    .await;
}

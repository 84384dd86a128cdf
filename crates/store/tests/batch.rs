//! Batches come to what their members come to one after another, and a bad member fails alone.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::testing::{TestDatabase, for_each_engine};
use store::{Batch, BatchLimits, Error, Migration, Options, Result, Rows, Store, Tx};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "accounts and transfers",
    sql: "create table account (account_id bigint primary key, balance bigint not null,
              constraint account_not_negative check (balance >= 0));
          create table transfer (transfer_id bigint primary key, debit_id bigint not null, credit_id bigint not null,
              amount bigint not null)",
}];
const ACCOUNTS: i64 = 4;

#[derive(Clone, Copy, Debug)]
struct Transfer {
    id: i64,
    debit: i64,
    credit: i64,
    amount: i64,
}

/// What became of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Posted {
    Done { debit_balance: i64 },
    Insufficient,
    AlreadyThere,
}

/// The pure decision, over balances that have been read.
fn decide(balances: &mut BTreeMap<i64, i64>, known: bool, transfer: &Transfer) -> Posted {
    let debit = balances.get(&transfer.debit).copied().unwrap_or_default();
    if known {
        return Posted::AlreadyThere;
    }
    if debit < transfer.amount {
        return Posted::Insufficient;
    }
    *balances.entry(transfer.debit).or_default() -= transfer.amount;
    *balances.entry(transfer.credit).or_default() += transfer.amount;
    Posted::Done {
        debit_balance: balances[&transfer.debit],
    }
}

/// Read set, decide, write set: a fixed number of statements however many transfers there are.
fn post(tx: &mut Tx<'_>, transfers: &[Transfer]) -> Result<Vec<Posted>> {
    let known: Vec<i64> = {
        let ids = Rows::of(transfers.iter().map(|one| [one.id.into()]));
        let sql = "select transfer.transfer_id from transfer, rows($1: id bigint) where transfer.transfer_id = r.id";
        tx.all(sql, &[ids.into()])?
            .iter()
            .map(|row| row.int(0))
            .collect::<Result<_>>()?
    };
    let mut known: std::collections::BTreeSet<i64> = known.into_iter().collect();
    let rows = tx.all(
        "select account_id, balance from account order by account_id for update",
        &[],
    )?;
    let mut balances = BTreeMap::new();
    for row in rows {
        balances.insert(row.int(0)?, row.int(1)?);
    }
    let mut done = Rows::new();
    let mut results = Vec::new();
    for one in transfers {
        let posted = decide(&mut balances, known.contains(&one.id), one);
        if let Posted::Done { .. } = posted {
            known.insert(one.id);
            done.push([one.id.into(), one.debit.into(), one.credit.into(), one.amount.into()]);
        }
        results.push(posted);
    }
    tx.run(
        "insert into transfer (transfer_id, debit_id, credit_id, amount) select r.id, r.debit, r.credit, r.amount
         from rows($1: id bigint, debit bigint, credit bigint, amount bigint)",
        &[done.into()],
    )?;
    let balances = Rows::of(balances.iter().map(|(id, balance)| [(*id).into(), (*balance).into()]));
    tx.run(
        "update account set balance = r.balance from rows($1: id bigint, balance bigint) where account.account_id = r.id",
        &[balances.into()],
    )?;
    Ok(results)
}

async fn reset(store: &Store) -> Result<()> {
    store
        .write(|tx: &mut Tx<'_>| {
            tx.run("delete from transfer", &[])?;
            tx.run("delete from account", &[])?;
            let accounts = Rows::of((0..ACCOUNTS).map(|id| [id.into(), 50_i64.into()]));
            let sql = "insert into account (account_id, balance) select r.id, r.balance from rows($1: id bigint, balance bigint)";
            tx.run(sql, &[accounts.into()]).map(drop)
        })
        .await
}

async fn state(store: &Store) -> Result<Vec<store::Row>> {
    store
        .read(|tx: &mut Tx<'_>| {
            let mut rows = tx.all("select account_id, balance from account order by account_id", &[])?;
            rows.extend(tx.all(
                "select transfer_id, debit_id, credit_id, amount from transfer order by transfer_id",
                &[],
            )?);
            Ok(rows)
        })
        .await
}

/// Submits all at once, so that they share flushes in their order.
async fn together(batch: &Batch<Transfer, Posted>, transfers: &[Transfer]) -> Vec<Result<Posted>> {
    let submitted: Vec<_> = transfers
        .iter()
        .map(|one| {
            let (batch, one) = (batch.clone(), *one);
            tokio::spawn(async move { batch.submit(one).await })
        })
        .collect();
    let mut results = Vec::new();
    for one in submitted {
        results.push(one.await.expect("a submission does not panic"));
    }
    results
}

fn transfers() -> impl Strategy<Value = Vec<Transfer>> {
    let transfer = (0..12_i64, 0..ACCOUNTS, 0..ACCOUNTS, 0..40_i64);
    let transfer = transfer.prop_map(|(id, debit, credit, amount)| Transfer {
        id,
        debit,
        credit,
        amount,
    });
    proptest::collection::vec(transfer, 1..24)
}

#[test]
fn a_batch_equals_its_members_one_after_another() {
    // One thread, so that the members are submitted in their order.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for make in [TestDatabase::sqlite, TestDatabase::postgres] {
        let database = make();
        let store = database.store();
        runtime.block_on(store.migrate(SCHEMA)).unwrap();
        let batch = store.batch(
            "post",
            BatchLimits {
                max_items: 5,
                ..BatchLimits::default()
            },
            post,
        );
        let one = store.batch(
            "post",
            BatchLimits {
                max_items: 1,
                ..BatchLimits::default()
            },
            post,
        );
        let mut runner = TestRunner::new(Config {
            cases: 60,
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&transfers(), |transfers| {
            runtime.block_on(async {
                reset(store).await.unwrap();
                let mut alone = Vec::new();
                for transfer in &transfers {
                    alone.push(one.submit(*transfer).await);
                }
                let wanted = state(store).await.unwrap();
                reset(store).await.unwrap();
                // Two flushes may be under way at once on a server, so there the order is given by one call of the work.
                let shared = if database.is_shared() {
                    let whole = transfers.clone();
                    let posted = store.write(move |tx: &mut Tx<'_>| post(tx, &whole)).await;
                    posted.unwrap().into_iter().map(Ok).collect()
                } else {
                    together(&batch, &transfers).await
                };
                prop_assert_eq!(shared, alone);
                prop_assert_eq!(state(store).await.unwrap(), wanted);
                Ok(())
            })
        });
        outcome.unwrap();
    }
}

#[tokio::test]
async fn a_bad_member_fails_alone_with_its_own_error() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let insert = store.batch("insert", BatchLimits::default(), |tx: &mut Tx<'_>, items: &[i64]| {
            let rows = Rows::of(items.iter().map(|id| [(*id).into(), (10 - *id).into()]));
            tx.run(
                "insert into account (account_id, balance) select r.id, r.b from rows($1: id bigint, b bigint)",
                &[rows.into()],
            )?;
            assert!(!items.contains(&5), "member five panics");
            let silent = if items.contains(&6) { 0 } else { items.len() };
            Ok(items.iter().map(|id| id * 2).take(silent).collect())
        });
        store
            .write(|tx: &mut Tx<'_>| tx.run("insert into account (account_id, balance) values (3, 0)", &[]))
            .await
            .unwrap();
        let submitted: Vec<_> = (0..12_i64)
            .map(|id| {
                tokio::spawn({
                    let insert = insert.clone();
                    async move { insert.submit(id).await }
                })
            })
            .collect();
        for (id, one) in (0_i64..).zip(submitted) {
            match (id, one.await.unwrap()) {
                (3, result) => assert_eq!(
                    result,
                    Err(Error::Conflict {
                        constraint: "account_pkey".into()
                    })
                ),
                (11, result) => assert_eq!(
                    result,
                    Err(Error::Conflict {
                        constraint: "account_not_negative".into()
                    })
                ),
                (5, Err(Error::Engine(text))) => assert!(text.contains("member five panics"), "{text}"),
                (6, Err(Error::Engine(text))) => assert!(text.contains("returned 0 outputs for 1 members"), "{text}"),
                (id, result) => assert_eq!(result, Ok(id * 2)),
            }
        }
        let count = store
            .read(|tx: &mut Tx<'_>| tx.one("select count(*) from account", &[]))
            .await
            .unwrap();
        assert_eq!(count.unwrap().int(0), Ok(9));
    })
    .await;
}

#[tokio::test]
async fn members_that_come_together_share_a_flush_and_each_has_a_result_of_its_own() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let sizes = std::sync::Arc::new(Mutex::new(Vec::new()));
        let seen = std::sync::Arc::clone(&sizes);
        let limits = BatchLimits {
            max_pending: 4,
            ..BatchLimits::default()
        };
        let insert = store.batch("insert", limits, move |tx: &mut Tx<'_>, items: &[i64]| {
            seen.lock().unwrap().push(items.len());
            let rows = Rows::of(items.iter().map(|balance| [(*balance).into(), (*balance).into()]));
            tx.run(
                "insert into account (account_id, balance) select r.id, r.b from rows($1: id bigint, b bigint)",
                &[rows.into()],
            )?;
            Ok(items.to_vec())
        });
        let refused = Error::Conflict {
            constraint: "account_not_negative".into(),
        };
        let results = insert.submit_all(vec![7, 8, -1, 9, 10, 11]).await;
        let wanted = vec![Ok(7), Ok(8), Err(refused), Ok(9), Err(Error::Full), Err(Error::Full)];
        assert_eq!(results, wanted);
        assert_eq!(sizes.lock().unwrap()[0], 4, "they were flushed together");
        assert_eq!(insert.submit_all(vec![]).await, vec![]);
        let count = store
            .read(|tx: &mut Tx<'_>| tx.one("select count(*) from account", &[]))
            .await;
        assert_eq!(count.unwrap().unwrap().int(0), Ok(3));
    })
    .await;
}

#[tokio::test]
async fn a_full_batch_turns_away_at_once_and_members_share_flushes() {
    for_each_engine(async |database| {
        database.reopen(Options {
            connections: 2,
            ..Options::default()
        });
        let store = database.store();
        let (go_on, told) = sync_channel::<()>(8);
        let (has_started, mut heard) = tokio::sync::mpsc::channel::<()>(8);
        let told = Mutex::new(told);
        let flushes = std::sync::Arc::new(AtomicUsize::new(0));
        let counted = std::sync::Arc::clone(&flushes);
        let limits = BatchLimits {
            max_items: 100,
            max_pending: 4,
            ..BatchLimits::default()
        };
        let batch = store.batch("slow", limits, move |_: &mut Tx<'_>, items: &[i64]| {
            counted.fetch_add(1, Ordering::Relaxed);
            has_started.blocking_send(()).unwrap();
            told.lock().unwrap().recv().unwrap();
            Ok(items.to_vec())
        });
        let submit = |id: i64| {
            tokio::spawn({
                let batch = batch.clone();
                async move { batch.submit(id).await }
            })
        };
        let mut accepted = vec![submit(0)];
        heard.recv().await.unwrap();
        accepted.extend((1..=4).map(submit));
        tokio::task::yield_now().await;
        assert_eq!(batch.submit(9).await, Err(Error::Full));
        for _ in 0..3 {
            go_on.send(()).unwrap();
        }
        for (id, one) in (0..).zip(accepted) {
            assert_eq!(one.await.unwrap(), Ok(id));
        }
        assert_eq!(
            flushes.load(Ordering::Relaxed),
            2,
            "the four that waited shared a flush"
        );
    })
    .await;
}

#[tokio::test]
async fn work_goes_on_when_the_waiting_is_given_up() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let batch = store.batch("insert", BatchLimits::default(), |tx: &mut Tx<'_>, items: &[i64]| {
            let rows = Rows::of(items.iter().map(|id| [(*id).into()]));
            tx.run(
                "insert into account (account_id, balance) select r.id, 0 from rows($1: id bigint)",
                &[rows.into()],
            )?;
            Ok(vec![(); items.len()])
        });
        {
            let mut given_up = std::pin::pin!(batch.submit(1));
            let polled = std::future::poll_fn(|ctx| std::task::Poll::Ready(given_up.as_mut().poll(ctx))).await;
            drop(polled);
        }
        batch.submit(2).await.unwrap();
        let count = store
            .read(|tx: &mut Tx<'_>| tx.one("select count(*) from account", &[]))
            .await
            .unwrap();
        assert!(count.unwrap().int(0).unwrap() >= 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_acknowledged_when_a_savepoint_itself_fails() {
    for_each_engine(async |database| {
        database.reopen(Options {
            connections: 2,
            ..Options::default()
        });
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let (go_on, told) = sync_channel::<()>(1);
        let (has_started, mut heard) = tokio::sync::mpsc::channel::<()>(1);
        let told = Mutex::new(told);
        let insert = store.batch(
            "insert",
            BatchLimits::default(),
            move |tx: &mut Tx<'_>, items: &[i64]| {
                if items == [-1] {
                    has_started.blocking_send(()).unwrap();
                    told.lock().unwrap().recv().unwrap();
                    return Ok(vec![()]);
                }
                if items.len() > 1 {
                    return Err(Error::Engine("member by member, please".into()));
                }
                tx.run(
                    "insert into account (account_id, balance) values ($1, 0)",
                    &[items[0].into()],
                )?;
                if items == [3] {
                    // The batch's own end of the savepoint now fails and spoils the transaction, as if it had been cancelled.
                    tx.run("release savepoint part", &[])?;
                }
                Ok(vec![()])
            },
        );
        let submit = |id: i64| {
            let insert = insert.clone();
            tokio::spawn(async move { insert.submit(id).await })
        };
        let first = submit(-1);
        heard.recv().await.unwrap();
        let others: Vec<_> = (0..6).map(|id| (id, submit(id))).collect();
        // The spawned tasks run before this one goes on: the runtime of the test has one thread.
        tokio::task::yield_now().await;
        go_on.send(()).unwrap();
        first.await.unwrap().unwrap();
        for (id, one) in others {
            assert_eq!(one.await.unwrap(), Err(Error::Busy), "{id}");
        }
        assert_eq!(state(store).await, Ok(vec![]));
    })
    .await;
}

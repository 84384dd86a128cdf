//! `rows($n: …)`: many rows as one parameter mean the same on both engines.

use store::testing::{TestDatabase, for_each_engine};
use store::{BatchLimits, Error, Migration, Result, Row, Rows, Tx, Value};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "one table",
    sql: "create table item (item_id text primary key, amount bigint, body bytea, note text)",
}];
const INSERT: &str = "insert into item (item_id, amount, body, note)
    select r.item_id, r.amount, r.body, $2 from rows($1: item_id text, amount bigint, body bytea)
    on conflict (item_id) do nothing returning item_id, amount, body, note";

async fn all(database: &TestDatabase, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>> {
    database
        .store()
        .write(move |tx: &mut Tx<'_>| tx.all(sql, &params))
        .await
}

async fn run(database: &TestDatabase, sql: &'static str, params: Vec<Value>) -> Result<u64> {
    database
        .store()
        .write(move |tx: &mut Tx<'_>| tx.run(sql, &params))
        .await
}

#[tokio::test]
async fn nulls_blobs_and_texts_come_back_as_they_went_in_and_in_order() {
    for_each_engine(async |database| {
        database.store().migrate(SCHEMA).await.unwrap();
        let every_byte: Vec<u8> = (0..=255).collect();
        let rows = Rows::of([
            ["b".into(), i64::MIN.into(), every_byte.as_slice().into()],
            ["a".into(), None::<i64>.into(), None::<&[u8]>.into()],
            ["".into(), i64::MAX.into(), [].as_slice().into()],
            ["日本 \u{1f600} '\"\\".into(), 0_i64.into(), None::<&[u8]>.into()],
            ["b".into(), 7_i64.into(), None::<&[u8]>.into()],
        ]);
        let back = all(database, INSERT, vec![rows.into(), Value::Null]).await.unwrap();
        assert_eq!(back.len(), 4, "the second b was not inserted");
        assert_eq!(back[0].text(0).unwrap(), "b");
        assert_eq!((back[0].int(1), back[0].blob(2)), (Ok(i64::MIN), Ok(every_byte)));
        assert_eq!(
            (back[1].opt_int(1), back[1].opt_blob(2), back[1].opt_text(3)),
            (Ok(None), Ok(None), Ok(None))
        );
        assert_eq!((back[2].int(1), back[2].blob(2)), (Ok(i64::MAX), Ok(vec![])));
        assert_eq!(back[3].text_ref(0).unwrap(), "日本 \u{1f600} '\"\\");
    })
    .await;
}

#[tokio::test]
async fn no_rows_run_nothing_and_changes_are_summed() {
    for_each_engine(async |database| {
        database.store().migrate(SCHEMA).await.unwrap();
        assert_eq!(
            all(database, INSERT, vec![Rows::new().into(), "x".into()]).await,
            Ok(vec![])
        );
        assert_eq!(run(database, INSERT, vec![Rows::new().into(), "x".into()]).await, Ok(0));
        let names: Vec<String> = (0..2_000).map(|number| format!("item {number:05}")).collect();
        let rows = Rows::of(
            names
                .iter()
                .map(|name| [name.into(), 1_i64.into(), None::<&[u8]>.into()]),
        );
        assert_eq!(
            run(database, INSERT, vec![rows.clone().into(), "x".into()]).await,
            Ok(2_000)
        );
        assert_eq!(run(database, INSERT, vec![rows.into(), "x".into()]).await, Ok(0));
        let update = "update item set amount = item.amount + r.amount from rows($2: id text, amount bigint)
            where item.item_id = r.id and item.note = $1";
        let some = Rows::of(names[..10].iter().map(|name| [name.into(), 5_i64.into()]));
        assert_eq!(run(database, update, vec!["x".into(), some.into()]).await, Ok(10));
        let sum = all(database, "select cast(sum(amount) as bigint) from item", vec![])
            .await
            .unwrap();
        assert_eq!(sum[0].int(0), Ok(2_050));
        assert_eq!(
            run(database, "select item_id from item where amount = $1", vec![6.into()]).await,
            Ok(10)
        );
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let one = || Value::Rows(Rows::of([["a".into(), 1_i64.into(), None::<&[u8]>.into()]]));
    let mut ragged = Rows::of([["a".into(), 1_i64.into(), None::<&[u8]>.into()]]);
    ragged.push(["b".into()]);
    let cases: Vec<(&'static str, Vec<Value>, &str)> = vec![
        (INSERT, vec![one()], "1 parameters are given and 2 are asked for"),
        (
            INSERT,
            vec![one(), Value::Null, Value::Null],
            "3 parameters are given and 2 are asked for",
        ),
        (
            INSERT,
            vec!["a".into(), Value::Null],
            "one value is given for a rows(…) mark",
        ),
        (INSERT, vec![one(), one()], "rows are given for a single parameter"),
        (
            INSERT,
            vec![Rows::of([["a".into()]]).into(), Value::Null],
            "whose width is not that of",
        ),
        (INSERT, vec![ragged.into(), Value::Null], "whose width is not that of"),
        (
            "select 1 from item where item_id = $2",
            vec![Value::Null, Value::Null],
            "$1 is never used",
        ),
        ("select $", vec![], "a `$` is not followed by a parameter number"),
        ("select $0", vec![], "a `$` is not followed by a parameter number"),
        ("select $1000", vec![], "a `$` is not followed by a parameter number"),
        (
            "select $99999999999999999999999",
            vec![],
            "a `$` is not followed by a parameter number",
        ),
        ("select 'open", vec![], "a literal is not closed"),
        ("select \"open", vec![], "a quoted name is not closed"),
        ("select /* open", vec![], "a comment is not closed"),
        ("select /* a /* b */ 1 */", vec![], "comments are nested"),
        (
            "select 1 from rows(1)",
            vec![],
            "`rows(` is not followed by a parameter",
        ),
        (
            "select 1 from rows($1)",
            vec![one()],
            "`rows($1` is not followed by `:`",
        ),
        ("select 1 from rows($1: )", vec![one()], "are not `name type, …`"),
        (
            "select 1 from rows($1: a integer)",
            vec![one()],
            "neither text, bigint nor bytea",
        ),
        ("select 1 from rows($1: a text, a text)", vec![one()], "is there twice"),
        ("select 1 from rows($1: a text", vec![one()], "is not closed"),
        (
            "select 1 from rows($1: a text), rows($2: b text)",
            vec![one(), one()],
            "more than one rows(…) mark",
        ),
        (
            "select $1 from rows($1: a text)",
            vec![one()],
            "both as a set of rows and as a value",
        ),
        (
            "select 1 from item for update skip",
            vec![],
            "is not followed by `locked`",
        ),
    ];
    for_each_engine(async |database| {
        database.store().migrate(SCHEMA).await.unwrap();
        for (sql, params, reason) in &cases {
            match all(database, sql, params.clone()).await {
                Err(Error::Engine(text)) if text.contains(reason) => {}
                other => panic!("{sql}: {other:?} instead of {reason}"),
            }
        }
        assert_eq!(all(database, "select item_id from item", vec![]).await, Ok(vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_column_of_another_kind_is_an_error_of_its_own() {
    for_each_engine(async |database| {
        let sql = "select cast($1 as text), cast($2 as bigint), cast($3 as bigint)";
        let rows = all(database, sql, vec!["a".into(), 2.into(), Value::Null])
            .await
            .unwrap();
        let row = &rows[0];
        assert_eq!(row.width(), 3);
        assert_eq!(
            row.int(0),
            Err(Error::Corrupt("column 0 holds text where bigint is expected".into()))
        );
        assert_eq!(
            row.text(1),
            Err(Error::Corrupt("column 1 holds bigint where text is expected".into()))
        );
        assert_eq!(
            row.flag(1),
            Err(Error::Corrupt("column 1 holds 2 where 0 or 1 is expected".into()))
        );
        assert_eq!(
            row.blob(2),
            Err(Error::Corrupt("column 2 holds null where bytea is expected".into()))
        );
        assert_eq!(
            row.opt_int(3),
            Err(Error::Engine("column 3 is asked for and the row has 3".into()))
        );
    })
    .await;
}

#[tokio::test]
async fn a_text_with_a_zero_byte_is_refused_as_such_and_alone() {
    for_each_engine(async |database| {
        let store = database.store();
        store.migrate(SCHEMA).await.unwrap();
        let refused = Error::Unstorable("a text with a zero byte cannot be stored".into());
        assert!(!refused.is_retryable());
        let row = |id: &'static str| Value::Rows(Rows::of([[id.into(), 1_i64.into(), None::<&[u8]>.into()]]));
        for params in [vec![row("a"), "zero \0 byte".into()], vec![row("\0"), Value::Null]] {
            assert_eq!(all(database, INSERT, params).await, Err(refused.clone()));
        }
        let batch = store.batch("insert", BatchLimits::default(), |tx: &mut Tx<'_>, ids: &[&str]| {
            let rows = Rows::of(ids.iter().map(|id| [(*id).into(), 1_i64.into(), None::<&[u8]>.into()]));
            tx.run(INSERT, &[rows.into(), Value::Null])?;
            Ok(vec![(); ids.len()])
        });
        let answers = tokio::join!(batch.submit("a"), batch.submit("b\0"), batch.submit("c"));
        assert_eq!(answers, (Ok(()), Err(refused), Ok(())));
        let kept = all(database, "select item_id from item order by item_id", vec![]).await;
        assert_eq!(kept.unwrap().len(), 2);
    })
    .await;
}

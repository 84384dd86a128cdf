//! Bringing the schema up to date.
//!
//! Promises: nothing is put into a file of another program; each migration is kept whole or not at all; two nodes that start at once run each once; an edited migration, and a
//! database that is ahead of the program, are refused. Migrations only go forward.

use aws_lc_rs::digest;

use crate::crash_point::crash_point;
use crate::unit::Mode;
use crate::{Error, Result, Store, Tx, Value};

/// One step of the schema. Its text is never changed once it is released.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its place in the order, from 1 on.
    pub number: u32,
    /// What it does, in a few words.
    pub name: &'static str,
    /// Its statements, in the common text: types `text`, `bigint`, `bytea`, and `bigint identity primary key` for a key that the
    /// database counts up by itself, `autoincrement` behind it where rows with numbers below 1 are given them.
    pub sql: &'static str,
}

const TABLE: &str = "create table if not exists store_migration (number bigint primary key, name text not null, checksum text not null)";

/// Runs what has not been run yet and returns its numbers.
pub(crate) async fn migrate(store: &Store, migrations: &'static [Migration]) -> Result<Vec<u32>> {
    if !migrations.windows(2).all(|pair| pair[0].number < pair[1].number) {
        return Err(Error::Engine("the migrations are not numbered in rising order".into()));
    }
    let mut done = Vec::new();
    while let Some(number) = store
        .call(Mode::Locking, move |tx: &mut Tx<'_>| step(tx, migrations))
        .await?
    {
        done.push(number);
    }
    Ok(done)
}

/// The number of the newest migration that has been run.
pub(crate) async fn newest(store: &Store) -> Result<Option<u32>> {
    let found: Option<i64> = store
        .read(|tx: &mut Tx<'_>| -> Result<Option<i64>> {
            if !tx.has_table("store_migration")? {
                return Ok(None);
            }
            let newest = tx.one("select number from store_migration order by number desc limit 1", &[])?;
            newest.map(|row| row.int(0)).transpose()
        })
        .await?;
    Ok(found.map(|number| u32::try_from(number).unwrap_or(u32::MAX)))
}

/// Runs the first migration that is due, under the lock; returns its number.
fn step(tx: &mut Tx<'_>, migrations: &'static [Migration]) -> Result<Option<u32>> {
    tx.lock_migrations()?;
    tx.script(TABLE)?;
    let applied = tx.all("select number, checksum from store_migration order by number", &[])?;
    for (index, row) in applied.iter().enumerate() {
        let (number, checksum) = (row.int(0)?, row.text_ref(1)?);
        let Some(known) = migrations
            .iter()
            .find(|migration| i64::from(migration.number) == number)
        else {
            return Err(Error::Engine(format!(
                "migration {number} of the database is unknown to this program: it is older"
            )));
        };
        if checksum_of(known) != checksum {
            return Err(Error::Engine(format!(
                "migration {number}, {}, was edited after it had been run",
                known.name
            )));
        }
        if migrations[index].number != known.number {
            let skipped = &migrations[index];
            return Err(Error::Engine(format!(
                "migration {}, {}, was put in before migration {number}, which has been run",
                skipped.number, skipped.name
            )));
        }
    }
    let Some(due) = migrations.get(applied.len()) else {
        return Ok(None);
    };
    if applied.is_empty()
        && let Some(other) = tx.table_besides("store_migration")?
    {
        return Err(Error::Engine(format!(
            "the file holds the table {other} of another program; give a file of its own, which is made where it is not there"
        )));
    }
    tx.script(due.sql)?;
    tx.run(
        "insert into store_migration (number, name, checksum) values ($1, $2, $3)",
        &[Value::Int(due.number.into()), due.name.into(), checksum_of(due).into()],
    )?;
    crash_point("store.migrated");
    tracing::info!(number = due.number, name = due.name, "a migration was run");
    Ok(Some(due.number))
}

fn checksum_of(migration: &Migration) -> String {
    let digest = digest::digest(&digest::SHA256, migration.sql.as_bytes());
    let hexadecimal = |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('?'));
    digest.as_ref().iter().flat_map(hexadecimal).collect()
}

//! Opening the database of a server that is there already, for the commands of its operator.
//!
//! These commands never make a database and never change a schema: on a wrong address they would otherwise work on an
//! empty file, and say that all is well there.

use anyhow::anyhow;
use store::{Access, Options, Store};

use super::Failure;
use crate::config::Database;
use crate::schema::MIGRATIONS;

/// Opens the store beside a server that may be running. What is not there, or is not ours, is refused.
pub(super) async fn open(database: &Database) -> Result<Store, Failure> {
    database.check()?;
    let options = Options {
        access: Access::Beside,
        create: false,
        readers: 1,
        connections: 2,
        ..Options::default()
    };
    let store = Store::open(&database.database, options).map_err(|error| match error {
        store::Error::Absent(_) => anyhow!(
            "{} does not exist. Name the server's database with --database or DATABASE_URL.",
            database.name()
        )
        .into(),
        other => Failure::from(other),
    })?;
    let name = database.name();
    let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
    match store.schema().await? {
        None => Err(anyhow!(
            "{name} is not a paydesk database. Name the server's database with --database or DATABASE_URL."
        )
        .into()),
        Some(number) if number < newest => Err(anyhow!(
            "{name} was last served by an older paydesk. Start the server of this release first: it brings it up to date."
        )
        .into()),
        Some(number) if number > newest => Err(anyhow!(
            "{name} is served by a newer paydesk. Use the release that serves it."
        )
        .into()),
        Some(_) => Ok(store),
    }
}

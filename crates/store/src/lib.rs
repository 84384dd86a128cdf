//! One transaction interface over an embedded database and a database server.
//!
//! What lives here: the two engines, the rewriting of the one SQL text for each, group commit, migrations, wake-ups. What it
//! promises: an answer of success means durable; an error says by type whether to repeat; no engine's name appears outside this
//! crate. What must not live here: anything about payments, any clock, any reading of the environment.
//!
//! Database work is synchronous code in a closure, run on the store's own threads:
//!
//! ```no_run
//! # async fn example(store: store::Store) -> store::Result<()> {
//! let balance = store
//!     .read(|tx| tx.one("select balance from account where account_id = $1", &["a".into()])?.map(|row| row.int(0)).transpose())
//!     .await?;
//! # let _: Option<i64> = balance; Ok(())
//! # }
//! ```

mod batch;
pub mod crash_point;
mod error;
mod health;
mod migrate;
mod notify;
mod options;
mod postgres;
mod queue;
mod rows;
mod sql;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod threads;
mod tx;
mod unit;
mod value;

pub use batch::{Batch, BatchLimits};
pub use crash_point::crash_point;
pub use error::{Error, Result};
pub use migrate::Migration;
pub use notify::Listener;
pub use options::{Access, Options};
pub use rows::{Field, Rows};
pub use store::Store;
pub use tx::{Statement, Step, Tx};
pub use value::{Row, Value};

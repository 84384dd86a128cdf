//! Scratch databases for tests, on both engines.
//!
//! The one place of the crate that reads the environment: `DATABASE_URL` names a server on which databases may be made.

use std::hash::{BuildHasher, RandomState};

use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::unit::Mode;
use crate::{Options, Result, Store, Tx};

/// An empty database that is removed when it is dropped.
pub struct TestDatabase {
    store: Option<Store>,
    url: String,
    place: Place,
}

enum Place {
    /// Removed, with what is in it, when dropped.
    Folder {
        _folder: TempDir,
    },
    Server {
        admin: String,
        name: String,
    },
}

impl TestDatabase {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, Place::Folder { _folder: folder })
    }

    /// A database of its own on the server, of version 15 or later, that `DATABASE_URL` names.
    pub fn postgres() -> Self {
        let admin = std::env::var("DATABASE_URL").unwrap_or_else(|_| {
            panic!(
                "set DATABASE_URL to a PostgreSQL server on which databases may be made, \
                 or run `cargo xtask test`, which starts a server of its own"
            )
        });
        let name = format!("test_{}_{:016x}", std::process::id(), RandomState::new().hash_one(0));
        // Set up for a language, whose order is not that of the bytes: whatever relies on the server's own order fails here.
        let hard = "encoding 'UTF8' template template0 locale_provider icu icu_locale 'en-US'";
        administer(&admin, format!("create database {name} {hard}"));
        let url = with_database(&admin, &name);
        Self::open(url, Place::Server { admin, name })
    }

    fn open(url: String, place: Place) -> Self {
        let store = Store::open(&url, Options::default()).expect("a scratch database can be opened");
        Self {
            store: Some(store),
            url,
            place,
        }
    }

    /// The open store.
    pub fn store(&self) -> &Store {
        self.store.as_ref().expect("the store is there until it is closed")
    }

    /// Lets go of this database's own store, so that another can be opened by [`TestDatabase::url`].
    pub fn close(&mut self) {
        self.store = None;
    }

    /// Closes the store and opens it again, as after a restart.
    pub fn reopen(&mut self, options: Options) {
        self.close();
        self.store = Some(Store::open(&self.url, options).expect("a scratch database can be opened again"));
    }

    /// The address to open the database by.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the engine understands a statement, over the schema as it is now. Nothing is run. For the test that shows every
    /// statement of a program to both engines.
    pub async fn understands(&self, sql: &'static str) -> Result<()> {
        self.store()
            .call(Mode::Locking, move |tx: &mut Tx<'_>| tx.prepare(sql))
            .await
    }

    /// What to call the engine in a message of a test.
    pub fn engine_name(&self) -> &'static str {
        match &self.place {
            Place::Folder { .. } => "sqlite",
            Place::Server { .. } => "postgres",
        }
    }

    /// Whether several processes may serve this database at once.
    pub fn is_shared(&self) -> bool {
        matches!(self.place, Place::Server { .. })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.close();
        if let Place::Server { admin, name } = &self.place {
            administer(admin, format!("drop database if exists {name} with (force)"));
        }
    }
}

/// Runs a test on a scratch database of each engine, one after the other.
pub async fn for_each_engine(test: impl AsyncFn(&mut TestDatabase)) {
    for make in [TestDatabase::sqlite, TestDatabase::postgres] {
        let mut database = make();
        let _named = Named(database.engine_name());
        test(&mut database).await;
    }
}

/// Says on which engine a test failed.
struct Named(&'static str);

impl Drop for Named {
    #[expect(clippy::print_stderr, reason = "a failing test says on which engine it failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the test failed on {}", self.0);
        }
    }
}

/// The address with another database's name in it.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url
        .split_once('?')
        .map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    format!("{}/{name}{query}", &base[..end])
}

/// Runs one statement on a connection, runtime and thread of its own, so that it may be called from anywhere.
fn administer(url: &str, statement: String) {
    let url = url.to_owned();
    let work = move || {
        let runtime = crate::postgres::runtime().expect("a runtime can be made");
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls)
                .await
                .expect("DATABASE_URL can be reached");
            tokio::spawn(connection);
            client
                .batch_execute(&statement)
                .await
                .expect("DATABASE_URL allows making and dropping databases");
        });
    };
    std::thread::spawn(work)
        .join()
        .expect("the statement on DATABASE_URL succeeds");
}

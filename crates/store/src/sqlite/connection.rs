//! Opening connections to the embedded engine, each with the settings its promises rest on.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::{Access, Error, Options, Result};

/// Older versions can corrupt a write-ahead log when two connections write and checkpoint at once.
const OLDEST_VERSION: i32 = 3_051_003;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const CHECKPOINT_BUSY_TIMEOUT: Duration = Duration::from_millis(100);
const CACHED_STATEMENTS: usize = 512;

/// The one connection that writes, with the lock that keeps a second serving process away.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    lock: Option<Lock>,
}

/// Keeps a second serving process away for as long as it lives.
struct Lock(File);

impl Drop for Lock {
    /// Closing the file is not enough: a child that another thread is just starting holds it as well until it has become the
    /// program it is to run.
    fn drop(&mut self) {
        // What cannot be unlocked ends with the last process that holds the file.
        let _ = self.0.unlock();
    }
}

impl Writer {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self> {
        if rusqlite::version_number() < OLDEST_VERSION {
            return Err(Error::Engine(format!(
                "SQLite {} can corrupt its log; 3.51.3 is needed",
                rusqlite::version()
            )));
        }
        if !options.create && !path.exists() {
            return Err(Error::Absent(path.display().to_string()));
        }
        let lock = match options.access {
            Access::Exclusive => Some(lock(path)?),
            Access::Beside => None,
        };
        if options.create {
            make_private(path)?;
        }
        let connection = Connection::open(path).map_err(|error| opening(path, &error))?;
        let mode: String = connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
            .map_err(|error| opening(path, &error))?;
        if mode != "wal" {
            return Err(Error::Engine(format!(
                "{} cannot have a write-ahead log, only {mode}",
                path.display()
            )));
        }
        set(&connection, path, options, BUSY_TIMEOUT, options.cache_kib)?;
        Ok(Self { connection, lock })
    }

    /// Whether this process is the one that serves.
    pub(crate) fn serves(&self) -> bool {
        self.lock.is_some()
    }
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path, options: &Options) -> Result<Connection> {
    let connection = existing(path)?;
    set(&connection, path, options, BUSY_TIMEOUT, options.cache_kib / 2)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(|error| opening(path, &error))?;
    Ok(connection)
}

/// The connection that moves the log into the database file.
pub(crate) fn checkpointer(path: &Path, options: &Options) -> Result<Connection> {
    let connection = existing(path)?;
    set(&connection, path, options, CHECKPOINT_BUSY_TIMEOUT, 64)?;
    Ok(connection)
}

fn existing(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| opening(path, &error))
}

fn set(connection: &Connection, path: &Path, options: &Options, busy: Duration, cache_kib: u32) -> Result<()> {
    let synchronous = if options.durable { "full" } else { "off" };
    let settings = || {
        connection.busy_timeout(busy)?;
        // A plan that may not depend on the values bound to it. Otherwise a statement with a bound LIMIT is planned anew each
        // time that it runs, which took a fifth of the time of a small read. Partial indexes are found by literals in the SQL.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
        // What a savepoint needs to be undone stays in memory: as a file it cost a write for every page it touched.
        connection.pragma_update(None, "temp_store", "memory")?;
        // The checkpoint thread does it, so that no commit has to wait for one.
        connection.pragma_update(None, "wal_autocheckpoint", 0)
    };
    settings().map_err(|error| opening(path, &error))
}

fn lock(path: &Path) -> Result<Lock> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&name);
    let file = file.map_err(|error| Error::Engine(format!("{} cannot be opened: {error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Error::Engine(format!(
            "{} is being served by another process",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(Error::Engine(format!("{} cannot be locked: {error}", path.display()))),
    }
}

/// Makes the file, where it is not there, readable for its owner only: it holds personal data. The engine gives the files
/// beside it the same mode.
fn make_private(path: &Path) -> Result<()> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Error::Engine(format!("{} cannot be made: {error}", path.display())))
        }
        _ => Ok(()),
    }
}

fn opening(path: &Path, error: &rusqlite::Error) -> Error {
    let text = format!("{} cannot be opened: {error}", path.display());
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => Error::Corrupt(text),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DiskFull) => Error::Unavailable(text),
        _ => Error::Engine(text),
    }
}

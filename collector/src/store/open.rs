//! Opening the data folder: one collector at a time, a database that is safe to write.

use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The oldest SQLite whose write-ahead log is known to be sound: earlier ones can lose a
/// checkpoint when two connections meet at the wrong moment.
const OLDEST_SQLITE: i32 = 3_051_003;

/// The version of [`SCHEMA`], kept in the file as `user_version`.
const SCHEMA_VERSION: i64 = 1;

/// The tables. `events` is keyed by the event's identity with the time-ordered id in front, so
/// that new rows land at the end of the tree, and a second copy of an event is a conflict.
/// `outcomes` counts what became of received events, also of those that left no row; `reason` is
/// empty where there is none. `erased` holds keyed hashes of visitors of whom nothing is taken.
pub(crate) const SCHEMA: &str = "
CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
CREATE TABLE projects (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    config     TEXT NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE experiments (
    id         INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    key        TEXT NOT NULL,
    config     TEXT NOT NULL,
    history    TEXT NOT NULL,
    UNIQUE (project_id, key)
) STRICT;
CREATE TABLE events (
    event_id        BLOB NOT NULL,
    visitor         BLOB NOT NULL,
    project_id      INTEGER NOT NULL,
    name            TEXT NOT NULL,
    at_ms           INTEGER NOT NULL,
    received_ms     INTEGER NOT NULL,
    created_ms      INTEGER,
    clock_offset_ms INTEGER,
    doc_id          TEXT,
    seq             INTEGER,
    url             TEXT NOT NULL,
    referrer        TEXT NOT NULL,
    sdk             TEXT NOT NULL,
    payload         TEXT,
    assignments     TEXT,
    conversions     TEXT,
    order_hash      BLOB,
    minor_units     INTEGER,
    currency        TEXT,
    decimal_amount  TEXT,
    verdict         TEXT NOT NULL,
    PRIMARY KEY (event_id, visitor, project_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE outcomes (
    project_id INTEGER NOT NULL,
    day        TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    events     INTEGER NOT NULL,
    PRIMARY KEY (project_id, day, outcome, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE erased (
    project_id   INTEGER NOT NULL,
    visitor_hash BLOB NOT NULL,
    PRIMARY KEY (project_id, visitor_hash)
) STRICT, WITHOUT ROWID;
";

/// A data folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("the data folder {0} cannot be made or written to")]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("the data folder {0} is in use by another collector")]
    InUse(PathBuf),
    #[error("the database {0} cannot be opened")]
    Database(PathBuf, #[source] rusqlite::Error),
    #[error("SQLite {0} is older than 3.51.3")]
    OldSqlite(&'static str),
    #[error("the database {0} was written by a newer collector (schema {1})")]
    NewerSchema(PathBuf, i64),
}

/// A data folder held by this process.
#[derive(Debug)]
pub(crate) struct DataFolder {
    database: PathBuf,
    /// Held, never read: the lock ends with the process, however it ends.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if need be, takes it for this process, and brings the tables up to date.
    pub(crate) fn open(folder: &Path) -> Result<Self, OpenError> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(OpenError::OldSqlite(rusqlite::version()));
        }
        let unusable = |error| OpenError::Folder(folder.to_owned(), error);
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::create(folder.join("collector.lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let opened = Self { database: folder.join("ttoolab.db"), _lock: lock };
        opened.migrate()?;
        Ok(opened)
    }

    /// A new connection with the settings that durability rests on.
    pub(crate) fn connect(&self) -> Result<Connection, OpenError> {
        self.try_connect().map_err(|error| self.failed(error))
    }

    /// How much can still be written to the folder's disk; `None` where the system does not say.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.database).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    fn try_connect(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&self.database)?;
        // FULL, not NORMAL: with NORMAL a commit is not on disk when it returns, and a power cut
        // takes back events that were acknowledged.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             PRAGMA busy_timeout = 5000;
             PRAGMA foreign_keys = ON;",
        )?;
        Ok(connection)
    }

    fn migrate(&self) -> Result<(), OpenError> {
        let mut connection = self.connect()?;
        let version: i64 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(|error| self.failed(error))?;
        if version > SCHEMA_VERSION {
            return Err(OpenError::NewerSchema(self.database.clone(), version));
        }
        if version == 0 {
            create(&mut connection).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    fn failed(&self, error: rusqlite::Error) -> OpenError {
        OpenError::Database(self.database.clone(), error)
    }
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

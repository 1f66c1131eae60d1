//! Opening the data folder: one collector at a time, a database that is safe to write.

use super::integrity;
use super::webhooks::WEBHOOK_SCHEMA;
use rusqlite::{Connection, OpenFlags};
use std::cmp::Ordering;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The oldest SQLite whose write-ahead log is known to be sound: earlier ones can lose a
/// checkpoint when two connections meet at the wrong moment.
const OLDEST_SQLITE: i32 = 3_051_003;

/// The database's file within the data folder.
pub(crate) const DATABASE: &str = "ttoolab.db";

/// The version of [`SCHEMA`], kept in the file as `user_version`.
const SCHEMA_VERSION: i64 = 3;

/// The tables. `events` has an identity, of which a second copy is a conflict, and an order, that
/// in which they were stored; what those of one request share stands once in `contexts`, and
/// `events_in_full` is both together. `outcomes` counts what became of received events, also of
/// those that left no row; `reason` is empty where there is none. `erased` holds keyed hashes of
/// visitors of whom nothing is taken. `digest` is a checksum of the row.
///
/// `events` has a row id, because rows of its size are slow without one: SQLite advises against it
/// beyond a twentieth of a page. There is no foreign key to `contexts`, because a start would look
/// up every one of them twice: once to check the key, and once to count.
pub(crate) const SCHEMA: &str = "
CREATE TABLE secrets (
    name   TEXT PRIMARY KEY,
    value  BLOB NOT NULL,
    digest INTEGER NOT NULL
) STRICT;
CREATE TABLE projects (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE,
    config     TEXT NOT NULL,
    changed_ms INTEGER NOT NULL,
    digest     INTEGER NOT NULL
) STRICT;
CREATE TABLE experiments (
    id         INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    key        TEXT NOT NULL,
    config     TEXT NOT NULL,
    history    TEXT NOT NULL,
    digest     INTEGER NOT NULL,
    UNIQUE (project_id, key)
) STRICT;
CREATE TABLE contexts (
    id              INTEGER PRIMARY KEY,
    received_ms     INTEGER NOT NULL,
    sdk             TEXT NOT NULL,
    doc_id          TEXT,
    referrer        TEXT NOT NULL,
    assignments     TEXT,
    verdict         TEXT NOT NULL,
    digest          INTEGER NOT NULL
) STRICT;
CREATE TABLE events (
    id              INTEGER PRIMARY KEY,
    event_id        BLOB NOT NULL,
    visitor         BLOB NOT NULL,
    project_id      INTEGER NOT NULL,
    context_id      INTEGER NOT NULL,
    name            TEXT NOT NULL,
    at_ms           INTEGER NOT NULL,
    created_ms      INTEGER,
    clock_offset_ms INTEGER,
    seq             INTEGER,
    url             TEXT NOT NULL,
    payload         TEXT,
    conversions     TEXT,
    order_hash      BLOB,
    minor_units     INTEGER,
    currency        TEXT,
    decimal_amount  TEXT,
    verdict         TEXT,
    digest          INTEGER NOT NULL,
    UNIQUE (event_id, visitor, project_id)
) STRICT;
CREATE VIEW events_in_full AS
    SELECT events.*, received_ms, sdk, doc_id, referrer, assignments,
        contexts.verdict AS context_verdict
    FROM events JOIN contexts ON contexts.id = context_id;
CREATE TABLE outcomes (
    project_id INTEGER NOT NULL,
    day        TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    events     INTEGER NOT NULL,
    digest     INTEGER NOT NULL,
    PRIMARY KEY (project_id, day, outcome, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE erased (
    project_id   INTEGER NOT NULL,
    visitor_hash BLOB NOT NULL,
    digest       INTEGER NOT NULL,
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
    #[error(
        "the database {0} was written by a build before the first release (schema {1}): choose an empty folder"
    )]
    OlderSchema(PathBuf, i64),
    #[error("there is no database {0}")]
    Missing(PathBuf),
    #[error("the path {0} is no Unicode")]
    NotUnicode(PathBuf),
    #[error("the database {0} is damaged: {1}; `ttoolab-collector check` lists all there is")]
    Damaged(PathBuf, String),
}

/// A data folder held by this process.
#[derive(Debug)]
pub(crate) struct DataFolder {
    database: PathBuf,
    /// Held, never used: it keeps the index of the write-ahead log alive while the writer closes a
    /// connection on which a commit failed. Without it the next connection would read the log
    /// anew, and find the refused group there: written, never synced, and counted by nobody.
    _keeper: Mutex<Connection>,
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
        let database = folder.join(DATABASE);
        let keeper = prepare(&database)?;
        Ok(Self { database, _keeper: Mutex::new(keeper), _lock: lock })
    }

    /// A new connection with the settings that durability rests on.
    pub(crate) fn connect(&self) -> Result<Connection, OpenError> {
        try_connect(&self.database).map_err(|error| failed(&self.database, error))
    }

    /// How much can still be written to the folder's disk; `None` where the system does not say.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.database).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// A connection to a database that is up to date, whole, and entirely on disk.
fn prepare(database: &Path) -> Result<Connection, OpenError> {
    let failed = |error| failed(database, error);
    let mut connection = try_connect(database).map_err(failed)?;
    // A process killed between write and sync leaves rows in the log that can be read and are not
    // on disk. A second copy of such a row must not be acknowledged before it is. Counting the copy
    // writes and syncs too, but that is not what the promise should rest on. The checkpoint writes
    // them again, and syncs.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE);", [], |_| Ok(())).map_err(failed)?;
    if version(&connection).map_err(failed)? == 0 {
        create(&mut connection).map_err(failed)?;
    }
    check_version(database, &connection)?;
    // Tables that a database of this version may be older than.
    connection.execute_batch(WEBHOOK_SCHEMA).map_err(failed)?;
    match integrity::faults_beside_events(&connection, 1).map_err(failed)?.into_iter().next() {
        Some(fault) => Err(OpenError::Damaged(database.to_owned(), fault)),
        None => Ok(connection),
    }
}

fn try_connect(database: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(database)?;
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

fn failed(database: &Path, error: rusqlite::Error) -> OpenError {
    OpenError::Database(database.to_owned(), error)
}

/// Opens the database of a folder to be read alone, as it is at this moment. It needs no lock, so
/// it works beside the collector that writes there.
pub(crate) fn open_to_read(folder: &Path) -> Result<Connection, OpenError> {
    let (database, connection) = open_unlocked(folder)?;
    connection.execute_batch("BEGIN").map_err(|error| OpenError::Database(database, error))?;
    Ok(connection)
}

/// Copies the database of a folder, as it is at this moment, into an empty file.
///
/// `VACUUM INTO` and not SQLite's backup interface: that one begins again whenever another process
/// writes in between, so under load it might never end. The price is a write-ahead log that cannot
/// be reset meanwhile.
pub(crate) fn copy_into(folder: &Path, file: &Path) -> Result<(), OpenError> {
    let (database, connection) = open_unlocked(folder)?;
    let failed = |error| OpenError::Database(database, error);
    // The path as SQLite wants it, which takes no other than UTF-8.
    let text = file.to_str().ok_or_else(|| OpenError::NotUnicode(file.to_owned()))?;
    connection.execute("VACUUM INTO ?1", [text]).map_err(failed)?;
    Ok(())
}

/// Opens a database file that no collector uses, to be read alone.
pub(crate) fn open_file(database: &Path) -> Result<Connection, OpenError> {
    if !database.exists() {
        return Err(OpenError::Missing(database.to_owned()));
    }
    let failed = |error| OpenError::Database(database.to_owned(), error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags).map_err(failed)?;
    connection.execute_batch("PRAGMA busy_timeout = 5000;").map_err(failed)?;
    check_version(database, &connection)?;
    Ok(connection)
}

fn open_unlocked(folder: &Path) -> Result<(PathBuf, Connection), OpenError> {
    let database = folder.join(DATABASE);
    let connection = open_file(&database)?;
    Ok((database, connection))
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn check_version(database: &Path, connection: &Connection) -> Result<(), OpenError> {
    let found =
        version(connection).map_err(|error| OpenError::Database(database.to_owned(), error))?;
    match found.cmp(&SCHEMA_VERSION) {
        Ordering::Less => Err(OpenError::OlderSchema(database.to_owned(), found)),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(OpenError::NewerSchema(database.to_owned(), found)),
    }
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.execute_batch(WEBHOOK_SCHEMA)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

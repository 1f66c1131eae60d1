//! Deleting a visitor's rows, and remembering that they were deleted.

use super::append::Appender;
use super::digest::digest_of;
use super::event_row::{Countable, EventRow};
use super::outcomes::count_outcome;
use rusqlite::{Connection, OptionalExtension, Transaction, ffi, params};
use std::collections::{BTreeSet, HashSet};
use ttoolab_core::clock::Day;
use ttoolab_core::reason::Outcome;

/// The keyed hash of a visitor's id.
pub(crate) type VisitorHash = [u8; 16];

/// Every visitor of whom nothing is taken.
pub(crate) fn erased_visitors(
    connection: &Connection,
) -> rusqlite::Result<HashSet<(i64, VisitorHash)>> {
    connection
        .prepare("SELECT project_id, visitor_hash FROM erased")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Notes that nothing is taken of a visitor any more.
pub(crate) fn suppress(
    transaction: &Transaction<'_>,
    project_id: i64,
    visitor_hash: &VisitorHash,
) -> rusqlite::Result<()> {
    transaction
        .prepare(
            "INSERT OR IGNORE INTO erased (project_id, visitor_hash, digest) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![project_id, visitor_hash, digest_of(&[&project_id, visitor_hash])?])?;
    Ok(())
}

/// Deletes all rows of a visitor and writes others in their place, on that day.
pub(crate) fn replace(
    transaction: &Transaction<'_>,
    rows: &[EventRow],
    kept: &[EventRow],
    day: Day,
) -> rusqlite::Result<()> {
    let mut delete = transaction.prepare(
        "DELETE FROM events WHERE event_id = ?1 AND visitor = ?2 AND project_id = ?3
         RETURNING context_id",
    )?;
    let mut contexts = BTreeSet::<i64>::new();
    for EventRow { counts, .. } in rows {
        let Countable { event_id, visitor, project_id, .. } = counts;
        let identity = params![event_id.as_bytes(), visitor.as_bytes(), project_id];
        contexts.extend(delete.query_row(identity, |row| row.get::<_, i64>(0)).optional()?);
    }
    // A context is of one request, and a request is of one visitor: nobody else refers to it.
    let mut delete = transaction.prepare("DELETE FROM contexts WHERE id = ?1")?;
    for context in contexts {
        delete.execute([context])?;
    }
    let mut appender = Appender::new(transaction)?;
    for row in kept {
        appender.append(row)?;
    }
    let Some(EventRow { counts, .. }) = rows.first() else { return Ok(()) };
    let gone = i64::try_from(rows.len().saturating_sub(kept.len())).unwrap_or(i64::MAX);
    count_outcome(transaction, counts.project_id, day, (Outcome::Erased, ""), gone)
}

/// Empties the write-ahead log, where deleted rows would otherwise stand until it is overwritten.
///
/// # Errors
/// When a reader holds it for longer than the connection waits.
pub(crate) fn truncate_log(connection: &Connection) -> rusqlite::Result<()> {
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None));
    }
    Ok(())
}

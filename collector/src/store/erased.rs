//! Deleting a visitor's rows, and remembering that they were deleted.

use super::digest::digest_of;
use super::event_row::{EventRow, append};
use super::outcomes::count_outcome;
use rusqlite::{Connection, Transaction, ffi, params};
use std::collections::HashSet;
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

/// Deletes rows and writes others in their place, on that day.
pub(crate) fn replace(
    transaction: &Transaction<'_>,
    rows: &[EventRow],
    kept: &[EventRow],
    day: Day,
) -> rusqlite::Result<()> {
    let mut delete = transaction
        .prepare("DELETE FROM events WHERE event_id = ?1 AND visitor = ?2 AND project_id = ?3")?;
    for row in rows {
        delete.execute(params![row.event_id.as_bytes(), row.visitor.as_bytes(), row.project_id])?;
    }
    for row in kept {
        append(transaction, row)?;
    }
    let Some(EventRow { project_id, .. }) = rows.first() else { return Ok(()) };
    let gone = i64::try_from(rows.len().saturating_sub(kept.len())).unwrap_or(i64::MAX);
    count_outcome(transaction, *project_id, day, (Outcome::Erased, ""), gone)
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

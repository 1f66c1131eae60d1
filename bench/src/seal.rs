//! Checksums of copied rows, as the collector writes them: it starts on nothing else.

use anyhow::Result;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

/// Makes `seal(…)` known to SQL: the checksum of a row with these columns.
pub(crate) fn register(database: &Connection) -> rusqlite::Result<()> {
    let any_number = -1;
    database.create_scalar_function(
        "seal",
        any_number,
        FunctionFlags::SQLITE_DETERMINISTIC,
        |row| Ok(checksum((0..row.len()).map(|column| Context::get_raw(row, column)))),
    )
}

/// Counts all rows as accepted, which is how many the collector expects.
pub(crate) fn count_all(database: &Connection) -> Result<()> {
    database.execute(
        "UPDATE outcomes SET events = (SELECT count(*) FROM events)
         WHERE outcome = 'accepted' AND reason = ''",
        params![],
    )?;
    database.execute(
        "UPDATE outcomes SET digest = seal(project_id, day, outcome, reason, events)",
        [],
    )?;
    Ok(())
}

/// CRC-32 over the kind, the length and the bytes of each value.
fn checksum<'v>(values: impl Iterator<Item = ValueRef<'v>>) -> i64 {
    let mut hasher = crc32fast::Hasher::new();
    for value in values {
        let (kind, bytes): (u8, &[u8]) = match value {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(number) => (1, &number.to_le_bytes()),
            ValueRef::Real(number) => (2, &number.to_le_bytes()),
            ValueRef::Text(text) => (3, text),
            ValueRef::Blob(blob) => (4, blob),
        };
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    i64::from(hasher.finalize())
}

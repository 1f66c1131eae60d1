//! Checksums of copied rows, as the collector writes them: it starts on nothing else.

use anyhow::Result;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, params};
use ttoolab_collector::row_digest;

/// Makes `seal(…)` known to SQL: the checksum of a row with these columns.
pub(crate) fn register(database: &Connection) -> rusqlite::Result<()> {
    let any_number = -1;
    database.create_scalar_function(
        "seal",
        any_number,
        FunctionFlags::SQLITE_DETERMINISTIC,
        |row| row_digest((0..row.len()).map(|column| Ok(Context::get_raw(row, column)))),
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

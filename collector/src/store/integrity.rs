//! Whether the file is as it was written, as far as that can be told without the events' content,
//! which [`super::scan()`] reads anyway.

use super::digest::digest;
use rusqlite::{Connection, Row};

/// The tables other than `events`, and the columns that their digests cover, in that order. The id
/// of an experiment is left out: it stands for nothing but their order.
const COVERED: [(&str, &str); 8] = [
    ("secrets", "name, value"),
    ("projects", "id, key, config, changed_ms"),
    ("experiments", "project_id, key, config, history"),
    ("outcomes", "project_id, day, outcome, reason, events"),
    ("erased", "project_id, visitor_hash"),
    ("webhooks", "id, project_id, document"),
    ("webhook_messages", "id, event_id, type, project_id, experiment, envelope, created_ms"),
    ("webhook_deliveries", "id, webhook_id, message_id, experiment, status, due_ms, attempts"),
];

/// What is wrong with the file, in sentences, at most `limit` of each kind.
///
/// # Errors
/// When the database cannot be read at all.
pub(crate) fn faults(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<String>> {
    let mut faults = structure(connection, &limit.to_string())?;
    faults.extend(faults_beside_events(connection, limit)?);
    Ok(faults)
}

/// The same for all but the events. A start has no time to ask SQLite about those, some 4 µs for
/// each, and learns it while it reads them: by their digests, their order and their number.
///
/// # Errors
/// When the database cannot be read at all.
pub(crate) fn faults_beside_events(
    connection: &Connection,
    limit: usize,
) -> rusqlite::Result<Vec<String>> {
    let mut faults = Vec::new();
    for (table, _) in COVERED {
        faults.extend(structure(connection, table)?.into_iter().take(limit));
    }
    faults.extend(
        connection
            .prepare("PRAGMA foreign_key_check")?
            .query_map([], |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                Ok(format!("a row of {table} refers to a row of {parent} that is not there"))
            })?
            .take(limit)
            .collect::<Result<Vec<_>, _>>()?,
    );
    for (table, columns) in COVERED {
        let mut statement =
            connection.prepare(&format!("SELECT digest, {columns} FROM {table}"))?;
        let mut rows = statement.query([])?;
        let mut found = 0;
        let mut at = 0;
        while let Some(row) = rows.next()? {
            at += 1;
            if found < limit && row.get::<_, i64>(0)? != written(row)? {
                found += 1;
                faults.push(format!("row {at} of {table} does not match its checksum"));
            }
        }
    }
    Ok(faults)
}

/// What SQLite finds wrong: up to a number of faults in all of the file, or those of one table.
fn structure(connection: &Connection, what: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(&format!("PRAGMA integrity_check({what})"))?
        .query_map([], |row| row.get(0))?
        .filter(|said| !matches!(said, Ok(said) if said == "ok"))
        .collect()
}

/// The digest of the columns behind the first.
fn written(row: &Row<'_>) -> rusqlite::Result<i64> {
    let columns = 1..row.as_ref().column_count();
    digest(columns.map(|column| row.get_ref(column))).map(i64::from)
}

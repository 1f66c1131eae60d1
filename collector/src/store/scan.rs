//! Reading the log from end to end, holding every row against its digest.

mod row_reader;

use super::event_row::{Countable, EventRow};
use row_reader::{EVENT, RowReader};
use rusqlite::{Connection, Row, params};
use std::ops::Range;
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::reason::Outcome;

/// The rows of one visitor. Reads the whole log: an index for a question as rare as this would
/// cost every event.
pub(crate) fn events_of(
    connection: &Connection,
    project_id: i64,
    visitor: AnonymousId,
) -> rusqlite::Result<Vec<EventRow>> {
    let mut reader = RowReader::new(connection)?;
    connection
        .prepare(&format!("{EVENT} WHERE visitor = ?1 AND project_id = ?2 ORDER BY id"))?
        .query_map(params![visitor.as_bytes(), project_id], |row| reader.whole(row))?
        .collect()
}

/// Hands what counting needs of every row within `ids` to `each`, with the event's name, in the order
/// in which they were stored; gives their number.
///
/// # Errors
/// At the first row that is not as it was written. Leaving it out would be a wrong number that
/// nobody sees, and so would be counting it.
pub(crate) fn replay(
    connection: &Connection,
    ids: &Range<i64>,
    mut each: impl FnMut(&str, Countable),
) -> Result<i64, Damage> {
    walk(connection, ids, |reader, row| {
        let row = row?;
        let (name, event) = reader.countable(row).map_err(damage(row))?;
        each(name, event);
        Ok(())
    })
}

/// Hands every row of the log, or what is wrong with it, to `each`, until that says to stop or the
/// database cannot be read on.
pub(crate) fn scan<E: From<Damage>>(
    connection: &Connection,
    mut each: impl FnMut(Result<EventRow, Damage>) -> Result<(), E>,
) -> Result<(), E> {
    let found = walk(connection, &ALL, |reader, row| {
        each(row.and_then(|row| reader.whole(row).map_err(damage(row))))
    })?;
    match check_number(connection, found) {
        Ok(()) => Ok(()),
        Err(damage) => each(Err(damage)),
    }
}

/// The ids of all rows, and more.
const ALL: Range<i64> = i64::MIN..i64::MAX;

fn walk<E: From<Damage>>(
    connection: &Connection,
    ids: &Range<i64>,
    mut each: impl FnMut(&mut RowReader<'_>, Result<&Row<'_>, Damage>) -> Result<(), E>,
) -> Result<i64, E> {
    let mut reader = RowReader::new(connection).map_err(Damage::Database)?;
    let mut statement = connection
        .prepare_cached(&format!("{EVENT} WHERE id >= ?1 AND id < ?2 ORDER BY id"))
        .map_err(Damage::Database)?;
    let mut rows = statement.query([ids.start, ids.end]).map_err(Damage::Database)?;
    let (mut found, mut last) = (0, None);
    while let Some(row) = rows.next().map_err(Damage::Database)? {
        found += 1;
        let id: i64 = row.get(0).map_err(Damage::Database)?;
        // A page that lost its place can still hold rows that are as they were written.
        let ordered = last.is_none_or(|last| last < id);
        last = Some(id);
        each(&mut reader, if ordered { Ok(row) } else { Err(Damage::Order(name(row))) })?;
    }
    Ok(found)
}

/// The largest id of a row; 0 where there is none.
pub(crate) fn last_id(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(id), 0) FROM events", [], |row| row.get(0))
}

/// Holds the number of rows that were found against that of the outcomes.
pub(crate) fn check_number(connection: &Connection, found: i64) -> Result<(), Damage> {
    let expected = stored_events(connection).map_err(Damage::Database)?;
    if found == expected { Ok(()) } else { Err(Damage::Number { found, expected }) }
}

/// How many events there must be: those that were accepted and not erased since.
fn stored_events(connection: &Connection) -> rusqlite::Result<i64> {
    let (accepted, erased) = (Outcome::Accepted.as_str(), Outcome::Erased.as_str());
    connection.query_row(
        "SELECT coalesce(sum(iif(outcome = ?1, events, -events)), 0) FROM outcomes
         WHERE reason = '' AND outcome IN (?1, ?2)",
        [accepted, erased],
        |row| row.get(0),
    )
}

/// [`replay`] without its checks: what the tests of damage compare with.
#[cfg(test)]
pub(crate) fn replay_unverified(
    connection: &Connection,
    mut each: impl FnMut(Countable),
) -> rusqlite::Result<()> {
    let mut reader = RowReader::unverified(connection)?;
    let mut statement = connection.prepare(&format!("{EVENT} ORDER BY id"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(reader.countable(row)?.1);
    }
    Ok(())
}

/// What is wrong with a stored event, or with the database around it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damage {
    #[error(
        "the stored event {0} is not as it was written: restore a backup; \
         `ttoolab-collector check` lists all that is damaged"
    )]
    Event(String, #[source] rusqlite::Error),
    #[error(
        "the stored event {0} is not in its place: restore a backup; \
         `ttoolab-collector check` lists all that is damaged"
    )]
    Order(String),
    #[error(
        "{found} events are stored and there should be {expected}: restore a backup; \
         `ttoolab-collector check` lists all that is damaged"
    )]
    Number { found: i64, expected: i64 },
    #[error("the stored events cannot be read on")]
    Database(#[source] rusqlite::Error),
}

fn damage(row: &Row<'_>) -> impl FnOnce(rusqlite::Error) -> Damage {
    |error| Damage::Event(name(row), error)
}

/// The id of a row that may be damaged, for people.
fn name(row: &Row<'_>) -> String {
    match row.get(1) {
        Ok(id) => EventId::from_bytes(id).to_string(),
        Err(_) => "whose id cannot be read".to_owned(),
    }
}

//! Reading the log from end to end, holding every row against its digest.

mod row_reader;

use super::event_row::{Countable, EventRow};
use row_reader::{EVENT, RowReader, event_name};
use rusqlite::{Connection, Row, params};
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

/// Hands what counting needs of every row to `each`, with the event's name, in the order in which
/// they were stored.
///
/// # Errors
/// At the first row that is not as it was written. Leaving it out would be a wrong number that
/// nobody sees, and so would be counting it.
pub(crate) fn replay(
    connection: &Connection,
    mut each: impl FnMut(&str, Countable),
) -> Result<(), Damage> {
    walk(connection, |reader, row| {
        let row = row?;
        let counts = reader.countable(row).map_err(damage(row))?;
        each(event_name(row).map_err(damage(row))?, counts);
        Ok(())
    })
}

/// Hands every row of the log, or what is wrong with it, to `each`, until that says to stop or the
/// database cannot be read on.
pub(crate) fn scan<E: From<Damage>>(
    connection: &Connection,
    mut each: impl FnMut(Result<EventRow, Damage>) -> Result<(), E>,
) -> Result<(), E> {
    walk(connection, |reader, row| each(row.and_then(|row| reader.whole(row).map_err(damage(row)))))
}

fn walk<E: From<Damage>>(
    connection: &Connection,
    mut each: impl FnMut(&mut RowReader<'_>, Result<&Row<'_>, Damage>) -> Result<(), E>,
) -> Result<(), E> {
    let expected = stored_events(connection).map_err(Damage::Database)?;
    let mut reader = RowReader::new(connection).map_err(Damage::Database)?;
    let mut statement =
        connection.prepare(&format!("{EVENT} ORDER BY id")).map_err(Damage::Database)?;
    let mut rows = statement.query([]).map_err(Damage::Database)?;
    let (mut found, mut last) = (0, 0);
    while let Some(row) = rows.next().map_err(Damage::Database)? {
        found += 1;
        let id: i64 = row.get(0).map_err(Damage::Database)?;
        // A page that lost its place can still hold rows that are as they were written.
        let ordered = last < id;
        last = id;
        each(&mut reader, if ordered { Ok(row) } else { Err(Damage::Order(name(row))) })?;
    }
    if found == expected {
        Ok(())
    } else {
        each(&mut reader, Err(Damage::Number { found, expected }))
    }
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
        each(reader.countable(row)?);
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

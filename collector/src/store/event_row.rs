//! One event as a row: its facts and its verdict, written once.

use super::digest::{Mismatch, digest, digest_of};
use crate::store::verdict::Verdict;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, ToSql, Transaction, params, params_from_iter};
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::money::Currency;
use ttoolab_core::reason::Outcome;

/// A row of `events`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventRow {
    pub(crate) event_id: EventId,
    pub(crate) visitor: AnonymousId,
    pub(crate) project_id: i64,
    pub(crate) name: String,
    /// The corrected time, which everything is ordered by.
    pub(crate) at_ms: i64,
    pub(crate) received_ms: i64,
    pub(crate) created_ms: Option<i64>,
    pub(crate) clock_offset_ms: Option<i64>,
    pub(crate) doc_id: Option<String>,
    pub(crate) seq: Option<u32>,
    /// Without query and fragment, but for the parameters the project allows.
    pub(crate) url: String,
    pub(crate) referrer: String,
    pub(crate) sdk: String,
    /// As sent, but scrubbed, and without `order_id`, which is stored hashed alone.
    pub(crate) payload: Option<String>,
    /// As sent, but scrubbed.
    pub(crate) assignments: Option<String>,
    /// As sent, but scrubbed.
    pub(crate) conversions: Option<String>,
    pub(crate) order_hash: Option<[u8; 16]>,
    pub(crate) amount: Option<Amount>,
    pub(crate) verdict: Verdict,
}

/// An amount of money that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Amount {
    /// Of an order, or of a refund that names its currency.
    Money { minor_units: i64, currency: Currency },
    /// Of a refund that leaves the currency to the order: plain decimal text in major units.
    InOrdersCurrency(String),
    /// Of a refund that names a currency alone.
    AllThatIsLeft { currency: Currency },
}

impl Amount {
    fn minor_units(&self) -> Option<i64> {
        match self {
            Self::Money { minor_units, .. } => Some(*minor_units),
            Self::InOrdersCurrency(_) | Self::AllThatIsLeft { .. } => None,
        }
    }

    fn decimal(&self) -> Option<&str> {
        match self {
            Self::InOrdersCurrency(text) => Some(text),
            Self::Money { .. } | Self::AllThatIsLeft { .. } => None,
        }
    }

    /// The currency, if the event names one.
    pub(crate) fn currency(&self) -> Option<Currency> {
        match self {
            Self::Money { currency, .. } | Self::AllThatIsLeft { currency } => Some(*currency),
            Self::InOrdersCurrency(_) => None,
        }
    }
}

/// Whether a row was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It stands in the log now.
    New,
    /// The log held this event before.
    Duplicate,
    /// The log held another event of this identity before; that one stays.
    Conflict,
}

/// Writes a row within a transaction, unless its identity is taken.
pub(crate) fn append(transaction: &Transaction<'_>, row: &EventRow) -> rusqlite::Result<Appended> {
    let verdict = serde_json::to_string(&row.verdict)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let minor_units = row.amount.as_ref().and_then(Amount::minor_units);
    let currency = row.amount.as_ref().and_then(Amount::currency).map(Currency::code);
    let decimal = row.amount.as_ref().and_then(Amount::decimal);
    let columns: [&dyn ToSql; DIGEST] = [
        row.event_id.as_bytes(),
        row.visitor.as_bytes(),
        &row.project_id,
        &row.name,
        &row.at_ms,
        &row.received_ms,
        &row.created_ms,
        &row.clock_offset_ms,
        &row.doc_id,
        &row.seq,
        &row.url,
        &row.referrer,
        &row.sdk,
        &row.payload,
        &row.assignments,
        &row.conversions,
        &row.order_hash,
        &minor_units,
        &currency,
        &decimal,
        &verdict,
    ];
    let digest = digest_of(&columns)?;
    let changed = transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO events (event_id, visitor, project_id, name, at_ms, received_ms,
                 created_ms, clock_offset_ms, doc_id, seq, url, referrer, sdk, payload, assignments,
                 conversions, order_hash, minor_units, currency, decimal_amount, verdict, digest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18, ?19, ?20, ?21, ?22)",
        )?
        .execute(params_from_iter(columns.into_iter().chain([&digest as &dyn ToSql])))?;
    if changed == 1 {
        return Ok(Appended::New);
    }
    Ok(if stands(transaction, row)? { Appended::Duplicate } else { Appended::Conflict })
}

/// Whether the row that stands under this identity says the same. Compared are the facts that
/// the sender wrote and that are stored as written: the rest may differ from copy to copy.
fn stands(transaction: &Transaction<'_>, row: &EventRow) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(
            "SELECT 1 FROM events WHERE event_id = ?1 AND visitor = ?2 AND project_id = ?3
                 AND name = ?4 AND created_ms IS ?5 AND seq IS ?6 AND payload IS ?7
                 AND assignments IS ?8 AND conversions IS ?9 AND order_hash IS ?10",
        )?
        .exists(params![
            row.event_id.as_bytes(),
            row.visitor.as_bytes(),
            row.project_id,
            row.name,
            row.created_ms,
            row.seq,
            row.payload,
            row.assignments,
            row.conversions,
            row.order_hash,
        ])
}

/// The place of the digest behind the columns it covers, which are all others.
const DIGEST: usize = 21;

/// The columns in the order that [`read`] takes them.
const SELECT: &str = "SELECT event_id, visitor, project_id, name, at_ms, received_ms, created_ms,
     clock_offset_ms, doc_id, seq, url, referrer, sdk, payload, assignments, conversions,
     order_hash, minor_units, currency, decimal_amount, verdict, digest
 FROM events";

/// The rows of one visitor. Reads the whole log: an index for a question as rare as this would
/// cost every event.
pub(crate) fn events_of(
    connection: &Connection,
    project_id: i64,
    visitor: AnonymousId,
) -> rusqlite::Result<Vec<EventRow>> {
    connection
        .prepare(&format!("{SELECT} WHERE visitor = ?1 AND project_id = ?2"))?
        .query_map(params![visitor.as_bytes(), project_id], read)?
        .collect()
}

/// Hands every row of the log to `each`, in the order of the key.
///
/// # Errors
/// At the first row that is not as it was written. Leaving it out would be a wrong number that
/// nobody sees, and so would be counting it.
pub(crate) fn replay(
    connection: &Connection,
    mut each: impl FnMut(&EventRow),
) -> Result<(), Damage> {
    scan(connection, |row| row.map(|row| each(&row)))
}

/// Hands every row of the log, or what is wrong with it, to `each`, until that says to stop or the
/// database cannot be read on.
pub(crate) fn scan<E: From<Damage>>(
    connection: &Connection,
    mut each: impl FnMut(Result<EventRow, Damage>) -> Result<(), E>,
) -> Result<(), E> {
    let expected = stored_events(connection).map_err(Damage::Database)?;
    let mut statement = connection.prepare(SELECT).map_err(Damage::Database)?;
    let mut rows = statement.query([]).map_err(Damage::Database)?;
    let (mut found, mut last) = (0, None);
    while let Some(row) = rows.next().map_err(Damage::Database)? {
        found += 1;
        let read = read(row).map_err(|error| Damage::Event(name(row), error));
        // A page that lost its place can still hold rows that are as they were written.
        let read = read.and_then(|row| {
            let key = (row.event_id, row.visitor, row.project_id);
            let ordered = last.is_none_or(|last| last < key);
            last = Some(key);
            if ordered { Ok(row) } else { Err(Damage::Order(row.event_id.to_string())) }
        });
        each(read)?;
    }
    if found == expected { Ok(()) } else { each(Err(Damage::Number { found, expected })) }
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
    mut each: impl FnMut(&EventRow),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(SELECT)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(&decode(row)?);
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

/// The id of a row that may be damaged, for people.
fn name(row: &Row<'_>) -> String {
    match row.get(0) {
        Ok(id) => EventId::from_bytes(id).to_string(),
        Err(_) => "whose id cannot be read".to_owned(),
    }
}

/// Reads a row and holds it against its digest.
fn read(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let columns = (0..DIGEST).map(|column| row.get_ref(column));
    if row.get::<_, u32>(DIGEST)? != digest(columns)? {
        return Err(unreadable(DIGEST, Mismatch));
    }
    decode(row)
}

fn decode(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        event_id: EventId::from_bytes(row.get(0)?),
        visitor: AnonymousId::from_bytes(row.get(1)?),
        project_id: row.get(2)?,
        name: row.get(3)?,
        at_ms: row.get(4)?,
        received_ms: row.get(5)?,
        created_ms: row.get(6)?,
        clock_offset_ms: row.get(7)?,
        doc_id: row.get(8)?,
        seq: row.get(9)?,
        url: row.get(10)?,
        referrer: row.get(11)?,
        sdk: row.get(12)?,
        payload: row.get(13)?,
        assignments: row.get(14)?,
        conversions: row.get(15)?,
        order_hash: row.get(16)?,
        amount: amount(row)?,
        verdict: serde_json::from_str(row.get_ref(20)?.as_str()?)
            .map_err(|error| unreadable(20, error))?,
    })
}

fn amount(row: &Row<'_>) -> rusqlite::Result<Option<Amount>> {
    let currency = row
        .get::<_, Option<String>>(18)?
        .map(|code| Currency::parse(&code).map_err(|error| unreadable(18, error)))
        .transpose()?;
    Ok(match (row.get(17)?, currency, row.get(19)?) {
        (Some(minor_units), Some(currency), _) => Some(Amount::Money { minor_units, currency }),
        (_, _, Some(text)) => Some(Amount::InOrdersCurrency(text)),
        (None, Some(currency), None) => Some(Amount::AllThatIsLeft { currency }),
        (_, None, None) => None,
    })
}

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

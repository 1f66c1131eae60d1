//! Writing events, each with the context that it shares with others of its request.

use super::digest::digest;
use super::event_row::{Amount, Countable, EventContext, EventRow};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Transaction, params};
use serde::Serialize;
use std::sync::Arc;

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

/// Writes events within one transaction, for which it finds its statements and ids but once.
pub(crate) struct Appender<'t> {
    transaction: &'t Transaction<'t>,
    insert_event: CachedStatement<'t>,
    insert_context: CachedStatement<'t>,
    next_event: i64,
    next_context: i64,
    /// The context that was written last: events of a request follow each other.
    last: Option<(Arc<EventContext>, i64)>,
    /// Room for verdicts as JSON.
    verdict: Vec<u8>,
}

impl<'t> Appender<'t> {
    /// Begins behind what is stored.
    pub(crate) fn new(transaction: &'t Transaction<'t>) -> rusqlite::Result<Self> {
        let next = |table: &str| {
            transaction
                .prepare_cached(&format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"))?
                .query_row([], |row| row.get(0))
        };
        Ok(Self {
            transaction,
            insert_event: transaction.prepare_cached(INSERT_EVENT)?,
            insert_context: transaction.prepare_cached(INSERT_CONTEXT)?,
            next_event: next("events")?,
            next_context: next("contexts")?,
            last: None,
            verdict: Vec::new(),
        })
    }

    /// Writes a row, unless its identity is taken.
    pub(crate) fn append(&mut self, row: &EventRow) -> rusqlite::Result<Appended> {
        let context = &row.counts.context;
        let known = self.last.as_ref().filter(|(last, _)| Arc::ptr_eq(last, context));
        let (context_id, is_new) = match known {
            Some((_, id)) => (*id, false),
            None => (self.next_context, true),
        };
        if !self.insert_event(row, context_id)? {
            let stands = stands(self.transaction, row)?;
            return Ok(if stands { Appended::Duplicate } else { Appended::Conflict });
        }
        if is_new {
            self.insert_context(context, context_id)?;
            self.last = Some((Arc::clone(context), context_id));
        }
        Ok(Appended::New)
    }

    fn insert_event(&mut self, row: &EventRow, context_id: i64) -> rusqlite::Result<bool> {
        let EventRow { counts, name, created_ms, clock_offset_ms, seq, url, .. } = row;
        let EventRow { payload, conversions, .. } = row;
        let Countable { event_id, visitor, project_id, at_ms, order_hash, .. } = counts;
        let amount = counts.amount.as_ref();
        let verdict = if counts.verdict.is_silent() {
            ValueRef::Null
        } else {
            json(&mut self.verdict, &*counts.verdict)?
        };
        let new = write(
            &mut self.insert_event,
            [
                ValueRef::Integer(self.next_event),
                ValueRef::Blob(event_id.as_bytes()),
                ValueRef::Blob(visitor.as_bytes()),
                ValueRef::Integer(*project_id),
                ValueRef::Integer(context_id),
                text(name),
                ValueRef::Integer(*at_ms),
                created_ms.map_or(ValueRef::Null, ValueRef::Integer),
                clock_offset_ms.map_or(ValueRef::Null, ValueRef::Integer),
                seq.map_or(ValueRef::Null, |seq| ValueRef::Integer(seq.into())),
                text(url),
                payload.as_deref().map_or(ValueRef::Null, text),
                conversions.as_deref().map_or(ValueRef::Null, text),
                order_hash.as_ref().map_or(ValueRef::Null, |hash| ValueRef::Blob(hash)),
                amount.and_then(Amount::minor_units).map_or(ValueRef::Null, ValueRef::Integer),
                amount.and_then(Amount::currency).map_or(ValueRef::Null, |code| text(code.code())),
                amount.and_then(Amount::decimal).map_or(ValueRef::Null, text),
                verdict,
            ],
        )?;
        self.next_event += i64::from(new);
        Ok(new)
    }

    fn insert_context(&mut self, context: &EventContext, id: i64) -> rusqlite::Result<()> {
        let EventContext { received_ms, sdk, doc_id, referrer, assignments, verdict } = context;
        write(
            &mut self.insert_context,
            [
                ValueRef::Integer(id),
                ValueRef::Integer(*received_ms),
                text(sdk),
                doc_id.as_deref().map_or(ValueRef::Null, text),
                text(referrer),
                assignments.as_deref().map_or(ValueRef::Null, text),
                json(&mut self.verdict, verdict)?,
            ],
        )?;
        self.next_context = id + 1;
        Ok(())
    }
}

/// Not `INSERT OR IGNORE`, which would also be silent about an id that is taken.
const INSERT_EVENT: &str =
    "INSERT INTO events (id, event_id, visitor, project_id, context_id, name,
     at_ms, created_ms, clock_offset_ms, seq, url, payload, conversions, order_hash, minor_units,
     currency, decimal_amount, verdict, digest)
 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
 ON CONFLICT (event_id, visitor, project_id) DO NOTHING";

const INSERT_CONTEXT: &str = "INSERT INTO contexts (id, received_ms, sdk, doc_id, referrer,
     assignments, verdict, digest)
 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// Writes a row behind its columns' digest; tells whether it was written.
fn write<const N: usize>(
    statement: &mut CachedStatement<'_>,
    columns: [ValueRef<'_>; N],
) -> rusqlite::Result<bool> {
    let digest = digest(columns.iter().map(|column| Ok(*column)))?;
    for (place, column) in columns.into_iter().enumerate() {
        statement.raw_bind_parameter(place + 1, ToSqlOutput::Borrowed(column))?;
    }
    statement.raw_bind_parameter(N + 1, digest)?;
    Ok(statement.raw_execute()? == 1)
}

fn text(text: &str) -> ValueRef<'_> {
    ValueRef::Text(text.as_bytes())
}

fn json<'b>(room: &'b mut Vec<u8>, value: &impl Serialize) -> rusqlite::Result<ValueRef<'b>> {
    room.clear();
    serde_json::to_writer(&mut *room, value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    Ok(ValueRef::Text(room))
}

/// Whether the row that stands under this identity says the same. Compared are the facts that
/// the sender wrote and that are stored as written: the rest may differ from copy to copy.
fn stands(transaction: &Transaction<'_>, row: &EventRow) -> rusqlite::Result<bool> {
    let Countable { event_id, visitor, project_id, order_hash, context, .. } = &row.counts;
    transaction
        .prepare_cached(
            "SELECT 1 FROM events_in_full WHERE event_id = ?1 AND visitor = ?2 AND project_id = ?3
                 AND name = ?4 AND created_ms IS ?5 AND seq IS ?6 AND payload IS ?7
                 AND assignments IS ?8 AND conversions IS ?9 AND order_hash IS ?10",
        )?
        .exists(params![
            event_id.as_bytes(),
            visitor.as_bytes(),
            project_id,
            row.name,
            row.created_ms,
            row.seq,
            row.payload,
            context.assignments,
            row.conversions,
            order_hash,
        ])
}

//! Rows into events.

use super::super::digest::{Mismatch, digest};
use super::super::event_row::{Amount, Countable, EventContext, EventRow, REFUND};
use super::super::verdict::Verdict;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, Statement};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::money::Currency;

/// The columns of `events`, in the order of their digest and with that behind them.
pub(super) const EVENT: &str =
    "SELECT id, event_id, visitor, project_id, context_id, name, at_ms, created_ms,
     clock_offset_ms, seq, url, payload, conversions, order_hash, minor_units, currency,
     decimal_amount, verdict, digest
 FROM events";
const EVENT_DIGEST: usize = 18;

/// The same of `contexts`.
const CONTEXT: &str = "SELECT id, received_ms, sdk, doc_id, referrer, assignments, verdict, digest
 FROM contexts WHERE id = ?1";
const CONTEXT_DIGEST: usize = 7;

/// The most verdicts that are remembered.
const MAX_VERDICTS: usize = 1_000;

/// Reads events with their contexts, and remembers what many of them have in common.
pub(super) struct RowReader<'c> {
    contexts: Statement<'c>,
    /// The last context: events of a request follow each other.
    last: Option<(i64, Arc<EventContext>)>,
    /// Verdicts by their text: there are few different ones, as no id stands in them.
    verdicts: HashMap<String, Arc<Verdict>>,
    silent: Arc<Verdict>,
    /// Holds a row against its digest, which stands at that place.
    hold: fn(&Row<'_>, usize) -> rusqlite::Result<()>,
}

impl<'c> RowReader<'c> {
    pub(super) fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            contexts: connection.prepare(CONTEXT)?,
            last: None,
            verdicts: HashMap::new(),
            silent: Arc::default(),
            hold,
        })
    }

    #[cfg(test)]
    pub(super) fn unverified(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self { hold: |_, _| Ok(()), ..Self::new(connection)? })
    }

    pub(super) fn whole(&mut self, row: &Row<'_>) -> rusqlite::Result<EventRow> {
        Ok(EventRow {
            counts: self.countable(row)?,
            name: row.get(5)?,
            created_ms: row.get(7)?,
            clock_offset_ms: row.get(8)?,
            seq: row.get(9)?,
            url: row.get(10)?,
            payload: row.get(11)?,
            conversions: row.get(12)?,
        })
    }

    pub(super) fn countable(&mut self, row: &Row<'_>) -> rusqlite::Result<Countable> {
        (self.hold)(row, EVENT_DIGEST)?;
        Ok(Countable {
            event_id: EventId::from_bytes(row.get(1)?),
            visitor: AnonymousId::from_bytes(row.get(2)?),
            project_id: row.get(3)?,
            is_refund: event_name(row)? == REFUND,
            at_ms: row.get(6)?,
            order_hash: row.get(13)?,
            amount: amount(row)?,
            context: self.context(row.get(4)?)?,
            verdict: self.verdict(row)?,
        })
    }

    fn context(&mut self, id: i64) -> rusqlite::Result<Arc<EventContext>> {
        if let Some((_, context)) = self.last.as_ref().filter(|(last, _)| *last == id) {
            return Ok(Arc::clone(context));
        }
        let hold = self.hold;
        let context = self.contexts.query_row([id], |row| {
            hold(row, CONTEXT_DIGEST)?;
            Ok(Arc::new(EventContext {
                received_ms: row.get(1)?,
                sdk: row.get(2)?,
                doc_id: row.get(3)?,
                referrer: row.get(4)?,
                assignments: row.get(5)?,
                verdict: from_json(row, 6)?,
            }))
        })?;
        self.last = Some((id, Arc::clone(&context)));
        Ok(context)
    }

    fn verdict(&mut self, row: &Row<'_>) -> rusqlite::Result<Arc<Verdict>> {
        let Some(text) = row.get_ref(17)?.as_str_or_null()? else {
            return Ok(Arc::clone(&self.silent));
        };
        if let Some(known) = self.verdicts.get(text) {
            return Ok(Arc::clone(known));
        }
        let verdict = Arc::new(from_json(row, 17)?);
        if self.verdicts.len() < MAX_VERDICTS {
            self.verdicts.insert(text.to_owned(), Arc::clone(&verdict));
        }
        Ok(verdict)
    }
}

/// The name of an event.
pub(super) fn event_name<'r>(row: &'r Row<'_>) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(5)?.as_str()?)
}

fn hold(row: &Row<'_>, place: usize) -> rusqlite::Result<()> {
    let columns = (0..place).map(|column| row.get_ref(column));
    if row.get::<_, u32>(place)? == digest(columns)? {
        Ok(())
    } else {
        Err(unreadable(place, Mismatch))
    }
}

fn amount(row: &Row<'_>) -> rusqlite::Result<Option<Amount>> {
    let currency = row
        .get_ref(15)?
        .as_str_or_null()?
        .map(|code| Currency::parse(code).map_err(|error| unreadable(15, error)))
        .transpose()?;
    Ok(match (row.get(14)?, currency, row.get(16)?) {
        (Some(minor_units), Some(currency), _) => Some(Amount::Money { minor_units, currency }),
        (_, _, Some(text)) => Some(Amount::InOrdersCurrency(text)),
        (None, Some(currency), None) => Some(Amount::AllThatIsLeft { currency }),
        (_, None, None) => None,
    })
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|error| unreadable(column, error))
}

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

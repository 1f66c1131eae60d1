//! Rows into events.

use super::super::digest::{Mismatch, digest};
use super::super::event_row::{Amount, Countable, EventContext, EventRow};
use super::super::verdict::Verdict;
use rusqlite::types::{FromSql, Type, ValueRef};
use rusqlite::{Connection, Row, Statement};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use ttoolab_core::check::REFUND;
use ttoolab_core::id::{AnonymousId, EventId};
use ttoolab_core::money::Currency;

/// The columns of `events`, in the order of their digest and with that behind them.
pub(super) const EVENT: &str =
    "SELECT id, event_id, visitor, project_id, context_id, name, at_ms, created_ms,
     clock_offset_ms, seq, url, payload, conversions, order_hash, minor_units, currency,
     decimal_amount, verdict, digest
 FROM events";
const EVENT_COLUMNS: usize = 18;

/// The places of columns that more than one question is about.
const NAME: usize = 5;
const VERDICT: usize = 17;

/// The same of `contexts`.
const CONTEXT: &str = "SELECT id, received_ms, sdk, doc_id, referrer, assignments, verdict, digest
 FROM contexts WHERE id = ?1";
const CONTEXT_COLUMNS: usize = 7;

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
    /// Holds columns against the digest that stands behind them.
    hold: fn(&Row<'_>, &[ValueRef<'_>]) -> rusqlite::Result<()>,
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

    /// All of a row.
    pub(super) fn whole(&mut self, row: &Row<'_>) -> rusqlite::Result<EventRow> {
        let columns = columns(row, self.hold)?;
        Ok(EventRow {
            counts: self.countable_of(&columns)?,
            name: get(&columns, NAME)?,
            created_ms: get(&columns, 7)?,
            clock_offset_ms: get(&columns, 8)?,
            seq: get(&columns, 9)?,
            url: get(&columns, 10)?,
            payload: get(&columns, 11)?,
            conversions: get(&columns, 12)?,
        })
    }

    /// The name of a row, and what counting needs of it.
    pub(super) fn countable<'r>(
        &mut self,
        row: &'r Row<'_>,
    ) -> rusqlite::Result<(&'r str, Countable)> {
        let columns = columns(row, self.hold)?;
        Ok((columns[NAME].as_str()?, self.countable_of(&columns)?))
    }

    fn countable_of(
        &mut self,
        columns: &[ValueRef<'_>; EVENT_COLUMNS],
    ) -> rusqlite::Result<Countable> {
        Ok(Countable {
            event_id: EventId::from_bytes(get(columns, 1)?),
            visitor: AnonymousId::from_bytes(get(columns, 2)?),
            project_id: get(columns, 3)?,
            is_refund: columns[NAME].as_str()? == REFUND,
            at_ms: get(columns, 6)?,
            order_hash: get(columns, 13)?,
            amount: amount(columns)?,
            context: self.context(get(columns, 4)?)?,
            verdict: self.verdict(columns)?,
        })
    }

    fn context(&mut self, id: i64) -> rusqlite::Result<Arc<EventContext>> {
        if let Some((_, context)) = self.last.as_ref().filter(|(last, _)| *last == id) {
            return Ok(Arc::clone(context));
        }
        let hold = self.hold;
        let context = self.contexts.query_row([id], |row| {
            let columns: [_; CONTEXT_COLUMNS] = columns(row, hold)?;
            Ok(Arc::new(EventContext {
                received_ms: get(&columns, 1)?,
                sdk: get(&columns, 2)?,
                doc_id: get(&columns, 3)?,
                referrer: get(&columns, 4)?,
                assignments: get(&columns, 5)?,
                verdict: from_json(columns[6].as_str()?, 6)?,
            }))
        })?;
        self.last = Some((id, Arc::clone(&context)));
        Ok(context)
    }

    fn verdict(&mut self, columns: &[ValueRef<'_>]) -> rusqlite::Result<Arc<Verdict>> {
        let Some(text) = columns[VERDICT].as_str_or_null()? else {
            return Ok(Arc::clone(&self.silent));
        };
        if let Some(known) = self.verdicts.get(text) {
            return Ok(Arc::clone(known));
        }
        let verdict = Arc::new(from_json(text, VERDICT)?);
        if self.verdicts.len() < MAX_VERDICTS {
            self.verdicts.insert(text.to_owned(), Arc::clone(&verdict));
        }
        Ok(verdict)
    }
}

/// The columns of a row, held against the digest behind them.
fn columns<'r, const N: usize>(
    row: &'r Row<'_>,
    hold: fn(&Row<'_>, &[ValueRef<'_>]) -> rusqlite::Result<()>,
) -> rusqlite::Result<[ValueRef<'r>; N]> {
    let mut columns = [ValueRef::Null; N];
    for (place, column) in columns.iter_mut().enumerate() {
        *column = row.get_ref(place)?;
    }
    hold(row, &columns)?;
    Ok(columns)
}

fn hold(row: &Row<'_>, columns: &[ValueRef<'_>]) -> rusqlite::Result<()> {
    let place = columns.len();
    if row.get::<_, u32>(place)? == digest(columns.iter().map(|column| Ok(*column)))? {
        Ok(())
    } else {
        Err(unreadable(place, Mismatch))
    }
}

fn get<T: FromSql>(columns: &[ValueRef<'_>], place: usize) -> rusqlite::Result<T> {
    T::column_result(columns[place]).map_err(|error| unreadable(place, error))
}

fn amount(columns: &[ValueRef<'_>]) -> rusqlite::Result<Option<Amount>> {
    let currency = columns[15]
        .as_str_or_null()?
        .map(|code| Currency::parse(code).map_err(|error| unreadable(15, error)))
        .transpose()?;
    Ok(match (get(columns, 14)?, currency, get(columns, 16)?) {
        (Some(minor_units), Some(currency), _) => Some(Amount::Money { minor_units, currency }),
        (_, _, Some(text)) => Some(Amount::InOrdersCurrency(text)),
        (None, Some(currency), None) => Some(Amount::AllThatIsLeft { currency }),
        (_, None, None) => None,
    })
}

fn from_json<T: DeserializeOwned>(text: &str, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| unreadable(column, error))
}

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

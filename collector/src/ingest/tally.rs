//! The tally of a group: every event ends in an outcome, and every outcome is counted with the
//! transaction that made it true.

use crate::store::{Appended, EventRow, count_outcome};
use jiff::tz::TimeZone;
use rusqlite::Transaction;
use std::collections::BTreeMap;
use ttoolab_core::clock::Day;
use ttoolab_core::reason::{Note, Outcome, RejectCode};

/// The reason under which all events of an outcome are counted; the others name parts of them.
const TOTAL: &str = "";

/// Counts of outcomes, by project and day of receipt (UTC).
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<(i64, Day), Counts>);

/// Counts by outcome and reason.
#[derive(Debug, Default)]
pub(crate) struct Counts(BTreeMap<(Outcome, &'static str), i64>);

impl Counts {
    /// Counts what became of a row; tells whether it is new.
    pub(crate) fn add(&mut self, row: &EventRow, appended: Appended) -> bool {
        match appended {
            Appended::Duplicate => self.count(Outcome::Duplicate, TOTAL),
            Appended::Conflict => {
                self.count(Outcome::Duplicate, TOTAL);
                self.count(Outcome::Duplicate, Note::IdConflict.as_str());
            }
            Appended::New => {
                self.count(Outcome::Accepted, TOTAL);
                for note in &row.counts.verdict.notes {
                    self.count(Outcome::Accepted, note.as_str());
                }
                if let Some(flag) = row.counts.context.verdict.flag {
                    self.count(Outcome::Flagged, TOTAL);
                    self.count(Outcome::Flagged, flag.as_str());
                }
            }
        }
        appended == Appended::New
    }

    /// Counts what was refused before it came here.
    pub(crate) fn refuse(&mut self, rejected: &[RejectCode]) {
        for code in rejected {
            self.count(Outcome::Rejected, TOTAL);
            self.count(Outcome::Rejected, code.as_str());
        }
    }

    fn count(&mut self, outcome: Outcome, reason: &'static str) {
        *self.0.entry((outcome, reason)).or_default() += 1;
    }
}

impl Tally {
    /// The counts that a request adds to: all of its events were received at one time.
    pub(crate) fn of(&mut self, project_id: i64, received_ms: i64) -> &mut Counts {
        self.0.entry((project_id, Day::of(received_ms, &TimeZone::UTC))).or_default()
    }

    /// Adds the counts to the stored ones.
    pub(crate) fn store(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        for (&(project_id, day), Counts(counts)) in &self.0 {
            for (&outcome, &events) in counts {
                count_outcome(transaction, project_id, day, outcome, events)?;
            }
        }
        Ok(())
    }

    /// Shows the counts at `/metrics`, once they are durable.
    pub(crate) fn publish(&self) {
        for (&(outcome, reason), &events) in self.0.values().flat_map(|Counts(counts)| counts) {
            let labels = [("outcome", outcome.as_str()), ("reason", reason)];
            metrics::counter!("ttoolab_events_total", &labels).increment(events.unsigned_abs());
        }
    }
}

//! The tally of a group: every event ends in an outcome, and every outcome is counted with the
//! transaction that made it true.

use super::log::Submission;
use crate::store::{Appended, EventRow, count_outcome};
use jiff::tz::TimeZone;
use rusqlite::Transaction;
use std::collections::BTreeMap;
use ttoolab_core::clock::Day;
use ttoolab_core::reason::{Note, Outcome};

/// The reason under which all events of an outcome are counted; the others name parts of them.
const TOTAL: &str = "";

/// Counts by project, day of receipt (UTC), outcome and reason.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<(i64, Day, Outcome, &'static str), i64>);

impl Tally {
    /// Counts what became of a row; tells whether it is new.
    pub(crate) fn add(&mut self, row: &EventRow, appended: Appended) -> bool {
        let mut count = |outcome, reason| {
            self.count(row.project_id, row.received_ms, outcome, reason);
        };
        match appended {
            Appended::Duplicate => count(Outcome::Duplicate, TOTAL),
            Appended::Conflict => {
                count(Outcome::Duplicate, TOTAL);
                count(Outcome::Duplicate, Note::IdConflict.as_str());
            }
            Appended::New => {
                count(Outcome::Accepted, TOTAL);
                for note in &row.verdict.notes {
                    count(Outcome::Accepted, note.as_str());
                }
                if let Some(flag) = row.verdict.flag {
                    count(Outcome::Flagged, TOTAL);
                    count(Outcome::Flagged, flag.as_str());
                }
            }
        }
        appended == Appended::New
    }

    /// Counts what was refused before it came here.
    pub(crate) fn refuse(&mut self, submission: &Submission) {
        for code in &submission.rejected {
            let Submission { project_id, received_ms, .. } = submission;
            for reason in [TOTAL, code.as_str()] {
                self.count(*project_id, *received_ms, Outcome::Rejected, reason);
            }
        }
    }

    fn count(&mut self, project_id: i64, received_ms: i64, outcome: Outcome, reason: &'static str) {
        let day = Day::of(received_ms, &TimeZone::UTC);
        *self.0.entry((project_id, day, outcome, reason)).or_default() += 1;
    }

    /// Adds the counts to the stored ones.
    pub(crate) fn store(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        for (&(project_id, day, outcome, reason), &events) in &self.0 {
            count_outcome(transaction, project_id, day, (outcome, reason), events)?;
        }
        Ok(())
    }

    /// Shows the counts at `/metrics`, once they are durable.
    pub(crate) fn publish(&self) {
        for (&(_, _, outcome, reason), &events) in &self.0 {
            let labels = [("outcome", outcome.as_str()), ("reason", reason)];
            metrics::counter!("ttoolab_events_total", &labels).increment(events.unsigned_abs());
        }
    }
}

//! The embedded database: one SQLite file, the only thing on disk.
//!
//! The event log and what people configured live here; everything counted is derived in memory
//! from the log. Anyone can open the file with `sqlite3` and read it.

mod documents;
mod erased;
mod event_row;
mod open;
mod outcomes;
mod reader;
pub(crate) mod verdict;

pub(crate) use documents::{Documents, StoredExperiment, StoredProject};
pub(crate) use erased::{VisitorHash, erased_visitors, replace, suppress, truncate_log};
pub(crate) use event_row::{Amount, Appended, EventRow, append, replay};
#[cfg(test)]
pub(crate) use open::SCHEMA;
pub(crate) use open::{DataFolder, OpenError};
pub(crate) use outcomes::{OutcomeCount, count_outcome};
pub(crate) use reader::{Reader, Unreadable};

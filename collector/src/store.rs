//! The embedded database: one SQLite file, the only thing on disk.
//!
//! The event log and what people configured live here; everything counted is derived in memory
//! from the log. Anyone can open the file with `sqlite3` and read it.

mod append;
mod changes;
mod deliveries;
mod digest;
mod documents;
mod erased;
mod event_row;
mod integrity;
mod open;
mod outcomes;
mod reader;
mod scan;
pub(crate) mod verdict;
mod webhooks;

pub(crate) use append::{Appended, Appender};
pub(crate) use changes::{Changes, Unwritable};
pub(crate) use deliveries::{
    Attempt, Delivery, DeliveryStatus, Logged, NewMessage, add_delivery, delivery, heads, logged,
    message_of, prune, put_delivery, put_message, waiting,
};
pub use digest::digest;
pub(crate) use documents::{Documents, StoredExperiment, StoredProject};
pub(crate) use erased::{VisitorHash, erased_visitors, replace, suppress, truncate_log};
pub(crate) use event_row::{Amount, Countable, EventContext, EventRow};
pub(crate) use integrity::faults;
#[cfg(test)]
pub(crate) use open::SCHEMA;
pub(crate) use open::{DATABASE, DataFolder, OpenError, copy_into, open_file, open_to_read};
pub(crate) use outcomes::{OutcomeCount, count_outcome};
pub(crate) use reader::{Reader, Unreadable};
#[cfg(test)]
pub(crate) use scan::replay_unverified;
pub(crate) use scan::{Damage, check_number, events_of, last_id, replay, scan};
pub(crate) use webhooks::StoredWebhook;

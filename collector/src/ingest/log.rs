//! The log: makes rows durable, then counts them, then answers. One writer, group commit.
//!
//! A request hands its rows to the writer's queue and waits. The writer takes what has gathered
//! within [`GROUP_WINDOW`], writes it in one transaction, and only after the commit (with
//! `synchronous=FULL` that means: on disk) folds the new rows and answers everybody. So an answer
//! is never early, and a duplicate is never acknowledged before its original is durable.

mod queue;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use queue::{Erasure, Log, LogError, Submission};
pub(crate) use writer::Writer;

use std::time::Duration;

/// How long the first request of a group waits for company: short against an fsync, long enough
/// to share one.
const GROUP_WINDOW: Duration = Duration::from_millis(2);
/// The most rows in one transaction: bounds the time until the first of them is answered.
const MAX_GROUP_ROWS: usize = 2_000;

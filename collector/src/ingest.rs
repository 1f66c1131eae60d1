//! The path of an event through the collector, in the order of the modules.
//!
//! `edge` decides who may speak and takes a request apart, and `crawlers` who is no visitor;
//! `judge` gives every event its verdict; `event_names` bounds how many a project has; `log` makes
//! rows durable and answers, with a `tally` of what became of them; `fold` turns rows into counts, and
//! `replay` does so with all that is stored, at the start.

pub(crate) mod crawlers;
pub(crate) mod edge;
pub(crate) mod event_names;
pub(crate) mod fold;
pub(crate) mod judge;
pub(crate) mod log;
pub(crate) mod replay;
pub(crate) mod suppressed;
pub(crate) mod tally;

#[cfg(test)]
mod vectors;

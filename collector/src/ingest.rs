//! The path of an event through the collector, in the order of the modules.
//!
//! `edge` decides who may speak and takes a request apart; `judge` gives every event its verdict;
//! `log` makes rows durable and answers; `fold` turns rows into counts.

pub(crate) mod edge;
pub(crate) mod fold;
pub(crate) mod judge;
pub(crate) mod log;

#[cfg(test)]
mod vectors;

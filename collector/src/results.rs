//! Results: what the counts say about one experiment, as the API and the dashboard show it.

pub(crate) mod census;
pub(crate) mod daily;
pub(crate) mod exposition;
pub(crate) mod health;
mod money;
pub(crate) mod query;
pub(crate) mod totals;

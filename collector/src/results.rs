//! Results: what the counts say about one experiment, as the API and the dashboard show it.

pub(crate) mod daily;
pub(crate) mod health;
mod money;
pub(crate) mod query;
pub(crate) mod totals;

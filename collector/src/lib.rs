//! The collector: takes events from pages and servers, stores them durably, counts them exactly.
//!
//! # The path of an event
//!
//! 1. [`http`] takes the request and bounds it;
//! 2. [`ingest`]`::edge` decides who speaks: project, origin, token, secret key;
//! 3. `ingest::judge` gives each event its verdict by the rules of `ttoolab-core`;
//! 4. `ingest::log` writes rows in groups, one fsync for all, and only then answers: a `200`
//!    means *on disk and counted*, a `503` or `429` means *nothing stored, send it again*;
//! 5. `ingest::fold` turns rows into counts, which are a pure function of the set of rows;
//! 6. [`results`] reads the counts for the API and the dashboard.
//!
//! [`webhooks`] tells other servers what became of experiments. [`assign`] decides beforehand which variant a visitor sees; [`admin`] holds what people
//! configured; [`store`] is the only module that speaks SQL. Counts are never stored: a start
//! replays the log, so nothing derived can disagree with what was recorded.

mod admin;
mod app;
mod assign;
mod clock;
pub mod commands;
pub mod config;
mod http;
mod ingest;
mod random;
mod results;
mod serve;
mod store;
pub mod telemetry;
mod webhooks;

pub use serve::serve;
pub use store::digest as row_digest;

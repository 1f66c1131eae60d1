//! HTTP: one file per family of endpoints, every route in [`router`].

mod api;
mod assets;
mod client;
mod connections;
mod dashboard;
mod errors;
mod limits;
pub(crate) mod openapi;
pub(crate) mod rate_limit;
pub(crate) mod router;
mod sdk;
pub(crate) mod server;
pub(crate) mod session;
mod webhooks;

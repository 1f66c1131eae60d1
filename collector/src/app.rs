//! What every request can reach.

use crate::admin::catalog::Catalog;
use crate::admin::keys::Keys;
use crate::http::openapi::Document;
use crate::http::rate_limit::RateLimit;
use crate::http::session::Sessions;
use crate::ingest::event_names::EventNames;
use crate::ingest::fold::Fold;
use crate::ingest::log::Log;
use crate::ingest::suppressed::Suppressed;
use crate::store::{Changes, Reader};
use crate::webhooks::Webhooks;
use arc_swap::ArcSwap;
use hyper::http::HeaderName;
use metrics_exporter_prometheus::PrometheusHandle;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// The running collector.
pub(crate) struct App {
    /// What is configured; swapped as a whole when it changes.
    pub(crate) catalog: ArcSwap<Catalog>,
    pub(crate) keys: Keys,
    pub(crate) log: Log,
    /// The visitors of whom nothing is taken.
    pub(crate) suppressed: Arc<Suppressed>,
    /// The event names in use.
    pub(crate) names: EventNames,
    /// Answers questions about what is stored.
    pub(crate) reader: Reader,
    /// Changes what is configured, and the outbox.
    pub(crate) changes: Changes,
    pub(crate) webhooks: Webhooks,
    /// Renders the figures of `/metrics`.
    pub(crate) metrics: PrometheusHandle,
    /// Written by the log's writer alone, after each commit; readers hold the lock for one
    /// answer. A std lock: nobody awaits under it.
    pub(crate) fold: Arc<RwLock<Fold>>,
    pub(crate) sessions: Sessions,
    /// What `/api/openapi.json` answers.
    pub(crate) openapi: Document,
    /// How often a client may ask `/sdk/*`.
    pub(crate) rate_limit: RateLimit,
    /// The header that says which country a request comes from, if the operator trusts one.
    pub(crate) country_header: Option<HeaderName>,
    /// The folder of the demo shop, if it is served.
    pub(crate) demo: Option<PathBuf>,
    /// Set when the process was told to stop: no new events are taken.
    pub(crate) draining: AtomicBool,
}

impl App {
    /// The counts. A panic elsewhere while writing would leave them to be replayed at the next
    /// start; until then the last state is served.
    pub(crate) fn counts(&self) -> RwLockReadGuard<'_, Fold> {
        self.fold.read().unwrap_or_else(PoisonError::into_inner)
    }
}

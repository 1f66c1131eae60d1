//! Changing what is configured, and the outbox, while the log's writer writes events: each change
//! one short transaction on a connection of its own, away from the threads that answer requests.
//! SQLite lets one of the two wait for the other.

use super::open::DataFolder;
use rusqlite::{Transaction, TransactionBehavior};
use std::sync::Arc;

/// The database cannot be written now; a retry may help. The log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the database cannot be written")]
pub(crate) struct Unwritable;

/// Makes changes.
#[derive(Clone)]
pub(crate) struct Changes(pub(crate) Arc<DataFolder>);

impl Changes {
    /// Makes a change: all of it, or when it ends in an error, nothing.
    pub(crate) async fn make<T, E>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unwritable> + From<rusqlite::Error> + Send + 'static,
    {
        let folder = Arc::clone(&self.0);
        let changing = tokio::task::spawn_blocking(move || {
            let mut connection = folder.connect().map_err(|error| {
                tracing::error!(%error, "the database cannot be written");
                Unwritable
            })?;
            // At once and not at its first write: a reader that turns writer is refused when
            // somebody else wrote in between, and no waiting helps.
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let changed = change(&transaction)?;
            transaction.commit()?;
            Ok(changed)
        });
        // A task that cannot be joined panicked, or the runtime is going away.
        changing.await.unwrap_or_else(|_| Err(Unwritable.into()))
    }
}

impl From<rusqlite::Error> for Unwritable {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database cannot be written");
        Self
    }
}

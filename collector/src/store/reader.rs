//! Reading what is stored while the writer writes: each question on a connection of its own, away
//! from the threads that answer requests.

use super::event_row::EventRow;
use super::open::DataFolder;
use super::outcomes::{OutcomeCount, outcomes};
use super::scan::events_of;
use rusqlite::Connection;
use std::sync::Arc;
use ttoolab_core::id::AnonymousId;

/// The database cannot be read now; a retry may help. The log says why.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the database cannot be read")]
pub(crate) struct Unreadable;

/// Answers questions about what is stored.
#[derive(Clone)]
pub(crate) struct Reader(pub(crate) Arc<DataFolder>);

impl Reader {
    /// What became of the events of a project.
    pub(crate) async fn outcomes(&self, project_id: i64) -> Result<Vec<OutcomeCount>, Unreadable> {
        self.ask(move |connection| outcomes(connection, project_id)).await
    }

    /// Every event of a visitor.
    pub(crate) async fn events_of(
        &self,
        project_id: i64,
        visitor: AnonymousId,
    ) -> Result<Vec<EventRow>, Unreadable> {
        self.ask(move |connection| events_of(connection, project_id, visitor)).await
    }

    /// Asks on a connection of its own.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unreadable> {
        let folder = Arc::clone(&self.0);
        let answer = tokio::task::spawn_blocking(move || {
            let connection = folder.connect()?;
            anyhow::Ok(question(&connection)?)
        });
        // A task that cannot be joined panicked, or the runtime is going away.
        let answer = answer.await.map_err(|_| Unreadable)?;
        answer.map_err(|error| {
            tracing::error!(%error, "the database cannot be read");
            Unreadable
        })
    }
}

//! Endpoints of webhooks, as rows of JSON like the rest of what people configured.

use super::digest::digest_of;
use super::documents::{Documents, document, json};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The tables of webhooks. `webhook_deliveries` has a row for each endpoint that a message goes to;
/// `due_ms` is empty once it is over. Its ids are never used twice: an attempt that is under way
/// while the endpoint is deleted must find nothing to be recorded at.
pub(super) const WEBHOOK_SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS webhooks (
    id         TEXT PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    document   TEXT NOT NULL,
    digest     INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS webhook_messages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id   TEXT NOT NULL UNIQUE,
    type       TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    experiment TEXT,
    envelope   TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    digest     INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS webhook_deliveries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    message_id INTEGER NOT NULL REFERENCES webhook_messages (id),
    experiment TEXT,
    status     TEXT NOT NULL,
    due_ms     INTEGER,
    attempts   TEXT NOT NULL,
    digest     INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS webhook_deliveries_waiting
    ON webhook_deliveries (webhook_id, experiment, id) WHERE due_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX IF NOT EXISTS webhook_deliveries_of_message ON webhook_deliveries (message_id);
";

/// An endpoint's row; what an endpoint is, the store need not know.
#[derive(Debug)]
pub(crate) struct StoredWebhook<E> {
    pub(crate) id: String,
    pub(crate) project_id: i64,
    pub(crate) document: E,
}

const COLUMNS: &str = "SELECT id, project_id, document FROM webhooks";

impl Documents<'_> {
    /// The endpoints of a project, in the order they were made.
    pub(crate) fn webhooks<E: DeserializeOwned>(
        &self,
        project_id: i64,
    ) -> rusqlite::Result<Vec<StoredWebhook<E>>> {
        self.0
            .prepare(&format!("{COLUMNS} WHERE project_id = ?1 ORDER BY rowid"))?
            .query_map([project_id], read)?
            .collect()
    }

    /// The endpoint of that id, whichever the project.
    pub(crate) fn webhook<E: DeserializeOwned>(
        &self,
        id: &str,
    ) -> rusqlite::Result<Option<StoredWebhook<E>>> {
        self.0.prepare(&format!("{COLUMNS} WHERE id = ?1"))?.query_row([id], read).optional()
    }

    /// Writes an endpoint over an older one of its id.
    pub(crate) fn put_webhook<E: Serialize>(
        &self,
        StoredWebhook { id, project_id, document }: &StoredWebhook<E>,
    ) -> rusqlite::Result<()> {
        let document = json(document)?;
        let digest = digest_of(&[id, project_id, &document])?;
        self.0
            .prepare(
                "INSERT INTO webhooks (id, project_id, document, digest) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET document = ?3, digest = ?4",
            )?
            .execute(params![id, project_id, document, digest])?;
        Ok(())
    }

    /// Deletes an endpoint with all of its deliveries.
    pub(crate) fn delete_webhook(&self, id: &str) -> rusqlite::Result<()> {
        self.0.prepare("DELETE FROM webhooks WHERE id = ?1")?.execute([id])?;
        super::deliveries::forget_told(self.0)
    }
}

fn read<E: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<StoredWebhook<E>> {
    Ok(StoredWebhook { id: row.get(0)?, project_id: row.get(1)?, document: document(row, 2)? })
}

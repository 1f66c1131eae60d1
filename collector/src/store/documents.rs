//! What people configured, as rows of JSON, and the secrets of this installation.

use super::digest::digest_of;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A project's row; what a configuration is, the store need not know.
#[derive(Debug)]
pub(crate) struct StoredProject<C> {
    pub(crate) id: i64,
    pub(crate) config: C,
    pub(crate) changed_ms: i64,
}

/// An experiment's row.
#[derive(Debug)]
pub(crate) struct StoredExperiment<C, H> {
    pub(crate) config: C,
    pub(crate) history: H,
}

/// The configuration tables, on one connection or within one transaction.
pub(crate) struct Documents<'c>(pub(crate) &'c Connection);

impl Documents<'_> {
    /// Every project, in the order they were made.
    pub(crate) fn projects<C: DeserializeOwned>(&self) -> rusqlite::Result<Vec<StoredProject<C>>> {
        self.0
            .prepare("SELECT id, config, changed_ms FROM projects ORDER BY id")?
            .query_map([], read_project)?
            .collect()
    }

    /// The project of that key.
    pub(crate) fn project<C: DeserializeOwned>(
        &self,
        key: &str,
    ) -> rusqlite::Result<Option<StoredProject<C>>> {
        self.0
            .prepare("SELECT id, config, changed_ms FROM projects WHERE key = ?1")?
            .query_row([key], read_project)
            .optional()
    }

    /// Writes a project; the id stays with the key.
    pub(crate) fn put_project<C: Serialize>(
        &self,
        key: &str,
        config: &C,
        now_ms: i64,
    ) -> rusqlite::Result<i64> {
        let config = json(config)?;
        let id: i64 = self
            .0
            .prepare(
                "INSERT INTO projects (key, config, changed_ms, digest) VALUES (?1, ?2, ?3, 0)
                 ON CONFLICT (key) DO UPDATE SET config = ?2, changed_ms = ?3
                 RETURNING id",
            )?
            .query_row(params![key, config, now_ms], |row| row.get(0))?;
        // The digest covers the id, which is known only now.
        self.0
            .prepare("UPDATE projects SET digest = ?2 WHERE id = ?1")?
            .execute(params![id, digest_of(&[&id, &key, &config, &now_ms])?])?;
        Ok(id)
    }

    /// The experiments of a project, in the order they were made.
    pub(crate) fn experiments<C: DeserializeOwned, H: DeserializeOwned>(
        &self,
        project_id: i64,
    ) -> rusqlite::Result<Vec<StoredExperiment<C, H>>> {
        self.0
            .prepare("SELECT config, history FROM experiments WHERE project_id = ?1 ORDER BY id")?
            .query_map([project_id], read_experiment)?
            .collect()
    }

    /// The experiment of that key.
    pub(crate) fn experiment<C: DeserializeOwned, H: DeserializeOwned>(
        &self,
        project_id: i64,
        key: &str,
    ) -> rusqlite::Result<Option<StoredExperiment<C, H>>> {
        self.0
            .prepare("SELECT config, history FROM experiments WHERE project_id = ?1 AND key = ?2")?
            .query_row(params![project_id, key], read_experiment)
            .optional()
    }

    /// Writes an experiment over an older one of its key.
    pub(crate) fn put_experiment<C: Serialize, H: Serialize>(
        &self,
        project_id: i64,
        key: &str,
        document: &StoredExperiment<C, H>,
    ) -> rusqlite::Result<()> {
        let (config, history) = (json(&document.config)?, json(&document.history)?);
        let digest = digest_of(&[&project_id, &key, &config, &history])?;
        self.0
            .prepare(
                "INSERT INTO experiments (project_id, key, config, history, digest)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (project_id, key)
                 DO UPDATE SET config = ?3, history = ?4, digest = ?5",
            )?
            .execute(params![project_id, key, config, history, digest])?;
        Ok(())
    }

    /// Tells whether any event of the project is stored. Reads the log until it finds one, so it
    /// is for rare questions.
    pub(crate) fn has_events(&self, project_id: i64) -> rusqlite::Result<bool> {
        self.0.prepare("SELECT 1 FROM events WHERE project_id = ?1 LIMIT 1")?.exists([project_id])
    }

    /// The secret of that name, made by `fresh` when there is none yet.
    pub(crate) fn secret(
        &self,
        name: &str,
        fresh: impl FnOnce() -> Vec<u8>,
    ) -> rusqlite::Result<Vec<u8>> {
        let known = self
            .0
            .prepare("SELECT value FROM secrets WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        if let Some(known) = known {
            return Ok(known);
        }
        let value = fresh();
        self.put_secret(name, &value)?;
        Ok(value)
    }

    /// Every secret whose name begins so.
    pub(crate) fn secrets(&self, prefix: &str) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
        self.0
            .prepare("SELECT name, value FROM secrets WHERE substr(name, 1, length(?1)) = ?1")?
            .query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    /// Deletes a secret.
    pub(crate) fn forget_secret(&self, name: &str) -> rusqlite::Result<()> {
        self.0.prepare("DELETE FROM secrets WHERE name = ?1")?.execute([name])?;
        Ok(())
    }

    /// Writes a secret over whatever stands there.
    pub(crate) fn put_secret(&self, name: &str, value: &[u8]) -> rusqlite::Result<()> {
        self.0
            .prepare("INSERT OR REPLACE INTO secrets (name, value, digest) VALUES (?1, ?2, ?3)")?
            .execute(params![name, value, digest_of(&[&name, &value])?])?;
        Ok(())
    }
}

fn read_project<C: DeserializeOwned>(row: &Row<'_>) -> rusqlite::Result<StoredProject<C>> {
    Ok(StoredProject { id: row.get(0)?, config: document(row, 1)?, changed_ms: row.get(2)? })
}

fn read_experiment<C: DeserializeOwned, H: DeserializeOwned>(
    row: &Row<'_>,
) -> rusqlite::Result<StoredExperiment<C, H>> {
    Ok(StoredExperiment { config: document(row, 0)?, history: document(row, 1)? })
}

pub(super) fn document<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

pub(super) fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

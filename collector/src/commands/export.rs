//! `export`: stored events with their verdicts, for other programs and for spreadsheets.

mod columns;

use super::Found;
use crate::config::{Export, Format};
use crate::store::{Documents, EventRow, open_to_read, scan};
use anyhow::Context;
use columns::{Line, columns};
use rusqlite::Connection;
use serde::Serializer;
use std::io::Write;

/// Writes the events of a project in the order in which they were stored.
///
/// # Errors
/// When the project is unknown, or an event is damaged: an export that leaves something out would
/// look like a whole one.
pub fn export(settings: &Export, to: &mut dyn Write) -> anyhow::Result<Found> {
    let connection = open_to_read(&settings.folder.data)?;
    let documents = Documents(&connection);
    let project = documents
        .project::<serde_json::Value>(&settings.project)?
        .with_context(|| format!("there is no project `{}`", settings.project))?;
    if let Some(key) = &settings.experiment {
        documents
            .experiment::<serde_json::Value, serde_json::Value>(project.id, key)?
            .with_context(|| format!("there is no experiment `{key}`"))?;
    }
    let wanted = |row: &EventRow| {
        let judged = |key: &String| {
            let entries = &row.counts.context.verdict.entries;
            entries.iter().any(|entry| entry.experiment_key.as_str() == key)
        };
        row.counts.project_id == project.id && settings.experiment.as_ref().is_none_or(judged)
    };
    match settings.format {
        Format::Jsonl => each(&connection, wanted, |line| {
            let mut json = serde_json::Serializer::new(&mut *to);
            json.collect_map(line.iter().map(|(name, cell)| (name, cell)))?;
            Ok(to.write_all(b"\n")?)
        })?,
        Format::Csv => {
            let mut sheet = csv::Writer::from_writer(to);
            let mut headed = false;
            each(&connection, wanted, |line| {
                if !std::mem::replace(&mut headed, true) {
                    sheet.write_record(line.iter().map(|(name, _)| name))?;
                }
                Ok(sheet.write_record(line.iter().map(|(_, cell)| cell.in_sheet()))?)
            })?;
            sheet.flush()?;
        }
    }
    Ok(Found::Nothing)
}

fn each(
    connection: &Connection,
    wanted: impl Fn(&EventRow) -> bool,
    mut write: impl FnMut(&Line<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    scan(connection, |row| {
        let row = row?;
        if wanted(&row) { write(&columns(&row)?) } else { Ok(()) }
    })
}

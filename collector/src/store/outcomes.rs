//! How many events ended in which outcome, by project and day of receipt.

use super::digest::digest_of;
use rusqlite::{Connection, Transaction, params};
use serde::Serialize;
use ttoolab_core::clock::Day;
use ttoolab_core::reason::Outcome;
use utoipa::ToSchema;

/// One count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct OutcomeCount {
    pub(crate) outcome: String,
    /// The code of a rejection, the kind of a flag, or a remark; absent for all of the outcome, of
    /// which the others are parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) events: i64,
}

/// Adds to a count within the transaction of the events it counts.
pub(crate) fn count_outcome(
    transaction: &Transaction<'_>,
    project_id: i64,
    day: Day,
    (outcome, reason): (Outcome, &str),
    events: i64,
) -> rusqlite::Result<()> {
    let (day, outcome) = (day.to_string(), outcome.as_str());
    let sum: i64 = transaction
        .prepare_cached(
            "INSERT INTO outcomes (project_id, day, outcome, reason, events, digest)
             VALUES (?1, ?2, ?3, ?4, ?5, 0)
             ON CONFLICT DO UPDATE SET events = events + ?5
             RETURNING events",
        )?
        .query_row(params![project_id, day, outcome, reason, events], |row| row.get(0))?;
    let digest = digest_of(&[&project_id, &day, &outcome, &reason, &sum])?;
    transaction
        .prepare_cached(
            "UPDATE outcomes SET digest = ?5
             WHERE project_id = ?1 AND day = ?2 AND outcome = ?3 AND reason = ?4",
        )?
        .execute(params![project_id, day, outcome, reason, digest])?;
    Ok(())
}

/// Every count of a project, summed over its days.
pub(crate) fn outcomes(
    connection: &Connection,
    project_id: i64,
) -> rusqlite::Result<Vec<OutcomeCount>> {
    connection
        .prepare(
            "SELECT outcome, reason, sum(events) FROM outcomes WHERE project_id = ?1
             GROUP BY outcome, reason ORDER BY outcome, reason",
        )?
        .query_map([project_id], |row| {
            let reason: String = row.get(1)?;
            Ok(OutcomeCount {
                outcome: row.get(0)?,
                reason: (!reason.is_empty()).then_some(reason),
                events: row.get(2)?,
            })
        })?
        .collect()
}

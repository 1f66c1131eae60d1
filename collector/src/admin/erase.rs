//! Erasing one visitor: their rows go, and what frozen experiments counted stays without them.
//!
//! An experiment that is frozen has been decided on, and its numbers must not change any more. So
//! the rows it counted are not deleted but made nobody's: a new random visitor, new random ids, and
//! nothing left but what was counted, when, and for which variant. Everything else is gone, and
//! the visitor's keyed hash stands in a list of those of whom nothing is ever taken again.

use crate::admin::project::Project;
use crate::ingest::log::{Erasure, Log, LogError};
use crate::random;
use crate::store::verdict::Sender;
use crate::store::{Countable, EventRow, Reader, Unreadable};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use ttoolab_core::clock::Day;
use ttoolab_core::id::{AnonymousId, EventId};
use utoipa::ToSchema;

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Erased {
    /// Rows that were deleted.
    erased_events: usize,
    /// Of them, those that stay as nobody's, because a frozen experiment counted them.
    anonymised_events: usize,
}

/// Why a visitor could not be erased; asking again finishes what was begun.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the database cannot be used now")]
pub(crate) struct Failed;

impl From<Unreadable> for Failed {
    fn from(Unreadable: Unreadable) -> Self {
        Self
    }
}

impl From<LogError> for Failed {
    fn from(_: LogError) -> Self {
        Self
    }
}

/// Erases a visitor of a running collector.
pub(crate) async fn erase(
    log: &Log,
    reader: &Reader,
    project: &Project,
    visitor: AnonymousId,
    now_ms: i64,
) -> Result<Erased, Failed> {
    let hash = project.order_key.visitor(&visitor);
    // First nothing more is taken; then what is there cannot grow while it is looked for.
    log.erase(Erasure::Suppress { project_id: project.id, visitor_hash: hash }).await?;
    let rows = reader.events_of(project.id, visitor).await?;
    let kept = anonymised(&rows, project, now_ms);
    let done = Erased { erased_events: rows.len(), anonymised_events: kept.len() };
    let day = Day::of(now_ms, &TimeZone::UTC);
    log.erase(Erasure::Replace { project_id: project.id, visitor, rows, kept, day }).await?;
    Ok(done)
}

/// What frozen experiments need of the rows, with nobody's ids.
pub(crate) fn anonymised(rows: &[EventRow], project: &Project, now_ms: i64) -> Vec<EventRow> {
    let frozen: HashSet<_> = project
        .experiments
        .iter()
        .filter(|experiment| experiment.is_frozen(now_ms))
        .map(|experiment| experiment.key())
        .collect();
    let mut kept: Vec<EventRow> = Vec::new();
    for row in rows {
        let mut row = row.clone();
        let entries = &row.counts.context.verdict.entries;
        let keeps: Vec<_> =
            entries.iter().map(|entry| frozen.contains(&entry.experiment_key)).collect();
        if keeps.contains(&true) || row.counts.is_refund {
            keep_entries(&mut row.counts, &keeps);
            kept.push(row);
        }
    }
    let orders = kept.iter().map(|row| &row.counts).filter(|event| !event.is_refund);
    let orders: HashSet<_> = orders.filter_map(|event| event.order_hash).collect();
    kept.retain(|EventRow { counts, .. }| {
        let server = counts.context.verdict.sender == Sender::Server;
        let of_kept_order = counts.order_hash.is_some_and(|order| orders.contains(&order));
        !counts.is_refund || server || of_kept_order
    });
    make_nobodys(&mut kept);
    kept
}

fn keep_entries(event: &mut Countable, keeps: &[bool]) {
    let mut keep = keeps.iter();
    let context = Arc::make_mut(&mut event.context);
    context.verdict.entries.retain(|_| keep.next().is_some_and(|keep| *keep));
    Arc::make_mut(&mut event.verdict).retain_entries(|entry| keeps[entry]);
}

fn make_nobodys(rows: &mut [EventRow]) {
    // Ids decide between events of one millisecond: the new ones keep the order of the old.
    rows.sort_by_key(|row| (row.counts.at_ms, row.counts.event_id));
    let mut fresh: Vec<EventId> = rows.iter().map(|_| fresh_id()).collect();
    fresh.sort_unstable();
    let renamed: BTreeMap<EventId, EventId> =
        rows.iter().map(|row| row.counts.event_id).zip(fresh).collect();
    let nobody = AnonymousId::from_bytes(random::uuid());
    for row in rows {
        let context = Arc::make_mut(&mut row.counts.context);
        for entry in &mut context.verdict.entries {
            // An exposure that never came keeps its event waiting, under a name of its own.
            entry.after = entry
                .after
                .map(|exposure| renamed.get(&exposure).copied().unwrap_or_else(fresh_id));
        }
        context.doc_id = None;
        context.referrer.clear();
        context.assignments = None;
        row.counts.event_id = renamed[&row.counts.event_id];
        row.counts.visitor = nobody;
        (row.created_ms, row.clock_offset_ms, row.seq) = (None, None, None);
        row.url.clear();
        (row.payload, row.conversions) = (None, None);
    }
}

fn fresh_id() -> EventId {
    EventId::from_bytes(random::uuid())
}

//! `rebuild`: would today's rules judge the stored events as they were judged?
//!
//! It only reads. A start already counts anew from the stored verdicts; writing new verdicts over
//! them could only lose: URLs have lost their query, visitors their tokens, and a goal that was met
//! by either cannot be met again. So those parts of a verdict stand, and what the stored row still
//! decides is compared (see [`compare`]).

mod again;
mod compare;

use super::{Findings, Found};
use crate::admin::catalog::Catalog;
use crate::admin::keys::Keys;
use crate::admin::project::Project;
use crate::config::Folder;
use crate::store::{Documents, EventRow, open_to_read, scan};
use again::{Again, judge_again};
use compare::differences;
use std::io::Write;

/// Judges every stored event again and prints where the verdicts differ.
///
/// # Errors
/// When the database cannot be read, or an event is damaged: `check` says more then.
pub fn rebuild(folder: &Folder, to: &mut dyn Write) -> anyhow::Result<Found> {
    let connection = open_to_read(&folder.data)?;
    let documents = Documents(&connection);
    let keys = Keys::of_stored(&documents)?;
    let catalog = Catalog::load(&documents, &keys)?;
    let projects = catalog.projects();
    let mut findings = Findings::new(to);
    let (mut events, mut differ, mut left) = (0_u64, 0_u64, 0_u64);
    scan(&connection, |row| {
        let row = row?;
        events += 1;
        let project = projects.iter().find(|project| project.id == row.project_id);
        let Some(found) = project.and_then(|project| judged_otherwise(&row, project, &keys)) else {
            left += 1;
            return anyhow::Ok(());
        };
        differ += u64::from(!found.is_empty());
        for difference in found {
            findings.add(format_args!("event {}: {difference}", row.event_id))?;
        }
        Ok(())
    })?;
    findings.end(format_args!("{events} events, {differ} differ, {left} not comparable"))?;
    Ok(Found::of(differ))
}

/// Where today's verdict differs; `None` when the row does not say enough to be judged again.
pub(crate) fn judged_otherwise(
    row: &EventRow,
    project: &Project,
    keys: &Keys,
) -> Option<Vec<String>> {
    match judge_again(row, project, keys) {
        Again::Judged(today) => Some(differences(row, &today, project)),
        Again::Refused(why) => Some(vec![format!("stored, today refused: {why}")]),
        Again::Incomparable => None,
    }
}

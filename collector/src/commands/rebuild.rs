//! `rebuild`: would today's rules judge the stored events as they were judged?
//!
//! It only reads. A start already counts anew from the stored verdicts; writing new verdicts over
//! them could only lose: URLs have lost their query, visitors their tokens, and a goal that was met
//! by either cannot be met again. So those parts of a verdict stand, and what the stored row still
//! decides is compared (see [`compare`]), and the last lines count what was ([`scope`]).

mod again;
mod compare;
mod scope;

use super::{Findings, Found};
use crate::admin::catalog::Catalog;
use crate::admin::keys::Keys;
use crate::admin::project::Project;
use crate::config::Folder;
use crate::store::{Documents, EventRow, open_to_read, scan};
use again::{Again, Missing, judge_again};
use compare::differences;
pub(crate) use scope::Scope;
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
    let (mut scope, mut differ) = (Scope::default(), 0_u64);
    scan(&connection, |row| {
        let row = row?;
        let project = projects.iter().find(|project| project.id == row.counts.project_id);
        let Some(project) = project else {
            scope.events += 1;
            scope.leave(Missing::Project);
            return anyhow::Ok(());
        };
        let found = judged_otherwise(&row, project, &keys, &mut scope);
        differ += u64::from(!found.is_empty());
        for difference in found {
            findings.add(format_args!("event {}: {difference}", row.counts.event_id))?;
        }
        Ok(())
    })?;
    let (events, left) = (scope.events, scope.left());
    findings
        .end(format_args!("{events} events, {differ} differ, {left} not comparable\n{scope}"))?;
    Ok(Found::of(differ))
}

/// Where today's verdict differs; what could be compared for that is added to `scope`.
pub(crate) fn judged_otherwise(
    row: &EventRow,
    project: &Project,
    keys: &Keys,
    scope: &mut Scope,
) -> Vec<String> {
    scope.events += 1;
    match judge_again(row, project, keys) {
        Again::Judged(today) => differences(row, &today, project, scope),
        Again::Refused(why) => vec![format!("stored, today refused: {why}")],
        Again::Incomparable(missing) => {
            scope.leave(missing);
            Vec::new()
        }
    }
}

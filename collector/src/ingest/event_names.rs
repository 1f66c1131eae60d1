//! How many event names a project may have.

use crate::admin::project::Project;
use crate::store::EventRow;
use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};
use ttoolab_core::goal::Condition;

/// The most distinct event names of a project that are stored as they are. A page that makes names
/// up, one per product or per visitor, must not make the lists that people read from useless.
const MAX_NAMES: usize = 500;

/// What is stored in place of a name beyond the bound.
pub(crate) const OTHER: &str = "__other__";

/// The names that each project has used.
#[derive(Debug, Default)]
pub(crate) struct EventNames(RwLock<HashMap<i64, HashSet<String>>>);

impl EventNames {
    /// Takes note of a name that stands in the log, as [`EventNames::bound`] did when the event came:
    /// a name that a goal uses takes nobody's place.
    pub(crate) fn know(&mut self, name: &str, project: &Project) {
        let known = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        let names = known.entry(project.id).or_default();
        if is_bounded(name) && !names.contains(name) && !uses(project, name) {
            names.insert(name.to_owned());
        }
    }

    /// Replaces the name of a judged row that is one too many. Goals have seen it by now, and
    /// names that a goal uses are never replaced.
    pub(crate) fn bound(&self, row: &mut EventRow, project: &Project) {
        if !is_bounded(&row.name) || uses(project, &row.name) {
            return;
        }
        let knows = |names: &HashSet<String>| names.contains(&row.name);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.get(&project.id).is_some_and(knows) {
            return;
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let names = known.entry(project.id).or_default();
        if names.len() < MAX_NAMES {
            names.insert(row.name.clone());
        } else if !names.contains(&row.name) {
            OTHER.clone_into(&mut row.name);
        }
    }
}

/// Our own names are few.
fn is_bounded(name: &str) -> bool {
    !name.starts_with('$') && name != OTHER
}

fn uses(project: &Project, event_name: &str) -> bool {
    let goals = project.experiments.iter().flat_map(|experiment| &experiment.goals);
    goals.map(|goal| &goal.condition).any(|condition| match condition {
        Condition::Event { name, .. } => name == event_name,
        Condition::PageView { .. } | Condition::Click { .. } | Condition::FormSubmit { .. } => {
            false
        }
    })
}

//! What became of an experiment's events and visitors: the one count that `…/health` and `/metrics`
//! both show, so that they cannot disagree.

use crate::admin::experiment::Experiment;
use crate::ingest::fold::{Census, ExperimentFold, Symbol};
use serde::Serialize;
use ttoolab_core::id::GoalKey;
use ttoolab_core::reason::Reason;
use utoipa::ToSchema;

/// How many events ended in a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReasonCount {
    /// Absent for reasons that concern the experiment as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(crate) goal_key: Option<GoalKey>,
    #[schema(value_type = String)]
    pub(crate) reason: Reason,
    pub(crate) events: u64,
}

/// How many visitors are counted before the writer may go on: about a millisecond's worth. All at
/// once would hold it for seconds where there are millions.
const VISITORS_AT_ONCE: usize = 2_000;

/// What the counts of one experiment say, with its goals by the symbols that stand for them.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(super) census: Census,
    goals: Vec<(Symbol, GoalKey)>,
}

impl Counted {
    /// What events did, in every epoch. Goals that were deleted are left out.
    pub(crate) fn reasons(&self) -> Vec<ReasonCount> {
        let counts = self.census.reasons.iter().filter_map(|(&(symbol, reason), &events)| {
            let goal_key = match symbol {
                None => None,
                Some(symbol) => {
                    let (_, key) = self.goals.iter().find(|(known, _)| *known == symbol)?;
                    Some(key.clone())
                }
            };
            Some(ReasonCount { goal_key, reason, events })
        });
        counts.collect()
    }
}

/// Walks over all visitors. `look` shows the counts for a moment, and is asked many times; what
/// changes in between is counted before or after.
pub(crate) fn count(
    experiment: &Experiment,
    look: impl Fn(&mut dyn FnMut(&ExperimentFold)),
) -> Counted {
    let mut counted = Counted::default();
    let mut everybody = Vec::new();
    look(&mut |fold| {
        everybody = fold.everybody();
        fold.count_settled(&mut counted.census);
        counted.goals = experiment
            .goals
            .iter()
            .filter_map(|goal| Some((fold.names().get(goal.key.as_str())?, goal.key.clone())))
            .collect();
    });
    for part in everybody.chunks(VISITORS_AT_ONCE) {
        look(&mut |fold| fold.count(part, &mut counted.census));
    }
    counted
}

//! Health: what became of everything that was received, so that a number can be trusted.

use crate::admin::experiment::Experiment;
use crate::ingest::fold::{Census, ExperimentFold, Symbol};
use crate::store::OutcomeCount;
use crate::store::verdict::Lane;
use serde::Serialize;
use ttoolab_core::clock::format_time;
use ttoolab_core::id::{ExperimentKey, GoalKey};
use ttoolab_core::reason::Reason;
use utoipa::ToSchema;

/// The answer of `…/health`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    #[schema(value_type = String)]
    experiment_key: ExperimentKey,
    as_of: String,
    /// Of all events that the project received.
    outcomes: Vec<OutcomeCount>,
    /// What events did in this experiment, in every epoch.
    reasons: Vec<ReasonCount>,
    /// Exposed visitors by whether a signed token or a secret key covers them.
    lanes: Lanes,
    /// Exposed visitors who look like bots, in either lane.
    flagged: u64,
    /// Visitors left out because they were seen in two variants.
    multiple_variants: u64,
    /// Events that met a goal of a visitor whose exposure has not arrived.
    not_exposed: u64,
}

/// How many events ended in a reason.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReasonCount {
    /// Absent for reasons that concern the experiment as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    goal_key: Option<GoalKey>,
    #[schema(value_type = String)]
    reason: Reason,
    events: u64,
}

#[derive(Debug, Default, Serialize, ToSchema)]
struct Lanes {
    verified: u64,
    unverified: u64,
}

/// How many visitors are counted before the writer may go on: about a millisecond's worth. All at
/// once would hold it for seconds where there are millions.
const VISITORS_AT_ONCE: usize = 2_000;

/// What the counts of one experiment say, with its goals by the symbols that stand for them.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    census: Census,
    goals: Vec<(Symbol, GoalKey)>,
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

/// The health of an experiment.
pub(crate) fn health(
    experiment: &Experiment,
    Counted { census, goals }: Counted,
    outcomes: Vec<OutcomeCount>,
    now_ms: i64,
) -> Health {
    let mut health = Health {
        experiment_key: experiment.key().clone(),
        as_of: format_time(now_ms),
        outcomes,
        reasons: Vec::new(),
        lanes: Lanes::default(),
        flagged: 0,
        multiple_variants: census.multiple_variants,
        not_exposed: 0,
    };
    for ((symbol, reason), events) in census.reasons {
        let goal_key = match symbol {
            None => None,
            Some(symbol) => match goals.iter().find(|(known, _)| *known == symbol) {
                Some((_, key)) => Some(key.clone()),
                // Of a goal that was deleted.
                None => continue,
            },
        };
        if reason == Reason::NotExposed {
            health.not_exposed += events;
        }
        health.reasons.push(ReasonCount { goal_key, reason, events });
    }
    for (population, visitors) in census.populations {
        match population.lane {
            Lane::Verified => health.lanes.verified += visitors,
            Lane::Unverified => health.lanes.unverified += visitors,
        }
        if population.flagged {
            health.flagged += visitors;
        }
    }
    health
}

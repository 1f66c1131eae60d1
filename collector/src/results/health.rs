//! Health: what became of everything that was received, so that a number can be trusted.

use crate::admin::experiment::Experiment;
use crate::ingest::fold::ExperimentFold;
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

/// The health of an experiment; `counted` is absent while nothing was received.
pub(crate) fn health(
    experiment: &Experiment,
    counted: Option<&ExperimentFold>,
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
        multiple_variants: 0,
        not_exposed: 0,
    };
    let Some(counted) = counted else { return health };
    for ((symbol, reason), events) in counted.reasons() {
        let goal = experiment
            .goals
            .iter()
            .find(|goal| symbol.is_some() && counted.names().get(goal.key.as_str()) == symbol);
        if symbol.is_some() && goal.is_none() {
            // Of a goal that was deleted.
            continue;
        }
        if reason == Reason::NotExposed {
            health.not_exposed += events;
        }
        let goal_key = goal.map(|goal| goal.key.clone());
        health.reasons.push(ReasonCount { goal_key, reason, events });
    }
    for (population, visitors) in counted.populations() {
        match population.lane {
            Lane::Verified => health.lanes.verified += visitors,
            Lane::Unverified => health.lanes.unverified += visitors,
        }
        if population.flagged {
            health.flagged += visitors;
        }
    }
    health.multiple_variants = counted.multiple_variants() as u64;
    health
}

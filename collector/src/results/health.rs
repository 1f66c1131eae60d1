//! Health: what became of everything that was received, so that a number can be trusted.

use super::census::{Counted, ReasonCount};
use crate::admin::experiment::Experiment;
use crate::store::OutcomeCount;
use crate::store::verdict::Lane;
use serde::Serialize;
use ttoolab_core::clock::format_time;
use ttoolab_core::id::ExperimentKey;
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
    /// Requests for the project that the rate limit refused since the start; their events are sent
    /// again.
    rate_limited: u64,
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

#[derive(Debug, Default, Serialize, ToSchema)]
struct Lanes {
    verified: u64,
    unverified: u64,
}

/// What became of what was sent for a project, whichever experiment it was about.
pub(crate) struct Received {
    pub(crate) outcomes: Vec<OutcomeCount>,
    pub(crate) rate_limited: u64,
}

/// The health of an experiment.
pub(crate) fn health(
    experiment: &Experiment,
    counted: &Counted,
    Received { outcomes, rate_limited }: Received,
    now_ms: i64,
) -> Health {
    let reasons = counted.reasons();
    let not_exposed = reasons.iter().filter(|count| count.reason == Reason::NotExposed);
    let mut health = Health {
        experiment_key: experiment.key().clone(),
        as_of: format_time(now_ms),
        outcomes,
        rate_limited,
        lanes: Lanes::default(),
        flagged: 0,
        multiple_variants: counted.census.multiple_variants,
        not_exposed: not_exposed.map(|count| count.events).sum(),
        reasons,
    };
    for (population, visitors) in &counted.census.populations {
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

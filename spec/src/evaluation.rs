//! Family `evaluation`: what a signal does for every goal of a visitor's assignments.
//!
//! Expects a list of `[experimentKey, goalKey, reason]`; goals that the signal has nothing to do
//! with are not in it.

use crate::Regex;
use crate::goals::Told;
use serde::Deserialize;
use serde::de::Error;
use serde_json::{Value, json};
use ttoolab_core::goal::{Assignment, Goal, GoalConfig, evaluate};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    assignments: Vec<Assigned>,
    signal: Told,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Assigned {
    experiment_key: String,
    exposed: bool,
    goals: Vec<GoalConfig>,
}

pub(crate) fn answer(input: Value, regex: Regex<'_>) -> Result<Value, serde_json::Error> {
    let Input { assignments, signal } = serde_json::from_value(input)?;
    let mut checked = Vec::new();
    for Assigned { experiment_key, exposed, goals } in assignments {
        let goals: Result<Vec<_>, _> = goals.into_iter().map(Goal::try_from).collect();
        checked.push((experiment_key, exposed, goals.map_err(serde_json::Error::custom)?));
    }
    let assignments = checked.iter().map(|(experiment_key, exposed, goals)| Assignment {
        experiment_key,
        goals,
        exposed: *exposed,
    });
    let reasons = signal.signal(regex, |signal| {
        let candidates = evaluate(signal, assignments);
        let told = candidates.map(|candidate| {
            json!([candidate.experiment_key, candidate.goal.key, candidate.reason])
        });
        told.collect::<Vec<_>>()
    });
    Ok(reasons.unwrap_or_default().into())
}

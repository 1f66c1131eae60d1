//! A verdict beside another one: what the stored row still decides, and nothing else.
//!
//! Left out are the parts that rest on what is not stored (goals with URL rules, whose query is
//! gone; conditions on `order_id`; the lane and the arm, which a token said), and the goals and
//! experiments that were edited after the event came in: results count a goal only since then.

use crate::admin::experiment::Experiment;
use crate::admin::project::Project;
use crate::store::verdict::{Entry, GoalVerdict};
use crate::store::{Amount, EventRow};
use ttoolab_core::goal::{Condition, Goal};
use ttoolab_core::reason::Reason;

/// Where they differ, in sentences.
pub(super) fn differences(stored: &EventRow, today: &EventRow, project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, was: String, is: String| {
        if was != is {
            found.push(format!("{what}: stored {was}, today {is}"));
        }
    };
    compare("time", stored.at_ms.to_string(), today.at_ms.to_string());
    compare("amount", amount(stored.amount.as_ref()), amount(today.amount.as_ref()));
    compare("money", word(stored.verdict.money), word(today.verdict.money));
    for experiment in project.experiments.iter().filter(|known| existed(known, stored)) {
        let (was, is) = (entry(stored, experiment), entry(today, experiment));
        let key = experiment.key();
        if let (Some(was), Some(is)) = (was, is)
            && !resumed_since(experiment, stored)
        {
            compare(&format!("experiment {key}"), word(was.reason), word(is.reason));
        }
        for goal in experiment.goals.iter().filter(|goal| decides(experiment, goal, stored)) {
            let what = format!("experiment {key}, goal {}", goal.key);
            compare(&what, outcome(was, goal), outcome(is, goal));
        }
    }
    found
}

fn entry<'r>(row: &'r EventRow, experiment: &Experiment) -> Option<&'r Entry> {
    row.verdict.entries.iter().find(|entry| entry.experiment_key == *experiment.key())
}

/// Whether the experiment ran already when the event came in.
fn existed(experiment: &Experiment, row: &EventRow) -> bool {
    let first = experiment.history.epochs.first();
    first.is_some_and(|epoch| epoch.started_ms <= row.received_ms)
}

/// Whether the experiment was set going again since: then what was over for the event is not now.
fn resumed_since(experiment: &Experiment, row: &EventRow) -> bool {
    let ends = experiment.history.pauses.iter().filter_map(|pause| pause.to_ms);
    ends.max().is_some_and(|end| end > row.received_ms)
}

/// Whether the stored row decides the goal as it is today.
fn decides(experiment: &Experiment, goal: &Goal, row: &EventRow) -> bool {
    let edited = experiment.history.goals_since.get(&goal.key);
    let stored = match &goal.condition {
        Condition::PageView { .. } => false,
        Condition::Click { page, .. } | Condition::FormSubmit { page, .. } => page.is_empty(),
        Condition::Event { filters, .. } => filters.iter().all(|filter| filter.field != "order_id"),
    };
    stored && edited.is_none_or(|since| *since <= row.received_ms)
}

fn outcome(entry: Option<&Entry>, goal: &Goal) -> String {
    let goals = entry.map_or(&[] as &[GoalVerdict], |entry| &entry.goals);
    match goals.iter().find(|verdict| verdict.goal_key == goal.key) {
        Some(GoalVerdict { reason, .. }) => word(*reason),
        None => "not concerned".to_owned(),
    }
}

fn word(reason: Option<Reason>) -> String {
    reason.unwrap_or(Reason::Counted).to_string()
}

fn amount(amount: Option<&Amount>) -> String {
    match amount {
        None => "none".to_owned(),
        Some(Amount::Money { minor_units, currency }) => format!("{minor_units} {currency} minor"),
        Some(Amount::InOrdersCurrency(decimal)) => decimal.clone(),
        Some(Amount::AllThatIsLeft { currency }) => format!("all that is left in {currency}"),
    }
}

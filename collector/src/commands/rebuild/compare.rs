//! A verdict beside another one: what the stored row still decides, and nothing else.
//!
//! Left out are the parts that rest on what is not stored (goals with URL rules, whose query is
//! gone; conditions on `order_id`; the lane and the arm, which a token said), and the goals and
//! experiments that were edited after the event came in: results count a goal only since then. Each is
//! counted in [`Scope`].

use super::scope::Scope;
use crate::admin::experiment::Experiment;
use crate::admin::project::Project;
use crate::store::verdict::{Entry, GoalVerdict};
use crate::store::{Amount, Countable, EventRow};
use ttoolab_core::goal::{Condition, Goal};
use ttoolab_core::reason::Reason;

/// Where they differ, in sentences.
pub(super) fn differences(
    stored: &EventRow,
    today: &EventRow,
    project: &Project,
    scope: &mut Scope,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, was: String, is: String| {
        if was != is {
            found.push(format!("{what}: stored {was}, today {is}"));
        }
    };
    scope.times += 1;
    let (stored, today) = (&stored.counts, &today.counts);
    compare("time", stored.at_ms.to_string(), today.at_ms.to_string());
    scope.amounts += 1;
    compare("amount", amount(stored.amount.as_ref()), amount(today.amount.as_ref()));
    compare("money", word(stored.verdict.money), word(today.verdict.money));
    for entry in &stored.context.verdict.entries {
        scope.lanes += 1;
        scope.arms += u64::from(entry.exposure.is_some());
        let experiment = project.experiment(entry.experiment_key.as_str());
        if experiment.is_none_or(|known| !existed(known, stored) || resumed_since(known, stored)) {
            scope.changed_experiments += 1;
        }
    }
    for experiment in project.experiments.iter().filter(|known| existed(known, stored)) {
        let (was, is) = (entry(stored, experiment), entry(today, experiment));
        let key = experiment.key();
        if let (Some((was, _)), Some((is, _))) = (was, is)
            && !resumed_since(experiment, stored)
        {
            scope.experiments += 1;
            compare(&format!("experiment {key}"), word(was.reason), word(is.reason));
        }
        for goal in &experiment.goals {
            let (was, is) = (verdict(was, goal), verdict(is, goal));
            if was.is_none() && is.is_none() {
                continue;
            }
            match undecided(experiment, goal, stored) {
                None => {
                    scope.goals += 1;
                    let what = format!("experiment {key}, goal {}", goal.key);
                    compare(&what, outcome(was), outcome(is));
                }
                Some(Undecided::Edited) => scope.edited_goals += 1,
                Some(Undecided::Url) => scope.url_goals += 1,
                Some(Undecided::OrderId) => scope.order_goals += 1,
            }
        }
    }
    found
}

/// An entry with its goals.
type Judged<'r> = (&'r Entry, &'r [GoalVerdict]);

fn entry<'r>(event: &'r Countable, experiment: &Experiment) -> Option<Judged<'r>> {
    let mut entries = event.context.verdict.entries.iter().enumerate();
    let (place, entry) = entries.find(|(_, entry)| entry.experiment_key == *experiment.key())?;
    Some((entry, event.verdict.goals_of(place)))
}

/// Whether the experiment ran already when the event came in.
fn existed(experiment: &Experiment, event: &Countable) -> bool {
    let first = experiment.history.epochs.first();
    first.is_some_and(|epoch| epoch.started_ms <= event.context.received_ms)
}

/// Whether the experiment was set going again since: then what was over for the event is not now.
fn resumed_since(experiment: &Experiment, event: &Countable) -> bool {
    let ends = experiment.history.pauses.iter().filter_map(|pause| pause.to_ms);
    ends.max().is_some_and(|end| end > event.context.received_ms)
}

/// Why a stored row does not decide a goal as it is today.
enum Undecided {
    /// It counts only since its edit.
    Edited,
    /// It asks for a URL, which is stored in part.
    Url,
    /// It asks for an order id, which is stored as a hash.
    OrderId,
}

fn undecided(experiment: &Experiment, goal: &Goal, event: &Countable) -> Option<Undecided> {
    let edited = experiment.history.goals_since.get(&goal.key);
    if edited.is_some_and(|since| *since > event.context.received_ms) {
        return Some(Undecided::Edited);
    }
    match &goal.condition {
        Condition::PageView { .. } => Some(Undecided::Url),
        Condition::Click { page, .. } | Condition::FormSubmit { page, .. } => {
            (!page.is_empty()).then_some(Undecided::Url)
        }
        Condition::Event { filters, .. } => {
            let asks = filters.iter().any(|filter| filter.field == "order_id");
            asks.then_some(Undecided::OrderId)
        }
    }
}

/// What an entry says of a goal, if the event concerned it.
fn verdict<'r>(judged: Option<Judged<'r>>, goal: &Goal) -> Option<&'r GoalVerdict> {
    let (_, goals) = judged?;
    goals.iter().find(|verdict| verdict.goal_key == goal.key)
}

fn outcome(verdict: Option<&GoalVerdict>) -> String {
    verdict.map_or_else(|| "not concerned".to_owned(), |verdict| word(verdict.reason))
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

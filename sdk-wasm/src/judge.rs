//! Signals → conversions, by the rules the collector uses too.

use crate::blob::Experiment;
use crate::capture::{Signal, What};
use crate::event::Claim;
use crate::platform::Platform;
use std::cell::RefCell;
use ttoolab_core::goal::{self, Condition, Goal, Judgement, SignalKind, Value};
use ttoolab_core::selector::Selector;

/// What the goals of the active experiments make of a signal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) met: Vec<Claim>,
    /// Goals whose selector the browser refuses. They never stop the others.
    pub(crate) broken: Vec<Claim>,
}

pub(crate) fn judge<'a, P: Platform>(
    platform: &P,
    experiments: impl Iterator<Item = &'a Experiment>,
    signal: &Signal<P::Path>,
) -> Verdict {
    let broken: RefCell<Vec<Selector>> = RefCell::default();
    let hit = |_: &Goal, selector: &Selector| {
        let path = match &signal.what {
            What::Click { path, .. } | What::Submit { path } => path,
            What::Url | What::Tracked { .. } => return false,
        };
        platform.hits(path, selector.as_str()).unwrap_or_else(|| {
            broken.borrow_mut().push(selector.clone());
            false
        })
    };
    let field = |name: &str| signal.payload().and_then(|payload| platform.field(payload, name));
    let seen = goal::Signal {
        kind: signal.kind(),
        url: &signal.url,
        regex: &|pattern, url| platform.regex_matches(pattern, url),
        hit: &hit,
        field: &field,
    };
    let mut verdict = Verdict::default();
    for experiment in experiments {
        for goal in &experiment.goals {
            let claim = || Claim {
                experiment_key: experiment.key.clone(),
                goal_key: goal.key.as_str().to_owned(),
            };
            if goal.judge(&seen) == Judgement::Met && has_amount(goal, &seen) {
                verdict.met.push(claim());
            }
            if !broken.take().is_empty() {
                verdict.broken.push(claim());
            }
        }
    }
    verdict
}

/// A revenue goal needs an amount. Whether it is a good one is for the collector to say, which
/// knows currencies; here it decides only how urgent the event is.
fn has_amount(goal: &Goal, signal: &goal::Signal<'_>) -> bool {
    let needs_amount = matches!(goal.condition, Condition::Event { revenue: true, .. });
    !needs_amount || matches!((signal.field)("revenue"), Some(Value::Number(_) | Value::Text(..)))
}

impl<Path> Signal<Path> {
    fn kind(&self) -> SignalKind<'_> {
        match &self.what {
            What::Url => SignalKind::Url,
            What::Click { trusted, .. } => SignalKind::Click { trusted: *trusted },
            What::Submit { .. } => SignalKind::Submit,
            // Of our own names only `$refund` can be tracked, and no goal can be named so.
            What::Tracked { name, .. } => SignalKind::Tracked(name),
        }
    }
}

//! Signals → conversions, by the rules the collector uses too.

use crate::blob::Experiment;
use crate::capture::{Signal, What};
use crate::event::Claim;
use crate::platform::Platform;
use ttoolab_core::goal::{self, Assignment, SignalKind, Value, evaluate};
use ttoolab_core::reason::Reason;

/// What the goals of the active experiments make of a signal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) met: Vec<Claim>,
    /// Goals whose selector the browser refuses. They never stop the others.
    pub(crate) broken: Vec<Claim>,
    /// What each goal made of it that waits for such a thing, if anybody wants to know.
    pub(crate) reasons: Option<Vec<(Claim, Reason)>>,
}

/// Whether somebody wants to know what each goal made of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reasons {
    Unasked,
    Asked,
}

/// Judges a signal by the experiments, each with whether its variant was shown before.
pub(crate) fn judge<'a, P: Platform>(
    platform: &P,
    experiments: impl Iterator<Item = (&'a Experiment, bool)>,
    signal: &Signal<P::Path>,
    reasons: Reasons,
) -> Verdict {
    let field = |name: &str| signal.payload().and_then(|payload| platform.field(payload, name));
    let seen = goal::Signal {
        kind: signal.kind(),
        url: &signal.url,
        regex: &|pattern, url| platform.regex_matches(pattern, url),
        hit: &|_, selector| match &signal.what {
            What::Click { path, .. } => platform.hits(path, selector.as_str()),
            What::Submit { path } => platform.matches(path, selector.as_str()),
            What::Url | What::Tracked { .. } => Some(false),
        },
        field: &field,
        // Whether it is a good one is for the collector to say, which knows currencies; here it
        // decides only how urgent the event is.
        no_amount: &|| match field("revenue") {
            Some(Value::Number(_) | Value::Text(..)) => None,
            Some(Value::Bool(_) | Value::Nested) | None => Some(Reason::BadRevenue),
        },
    };
    let assignments = experiments.map(|(experiment, exposed)| Assignment {
        experiment_key: &experiment.key,
        goals: &experiment.goals,
        exposed,
    });
    let mut verdict =
        Verdict { reasons: (reasons == Reasons::Asked).then(Vec::new), ..Verdict::default() };
    for candidate in evaluate(&seen, assignments) {
        let claim = || Claim {
            experiment_key: candidate.experiment_key.to_owned(),
            goal_key: candidate.goal.key.as_str().to_owned(),
        };
        if let Some(reasons) = &mut verdict.reasons {
            reasons.push((claim(), candidate.reason));
        }
        if candidate.is_met() {
            verdict.met.push(claim());
        } else if candidate.reason == Reason::BadSelector {
            verdict.broken.push(claim());
        }
    }
    verdict
}

impl Verdict {
    /// Takes back what the same user action has met before.
    pub(crate) fn forget_repeated(&mut self, before: &[Claim]) {
        self.met.retain(|goal| !before.contains(goal));
        for (goal, reason) in self.reasons.iter_mut().flatten() {
            if before.contains(goal) {
                *reason = Reason::Repeat;
            }
        }
    }
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

//! Evaluating a signal against everything a visitor is assigned to.

use super::{Goal, Signal};
use crate::reason::Reason;

/// A visitor's assignment in one experiment, as far as its goals need to know it.
///
/// ```
/// use ttoolab_core::goal::Assignment;
/// // Assigned, and not yet on a page where the experiment starts.
/// let hero = Assignment { experiment_key: "hero", goals: &[], exposed: false };
/// # assert!(!hero.exposed);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// The experiment.
    pub experiment_key: &'a str,
    /// Its goals.
    pub goals: &'a [Goal],
    /// Whether the variant was shown before the signal. A collector that judges an event before
    /// it knows the exposure says yes, and leaves the rest to its fold.
    pub exposed: bool,
}

/// What a signal did for one goal that it concerns.
///
/// ```
/// # use ttoolab_core::goal::{Goal, GoalConfig};
/// # let config = r#"{"goalKey":"order","type":"custom_event","eventName":"purchase"}"#;
/// # let config: GoalConfig = serde_json::from_str(config).unwrap();
/// # let goal = Goal::try_from(config).unwrap();
/// use ttoolab_core::goal::Candidate;
/// use ttoolab_core::reason::Reason;
/// let candidate = Candidate { experiment_key: "hero", goal: &goal, reason: Reason::BadRevenue };
/// // Concerned, and not a conversion.
/// assert_ne!(candidate.reason, Reason::Counted);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    /// The experiment.
    pub experiment_key: &'a str,
    /// The goal.
    pub goal: &'a Goal,
    /// Why it counts or does not: [`Reason::Counted`] is a conversion.
    pub reason: Reason,
}

impl Candidate<'_> {
    /// Whether the goal's own condition holds, exposed or not: what a page claims.
    ///
    /// ```
    /// # use ttoolab_core::goal::{Goal, GoalConfig};
    /// # let config = r#"{"goalKey":"order","type":"custom_event","eventName":"purchase"}"#;
    /// # let config: GoalConfig = serde_json::from_str(config).unwrap();
    /// # let goal = Goal::try_from(config).unwrap();
    /// # use ttoolab_core::{goal::Candidate, reason::Reason};
    /// let met = |reason| Candidate { experiment_key: "hero", goal: &goal, reason }.is_met();
    /// assert!(met(Reason::Counted) && met(Reason::NotExposed));
    /// assert!(!met(Reason::Filtered));
    /// ```
    #[must_use]
    pub fn is_met(&self) -> bool {
        matches!(self.reason, Reason::Counted | Reason::NotExposed)
    }
}

/// Judges a signal by every goal of the assignments; goals that it has nothing to do with are
/// left out.
///
/// ```
/// use ttoolab_core::goal::{Assignment, Goal, GoalConfig, Signal, SignalKind, evaluate};
/// use ttoolab_core::reason::Reason;
/// let config: GoalConfig = serde_json::from_str(
///     r#"{"goalKey":"order","type":"custom_event","eventName":"purchase"}"#,
/// ).unwrap();
/// let goals = [Goal::try_from(config).unwrap()];
/// let hero = |exposed| Assignment { experiment_key: "hero", goals: &goals, exposed };
/// let signal = Signal {
///     kind: SignalKind::Tracked("purchase"),
///     url: "https://shop.example/checkout",
///     regex: &|_, _| false,
///     hit: &|_, _| None,
///     field: &|_| None,
///     no_amount: &|| None,
/// };
/// let reasons: Vec<_> = evaluate(&signal, [hero(true), hero(false)])
///     .map(|candidate| candidate.reason)
///     .collect();
/// assert_eq!(reasons, [Reason::Counted, Reason::NotExposed]);
/// ```
pub fn evaluate<'a, I>(signal: &Signal<'_>, assignments: I) -> impl Iterator<Item = Candidate<'a>>
where
    I: IntoIterator<Item = Assignment<'a>>,
{
    assignments.into_iter().flat_map(move |assignment| {
        let Assignment { experiment_key, goals, exposed } = assignment;
        goals.iter().filter_map(move |goal| {
            let mut reason = goal.judge(signal)?;
            if reason == Reason::Counted && !exposed {
                reason = Reason::NotExposed;
            }
            Some(Candidate { experiment_key, goal, reason })
        })
    })
}

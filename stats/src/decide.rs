//! The policy: a winner, none, or every reason why there may not be one yet.
//!
//! It may be asked after every event. It remembers nothing: that a winner stays one whatever comes
//! later, that it is announced once an epoch, and that a mismatch stays one until an operator has
//! looked, is the caller's to keep ([`RatioGuard`]). Totals are of one epoch: a change of weights
//! while the rate moves gave 72 % false winners on totals of both.
//!
//! How often it is wrong, simulated 2000 times each (`stats/examples/simulate`), without a minimum
//! runtime, against somebody who calls a winner at a fixed p below 0.05:
//!
//! | no effect at all | false winners | fixed p |
//! |---|---|---|
//! | 5 %, 60 looks | 1.8 % | 35 % |
//! | 5 %, 600 looks, the first at 100 visitors an arm | 2.3 % | 51 % |
//! | 30 %, 600 looks, the first at 50 an arm | 2.6 % | 50 % |
//! | 1 %, 90/10 and 10/90, 60 looks | 0.6 % and 0.5 % | 32 % and 34 % |
//! | 5 %, four variants, 60 looks | 0.8 % | 65 % |
//! | revenue capped at 99 %, 60 looks | 1.6 % | 35 % |
//!
//! A true +10 % at 5 % is found by 32,000 visitors an arm half of the time.
//!
//! A winner is better than control; with several, the one with the best estimate is named, which
//! does not say that it is better than the others.

mod policy;

pub use policy::{BadSetting, Policy, Settings};

use crate::Undefined;
use crate::always_valid::{self, AlwaysValid};
use crate::correction::holm;
use crate::moments::Sample;
use crate::srm::{self, Sequential, Share};
use std::time::Duration;

/// A variant: its weight, and what its visitors did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arm<S> {
    /// Relative to the others. A treatment without weight gets no visitors: it takes no part in
    /// the decision, and does not hold it up.
    pub weight: f64,
    /// Totals of the goal that decides.
    pub sample: S,
}

/// What an epoch of an experiment has come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen<'a, S> {
    /// How long it has run.
    pub runtime: Duration,
    /// What is known of the division of its visitors.
    pub guard: RatioGuard,
    /// The variant the others are compared with.
    pub control: Arm<S>,
    /// The others, in their order.
    pub treatments: &'a [Arm<S>],
}

/// What the caller remembers of the division of the visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RatioGuard {
    /// No mismatch so far: it is looked for.
    #[default]
    Watching,
    /// There has been one, and nobody has looked at it: blocks, whatever the division is now.
    Tripped,
    /// An operator has looked, and takes the division for explained: does not block.
    Acknowledged,
}

/// Why there may not be a winner yet, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// The visitors are not divided by the weights.
    SampleRatioMismatch,
    /// It has not run long enough.
    MinRuntime,
    /// A variant has too few visitors.
    MinVisitors,
    /// No treatment has, with control, enough conversions to be tested.
    MinConversions,
}

impl Block {
    /// The word for it in answers of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SampleRatioMismatch => "sample_ratio_mismatch",
            Self::MinRuntime => "min_runtime",
            Self::MinVisitors => "min_visitors",
            Self::MinConversions => "min_conversions",
        }
    }
}

/// Who won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner {
    /// Control beats every treatment.
    Control,
    /// The treatment of this index beats control.
    Treatment(usize),
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is a winner.
    Winner(Winner),
    /// Nothing is shown so far.
    NoWinner,
    /// Nothing may be decided, for all of these reasons.
    Blocked(Vec<Block>),
}

/// What a treatment shows against control.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// The test, also where there are too few conversions for it to count.
    pub test: AlwaysValid,
    /// Its p-value; 1 where it does not count: too few conversions, or no weight.
    pub p_value: f64,
    /// The p-value by Holm's correction: the one that decides.
    pub adjusted_p_value: f64,
}

/// A decision, with all that it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What is decided.
    pub outcome: Outcome,
    /// The evidence against the division of the visitors, now.
    pub srm: Result<Sequential, Undefined>,
    /// The treatments, in their order.
    pub treatments: Vec<Shown>,
}

impl Decision {
    /// The reasons that block it; none where nothing does.
    #[must_use]
    pub fn blocked_by(&self) -> &[Block] {
        match &self.outcome {
            Outcome::Blocked(reasons) => reasons,
            Outcome::Winner(_) | Outcome::NoWinner => &[],
        }
    }

    /// The winner, if there is one.
    #[must_use]
    pub fn winner(&self) -> Option<Winner> {
        match self.outcome {
            Outcome::Winner(winner) => Some(winner),
            Outcome::NoWinner | Outcome::Blocked(_) => None,
        }
    }
}

/// Decides.
///
/// ```
/// use std::time::Duration;
/// use ttoolab_stats::decide::{Arm, Policy, RatioGuard, Seen, Settings, Winner, decide};
/// use ttoolab_stats::moments::Conversions;
/// let arm = |visitors, converters| Arm {
///     weight: 50.0,
///     sample: Conversions::new(visitors, converters).unwrap(),
/// };
/// let policy = Policy::new(Settings::default()).unwrap();
/// let decision = decide(&policy, &Seen {
///     runtime: Duration::from_secs(14 * 86_400),
///     guard: RatioGuard::Watching,
///     control: arm(40_000, 2_000),
///     treatments: &[arm(40_100, 2_320)],
/// });
/// assert_eq!(decision.winner(), Some(Winner::Treatment(0)));
/// ```
#[must_use]
pub fn decide<S: Sample>(policy: &Policy, seen: &Seen<'_, S>) -> Decision {
    let treatments = shown(policy, seen);
    let srm = srm::sequential(&shares(seen), policy.settings().srm_kappa);
    let blocks = blocks(policy, seen, srm);
    let outcome = if !blocks.is_empty() {
        Outcome::Blocked(blocks)
    } else if let Some(winner) = winner(policy, seen, &treatments) {
        Outcome::Winner(winner)
    } else {
        Outcome::NoWinner
    };
    Decision { outcome, srm, treatments }
}

impl<S: Sample> Arm<S> {
    fn takes_part(&self) -> bool {
        self.weight > 0.0
    }
}

fn shares<S: Sample>(seen: &Seen<'_, S>) -> Vec<Share> {
    let arms = std::iter::once(&seen.control).chain(seen.treatments);
    arms.map(|arm| Share { visitors: arm.sample.moments().visitors, weight: arm.weight }).collect()
}

/// Whether the pair can be tested at all.
fn counts<S: Sample>(policy: &Policy, control: &Arm<S>, treatment: &Arm<S>) -> bool {
    let minimum = policy.settings().min_pair_conversions;
    treatment.takes_part() && S::suffices(&control.sample, &treatment.sample, minimum)
}

fn shown<S: Sample>(policy: &Policy, seen: &Seen<'_, S>) -> Vec<Shown> {
    let tested = seen.treatments.iter().map(|treatment| {
        let [control, sample] = [seen.control.sample, treatment.sample];
        let test = always_valid::test(control, sample, policy.settings().tau_rel, policy.alpha());
        let counts = counts(policy, &seen.control, treatment);
        let p_value = if counts { test.p_value() } else { 1.0 };
        Shown { test, p_value, adjusted_p_value: 1.0 }
    });
    let mut shown: Vec<Shown> = tested.collect();
    // Only those with a weight are hypotheses; the weights were fixed before there were data.
    let part: Vec<usize> =
        (0..shown.len()).filter(|&index| seen.treatments[index].takes_part()).collect();
    let p_values: Vec<f64> = part.iter().map(|&index| shown[index].p_value).collect();
    for (index, adjusted) in part.into_iter().zip(holm(&p_values)) {
        shown[index].adjusted_p_value = adjusted;
    }
    shown
}

fn blocks<S: Sample>(
    policy: &Policy,
    seen: &Seen<'_, S>,
    srm: Result<Sequential, Undefined>,
) -> Vec<Block> {
    let mismatch = match seen.guard {
        RatioGuard::Watching => srm.is_ok_and(|srm| srm.p_value <= policy.srm_alpha().get()),
        RatioGuard::Tripped => true,
        RatioGuard::Acknowledged => false,
    };
    let treatments = || seen.treatments.iter().filter(|treatment| treatment.takes_part());
    let few_visitors = std::iter::once(&seen.control)
        .chain(treatments())
        .any(|arm| arm.sample.moments().visitors < policy.settings().min_visitors_per_variant);
    let few_conversions = !treatments().any(|treatment| counts(policy, &seen.control, treatment));
    let reasons = [
        (mismatch, Block::SampleRatioMismatch),
        (seen.runtime < policy.min_runtime(), Block::MinRuntime),
        (few_visitors, Block::MinVisitors),
        (few_conversions, Block::MinConversions),
    ];
    reasons.into_iter().filter_map(|(holds, block)| holds.then_some(block)).collect()
}

fn winner<S: Sample>(policy: &Policy, seen: &Seen<'_, S>, shown: &[Shown]) -> Option<Winner> {
    let direction = policy.settings().direction;
    let gain = |shown: &Shown| direction.gain(shown.test.difference);
    let significant = |shown: &Shown| shown.adjusted_p_value <= policy.alpha().get();
    let mut best: Option<(usize, f64)> = None;
    for (index, shown) in shown.iter().enumerate() {
        let better = best.is_none_or(|(_, gained)| gain(shown) > gained);
        if significant(shown) && gain(shown) > 0.0 && better {
            best = Some((index, gain(shown)));
        }
    }
    if let Some((index, _)) = best {
        return Some(Winner::Treatment(index));
    }
    // There is at least one: where no treatment takes part, too few conversions have blocked it. And
    // one that is significant but not better is worse.
    let mut part = shown.iter().zip(seen.treatments).filter(|(_, arm)| arm.takes_part());
    part.all(|(shown, _)| significant(shown)).then_some(Winner::Control)
}

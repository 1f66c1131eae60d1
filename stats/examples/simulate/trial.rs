//! One experiment from its start to its end, looked at all along.

#![expect(clippy::expect_used, reason = "a simulation that cannot go on has to end")]

use std::time::Duration;

use fastrand::Rng;
use ttoolab_stats::Level;
use ttoolab_stats::decide::{Arm, Block, Policy, RatioGuard, Seen, Settings, Winner, decide};
use ttoolab_stats::fixed::{compare, pooled_z};
use ttoolab_stats::moments::{Cap, Conversions, Revenue, RevenueSums, Sample};

use super::draw;
use super::scenario::{Amounts, Scenario};

/// What became of it.
pub(crate) struct Trial {
    /// The first winner: it stays one.
    pub(crate) winner: Option<Winner>,
    /// Visitors of control when it was called; or at the end.
    pub(crate) stopped_at: u64,
    /// Whether somebody who looks at a fixed p below 0.05 would have called one, at any look.
    pub(crate) naive: bool,
    /// Whether the division was found wrong.
    pub(crate) mismatch: bool,
}

/// Runs it, looking at the same totals with both rules.
pub(crate) fn trial(scenario: &Scenario, seed: u64) -> Trial {
    match scenario.amounts {
        None => run(
            scenario,
            seed,
            |rng, tally: &mut Option<Conversions>, visitors, rate| {
                let (all, converted) = tally.map_or((0, 0), |t| (t.visitors(), t.converters()));
                let more = draw::binomial(rng, visitors, rate);
                *tally = Conversions::new(all + visitors, converted + more).ok();
                *tally
            },
            |control, treatment| {
                pooled_z(control, treatment).is_ok_and(|(_, p_value)| p_value < 0.05)
            },
        ),
        Some(amounts) => run(
            scenario,
            seed,
            |rng, sums: &mut RevenueSums, visitors, rate| {
                sums.visitors += visitors;
                for _ in 0..draw::binomial(rng, visitors, rate) {
                    sums.moved(0, amount(rng, amounts)).ok()?;
                }
                Revenue::new(sums).ok()
            },
            |control, treatment| {
                let all = compare(control.moments(), treatment.moments(), Level::FIVE_PERCENT);
                all.absolute.is_ok_and(|test| test.p_value < 0.05)
            },
        ),
    }
}

fn amount(rng: &mut Rng, amounts: Amounts) -> i128 {
    let amount = draw::lognormal(rng, amounts.median, amounts.sigma).ceil() as i128;
    Cap::at(amounts.cap).applied(amount)
}

/// The course of an experiment on totals T, which `grow` adds visitors to.
fn run<T: Default + Clone, S: Sample>(
    scenario: &Scenario,
    seed: u64,
    grow: impl Fn(&mut Rng, &mut T, u64, f64) -> Option<S>,
    significant: impl Fn(S, S) -> bool,
) -> Trial {
    // Every look counts: the days would only hide the first ones.
    let settings = Settings { min_runtime_days: 0, ..Settings::default() };
    let policy = Policy::new(settings).expect("the settings are in range");
    let mut rng = Rng::with_seed(seed);
    let mut tallies = vec![T::default(); scenario.arms.len()];
    let mut guard = RatioGuard::Watching;
    let mut trial = Trial { winner: None, stopped_at: 0, naive: false, mismatch: false };
    for _ in 0..scenario.looks {
        let shares = scenario.arms.iter().map(|arm| arm.share);
        let visitors = draw::division(&mut rng, scenario.visitors_a_look, shares);
        let mut arms = Vec::with_capacity(visitors.len());
        for ((arm, tally), &visitors) in scenario.arms.iter().zip(&mut tallies).zip(&visitors) {
            let sample = grow(&mut rng, tally, visitors, arm.rate).expect("totals are consistent");
            arms.push(Arm { weight: arm.weight, sample });
        }
        let (&control, treatments) = arms.split_first().expect("there is a control");
        let naive = treatments.iter().any(|arm| significant(control.sample, arm.sample));
        trial.naive |= naive;
        if trial.winner.is_none() {
            trial.stopped_at += visitors[0];
            let seen = Seen { runtime: Duration::ZERO, guard, control, treatments };
            let decision = decide(&policy, &seen);
            trial.winner = decision.winner();
            if decision.blocked_by().contains(&Block::SampleRatioMismatch) {
                guard = RatioGuard::Tripped;
                trial.mismatch = true;
            }
        }
    }
    trial
}

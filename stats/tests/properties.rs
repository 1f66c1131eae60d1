//! What holds for any totals: symmetry, order and scale.

#![expect(clippy::unwrap_used, reason = "clippy takes the helpers of a test for something else")]

mod totals;

use std::time::Duration;

use proptest::prelude::*;
use totals::{conversions, revenue};
use ttoolab_stats::always_valid::{self, mixture};
use ttoolab_stats::bayes::{Direction, Prior, belief};
use ttoolab_stats::correction::{benjamini_hochberg, bonferroni, holm};
use ttoolab_stats::decide::{Arm, Policy, RatioGuard, Seen, Settings, Winner, decide};
use ttoolab_stats::fixed::{Comparison, compare, pooled_z};
use ttoolab_stats::moments::{Conversions, Ratio, RatioSums, Revenue, RevenueSums, Sample};
use ttoolab_stats::plan::{BadPlan, Plan, sample_size};
use ttoolab_stats::srm::{self, Share};
use ttoolab_stats::{Level, Undefined};

const LEVEL: Level = Level::FIVE_PERCENT;

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1e-3 + a.abs().max(b.abs()))
}

proptest! {
    #[test]
    fn changing_the_arms_changes_the_sign_alone(a in conversions(), b in conversions()) {
        let [there, back] = [(a, b), (b, a)].map(|(a, b)| compare(a.moments(), b.moments(), LEVEL));
        prop_assert_eq!(there.difference, -back.difference);
        match (there.absolute, back.absolute) {
            (Ok(there), Ok(back)) => {
                prop_assert!(near(there.t, -back.t) && near(there.p_value, back.p_value));
                prop_assert!(near(there.interval.low, -back.interval.high));
            }
            (there, back) => prop_assert_eq!(there.err(), back.err()),
        }
        let [there, back] = [(a, b), (b, a)].map(|(a, b)| always_valid::test(a, b, 0.1, LEVEL));
        prop_assert!(near(there.p_value(), back.p_value()), "{there:?} {back:?}");
    }

    #[test]
    fn the_unit_of_money_does_not_matter(a in revenue(), b in revenue(), times in 1_i128..1000) {
        let larger = |sums: RevenueSums| {
            let sum_squares = sums.sum_squares.checked_mul(times * times)?;
            Some(RevenueSums { sum: sums.sum * times, sum_squares, ..sums })
        };
        let of = |sums| Revenue::new(&sums).unwrap();
        // Beyond 128 bits there is nothing to compare.
        let (Some(larger_a), Some(larger_b)) = (larger(a), larger(b)) else { return Ok(()) };
        let small = always_valid::test(of(a), of(b), 0.1, LEVEL);
        let large = always_valid::test(of(larger_a), of(larger_b), 0.1, LEVEL);
        prop_assert!(near(small.p_value(), large.p_value()), "{small:?} {large:?}");
        prop_assert!(near(small.difference, large.difference / times as f64));
        let small = compare(of(a).moments(), of(b).moments(), LEVEL);
        let large = compare(of(larger_a).moments(), of(larger_b).moments(), LEVEL);
        if let (Ok(small), Ok(large)) = (small.relative, large.relative) {
            prop_assert!(near(small.p_value, large.p_value));
            prop_assert!(near(small.standard_error, large.standard_error));
        }
    }

    #[test]
    fn more_of_a_difference_is_more_evidence(base in 20..400_u64, step in 1..100_u64) {
        let control = Conversions::new(1_000, base).unwrap();
        let of = |more| Conversions::new(1_000, base + more).unwrap();
        let [less, more] = [step, step + 1].map(|more| {
            always_valid::test(control, of(more), 0.1, LEVEL)
        });
        // The scale grows with the pooled mean and the variance with it, so z decides.
        let [z_less, z_more] = [less, more].map(|shown| shown.evidence.unwrap().z);
        prop_assert!(z_less < z_more);
        let [less, more] = [step, step + 1].map(|more| {
            compare(control.moments(), of(more).moments(), LEVEL)
        });
        prop_assert!(less.absolute.unwrap().p_value >= more.absolute.unwrap().p_value);
        let chance = |all: &Comparison| {
            belief(all.relative, Prior::Flat, Direction::Increase, LEVEL).unwrap()
        };
        prop_assert!(chance(&less).chance_to_win <= chance(&more).chance_to_win);
        prop_assert!(chance(&less).chance_to_win >= 0.5);
    }

    #[test]
    fn the_mixture_grows_with_z(z in 0.0..40.0_f64, more in 0.0..1.0_f64, r in 1e-6..1e9_f64) {
        let [less, more] = [z, z + more].map(|z| mixture(z, r, LEVEL).unwrap());
        prop_assert!(less.log_e <= more.log_e && less.p_value >= more.p_value);
    }

    #[test]
    fn the_sequence_excludes_zero_exactly_when_p_says_so(a in conversions(), b in conversions()) {
        if let Ok(evidence) = always_valid::test(a, b, 0.1, LEVEL).evidence {
            let p = evidence.mixture.p_value;
            let edge = near(p, LEVEL.get());
            prop_assert!(edge || evidence.interval.contains(0.0) == (p > LEVEL.get()), "{evidence:?}");
        }
    }

    #[test]
    fn always_valid_is_never_below_the_fixed_z(a in conversions(), b in conversions()) {
        // What may be looked at always costs something.
        let shown = always_valid::test(a, b, 0.1, LEVEL);
        if let (Ok(_), Ok((_, p))) = (shown.evidence, pooled_z(a, b)) {
            prop_assert!(shown.p_value() >= p * (1.0 - 1e-9), "{shown:?} {p}");
        }
    }

    #[test]
    fn corrections_keep_their_order(p_values in prop::collection::vec(0.0..=1.0_f64, 0..9)) {
        let (holm, bonferroni, bh) =
            (holm(&p_values), bonferroni(&p_values), benjamini_hochberg(&p_values));
        for index in 0..p_values.len() {
            let chain = [p_values[index], bh[index], holm[index], bonferroni[index], 1.0];
            prop_assert!(chain.is_sorted_by(|a, b| *a <= *b + 1e-15), "{chain:?}");
            for other in 0..p_values.len() {
                prop_assert!(p_values[index] > p_values[other] || holm[index] <= holm[other]);
            }
        }
        let backwards: Vec<f64> = p_values.iter().rev().copied().collect();
        let mut again = ttoolab_stats::correction::holm(&backwards);
        again.reverse();
        prop_assert_eq!(holm, again);
    }

    #[test]
    fn the_division_has_no_order_and_no_unit(
        arms in prop::collection::vec((0..1_000_000_u64, 1..100_u32), 2..5), times in 1e-9..1e9_f64,
    ) {
        let shares = |times: f64| {
            let arms = arms.iter().map(move |&(visitors, weight)| {
                Share { visitors, weight: f64::from(weight) * times }
            });
            arms.collect::<Vec<_>>()
        };
        let backwards: Vec<Share> = shares(times).into_iter().rev().collect();
        let [one, other] =
            [shares(1.0), backwards].map(|shares| srm::sequential(&shares, 2000.0).unwrap());
        prop_assert!(near(one.log_bayes_factor, other.log_bayes_factor), "{one:?} {other:?}");
    }

    #[test]
    fn with_something_missing_there_is_no_winner(
        a in conversions(), b in conversions(), days in 0..14_u64, tripped in any::<bool>(),
    ) {
        let guard = if tripped { RatioGuard::Tripped } else { RatioGuard::Watching };
        let arm = |sample| Arm { weight: 1.0, sample };
        let seen = Seen {
            runtime: Duration::from_secs(days * 86_400),
            guard,
            control: arm(a),
            treatments: &[arm(b)],
        };
        let policy = Policy::new(Settings::default()).unwrap();
        let decision = decide(&policy, &seen);
        let few = a.visitors().min(b.visitors()) < 100
            || a.converters().saturating_add(b.converters()) < 100;
        if tripped || days < 7 || few {
            prop_assert!(!decision.blocked_by().is_empty() && decision.winner().is_none());
        }
        if let Some(Winner::Treatment(index)) = decision.winner() {
            prop_assert!(b.rate() > a.rate() && decision.treatments[index].p_value <= 0.05);
        }
    }

    #[test]
    fn smaller_effects_need_more_visitors(baseline in 0.001..0.4_f64, effect in 0.01..0.9_f64) {
        let of = |effect| {
            let plan = Plan { baseline, relative_effect: effect, level: LEVEL, power: 0.8 };
            sample_size(&plan).unwrap().exact
        };
        prop_assert!(of(effect) > of(effect * 1.1));
    }

    #[test]
    fn sums_that_moved_are_sums_from_the_start(
        moves in prop::collection::vec((0..9_usize, 0..1_000_000_i128), 0..60),
    ) {
        let mut totals = [0_i128; 9];
        let mut sums = RevenueSums { visitors: 9, ..RevenueSums::default() };
        for (visitor, to) in moves {
            sums.moved(totals[visitor], to).unwrap();
            totals[visitor] = to;
        }
        prop_assert_eq!(sums, RevenueSums {
            visitors: 9,
            payers: totals.iter().filter(|&&total| total != 0).count() as u64,
            sum: totals.iter().sum(),
            sum_squares: totals.iter().map(|total| total * total).sum(),
        });
    }
}

#[test]
fn a_constant_price_has_no_variance_by_order() {
    // Two visitors with 3 and 4 orders: the delta method's terms cancel, but for what doubles lose.
    for price in [999, 333_333_333_333_333_333] {
        let sums = RatioSums {
            visitors: 2,
            amount: 7 * price,
            amount_squares: 25 * price * price,
            count: 7,
            count_squares: 25,
            products: 25 * price,
        };
        let ratio = Ratio::new(&sums).unwrap();
        assert!(near(ratio.moments().mean, price as f64));
        assert_eq!(ratio.interval(LEVEL), Err(Undefined::ZeroVariance));
    }
}

#[test]
fn plans_that_are_none_are_refused() {
    let plan = Plan { baseline: 0.05, relative_effect: 0.1, level: LEVEL, power: 0.8 };
    let refused = |plan| sample_size(&plan).unwrap_err();
    assert_eq!(refused(Plan { relative_effect: 1e-9, ..plan }), BadPlan::TooSmall);
    assert_eq!(refused(Plan { relative_effect: 0.0, ..plan }), BadPlan::NoEffect);
    assert_eq!(refused(Plan { relative_effect: f64::NAN, ..plan }), BadPlan::Rate);
    assert_eq!(refused(Plan { relative_effect: 19.0, ..plan }), BadPlan::Rate);
    assert_eq!(refused(Plan { baseline: 0.0, ..plan }), BadPlan::Rate);
    assert_eq!(refused(Plan { power: 0.05, ..plan }), BadPlan::Power);
    assert_eq!(refused(Plan { power: 1.0, ..plan }), BadPlan::Power);
}

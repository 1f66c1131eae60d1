//! No totals give a number that is none.

#![expect(clippy::unwrap_used, reason = "clippy takes the helpers of a test for something else")]

mod totals;

use std::time::Duration;

use proptest::prelude::*;
use totals::{conversions, revenue};
use ttoolab_stats::Level;
use ttoolab_stats::always_valid::{self, AlwaysValid, mixture};
use ttoolab_stats::bayes::{Direction, Prior, belief};
use ttoolab_stats::decide::{Arm, Policy, RatioGuard, Seen, Settings, decide};
use ttoolab_stats::fixed::{Comparison, compare, pooled_z};
use ttoolab_stats::moments::{Ratio, RatioSums, Revenue, RevenueSums, Sample};
use ttoolab_stats::special::{gamma, normal, student};

const LEVEL: Level = Level::FIVE_PERCENT;

fn numbers_of(comparison: &Comparison) -> Vec<f64> {
    let Comparison { control_mean, treatment_mean, difference, lift, absolute, relative } =
        *comparison;
    let mut all = vec![control_mean, treatment_mean, difference, lift.unwrap_or_default()];
    for test in [absolute, relative].into_iter().flatten() {
        all.extend([test.estimate, test.standard_error, test.freedom, test.t, test.p_value]);
        all.extend([test.interval.low, test.interval.high]);
        for prior in [Prior::Flat, Prior::Normal { mean: 0.0, variance: 0.09 }] {
            if let Ok(belief) = belief(Ok(test), prior, Direction::Increase, LEVEL) {
                all.extend([belief.mean, belief.deviation, belief.chance_to_win]);
                all.extend([belief.loss_of_control, belief.loss_of_treatment]);
                all.extend([belief.interval.low, belief.interval.high]);
            }
        }
    }
    all
}

fn numbers_shown(shown: &AlwaysValid, comparison: &Comparison) -> Vec<f64> {
    let mut all = vec![shown.difference, shown.variance, shown.tau, shown.p_value(), shown.log_e()];
    if let Ok(evidence) = shown.evidence {
        all.extend([evidence.r, evidence.z, evidence.interval.low, evidence.interval.high]);
    }
    all.extend(shown.relative(comparison).iter().flat_map(|range| [range.low, range.high]));
    all
}

fn everything<S: Sample>(control: S, treatment: S) -> Vec<f64> {
    let comparison = compare(control.moments(), treatment.moments(), LEVEL);
    let shown = always_valid::test(control, treatment, 0.1, LEVEL);
    let mut all = numbers_of(&comparison);
    all.extend(numbers_shown(&shown, &comparison));
    let arm = |sample| Arm { weight: 1.0, sample };
    let policy = Policy::new(Settings::default()).unwrap();
    let seen = Seen {
        runtime: Duration::MAX,
        guard: RatioGuard::Watching,
        control: arm(control),
        treatments: &[arm(treatment), arm(control)],
    };
    let decision = decide(&policy, &seen);
    all.extend(decision.treatments.iter().flat_map(|t| [t.p_value, t.adjusted_p_value]));
    all.extend(decision.srm.iter().flat_map(|srm| [srm.p_value, srm.log_bayes_factor]));
    all
}

proptest! {
    #[test]
    fn every_number_of_conversions_is_one(a in conversions(), b in conversions()) {
        let all = everything(a, b);
        prop_assert!(all.iter().all(|number| number.is_finite()), "{all:?}");
        if let Ok((z, p)) = pooled_z(a, b) {
            prop_assert!(z.is_finite() && (0.0..=1.0).contains(&p));
        }
    }

    #[test]
    fn every_number_of_revenue_is_one(a in revenue(), b in revenue()) {
        let all = everything(Revenue::new(&a).unwrap(), Revenue::new(&b).unwrap());
        prop_assert!(all.iter().all(|number| number.is_finite()), "{all:?}");
    }

    #[test]
    fn any_integers_are_totals_or_refused(
        visitors in any::<u64>(), payers in any::<u64>(), sum in any::<i128>(),
        sum_squares in any::<i128>(), products in any::<i128>(), few in 0..40_u64,
    ) {
        for visitors in [visitors, few] {
            let sums = RevenueSums { visitors, payers: payers.min(visitors), sum, sum_squares };
            if let Ok(revenue) = Revenue::new(&sums) {
                prop_assert!(everything(revenue, revenue).iter().all(|n| n.is_finite()));
            }
            let sums = RatioSums {
                visitors, amount: sum, amount_squares: sum_squares,
                count: products, count_squares: sum_squares, products,
            };
            if let Ok(ratio) = Ratio::new(&sums) {
                let moments = ratio.moments();
                prop_assert!(moments.mean.is_finite() && moments.variance.is_finite());
                prop_assert!(moments.variance >= 0.0);
            }
        }
    }

    #[test]
    fn special_functions_answer_anything(a in any::<f64>(), b in any::<f64>(), freedom in any::<u32>()) {
        let all = [
            normal::upper_tail(a), student::two_sided_tail(a, b), gamma::chi_square_tail(a, freedom),
        ];
        prop_assert!(a.is_nan() || all.iter().all(|p| (0.0..=1.0).contains(p)), "{all:?}");
        let quantiles = [student::upper_quantile(a, b), normal::upper_quantile(a)];
        prop_assert!(a.is_nan() || b.is_nan() || quantiles.iter().all(|q| q.is_finite()), "{quantiles:?}");
        if let Ok(got) = mixture(a, b, LEVEL) {
            prop_assert!(got.log_e.is_finite() && got.critical_z.is_finite());
        }
    }
}

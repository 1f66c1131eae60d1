//! The policy, sentence by sentence.

#![expect(clippy::unwrap_used, reason = "clippy takes the helpers of a test for something else")]

use std::time::Duration;

use ttoolab_stats::decide::Block::{
    self, MinConversions, MinRuntime, MinVisitors, SampleRatioMismatch,
};
use ttoolab_stats::decide::{
    Arm, BadSetting, Decision, Outcome, Policy, RatioGuard, Seen, Settings, Winner, decide,
};
use ttoolab_stats::moments::{Conversions, Revenue, RevenueSums};

const WEEK: Duration = Duration::from_secs(7 * 86_400);

fn arm(visitors: u64, converters: u64) -> Arm<Conversions> {
    Arm { weight: 1.0, sample: Conversions::new(visitors, converters).unwrap() }
}

fn unused() -> Arm<Conversions> {
    Arm { weight: 0.0, ..arm(0, 0) }
}

fn seen<'a>(
    control: Arm<Conversions>,
    treatments: &'a [Arm<Conversions>],
) -> Seen<'a, Conversions> {
    Seen { runtime: WEEK, guard: RatioGuard::Watching, control, treatments }
}

fn decided(seen: &Seen<'_, Conversions>) -> Decision {
    decide(&Policy::new(Settings::default()).unwrap(), seen)
}

#[test]
fn every_reason_is_listed_in_order() {
    let few = [arm(100, 10)];
    let early = Seen {
        runtime: WEEK - Duration::from_millis(1),
        guard: RatioGuard::Tripped,
        ..seen(arm(99, 9), &few)
    };
    let reasons = [SampleRatioMismatch, MinRuntime, MinVisitors, MinConversions];
    assert_eq!(decided(&early).blocked_by(), reasons);
    assert_eq!(
        reasons.map(Block::as_str),
        ["sample_ratio_mismatch", "min_runtime", "min_visitors", "min_conversions"]
    );
}

#[test]
fn a_minimum_that_is_reached_does_not_block() {
    assert_eq!(decided(&seen(arm(100, 50), &[arm(100, 50)])).outcome, Outcome::NoWinner);
    let few = decided(&seen(arm(100, 50), &[arm(100, 49)]));
    assert_eq!(few.blocked_by(), [MinConversions]);
}

#[test]
fn a_mismatch_blocks_until_an_operator_has_looked() {
    let (control, treatments) = (arm(40_000, 2_000), [arm(37_000, 2_300)]);
    let with = |guard| decided(&Seen { guard, ..seen(control, &treatments) });
    assert_eq!(with(RatioGuard::Watching).blocked_by(), [SampleRatioMismatch]);
    assert_eq!(with(RatioGuard::Tripped).blocked_by(), [SampleRatioMismatch]);
    assert_eq!(with(RatioGuard::Acknowledged).winner(), Some(Winner::Treatment(0)));
    // It stays one when the division looks right again.
    let again = [arm(40_000, 2_300)];
    let tripped = Seen { guard: RatioGuard::Tripped, ..seen(control, &again) };
    assert_eq!(decided(&tripped).blocked_by(), [SampleRatioMismatch]);
}

#[test]
fn a_variant_without_any_conversion_can_lose() {
    assert_eq!(decided(&seen(arm(9_000, 900), &[arm(9_000, 0)])).winner(), Some(Winner::Control));
}

#[test]
fn a_pair_with_too_few_conversions_shows_nothing_and_holds_nobody_up() {
    let decision = decided(&seen(arm(4_000, 60), &[arm(4_000, 0), arm(4_000, 200)]));
    assert_eq!(decision.winner(), Some(Winner::Treatment(1)));
    assert_eq!(decision.treatments[0].p_value, 1.0);
    assert!(decision.treatments[0].test.p_value() < 1.0, "{decision:?}");
}

#[test]
fn a_treatment_without_weight_takes_no_part() {
    // On the edge: Holm with another hypothesis would double the p-value.
    let (control, treatment) = (arm(31_233, 1_562), arm(31_233, 1_745));
    let alone = decided(&seen(control, &[treatment]));
    let p_value = alone.treatments[0].p_value;
    assert!((0.025..0.05).contains(&p_value), "{p_value}");
    let with = decided(&seen(control, &[unused(), treatment]));
    assert_eq!(with.winner(), Some(Winner::Treatment(1)));
    assert_eq!(with.treatments[1].adjusted_p_value, p_value);
    // Nor need control beat it.
    let worse = decided(&seen(arm(40_000, 2_400), &[arm(40_000, 2_000), unused()]));
    assert_eq!(worse.winner(), Some(Winner::Control));
    // Nor is it tested, whatever stands in it.
    let odd = Arm { weight: 0.0, ..arm(40_000, 4_000) };
    let decision = decided(&seen(arm(40_000, 2_000), &[odd, arm(40_000, 2_000)]));
    assert_eq!(decision.outcome, Outcome::NoWinner);
    assert_eq!(decision.treatments[0].p_value, 1.0);
}

#[test]
fn an_experiment_of_control_alone_is_blocked() {
    assert_eq!(decided(&seen(arm(40_000, 2_000), &[])).blocked_by(), [MinConversions]);
    let none = decided(&seen(arm(40_000, 2_000), &[unused()]));
    assert_eq!(none.blocked_by(), [MinConversions]);
}

#[test]
fn of_equal_winners_the_first_is_named() {
    let both = [arm(40_000, 2_400), arm(40_000, 2_400)];
    assert_eq!(decided(&seen(arm(40_000, 2_000), &both)).winner(), Some(Winner::Treatment(0)));
}

#[test]
fn revenue_needs_payers_in_each_arm() {
    let arm = |payers: u64| {
        let sum = i128::from(payers) * 5_000;
        let sums = RevenueSums { visitors: 9_000, payers, sum, sum_squares: sum * 5_000 };
        Arm { weight: 1.0, sample: Revenue::new(&sums).unwrap() }
    };
    let policy = Policy::new(Settings::default()).unwrap();
    let with = |payers| {
        decide(
            &policy,
            &Seen {
                runtime: WEEK,
                guard: RatioGuard::Watching,
                control: arm(900),
                treatments: &[arm(payers)],
            },
        )
    };
    assert_eq!(with(99).blocked_by(), [MinConversions]);
    assert_eq!(with(100).winner(), Some(Winner::Control));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let base = Settings::default();
    let refused = |settings| Policy::new(settings).unwrap_err();
    assert_eq!(refused(Settings { tau_rel: 0.019, ..base }), BadSetting::TauRel);
    assert_eq!(refused(Settings { tau_rel: 0.51, ..base }), BadSetting::TauRel);
    assert_eq!(refused(Settings { srm_kappa: f64::NAN, ..base }), BadSetting::SrmKappa);
    assert!(matches!(refused(Settings { alpha: 0.0, ..base }), BadSetting::Alpha(_)));
    assert!(matches!(refused(Settings { srm_alpha: 1.0, ..base }), BadSetting::SrmAlpha(_)));
}

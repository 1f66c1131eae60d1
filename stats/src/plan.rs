//! How many visitors an effect needs.

use crate::Level;
use crate::special::normal;

/// How much longer the always-valid test takes than the fixed one for the same power, from and to:
/// 80 % of true effects have been found by then. Simulated for +5 % to +20 % at a rate of 5 %.
pub const ALWAYS_VALID_FACTOR: (f64, f64) = (1.7, 1.9);

/// Beyond this many visitors an arm the answer is "never", and not a number.
const MOST_VISITORS: f64 = 1e15;

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// The rate of control, between 0 and 1.
    pub baseline: f64,
    /// The relative effect to find, such as 0.1 or −0.1.
    pub relative_effect: f64,
    /// The level of the test.
    pub level: Level,
    /// How often the effect is to be found when it is there, between 0 and 1.
    pub power: f64,
}

/// Why a plan has no sample size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPlan {
    /// The baseline, or the rate with the effect, is not between 0 and 1.
    #[error("both rates must lie between 0 and 1")]
    Rate,
    /// No effect to find.
    #[error("the effect must not be zero")]
    NoEffect,
    /// The power is not between the level and 1.
    #[error("the power must lie between the level and 1")]
    Power,
    /// More visitors than there will ever be.
    #[error("the effect is too small to be found")]
    TooSmall,
}

/// Visitors for one arm of two equal ones, with a classical test at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleSize {
    /// As the formula gives it.
    pub exact: f64,
    /// Rounded up.
    pub visitors: u64,
}

/// Fleiss' formula for two proportions, without continuity correction:
/// `n = [z_{1−α/2}·√(2p̄(1−p̄)) + z_power·√(p1(1−p1) + p2(1−p2))]² / (p2−p1)²`.
///
/// The always-valid test takes [`ALWAYS_VALID_FACTOR`] of it for the same power, and half the time
/// stops before this one would.
///
/// # Errors
/// [`BadPlan`] for what no experiment can be.
///
/// ```
/// use ttoolab_stats::{Level, plan::{Plan, sample_size}};
/// let plan =
///     Plan { baseline: 0.05, relative_effect: 0.1, level: Level::FIVE_PERCENT, power: 0.8 };
/// assert_eq!(sample_size(&plan).unwrap().visitors, 31_234);
/// ```
pub fn sample_size(plan: &Plan) -> Result<SampleSize, BadPlan> {
    let before = plan.baseline;
    let after = before * (1.0 + plan.relative_effect);
    let is_rate = |rate: f64| rate > 0.0 && rate < 1.0;
    if !is_rate(before) || !is_rate(after) {
        return Err(BadPlan::Rate);
    }
    let effect = after - before;
    if effect == 0.0 {
        return Err(BadPlan::NoEffect);
    }
    if !(plan.power > plan.level.get() && plan.power < 1.0) {
        return Err(BadPlan::Power);
    }
    let spread = |rate: f64| rate * (1.0 - rate);
    let of_none = (2.0 * spread(0.5 * (before + after))).sqrt();
    let of_effect = (spread(before) + spread(after)).sqrt();
    let root = normal::upper_quantile(0.5 * plan.level.get()) * of_none
        - normal::upper_quantile(plan.power) * of_effect;
    let exact = (root / effect) * (root / effect);
    if exact > MOST_VISITORS {
        return Err(BadPlan::TooSmall);
    }
    Ok(SampleSize { exact, visitors: exact.ceil() as u64 })
}

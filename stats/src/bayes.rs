//! What is believed of a treatment: the chance that it is better, and what choosing it may cost.
//!
//! For display. With a flat prior, "chance to win above 95 %" looked at daily calls a winner in
//! 24 % of experiments without any effect.

use crate::fixed::{Interval, Test};
use crate::special::normal;
use crate::{Level, Undefined};

/// What was believed before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prior {
    /// Nothing: any effect is as likely as any other.
    Flat,
    /// A normal distribution of the effect, in the unit of the estimate it is joined with.
    Normal {
        /// The effect expected.
        mean: f64,
        /// Its variance, above 0.
        variance: f64,
    },
}

impl Prior {
    /// This prior of the lift as one of the absolute difference: `μ·|mA|` and `σ²·mA²`.
    #[must_use]
    pub fn scaled(self, control_mean: f64) -> Self {
        match self {
            Self::Flat => Self::Flat,
            Self::Normal { mean, variance } => Self::Normal {
                mean: mean * control_mean.abs(),
                variance: variance * control_mean * control_mean,
            },
        }
    }
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// More is better: conversions, revenue.
    #[default]
    Increase,
    /// Less is better: refunds, errors.
    Decrease,
}

impl Direction {
    /// The effect counted so that more is better.
    #[must_use]
    pub fn gain(self, effect: f64) -> f64 {
        match self {
            Self::Increase => effect,
            Self::Decrease => -effect,
        }
    }
}

/// What is believed after seeing the totals: a normal distribution of the effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Belief {
    /// The effect expected, in the unit of the estimate.
    pub mean: f64,
    /// Its standard deviation, above 0.
    pub deviation: f64,
    /// How probable it is that the treatment is better than control, from 0 to 1.
    pub chance_to_win: f64,
    /// The credible interval: the effect lies in it with probability 1 − level.
    pub interval: Interval,
    /// What choosing the treatment is expected to lose, in the unit of the estimate, 0 or more.
    pub loss_of_treatment: f64,
    /// What keeping control is expected to lose.
    pub loss_of_control: f64,
}

/// The chance to win where there is no belief.
pub const NO_IDEA: f64 = 0.5;

/// Joins an estimate, [`crate::fixed::Comparison::relative`] as a rule, with what was believed
/// before (gbstats `EffectBayesianABTest`):
///
/// - `1/σ² = 1/se² + 1/σ0²`, `μ = σ²(estimate/se² + μ0/σ0²)`;
/// - chance to win `Φ(μ/σ)`;
/// - loss of the treatment `E[(−δ)⁺] = σφ(μ/σ) − μΦ(−μ/σ)`, of control `E[δ⁺] = σφ(μ/σ) + μΦ(μ/σ)`.
///
/// # Errors
/// [`Undefined`] where the estimate is, with [`Undefined::Uninformative`] for a control of zero:
/// the chance to win is then [`NO_IDEA`]. Also for a prior that has no width.
pub fn belief(
    estimate: Result<Test, Undefined>,
    prior: Prior,
    direction: Direction,
    level: Level,
) -> Result<Belief, Undefined> {
    let test = estimate.map_err(|undefined| match undefined {
        Undefined::BaselineZero => Undefined::Uninformative,
        Undefined::NoUnits
        | Undefined::TooFewUnits
        | Undefined::ZeroVariance
        | Undefined::Uninformative => undefined,
    })?;
    let (mean, deviation) = joined(&test, prior).ok_or(Undefined::Uninformative)?;
    let gain = direction.gain(mean);
    let standardised = gain / deviation;
    let loss = |standardised: f64| {
        let short = normal::density(standardised) - standardised * normal::upper_tail(standardised);
        (deviation * short).max(0.0)
    };
    let half_width = deviation * normal::upper_quantile(0.5 * level.get());
    Ok(Belief {
        mean,
        deviation,
        chance_to_win: normal::lower_tail(standardised),
        interval: Interval::around(mean, half_width),
        loss_of_treatment: loss(standardised),
        loss_of_control: loss(-standardised),
    })
}

/// The mean and deviation of estimate and prior together, where they are numbers.
fn joined(test: &Test, prior: Prior) -> Option<(f64, f64)> {
    let (mean, deviation) = match prior {
        Prior::Flat => (test.estimate, test.standard_error),
        Prior::Normal { mean, variance } if variance > 0.0 => {
            let noise = test.standard_error * test.standard_error;
            // The share of the estimate, not two reciprocals: a tiny variance has none.
            let share = variance / (variance + noise);
            (share * test.estimate + (1.0 - share) * mean, (share * noise).sqrt())
        }
        Prior::Normal { .. } => return None,
    };
    (mean.is_finite() && deviation.is_finite() && deviation > 0.0).then_some((mean, deviation))
}

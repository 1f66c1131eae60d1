//! The classical test of two arms: right at a sample size set beforehand, wrong when looked at
//! daily.
//!
//! 34 % of experiments without any effect show p < 0.05 at one of 60 daily looks. So what is
//! computed here is shown and never decides; [`crate::always_valid`] does.

use crate::moments::{Conversions, Moments, Sample};
use crate::special::{normal, student};
use crate::{Level, Undefined};

/// A range from low to high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    pub(crate) fn around(middle: f64, half_width: f64) -> Self {
        Self { low: middle - half_width, high: middle + half_width }
    }

    /// Whether it holds this number, ends included.
    #[must_use]
    pub fn contains(&self, number: f64) -> bool {
        (self.low..=self.high).contains(&number)
    }
}

/// Two arms compared, absolutely and relative to control. Differences are treatment minus
/// control, tests are two-sided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The mean of control; 0 without visitors.
    pub control_mean: f64,
    /// The mean of the treatment; 0 without visitors.
    pub treatment_mean: f64,
    /// The difference of the means, in their unit.
    pub difference: f64,
    /// The difference by the mean of control: 0.1 is +10 %. None where control is not above 0.
    pub lift: Option<f64>,
    /// The test of the difference.
    pub absolute: Result<Test, Undefined>,
    /// The test of the lift.
    pub relative: Result<Test, Undefined>,
}

/// The test of one estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// What is estimated: the difference or the lift.
    pub estimate: f64,
    /// Its standard error, above 0.
    pub standard_error: f64,
    /// Welch–Satterthwaite degrees of freedom, at least 1.
    pub freedom: f64,
    /// Estimate by standard error.
    pub t: f64,
    /// Two-sided.
    pub p_value: f64,
    /// The confidence interval, which excludes 0 where p is below the level.
    pub interval: Interval,
}

/// Compares two arms at a level.
///
/// - absolute: `δ = mB − mA`, `se² = sA²/nA + sB²/nB`;
/// - relative, by the delta method: `mB/mA − 1`, `se² = sB²/(nB·mA²) + sA²·mB²/(nA·mA⁴)`;
/// - both with Welch–Satterthwaite degrees of freedom, as gbstats' `TwoSidedTTest`, whose answer
///   of p = 1 for a control without conversions is not copied.
///
/// ```
/// use ttoolab_stats::Level;
/// use ttoolab_stats::fixed::compare;
/// use ttoolab_stats::moments::{Conversions, Sample};
/// let control = Conversions::new(10_000, 500).unwrap().moments();
/// let treatment = Conversions::new(10_100, 561).unwrap().moments();
/// let comparison = compare(control, treatment, Level::FIVE_PERCENT);
/// assert!((comparison.absolute.unwrap().p_value - 0.0787).abs() < 1e-4);
/// assert!((comparison.lift.unwrap() - 0.1109).abs() < 1e-4);
/// ```
#[must_use]
pub fn compare(control: Moments, treatment: Moments, level: Level) -> Comparison {
    let difference = treatment.mean - control.mean;
    let lift = (control.mean > 0.0).then(|| difference / control.mean);
    let [a, b] = [control.variance_of_mean(), treatment.variance_of_mean()];
    let (absolute, relative) = match countable(control, treatment) {
        Err(undefined) => (Err(undefined), Err(undefined)),
        Ok(()) => {
            let freedom = welch(control, treatment);
            let absolute = test(difference, (a + b).sqrt(), freedom, level);
            (absolute, lift_test(control, treatment, freedom, level))
        }
    };
    Comparison {
        control_mean: control.mean,
        treatment_mean: treatment.mean,
        difference,
        lift,
        absolute,
        relative,
    }
}

/// The pooled z test of two proportions, as textbooks and calculators have it: `z = δ / √(p̄(1−p̄)
/// (1/nA + 1/nB))`, and its two-sided p.
///
/// # Errors
/// [`Undefined`] without visitors in both arms, or where nobody or everybody converted.
pub fn pooled_z(control: Conversions, treatment: Conversions) -> Result<(f64, f64), Undefined> {
    let (a, b) = (control.moments(), treatment.moments());
    if a.visitors == 0 || b.visitors == 0 {
        return Err(Undefined::NoUnits);
    }
    let variance = Conversions::pooled(&control, &treatment).variance
        * (1.0 / a.visitors as f64 + 1.0 / b.visitors as f64);
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let z = (b.mean - a.mean) / variance.sqrt();
    Ok((z, (2.0 * normal::upper_tail(z.abs())).min(1.0)))
}

/// Whether both arms have enough visitors to have a variance.
pub(crate) fn countable(control: Moments, treatment: Moments) -> Result<(), Undefined> {
    match control.visitors.min(treatment.visitors) {
        0 => Err(Undefined::NoUnits),
        1 => Err(Undefined::TooFewUnits),
        _ => Ok(()),
    }
}

fn lift_test(
    control: Moments,
    treatment: Moments,
    freedom: f64,
    level: Level,
) -> Result<Test, Undefined> {
    if control.mean <= 0.0 {
        return Err(Undefined::BaselineZero);
    }
    // At −100 % the delta method sees no spread: se is 0, which is not certainty but undefined.
    let ratio = treatment.mean / control.mean;
    let variance = treatment.variance_of_mean() + ratio * ratio * control.variance_of_mean();
    let lift = (treatment.mean - control.mean) / control.mean;
    test(lift, variance.sqrt() / control.mean, freedom, level)
}

fn test(estimate: f64, standard_error: f64, freedom: f64, level: Level) -> Result<Test, Undefined> {
    if standard_error <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let t = estimate / standard_error;
    let width = student::upper_quantile(0.5 * level.get(), freedom) * standard_error;
    Ok(Test {
        estimate,
        standard_error,
        freedom,
        t,
        p_value: student::two_sided_tail(t, freedom),
        interval: Interval::around(estimate, width),
    })
}

/// `(a + b)² / (a²/(nA−1) + b²/(nB−1))` with a and b the variances of the means, in shares of
/// their sum, so that nothing overflows. At least 1 by its nature, but for rounding.
fn welch(control: Moments, treatment: Moments) -> f64 {
    let [a, b] = [control.variance_of_mean(), treatment.variance_of_mean()];
    if a + b <= 0.0 {
        return 1.0;
    }
    let of = |share: f64, arm: Moments| share * share / (arm.visitors - 1) as f64;
    (1.0 / (of(a / (a + b), control) + of(b / (a + b), treatment))).max(1.0)
}

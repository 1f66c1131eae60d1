//! The test that may be looked at after every event, and decides.
//!
//! A mixture sequential probability ratio test (Johari, Pekelis, Walsh, arXiv 1512.04922; Robbins'
//! normal mixture boundary, Howard et al., arXiv 1810.08240; Waudby-Smith et al., arXiv
//! 2103.06476): the likelihood of the data averaged over effects `N(0, τ²)`, by that of no effect.
//! Where there is no effect this evidence is a martingale, so the chance that it *ever* reaches
//! `1/α` is at most α, whatever made one stop looking.
//!
//! Two choices make it hold with few conversions and unequal arms, where gbstats' sequential mode
//! reaches 8 to 32 %: the *absolute* difference, because the relative one divides by a small noisy
//! number, and the *larger* of the pooled and the unpooled variance, because a small arm
//! underestimates its own. A wrong τ costs visitors, never validity.

use crate::fixed::{Comparison, Interval, countable};
use crate::moments::Sample;
use crate::{Level, Undefined};

/// Where the exponent of a likelihood ratio ends: beyond it nothing distinguishes two numbers
/// that are both certainty.
const MOST_EVIDENCE: f64 = 1e300;

/// What the mixture makes of a standardised difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixture {
    /// ln E, the logarithm of the likelihood ratio; below 0 when the data speak for no effect.
    pub log_e: f64,
    /// `min(1, 1/E)`, always valid.
    pub p_value: f64,
    /// How many standard errors the confidence sequence reaches to either side.
    pub critical_z: f64,
}

/// The mixture for a difference of z standard errors, where r is the variance τ² of the effects
/// mixed over, by that of the difference:
///
/// - `ln E = −½ ln(1+r) + z² r / (2(1+r))`, `p = min(1, 1/E)`;
/// - `c = √[(1 + 1/r)(ln(1+r) + 2 ln(1/α))]`, and p ≤ α exactly when |z| ≥ c.
///
/// # Errors
/// [`Undefined::Uninformative`] when r is not above 0 or the answer is not finite.
///
/// ```
/// use ttoolab_stats::{Level, always_valid::mixture};
/// let weak = mixture(3.2, 12.5, Level::FIVE_PERCENT).unwrap();
/// assert!((weak.p_value - 0.032084).abs() < 1e-6);
/// ```
pub fn mixture(z: f64, r: f64, level: Level) -> Result<Mixture, Undefined> {
    // `r / (1 + r)` does not overflow where `z² r` would.
    let log_e = (0.5 * (z * z * (r / (1.0 + r)) - r.ln_1p())).min(MOST_EVIDENCE);
    let critical_z = ((1.0 + 1.0 / r) * (r.ln_1p() - 2.0 * level.get().ln())).sqrt();
    if r > 0.0 && log_e.is_finite() && critical_z.is_finite() {
        Ok(Mixture { log_e, p_value: (-log_e).exp().min(1.0), critical_z })
    } else {
        Err(Undefined::Uninformative)
    }
}

/// What two arms show, at any time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlwaysValid {
    /// Treatment minus control, in the unit of the means.
    pub difference: f64,
    /// `sA²/nA + sB²/nB`; 0 for an arm without visitors.
    pub variance_unpooled: f64,
    /// `s²(1/nA + 1/nB)` with the variance of both arms as one; 0 without visitors in both.
    pub variance_pooled: f64,
    /// The larger of the two.
    pub variance: f64,
    /// τ, the size of effects looked for, in the unit of the means: `τ_rel` × pooled mean.
    pub tau: f64,
    /// The evidence, where there is any.
    pub evidence: Result<Evidence, Undefined>,
}

/// Evidence for a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// τ² by the variance of the difference.
    pub r: f64,
    /// The difference in standard errors.
    pub z: f64,
    /// The p-value and the width.
    pub mixture: Mixture,
    /// The confidence sequence of the difference: it holds the truth at all times at once with
    /// probability 1 − α, and excludes 0 exactly when p ≤ α.
    pub interval: Interval,
}

/// Tests two arms. `tau_rel` is the relative effect the experiment was planned for, fixed before
/// the first exposure.
///
/// ```
/// use ttoolab_stats::{Level, always_valid::test, moments::Conversions};
/// let control = Conversions::new(60_000, 3_000).unwrap();
/// let treatment = Conversions::new(60_000, 3_420).unwrap();
/// let shown = test(control, treatment, 0.1, Level::FIVE_PERCENT);
/// assert!(shown.p_value() < 1e-5);
/// assert!(shown.evidence.unwrap().interval.low > 0.0);
/// ```
#[must_use]
pub fn test<S: Sample>(control: S, treatment: S, tau_rel: f64, level: Level) -> AlwaysValid {
    let [a, b] = [control.moments(), treatment.moments()];
    let pooled = S::pooled(&control, &treatment);
    let variance_pooled = if a.visitors == 0 || b.visitors == 0 {
        0.0
    } else {
        pooled.variance * (1.0 / a.visitors as f64 + 1.0 / b.visitors as f64)
    };
    let variance_unpooled = a.variance_of_mean() + b.variance_of_mean();
    let variance = variance_unpooled.max(variance_pooled);
    let difference = b.mean - a.mean;
    let tau = if tau_rel.is_finite() { tau_rel.max(0.0) * pooled.mean.abs() } else { 0.0 };
    let evidence = countable(a, b).and_then(|()| evidence(difference, variance, tau, level));
    AlwaysValid { difference, variance_unpooled, variance_pooled, variance, tau, evidence }
}

fn evidence(difference: f64, variance: f64, tau: f64, level: Level) -> Result<Evidence, Undefined> {
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let error = variance.sqrt();
    let (r, z) = ((tau / error) * (tau / error), difference / error);
    let mixture = mixture(z, r, level)?;
    let interval = Interval::around(difference, mixture.critical_z * error);
    Ok(Evidence { r, z, mixture, interval })
}

impl AlwaysValid {
    /// The always-valid p-value; 1 where there is no evidence.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        self.evidence.map_or(1.0, |evidence| evidence.mixture.p_value)
    }

    /// The logarithm of the evidence; 0 where there is none.
    #[must_use]
    pub fn log_e(&self) -> f64 {
        self.evidence.map_or(0.0, |evidence| evidence.mixture.log_e)
    }

    /// The confidence sequence of the lift, for display beside the p-value: `lift ± c·se` with the
    /// same c. Decide on the absolute one: the relative one need not exclude 0 at the same time.
    ///
    /// # Errors
    /// [`Undefined`] where there is no evidence, or no lift.
    pub fn relative(&self, comparison: &Comparison) -> Result<Interval, Undefined> {
        let width = self.evidence?.mixture.critical_z;
        let lift = comparison.relative?;
        Ok(Interval::around(lift.estimate, width * lift.standard_error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::compare;
    use crate::moments::Conversions;

    #[test]
    fn the_lift_has_the_width_of_the_difference() {
        let [control, treatment] =
            [1_562, 1_718].map(|converters| Conversions::new(31_233, converters).unwrap());
        let comparison = compare(control.moments(), treatment.moments(), Level::FIVE_PERCENT);
        let shown = test(control, treatment, 0.1, Level::FIVE_PERCENT);
        let range = shown.relative(&comparison).unwrap();
        // By hand, from the formulas above.
        assert!((range.low + 0.013745879597654123).abs() < 1e-12, "{range:?}");
        assert!((range.high - 0.21348979765143133).abs() < 1e-12, "{range:?}");
    }
}

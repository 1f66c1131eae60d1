//! The gamma function's logarithm, split so that large differences do not cancel, and the tail of
//! χ².

use statrs::function::gamma::checked_gamma_ur;
use std::f64::consts::PI;

/// From here on Stirling's series has all digits of a double.
const STIRLING_FROM: f64 = 16.0;

/// What Stirling's main term lacks: `ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π]`, about `1/(12x)`.
///
/// Sums of ln Γ at 1e9 lose ten digits; where the main terms are subtracted on paper, only this is
/// left to compute (Abramowitz & Stegun 6.1.41).
#[must_use]
pub fn stirling_rest(x: f64) -> f64 {
    if x < STIRLING_FROM {
        return libm::lgamma(x) - ((x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln());
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = 1.0 / 1260.0 - square * (1.0 / 1680.0 - square * (1.0 / 1188.0));
    inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * series))
}

/// The upper tail of χ²: `P(X > x)` with `freedom` degrees of freedom. 1 where x is not above 0 or
/// there is no freedom.
///
/// ```
/// use ttoolab_stats::special::gamma::chi_square_tail;
/// assert!((chi_square_tail(700.0, 3) / 2.0991308534204087e-151 - 1.0).abs() < 1e-10);
/// ```
#[must_use]
pub fn chi_square_tail(x: f64, freedom: u32) -> f64 {
    // `checked` refuses exactly x ≤ 0, no freedom and infinity.
    let tail = checked_gamma_ur(0.5 * f64::from(freedom), 0.5 * x.min(f64::MAX));
    tail.map_or(1.0, |tail| if tail.is_finite() { tail.clamp(0.0, 1.0) } else { 1.0 })
}

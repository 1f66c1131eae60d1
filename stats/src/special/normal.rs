//! The normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// The density φ(z).
#[must_use]
pub fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// The upper tail `P(Z > z) = ½ erfc(z/√2)`. Not `1 − Φ(z)`, which is 0 from z = 8.3 on.
///
/// ```
/// use ttoolab_stats::special::normal::upper_tail;
/// assert!((upper_tail(12.0) / 1.776482112077679e-33 - 1.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// `P(Z < z)`, with full precision in its small values.
#[must_use]
pub fn lower_tail(z: f64) -> f64 {
    upper_tail(-z)
}

/// The z above which a standard normal lies with probability `tail`; `tail` is kept within
/// 1e-300 and 1 − 1e-16, where the answer is finite.
#[must_use]
pub fn upper_quantile(tail: f64) -> f64 {
    SQRT_2 * statrs::function::erf::erfc_inv(2.0 * tail.clamp(1e-300, 1.0 - f64::EPSILON))
}

//! A ratio of two totals of the same visitors, such as revenue by orders.

use super::central::{squares_about_mean, sum_about_mean};
use super::{BadTotals, Moments};
use crate::Level;
use crate::Undefined;
use crate::fixed::Interval;
use crate::special::student;

/// Below this part of its terms a variance is what rounding left over.
const ROUNDING: f64 = 1e-12;

/// Totals over visitors of an amount m and a count d, for an average order value: the net revenue
/// of a visitor in minor units, and their orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RatioSums {
    /// Exposed visitors, with or without orders.
    pub visitors: u64,
    /// Σm
    pub amount: i128,
    /// Σm²
    pub amount_squares: i128,
    /// Σd
    pub count: i128,
    /// Σd²
    pub count_squares: i128,
    /// Σmd
    pub products: i128,
}

/// The ratio and its moments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    moments: Moments,
}

impl Ratio {
    /// Computes the ratio R = Σm/Σd, and by the delta method the variance of one visitor:
    /// `(s_m² − 2R·cov + R²·s_d²) / d̄²` (Deng, Knoblich, Lu, KDD 2018), the unit being the visitor
    /// because orders of one visitor are not independent. No orders give the ratio 0, without
    /// variance.
    ///
    /// # Errors
    /// [`BadTotals`] when the totals contradict each other or do not fit.
    pub fn new(sums: &RatioSums) -> Result<Self, BadTotals> {
        let n = sums.visitors;
        let amount = squares_about_mean(n, sums.amount, sums.amount_squares)?;
        let count = squares_about_mean(n, sums.count, sums.count_squares)?;
        let both = sum_about_mean(n, sums.amount, sums.count, sums.products)?;
        if n < 2 || sums.count <= 0 {
            let mean = if sums.count > 0 { sums.amount as f64 / sums.count as f64 } else { 0.0 };
            return Ok(Self { moments: Moments { visitors: n, mean, variance: 0.0 } });
        }
        let ratio = sums.amount as f64 / sums.count as f64;
        let of_counts = ratio * ratio * count;
        let squares = amount - 2.0 * ratio * both + of_counts;
        if squares < -ROUNDING * (amount + of_counts) {
            return Err(BadTotals::Contradiction);
        }
        let left = if squares > ROUNDING * (amount + of_counts) { squares } else { 0.0 };
        let mean_count = sums.count as f64 / n as f64;
        let variance = left / (n - 1) as f64 / (mean_count * mean_count);
        Ok(Self { moments: Moments { visitors: n, mean: ratio, variance } })
    }

    /// The moments, for [`crate::fixed::compare`]. The mean is the ratio.
    #[must_use]
    pub const fn moments(&self) -> Moments {
        self.moments
    }

    /// The confidence interval of one arm's ratio, by Student's t with n − 1 degrees of freedom.
    ///
    /// # Errors
    /// [`Undefined`] without two visitors or without variance.
    pub fn interval(&self, level: Level) -> Result<Interval, Undefined> {
        match self.moments.visitors {
            0 => return Err(Undefined::NoUnits),
            1 => return Err(Undefined::TooFewUnits),
            _ if self.moments.variance == 0.0 => return Err(Undefined::ZeroVariance),
            _ => {}
        }
        let freedom = (self.moments.visitors - 1) as f64;
        let width = student::upper_quantile(0.5 * level.get(), freedom)
            * self.moments.variance_of_mean().sqrt();
        Ok(Interval::around(self.moments.mean, width))
    }
}

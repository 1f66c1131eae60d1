//! Pearson's χ², for display.

use super::{Share, expected, total};
use crate::Undefined;
use crate::special::gamma::chi_square_tail;

/// Pearson's test of the division.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquare {
    /// `Σ (O − E)² / E`
    pub statistic: f64,
    /// Variants with a weight, less one.
    pub freedom: u32,
    /// The chance of such a division or a worse one, at this one look.
    pub p_value: f64,
}

/// Compares the division with the weights, at one look.
///
/// # Errors
/// [`Undefined::NoUnits`] without visitors, [`Undefined::Uninformative`] with fewer than two
/// variants that have a weight.
pub fn chi_square(shares: &[Share]) -> Result<ChiSquare, Undefined> {
    let shares = expected(shares)?;
    let all = total(&shares);
    if all == 0.0 {
        return Err(Undefined::NoUnits);
    }
    let terms = shares.iter().map(|&(visitors, share)| {
        let off = visitors as f64 - share * all;
        off * (off / (share * all))
    });
    let statistic = terms.sum::<f64>().min(f64::MAX);
    let freedom = u32::try_from(shares.len() - 1).map_err(|_| Undefined::Uninformative)?;
    Ok(ChiSquare { statistic, freedom, p_value: chi_square_tail(statistic, freedom) })
}

//! The test of the division that may be looked at after every visitor.

use super::{Share, expected, total};
use crate::Undefined;
use crate::special::gamma::stirling_rest;

/// Evidence that the visitors are not divided by the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sequential {
    /// The logarithm of the Bayes factor; below 0 when the data speak for the weights.
    pub log_bayes_factor: f64,
    /// `min(1, 1/BF)` of these totals. Always valid; the lowest one so far is valid as well.
    pub p_value: f64,
}

/// The Bayes factor of a division drawn from `Dirichlet(κw)` against the weights w themselves
/// (Lindon & Malek, arXiv 2011.03567), with `α_i = κ·w_i`:
///
/// `ln BF = lnΓ(κ) − Σ lnΓ(α_i) + Σ lnΓ(α_i + O_i) − lnΓ(κ + N) − Σ O_i ln w_i`
///
/// Large κ is quick to see small mismatches and slow to see large ones, which are seen soon
/// anyhow; 2000 finds 51/49 by about 30,000 visitors.
///
/// Computed with Stirling's main terms subtracted on paper, since at 1e9 visitors the five sums
/// cancel to six digits. With `x_i = α_i + O_i`, `X = κ + N`, k variants, `u_i = x_i/(w_i·X) − 1`
/// and ρ(x) for what Stirling's main term lacks of ln Γ(x):
///
/// `ln BF = ½(k−1)·ln(κ/X) + Σ w_i·X·[(1+u_i)·ln(1+u_i) − u_i] − ½Σ ln(1+u_i)`
/// `+ Σ[ρ(x_i) − ρ(α_i)] − ρ(X) + ρ(κ)`
///
/// (the `−u_i` adds nothing, because `Σ w_i·u_i = 0`, and keeps the terms small).
///
/// # Errors
/// [`Undefined::Uninformative`] with fewer than two variants that have a weight, or when κ is not
/// above 0. Without visitors the factor is 1.
pub fn sequential(shares: &[Share], kappa: f64) -> Result<Sequential, Undefined> {
    let shares = expected(shares)?;
    if !(kappa > 0.0 && kappa.is_finite()) {
        return Err(Undefined::Uninformative);
    }
    let all = total(&shares);
    let mass = kappa + all;
    let mut log_bayes_factor = 0.5 * (shares.len() as f64 - 1.0) * (kappa / mass).ln()
        - stirling_rest(mass)
        + stirling_rest(kappa);
    for &(visitors, share) in &shares {
        let off = (visitors as f64 - share * all) / (share * mass);
        let prior = kappa * share;
        log_bayes_factor += share * mass * ((1.0 + off) * off.ln_1p() - off) - 0.5 * off.ln_1p()
            + stirling_rest(prior + visitors as f64)
            - stirling_rest(prior);
    }
    if !log_bayes_factor.is_finite() {
        return Err(Undefined::Uninformative);
    }
    Ok(Sequential { log_bayes_factor, p_value: (-log_bayes_factor).exp().min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(visitors: [u64; 2], weights: [f64; 2], kappa: f64) -> f64 {
        let shares = [0, 1].map(|i| Share { visitors: visitors[i], weight: weights[i] });
        sequential(&shares, kappa).unwrap().log_bayes_factor
    }

    /// The formula as it is written, where nothing cancels yet.
    fn by_definition(visitors: [u64; 2], shares: [f64; 2], kappa: f64) -> f64 {
        let all = (visitors[0] + visitors[1]) as f64;
        let mut sum = libm::lgamma(kappa) - libm::lgamma(kappa + all);
        for (count, share) in visitors.into_iter().zip(shares) {
            let count = count as f64;
            sum += libm::lgamma(kappa * share + count) - libm::lgamma(kappa * share);
            sum -= count * share.ln();
        }
        sum
    }

    #[test]
    fn it_is_what_the_definition_says() {
        for visitors in [[0, 0], [1, 0], [3, 9], [50, 61], [400, 100], [0, 700]] {
            for shares in [[0.5, 0.5], [0.9, 0.1]] {
                for kappa in [0.5, 2.0, 30.0, 2000.0] {
                    let (got, wanted) =
                        (of(visitors, shares, kappa), by_definition(visitors, shares, kappa));
                    let near = (got - wanted).abs() < 1e-9 * (1.0 + wanted.abs());
                    assert!(near, "{visitors:?} {shares:?} {kappa}: {got}, {wanted}");
                }
            }
        }
    }

    #[test]
    fn a_billion_visitors_keep_their_digits() {
        // 40 digits of mpmath's loggamma.
        let got = of([500_010_000, 499_990_000], [1.0, 1.0], 2000.0);
        assert!((got + 6.361_308_088_231_824).abs() < 1e-9, "{got}");
    }
}

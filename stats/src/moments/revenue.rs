//! What a variant's visitors spent.

use super::central::squares_about_mean;
use super::{BadTotals, Moments, Pooled, Sample};

/// Running totals of what visitors spent, in minor units of one currency, capped a visitor.
///
/// Visitors who spent nothing count. The square is of a visitor's *total*: adding up squares of
/// single orders would take the orders of one visitor for independent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RevenueSums {
    /// Exposed visitors, with or without revenue.
    pub visitors: u64,
    /// Those whose total is not 0.
    pub payers: u64,
    /// Σy, the sum of the visitors' totals.
    pub sum: i128,
    /// Σy², the sum of the squares of the visitors' totals.
    pub sum_squares: i128,
}

impl RevenueSums {
    /// A visitor's total moves from one amount (0 for none) to another, both already capped. Does
    /// not touch `visitors`.
    ///
    /// # Errors
    /// [`BadTotals::TooLarge`] when a sum leaves 128 bits, and
    /// [`BadTotals::TooManyConverters`] when there is no payer to take back; nothing has changed
    /// then.
    pub fn moved(&mut self, from: i128, to: i128) -> Result<(), BadTotals> {
        let next = self.next(from, to).ok_or(BadTotals::TooLarge)?;
        let before = self.payers + u64::from(to != 0);
        self.payers =
            before.checked_sub(u64::from(from != 0)).ok_or(BadTotals::TooManyConverters)?;
        (self.sum, self.sum_squares) = next;
        Ok(())
    }

    fn next(&self, from: i128, to: i128) -> Option<(i128, i128)> {
        let sum = self.sum.checked_sub(from)?.checked_add(to)?;
        let left = self.sum_squares.checked_sub(from.checked_mul(from)?)?;
        Some((sum, left.checked_add(to.checked_mul(to)?)?))
    }
}

/// Totals of revenue that are consistent, with the moments they come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Revenue {
    payers: u64,
    sum: i128,
    moments: Moments,
}

impl Revenue {
    /// Checks the totals and computes their moments, exactly.
    ///
    /// # Errors
    /// [`BadTotals`] when they contradict each other or do not fit.
    pub fn new(sums: &RevenueSums) -> Result<Self, BadTotals> {
        let RevenueSums { visitors, payers, sum, sum_squares } = *sums;
        if payers > visitors {
            return Err(BadTotals::TooManyConverters);
        }
        let squares = squares_about_mean(visitors, sum, sum_squares)?;
        let mean = if visitors == 0 { 0.0 } else { sum as f64 / visitors as f64 };
        let variance = if visitors < 2 { 0.0 } else { squares / (visitors - 1) as f64 };
        Ok(Self { payers, sum, moments: Moments { visitors, mean, variance } })
    }

    /// Visitors who spent something.
    #[must_use]
    pub const fn payers(&self) -> u64 {
        self.payers
    }
}

impl Sample for Revenue {
    fn moments(&self) -> Moments {
        self.moments
    }

    fn pooled(control: &Self, treatment: &Self) -> Pooled {
        let (a, b) = (&control.moments, &treatment.moments);
        let visitors = a.visitors as f64 + b.visitors as f64;
        if visitors == 0.0 {
            return Pooled { mean: 0.0, variance: 0.0 };
        }
        let weight = |arm: &Moments| arm.visitors.saturating_sub(1) as f64;
        let freedom = weight(a) + weight(b);
        let squares = weight(a) * a.variance + weight(b) * b.variance;
        Pooled {
            mean: (control.sum as f64 + treatment.sum as f64) / visitors,
            variance: if freedom > 0.0 { squares / freedom } else { 0.0 },
        }
    }

    /// Each arm by itself: amounts are skewed, and a hundred payers are what their mean needs.
    fn suffices(control: &Self, treatment: &Self, converters: u64) -> bool {
        control.payers.min(treatment.payers) >= converters
    }
}

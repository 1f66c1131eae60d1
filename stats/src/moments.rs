//! Totals of one variant, and the mean and variance they come to.
//!
//! The unit is the visitor, because that is what was assigned: repeated orders of one person are
//! not independent. Totals are kept in integers, and what cancels is subtracted in integers: with
//! a million visitors who spend 10,000.00 give or take a cent, a variance in doubles is noise.
//!
//! | totals | mean | variance of one visitor |
//! |---|---|---|
//! | [`Conversions`] | converters / visitors | m(1 − m) |
//! | [`Revenue`] | sum / visitors | (Σy² − (Σy)²/n) / (n − 1) |
//! | [`Ratio`] | Σ amount / Σ orders | delta method |

mod cap;
mod central;
mod conversions;
mod ratio;
mod revenue;

pub use cap::{Cap, suggested_cap};
pub use conversions::Conversions;
pub use ratio::{Ratio, RatioSums};
pub use revenue::{Revenue, RevenueSums};

/// What a test needs to know of an arm. Always finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Visitors, 0 or more.
    pub visitors: u64,
    /// The mean of a visitor: a rate, an amount in minor units, or a ratio; 0 without visitors.
    pub mean: f64,
    /// The variance of one visitor, not of the mean; never negative, and 0 where there is none.
    pub variance: f64,
}

impl Moments {
    /// The variance of the mean; 0 without visitors.
    #[must_use]
    pub(crate) fn variance_of_mean(&self) -> f64 {
        if self.visitors == 0 { 0.0 } else { self.variance / self.visitors as f64 }
    }
}

/// Totals that a winner can be called on: of conversions, or of revenue.
pub trait Sample: Copy {
    /// The mean and variance.
    fn moments(&self) -> Moments;

    /// The mean and the variance of a visitor when both arms are one, as if the treatment did
    /// nothing. 0 and 0 without visitors.
    fn pooled(control: &Self, treatment: &Self) -> Pooled;

    /// Whether the pair has what the normal approximation needs, counted in converters.
    fn suffices(control: &Self, treatment: &Self, converters: u64) -> bool;
}

/// Both arms taken for one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// The mean of all visitors.
    pub mean: f64,
    /// The variance of one visitor.
    pub variance: f64,
}

/// Totals that no visitors can have produced, or that do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTotals {
    /// More visitors met the goal than there are.
    #[error("more visitors converted than there are")]
    TooManyConverters,
    /// A sum and its sum of squares that contradict each other.
    #[error("the sum of squares cannot belong to the sum")]
    Contradiction,
    /// A total beyond 128 bits.
    #[error("a total does not fit into 128 bits")]
    TooLarge,
}

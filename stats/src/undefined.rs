//! Why a number does not exist.

/// Why a test of two arms has no answer. In its place stands nothing, and p counts as 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Undefined {
    /// An arm has no visitors.
    #[error("an arm has no visitors")]
    NoUnits,
    /// An arm has one visitor, which has no variance.
    #[error("an arm has a single visitor")]
    TooFewUnits,
    /// The visitors of both arms are all alike, or the method sees no spread: a relative effect of
    /// −100 % has a standard error of 0 by the delta method, which is not certainty.
    #[error("there is no variance")]
    ZeroVariance,
    /// The mean of control is not above 0, so nothing is relative to it.
    #[error("the mean of control is not above zero")]
    BaselineZero,
    /// What is asked for says nothing about these totals, such as a prior without width.
    #[error("the totals say nothing about this")]
    Uninformative,
}

impl Undefined {
    /// The word for it in answers of the API and in vectors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoUnits => "no_units",
            Self::TooFewUnits => "n_too_small",
            Self::ZeroVariance => "zero_variance",
            Self::BaselineZero => "baseline_zero",
            Self::Uninformative => "uninformative",
        }
    }
}

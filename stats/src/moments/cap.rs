//! The most that one visitor counts for.

/// The most that one visitor counts for, set before the start: one large order does not decide.
///
/// Fixed, and not a percentile of the running data, which would move under the test and make
/// totals that have been capped depend on those that come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap(Option<i128>);

impl Cap {
    /// Everything counts in full.
    pub const NONE: Self = Self(None);

    /// At most so many minor units a visitor.
    #[must_use]
    pub const fn at(minor_units: i128) -> Self {
        Self(Some(minor_units))
    }

    /// A visitor's total as it counts: `min(y, cap)`.
    ///
    /// ```
    /// use ttoolab_stats::moments::Cap;
    /// assert_eq!(Cap::at(50_000).applied(9_999_900), 50_000);
    /// assert_eq!(Cap::NONE.applied(9_999_900), 9_999_900);
    /// ```
    #[must_use]
    pub fn applied(self, total: i128) -> i128 {
        self.0.map_or(total, |cap| total.min(cap))
    }
}

/// The percentile of what payers of all variants together have spent, by linear interpolation (R
/// type 7, numpy's default): what to propose as the [`Cap`] of the *next* experiment.
///
/// `share` is from 0 to 1, 0.99 as a rule; zeros are left out. Nothing for no payers.
#[must_use]
pub fn suggested_cap(totals: &[i128], share: f64) -> Option<f64> {
    let mut payers: Vec<i128> = totals.iter().copied().filter(|&total| total != 0).collect();
    payers.sort_unstable();
    let position = payers.len().checked_sub(1)? as f64 * share.clamp(0.0, 1.0);
    let below = position.floor();
    let low = *payers.get(below as usize)?;
    let high = payers.get(below as usize + 1).copied().unwrap_or(low);
    Some(low as f64 + (high as f64 - low as f64) * (position - below))
}

//! The level of a test: how often it may be wrong when there is nothing to find.

/// A significance level, from one in a billion to one half. The interval that goes with it holds
/// the truth with probability `1 − level`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Level(f64);

/// A number that is no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a significance level lies between 0.000000001 and 0.5")]
pub struct BadLevel;

impl Level {
    /// The usual one.
    pub const FIVE_PERCENT: Self = Self(0.05);

    /// Takes a number for a level.
    ///
    /// # Errors
    /// [`BadLevel`] for what is not from 1e-9 to 0.5: below, quantiles lose their digits, and a
    /// rule that is wrong every other time is none.
    ///
    /// ```
    /// use ttoolab_stats::Level;
    /// assert_eq!(Level::new(0.05), Ok(Level::FIVE_PERCENT));
    /// assert!(Level::new(5.0).is_err());
    /// assert!(Level::new(f64::NAN).is_err());
    /// ```
    pub fn new(level: f64) -> Result<Self, BadLevel> {
        if (1e-9..=0.5).contains(&level) { Ok(Self(level)) } else { Err(BadLevel) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

//! The settings of the decision, checked once.

use crate::bayes::Direction;
use crate::{BadLevel, Level};
use std::time::Duration;

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// The settings as people write them. They are fixed before the first exposure: changing any of
/// them while visitors are counted starts the decision anew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How often a winner may be called where there is none.
    pub alpha: f64,
    /// The relative effect the experiment is planned for, 0.02 to 0.5. Too small or too large
    /// costs visitors, not validity.
    pub tau_rel: f64,
    /// How often the guard of the division may cry wolf.
    pub srm_alpha: f64,
    /// κ of that guard, 1 to 1e6.
    pub srm_kappa: f64,
    /// Whole weeks of behaviour, so that a winner of Mondays is none.
    pub min_runtime_days: u32,
    /// Of every variant.
    pub min_visitors_per_variant: u64,
    /// Converters of a treatment and control together; of revenue, payers of each.
    pub min_pair_conversions: u64,
    /// Which way is better.
    pub direction: Direction,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            alpha: 0.05,
            tau_rel: 0.1,
            srm_alpha: 0.01,
            srm_kappa: 2000.0,
            min_runtime_days: 7,
            min_visitors_per_variant: 100,
            min_pair_conversions: 100,
            direction: Direction::Increase,
        }
    }
}

/// A setting out of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// `alpha`
    #[error("alpha: {0}")]
    Alpha(BadLevel),
    /// `srm_alpha`
    #[error("srm_alpha: {0}")]
    SrmAlpha(BadLevel),
    /// `tau_rel`
    #[error("tau_rel lies between 0.02 and 0.5")]
    TauRel,
    /// `srm_kappa`
    #[error("srm_kappa lies between 1 and 1,000,000")]
    SrmKappa,
}

/// Settings that are in range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    settings: Settings,
    alpha: Level,
    srm_alpha: Level,
}

impl Policy {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`BadSetting`] names the one that is out of range.
    pub fn new(settings: Settings) -> Result<Self, BadSetting> {
        let alpha = Level::new(settings.alpha).map_err(BadSetting::Alpha)?;
        let srm_alpha = Level::new(settings.srm_alpha).map_err(BadSetting::SrmAlpha)?;
        if !(0.02..=0.5).contains(&settings.tau_rel) {
            return Err(BadSetting::TauRel);
        }
        if !(1.0..=1e6).contains(&settings.srm_kappa) {
            return Err(BadSetting::SrmKappa);
        }
        Ok(Self { settings, alpha, srm_alpha })
    }

    /// What it was made of.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The level of the decision, for the confidence sequences shown beside it.
    #[must_use]
    pub const fn alpha(&self) -> Level {
        self.alpha
    }

    pub(super) const fn srm_alpha(&self) -> Level {
        self.srm_alpha
    }

    pub(super) fn min_runtime(&self) -> Duration {
        Duration::from_secs(u64::from(self.settings.min_runtime_days) * SECONDS_A_DAY)
    }
}

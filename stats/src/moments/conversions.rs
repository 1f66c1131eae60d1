//! How many of a variant's visitors met a goal.

use super::{BadTotals, Moments, Pooled, Sample};

/// Visitors, and how many of them converted: each once, however often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversions {
    visitors: u64,
    converters: u64,
}

impl Conversions {
    /// Puts the two together.
    ///
    /// # Errors
    /// [`BadTotals::TooManyConverters`] when more converted than visited.
    pub fn new(visitors: u64, converters: u64) -> Result<Self, BadTotals> {
        if converters <= visitors {
            Ok(Self { visitors, converters })
        } else {
            Err(BadTotals::TooManyConverters)
        }
    }

    /// The share of visitors who converted, from 0 to 1; 0 without visitors.
    #[must_use]
    pub fn rate(&self) -> f64 {
        share(self.converters as f64, self.visitors as f64)
    }

    /// Visitors.
    #[must_use]
    pub const fn visitors(&self) -> u64 {
        self.visitors
    }

    /// Visitors who converted.
    #[must_use]
    pub const fn converters(&self) -> u64 {
        self.converters
    }
}

impl Sample for Conversions {
    /// The variance is m(1 − m), without the n − 1 of a mean, as gbstats has it.
    fn moments(&self) -> Moments {
        let mean = self.rate();
        // Of those who did not convert, not 1 − m: nothing is lost near 100 %.
        let others = share((self.visitors - self.converters) as f64, self.visitors as f64);
        Moments { visitors: self.visitors, mean, variance: mean * others }
    }

    fn pooled(control: &Self, treatment: &Self) -> Pooled {
        let visitors = control.visitors as f64 + treatment.visitors as f64;
        let mean = share(control.converters as f64 + treatment.converters as f64, visitors);
        Pooled { mean, variance: mean * (1.0 - mean) }
    }

    /// Both arms together, on purpose: a variant that broke the checkout has no conversions at
    /// all, and must still be able to lose.
    fn suffices(control: &Self, treatment: &Self, converters: u64) -> bool {
        control.converters.saturating_add(treatment.converters) >= converters
    }
}

fn share(part: f64, of: f64) -> f64 {
    if of > 0.0 { part / of } else { 0.0 }
}

//! Medians, percentiles, and how they are written.

use std::time::Duration;

/// What half of something took at most, and all but a hundredth of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Times {
    /// Zero where there are none; of fewer than a hundred, the second is the longest.
    pub(crate) fn of(times: &mut [Duration]) -> Self {
        times.sort_unstable();
        let at = |place: usize| times.get(place).copied().unwrap_or_default();
        Self { p50: at(times.len() / 2), p99: at(times.len() * 99 / 100) }
    }
}

/// The middle one of the rounds, with the lowest and the highest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) lowest: f64,
    pub(crate) highest: f64,
}

impl Spread {
    /// Of one value for each round; not a number where there is none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        let median = f64::midpoint(at(last / 2), at(last.div_ceil(2)));
        Self { median, lowest: at(0), highest: at(last) }
    }

    /// With two digits after the point: ratios, milliseconds.
    pub(crate) fn fine(self) -> String {
        let Self { median, lowest, highest } = self;
        format!("{median:.2} [{lowest:.2}-{highest:.2}]")
    }

    /// As a number of things.
    pub(crate) fn count(self) -> String {
        let Self { median, lowest, highest } = self;
        format!("{} [{}-{}]", short(median), short(lowest), short(highest))
    }
}

/// A number with three digits or so.
pub(crate) fn short(number: f64) -> String {
    match number {
        n if n >= 1e6 => format!("{:.2}M", n / 1e6),
        n if n >= 1e5 => format!("{:.0}k", n / 1e3),
        n if n >= 1e3 => format!("{:.1}k", n / 1e3),
        n => format!("{n:.0}"),
    }
}

/// Milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let spread = Spread::of([4.0, 1.0, 2.0, 9.0]);
        assert_eq!((spread.median, spread.lowest, spread.highest), (3.0, 1.0, 9.0));
        assert_eq!(Spread::of([7.0]).median, 7.0);
        assert!(Spread::of([]).median.is_nan());
    }

    #[test]
    fn percentiles_of_few_values_are_among_them() {
        let ms = Duration::from_millis;
        let mut times: Vec<_> = (1..=100).rev().map(ms).collect();
        assert_eq!(Times::of(&mut times), Times { p50: ms(51), p99: ms(100) });
        assert_eq!(Times::of(&mut times[..1]), Times { p50: ms(1), p99: ms(1) });
        assert_eq!(Times::of(&mut []), Times::default());
    }
}

//! Random numbers of the distributions needed, exact ones: an approximation would be part of what
//! is measured.

use std::f64::consts::TAU;

use fastrand::Rng;

/// The mean up to which a binomial is drawn at once; larger ones in pieces.
const MOST_AT_ONCE: f64 = 50.0;

/// How many of `count` happen that each happen with probability `chance`: by inversion.
pub(crate) fn binomial(rng: &mut Rng, count: u64, chance: f64) -> u64 {
    if chance > 0.5 {
        return count - binomial(rng, count, 1.0 - chance);
    }
    if chance <= 0.0 {
        return 0;
    }
    let most = ((MOST_AT_ONCE / chance) as u64).max(1);
    let (mut left, mut sum) = (count, 0);
    while left > 0 {
        let piece = left.min(most);
        sum += inverted(rng, piece, chance);
        left -= piece;
    }
    sum
}

fn inverted(rng: &mut Rng, count: u64, chance: f64) -> u64 {
    let odds = chance / (1.0 - chance);
    let mut probability = (count as f64 * (-chance).ln_1p()).exp();
    let (mut left, mut hits) = (rng.f64(), 0);
    while left >= probability && hits < count {
        left -= probability;
        probability *= odds * (count - hits) as f64 / (hits + 1) as f64;
        hits += 1;
    }
    hits
}

/// Divides `count` by shares, which need not add up to 1.
pub(crate) fn division(rng: &mut Rng, count: u64, shares: impl Iterator<Item = f64>) -> Vec<u64> {
    let shares: Vec<f64> = shares.collect();
    let (mut left, mut rest) = (count, shares.iter().sum::<f64>());
    let mut parts = Vec::with_capacity(shares.len());
    for (index, share) in shares.iter().enumerate() {
        let last = index + 1 == shares.len();
        let part = if last { left } else { binomial(rng, left, share / rest) };
        parts.push(part);
        left -= part;
        rest -= share;
    }
    parts
}

/// A lognormal number with this median.
pub(crate) fn lognormal(rng: &mut Rng, median: f64, sigma: f64) -> f64 {
    // Box and Muller; 1 − u is above 0.
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    median * (sigma * radius * (TAU * rng.f64()).cos()).exp()
}

//! The hash that spreads visitors over variants: GrowthBook's published hash version 2.
//!
//! Taken over as it is, f64 arithmetic included, because it has an outside oracle (the npm
//! package `@growthbook/growthbook`), and because its ranges keep everybody in their arm while
//! the allocation is raised.

use ttoolab_core::id::AnonymousId;

/// Where a visitor falls, from 0 up to but not including 1, in steps of 1/10000.
pub(crate) fn bucket(seed: &str, visitor: &AnonymousId) -> f64 {
    let inner = fnv1a32(&format!("{seed}{visitor}"));
    f64::from(fnv1a32(&inner.to_string()) % 10_000) / 10_000.0
}

/// 32-bit FNV-1a over the bytes of ASCII text.
fn fnv1a32(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The part of [0, 1) that each variant owns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranges(Vec<(f64, f64)>);

impl Ranges {
    /// Variant i owns `[Σ weights before i, + weight_i × allocation)`, weights normalised so that
    /// their sum is 1. What an allocation below 1 leaves free lies behind each variant's own part, so raising
    /// it moves nobody from one arm to another.
    pub(crate) fn new(weights: &[f64], allocation: f64) -> Self {
        let sum: f64 = weights.iter().sum();
        let mut before = 0.0;
        let ranges = weights.iter().map(|weight| {
            let start = before;
            before += weight / sum;
            (start, start + allocation * (weight / sum))
        });
        Self(ranges.collect())
    }

    /// The variant that owns `bucket`; `None` when it lies outside the allocation.
    pub(crate) fn variant(&self, bucket: f64) -> Option<usize> {
        self.0.iter().position(|&(from, to)| bucket >= from && bucket < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// The published test vectors of FNV-1a, 32 bit.
    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a32(""), 0x811c_9dc5);
        assert_eq!(fnv1a32("a"), 0xe40c_292c);
        assert_eq!(fnv1a32("foobar"), 0xbf9c_f968);
    }

    #[test]
    fn raising_the_allocation_moves_nobody() {
        let narrow = Ranges::new(&[50.0, 30.0, 20.0], 0.3);
        let wide = Ranges::new(&[50.0, 30.0, 20.0], 0.9);
        for step in 0..10_000 {
            let bucket = f64::from(step) / 10_000.0;
            if let Some(variant) = narrow.variant(bucket) {
                assert_eq!(wide.variant(bucket), Some(variant), "at {bucket}");
            }
        }
    }

    proptest! {
        /// Whatever the weights, from every allocation to every larger one.
        #[test]
        fn raising_any_allocation_moves_nobody(
            weights in vec(0.01_f64..1_000.0, 2..8),
            allocations in [0.0_f64..=1.0, 0.0_f64..=1.0],
        ) {
            let [one, other] = allocations;
            let narrow = Ranges::new(&weights, one.min(other));
            let wide = Ranges::new(&weights, one.max(other));
            for step in 0..10_000 {
                let bucket = f64::from(step) / 10_000.0;
                if let Some(variant) = narrow.variant(bucket) {
                    prop_assert_eq!(wide.variant(bucket), Some(variant), "at {}", bucket);
                }
            }
        }
    }

    #[test]
    fn every_bucket_has_a_variant_when_everybody_takes_part() {
        let ranges = Ranges::new(&[1.0, 1.0], 1.0);
        assert_eq!(ranges.variant(0.0), Some(0));
        assert_eq!(ranges.variant(0.4999), Some(0));
        assert_eq!(ranges.variant(0.5), Some(1));
        assert_eq!(ranges.variant(0.9999), Some(1));
        assert_eq!(Ranges::new(&[1.0, 1.0], 0.0).variant(0.0), None);
    }
}

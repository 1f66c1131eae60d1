//! Totals of any size, the edges among them, for tests of properties.

use proptest::prelude::*;
use ttoolab_stats::moments::{Conversions, RevenueSums};

/// Conversions of any size, the edges among them.
pub(crate) fn conversions() -> impl Strategy<Value = Conversions> {
    let visitors = prop_oneof![0..4_u64, 4..3_000_u64, Just(u64::MAX), 1_u64..1 << 62];
    (visitors, 0.0..=1.0_f64, 0..4_u64).prop_map(|(visitors, share, extra)| {
        let converters = ((visitors as f64 * share) as u64).min(visitors);
        Conversions::new(visitors, (converters / (extra * extra + 1)).min(visitors)).unwrap()
    })
}

/// Totals of any few visitors, and of as many copies of them.
pub(crate) fn revenue() -> impl Strategy<Value = RevenueSums> {
    let total = prop_oneof![3 => Just(0_i64), 3 => 0..100_000_i64, 1 => 0..10_i64.pow(15)];
    (prop::collection::vec(total, 0..30), 1_u64..1_000_000).prop_map(|(totals, copies)| {
        let mut sums =
            RevenueSums { visitors: totals.len() as u64 * copies, ..RevenueSums::default() };
        for total in totals.into_iter().map(i128::from) {
            sums.payers += u64::from(total != 0) * copies;
            sums.sum += total * i128::from(copies);
            sums.sum_squares += total * total * i128::from(copies);
        }
        sums
    })
}

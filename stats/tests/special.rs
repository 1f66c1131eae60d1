//! Student's t against 30 digits of mpmath, on both sides of where the method changes.

use ttoolab_stats::special::student::{two_sided_tail, upper_quantile};

#[track_caller]
fn agree(got: f64, wanted: f64) {
    assert!((got / wanted - 1.0).abs() < 1e-8, "got {got:e}, wanted {wanted:e}");
}

#[test]
fn tails_are_right_at_any_freedom() {
    for (t, freedom, wanted) in [
        (37.0, 1.0, 0.017201752210866308),
        (5.0, 3.7, 0.00916396764489332),
        (20.0, 1e4, 2.764652585987315e-87),
        (20.0, 1e5, 8.223493909003531e-89),
        (20.0, 100_001.0, 8.223461026456963e-89),
        // Here the plain Cornish–Fisher series is off in the fourth digit.
        (37.0, 100_001.0, 1.1974076477248859e-297),
        (10.0, 1e6, 1.5278610768177775e-23),
    ] {
        agree(two_sided_tail(t, freedom), wanted);
    }
}

#[test]
fn quantiles_are_right_at_any_freedom() {
    for (tail, freedom, wanted) in [
        (1e-6, 1.0, 318_309.886_173_590_26),
        (0.025, 3.7, 2.8675207071911886),
        (1e-6, 1e5, 4.753704716385476),
        (1e-6, 100_001.0, 4.753704713581284),
        (0.005, 1e6, 2.575834220105334),
    ] {
        agree(upper_quantile(tail, freedom), wanted);
    }
}

/// The quantile of statrs does not return from 1e8 on; here a hang is the failure.
#[test]
fn quantiles_return() {
    for exponent in 0..308 {
        let freedom = 10_f64.powi(exponent);
        for tail in [0.5, 0.4999, 0.025, 1e-9, 1e-300] {
            assert!(upper_quantile(tail, freedom).is_finite());
        }
    }
}
